"""The limit does the work that it says, and the kernel is only timed where it compares rightly."""

from pathlib import Path

import pandas as pd
import pytest

from kernel import (
    BITS,
    LANES,
    SUMS,
    VARIANTS,
    Side,
    Work,
    as_block,
    check_pairs,
    count_by_numpy,
    count_in_registers,
    draw_sides,
    first_of,
    in_turns,
    kernel,
    pairs_by_definition,
)

COMPARE = {"ceiling": 0.6, "pairs_per_panel": 500, "fewest_edges": 30}


@pytest.mark.parametrize("rounds", [1, 2, 50])
def test_the_limit_xors_counts_and_adds(rounds: int) -> None:
    total = 0
    for number in range(SUMS):
        added = number * LANES
        for _ in range(rounds):
            added += (added ^ 0x9E3779B97F4A7C15).bit_count()
        total += added
    assert count_in_registers(rounds) == total


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_kernel_keeps_the_pairs_that_the_definition_does(variant: str) -> None:
    second_frame_every, mirrored = VARIANTS[variant]
    a, b = draw_sides(60, second_frame_every, 1)
    check_pairs(a, b, mirrored, 0.6, 30)


def test_a_comparison_that_proves_nothing_is_refused() -> None:
    a, b = draw_sides(20, 0, 1)
    with pytest.raises(SystemExit, match="of 0 pairs of a sample the kernel found 0"):
        check_pairs(a, b, False, 0.0, 20)


def test_mirrored_pairs_are_those_of_the_definition() -> None:
    a, _ = draw_sides(3, 0, 1)
    mirrored = Side(a.bits.reshape(-1, 100, 100)[:, :, ::-1].reshape(-1, BITS), a.start)
    assert pairs_by_definition(a, mirrored, False, 0.5) == set()
    assert pairs_by_definition(a, mirrored, True, 0.5) == {(panel, panel, 0) for panel in range(3)}


def test_sides_have_as_many_edges_and_frames_as_they_say() -> None:
    a, b = draw_sides(50, 5, 1)
    assert len(a.bits) == len(b.bits) == 60
    assert len(first_of(a, 6).bits) == 8
    share = a.bits.mean(axis=1)
    assert 0.04 < share.min() < 0.07 and 0.13 < share.max() < 0.16


def test_numpy_counts_the_same_bits() -> None:
    a, b = draw_sides(4, 0, 1)
    words = [as_block(side, 0).words for side in (a, b)]
    assert count_by_numpy(*words) == max(int((one ^ other).sum()) for one in a.bits for other in b.bits)


def test_works_take_turns() -> None:
    done: list[str] = []
    taken = in_turns({name: Work(2, lambda name=name: done.append(name)) for name in "ab"}, 3)  # type: ignore[misc]
    assert "".join(done) == "ab" * 4
    assert {name: len(each) for name, each in taken.items()} == {"a": 3, "b": 3}


def test_all_is_held_against_the_limit_and_the_plain_kernel(tmp_path: Path) -> None:
    kernel(64, 2, 8, 1, COMPARE, tmp_path / "kernel.csv")
    table = pd.read_csv(tmp_path / "kernel.csv").set_index("work")
    assert set(table.index) == {"limit", "numpy.bitwise_count", *VARIANTS}
    assert (table["pair_ns"] > 0).all()
    assert (table["of_limit"]["limit"], table["of_plain"]["plain"]) == (1, 1)
