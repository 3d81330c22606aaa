"""The numbers that tell a recolour from a redraw, fitted anew: on which pairs, and how these weigh."""

import numpy as np
import pandas as pd
import pytest

from fit_recolours import fit, known_kinds
from relate import telling_numbers

NONE_LEFT_OPEN = pd.DataFrame({"file_a": [], "file_b": []}, dtype=str)


def labels_of(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["file", "cluster", "transformation", "source"]).set_index("file")


def test_of_a_comic_a_panel_and_its_source_are_known() -> None:
    labels = labels_of(
        ("a", "1", "original", ""), ("b", "1", "invert", "a"), ("c", "1", "swap", "a"), ("d", "1", "moved", "a")
    )
    kinds = known_kinds(np.array(["a", "c", "b", "a"]), np.array(["b", "a", "c", "d"]), labels, NONE_LEFT_OPEN)
    assert kinds.tolist() == pytest.approx([1, 0, np.nan, np.nan], nan_ok=True)


def test_of_emoji_all_are_known_that_labels_do_not_leave_open() -> None:
    labels = labels_of(("a", "1", "", ""), ("b", "1", "", ""), ("c", "2", "", ""), ("d", "3", "", ""))
    left_open = pd.DataFrame({"file_a": ["c"], "file_b": ["d"]})
    kinds = known_kinds(np.array(["a", "a", "d"]), np.array(["b", "c", "c"]), labels, left_open)
    assert kinds.tolist() == pytest.approx([1, 0, np.nan], nan_ok=True)


def drawn_pairs(count: int, seed: int) -> pd.DataFrame:
    """Draw what is seen of pairs, half of them recolours, of which less is odd."""
    random = np.random.default_rng(seed)
    kind = np.arange(count) % 2
    odd = np.where(kind, random.uniform(0, 0.3, count), random.uniform(0.1, 0.6, count))
    seen = {"changed": 0.8, "odd_least": odd, "odd_most": odd, "odd_both": odd / 2, "told": random.uniform(1, 3, count)}
    return pd.DataFrame(seen | {"lines": random.uniform(0.5, 1, count), "kind": kind.astype(float)})


def test_a_set_counts_as_much_however_many_pairs_it_has() -> None:
    one, other = drawn_pairs(60, 1).assign(set="one"), drawn_pairs(40, 2).assign(set="other")
    constant, weights = fit(pd.concat([one, other], ignore_index=True))
    again, others = fit(pd.concat([one, *[other] * 5], ignore_index=True))
    assert (again, *others) == pytest.approx((constant, *weights), rel=0.01)
    told = constant + np.stack(telling_numbers(one), axis=1) @ weights > 0
    assert (told == (one["kind"] > 0)).mean() > 0.7
