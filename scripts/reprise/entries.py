"""The entries of archives, of which some are panels: they may lead anywhere, and lie."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import IO, NamedTuple, Protocol

from reprise.names import (
    CONTAINER,
    IMAGE,
    MARKS,
    OTHER,
    are_results,
    is_archive_name,
    is_hidden,
    is_hidden_folder,
    is_image,
    is_video,
    nature,
)

# Why what looks like a panel is none.
HIDDEN = "hidden"
RESULTS = "results of Reprise"
WALKED = "a link to a folder that is searched where it is, or that this one is in"
NO_TEXT = "the name has characters in it that are no text"
OUTSIDE = "the name leads out of the archive"
DOUBLED = "a later entry has the same name"
ARCHIVE_WITHIN = "an archive within an archive; unpack it"
NO_PANEL = "an archive without a picture in it"
OUT_OF_ORDER = "a picture on no page of the book"
LINK_WITHIN = "a link, which is not followed in an archive"
OVERLAPPING = "the entry overlaps another, as no program packs them"
LONG = "the name is longer than any path"

LONGEST_NAME = 8_192  # characters of a name in an archive: twice those of the longest path that systems take
# More than any panel needs; it keeps a forged size or a zip bomb from filling the memory.
LARGEST_FILE = 256 * 2**20
LARGEST_VIDEO = 8 * 2**30  # which is never held in memory


class Found(NamedTuple):
    """What a folder or container holds.

    Attributes:
        images: the names of its image files, relative to it, with forward slashes.
        passed_over: of images, and of folders (with a slash at the end), that are left out, the name, fit to be shown,
            and why; sorted.
        containers: the names of files that hold panels of their own, where these were not looked into.
    """

    images: set[str]
    passed_over: list[tuple[str, str]]
    containers: frozenset[str] = frozenset()


class Container(Protocol):
    """A file that holds panels."""

    def find(self) -> Found:
        """Find them; names need not be fit to be shown."""

    def read(self, name: str) -> bytes:
        """Return the bytes of one; see `PanelSource.read`."""

    def size(self, name: str) -> int:
        """Return how many bytes one has."""

    def write(self, name: str, target: IO[bytes]) -> None:
        """Write the bytes of one, piece by piece."""

    def close(self) -> None:
        """Close it."""


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


class Entry(NamedTuple):
    """An entry of an archive, which may lie.

    Attributes:
        name: with forward slashes; it may lead anywhere, and be that of several.
        head: gives the first bytes of its content, or none where it cannot be read.
        link: whether it is a link.
        overlaps: whether it reaches into the next one.
    """

    name: str
    head: Callable[[], bytes]
    link: bool = False
    overlaps: bool = False


def why_not(entry: Entry) -> str | None:
    """Return why an entry of an archive is no panel, as its place tells; None where it can be one."""
    *folders, file = entry.name.split("/")
    if ".." in folders or (folders and not folders[0]):
        return OUTSIDE
    if is_hidden(file) or any(map(is_hidden_folder, folders)):
        return HIDDEN
    if entry.link:
        return LINK_WITHIN
    return OVERLAPPING if entry.overlaps else None


def panels_among(entries: Sequence[Entry]) -> Found:
    """Find the panels among the entries of an archive. Of several of a name the last counts, as it is read."""
    times = Counter(entry.name for entry in entries)
    by_name = {entry.name: entry for entry in entries if len(entry.name) <= LONGEST_NAME}
    long = times.keys() - by_name.keys()
    results = result_folders(by_name)
    of_results = set().union(*results.values())
    images: set[str] = set()
    passed_over = [(f"{folder}/", RESULTS) for folder in results] + [(name, LONG) for name in filter(is_image, long)]
    for name, entry in by_name.items():
        reason = why_not(entry)
        if reason and (is_image(name) or is_archive_name(name)):
            passed_over.append((name, reason))
        if reason or name in of_results:
            continue
        kind = nature(name, entry.head)
        if kind == IMAGE:
            images.add(name)
            passed_over += [(name, DOUBLED)] * (times[name] - 1)
        elif kind != OTHER:
            passed_over.append((name, ARCHIVE_WITHIN if kind == CONTAINER else kind))
    return Found(images, passed_over)


def most_bytes(name: str) -> int:
    """Return how many bytes a panel may have, by its name."""
    return LARGEST_VIDEO if is_video(name) else LARGEST_FILE


def check_size(size: int, most: int | None = None) -> None:
    """Raise ValueError for a file that is larger than any panel should be, or than so many bytes."""
    most = most or LARGEST_FILE
    if size > most:
        raise ValueError(f"{size / 2**20:.0f} MB is more than the {most / 2**20:.0f} MB a panel may have")
