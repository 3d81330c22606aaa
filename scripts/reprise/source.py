"""Where the bytes of a panel come from: a folder, a .zip or .cbz archive, or the downloads of a web comic.

The column `file` of `panels.csv` names a panel within its source; only this module knows how to turn that name into
bytes.
"""

import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

IMAGE_SUFFIXES = (".apng", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
ARCHIVE_SUFFIXES = (".cbz", ".zip")

# More than any panel needs; it keeps a forged size or a zip bomb from filling the memory.
LARGEST_FILE = 256 * 2**20


def is_archive(source: str | Path) -> bool:
    """Tell whether the source is a file to be read as a zip archive rather than a folder."""
    return Path(source).suffix.lower() in ARCHIVE_SUFFIXES and not Path(source).is_dir()


def natural_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """Sort key under which `page 9` comes before `page 10`; the name itself settles what is left equal."""
    parts = re.split(r"(\d+)", name.casefold())
    # Every second part is a number; these compare by length, then by digits, however long they are.
    numbers = [part.lstrip("0") if place % 2 else part for place, part in enumerate(parts)]
    return [(len(part) if place % 2 else -1, part) for place, part in enumerate(numbers)], name


def check_name(name: str) -> None:
    """Raise ValueError for a file name that no table can hold: control characters, or bytes that are no text."""
    if name.isprintable():
        return
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise ValueError(f"the file name {name!r} has characters in it that are no text; rename the file")


def find_images(source: str | Path) -> set[str]:
    """Find the image files of a folder (in depth) or archive, by suffix.

    Hidden files, the resource forks that macOS puts into archives, and what Reprise itself wrote to `results/` in the
    working directory are no panels. Names are relative to the source, with forward slashes.

    Raises:
        OSError: the folder or archive cannot be read.
        ValueError: a name could not be written into a table.
        zipfile.BadZipFile: the archive is damaged or none.
    """
    if is_archive(source):
        with zipfile.ZipFile(source) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    else:
        names = list(walk(Path(source)))
    images = {name for name in names if name.lower().endswith(IMAGE_SUFFIXES)}
    shown = {name for name in images if not any(part.startswith((".", "__MACOSX")) for part in name.split("/"))}
    for name in shown:
        check_name(name)
    return shown


def list_images(source: str | Path) -> list[str]:
    """List the image files of a folder or archive in natural order; see `find_images`."""
    return sorted(find_images(source), key=natural_order)


def walk(folder: Path) -> Iterator[str]:
    """Give the files below a folder, save those in the `results/` of the working directory, relative to it.

    Raises:
        OSError: one of the folders cannot be read; os.walk by itself would pass over it.
    """

    def refuse(error: OSError) -> None:
        raise error

    results = Path("results").resolve()
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if Path(place, name).resolve() != results]
        within = Path(place).relative_to(folder).as_posix()
        yield from files if within == "." else (f"{within}/{name}" for name in files)


@dataclass(frozen=True)
class PanelSource:
    """Reads panels by name from a folder or, where `archive` is set, from an open zip archive."""

    folder: Path
    archive: zipfile.ZipFile | None = None

    def path(self, file: str) -> Path | None:
        """Return the panel's own path on disk, or None where it lies in an archive."""
        return None if self.archive else self.folder / file

    def read(self, file: str) -> bytes:
        """Return the panel's bytes.

        Raises:
            OSError, KeyError, zipfile.BadZipFile, RuntimeError: it is not there or cannot be read.
            ValueError: it is no file (but a folder, a pipe), or larger than any panel should be.
        """
        if self.archive:
            size = self.archive.getinfo(file).file_size
        else:
            found = (self.folder / file).stat()
            if not stat.S_ISREG(found.st_mode):
                raise ValueError("it is no file")
            size = found.st_size
        if size > LARGEST_FILE:
            raise ValueError(f"{size / 2**20:.0f} MB is more than the {LARGEST_FILE / 2**20:.0f} MB a panel may have")
        return self.archive.read(file) if self.archive else (self.folder / file).read_bytes()


@contextmanager
def open_source(source: str | Path) -> Iterator[PanelSource]:
    """Open a folder or archive to read panels from it."""
    if is_archive(source):
        with zipfile.ZipFile(source) as archive:
            yield PanelSource(Path(source), archive)
    else:
        yield PanelSource(Path(source))
