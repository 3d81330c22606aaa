"""Results are of one comic and of the settings at hand; another comic in the same folder stops at once."""

import json
from pathlib import Path
from typing import Any

import pytest
from comics import Comic, draw_folder, folder_bytes

TWO_WAYS_OUT = (
    "run this one in a folder of its own, with --directory DIR, or remove or rename results/ to begin anew here"
)
WEB: dict[str, Any] = {"url": "http://127.0.0.1:9/{page}", "panels": "img", "last": 2}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """A comic whose panels were read."""
    place = tmp_path_factory.mktemp("first")
    draw_folder(place / "pages", 3)
    draw_folder(place / "others", 3)
    comic = Comic(place / "run", {"comic": {"source": "folder", "folder": "../pages"}})
    assert "summary" not in comic.run("results/panels.csv").text
    return comic


OTHERS = {"source": "folder", "folder": "../others"}


@pytest.mark.parametrize(
    ("comic", "asked"),
    [({}, ()), (OTHERS, ("--dry-run",)), ({"source": "web", "web": WEB}, ("study",)), ({}, ("--report", "report.zip"))],
    ids=["the demo", "another folder", "a web comic", "a report of what comic is not said"],
)
def test_another_comic_stops_before_any_job(first: Comic, comic: dict[str, Any], asked: tuple[str, ...]) -> None:
    before = folder_bytes(first.results)
    refused = Comic(first.directory, {"comic": comic}).run(*asked, status=1)
    assert not refused.jobs
    pages = first.directory.parent / "pages"
    assert f"holds the results of the comic in '{pages}', and these settings are of the " in refused.text
    assert TWO_WAYS_OUT in refused.text
    assert "Traceback" not in refused.text
    assert folder_bytes(first.results) == before


def test_the_same_comic_goes_on_whatever_it_is_called(first: Comic) -> None:
    named = {"source": "folder", "folder": str(first.directory.parent / "run/../pages")}
    again = Comic(first.directory, {"comic": named})
    assert json.loads((first.results / "reprise.json").read_text())["comic"]["folder"] == "../pages"
    again.run("--dry-run", "results/index.csv")


def test_a_dry_run_claims_no_folder(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 3)
    Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}}).run("--dry-run")
    assert not (tmp_path / "run/results").exists()


def test_nothing_of_other_settings_stays(tmp_path: Path) -> None:
    """Labels that are not set any more, and what a run that was asked for less leaves behind."""
    draw_folder(tmp_path / "pages", 6)
    settings: dict[str, Any] = {"comic": {"source": "folder", "folder": "../pages"}}
    comic = Comic(tmp_path / "run", settings | {"evaluation": {"labels": "labels.csv"}})
    (comic.directory / "labels.csv").write_text("file,cluster\n2_1.png,a\n5_1.png,a\n6_1.png,b\n")
    comic.run()
    assert (comic.results / "evaluation.csv").exists()
    assert (comic.results / "plots/evaluation.png").exists()
    comic.settings = settings
    assert set(comic.run().jobs) == {"summary"}
    assert not (comic.results / "evaluation.csv").exists()
    assert not (comic.results / "plots/evaluation.png").exists()
    assert (comic.results / "gallery/index.html").exists()
    comic.settings = settings | {"match": {"threshold": 0.9}}
    run = comic.run("results/clusters.csv")
    assert "Gallery    results/gallery" not in run.text
    assert not any(
        (comic.results / name).exists() for name in ("summary.txt", "gallery", "clusters", "plots/distances.png")
    )
    assert "Gallery    results/gallery" in comic.run().text
