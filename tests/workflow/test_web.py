"""A web comic, served by a real server on loopback, from its pages to its clusters."""

import csv
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from comics import Comic, draw_panel


class Site:
    """A comic's site in a folder: chapters of pages with lazy images, some panels on a host-relative path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: Counter[str] = Counter()
        requests = self.requests

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                requests[self.path] += 1
                super().do_GET()

            def log_message(self, *_arguments: Any) -> None:
                pass

        handler = partial(Handler, directory=str(folder))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def add_page(self, page: int, seed: int, *colours: str) -> None:
        """Draw a panel and put it on a page, beside a banner that is none."""
        draw_panel(self.folder / f"art/strip {page}.png", seed, *colours)
        (self.folder / "read").mkdir(exist_ok=True)
        (self.folder / f"read/{page:03}.html").write_text(
            f"""<!doctype html><title>No. {page}: “Tea”</title><img src="../banner.png">
            <main id="comic"><figure><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="
            data-src="../art/strip%20{page}.png"></figure></main>"""
        )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site of 23 pages, the seventh missing; page 23 recolours page 3."""
    site = Site(tmp_path / "site")
    for page in range(1, 23):
        if page != 7:
            site.add_page(page, page)
    site.add_page(23, 3, "midnightblue", "gold")
    draw_panel(site.folder / "banner.png", 1000)
    serving = threading.Thread(target=site.server.serve_forever, daemon=True)
    serving.start()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def comic(site: Site, tmp_path: Path) -> Comic:
    web = {"url": f"{site.address}/read/{{page:03d}}.html", "panels": "#comic img", "first": 1, "last": 23}
    quick = {"pages_per_job": 10, "seconds_between_requests": 0.0}
    settings = {"comic": {"source": "web", "web": web | quick}, "fingerprint": {"shard_panels": 8}}
    return Comic(tmp_path / "run", settings)


def test_from_pages_to_clusters_and_on(site: Site, comic: Comic) -> None:
    first = comic.run()
    assert first.jobs["download_pages"] == 3
    assert "missing: HTTP 404: 7" in first.text
    with (comic.results / "panels.csv").open(newline="", encoding="utf-8") as rows:
        panels = {row["panel"]: row for row in csv.DictReader(rows)}
    assert list(panels) == [f"{page}_1" for page in range(1, 24) if page != 7]
    assert panels["23_1"]["file"] == "results/downloads/images/23_1.png"
    assert panels["23_1"]["page_url"] == f"{site.address}/read/023.html"
    assert panels["23_1"]["title"] == "No. 23: “Tea”"
    with (comic.results / "pairs.csv").open(newline="", encoding="utf-8") as rows:
        found = [(row["panel_a"], row["panel_b"], row["relation"], row["pages_apart"]) for row in csv.DictReader(rows)]
    assert found == [("3_1", "23_1", "recolour", "20")]
    assert site.address in (comic.results / "gallery/index.html").read_text()
    assert "/banner.png" not in site.requests

    # A page more: its range, its shard, and what follows; nothing that is there is asked for again.
    before = Counter(site.requests)
    site.add_page(24, 12, "darkred", "white")
    comic.settings["comic"]["web"]["last"] = 24
    second = comic.run()
    assert second.jobs["download_pages"] == 1
    assert second.jobs["fingerprint"] == 1
    assert second.jobs["hamming_block"] == 1
    assert site.requests - before == Counter({"/read/024.html": 1, "/art/strip%2024.png": 1})
    assert "Nothing to be done" in comic.run().text


def test_what_did_not_come_is_tried_again_when_asked(site: Site, comic: Comic) -> None:
    """A panel that is a page of HTML, one that is cut short, a page that isn't out yet; and one lost on this side."""
    late = {"art/strip 4.png": b"", "art/strip 5.png": b"", "read/006.html": b""}
    for name in late:
        late[name] = (site.folder / name).read_bytes()
    (site.folder / "art/strip 4.png").write_text("<!doctype html><title>Soon</title>")
    (site.folder / "art/strip 5.png").write_bytes(late["art/strip 5.png"][:300])
    (site.folder / "read/006.html").write_text("<!doctype html><title>Not out yet</title>")
    first = comic.run()
    assert f"1 panel skipped, failed: an HTML page: {site.address}/art/strip%204.png" in first.text
    assert f"1 panel skipped, failed: a damaged image: {site.address}/art/strip%205.png" in first.text
    assert "1 page skipped, no panels: 6" in first.text
    for name, content in late.items():
        (site.folder / name).write_bytes(content)
    assert "Nothing to be done" in comic.run().text

    (comic.results / "downloads/images/8_1.png").write_bytes(b"")
    before = Counter(site.requests)
    second = comic.run("--forcerun", "download_pages")
    pages = [f"/read/{page:03}.html" for page in (4, 5, 6, 7, 8)]
    assert site.requests - before == Counter(pages + [f"/art/strip%20{page}.png" for page in (4, 5, 6, 8)])
    assert "22 panels of 22 pages read" in second.text
    assert "1 page skipped, missing: HTTP 404: 7" in second.text
    assert "Nothing to be done" in comic.run().text


def test_site_out_of_reach(comic: Comic) -> None:
    comic.settings["comic"]["web"] |= {"url": "http://127.0.0.1:9/{page}.html", "retries": 0}
    done = comic.run(status=1)
    assert "comic.web.url: http://127.0.0.1:9/" in done.text
    assert "can't be reached" in done.text


def test_selector_that_finds_nothing(comic: Comic) -> None:
    comic.settings["comic"]["web"]["panels"] = "img.strip"
    done = comic.run(status=1)
    assert "Does comic.web.panels say which images are panels?" in done.text


def test_pages_that_are_followed(site: Site, comic: Comic) -> None:
    """By links, newest first; then a page more, and what failed, when asked."""

    def link(page: int, back: int) -> None:
        path = site.folder / f"read/{page:03}.html"
        whole = path.read_text() if path.exists() else "<title>No. 7</title>"
        path.write_text(
            f'{whole.partition("<nav>")[0]}<nav><a class="nav-back prev" href="{back:03}.html">&lt;</a></nav>'
        )

    for page in range(2, 24):
        link(page, page - 1)
    latest = site.folder / "read/latest.html"
    latest.write_bytes((site.folder / "read/023.html").read_bytes())
    settings = comic.settings["comic"]["web"]
    settings |= {"url": None, "last": None, "start": f"{site.address}/read/latest.html", "order": "newest first"}
    first = comic.run()
    assert first.jobs["list_pages"] == 1
    assert first.jobs["download_pages"] == 3
    assert "1 page skipped, no panels: 7" in first.text
    found = comic.tables()["panels.csv"]
    with (comic.results / "panels.csv").open(newline="", encoding="utf-8") as rows:
        assert [row["page"] for row in csv.DictReader(rows)] == [str(page) for page in range(1, 24) if page != 7]
    assert {number for path, number in site.requests.items() if path != "/read/007.html"} == {1}
    assert site.requests["/robots.txt"] == 1
    assert "Nothing to be done" in comic.run().text

    # Page 24 is out, and page 7 at last; of the others nothing is asked for but the newest.
    site.add_page(24, 12, "darkred", "white")
    link(24, 23)
    site.add_page(7, 7)
    link(7, 6)
    latest.write_bytes((site.folder / "read/024.html").read_bytes())
    settings["refresh"] = "failed"
    before = Counter(site.requests)
    second = comic.run()
    pages = ["/read/latest.html", "/read/023.html", "/read/007.html"]
    assert site.requests - before == Counter([*pages, "/art/strip%2024.png", "/art/strip%207.png"])
    assert second.jobs["download_pages"] == 2
    assert "24 panels of 24 pages read" in second.text
    assert found.splitlines()[1] in comic.tables()["panels.csv"].splitlines()
