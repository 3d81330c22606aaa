"""The clusters that come first are those that a reader would look at first."""

from itertools import pairwise
from pathlib import Path

import pytest

from graphs import SETTINGS, clique, cluster, groups, ranking
from reprise.community_detection import METHODS


def test_a_cluster_tells_its_least_and_mean_score(tmp_path: Path) -> None:
    """Over all its pairs: two panels of it that do not match are alike by 0."""
    cluster(tmp_path, {(0, 1): 0.9, (0, 2): 0.8, (1, 2): 0.7, (3, 4): 0.8, (4, 5): 0.7}, 6)
    assert sorted(ranking(tmp_path, "first_page", "least_score", "mean_score")) == [[1, 0.7, 0.8], [4, 0, 0.5]]


def test_a_changed_callback_ranks_before_neighbours_and_copies(tmp_path: Path) -> None:
    pages = [1, 2, 3, 4, 5, 6, 105, 106, 107]
    matches = {(0, 1): 1.0, (2, 6): 1.0, (3, 4): 0.7, (5, 7): 0.7}
    duplicates = [(0, 1), (2, 6)]
    ranked = [[5, 7], [2, 6], [3, 4], [0, 1]]
    assert groups(cluster(tmp_path, matches, 9, pages=pages, duplicates=duplicates)) == ranked
    backwards = dict(reversed(matches.items()))
    assert groups(cluster(tmp_path, backwards, 9, pages=pages, duplicates=duplicates)) == ranked


def test_the_rank_says_which_return_it_is_for(tmp_path: Path) -> None:
    """Two scenes of one drawing, pages 1 to 3 and 103 to 104; page 103 is most like page 2."""
    matches = clique(*range(5), score=0.6) | {(1, 3): 0.8}
    cluster(tmp_path, matches, 5, pages=[1, 2, 3, 103, 104])
    columns = ["cluster", "panel", "source", "relation", "absence", "score", "panels", "first_page", "last_page"]
    assert ranking(tmp_path, *columns) == [[1, "103_3", "2_1", "redraw", 100, 0.8, 5, 1, 104]]
    assert ranking(tmp_path, "interest") == [[pytest.approx(100 / (100 + 20) * 0.8, abs=1e-6)]]


def test_a_recolour_of_the_very_same_lines_is_a_change_and_a_copy_of_a_recolour_is_none(tmp_path: Path) -> None:
    """Page 101 changed page 1, with all its lines; page 401 is the same picture as page 101, if with a lower score."""
    matches = clique(0, 1, 2, score=1.0) | {(1, 2): 0.97}
    cluster(tmp_path, matches, 3, pages=[1, 101, 401], duplicates=[(1, 2)])
    assert ranking(tmp_path, "panel", "source", "absence") == [["101_1", "1_0", 100]]
    cluster(tmp_path, matches, 3, pages=[1, 2, 401], duplicates=[(1, 2)])
    assert ranking(tmp_path, "panel", "source", "relation", "score") == [["401_2", "2_1", "duplicate", 0.97]]
    assert ranking(tmp_path, "interest") == [[pytest.approx(0.1 * 399 / 419 * 0.97, abs=1e-6)]]


def test_an_interface_ranks_low_however_far_it_reaches(tmp_path: Path) -> None:
    """The same picture every tenth page, once with a change; a scene of three pages; a callback after 60 pages."""
    copies = clique(*range(15), *range(16, 30), score=1.0)
    with_change = {(min(place, 15), max(place, 15)): 0.9 for place in range(30) if place != 15}
    story = clique(30, 31, 32, score=0.8) | {(33, 34): 0.6}
    pages = [*range(10, 310, 10), 311, 312, 313, 314, 374]
    found = groups(cluster(tmp_path, copies | with_change | story, 35, pages=pages, duplicates=copies))
    assert found == [[33, 34], list(range(30)), [30, 31, 32]]
    # Without the change, which came after 10 pages, it is last.
    all_copies = copies | dict.fromkeys(with_change, 1.0)
    found = groups(cluster(tmp_path, all_copies | story, 35, pages=pages, duplicates=all_copies))
    assert found == [[33, 34], [30, 31, 32], list(range(30))]


def test_panels_of_one_page_come_back_together(tmp_path: Path) -> None:
    """The second of them is away for as long as the first, and here more like what was."""
    cluster(tmp_path, {(0, 1): 0.6, (0, 2): 0.9, (1, 2): 0.6}, 3, pages=[1, 41, 41])
    assert ranking(tmp_path, "panel", "absence", "score") == [["41_2", 40, 0.9]]


def test_of_returns_that_count_nothing_the_longest_absence_is_told(tmp_path: Path) -> None:
    matches, rank = clique(0, 1, 2, score=1.0), SETTINGS["rank"] | {"copy": 0}
    cluster(tmp_path, matches, 3, pages=[1, 1, 41], duplicates=matches, rank=rank)
    assert ranking(tmp_path, "panel", "absence", "interest") == [["41_2", 40, 0]]


def test_of_returns_alike_that_of_the_less_stable_cluster_ranks_lower(tmp_path: Path) -> None:
    """Both come back after 20 pages, 0.7 alike; the earlier has a third panel in the first three trials of ten only."""
    matches = {(0, 2): 0.7, (1, 3): 0.7, (0, 4): 0.535, (2, 4): 0.535}
    assert groups(cluster(tmp_path, matches, 5, pages=[1, 2, 21, 22, 23])) == [[1, 3], [0, 2, 4]]
    alone, with_doubt = ranking(tmp_path, "interest", "stability")
    assert alone == pytest.approx([20 / 40 * 0.7, 1], abs=1e-6)
    assert with_doubt == pytest.approx([20 / 40 * 0.7 * with_doubt[1], 0.3 + 0.7 / 3], abs=1e-4)


@pytest.mark.parametrize(
    ("weights", "interest"),
    [
        ({}, [20 / 40 * 0.8, 0.1 * 60 / 80 * 0.9]),
        ({"absence": 60}, [20 / 80 * 0.8, 0.1 * 60 / 120 * 0.9]),
        ({"likeness": 2}, [20 / 40 * 0.64, 0.1 * 60 / 80 * 0.81]),
        ({"likeness": 0}, [20 / 40, 0.1 * 60 / 80]),
        ({"copy": 1}, [60 / 80 * 0.9, 20 / 40 * 0.8]),
        ({"copy": 0}, [20 / 40 * 0.8, 0]),
    ],
)
def test_what_counts_in_the_rank_is_set(tmp_path: Path, weights: dict[str, float], interest: list[float]) -> None:
    matches, pages = {(0, 1): 0.8, (2, 3): 0.9}, [1, 21, 101, 161]
    cluster(tmp_path, matches, 4, pages=pages, duplicates=[(2, 3)], rank=SETTINGS["rank"] | weights)
    assert [found for (found,) in ranking(tmp_path, "interest")] == pytest.approx(interest, abs=1e-6)


def test_the_rank_of_clusters_is_that_of_the_ranking(tmp_path: Path) -> None:
    matches = {(place, place + 20): 0.5 + place / 50 for place in range(20)}
    table = cluster(tmp_path, matches, 40, pages=[*range(20), *range(40, 80, 2)])
    ranked = ranking(tmp_path, "cluster", "interest", "first_page")
    assert [cluster for cluster, _, _ in ranked] == list(range(1, 21))
    assert all(before[1] >= after[1] for before, after in pairwise(ranked))
    first_pages = table.drop_duplicates("cluster")["page"].tolist()
    assert first_pages == [page for _, _, page in ranked] != sorted(first_pages)


def test_of_equally_interesting_clusters_the_earlier_ranks_first(tmp_path: Path) -> None:
    """Panels of one page, however many a cluster has, are not apart at all."""
    matches = {(0, 1): 0.7, **clique(2, 3, 4), **clique(5, 6, 7, 8)}
    for method in METHODS:
        found = groups(cluster(tmp_path, matches, 9, method, pages=[1] * 9))
        assert found == [[0, 1], [2, 3, 4], [5, 6, 7, 8]]
