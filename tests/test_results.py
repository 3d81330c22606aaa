"""Results know of which comic they are, and keep nothing of other settings that looks current."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reprise.atomic import atomic_file
from results import (
    AnotherComicError,
    check_comic,
    claim,
    identify,
    read_record,
    remove_evaluation,
    remove_outdated,
    title_of,
)

DEMO = {"source": "demo", "folder": None, "web": {"url": None}}


def folder(path: str | Path) -> dict[str, Any]:
    return DEMO | {"source": "folder", "folder": str(path)}


def web(url: str) -> dict[str, Any]:
    return DEMO | {"source": "web", "web": {"url": url}}


def fill(results: Path, *names: str) -> None:
    for name in names:
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).touch()


def is_accepted(place: Path, comic: dict[str, Any]) -> bool:
    try:
        check_comic(place / "results", identify(comic, place))
    except AnotherComicError:
        return False
    return True


COMICS = [DEMO, folder("one"), folder("other"), folder("one.cbz"), web("http://c/{page}"), web("http://c/b/{page}")]


@pytest.mark.parametrize("before", COMICS)
def test_results_are_those_of_one_comic(tmp_path: Path, before: dict[str, Any]) -> None:
    claim(tmp_path / "results", identify(before, tmp_path), 2)
    fill(tmp_path / "results", "index.csv")
    assert [comic for comic in COMICS if is_accepted(tmp_path, comic)] == [before]


def test_another_comic_is_told_in_one_sentence_with_two_ways_out(tmp_path: Path) -> None:
    results = tmp_path / "results"
    claim(results, identify(folder("a{b}"), tmp_path), 2)
    fill(results, "panels.csv")
    with pytest.raises(AnotherComicError) as refused:
        claim(results, identify(web("https://c.example/{page}"), tmp_path), 2)
    assert str(refused.value) == (
        f"{results} holds the results of the comic in '{tmp_path}/a{{b}}', and these settings are of the comic at "
        f"'c.example/{{page}}': run this one in a folder of its own, with --directory DIR, or remove or rename "
        f"{results}/ to begin anew here"
    )
    with pytest.raises(
        AnotherComicError, match="of the demo comic, which is taken where no --configfile names another:"
    ):
        check_comic(results, identify(DEMO, tmp_path))


def test_a_comic_is_known_by_its_name_or_its_place(tmp_path: Path) -> None:
    claim(tmp_path / "here/results", identify(folder("../pages"), tmp_path / "here"), 2)
    fill(tmp_path / "here/results", "index.csv")
    (tmp_path / "link").symlink_to("pages")
    for path in ("../pages", "../pages/", tmp_path / "pages", tmp_path / "here/../pages", "../link"):
        assert is_accepted(tmp_path / "here", folder(path)), path
    (tmp_path / "there").mkdir()
    (tmp_path / "here").rename(tmp_path / "there/here")  # with a comic beside it that was moved as well
    assert is_accepted(tmp_path / "there/here", folder("../pages"))
    assert is_accepted(tmp_path / "there/here", folder(tmp_path / "pages"))
    assert not is_accepted(tmp_path / "there/here", folder("../others"))


def test_what_a_comic_is_read_with_makes_it_no_other(tmp_path: Path) -> None:
    claim(tmp_path / "results", identify(web("http://c/{page}"), tmp_path), 2)
    fill(tmp_path / "results", "index.csv")
    assert is_accepted(tmp_path, web("https://c/{page}"))
    longer = web("http://c/{page}") | {"web": {"url": "http://c/{page}", "panels": "img", "last": 9}}
    assert is_accepted(tmp_path, longer)


@pytest.mark.parametrize("kept", [(), ("logs/index_panels.log", "downloads/pages/1.json", "benchmarks/a.tsv")])
def test_a_run_that_came_to_nothing_leaves_the_folder_to_any_comic(tmp_path: Path, kept: tuple[str, ...]) -> None:
    claim(tmp_path / "results", identify(web("http://typo/{page}"), tmp_path), 2)
    fill(tmp_path / "results", *kept)
    claim(tmp_path / "results", identify(web("http://right/{page}"), tmp_path), 2)
    fill(tmp_path / "results", "downloads/images/1_1.png")
    assert is_accepted(tmp_path, web("http://right/{page}"))
    assert not is_accepted(tmp_path, web("http://typo/{page}"))


@pytest.mark.parametrize("record", [None, "", "[]", "{}", '{"comic": {"source": "tape"}, "cores": 2}', "{"])
def test_results_without_a_record_are_those_of_the_comic_asked_for(tmp_path: Path, record: str | None) -> None:
    fill(tmp_path / "results", "index.csv")
    if record is not None:
        (tmp_path / "results/reprise.json").write_text(record)
    comic = identify(folder("pages"), tmp_path)
    check_comic(tmp_path / "results", comic)
    claim(tmp_path / "results", comic, 2)
    assert json.loads((tmp_path / "results/reprise.json").read_text()) == {"comic": comic, "cores": 2}


def test_the_cores_of_the_first_run_stay_and_what_is_known_is_not_written_again(tmp_path: Path) -> None:
    results = tmp_path / "results"
    claim(results, identify(DEMO, tmp_path), 4)
    before = (results / "reprise.json").stat()
    claim(results, identify(DEMO, tmp_path), 2)
    assert read_record(results)["cores"] == 4
    assert (results / "reprise.json").stat().st_mtime_ns == before.st_mtime_ns


def write_in_turn(results: Path, *names: str) -> None:
    """Write files, each a second later than the one before."""
    for place, name in enumerate(names):
        with atomic_file(results / name) as part:
            part.touch()
        os.utime(results / name, (10**9 + place, 10**9 + place))


STUDY = ["study/distances/dice.csv", "study/methods.csv", "study/index.html"]


def left(results: Path) -> list[str]:
    return sorted(path.relative_to(results).as_posix() for path in results.rglob("*") if path.is_file())


def test_an_evaluation_by_labels_that_are_not_set_any_more_goes(tmp_path: Path) -> None:
    fill(tmp_path, "evaluation.csv", "plots/evaluation.png", "plots/distances.png", "clusters.csv", *STUDY)
    remove_evaluation(tmp_path)
    assert left(tmp_path) == ["clusters.csv", "plots/distances.png", "study/distances/dice.csv"]
    fill(tmp_path, *STUDY)
    remove_evaluation(tmp_path)
    assert set(STUDY) < set(left(tmp_path))  # a study without labels


@pytest.mark.parametrize(
    ("newest", "gone"),
    [
        ("ranking.csv", []),
        ("clusters.csv", ["clusters/1/1.png", "evaluation.csv", "summary.txt", *STUDY[1:]]),
        ("communities.npz", ["plots/distances.png"]),
        ("evaluation.csv", STUDY[1:]),
        ("panels.csv", STUDY[1:]),
    ],
)
def test_what_tells_of_what_is_no_more_goes_unless_it_was_made_anew(
    tmp_path: Path, newest: str, gone: list[str]
) -> None:
    told_of = ["panels.csv", "communities.npz", "clusters.csv", "ranking.csv"]
    published = ["plots/distances.png", "clusters/1/1.png", "evaluation.csv", "summary.txt", *STUDY]
    write_in_turn(tmp_path, *told_of, *published, newest)
    for folder in ("clusters", "study"):
        os.utime(tmp_path / folder, (10**9 + 9, 10**9 + 9))
    remove_outdated(tmp_path, [str(tmp_path / name) for name in published])
    assert left(tmp_path) == sorted({*told_of, *published})
    remove_outdated(tmp_path, [str(tmp_path / "gallery")])
    assert left(tmp_path) == sorted({*told_of, *published} - set(gone))


@pytest.mark.parametrize(
    ("comic", "title"),
    [
        ({"source": "demo"}, "The demo"),
        ({"source": "folder", "folder": "comics/Ours.cbz"}, "Ours"),
        ({"source": "folder", "folder": "comics/Our own/"}, "Our own"),
        ({"source": "web", "web": {"url": "https://comic.example/a/{page}"}}, "comic.example"),
    ],
)
def test_a_comic_without_a_title_is_called_by_its_folder_or_site(comic: dict[str, Any], title: str) -> None:
    assert title_of(comic, Path.cwd()) == title
