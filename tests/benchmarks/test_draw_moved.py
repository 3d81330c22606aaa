"""Comics in which drawings come back moved: the same every time, with labels that are true."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import draw_moved
from demo_comic.marks import generator
from draw_comic import LABELS
from draw_moved import CAST, RETURNS, Drawing, Mark, draw, moved, moved_recoloured, recolour, render


def marks_of(drawing: Drawing) -> list[Mark]:
    return [*drawing.ground, *(mark for figure in drawing.figures for mark in figure)]


def drawings() -> list[Drawing]:
    return [draw(generator("test", number), range(CAST)) for number in range(20)]


@pytest.mark.parametrize("change", [moved, moved_recoloured])
def test_all_of_a_drawing_moves_by_a_twentieth_to_a_fifth_of_the_panel(change: draw_moved.Change) -> None:
    ways = set()
    for number, drawing in enumerate(drawings()):
        again = change(generator("move", number), drawing)
        assert again.size == drawing.size
        move = marks_of(again)[0].points[0] - marks_of(drawing)[0].points[0]
        for one, other in zip(marks_of(drawing), marks_of(again), strict=True):
            assert other.points == pytest.approx(one.points + move)
        shares = np.abs(move) * [drawing.size[1] / drawing.size[0], 1]
        assert all(share == pytest.approx(0) or 0.05 <= share <= 0.2 for share in shares)
        assert shares.max() >= 0.05
        ways.add(tuple(share > 0.01 for share in shares))
    assert ways == {(True, False), (False, True), (True, True)}


def test_something_new_comes_in_where_a_drawing_moves() -> None:
    """Beyond a panel, to all sides, there is more of the drawing in nearly all that have a ground."""
    more = 0
    for drawing in drawings():
        half = drawing.size[0] / drawing.size[1] / 2
        points = np.concatenate([np.zeros((1, 2)), *(mark.points for mark in drawing.ground)])
        more += points[:, 0].min() < -1.2 * half and points[:, 0].max() > 1.2 * half
    assert more >= 12


def test_a_recolour_keeps_the_lines_and_what_was_of_one_colour_stays_so() -> None:
    for number, drawing in enumerate(drawings()):
        again = recolour(generator("colours", number), drawing)
        became: dict[draw_moved.Colour | None, draw_moved.Colour | None] = {None: None}
        for one, other in zip(marks_of(drawing), marks_of(again), strict=True):
            assert (one.points == other.points).all()
            assert became.setdefault(one.fill, other.fill) == other.fill
            assert became.setdefault(one.line, other.line) == other.line
        changed = np.asarray(render(drawing)) != np.asarray(render(again))
        assert changed.mean() > 0.5


def test_a_comic_is_the_same_every_time_and_its_labels_are_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw_moved, "RETURNS", {name: (change, 1) for name, (change, _) in RETURNS.items()})
    monkeypatch.setattr(draw_moved, "ONCE", 2)
    for folder in ("one", "again"):
        draw_moved.draw_moved(7, tmp_path / folder / "panels", tmp_path / folder / "labels.csv")
    one, again = (
        {path.name: path.read_bytes() for path in (tmp_path / f / "panels").iterdir()} for f in ("one", "again")
    )
    assert one == again
    labels = pd.read_csv(tmp_path / "one" / "labels.csv", dtype=str, keep_default_na=False)
    assert list(labels.columns) == LABELS
    assert set(labels["file"]) == set(one)
    assert len(labels) == 2 * len(RETURNS) + 2
    back = labels[labels["source"] != ""]
    assert set(back["transformation"]) == set(RETURNS)
    cluster = labels.set_index("file")["cluster"]
    assert (cluster[back["file"]].to_numpy() == cluster[back["source"]].to_numpy()).all()
    assert cluster.nunique() == len(RETURNS) + 2
