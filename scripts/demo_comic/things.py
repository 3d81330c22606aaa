"""Things: props that can stand indoors and outdoors."""

from random import Random

from demo_comic.colours import CLOTHS, FURS, INK, LEAVES, PAPER, STONES, WOODS, shade, tone
from demo_comic.marks import Maker, Shapes, around, blob, box, curve, limb, oval, poly, put, smooth, stroke


def plant(rng: Random) -> Shapes:
    """Draw a plant in a pot."""
    leaf, pot = tone(rng, LEAVES), tone(rng, CLOTHS)
    shapes: Shapes = []
    for turn in range(-75, 76, rng.choice((25, 30, 37))):
        shapes += put(
            [blob([(0, 0), (-0.1, -0.55), (0, -1), (0.1, -0.55)], leaf)], 0, -0.4, rng.uniform(0.6, 1), turn=turn
        )
    return [
        *shapes,
        poly([(-0.3, -0.45), (0.3, -0.45), (0.22, 0), (-0.22, 0)], pot),
        box(-0.34, -0.52, 0.34, -0.4, pot),
    ]


def teapot(rng: Random) -> Shapes:
    """Draw a teapot."""
    glaze, lid = tone(rng, CLOTHS), -rng.uniform(0.72, 0.84)
    return [
        oval(-0.45, -0.42, 0.26, 0.24, None, width=5),
        blob([(0.3, -0.25), (0.55, -0.4), (0.68, -0.78), (0.8, -0.74), (0.66, -0.3), (0.35, -0.1)], glaze),
        oval(0, -0.4, 0.48, -0.42 - lid, glaze),
        oval(0, lid, 0.26, 0.08, shade(glaze, 0.75)),
        oval(0, lid - 0.12, 0.07, 0.07, shade(glaze, 0.75)),
    ]


def cup(rng: Random) -> Shapes:
    """Draw a steaming cup."""
    return [
        oval(0.36, -0.34, 0.18, 0.17, None, width=4),
        poly([(-0.36, -0.62), (0.36, -0.62), (0.26, 0), (-0.26, 0)], tone(rng, CLOTHS)),
        curve([(-0.1, -0.75), (-0.2, -0.9), (0, -1.05), (-0.1, -1.2)], INK, 2),
    ]


def books(rng: Random) -> Shapes:
    """Draw a pile of books."""
    shapes: Shapes = []
    for layer in range(rng.randint(2, 5)):
        x = rng.uniform(-0.12, 0.12)
        shapes.append(box(x - 0.5, -0.17 * (layer + 1), x + 0.5, -0.17 * layer, rng.choice(CLOTHS)))
    return shapes


def cat(rng: Random) -> Shapes:
    """Draw a cat that sits and looks on."""
    fur = tone(rng, FURS)
    return [
        curve([(0.2, -0.08), (0.55, -0.05), (0.6, -0.35), rng.choice([(0.75, -0.5), (0.5, -0.6)])], INK, 11),
        curve([(0.2, -0.08), (0.55, -0.05), (0.6, -0.35), (0.62, -0.42)], fur, 5),
        blob([(-0.3, 0), (-0.26, -0.4), (-0.1, -0.62), (0.12, -0.6), (0.3, -0.3), (0.32, 0)], fur),
        poly([(-0.34, -0.75), (-0.32, -1.15), (-0.08, -0.92)], fur),
        poly([(0.2, -0.75), (0.18, -1.15), (-0.06, -0.92)], fur),
        oval(-0.07, -0.74, 0.31, 0.25, fur),
        oval(-0.2, -0.78, 0.035, 0.055, INK),
        oval(0.05, -0.78, 0.035, 0.055, INK),
        stroke([(-0.12, -0.66), (-0.07, -0.62), (-0.02, -0.66)], INK, 2),
        stroke([(-0.1, 0), (-0.1, -0.22)], INK, 2),
    ]


def crate(rng: Random) -> Shapes:
    """Draw a wooden crate, or two."""
    wood = tone(rng, WOODS)
    one = [
        box(-0.4, -0.7, 0.4, 0, wood),
        stroke([(-0.38, -0.03), (0.38, -0.67)], INK, 3),
        box(-0.4, -0.7, 0.4, -0.57, shade(wood, 1.2)),
        box(-0.4, -0.13, 0.4, 0, shade(wood, 1.2)),
    ]
    return one + put(one, rng.uniform(-0.15, 0.15), -0.7, 0.7) if rng.random() < 0.4 else one


def barrel(rng: Random) -> Shapes:
    """Draw a barrel with two hoops."""
    wood = tone(rng, WOODS)
    return [
        blob([(-0.3, 0), (-0.42, -0.45), (-0.3, -0.9), (0.3, -0.9), (0.42, -0.45), (0.3, 0)], wood),
        stroke([(-0.4, -0.28), (0.4, -0.28)], INK, 5),
        stroke([(-0.4, -0.64), (0.4, -0.64)], INK, 5),
    ]


def chest(rng: Random) -> Shapes:
    """Draw a chest with a round lid."""
    wood = tone(rng, WOODS)
    lid = smooth([(-0.55, -0.4), (-0.5, -0.65), (0, -0.75), (0.5, -0.65), (0.55, -0.4)], closed=False)
    return [box(-0.55, -0.4, 0.55, 0, wood), poly(lid, shade(wood, 1.2)), box(-0.1, -0.48, 0.1, -0.28, CLOTHS[1])]


def machine(rng: Random) -> Shapes:
    """Draw a machine with dials, lamps and a pipe, use unknown."""
    paint, tall = tone(rng, [*STONES, *CLOTHS]), rng.uniform(0.9, 1.5)
    shapes = [
        limb([(0.3, -tall), (0.3, -tall - 0.4), (0.48, -tall - 0.5), (0.66, -tall - 0.5)], 0.08, STONES[2]),
        box(-0.5, -tall, 0.5, 0, paint),
        box(-0.56, -0.12, 0.56, 0, shade(paint, 0.7)),
    ]
    for x, y in ((-0.25, 0.25 - tall), (0.2, 0.25 - tall), (-0.25, 0.6 - tall), (0.2, 0.6 - tall)):
        needle = stroke([(x, y), (x + rng.uniform(-0.1, 0.1), y - 0.1)], CLOTHS[0])
        fittings: list[Shapes] = [
            [oval(x, y, 0.15, 0.15, PAPER), needle],
            [oval(x + d, y, 0.05, 0.05, rng.choice(CLOTHS)) for d in (-0.12, 0.02, 0.16)],
            [stroke([(x - 0.15, y + d), (x + 0.15, y + d)], INK, 4) for d in (-0.1, 0, 0.1)],
            put(gear(rng), x, y, 0.38),
        ]
        shapes += rng.choice(fittings)
    return shapes


def gear(rng: Random) -> Shapes:
    """Draw a toothed wheel."""
    metal, teeth = tone(rng, [*STONES, *CLOTHS[:4]]), rng.randint(7, 11)
    steps = [
        (tooth + turn, radius)
        for tooth in range(teeth)
        for turn, radius in ((0, 0.38), (0.15, 0.5), (0.45, 0.5), (0.6, 0.38))
    ]
    return [
        poly([around(0, 0, radius, radius, step / teeth) for step, radius in steps], metal),
        oval(0, 0, 0.14, 0.14, shade(metal, 0.5)),
    ]


def clock(rng: Random) -> Shapes:
    """Draw a clock on two feet."""
    return [
        *(stroke([(s * 0.3, 0), (s * 0.2, -0.2)], INK, 5) for s in (-1, 1)),
        oval(0, -0.52, 0.46, 0.46, tone(rng, CLOTHS)),
        oval(0, -0.52, 0.35, 0.35, PAPER),
        *(stroke([(0, -0.52), around(0, -0.52, hand, hand, rng.random())], INK, 4) for hand in (0.17, 0.29)),
    ]


SMALL_THINGS: list[Maker] = [teapot, cup, books, plant, clock]
