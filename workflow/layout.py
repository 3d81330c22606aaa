"""How the work is laid out over jobs: pages into ranges, panels into shards, shards into blocks.

All of it follows from counts alone, front to back, so that a comic that grows at its end leaves the shards and blocks
before it as they were.
"""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The panels of a comic in shards, and the shards in blocks.

    Attributes:
        panels: names of the panels, in story order.
        files: the file of each, empty where it could not be fetched.
        shard_panels: panels in each shard but the last.
        shards_per_block: shards in each block but the last.
    """

    panels: Sequence[str]
    files: Sequence[str]
    shard_panels: int
    shards_per_block: int

    @property
    def shards(self) -> list[str]:
        """Names of the shards, in story order."""
        return [f"{number:04}" for number in range(-(-len(self.panels) // self.shard_panels))]

    def shard(self, name: str) -> slice:
        """Return where the panels of a shard stand among all."""
        first = int(name) * self.shard_panels
        return slice(first, first + self.shard_panels)

    @property
    def panels_per_block(self) -> int:
        """Panels in each block but the last."""
        return self.shard_panels * self.shards_per_block

    def block(self, name: str) -> list[str]:
        """Return the shards of a block."""
        first = int(name) * self.shards_per_block
        return self.shards[first : first + self.shards_per_block]

    @property
    def block_pairs(self) -> list[str]:
        """Names of the pairs of blocks to compare, the upper triangle row by row."""
        numbers = range(-(-len(self.shards) // self.shards_per_block))
        return [f"{i}-{j}" for i, j in combinations_with_replacement(numbers, 2)]


@cache
def read_layout(index: str, _changed: int, shard_panels: int, block_panels: int) -> Layout:
    """Read the layout of an index; `_changed` (its time of change) makes the cache forget an index that changed."""
    with Path(index).open(newline="", encoding="utf-8", errors="surrogateescape") as rows:
        panels = [(row["panel"], row["file"]) for row in csv.DictReader(rows)]
    names, files = zip(*panels, strict=True)
    return Layout(names, files, shard_panels, max(1, round(block_panels / shard_panels)))


def page_ranges(first: int, last: int, size: int) -> dict[str, tuple[int, int]]:
    """Cut the pages from `first` to `last` into ranges of `size`, counted from page 0 and named after their place.

    A name belongs to the same pages whatever `first` and `last` are, so that a later `last` changes one range at most
    and adds others.
    """
    starts = range(first - first % size, last + 1, size)
    return {f"{start:06}-{start + size - 1:06}": (max(first, start), min(last, start + size - 1)) for start in starts}


def digest(names: Sequence[str]) -> str:
    """Return a short text that changes when the list of names does."""
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:16]
