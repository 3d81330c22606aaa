"""Thumbnails: pictures of frames to be looked at. `thumbnail` in `fingerprint.py` makes them; others link to them."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from reprise.links import link

Size = tuple[int, int]
"""Width and height, in pixels."""

SIZES = "sizes.csv"
"""The table in a folder of thumbnails that tells their sizes: a page needs these, and opening each takes longer."""


def thumbnail_file(panel: str, frame: int) -> str:
    """Name the file of the thumbnail of a panel's frame, told by its place in the panel's file."""
    return f"{panel}-{frame}.jpg"


def write_sizes(sizes: Iterable[tuple[str, Size]], folder: Path) -> None:
    """Write the sizes of the thumbnails of a folder, each with the name of its file."""
    with (folder / SIZES).open("w", encoding="utf-8", newline="") as table:
        rows = ((file, *size) for file, size in sizes)
        csv.writer(table, lineterminator="\n").writerows([("file", "width", "height"), *rows])


def read_sizes(folder: Path) -> dict[str, Size]:
    """Return the sizes of the thumbnails of a folder, by the names of their files."""
    with (folder / SIZES).open(encoding="utf-8", newline="") as table:
        rows = csv.reader(table)
        next(rows)
        return {file: (int(width), int(height)) for file, width, height in rows}


def link_thumbnails(made: Iterable[str | Path], frame_of: Mapping[str, int], folder: Path) -> dict[str, Size]:
    """Put `<folder>/<panel>.jpg` where it belongs, the frame asked for of each panel.

    To link to a file takes a fraction of the time of writing it; and every new threshold lays all out anew.

    Args:
        made: the folders of thumbnails that `fingerprint` wrote.
        frame_of: the number of the frame that is to show a panel, by the panel's name.
        folder: made if it is not there.

    Returns:
        The width and height of each.
    """
    folder.mkdir(exist_ok=True)
    wanted = {thumbnail_file(panel, frame): panel for panel, frame in frame_of.items()}
    sizes = {}
    for place in map(Path, made):
        for file, size in read_sizes(place).items():
            if file in wanted:
                panel = wanted[file]
                link(f"{place}/{file}", f"{folder}/{panel}.jpg")
                sizes[panel] = size
    return sizes
