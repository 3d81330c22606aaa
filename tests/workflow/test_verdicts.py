"""What a reader says in the gallery, saved by a real browser, is what the next run obeys."""

import csv
from pathlib import Path

import pytest
from comics import Comic, draw_folder
from playwright.sync_api import Page

from browser import opened


def clusters(comic: Comic) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    with (comic.results / "clusters.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found.setdefault(row["cluster"], set()).add(row["panel"])
    return list(found.values())


def save(page: Page, comic: Comic, name: str) -> None:
    """Save a list from the gallery to the place that the line beside the button tells."""
    with page.expect_download() as saved:
        page.get_by_role("button", name=f"Save {name}.csv").click()
    saved.value.save_as(comic.directory / saved.value.suggested_filename)


@pytest.mark.slow
def test_verdicts_of_the_gallery_are_obeyed_by_the_next_run(tmp_path: Path) -> None:
    draw_folder(tmp_path / "comic", 12)
    settings = {"comic": {"folder": str(tmp_path / "comic")}, "compare": {"ceiling": 0.95}}
    comic = Comic(tmp_path / "run", settings)
    comic.run()
    before = clusters(comic)
    assert {"2_1", "5_1"} in before
    gallery = comic.results / "gallery"
    with opened(gallery, accept_downloads=True) as (page, wrong):
        page.goto((gallery / "index.html").as_uri() + "#compare=2_1,5_1")
        page.keyboard.press("n")
        page.keyboard.press("Escape")
        save(page, comic, "not_a_match")
        page.goto((gallery / "below.html").as_uri())
        judged = page.locator(".judged").first
        pair = {judged.get_attribute("data-a"), judged.get_attribute("data-b")}
        judged.get_by_role("button", name="A match", exact=False).first.click()
        save(page, comic, "must_match")
        told = page.locator("#verdicts code").text_content()
    assert not wrong
    assert told
    assert not any(pair <= cluster for cluster in before)
    entries = (entry.removeprefix("match.").split("=") for entry in told.removeprefix("--config ").split())
    comic.settings["match"] = dict(entries)
    comic.run()
    assert not any({"2_1", "5_1"} <= cluster for cluster in clusters(comic))
    assert any(pair <= cluster for cluster in clusters(comic))
