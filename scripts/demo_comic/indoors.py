"""Indoors: props of rooms, the furniture and what hangs on walls."""

from random import Random

from demo_comic.colours import CLOTHS, INK, MEADOWS, NIGHTS, PAPER, SKIES, STONES, WOODS, shade, tone
from demo_comic.marks import Maker, Shapes, blob, box, curve, oval, poly, put, stroke
from demo_comic.outdoors import boat, fish, house, tree
from demo_comic.things import SMALL_THINGS, books, cat, chest, clock, crate, gear, machine, plant, teapot


def floor_lamp(rng: Random) -> Shapes:
    """Draw a lamp on a stand."""
    tall = rng.uniform(1.5, 2.3)
    cloth = tone(rng, CLOTHS)
    return [
        stroke([(0, 0), (0, -tall)], INK, 5),
        oval(0, -0.03, 0.25, 0.06, shade(cloth, 0.6)),
        poly([(-0.38, -tall + 0.45), (0.38, -tall + 0.45), (0.2, -tall), (-0.2, -tall)], cloth),
    ]


def bookcase(rng: Random) -> Shapes:
    """Draw shelves with books that lean, lie and are missing."""
    wood, rows, tall = tone(rng, WOODS), rng.randint(2, 4), rng.uniform(1.2, 1.9)
    shapes = [box(-0.55, -tall, 0.55, 0, wood)]
    step = (tall - 0.1) / rows
    for row in range(rows):
        floor = -0.06 - row * step
        shapes.append(box(-0.48, floor - step + 0.07, 0.48, floor, shade(wood, 0.55)))
        x = -0.46
        while x < 0.36:
            thick, high = rng.uniform(0.05, 0.12), rng.uniform(0.55, 0.95) * (step - 0.08)
            if rng.random() < 0.8:
                shapes.append(box(x, floor - high, x + thick, floor, rng.choice(CLOTHS)))
            x += thick
    return shapes


def sofa(rng: Random) -> Shapes:
    """Draw a sofa with a cushion."""
    cloth, back = tone(rng, CLOTHS), rng.uniform(0.6, 0.9)
    arms = [
        blob([(s * 0.75, -0.08), (s * 0.78, -0.45), (s * 0.65, -0.52), (s * 0.52, -0.42), (s * 0.52, -0.08)], cloth)
        for s in (-1, 1)
    ]
    cushion = put(
        [box(-0.13, -0.13, 0.13, 0.13, rng.choice(CLOTHS))], rng.uniform(-0.3, 0.3), -0.48, 1, turn=rng.uniform(10, 40)
    )
    return [
        *(box(x - 0.05, -0.1, x + 0.05, 0, INK) for x in (-0.55, 0.55)),
        blob([(-0.65, -0.15), (-0.62, -back), (0, -back - 0.04), (0.62, -back), (0.65, -0.15)], cloth),
        box(-0.6, -0.36, 0.6, -0.08, shade(cloth, 1.4)),
        *arms,
        *cushion,
    ]


def bed(rng: Random) -> Shapes:
    """Draw a bed seen from the side."""
    wood, cloth, fold = tone(rng, WOODS), tone(rng, CLOTHS), rng.uniform(-0.3, 0.2)
    cover = [(fold, -0.3), (fold - 0.04, -0.52), (0.3, -0.6), (0.74, -0.5), (0.76, -0.18), (fold + 0.1, -0.16)]
    return [
        box(-0.85, -0.85, -0.75, 0, wood),
        box(0.75, -0.55, 0.85, 0, wood),
        box(-0.75, -0.3, 0.75, -0.12, shade(wood, 1.3)),
        blob([(-0.72, -0.32), (-0.74, -0.52), (-0.5, -0.58), (-0.36, -0.48), (-0.36, -0.32)], PAPER),
        blob(cover, cloth),
        curve([(fold + 0.14, -0.2), (fold + 0.12, -0.4), (fold + 0.16, -0.52)], shade(cloth, 0.7)),
    ]


def table(rng: Random) -> Shapes:
    """Draw a table with what was left on it."""
    wood, high = tone(rng, WOODS), rng.uniform(0.55, 0.8)
    shapes = [
        box(-0.5, -high, -0.42, 0, shade(wood, 0.8)),
        box(0.42, -high, 0.5, 0, shade(wood, 0.8)),
        box(-0.62, -high - 0.09, 0.62, -high, wood),
    ]
    for x in (-0.38, 0.0, 0.38):
        if rng.random() < 0.75:
            shapes += put(rng.choice(SMALL_THINGS)(rng), x, -high - 0.09, rng.uniform(0.26, 0.34))
    return shapes


def workbench(rng: Random) -> Shapes:
    """Draw a bench with a vice and whatever is being mended."""
    wood = tone(rng, WOODS)
    return [
        box(-0.7, -0.6, -0.58, 0, shade(wood, 0.75)),
        box(0.58, -0.6, 0.7, 0, shade(wood, 0.75)),
        box(-0.66, -0.22, 0.66, -0.14, shade(wood, 0.9)),
        *put(crate(rng), -0.25, -0.22, 0.4),
        box(-0.8, -0.72, 0.8, -0.6, wood),
        *put(rng.choice([machine, teapot, books, clock])(rng), rng.uniform(-0.5, -0.2), -0.72, 0.4),
        *put(gear(rng), 0.35, -0.9, rng.uniform(0.3, 0.42)),
    ]


def window(rng: Random) -> Shapes:
    """Draw a window, with curtains or without."""
    sky, high, wide = rng.choice([*SKIES, *NIGHTS]), rng.uniform(0.9, 1.4), rng.uniform(0.4, 0.55)
    shapes = [box(-wide, -high, wide, 0, sky)]
    if rng.random() < 0.6:
        hill = [(-wide, 0), (-wide, -0.25), (0, -rng.uniform(0.2, 0.6)), (wide, -0.2), (wide, 0)]
        sun = oval(rng.uniform(-0.25, 0.25), -high * 0.75, 0.11, 0.11, CLOTHS[9])
        shapes += [poly(hill, tone(rng, MEADOWS)), sun]
    shapes += [stroke([(0, -high), (0, 0)], INK, 5), stroke([(-wide, -high / 2), (wide, -high / 2)], INK, 5)]
    shapes.append(box(-wide - 0.08, 0, wide + 0.08, 0.08, PAPER))
    if rng.random() < 0.6:
        edge = [(1.2 * wide, -high - 0.08), (0.12, -high - 0.05), (0.75 * wide, -high * 0.4), (0.8 * wide, 0.12)]
        curtain = [blob([*edge, (1.3 * wide, 0.1)], tone(rng, CLOTHS))]
        shapes += curtain + put(curtain, 0, 0, 1, flip=True)
        shapes.append(stroke([(-wide * 1.35, -high - 0.06), (wide * 1.35, -high - 0.06)], INK, 6))
    return shapes


def painting(rng: Random) -> Shapes:
    """Draw a framed picture of something."""
    high, wide = rng.uniform(0.5, 1.1), rng.uniform(0.35, 0.6)
    shapes = [
        box(-wide, -high, wide, 0, tone(rng, WOODS)),
        box(0.07 - wide, 0.07 - high, wide - 0.07, -0.07, rng.choice(SKIES)),
    ]
    subject = rng.choice([boat, tree, cat, house, fish, gear, plant])(rng)
    return shapes + put(subject, 0, -0.12, min(high * 0.32, wide))


def wall_shelf(rng: Random) -> Shapes:
    """Draw a shelf with small things."""
    shapes = [box(-0.65, -0.06, 0.65, 0.02, tone(rng, WOODS))]
    for x in (-0.45, -0.15, 0.15, 0.45):
        if rng.random() < 0.85:
            shapes += put(rng.choice(SMALL_THINGS)(rng), x, -0.06, rng.uniform(0.24, 0.36))
    return shapes


def tools(rng: Random) -> Shapes:
    """Draw tools that hang in a row: hammer, saw, spanner, screwdriver."""
    wood, metal, grip = tone(rng, WOODS), tone(rng, STONES), rng.choice(CLOTHS)
    blade = poly([(-0.1, -0.5), (0.1, -0.5), (0.02, 0), (-0.04, 0)], metal)
    hung = [
        [box(-0.03, -0.6, 0.03, 0, wood), box(-0.16, -0.72, 0.14, -0.58, metal)],
        [blade, blob([(-0.12, -0.5), (-0.1, -0.7), (0.1, -0.7), (0.12, -0.5)], wood)],
        [box(-0.04, -0.6, 0.04, 0, metal), oval(0, -0.64, 0.1, 0.1, metal), oval(0, -0.68, 0.04, 0.05, INK)],
        [box(-0.05, -0.7, 0.05, -0.4, grip), box(-0.02, -0.4, 0.02, 0, metal)],
    ]
    rng.shuffle(hung)
    return [
        shape for place, tool in enumerate(hung) for shape in put(tool, place * 0.33 - 0.5, 0, rng.uniform(0.8, 1.1))
    ]


FURNITURE: list[Maker] = [bookcase, sofa, bed, table, plant, floor_lamp, chest, cat]

WALL_THINGS: list[Maker] = [window, painting, painting, wall_shelf]
"""What hangs on walls; paintings twice because real walls have more of them."""
