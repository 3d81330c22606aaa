"""What is told of a panel that is looked up."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from reprise.look_up import MOST_BELOW, MOST_NEAREST, nearest, nearly_matching, why_alone


def pairs(*rows: tuple[int, int, float]) -> NDArray[Any]:
    return np.array(list(rows), [("a", np.int64), ("b", np.int64), ("score", np.float64)])


def test_the_nearest_come_first_whether_they_match_or_not() -> None:
    found = nearest(pairs((0, 2, 0.9), (1, 2, 0.6)), pairs((0, 1, 0.4), (2, 3, 0.45)), 5)
    assert found == [
        [(2, 0.9, True), (1, 0.4, False)],
        [(2, 0.6, True), (0, 0.4, False)],
        [(0, 0.9, True), (1, 0.6, True), (3, 0.45, False)],
        [(2, 0.45, False)],
        [],
    ]


def test_so_many_are_shown_and_of_equals_the_earlier() -> None:
    found = nearest(pairs(), pairs(*((0, other, 0.4) for other in range(9, 0, -1))), 10)
    assert [other for other, _, _ in found[0]] == list(range(1, MOST_NEAREST + 1))


def test_pairs_that_share_a_cluster_or_are_settled_do_not_nearly_match() -> None:
    below = pairs((0, 1, 0.49), (0, 2, 0.48), (2, 3, 0.47), (3, 4, 0.46), (4, 5, 0.45), (2, 4, 0.48))
    found = nearly_matching(below, [7, 7, 0, 0, 0, 0], np.array([[3, 4]]), np.array([5]))
    assert found == [(0, 2, 0.48), (2, 4, 0.48), (2, 3, 0.47)]
    many = pairs(*((0, other, 0.4) for other in range(1, 2 * MOST_BELOW)))
    assert (
        len(nearly_matching(many, [0] * 2 * MOST_BELOW, np.empty((0, 2), np.int64), np.empty(0, np.int64)))
        == MOST_BELOW
    )


class Row(NamedTuple):
    status: str = "ok"


@pytest.mark.parametrize(
    ("row", "near", "is_apart", "says_enough", "left_out", "said"),
    [
        (Row("damaged"), [], False, False, False, "could not be used: damaged"),
        (Row(), [], False, True, True, "You left it out."),
        (Row(), [], False, False, False, "too little"),
        (Row(), [(1, 0.6, True)], False, True, False, "too loosely"),
        (Row(), [], False, True, False, "Nothing comes near"),
        (Row(), [(1, 0.6, False)], True, True, False, "You said"),
        (Row(), [(1, 0.4, False)], False, True, False, "not alike enough"),
    ],
)
def test_why_a_panel_is_alone_is_told(
    row: Row, near: list[tuple[int, float, bool]], is_apart: bool, says_enough: bool, left_out: bool, said: str
) -> None:
    assert said in why_alone(row, near, is_apart, says_enough, left_out)
