"""Which colours of one picture became which of another."""

import math
from collections import Counter
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reprise.relation.colours import CHANGED, EXPECTED, LEVELS, colour_changes

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

SIDE = 16
STILL = (0.0, 1.0, 0.0, 0.0)

Picture = NDArray[np.uint8]


def change_of(a: Picture, b: Picture, place: tuple[float, ...] = STILL, left_out: Any = False) -> Any:
    """Lay one picture upon the other, both as wide and high on the canvas, and tell what became of the colours."""
    samples = np.stack([a, b])
    mask = np.zeros(samples.shape[:3], dtype=bool)
    mask[1] |= left_out
    size = np.array([(100, 100), (100, 100)])
    (told,) = colour_changes(samples, mask, size, np.array([0]), np.array([1]), np.array([place], np.float64))
    return told


def few_colours(seed: int, colours: int) -> Picture:
    """A picture of blots in so many colours."""
    random = np.random.default_rng(seed)
    palette = random.integers(0, 256, (colours, 3), dtype=np.uint8)
    blots = random.integers(0, colours, (SIDE // 4, SIDE // 4))
    return palette[np.repeat(np.repeat(blots, 4, axis=0), 4, axis=1)]


def by_definition(a: Picture, b: Picture) -> tuple[float, ...]:
    """What is to be told of two pictures that lie just upon each other, written out."""

    def kind(colour: Any) -> tuple[int, ...]:
        return tuple(int(level) * LEVELS // 256 for level in colour)

    def odd(one: list[Any], other: list[Any]) -> list[bool]:
        kinds = list(map(kind, one)), list(map(kind, other))
        together = Counter(zip(*kinds, strict=True))
        became = {}
        for of_one in set(kinds[0]):
            # Of equally frequent partners, the one that is first in the picture.
            partners = {of_other: together[of_one, of_other] for of_other in kinds[1]}
            usual = max(partners, key=partners.__getitem__)
            both = [
                y for x, y, pair in zip(one, other, zip(*kinds, strict=True), strict=True) if pair == (of_one, usual)
            ]
            became[of_one] = np.mean(both, axis=0)
        return [bool(np.abs(became[kind(x)] - y).max() > EXPECTED) for x, y in zip(one, other, strict=True)]

    def entropy(items: list[Any]) -> float:
        return -sum(count / len(items) * math.log2(count / len(items)) for count in Counter(items).values())

    one, other = list(a.reshape(-1, 3).astype(int)), list(b.reshape(-1, 3).astype(int))
    forth, back = odd(one, other), odd(other, one)
    kinds = [kind(x) for x in one], [kind(y) for y in other]
    told = entropy(kinds[0]) + entropy(kinds[1]) - entropy(list(zip(*kinds, strict=True)))
    changed = [np.abs(x - y).max() > CHANGED for x, y in zip(one, other, strict=True)]
    both_ways = [x and y for x, y in zip(forth, back, strict=True)]
    odd_either_way = sorted((forth, back), key=sum)
    return 1.0, *(sum(each) / len(one) for each in (changed, *odd_either_way, both_ways)), told


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(0, 10**6), st.integers(1, 12), st.integers(0, 60))
def test_the_changes_are_those_of_the_definition(one: int, of_one: int, other: int, of_other: int, noise: int) -> None:
    a, b = few_colours(one, of_one), few_colours(other, of_other)
    b = (b // 2 + np.random.default_rng(one).integers(0, noise + 1, b.shape)).astype(np.uint8)
    assert change_of(a, b).tolist() == pytest.approx(by_definition(a, b))


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_in_a_recolour_nothing_is_odd(seed: int, colours: int) -> None:
    a = few_colours(seed, colours)
    assert change_of(a, a).tolist()[:5] == (1, 0, 0, 0, 0)
    for b in (255 - a, a[..., ::-1], np.full_like(a, 77)):
        told = change_of(a, np.ascontiguousarray(b))
        assert told["odd_least"] == told["odd_both"] == 0


def test_what_is_left_out_is_not_looked_at() -> None:
    a = few_colours(1, 5)
    b, written = a.copy(), np.zeros((SIDE, SIDE), dtype=bool)
    b[2:6, 3:12], written[2:6, 3:12] = 9, True
    assert change_of(a, b)["changed"] > 0
    told = change_of(a, b, left_out=written)
    assert told["seen"] == 1 - 36 / SIDE**2
    assert told["changed"] == 0


@pytest.mark.parametrize("mirrored", [0.0, 1.0])
@pytest.mark.parametrize(("zoom", "across", "down"), [(1.0, 25.0, -12.5), (2.0, 0.0, 0.0), (0.75, 12.5, 25.0)])
def test_colours_are_compared_where_the_drawings_lie(mirrored: float, zoom: float, across: float, down: float) -> None:
    """The second picture shows at each place what the first has there, and a colour of its own elsewhere."""
    a = np.random.default_rng(1).integers(0, 250, (SIDE, SIDE, 3), dtype=np.uint8)
    b = np.full_like(a, 255)
    seen = 0
    step = 100 / SIDE
    for y, x in product(range(SIDE), repeat=2):
        u = ((x + 0.5) * step - 50 - across) / zoom
        v = ((y + 0.5) * step - 50 - down) / zoom
        column, row = math.floor((-u if mirrored else u) / step + SIDE / 2), math.floor(v / step + SIDE / 2)
        if 0 <= column < SIDE and 0 <= row < SIDE:
            b[y, x] = a[row, column]
            seen += 1
    told = change_of(a, b, (mirrored, zoom, across, down))
    assert told["seen"] == seen / SIDE**2
    assert told["changed"] == 0


def test_nothing_is_told_of_too_few_samples() -> None:
    a = few_colours(3, 4)
    told = change_of(a, a, (0.0, 1.0, 70.0, 0.0))
    assert told["seen"] < 0.4
    assert told.tolist()[1:] == (1, 1, 1, 1, 0)
