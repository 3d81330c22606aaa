"""Containers that are read by libraries outside of Python, each in a process of its own: see reprise.unpacker.

Most of them can only be read from front to back. What a job wants of one is therefore unpacked in one pass, into a file
without a name, from which it is read in any order; it is gone with the job.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from reprise import unpacker
from reprise.unpacker import Answer

SCRIPTS = str(Path(__file__).parents[1])  # where the process finds what it runs

MOST_RESTARTS = 3  # of a process that a container brings down, each time at another of its entries
BROKE = "the library that reads it broke down over it"


class ContainerError(ValueError):
    """A container cannot be read, or not beyond some entry; the message says why."""


@contextmanager
def answers(task: str, kind: str, path: Path, names: Iterable[str] = ()) -> Iterator[Iterator[Answer]]:
    """Have another process list or read a container; see reprise.unpacker.

    Raises:
        ContainerError: while answers are taken, where the container can be read no further.
    """
    environment = os.environ | {"PYTHONPATH": SCRIPTS, "LC_ALL": "C.UTF-8"}  # libarchive decodes names by the locale
    command = [sys.executable, "-m", unpacker.__name__, task, kind, os.fspath(path)]
    asked = json.dumps(sorted(names)).encode()
    with (
        subprocess.Popen(  # noqa: S603  # Python itself
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        ) as process,
    ):
        with cast("IO[bytes]", process.stdin) as names_asked:
            names_asked.write(asked)
        try:
            yield taken(process, cast("IO[bytes]", process.stdout))
        finally:
            process.kill()


def taken(process: subprocess.Popen[bytes], said: IO[bytes]) -> Iterator[Answer]:
    """Give the answers of a process as they come."""
    while line := said.readline():
        name, wrong, link, size = json.loads(line)
        content = said.read(size)
        if len(content) < size:
            break
        if not name:
            raise ContainerError(wrong)
        yield Answer(name, content, wrong, link)
    if process.wait():
        raise ContainerError(BROKE)


def list_entries(kind: str, path: Path) -> tuple[list[Answer], str | None]:
    """Return the entries of a container, as far as they can be listed, and what is wrong with the rest of it, if so."""
    found: list[Answer] = []
    with answers("list", kind, path) as listed:
        try:
            found.extend(listed)
        except ContainerError as error:
            return found, str(error)
    return found, None


class Unpacked:
    """What is wanted of a container, unpacked.

    Attributes:
        kind, path: of the container.
        wanted: the names of the entries that are unpacked once the first of them is read; none are all.
    """

    def __init__(self, kind: str, path: Path, wanted: Iterable[str] = ()) -> None:
        self.kind, self.path, self.wanted = kind, path, list(wanted)
        self._places: dict[str, tuple[int, int]] = {}
        self._wrong: dict[str, str] = {}
        self._rest: str | None = None  # what is wrong with all that is not there
        self._file: IO[bytes] | None = None

    def read(self, name: str) -> bytes:
        """Return the content of an entry.

        Raises:
            KeyError: there is none of this name.
            ContainerError: it cannot be read; the message says why.
            OSError: there is no room to unpack to, or the container is gone.
        """
        file, size = self._place(name)
        return file.read(size)

    def size(self, name: str) -> int:
        """Return how large the content of an entry is; what is raised is as by `read`."""
        return self._place(name)[1]

    def write(self, name: str, target: IO[bytes]) -> None:
        """Write the content of an entry; what is raised is as by `read`. What is unpacked is no larger than a panel."""
        target.write(self.read(name))

    def _place(self, name: str) -> tuple[IO[bytes], int]:
        """Return the file that holds the content of an entry, at its start, and how large that is."""
        if self._file is None:
            self.path.stat()
            self._file = tempfile.TemporaryFile(dir=".")  # noqa: SIM115  # closed by close
            self._unpack(self._file)
        if name not in self._places and (wrong := self._wrong.get(name) or self._rest):
            raise ContainerError(wrong)
        start, size = self._places[name]
        self._file.seek(start)
        return self._file, size

    def _unpack(self, file: IO[bytes]) -> None:
        """Unpack what is wanted. Of a document that brings a process down at a page the others are read by another."""
        left = dict.fromkeys(self.wanted)
        for _ in range(MOST_RESTARTS + 1):
            self._rest = None
            try:
                with answers("read", self.kind, self.path, left) as entries:
                    for entry in entries:
                        left.pop(entry.name, None)
                        if entry.wrong:
                            self._wrong[entry.name] = entry.wrong
                        else:
                            self._places[entry.name] = file.tell(), file.write(entry.content)
            except ContainerError as error:
                self._rest = str(error)
            if self._rest != BROKE or self.kind != "pdf" or len(left) < 2:
                return
            broken = next(iter(left))
            self._wrong[broken] = BROKE
            del left[broken]

    def close(self) -> None:
        """Free what was unpacked."""
        if self._file is not None:
            self._file.close()
