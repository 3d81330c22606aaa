"""Motifs: what is used on several grounds, against a plain search, and in what order."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from adjacency import MATCH
from motifs import COLUMNS, motif_table, motifs, of_unlike_panels
from reprise.parts.record import PART, WHOLE

FIGURE, HAT = (0.1, 0.2, 0.4, 0.8), (0.15, 0.2, 0.35, 0.35)


def part(a: int, b: int, score: float = 0.8, **known: Any) -> Any:
    """A part, PART, of two panels: FIGURE in both where nothing else is known."""
    made = np.zeros(1, PART)
    for name, value in ({"a": a, "b": b, "score": score, "box_a": FIGURE, "box_b": FIGURE} | known).items():
        made[name] = value
    return made


def table_of(panels: int, *parts: Any, apart: int = 10) -> pd.DataFrame:
    """Gather parts of so many panels, one on every tenth page."""
    names = [f"{1 + apart * place}_1" for place in range(panels)]
    known = pd.DataFrame({"panel": names, "file": names, "page": [1 + apart * place for place in range(panels)]})
    return motif_table(np.concatenate([np.zeros(0, PART), *parts]), known.assign(width=100, height=50))


def test_a_figure_on_many_grounds_is_one_motif_with_all_its_places() -> None:
    found = table_of(5, *(part(a, b) for a, b in pairwise(range(5))))
    assert found["motif"].tolist() == [1] * 5
    assert found["panel"].tolist() == ["1_1", "11_1", "21_1", "31_1", "41_1"]
    assert set(found["box"]) == {"10 10 40 40"}
    assert found["source"].tolist() == ["", "1_1", "11_1", "21_1", "31_1"]
    assert found["absence"].tolist() == [0, 10, 10, 10, 10]


def test_boxes_and_not_panels_hang_together() -> None:
    """Panel 2 has the figure of panel 0, and a hat as panel 4 has; the two have nothing in common."""
    found = table_of(5, part(0, 2), part(2, 4, box_a=HAT, box_b=HAT))
    assert found.groupby("motif")["panel"].apply(list).tolist() == [["1_1", "21_1"], ["21_1", "41_1"]]
    assert found["box"].tolist() == ["10 10 40 40", "10 10 40 40", "15 10 35 17", "15 10 35 17"]


def test_boxes_that_overlap_much_are_one_place_called_by_the_best() -> None:
    wider = (0.1, 0.2, 0.45, 0.8)
    found = table_of(3, part(0, 1, 0.9), part(1, 2, 0.7, box_a=wider))
    assert found["panel"].tolist() == ["1_1", "11_1", "21_1"]
    assert set(found["box"]) == {"10 10 40 40"}


def test_what_comes_back_after_long_is_first_and_what_stays_on_a_page_is_last() -> None:
    near, same = {"box_a": HAT, "box_b": HAT}, {"box_a": HAT, "box_b": FIGURE}
    found = table_of(40, part(0, 1, 0.99, **near), part(2, 39, 0.6), part(5, 5, 0.99, **same))
    firsts = found.drop_duplicates("motif")
    assert firsts["panel"].tolist() == ["21_1", "1_1", "51_1"]
    assert found["absence"].tolist() == [0, 370, 0, 10, 0, 0]


def test_panels_that_are_alike_as_a_whole_are_no_motif() -> None:
    """Panels 0 and 1 match as a whole, 1 and 2 by more than half, 2 and 3 by the figure alone; 0 has it too."""
    ends, boxes = [(0, 1), (1, 2), (2, 3)], [WHOLE, (0, 0, 0.9, 0.9), FIGURE]
    matches = np.zeros(3, MATCH)
    for match, (a, b), box in zip(matches, ends, boxes, strict=True):
        match["a"], match["b"], match["box_a"], match["box_b"] = a, b, box, box
    parts = np.concatenate([part(0, 1), part(1, 2), part(2, 3), part(0, 3)])
    assert of_unlike_panels(parts, matches)[["a", "b"]].tolist() == [(2, 3), (0, 3)]


@given(st.permutations(range(6)))
def test_the_order_of_parts_does_not_matter(order: list[int]) -> None:
    boxes = np.random.default_rng(3).uniform(0, 0.5, (12, 4))
    boxes[:, 2:] += 0.5
    ends = [(0, 1), (1, 2), (0, 3), (2, 3), (1, 3), (3, 3)]
    made = [part(*ends[n], 0.5 + n / 20, box_a=boxes[n], box_b=boxes[n + 6]) for n in range(6)]
    assert table_of(4, *(made[n] for n in order)).equals(table_of(4, *made))


def test_without_parts_the_table_is_empty(tmp_path: Path) -> None:
    np.savez(tmp_path / "matches.npz", parts=np.zeros(0, PART), matches=np.zeros(0, MATCH))
    panels = pd.DataFrame(columns=["panel", "file", "page", "width", "height"])
    panels.to_csv(tmp_path / "panels.csv", index=False)
    motifs(tmp_path / "matches.npz", tmp_path / "panels.csv", tmp_path / "motifs.csv")
    assert (tmp_path / "motifs.csv").read_text() == ",".join(COLUMNS) + "\n"
