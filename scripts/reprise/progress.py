"""How far a long step has come: a live bar on a terminal, lines in the step's log."""

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

LOGGER = logging.getLogger(__name__)

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 2.0


def progress(items: Iterable[Item], total: int, label: str, more: Callable[[], str] | None = None) -> Iterator[Item]:
    """Yield `items` and tell how many of `total` are done, and what `more` there is to tell by then.

    The bar goes to standard error where that is a terminal and is left out elsewhere. The log gets a line at the
    start, one every two seconds and one at the end; `./run` draws its bars by these.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm  # loading it takes a tenth of the start of a job, most of which have no terminal

        items = bar = tqdm(items, total=total, desc=label, leave=False)
    else:
        bar = None
    done = 0

    def tell() -> None:
        LOGGER.info("%s: %s of %s%s", label, done, total, f", {more()}" if more else "")

    tell()
    last_line = time.monotonic()
    for item in items:
        yield item
        done += 1
        if bar is not None and more:
            bar.set_postfix_str(more(), refresh=False)
        if time.monotonic() - last_line >= SECONDS_BETWEEN_LINES:
            tell()
            last_line = time.monotonic()
    tell()
