"""Scenes: places, what stands there, and who of the cast is there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import numpy as np

from demo_comic.characters import Actor, draw_character, draw_pose
from demo_comic.colours import (
    CLOTHS,
    FLOORS,
    LEAVES,
    MEADOWS,
    NIGHTS,
    PAPER,
    SANDS,
    SEAS,
    SKIES,
    STONES,
    WALLS,
    WHITE,
    WOODS,
    Colour,
    shade,
    tone,
)
from demo_comic.drawings import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Cast, Drawing, backdrop
from demo_comic.indoors import (
    FURNITURE,
    WALL_THINGS,
    bookcase,
    floor_lamp,
    painting,
    table,
    tools,
    wall_shelf,
    window,
    workbench,
)
from demo_comic.marks import (
    Maker,
    Point,
    Shape,
    Shapes,
    around,
    blob,
    box,
    curve,
    limb,
    lumpy,
    oval,
    poly,
    put,
    smooth,
    stroke,
)
from demo_comic.outdoors import (
    bicycle,
    boat,
    bush,
    cactus,
    cloud,
    crystals,
    fence,
    fish,
    house,
    island,
    lighthouse,
    mushrooms,
    pine,
    rock,
    seaweed,
    sheep,
    signpost,
    snowman,
    street_lamp,
    tent,
    tower,
    tree,
)
from demo_comic.things import barrel, chest, clock, crate, machine
from demo_comic.words import say

Scene = Callable[[Random, Cast], Drawing]
"""Draws a place, with some of the cast or without."""


def spread(
    rng: Random, makers: Sequence[Maker], ground: float | Callable[[float], float], sizes: Point, gaps: Point
) -> Shapes:
    """Set things of random kind, size and distance side by side from the left end of the scene to the right."""
    shapes: Shapes = []
    x = LEFT + rng.uniform(*gaps)
    while x < RIGHT:
        size = rng.uniform(*sizes)
        x += size / 2
        y = ground(x) + 8 if callable(ground) else ground
        shapes += put(rng.choice(makers)(rng), x, y, size, flip=rng.random() < 0.5)
        x += size / 2 + rng.uniform(*gaps)
    return shapes


def ridge(rng: Random, y: float, height: float, step: float) -> Callable[[float], float]:
    """Give a rolling line across the scene: its y at each x."""
    knots = np.arange(LEFT - step, RIGHT + 2 * step, step)
    levels = [y - rng.uniform(0, height) for _ in knots]
    course = np.array(smooth(list(zip(knots.tolist(), levels, strict=True)), closed=False))
    return lambda x: float(np.interp(x, course[:, 0], course[:, 1]))


def land(line: Callable[[float], float], colour: Colour) -> Shape:
    """Fill the scene from a ridge down."""
    along = np.linspace(LEFT, RIGHT, 60)
    return poly([*((float(x), line(x)) for x in along), (RIGHT, BOTTOM), (LEFT, BOTTOM)], colour)


def clouds(rng: Random, lowest: float) -> Shapes:
    """Draw some clouds across the sky, none lower than `lowest`."""
    drawn: Shapes = []
    for _ in range(rng.randint(2, 4)):
        drawn += put(cloud(rng), rng.uniform(LEFT, RIGHT), rng.uniform(30, lowest), rng.uniform(80, 170))
    return drawn


def act(
    rng: Random, cast: Cast, ground: float | Callable[[float], float], sizes: Point = (190, 280)
) -> tuple[Actor, ...]:
    """Let nobody, one or some of the cast stand on the ground (a little below a ridge), apart from one another."""
    count = rng.choices((0, 1, 2, 3), (2, 5, 4, 2))[0]
    actors = []
    for place, character in enumerate(rng.sample(cast, count)):
        x = 70 + (place + rng.uniform(0.25, 0.75)) * 510 / count
        y = ground(x) + 30 if callable(ground) else ground
        actors.append(Actor(character, draw_pose(rng), x, y, rng.uniform(*sizes), rng.random() < 0.5))
    return tuple(actors)


def interior(rng: Random, cast: Cast, walls: Sequence[Maker], furniture: Sequence[Maker]) -> Drawing:
    """Draw a room: wall, floor, maybe a corner, things on the wall and things that stand."""
    floor, wall, boards = rng.uniform(265, 365), tone(rng, WALLS), tone(rng, FLOORS)
    shapes = [backdrop(wall)]
    if rng.random() < 0.4:
        gap = rng.uniform(50, 120)
        shapes += [box(x, TOP, x + gap * 0.45, floor, shade(wall, 0.93), None) for x in np.arange(LEFT, RIGHT, gap)]
    shapes.append(box(LEFT, floor, RIGHT, BOTTOM, boards))
    vanish = rng.uniform(100, 550)
    if rng.random() < 0.5:
        for x in np.arange(vanish - 1800, vanish + 1800, rng.uniform(110, 200)):
            shapes.append(stroke([(vanish + (x - vanish) * 0.4, floor), (x, BOTTOM)], shade(boards, 0.7), 2))
    if rng.random() < 0.45:
        corner = rng.uniform(40, 200)
        x, far = rng.choice(((corner, LEFT), (WIDTH - corner, RIGHT)))
        drop = abs(far - x) * rng.uniform(0.3, 0.5)
        shapes.append(poly([(x, TOP), (x, floor), (far, floor + drop), (far, TOP)], shade(wall, 0.85)))
    shapes.append(box(LEFT, floor - rng.choice((0, 12)), RIGHT, floor, shade(wall, 1.6)))
    shapes += spread(rng, walls, floor - rng.uniform(95, 140), (70, 120), (30, 130))
    if rng.random() < 0.5:
        rug = rng.choice(CLOTHS)
        x, wide = rng.uniform(180, 480), rng.uniform(130, 220)
        shapes += [oval(x, floor + 65, wide, 34, rug), oval(x, floor + 65, wide * 0.8, 24, shade(rug, 1.4))]
    shapes += spread(rng, furniture, floor + rng.uniform(5, 25), (90, 170), (10, 90))
    return Drawing(shapes, act(rng, cast, rng.uniform(floor + 45, 440)))


def room(rng: Random, cast: Cast) -> Drawing:
    """Draw a room someone lives in."""
    return interior(rng, cast, WALL_THINGS, rng.sample(FURNITURE, 4))


def workshop(rng: Random, cast: Cast) -> Drawing:
    """Draw a workshop."""
    return interior(rng, cast, [tools, tools, wall_shelf, clock], [machine, workbench, crate, barrel])


def library(rng: Random, cast: Cast) -> Drawing:
    """Draw a library."""
    return interior(rng, cast, [painting, clock, window], [bookcase, bookcase, bookcase, table, floor_lamp])


def hills(rng: Random, cast: Cast) -> Drawing:
    """Draw hills with what grows and lives on them."""
    horizon = rng.uniform(200, 280)
    shapes = [backdrop(tone(rng, SKIES)), oval(rng.uniform(50, 600), rng.uniform(50, 130), 38, 38, CLOTHS[1])]
    shapes += clouds(rng, 140)
    for depth in range(3):
        line = ridge(rng, horizon + depth * 65, 90 - depth * 20, rng.uniform(120, 260))
        makers, nearness = rng.sample([tree, pine, house, bush, fence, sheep], 3), 1 + 0.55 * depth
        shapes += [
            land(line, tone(rng, MEADOWS)),
            *spread(rng, makers, line, (30 * nearness, 55 * nearness), (30, 190)),
        ]
    ground = ridge(rng, 400, 40, 240)
    front = spread(rng, [bush, rock, fence, mushrooms], 470, (60, 110), (120, 400))
    return Drawing([*shapes, land(ground, tone(rng, MEADOWS))], act(rng, cast, ground), front)


def street(rng: Random, cast: Cast) -> Drawing:
    """Draw a street: a row of houses, the pavement, the road."""
    kerb = rng.uniform(300, 360)
    shapes = [backdrop(tone(rng, SKIES)), *clouds(rng, 110)]
    shapes += spread(rng, [house, house, house, tree], kerb - 30, (100, 190), (-6, 40))
    shapes.append(box(LEFT, kerb - 30, RIGHT, kerb + 12, tone(rng, STONES)))
    shapes.append(box(LEFT, kerb + 12, RIGHT, BOTTOM, shade(STONES[2], rng.uniform(0.5, 0.8))))
    y, gap = kerb + rng.uniform(50, 70), rng.uniform(90, 150)
    dashes = np.arange(LEFT + rng.uniform(0, gap), RIGHT, gap)
    shapes += [box(x, y, x + gap / 2, y + 8, PAPER, None) for x in dashes]
    shapes += spread(rng, [street_lamp, bicycle, signpost, barrel, tree], kerb, (55, 90), (40, 170))
    return Drawing(shapes, act(rng, cast, kerb + rng.uniform(5, 70)))


def sea(rng: Random, cast: Cast) -> Drawing:
    """Draw the sea, with a beach where someone is there to stand on it."""
    horizon, water = rng.uniform(150, 260), tone(rng, SEAS)
    sun = oval(rng.uniform(60, 590), horizon - rng.uniform(0, 110), 45, 45, rng.choice([CLOTHS[1], CLOTHS[9]]))
    shapes = [backdrop(tone(rng, SKIES)), sun, *clouds(rng, horizon - 40), box(LEFT, horizon, RIGHT, BOTTOM, water)]
    shapes += spread(rng, [boat, island, lighthouse, boat], horizon + rng.uniform(12, 30), (50, 120), (60, 240))
    wave = curve([(-1, 0), (-0.5, -0.25), (0, 0), (0.5, -0.25), (1, 0)], shade(water, 1.7))
    for _ in range(rng.randint(14, 24)):
        shapes += put([wave], rng.uniform(LEFT, RIGHT), rng.uniform(horizon + 35, BOTTOM), rng.uniform(20, 45))
    if rng.random() < 0.4:
        return Drawing(shapes, (), spread(rng, [boat], rng.uniform(370, 430), (190, 280), (20, 300)))
    shore = ridge(rng, rng.uniform(390, 420), 50, rng.uniform(160, 300))
    front = spread(rng, [rock, crate, barrel, chest], 470, (60, 100), (150, 420))
    return Drawing([*shapes, land(shore, tone(rng, SANDS))], act(rng, cast, shore, (170, 250)), front)


def night(rng: Random, cast: Cast) -> Drawing:
    """Draw a night: stars, the moon, dark hills or a town with lit windows."""
    sky, x, y, radius = tone(rng, NIGHTS), rng.uniform(60, 590), rng.uniform(50, 140), rng.uniform(28, 55)
    shapes = [backdrop(sky)]
    star = poly([(0, -1), (0.3, -0.3), (1, 0), (0.3, 0.3), (0, 1), (-0.3, 0.3), (-1, 0), (-0.3, -0.3)], CLOTHS[9], None)
    for _ in range(rng.randint(40, 80)):
        shapes += put([star], rng.uniform(LEFT, RIGHT), rng.uniform(TOP, 320), rng.choice((2, 2, 3, 6)))
    shapes.append(oval(x, y, radius, radius, CLOTHS[9]))
    if rng.random() < 0.5:
        shapes.append(oval(x + radius * 0.45, y - radius * 0.15, radius * 0.85, radius * 0.9, sky, None))
    if rng.random() < 0.5:
        shapes += spread(rng, [tower], rng.uniform(330, 380), (70, 130), (-10, 50))
    else:
        far = ridge(rng, rng.uniform(290, 340), 90, rng.uniform(120, 260))
        shapes += [land(far, shade(sky, 1.3)), *spread(rng, [pine, house, tree], far, (45, 90), (30, 150))]
    ground = ridge(rng, 400, 50, 220)
    shapes.append(land(ground, shade(MEADOWS[5], rng.uniform(0.4, 0.6))))
    return Drawing(shapes, act(rng, cast, ground), spread(rng, [bush, rock, tent], 470, (70, 130), (140, 420)))


def forest(rng: Random, cast: Cast) -> Drawing:
    """Draw a forest: trunks near and far, and what stands between them."""
    haze, floor = tone(rng, [*LEAVES, *SKIES[5:6]]), rng.uniform(300, 360)
    shapes = [backdrop(shade(haze, 1.7))]
    for depth, (gap, wide) in enumerate(((70, 16), (130, 34))):
        bark, foot = shade(tone(rng, WOODS), 1.5 - depth * 0.5), floor + depth * 25
        x = LEFT + rng.uniform(0, gap)
        while x < RIGHT:
            trunk, top, fork = wide * rng.uniform(0.6, 1.4), x + rng.uniform(-25, 25), rng.uniform(80, 220)
            bough = limb([(0, 30), (gap * 0.3, 0), (gap * 0.5, -45)], wide * 0.22, bark)
            stem = [(x - trunk, foot), (top - trunk * 0.6, TOP), (top + trunk * 0.6, TOP), (x + trunk, foot)]
            shapes += [poly(stem, bark), *put([bough], x, fork, 1, flip=rng.random() < 0.5)]
            x += gap * rng.uniform(0.7, 1.8)
        shapes.append(land(ridge(rng, foot + 5, 30, rng.uniform(90, 200)), shade(haze, 1.25 - depth * 0.35)))
    canopy = smooth([(x, rng.uniform(20, 90)) for x in np.arange(LEFT, RIGHT + 60, 60)], closed=False)
    shapes.append(poly([*canopy, (RIGHT, TOP), (LEFT, TOP)], shade(haze, 0.75)))
    shapes += spread(rng, [mushrooms, bush, rock, tent, chest], floor + 45, (50, 100), (40, 220))
    return Drawing(shapes, act(rng, cast, rng.uniform(400, 435)), spread(rng, [bush], 475, (90, 160), (100, 360)))


def desert(rng: Random, cast: Cast) -> Drawing:
    """Draw a desert with mesas and dunes."""
    radius = rng.uniform(40, 80)
    sun = oval(rng.uniform(80, 570), rng.uniform(110, 210), radius, radius, tone(rng, [CLOTHS[1], CLOTHS[6]]))
    shapes = [backdrop(tone(rng, SKIES[2:4] + SKIES[6:])), sun]
    x = LEFT
    while x < RIGHT:
        wide, high = rng.uniform(60, 190), rng.uniform(50, 190)
        slope = wide * rng.choice((0.08, 0.2, 0.5))
        mesa = [(x, 310), (x + slope, 310 - high), (x + wide - slope, 310 - high), (x + wide, 310)]
        shapes.append(poly(mesa, tone(rng, [*FLOORS[:3], CLOTHS[6]])))
        x += wide + rng.uniform(-20, 160)
    for depth, makers in enumerate(([cactus, rock, signpost], [cactus, rock, cactus], [])):
        line = ridge(rng, 315 + depth * 48, 50, rng.uniform(140, 320))
        shapes.append(land(line, tone(rng, SANDS)))
        shapes += spread(rng, makers, line, (30 + 25 * depth, 50 + 45 * depth), (60, 260)) if makers else []
    front = spread(rng, [rock, cactus, barrel], 480, (60, 130), (200, 500))
    return Drawing(shapes, act(rng, cast, rng.uniform(405, 435)), front)


def snow(rng: Random, cast: Cast) -> Drawing:
    """Draw a winter's day."""
    shapes = [backdrop(tone(rng, [SKIES[0], SKIES[4], SKIES[6], SEAS[3]]))]
    peaks = [(x, rng.uniform(60, 230)) for x in np.arange(LEFT, RIGHT + 110, rng.uniform(75, 110)).tolist()]
    shapes.append(poly([*peaks, (RIGHT, BOTTOM), (LEFT, BOTTOM)], tone(rng, STONES)))
    for (x0, y0), (x, y), (x1, y1) in zip(peaks, peaks[1:], peaks[2:], strict=False):
        if y < min(y0, y1):
            left, right = (x + 0.35 * (x0 - x), y + 0.35 * (y0 - y)), (x + 0.35 * (x1 - x), y + 0.35 * (y1 - y))
            shapes.append(poly([left, (x, y), right, (x + 6, y + 20), (x - 8, y + 32)], WHITE))
    for depth in range(2):
        line, makers = ridge(rng, 290 + depth * 70, 60, rng.uniform(140, 300)), [pine, pine, house, snowman, fence]
        shapes.append(land(line, shade(WHITE, 0.93 + 0.05 * depth)))
        shapes += spread(rng, makers, line, (45 + 25 * depth, 75 + 35 * depth), (20, 170))
    for _ in range(rng.randint(20, 50)):
        shapes.append(oval(rng.uniform(LEFT, RIGHT), rng.uniform(TOP, BOTTOM), 4, 4, WHITE, None))
    return Drawing(shapes, act(rng, cast, rng.uniform(400, 440)))


def deep(rng: Random, _cast: Cast) -> Drawing:
    """Draw the bottom of the sea."""
    water, bed = tone(rng, SEAS), ridge(rng, rng.uniform(360, 410), 60, rng.uniform(120, 260))
    shapes = [backdrop(water)]
    for _ in range(rng.randint(2, 4)):
        x, wide = rng.uniform(LEFT, RIGHT), rng.uniform(30, 90)
        beam = [(x, TOP), (x + wide, TOP), (x + wide * 2.6 - 150, BOTTOM), (x - 150, BOTTOM)]
        shapes.append(poly(beam, shade(water, 1.2), None))
    for _ in range(rng.randint(9, 16)):
        x, y, size = rng.uniform(LEFT, RIGHT), rng.uniform(TOP, 330), rng.uniform(45, 130)
        shapes += put(fish(rng), x, y, size, flip=rng.random() < 0.5)
    shapes += spread(rng, [rock, crystals], lambda x: bed(x) + 20, (90, 190), (40, 300))
    shapes.append(land(bed, tone(rng, SANDS)))
    shapes += spread(rng, [seaweed, seaweed, chest, rock, crystals], lambda x: bed(x) + 15, (60, 110), (20, 110))
    for _ in range(rng.randint(3, 6)):
        x, y = rng.uniform(0, WIDTH), rng.uniform(60, 320)
        for size in (4, 6, 8):
            shapes.append(oval(x + rng.uniform(-12, 12), y - 13 * size, size, size, None, shade(water, 2), 2))
    return Drawing(shapes, (), spread(rng, [seaweed, rock], 470, (90, 150), (120, 380)))


def cave(rng: Random, cast: Cast) -> Drawing:
    """Draw a cave with crystals."""
    stone = shade(tone(rng, STONES), rng.uniform(0.5, 0.8))
    x, y = rng.uniform(130, 520), rng.uniform(190, 260)
    shapes = [
        backdrop(stone),
        blob(lumpy(rng, x, y, 195, 127), shade(stone, 1.4)),
        blob(lumpy(rng, x, y, 137, 89), shade(stone, 1.9)),
    ]
    floor = ridge(rng, rng.uniform(340, 390), 40, rng.uniform(60, 140))
    shapes.append(land(floor, shade(stone, 0.75)))
    x = LEFT
    while x < RIGHT:
        wide, tip = rng.uniform(25, 80), (x + rng.uniform(10, 50), rng.uniform(60, 230))
        shapes.append(poly([(x, TOP), (x + wide, TOP), tip], shade(stone, rng.uniform(0.6, 0.9))))
        x += wide + rng.uniform(-5, 40)
    shapes += spread(rng, [crystals, rock, mushrooms, chest, crystals], floor, (50, 110), (20, 160))
    front = spread(rng, [crystals, rock], 475, (70, 130), (160, 420))
    return Drawing(shapes, act(rng, cast, rng.uniform(400, 440)), front)


def rays(rng: Random, ground: Colour) -> Shapes:
    """Draw rays on a ground of this colour, from one point."""
    x, y, count = rng.uniform(120, 530), rng.uniform(100, 350), rng.randint(9, 17)
    sectors = [
        [(x, y), *(around(x, y, 1200, 1200, (ray + part) / count) for part in (0.2, 0.7))] for ray in range(count)
    ]
    return [poly(sector, shade(ground, 1.35), None) for sector in sectors]


def stripes(rng: Random, ground: Colour) -> Shapes:
    """Draw slanted stripes on a ground of this colour."""
    gap, slope = rng.uniform(40, 110), rng.uniform(-300, 300)
    drawn = []
    for x in np.arange(LEFT - 500, RIGHT + 500, gap):
        stripe = [(x, TOP), (x + gap / 2, TOP), (x + gap / 2 + slope, BOTTOM), (x + slope, BOTTOM)]
        drawn.append(poly(stripe, shade(ground, 0.85), None))
    return drawn


def close_up(rng: Random, _cast: Cast) -> Drawing:
    """Draw a face up close: always someone new, as a face drawn twice would be a reuse that the truth doesn't know."""
    ground = tone(rng, [*WALLS, *CLOTHS, *SKIES])
    shapes, behind = [backdrop(ground)], rng.choice(("rays", "stripes", "room", "hill"))
    if behind == "rays":
        shapes += rays(rng, ground)
    elif behind == "stripes":
        shapes += stripes(rng, ground)
    elif behind == "room":
        shapes += put(window(rng), rng.uniform(60, 590), rng.uniform(260, 380), rng.uniform(180, 260))
        shapes += spread(rng, [painting, wall_shelf], rng.uniform(150, 250), (120, 200), (60, 300))
    else:
        line = ridge(rng, rng.uniform(230, 360), 120, rng.uniform(90, 240))
        shapes.append(land(line, tone(rng, MEADOWS)))
        shapes += spread(rng, [tree, pine, house, bush], line, (70, 130), (10, 120))
    pose = replace(draw_pose(rng), held="nothing", lean=rng.uniform(-16, 16))
    x, height = rng.uniform(200, 450), rng.uniform(780, 950)
    actor = Actor(draw_character(rng), pose, x, rng.uniform(200, 290) + 0.78 * height, height, rng.random() < 0.5)
    return Drawing(shapes, (actor,))


SCENES: tuple[Scene, ...] = (
    *(room, workshop, library, hills, street, sea, night),
    *(forest, desert, snow, deep, cave, close_up),
)


def draw_scene(rng: Random, cast: Cast, cast_needed: bool = False) -> Drawing:
    """Draw something new, with or without words."""
    drawing = rng.choice(SCENES)(rng, cast)
    while cast_needed and not drawing.actors:
        drawing = rng.choice(SCENES)(rng, cast)
    return say(rng, drawing) if rng.random() < 0.5 else drawing
