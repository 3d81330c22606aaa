"""How a site is treated: its robots.txt, its Retry-After, its refusals; and what is sent to it alone."""

import socket
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from download_pages import REFUSALS_BEFORE_GIVING_UP, download_pages
from list_pages import list_pages
from reprise.web.proposals import PAGES_BEFORE_ASKING
from reprise.web.session import PoliteAdapter
from sites import (
    MANIFEST,
    STORE,
    Reply,
    Server,
    body,
    download,
    html,
    panel,
    picture,
    redirect,
    settings,
    start_process,
    statuses,
    stored_images,
)

pytestmark = pytest.mark.usefixtures("own_folder")


def comic(site: Server, pages: int) -> None:
    for page in range(1, pages + 1):
        site.replies[f"/comic/{page:03d}/"] = body(html(panel(f"/{page}.gif")))
        site.replies[f"/{page}.gif"] = body(picture("GIF", page))


ROBOTS = "User-agent: *\nDisallow: /comic/002\nDisallow: /3*.gif$\n"


def test_what_robots_txt_forbids_is_left_alone_unless_overruled(site: Server) -> None:
    comic(site, 3)
    site.replies["/robots.txt"] = body(ROBOTS)
    refused = "refused: robots.txt of 127.0.0.1 forbids it"
    assert statuses(replace(settings(site), robots=True), 1, 3) == ["ok", refused, refused]
    assert not {"/comic/002/", "/3.gif"} & set(site.counts)
    assert statuses(settings(site), 1, 3) == ["ok"] * 3
    assert site.counts["/robots.txt"] == 1


def test_the_log_says_that_robots_txt_is_overruled(site: Server, caplog: pytest.LogCaptureFixture) -> None:
    comic(site, 1)
    said = "comic.web.robots is false: what the robots.txt of 127.0.0.1 asks programs to leave alone is asked for too"
    for robots in (True, False):
        caplog.clear()
        statuses(replace(settings(site), robots=robots))
        listed = replace(settings(site), robots=robots, url=None, start=site.address + "/comic/001/")
        list_pages(listed, 1, None, STORE, STORE / "addresses.csv", None)
        assert [record.getMessage() for record in caplog.records].count(said) == (0 if robots else 2)


@pytest.mark.parametrize("reply", [body("", 404), body("", 403), body("", 500), body(bytes(2_000_000)), body("<html>")])
def test_a_site_without_robots_txt_forbids_nothing(site: Server, reply: Reply) -> None:
    comic(site, 1)
    site.replies["/robots.txt"] = reply
    assert statuses(replace(settings(site), robots=True)) == ["ok"]


def test_a_delay_that_robots_txt_asks_for_is_kept(site: Server) -> None:
    comic(site, 1)
    site.replies["/robots.txt"] = body("User-agent: Reprise\nCrawl-delay: 0.5\n")
    download(replace(settings(site), robots=True))
    (_, _), (page, _), (image, _) = site.seen
    assert image - page >= 0.4


def test_all_jobs_leave_a_site_alone_that_asks_for_it(site: Server, tmp_path: Path) -> None:
    comic(site, 4)
    site.replies["/comic/001/"] = [body("", 429, Retry_After="2"), body(html(panel("/1.gif")))]
    web = replace(settings(site), retries=1)
    first = start_process(web, 1, 1, tmp_path)
    while not site.seen:
        time.sleep(0.01)
    time.sleep(0.2)
    refused = site.seen[0][0]
    assert start_process(web, 2, 4, tmp_path).wait() == 0
    assert first.wait() == 0
    assert min(when for when, _ in site.seen[1:]) - refused >= 1.9


@pytest.mark.parametrize(
    ("reply", "way_out"),
    [
        (body("", 403), "comic.web.user_agent"),
        (body("", 429), "comic.web.seconds_between_requests"),
        (body("", 503), "Run again later"),
        (body("<title>Adults</title><p>You must be 18 or older to read this."), "comic.web.cookies"),
    ],
)
def test_a_site_that_refuses_is_not_asked_thousands_of_times(site: Server, reply: Reply, way_out: str) -> None:
    comic(site, 2)
    for page in range(3, 300):
        site.replies[f"/comic/{page:03d}/"] = reply
    with pytest.raises(ConnectionError, match=rf"page {2 + REFUSALS_BEFORE_GIVING_UP}, the 5th in a row.*{way_out}"):
        download(settings(site), 1, 299)
    assert len([path for path in site.counts if path.startswith("/comic")]) == 2 + REFUSALS_BEFORE_GIVING_UP
    assert len(stored_images()) == 2


def test_a_selector_that_fits_no_page_is_told_of_at_the_first_pages(site: Server) -> None:
    comic(site, 99)
    with pytest.raises(ConnectionError) as told:
        download(replace(settings(site), panels="#strip"), 1, 99)
    assert f"none of the first {PAGES_BEFORE_ASKING} pages has a panel" in str(told.value)
    assert "img.panel" in str(told.value)
    assert site.counts.total() == PAGES_BEFORE_ASKING + 1


def test_a_page_that_leads_back_is_told_and_not_stored(site: Server) -> None:
    comic(site, 2)
    site.replies |= {
        "/comic/003/": redirect("/comic/002/"),
        "/comic/004/": redirect("/"),
        "/": body(html(panel("/2.gif"))),
    }
    found = statuses(settings(site), 1, 4)
    assert found == ["ok", "ok", "missing: leads to page 2", "missing: leads to the site's front page"]
    assert len(stored_images()) == 2


def test_what_is_sent_to_the_comics_site_is_sent_to_no_other(
    site: Server, other: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PoliteAdapter, "check_public", lambda *_: None)
    monkeypatch.setattr("reprise.web.public.public_addresses", lambda host: [host])
    sent: dict[str, Any] = {}

    def note(reply: Reply) -> Reply:
        def noted(handler: BaseHTTPRequestHandler) -> None:
            sent[handler.path] = (handler.headers["Cookie"], handler.headers["X-Key"], handler.headers["User-Agent"])
            reply(handler)

        return noted

    site.replies |= {
        "/comic/001/": note(body(html(panel("/away.gif"), panel(other.address + "/b.gif")))),
        "/away.gif": note(redirect(other.address + "/a.gif")),
    }
    other.replies |= {f"/{name}.gif": note(body(picture("GIF"))) for name in "ab"}
    web = replace(settings(site), cookies={"over18": "1"}, headers={"X-Key": "k"}, contact="me@c.example")
    assert statuses(web) == ["ok", "ok"]
    agent = "Reprise tests (+me@c.example)"
    assert sent["/comic/001/"] == sent["/away.gif"] == ("over18=1", "k", agent)
    assert sent["/a.gif"] == sent["/b.gif"] == (None, None, agent)


def test_a_name_that_leads_elsewhere_when_it_is_connected_to_is_not_connected_to(
    site: Server, other: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer passes the check; a second one, to connect, would lead into the reader's own network."""
    look_up, asked = socket.getaddrinfo, []

    def rebind(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != "rebinds.example":
            return look_up(host, port, *rest, **named)
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    other.replies["/secret.gif"] = body(picture("GIF"))
    site.replies["/comic/001/"] = body(html(panel(f"http://rebinds.example:{other.server_port}/secret.gif")))
    assert statuses(settings(site)) == ["refused: rebinds.example is not a public address"]
    assert other.seen == []


def test_what_is_here_is_asked_for_anew_and_told_unchanged(site: Server) -> None:
    def versioned(content: bytes, etag: str) -> Reply:
        def reply(handler: BaseHTTPRequestHandler) -> None:
            known = handler.headers["If-None-Match"] == etag
            (body("", 304) if known else body(content, ETag=etag))(handler)

        return reply

    page = html(panel("/1.gif"), panel("/2.gif")).encode()
    manifests: list[bytes] = []
    site.replies |= {
        "/comic/001/": versioned(page, '"p"'),
        "/1.gif": versioned(picture("GIF", 1), '"a"'),
        "/2.gif": versioned(picture("GIF", 2), '"b"'),
    }
    for _ in range(2):
        download_pages(1, 1, settings(site), STORE, MANIFEST, refresh=bool(manifests))
        manifests.append(MANIFEST.read_bytes())
    assert manifests[0] == manifests[1]
    assert site.counts == {"/comic/001/": 2, "/1.gif": 2, "/2.gif": 2}
    site.replies["/2.gif"] = versioned(picture("GIF", 3), '"c"')
    download_pages(1, 1, settings(site), STORE, MANIFEST, refresh=True)
    assert stored_images() == {"1_1.gif": picture("GIF", 1), "1_2.gif": picture("GIF", 3)}
    site.replies["/2.gif"] = body("", 404)
    download_pages(1, 1, settings(site), STORE, MANIFEST, refresh=True)
    assert stored_images()["1_2.gif"] == picture("GIF", 3)
