"""Files and folders that are either whole or not there.

Each step writes beside its output, and renames it when all is written. So neither a kill nor a full disk leaves
anything half-written under the name that the next step reads.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = re.compile(r"\..+\.\d+\.part(\.[^.]*)?")


def part_name(stem: str, suffix: str = "") -> str:
    """Return what a file or folder is called while this process writes it."""
    return f".{stem}.{os.getpid()}.part{suffix}"


def remove_parts(folder: str | Path) -> None:
    """Remove, in depth, what processes that were killed left of files and folders they were writing.

    The caller makes sure that no process is still writing.
    """
    for place, folders, files in os.walk(folder):
        for name in filter(PART.fullmatch, files):
            Path(place, name).unlink()
        for name in list(filter(PART.fullmatch, folders)):
            folders.remove(name)
            shutil.rmtree(Path(place, name))


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Give a path to write to; it takes the name `path` when the block ends, or is removed if the block fails.

    That path keeps the file's suffix, by which some writers choose a format. It has the number of the process, so that
    two processes that write the same file do not meet.
    """
    final = Path(path)
    part = final.with_name(part_name(final.stem, final.suffix))
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield part
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Give an empty folder to fill; it replaces the folder `path` when the block ends, or is removed if it fails."""
    final = Path(path)
    part = final.with_name(part_name(final.name))
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        if final.exists():
            shutil.rmtree(final)
        part.replace(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)
