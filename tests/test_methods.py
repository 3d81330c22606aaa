"""The table of methods: what it says of clusters whose scores are plain."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from methods import COLUMNS, SCORES, methods
from reprise.study.essay import METHODS, METRICS

PANELS = ["a.png", "b.png", "c.png", "d.png", "e.png", "010"]
LABELS = "file,cluster\na.png,1\nb.png,1\nc.png,2\nd.png,2\n010,3\ngone.png,1\n"

RIGHT = {"1": ["a.png", "b.png"], "2": ["c.png", "d.png"]}
ONE_HEAP = {"1": PANELS}
UNEVEN = {"1": ["a.png", "b.png"], "2": ["c.png", "d.png", "e.png"]}


def write_found(folder: Path, clusters: Mapping[str, Mapping[str, list[str]]]) -> None:
    """Write what the methods found: by method, by cluster, the files; a method that is not named found nothing."""
    panels = {file: f"{page}_1" for page, file in enumerate(PANELS)}
    table = pd.DataFrame({"panel": panels.values(), "file": PANELS, "page": range(len(PANELS))})
    table.to_csv(folder / "panels.csv", index=False)
    by_metric: dict[str, dict[str, Any]] = {metric: {} for metric in METRICS}
    for number, (name, method) in enumerate(METHODS.items()):
        by_metric[method.metric][method.grouping] = {
            "setting": f'k = {number}, "so"',
            "seconds": number + 0.12345,
            "k": 3,
            "clusters": [[panels[file] for file in files] for files in clusters.get(name, {}).values()],
        }
    for metric, told in by_metric.items():
        (folder / f"{metric}.json").write_text(json.dumps(told))


def run(folder: Path, labels: str | None = None, ignore: str | None = None) -> pd.DataFrame:
    """Write the tables by the step and return that of the methods, by method."""
    paths = {}
    for name, text in {"labels": labels, "ignore": ignore}.items():
        paths[name] = None if text is None else folder / f"{name}.txt"
        if text is not None:
            (folder / f"{name}.txt").write_text(text)
    found, groups = ([folder / f"{name}.json" for name in METRICS], [folder / f"{name}.csv" for name in METHODS])
    main_job = folder / "clusters.csv"
    main_job.write_text("cluster,panel,file,page\n1,0_1,a.png,0\n1,5_1,010,5\n")
    given = found, folder / "panels.csv", main_job, "as it is set", paths["labels"], paths["ignore"]
    methods(*given, groups, folder / "methods.csv")
    table = pd.read_csv(folder / "methods.csv")
    assert list(table.columns) == COLUMNS
    names = [f"{row.metric}-{row.grouping}" for row in table.itertuples()]
    assert names == [*METHODS, "reprise-main_job"]
    return table.set_index(pd.Index(names))


def test_clusters_are_written_as_the_main_job_writes_them(tmp_path: Path) -> None:
    write_found(tmp_path, {"dice-leiden": {"1": ["b.png", "010"], "2": ["c.png", "d.png"]}})
    run(tmp_path)
    assert (tmp_path / "dice-leiden.csv").read_text().splitlines() == [
        "cluster,panel,file,page",
        "1,1_1,b.png,1",
        "1,5_1,010,5",
        "2,2_1,c.png,2",
        "2,3_1,d.png,3",
    ]
    assert (tmp_path / "binary-k_means.csv").read_text() == "cluster,panel,file,page\n"


@pytest.mark.slow
def test_a_row_tells_what_the_method_found_and_how_well(tmp_path: Path) -> None:
    write_found(tmp_path, {"dice-leiden": RIGHT, "binary-pruning": ONE_HEAP, "mixed-k_means": UNEVEN})
    table = run(tmp_path, LABELS)
    right = table.loc["dice-leiden"]
    assert (right["clusters"], right["largest_cluster"]) == (2, 2)
    assert (right[SCORES] == 1).all()
    heap = table.loc["binary-pruning"]
    assert (heap["clusters"], heap["largest_cluster"]) == (1, 6)
    assert (heap["pair_precision"], heap["pair_recall"], heap["pair_f1"]) == (2 / 10, 1, 0.3333)
    assert (heap["bcubed_precision"], heap["bcubed_recall"]) == (pytest.approx((4 * 2 + 1) / 25), 1)
    assert (table.loc["mixed-k_means", "clusters"], table.loc["mixed-k_means", "largest_cluster"]) == (2, 3)
    nothing = table.loc["binary-k_means"]
    assert (nothing["clusters"], nothing["largest_cluster"]) == (0, 0)
    assert (nothing["pair_precision"], nothing["pair_recall"]) == (1, 0)
    # Alone, all are right and four of five have half of what belongs with them: recall 3 / 5.
    assert (table["floor"] == 0.75).all()
    assert nothing["bcubed_f1"] == 0.75
    assert table["seconds"].tolist()[:-1] == pytest.approx([number + 0.123 for number in range(len(METHODS))])
    assert table["setting"].tolist() == [f'k = {number}, "so"' for number in range(len(METHODS))] + ["as it is set"]
    main_job = table.loc["reprise-main_job"]
    assert (main_job["clusters"], main_job["largest_cluster"], main_job["pair_precision"]) == (1, 2, 0)
    assert pd.isna(main_job["seconds"])


@pytest.mark.slow
def test_pairs_to_judge_neither_way_are_left_out(tmp_path: Path) -> None:
    write_found(tmp_path, {"dice-leiden": {"1": ["a.png", "b.png", "c.png"]}})
    ignore = "file_a,file_b\nc.png,a.png\nb.png,c.png\n"
    assert run(tmp_path, LABELS).loc["dice-leiden", "pair_precision"] == 0.3333
    assert run(tmp_path, LABELS, ignore).loc["dice-leiden", "pair_precision"] == 1


def test_without_labels_nothing_is_judged(tmp_path: Path) -> None:
    write_found(tmp_path, {"dice-leiden": RIGHT})
    table = run(tmp_path)
    assert table[[*SCORES, "floor"]].isna().all(axis=None)
    assert (table.loc["dice-leiden", "clusters"], table.loc["dice-leiden", "largest_cluster"]) == (2, 2)
    assert ",2,2,,,,,,,," in (tmp_path / "methods.csv").read_text()


def test_labels_of_another_comic_are_an_error(tmp_path: Path) -> None:
    write_found(tmp_path, {})
    with pytest.raises(SystemExit, match=r"labels\.txt: no file named in evaluation\.labels is a panel"):
        run(tmp_path, "file,cluster\nelsewhere.png,1\n")


@pytest.mark.slow
def test_a_comic_without_labelled_panels_together_is_judged_too(tmp_path: Path) -> None:
    write_found(tmp_path, {"dice-leiden": RIGHT})
    table = run(tmp_path, "file,cluster\na.png,1\n")
    assert (table[[*SCORES, "floor"]] == 1).all(axis=None)
