"""`./run check`: what is said of a comic's first pages, by a real server on loopback."""

import io
from pathlib import Path

import pytest
import yaml
from snakemake.cli import parse_config

from command import ask_what_lacks, give_back_words, main, parse, take_words
from sites import Server, body, html, noise, panel, picture

pytestmark = pytest.mark.usefixtures("own_folder")


def said(capsys: pytest.CaptureFixture[str], **web: object) -> list[str]:
    quick = {"seconds_between_requests": 0.0, "retries": 0, "robots": False}
    Path("mine.yaml").write_text(yaml.safe_dump({"comic": {"source": "web", "web": quick | web}}))
    assert main(["check", "mine.yaml"]) == 0
    assert not Path("results").exists()
    return capsys.readouterr().out.splitlines()


def test_three_pages_are_read_and_told_of(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(1, 9):
        link = f"<a rel=next href=/{number + 1}>Next</a>"
        site.replies[f"/{number}"] = body(html(panel(f"/{number}.gif"), link, head=f"<title>No. {number}</title>"))
        site.replies[f"/{number}.gif"] = body(picture("GIF"))
    lines = said(capsys, start=f"{site.address}/1", panels="img.wide")
    assert lines[0] == f"{site.address}/1: 1 panel, “No. 1”"
    assert lines[1] == f"  {site.address}/1.gif: 8 x 8, {len(picture('GIF'))} bytes"
    assert lines[2] == f"  next: by rel, {site.address}/2"
    assert len(lines) == 7, "it is the same on all"
    assert site.counts.total() == 6


def test_what_is_no_image_is_told_of(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    site.replies["/1"] = body(html(panel("/a.gif"), panel("/b.gif")))
    site.replies["/a.gif"] = body("<html>Hot links are forbidden")
    lines = said(capsys, start=f"{site.address}/1", panels="img.wide")
    assert lines[1] == f"  {site.address}/a.gif: no image but an HTML page"
    assert lines[2].startswith(f"  {site.address}/b.gif: missing: HTTP 404. There is no such page.")


def strip(site: Server, pages: int = 3) -> None:
    """Put up a site whose panels stand in #strip, beside a logo that is larger."""
    site.replies |= {"/logo.png": body(noise("PNG", 1)), "/ad.gif": body(noise("GIF", 1))}
    for number in range(1, pages + 1):
        image = f"<div id=strip><img alt='Day {number}' src=/{number}.gif></div><img src=/ad.gif>"
        link = f"<a rel=next href=/{number + 1}>Next</a>" if number < pages else ""
        site.replies[f"/{number}"] = body(f"<title>No. {number}</title><img class=logo src=/logo.png>{image}{link}")
        site.replies[f"/{number}.gif"] = body(picture("GIF", number))


def test_a_wrong_selector_is_answered_once_in_ten_lines(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    strip(site)
    lines = said(capsys, start=f"{site.address}/1", panels="#comic img")
    assert len(lines) <= 11
    assert lines[5] == "Nothing there fits comic.web.panels, which holds '#comic img'."
    assert lines[7].startswith(
        f"  1. #strip img: 1 image a page, each page has its own; {site.address}/1.gif, 8 x 8, 54 bytes, “Day 1”"
    )
    assert lines[8].startswith("  2. img: 3 images a page, some on all pages")
    assert lines[9].startswith("  3. img.logo: 1 image a page, the same")
    assert lines[10] == "Set comic.web.panels to the one that finds the comic, as panels: '#strip img'"


def test_a_page_that_a_script_draws_is_told_of_where_no_image_changes(
    site: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        site.replies[f"/{number}"] = body(f"<img src=/logo.png><p>{'words ' * 99}<a rel=next href=/2>Next</a>")
    lines = said(capsys, start=f"{site.address}/1", panels="#comic img")
    assert lines[-1].startswith("None of them finds another image on each page.")
    assert "comic.web.script" in lines[-1]


@pytest.mark.parametrize(("answer", "chosen"), [("1", "#strip img"), ("#strip > img", "#strip > img")])
def test_a_run_that_lacks_a_selector_offers_those_that_fit(
    site: Server, monkeypatch: pytest.MonkeyPatch, answer: str, chosen: str
) -> None:
    strip(site)
    web = {"start": f"{site.address}/1", "seconds_between_requests": 0.0, "retries": 0}
    Path("mine.yaml").write_text(yaml.safe_dump({"comic": {"source": "web", "web": web}}))
    monkeypatch.setattr("sys.stdin", io.StringIO(answer + "\n"))
    _, args = parse(["mine.yaml"])
    take_words([*args.targets, *give_back_words(args)], args)
    ask_what_lacks(args, ask=True)
    assert parse_config(args.config)["comic"] == {"web": {"panels": chosen}}


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        ("<ul class=all><li><a href=/1>1</a></ul>", "lists 1 pages and 0 further archives"),
        ("<a href=/1>1</a>", "  Nothing there fits comic.web.archive.links, which holds '.all a'"),
        (None, "missing: HTTP 404. There is no such page."),
    ],
)
def test_an_archive_is_told_of(
    site: Server, capsys: pytest.CaptureFixture[str], archive: str | None, told: str
) -> None:
    strip(site)
    if archive:
        site.replies["/archive"] = body(archive)
    lines = said(capsys, archive={"url": f"{site.address}/archive", "links": ".all a"}, panels="#strip img")
    assert any(told in line for line in lines[:2])


def test_an_age_gate_has_its_sentence(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    site.replies["/1"] = body("<title>Adults only</title><p>Are you over 18?")
    lines = said(capsys, start=f"{site.address}/1", panels="img")
    assert lines[0] == f"{site.address}/1: no panels: a page that asks for the reader's age, “Adults only”"
    assert "comic.web.cookies" in lines[-1]
