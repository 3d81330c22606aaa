"""A run that is killed or stopped at any moment loses nothing and leaves nothing in the way of the next."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from comics import DEMO, Comic, assert_same


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """A small demo comic, worked through without interruption."""
    comic = Comic(tmp_path_factory.mktemp("reference"), dict(DEMO))
    comic.run()
    return comic


@pytest.mark.parametrize("stage", ["demo", "downloads", "fingerprints", "blocks", "clusters.csv", "gallery"])
def test_killed_at_any_stage(reference: Comic, tmp_path: Path, stage: str) -> None:
    """Kill everything as soon as a stage shows its first files, whole or not, and run again."""
    comic = Comic(tmp_path, DEMO | {"fingerprint": {"shard_panels": 16}, "compare": {"block_panels": 32}})
    running = subprocess.Popen(
        comic.snakemake(), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while running.poll() is None and not (comic.results / stage).exists():
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "the run ended before it could be killed"
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
