"""How the work is divided into jobs: pages into ranges, and panels into shards and blocks, as the index has them.

Ranges are counted from the front. So a comic may grow at its end, and the ranges before stay as they were.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations_with_replacement, pairwise

from reprise.tables import read_rows


@dataclass(frozen=True)
class Layout:
    """The panels of a comic in shards, and the shards in blocks.

    Attributes:
        panels: names of the panels, in story order.
        files: the file of each, empty where it could not be fetched.
        shard_starts: places of the first panels of all shards.
        block_starts: of all blocks; each is the start of a shard.
    """

    panels: Sequence[str]
    files: Sequence[str]
    shard_starts: Sequence[int]
    block_starts: Sequence[int]

    @cached_property
    def shards(self) -> list[str]:
        """Names of the shards, in story order."""
        return [f"{number:04}" for number in range(len(self.shard_starts))]

    def shard(self, name: str) -> slice:
        """Return where the panels of a shard stand among all."""
        number = int(name)
        return slice(self.shard_starts[number], [*self.shard_starts, len(self.panels)][number + 1])

    @cached_property
    def blocks(self) -> list[list[str]]:
        """The shards of each block."""
        bounds = [*(bisect_left(self.shard_starts, start) for start in self.block_starts), len(self.shard_starts)]
        return [self.shards[first:last] for first, last in pairwise(bounds)]

    def block(self, name: str) -> list[str]:
        """Return the shards of a block."""
        return self.blocks[int(name)]

    @cached_property
    def block_pairs(self) -> list[str]:
        """Names of the pairs of blocks to compare, the upper triangle row by row."""
        return [f"{i}-{j}" for i, j in combinations_with_replacement(range(len(self.block_starts)), 2)]


@cache
def read_layout(index: str, _changed: int) -> Layout:
    """Read the layout of an index; `_changed` (its time of change) makes the cache forget an index that changed."""
    panels = [(row["panel"], row["file"], row["shard"], row["block"]) for row in read_rows(index)]
    names, files, shards, blocks = zip(*panels, strict=True)
    return Layout(names, files, starts(shards), starts(blocks))


@cache
def read_addresses(table: str, _changed: int) -> list[str]:
    """Read the addresses of all pages, in their order; `_changed` makes the cache forget a table that changed."""
    return [row["page_url"] for row in read_rows(table)]


def starts(numbers: Sequence[str]) -> list[int]:
    """Return where each number begins; equal numbers stand together."""
    return [place for place, number in enumerate(numbers) if place == 0 or number != numbers[place - 1]]


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
