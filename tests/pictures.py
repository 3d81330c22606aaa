"""Makers of what several tests work on: real pictures, as the bytes of files, and real shards of fingerprints."""

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from reprise.shards import COLOUR_SIZE, EDGE_SIZE, GRID, Fingerprint, Panel, write_shard

PALETTE = ["#d62728", "#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#17becf", "#bcbd22"]

WORDS = "It was never about the biscuit."


def drawing(seed: int, size: tuple[int, int] = (64, 48), colours: Sequence[str] = PALETTE) -> Image.Image:
    """Draw outlined boxes in flat colours; the same seed gives the same lines, whatever the colours."""
    random = Random(seed)
    width, height = size
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for _ in range(8):
        left, top = random.randrange(width * 3 // 4), random.randrange(height * 3 // 4)
        right, bottom = (
            left + random.randrange(width // 8, width // 2),
            top + random.randrange(height // 8, height // 2),
        )
        pen.rectangle((left, top, right, bottom), fill=colours[random.randrange(len(colours))], outline="black")
    return picture


def with_words(
    picture: Image.Image,
    words: str = WORDS,
    ink: str = "black",
    ground: str = "ivory",
    letters: int = 14,
    round_box: bool = False,
) -> tuple[Image.Image, tuple[float, float, float, float]]:
    """Lay words in a box or a balloon over a picture, and return it with the place of the box."""
    lettered = picture.copy()
    pen = ImageDraw.Draw(lettered)
    font = ImageFont.load_default(letters)
    left, top, right, bottom = pen.multiline_textbbox((200, 60), words, font=font, align="center")
    margin = 30 if round_box else 9
    box = (left - margin, top - margin, right + margin, bottom + margin)
    (pen.ellipse if round_box else pen.rectangle)(box, fill=ground, outline=ink, width=3)
    pen.multiline_text((200, 60), words, fill=ink, font=font, align="center")
    return lettered, box


def encoded(form: str, *frames: Image.Image, **options: Any) -> bytes:
    """Return the bytes of a file of some format, as `PNG`, that holds the frames."""
    content = io.BytesIO()
    animation = {"save_all": True, "append_images": frames[1:]} if len(frames) > 1 else {}
    frames[0].save(content, form, **animation, **options)
    return content.getvalue()


def size_of(picture: bytes) -> tuple[int, int]:
    """Return the width and height of an encoded picture; of none, 0 and 0."""
    return Image.open(io.BytesIO(picture)).size if picture else (0, 0)


def frame(
    edges: NDArray[np.bool_],
    number: int = 0,
    digest: int = 0,
    average_hash: int = 0,
    dct_hash: int = 0,
    thumbnail: bytes = b"",
    points: NDArray[np.uint8] | None = None,
    time: float = np.nan,
) -> Fingerprint:
    """Make the fingerprint of a frame that has these edges, (EDGE_SIZE, EDGE_SIZE)."""
    return Fingerprint(
        number=number,
        edges=np.packbits(edges),
        edge_count=int(edges.sum()),
        average_hash=np.uint64(average_hash),
        dct_hash=np.uint64(dct_hash),
        digest=np.uint64(digest),
        colours=np.zeros((COLOUR_SIZE, COLOUR_SIZE, 3), np.uint8),
        samples=np.zeros((GRID, GRID, 3), np.uint8),
        lettered=np.zeros((GRID, GRID // 8), np.uint8),
        edge_points=np.zeros((0, 3), np.uint8) if points is None else points,
        canvas_size=(100, 100),
        thumbnail=thumbnail,
        thumbnail_size=size_of(thumbnail),
        time=time,
    )


def edges_at(*places: int) -> NDArray[np.bool_]:
    """Return an edge bitmap that is set at some places, counted row by row."""
    edges = np.zeros(EDGE_SIZE * EDGE_SIZE, dtype=bool)
    edges[list(places)] = True
    return edges.reshape(EDGE_SIZE, EDGE_SIZE)


def pictures_of(shard: Path) -> Path:
    """Return where the pictures of a shard are written, beside its fingerprints."""
    return shard.with_suffix(".npy")


def write_shards(folder: Path, panels: Sequence[Panel], size: int) -> list[Path]:
    """Write panels, called 1_1, 2_1 and so on, as shards of `size` panels each."""
    paths = []
    for first in range(0, len(panels), size):
        names = [f"{page}_1" for page in range(first + 1, min(first + size, len(panels)) + 1)]
        paths.append(folder / f"{size}-{first // size:04}.npz")
        write_shard(names, panels[first : first + size], paths[-1], pictures_of(paths[-1]))
    return paths


def seen_panels(frames_of: list[int]) -> list[Panel]:
    """Panels of so many frames each, no two of which look alike; one of none could not be read."""
    random = np.random.default_rng(7)
    panels = []
    for frames in frames_of:
        kept = []
        for number in range(frames):
            made = frame(edges_at(), 3 * number)
            arrays = {name: getattr(made, name) for name in ("colours", "samples", "lettered")}
            noise = {name: random.integers(0, 256, array.shape, np.uint8) for name, array in arrays.items()}
            width, height = random.integers(1, 101, 2).tolist()
            kept.append(replace(made, **noise, canvas_size=(width, height)))
        panels.append(Panel(frames=kept) if kept else Panel("damaged"))
    return panels


def pixels(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.convert("RGB"))


def random_pixels(seed: int, height: int, width: int, channels: int = 3) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def nearest(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Pick of each part of a picture the pixel in its middle; Pillow goes from one to the next by adding."""
    steps = [side / size for side in picture.shape[:2]]
    down, across = ([int(at) for at in accumulate([step / 2] + [step] * (size - 1))] for step in steps)
    return picture[down][:, across]
