"""Draw the demo: a comic whose reuse is known, as a web site on disk and a table of the truth.

A drawing is data: shapes with points and colours, actors in a pose at a place, a caption, and how all this is seen
(colours put in place of others, the hand that traces the lines, the view). A transformation changes that description
and the drawing is then made anew, as an artist makes a callback; no pixels are copied. Everything is drawn from the
seed, so that the same seed and number of pages give the same bytes.

The order below is that of the work: marks, props, characters, scenes, traps, transformations, pictures, the story,
the site.
"""

import colorsys
import csv
import hashlib
import html
import io
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from atomic import atomic_file, atomic_folder
from progress import progress

ORIGIN = "http://demo.reprise.example"
"""Where the demo is said to live; a server on loopback answers for it (`.example` is reserved, RFC 2606)."""

DOWNLOADS = "results/downloads/images"
"""Where `download_pages` puts panels, as the truth names them."""

COMIC = "Second Helpings"

WIDTH, HEIGHT = 650, 450
"""Size of a panel in pixels, that of the comic the method was first tried on."""

LEFT, TOP, RIGHT, BOTTOM = -180.0, -130.0, 830.0, 580.0
"""How far scenes are drawn: beyond the frame, so that a view moved by 20 % or zoomed to 75 % has something to show."""

Colour = tuple[int, int, int]
Point = tuple[float, float]


def generator(*key: object) -> Random:
    """Give the random numbers that belong to a key, the same in every process."""
    return Random("/".join(map(str, key)))  # noqa: S311 - a drawing, not a secret


# --- Colours and marks -----------------------------------------------------------------------------------------------


def _colours(codes: str) -> list[Colour]:
    return [ImageColor.getrgb(f"#{code}")[:3] for code in codes.split()]


INK, PAPER, WHITE, BLACK = _colours("26222f fcf8ee ffffff 000000")
WALLS = _colours("e9dcc0 cfe0d4 d8cfe6 f1cfc0 bcd3df e6c98f c5b9a2 9fb7a8 b98f8f 7f93a8 e8e4d8 a7c4b5")
FLOORS = _colours("b98a5e 8f6b4d c8a878 a3a9a5 7b6f83 d6c3a0 9a5f4a 6f7d7a")
CLOTHS = _colours("d1495b edae49 00798c 30638e 5b8e7d 8d5a97 e27d60 41b3a3 3d405b f2cc8f 81b29a c38d9e f4f1de")
WOODS = _colours("8a5a3b a9744f 6b4530 c29464 7d6a58")
LEAVES = _colours("4f8a4b 76a85b 2f6b4f a3b85c 5c9e8f c98b3c 3f7d6b")
MEADOWS = _colours("a8c66c 7fb069 c9d58b 94b49f d9c77e 6f9e76 b5c99a")
SKIES = _colours("bfe3f2 9ed0e6 f7d9b0 f3b8a0 cfd6dc b9dcd2 e8c6d8 fbe7b2")
NIGHTS = _colours("1d2145 2a2a4f 162c44 3a2550 12343b 241b35")
STONES = _colours("9a9a96 b7ae9f 7c7f86 c9c2b0 85786f")
SANDS = _colours("d6c3a0 f2cc8f c8a878 e3c9a0")
SEAS = _colours("3f88a5 2f6690 5fa8a3 7aa6c2 1f5f7a 81c3c9")
SKINS = _colours("f6d7bd e3b08a c58a5e 8d5a3a 5c3b28 f2e3d5")
FURS = _colours("e0a458 8c8c94 f5efe6 5b4a43 c97b4a 9fb8ad b4a0c8")
HAIRS = _colours("2b2430 5a3825 b5651d e3b04b d9d4cf a23e2a 6a4c93 2f6f74")


@dataclass(frozen=True, eq=False)
class Shape:
    """A line or an area: `points` is an (n, 2) float array, `width` the line's in pixels, no colour means not drawn."""

    points: np.ndarray
    fill: Colour | None = None
    line: Colour | None = INK
    width: float = 3
    closed: bool = True


Shapes = list[Shape]


def shade(colour: Colour, factor: float) -> Colour:
    """Give the colour darker (factor under 1) or lighter (over 1, towards white)."""
    if factor <= 1:
        return _rgb(channel * factor for channel in colour)
    return _rgb(255 - (255 - channel) / factor for channel in colour)


def _rgb(channels: Iterator[float]) -> Colour:
    red, green, blue = (min(255, max(0, round(channel))) for channel in channels)
    return red, green, blue


def tone(rng: Random, colours: Sequence[Colour]) -> Colour:
    """Pick a colour and make it a little lighter or darker, as no two tubes of paint are alike."""
    return shade(rng.choice(colours), rng.uniform(0.88, 1.15))


def poly(points: Sequence[Point], fill: Colour | None, line: Colour | None = INK, width: float = 3) -> Shape:
    """Draw an area with corners."""
    return Shape(np.array(points, float), fill, line, width)


def box(x0: float, y0: float, x1: float, y1: float, fill: Colour | None, line: Colour | None = INK) -> Shape:
    """Draw an upright rectangle from its top left to its bottom right corner."""
    return poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], fill, line)


def oval(
    x: float, y: float, rx: float, ry: float, fill: Colour | None, line: Colour | None = INK, width: float = 3
) -> Shape:
    """Draw an ellipse with its centre and both radii."""
    return poly([around(x, y, rx, ry, step / 36) for step in range(36)], fill, line, width)


def around(x: float, y: float, rx: float, ry: float, turn: float) -> Point:
    """Give a point of an ellipse: `turn` is 0 at its right end, 0.25 at the bottom and so on."""
    return x + rx * math.cos(2 * math.pi * turn), y + ry * math.sin(2 * math.pi * turn)


def lumpy(rng: Random, x: float, y: float, rx: float, ry: float) -> list[Point]:
    """Give points of an ellipse that is not quite one, for a blob."""
    lumps = rng.randint(7, 10)
    return [
        around(x, y, rx * rng.uniform(0.82, 1.18), ry * rng.uniform(0.82, 1.18), lump / lumps) for lump in range(lumps)
    ]


def stroke(points: Sequence[Point], line: Colour = INK, width: float = 3) -> Shape:
    """Draw a line through points."""
    return Shape(np.array(points, float), None, line, width, closed=False)


def smooth(points: Sequence[Point], closed: bool) -> list[Point]:
    """Give a rounded course through the points (a Catmull-Rom spline, eight steps from one point to the next)."""
    knots = np.array(points, float)
    padded = (
        np.concatenate([knots[-1:], knots, knots[:2]]) if closed else np.concatenate([knots[:1], knots, knots[-1:]])
    )
    before, start, end, after = padded[:-3, None], padded[1:-2, None], padded[2:-1, None], padded[3:, None]
    t = np.linspace(0, 1, 8, endpoint=False)[None, :, None]
    course = (
        start
        + t
        * ((end - before) + t * (2 * before - 5 * start + 4 * end - after + t * (3 * (start - end) + after - before)))
        * 0.5
    )
    whole = course.reshape(-1, 2)
    return [(float(x), float(y)) for x, y in (whole if closed else np.concatenate([whole, knots[-1:]]))]


def blob(points: Sequence[Point], fill: Colour | None, line: Colour | None = INK) -> Shape:
    """Draw a rounded area through the points."""
    return poly(smooth(points, closed=True), fill, line)


def curve(points: Sequence[Point], line: Colour = INK, width: float = 3) -> Shape:
    """Draw a rounded line through the points."""
    return stroke(smooth(points, closed=False), line, width)


def limb(points: Sequence[Point], half: float, fill: Colour) -> Shape:
    """Draw a noodle along the points, `half` of its thickness to either side, with a round end."""
    path = np.array(smooth(points, closed=False))
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    across = half * np.stack([-along[:, 1], along[:, 0]], 1)
    end = path[-1] + along[-1] * half * 0.8
    return Shape(np.concatenate([path + across, end[None], (path - across)[::-1]]), fill)


def put(shapes: Shapes, x: float, y: float, size: float, flip: bool = False, turn: float = 0) -> Shapes:
    """Place shapes drawn in units around (0, 0): `size` pixels a unit, `turn` degrees clockwise; line widths stay."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    matrix = size * np.array([[cos, -sin], [sin, cos]]) @ np.diag([-1 if flip else 1, 1])
    return [replace(shape, points=shape.points @ matrix.T + (x, y)) for shape in shapes]


# --- Props: about one unit wide, standing on y = 0 (or hanging over it), y up is negative ----------------------------

Maker = Callable[[Random], Shapes]


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


def clock(rng: Random) -> Shapes:
    """Draw a clock on two feet."""
    return [
        *(stroke([(s * 0.3, 0), (s * 0.2, -0.2)], INK, 5) for s in (-1, 1)),
        oval(0, -0.52, 0.46, 0.46, tone(rng, CLOTHS)),
        oval(0, -0.52, 0.35, 0.35, PAPER),
        *(stroke([(0, -0.52), around(0, -0.52, hand, hand, rng.random())], INK, 4) for hand in (0.17, 0.29)),
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


SMALL_THINGS: list[Maker] = [teapot, cup, books, plant, clock]
FURNITURE: list[Maker] = [bookcase, sofa, bed, table, plant, floor_lamp, chest, cat]
WALL_THINGS: list[Maker] = [window, painting, painting, wall_shelf]
"""What hangs on walls; paintings twice because real walls have more of them."""
ADDED: list[Maker] = [cat, crate, barrel, plant, chest, snowman, bicycle, signpost, tent, rock, machine, teapot, clock]
"""What can be added to a drawing that is used again."""


# --- Characters ------------------------------------------------------------------------------------------------------

SPECIES = ("person", "person", "person", "person", "cat", "rabbit", "robot", "bear")
HAIR_STYLES = ("crop", "bowl", "parted", "long", "bun", "spikes", "curls", "pigtails", "bald")
HATS = ("none", "none", "none", "beanie", "topper", "witch", "crown", "cap")
GARMENTS = ("shirt", "stripes", "dress", "coat", "overall")
MOODS = ("smile", "grin", "flat", "frown", "oh")
HELD = ("nothing", "nothing", "nothing", "balloon", "umbrella", "lantern", "flag")

FRINGES: Mapping[str, list[Point]] = {
    "crop": [(0.95, -0.2), (0.7, -0.5), (0.2, -0.6), (-0.3, -0.5), (-0.75, -0.45), (-0.95, -0.2)],
    "bowl": [(1.05, 0.15), (0.85, -0.22), (0.3, -0.32), (-0.3, -0.32), (-0.85, -0.22), (-1.05, 0.15)],
    "parted": [(1.02, 0.25), (0.8, -0.25), (0.35, -0.72), (-0.1, -0.4), (-0.75, -0.2), (-1.02, 0.25)],
}
"""The lower edge of the hair on the forehead, from right to left; the head is a circle of radius 1 around (0, 0)."""


@dataclass(frozen=True)
class Character:
    """Who is drawn: one look, kept from panel to panel."""

    species: str
    skin: Colour
    hair: Colour
    hair_style: str
    hat: str
    hat_colour: Colour
    garment: str
    cloth: Colour
    trousers: Colour
    glasses: bool
    wide_eyed: bool
    build: float


@dataclass(frozen=True)
class Pose:
    """How someone stands: angles in degrees from hanging down, outwards positive, left then right."""

    arms: tuple[tuple[float, float], tuple[float, float]]
    legs: tuple[tuple[float, float], tuple[float, float]]
    lean: float
    look: float
    mood: str
    held: str


POSES = (
    (((12, 8), (12, 8)), ((4, 2), (4, 2))),  # at rest
    (((15, 5), (120, 165)), ((4, 2), (4, 2))),  # waving
    (((140, 165), (140, 165)), ((14, 8), (14, 8))),  # cheering
    (((55, -60), (55, -60)), ((12, 6), (12, 6))),  # hands on hips
    (((12, 10), (85, 95)), ((6, 0), (16, 10))),  # pointing
    (((45, 100), (-20, 30)), ((35, 45), (30, -10))),  # running
    (((20, 10), (35, 150)), ((3, 3), (3, 3))),  # thinking
    (((80, 110), (80, 110)), ((8, 4), (8, 4))),  # shrugging
)
"""Arms and legs, upper and lower angle each."""


@dataclass(frozen=True)
class Actor:
    """Someone in a pose at a place: the feet at (x, y), `height` in pixels."""

    character: Character
    pose: Pose
    x: float
    y: float
    height: float
    flip: bool


def draw_character(rng: Random) -> Character:
    """Make someone up."""
    species = rng.choice(SPECIES)
    return Character(
        species=species,
        skin=tone(rng, {"person": SKINS, "robot": STONES}.get(species, FURS)),
        hair=tone(rng, HAIRS),
        hair_style=rng.choice(HAIR_STYLES) if species == "person" else "bald",
        hat=rng.choice(HATS),
        hat_colour=tone(rng, CLOTHS),
        garment=rng.choice(GARMENTS),
        cloth=tone(rng, CLOTHS),
        trousers=tone(rng, [*CLOTHS, *HAIRS]),
        glasses=rng.random() < 0.25,
        wide_eyed=rng.random() < 0.5,
        build=rng.uniform(0.8, 1.3),
    )


def draw_pose(rng: Random) -> Pose:
    """Pick a pose and vary it, as nobody stands twice in quite the same way."""
    arms, legs = rng.choice(POSES)

    def vary(pair: tuple[float, float], by: float) -> tuple[float, float]:
        return pair[0] + rng.uniform(-by, by), pair[1] + rng.uniform(-by, by)

    return Pose(
        arms=(vary(arms[0], 15), vary(arms[1], 15)),
        legs=(vary(legs[0], 6), vary(legs[1], 6)),
        lean=rng.uniform(-6, 6),
        look=rng.uniform(-1, 1),
        mood=rng.choice(MOODS),
        held=rng.choice(HELD),
    )


def head(who: Character, mood: str, look: float) -> Shapes:
    """Draw a head as a circle of radius 1 around (0, 0), with ears, hair, face and hat."""
    skin, inner = who.skin, shade(who.skin, 0.75)
    skull: Shapes = [oval(0, 0, 0.98, 1, skin)]
    ear: Shapes = [oval(0.97, 0.08, 0.18, 0.24, skin)]
    if who.species == "cat":
        ear = [poly([(0.95, -0.25), (0.85, -1.35), (0.15, -0.85)], skin)]
    elif who.species == "rabbit":
        ear = put([oval(0, 0, 0.24, 0.75, skin), oval(0, 0.05, 0.1, 0.5, inner, None)], 0.42, -1.45, 1, turn=12)
    elif who.species == "bear":
        ear = [oval(0.72, -0.75, 0.34, 0.34, skin), oval(0.72, -0.75, 0.16, 0.16, inner, None)]
    elif who.species == "robot":
        ear = [box(0.92, -0.25, 1.12, 0.25, inner)]
        skull = [
            stroke([(0, -0.9), (0, -1.45)], INK, 4),
            oval(0, -1.5, 0.14, 0.14, who.hat_colour),
            box(-0.98, -0.9, 0.98, 0.9, skin),
        ]
    hair_behind, hair_before = _hair(who)
    ears = put(ear, 0, 0, 1, flip=True) + ear
    return [*hair_behind, *ears, *skull, *_face(who, mood, look), *hair_before, *_hat(who)]


def _hair(who: Character) -> tuple[Shapes, Shapes]:
    """Draw the hair behind the head and the hair before it."""
    style, colour = who.hair_style, who.hair
    if style == "bald":
        return [], []
    over = np.linspace(0.53, 0.97, 13).tolist()
    if style == "curls":
        behind = [
            oval(*around(0, -0.25, 1.05, 0.95, turn), 0.36, 0.36, colour) for turn in np.arange(0.47, 1.06, 0.067)
        ]
        return behind, [oval(*around(0, -0.3, 0.72, 0.74, turn), 0.27, 0.25, colour, None) for turn in over[::2]]
    out = 1.5 if style == "spikes" else 1.1
    top = [around(0, 0, radius, radius, turn) for turn, radius in zip(over, [1.1, out] * 6 + [1.1], strict=True)]
    fringe = FRINGES.get(style) or FRINGES["parted" if style in ("long", "pigtails") else "crop"]
    lock = blob([(0.9, 0.1), (1.5, 0), (1.75, 0.7), (1.45, 1.3), (1.15, 0.7)], colour)
    behind_of: Mapping[str, Shapes] = {
        "long": [
            blob(
                [(0, -1), (-1.15, -0.3), (-1.3, 0.9), (-1.1, 1.7), (0, 1.45), (1.1, 1.7), (1.3, 0.9), (1.15, -0.3)],
                colour,
            )
        ],
        "bun": [oval(0, -1.25, 0.45, 0.4, colour)],
        "pigtails": [lock, *put([lock], 0, 0, 1, flip=True)],
    }
    return behind_of.get(style, []), [poly([*top, *smooth(fringe, closed=False)], colour)]


def _face(who: Character, mood: str, look: float) -> Shapes:
    """Draw eyes, brows, nose and mouth; `look` from -1 (left) to 1 (right)."""
    shift, shapes = look * 0.14, list[Shape]()
    for side in (-1, 1):
        x = side * 0.36 + shift
        if who.wide_eyed or who.species == "robot":
            shapes += [oval(x, 0.02, 0.23, 0.27, PAPER, width=2), oval(x + look * 0.09, 0.05, 0.1, 0.13, INK)]
        else:
            shapes.append(oval(x, 0.02, 0.07, 0.12, INK))
        rise = {"frown": side * -0.12, "oh": side * 0.06}.get(mood, 0.0)
        shapes.append(stroke([(x - 0.17, -0.38 - rise), (x + 0.17, -0.38 + rise)], INK, 3))
        if who.glasses:
            shapes.append(oval(x, 0.03, 0.31, 0.31, None))
    if who.glasses:
        shapes.append(stroke([(shift - 0.06, 0), (shift + 0.06, 0)], INK))
    snout = shift * 1.4
    if who.species in ("cat", "rabbit", "bear"):
        shapes += [oval(snout, 0.42, 0.34, 0.26, shade(who.skin, 1.5), None), oval(snout, 0.3, 0.11, 0.08, INK)]
    elif who.species == "person":
        shapes.append(curve([(snout, 0.1), (snout + 0.1, 0.28), (snout, 0.3)], INK, 2))
    mouth = {
        "smile": [curve([(snout - 0.26, 0.47), (snout, 0.6), (snout + 0.26, 0.47)])],
        "grin": [blob([(snout - 0.3, 0.45), (snout, 0.5), (snout + 0.3, 0.45), (snout, 0.76)], PAPER)],
        "flat": [stroke([(snout - 0.2, 0.55), (snout + 0.2, 0.55)])],
        "frown": [curve([(snout - 0.24, 0.62), (snout, 0.5), (snout + 0.24, 0.62)])],
        "oh": [oval(snout, 0.57, 0.12, 0.16, CLOTHS[0])],
    }
    return shapes + mouth[mood]


def _hat(who: Character) -> Shapes:
    """Draw the hat, if any."""
    colour, band = who.hat_colour, shade(who.hat_colour, 0.75)
    dome = poly([around(0, -0.3, 1.08, 0.95, turn) for turn in np.linspace(0.5, 1, 12)], colour)
    points = [(-0.7, -0.65), (-0.8, -1.4), (-0.35, -1.05), (0, -1.5), (0.35, -1.05), (0.8, -1.4), (0.7, -0.65)]
    hats: Mapping[str, Shapes] = {
        "beanie": [oval(0, -1.3, 0.2, 0.2, PAPER), dome, box(-1.12, -0.5, 1.12, -0.22, band)],
        "cap": [dome, blob([(0.3, -0.42), (1.7, -0.35), (1.75, -0.22), (0.3, -0.2)], band)],
        "topper": [
            box(-0.62, -1.75, 0.62, -0.6, colour),
            box(-0.62, -0.9, 0.62, -0.7, PAPER),
            box(-1.1, -0.72, 1.1, -0.55, band),
        ],
        "witch": [poly([(-0.75, -0.6), (0.25, -2.1), (0.75, -0.6)], colour), oval(0, -0.58, 1.4, 0.22, band)],
        "crown": [poly(points, CLOTHS[1])],
    }
    return hats.get(who.hat, [])


def figure(actor: Actor) -> Shapes:
    """Draw someone from head to foot."""
    who, pose = actor.character, actor.pose
    cloth, build = who.cloth, who.build
    shapes: Shapes = []

    def joint(start: Point, side: int, angle: float, length: float) -> Point:
        turn = math.radians(angle)
        return start[0] + side * length * math.sin(turn), start[1] + length * math.cos(turn)

    for side, (upper, lower) in zip((-1, 1), pose.legs, strict=True):
        hip = (side * 0.06 * build, -0.34)
        knee = joint(hip, side, upper, 0.16)
        foot = joint(knee, side, lower, 0.15)
        shapes.append(limb([hip, knee, foot], 0.042 * build, who.skin if who.garment == "dress" else who.trousers))
        shapes.append(oval(foot[0] + side * 0.03, foot[1], 0.065, 0.035, shade(who.trousers, 0.5)))
    shoulder = 0.11 * build
    hem, low = (0.23 * build, -0.17) if who.garment in ("dress", "coat") else (0.13 * build, -0.3)
    shapes.append(poly([(-shoulder, -0.6), (shoulder, -0.6), (hem, low), (-hem, low)], cloth))
    if who.garment == "stripes":
        shapes += [stroke([(-shoulder, y), (shoulder, y)], shade(cloth, 0.55), 5) for y in (-0.5, -0.42, -0.35)]
    elif who.garment == "coat":
        shapes += [stroke([(0, -0.6), (0, -0.17)]), *(oval(0.03, y, 0.012, 0.012, INK) for y in (-0.5, -0.4, -0.3))]
    elif who.garment == "overall":
        straps = [stroke([(s * 0.07, -0.5), (s * 0.09, -0.6)], who.trousers, 6) for s in (-1, 1)]
        shapes += [box(-0.07, -0.5, 0.07, -0.3, who.trousers), *straps]
    hands: list[Point] = []
    for side, (upper, lower) in zip((-1, 1), pose.arms, strict=True):
        start = (side * shoulder * 0.95, -0.565)
        elbow = joint(start, side, upper, 0.14)
        hand = joint(elbow, side, lower, 0.13)
        shapes += [limb([start, elbow, hand], 0.034 * build, cloth), oval(*hand, 0.035, 0.035, who.skin)]
        hands.append(hand)
    shapes += put(_held(pose.held, who.hat_colour), *hands[1], 1)
    shapes += put(head(who, pose.mood, pose.look), 0, -0.78, 0.185, turn=pose.lean)
    return put(shapes, actor.x, actor.y, actor.height, flip=actor.flip, turn=pose.lean)


def _held(thing: str, colour: Colour) -> Shapes:
    """Draw what a hand at (0, 0) holds."""
    canopy = smooth([(-0.3, -0.38), (-0.2, -0.54), (0, -0.6), (0.2, -0.54), (0.3, -0.38)], closed=False)
    things: Mapping[str, Shapes] = {
        "balloon": [curve([(0, 0), (0.04, -0.2), (0, -0.38)], INK, 2), oval(0, -0.5, 0.11, 0.14, colour)],
        "umbrella": [
            stroke([(0, 0.05), (0, -0.5)], INK, 4),
            poly([*canopy, (0.15, -0.43), (0, -0.38), (-0.15, -0.43)], colour),
        ],
        "lantern": [
            stroke([(0, 0), (0, 0.06)]),
            box(-0.05, 0.06, 0.05, 0.18, CLOTHS[9]),
            box(-0.06, 0.04, 0.06, 0.07, INK),
        ],
        "flag": [stroke([(0, 0.08), (0, -0.4)], INK, 4), poly([(0, -0.4), (0.28, -0.32), (0, -0.22)], colour)],
    }
    return things.get(thing, [])


# --- Drawings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Caption:
    """Letters around (x, y), in a box, in a balloon whose tail points to someone, or bare."""

    text: str
    x: float
    y: float
    size: int = 19
    ground: Colour | None = PAPER
    ink: Colour = INK
    tail: Point | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is drawn and how it is seen; transformations change one or the other.

    `scene` lies behind the actors and `front` before them. `paint` names the colours put in place of others, `hand`
    who traces the lines (a seed) and how far they stray (pixels); `scale` (a factor per axis, negative to mirror) and
    then `offset` (pixels) take the scene to the frame; `static` is the seed of noise that hides everything.
    """

    scene: Shapes
    actors: tuple[Actor, ...] = ()
    front: Shapes = field(default_factory=list)
    captions: tuple[Caption, ...] = ()
    paint: Mapping[Colour, Colour] = field(default_factory=dict)
    hand: tuple[int, float] = (0, 0)
    scale: Point = (1, 1)
    offset: Point = (0, 0)
    static: int | None = None


Cast = Sequence[Character]
Scene = Callable[[Random, Cast], Drawing]

PEOPLE = ("Nell", "Otto", "Mabel", "Ravi", "Ines", "Bo", "Yuki", "Tam", "Lola", "Finn", "Ada", "Goran", "Pia", "Sol")
THINGS = ("kettle", "ladder", "left shoe", "moon", "map", "piano", "last biscuit", "wrong hat", "key", "parrot", "soup")
PLACES = ("harbour", "attic", "bakery", "old mill", "tunnel", "market", "tower", "shed", "library", "ferry", "cellar")
LINES = (
    "Meanwhile, at the {place}...",
    "{number} days later.",
    "Who moved the {thing}?",
    "It was never about the {thing}, {person}.",
    "{person} had been here before.",
    "Bring the {thing} to the {place}!",
    "I dreamt of a {thing}.",
    "Is that my {thing}?",
    "{person}! Not the {thing}!",
    "We could always ask {person}.",
    "{number} steps to the {place}.",
    "Nobody told {person}.",
    "That night the {place} was quiet.",
    "So this is the {place}.",
    "Quick, hide the {thing}.",
    "Have you met {person}?",
)


def sentence(rng: Random) -> str:
    """Say something that might be said in this comic."""
    return rng.choice(LINES).format(
        person=rng.choice(PEOPLE), thing=rng.choice(THINGS), place=rng.choice(PLACES), number=rng.randint(3, 99)
    )


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


def backdrop(colour: Colour) -> Shape:
    """Fill the scene with one colour."""
    return box(LEFT, TOP, RIGHT, BOTTOM, colour, None)


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


# --- Scenes ----------------------------------------------------------------------------------------------------------


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
        corner, way = rng.uniform(40, 200), rng.choice((0, 1))
        x, far = (corner, LEFT) if way == 0 else (WIDTH - corner, RIGHT)
        drop = abs(far - x) * rng.uniform(0.3, 0.5)
        shapes += [poly([(x, TOP), (x, floor), (far, floor + drop), (far, TOP)], shade(wall, 0.85))]
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


def close_up(rng: Random, _cast: Cast) -> Drawing:
    """Draw a face up close: always someone new, as a face drawn twice would be a reuse that the truth doesn't know."""
    ground = tone(rng, [*WALLS, *CLOTHS, *SKIES])
    shapes, behind = [backdrop(ground)], rng.choice(("rays", "stripes", "room", "hill"))
    if behind == "rays":
        x, y, rays = rng.uniform(120, 530), rng.uniform(100, 350), rng.randint(9, 17)
        for ray in range(rays):
            sector = [(x, y), *(around(x, y, 1200, 1200, (ray + part) / rays) for part in (0.2, 0.7))]
            shapes.append(poly(sector, shade(ground, 1.35), None))
    elif behind == "stripes":
        gap, slope = rng.uniform(40, 110), rng.uniform(-300, 300)
        for x in np.arange(LEFT - 500, RIGHT + 500, gap):
            stripe = [(x, TOP), (x + gap / 2, TOP), (x + gap / 2 + slope, BOTTOM), (x + slope, BOTTOM)]
            shapes.append(poly(stripe, shade(ground, 0.85), None))
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


# --- Pictures: from description to pixels ----------------------------------------------------------------------------


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def outlines(drawing: Drawing) -> Shapes:
    """Give all shapes of a drawing as they stand in the frame, in the order in which they are drawn."""
    shapes = [*drawing.scene, *(shape for actor in drawing.actors for shape in figure(actor)), *drawing.front]
    seed, stray = drawing.hand
    seen: Shapes = []
    for number, shape in enumerate(shapes):
        points = _stray(shape, seed, number, stray) if stray else shape.points
        width = shape.width * abs(drawing.scale[0])
        seen.append(replace(shape, points=points * drawing.scale + drawing.offset, width=width))
    return seen


def _stray(shape: Shape, seed: int, number: int, stray: float) -> np.ndarray:
    """Move a line as an unsteady hand does: by up to `stray` pixels, smoothly, each line in its own way."""
    corners = np.concatenate([shape.points, shape.points[:1]]) if shape.closed else shape.points
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    steps = np.maximum(1, lengths // 25).astype(int)
    along = np.concatenate([np.linspace(k, k + 1, n, endpoint=False) for k, n in enumerate(steps)] + [[len(steps)]])
    points = np.stack([np.interp(along, np.arange(len(corners)), corners[:, axis]) for axis in (0, 1)], 1)
    moves = np.zeros_like(points)
    rng = generator(seed, number)
    for axis in (0, 1):
        angle, length, phase = rng.uniform(0, 2 * math.pi), rng.uniform(140, 400), rng.uniform(0, 2 * math.pi)
        way = points @ (math.cos(angle), math.sin(angle))
        moves[:, axis] = stray / math.sqrt(2) * np.sin(2 * math.pi * way / length + phase)
    return (points + moves)[: -1 if shape.closed else None]


def render(drawing: Drawing) -> Image.Image:
    """Draw a drawing as a palette image of WIDTH x HEIGHT pixels, without soft edges, as GIFs are."""
    palette: dict[Colour, int] = {}

    def ink(colour: Colour) -> int:
        return palette.setdefault(drawing.paint.get(colour, colour), len(palette))

    canvas = np.full((HEIGHT, WIDTH), ink(WHITE), np.uint8)
    for shape in outlines(drawing):
        _trace(canvas, shape, ink)
    laid_out = [(said, *_lay_out(said)) for said in drawing.captions]
    for said, _, edges in laid_out:
        for shape in _bubble(said, edges):
            _trace(canvas, shape, ink)
        ink(said.ink)
    if drawing.static is not None:
        _fill_with_noise(canvas, drawing.static, ink)
    image = Image.fromarray(canvas)
    image.putpalette([channel for colour in palette for channel in colour])
    pen = ImageDraw.Draw(image)
    for said, lines, _ in laid_out:
        pen.multiline_text((said.x, said.y), lines, ink(said.ink), _font(said.size), "mm", align="center")
    return image


def _trace(canvas: np.ndarray, shape: Shape, ink: Callable[[Colour], int]) -> None:
    """Draw one shape onto the palette indices; OpenCV takes points in sixteenths of a pixel."""
    points = [np.round(shape.points * 16).astype(np.int32)]
    if shape.fill is not None:
        cv2.fillPoly(canvas, points, (ink(shape.fill),), cv2.LINE_8, 4)
    if shape.line is not None:
        cv2.polylines(canvas, points, shape.closed, (ink(shape.line),), max(1, round(shape.width)), cv2.LINE_8, 4)


def _fill_with_noise(canvas: np.ndarray, seed: int, ink: Callable[[Colour], int]) -> None:
    """Fill the canvas with square grains of 2 to 6 pixels in two to four greys."""
    rng = np.random.default_rng(seed)
    grain, greys = int(rng.integers(2, 7)), rng.choice(256, rng.integers(2, 5), replace=False).tolist()
    spots = rng.choice(np.array([ink((grey, grey, grey)) for grey in greys], np.uint8), (HEIGHT, WIDTH))
    canvas[:] = spots.repeat(grain, 0).repeat(grain, 1)[:HEIGHT, :WIDTH]


def _lay_out(said: Caption) -> tuple[str, tuple[float, float, float, float]]:
    """Break a caption into lines and give the edges of what they cover: left, top, right, bottom."""
    lines = "\n".join(textwrap.wrap(said.text, 24))
    pen = ImageDraw.Draw(Image.new("P", (1, 1)))
    edge = pen.multiline_textbbox((said.x, said.y), lines, _font(said.size), "mm", align="center")
    return lines, (edge[0] - 12, edge[1] - 9, edge[2] + 12, edge[3] + 9)


def _bubble(said: Caption, edge: tuple[float, float, float, float]) -> Shapes:
    """Draw what lies under a caption's letters."""
    if said.ground is None:
        return []
    if said.tail is None:
        return [box(*edge, said.ground)]
    x, y = said.x, said.y
    rx, ry = (edge[2] - edge[0]) * 0.6, (edge[3] - edge[1]) * 0.72
    tip = x + 0.75 * (said.tail[0] - x), y + 0.75 * (said.tail[1] - y)
    tail = poly([(x - 14, y), tip, (x + 14, y)], said.ground)
    return [
        tail,
        oval(x, y, rx, ry, said.ground),
        replace(tail, points=tail.points * 0.97 + np.array((x, y)) * 0.03, line=None),
    ]


# --- Traps: panels that belong with nothing --------------------------------------------------------------------------


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
        mixed = _rgb(a + (b - a) * share for a, b in zip(first, last, strict=True))
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


# --- Transformations: how a drawing comes back -----------------------------------------------------------------------


def same(_rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Keep the drawing as it is."""
    return drawing


def repaint(drawing: Drawing, change: Callable[[Colour], Colour]) -> Drawing:
    """Put a colour in the place of each one that is used."""
    used = [INK, PAPER, *(colour for shape in outlines(drawing) for colour in (shape.fill, shape.line) if colour)]
    return replace(drawing, paint={colour: change(drawing.paint.get(colour, colour)) for colour in dict.fromkeys(used)})


def turn_hues(rng: Random, drawing: Drawing) -> Drawing:
    """Turn all hues by the same angle: the mildest change of palette, as lightness stays."""
    turn = rng.uniform(0.15, 0.85)

    def turned(colour: Colour) -> Colour:
        hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
        return _rgb(255 * channel for channel in colorsys.hls_to_rgb((hue + turn) % 1, light, saturation))

    return repaint(drawing, turned)


def relight(rng: Random, drawing: Drawing) -> Drawing:
    """Show the drawing in coloured light, as in the evening."""
    light = rng.choice([(0.5, 0.55, 0.85), (1.0, 0.75, 0.5), (0.65, 0.9, 0.7), (0.85, 0.55, 0.65)])
    return repaint(drawing, lambda colour: _rgb(channel * part for channel, part in zip(colour, light, strict=True)))


def two_tone(rng: Random, drawing: Drawing) -> Drawing:
    """Show the drawing in the shades between two colours, as a memory or an old photograph."""
    dark, light = shade(rng.choice(NIGHTS), rng.uniform(0.5, 1)), rng.choice([*SKIES, *WALLS])

    def shaded(colour: Colour) -> Colour:
        share = (0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) / 255
        return _rgb(a + (b - a) * share for a, b in zip(dark, light, strict=True))

    return repaint(drawing, shaded)


def other_palette(rng: Random, drawing: Drawing) -> Drawing:
    """Give each colour another at random, save the ink: the strongest change of palette."""
    palette = [*WALLS, *FLOORS, *CLOTHS, *LEAVES, *MEADOWS, *SKIES, *NIGHTS, *STONES, *SEAS]
    return repaint(drawing, lambda colour: colour if colour == INK else tone(rng, palette))


def recolour(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Give the drawing another palette."""
    return rng.choice([turn_hues, relight, two_tone, other_palette])(rng, drawing)


def invert(_rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Turn each colour into its opposite."""
    return repaint(drawing, lambda colour: _rgb(255 - channel for channel in colour))


def redraw(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Trace each line anew, up to four pixels from where it was."""
    return replace(drawing, hand=(rng.getrandbits(32), 4))


def swap(rng: Random, drawing: Drawing, cast: Cast) -> Drawing:
    """Put another character in the pose and place of one who was there; all else is left as it was or traced anew."""
    taken = rng.choice(drawing.actors)
    other = rng.choice(
        [character for character in cast if all(character != actor.character for actor in drawing.actors)]
    )
    actors = tuple(replace(actor, character=other) if actor is taken else actor for actor in drawing.actors)
    swapped = replace(drawing, actors=actors)
    return redraw(rng, swapped, cast) if rng.random() < 0.4 else swapped


def add_object(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Add a thing in the foreground."""
    thing = put(rng.choice(ADDED)(rng), rng.uniform(80, 570), rng.uniform(390, 440), rng.uniform(90, 150))
    return replace(drawing, front=[*drawing.front, *thing])


def caption(rng: Random, drawing: Drawing, _cast: Cast | None = None) -> Drawing:
    """Say something, in a balloon where there is someone to say it, instead of what was said before."""
    words = sentence(rng)
    if drawing.actors and rng.random() < 0.6:
        actor = rng.choice(drawing.actors)
        x = min(500.0, max(150.0, actor.x + rng.choice((-1, 1)) * rng.uniform(70, 130)))
        said = Caption(words, x, rng.uniform(48, 70), tail=(actor.x, max(actor.y - actor.height, 120)))
    else:
        x, y = rng.choice([(150, 45), (500, 45), (325, 45), (500, 410), (150, 410)])
        said = Caption(words, x, y, ground=rng.choice([PAPER, CLOTHS[9], CLOTHS[12]]))
    return replace(drawing, captions=(said,))


def reframe(drawing: Drawing, scale: Point, move: Point) -> Drawing:
    """See a drawing scaled by a factor per axis and then moved; captions stay, but their tails follow who speaks."""

    def seen(x: float, y: float) -> Point:
        return x * scale[0] + move[0], y * scale[1] + move[1]

    captions = tuple(replace(said, tail=said.tail and seen(*said.tail)) for said in drawing.captions)
    whole = (drawing.scale[0] * scale[0], drawing.scale[1] * scale[1])
    return replace(drawing, scale=whole, offset=seen(*drawing.offset), captions=captions)


def mirrored(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Show the drawing from the other side of the paper, sometimes in other hues; letters stay legible."""
    flipped = reframe(drawing, (-1, 1), (WIDTH, 0))
    flipped = replace(flipped, captions=tuple(replace(said, x=WIDTH - said.x) for said in flipped.captions))
    return turn_hues(rng, flipped) if rng.random() < 0.4 else flipped


def moved(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Move the frame over the drawing by 7 to 20 % of the width; new ground comes into sight."""
    return reframe(drawing, (1, 1), (rng.choice((-1, 1)) * rng.uniform(0.07, 0.2) * WIDTH, rng.uniform(-35, 35)))


def zoomed(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Step back to 75 % or closer to 130 %, around a point near the middle."""
    scale = rng.choice([rng.uniform(0.75, 0.9), rng.uniform(1.12, 1.3)])
    x, y = rng.uniform(250, 400), rng.uniform(180, 270)
    return reframe(drawing, (scale, scale), (x * (1 - scale), y * (1 - scale)))


def echo(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Keep the drawing, or turn its hues, to be shown in a later frame of something else."""
    return turn_hues(rng, drawing) if rng.random() < 0.5 else drawing


def reworded(rng: Random, transformation: str, drawing: Drawing) -> Drawing:
    """Change the words of half the drawings that come back with any, as little is said twice; never of exact copies."""
    spoken_anew = drawing.captions and transformation != "exact" and rng.random() < 0.5
    return caption(rng, drawing) if spoken_anew else drawing


Transformation = Callable[[Random, Drawing, Cast], Drawing]

TRANSFORMATIONS: Mapping[str, tuple[Transformation, int]] = {
    "exact": (same, 3),
    "recolour": (recolour, 5),
    "invert": (invert, 1),
    "redraw": (redraw, 3),
    "swap": (swap, 3),
    "object": (add_object, 2),
    "caption": (caption, 3),
    "mirrored": (mirrored, 2),
    "moved": (moved, 2),
    "zoomed": (zoomed, 2),
    "frame": (echo, 2),
}
"""How a drawing comes back, and how often of 28 times."""


# --- The story: what is on which page --------------------------------------------------------------------------------

REUSED, TRAPPED = 0.4, 0.12
"""The shares of the panels that take part in a reuse, and that are traps."""

FARTHEST = 200
"""The most pages between a drawing and its return."""


@dataclass(frozen=True)
class Plan:
    """What a panel is to show: `first` is where the drawing that it uses again was seen first."""

    page: int
    count: int
    transformation: str = "single"
    first: tuple[int, int] | None = None
    cast_needed: bool = False


def plot_story(seed: int, pages: int) -> list[Plan]:
    """Decide what each panel shows, in page order; some page numbers are left out, as in real comics.

    Reuses come back 1 to `FARTHEST` pages later, near more often than far, each drawing one to five times.
    """
    rng = generator(seed, "story")
    missing = set(rng.sample(range(2, pages), max(1, pages // 60))) if pages > 2 else set[int]()
    places = [
        (page, count)
        for page in range(1, pages + 1)
        if page not in missing
        for count in range(1, rng.choices((2, 3, 4), (82, 12, 6))[0])
    ]
    plans = {place: Plan(*place) for place in places}
    free, ways = set(places), _deck(rng, {name: share for name, (_, share) in TRANSFORMATIONS.items()})
    for first in rng.sample(places, len(places)):
        if len(places) - len(free) >= REUSED * len(places):
            break
        later = sorted(place for place in free if 1 <= place[0] - first[0] <= FARTHEST)
        returns = rng.choices((1, 2, 3, 4, 5), (40, 28, 16, 10, 6))[0]
        if first not in free or len(later) < returns:
            continue
        free.remove(first)
        names = [next(ways) for _ in range(returns)]
        plans[first] = Plan(*first, "original", cast_needed="swap" in names)
        for name in names:
            gap = math.exp(rng.uniform(0, math.log(later[-1][0] - first[0])))
            place = min(later, key=lambda place: abs(place[0] - first[0] - gap))
            later.remove(place)
            free.remove(place)
            plans[place] = Plan(*place, name, first)
    traps = _deck(rng, dict.fromkeys(TRAPS, 1))
    hidden = sorted(place for place in free if place[0] > 1)  # a comic opens with a picture
    for place in rng.sample(hidden, min(len(hidden), round(TRAPPED * len(places)))):
        plans[place] = Plan(*place, next(traps))
    return list(plans.values())


def _deck(rng: Random, shares: Mapping[str, int]) -> Iterator[str]:
    """Deal names without end, in random order but each as often as its share: no kind is left out by chance."""
    while True:
        cards = [name for name, share in shares.items() for _ in range(share)]
        rng.shuffle(cards)
        yield from cards


@dataclass(frozen=True)
class Panel:
    """A finished panel and the truth about it: `source` is the name of the panel whose drawing it uses again."""

    page: int
    count: int
    image: bytes
    extension: str
    cluster: int
    transformation: str
    source: str

    @property
    def name(self) -> str:
        """The name by which tables call the panel."""
        return f"{self.page}_{self.count}"

    @property
    def file(self) -> str:
        """The path that the panel has after its download."""
        return f"{DOWNLOADS}/{self.name}.{self.extension}"


@dataclass(frozen=True, eq=False)
class Original:
    """A drawing as it was first seen, kept for its returns."""

    cluster: int
    frames: Sequence[Drawing]
    extension: str


def draw_panels(story: Sequence[Plan], seed: int) -> Iterator[Panel]:
    """Draw the panels of a story, one after the other."""
    cast = [draw_character(generator(seed, "cast", number)) for number in range(14)]
    originals: dict[tuple[int, int], Original] = {}
    traps: set[bytes] = set()
    clusters = 0
    for plan in story:
        rng = generator(seed, plan.page, plan.count)
        extension, source = rng.choices(("gif", "png", "jpg"), (76, 14, 10))[0], ""
        if plan.first:
            original, source = originals[plan.first], f"{plan.first[0]}_{plan.first[1]}"
            cluster = original.cluster
            frames, extension = come_back(rng, plan.transformation, original, cast, extension)
        else:
            clusters += 1
            cluster = clusters
            if plan.transformation in TRAPS:
                frames = [draw_trap(rng, plan.transformation, traps)]
            else:
                frames = [draw_scene(rng, cast, plan.cast_needed)]
                if extension == "gif" and rng.random() < 0.2:
                    frames = animate(rng, frames[0], rng.randint(2, 4))
            if plan.transformation == "original":
                originals[plan.page, plan.count] = Original(cluster, frames, extension)
        image = encode(frames, extension)
        yield Panel(plan.page, plan.count, image, extension, cluster, plan.transformation, source)


def come_back(
    rng: Random, transformation: str, original: Original, cast: Cast, extension: str
) -> tuple[Sequence[Drawing], str]:
    """Give the frames in which a drawing comes back, and the format: `extension` if there is a choice."""
    if transformation == "exact" and rng.random() < 0.5:
        return original.frames, original.extension  # the same file; the other half is encoded anew
    drawing = reworded(rng, transformation, original.frames[0])
    again = TRANSFORMATIONS[transformation][0](rng, drawing, cast)
    if transformation == "frame":
        return [*animate(rng, draw_scene(rng, cast), rng.randint(1, 2)), again], "gif"
    return [again], extension


def draw_trap(rng: Random, kind: str, drawn: set[bytes]) -> Drawing:
    """Draw a trap of which not every pixel is that of a trap drawn before; `drawn` remembers them."""
    trap = TRAPS[kind](rng)
    while (pixels := render(trap).convert("RGB").tobytes()) in drawn:
        trap = TRAPS[kind](rng)
    drawn.add(pixels)
    return trap


def draw_scene(rng: Random, cast: Cast, cast_needed: bool = False) -> Drawing:
    """Draw something new, with or without words."""
    drawing = rng.choice(SCENES)(rng, cast)
    while cast_needed and not drawing.actors:
        drawing = rng.choice(SCENES)(rng, cast)
    return caption(rng, drawing) if rng.random() < 0.5 else drawing


def animate(rng: Random, drawing: Drawing, frames: int) -> list[Drawing]:
    """Give a drawing and, as further frames, how it moves: lines that tremble, arms that wave, light that changes."""
    moving = [drawing]
    flashing = rng.random() < 0.25
    for _ in range(frames - 1):
        actors = []
        for actor in drawing.actors:
            arms = tuple(
                (upper + rng.uniform(-20, 20), lower + rng.uniform(-35, 35)) for upper, lower in actor.pose.arms
            )
            actors.append(replace(actor, pose=replace(actor.pose, arms=(arms[0], arms[1]))))
        frame = replace(drawing, actors=tuple(actors), hand=(rng.getrandbits(32), 1.5))
        moving.append(relight(rng, frame) if flashing and rng.random() < 0.5 else frame)
    return moving


def encode(frames: Sequence[Drawing], extension: str) -> bytes:
    """Give the bytes of an image file: all frames in a GIF, the first in a PNG or JPEG."""
    images = [render(frame) for frame in (frames if extension == "gif" else frames[:1])]
    file = io.BytesIO()
    if extension == "gif":
        images[0].save(file, "GIF", save_all=True, append_images=images[1:], duration=300, loop=0)
    elif extension == "png":
        images[0].save(file, "PNG")
    else:
        images[0].convert("RGB").save(file, "JPEG", quality=88)
    return file.getvalue()


# --- The site --------------------------------------------------------------------------------------------------------

STYLE = """
body { margin: 0; background: #e9dcc0; color: #26222f; font: 17px/1.5 Georgia, serif; text-align: center; }
main { max-width: 700px; margin: 1.5rem auto; padding: 1rem 1.5rem; background: #fcf8ee; border: 3px solid #26222f; }
img { max-width: 100%; height: auto; }
img.panel { display: block; margin: 1rem auto; }
nav a { margin: 0 .6rem; color: #30638e; }
nav img { vertical-align: middle; }
footer { color: #7d6a58; font-size: .85rem; }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header><a href="{first}"><img class="logo" src="images/logo.png" width="420" height="90" alt="{comic}"></a></header>
<main>
<h1>{title}</h1>
{panels}
<nav>
{links}
</nav>
</main>
<footer>{comic} is drawn by Reprise, line by line, from a number.</footer>
</body>
</html>
"""


def draw_demo(site: Path, truth: Path, seed: int, pages: int, log: Path | None = None) -> None:
    """Draw the comic: its site, and the truth as a table with a row a panel.

    The site is one folder, named after all that was drawn, with a file a page and the images; so a comic drawn
    otherwise has other addresses and nothing fetched before is taken for it. `truth` has the columns `file` (where the
    panel lies after its download), `panel`, `cluster` (a number of its own where nothing is reused), `transformation`
    (`original`, `single`, a key of `TRANSFORMATIONS` or of `TRAPS`) and `source` (the panel whose drawing comes back).
    """
    story = plot_story(seed, pages)
    panels = list(progress(draw_panels(story, seed), len(story), "panels drawn", log))
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(("file", "panel", "cluster", "transformation", "source"))
    rows.writerows((panel.file, panel.name, panel.cluster, panel.transformation, panel.source) for panel in panels)
    edition = hashlib.sha256(b"".join(panel.image for panel in panels) + table.getvalue().encode()).hexdigest()[:12]
    with atomic_folder(site) as folder:
        write_site(folder / edition, panels, seed)
    with atomic_file(truth) as part:
        part.write_text(table.getvalue(), newline="\n")


def write_site(folder: Path, panels: Sequence[Panel], seed: int) -> None:
    """Write the pages and images of an edition into its folder, which is named after the edition."""
    (folder / "images").mkdir(parents=True)
    (folder / "style.css").write_text(STYLE, newline="\n")
    for name, image in _ornaments().items():
        image.save(folder / "images" / name, "PNG")
    pages: dict[int, list[Panel]] = {}
    for panel in panels:
        pages.setdefault(panel.page, []).append(panel)
    numbers = list(pages)
    for place, (page, shown) in enumerate(pages.items()):
        rng = generator(seed, "page", page)
        images = []
        for panel in shown:
            address = f"images/act{1 + page // 60}/{page:04d}{' abc'[panel.count]}.{panel.extension}"
            (folder / address).parent.mkdir(exist_ok=True)
            (folder / address).write_bytes(panel.image)
            start = rng.choice(("", f"/{folder.name}/", f"{ORIGIN}/{folder.name}/"))
            images.append(f'<img class="panel" src="{start}{address}" width="{WIDTH}" height="{HEIGHT}" alt="">')
        title = f"{page}. {sentence(rng).rstrip('.')}"
        links = [
            f'<a href="{numbers[other]}.html"><img src="images/{name}.png" width="32" height="32" alt="{name}"></a>'
            for name, other in (("back", place - 1), ("next", place + 1))
            if 0 <= other < len(numbers)
        ]
        filled = PAGE.format(
            title=html.escape(title),
            comic=html.escape(COMIC),
            first=f"{numbers[0]}.html",
            panels="\n".join(images),
            links="\n".join(links),
        )
        (folder / f"{page}.html").write_text(filled, newline="\n")


def _ornaments() -> Mapping[str, Image.Image]:
    """Draw the images of a page that are no panels: the comic's name and two arrows."""
    rng = generator("ornaments")
    crockery = put(teapot(rng), 48, 78, 58) + put(cup(rng), 375, 78, 54)
    name = Drawing([backdrop(WALLS[0]), *crockery], captions=(Caption(COMIC, 225, 50, 30, None),))
    arrow = [backdrop(PAPER), poly([(6, 4), (28, 16), (6, 28)], CLOTHS[1])]
    forward = render(Drawing(arrow)).crop((0, 0, 32, 32))
    return {
        "logo.png": render(name).crop((0, 0, 420, 90)),
        "next.png": forward,
        "back.png": forward.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    }


if "snakemake" in globals():
    job = globals()["snakemake"]
    draw_demo(Path(job.output.site), Path(job.output.truth), job.params.seed, job.params.pages, Path(job.log[0]))
