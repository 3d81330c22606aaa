"""Traps: drawings that belong with nothing, yet could be taken for a reuse."""

import math
from collections.abc import Callable, Mapping
from random import Random

from demo_comic.characters import Actor, draw_character, draw_pose
from demo_comic.colours import BLACK, FLOORS, INK, MEADOWS, NIGHTS, PAPER, SKIES, WALLS, WHITE, Colour, rgb, tone
from demo_comic.drawings import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH, Caption, Drawing, backdrop
from demo_comic.marks import Shapes, box, oval, put, stroke
from demo_comic.pictures import render
from demo_comic.words import sentence


def any_colour(rng: Random) -> Colour:
    """Pick any colour there is."""
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def blank(rng: Random) -> Drawing:
    """Draw nothing, on white, black or a colour."""
    return Drawing([backdrop(rng.choice([WHITE, BLACK, any_colour(rng)]))])


def nearly_blank(rng: Random) -> Drawing:
    """Draw a few dots or one short line."""
    x, y = rng.uniform(60, 590), rng.uniform(60, 390)
    if rng.random() < 0.5:
        length, angle = rng.uniform(15, 60), rng.uniform(0, math.pi)
        marks = [
            stroke([(x, y), (x + length * math.cos(angle), y + length * math.sin(angle))], INK, rng.choice((2, 3, 5)))
        ]
    else:
        dots = rng.randint(1, 4)
        marks = [oval(x + n * rng.uniform(15, 60), y + rng.uniform(-40, 40), 3, 3, INK) for n in range(dots)]
    return Drawing([backdrop(rng.choice([WHITE, PAPER, rng.choice(SKIES)])), *marks])


def plain(rng: Random) -> Drawing:
    """Draw no line: two flat areas, or one colour that turns into another."""
    first, last = any_colour(rng), any_colour(rng)
    angle, steps = rng.uniform(0, 2 * math.pi), rng.choice((2, 48))
    bands: Shapes = []
    for step in range(steps):
        share = step / (steps - 1)
        mixed = rgb(a + (b - a) * share for a, b in zip(first, last, strict=True))
        start = 1000 if step == 0 else rng.uniform(-120, 120) if steps == 2 else 400 - 800 * share
        corners = [box(-start, -1000, 1000, 1000, mixed, None)]
        bands += put(corners, WIDTH / 2, HEIGHT / 2, 1, turn=math.degrees(angle))
    return Drawing(bands)


def text(rng: Random) -> Drawing:
    """Letter a panel that has nothing but words."""
    dark = rng.random() < 0.5
    words = " ".join(sentence(rng) for _ in range(rng.randint(1, 5)))
    place = (WIDTH / 2 + rng.uniform(-60, 60), HEIGHT / 2 + rng.uniform(-60, 60))
    ink, ground = (tone(rng, SKIES), tone(rng, NIGHTS)) if dark else (INK, tone(rng, [PAPER, *SKIES]))
    return Drawing([backdrop(ground)], captions=(Caption(words, *place, rng.choice((24, 30, 36)), None, ink),))


def noise(rng: Random) -> Drawing:
    """Draw static, as of a screen without a signal."""
    return Drawing([], static=rng.getrandbits(32))


def figure_alone(rng: Random) -> Drawing:
    """Draw someone new on one of two plain grounds: the ground comes back, the figure does not."""
    wall, floor, level = rng.choice(((SKIES[0], MEADOWS[3], 330), (WALLS[2], FLOORS[5], 370)))
    x, height = rng.uniform(110, 540), rng.uniform(190, 330)
    actor = Actor(draw_character(rng), draw_pose(rng), x, level + rng.uniform(5, 60), height, rng.random() < 0.5)
    return Drawing([backdrop(wall), box(LEFT, level, RIGHT, BOTTOM, floor)], (actor,))


TRAPS: Mapping[str, Callable[[Random], Drawing]] = {
    "blank": blank,
    "nearly_blank": nearly_blank,
    "plain": plain,
    "text": text,
    "noise": noise,
    "figure": figure_alone,
}


def draw_trap(rng: Random, kind: str, drawn: set[bytes]) -> Drawing:
    """Draw a trap that is not, pixel by pixel, one that was drawn before; `drawn` remembers these."""
    trap = TRAPS[kind](rng)
    while (pixels := render(trap).convert("RGB").tobytes()) in drawn:
        trap = TRAPS[kind](rng)
    drawn.add(pixels)
    return trap
