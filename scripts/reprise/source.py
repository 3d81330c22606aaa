"""Where the bytes of a panel come from: a folder, a .zip or .cbz archive, or the downloads of a web comic.

The column `file` of `panels.csv` names a panel within its source; only this module knows how to turn that name into
bytes.
"""

import os
import re
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

IMAGE_SUFFIXES = (".apng", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
ARCHIVE_SUFFIXES = (".cbz", ".zip")

# What Reprise keeps in its results of the comic they are of; a folder that has it is no part of a comic.
RECORD = "reprise.json"

# Why what looks like a panel is none.
HIDDEN = "hidden"
RESULTS = "results of Reprise"
LINKED = "a link to a folder"
NO_TEXT = "the name has characters in it that are no text"
OUTSIDE = "the name leads out of the archive"
DOUBLED = "a later entry has the same name"

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


class Found(NamedTuple):
    """What a folder or archive holds.

    Attributes:
        images: the names of its image files, relative to it, with forward slashes.
        passed_over: of images, and of folders (with a slash at the end), that are left out, the name, fit to be shown,
            and why; sorted.
    """

    images: set[str]
    passed_over: list[tuple[str, str]]


def is_image(name: str) -> bool:
    """Tell by its suffix whether a file is an image."""
    return name.lower().endswith(IMAGE_SUFFIXES)


def is_hidden(name: str) -> bool:
    """Tell whether a file or folder is hidden, or holds the resource forks that macOS puts into archives."""
    return name.startswith((".", "__MACOSX")) and name != "."


def is_text(name: str) -> bool:
    """Tell whether a table can hold a file name: it has no control characters, and no bytes that are no text."""
    return name.isprintable() or not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def shown(name: str) -> str:
    """Return a name with all that cannot be printed written out, as `\\r`."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def are_results(names: Iterable[str]) -> bool:
    """Tell by the names in it whether a folder holds results of Reprise; before they had a record, by two of them."""
    return RECORD in names or {"index.csv", "fingerprints"} <= set(names)


def find_images(source: str | Path) -> Found:
    """Find the image files of a folder (in depth) or archive, by suffix, and what of it is passed over.

    Raises:
        OSError: the folder or archive cannot be read.
        zipfile.BadZipFile: the archive is damaged or none.
    """
    found = search_archive(source) if is_archive(source) else search_folder(Path(source))
    unusable = {name for name in found.images if not is_text(name)}
    passed_over = [*found.passed_over, *((name, NO_TEXT) for name in unusable)]
    return Found(found.images - unusable, sorted((shown(name), why) for name, why in passed_over))


def list_images(source: str | Path) -> list[str]:
    """List the image files of a folder or archive in natural order; see `find_images`."""
    return sorted(find_images(source).images, key=natural_order)


def search_archive(source: str | Path) -> Found:
    """Search an archive; see `find_images`. A name may lead anywhere, and stand there more than once."""
    with zipfile.ZipFile(source) as archive:
        entries = Counter(entry.filename for entry in archive.infolist() if not entry.is_dir())
    within: dict[str, set[str]] = {}
    for name in entries:
        parts = name.split("/")
        for depth, part in enumerate(parts):
            within.setdefault("/".join(parts[:depth]), set()).add(part)
    results = {folder for folder, names in within.items() if are_results(names)}
    images: set[str] = set()
    passed_over = [(f"{folder}/", RESULTS) for folder in results]
    for name in filter(is_image, entries):
        parts = name.split("/")
        if ".." in parts:
            passed_over.append((name, OUTSIDE))
        elif any(map(is_hidden, parts)):
            passed_over.append((name, HIDDEN))
        elif results.isdisjoint("/".join(parts[:depth]) for depth in range(len(parts))):
            images.add(name)
            passed_over += [(name, DOUBLED)] * (entries[name] - 1)
    return Found(images, passed_over)


def search_folder(folder: Path) -> Found:
    """Search a folder; see `find_images`.

    Of the working directory, which may be within, the results and what Snakemake keeps are left out without a word.

    Raises:
        OSError: one of the folders cannot be read; os.walk by itself would pass over it.
    """

    def refuse(error: OSError) -> None:
        raise error

    own = [Path(name).resolve() for name in ("results", ".snakemake")]
    images: set[str] = set()
    passed_over: list[tuple[str, str]] = []
    for place, folders, files in os.walk(folder, onerror=refuse):
        within = Path(place).relative_to(folder).as_posix()
        before = "" if within == "." else f"{within}/"
        if are_results([*folders, *files]):
            passed_over.append((before or "./", RESULTS))
            folders.clear()
            continue
        for name in folders.copy():
            linked, is_own = Path(place, name).is_symlink(), Path(place, name).resolve() in own
            if is_hidden(name) or linked or is_own:
                folders.remove(name)
                passed_over += [(f"{before}{name}/", HIDDEN if is_hidden(name) else LINKED)] * (not is_own)
        for name in filter(is_image, files):
            if is_hidden(name):
                passed_over.append((before + name, HIDDEN))
            else:
                images.add(before + name)
    return Found(images, passed_over)


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
