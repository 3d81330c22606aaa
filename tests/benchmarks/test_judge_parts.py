"""How what was found of parts is judged."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge_parts import best_overlap, judge_parts, overlap, write_parts

TRUTH = pd.DataFrame(
    [
        ("a", "b", "crop", "False", "0 0 10 10", "20 20 40 40"),
        ("c", "d", "crop", "True", "0 0 10 10", "0 0 10 10"),
        ("e", "f", "sprite", "False", "0 0 10 10", "0 0 10 10"),
    ],
    columns=["file_a", "file_b", "kind", "mirrored", "box_a", "box_b"],
)
KINDS = pd.Series({"a": "crop", "b": "crop", "c": "crop", "d": "crop", "e": "sprite", "f": "sprite", "g": "tiles"})
IGNORED = pd.DataFrame([("g", "f")], columns=["file_a", "file_b"])
# One true pair the other way round, with a part that lies elsewhere and one that lies right; one with a box that is too
# large; one pair that is judged neither way; and two false ones.
PAIRS = pd.DataFrame(
    [
        ("b", "a", "50 50 60 60", "1 1 9 9"),
        ("b", "a", "20 20 40 38", "0 0 10 9"),
        ("e", "f", "0 0 10 10", "0 0 10 30"),
        ("f", "g", "0 0 1 1", "0 0 1 1"),
        ("g", "a", "0 0 1 1", "0 0 1 1"),
        ("a", "c", "", ""),
    ],
    columns=["file_a", "file_b", "box_a", "box_b"],
)


def test_pairs_count_whichever_file_stands_first_and_boxes_by_the_best_part() -> None:
    counts, by_kind = judge_parts(TRUTH, PAIRS, IGNORED, KINDS)
    assert counts == {
        "true_pairs": 3,
        "found": 2,
        "false": 2,
        "precision": 0.5,
        "recall": pytest.approx(2 / 3),
        "boxes": 0.5,
    }
    assert by_kind.to_numpy().tolist() == [["sprite", 1, 1, 0], ["crop", 2, 1, 1], ["tiles", 0, 0, 1]]


def test_a_method_without_boxes_and_one_that_finds_nothing_are_judged_too() -> None:
    assert judge_parts(TRUTH, PAIRS[["file_a", "file_b"]], IGNORED, KINDS)[0]["boxes"] is None
    nothing, by_kind = judge_parts(TRUTH, PAIRS[:0], IGNORED, KINDS)
    assert (nothing["found"], nothing["false"], nothing["precision"], nothing["recall"]) == (0, 0, 1.0, 0.0)
    assert by_kind["found"].sum() == 0 and by_kind["true_pairs"].sum() == 3


def boxes() -> st.SearchStrategy[list[int]]:
    """Give boxes of whole pixels."""
    edges = st.tuples(st.integers(0, 11), st.integers(1, 12)).map(lambda edge: (edge[0], edge[0] + edge[1]))
    return st.tuples(edges, edges).map(lambda box: [box[0][0], box[1][0], box[0][1], box[1][1]])


@given(boxes(), boxes())
def test_overlap_is_the_share_of_pixels(one: list[int], other: list[int]) -> None:
    covered = []
    for left, top, right, bottom in (one, other):
        pixels = np.zeros((24, 24), bool)
        pixels[top:bottom, left:right] = True
        covered.append(pixels)
    expected = (covered[0] & covered[1]).sum() / (covered[0] | covered[1]).sum()
    assert overlap(np.array([one], float), np.array([other], float))[0] == pytest.approx(expected)


def test_pairs_that_were_not_found_have_no_boxes() -> None:
    assert best_overlap(TRUTH, PAIRS).index.tolist() == [("a", "b"), ("e", "f")]


def test_methods_stand_side_by_side_by_kind(tmp_path: Path) -> None:
    labels = pd.DataFrame({"file": KINDS.index, "cluster": range(len(KINDS)), "transformation": KINDS, "source": ""})
    for name, table in (("labels", labels), ("truth", TRUTH), ("ignored", IGNORED), ("pairs", PAIRS)):
        table.to_csv(tmp_path / name, index=False)
    PAIRS[["file_a", "file_b"]][:0].to_csv(tmp_path / "none", index=False)
    methods = [("kit", "Reprise", ""), ("kit", "PDQ", "31 bits")]
    labels_of, truth_of, ignored_of = ([tmp_path / name] for name in ("labels", "truth", "ignored"))
    found = [tmp_path / "pairs", tmp_path / "none"]
    write_parts(methods, found, ["kit"], labels_of, truth_of, ignored_of, tmp_path / "parts.csv", tmp_path / "parts.md")
    page = (tmp_path / "parts.md").read_text()
    assert "| kit | Reprise |  | 3 | 2 | 2 | 0.500 | 0.667 | 0.500 |" in page
    assert "| kit | PDQ | 31 bits | 3 | 0 | 0 | 1 | 0 |  |" in page
    assert "| method | setting | sprite (1) | crop (2) |" in page
    assert "| Reprise |  | 1.000 | 0.500 |" in page and "| PDQ | 31 bits | 0.000 | 0.000 |" in page
    table = pd.read_csv(tmp_path / "parts.csv", keep_default_na=False)
    assert table[table["kind"] == "tiles"][["method", "false"]].to_numpy().tolist() == [["Reprise", 1]]
