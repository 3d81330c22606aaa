"""The demo at defaults: what a reader gets from the first two commands."""

import csv
import json
import re
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest
from comics import Comic, Run, folder_bytes


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comic, Run]:
    comic = Comic(tmp_path_factory.mktemp("demo"), {})
    return comic, comic.run()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def test_every_table_and_picture_is_there(demo: tuple[Comic, Run]) -> None:
    results = demo[0].results
    for name in ("panels", "pages", "pairs", "clusters", "evaluation"):
        assert rows(results / f"{name}.csv")
    for name in ("gallery/index.html", "plots/distances.png", "plots/cluster_sizes.png", "adjacency.npz"):
        assert (results / name).stat().st_size > 0
    cluster = rows(results / "clusters.csv")[0]
    placed = results / "clusters" / cluster["cluster"] / f"{cluster['panel']}{Path(cluster['file']).suffix}"
    assert placed.read_bytes() == (demo[0].directory / cluster["file"]).read_bytes()


def test_each_log_tells_what_was_done(demo: tuple[Comic, Run]) -> None:
    logs = [path.read_text() for path in (demo[0].results / "logs").rglob("*.log")]
    assert len(logs) == sum(demo[1].jobs.values())
    assert [log for log in logs if not re.search(r" begins, .* wrote .* is done, ", log, re.DOTALL)] == []


def test_clusters_agree_with_the_truth(demo: tuple[Comic, Run]) -> None:
    scores = {row["grouping"]: float(row["bcubed_f1"]) for row in rows(demo[0].results / "evaluation.csv")}
    assert scores["clusters"] >= 0.88
    assert scores["every panel alone"] < scores["clusters"] - 0.05


def test_every_panel_of_the_truth_is_there(demo: tuple[Comic, Run]) -> None:
    truth = {row["file"] for row in rows(demo[0].results / "demo/truth.csv")}
    assert {row["file"] for row in rows(demo[0].results / "panels.csv")} == truth


def test_blank_panels_are_in_no_cluster_with_another_drawing(demo: tuple[Comic, Run]) -> None:
    truth = {row["panel"]: row for row in rows(demo[0].results / "demo/truth.csv")}
    clusters = defaultdict(set)
    for row in rows(demo[0].results / "clusters.csv"):
        clusters[row["cluster"]].add(truth[row["panel"]]["cluster"])
    with_blank = {
        row["cluster"]
        for row in rows(demo[0].results / "clusters.csv")
        if truth[row["panel"]]["transformation"] in ("blank", "nearly_blank", "plain")
    }
    assert all(len(clusters[cluster]) == 1 for cluster in with_blank)


@pytest.mark.parametrize("transformation", ["mirrored", "frame", "recolour", "invert", "exact"])
def test_every_such_match_is_found(demo: tuple[Comic, Run], transformation: str) -> None:
    truth = rows(demo[0].results / "demo/truth.csv")
    cluster_of = {row["panel"]: row["cluster"] for row in rows(demo[0].results / "clusters.csv")}
    members = defaultdict(list)
    for row in truth:
        members[row["cluster"]].append(row["panel"])
    returned = [row for row in truth if row["transformation"] == transformation]
    assert returned
    for row in returned:
        others = {cluster_of.get(panel) for panel in members[row["cluster"]] if panel != row["panel"]}
        assert cluster_of.get(row["panel"], "none") in others


@pytest.mark.parametrize(
    ("transformation", "relation"),
    [("exact", "duplicate"), ("mirrored", "mirrored"), ("frame", "frame"), ("invert", "recolour")],
)
def test_kind_of_match_is_told(demo: tuple[Comic, Run], transformation: str, relation: str) -> None:
    truth = {row["panel"]: row for row in rows(demo[0].results / "demo/truth.csv")}
    told = {
        row["relation"]
        for row in rows(demo[0].results / "pairs.csv")
        if truth[row["panel_b"]]["source"] == row["panel_a"]
        and truth[row["panel_b"]]["transformation"] == transformation
    }
    assert told == {relation}


def test_summary_says_what_was_found_and_where(demo: tuple[Comic, Run]) -> None:
    summary = (demo[0].results / "summary.txt").read_text()
    assert summary in demo[1].text
    assert "panels of" in summary
    assert "missing: HTTP 404" in summary
    assert "pairs compared" in summary
    assert "results/gallery/index.html" in summary


def test_long_steps_log_their_progress(demo: tuple[Comic, Run]) -> None:
    assert "fingerprint: 0 of" in (demo[0].results / "logs/fingerprint/0000.log").read_text()


def test_report_holds_the_same(demo: tuple[Comic, Run]) -> None:
    comic = demo[0]
    comic.run("--report", "report.zip")
    with zipfile.ZipFile(comic.directory / "report.zip") as report:
        names = report.namelist()
        page = report.read(next(name for name in names if name.endswith("report.html"))).decode()
    for wanted in ("index.html", "distances.png", "cluster_sizes.png", "pairs.csv", "clusters.csv"):
        assert any(name.endswith(wanted) for name in names), wanted
    shown = re.search(r"categories = (\{.*?\});$", page, re.MULTILINE)
    assert shown
    assert min(json.loads(shown[1])) == "Gallery", "the report lists them by their names"
    place = next(name for name in names if name.endswith("/index.html")).removesuffix("index.html")
    inside = {name.removeprefix(place) for name in names if name.startswith(place)}
    assert inside == set(folder_bytes(comic.results / "gallery"))


def test_labels_of_ones_own_come_before_those_of_the_demo(demo: tuple[Comic, Run]) -> None:
    comic = Comic(demo[0].directory, {"evaluation": {"labels": "labels.csv"}})
    files = [row["file"] for row in rows(comic.results / "clusters.csv")[:2]]
    (comic.directory / "labels.csv").write_text("file,cluster\n" + "".join(f"{file},a\n" for file in files))
    assert set(comic.run().jobs) == {"evaluate", "summary"}
    assert [row["panels"] for row in rows(comic.results / "evaluation.csv")] == ["2", "2"]
    demo[0].run()
    assert len(rows(comic.results / "panels.csv")) == int(rows(comic.results / "evaluation.csv")[0]["panels"])
