"""The same comic and settings give the same bytes, however the work was cut up, shared out or interrupted."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import Comic

DEMO = {"comic": {"source": "demo", "demo": {"pages": 40}}}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """A small demo comic, worked through once on two cores."""
    comic = Comic(tmp_path_factory.mktemp("reference"), dict(DEMO))
    comic.run()
    return comic


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def assert_same(comic: Comic, reference: Comic) -> None:
    assert comic.tables() == reference.tables()
    for folder in ("gallery", "clusters", "plots"):
        assert folder_bytes(comic.results / folder) == folder_bytes(reference.results / folder)


@pytest.mark.parametrize(
    ("cores", "shard_panels", "block_panels"), [(1, 512, 4096), (2, 64, 500), (1, 7, 5000), (2, 5, 16)]
)
def test_cores_shards_and_blocks(
    reference: Comic, tmp_path: Path, cores: int, shard_panels: int, block_panels: int
) -> None:
    settings = {"fingerprint": {"shard_panels": shard_panels}, "compare": {"block_panels": block_panels}}
    comic = Comic(tmp_path, DEMO | settings, cores=cores)
    comic.run()
    assert_same(comic, reference)


@pytest.mark.parametrize("stage", ["demo", "downloads", "fingerprints", "blocks", "clusters.csv", "gallery"])
def test_killed_at_any_stage(reference: Comic, tmp_path: Path, stage: str) -> None:
    """Kill everything as soon as a stage shows its first files, whole or not, and run again."""
    comic = Comic(tmp_path, DEMO | {"fingerprint": {"shard_panels": 8}, "compare": {"block_panels": 16}})
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
    running = subprocess.Popen(
        comic.snakemake(), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
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
