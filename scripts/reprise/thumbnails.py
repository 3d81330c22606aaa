"""Thumbnails: pictures of frames to be looked at, made once and linked to wherever they are shown."""

import csv
from collections.abc import Iterable
from pathlib import Path

Size = tuple[int, int]
"""Width and height, in pixels."""

SIZES = "sizes.csv"
"""The table of a folder of thumbnails that tells their sizes: a page needs them, and to open each takes much longer."""


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
        return {row["file"]: (int(row["width"]), int(row["height"])) for row in csv.DictReader(table)}
