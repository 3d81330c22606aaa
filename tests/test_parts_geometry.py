"""How a part lies in two panels: the similarity that many pairs of features agree with, whatever the others say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from reprise.parts.geometry import FEWEST_PLACES, MOST_PARTS, lie

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

Points = NDArray[np.float64]


def pairs(
    lot: np.random.Generator, number: int, zoom: float, turn: float, right: float, below: float
) -> tuple[Points, Points]:
    """Return features of a part and where they lie in another panel, with sizes and directions nearly right."""
    a = np.column_stack([lot.uniform(100, 250, (number, 2)), lot.uniform(1, 4, number), lot.uniform(0, 360, number)])
    across, down = zoom * np.cos(np.radians(turn)), zoom * np.sin(np.radians(turn))
    x, y = across * a[:, 0] - down * a[:, 1] + right, down * a[:, 0] + across * a[:, 1] + below
    b = np.column_stack([x, y, a[:, 2] + np.log2(zoom), a[:, 3] + turn])
    return a, b + lot.normal(0, [0.5, 0.5, 0.05, 2], (number, 4))


def noise(lot: np.random.Generator, number: int) -> tuple[Points, Points]:
    """Return pairs of features that agree with nothing."""
    a, b = (
        np.column_stack([lot.uniform(0, 400, (number, 2)), lot.uniform(1, 4, number), lot.uniform(0, 360, number)])
        for _ in "ab"
    )
    return a, b


def found(*some: tuple[Points, Points]) -> tuple[Points, NDArray[np.int64]]:
    """Return the parts that are found in all pairs together, and which of them each pair is of."""
    a, b = (np.concatenate(ends) for ends in zip(*some, strict=True))
    told, part = np.zeros((MOST_PARTS, 6)), np.empty(len(a), np.int64)
    return told[: lie(a, b, np.ones(len(a)), told, part)], part


@pytest.mark.parametrize(("zoom", "turn"), [(1.0, 0.0), (0.4, 0.0), (3.0, 0.0), (1.0, 20.0), (0.7, -30.0)])
def test_the_similarity_is_found_among_others(zoom: float, turn: float) -> None:
    lot = np.random.default_rng(1)
    told, part = found(pairs(lot, 20, zoom, turn, 60, -40), noise(lot, 60))
    across, down, right, below = told[0, :4]
    assert np.hypot(across, down) == pytest.approx(zoom, rel=0.02)
    assert np.degrees(np.arctan2(down, across)) == pytest.approx(turn, abs=2)
    corner = across * 175 - down * 175 + right, down * 175 + across * 175 + below
    turned = zoom * 175 * (np.cos(np.radians(turn)) + np.array([-1, 1]) * np.sin(np.radians(turn)))
    assert corner == pytest.approx(turned + np.array([60, -40]), abs=2)
    assert (part[:20] == 0).sum() >= 18
    assert (part[20:] == 0).sum() <= 4


def six_times(ends: tuple[Points, Points]) -> tuple[Points, Points]:
    """Return each feature six times, in one place."""
    return np.repeat(ends[0], 6, axis=0), np.repeat(ends[1], 6, axis=0)


def test_features_in_one_place_are_one() -> None:
    lot = np.random.default_rng(2)
    few = pairs(lot, FEWEST_PLACES - 1, 1, 0, 60, -40)
    assert len(found(six_times(few))[0]) == 0
    enough = pairs(lot, 12, 1, 0, 60, -40)
    one, again = (found(some)[0] for some in (enough, six_times(enough)))
    assert one[0, 4:].tolist() == again[0, 4:].tolist() == [12, 12]


def test_two_parts_that_lie_in_other_ways_are_both_found() -> None:
    lot = np.random.default_rng(3)
    one, other = pairs(lot, 25, 1, 0, 60, -40), pairs(lot, 15, 0.6, 0, -150, 200)
    other[0][:, :2] += 300
    other[1][:, :2] += 0.6 * 300
    told, part = found(one, other)
    assert len(told) == 2
    assert (part[:25] == 0).mean() > 0.9
    assert (part[25:] == 1).mean() > 0.9


def test_what_noise_agrees_on_says_little() -> None:
    lot = np.random.default_rng(4)
    assert found(noise(lot, 40))[0][:, 5].max(initial=0) < 5
