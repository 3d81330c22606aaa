"""Make the bitmaps that the essay compares panels by, for the panels of one shard.

They are the essay's to the bit: of the first frame alone, with the colours that transparent pixels hide, and shrunk by
picking the nearest pixel.
"""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reprise.atomic import atomic_file
from reprise.hashes import CANNY_HIGH, CANNY_LOW, average_hash, dct_hash, edge_bitmap, shrink
from reprise.pictures import Pixels, on_ground, open_picture
from reprise.progress import progress
from reprise.shards import EDGE_SIZE
from reprise.source import PanelSource, open_source
from reprise.study.essay import BITMAP_BITS

MADE_OF_EACH = 20  # bytes, at most at once, of each pixel of a picture whose bitmaps are made


def opaque(image: Image.Image) -> Pixels:
    """Return the colours of a picture, hidden ones as well: (height, width, 3) uint8 RGB."""
    if image.mode.startswith(("I", "F")):
        return on_ground(image)  # scales grey of more than 8 bits
    return np.asarray(image.convert("RGB"))


def black_and_white(image: Image.Image) -> Pixels:
    """Return what Pillow's `convert("1")` makes of a picture: (height, width) uint8, 0 or 255.

    Of a picture with a palette, as nearly all GIFs have, it makes white what is at least half bright; any other it
    dithers (Floyd and Steinberg 1976), a GIF whose palette is just the grey levels in order as well.
    """
    has_palette = image.mode in ("P", "PA")
    return np.asarray((image if has_palette else Image.fromarray(opaque(image))).convert("1").convert("L"))


def panel_bitmaps(image: Image.Image) -> dict[str, NDArray[np.bool_]]:
    """Return the bitmaps of a picture by metric: square, with as many bits as BITMAP_BITS says."""
    pixels = opaque(image)
    edges = cv2.Canny(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), CANNY_LOW, CANNY_HIGH)
    return {
        "binary": shrink(black_and_white(image), EDGE_SIZE, "nearest") > 0,
        "canny_then_resize": shrink(edges, EDGE_SIZE, "nearest") > 0,
        "average_hash": average_hash(pixels, "nearest"),
        "dct_hash": dct_hash(pixels),
        "edge_hash": average_hash(edges, "nearest"),
        "resize_then_canny": edge_bitmap(pixels, "nearest"),
    }


def read_file(source: PanelSource, file: str) -> dict[str, NDArray[np.bool_]] | None:
    """Return the bitmaps of one panel of the source, or None if it cannot be read (`fingerprint` tells why)."""
    try:
        with open_picture(source.read(file)) as opened:
            # Fails where `fingerprint` fails, so that all metrics have the same panels.
            getattr(opened.image, "n_frames", 1)
            opened.decode(0, made_of_each=MADE_OF_EACH)
            return panel_bitmaps(opened.image)
    except Exception:  # archives and decoders raise anything on damaged files
        return None


def bitmaps(
    names: Sequence[str],
    files: Sequence[str],
    source: str | Path,
    shard: str | Path,
) -> None:
    """Make the bitmaps of the panels `files` of the source and write those that can be read as one shard.

    With P panels that can be read:
        panel: (P,) text, their `names`
        each key of BITMAP_BITS: (P, bits / 8) uint8, packed row by row, first pixel in the highest bit
    """
    with open_source(source, files) as opened:
        read = [read_file(opened, file) for file in progress(files, len(files), "bitmaps")]
    found = {name: panel for name, panel in zip(names, read, strict=True) if panel is not None}
    packed = {
        metric: np.array([np.packbits(panel[metric]) for panel in found.values()], np.uint8).reshape(-1, bits // 8)
        for metric, bits in BITMAP_BITS.items()
    }
    with atomic_file(shard) as part:
        np.savez(part, allow_pickle=False, panel=np.array(list(found), dtype=str), **packed)


if __name__ == "__main__":
    with job() as snakemake:
        bitmaps(
            names=snakemake.params.panels,
            files=snakemake.params.files,
            source=snakemake.params.source,
            shard=snakemake.output.shard,
        )
