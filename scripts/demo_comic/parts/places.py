"""Places: where what is shared lies in each picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from PIL import Image

from demo_comic.drawings import HEIGHT, WIDTH
from demo_comic.marks import Point
from demo_comic.parts.items import Box, Items, carried, drawn


@dataclass(frozen=True)
class Place:
    """Where a motif lies in a picture.

    `scale` (a factor per axis, x negative where it is mirrored) and then `move` (pixels) take the motif's own pixels to
    those of the picture. `seen` is the box of the motif, in its own pixels, that the picture shows.
    """

    kind: str
    motif: int
    scale: Point
    move: Point
    seen: Box

    def box(self, seen: Box) -> Box:
        """Return where a box of the motif lies in the picture."""
        return carried(seen, self.scale, self.move)


@dataclass(frozen=True)
class Panel:
    """A picture, and the motifs it shares with others."""

    picture: Image.Image
    places: Sequence[Place] = ()


def common(one: Box, other: Box) -> Box:
    """Return the box that two boxes share."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def shown_of(size: tuple[int, int], scale: Point, move: Point) -> Box:
    """Return what a picture of so many pixels shows, in the pixels from which scale and move lead to it."""
    back = (1 / scale[0], 1 / scale[1])
    return carried((0, 0, *size), back, (-move[0] * back[0], -move[1] * back[1]))


def view(size: tuple[int, int], middle: Point, zoom: float, flip: bool) -> tuple[Point, Point]:
    """Return the scale and the move that show a point of a scene in the middle of a picture."""
    scale = (-zoom if flip else zoom, zoom)
    return scale, (size[0] / 2 - middle[0] * scale[0], size[1] / 2 - middle[1] * scale[1])


def busiest(items: Items, size: Point, rng: Random) -> Point:
    """Return the middle of a piece of a scene, of so many pixels, that shows more than other pieces do."""
    edges = cv2.Canny(np.array(drawn(items, (WIDTH, HEIGHT))), 60, 160)
    wide, high = min(size[0], WIDTH), min(size[1], HEIGHT)

    def shown(corner: Point) -> int:
        x, y = round(corner[0]), round(corner[1])
        return int(np.count_nonzero(edges[y : y + round(high), x : x + round(wide)]))

    pieces = [(rng.uniform(0, WIDTH - wide), rng.uniform(0, HEIGHT - high)) for _ in range(6)]
    x, y = max(pieces, key=shown)
    return x + wide / 2, y + high / 2
