"""Imports of a library without another that it would load, and that is not needed here."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(module: str) -> Iterator[None]:
    """Import what is imported here as if a module were not installed, unless it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # to Python: there is none
    try:
        yield
    finally:
        del sys.modules[module]
