"""Line drawings that can be drawn again elsewhere: real pictures, as files, and shards of their fingerprints."""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from fingerprint import read_panel
from hamming_block import hamming_block
from partners import partners
from pictures import encoded, write_shards
from reprise.matching.canvas import EdgePoints, read_points
from reprise.matching.comparison import Ceilings
from reprise.shards import Panel
from search_block import search_block

SIZE = (240, 160)


def sketch(
    seed: int,
    zoom: float = 1.0,
    across: float = 0.0,
    down: float = 0.0,
    mirrored: bool = False,
    size: tuple[int, int] = SIZE,
    ink: str = "black",
    ground: str = "white",
) -> Image.Image:
    """Draw wandering lines, mirrored, zoomed about the middle and shifted, by shares of SIZE, as asked.

    The lines go on outside of the picture, so that others come into view as they move.
    """
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(picture)
    for _ in range(24):
        steps = np.cumsum(random.normal(0, 0.09, (7, 2)), axis=0) + random.uniform(-0.6, 0.6, 2)
        x, y = steps.T * zoom
        middle = size[0] / 2, size[1] / 2
        places = np.stack([(-x if mirrored else x) + across, y + down], axis=1) * SIZE + middle
        pen.line([tuple(place) for place in places], fill=ink, width=max(2, round(3 * zoom)), joint="curve")
    return picture


def panel(*frames: Image.Image) -> Panel:
    """Return the panel of a picture, or of an animation, that is read from its file; without any, of a damaged file."""
    if not frames:
        return read_panel(b"damaged", "distinct")
    return read_panel(encoded("PNG" if len(frames) == 1 else "WEBP", *frames, lossless=True), "distinct")


def points_of(folder: Path, *frames: Image.Image) -> EdgePoints:
    """Return the edge points of pictures."""
    return read_points(write_shards(folder, [panel(frame) for frame in frames], len(frames)))


def blocks_of(
    folder: Path, panels: Sequence[Panel], shard_panels: int, shards_per_block: int
) -> list[tuple[int, list[Path]]]:
    """Write panels as shards and return the blocks of these, each with the place of its first panel."""
    shards = write_shards(folder, panels, shard_panels)
    return [
        (first * shard_panels, shards[first : first + shards_per_block])
        for first in range(0, len(shards), shards_per_block)
    ]


def choose(
    folder: Path,
    blocks: Sequence[tuple[int, Sequence[Path]]],
    ceiling: float = 0.6,
    fewest_edges: int = 30,
    mirrored: bool = True,
    most_near: int = 500,
    most_alike: int = 0,
) -> Path:
    """Compare all blocks and, if candidates are wanted, search them, as the workflow does; return what was chosen."""
    near, alike = [], []
    for number, ((first_a, a), (first_b, b)) in enumerate(combinations_with_replacement(blocks, 2)):
        near.append(folder / f"block-{number}.npz")
        hamming_block(a, b, first_a, first_b, mirrored, Ceilings(ceiling), most_near, fewest_edges, near[-1])
        if most_alike:
            alike.append(folder / f"candidates-{number}.npz")
            search_block(a, b, first_a, first_b, mirrored, most_alike, alike[-1])
    partners(near, alike, most_near, most_alike, folder / "partners.npz")
    return folder / "partners.npz"


def strip(*drawn: Image.Image, gap: int = 14) -> Image.Image:
    """Put pictures of SIZE, in frames, side by side on one white sheet; they are at `strip_boxes`."""
    sheet = Image.new("RGB", (gap + len(drawn) * (SIZE[0] + gap), SIZE[1] + 2 * gap), "white")
    pen = ImageDraw.Draw(sheet)
    for picture, box in zip(drawn, strip_boxes(len(drawn), gap), strict=True):
        sheet.paste(picture, box[:2])
        pen.rectangle(box, outline="black", width=3)
    return sheet


def strip_boxes(count: int, gap: int = 14) -> list[tuple[int, int, int, int]]:
    """Return where the panels of a `strip` are: left, top, right and bottom."""
    return [
        (left, gap, left + SIZE[0], gap + SIZE[1]) for left in range(gap, gap + count * (SIZE[0] + gap), SIZE[0] + gap)
    ]
