"""The comparison of panels by their edge bitmaps.

Two panels are as far apart as their nearest two frames, the second of which may be mirrored. The distance of two
frames is the Hamming distance h of their edge bitmaps relative to their edges: h / (|a| + |b|), from 0 for the same
edges to 1 for none in common. One minus this distance is the Dice coefficient. It makes the essay's scaled threshold
symmetric: nearly empty panels are no longer near to everything. The essay's own distances are absolute counts of bits.
Each pair that is kept has them too, and pairs can be kept by them.

In the field: Dice coefficient: Sørensen–Dice coefficient; ceiling: candidate cut-off.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.matching.blocks import PAIR, Block, in_order, keep_nearest, mirror, runs_of_panels
from reprise.matching.hamming import FrameFacts, compare_panels, in_rows, in_tiles
from reprise.progress import progress
from reprise.threads import in_threads

# The histogram counts distances in steps of a thousandth.
HISTOGRAM_STEPS = 1000

# So many panels of the second block are compared at a time, by each thread with so many of the first. The bitmaps of
# the second then stay in the cache that all cores share, and there is room for all pairs, 28 MB.
OTHERS_AT_ONCE, PANELS_AT_ONCE = 2048, 512

# Once so many pairs are kept, those that are not near enough are left out.
MOST_KEPT = 2_000_000


class Ceilings(NamedTuple):
    """How far apart a pair may be to be kept: it is kept if it is within one of these. -1 keeps nothing.

    Attributes:
        distance: the relative distance, 0 to 1.
        edge_bits: edge pixels that differ, or do not, whichever are fewer.
        hash_bits: bits of the average hashes that differ, or do not, whichever are fewer.
    """

    distance: float = -1.0
    edge_bits: int = -1
    hash_bits: int = -1


def frames_to_compare(block: Block) -> tuple[FrameFacts, NDArray[np.int64]]:
    """Return what is known of the frames of a block, and which of its panels have any: `start` is that of these."""
    panels = np.flatnonzero(np.diff(block.start))
    start = block.start[np.append(panels, len(block))]
    return FrameFacts(block.edge_count, block.average_hash, block.digest, block.frame, start), panels


def part(frames: FrameFacts, first: int, last: int) -> tuple[FrameFacts, slice]:
    """Return the frames of some of the panels, from the first to the one before the last, and their rows."""
    rows = slice(frames.start[first], frames.start[last])
    start = frames.start[first : last + 1] - frames.start[first]
    known = {name: values[rows] for name, values in frames._asdict().items()}
    return FrameFacts(**known | {"start": start}), rows


def compare_blocks(
    a: Block,
    b: Block,
    mirrored: bool,
    ceilings: Ceilings,
    most: int,
    fewest_edges: int,
    threads: int = 1,
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Compare two blocks.

    Args:
        a, b: the blocks; if both are the same one, each pair is compared once and no panel with itself.
        mirrored: whether the panels of block b may be mirrored.
        ceilings: how far apart a pair may be to be kept.
        most: a pair is kept if one of its panels is among so many that are nearest to the other.
        fewest_edges: a frame with fewer edge pixels matches only frames of the very same pixels.
        threads: how many share the work.

    Returns:
        The pairs kept, PAIR, sorted by panels, and the histogram of all distances compared, (HISTOGRAM_STEPS + 1,)
        int64: entry s counts those from s to s + 1 steps.
    """
    frames_a, panels_a = frames_to_compare(a)
    frames_b, panels_b = frames_to_compare(b)
    rows_a = in_rows(a.words)
    views_b = [b.words, mirror(b.words, b.bitmap_bits)] if mirrored else [b.words]
    later = 0 if a.first == b.first else len(panels_a)
    others = {}
    for start, end in runs_of_panels(frames_b.start, OTHERS_AT_ONCE):
        some_b, rows = part(frames_b, start, end)
        others[start, end] = some_b, in_tiles([view[rows] for view in views_b])
    runs = [
        (of_a, of_b)
        for of_b in others
        for of_a in runs_of_panels(frames_a.start, PANELS_AT_ONCE)
        if of_a[0] < later + of_b[1]
    ]

    def compare(run: tuple[tuple[int, int], tuple[int, int]]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        (first, last), (start, end) = run
        room, counted = np.empty(PANELS_AT_ONCE * OTHERS_AT_ONCE, PAIR), np.zeros(HISTOGRAM_STEPS + 1, np.int64)
        kept = compare_panels(
            *(frames_a, rows_a, *others[start, end], first, last, later + start),
            *(a.bitmap_bits, *ceilings, fewest_edges, room, counted),
        )
        found = room[:kept].copy()
        found["a"], found["b"] = a.first + panels_a[found["a"]], b.first + panels_b[start + found["b"]]
        return found, counted

    histogram = np.zeros(HISTOGRAM_STEPS + 1, np.int64)
    pairs, added = [np.empty(0, PAIR)], 0
    for found, counted in progress(in_threads(compare, runs, threads), len(runs), "compare"):
        histogram += counted
        pairs.append(found)
        added += len(found)
        if added > MOST_KEPT:
            pairs, added = [keep_nearest(np.concatenate(pairs), most)], 0
    return in_order(keep_nearest(np.concatenate(pairs), most)), histogram
