"""The partners that are kept of each panel, against sorting all of them."""

from itertools import pairwise, product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from reprise.matching.nearest import best_frames, enter_all, no_partners

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

tables = st.integers(0, 6).flatmap(
    lambda columns: st.lists(st.lists(st.integers(-1, 4), min_size=columns, max_size=columns), max_size=6).map(
        lambda rows: np.array(rows, np.int32).reshape(len(rows), columns)
    )
)


@given(tables, st.integers(0, 3), st.booleans(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_a_pair_is_kept_if_one_panel_is_among_those_most_like_the_other(
    alike: NDArray[np.int32], between: int, same: bool, most: int, random: Random
) -> None:
    rows, columns = alike.shape
    first_b = 0 if same else rows + between
    nearest = no_partners(max(rows, first_b + columns), most)
    pairs = {(p, first_b + q): value for (p, q), value in np.ndenumerate(alike) if value > 0 and first_b + q > p}
    kept = set()
    for end in {panel for pair in pairs for panel in pair}:
        own = sorted((-value, sum(pair) - end, pair) for pair, value in pairs.items() if end in pair)
        kept |= {pair for *_, pair in own[:most]}
    entered = []
    runs = list(range(rows))
    random.shuffle(runs)
    for first in runs:
        found = enter_all(nearest, alike[first : first + 1].astype(np.float32), first, first_b)
        entered += [(first, first_b + q) for q in found[1].tolist()]
    a, b = np.array(entered, np.int64).reshape(-1, 2).T
    among = nearest.among(a, b, np.array([pairs[pair] for pair in entered], np.float32))
    assert {pair for pair, is_kept in zip(entered, among.tolist(), strict=True) if is_kept} == kept


def test_pairs_are_told_in_order_by_rows_and_columns() -> None:
    alike = np.array([[1, 0, 3], [2, 2, 1]], np.float32)
    found = enter_all(no_partners(5, 2), alike, 0, 2)
    assert [some.tolist() for some in found] == [[0, 0, 1, 1, 1], [0, 2, 0, 1, 2]]


@given(tables, st.data())
def test_the_best_frames_of_panels_are_the_first_of_the_greatest(alike: NDArray[np.int32], data: st.DataObject) -> None:
    start_a, start_b = (
        np.array([0, *data.draw(st.lists(st.integers(0, size), max_size=4).map(sorted)), size]) for size in alike.shape
    )
    best, row, column = best_frames(alike, start_a, start_b)
    assert best.shape == row.shape == column.shape == (len(start_a) - 1, len(start_b) - 1)
    for (p, (first, last)), (q, (left, right)) in product(enumerate(pairwise(start_a)), enumerate(pairwise(start_b))):
        entries_there = [
            (-alike[f, g], f, g) for f in range(first, last) for g in range(left, right) if alike[f, g] > 0
        ]
        if entries_there:
            assert min(entries_there) == (-best[p, q], row[p, q], column[p, q])
        else:
            assert best[p, q] == 0
