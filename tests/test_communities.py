"""Communities of small graphs whose right answer is plain."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from communities import find_parts, stability
from graphs import Matches, clique, cluster, groups, matrix_of, ranking, two_scenes
from rank import RANKING_COLUMNS
from reprise.community_detection import METHODS, connected_components, leiden

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
    assert (tmp_path / "ranking.csv").read_text().splitlines() == [",".join(RANKING_COLUMNS)]


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, method: str) -> None:
    random = np.random.default_rng(1)
    some = [ends for ends in combinations(range(40), 2) if random.random() < 0.15]
    matches = {ends: float(random.uniform(0.5, 1)) for ends in some} | clique(*range(40, 46)) | clique(*range(46, 52))
    written = []
    for _ in range(3):
        cluster(tmp_path, matches, 52, method, seed=7)
        written.append([(tmp_path / table).read_bytes() for table in ("clusters.csv", "ranking.csv")])
    assert all(table.count(b"\n") > 2 for table in written[0])
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


def test_panels_that_match_none_change_nothing(tmp_path: Path) -> None:
    """They do not take part in the order by lot in which Leiden looks at panels, on which doubtful groups depend."""
    numbers = np.random.default_rng(0)
    ends = [tuple(sorted(numbers.choice(40, 2, replace=False).tolist())) for _ in range(100)]
    doubtful = {(a, b): score for (a, b), score in zip(ends, numbers.uniform(0.5, 1, 100), strict=True)}
    apart = {(3 * a + 1, 3 * b + 1): score for (a, b), score in doubtful.items()}
    found = sorted(groups(cluster(tmp_path, doubtful, 40)))
    assert sorted(groups(cluster(tmp_path, apart, 120))) == [[3 * panel + 1 for panel in members] for members in found]


def test_a_higher_resolution_gives_smaller_clusters(tmp_path: Path) -> None:
    matches = TWO_CLIQUES | {(4, 5): 0.9}
    for method in ("leiden", "greedy_modularity", "louvain"):
        few, many = (groups(cluster(tmp_path, matches, 10, method, resolution)) for resolution in (0.01, 0.8))
        assert max(map(len, few)) == 8
        assert max(map(len, many)) == 4


# --- Clusters that hold together -------------------------------------------------------------------------------------


def test_two_scenes_tied_by_doubtful_matches_are_split(tmp_path: Path) -> None:
    """To Leiden they are one: the 15 ties score .312 on average over the 25 pairs, more than its resolution."""
    matches = two_scenes(15, 0.52)
    assert groups(cluster(tmp_path, matches, 10)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    assert groups(cluster(tmp_path, matches, 10, trial_rise=0)) == [list(range(10))]


def test_two_scenes_tied_by_matches_as_clear_as_their_own_are_one(tmp_path: Path) -> None:
    assert groups(cluster(tmp_path, two_scenes(15, 0.8), 10)) == [list(range(10))]


def test_a_panel_that_belongs_to_no_part_stays_with_the_one_it_is_most_like(tmp_path: Path) -> None:
    matches = two_scenes(20, 0.52) | {(place, 10): 0.505 for place in (0, *range(5, 10))}
    assert groups(cluster(tmp_path, matches, 11)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9, 10]]
    assert groups(cluster(tmp_path, matches, 11, trial_rise=0)) == [list(range(11))]


def test_what_one_part_sheds_stays_with_it(tmp_path: Path) -> None:
    """The last panel matches only the one before it, which itself is in doubt."""
    matches = clique(0, 1, 2) | {(0, 3): 0.505, (1, 3): 0.505, (2, 3): 0.505, (3, 4): 0.505}
    assert groups(cluster(tmp_path, matches, 5, resolution=0.05)) == [[0, 1, 2, 3, 4]]


def test_a_match_just_above_the_threshold_is_kept(tmp_path: Path) -> None:
    """It falls apart in the first trial; but there is nothing to split it into."""
    matches = {(0, 1): 0.501, **clique(2, 3, 4), (4, 5): 0.501, (3, 5): 0.501}
    assert sorted(groups(cluster(tmp_path, matches, 6))) == [[0, 1], [2, 3, 4, 5]]


def test_other_methods_are_taken_at_their_word(tmp_path: Path) -> None:
    matches = two_scenes(15, 0.52)
    for method in ("greedy_modularity", "components"):
        loose = groups(cluster(tmp_path, matches, 10, method, 0.01))
        assert loose == [list(range(10))]


labellings = st.lists(st.integers(0, 3), min_size=12, max_size=12)


@settings(deadline=None, max_examples=100)
@given(
    st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda ends: ends[0] < ends[1])),
    labellings,
    st.lists(labellings, min_size=1, max_size=4),
)
def test_a_part_is_what_matches_that_hold_in_most_trials_tie_within_a_community(
    ends: set[tuple[int, int]], labels: list[int], trials: list[list[int]]
) -> None:
    part_of = find_parts(np.array(labels), matrix_of(dict.fromkeys(ends, 0.7), 12), np.array(trials))
    parts = [{place} for place in range(12)]
    for a, b in ends:
        if labels[a] == labels[b] and 2 * sum(trial[a] == trial[b] for trial in trials) >= len(trials):
            joined = next(part for part in parts if a in part) | next(part for part in parts if b in part)
            parts = [part for part in parts if not part & joined] + [joined]
    for part in parts:
        assert part == set(np.flatnonzero(part_of == part_of[min(part)]).tolist())


@given(st.sets(st.integers(0, 11), min_size=4), st.data(), st.lists(labellings, min_size=1, max_size=4))
def test_stability_is_the_share_of_pairs_that_are_together_in_the_trials(
    members: set[int], data: st.DataObject, trials: list[list[int]]
) -> None:
    first = data.draw(st.integers(2, len(members) - 2))
    clusters = [sorted(members)[:first], sorted(members)[first:]]
    shares = stability(clusters, np.array(trials))
    for one, share in zip(clusters, shares.tolist(), strict=True):
        together = [trial[a] == trial[b] for trial in trials for a, b in combinations(one, 2)]
        assert share == pytest.approx(np.mean(together))


@pytest.mark.parametrize(
    ("scores", "rise", "trials", "expected"),
    [
        ([0.9], 0.1, 10, 1),
        ([0.5], 0.1, 10, 0),
        ([0.5], 0, 10, 1),
        ([0.535], 0.1, 10, 0.3),
        ([0.535], 0.1, 2, 0),
        ([0.535], 0.05, 10, 0.7),
        # Of the three pairs of three panels one is left in the seven trials after the third.
        ([0.9, 0.535, 0.535], 0.1, 10, 0.3 + 0.7 / 3),
    ],
)
def test_stability_is_how_often_panels_stay_together_as_the_threshold_rises(
    tmp_path: Path, scores: list[float], rise: float, trials: int, expected: float
) -> None:
    matches = dict(zip([(0, 1), (0, 2), (1, 2)], scores, strict=False))
    cluster(tmp_path, matches, 3, trials=trials, trial_rise=rise)
    assert ranking(tmp_path, "stability") == [[pytest.approx(expected, abs=1e-4)]]


def test_what_weighs_less_than_it_scores_stays_together_by_its_score(tmp_path: Path) -> None:
    """As panels do that match many others."""
    cluster(tmp_path, clique(0, 1, 2, 3, score=0.7), 4, weight=0.5)
    assert ranking(tmp_path, "least_score", "stability") == [[0.7, 1]]
    cluster(tmp_path, clique(0, 1, 2, 3, score=0.535), 4, weight=0.7)
    assert ranking(tmp_path, "least_score", "stability") == [[0.535, 0.3]]


def test_what_depends_on_the_seed_is_not_stable(tmp_path: Path) -> None:
    """A ring has no beginning: where Leiden cuts it is chance."""
    matches = {(place, place + 1): 0.9 for place in range(19)} | {(0, 19): 0.9} | clique(20, 21, 22)
    cluster(tmp_path, matches, 23, trial_rise=0, trials=20)
    *ring, (page, scene) = sorted(ranking(tmp_path, "first_page", "stability"))
    assert (page, scene) == (21, 1)
    assert len(ring) > 3
    assert np.mean([stability for _, stability in ring]) < 0.8


def test_no_chain_forms_as_a_comic_grows(tmp_path: Path) -> None:
    """Each scene has one doubtful match with the next, and one in ten more with a scene far away."""
    scenes = 60
    matches: dict[tuple[int, int], float] = {}
    for scene in range(scenes):
        matches |= clique(*range(4 * scene, 4 * scene + 4), score=0.8)
    matches |= {(4 * scene + 3, 4 * scene + 4): 0.6 for scene in range(scenes - 1)}
    matches |= {(4 * scene, 4 * scene + 82): 0.6 for scene in range(0, scenes - 21, 10)}
    expected = [list(range(4 * scene, 4 * scene + 4)) for scene in range(scenes)]
    assert sorted(groups(cluster(tmp_path, matches, 4 * scenes))) == expected
    assert len(groups(cluster(tmp_path, matches, 4 * scenes, "components"))) == 1


# --- What the reader has settled -------------------------------------------------------------------------------------


@st.composite
def settled_graphs(draw: st.DrawFn) -> tuple[int, dict[tuple[int, int], float], list[int]]:
    """A graph of which some pairs must match (infinite), some do not (less than any), with a group for each panel."""
    panels = draw(st.integers(2, 14))
    group = draw(st.lists(st.integers(0, 5), min_size=panels, max_size=panels))
    scores = draw(st.lists(st.sampled_from([0, 0, 0.5, 0.6, 0.9, 1, np.inf]), min_size=91, max_size=91))
    matches = dict(zip(combinations(range(panels), 2), scores, strict=False))
    # Within a group nothing is settled as no match, between two nothing as a match: the lists do not contradict.
    for a, b in matches:
        if matches[a, b] == np.inf and group[a] != group[b]:
            matches[a, b] = -np.inf
    return panels, {ends: score for ends, score in matches.items() if score}, group


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(settled_graphs(), st.sampled_from([0.001, 0.2, 0.9, 50]), st.integers(0, 5))
def test_what_is_settled_holds_through_others_too(
    tmp_path_factory: pytest.TempPathFactory,
    graph: tuple[int, dict[tuple[int, int], float], list[int]],
    resolution: float,
    seed: int,
) -> None:
    panels, matches, _ = graph
    table = cluster(tmp_path_factory.mktemp("settled"), matches, panels, resolution=resolution, seed=seed)
    cluster_of = {place: number for number, group in enumerate(groups(table)) for place in group}
    for (a, b), score in matches.items():
        together = a in cluster_of and cluster_of[a] == cluster_of.get(b)
        assert together or score != np.inf
        assert not together or score != -np.inf


def test_of_two_panels_that_are_no_match_one_leaves_with_those_most_like_it(tmp_path: Path) -> None:
    matches = clique(*range(6), score=0.6) | {(0, 1): 0.95}
    assert groups(cluster(tmp_path, matches, 6)) == [[0, 1, 2, 3, 4, 5]]
    assert groups(cluster(tmp_path, matches | {(0, 3): -np.inf}, 6)) == [[0, 1, 2, 4, 5]]
    scenes = two_scenes(10, 0.8)
    assert groups(cluster(tmp_path, scenes, 10)) == [list(range(10))]
    assert groups(cluster(tmp_path, scenes | {(0, 5): -np.inf}, 10)) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_two_panels_that_must_match_stay_together_against_all_others(tmp_path: Path) -> None:
    """Each is in a scene that does not match the other's."""
    scenes = clique(0, 1, 2, 3) | clique(4, 5, 6, 7)
    assert sorted(groups(cluster(tmp_path, scenes, 8))) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    found = groups(cluster(tmp_path, scenes | {(3, 4): np.inf}, 8))
    assert any({3, 4} <= set(group) for group in found)


def test_two_panels_that_must_match_count_as_two(tmp_path: Path) -> None:
    """The third is like one of them: over the three pairs of three panels that is less than the resolution asks."""
    matches = {(0, 1): np.inf, (1, 2): 0.55}
    assert groups(cluster(tmp_path, matches, 3, resolution=0.3)) == [[0, 1]]
    assert groups(cluster(tmp_path, matches, 3, resolution=0.25)) == [[0, 1, 2]]


def test_what_is_settled_is_as_stable_as_can_be(tmp_path: Path) -> None:
    """The threshold rises beyond every score; and what is parted does not meet in a trial either."""
    matches = {(0, 1): np.inf} | clique(2, 3, 4, score=0.9) | clique(5, 3, 4, score=0.9) | {(2, 5): -np.inf}
    cluster(tmp_path, matches, 6, trial_rise=1, trials=1)
    assert ranking(tmp_path, "first_page", "stability")[0] == [1, 1]
    cluster(tmp_path, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): -np.inf}, 3, trial_rise=0, trials=40)
    ((stable,),) = ranking(tmp_path, "stability")
    assert 0 < stable < 1


@pytest.mark.parametrize("method", [method for method in METHODS if method != "leiden"])
def test_to_other_methods_a_settled_pair_is_an_edge_or_none(tmp_path: Path, method: str) -> None:
    plain = {**clique(1, 2, 3), (0, 1): 1.0, **clique(5, 6, 7, 8)}
    settled = plain | {(0, 1): np.inf, (1, 4): -np.inf, (4, 5): -np.inf}
    tables = [cluster(tmp_path, matches, 9, method).to_csv() for matches in (plain, settled)]
    assert tables[0] == tables[1]


def random_graph(seed: int, panels: int, matches: int) -> sparse.csr_array:
    random = np.random.default_rng(seed)
    ends = random.integers(0, panels, (matches, 2))
    scores = random.uniform(0.5, 1, matches)
    some = {(int(min(pair)), int(max(pair))): float(score) for pair, score in zip(ends, scores, strict=True)}
    return matrix_of({pair: score for pair, score in some.items() if pair[0] != pair[1]}, panels)


def communities_apart(matrix: sparse.csr_array) -> list[list[int]]:
    """Find the communities of each component of a graph alone."""
    component = connected_components(matrix)
    found = []
    for number in range(component.max() + 1):
        panels = np.flatnonzero(component == number)
        found += [panels[list(group)].tolist() for group in leiden(matrix[panels][:, panels], RESOLUTION, 1)]
    return sorted(sorted(group) for group in found if len(group) > 1)


def potts(matrix: sparse.csr_array, found: list[list[int]]) -> float:
    """Return what Leiden raises: by how much the scores within communities are above the resolution, in sum."""
    return sum(matrix[group][:, group].sum() / 2 - RESOLUTION * len(group) * (len(group) - 1) / 2 for group in found)


RESOLUTION = 0.2


def test_leiden_on_each_component_apart_is_as_good_but_not_the_same() -> None:
    """So it is run on the whole. Moves are tried in another order, and can end in more than one grouping."""
    differ = []
    for seed in range(20):
        matrix = random_graph(seed, 60, 60)
        whole = sorted(sorted(group) for group in leiden(matrix, RESOLUTION, 1) if len(list(group)) > 1)
        apart = communities_apart(matrix)
        component = connected_components(matrix)
        assert all(len(set(component[group])) == 1 for group in whole)
        assert potts(matrix, apart) == pytest.approx(potts(matrix, whole), rel=0.06)
        differ.append(whole != apart)
    assert any(differ) and not all(differ)


def test_leiden_on_each_component_apart_is_the_same_where_each_is_a_scene() -> None:
    matrix = matrix_of({**clique(0, 1), **clique(2, 3, 4), **clique(5, 6, 7, 8), **clique(9, 10, 11, score=0.5)}, 12)
    assert communities_apart(matrix) == [[0, 1], [2, 3, 4], [5, 6, 7, 8], [9, 10, 11]]
    assert communities_apart(matrix) == sorted(sorted(group) for group in leiden(matrix, RESOLUTION, 1))


graphs = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda ends: ends[0] < ends[1]), st.floats(0.4, 1)
)


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(graphs, st.sampled_from(sorted(METHODS)))
def test_clusters_are_disjoint_connected_and_of_two_or_more(
    tmp_path_factory: pytest.TempPathFactory, matches: Matches, method: str
) -> None:
    found = groups(cluster(tmp_path_factory.mktemp("graph"), matches, 12, method))
    members = [panel for group in found for panel in group]
    assert len(members) == len(set(members))
    assert all(len(group) > 1 for group in found)
    for group in found:
        inside = matrix_of(matches, 12)[group][:, group]
        assert sparse.csgraph.connected_components(inside, directed=False)[0] == 1
