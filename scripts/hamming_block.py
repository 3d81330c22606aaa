"""Compare every panel of one block with every panel of another and keep the pairs that are near enough to matter.

Two panels are as far apart as their nearest two frames, the second of which may be mirrored. The distance of two
frames is the Hamming distance h of their edge bitmaps relative to their edges: h / (|a| + |b|), from 0 for the same
edges to 1 for none in common; 1 less that is the Dice coefficient. It makes the essay's scaled threshold symmetric:
nearly empty panels are no longer near to everything. The essay's own distances, absolute counts of bits, are told of
each pair that is kept, and can be what it is kept by.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from atomic import atomic_file
from blocks import PAIR, Block, keep_nearest, mirror, read_block
from hamming import Frames, compare_panels, in_rows, in_tiles
from progress import progress

# The histogram counts distances in steps of a thousandth.
HISTOGRAM_STEPS = 1000

# Room for the pairs of so many comparisons is taken at a time: 80 MB.
PAIRS_AT_ONCE = 2_000_000


class Ceilings(NamedTuple):
    """How far apart a pair may be to be kept: no further than one of these; -1 keeps nothing.

    Attributes:
        distance: the relative distance, 0 to 1.
        edge_bits: edge pixels that differ, or do not, whichever are fewer.
        hash_bits: bits of the average hashes that differ, or do not, whichever are fewer.
    """

    distance: float = -1.0
    edge_bits: int = -1
    hash_bits: int = -1


def frames_to_compare(block: Block) -> tuple[Frames, NDArray[np.int64]]:
    """Return what is known of the frames of a block, and which of its panels have any: `start` is that of these."""
    panels = np.flatnonzero(np.diff(block.start))
    start = block.start[np.append(panels, len(block))]
    return Frames(block.edge_count, block.average_hash, block.digest, block.frame, start), panels


def compare_blocks(
    a: Block,
    b: Block,
    mirrored: bool,
    ceilings: Ceilings,
    most: int,
    fewest_edges: int,
    log: str | Path | None = None,
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Compare two blocks.

    Args:
        a, b: the blocks; if both are the same one, each pair is compared once and no panel with itself.
        mirrored: whether the panels of block b may be mirrored.
        ceilings: how far apart a pair may be to be kept.
        most: a pair is kept if one of its panels is among so many that are nearest to the other.
        fewest_edges: a frame with fewer edge pixels matches only frames of the very same pixels.
        log: where to tell the progress.

    Returns:
        The pairs kept, PAIR, sorted by panels, and the histogram of all distances compared, (HISTOGRAM_STEPS + 1,)
        int64: entry s counts those from s to s + 1 steps.
    """
    frames_a, panels_a = frames_to_compare(a)
    frames_b, panels_b = frames_to_compare(b)
    rows_a = in_rows(a.words)
    views_b = in_tiles([b.words, mirror(b.words, b.bitmap_bits)] if mirrored else [b.words])
    histogram = np.zeros(HISTOGRAM_STEPS + 1, dtype=np.int64)
    rows = max(1, PAIRS_AT_ONCE // max(1, len(panels_b)))
    room = np.zeros(rows * len(panels_b), dtype=PAIR)
    pairs, added = [room[:0]], 0
    runs = range(0, len(panels_a), rows)
    for first in progress(runs, len(runs), "compare", log):
        kept = compare_panels(
            *(frames_a, rows_a, frames_b, views_b, first, min(first + rows, len(panels_a)), a.first == b.first),
            *(a.bitmap_bits, *ceilings, fewest_edges, room, histogram),
        )
        found = room[:kept].copy()
        found["a"], found["b"] = a.first + panels_a[found["a"]], b.first + panels_b[found["b"]]
        pairs.append(found)
        added += kept
        if added > PAIRS_AT_ONCE:
            pairs, added = [keep_nearest(np.concatenate(pairs), most)], 0
    return keep_nearest(np.concatenate(pairs), most), histogram


def hamming_block(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    ceilings: Ceilings,
    most: int,
    fewest_edges: int,
    block: str | Path,
    log: str | Path | None = None,
) -> None:
    """Compare the panels of two blocks, each a run of shards, and write what is near, how far the rest is, how many.

    `first_a` and `first_b` are the places of the blocks' first panels in the comic. Of pairs one more than `most` is
    kept of each panel, by which it can be told whose were more. The file holds `pairs` and `histogram` as
    `compare_blocks` returns them, `pairs_compared`, `bitmap_bits`, and how many `panels` there are up to the last of
    the two blocks.
    """
    a = read_block(shards_a, first_a)
    b = a if first_a == first_b else read_block(shards_b, first_b)
    pairs, histogram = compare_blocks(a, b, mirrored, ceilings, most + 1, fewest_edges, log)
    told = {"pairs": pairs, "histogram": histogram, "pairs_compared": histogram.sum()}
    with atomic_file(block) as part:
        np.savez(part, **told, bitmap_bits=a.bitmap_bits, panels=b.first + len(b))


if "snakemake" in globals():
    job = globals()["snakemake"]
    hamming_block(
        *(job.input.a, job.input.b, job.params.first_a, job.params.first_b, job.params.mirror),
        Ceilings(**job.params.ceilings),
        *(job.params.most, job.params.fewest_edges, job.output.block, job.log[0]),
    )
