"""Blocks become one graph, whatever blocks they were."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from adjacency import EDGE, adjacency, dice, match
from fingerprint import Panel
from hamming_block import HISTOGRAM_STEPS, PAIR, hamming_block
from pictures import edges_at, frame, write_shards

# The bits in which two panels differ and the edges they have, by the places of the two in the comic.
Near = Mapping[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Graph:
    """What the step wrote."""

    matrix: bytes
    edges: bytes
    matrix_read: sparse.csr_array
    edges_read: NDArray[Any]
    pairs_compared: int
    histogram: NDArray[np.int64]


def merge(near: Near, panels: int, panels_per_block: int, threshold: float) -> Graph:
    """Cut what is known of the pairs into blocks and have them merged."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        paths = []
        for i, j in combinations_with_replacement(range(-(-panels // panels_per_block)), 2):
            inside = sorted(
                ends for ends in near if (ends[0] // panels_per_block, ends[1] // panels_per_block) == (i, j)
            )
            pairs = np.zeros(len(inside), PAIR)
            for pair, (a, b) in zip(pairs, inside, strict=True):
                pair["a"], pair["b"] = a - i * panels_per_block, b - j * panels_per_block
                pair["edge_bits"], pair["edges"] = near[a, b]
                pair["frame_a"], pair["frame_b"], pair["mirrored"] = a % 3, b % 5, (a + b) % 2
            histogram = np.full(HISTOGRAM_STEPS + 1, len(inside))
            paths.append(place / f"{i}-{j}.npz")
            np.savez(paths[-1], pairs=pairs, histogram=histogram, pairs_compared=len(inside) + 1)
        return read_graph(paths, panels, panels_per_block, threshold)


def read_graph(paths: list[Path], panels: int, panels_per_block: int, threshold: float) -> Graph:
    """Run the step and read what it wrote."""
    matrix, edges = paths[0].with_name("adjacency.npz"), paths[0].with_name("edges.npz")
    adjacency(paths, panels, panels_per_block, threshold, matrix, edges)
    with np.load(edges) as arrays:
        return Graph(
            matrix.read_bytes(),
            edges.read_bytes(),
            sparse.csr_array(sparse.load_npz(matrix)),
            arrays["edges"],
            int(arrays["pairs_compared"]),
            arrays["histogram"],
        )


counts = st.integers(1, 40).flatmap(lambda edges: st.tuples(st.integers(0, edges - 1), st.just(edges)))


@st.composite
def comics(draw: st.DrawFn) -> tuple[int, Near]:
    panels = draw(st.integers(1, 15))
    ends = [(a, b) for b in range(panels) for a in range(b)]
    return panels, draw(st.dictionaries(st.sampled_from(ends), counts)) if ends else {}


@settings(deadline=None, max_examples=60)
@given(comics(), st.integers(1, 16), st.floats(0.01, 1))
def test_the_graph_has_the_pairs_that_score_enough(
    comic: tuple[int, Near], panels_per_block: int, threshold: float
) -> None:
    panels, near = comic
    graph = merge(near, panels, panels_per_block, threshold)
    scores = {ends: (edges - bits) / edges for ends, (bits, edges) in near.items()}
    matches = {ends: score for ends, score in sorted(scores.items()) if score >= threshold}
    assert graph.edges_read.dtype == EDGE
    assert graph.edges_read[["a", "b"]].tolist() == list(matches)
    assert graph.edges_read["score"] == pytest.approx(list(matches.values()))
    assert graph.edges_read["dice"].tolist() == graph.edges_read["score"].tolist()
    told = graph.edges_read[["frame_a", "frame_b", "mirrored", "edge_bits"]].tolist()
    assert told == [(a % 3, b % 5, bool((a + b) % 2), near[a, b][0]) for a, b in matches]
    dense = np.zeros((panels, panels))
    for (a, b), score in matches.items():
        dense[a, b] = dense[b, a] = score
    assert graph.matrix_read.toarray() == pytest.approx(dense)
    assert (graph.matrix_read != graph.matrix_read.T).nnz == 0
    assert graph.histogram.tolist() == [len(near)] * (HISTOGRAM_STEPS + 1)
    blocks = -(-panels // panels_per_block)
    assert graph.pairs_compared == len(near) + blocks * (blocks + 1) // 2


@settings(deadline=None, max_examples=60)
@given(comics(), st.integers(1, 16), st.integers(1, 16), st.floats(0.01, 1))
def test_the_size_of_blocks_leaves_no_trace(comic: tuple[int, Near], one: int, other: int, threshold: float) -> None:
    panels, near = comic
    graphs = [merge(near, panels, size, threshold) for size in (one, other)]
    assert graphs[0].matrix == graphs[1].matrix
    assert graphs[0].edges_read.tobytes() == graphs[1].edges_read.tobytes()


def test_real_blocks_of_any_size_give_the_same_bytes(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    panels = []
    for page in range(11):
        sketch = random.choice(80, 40, replace=False) if page % 3 else np.arange(40)
        panels.append(Panel(frames=[frame(edges_at(*sketch, 5000 + page), n, page) for n in range(page % 4 > 0)]))
    graphs = []
    for shard, shards_per_block in ((11, 1), (4, 1), (2, 2), (1, 3)):
        shards = write_shards(tmp_path, panels, shard)
        blocks = [shards[first : first + shards_per_block] for first in range(0, len(shards), shards_per_block)]
        paths = []
        for i, j in combinations_with_replacement(range(len(blocks)), 2):
            paths.append(tmp_path / f"{i}-{j}.npz")
            hamming_block(blocks[i], blocks[j], True, 0.9, 10, paths[-1])
        graphs.append(read_graph(paths, len(panels), shard * shards_per_block, 0.3))
    assert len(graphs[0].edges_read) >= 10
    assert {graph.matrix for graph in graphs} == {graphs[0].matrix}
    assert {graph.edges for graph in graphs} == {graphs[0].edges}


@given(st.integers(1, 100).flatmap(lambda edges: st.tuples(st.integers(0, edges - 1), st.just(edges))))
def test_a_score_at_the_threshold_is_a_match(pair: tuple[int, int]) -> None:
    """As 0.45 is what 9 shared of 20 edge pixels score, and what a threshold of 0.45 asks for."""
    bits, edges = pair
    pairs = np.array([(0, 1, 0, 0, False, bits, edges)], PAIR)
    threshold = float(Fraction(edges - bits, edges))
    assert len(match(pairs, 0, 0, threshold)) == 1
    assert len(match(pairs, 0, 0, float(np.nextafter(threshold, 2)))) == 0


@given(st.lists(counts))
def test_dice_is_the_share_of_common_edges(pairs: list[tuple[int, int]]) -> None:
    told = dice(np.array([(0, 1, 0, 0, False, *pair) for pair in pairs], PAIR))
    assert told == pytest.approx([1 - bits / edges for bits, edges in pairs])
    assert all(0 <= score <= 1 for score in told)


def test_frames_of_the_same_pixels_without_any_edge_are_alike() -> None:
    assert dice(np.array([(0, 1, 0, 0, False, 0, 0)], PAIR)).tolist() == [1]


def test_a_missing_block_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shorter"):
        adjacency([], 3, 2, 0.5, tmp_path / "adjacency.npz", tmp_path / "edges.npz")
    assert list(tmp_path.iterdir()) == []


def test_what_shares_nothing_is_no_match() -> None:
    pairs = np.array([(0, 1, 0, 0, False, 20, 20), (0, 2, 0, 0, False, 19, 20)], PAIR)
    assert match(pairs, 0, 0, 0.0)[["a", "b"]].tolist() == [(0, 2)]
