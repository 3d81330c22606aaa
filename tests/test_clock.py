"""Times as a player shows them."""

import math

import pytest

from reprise.clock import clock


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (0.8, "0:00"), (59.99, "0:59"), (151, "2:31"), (3599, "59:59"), (3751.5, "1:02:31"), (math.nan, "")],
)
def test_a_time_is_shown_as_by_a_player(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
