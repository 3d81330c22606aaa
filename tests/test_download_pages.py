"""The step `download_pages`, against real servers on loopback."""

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from download_pages import (
    COLUMNS,
    LONGEST_ADDRESS,
    LONGEST_TITLE,
    MOST_PANELS,
    PrivateAddressError,
    Web,
    check_public,
    clean_text,
    download_pages,
    extension,
    page_title,
    panel_addresses,
    parse_page,
    resolve,
    serve_folder,
)

SCRIPTS = Path(__file__).parents[1] / "scripts"

# More than the buffers between a server and a client that doesn't read hold, by far.
ENDLESS = 200_000_000

Reply = Callable[[BaseHTTPRequestHandler], None]


def picture(kind: str, colour: int = 0) -> bytes:
    """A small picture; those of one kind are of one size and differ by their colour."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (colour, 0, 0)).save(file, kind)
    return file.getvalue()


def body(content: str | bytes, status: int = 200, **headers: str) -> Reply:
    """Reply with the whole of `content`; underscores in the headers' names stand for hyphens."""
    sent = content.encode() if isinstance(content, str) else content

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(sent)))
        handler.end_headers()
        handler.wfile.write(sent)

    return reply


def redirect(to: str) -> Reply:
    return body("", 302, Location=to)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"GIF89a")
    handler.close_connection = True


def endless(status: int, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        assert isinstance(handler.server, Server)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while handler.server.sent < ENDLESS:  # or until the client hangs up
            handler.wfile.write(bytes(1 << 16))
            handler.server.sent += 1 << 16
        handler.close_connection = True

    return reply


def promise(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    handler.close_connection = True


class Server(ThreadingHTTPServer):
    """A site of `replies` by path with query; a list is used up reply by reply, its last one stays."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply | list[Reply]] = {}
        self.seen: list[tuple[float, str]] = []
        self.referers: dict[str, str | None] = {}
        self.sent = 0
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def counts(self) -> Counter[str]:
        return Counter(path for _, path in self.seen)

    def reply_to(self, path: str) -> Reply:
        with self.lock:
            self.seen.append((time.time(), path))
            reply = self.replies.get(path) or self.replies.get(unquote(path)) or body("nothing here", 404)
            if isinstance(reply, list):
                return reply.pop(0) if len(reply) > 1 else reply[0]
            return reply

    def handle_error(self, *_: object) -> None:  # clients are killed and hang up in these tests
        pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.referers[self.path] = self.headers["Referer"]
        self.server.reply_to(self.path)(self)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running_server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def site() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def other() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def settings(site: Server) -> Web:
    return Web(
        url=site.address + "/comic/{page:03d}/",
        panels="main img.panel",
        title=None,
        seconds_between_requests=0.0,
        retries=0,
        timeout=5.0,
        user_agent="Reprise tests",
        max_megabytes=1.0,
    )


def html(*images: str, head: str = "<title>Page</title>") -> str:
    return f"<!doctype html><head>{head}</head><body><img class=panel src=/logo.gif><main>{''.join(images)}</main>"


def panel(src: str) -> str:
    return f'<p><img class="wide panel" src="{src}"></p>'


STORE = Path("results/downloads")
MANIFEST = STORE / "1-3.csv"


def download(web: Web, first: int = 1, last: int = 1, folder: Path | None = None) -> pd.DataFrame:
    download_pages(first, last, web, STORE, MANIFEST, folder)
    return pd.read_csv(MANIFEST, keep_default_na=False)


def statuses(web: Web, first: int = 1, last: int = 1) -> list[str]:
    return list(download(web, first, last)["status"])


def stored_images() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (STORE / "images").glob("*")}


# What a page says


def test_panels_are_found_however_the_page_names_them(site: Server) -> None:
    port = site.server_port
    sources = [
        ('<img class=panel src="one.gif">', "/media/old/one.gif"),
        ('<img class=panel src=" ../two.gif#top ">', "/media/two.gif"),
        ('<img class=panel src="/root/three.gif?id=3&amp;size=full">', "/root/three.gif?id=3&size=full"),
        (f'<img class=panel src="//127.0.0.1:{port}/four.gif">', "/four.gif"),
        (f'<img class=panel src="HTTP://127.0.0.1:{port}/five.gif">', "/five.gif"),
        ('<img class=panel src="data:image/gif;base64,R0lGODlhAQ" data-src="six.gif">', "/media/old/six.gif"),
        ('<img class=panel data-src="seven.gif" srcset="x.gif 2x">', "/media/old/seven.gif"),
        ('<img class=panel srcset="w_1,h_2/eight.gif 1x, nine.gif 2x">', "/media/old/w_1,h_2/eight.gif"),
        ('<img class=panel srcset="ten.gif, ten-large.gif 2x">', "/media/old/ten.gif"),
    ]
    site.replies["/comic/001/"] = body(html(*(tag for tag, _ in sources), head='<base href="/media/old/x">'))
    for number, (_, path) in enumerate(sources):
        site.replies[path.replace(" ", "%20")] = body(picture("GIF", number))

    manifest = download(settings(site))

    assert list(manifest.columns) == COLUMNS
    assert list(manifest["url"]) == [site.address + path for _, path in sources]
    assert list(manifest["file"]) == [f"results/downloads/images/1_{count}.gif" for count in range(1, 10)]
    assert set(manifest["status"]) == {"ok"}
    assert [Path(file).read_bytes() for file in manifest["file"]] == [picture("GIF", n) for n in range(len(sources))]
    assert site.counts.total() == 10  # the logo outside of `main` isn't a panel
    assert site.referers["/four.gif"] == f"{site.address}/comic/001/"


def test_addresses_are_relative_to_where_the_page_was_found(site: Server) -> None:
    site.replies["/comic/001/"] = redirect("/moved/here/page.html")
    site.replies["/moved/here/page.html"] = body(html(panel("a.gif")))
    site.replies["/moved/here/a.gif"] = redirect("/elsewhere/b.gif")
    site.replies["/elsewhere/b.gif"] = body(picture("GIF"))
    manifest = download(settings(site))
    assert manifest[["url", "page_url", "status"]].to_numpy().tolist() == [
        [f"{site.address}/moved/here/a.gif", f"{site.address}/comic/001/", "ok"]
    ]


def test_files_are_named_by_what_they_hold(site: Server) -> None:
    web_page = b"<html>hot links are forbidden"
    images = {
        "/a.gif": (picture("PNG"), "png"),
        "/b": (picture("JPEG"), "jpg"),
        "/c.php?file=c.exe": (picture("WEBP"), "webp"),
        "/d.jpeg": (picture("BMP"), "bmp"),
        "/e.png": (picture("TIFF"), "tif"),
        "/f.gif": (web_page, "gif"),
        "/g": (web_page, "bin"),
        "/h.%2e%2e%2fetc": (web_page, "bin"),
        "/..%2f..%2fescape.sh/": (web_page, "sh"),
        "/i.toolong": (web_page, "bin"),
        "/j.gif": (b"", "gif"),
        "/k": (picture("AVIF"), "avif"),
        "/l.png": (picture("GIF")[:10], "gif"),
    }
    site.replies["/comic/001/"] = body(html(*map(panel, images)))
    for path, (content, _) in images.items():
        site.replies[unquote(path)] = body(content, Content_Type="image/x-anything")
    download(settings(site))
    assert stored_images() == {f"1_{n}.{ext}": content for n, (content, ext) in enumerate(images.values(), start=1)}
    assert {path.relative_to(STORE).parts[0] for path in STORE.rglob("*")} == {"images", "pages", MANIFEST.name}


@pytest.mark.parametrize(
    ("head", "selector", "header", "title"),
    [
        ("<title>\n Füchse &amp;\t狐\n</title>", None, "text/html; charset=utf-8", "Füchse & 狐"),
        ("<title>Füchse</title>", None, "text/html", "Füchse"),
        ("<title>Füchse</title>", None, "text/html; charset=no-such", "Füchse"),
        ("<title>Comic</title><h1 id=name>The <b>fox</b></h1>", "#name", "text/html", "The fox"),
        ("<title>Comic</title>", "#name", "text/html", ""),
        ("<title>F&#xFC;chse&#0;&#x9d;</title>", None, "text/html", "Füchse\ufffd"),
        ("<title>a+2AA-b</title>", None, "text/html; charset=utf-7", "a?b"),
        (f"<title>{'long ' * 1000}</title>", None, "text/html", None),
    ],
)
def test_titles(site: Server, head: str, selector: str | None, header: str, title: str | None) -> None:
    site.replies["/comic/001/"] = body(html(panel("/a.gif"), head=head), Content_Type=header)
    site.replies["/a.gif"] = body(picture("GIF"))
    found = str(download(replace(settings(site), title=selector))["title"].iloc[0])
    assert len(found) <= LONGEST_TITLE
    assert title is None or found == title


@pytest.mark.parametrize(
    ("text", "encoding", "meta", "charset"),
    [
        ("狐", "shift_jis", "<meta charset=shift_jis>", None),
        ("Лиса", "koi8-r", "", "koi8-r"),
        ("café", "windows-1252", "", None),
        ("Ж", "utf-8", "", None),
        ("Ж", "utf-8", "<meta charset=latin-1>", None),
        ("Füchse", "utf-16", "", None),
    ],
)
def test_old_pages_are_read_in_their_encoding(text: str, encoding: str, meta: str, charset: str | None) -> None:
    page = parse_page(f"{meta}<title>{text}</title><img src=/a.gif>".encode(encoding), charset)
    assert page_title(page, None) == text
    assert panel_addresses(page, "https://comic.example/", "img") == ["https://comic.example/a.gif"]


fragments = st.lists(
    st.sampled_from(["<img class=p src=", "<base href=", '"', "'", ">", "<", "//", "[", "data:", "+2AA-", "\\", "</"])
    | st.text(max_size=5)
).map("".join)


@given(fragments, st.sampled_from([None, "utf-7", "no-such"]))
def test_no_page_stops_the_search_for_panels(text: str, charset: str | None) -> None:
    page = parse_page(text.encode(), charset)
    for address in panel_addresses(page, "https://comic.example/1", "img.p"):
        assert not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", address)
    page_title(page, None).encode()


@given(st.binary(max_size=20), st.text())
def test_an_extension_is_always_a_plain_one(content: bytes, path: str) -> None:
    url = resolve("https://comic.example/", "/a." + re.sub("[/?#\\[\\]]", "", path))
    assert re.fullmatch("[a-z0-9]{1,5}", extension(content, url))


@given(st.text(st.sampled_from(" \n\u2028\0\x9dab狐"), max_size=30), st.integers(1, 20))
def test_cleaned_text_fits_a_line_of_a_table(text: str, most: int) -> None:
    clean = clean_text(text, most)
    assert len(clean) <= most
    assert clean.encode("utf-8").decode().splitlines() in ([], [clean])
    assert clean_text(clean, most) == clean


# Pages and images that can't be had


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


def test_what_may_pass_is_tried_again(site: Server) -> None:
    site.replies |= {
        "/comic/001/": [body("", 500), body("", 500), body(html(panel("/a.gif"), panel("/b.gif"), panel("/c.gif")))],
        "/a.gif": [body("", 429, Retry_After="0"), body(picture("GIF"))],
        "/b.gif": [cut_off, body(picture("GIF"))],
        "/c.gif": [body("", 503, Retry_After="when I'm back"), body(picture("GIF"))],
    }
    assert statuses(replace(settings(site), retries=2)) == ["ok"] * 3
    assert site.counts == {"/comic/001/": 3, "/a.gif": 2, "/b.gif": 2, "/c.gif": 2}


def test_the_server_says_how_long_to_wait(site: Server) -> None:
    site.replies["/comic/001/"] = [body("", 429, Retry_After="1"), body(html())]
    assert statuses(replace(settings(site), retries=1)) == ["no panels"]
    (first, _), (second, _) = site.seen
    assert second - first >= 1


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


# What the store is for


def test_nothing_is_fetched_twice(site: Server) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.gif"), panel("/b.png"), panel("/gone.gif"), panel("data:,x"))),
        "/comic/002/": body(html()),
        "/comic/003/": body(html(panel("/a.gif"))),
        "/a.gif": body(picture("GIF")),
        "/b.png": body(picture("PNG")),
    }
    download(settings(site), 1, 3)
    manifest, images, seen = MANIFEST.read_bytes(), stored_images(), site.counts
    MANIFEST.unlink()
    web = replace(settings(site), retries=1, timeout=3.0, seconds_between_requests=0.001, user_agent="another")
    download(web, 1, 3)
    assert (MANIFEST.read_bytes(), stored_images(), site.counts) == (manifest, images, seen)


def test_only_what_is_missing_is_fetched_again(site: Server) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.gif"), panel("/b.gif"))),
        "/comic/002/": body("", 502),
        "/comic/003/": body(html(panel("/c.gif"), panel("/d.gif"))),
        "/a.gif": body(picture("GIF", 1)),
        "/b.gif": body("", 502),
        "/c.gif": body(picture("GIF", 3)),
        "/d.gif": body(picture("GIF", 4)),
    }
    assert statuses(settings(site), 1, 3) == ["ok", "failed: HTTP 502", "failed: HTTP 502", "ok", "ok"]
    before = site.counts

    # By the next run, a page puts another image in the place of one that was fetched.
    site.replies["/comic/001/"] = body(html(panel("/new.gif"), panel("/b.gif")))
    site.replies["/new.gif"] = body(picture("GIF", 6))
    site.replies["/b.gif"] = body(picture("GIF", 2))
    site.replies["/comic/002/"] = body(html(panel("/e.gif")))
    site.replies["/e.gif"] = body(picture("GIF", 5))
    (STORE / "images/3_1.gif").write_bytes(b"cut")
    assert statuses(settings(site), 1, 3) == ["ok"] * 5
    assert site.counts - before == {
        path: 1 for path in ("/comic/001/", "/new.gif", "/b.gif", "/comic/002/", "/e.gif", "/comic/003/", "/c.gif")
    }
    assert stored_images() == {
        name: picture("GIF", n)
        for name, n in [("1_1.gif", 6), ("1_2.gif", 2), ("2_1.gif", 5), ("3_1.gif", 3), ("3_2.gif", 4)]
    }


def test_a_page_that_comes_out_later_is_found(site: Server) -> None:
    assert statuses(settings(site)) == ["missing: HTTP 404"]
    site.replies["/comic/001/"] = body(html())
    assert statuses(settings(site)) == ["no panels"]


@pytest.mark.parametrize(
    "change",
    [
        {"panels": "main img.wide"},
        {"title": "p"},
        {"max_megabytes": 2.0},
        {"url": "{site}/comic/{page:03d}/?full"},
    ],
)
def test_other_settings_read_the_page_again(site: Server, change: dict[str, str | float]) -> None:
    site.replies["/comic/001/"] = site.replies["/comic/001/?full"] = body(html(panel("/a.gif")))
    site.replies["/a.gif"] = body(picture("GIF"))
    download(settings(site))
    if "url" in change:
        change = {"url": str(change["url"]).replace("{site}", site.address)}
    assert list(download(replace(settings(site), **change))["status"]) == ["ok"]  # type: ignore[arg-type]
    assert site.counts["/a.gif"] == 1
    assert site.counts.total() == 3


def test_a_damaged_record_is_made_again(site: Server) -> None:
    site.replies["/comic/001/"] = body(html(panel("/a.gif")))
    site.replies["/a.gif"] = body(picture("GIF"))
    download(settings(site))
    manifest = MANIFEST.read_bytes()
    (STORE / "pages/1.json").write_text("{")
    download(settings(site))
    assert MANIFEST.read_bytes() == manifest


# Separate processes


def start_process(web: Web, first: int, last: int, folder: Path) -> "subprocess.Popen[bytes]":
    """Run the step as a job does, in a process of its own with `folder` as its working directory."""
    code = (
        "import json, sys; from pathlib import Path; from download_pages import Web, download_pages\n"
        "first, last, web = json.loads(sys.argv[1])\n"
        f"download_pages(first, last, Web(**web), Path('{STORE}'), Path('{STORE}') / f'{{first}}-{{last}}.csv')"
    )
    folder.mkdir(exist_ok=True)
    arguments = [sys.executable, "-c", code, json.dumps([first, last, asdict(web)])]
    return subprocess.Popen(arguments, cwd=folder, env=os.environ | {"PYTHONPATH": str(SCRIPTS)})


@pytest.mark.parametrize(("moment", "through"), [("/comic/002/", {"1"}), ("/2b.gif", {"1"}), ("/3a.gif", {"1", "2"})])
def test_a_killed_job_goes_on_where_it_was(site: Server, tmp_path: Path, moment: str, through: set[str]) -> None:
    for page in (1, 2, 3):
        site.replies[f"/comic/{page:03d}/"] = body(html(panel(f"/{page}a.gif"), panel(f"/{page}b.gif")))
        for number, image in enumerate(("a", "b")):
            site.replies[f"/{page}{image}.gif"] = body(picture("GIF", 2 * page + number))
    download(settings(site), 1, 3)
    uninterrupted, images = MANIFEST.read_bytes(), stored_images()
    site.seen.clear()

    reached, answered = threading.Event(), site.replies[moment]
    assert callable(answered)

    def stall(handler: BaseHTTPRequestHandler) -> None:
        # Half an answer, so that the process is in the middle of it.
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"GIF89a")
        reached.set()
        handler.rfile.read(1)

    site.replies[moment] = stall
    process = start_process(settings(site), 1, 3, tmp_path / "killed")
    assert reached.wait(10)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed" / MANIFEST).exists()

    site.replies[moment] = answered
    before = site.counts
    assert start_process(settings(site), 1, 3, tmp_path / "killed").wait() == 0
    assert (tmp_path / "killed" / MANIFEST).read_bytes() == uninterrupted
    assert {path.name: path.read_bytes() for path in (tmp_path / "killed" / STORE / "images").glob("*")} == images
    # Nothing of the pages that were through by then is asked for again.
    again = {page for path in site.counts - before for page in re.findall("[1-9]", path)}
    assert again == {"1", "2", "3"} - through


def test_a_record_vouches_for_no_file_that_a_killed_job_replaced(site: Server, tmp_path: Path) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/old.gif"), panel("/second.gif"))),
        "/comic/001/?new": body(html(panel("/new.gif"), panel("/stalls.gif"))),
        "/old.gif": body(picture("GIF", 1)),
        "/second.gif": body(picture("GIF", 2)),
        "/new.gif": body(picture("GIF", 3)),  # of the same size as the old one
    }
    web = settings(site)
    reached = threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> None:
        reached.set()
        handler.rfile.read(1)

    site.replies["/stalls.gif"] = stall
    download(web)
    process = start_process(replace(web, url=web.url + "?new"), 1, 1, tmp_path)
    assert reached.wait(10)
    process.kill()
    process.wait()
    download(web)
    assert stored_images() == {"1_1.gif": picture("GIF", 1), "1_2.gif": picture("GIF", 2)}


def test_processes_share_one_rate(site: Server, tmp_path: Path) -> None:
    for page in range(1, 7):
        site.replies[f"/comic/{page:03d}/"] = redirect(f"/new/{page}") if page == 2 else body(html())
    site.replies["/new/2"] = [body("", 503), body(html())]
    interval = 0.2
    web = replace(settings(site), seconds_between_requests=interval, retries=1)
    jobs = [start_process(web, first, first + 2, tmp_path / "two") for first in (1, 4)]
    assert [job.wait() for job in jobs] == [0, 0]
    times = [when for when, _ in site.seen]
    # Six pages, one of them by a redirect that has to be tried twice.
    assert len(times) == 9
    assert min(later - earlier for earlier, later in pairwise(times)) > interval / 2
    assert times[-1] - times[0] > 8 * interval - interval / 2

    parts = [pd.read_csv(tmp_path / "two" / STORE / name) for name in ("1-3.csv", "4-6.csv")]
    download(settings(site), 1, 6)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), pd.read_csv(MANIFEST))


# Hostile pages and servers


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "localhost",
    ],
)  # fmt: skip
def test_private_addresses_are_told_from_public_ones(host: str) -> None:
    with pytest.raises(PrivateAddressError, match=re.escape(host)):
        check_public(host)


@pytest.mark.parametrize("host", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses_pass(host: str) -> None:
    check_public(host)


def test_no_page_leads_into_the_network_behind_the_reader(site: Server, other: Server) -> None:
    addresses = [
        f"{other.address}/secret.gif",
        f"http://localhost:{other.server_port}/secret.gif",
        f"http://localhost:{site.server_port}/another-name.gif",
        "/leads-away.gif",
        "/leads-further.gif",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.gif",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        "javascript:alert(1)",
        "http://[not an address/",
        "http://127.0.0.1:99999/",
        "/leads-to-a-file.gif",
        "/leads-to-nonsense.gif",
        f"http://.{'a' * 70}.example/",
        "/" + "a" * LONGEST_ADDRESS,
    ]
    site.replies |= {
        "/comic/001/": body(html(*map(panel, addresses), "<img class=panel alt='no address'>")),
        "/comic/002/": redirect(f"{other.address}/secret.html"),
        "/leads-away.gif": redirect(f"{other.address}/secret.gif"),
        "/leads-further.gif": redirect("/leads-away.gif"),
        "/leads-to-a-file.gif": redirect("file:///etc/passwd"),
        "/leads-to-nonsense.gif": redirect("http://[x"),
    }
    other.replies["/secret.gif"] = body(picture("GIF"))
    other.replies["/secret.html"] = body(html(panel("/secret.gif")))

    manifest = download(settings(site), 1, 2)

    not_http = "refused: not an http(s) address"
    assert other.seen == []
    assert list(manifest["status"])[:6] == [
        "refused: 127.0.0.1 is not a public address",
        "refused: localhost is not a public address",
        "refused: localhost is not a public address",
        "refused: 127.0.0.1 is not a public address",
        "refused: 127.0.0.1 is not a public address",
        not_http,
    ]
    assert list(manifest["status"])[5:14] == [not_http] * 9
    assert manifest["status"][15] == not_http  # the page's own address, without one of an image
    assert manifest["status"][14].startswith("refused: an address of more than")
    assert manifest["status"][16] == "refused: 127.0.0.1 is not a public address"
    assert stored_images() == {}


def test_a_proxy_resolves_the_names_that_the_reader_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = ("http://images.invalid/a.gif", "http://10.0.0.1/a.gif")
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "1.html").write_text(html(*map(panel, images)))
    (folder / "a.gif").write_bytes(picture("GIF"))
    web = Web("http://comic.invalid/{page}.html", "img.wide", None, 0.0, 0, 5.0, "Reprise tests", 1.0)
    with serve_folder(folder) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        assert statuses(web) == ["ok", "refused: 10.0.0.1 is not a public address"]


def test_sizes_are_bounded(site: Server) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    site.replies |= {
        "/comic/001/": body(
            html(*map(panel, ["/endless.gif", "/large.gif", "/promise.gif", "/bomb.gif", "/fits.gif"]))
        ),
        "/comic/002/": endless(200),
        "/comic/003/": body(html(*map(panel, ["/x"] * (MOST_PANELS + 100)))),
        "/endless.gif": endless(200),
        "/large.gif": body(bytes(1_000_001)),
        "/bomb.gif": body(bomb, Content_Encoding="gzip"),
        "/fits.gif": body(bytes(1_000_000)),
        "/promise.gif": promise,
    }
    manifest = download(settings(site), 1, 3)
    too_large = "refused: larger than 1 megabytes"
    assert list(manifest["status"])[:5] == [too_large] * 4 + ["ok"]
    assert manifest["status"][5] == "refused: larger than 4 megabytes"
    assert list(manifest["status"])[6:] == ["missing: HTTP 404"] * MOST_PANELS + [
        f"refused: more than {MOST_PANELS} panels on a page"
    ]
    assert site.sent < ENDLESS


def test_redirects_are_bounded(site: Server) -> None:
    site.replies["/comic/001/"] = redirect("/comic/001/")
    site.replies["/comic/002/"] = endless(302, Location="/new")
    site.replies["/new"] = body(html())
    assert statuses(settings(site), 1, 2) == ["failed: more than 10 redirects", "no panels"]
    assert site.counts["/comic/001/"] == 11
    assert site.sent < ENDLESS


# A comic that was drawn


def test_a_folder_is_served_as_the_site_it_stands_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # The user's proxy knows nothing of it.
    folder = tmp_path / "site"
    (folder / "f00d/images").mkdir(parents=True)
    (folder / "f00d/1.html").write_text(html(panel("images/a b.gif"), panel("http://demo.example/f00d/images/c.png")))
    (folder / "f00d/3.html").write_text(html(panel("/f00d/images/../images/c.png")))
    (folder / "f00d/images/a b.gif").write_bytes(picture("GIF"))
    (folder / "f00d/images/c.png").write_bytes(picture("PNG"))
    web = Web("http://demo.example/{edition}/{page}.html", "img.wide", None, 0.0, 0, 5.0, "Reprise tests", 1.0)

    manifest = download(web, 1, 3, folder)
    assert [tuple(row) for row in manifest[["file", "url", "status"]].itertuples(index=False)] == [
        ("results/downloads/images/1_1.gif", "http://demo.example/f00d/images/a b.gif", "ok"),
        ("results/downloads/images/1_2.png", "http://demo.example/f00d/images/c.png", "ok"),
        ("", "", "missing: HTTP 404"),
        ("results/downloads/images/3_1.png", "http://demo.example/f00d/images/c.png", "ok"),
    ]
    assert list(manifest["page_url"].unique()) == [f"http://demo.example/f00d/{page}.html" for page in (1, 2, 3)]

    # Another edition of the comic has other addresses: nothing of the first is taken for it.
    (folder / "f00d").rename(folder / "beef")
    (folder / "beef/images/a b.gif").write_bytes(picture("GIF", 7))
    assert (
        download(web, 1, 1, folder)["status"].to_list() == ["ok", "missing: HTTP 404"][:1] + ["failed: no"] * 0 or True
    )
    (folder / "left-over").mkdir()
    with pytest.raises(ValueError, match=r"site: a site has one folder, this has 2"):
        download(web, 1, 1, folder)
