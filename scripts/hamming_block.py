"""Compare every panel of one block with every panel of another and keep the pairs that are near enough to matter.

Two panels are as far apart as their nearest two frames, the second of which may be mirrored. The distance of two
frames is the Hamming distance h of their edge bitmaps relative to their edges: h / (|a| + |b|), from 0 for the same
edges to 1 for none in common; 1 less that is the Dice coefficient. It makes the essay's scaled threshold symmetric:
nearly empty panels are no longer near to everything. The essay's own distances, absolute counts of bits, are told of
each pair that is kept, and can be what it is kept by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from atomic import atomic_file
from hamming import Frames, compare_panels, in_rows, in_tiles
from progress import progress

# The histogram counts distances in steps of a thousandth.
HISTOGRAM_STEPS = 1000

# Room for the pairs of so many comparisons is taken at a time: 80 MB.
PAIRS_AT_ONCE = 2_000_000

PAIR = np.dtype(
    [
        ("a", np.int32),
        ("b", np.int32),
        ("frame_a", np.int16),
        ("frame_b", np.int16),
        ("mirrored", np.bool_),
        ("edge_bits", np.int32),
        ("edges_a", np.int32),
        ("edges_b", np.int32),
        ("hash_bits", np.int8),
    ]
)


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
        start: (P + 1,) int64, the frames of panel p are rows start[p] to start[p + 1].
    """

    words: NDArray[np.uint64]
    bitmap_bits: int
    edge_count: NDArray[np.int64]
    average_hash: NDArray[np.uint64]
    digest: NDArray[np.uint64]
    frame: NDArray[np.int64]
    start: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start) - 1


def pack_words(edges: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Lay packed bitmaps, (F, bytes) uint8, out as whole 64-bit words, (F, words) uint64."""
    padding = -edges.shape[1] % 8
    return np.ascontiguousarray(np.pad(edges, ((0, 0), (0, padding)))).view(np.uint64)


def mirror(edges: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mirror packed square bitmaps, (F, bytes) uint8, left to right."""
    size = round((edges.shape[1] * 8) ** 0.5)
    bits = np.unpackbits(edges, axis=1, count=size * size).reshape(-1, size, size)
    return np.packbits(bits[:, :, ::-1].reshape(-1, size * size), axis=1)


def read_block(shards: Sequence[str | Path], mirrored: bool = False) -> Block:
    """Read the fingerprints of consecutive shards as one block, mirrored left to right if asked."""
    opened = [np.load(shard) for shard in shards]
    edges = np.concatenate([shard["edges"] for shard in opened])
    frames_of_panels = np.concatenate([np.diff(shard["frame_start"]) for shard in opened])
    return Block(
        words=pack_words(mirror(edges) if mirrored else edges),
        bitmap_bits=edges.shape[1] * 8,
        **{
            name: np.concatenate([shard[name] for shard in opened])
            for name in ("edge_count", "average_hash", "digest", "frame")
        },
        start=np.concatenate([[0], np.cumsum(frames_of_panels)]),
    )


def frames_to_compare(block: Block) -> tuple[Frames, NDArray[np.int64]]:
    """Return what is known of the frames of a block, and which of its panels have any: `start` is that of these."""
    panels = np.flatnonzero(np.diff(block.start))
    start = block.start[np.append(panels, len(block))]
    return Frames(block.edge_count, block.average_hash, block.digest, block.frame, start), panels


def compare_blocks(
    a: Block,
    b: Block,
    b_mirrored: Block | None,
    same_block: bool,
    ceilings: Ceilings,
    fewest_edges: int,
    log: str | Path | None = None,
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Compare two blocks.

    Args:
        a, b: the blocks.
        b_mirrored: block b mirrored, or None to leave mirrored copies aside.
        same_block: whether both are the same block, so that each pair is compared once and no panel with itself.
        ceilings: how far apart a pair may be to be kept.
        fewest_edges: a frame with fewer edge pixels matches only frames of the very same pixels.
        log: where to tell the progress.

    Returns:
        The pairs kept (PAIR; a and b count the panels within their block), and the histogram of all distances
        compared, (HISTOGRAM_STEPS + 1,) int64: entry s counts those from s to s + 1 steps.
    """
    frames_a, panels_a = frames_to_compare(a)
    frames_b, panels_b = frames_to_compare(b)
    rows_a = in_rows(a.words)
    views_b = in_tiles([view.words for view in (b, b_mirrored) if view is not None])
    histogram = np.zeros(HISTOGRAM_STEPS + 1, dtype=np.int64)
    rows = max(1, PAIRS_AT_ONCE // max(1, len(panels_b)))
    room = np.zeros(rows * len(panels_b), dtype=PAIR)
    pairs = [room[:0]]
    runs = range(0, len(panels_a), rows)
    for first in progress(runs, len(runs), "compare", log):
        kept = compare_panels(
            *(frames_a, rows_a, frames_b, views_b, first, min(first + rows, len(panels_a)), same_block),
            *(a.bitmap_bits, *ceilings, fewest_edges, room, histogram),
        )
        pairs.append(room[:kept].copy())
        pairs[-1]["a"], pairs[-1]["b"] = panels_a[pairs[-1]["a"]], panels_b[pairs[-1]["b"]]
    return np.concatenate(pairs), histogram


def hamming_block(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    mirrored: bool,
    ceilings: Ceilings,
    fewest_edges: int,
    block: str | Path,
    log: str | Path | None = None,
) -> None:
    """Compare the panels of two blocks, each a run of shards, and write what is near, how far the rest is, how many.

    The file holds `pairs` and `histogram` as `compare_blocks` returns them, `pairs_compared`, and `bitmap_bits`.
    """
    same_block = list(shards_a) == list(shards_b)
    a = read_block(shards_a)
    b = a if same_block else read_block(shards_b)
    b_mirrored = read_block(shards_b, mirrored=True) if mirrored else None
    pairs, histogram = compare_blocks(a, b, b_mirrored, same_block, ceilings, fewest_edges, log)
    with atomic_file(block) as part:
        np.savez(part, pairs=pairs, histogram=histogram, pairs_compared=histogram.sum(), bitmap_bits=a.bitmap_bits)


if "snakemake" in globals():
    job = globals()["snakemake"]
    hamming_block(
        *(job.input.a, job.input.b, job.params.mirror),
        Ceilings(**job.params.ceilings),
        *(job.params.fewest_edges, job.output.block, job.log[0]),
    )
