"""Files that hold panels, of every kind, known by their first bytes."""

import zipfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from reprise import signatures
from reprise.book import Book, is_book
from reprise.entries import Container, Entry, Found, panels_among
from reprise.names import is_archive_name
from reprise.unpacking import ContainerError, Unpacked, list_entries
from reprise.zipped import Zipped, open_archive

UNREADABLE = (OSError, ContainerError, zipfile.BadZipFile)
"""What is raised of a container that cannot be opened or listed."""


def is_archive(source: str | Path) -> bool:
    """Tell whether the source is a file to be read as a container rather than a folder."""
    if Path(source).is_dir():
        return False
    return is_archive_name(str(source)) or (
        Path(source).is_file() and signatures.container(head_of(source)) is not None
    )


def head_of(path: str | Path) -> bytes:
    """Return the first bytes of a file."""
    with Path(path).open("rb") as file:
        return file.read(signatures.HEAD)


class ByLibrary(Unpacked):
    """A container that a library outside of Python reads."""

    def find(self) -> Found:
        """Find the panels among its entries, of a document its pages.

        Raises:
            ContainerError: none of it can be read.
        """
        listed, wrong = list_entries(self.kind, self.path)
        if wrong and not listed:
            raise ContainerError(wrong)
        if self.kind == "pdf":
            return Found({page.name for page in listed}, [])
        found = panels_among([Entry(entry.name, partial(bytes, entry.content), entry.link) for entry in listed])
        rest = [("", f"the rest cannot be read: {wrong}")] if wrong else []
        return Found(found.images, [*found.passed_over, *rest])


def open_container(path: Path, wanted: Iterable[str] = ()) -> Container:
    """Open a file that holds panels, as its first bytes say, to list them, or to read those `wanted`, or all.

    Raises:
        OSError: it cannot be read.
        zipfile.BadZipFile: it is damaged, or none of the containers.
    """
    kind = signatures.container(head_of(path))
    if kind is None and str(path).lower().endswith((".tar", ".tgz", ".tar.gz", ".cbt")):
        kind = "tar"
    if kind in (None, "zip"):
        archive = open_archive(path)
        return Book(archive) if is_book(archive) else Zipped(archive)
    return ByLibrary(kind, path, wanted)
