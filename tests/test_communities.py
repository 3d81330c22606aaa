"""Clusters of small graphs whose right answer is plain, and their rank."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from communities import METHODS, communities

Edges = Mapping[tuple[int, int], float]

# What each method's resolution usually is: for leiden a score, for the modularities a factor.
RESOLUTIONS = {method: 0.3 if method == "leiden" else 1.0 for method in METHODS}


def matrix_of(edges: Edges, panels: int) -> sparse.csr_array:
    dense = sparse.dok_array((panels, panels))
    for (a, b), score in edges.items():
        dense[a, b] = dense[b, a] = score
    return sparse.csr_array(dense)


def cluster(
    folder: Path,
    edges: Edges,
    panels: int,
    method: str = "leiden",
    resolution: float | None = None,
    seed: int = 1,
    pages: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Cluster a graph by the step and return the table it wrote."""
    pages = pages or range(1, panels + 1)
    table = pd.DataFrame({"panel": [f"{page}_{place}" for place, page in enumerate(pages)], "page": pages})
    table["file"] = [f"{place:03}" for place in range(panels)]
    table.to_csv(folder / "panels.csv", index=False)
    sparse.save_npz(folder / "adjacency.npz", matrix_of(edges, panels))
    resolution = RESOLUTIONS[method] if resolution is None else resolution
    communities(folder / "adjacency.npz", folder / "panels.csv", method, resolution, seed, folder / "clusters.csv")
    return pd.read_csv(folder / "clusters.csv", dtype={"file": str})


def groups(table: pd.DataFrame) -> list[list[int]]:
    """Return the places of the panels of each cluster, in rank order."""
    places = table["panel"].str.split("_").str[1].astype(int)
    return [list(members) for _, members in places.groupby(table["cluster"])]


def clique(*panels: int, score: float = 0.9) -> dict[tuple[int, int], float]:
    return dict.fromkeys(combinations(panels, 2), score)


TWO_CLIQUES = {**clique(1, 2, 3, 4), **clique(5, 6, 7, 8), (4, 5): 0.5}
CHAIN = {(panel, panel + 1): 0.6 for panel in range(1, 30)}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("leiden", [[1, 2, 3, 4], [5, 6, 7, 8]]),
        ("greedy_modularity", [[1, 2, 3, 4], [5, 6, 7, 8]]),
        ("louvain", [[1, 2, 3, 4], [5, 6, 7, 8]]),
        ("components", [[1, 2, 3, 4, 5, 6, 7, 8]]),
        ("neighbour_sets", [[1, 2, 3], [6, 7, 8]]),
    ],
)
def test_two_cliques_with_a_bridge(tmp_path: Path, method: str, expected: list[list[int]]) -> None:
    """And panels 0 and 9, which match nothing, are in no cluster."""
    table = cluster(tmp_path, TWO_CLIQUES, 10, method)
    assert sorted(groups(table)) == expected
    assert list(table.columns) == ["cluster", "panel", "file", "page"]
    assert (table["file"] == "00" + table["panel"].str.split("_").str[1]).all()
    assert (table["page"] == table["panel"].str.split("_").str[0].astype(int)).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("panels", [1, 2, 7])
def test_a_comic_without_any_match_has_no_clusters(tmp_path: Path, method: str, panels: int) -> None:
    table = cluster(tmp_path, {}, panels, method)
    assert table.empty
    assert list(table.columns) == ["cluster", "panel", "file", "page"]


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, method: str) -> None:
    random = np.random.default_rng(1)
    some = [ends for ends in combinations(range(40), 2) if random.random() < 0.15]
    edges = {ends: float(random.uniform(0.5, 1)) for ends in some} | clique(*range(40, 46)) | clique(*range(46, 52))
    written = []
    for _ in range(3):
        cluster(tmp_path, edges, 52, method, seed=7)
        written.append((tmp_path / "clusters.csv").read_bytes())
    assert written[0].count(b"\n") > 10
    assert written[0] == written[1] == written[2]


@pytest.mark.parametrize(("score", "expected"), [(0.5, [[0, 1, 2, 3]]), (0.25, [])])
def test_leiden_keeps_together_what_scores_more_than_its_resolution(
    tmp_path: Path, score: float, expected: list[list[int]]
) -> None:
    assert groups(cluster(tmp_path, clique(0, 1, 2, 3, score=score), 4)) == expected


def test_leiden_cuts_a_chain_that_components_follow(tmp_path: Path) -> None:
    assert max(map(len, groups(cluster(tmp_path, CHAIN, 31)))) <= 4
    assert groups(cluster(tmp_path, CHAIN, 31, "components")) == [list(range(1, 31))]


def test_leiden_finds_the_same_in_a_longer_comic(tmp_path: Path) -> None:
    longer = {(a + 10 * copy, b + 10 * copy): score for copy in range(20) for (a, b), score in TWO_CLIQUES.items()}
    alone = sorted(groups(cluster(tmp_path, TWO_CLIQUES, 10)))
    assert sorted(groups(cluster(tmp_path, longer, 200)))[: len(alone)] == alone


def test_a_higher_resolution_gives_smaller_clusters(tmp_path: Path) -> None:
    for method in ("leiden", "greedy_modularity", "louvain"):
        few, many = (groups(cluster(tmp_path, TWO_CLIQUES, 10, method, resolution)) for resolution in (0.01, 0.8))
        assert max(map(len, few)) == 8
        assert max(map(len, many)) == 4


def test_a_changed_callback_ranks_before_neighbours_and_copies(tmp_path: Path) -> None:
    pages = [1, 2, 3, 4, 5, 6, 105, 106, 107]
    edges = {(0, 1): 1.0, (2, 6): 1.0, (3, 4): 0.7, (5, 7): 0.7}
    ranked = [[5, 7], [3, 4], [2, 6], [0, 1]]
    assert groups(cluster(tmp_path, edges, 9, pages=pages)) == ranked
    assert groups(cluster(tmp_path, dict(reversed(edges.items())), 9, pages=pages)) == ranked


def test_of_equally_interesting_clusters_the_earlier_ranks_first(tmp_path: Path) -> None:
    """Panels of one page, however many a cluster has, are not apart at all."""
    edges = {(0, 1): 0.7, **clique(2, 3, 4), **clique(5, 6, 7, 8)}
    for method in METHODS:
        found = groups(cluster(tmp_path, edges, 9, method, pages=[1] * 9))
        assert found == [[0, 1], [2, 3, 4], [5, 6, 7, 8]]


graphs = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda ends: ends[0] < ends[1]), st.floats(0.4, 1)
)


@settings(deadline=None, max_examples=25)
@given(graphs, st.sampled_from(sorted(METHODS)))
def test_clusters_are_disjoint_connected_and_of_two_or_more(
    tmp_path_factory: pytest.TempPathFactory, edges: Edges, method: str
) -> None:
    found = groups(cluster(tmp_path_factory.mktemp("graph"), edges, 12, method))
    members = [panel for group in found for panel in group]
    assert len(members) == len(set(members))
    assert all(len(group) > 1 for group in found)
    for group in found:
        inside = matrix_of(edges, 12)[group][:, group]
        assert sparse.csgraph.connected_components(inside, directed=False)[0] == 1
