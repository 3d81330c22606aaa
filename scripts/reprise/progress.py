"""How far a long step has come: a live bar on a terminal, lines in the step's log."""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 10.0


def progress(items: Iterable[Item], total: int, label: str, log: str | Path | None = None) -> Iterator[Item]:
    """Yield `items` and tell how many of `total` are done.

    The bar goes to standard error where that is a terminal and is left out elsewhere. The log gets a line at the
    start, one every ten seconds and one at the end; without a `log` only the bar is drawn.
    """

    def note(done: int) -> None:
        if log is not None:
            with open(log, "a") as lines:
                lines.write(f"{time.strftime('%H:%M:%S')} {label}: {done} of {total}\n")

    if sys.stderr.isatty():
        from tqdm import tqdm  # loading it takes a tenth of the start of a job, most of which have no terminal

        items = tqdm(items, total=total, desc=label, leave=False)
    done = 0
    note(done)
    last_line = time.monotonic()
    for item in items:
        yield item
        done += 1
        if time.monotonic() - last_line >= SECONDS_BETWEEN_LINES:
            note(done)
            last_line = time.monotonic()
    note(done)
