"""Blocks of panels to be compared, and the pairs that are kept of two blocks.

In the field: edge bitmap: binary edge map; Dice coefficient: Sørensen–Dice coefficient.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.own_lines import OwnLines
from reprise.shards import WHOLE_FRAME, Fingerprints

# Two panels, by their places in the comic, and what is known of the two frames of theirs that are nearest: the bits in
# which their bitmaps differ, the edges each has, and the bits in which their average hashes differ.
PAIR = np.dtype(
    [
        ("a", np.int32),
        ("b", np.int32),
        ("frame_a", np.int32),
        ("frame_b", np.int32),
        ("mirrored", np.bool_),
        ("edge_bits", np.int32),
        ("edges_a", np.int32),
        ("edges_b", np.int32),
        ("hash_bits", np.int8),
    ]
)

# What an alignment tells of a pair. A pair that was not aligned has these values: the first frame lies just upon the
# second, and nothing was counted there.
NOT_ALIGNED = {"zoom": 1.0, "across": 0.0, "down": 0.0, "met": np.nan, "chance": np.nan, "cover": np.nan}

# Frames to a panel, in the mean of panels that are compared at a time; it bounds the memory where many are animated.
FRAMES_A_PANEL = 4

# Bitmaps that are mirrored at a time.
MIRRORED_AT_ONCE = 256


@dataclass(frozen=True)
class Block:
    """The frames of a run of panels, ready to be compared.

    Attributes:
        words: (F, W) uint64, the packed edge bitmaps, padded with zero bits.
        bitmap_bits: bits of each that are no padding.
        edge_count: (F,) int64, set bits of each.
        average_hash: (F,) uint64.
        digest: (F,) uint64, equal for frames of equal pixels.
        frame: (F,) int64, number of the frame in its file.
        cut: (F,) int64, which panel of a page it is, see Fingerprint.
        start: (P + 1,) int64, the frames of panel p are rows start[p] to start[p + 1].
        first: place of the first panel in the comic.
    """

    words: NDArray[np.uint64]
    bitmap_bits: int
    edge_count: NDArray[np.int64]
    average_hash: NDArray[np.uint64]
    digest: NDArray[np.uint64]
    frame: NDArray[np.int64]
    cut: NDArray[np.int64]
    start: NDArray[np.int64]
    first: int = 0

    def __len__(self) -> int:
        return len(self.start) - 1

    def of_whole_frames(self) -> "Block":
        """Return the same without the panels that pages are cut into, and without pages of which only these count."""
        rows = np.flatnonzero(self.cut == WHOLE_FRAME)
        if len(rows) == len(self.cut):
            return self
        of_frames = ("words", "edge_count", "average_hash", "digest", "frame", "cut")
        return replace(
            self, **{name: getattr(self, name)[rows] for name in of_frames}, start=np.searchsorted(rows, self.start)
        )


def runs_of_panels(start: NDArray[np.int64], most: int) -> list[tuple[int, int]]:
    """Cut panels into runs of `most` of them at most, and of so few that their frames are not many times as many.

    Panel p has the frames start[p] to start[p + 1]; of each run the first panel is given, and the one after the last.
    """
    runs: list[tuple[int, int]] = []
    first, panels = 0, len(start) - 1
    while first < panels:
        room_for = int(np.searchsorted(start, start[first] + FRAMES_A_PANEL * most, "right")) - 1
        last = min(max(room_for, first + 1), first + most, panels)
        runs.append((first, last))
        first = last
    return runs


def pack_words(edges: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Lay packed bitmaps, (F, bytes) uint8, out as whole 64-bit words, (F, words) uint64."""
    padding = -edges.shape[1] % 8
    return np.ascontiguousarray(np.pad(edges, ((0, 0), (0, padding)))).view(np.uint64)


def mirror(words: NDArray[np.uint64], bitmap_bits: int) -> NDArray[np.uint64]:
    """Mirror square bitmaps, packed and padded, (F, W) uint64, left to right."""
    size = round(bitmap_bits**0.5)
    mirrored = np.empty_like(words)
    # So many at a time that they stay in a cache as bytes, one to a bit.
    for first in range(0, len(words), MIRRORED_AT_ONCE):
        rows = slice(first, first + MIRRORED_AT_ONCE)
        whole = words[rows].view(np.uint8)[:, : bitmap_bits // 8]
        # Turned round, bit by bit, the rows are mirrored, and from the last to the first.
        bits = np.unpackbits(whole[:, ::-1], axis=1, bitorder="little").reshape(-1, size, size)
        mirrored[rows] = pack_words(np.packbits(bits[:, ::-1].reshape(-1, bitmap_bits), axis=1))
    return mirrored


def read_block(shards: Sequence[str | Path], first: int = 0, own: OwnLines | None = None) -> Block:
    """Read the fingerprints of consecutive shards as one block; `first` is the place of its first panel.

    `own` tells which pixels of the bitmaps count. The others are left out.
    """
    fingerprints = Fingerprints(shards)
    edges, edge_count = fingerprints.edges, fingerprints.edge_count
    if own:
        edges &= own.bitmaps(edges, fingerprints.cut)
        edge_count = np.bitwise_count(edges).sum(axis=1, dtype=np.int64)
    return Block(
        words=pack_words(edges),
        bitmap_bits=edges.shape[1] * 8,
        edge_count=edge_count,
        average_hash=fingerprints.average_hash,
        digest=fingerprints.digest,
        frame=fingerprints.number,
        cut=fingerprints.cut,
        start=fingerprints.start,
        first=first,
    )


def describe_pairs(pairs: NDArray[Any], block: Block, row_a: NDArray[np.int64], row_b: NDArray[np.int64]) -> None:
    """Fill in what is known of pairs that are compared by two frames of theirs, `mirrored` or not as they say.

    `pairs` have the fields of PAIR; `row_a` and `row_b` are the frames. Where the nearest frames of two panels are not
    known yet, `reprise.matching.hamming.describe` finds them.
    """
    views = block.words[row_b]
    views[pairs["mirrored"]] = mirror(views[pairs["mirrored"]], block.bitmap_bits)
    pairs["edge_bits"] = np.bitwise_count(block.words[row_a] ^ views).sum(axis=1)
    pairs["hash_bits"] = either_way(np.bitwise_count(block.average_hash[row_a] ^ block.average_hash[row_b]), 64)
    for end, row in (("a", row_a), ("b", row_b)):
        pairs[f"frame_{end}"], pairs[f"edges_{end}"] = block.frame[row], block.edge_count[row]


def dice(pairs: NDArray[Any]) -> NDArray[np.float64]:
    """Return how alike pairs are, from 0 to 1: twice the edge pixels two frames share, by the edge pixels they have.

    Equal frames without any edge are alike: 1.
    """
    # One division: 9 shared pixels of 20 then score exactly 0.45, and so match at a threshold of 0.45.
    edges = pairs["edges_a"] + pairs["edges_b"]
    return np.divide(edges - pairs["edge_bits"], edges, out=np.ones(len(pairs)), where=edges > 0)


def either_way(bits: Any, all_bits: int) -> Any:
    """Return in how many bits bitmaps differ, or a bitmap and the other's inverse: the fewer, as in the essay.

    Bits are a number or an array of numbers; `reprise.matching.hamming` compiles the same.
    """
    return np.minimum(bits, all_bits - bits)


def ranked(
    panel: NDArray[Any], partner: NDArray[Any], alike: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sort partners of panels by panel, the most alike first, of equals the earlier.

    Returns:
        The order, and in that order of each partner which of its panel's it is, from 0.
    """
    order = np.lexsort((partner, -alike, panel))
    first = np.searchsorted(panel[order], panel[order])
    return order, np.arange(len(order)) - first


def nearest_partners(a: NDArray[Any], b: NDArray[Any], alike: NDArray[Any], most: int) -> NDArray[np.bool_]:
    """Tell in which pairs (a, b) one panel is among the `most` partners that are most like the other.

    Of partners that are equally alike the earlier one is taken. Pairs of a panel may be missing, if all of them are
    less alike than its `most` partners.
    """
    order, place = ranked(np.concatenate([a, b]), np.concatenate([b, a]), np.tile(alike, 2))
    chosen = np.empty(len(order), dtype=bool)
    chosen[order] = place < most
    as_panel, as_partner = np.split(chosen, 2)
    return as_panel | as_partner


def keep_nearest(pairs: NDArray[Any], most: int) -> NDArray[Any]:
    """Return the pairs, PAIR, in which one panel is among the `most` that are nearest to the other, as they stand."""
    return pairs[nearest_partners(pairs["a"], pairs["b"], dice(pairs), most)]


def in_order(pairs: NDArray[Any]) -> NDArray[Any]:
    """Return pairs of panels, `a` and `b`, sorted by these."""
    return pairs[np.lexsort((pairs["b"], pairs["a"]))]
