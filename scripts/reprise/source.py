"""Where the bytes of a panel come from: a folder, a container as a .cbz or a .pdf, or the downloads of a web comic.

The column `file` of `panels.csv` names a panel within its source; only this module knows how to turn that name into
bytes. A container in a folder is a chapter: its panels are named as if it were a folder, `ch1.cbz/001.png`.
"""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path

from reprise.containers import UNREADABLE, head_of, is_archive, open_container
from reprise.entries import HIDDEN, NO_PANEL, NO_TEXT, RESULTS, WALKED, Container, Found, check_size, most_bytes
from reprise.names import CONTAINER, IMAGE, OTHER, are_results, is_hidden, is_hidden_folder, is_text, nature, shown

MOST_OPEN = 64  # containers at once; those of a chapter each are read one after another


def natural_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """Sort key under which `page 9` comes before `page 10`; the name itself settles what is left equal."""
    parts = re.split(r"(\d+)", name.casefold())
    # Every second part is a number; these compare by length, then by digits, however long they are.
    numbers = [part.lstrip("0") if place % 2 else part for place, part in enumerate(parts)]
    return [(len(part) if place % 2 else -1, part) for place, part in enumerate(numbers)], name


def find_images(source: str | Path) -> Found:
    """Find the images of a folder, in depth and in the containers within, or of a container; and what is passed over.

    Raises:
        OSError: the folder or container cannot be read.
        zipfile.BadZipFile, ContainerError: the container is damaged or none, or cannot be read here.
    """
    if is_archive(source):
        with closing(open_container(Path(source))) as container:
            found = container.find()
        return tellable(found.images, found.passed_over)
    found = search_folder(Path(source))
    images, passed_over = set(found.images), list(found.passed_over)
    for name in found.containers:
        try:
            with closing(open_container(Path(source, name))) as container:
                within = container.find()
        except UNREADABLE as error:
            passed_over.append((name, f"cannot be read: {getattr(error, 'strerror', None) or error}"))
            continue
        images |= {f"{name}/{image}" for image in within.images}
        passed_over += [(f"{name}/{entry}", why) for entry, why in within.passed_over]
        passed_over += [(name, NO_PANEL)] * (not within.images and not within.passed_over)
    return tellable(images, passed_over)


def find_files(folder: str | Path) -> Found:
    """Find the images of a folder, in depth, and containers, which are not opened; and what is passed over.

    Raises:
        OSError: one of the folders cannot be read.
    """
    found = search_folder(Path(folder))
    return tellable(found.images, found.passed_over, found.containers)


def tellable(
    images: set[str], passed_over: Iterable[tuple[str, str]], containers: frozenset[str] = frozenset()
) -> Found:
    """Return what was found in order, without the names that no table can hold."""
    unusable = {name for name in images if not is_text(name)}
    told = [*passed_over, *((name, NO_TEXT) for name in unusable)]
    return Found(images - unusable, sorted((shown(name), why) for name, why in told), containers)


def list_images(source: str | Path) -> list[str]:
    """List the images of a folder or container in natural order; see `find_images`."""
    return sorted(find_images(source).images, key=natural_order)


def search_folder(folder: Path) -> Found:
    """Search a folder, in depth and through links to folders, each once; containers are named, not opened.

    Of the working directory, which may be within, the results and what Snakemake keeps are left out without a word.

    Raises:
        OSError: one of the folders cannot be read; os.walk by itself would pass over it.
    """
    images: set[str] = set()
    passed_over: list[tuple[str, str]] = []
    containers: set[str] = set()
    walked: set[str] = set()
    left = [""]
    while left:
        before = left.pop(0)
        links = search_tree(folder, before, walked, images, containers, passed_over)
        left += sorted(links, key=natural_order)
    return Found(images, passed_over, frozenset(containers))


def search_tree(
    folder: Path,
    start: str,
    walked: set[str],
    images: set[str],
    containers: set[str],
    passed_over: list[tuple[str, str]],
) -> list[str]:
    """Search a folder below `folder`, whose name `start` has a slash at its end, and return the links to others in it.

    `walked` holds where the folders are that were searched; what is found is added to the other three.
    """

    def refuse(error: OSError) -> None:
        raise error

    own = {os.path.realpath(name) for name in ("results", ".snakemake")}
    top = os.path.realpath(folder / start)
    if top in walked or os.path.realpath(folder).startswith(top.rstrip(os.sep) + os.sep):
        passed_over.append((start, WALKED))
        return []
    links = []
    for place, folders, files in os.walk(folder / start, onerror=refuse):
        within = Path(place).relative_to(folder).as_posix()
        before = "" if within == "." else f"{within}/"
        real = os.path.realpath(place)
        if real in walked:
            folders.clear()
            continue
        walked.add(real)
        if are_results([*folders, *files]):
            passed_over.append((before or "./", RESULTS))
            folders.clear()
            continue
        for name in folders.copy():
            path = Path(place, name)
            if os.path.realpath(path) in own:
                folders.remove(name)
            elif is_hidden_folder(name):
                folders.remove(name)
                passed_over.append((f"{before}{name}/", HIDDEN))
            elif path.is_symlink():
                folders.remove(name)
                links.append(f"{before}{name}/")
        for name in files:
            kind = nature(name, partial(head_of_file, place, name))
            if kind == OTHER:
                continue
            if is_hidden(name) or kind not in (IMAGE, CONTAINER):
                passed_over.append((before + name, HIDDEN if is_hidden(name) else kind))
            else:
                (images if kind == IMAGE else containers).add(before + name)
    return links


def head_of_file(place: str, name: str) -> bytes:
    """Return the first bytes of a file, or none of what is no file (but a pipe, or a link to nothing) or is closed."""
    path = Path(place, name)
    try:
        return head_of(path) if path.is_file() else b""
    except OSError:
        return b""


@cache
def container_above(folder: str) -> str | None:
    """Return the file that a path leads through as if it were a folder; None if it leads through folders alone."""
    place = Path(folder)
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError):  # it is none, or leads through a file; within containers names may be of any length
        return None if place.parent == place else container_above(str(place.parent))
    return folder if stat.S_ISREG(mode) else None


def places_of(folder: str | Path, files: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the paths of the panels of a folder that are files of their own, and of the containers of the others."""
    paths = [os.path.normpath(f"{folder}/{file}") for file in files]
    above = [container_above(path.rpartition("/")[0] or ("/" if path.startswith("/") else ".")) for path in paths]
    own = [path for path, container in zip(paths, above, strict=True) if container is None]
    return own, list(dict.fromkeys(filter(None, above)))


class PanelSource:
    """Reads panels by name from a folder, and the containers in it, or from a container.

    Attributes:
        folder: the folder, or the container.
        container: the container, opened, if the source is one.
        wanted: the names of panels that are to be read; none are any.
    """

    def __init__(self, folder: Path, container: Container | None = None, wanted: Iterable[str] = ()) -> None:
        self.folder, self.container, self.wanted = folder, container, list(wanted)
        self._within: dict[str, Container] = {}  # those in the folder that are open, the last read last

    def path(self, file: str) -> Path | None:
        """Return the panel's own path on disk, or None where it lies in a container."""
        path = self.folder / file
        return None if self.container or container_above(str(path.parent)) else path

    def read(self, file: str) -> bytes:
        """Return the panel's bytes.

        Raises:
            OSError, KeyError, zipfile.BadZipFile, RuntimeError: it is not there or cannot be read.
            ValueError: it is no file (but a folder, a pipe), larger than any panel should be, or encrypted.
            EOFError, NotImplementedError, zlib.error, lzma.LZMAError: it is packed badly, or as is not known here.
        """
        container, name = self._place(file)
        return container.read(name) if container else self.file(file).read_bytes()

    def size(self, file: str) -> int:
        """Return how many bytes the panel has, as the folder or the container says; what is raised is as by `read`."""
        container, name = self._place(file)
        return container.size(name) if container else (self.folder / file).stat().st_size

    def copy(self, file: str, target: Path) -> None:
        """Write the panel's bytes to `target`, piece by piece; what is raised is as by `read`."""
        container, name = self._place(file)
        if container:
            with target.open("wb") as written:
                container.write(name, written)
        else:
            shutil.copyfile(self.folder / file, target)

    @contextmanager
    def on_disk(self, file: str) -> Iterator[Path]:
        """Give a file of its own with the panel's bytes: of a container, one that is gone when the block ends.

        What is raised is as by `read`.
        """
        if not self._place(file)[0]:
            yield self.file(file)
            return
        with tempfile.TemporaryDirectory(prefix="reprise-") as folder:
            self.copy(file, Path(folder, "panel"))
            yield Path(folder, "panel")

    def file(self, file: str) -> Path:
        """Return the panel's path in the folder, if it may be read; what is raised is as by `read`."""
        path = self.folder / file
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is no file")
        check_size(found.st_size, most_bytes(file))
        return path

    def _place(self, file: str) -> tuple[Container | None, str]:
        """Return the container that a panel is in, opened, and its name there; None if it is a file of its own."""
        if self.container:
            return self.container, file
        above = container_above(str((self.folder / file).parent))
        if not above:
            return None, file
        within = Path(above).relative_to(self.folder).as_posix()
        return self._open(within), file.removeprefix(f"{within}/")

    def _open(self, name: str) -> Container:
        """Return a container of the folder, opened; no more than MOST_OPEN are kept so."""
        container = self._within.pop(name, None)
        if container is None:
            if len(self._within) == MOST_OPEN:
                self._within.pop(next(iter(self._within))).close()
            before = f"{name}/"
            wanted = [file.removeprefix(before) for file in self.wanted if file.startswith(before)]
            container = open_container(self.folder / name, wanted)
        self._within[name] = container
        return container

    def close(self) -> None:
        """Close what is open."""
        for container in (*self._within.values(), *filter(None, [self.container])):
            container.close()


@contextmanager
def open_source(source: str | Path, wanted: Iterable[str] = ()) -> Iterator[PanelSource]:
    """Open a folder or container to read panels from it; if their names are told, no more than these is unpacked."""
    wanted = list(wanted)
    container = open_container(Path(source), wanted) if is_archive(source) else None
    with closing(PanelSource(Path(source), container, wanted)) as opened:
        yield opened
