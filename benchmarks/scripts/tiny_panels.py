"""Draw tiny pictures, each of which has edges as a panel has: many panels at little cost of drawing and reading."""

from reprise.job import job

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_folder
from reprise.progress import progress
from reprise.shards import EDGE_SIZE

STROKES = 7


def source_of(seed: int, number: int, copies: float) -> int:
    """Return the picture whose drawing a picture repeats, itself if it is new: of so large a share an earlier one's."""
    while number:
        generator = np.random.default_rng((seed, 0, number))
        if generator.random() >= copies:
            break
        number = int(generator.integers(number))
    return number


def draw_stroke(picture: NDArray[np.uint8], generator: np.random.Generator, colour: list[int]) -> None:
    """Draw a bent line into a picture, (EDGE_SIZE, EDGE_SIZE, 3) uint8."""
    points = generator.integers(0, EDGE_SIZE, (3, 2))
    cv2.polylines(picture, [points.astype(np.int32)], False, colour, int(generator.integers(2, 5)))


def tiny_panel(seed: int, number: int, copies: float) -> NDArray[np.uint8]:
    """Draw a picture, (EDGE_SIZE, EDGE_SIZE, 3) uint8: strokes of dark colours on a light ground.

    A copy has the strokes of its source in other colours, and one to three strokes more.
    """
    source = source_of(seed, number, copies)
    own = np.random.default_rng((seed, 1, number))
    drawing = np.random.default_rng((seed, 2, source))
    picture = np.full((EDGE_SIZE, EDGE_SIZE, 3), own.integers(200, 256, 3), np.uint8)
    for colour in own.integers(0, 90, (STROKES, 3)).tolist():
        draw_stroke(picture, drawing, colour)
    for colour in own.integers(0, 90, (own.integers(1, 4), 3)).tolist() if source != number else ():
        draw_stroke(picture, own, colour)
    return picture


def tiny_panels(count: int, seed: int, copies: float, panels: Path) -> None:
    """Write so many pictures, `<page>.png`, into a folder; of so large a share are `copies` of earlier ones."""
    with atomic_folder(panels) as folder:
        for number in progress(range(count), count, "tiny panels"):
            picture = cv2.imencode(".png", tiny_panel(seed, number, copies))[1]
            (folder / f"{number + 1}.png").write_bytes(picture.tobytes())


if __name__ == "__main__":
    with job() as snakemake:
        tiny_panels(
            count=int(snakemake.wildcards.number),
            seed=snakemake.params.seed,
            copies=snakemake.params.copies,
            panels=Path(snakemake.output.panels),
        )
