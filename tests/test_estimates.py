"""What jobs ask for: enough for all that was measured, and no less where there is more to do."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimates import (
    BLOCK_PANELS,
    LARGEST_PICTURE,
    LITTLE,
    SHARD_PANELS,
    Estimate,
    of_block,
    of_comic,
    of_download,
    of_features,
    of_parts,
    of_shard,
    of_study,
)
from reprise.pictures import MOST_WITH_FILE

PANELS = st.integers(1, 100_000)


@pytest.mark.parametrize(
    ("estimate", "megabytes", "seconds"),
    [
        # A demo of 286 panels, in one shard and one block.
        (of_shard(286), 92, 3),
        (of_block(2, SHARD_PANELS, BLOCK_PANELS), 271, 40),
        (of_features(508), 330, 90),  # of 508 panels of up to 480,000 pixels
        (of_parts(508), 260, 25),
        (of_comic(286), 211, 3),  # relate, the largest of the others
        # 10,000 panels, in 13 shards and one block, and 100,000 tiny ones.
        (of_parts(10_000), 1321, 502),
        (of_block(26, SHARD_PANELS, BLOCK_PANELS), 387, 13),
        (of_comic(100_000), 380, 16),
        (of_comic(1_000_000), 991, 300),  # panels the largest, relate the longest
    ],
)
def test_what_was_measured_is_within(estimate: Estimate, megabytes: int, seconds: int) -> None:
    assert estimate.memory >= 2 * megabytes
    assert 60 * estimate.minutes >= 10 * seconds


@pytest.mark.parametrize(("estimate", "megabytes"), [(of_shard, 188), (of_features, 253)])
def test_a_shard_of_strips_is_within(estimate: Callable[[int], Estimate], megabytes: int) -> None:
    """Each of four panels. What was measured of 330, but for the 95 MB of a shard of none, is taken up to 4,096."""
    assert estimate(SHARD_PANELS).memory >= 2 * (95 + (megabytes - 95) / 330 * SHARD_PANELS)


def test_the_largest_block_can_be_searched_by_one_thread() -> None:
    """32,768 panels with as many others, at the rate in docs/growth.md, times ten."""
    largest = of_block(10**6, SHARD_PANELS, BLOCK_PANELS)
    assert 60 * largest.minutes >= 10 * 32768**2 * 0.24e-6
    assert largest == of_block(10**9, SHARD_PANELS, BLOCK_PANELS)
    assert largest.memory < 4000, "more than a core has on many machines"


@given(PANELS, PANELS, st.integers(1, 1000))
def test_more_to_do_asks_for_no_less(panels: int, more: int, shards: int) -> None:
    most = panels + more
    for fewer, greater in (
        (of_shard(panels), of_shard(most)),
        (of_study(panels), of_study(most)),
        (of_comic(panels), of_comic(most)),
        (of_features(panels), of_features(most)),
        (of_features(panels, 1.0, shards), of_features(panels, 1.0, shards + 1)),
        (of_parts(panels), of_parts(most)),
        (of_shard(panels, shards), of_shard(panels, shards + 1)),
        (of_block(shards, panels, most), of_block(shards + 1, panels, most)),
        (of_block(shards, panels, most), of_block(shards, most, most)),
        (of_download(panels, 1.0), of_download(most, 1.0)),
        (of_download(panels, 1.0), of_download(panels, 2.0)),
    ):
        assert greater.memory >= fewer.memory >= LITTLE.memory
        assert greater.minutes >= fewer.minutes >= LITTLE.minutes


def test_a_large_file_asks_for_what_its_picture_may_take_and_no_more() -> None:
    assert MOST_WITH_FILE / 1e6 == LARGEST_PICTURE
    assert of_shard(256).memory < of_shard(256, 5.0).memory < of_shard(256, 1e6).memory
    assert of_shard(256, 1e6).memory == of_shard(256).memory + LARGEST_PICTURE
    assert of_features(256, 1e6).memory == of_features(256).memory + LARGEST_PICTURE


@given(PANELS)
def test_an_estimate_is_of_whole_numbers(panels: int) -> None:
    """Snakemake takes no others."""
    for estimate in (
        of_shard(panels),
        of_block(panels, 4096, 32768),
        of_study(panels),
        of_download(panels, 0.5),
        of_comic(panels),
        of_features(panels),
        of_parts(panels),
    ):
        assert all(type(number) is int for number in estimate)
