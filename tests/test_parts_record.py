"""What is known of a part: covers, and how pictures lie where their boxes are one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise.parts.record import PART, cover, least_cover, lie_in

SIDE = st.floats(0.05, 0.5)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    left, top = draw(st.floats(0, 0.5)), draw(st.floats(0, 0.5))
    return left, top, left + draw(SIDE), top + draw(SIDE)


def test_a_cover_is_the_share_of_the_picture_in_the_box() -> None:
    pairs = np.zeros(1, PART)
    pairs["box_a"], pairs["box_b"] = (0, 0, 1, 1), (0.5, 0.25, 1, 0.75)
    assert (cover(pairs["box_a"])[0], cover(pairs["box_b"])[0], least_cover(pairs)[0]) == (1, 0.25, 0.25)


@given(boxes(), st.tuples(st.integers(20, 120), st.integers(20, 120)), st.booleans(), st.floats(0.5, 2), st.data())
def test_the_middle_of_one_box_lies_upon_that_of_the_other(
    box: Any, size: tuple[int, int], mirrored: bool, zoom: float, data: Any
) -> None:
    """The second box has the shape of the first, `zoom` times as large, in a picture of another size."""
    size_b = data.draw(st.tuples(st.integers(20, 120), st.integers(20, 120)))
    extent = np.subtract(box[2:], box[:2]) * size * zoom / size_b
    at = [data.draw(st.floats(0, 1)) for _ in range(2)]
    made = np.zeros(1, PART)
    made["box_a"], made["box_b"], made["mirrored"] = box, (*at, *np.add(at, extent)), mirrored
    (found,) = lie_in(made, np.array([size]), np.array([size_b])).T
    assert found[0] == pytest.approx(zoom, rel=1e-3)
    middle = (np.add(box[:2], box[2:]) / 2 - 0.5) * size
    middle[0] *= -1 if mirrored else 1
    expected = (np.array(at) + extent / 2 - 0.5) * size_b
    assert found[0] * middle + found[1:] == pytest.approx(expected, abs=0.05)
