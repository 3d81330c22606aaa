"""Merge the blocks into one graph: its nodes are the panels, its edges the pairs that are alike enough to match."""

from collections.abc import Iterable
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from atomic import atomic_file

EDGE = np.dtype(
    [
        ("a", np.int64),
        ("b", np.int64),
        ("frame_a", np.int16),
        ("frame_b", np.int16),
        ("mirrored", np.bool_),
        ("edge_bits", np.int32),
        ("dice", np.float64),
        ("score", np.float64),
    ]
)


def dice(pairs: NDArray[Any]) -> NDArray[np.float64]:
    """Return how alike pairs are, from 0 to 1: twice the edge pixels two frames share, by the edge pixels they have.

    Equal frames without any edge are alike: 1.
    """
    # One division, so that 9 shared of 20 score what 0.45 as a threshold asks for, to the last digit.
    score = np.ones(len(pairs))
    return np.divide(pairs["edges"] - pairs["edge_bits"], pairs["edges"], out=score, where=pairs["edges"] > 0)


def match(pairs: NDArray[Any], first_a: int, first_b: int, threshold: float) -> NDArray[Any]:
    """Return the pairs of a block that score at least the threshold as edges between panels of the whole comic.

    What shares nothing is no match, even at a threshold of 0.
    `first_a` and `first_b` are the places, in story order, of the first panels of the block's two sides.
    """
    score = dice(pairs)
    matches = (score >= threshold) & (score > 0)
    near = pairs[matches]
    edges = np.zeros(len(near), dtype=EDGE)
    for name in ("frame_a", "frame_b", "mirrored", "edge_bits"):
        edges[name] = near[name]
    edges["a"], edges["b"] = near["a"] + first_a, near["b"] + first_b
    edges["dice"] = edges["score"] = score[matches]
    return edges


def adjacency_matrix(edges: NDArray[Any], panels: int) -> sparse.csr_array:
    """Return the symmetric matrix of scores, (panels, panels), for edges that name each pair once."""
    ends = np.concatenate([edges["a"], edges["b"]]), np.concatenate([edges["b"], edges["a"]])
    return sparse.csr_array((np.tile(edges["score"], 2), ends), shape=(panels, panels))


def adjacency(
    blocks: Iterable[str | Path],
    panels: int,
    panels_per_block: int,
    threshold: float,
    matrix: str | Path,
    edges: str | Path,
) -> None:
    """Merge the blocks (the upper triangle, row by row) at a threshold and write the graph.

    `matrix` gets the symmetric scipy CSR matrix of scores; rows are panels in story order. `edges` gets the same
    pairs with all that is known of them: `edges` (EDGE, sorted by a and b), and the `histogram` of all relative
    distances and the number of `pairs_compared`.
    """
    numbers = range(-(-panels // panels_per_block))
    found, histogram, pairs_compared = [], 0, 0
    for (i, j), path in zip(combinations_with_replacement(numbers, 2), blocks, strict=True):
        with np.load(path) as block:
            found.append(match(block["pairs"], i * panels_per_block, j * panels_per_block, threshold))
            histogram = histogram + block["histogram"]
            pairs_compared += int(block["pairs_compared"])
    merged = np.sort(np.concatenate(found), order=["a", "b"])
    with atomic_file(matrix) as part:
        sparse.save_npz(part, adjacency_matrix(merged, panels), compressed=False)
    with atomic_file(edges) as part:
        np.savez(part, edges=merged, histogram=histogram, pairs_compared=pairs_compared)


if "snakemake" in globals():
    job = globals()["snakemake"]
    adjacency(
        *(job.input.blocks, job.params.panels, job.params.panels_per_block, job.params.threshold),
        *(job.output.matrix, job.output.edges),
    )
