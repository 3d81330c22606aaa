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


@pytest.mark.parametrize("matches", [{}, {(0, 1): 0.2}])
def test_a_comic_without_clusters_has_none_to_rank(tmp_path: Path, matches: dict[tuple[int, int], float]) -> None:
    assert cluster(tmp_path, matches, 3).empty
    assert ranking(tmp_path, "cluster", "interest") == []


def test_a_changed_callback_ranks_before_neighbours_and_copies(tmp_path: Path) -> None:
    pages = [1, 2, 3, 4, 5, 6, 105, 106, 107]
    matches = {(0, 1): 1.0, (2, 6): 1.0, (3, 4): 0.7, (5, 7): 0.7}
    duplicates = [(0, 1), (2, 6)]
    ranked = [[5, 7], [2, 6], [3, 4], [0, 1]]
    assert groups(cluster(tmp_path, matches, 9, pages=pages, duplicates=duplicates)) == ranked
    backwards = dict(reversed(matches.items()))
    assert groups(cluster(tmp_path, backwards, 9, pages=pages, duplicates=duplicates)) == ranked


def test_the_rank_says_which_return_it_is_for(tmp_path: Path) -> None:
    """Two scenes of one drawing, pages 1 to 3 and 103 to 104; page 103 is most like page 2. The comic has 104 pages."""
    matches = clique(*range(5), score=0.6) | {(1, 3): 0.8}
    cluster(tmp_path, matches, 5, pages=[1, 2, 3, 103, 104])
    columns = ["cluster", "panel", "source", "relation", "absence", "score", "panels", "first_page", "last_page"]
    assert ranking(tmp_path, *columns) == [[1, "103_3", "2_1", "redraw", 100, 0.8, 5, 1, 104]]
    assert ranking(tmp_path, "interest") == [[pytest.approx(100 / (100 + 10.4) * 0.8**0.5, abs=1e-6)]]


def test_a_recolour_of_the_very_same_lines_is_a_change_and_a_copy_of_a_recolour_is_none(tmp_path: Path) -> None:
    """Page 101 changed page 1, with all its lines; page 401 is the same picture as page 101, if with a lower score."""
    matches = clique(0, 1, 2, score=1.0) | {(1, 2): 0.97}
    cluster(tmp_path, matches, 3, pages=[1, 101, 401], duplicates=[(1, 2)])
    assert ranking(tmp_path, "panel", "source", "absence") == [["101_1", "1_0", 100]]
    cluster(tmp_path, matches, 3, pages=[1, 2, 401], duplicates=[(1, 2)])
    assert ranking(tmp_path, "panel", "source", "relation", "score") == [["401_2", "2_1", "duplicate", 0.97]]
    assert ranking(tmp_path, "interest") == [[pytest.approx(0.5 * 399 / 419 * 0.97**0.5, abs=1e-6)]]


def test_an_interface_ranks_low_however_far_it_reaches(tmp_path: Path) -> None:
    """The same picture every tenth page, once with a change; a scene of three pages; a callback after 60 pages."""
    copies = clique(*range(15), *range(16, 30), score=1.0)
    with_change = {(min(place, 15), max(place, 15)): 0.9 for place in range(30) if place != 15}
    story = clique(30, 31, 32, score=0.8) | {(33, 34): 0.6}
    pages = [*range(10, 310, 10), 311, 312, 313, 314, 374]
    found = groups(cluster(tmp_path, copies | with_change | story, 35, pages=pages, duplicates=copies))
    assert found == [[33, 34], list(range(30)), [30, 31, 32]]
    # Without the change, which came after 10 pages, it is last if copies count little.
    all_copies, rank = copies | dict.fromkeys(with_change, 1.0), SETTINGS["rank"] | {"copy": 0.1}
    found = groups(cluster(tmp_path, all_copies | story, 35, pages=pages, duplicates=all_copies, rank=rank))
    assert found == [[33, 34], [30, 31, 32], list(range(30))]


def test_further_callbacks_count_each_half_of_the_one_before(tmp_path: Path) -> None:
    """Page 31 and 71 change page 1; page 72 is of a scene, and counts nothing. The comic has 200 pages."""
    cluster(tmp_path, clique(0, 1, 2, 3, score=0.81), 5, pages=[1, 31, 71, 72, 200])
    assert ranking(tmp_path, "panel", "absence") == [["71_2", 40]]
    expected = 0.9 * (40 / 60 + 30 / 50 / 2)
    assert ranking(tmp_path, "interest") == [[pytest.approx(expected, abs=1e-6)]]


def test_one_change_from_far_away_comes_before_any_number_of_copies_and_after_several_changes(tmp_path: Path) -> None:
    """The change from page 1 to page 503 is just above the threshold; a copy comes back every 25 pages."""
    copies = clique(*range(10, 30), score=1.0)
    once, twice, flashback, scene = {(0, 1): 0.505}, clique(2, 3, 4, score=0.9), {(5, 6): 1.0}, clique(7, 8, 9)
    pages = [1, 503, 2, 62, 122, 3, 269, 4, 5, 6, *range(10, 510, 25), 510]
    duplicates = [*copies, *flashback]
    found = groups(cluster(tmp_path, once | twice | flashback | scene | copies, 31, pages=pages, duplicates=duplicates))
    assert found == [[2, 3, 4], [0, 1], list(range(10, 30)), [5, 6], [7, 8, 9]]


def test_panels_of_one_page_come_back_together(tmp_path: Path) -> None:
    """The second of them is away for as long as the first, and here more like what was."""
    cluster(tmp_path, {(0, 1): 0.6, (0, 2): 0.9, (1, 2): 0.6}, 3, pages=[1, 41, 41])
    assert ranking(tmp_path, "panel", "absence", "score") == [["41_2", 40, 0.9]]


def test_of_returns_that_count_nothing_the_longest_absence_is_told(tmp_path: Path) -> None:
    matches, rank = clique(0, 1, 2, score=1.0), SETTINGS["rank"] | {"copy": 0}
    cluster(tmp_path, matches, 3, pages=[1, 1, 41], duplicates=matches, rank=rank)
    assert ranking(tmp_path, "panel", "absence", "interest") == [["41_2", 40, 0]]


def test_callbacks_come_before_scenes_whatever_these_count(tmp_path: Path) -> None:
    """In a comic of 300 pages: a copy after 20 pages, and two changed drawings, after 19 and after 2."""
    matches, pages = {(0, 1): 0.9, (2, 3): 0.9, (4, 5): 0.9}, [1, 3, 51, 70, 100, 120, 300]
    assert groups(cluster(tmp_path, matches, 7, pages=pages, duplicates=[(4, 5)])) == [[4, 5], [2, 3], [0, 1]]
    assert ranking(tmp_path, "kind", "absence") == [["callback", 20], ["scene", 19], ["scene", 2]]
    callback, scene, _ = (interest for (interest,) in ranking(tmp_path, "interest"))
    assert callback < scene


@pytest.mark.parametrize(
    ("last", "absence", "kind"),
    [
        *[(60, 6, "callback"), (60, 5, "scene"), (60, 1, "scene")],
        *[(1000, 20, "callback"), (1000, 19, "scene")],
        *[(8, 2, "callback"), (8, 1, "scene")],
    ],
)
def test_what_is_far_depends_on_the_length_of_the_comic(tmp_path: Path, last: int, absence: int, kind: str) -> None:
    """A tenth of a short comic, 20 pages of a long one, and never the very next page."""
    cluster(tmp_path, {(0, 1): 0.9}, 3, pages=[1, 1 + absence, last])
    assert ranking(tmp_path, "absence", "kind") == [[absence, kind]]


def test_a_callback_is_told_by_its_far_return_though_a_near_one_counts_more(tmp_path: Path) -> None:
    """Changed after 19 pages, and the very same 20 pages after that."""
    matches = {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 1.0}
    cluster(tmp_path, matches, 4, pages=[1, 20, 40, 300], duplicates=[(1, 2)])
    assert ranking(tmp_path, "kind", "panel", "absence", "relation") == [["callback", "40_2", 20, "duplicate"]]


def test_doubt_is_marked_and_takes_nothing_from_the_rank(tmp_path: Path) -> None:
    """A drawing that is alike by a little more than the threshold comes back after 502 pages, a sure one after 30."""
    assert groups(cluster(tmp_path, {(0, 1): 0.9, (2, 3): 0.52}, 4, pages=[1, 31, 32, 534])) == [[2, 3], [0, 1]]
    assert ranking(tmp_path, "absence", "unsure") == [[502, True], [30, False]]
    interest = [502 / 522 * 0.52**0.5, 30 / 50 * 0.9**0.5]
    assert [found for (found,) in ranking(tmp_path, "interest")] == pytest.approx(interest, abs=1e-6)


def test_a_doubtful_return_to_a_stable_cluster_is_unsure(tmp_path: Path) -> None:
    """Four panels of one scene, and a fifth 100 pages later that is alike by little more than the threshold."""
    matches = clique(0, 1, 2, 3) | {(place, 4): 0.545 for place in range(4)}
    cluster(tmp_path, matches, 5, pages=[1, 2, 3, 4, 104])
    ((stability, absence, unsure),) = ranking(tmp_path, "stability", "absence", "unsure")
    assert stability > 0.7
    assert (absence, unsure) == (100, True)


@pytest.mark.parametrize(
    ("weights", "interest"),
    [
        ({}, [20 / 40 * 0.8**0.5, 0.5 * 60 / 80 * 0.9**0.5]),
        ({"absence": 60}, [0.5 * 60 / 120 * 0.9**0.5, 20 / 80 * 0.8**0.5]),
        ({"likeness": 2}, [20 / 40 * 0.64, 0.5 * 60 / 80 * 0.81]),
        ({"likeness": 0}, [20 / 40, 0.5 * 60 / 80]),
        ({"copy": 1}, [60 / 80 * 0.9**0.5, 20 / 40 * 0.8**0.5]),
        ({"copy": 0}, [20 / 40 * 0.8**0.5, 0]),
    ],
)
def test_what_counts_in_the_rank_is_set(tmp_path: Path, weights: dict[str, float], interest: list[float]) -> None:
    matches, pages = {(0, 1): 0.8, (2, 3): 0.9}, [1, 21, 101, 161, 1000]
    cluster(tmp_path, matches, 5, pages=pages, duplicates=[(2, 3)], rank=SETTINGS["rank"] | weights)
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
