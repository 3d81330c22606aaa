"""Pictures: from the description of a drawing to pixels, and to the bytes of an image file."""

import io
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo_comic.characters import figure
from demo_comic.colours import WHITE, Colour
from demo_comic.drawings import HEIGHT, WIDTH, Caption, Drawing
from demo_comic.marks import Shape, Shapes, box, generator, oval, poly


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
