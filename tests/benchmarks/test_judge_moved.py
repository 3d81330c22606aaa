"""How what was found of drawings that come back is judged."""

from pathlib import Path

import pandas as pd

from draw_comic import LABELS as COLUMNS
from judge_moved import FALSE, add_up, judge_moved, write_moved

LABELS = pd.DataFrame(
    [
        ("1.png", "a", "original", ""),
        ("2.png", "a", "moved", "1.png"),
        ("3.png", "b", "original", ""),
        ("4.png", "b", "moved", "3.png"),
        ("5.png", "c", "original", ""),
        ("6.png", "c", "zoomed", "5.png"),
        ("7.png", "d", "single", ""),
    ],
    columns=COLUMNS,
)
PAIRS = pd.DataFrame([("2.png", "1.png"), ("5.png", "6.png"), ("6.png", "7.png")], columns=["file_a", "file_b"])
CLUSTERS = pd.DataFrame([("1", "1.png"), ("1", "2.png"), ("2", "5.png"), ("2", "7.png")], columns=["cluster", "file"])


def test_what_comes_back_is_counted_by_how_it_does_and_strangers_beside() -> None:
    found = judge_moved(LABELS, PAIRS, CLUSTERS)
    assert found.to_numpy().tolist() == [["moved", 2, 1, 1], ["zoomed", 1, 1, 0], [FALSE, 7, 1, 2]]


def test_where_nothing_is_found_nothing_is_false() -> None:
    found = judge_moved(LABELS, PAIRS[:0], CLUSTERS[:0])
    assert found.to_numpy().tolist() == [["moved", 2, 0, 0], ["zoomed", 1, 0, 0], [FALSE, 7, 0, 0]]


def test_comics_are_added_up_and_written(tmp_path: Path) -> None:
    found = judge_moved(LABELS, PAIRS, CLUSTERS)
    nothing = judge_moved(LABELS, PAIRS[:0], CLUSTERS[:0])
    rows = add_up([found, nothing]).to_numpy().tolist()
    assert rows == [["moved", 4, 0.25, 0.25], ["zoomed", 2, 0.5, 0], [FALSE, 14, 1, 2]]
    labels, pairs, clusters = ([tmp_path / f"{name}.csv"] for name in ("labels", "pairs", "clusters"))
    for (path,), table in ((labels, LABELS), (pairs, PAIRS), (clusters, CLUSTERS)):
        table.to_csv(path, index=False)
    write_moved(labels, pairs, clusters, tmp_path / "moved.csv", tmp_path / "moved.md")
    assert pd.read_csv(tmp_path / "moved.csv")["match"].tolist() == [0.5, 1, 1]
    assert "| moved | 2 | 0.500 | 0.500 |" in (tmp_path / "moved.md").read_text()
