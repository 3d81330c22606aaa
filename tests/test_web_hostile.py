"""One site that fails and attacks in all ways at once: each ends as it is meant to, and what was sent is kept."""

import gzip
import json
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from download_pages import download_pages
from list_pages import list_pages
from reprise.web import session
from sites import (
    MANIFEST,
    STORE,
    Reply,
    Server,
    body,
    cut_off,
    endless,
    hang_up,
    html,
    noise,
    panel,
    raw,
    redirect,
    settings,
    stored_images,
)

pytestmark = pytest.mark.usefixtures("own_folder")

BOMB = gzip.compress(bytes(20_000_000))
ROBOTS = "User-agent: *\nDisallow: /comic/012\nDisallow: /private/\n"


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Send half an answer, and then that there is no connection."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nGIF89a")
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def drip(content: bytes) -> Reply:
    """Send the whole, but a little now and then, each before the client has waited too long."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for place in range(0, len(content), len(content) // 50):  # or until the client hangs up
            handler.wfile.write(content[place : place + len(content) // 50])
            time.sleep(0.1)

    return reply


class Ending(NamedTuple):
    """How a page of the hostile site answers, and what is to come of it.

    Attributes:
        page: the replies for the page, without one it is one with a panel.
        image: the replies for its panel's image; None for the image itself.
        status: of the panel, or of the page.
        passes: whether it is over when the site has been mended.
    """

    page: list[Reply]
    image: list[Reply] | None
    status: str
    passes: bool = True


def site_of_endings(site: Server, other: Server) -> dict[int, Ending]:
    """Return how each page is to end; the first tries of some fail, and a later one does not."""
    images = {page: noise("GIF", page) for page in range(1, 21)}
    whole = {page: body(content) for page, content in images.items()}
    large = "refused: larger than 1 megabytes"
    return {
        1: Ending([body("", 429, Retry_After="1"), the_page(1)], [body("", 500), whole[1]], "ok"),
        2: Ending([hang_up, the_page(2)], [reset, whole[2]], "ok"),
        3: Ending([body("", 503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), the_page(3)], [cut_off, whole[3]], "ok"),
        4: Ending([], [raw(images[4][:3000], "Content-Length: 3000")], "failed: a damaged image"),
        5: Ending([], [drip(images[5])], "failed: the answer was cut off"),
        6: Ending([], [endless(200)], large),
        7: Ending([redirect("/comic/007/?"), redirect("/comic/007/")], None, "failed: more than 10 redirects"),
        8: Ending([redirect(f"{other.address}/a")], None, "refused: 127.0.0.1 is not a public address"),
        9: Ending([], [redirect("file:///etc/passwd")], "refused: not an http(s) address"),
        10: Ending([], [body(BOMB, Content_Encoding="gzip")], large),
        11: Ending([body("", 404)], None, "missing: HTTP 404"),
        12: Ending([], None, "refused: robots.txt of 127.0.0.1 forbids it", passes=False),
        13: Ending([], [body(html(), Content_Type="image/gif")], "failed: an HTML page"),
        14: Ending([body(BOMB, Content_Encoding="gzip")], None, "refused: larger than 4 megabytes"),
        15: Ending([], [body(b"")], "failed: nothing came"),
        16: Ending([body("<title>Soon</title>")], None, "no panels"),
        17: Ending([redirect("/comic/001/")], None, "missing: leads to page 1"),
        18: Ending(
            [], [redirect(f"http://localhost:{other.server_port}/a")], "refused: localhost is not a public address"
        ),
        19: Ending([body("", 500)], None, "failed: HTTP 500"),
        20: Ending([], None, "ok"),
    }


def the_page(page: int) -> Reply:
    link = f"<a rel=next href=/comic/{page + 1:03d}/>Next</a>" if page < 20 else "<a rel=next href=/comic/002/>Next</a>"
    return body(html(panel(f"/{page}.gif"), link, head=f"<title>No. {page}</title>"))


@pytest.fixture
def endings(site: Server, other: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, Ending]]:
    monkeypatch.setattr(session, "LONGEST_BODY_SECONDS", 0.5)
    found = site_of_endings(site, other)
    site.replies["/robots.txt"] = body(ROBOTS)
    for page, ending in found.items():
        site.replies[f"/comic/{page:03d}/"] = ending.page or [the_page(page)]
        site.replies[f"/{page}.gif"] = ending.image or [body(noise("GIF", page))]
    yield found
    assert other.seen == [], "nothing led into the reader's own network"


def mend(site: Server) -> None:
    for page in range(1, 21):
        site.replies[f"/comic/{page:03d}/"] = the_page(page)
        site.replies[f"/{page}.gif"] = body(noise("GIF", page))


def kept(endings: dict[int, Ending], mended: bool = False) -> dict[str, bytes]:
    whole = [page for page, ending in endings.items() if ending.status == "ok" or (mended and ending.passes)]
    return {f"{page}_1.gif": noise("GIF", page) for page in whole}


def records() -> str:
    """What the records of all pages say, as one text."""
    return json.dumps([path.read_text() for path in sorted(Path(STORE).glob("pages/*.json"))])


def test_each_trouble_ends_as_it_is_meant_to_and_the_corpus_is_what_was_sent(
    site: Server, endings: dict[int, Ending]
) -> None:
    web = replace(settings(site), robots=True, retries=1)

    def read() -> list[str]:
        download_pages(1, 20, web, STORE, MANIFEST)
        return list(pd.read_csv(MANIFEST, keep_default_na=False)["status"])

    assert read() == [ending.status for ending in endings.values()]
    assert stored_images() == kept(endings)
    assert not list(Path().rglob("*.part*")), "nothing is left half-written"

    # Asked for again is what did not come, and nothing else.
    before = site.counts
    assert read() == [ending.status for ending in endings.values()]
    assert stored_images() == kept(endings)
    arrived = {f"/{page}.gif" for page, ending in endings.items() if ending.status == "ok"}
    assert not arrived & set(site.counts - before)
    assert "/comic/012/" not in site.counts

    # When the site is well again, all comes but what it forbids.
    mend(site)
    before = site.counts
    assert set(read()) == {"ok", endings[12].status}
    assert stored_images() == kept(endings, mended=True)
    assert not arrived & set(site.counts - before)
    manifest, seen = MANIFEST.read_bytes(), records()
    read()
    assert (MANIFEST.read_bytes(), records()) == (manifest, seen)


def test_links_are_followed_through_what_passes_and_out_of_a_circle(site: Server, endings: dict[int, Ending]) -> None:
    web = replace(settings(site), url=None, start=f"{site.address}/comic/001/", retries=1)
    troubles = {page: site.replies[f"/comic/{page:03d}/"] for page in (1, 2, 3)}
    mend(site)
    site.replies |= {f"/comic/{page:03d}/": replies for page, replies in troubles.items()}
    site.replies["/comic/011/"] = body("", 500)
    with pytest.raises(ConnectionError, match=r"/comic/011/, 10 pages on, can't be read \(failed: HTTP 500\)"):
        list_pages(web, 1, None, STORE, STORE / "addresses.csv", None)
    site.replies["/comic/011/"] = the_page(11)
    before = site.counts
    list_pages(web, 1, None, STORE, STORE / "addresses.csv", None)
    addresses = list(pd.read_csv(STORE / "addresses.csv")["page_url"])
    assert addresses == [f"{site.address}/comic/{page:03d}/" for page in range(1, 21)], "the last leads to the second"
    assert site.counts - before == {f"/comic/{page:03d}/": 1 for page in range(11, 21)}
    download_pages(1, 20, web, STORE, MANIFEST, addresses=addresses)
    assert stored_images() == {f"{page}_1.gif": noise("GIF", page) for page in range(1, 21)}
