"""A run that is killed or stopped at any moment loses nothing and leaves nothing in the way of the next."""

import fcntl
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from comics import DEMO, Comic, assert_same, draw_folder, draw_panel


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """A small demo comic, worked through without interruption."""
    comic = Comic(tmp_path_factory.mktemp("reference"), dict(DEMO))
    comic.run()
    return comic


@pytest.mark.parametrize(
    ("made", "settings"),
    [
        ("demo/truth.csv", {"comic": {"source": "demo", "demo": {"pages": 40, "seed": 2}}}),
        ("downloads", {"comic": {"source": "demo", "demo": {"pages": 30}}}),
        ("index.csv", {"comic": {"source": "demo", "demo": {"pages": 30}}}),
        ("fingerprints/0000.npz", {"fingerprint": {"shard_panels": 16, "resize": "nearest"}}),
        ("own_lines.npz", {"fingerprint": {"shard_panels": 16, "frames": "first"}}),
        ("blocks/0-0.npz", {"compare": {"block_panels": 32, "fewest_edges": 900}}),
        ("matches.npz", {"match": {"threshold": 0.8}}),
        ("clusters.csv", {"cluster": {"rank": {"absence": 1}}}),
        ("gallery", {"gallery": {"clusters_per_page": 1}}),
    ],
)
def test_killed_at_any_stage_and_set_otherwise(
    reference: Comic, tmp_path: Path, made: str, settings: dict[str, Any]
) -> None:
    """Kill everything as soon as a job shows what it made, before that is on record, and run with other settings."""
    cut = DEMO | {"fingerprint": {"shard_panels": 16}, "compare": {"block_panels": 32}}
    comic = Comic(tmp_path, cut | settings)
    running = subprocess.Popen(
        comic.snakemake(), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while running.poll() is None and not (comic.results / made).exists():
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "the run ended before it could be killed"
    comic.settings = cut
    comic.run()
    assert_same(comic, reference)
    assert "Nothing to be done" in comic.run().text


def test_interrupted_by_the_user(reference: Comic, tmp_path: Path) -> None:
    """Ctrl-C ends the run with what was done so far kept, and without a lock that stands in the way."""
    comic = Comic(tmp_path, dict(DEMO))
    # A shell that starts the tests in the background has all that they start ignore Ctrl-C.
    running = subprocess.Popen(
        comic.snakemake(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not (comic.results / "index.csv").exists():
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    assert running.wait() != 0
    assert not comic.run().jobs["download_pages"]
    assert_same(comic, reference)


def test_two_runs_in_one_folder(tmp_path: Path) -> None:
    comic = Comic(tmp_path, dict(DEMO))
    first = subprocess.Popen(comic.snakemake(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (comic.results / "demo").exists():
        time.sleep(0.02)
    second = comic.run(status=1)
    assert "another run is at work in this folder" in second.text
    assert not second.jobs
    assert first.wait() == 0


def test_a_job_of_a_run_before_is_waited_for(tmp_path: Path) -> None:
    """On another machine, as on a cluster, it does not end with its run."""
    draw_folder(tmp_path / "pages", 3)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}})
    (comic.directory / ".snakemake").mkdir()
    with (comic.directory / ".snakemake/reprise.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        refused = comic.run("results/index.csv", status=1)
        assert "another run is at work in this folder" in refused.text
        assert "Traceback" not in refused.text
        assert not comic.results.exists()
        assert comic.run("results/index.csv", "--dry-run").status == 0
    assert comic.run("results/index.csv").jobs["index_panels"] == 1


def test_the_pages_of_a_killed_run_are_not_fetched_by_two(tmp_path: Path) -> None:
    """The main process alone is killed while its job waits for a page, which comes when the next run asks for it."""
    draw_panel(tmp_path / "panel.png", 1)
    image = (tmp_path / "panel.png").read_bytes()
    asked: Counter[str] = Counter()
    first_asks, second_asks = threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked[self.path] += 1
            if self.path == "/page3":
                first_asks.set()
                if asked["/page3"] == 2:
                    second_asks.set()
                second_asks.wait()
            content = image if "image" in self.path else f'<img src="/image{self.path[5:]}">'.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/page{{page}}"
        web = {"url": address, "panels": "img", "first": 1, "last": 30, "seconds_between_requests": 0.0}
        comic = Comic(tmp_path / "run", {"comic": {"source": "web", "web": web}})
        running = subprocess.Popen(comic.snakemake(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        first_asks.wait()
        running.kill()
        comic.run("results/index.csv")
        server.shutdown()
    assert {path: times for path, times in asked.items() if times > 1} == {"/page3": 2}
    assert asked.keys() - {"/robots.txt"} == {
        f"/{kind}{number}" for kind in ("page", "image") for number in range(1, 31)
    }


def test_what_a_killed_run_left_goes_at_the_next(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 3)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}})
    left = [
        *(comic.results / ".index.12.part.csv", comic.results / "downloads/images/.7_1.12.part.png"),
        *(comic.results / ".gallery.12.part/index.html", comic.directory / ".snakemake/scripts/tmp1.gallery.py"),
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    comic.run("results/index.csv", "--dry-run")
    assert all(path.exists() for path in left)
    comic.run("results/index.csv")
    assert not any(path.exists() for path in left)
    assert not (comic.results / ".gallery.12.part").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one and a half million bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3000k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("room", [0, 200_000])
def test_a_full_disk(small_disk: Path, tmp_path: Path, room: int) -> None:
    """Full before Snakemake can take note of a job, or once a job writes: one sentence, and with room it goes on.

    Of a log that cannot be written Python says much before a line of Reprise is read; the last word is the sentence.
    """
    draw_folder(tmp_path / "pages", 40)
    comic = Comic(small_disk, {"comic": {"source": "folder", "folder": str(tmp_path / "pages")}})
    comic.run("--dry-run")
    (small_disk / "fill").write_bytes(bytes(shutil.disk_usage(small_disk).free - room))
    lines = comic.run("results/panels.csv", status=1).text.splitlines()
    sentence = f"{small_disk}: the disk that holds this folder is full; make room and run again: what is done is kept"
    assert any(sentence in line for line in (lines if room else lines[-1:]))
    (small_disk / "fill").unlink()
    assert comic.run("results/panels.csv").jobs["panels"] == 1
