"""Digests that tell whether files have changed, which others may change at any time.

Snakemake reads a file anew when it is newer than what was made of it. A file that takes another's name, is restored
from a backup, or comes with an older release is not newer. So each rule has a digest of what it reads, of its own
script and of the modules that this imports, as a parameter: when that changes, the rule runs again. (Were modules
inputs, Snakemake would look at twenty of them for each job.)
"""

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from reprise.atomic import atomic_file
from reprise.imports import used_modules

# A file that changes twice within so many seconds may have one time for both: the coarsest clocks of file systems tick
# every two seconds.
TICK = 2.0


class Digests:
    """Digests of files, read again only where size, time or inode differ from when they were last read.

    Attributes:
        store: where they are kept from run to run.
    """

    def __init__(self, store: Path) -> None:
        self.store = store.absolute()
        self._known: dict[str, list[int | str]] = {}
        self._changed = False
        with suppress(OSError, ValueError, TypeError):
            self._known = dict(json.loads(self.store.read_bytes()))

    def digest(self, path: str | os.PathLike[str], most: int | None = None) -> str:
        """Return a text that changes if what the file holds does, or if there is no file, or none that can be read.

        Args:
            path: of the file.
            most: a file of more bytes is told by their number alone; None reads any.
        """
        name = os.fspath(path)
        try:
            found = os.stat(name)  # noqa: PTH116  # at each start, for ten thousand panels
            if not stat.S_ISREG(found.st_mode):
                return "no file"
            if most is not None and found.st_size > most:
                return f"{found.st_size} bytes"
            signature: list[int | str] = [found.st_size, found.st_mtime_ns, found.st_ino]
            *before, digest = self._known.get(name, [""])
            if before == signature:
                return str(digest)
            with Path(name).open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError as error:
            return os.strerror(error.errno or 0)
        if time.time() - found.st_mtime > TICK:
            self._known[name] = [*signature, digest]
            self._changed = True
        return digest

    def of_all(self, paths: Iterable[str | os.PathLike[str]], most: int | None = None) -> str:
        """Return a text that changes if the digest of one of several files does; see `digest`."""
        return hashlib.sha256("\n".join(self.digest(path, most) for path in paths).encode()).hexdigest()[:16]

    def save(self) -> None:
        """Keep what is known for the next run. If it cannot be kept, the next run reads the files again."""
        if self._changed and self.store.parent.is_dir():
            with suppress(OSError), atomic_file(self.store) as part:
                part.write_text(json.dumps(self._known))


def watch_contents(workflow: Any, digests: Digests) -> None:
    """Give each rule, as a parameter, a digest of its code and of the files among its inputs that no rule makes."""
    scripts = Path(workflow.basedir) / "scripts"
    for rule in workflow.rules:
        if rule.script:
            script = scripts / f"{rule.name}.py"
            held = [path for path in rule.input if isinstance(path, str) and not path.startswith("results/")]
            rule.set_params(contents=digests.of_all([script, *used_modules(script, scripts), *held]))
