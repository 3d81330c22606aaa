"""Where the bytes of a panel come from: a folder, a .zip or .cbz archive, or the downloads of a web comic.

The column `file` of `panels.csv` names a panel within its source; only this module knows how to turn that name into
bytes.
"""

import bz2
import copy
import io
import os
import re
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple, cast

IMAGE_SUFFIXES = (".apng", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".ogv", ".webm")
ARCHIVE_SUFFIXES = (".cbz", ".zip")

# What Reprise keeps in its results of the comic they are of; a folder that has it is no part of a comic.
RECORD = "reprise.json"
# Before there was a record, results were told by two names.
MARKS = {RECORD, "index.csv", "fingerprints"}

# Why what looks like a panel is none.
HIDDEN = "hidden"
RESULTS = "results of Reprise"
LINKED = "a link to a folder"
NO_TEXT = "the name has characters in it that are no text"
OUTSIDE = "the name leads out of the archive"
DOUBLED = "a later entry has the same name"
ARCHIVE_WITHIN = "an archive within the comic; unpack it, or give it as comic.folder"
LINK_WITHIN = "a link, which is not followed in an archive"
OVERLAPPING = "the entry overlaps another, as no program packs them"
LONG = "the name is longer than any path"

# More than any panel needs. It keeps a forged size or a zip bomb from filling the memory.
LARGEST_FILE = 256 * 2**20
LARGEST_VIDEO = 8 * 2**30  # which is never held in memory
# A panel can be so many times as large as it is packed: deflate comes to 1,032, bzip2 to a million. With this limit an
# archive costs time by its own size, and not by the sizes that it tells.
MOST_UNPACKED = 1_100
PIECE = 2**20  # bytes unpacked at once
PIECE_OF_LZMA = 2**12  # packed bytes, rather; each may become thousands

LONGEST_NAME = 8_192  # characters of a name in an archive: twice those of the longest path that systems take
ENCRYPTED = 1  # the flag of an entry that needs a password
LOCAL_HEADER = 30  # bytes before the name and the content of an entry


def is_archive(source: str | Path) -> bool:
    """Tell whether the source is a file to be read as a zip archive rather than a folder."""
    return is_archive_name(str(source)) and not Path(source).is_dir()


def is_archive_name(name: str) -> bool:
    """Tell by its suffix whether a file is an archive."""
    return name.lower().endswith(ARCHIVE_SUFFIXES)


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
        passed_over: images and folders that are left out, sorted: the name, fit to be shown and with a slash at the end
            of a folder's, and why.
    """

    images: set[str]
    passed_over: list[tuple[str, str]]


def is_image(name: str) -> bool:
    """Tell by its suffix whether a file is an image, or a video."""
    return name.lower().endswith(IMAGE_SUFFIXES) or is_video(name)


def is_video(name: str) -> bool:
    """Tell by its suffix whether a file is a video."""
    return name.lower().endswith(VIDEO_SUFFIXES)


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
    """Tell by the names in it whether a folder holds results of Reprise."""
    return RECORD in names or MARKS - {RECORD} <= set(names)


def find_images(source: str | Path) -> Found:
    """Find the image files of a folder (in depth) or archive, by suffix, and what of it is passed over.

    Raises:
        OSError: the folder or archive cannot be read.
        zipfile.BadZipFile: the archive is damaged or none, or packed as is not known here.
    """
    found = search_archive(source) if is_archive(source) else search_folder(Path(source))
    unusable = {name for name in found.images if not is_text(name)}
    passed_over = [*found.passed_over, *((name, NO_TEXT) for name in unusable)]
    return Found(found.images - unusable, sorted((shown(name), why) for name, why in passed_over))


def list_images(source: str | Path) -> list[str]:
    """List the image files of a folder or archive in natural order; see `find_images`."""
    return sorted(find_images(source).images, key=natural_order)


@contextmanager
def open_archive(source: str | Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive to read from it.

    Raises:
        OSError: it cannot be read.
        zipfile.BadZipFile: it is damaged or none, or packed as is not known here.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile):
        raise
    except Exception as error:  # of what is forged in its list of entries
        raise zipfile.BadZipFile(f"its list of entries is damaged: {error}") from error
    with archive:
        yield archive


def find_overlapping(entries: Iterable[zipfile.ZipInfo]) -> set[str]:
    """Return the names of entries that reach into the next one, as in bombs, which unpack the same bytes often."""
    in_order = sorted(entries, key=lambda entry: entry.header_offset)
    return {
        entry.filename
        for entry, following in pairwise(in_order)
        if entry.header_offset + LOCAL_HEADER + entry.compress_size > following.header_offset
    }


def beginning_with(in_order: Sequence[str], start: str) -> slice:
    """Return where among sorted names those stand that begin so."""
    first = bisect_left(in_order, start)
    return slice(first, bisect_left(in_order, True, first, key=lambda name: not name.startswith(start)))


def result_folders(names: Collection[str]) -> dict[str, set[str]]:
    """Return the folders in an archive that hold results of Reprise, the outermost ones, and all names in each.

    A name is looked at as a whole, and not once for each folder that it is in: a forged one may be in thousands.
    """
    in_order = sorted(names)

    def is_there(path: str) -> bool:
        return path in names or bool(in_order[beginning_with(in_order, f"{path}/")])

    found: dict[str, set[str]] = {}
    end = 0
    for start in sorted({name.removesuffix(last) for name in in_order if (last := name.rpartition("/")[2]) in MARKS}):
        within = beginning_with(in_order, start)
        # What is before the end is among results already.
        if within.start >= end and are_results([mark for mark in MARKS if is_there(start + mark)]):
            found[start.removesuffix("/")], end = set(in_order[within]), within.stop
    return found


def why_not(entry: zipfile.ZipInfo, overlapping: set[str]) -> str | None:
    """Return why an entry of an archive is no panel, though its name is that of an image; None where it is one."""
    parts = entry.filename.split("/")
    if ".." in parts or not parts[0]:
        return OUTSIDE
    if any(map(is_hidden, parts)):
        return HIDDEN
    if is_archive_name(entry.filename):
        return ARCHIVE_WITHIN
    if stat.S_ISLNK(entry.external_attr >> 16):
        return LINK_WITHIN
    return OVERLAPPING if entry.filename in overlapping else None


def search_archive(source: str | Path) -> Found:
    """Search an archive; see `find_images`. A name may lead anywhere, and stand there more than once."""
    with open_archive(source) as archive:
        all_entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    times = Counter(entry.filename for entry in all_entries)
    entries = {entry.filename: entry for entry in all_entries}  # the last of a name, as it is read
    long = {name for name in entries if len(name) > LONGEST_NAME}
    results = result_folders(entries.keys() - long)
    of_results = set().union(*results.values())
    overlapping = find_overlapping(all_entries)
    images: set[str] = set()
    passed_over = [(f"{folder}/", RESULTS) for folder in results] + [(name, LONG) for name in filter(is_image, long)]
    for name in entries.keys() - long:
        if not (is_image(name) or is_archive_name(name)):
            continue
        reason = why_not(entries[name], overlapping)
        if reason:
            passed_over.append((name, reason))
        elif name not in of_results:
            images.add(name)
            passed_over += [(name, DOUBLED)] * (times[name] - 1)
    return Found(images, passed_over)


def search_folder(folder: Path) -> Found:
    """Search a folder; see `find_images`.

    The working directory may be within the folder: its results, and what Snakemake keeps, are left out without a word.

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
        for name in files:
            if is_image(name) and not is_hidden(name):
                images.add(before + name)
            elif is_image(name) or is_archive_name(name):
                passed_over.append((before + name, HIDDEN if is_hidden(name) else ARCHIVE_WITHIN))
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
            ValueError: it is no file (but a folder, a pipe), larger than any panel should be, or encrypted.
            EOFError, NotImplementedError, zlib.error, lzma.LZMAError: it is packed badly, or as is not known here.
        """
        if self.archive:
            content = io.BytesIO()
            write_entry(self.archive, self.entry(file), content)
            return content.getvalue()
        return self.file(file).read_bytes()

    def size(self, file: str) -> int:
        """Return how many bytes the panel has, as the folder or the archive says; what is raised is as by `read`."""
        return self.archive.getinfo(file).file_size if self.archive else (self.folder / file).stat().st_size

    def copy(self, file: str, target: Path) -> None:
        """Write the panel's bytes to `target`, piece by piece; what is raised is as by `read`."""
        if self.archive:
            with target.open("wb") as written:
                write_entry(self.archive, self.entry(file), written)
        else:
            shutil.copyfile(self.folder / file, target)

    @contextmanager
    def on_disk(self, file: str) -> Iterator[Path]:
        """Give a file of its own with the panel's bytes: of an archive, one that is gone when the block ends.

        What is raised is as by `read`.
        """
        if not self.archive:
            yield self.file(file)
            return
        self.entry(file)
        with tempfile.TemporaryDirectory(prefix="reprise-") as folder:
            self.copy(file, Path(folder, "panel"))
            yield Path(folder, "panel")

    def entry(self, file: str) -> zipfile.ZipInfo:
        """Return the panel's entry in the archive, if it may be unpacked; what is raised is as by `read`."""
        entry = cast("zipfile.ZipFile", self.archive).getinfo(file)
        check_size(entry.file_size, file)
        if entry.flag_bits & ENCRYPTED:
            raise ValueError("it is encrypted")
        if entry.file_size > MOST_UNPACKED * entry.compress_size:
            raise ValueError(f"more than {MOST_UNPACKED:,} times as large as it is packed, as no picture is")
        return entry

    def file(self, file: str) -> Path:
        """Return the panel's path in the folder, if it may be read; what is raised is as by `read`."""
        found = (self.folder / file).stat()
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is no file")
        check_size(found.st_size, file)
        return self.folder / file


def check_size(size: int, file: str) -> None:
    """Raise ValueError for a file that is larger than any panel should be."""
    most = LARGEST_VIDEO if is_video(file) else LARGEST_FILE
    if size > most:
        raise ValueError(f"{size / 2**20:.0f} MB is more than the {most / 2**20:.0f} MB a panel may have")


def write_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: IO[bytes]) -> None:
    """Write the content of an entry, and no more of it than the archive says, piece by piece: it may be a bomb."""
    left = entry.file_size
    with unpacked(archive, entry) as opened:
        while left:
            step = PIECE_OF_LZMA if entry.compress_type == zipfile.ZIP_LZMA else PIECE
            piece = opened.read(min(step, left))
            if not piece:
                break
            target.write(piece)
            left -= len(piece)


@contextmanager
def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """Open an entry of an archive. Where it is packed by bzip2, zipfile would unpack all at once; bz2 does not."""
    if entry.compress_type != zipfile.ZIP_BZIP2:
        with archive.open(entry) as opened:
            yield opened
        return
    packed = copy.copy(entry)
    packed.compress_type, packed.file_size = zipfile.ZIP_STORED, entry.compress_size
    del packed.CRC  # of the content; bzip2 has sums of its own
    with archive.open(packed) as stored, bz2.open(stored) as opened:
        yield opened


@contextmanager
def open_source(source: str | Path) -> Iterator[PanelSource]:
    """Open a folder or archive to read panels from it."""
    if is_archive(source):
        with open_archive(source) as archive:
            yield PanelSource(Path(source), archive)
    else:
        yield PanelSource(Path(source))
