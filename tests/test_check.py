"""`./run check`: what is said of a comic's first pages, by a real server on loopback."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from snakemake.cli import parse_config

from command import ask_what_lacks, give_back_words, main, parse, take_words
from sites import Server, body, html, noise, panel, picture

pytestmark = pytest.mark.usefixtures("own_folder")


def said(capsys: pytest.CaptureFixture[str], finds: bool = True, **web: object) -> list[str]:
    quick = {"seconds_between_requests": 0.0, "retries": 0, "robots": False}
    Path("mine.yaml").write_text(yaml.safe_dump({"comic": {"source": "web", "web": quick | web}}))
    assert main(["check", "mine.yaml"]) == (0 if finds else 1)
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
    assert lines[2].startswith(f"  {site.address}/b.gif: missing: HTTP 404. There is no such image.")
    assert "comic.web.panels" in lines[2]
    lines = said(capsys, start=f"{site.address}/1", panels="img.wide", attribute="src")
    assert "comic.web.attribute" in lines[2]


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
    lines = said(capsys, start=f"{site.address}/1", panels="#comic img", finds=False)
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
    lines = said(capsys, start=f"{site.address}/1", panels="#comic img", finds=False)
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
    lines = said(
        capsys,
        told.startswith("lists"),
        archive={"url": f"{site.address}/archive", "links": ".all a"},
        panels="#strip img",
    )
    assert any(told in line for line in lines[:2])


def test_an_age_gate_has_its_sentence(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    site.replies["/1"] = body("<title>Adults only</title><p>Are you over 18?")
    lines = said(capsys, start=f"{site.address}/1", panels="img", finds=False)
    assert lines[0] == f"{site.address}/1: no panels: a page that asks for the reader's age, “Adults only”"
    assert "comic.web.cookies" in lines[-1]


def pages_of(site: Server, write: Callable[[int], str]) -> None:
    """Put up three pages with a link to the next, and the small and the large picture of each."""
    for number in (1, 2, 3):
        link = f"<a rel=next href=/{number + 1}>Next</a>" if number < 3 else ""
        site.replies[f"/{number}"] = body(write(number) + link)
        site.replies[f"/day/{number}.gif"] = body(picture("GIF", number))
        site.replies[f"/large/{number}.gif"] = body(noise("GIF", number))


@pytest.mark.parametrize("lost", [True, False])
def test_of_a_small_picture_and_what_it_links_to_that_is_advised_which_comes_and_is_larger(
    site: Server, capsys: pytest.CaptureFixture[str], lost: bool
) -> None:
    small = "<a class=full href=/large/{0}.gif><img alt=Comic src=/day/{0}.gif></a>"
    pages_of(site, lambda number: small.format(number))
    if lost:
        site.replies |= {f"/day/{number}.gif": body("", 404) for number in (1, 2, 3)}
    lines = said(capsys, start=f"{site.address}/1", panels="#comic img", finds=False)
    assert lines[-1].endswith("as panels: 'a.full'")


@pytest.mark.parametrize("lost", ["/large/", "/day/"])
def test_what_did_not_come_is_not_advised(site: Server, capsys: pytest.CaptureFixture[str], lost: str) -> None:
    pages_of(site, lambda number: f"<p><img class=a src=/day/{number}.gif><img class=comic src=/large/{number}.gif>")
    site.replies |= {f"{lost}{number}.gif": body("", 404) for number in (1, 2, 3)}
    lines = said(capsys, start=f"{site.address}/1", panels="#comic img", finds=False)
    assert lines[-1].endswith("as panels: 'img.a'" if lost == "/large/" else "as panels: 'img.comic'")


def test_a_folder_of_uploads_is_none_of_ads(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    def write(number: int) -> str:
        site.replies[f"/uploads/{number}.gif"] = body(noise("GIF", number))
        return f"<img class=a src=/day/{number}.gif><img class=b src=/uploads/{number}.gif>"

    pages_of(site, write)
    lines = said(capsys, start=f"{site.address}/1", panels="#comic img", finds=False)
    assert lines[-1].endswith("as panels: 'img.b'")


@pytest.mark.parametrize(
    ("panels", "told"),
    [
        ('img[src="/ad.gif"]', "The same image on all 3 pages, so likely not the comic."),
        ("img.logo, img[src='/ad.gif']", "The same images on all 3 pages, so likely not the comic."),
        ("img", "Of 3 images 2 stand on all 3 pages, so likely not the comic."),
        ("img.logo, #strip img", "Of 2 images 1 stands on all 3 pages, so likely not the comic."),
        ("#strip img", ""),
    ],
)
def test_what_stands_on_each_page_is_told_of(
    site: Server, capsys: pytest.CaptureFixture[str], panels: str, told: str
) -> None:
    strip(site)
    lines = said(capsys, start=f"{site.address}/1", panels=panels)
    assert (told in lines) if told else not any("likely not the comic" in line for line in lines)
    assert lines[-1].endswith("as panels: '#strip img'") == bool(told)
    assert len(lines) <= 16


DATA = '{"site": {"logo": "/logo.png"}, "comic": [{"src": "/large/%d.gif", "alt": "One"}]}'


@pytest.mark.parametrize(
    ("script", "web", "advice"),
    [
        (f"<script id=data>{DATA}</script>", {"panels": "#comic img"}, "script: '#data' and panels: '$..src'"),
        (f"<script id=data>{DATA}</script>", {"panels": "$..url", "script": "#data"}, "panels: '$..src'"),
        (f"<script id=data>var x = {DATA};</script>", {"panels": "$..src", "script": "#dat"}, "panels: '$..src'"),
        (
            "<script>var pages = ['/large/%d.gif'];</script>",
            {"panels": "img"},
            "script: 'script:not([src])' and panels: '$[*]'",
        ),
    ],
)
def test_json_in_a_script_is_looked_through(
    site: Server, capsys: pytest.CaptureFixture[str], script: str, web: dict[str, str], advice: str
) -> None:
    pages_of(site, lambda number: f"<title>One</title>{script % number}")
    lines = said(capsys, finds=False, start=f"{site.address}/1", **web)
    assert lines[-1].startswith("Set comic.web.script and comic.web.panels")
    assert lines[-1].endswith(advice)
    if web.get("script") == "#dat":
        assert "No script there fits comic.web.script, which holds '#dat'." in lines
    script_and_panels = yaml.safe_load(f"{{{lines[-1].rpartition(', as ')[2].replace(' and ', ', ')}}}")
    assert "1 panel" in said(capsys, start=f"{site.address}/1", **script_and_panels)[0]


def test_paths_into_pages_of_json_are_offered(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2, 3):
        page = {"pages": [{"url": f"/large/{number}.gif"}], "next": {"url": f"/{number + 1}"}}
        site.replies |= {f"/{number}": body(json.dumps(page)), f"/large/{number}.gif": body(noise("GIF", number))}
    lines = said(capsys, start=f"{site.address}/1", panels="$.images[*]", finds=False)
    assert lines[1] == "  next: it is JSON, in which comic.web.next has to say where the next page is, as $.next"
    assert "Nothing there fits comic.web.panels, which holds '$.images[*]'." in lines
    assert lines[-1].endswith("as panels: '$.pages[*].url'")
    lines = said(capsys, start=f"{site.address}/1", panels="$.pages[*].url", next="$.nxt")
    assert lines[-1] == "  Nothing there fits comic.web.next, which holds '$.nxt'"
    assert len(said(capsys, start=f"{site.address}/1", panels="$.pages[*].url", next="$.next.url")) == 7


def test_of_a_site_that_does_not_answer_nothing_else_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, start="http://127.0.0.1:9/1", panels="img", finds=False)
    assert len(lines) == 2
    assert lines[1].startswith("The site can't be reached")


def test_a_page_that_is_not_there_is_told_by_the_setting_that_led_there(
    site: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(capsys, start=f"{site.address}/1", panels="img", finds=False)
    assert len(lines) == 2
    assert "comic.web.start" in lines[1]
    assert "comic.web.url" in said(capsys, url=f"{site.address}/{{page}}", panels="img", last=9, finds=False)[-1]


@pytest.mark.parametrize("words", [["check", "mine.yaml"], ["mine.yaml"]])
def test_a_selector_that_was_written_as_a_comment_is_told_of(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    text = "comic:\n  web:\n    start: http://127.0.0.1:9/1\n    panels: #comic img\n"
    Path("mine.yaml").write_text(text)
    assert main(words) == 1
    told = "comic.web.panels is empty: a # begins a comment, so write it in quotes, as panels: '#comic img'"
    assert told in capsys.readouterr().err
