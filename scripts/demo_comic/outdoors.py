"""Outdoors: props of the country, the town and the sea."""

from itertools import pairwise
from random import Random

from demo_comic.colours import (
    CLOTHS,
    INK,
    LEAVES,
    NIGHTS,
    PAPER,
    SANDS,
    SEAS,
    SKIES,
    STONES,
    WALLS,
    WHITE,
    WOODS,
    shade,
    tone,
)
from demo_comic.marks import Point, Shapes, blob, box, curve, limb, lumpy, oval, poly, put, stroke


def tree(rng: Random) -> Shapes:
    """Draw a tree with a crown of lumps."""
    wood, leaf, tall = tone(rng, WOODS), tone(rng, LEAVES), rng.uniform(0.6, 1.2)
    crown = lumpy(rng, 0, -tall - 0.35, 0.52, 0.49)
    twigs = [
        curve([(x - 0.12, y - 0.05), (x, y + 0.05), (x + 0.13, y - 0.05)], shade(leaf, 0.7))
        for x, y in ((-0.08, -tall - 0.25), (0.17, -tall - 0.45))
    ]
    return [poly([(-0.13, 0), (-0.07, -tall), (0.07, -tall), (0.13, 0)], wood), blob(crown, leaf), *twigs]


def pine(rng: Random) -> Shapes:
    """Draw a fir of some tiers."""
    leaf, tiers, tall = tone(rng, LEAVES), rng.randint(3, 4), rng.uniform(0.9, 1.6)
    shapes = [box(-0.08, -0.3, 0.08, 0, tone(rng, WOODS))]
    for tier in range(tiers):
        low, wide = -0.2 - tier * tall / tiers, 0.5 * (1 - tier / (tiers + 0.8))
        tip = (0, low - 1.6 * tall / tiers)
        shapes.append(poly([(-wide, low), tip, (wide, low), (wide * 0.3, low + 0.05), (-wide * 0.3, low + 0.05)], leaf))
    return shapes


def bush(rng: Random) -> Shapes:
    """Draw a bush with berries."""
    leaf = tone(rng, LEAVES)
    top = [(x, -rng.uniform(0.3, 0.6)) for x in (-0.4, -0.15, 0.15, 0.4)]
    berries = [oval(rng.uniform(-0.35, 0.35), -rng.uniform(0.1, 0.35), 0.04, 0.04, CLOTHS[0], None) for _ in range(5)]
    return [blob([(-0.6, 0), *top, (0.6, 0)], leaf), *berries]


def rock(rng: Random) -> Shapes:
    """Draw a rock."""
    stone = tone(rng, STONES)
    top = [(x, -rng.uniform(0.25, 0.6)) for x in (-0.3, 0.05, 0.3)]
    return [poly([(-0.55, 0), *top, (0.5, 0)], stone), stroke([top[1], (top[1][0] - 0.05, -0.12)], shade(stone, 0.6))]


def cactus(rng: Random) -> Shapes:
    """Draw a cactus with one or two arms."""
    leaf, tall = tone(rng, LEAVES[:3] + LEAVES[6:]), rng.uniform(1.0, 1.6)
    shapes: Shapes = []
    for side in rng.choice([(-1,), (-1, 1)]):
        at, up = rng.uniform(0.35, 0.7), rng.uniform(0.3, 0.5)
        shapes.append(limb([(0, -at), (side * 0.3, -at), (side * 0.38, -at - 0.1), (side * 0.38, -at - up)], 0.1, leaf))
    shapes.append(limb([(0, 0), (0, -tall / 2), (0, -tall)], 0.16, leaf))
    return [*shapes, stroke([(0, -0.1), (0, -tall + 0.1)], shade(leaf, 0.6), 2)]


def mushrooms(rng: Random) -> Shapes:
    """Draw two mushrooms, one tall and one small."""
    cap = tone(rng, CLOTHS)
    one = [
        poly([(-0.1, 0), (-0.07, -0.5), (0.07, -0.5), (0.1, 0)], PAPER),
        blob([(-0.38, -0.45), (-0.25, -0.75), (0, -0.88), (0.25, -0.75), (0.38, -0.45), (0, -0.4)], cap),
        oval(-0.12, -0.64, 0.06, 0.05, PAPER, None),
        oval(0.12, -0.6, 0.05, 0.04, PAPER, None),
    ]
    return put(one, -0.1, 0, rng.uniform(0.9, 1.2)) + put(one, rng.uniform(0.25, 0.4), 0.02, rng.uniform(0.5, 0.7))


def street_lamp(rng: Random) -> Shapes:
    """Draw a lamp post."""
    tall = rng.uniform(2.6, 3.4)
    return [
        box(-0.04, -tall, 0.04, 0, INK),
        box(-0.14, -0.2, 0.14, 0, INK),
        poly([(-0.13, -tall), (0.13, -tall), (0.2, -tall - 0.4), (-0.2, -tall - 0.4)], CLOTHS[9]),
        poly([(-0.24, -tall - 0.4), (0.24, -tall - 0.4), (0, -tall - 0.58)], INK),
    ]


def bicycle(rng: Random) -> Shapes:
    """Draw a bicycle."""
    paint = tone(rng, CLOTHS)
    wheels = [oval(x, -0.3, 0.28, 0.28, None, INK, 4) for x in (-0.42, 0.42)]
    frame = [(-0.42, -0.3), (-0.15, -0.72), (0.3, -0.72), (0, -0.3), (-0.42, -0.3)]
    return [
        *wheels,
        stroke(frame, paint, 5),
        stroke([(0, -0.3), (-0.18, -0.82)], paint, 5),
        stroke([(0.42, -0.3), (0.28, -0.9), (0.45, -0.95)], paint, 5),
        stroke([(-0.3, -0.83), (-0.06, -0.83)], INK, 6),
    ]


def signpost(rng: Random) -> Shapes:
    """Draw a post with arrows that point both ways."""
    wood = tone(rng, WOODS)
    shapes = [box(-0.05, -1.3, 0.05, 0, wood)]
    arrow = poly([(-0.3, 0), (0.4, 0), (0.55, 0.11), (0.4, 0.22), (-0.3, 0.22)], shade(wood, 1.4))
    for arm in range(rng.randint(1, 3)):
        shapes += put([arrow, stroke([(-0.2, 0.11), (0.3, 0.11)], INK, 2)], 0, -1.2 + arm * 0.3, 1, rng.random() < 0.5)
    return shapes


def fence(rng: Random) -> Shapes:
    """Draw a piece of fence."""
    wood = tone(rng, [*WOODS, PAPER])
    pales = [
        poly([(x - 0.06, 0), (x - 0.06, -0.5), (x, -0.62), (x + 0.06, -0.5), (x + 0.06, 0)], wood)
        for x in (-0.45, -0.22, 0, 0.22, 0.45)
    ]
    return [box(-0.6, -0.42, 0.6, -0.34, wood), box(-0.6, -0.2, 0.6, -0.12, wood), *pales]


def sheep(rng: Random) -> Shapes:
    """Draw a sheep."""
    return [
        *(box(x - 0.03, -0.2, x + 0.03, 0, INK) for x in (-0.24, -0.1, 0.12, 0.25)),
        blob(lumpy(rng, 0, -0.42, 0.4, 0.27), shade(PAPER, rng.uniform(0.85, 1))),
        oval(0.42, -0.52, 0.13, 0.16, shade(INK, 1.4)),
        oval(0.46, -0.55, 0.03, 0.03, PAPER, None),
    ]


def house(rng: Random) -> Shapes:
    """Draw a house: storeys, roof and door are drawn by lot."""
    wall, roof, glass = tone(rng, WALLS), tone(rng, CLOTHS), rng.choice([SKIES[0], CLOTHS[9], NIGHTS[0]])
    storeys, columns, storey = rng.randint(1, 4), rng.randint(2, 3), rng.uniform(0.46, 0.6)
    tall, wide, peak, chimney = storeys * storey, rng.uniform(0.42, 0.5), rng.uniform(0.25, 0.7), rng.uniform(-0.3, 0.2)
    gable: list[Point] = [(0, peak), (1.15, 0)]
    hipped: list[Point] = [(0.6, peak), (1.1, 0)]
    stepped: list[Point] = [(0.33, peak), (0.33, peak / 2), (1, peak / 2), (1, 0)]
    right = [(wide * x, -tall - y) for x, y in rng.choice([gable, hipped, stepped])]
    shapes = [
        box(chimney, -tall - peak - 0.1, chimney + 0.12, -tall, shade(roof, 0.7)),
        box(-wide, -tall, wide, 0, wall),
        poly([*((-x, y) for x, y in reversed(right)), *right], roof),
    ]
    door = rng.randrange(columns)
    for floor in range(storeys):
        for column in range(columns):
            x, y = -wide + (column + 0.5) * 2 * wide / columns, -floor * storey
            if floor == 0 and column == door:
                shapes += [box(x - 0.1, -0.36, x + 0.1, 0, tone(rng, CLOTHS)), oval(x + 0.06, -0.17, 0.015, 0.015, INK)]
            else:
                pane = box(x - 0.09, y - 0.38, x + 0.09, y - 0.14, glass)
                shapes += [pane, stroke([(x, y - 0.38), (x, y - 0.14)], INK, 2)]
    return shapes


def tower(rng: Random) -> Shapes:
    """Draw a tall building with some windows lit."""
    wall, tall = tone(rng, NIGHTS), rng.uniform(1.2, 3.4)
    columns, rows = rng.randint(2, 4), rng.randint(4, 8)
    low, high = rng.choice(((0.42, 0), (0.2, 0.2)))
    shapes = [
        stroke([(0, -tall), (0, -tall - rng.uniform(0, 0.9))], INK, 4),
        poly([(-low, -tall), (-high, -tall - 0.3), (high, -tall - 0.3), (low, -tall)], shade(wall, 1.5)),
        box(-0.42, -tall, 0.42, 0, shade(wall, 1.25)),
    ]
    half, storey = 0.2 / columns, 0.22 * tall / rows
    for row in range(rows):
        for column in range(columns):
            if rng.random() < 0.6:
                x, y = -0.42 + 0.84 * (column + 0.5) / columns, -tall * (row + 0.5) / rows
                shapes.append(
                    box(x - half, y - storey, x + half, y + storey, rng.choice([CLOTHS[9], *SKIES[2:4]]), None)
                )
    return shapes


def cloud(rng: Random) -> Shapes:
    """Draw a cloud."""
    top = [(x + rng.uniform(-0.05, 0.05), -rng.uniform(0.2, 0.5)) for x in (-0.35, -0.05, 0.28)]
    return [blob([(-0.6, 0), (-0.62, -0.15), *top, (0.6, -0.14), (0.58, 0.02)], shade(PAPER, rng.uniform(0.94, 1)))]


def boat(rng: Random) -> Shapes:
    """Draw a boat: a sailing one or a steamer."""
    hull = tone(rng, CLOTHS)
    body = poly([(-0.6, -0.25), (0.65, -0.25), (0.42, 0.05), (-0.45, 0.05)], hull)
    if rng.random() < 0.6:
        sail, tall = rng.choice([PAPER, tone(rng, CLOTHS)]), rng.uniform(0.9, 1.4)
        return [
            box(-0.03, -tall - 0.15, 0.03, -0.25, WOODS[2]),
            poly([(0.06, -tall), (0.06, -0.35), (0.55, -0.35)], sail),
            poly([(-0.06, -tall * 0.85), (-0.06, -0.35), (-0.4, -0.35)], sail),
            body,
        ]
    funnel = rng.uniform(-0.1, 0.2)
    return [
        box(funnel - 0.1, -0.95, funnel + 0.1, -0.5, tone(rng, CLOTHS)),
        *put(cloud(rng), funnel - 0.3, -1.1, 0.5),
        box(-0.35, -0.55, 0.35, -0.25, PAPER),
        *(oval(x, -0.4, 0.06, 0.06, SEAS[1]) for x in (-0.2, 0, 0.2)),
        body,
    ]


def lighthouse(rng: Random) -> Shapes:
    """Draw a lighthouse on its rock."""
    paint, tall = tone(rng, CLOTHS), rng.uniform(1.6, 2.4)
    levels = [(0.26 - 0.02 * band, -0.2 - tall * band / 5) for band in range(6)]
    stripes = [
        poly([(-low, y), (low, y), (high, top), (-high, top)], paint if band % 2 else PAPER)
        for band, ((low, y), (high, top)) in enumerate(pairwise(levels))
    ]
    return [
        blob([(-0.9, 0.1), (-0.6, -0.2), (-0.1, -0.32), (0.4, -0.25), (0.9, 0.1)], tone(rng, STONES)),
        *stripes,
        box(-0.13, -tall - 0.45, 0.13, -tall - 0.2, CLOTHS[9]),
        box(-0.24, -tall - 0.25, 0.24, -tall - 0.18, INK),
        poly([(-0.2, -tall - 0.45), (0, -tall - 0.7), (0.2, -tall - 0.45)], paint),
    ]


def island(rng: Random) -> Shapes:
    """Draw an island with a palm tree."""
    lean, tall, leaf = rng.uniform(-0.4, 0.4), rng.uniform(0.9, 1.4), tone(rng, LEAVES)
    shapes = [
        blob([(-0.8, 0.1), (-0.45, -0.15), (0, -0.24), (0.45, -0.15), (0.8, 0.1)], tone(rng, SANDS)),
        limb([(0, -0.15), (lean * 0.3, -tall / 2), (lean, -tall)], 0.06, tone(rng, WOODS)),
    ]
    for lift, drop in ((0.05, 0.3), (0.2, 0.02), (0.28, -0.25)):
        frond = [limb([(0, 0), (0.25, -lift), (0.5, drop)], 0.05, leaf)]
        shapes += put(frond, lean, -tall, 1) + put(frond, lean, -tall, 1, flip=True)
    return shapes


def fish(rng: Random) -> Shapes:
    """Draw a fish."""
    scales, high = tone(rng, CLOTHS), rng.uniform(0.18, 0.34)
    return [
        poly([(-0.35, -0.3), (-0.62, -0.52), (-0.56, -0.3), (-0.62, -0.08)], shade(scales, 0.8)),
        blob([(-0.42, -0.3), (0, -0.3 - high), (0.42, -0.36), (0.46, -0.26), (0, high - 0.3)], scales),
        oval(0.26, -0.36, 0.045, 0.05, PAPER),
        curve([(0.1, -0.44), (0.04, -0.3), (0.1, -0.16)], INK, 2),
        stroke([(-0.12, -0.4), (-0.16, -0.2)], shade(scales, 0.6)),
    ]


def seaweed(rng: Random) -> Shapes:
    """Draw seaweed that sways."""
    leaf, sway = tone(rng, LEAVES), rng.uniform(-0.2, 0.2)
    return [
        limb([(x, 0.05), (x + sway, -high * 0.3), (x - sway, -high * 0.6), (x + sway, -high)], 0.06, leaf)
        for x, high in ((-0.2, rng.uniform(0.8, 1.5)), (0.02, rng.uniform(1.2, 2.2)), (0.22, rng.uniform(0.7, 1.4)))
    ]


def tent(rng: Random) -> Shapes:
    """Draw a tent."""
    cloth, high = tone(rng, CLOTHS), rng.uniform(0.6, 0.9)
    return [
        poly([(-0.7, 0), (0, -high), (0.7, 0)], cloth),
        poly([(-0.18, 0), (0, -high), (0.2, 0)], shade(cloth, 0.5)),
        stroke([(-0.08, -high - 0.1), (0, -high), (0.08, -high - 0.1)], INK, 4),
    ]


def snowman(rng: Random) -> Shapes:
    """Draw a snowman."""
    scarf, belly = rng.choice(CLOTHS), rng.uniform(0.34, 0.44)
    neck = -belly * 1.8
    return [
        *(stroke([(s * 0.2, neck + 0.25), (s * 0.65, neck - rng.uniform(0, 0.3))], WOODS[2], 5) for s in (-1, 1)),
        oval(0, -belly, belly, belly, WHITE),
        oval(0, neck - 0.18, 0.25, 0.25, WHITE),
        limb([(-0.22, neck), (0, neck + 0.06), (0.24, neck)], 0.06, scarf),
        *(oval(x, neck - 0.24, 0.02, 0.03, INK) for x in (-0.09, 0.09)),
        poly([(0, neck - 0.2), (0.25, neck - 0.14), (0, neck - 0.12)], CLOTHS[6]),
    ]


def crystals(rng: Random) -> Shapes:
    """Draw crystals that grow from the ground."""
    glow = tone(rng, CLOTHS)
    shapes: Shapes = []
    for x, turn in ((-0.25, -15), (0.22, 12), (0, rng.uniform(-6, 6))):
        high = rng.uniform(0.5, 1.2)
        body = poly([(-0.14, 0.03), (-0.11, 0.2 - high), (0, -high), (0.12, 0.22 - high), (0.14, 0.03)], glow)
        shapes += put(
            [body, stroke([(0, 0), (-0.02, 0.2 - high), (0, -high)], shade(glow, 1.8), 2)], x, 0, 1, turn=turn
        )
    return shapes
