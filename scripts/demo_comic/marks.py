"""Marks: the shapes and strokes all else is made of, and the chance that varies them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from demo_comic.colours import INK, Colour

Point = tuple[float, float]
"""x to the right and y downwards."""


def generator(*key: object) -> Random:
    """Give the random numbers that belong to a key, the same in every process."""
    return Random("/".join(map(str, key)))  # noqa: S311 - a drawing, not a secret


@dataclass(frozen=True, eq=False)
class Shape:
    """A line or an area: `points` is an (n, 2) float array, `width` the line's in pixels, no colour means not drawn."""

    points: np.ndarray
    fill: Colour | None = None
    line: Colour | None = INK
    width: float = 3
    closed: bool = True


Shapes = list[Shape]

Maker = Callable[[Random], Shapes]
"""Draws a prop: about one unit wide, standing on y = 0 (or hanging over it)."""


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
