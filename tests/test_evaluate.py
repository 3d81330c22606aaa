"""The clusters judged by labels, in a table and a plot."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluate import evaluate, plot_evaluation
from reprise.judging import COLUMNS


def write(folder: Path, labels: str, panels: str, clusters: str, ignore: str = "") -> pd.DataFrame:
    """Evaluate by the step; of panels the files, of clusters `cluster,file` are given."""
    (folder / "ignore.csv").write_text(ignore)
    (folder / "labels.csv").write_text(labels)
    (folder / "panels.csv").write_text("panel,file\n" + "".join(f"p,{file}\n" for file in panels.split()))
    (folder / "clusters.csv").write_text("cluster,file\n" + "".join(f"{row}\n" for row in clusters.split()))
    labels_file, *others = (folder / f"{name}.csv" for name in ("labels", "panels", "clusters", "evaluation"))
    others.append(folder / "evaluation.png")
    evaluate(labels_file, folder / "ignore.csv" if ignore else None, *others)
    table = pd.read_csv(folder / "evaluation.csv")
    assert list(table.columns) == COLUMNS
    return table.set_index("grouping")


def test_ignored_pairs_are_read_whichever_comes_first(tmp_path: Path) -> None:
    labels, clusters = "file,cluster\n1,a\n2,a\n3,b\n", "1,1 1,2 1,3"
    ignore = "file_a,file_b\n3,1\n1,3\n2,3\n2,2\ngone,1\n"
    judged = write(tmp_path, labels, "1 2 3", clusters, ignore).loc["clusters"]
    assert (judged["pair_precision"], judged["bcubed_f1"]) == (1, 1)
    with pytest.raises(SystemExit, match=r"evaluation\.ignore needs the columns file_a and file_b"):
        write(tmp_path, labels, "1 2 3", clusters, "a,b\n")


def test_clusters_are_judged_beside_the_floor(tmp_path: Path) -> None:
    labels = "file,kind,cluster\n1,x,a\n2,x,a\n3,x,a\n4,x,b\n5,x,007\n6,x,7\n"
    table = write(tmp_path, labels, "1 2 3 4 5 6", "1,1 1,2 2,3 2,4")
    judged = table.loc["clusters"]
    assert (judged["panels"], judged["clusters"]) == (6, 2)
    assert (judged["pair_precision"], judged["pair_recall"]) == (0.5, pytest.approx(1 / 3, abs=1e-4))
    assert judged["bcubed_precision"] == pytest.approx((1 + 1 + 0.5 + 0.5 + 1 + 1) / 6, abs=1e-4)
    assert judged["bcubed_recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 3) / 6, abs=1e-4)
    floor = table.loc["every panel alone"]
    assert (floor["panels"], floor["clusters"]) == (6, 0)
    assert (floor["pair_precision"], floor["pair_recall"], floor["pair_f1"]) == (1, 0, 0)
    assert (floor["bcubed_precision"], floor["bcubed_recall"]) == (1, pytest.approx(4 / 6, abs=1e-4))


def test_what_has_no_label_or_no_panel_is_left_aside(tmp_path: Path) -> None:
    table = write(tmp_path, "file,cluster\n1,a\n2,a\ngone,a\n", "1 2 unlabelled", "1,1 1,2 1,unlabelled")
    assert table.loc["clusters", "panels"] == 2
    assert table.loc["clusters", "bcubed_f1"] == 1


def test_no_clusters_at_all_are_as_good_as_the_floor(tmp_path: Path) -> None:
    table = write(tmp_path, "file,cluster\n1,a\n2,a\n3,\n", "1 2 3", "")
    judged, floor = table.to_numpy().tolist()
    assert judged == floor


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("name,cluster\n1,a\n", "evaluation.labels needs the columns file and cluster"),
        ("file,cluster\n1,a\n2,a\n1,b\n", "evaluation.labels names 1 twice"),
        (
            "file,cluster\npages/1.png,a\n",
            "no file named in evaluation.labels is a panel; panels.csv has the names to use",
        ),
    ],
)
def test_labels_that_cannot_be_used_say_why(tmp_path: Path, labels: str, message: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        write(tmp_path, labels, "1 2", "1,1 1,2")
    assert str(stopped.value) == f"{tmp_path / 'labels.csv'}: {message}"


@pytest.mark.parametrize("labels", ["", '"', "file,cluster\n1,a,b\n1,a,b,c\n", "PK\x03\x04\0\0"])
def test_labels_that_are_no_table_say_so_in_one_line(tmp_path: Path, labels: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        write(tmp_path, labels, "1 2", "1,1 1,2")
    assert str(stopped.value).startswith(f"{tmp_path / 'labels.csv'}: evaluation.labels ")
    assert str(stopped.value).isprintable()


def test_the_plot_shows_the_scores_and_the_floor() -> None:
    scores = ["pair_precision", "pair_recall", "pair_f1", "bcubed_precision", "bcubed_recall", "bcubed_f1"]
    found, alone = ({"panels": 1234, **dict.fromkeys(scores, value)} for value in (0.75, 0.25))
    axes = plot_evaluation(found | {"bcubed_f1": 0.9}, alone).axes[0]
    assert "1,234 panels" in axes.get_title("left")
    assert [bar.get_height() for bar in axes.containers[0]] == [0.75, 0.75, 0.75, 0.75, 0.75, 0.9]
    assert [label.get_text() for label in axes.get_xticklabels()][2:4] == ["F1\nof pairs", "precision\nB-cubed"]
    floors: list[Any] = list(axes.collections)
    assert [line.get_segments()[0][0][1] for line in floors] == [0.25, 0.25, 0.25]


def test_the_same_scores_give_the_same_picture(tmp_path: Path) -> None:
    labels = "file,cluster\n1,a\n2,a\n3,b\n"
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, labels, "1 2 3", "1,1 1,2")
    first, again = ((tmp_path / name / "evaluation.png").read_bytes() for name in ("first", "again"))
    assert first == again
    assert first.startswith(b"\x89PNG")
