"""A comic of five chapters of twelve pages, whose numbers begin again in each, worked through in story order."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from comics import Comic, draw_panel

from reprise import tables


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """A shard a chapter; chapter 5 recolours page 2 of chapter 1, and chapter 3 begins as chapter 2 ended."""
    place = tmp_path_factory.mktemp("story") / "finished"
    again = {(5, 2): 2, (3, 1): 24}
    for chapter in range(1, 6):
        for page in range(1, 13):
            seed = again.get((chapter, page), 12 * (chapter - 1) + page)
            colours = ("midnightblue", "gold") if (chapter, page) in again else ("white", "black")
            draw_panel(place / f"pages/Chapter {chapter}/{page:03}.png", seed, *colours)
    settings = {
        "comic": {"source": "folder", "folder": "../pages"},
        "fingerprint": {"shard_panels": 12},
        "compare": {"block_panels": 60},
    }
    comic = Comic(place / "run", settings)
    assert comic.run().jobs["fingerprint"] == 5
    return comic


@pytest.fixture
def comic(finished: Comic, tmp_path: Path) -> Comic:
    """A copy of the finished comic, to be changed by one test."""
    shutil.copytree(finished.directory.parent, tmp_path / "copy")
    return Comic(tmp_path / "copy/run", finished.settings)


def panel_names(comic: Comic) -> dict[str, tuple[str, str]]:
    """Return the panel of each file, in story order, and what its page is called."""
    rows = tables.read_rows(comic.results / "panels.csv")
    return {row["file"]: (row["panel"], row["page_name"]) for row in rows}


def best_return(comic: Comic) -> tuple[str, str, str]:
    """Return the files of the return that ranks first, the earlier one first, and its absence."""
    first = next(tables.read_rows(comic.results / "ranking.csv"))
    file_of = {panel: file for file, (panel, _) in panel_names(comic).items()}
    return file_of[first["source"]], file_of[first["panel"]], first["absence"]


def rerun(comic: Comic) -> Counter[str]:
    """Run again and return which jobs ran, having seen that a further run has nothing to do."""
    jobs = comic.run().jobs
    assert not comic.run().jobs
    return jobs


def test_a_return_is_as_many_pages_away_as_the_story_has_between(finished: Comic) -> None:
    assert best_return(finished) == ("Chapter 1/002.png", "Chapter 5/002.png", "48")
    apart = {row["file_b"]: row["pages_apart"] for row in tables.read_rows(finished.results / "pairs.csv")}
    assert apart["Chapter 3/001.png"] == "1"


def test_people_are_told_the_names_of_pages_and_how_their_order_was_read(finished: Comic) -> None:
    assert panel_names(finished)["Chapter 5/002.png"] == ("50_1", "ch. 5 p. 2")
    assert "Story      5 chapters of 12 pages\n" in (finished.results / "summary.txt").read_text()
    gallery = (finished.results / "gallery/index.html").read_text()
    assert "ch. 1 p. 2 to ch. 5 p. 2" in gallery


def test_a_chapter_put_in_the_middle_re_runs_nothing_before_it(comic: Comic) -> None:
    for page in range(1, 13):
        draw_panel(comic.directory.parent / f"pages/Chapter 3.5/{page:03}.png", 100 + page)
    jobs = rerun(comic)
    assert jobs["index_panels"] == 1
    assert jobs["fingerprint"] == 3  # the new one, and the two after it
    assert best_return(comic) == ("Chapter 1/002.png", "Chapter 5/002.png", "60")


def test_a_file_renamed_re_runs_its_shard(comic: Comic) -> None:
    chapter = comic.directory.parent / "pages/Chapter 2"
    (chapter / "003.png").rename(chapter / "003_final.png")
    assert rerun(comic)["fingerprint"] == 1
    assert panel_names(comic)["Chapter 2/003_final.png"] == ("15_1", "ch. 2 p. 3")


def test_a_page_more_re_runs_nothing_before_it(comic: Comic) -> None:
    draw_panel(comic.directory.parent / "pages/Chapter 5/013.png", 200)
    assert rerun(comic)["fingerprint"] == 1  # a sixth shard
    assert panel_names(comic)["Chapter 5/013.png"] == ("61_1", "ch. 5 p. 13")
