"""How far a long step has come: a live bar on a terminal, lines in the step's log."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

LOGGER = logging.getLogger(__name__)

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 2.0


def progress(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """Yield `items` and tell how many of `total` are done.

    The bar goes to standard error where that is a terminal and is left out elsewhere. The log gets a line at the
    start, one every two seconds and one at the end; `./run` draws its bars by these.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm  # loading it takes a tenth of the start of a job, most of which have no terminal

        items = tqdm(items, total=total, desc=label, leave=False)
    done = 0
    LOGGER.info("%s: %s of %s", label, done, total)
    last_line = time.monotonic()
    for item in items:
        yield item
        done += 1
        if time.monotonic() - last_line >= SECONDS_BETWEEN_LINES:
            LOGGER.info("%s: %s of %s", label, done, total)
            last_line = time.monotonic()
    LOGGER.info("%s: %s of %s", label, done, total)
