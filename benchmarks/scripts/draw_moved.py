"""Draw a comic whose drawings often come back elsewhere in the panel, in a hand unlike the demo's, with labels.

None of the demo's shapes are in it. A drawing is larger than its panel. So where it comes back moved, a strip of it
is gone, and a strip comes in that was out of sight. The same figures and grounds come back in other drawings, too:
these are no reuse.
"""

from reprise.job import job

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from demo_comic.marks import generator
from draw_comic import LABELS
from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress

Colour = tuple[int, int, int]
Point = tuple[float, float]

SIZES = [(650, 450), (640, 480), (480, 600), (760, 420), (520, 520)]
"""Of panels, in pixels."""

BEYOND = 0.4
"""How far a drawing goes on beyond its panel, as a share of it."""

FINER = 2
"""Pixels of a drawing, across and down, that become one of the panel."""


@dataclass(frozen=True)
class Mark:
    """A line or an area, in shares of the panel's height from its middle; a `width` of 0 is that of no line."""

    points: NDArray[np.float64]
    fill: Colour | None
    line: Colour | None = None
    width: float = 0
    closed: bool = True


@dataclass(frozen=True)
class Drawing:
    """What a panel shows.

    Attributes:
        size: of the panel.
        sky, earth: colours that a ground fades between, from top to bottom.
        ground, figures: marks, the later over the earlier.
        soft: by how much the ground is blurred, as a share of the height.
    """

    size: tuple[int, int]
    sky: Colour
    earth: Colour
    ground: tuple[Mark, ...]
    figures: tuple[tuple[Mark, ...], ...]
    soft: float = 0


def colour(rng: Random) -> Colour:
    """Choose a colour."""
    return rng.randint(20, 255), rng.randint(20, 255), rng.randint(20, 255)


def darker(other: Colour, share: float) -> Colour:
    """Return a colour made darker."""
    red, green, blue = (round(channel * share) for channel in other)
    return red, green, blue


def lighter(other: Colour, share: float) -> Colour:
    """Return a colour of which so small a share is left, and the rest is white."""
    red, green, blue = (round(255 - (255 - channel) * share) for channel in other)
    return red, green, blue


def unsteady(rng: Random, points: Sequence[Point], closed: bool, stray: float) -> NDArray[np.float64]:
    """Go along corners as an unsteady hand does, with a point at every few steps."""
    corners = np.array([*points, points[0]] if closed else points, float)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    steps = np.arange(0, along[-1], max(0.03, along[-1] / 60))
    path = np.stack([np.interp(steps, along, corners[:, axis]) for axis in (0, 1)], axis=1)
    return path + np.array([[rng.gauss(0, stray), rng.gauss(0, stray)] for _ in path])


def blob(rng: Random, x: float, y: float, wide: float, high: float) -> list[Point]:
    """Return the corners of a roundish thing with bumps of its own."""
    bumps = [(rng.randint(2, 5), rng.uniform(0, 0.12), rng.uniform(0, 2 * math.pi)) for _ in range(3)]
    turns = [2 * math.pi * k / 28 for k in range(28)]
    reach = [1 + sum(share * math.sin(number * turn + begin) for number, share, begin in bumps) for turn in turns]
    return [(x + wide * r * math.cos(t), y + high * r * math.sin(t)) for r, t in zip(reach, turns, strict=True)]


def polygon(rng: Random, x: float, y: float, wide: float, high: float) -> list[Point]:
    """Return the corners of a thing with three to seven of them."""
    turns = sorted(rng.uniform(0, 2 * math.pi) for _ in range(rng.randint(3, 7)))
    return [(x + wide * math.cos(t), y + high * math.sin(t)) for t in turns]


def ink(rng: Random, points: Sequence[Point], fill: Colour | None, width: float, closed: bool = True) -> Mark:
    """Draw a mark by hand; its line is dark, or there is none."""
    return Mark(unsteady(rng, points, closed, width / 4), fill, darker(fill or (60, 50, 40), 0.3), width, closed)


def hills(rng: Random, wide: float) -> list[Mark]:
    """Draw hills, one before the other, with bushes."""
    marks = [ink(rng, blob(rng, rng.uniform(-wide, wide) / 2, -0.3, 0.1, 0.1), colour(rng), 0.006)]
    for row in range(rng.randint(2, 4)):
        level = -0.15 + 0.2 * row
        ridge = [(x * wide / 12, level + rng.uniform(-0.1, 0.1)) for x in range(-12, 13)]
        marks.append(ink(rng, [*ridge, (wide, 1), (-wide, 1)], colour(rng), 0.006))
        for _ in range(rng.randint(0, 4)):
            high = rng.uniform(0.03, 0.09)
            marks.append(ink(rng, blob(rng, rng.uniform(-wide, wide), level, high, high), colour(rng), 0.006))
    return marks


def city(rng: Random, wide: float) -> list[Mark]:
    """Draw houses with windows."""
    marks, x = [], -wide
    while x < wide:
        house, top, walls = rng.uniform(0.15, 0.4), rng.uniform(-0.5, 0.1), colour(rng)
        marks.append(ink(rng, [(x, top), (x + house, top), (x + house, 0.35), (x, 0.35)], walls, 0.005))
        lit, step = colour(rng), rng.uniform(0.06, 0.1)
        for k in range(int(house / step) - 1):
            for n in range(int((0.3 - top) / step) - 1):
                if rng.random() < 0.7:
                    left, upper = x + (k + 0.6) * step, top + (n + 0.6) * step
                    right, lower = left + step * 0.5, upper + step * 0.6
                    marks.append(Mark(np.array([(left, upper), (right, upper), (right, lower), (left, lower)]), lit))
        x += house * rng.uniform(0.9, 1.3)
    return [*marks, ink(rng, [(-wide, 0.35), (wide, 0.35), (wide, 1), (-wide, 1)], colour(rng), 0.005)]


def room(rng: Random, wide: float) -> list[Mark]:
    """Draw a room: the floor, and things on the wall and before it."""
    floor = rng.uniform(0.15, 0.3)
    marks = [ink(rng, [(-wide, floor), (wide, floor), (wide, 1), (-wide, 1)], colour(rng), 0.006)]
    for _ in range(rng.randint(4, 8)):
        x, y, w, h = rng.uniform(-wide, wide), rng.uniform(-0.4, 0.1), rng.uniform(0.06, 0.2), rng.uniform(0.06, 0.2)
        shape = rng.choice([polygon, blob])(rng, x, y, w, h)
        if rng.random() < 0.5:
            shape = [(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)]
        marks.append(ink(rng, shape, colour(rng), 0.006))
    return marks


def strokes(rng: Random, wide: float) -> list[Mark]:
    """Draw grass, rain or fur: strokes of a pen, more or less alike."""
    marks, lean = [], rng.uniform(-0.8, 0.8)
    for _ in range(rng.randint(60, 200)):
        x, y, long = rng.uniform(-wide, wide), rng.uniform(-0.8, 0.8), rng.uniform(0.04, 0.16)
        bent = [(x, y), (x + lean * long / 2, y - long / 2), (x + (lean + rng.uniform(-0.5, 0.5)) * long, y - long)]
        marks.append(ink(rng, bent, None, 0.005, closed=False))
    return marks


def clouds(rng: Random, wide: float) -> list[Mark]:
    """Draw soft spots, as of a photograph that is out of focus."""
    sizes = [(rng.uniform(0.05, 0.4), rng.uniform(0.05, 0.3)) for _ in range(rng.randint(5, 12))]
    return [
        Mark(np.array(blob(rng, rng.uniform(-wide, wide), rng.uniform(-0.7, 0.7), *size)), colour(rng))
        for size in sizes
    ]


def nothing(_rng: Random, _wide: float) -> list[Mark]:
    """Draw no ground but the colours that it fades between."""
    return []


GROUNDS: Sequence[tuple[Callable[[Random, float], list[Mark]], float]] = [
    (hills, 0),
    (city, 0),
    (room, 0),
    (strokes, 0),
    (clouds, 0.04),
    (nothing, 0),
]
"""Grounds, and how soft each is."""


def creature(character: int, pose: Random, x: float, y: float, high: float) -> tuple[Mark, ...]:
    """Draw a character in a pose of its own: the middle of its body at a place, and half the body so `high`."""
    looks = generator("moved", character)
    skin, cloth, width = colour(looks), colour(looks), looks.choice([0, 0.008, 0.014])
    body_of, fat, head = looks.choice([blob, polygon, blob]), looks.uniform(0.4, 0.9), looks.uniform(0.35, 0.7)
    limb, eyes, ears, stripes = (
        looks.uniform(0.05, 0.12),
        looks.randint(1, 3),
        looks.choice([0, 1, 1]),
        looks.randint(0, 3),
    )
    tilt, turn, smile = pose.uniform(-0.4, 0.4), pose.uniform(-0.25, 0.25), pose.uniform(-0.08, 0.08)
    marks = []
    for side in (-1, 1):
        for begin, reach in ((-0.3, pose.uniform(-0.9, 0.9)), (0.7, pose.uniform(0.9, 1.5))):
            end = side * (fat + pose.uniform(0, 0.6)), begin + reach
            bones = [(0, begin), (side * (fat + 0.4), (begin + reach) / 2), end]
            marks.append(Mark(unsteady(pose, bones, False, limb / 9), None, darker(skin, 0.8), limb * high, False))
        if ears:
            marks.append(ink(looks, [(side * 0.2, -1.2), (side * 0.5, -2.2), (side * 0.55, -1.3)], skin, width))
    marks.append(ink(looks, body_of(looks, 0, 0, fat, 1), cloth, width))
    for k in range(stripes):
        marks.append(ink(looks, [(-0.3, 0.3 * k), (0.3, 0.3 * k + 0.05)], None, 0.01, closed=False))
    marks.append(ink(looks, blob(looks, turn, -1.3, head, head), skin, width))
    for k in range(eyes):
        eye = 1.4 * turn + 0.35 * (k - (eyes - 1) / 2)
        marks.append(Mark(np.array(blob(looks, eye, -1.4, 0.11, 0.14)), (250, 250, 250)))
        marks.append(Mark(np.array(blob(looks, eye + 0.2 * turn, -1.4, 0.05, 0.06)), (20, 20, 30)))
    mouth = [(turn - 0.2, -1.0), (turn, -1.0 + smile), (turn + 0.2, -1.0)]
    marks.append(ink(pose, mouth, None, 0.01, closed=False))
    bend = high * np.array([[math.cos(tilt), math.sin(tilt)], [-math.sin(tilt), math.cos(tilt)]])
    return tuple(replace(mark, points=mark.points @ bend + (x, y)) for mark in marks)


def draw(rng: Random, cast: Sequence[int]) -> Drawing:
    """Draw a panel with some of a cast, told by their seeds."""
    size = rng.choice(SIZES)
    half = size[0] / size[1] / 2
    ground, soft = rng.choice(GROUNDS)
    marks = ground(rng, half + 2 * half * BEYOND)
    actors = rng.sample(list(cast), rng.choice([1, 1, 2, 2, 3]))
    figures = []
    for k, actor in enumerate(actors):
        x = (2 * k + 1) / len(actors) * half - half + rng.uniform(-0.1, 0.1)
        figures.append(creature(actor, rng, x, rng.uniform(-0.05, 0.15), rng.uniform(0.13, 0.24)))
    return Drawing(size, colour(rng), colour(rng), tuple(marks), tuple(figures), soft)


def recolour(rng: Random, drawing: Drawing) -> Drawing:
    """Give each colour another: of a palette of its own, with its hues turned, or in two colours."""
    turned, key = rng.sample([0, 1, 2], 3), rng.getrandbits(32)
    shift, dark, light = rng.randint(30, 90), darker(colour(rng), 0.3), lighter(colour(rng), 0.3)
    way = rng.choice(["turned", "other", "two"])

    def changed(old: Colour | None) -> Colour | None:
        if old is None:
            return None
        if way == "other":
            return darker(colour(generator("moved", key, old)), 0.35 if sum(old) < 200 else 1)
        if way == "turned":
            red, green, blue = ((old[channel] + shift) % 256 if sum(old) > 200 else old[channel] for channel in turned)
        else:
            share = sum(old) / 765
            red, green, blue = (round(a + (b - a) * share) for a, b in zip(dark, light, strict=True))
        return red, green, blue

    def painted(marks: Sequence[Mark]) -> tuple[Mark, ...]:
        return tuple(replace(mark, fill=changed(mark.fill), line=changed(mark.line)) for mark in marks)

    sky, earth = changed(drawing.sky) or drawing.sky, changed(drawing.earth) or drawing.earth
    return replace(
        drawing, sky=sky, earth=earth, ground=painted(drawing.ground), figures=tuple(map(painted, drawing.figures))
    )


def seen(drawing: Drawing, change: Callable[[NDArray[np.float64]], NDArray[np.float64]], times: float = 1) -> Drawing:
    """Change where all points of a drawing are seen; lines become so many `times` as wide."""

    def moved_marks(marks: Sequence[Mark]) -> tuple[Mark, ...]:
        return tuple(replace(mark, points=change(mark.points), width=mark.width * times) for mark in marks)

    return replace(drawing, ground=moved_marks(drawing.ground), figures=tuple(map(moved_marks, drawing.figures)))


def moved(rng: Random, drawing: Drawing) -> Drawing:
    """Move the drawing by 5 to 20 % of the panel, across, down or both."""
    across, down = (rng.choice([-1, 1]) * rng.uniform(0.05, 0.2) for _ in range(2))
    ways = rng.choice(["across", "down", "both"])
    move = (0 if ways == "down" else across * drawing.size[0] / drawing.size[1], 0 if ways == "across" else down)
    return seen(drawing, lambda points: points + move)


def moved_recoloured(rng: Random, drawing: Drawing) -> Drawing:
    """Move the drawing, and give it other colours."""
    return recolour(rng, moved(rng, drawing))


def zoomed(rng: Random, drawing: Drawing) -> Drawing:
    """Step back or closer."""
    times = rng.choice([rng.uniform(0.75, 0.9), rng.uniform(1.12, 1.3)])
    return seen(drawing, lambda points: points * times, times)


def mirrored(_rng: Random, drawing: Drawing) -> Drawing:
    """See the drawing from behind the paper."""
    return seen(drawing, lambda points: points * (-1, 1))


def redrawn(rng: Random, drawing: Drawing) -> Drawing:
    """Trace all lines anew."""
    turn = rng.uniform(0, 6)
    return seen(drawing, lambda points: points + 0.006 * np.sin(points[:, ::-1] * 9 + turn))


def with_another(rng: Random, drawing: Drawing) -> Drawing:
    """Put another figure in the place of one."""
    place = rng.randrange(len(drawing.figures))
    x, y = drawing.figures[place][0].points.mean(axis=0)
    other = creature(rng.getrandbits(32), rng, x, y, rng.uniform(0.13, 0.2))
    return replace(drawing, figures=(*drawing.figures[:place], other, *drawing.figures[place + 1 :]))


Change = Callable[[Random, Drawing], Drawing]
"""Gives a drawing as it comes back."""

RETURNS: Mapping[str, tuple[Change, int]] = {
    "moved": (moved, 20),
    "moved and recoloured": (moved_recoloured, 20),
    "zoomed": (zoomed, 10),
    "recolour": (recolour, 10),
    "mirrored": (mirrored, 8),
    "redraw": (redrawn, 8),
    "swap": (with_another, 10),
}
"""How a drawing comes back, and how many do so."""

ONCE = 100
"""Drawings that do not come back."""

CAST = 8


def fade(size: tuple[int, int], above: Colour, below: Colour) -> Image.Image:
    """Fade from one colour to another, from top to bottom."""
    share = np.linspace(0, 1, size[1])[:, np.newaxis, np.newaxis]
    rows = np.array(above) * (1 - share) + np.array(below) * share
    return Image.fromarray(np.broadcast_to(rows, (size[1], size[0], 3)).astype(np.uint8))


def put(picture: Image.Image, marks: Sequence[Mark]) -> None:
    """Draw marks onto a picture."""
    pen, (width, height) = ImageDraw.Draw(picture), picture.size
    for mark in marks:
        points = [(x * height + width / 2, y * height + height / 2) for x, y in mark.points.tolist()]
        if mark.fill is not None:
            pen.polygon(points, mark.fill)
        if mark.line is not None and mark.width:
            pen.line([*points, *points[: 2 * mark.closed]], mark.line, max(1, round(mark.width * height)), "curve")


def render(drawing: Drawing) -> Image.Image:
    """Draw a panel."""
    picture = fade((drawing.size[0] * FINER, drawing.size[1] * FINER), drawing.sky, drawing.earth)
    put(picture, drawing.ground)
    if drawing.soft:
        picture = picture.filter(ImageFilter.GaussianBlur(drawing.soft * picture.height))
    for figure in drawing.figures:
        put(picture, figure)
    return picture.resize(drawing.size, Image.Resampling.BOX)


def draw_moved(seed: int, panels: Path, labels: Path) -> None:
    """Draw a comic into a folder, `<page>_1.png`, and write its LABELS."""
    rng = generator("moved", seed)
    cast = [rng.getrandbits(32) for _ in range(CAST)]
    shown: list[tuple[int, str, Drawing]] = []
    for kind in [*(kind for kind, (_, times) in RETURNS.items() for _ in range(times)), *["single"] * ONCE]:
        drawing = draw(rng, cast)
        cluster = len(shown)
        shown.append((cluster, "original" if kind in RETURNS else kind, drawing))
        if kind in RETURNS:
            shown.append((cluster, kind, RETURNS[kind][0](rng, drawing)))
    order = rng.sample(range(len(shown)), len(shown))
    page_of = {place: f"{page}_1.png" for page, place in enumerate(order, start=1)}
    with atomic_folder(panels) as folder:
        for place, (_, _, drawing) in enumerate(progress(shown, len(shown), "panels drawn")):
            render(drawing).save(folder / page_of[place])
    rows = [
        (page_of[place], cluster, kind, page_of[cluster] if kind in RETURNS else "")
        for place, (cluster, kind, _) in enumerate(shown)
    ]
    with atomic_file(labels) as part:
        pd.DataFrame(rows, columns=LABELS).to_csv(part, index=False)


if __name__ == "__main__":
    with job() as snakemake:
        draw_moved(
            seed=snakemake.params.seed,
            panels=Path(snakemake.output.panels),
            labels=Path(snakemake.output.labels),
        )
