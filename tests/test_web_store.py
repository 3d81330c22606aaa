"""What is kept of a comic, by the step and by processes that are killed or meet."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from download_pages import download_pages
from sites import (
    MANIFEST,
    STORE,
    Reply,
    Server,
    body,
    download,
    hang_up,
    html,
    noise,
    panel,
    picture,
    settings,
    start_process,
    statuses,
    stored_images,
)

pytestmark = pytest.mark.usefixtures("own_folder")


def test_nothing_is_fetched_twice(site: Server) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.gif"), panel("/b.png"))),
        "/comic/003/": body(html(panel("/a.gif"))),
        "/a.gif": body(picture("GIF")),
        "/b.png": body(picture("PNG")),
    }
    download(settings(site), 1, 3)
    manifest, images, seen = MANIFEST.read_bytes(), stored_images(), site.counts
    MANIFEST.unlink()
    web = replace(settings(site), retries=1, timeout=3.0, seconds_between_requests=0.001, user_agent="another")
    download(web, 1, 3)
    assert (MANIFEST.read_bytes(), stored_images()) == (manifest, images)
    assert site.counts - seen == {"/comic/002/": 1}  # which is missing, and may be out by now


@pytest.mark.parametrize("now", [body("", 500), body("", 404), body(html()), hang_up])
def test_a_page_that_cannot_be_read_again_keeps_what_came(site: Server, now: Reply) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.gif"), panel("/gone.gif"))),
        "/a.gif": body(picture("GIF")),
    }
    before = download(settings(site))
    assert list(before["status"]) == ["ok", "missing: HTTP 404"]
    page, site.replies["/comic/001/"] = site.replies["/comic/001/"], now
    after = download(replace(settings(site), retries=0))
    assert after["status"][0] == "ok"
    assert after["status"][1] != "ok"
    columns = ["page", "count", "file", "url", "page_url", "title"]
    pd.testing.assert_frame_equal(after[columns], before[columns])

    site.replies |= {"/comic/001/": page, "/gone.gif": body(picture("GIF", 2))}
    assert statuses(settings(site)) == ["ok", "ok"]
    assert site.counts["/a.gif"] == 1


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


@pytest.mark.parametrize("damaged", [b"{", b"", bytes(100), b"{}", b"[]", b"null", b'{"asked": "\xff'])
def test_a_damaged_record_is_made_again(site: Server, damaged: bytes) -> None:
    site.replies["/comic/001/"] = body(html(panel("/a.gif")))
    site.replies["/a.gif"] = body(picture("GIF"))
    download(settings(site))
    manifest = MANIFEST.read_bytes()
    (STORE / "pages/1.json").write_bytes(damaged)
    download(settings(site))
    assert MANIFEST.read_bytes() == manifest


LARGE = noise("PNG", 90)


HALF = LARGE[: len(LARGE) // 2]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: os.truncate(file, file.stat().st_size // 2),
    "full of zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "one bit off": lambda file: file.write_bytes(file.read_bytes()[:-9] + b"\x01" + file.read_bytes()[-8:]),
    "another panel": lambda file: file.write_bytes(noise("BMP", 91)),
    "lost": lambda file: file.unlink(),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_stored_panel_that_was_damaged_is_fetched_again(site: Server, name: str) -> None:
    site.replies |= {
        "/comic/001/": body(html(panel("/a.bmp"), panel("/b.bmp"))),
        "/a.bmp": body(noise("BMP", 90)),
        "/b.bmp": body(noise("BMP", 92)),
    }
    download(settings(site))
    whole, before = stored_images(), site.counts
    DAMAGES[name](STORE / "images/1_1.bmp")
    assert statuses(settings(site)) == ["ok", "ok"]
    assert stored_images() == whole
    assert site.counts - before == {"/comic/001/": 1, "/a.bmp": 1}


def test_the_store_of_an_older_version_is_checked(site: Server) -> None:
    """Its records hold no digest, and what they call "ok" was never looked at."""
    panels = {"/a.gif": picture("GIF"), "/b.gif": picture("GIF", 2), "/c.png": LARGE, "/d.png": LARGE}
    site.replies |= {"/comic/001/": body(html(*map(panel, panels))), "/comic/002/": body(html(panel("/a.gif")))}
    site.replies |= {path: body(content) for path, content in panels.items()}
    download(settings(site), 1, 2)
    whole, before = stored_images(), site.counts

    damaged = {"1_2.gif": b"<html>Not found", "1_3.png": b"", "1_4.png": HALF}
    for name, content in damaged.items():
        (STORE / "images" / name).write_bytes(content)
    for path in (STORE / "pages").glob("*.json"):
        record = json.loads(path.read_text())
        for image in record["images"]:
            image.pop("sha256", None)
            image["bytes"] = (STORE / "images" / image["file"]).stat().st_size
        path.write_text(json.dumps(record))

    assert statuses(settings(site), 1, 2) == ["ok"] * 5
    assert stored_images() == whole
    assert site.counts - before == {"/comic/001/": 1, "/b.gif": 1, "/c.png": 1, "/d.png": 1}


def test_a_manifest_goes_when_its_pages_are_of_another_comic(site: Server, other: Server) -> None:
    """Else a return to the first comic would take its manifest for current, and the other's panels for its own."""
    for number, server in enumerate((site, other)):
        for page in (1, 2, 3):
            server.replies[f"/comic/{page:03d}/"] = body(html(panel(f"/{page}.gif")))
            server.replies[f"/{page}.gif"] = body(picture("GIF", 10 * number + page))
    ranges = {name: STORE / f"{name}.csv" for name in ("1-3", "2-3", "3-3", "1-2")}
    for name in ("1-3", "2-3", "3-3"):
        first, last = map(int, name.split("-"))
        download_pages(first, last, settings(site), STORE, ranges[name])
    (STORE / "notes.csv").touch()
    download_pages(1, 2, settings(other), STORE, ranges["1-2"])
    assert {path.name for path in STORE.glob("*.csv")} == {"3-3.csv", "1-2.csv", "notes.csv"}

    before = site.counts
    download(settings(site), 1, 3)
    assert stored_images() == {f"{page}_1.gif": picture("GIF", page) for page in (1, 2, 3)}
    assert site.counts - before == {"/comic/001/": 1, "/1.gif": 1, "/comic/002/": 1, "/2.gif": 1}
    assert not ranges["1-2"].exists()


PATHS = ["/comic/001/", "/1a.gif", "/1b.gif", "/comic/002/", "/2a.gif", "/2b.gif", "/comic/003/", "/3a.gif", "/3b.gif"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "again"),
    [
        ("/comic/002/", PATHS[3:]),
        ("/2b.gif", PATHS[5:]),  # what stands on a page that was not through is known
        ("/3a.gif", PATHS[7:]),
    ],
)
def test_a_killed_job_goes_on_where_it_was(site: Server, tmp_path: Path, moment: str, again: list[str]) -> None:
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
    assert site.counts - before == dict.fromkeys(again, 1)


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
    process = start_process(replace(web, url=f"{web.url}?new"), 1, 1, tmp_path)
    assert reached.wait(10)
    process.kill()
    process.wait()
    download(web)
    assert stored_images() == {"1_1.gif": picture("GIF", 1), "1_2.gif": picture("GIF", 2)}


@pytest.mark.slow
@pytest.mark.parametrize("second", [(1, 3), (2, 4), (3, 3)])
def test_no_page_is_fetched_by_two_processes(site: Server, tmp_path: Path, second: tuple[int, int]) -> None:
    """As by the job of a run that was killed, which goes on for a while, and the same job of the next run."""
    for page in range(1, 5):
        site.replies[f"/comic/{page:03d}/"] = body(html(panel(f"/{page}.gif")))
        site.replies[f"/{page}.gif"] = body(picture("GIF", page))
    reached, released, answered = threading.Event(), threading.Event(), site.replies["/1.gif"]
    assert callable(answered)

    def stall(handler: BaseHTTPRequestHandler) -> None:
        reached.set()
        assert released.wait(20)
        answered(handler)

    site.replies["/1.gif"] = stall
    orphan = start_process(settings(site), 1, 3, tmp_path)
    assert reached.wait(20)
    job = start_process(settings(site), *second, tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        job.wait(3)
    assert site.counts.total() == 2
    released.set()
    assert [orphan.wait(), job.wait()] == [0, 0]
    assert set(site.counts.values()) == {1}
    assert len(pd.read_csv(STORE / "{}-{}.csv".format(*second))) == second[1] - second[0] + 1


@pytest.mark.slow
def test_ranges_that_share_no_page_do_not_wait(site: Server, tmp_path: Path) -> None:
    reached, released = threading.Event(), threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> None:
        reached.set()
        assert released.wait(60)
        handler.close_connection = True

    site.replies["/comic/002/"] = stall
    first = start_process(settings(site), 1, 2, tmp_path)
    assert reached.wait(20)
    assert start_process(settings(site), 3, 4, tmp_path).wait(60) == 0
    released.set()
    assert first.wait() == 0


PAGES_KILLED = 300 if os.environ.get("REPRISE_MANY_KILLS") else 40
KILLS = 30 if os.environ.get("REPRISE_MANY_KILLS") else 2


@pytest.mark.slow
@pytest.mark.parametrize("way", ["number", "start"])
def test_kills_lose_nothing_and_have_nothing_asked_for_again(site: Server, tmp_path: Path, way: str) -> None:
    """Whatever had arrived when a job was killed; an answer that was on its way then is asked for once more."""
    wanted = {}
    for page in range(1, PAGES_KILLED + 1):
        link = f"<a rel=next href=/comic/{page + 1:03d}/>Next</a>" if page < PAGES_KILLED else ""
        site.replies[f"/comic/{page:03d}/"] = body(html(panel(f"/{page}.gif"), link))
        wanted[f"{page}_1.gif"] = picture("GIF", page % 250)
        site.replies[f"/{page}.gif"] = body(wanted[f"{page}_1.gif"])
    # A rate, so that the kills fall all over the download.
    web = replace(settings(site), seconds_between_requests=0.002)
    if way == "start":
        web = replace(web, url=None, start=site.address + "/comic/001/")
    random, kills = Random(1), 0
    step = max(1, 2 * PAGES_KILLED // KILLS)
    while kills < KILLS:
        goal = len(site.seen) + random.randint(1, step)
        process = start_process(web, 1, PAGES_KILLED, tmp_path)
        while len(site.seen) < min(goal, 2 * PAGES_KILLED - 1) and process.poll() is None:
            time.sleep(0.002)
        process.kill()
        process.wait()
        kills += 1
    assert start_process(web, 1, PAGES_KILLED, tmp_path).wait() == 0
    images = tmp_path / STORE / "images"
    assert {path.name: path.read_bytes() for path in images.glob("*.gif")} == wanted
    again = site.counts.total() - 2 * PAGES_KILLED
    assert 0 <= again <= kills
