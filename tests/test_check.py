"""`./run check`: what is said of a comic's first pages, by a real server on loopback."""

from pathlib import Path

import pytest
import yaml

from command import main
from sites import Server, body, html, panel, picture

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
    assert lines[1] == f"  {site.address}/1.gif: {len(picture('GIF'))} bytes"
    assert lines[2] == f"  next: by rel, {site.address}/2"
    assert len(lines) == 9
    assert site.counts.total() == 6


def test_a_wrong_selector_is_answered_by_those_that_fit(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    page = "<title>One</title><img class=logo src=/logo.png><div id=strip><img width=900 height=300 src=/1.gif></div>"
    site.replies["/1"] = body(page)
    lines = said(capsys, url=f"{site.address}/{{page}}", panels="#comic img", last=300)
    assert lines[0] == f"{site.address}/1: no panels, “One”"
    assert lines[3] == f"  {'  '}{site.address}/1.gif, 270,000 pixels: #strip img"
    assert 'Set comic.web.panels to the selector at the end of the lines that are panels: "#strip img"' in lines[5]
    assert "missing: HTTP 404" in lines[6]


def test_an_age_gate_has_its_sentence(site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    site.replies["/1"] = body("<title>Adults only</title><p>Are you over 18?")
    lines = said(capsys, start=f"{site.address}/1", panels="img")
    assert lines[0] == f"{site.address}/1: no panels: a page that asks for the reader's age, “Adults only”"
    assert "comic.web.cookies" in lines[1]
