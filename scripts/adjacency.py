"""Merge the blocks into one graph: its nodes are the panels, its edges the pairs that are alike enough to match."""

from collections.abc import Callable, Iterable, Mapping
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
        ("zoom", np.float32),
        ("across", np.float32),
        ("down", np.float32),
        ("says_enough", np.bool_),
    ]
)

# A panel that matches more others than this, and none of them clearly, looks like a template rather than a drawing used
# again: a face, a flag, a frame of an interface. The more there are, the less each counts.
CLEARLY, FEW_PARTNERS = 0.9, 8

# How the first frame lies upon the second, of pairs that were not aligned: just there.
IN_PLACE = {"zoom": 1.0, "across": 0.0, "down": 0.0}


def dice(pairs: NDArray[Any]) -> NDArray[np.float64]:
    """Return how alike pairs are, from 0 to 1: twice the edge pixels two frames share, by the edge pixels they have.

    Equal frames without any edge are alike: 1.
    """
    # One division, so that 9 shared of 20 score what 0.45 as a threshold asks for, to the last digit.
    edges = pairs["edges_a"] + pairs["edges_b"]
    return np.divide(edges - pairs["edge_bits"], edges, out=np.ones(len(pairs)), where=edges > 0)


def margin(distance: NDArray[Any], threshold: NDArray[Any] | float, most: float) -> NDArray[np.float64]:
    """Return by how much pairs stay below a threshold: the essay's weight, threshold - distance + 1, as a share of
    the greatest there can be with a threshold of `most`; 0 at the threshold and above.
    """
    return np.where(distance < threshold, (threshold - distance + 1) / (most + 1), 0.0)


def by_dice(pairs: NDArray[Any], bitmap_bits: int, threshold: float) -> NDArray[np.float64]:
    """Score pairs by their Dice coefficient, or as they were aligned, from the threshold on."""
    score = pairs["score"] if "score" in (pairs.dtype.names or ()) else dice(pairs)
    return np.where(score >= threshold, score, 0.0)


def by_edges(pairs: NDArray[Any], bitmap_bits: int, edge_bits: float) -> NDArray[np.float64]:
    """Score pairs by the edge pixels that differ: the essay's fixed threshold."""
    return margin(either_way(pairs["edge_bits"], bitmap_bits), edge_bits, edge_bits)


def by_scaled(pairs: NDArray[Any], bitmap_bits: int, edge_bits: float, edge_share: float) -> NDArray[np.float64]:
    """Score pairs by the edge pixels that differ, with a lower threshold for frames of few: the essay's scaled one.

    Both frames must be nearer than `edge_share` of their edge pixels, where that is less than `edge_bits`.
    """
    fewest = np.minimum(either_way(pairs["edges_a"], bitmap_bits), either_way(pairs["edges_b"], bitmap_bits))
    threshold = np.minimum(edge_share * fewest, edge_bits)
    return margin(either_way(pairs["edge_bits"], bitmap_bits), threshold, edge_bits)


def by_either(pairs: NDArray[Any], bitmap_bits: int, edge_bits: float, hash_bits: float) -> NDArray[np.float64]:
    """Score pairs by edge pixels or by bits of their hashes, whichever are further below their threshold."""
    return np.maximum(by_edges(pairs, bitmap_bits, edge_bits), margin(pairs["hash_bits"], hash_bits, hash_bits))


# How a pair is scored, by the setting `match.by`: from 0, no match, to 1.
RULES: dict[str, Callable[..., NDArray[np.float64]]] = {
    "dice": by_dice,
    "edges": by_edges,
    "scaled": by_scaled,
    "either": by_either,
}


def either_way(bits: NDArray[Any], bitmap_bits: int) -> NDArray[Any]:
    """Return in how many bits two bitmaps differ, or one and the other's inverse, whichever are fewer."""
    return np.minimum(bits, bitmap_bits - bits)


def match(
    pairs: NDArray[Any],
    first_a: int,
    first_b: int,
    bitmap_bits: int,
    settings: Mapping[str, Any],
    fewest_edges: int = 0,
) -> NDArray[Any]:
    """Return the pairs of a block that match as edges between panels of the whole comic.

    What shares nothing is no match, even at a Dice coefficient of 0.
    `first_a` and `first_b` are the places, in story order, of the first panels of the block's two sides; `settings`
    has `by`, a key of RULES, and the thresholds of that rule; frames of fewer than `fewest_edges` say too little.
    """
    thresholds = {name: value for name, value in settings.items() if name != "by"}
    score = RULES[settings["by"]](pairs, bitmap_bits, **thresholds)
    near = pairs[score > 0]
    edges = np.zeros(len(near), dtype=EDGE)
    for name in ("frame_a", "frame_b", "mirrored", "edge_bits"):
        edges[name] = near[name]
    edges["a"], edges["b"] = near["a"] + first_a, near["b"] + first_b
    edges["dice"], edges["score"] = dice(near), score[score > 0]
    for name, value in IN_PLACE.items():
        edges[name] = near[name] if name in (pairs.dtype.names or ()) else value
    edges["says_enough"] = np.minimum(near["edges_a"], near["edges_b"]) >= fewest_edges
    return edges


def weigh_templates(edges: NDArray[Any], panels: int) -> NDArray[np.float64]:
    """Return the scores of edges, less for those of panels that match many others and not clearly."""
    vague = edges["score"] < CLEARLY
    ends = np.concatenate([edges["a"][vague], edges["b"][vague]])
    partners = np.bincount(ends, minlength=panels)
    most = np.maximum(partners[edges["a"]], partners[edges["b"]])
    return edges["score"] * np.where(vague, np.minimum(1, FEW_PARTNERS / np.maximum(most, 1)), 1)


def adjacency_matrix(edges: NDArray[Any], panels: int, aligned: bool = False) -> sparse.csr_array:
    """Return the symmetric matrix of scores, (panels, panels), for edges that name each pair once.

    What says too little is left out: equal blank panels are duplicates, and no drawing that was used again. Where
    panels were aligned, and so more of them match, templates weigh less.
    """
    edges = edges[edges["says_enough"]]
    weight = weigh_templates(edges, panels) if aligned else edges["score"]
    ends = np.concatenate([edges["a"], edges["b"]]), np.concatenate([edges["b"], edges["a"]])
    return sparse.csr_array((np.tile(weight, 2), ends), shape=(panels, panels))


def adjacency(
    blocks: Iterable[str | Path],
    pairs: Iterable[str | Path],
    panels: int,
    panels_per_block: int,
    settings: Mapping[str, Any],
    fewest_edges: int,
    aligned: bool,
    matrix: str | Path,
    edges: str | Path,
) -> None:
    """Merge the blocks (the upper triangle, row by row), match their pairs by `settings`, and write the graph.

    `pairs` are the files to take the pairs from: the blocks themselves or, if they were `aligned`, what `align_block`
    made of each.
    `matrix` gets the symmetric scipy CSR matrix of scores; rows are panels in story order. `edges` gets the same
    pairs with all that is known of them: `edges` (EDGE, sorted by a and b), and the `histogram` of all relative
    distances and the number of `pairs_compared`.
    """
    numbers = range(-(-panels // panels_per_block))
    found, histogram, pairs_compared = [], 0, 0
    for (i, j), path, path_of_pairs in zip(combinations_with_replacement(numbers, 2), blocks, pairs, strict=True):
        places = i * panels_per_block, j * panels_per_block
        with np.load(path) as block, np.load(path_of_pairs) as near:
            found.append(match(near["pairs"], *places, int(block["bitmap_bits"]), settings, fewest_edges))
            histogram = histogram + block["histogram"]
            pairs_compared += int(block["pairs_compared"])
    merged = np.sort(np.concatenate(found), order=["a", "b"])
    with atomic_file(matrix) as part:
        sparse.save_npz(part, adjacency_matrix(merged, panels, aligned), compressed=False)
    with atomic_file(edges) as part:
        np.savez(part, edges=merged, histogram=histogram, pairs_compared=pairs_compared)


if "snakemake" in globals():
    job = globals()["snakemake"]
    adjacency(
        *(job.input.blocks, job.input.pairs, job.params.panels, job.params.panels_per_block),
        *(job.params.match, job.params.fewest_edges, job.params.aligned),
        *(job.output.matrix, job.output.edges),
    )
