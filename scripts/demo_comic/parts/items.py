"""Items: what a picture is made of, shapes and pasted pictures, and how they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import cv2
import numpy as np
from PIL import Image

from demo_comic.colours import INK, Colour
from demo_comic.marks import Point, Shape

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, eq=False)
class Sticker:
    """A picture with a clear ground (RGBA) that is pasted into a box, mirrored or not."""

    image: Image.Image
    box: Box
    flip: bool = False


Items = list[Shape | Sticker]
"""What is drawn, from behind to the front, in pixels of its own."""


def corners(item: Shape | Sticker) -> np.ndarray:
    """Return points between which an item lies, (n, 2)."""
    return item.points if isinstance(item, Shape) else np.array(item.box).reshape(2, 2)


def bounds(items: Items) -> Box:
    """Return the box around items."""
    points = np.concatenate([corners(item) for item in items])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def carried(edges: Box, scale: Point, move: Point) -> Box:
    """Return a box scaled by a factor per axis, negative to mirror, and then moved."""
    x = sorted(edge * scale[0] + move[0] for edge in edges[::2])
    y = sorted(edge * scale[1] + move[1] for edge in edges[1::2])
    return x[0], y[0], x[1], y[1]


def moved(items: Items, scale: Point, move: Point) -> Items:
    """Return items scaled by a factor per axis, negative to mirror, and then moved; lines grow as all else does."""
    return [
        replace(item, points=item.points * scale + move, width=item.width * abs(scale[0]))
        if isinstance(item, Shape)
        else Sticker(item.image, carried(item.box, scale, move), item.flip != (scale[0] < 0))
        for item in items
    ]


def recoloured(items: Items, channels: Sequence[int]) -> Items:
    """Return items whose red, green and blue are taken from these channels; ink stays."""

    def other(colour: Colour | None) -> Colour | None:
        if colour is None or colour == INK:
            return colour
        red, green, blue = (colour[channel] for channel in channels)
        return red, green, blue

    return [
        replace(item, fill=other(item.fill), line=other(item.line))
        if isinstance(item, Shape)
        else replace(item, image=Image.fromarray(np.array(item.image)[..., [*channels, 3]]))
        for item in items
    ]


def drawn(items: Items, size: tuple[int, int]) -> Image.Image:
    """Draw items onto a picture of so many pixels."""
    canvas = np.full((size[1], size[0], 3), 255, np.uint8)
    for item in items:
        if isinstance(item, Sticker):
            paste_sticker(canvas, item)
            continue
        points = [np.round(item.points * 16).astype(np.int32)]
        if item.fill is not None:
            cv2.fillPoly(canvas, points, item.fill, cv2.LINE_AA, 4)
        if item.line is not None:
            cv2.polylines(canvas, points, item.closed, item.line, max(1, round(item.width)), cv2.LINE_AA, 4)
    return Image.fromarray(canvas)


def paste_sticker(canvas: np.ndarray, sticker: Sticker) -> None:
    """Paste a sticker onto the pixels of a picture, as far as it lies in it."""
    left, top, right, bottom = (round(edge) for edge in sticker.box)
    image = sticker.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if sticker.flip else sticker.image
    colours = np.array(image.resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.LANCZOS), float)
    x, y = max(left, 0), max(top, 0)
    under = canvas[y : max(bottom, 0), x : max(right, 0)]
    over = colours[y - top :, x - left :][: under.shape[0], : under.shape[1]]
    opaque = over[..., 3:] / 255
    under[:] = np.round(under * (1 - opaque) + over[..., :3] * opaque)


def own_shape(rng: Random, items: Sequence[Shape], size: float) -> Items:
    """Bend shapes smoothly, so that no two props are one drawing; `size` is that of a prop in pixels."""
    waves = []
    for _ in range(4):
        angle, length = rng.uniform(0, 2 * np.pi), size * rng.uniform(0.7, 1.6)
        waves.append((np.array((np.cos(angle), np.sin(angle))) * 2 * np.pi / length, rng.uniform(0, 7), length * 0.065))
    bent: Items = []
    for item in items:
        course = np.concatenate([item.points, item.points[:1]]) if item.closed else item.points
        lengths = np.linalg.norm(np.diff(course, axis=0), axis=1)
        steps = np.maximum(1, lengths // (size / 12)).astype(int)
        along = np.concatenate([np.linspace(k, k + 1, n, endpoint=False) for k, n in enumerate(steps)] + [[len(steps)]])
        points = np.stack([np.interp(along, np.arange(len(course)), course[:, axis]) for axis in (0, 1)], 1)
        moves = np.zeros_like(points)
        for number, (wave, phase, height) in enumerate(waves):
            moves[:, number % 2] += height * np.sin(points @ wave + phase)
        bent.append(replace(item, points=(points + moves)[: -1 if item.closed else None]))
    return bent
