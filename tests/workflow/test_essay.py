"""The essay's methods side by side, run for real on small comics."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest
from comics import DEMO, Comic, draw_folder, draw_panel

from reprise.study import essay

REPOSITORY = Path(__file__).parents[2]
PAGE = "results/study/index.html"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def clusters(path: Path) -> list[list[str]]:
    """Return the panels of each cluster of a table, whatever the clusters are called."""
    members = defaultdict(list)
    for row in rows(path):
        members[row["cluster"]].append(row["panel"])
    return sorted(sorted(panels) for panels in members.values())


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    comic = Comic(tmp_path_factory.mktemp("study"), DEMO | {"study": {"restarts": 2, "most_k": 8}})
    comic.run("study", "all")
    return comic


def test_everything_is_there(study: Comic) -> None:
    folder = study.results / "study"
    assert {path.stem for path in (folder / "distances").glob("*.csv")} == set(essay.METRICS)
    assert {path.stem for path in (folder / "groups").glob("*.csv")} == set(essay.METHODS)
    for plot in ("spread", "components", "distances", "precision_recall"):
        assert (folder / f"plots/{plot}.png").read_bytes().startswith(b"\x89PNG")
    assert "<h1>" in (folder / "index.html").read_text(encoding="utf-8")
    methods = rows(folder / "methods.csv")
    assert [f"{row['metric']}-{row['grouping']}" for row in methods] == [*essay.METHODS, "reprise-main_job"]
    assert all(0 <= float(row["bcubed_f1"]) <= 1 for row in methods)
    assert all(float(row["seconds"]) > 0 for row in methods[:-1])


def test_every_metric_has_every_pair_nearest_first(study: Comic) -> None:
    panels = [row["panel"] for row in rows(study.results / "panels.csv") if row["status"] == "ok"]
    place = {panel: number for number, panel in enumerate(panels)}
    for metric in essay.METRICS:
        table = rows(study.results / f"study/distances/{metric}.csv")
        in_order = [(float(row["distance"]), place[row["panel_a"]], place[row["panel_b"]]) for row in table]
        assert in_order == sorted(in_order)
        assert len({ends[1:] for ends in in_order}) == len(panels) * (len(panels) - 1) // 2
        assert all(a < b for _, a, b in in_order)


def test_reprise_s_own_method_is_what_the_main_job_does(study: Comic) -> None:
    (judged,) = [row for row in rows(study.results / "study/methods.csv") if row["grouping"] == "main_job"]
    main = {row["grouping"]: row for row in rows(study.results / "evaluation.csv")}
    assert judged["bcubed_f1"] == main["clusters"]["bcubed_f1"]
    assert judged["floor"] == main["every panel alone"]["bcubed_f1"]


def test_what_is_not_aligned_is_what_the_study_groups_by_dice(study: Comic) -> None:
    plain = Comic(study.directory, study.settings | {"match": {"search": "plain"}})
    assert set(plain.run().jobs) >= {"adjacency", "communities"}
    # The main job leaves out of clusters what says too little; these have nothing but exact copies of themselves.
    edges = {row["panel"]: int(row["edges"]) for row in rows(study.results / "panels.csv")}
    by_dice = clusters(study.results / "study/groups/dice-leiden.csv")
    assert clusters(study.results / "clusters.csv") == [each for each in by_dice if edges[each[0]] >= 30]


@pytest.mark.parametrize(
    ("preset", "method"),
    [
        ("essay", "resize_then_canny-greedy_modularity"),
        ("essay_either", "resize_then_canny-greedy_modularity_either"),
    ],
)
def test_the_main_job_can_be_set_to_the_essay_s_way(study: Comic, preset: str, method: str) -> None:
    """The presets give what the study tells of the method they stand for."""
    preset_file = REPOSITORY / f"workflow/presets/{preset}.yaml"
    study.run("--configfile", str(study.directory / "settings.yaml"), str(preset_file))
    assert clusters(study.results / "clusters.csv") == clusters(study.results / f"study/groups/{method}.csv")
    apart = {
        (row["panel_a"], row["panel_b"]): int(row["distance"])
        for row in rows(study.results / "study/distances/resize_then_canny.csv")
    }
    pairs = rows(study.results / "pairs.csv")
    assert pairs
    assert all(int(row["edge_bits"]) == apart[row["panel_a"], row["panel_b"]] for row in pairs)
    near = {ends for ends, bits in apart.items() if bits < 1100}
    if preset == "essay":
        assert {(row["panel_a"], row["panel_b"]) for row in pairs} == near
        assert [float(row["score"]) for row in pairs] == pytest.approx(
            [(1100 - int(row["edge_bits"]) + 1) / 1101 for row in pairs], abs=1e-6
        )


@pytest.fixture
def folder(tmp_path: Path) -> Comic:
    draw_folder(tmp_path / "pages", 12)
    settings = {
        "comic": {"source": "folder", "folder": "../pages"},
        "fingerprint": {"shard_panels": 5},
        "study": {"restarts": 2, "most_k": 5},
    }
    return Comic(tmp_path / "run", settings)


def test_a_change_re_runs_what_depends_on_it(folder: Comic) -> None:
    folder.run("study")
    assert "Nothing to be done" in folder.run("study").text
    pages = folder.directory.parent / "pages"
    labels = folder.directory / "labels.csv"
    labels.write_text("file,cluster\n" + "".join(f"{page}_1.png,{2 if page == 5 else page}\n" for page in range(1, 13)))
    folder.settings["evaluation"] = {"labels": "labels.csv"}
    assert set(folder.run("study").jobs) == {"methods", "study_plots", "study"}
    folder.settings["study"] |= {"most_k": 6}
    assert set(folder.run("study").jobs) == {"groups", "methods", "study_plots", "study"}
    draw_panel(pages / "1_1.png", 99)
    jobs = folder.run("study").jobs
    assert (jobs["bitmaps"], jobs["fingerprint"]) == (1, 1)
    folder.settings["match"] = {"threshold": 0.6}
    assert set(folder.run("study").jobs) == {"adjacency", "relate", "communities", "rank", "methods", "study"}


def test_a_comic_that_is_too_large_says_which_setting(folder: Comic) -> None:
    folder.settings["study"] |= {"max_panels": 11}
    refused = folder.run("study", status=1)
    assert "study.max_panels: holds 11, and this comic has 12 panels" in refused.text
    assert not refused.jobs["bitmaps"]
    assert folder.run().status == 0


def test_the_same_panels_give_the_same_bytes(folder: Comic) -> None:
    (folder.directory.parent / "pages/3_1.png").write_bytes(b"no image")
    first = folder_of(folder)
    other = Comic(folder.directory.parent / "other", folder.settings | {"fingerprint": {"shard_panels": 512}}, cores=1)
    assert folder_of(other) == first


def folder_of(comic: Comic) -> dict[str, bytes]:
    """Run the study and return the bytes of what it wrote, save what is told in seconds."""
    comic.run("study")
    study = comic.results / "study"
    tables = [*study.glob("distances/*.csv"), *study.glob("groups/*.csv"), *study.glob("plots/*.png")]
    found = {str(path.relative_to(study)): path.read_bytes() for path in tables}
    methods = [{key: row[key] for key in row if key != "seconds"} for row in rows(study / "methods.csv")]
    return found | {"methods": json.dumps(methods).encode()}
