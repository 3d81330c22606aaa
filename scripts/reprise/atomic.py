"""Files and folders that are either whole or not there.

Every step writes beside its output and renames when all is written, so that a kill or a full disk never leaves
something half-written under the name that the next step reads.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Give a path to write to; it takes the name `path` when the block ends, or is removed if the block fails.

    The working path keeps the file's suffix, as writers that choose a format by it need, and carries the number of
    the process, so that two processes writing the same file do not meet.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    part = final.with_name(f".{final.stem}.{os.getpid()}.part{final.suffix}")
    try:
        yield part
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Give an empty folder to fill; it replaces the folder `path` when the block ends, or is removed if it fails."""
    final = Path(path)
    part = final.with_name(f".{final.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        if final.exists():
            shutil.rmtree(final)
        part.replace(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)
