"""How far apart all panels are by a metric."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.matching.blocks import dice, either_way, read_block
from reprise.matching.comparison import Ceilings, compare_blocks
from reprise.shards import Fingerprints
from reprise.study.files import Shards, read_bitmaps


def hamming_distances(bits: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return in how many bits each two bitmaps differ, or one and the other's negative, if that is fewer.

    Takes (P, N) of 0 and 1 and returns (P, P). As the essay has it, a picture is as near as its negative.
    """
    values = bits.astype(np.float32)  # whole numbers up to 2 ** 24 are exact, and their matrix product is fast
    ones = values.sum(axis=1)
    differing = (ones[:, np.newaxis] + ones - 2 * (values @ values.T)).astype(np.int64)
    return either_way(differing, bits.shape[1])


def mixed_distances(average_hash: NDArray[np.int64], canny: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the essay's mixture of two metrics: their mean, after the second is scaled to the mean of the first.

    Both are (P, P) with zero diagonals, and so is the result, rounded down. If no two panels differ by the second, it
    counts 0.
    """
    # Both means are over the same number of pairs, so sums can stand for them. Sums are whole numbers: none is rounded.
    hash_sum, canny_sum = average_hash.sum(), max(int(canny.sum()), 1)
    return (average_hash * canny_sum + canny * hash_sum) // (2 * canny_sum)


def dice_distances(shards: Shards, mirrored: bool, fewest_edges: int) -> tuple[list[str], NDArray[np.float64]]:
    """Return how far apart panels are as Reprise compares them: 1 less the Dice coefficient of their nearest frames.

    Args:
        shards: the shards of `fingerprint`.
        mirrored: whether a mirrored copy is near.
        fewest_edges: a frame with fewer edge pixels matches only frames of the very same pixels.

    Returns:
        The names of the P panels that have a frame, in story order, and (P, P) distances from 0 to 1.
    """
    block = read_block(shards).of_whole_frames()
    pairs, _ = compare_blocks(block, block, mirrored, Ceilings(distance=1.0), len(block), fewest_edges)
    apart = 1 - np.eye(len(block))
    apart[pairs["a"], pairs["b"]] = apart[pairs["b"], pairs["a"]] = 1 - dice(pairs)
    has_frames = np.diff(block.start) > 0
    return Fingerprints(shards).panel[has_frames].tolist(), apart[np.ix_(has_frames, has_frames)]


def distance_matrix(
    metric: str, bitmaps: Shards, fingerprints: Shards, mirrored: bool, fewest_edges: int
) -> tuple[list[str], NDArray[Any]]:
    """Return the names of the P panels that can be read, in story order, and their distances by a metric: (P, P).

    Args:
        metric: one of essay.METRICS.
        bitmaps: the shards of `bitmaps`, which all metrics but `dice` compare.
        fingerprints, mirrored, fewest_edges: what `dice` compares, see `dice_distances`.
    """
    if metric == "dice":
        return dice_distances(fingerprints, mirrored, fewest_edges)
    names, bits = read_bitmaps(bitmaps)
    if metric == "mixed":
        parts = (hamming_distances(bits[part]) for part in ("average_hash", "canny_then_resize"))
        return names, mixed_distances(*parts)
    return names, hamming_distances(bits[metric])


def edge_pixels(bits: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count the edge pixels of bitmaps, (P, N), as the essay does: the rarer of the two values."""
    ones = bits.sum(axis=1, dtype=np.int64)
    return np.minimum(ones, bits.shape[1] - ones)
