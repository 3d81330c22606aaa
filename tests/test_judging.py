"""The measures by their definitions, panel by panel and pair by pair."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise.judging import bcubed_scores, f1, pair_scores

labels = st.sampled_from(["a", "b", "1", "01", "NA", ""])
groupings = st.lists(st.tuples(labels, labels), min_size=1, max_size=12)


def series(grouping: list[tuple[str, str]]) -> tuple[pd.Series, pd.Series]:
    files = [f"{place}.png" for place in range(len(grouping))]
    found, truth = (pd.Series([pair[side] for pair in grouping], index=files, dtype=str) for side in (0, 1))
    return found, truth


@given(groupings)
def test_pairs_are_counted_as_defined(grouping: list[tuple[str, str]]) -> None:
    found, truth = (
        {(a, b) for a, b in combinations(range(len(grouping)), 2) if grouping[a][side] == grouping[b][side]}
        for side in (0, 1)
    )
    precision = len(found & truth) / len(found) if found else 1.0
    recall = len(found & truth) / len(truth) if truth else 1.0
    assert pair_scores(*series(grouping)) == pytest.approx((precision, recall, f1(precision, recall)))


@given(groupings)
def test_bcubed_is_as_defined(grouping: list[tuple[str, str]]) -> None:
    precisions, recalls = [], []
    for cluster, label in grouping:
        found = [other for other in grouping if other[0] == cluster]
        true = [other for other in grouping if other[1] == label]
        both = [other for other in grouping if other == (cluster, label)]
        precisions.append(len(both) / len(found))
        recalls.append(len(both) / len(true))
    precision, recall = sum(precisions) / len(grouping), sum(recalls) / len(grouping)
    assert bcubed_scores(*series(grouping)) == pytest.approx((precision, recall, f1(precision, recall)))


@given(groupings, st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=6))
def test_ignored_pairs_count_neither_way(grouping: list[tuple[str, str]], pairs: set[tuple[int, int]]) -> None:
    """By the definition again: an ignored pair is left out wherever two panels are compared."""
    count = len(grouping)
    left_out = {frozenset(pair) for pair in pairs if max(pair) < count and pair[0] != pair[1]}

    def mates(panel: int, *sides: int) -> list[int]:
        return [
            other
            for other in range(count)
            if frozenset({panel, other}) not in left_out
            and all(grouping[panel][side] == grouping[other][side] for side in sides)
        ]

    both, told, real = ([len(mates(panel, *sides)) for panel in range(count)] for sides in ((0, 1), (0,), (1,)))
    ignored = pd.DataFrame([[f"{p}.png" for p in sorted(pair)] for pair in left_out], columns=["file_a", "file_b"])
    pair_precision, pair_recall, _ = pair_scores(*series(grouping), ignored)
    assert pair_precision == pytest.approx((sum(both) - count) / (sum(told) - count) if sum(told) > count else 1)
    assert pair_recall == pytest.approx((sum(both) - count) / (sum(real) - count) if sum(real) > count else 1)
    precision, recall, _ = bcubed_scores(*series(grouping), ignored)
    assert precision == pytest.approx(sum(b / t for b, t in zip(both, told, strict=True)) / count)
    assert recall == pytest.approx(sum(b / t for b, t in zip(both, real, strict=True)) / count)


@pytest.mark.slow
@given(groupings)
def test_precision_and_recall_change_places_with_found_and_true(grouping: list[tuple[str, str]]) -> None:
    found, truth = series(grouping)
    for score in (pair_scores, bcubed_scores):
        precision, recall, both = score(found, truth)
        assert score(truth, found) == pytest.approx((recall, precision, both))


@given(st.floats(0, 1), st.floats(0, 1))
def test_f1_lies_between_precision_and_recall(precision: float, recall: float) -> None:
    assert min(precision, recall) - 1e-12 <= f1(precision, recall) <= max(precision, recall) + 1e-12
