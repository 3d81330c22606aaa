"""The step `download_pages`, against real servers on loopback."""

import gzip
import re
from dataclasses import replace

import pytest

from sites import (
    MANIFEST,
    Server,
    body,
    cut_off,
    download,
    hang_up,
    html,
    noise,
    panel,
    picture,
    raw,
    redirect,
    settings,
    statuses,
    stored_images,
)

pytestmark = pytest.mark.usefixtures("own_folder")


def test_missing_empty_and_failing_pages_are_rows_of_their_own(site: Server, caplog: pytest.LogCaptureFixture) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.gif"), panel("/gone.gif"), panel("/broken.gif"), panel("/half.gif"))),
        "/comic/003/": body("", 410),
        "/comic/004/": body(html(head="<title>Chapter two</title>")),
        "/comic/005/": body("", 500),
        "/comic/006/": hang_up,
        "/comic/007/": body("", 403),
        "/comic/008/": body("<![" * 10),
        "/a.gif": body(picture("GIF")),
        "/broken.gif": body("", 503),
        "/half.gif": cut_off,
    }
    manifest = download(settings(site), 1, 8)
    assert [tuple(row) for row in manifest[["page", "count", "title", "status"]].itertuples(index=False)] == [
        (1, 1, "Page", "ok"),
        (1, 2, "Page", "missing: HTTP 404"),
        (1, 3, "Page", "failed: HTTP 503"),
        (1, 4, "Page", "failed: the answer was cut off"),
        (2, 0, "", "missing: HTTP 404"),
        (3, 0, "", "missing: HTTP 410"),
        (4, 0, "Chapter two", "no panels"),
        (5, 0, "", "failed: HTTP 500"),
        (6, 0, "", "failed: no answer (Remote end closed connection without response)"),
        (7, 0, "", "failed: HTTP 403"),
        (8, 0, "", "refused: not readable as HTML"),
    ]
    assert list(manifest["file"]) == ["results/downloads/images/1_1.gif", *[""] * 10]
    assert set(stored_images()) == {"1_1.gif"}
    told = [record.getMessage() for record in caplog.records]
    assert f"page 1, panel 2: missing: HTTP 404: {site.address}/gone.gif" in told
    assert f"page 5, panel 0: failed: HTTP 500: {site.address}/comic/005/" in told
    assert not any("panel 1:" in line for line in told)


def test_a_site_out_of_reach_fails_the_step(site: Server) -> None:
    web = replace(settings(site), timeout=0.5)
    site.shutdown()
    site.server_close()
    with pytest.raises(ConnectionError, match=r"^comic\.web\.url: http://127.*/comic/003/ .*refused.*$"):
        download(web, 1, 100)
    with pytest.raises(ConnectionError, match=r"^comic\.web\.url: http://127.*/comic/009/ "):
        download(web, 9, 9)
    assert not MANIFEST.exists()


def test_a_site_that_goes_away_later_leaves_what_was_fetched(site: Server) -> None:
    site.replies["/comic/001/"] = body(html(panel("/a.gif")))
    site.replies["/a.gif"] = body(picture("GIF"))
    web = settings(site)
    assert statuses(web) == ["ok"]
    site.shutdown()
    site.server_close()
    found = statuses(web, 1, 3)
    assert found[0] == "ok"
    assert all(status.startswith("failed: no answer") for status in found[1:])


def test_what_comes_is_told_in_images_and_bytes(site: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "reprise")
    site.replies["/comic/001/"] = body(html(panel("/a.gif"), panel("/b.gif"), panel("/gone.gif")))
    site.replies |= {"/a.gif": body(picture("GIF", 1)), "/b.gif": body(picture("GIF", 2))}
    for images in (2, 0):  # what is here already does not come
        caplog.clear()
        download(settings(site), 1, 2)
        told = [record.getMessage() for record in caplog.records]
        assert f"pages 1 to 2: 2 of 2, {images} images, {images * len(picture('GIF'))} bytes" in told


def test_a_page_that_comes_out_later_is_found(site: Server) -> None:
    assert statuses(settings(site)) == ["missing: HTTP 404"]
    site.replies["/comic/001/"] = body(html())
    assert statuses(settings(site)) == ["no panels"]


LARGE = noise("PNG", 90)
HALF = LARGE[: len(LARGE) // 2]
ZIPPED = gzip.compress(LARGE)
NO_PANELS = {
    "an HTML page": body(html(), Content_Type="text/html"),
    "an HTML page by another name": body(
        b"\xef\xbb\xbf\n <!-- x --><html>Hot links are forbidden", Content_Type="image/png"
    ),
    "a page of XHTML": body("<?xml version='1.0'?><!DOCTYPE html><html>"),
    "an error in JSON": body('{"error": "not found"}'),
    "words": body("File not found."),
    "nothing": body(b""),
    "nothing at all": body(b"", 204),
    "zeros": body(bytes(5000)),
    "the first bytes of a GIF": body(b"GIF89a"),
    "half a GIF": body(noise("GIF", 90)[:3000]),
    "half a JPEG": body(noise("JPEG", 90)[:3000]),
    "half a WebP": body(noise("WEBP", 90)[:3000]),
    "half an AVIF": body(noise("AVIF", 90)[:3000]),
    "half a BMP": body(noise("BMP", 90)[:3000]),
    "half a TIFF": body(noise("TIFF", 90)[:3000]),
    "half of what was promised": raw(HALF, f"Content-Length: {len(LARGE)}"),
    "half, in chunks": raw(b"%x\r\n%b\r\n" % (len(HALF), HALF), "Transfer-Encoding: chunked"),
    "half of a chunk": raw(b"%x\r\n%b" % (len(LARGE), HALF), "Transfer-Encoding: chunked"),
    "half, of a length that isn't told": raw(HALF),
    "half of what was packed": body(ZIPPED[: len(ZIPPED) // 2], Content_Encoding="gzip"),
    "what isn't packed as it says": body(LARGE, Content_Encoding="gzip"),
    "a part that nobody asked for": body(LARGE, 206, Content_Range=f"bytes 0-{len(LARGE) - 1}/{len(LARGE)}"),
    "a picture that isn't there": body("", 404),
    "a way to an error page": redirect("/error.html"),
    "too much": body(LARGE + bytes(1_000_000)),
}


@pytest.mark.parametrize("name", NO_PANELS)
def test_what_is_no_panel_is_told_and_tried_again(site: Server, name: str) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.png"), panel("/b.gif"))),
        "/a.png": NO_PANELS[name],
        "/b.gif": body(picture("GIF")),
        "/error.html": body(html(head="<title>Not found</title>")),
    }
    found = statuses(settings(site))
    assert re.match("failed: |missing: |refused: larger", found[0]), found[0]
    assert found[1] == "ok"
    assert stored_images() == {"1_2.gif": picture("GIF")}

    site.replies["/a.png"] = body(LARGE)
    before = site.counts
    assert statuses(settings(site)) == ["ok", "ok"]
    assert stored_images() == {"1_1.png": LARGE, "1_2.gif": picture("GIF")}
    assert site.counts - before == {"/comic/001/": 1, "/a.png": 1}

    before = site.counts
    assert statuses(settings(site)) == ["ok", "ok"]
    assert site.counts == before


@pytest.mark.parametrize("kind", ["GIF", "PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF"])
def test_a_whole_picture_of_any_kind_is_a_panel(site: Server, kind: str) -> None:
    whole = noise(kind, 90)
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(whole), whole)
    site.replies |= {
        "/comic/001/": body(html(panel("/a"), panel("/b"), panel("/c"), panel("/d"))),
        "/a": body(whole, Content_Type="text/html"),
        "/b": raw(chunks, "Transfer-Encoding: chunked"),
        "/c": raw(whole),
        "/d": body(gzip.compress(whole), Content_Encoding="gzip"),
    }
    assert statuses(settings(site)) == ["ok"] * 4
    assert set(stored_images().values()) == {whole}


NOT_OUT = {
    "a page without panels": body(html(head="<title>Not out yet</title>")),
    "nothing": body(b""),
    "no page": body("", 404),
    "no page any more": body("", 410),
    "no access": body("", 403),
    "no page to be read": body("<![" * 10),
    "a page whose picture says nothing": body(html("<img class=panel>")),
    "a page whose picture is a placeholder": body(html(panel("data:image/gif;base64,R0lGODlhAQABAAAAACw="))),
    "a page whose picture isn't there": body(html(panel("/soon.gif"))),
}


@pytest.mark.parametrize("name", NOT_OUT)
def test_a_page_that_is_not_out_yet_is_tried_again(site: Server, name: str) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.gif"))),
        "/comic/002/": NOT_OUT[name],
        "/a.gif": body(picture("GIF", 1)),
        "/b.gif": body(picture("GIF", 2)),
    }
    assert statuses(settings(site), 1, 2)[1] != "ok"
    site.replies["/comic/002/"] = body(html(panel("/b.gif")))
    before = site.counts
    assert statuses(settings(site), 1, 2) == ["ok", "ok"]
    assert site.counts - before == {"/comic/002/": 1, "/b.gif": 1}
