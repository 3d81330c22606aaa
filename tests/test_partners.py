"""Of each panel the nearest others are chosen, whatever blocks they are found in."""

from collections.abc import Mapping
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from partners import partners
from pictures import edges_at, frame, write_shards
from reprise.matching.blocks import PAIR, in_order, keep_nearest, nearest_partners
from reprise.matching.comparison import HISTOGRAM_STEPS
from reprise.shards import Panel
from search_block import CANDIDATE
from sketches import blocks_of, choose, panel, sketch

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

# The bits in which two panels differ, and how alike they were found to be, by the places of the two in the comic.
Near = Mapping[tuple[int, int], tuple[int, int]]
ends = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda ends: ends[0] < ends[1])


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(ends, st.tuples(st.integers(0, 6), st.integers(1, 6))), st.integers(1, 11), st.integers(1, 4))
def test_what_all_blocks_kept_is_chosen_from(
    tmp_path_factory: pytest.TempPathFactory, near: Near, size: int, most: int
) -> None:
    folder = tmp_path_factory.mktemp("partners")
    blocks, candidates = [], []
    for i, j in combinations_with_replacement(range(-(-10 // size)), 2):
        inside = [(a, b, *near[a, b]) for a, b in near if (a // size, b // size) == (i, j)]
        pairs, alike = np.zeros(len(inside), PAIR), np.zeros(len(inside), CANDIDATE)
        for place, (a, b, bits, likeness) in enumerate(inside):
            pairs[["a", "b", "edge_bits", "edges_a", "edges_b"]][place] = (a, b, bits, 5, 5)
            alike[["a", "b", "alike"]][place] = (a, b, likeness)
        blocks.append(folder / f"block-{i}-{j}.npz")
        candidates.append(folder / f"candidates-{i}-{j}.npz")
        histogram = np.full(HISTOGRAM_STEPS + 1, len(inside))
        counted: dict[str, Any] = {"histogram": histogram, "pairs_compared": len(inside) + 1, "bitmap_bits": 10_000}
        np.savez(blocks[-1], pairs=pairs, panels=min(10, (j + 1) * size), **counted)
        np.savez(candidates[-1], candidates=alike, cut=alike[::2])
    partners(blocks, candidates, most, most, folder / "partners.npz")
    every = sorted((a, b, *found) for (a, b), found in near.items())
    columns: NDArray[np.int64] = np.array(every, int).reshape(-1, 4).T
    a, b, bits, likeness = columns[0], columns[1], columns[2], columns[3]
    with np.load(folder / "partners.npz") as chosen:
        assert chosen["pairs"].dtype == PAIR
        nearest = nearest_partners(a, b, -bits, most)
        assert chosen["pairs"][["a", "b", "edge_bits"]].tolist() == [
            row[:3] for row, kept in zip(every, nearest, strict=True) if kept
        ]
        likest = nearest_partners(a, b, likeness, most)
        assert chosen["candidates"].dtype == CANDIDATE
        assert chosen["candidates"][["a", "b"]].tolist() == [
            row[:2] for row, kept in zip(every, likest, strict=True) if kept
        ]
        degrees = np.bincount(np.concatenate([a, b]), minlength=10)
        assert chosen["capped"].tolist() == np.flatnonzero(degrees > most).tolist()
        assert chosen["histogram"].tolist() == [len(near)] * (HISTOGRAM_STEPS + 1)
        counts = [int(chosen[name]) for name in ("pairs_compared", "bitmap_bits", "panels")]
        assert counts == [len(near) + len(blocks), 10_000, 10]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(0, 40), st.integers(1, 5))
def test_what_is_chosen_block_by_block_is_what_is_chosen_of_all_pairs_at_once(
    tmp_path_factory: pytest.TempPathFactory, seed: int, blocks: int, count: int, most: int
) -> None:
    """To the byte, though many pairs are equally near, and no two blocks hold the same number of panels."""
    folder, random = tmp_path_factory.mktemp("partners"), np.random.default_rng(seed)
    of_block = np.sort(random.integers(0, blocks, 12))
    every, paths = [], []
    for i, j in combinations_with_replacement(range(blocks), 2):
        a, b = np.triu_indices(12, 1)
        between = np.flatnonzero((of_block[a] == i) & (of_block[b] == j))
        some = random.choice(between, min(count, len(between)), replace=False) if len(between) else between
        pairs = np.zeros(len(some), PAIR)
        pairs["a"], pairs["b"], pairs["edge_bits"] = a[some], b[some], random.integers(0, 4, len(some))
        pairs["edges_a"], pairs["edges_b"] = random.integers(4, 6, (2, len(some)))
        every.append(keep_nearest(pairs, most + 1))
        paths.append(folder / f"{i}-{j}.npz")
        np.savez(paths[-1], pairs=every[-1], panels=12, histogram=1, pairs_compared=1, bitmap_bits=10_000)
    partners(paths, [], most, most, folder / "partners.npz")
    pairs = np.concatenate(every)
    panels, degrees = np.unique(np.concatenate([pairs["a"], pairs["b"]]), return_counts=True)
    told: dict[str, Any] = {"histogram": len(paths), "pairs_compared": len(paths), "panels": 12, "bitmap_bits": 10_000}
    capped = panels[degrees > most].astype(np.int64)
    np.savez(folder / "at_once.npz", **told, pairs=in_order(keep_nearest(pairs, most)), capped=capped)
    assert (folder / "partners.npz").read_bytes() == (folder / "at_once.npz").read_bytes()


def test_without_a_search_there_are_no_candidates(tmp_path: Path) -> None:
    chosen = choose(tmp_path, blocks_of(tmp_path, [panel(sketch(1)), panel(sketch(1))], 2, 1))
    with np.load(chosen) as arrays:
        assert "candidates" not in arrays
        assert arrays["pairs"][["a", "b", "edge_bits"]].tolist() == [(0, 1, 0)]


@pytest.mark.parametrize("most", [2, 5, 500])
def test_how_panels_are_put_into_blocks_leaves_no_trace(tmp_path: Path, most: int) -> None:
    """Twenty panels much alike, so that far more are near than are kept; and some that are not."""
    random = np.random.default_rng(1)
    panels = []
    for page in range(26):
        drawn = np.arange(200) if page < 20 else random.choice(9000, 200, replace=False)
        panels.append(Panel(frames=[frame(edges_at(*drawn, *random.integers(9000, 10_000, 9)), 0, page)]))
    written = {}
    for size in (26, 7, 3, 1):
        shards = write_shards(tmp_path, panels, size)
        blocks = [(place * size, [shard]) for place, shard in enumerate(shards)]
        written[size] = choose(tmp_path, blocks, most_near=most).read_bytes()
    assert len(set(written.values())) == 1
    with np.load(tmp_path / "partners.npz") as chosen:
        assert chosen["capped"].tolist() == (list(range(20)) if most < 19 else [])
        assert len(chosen["pairs"]) <= 26 * most
        assert len(keep_nearest(chosen["pairs"], most)) == len(chosen["pairs"])
