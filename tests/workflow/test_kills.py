"""Runs that are killed at moments drawn by lot, and followed by another setting: what then comes out is that setting's.

`REPRISE_KILLS=40 ./run test tests/workflow/test_kills.py` kills forty. The seeds of the lots are fixed.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest
from comics import Comic, assert_same

KILLS = int(os.environ.get("REPRISE_KILLS", "3"))
MOST_KILLS_OF_A_SERIES = 8

COMIC: dict[str, Any] = {
    "comic": {"source": "demo", "demo": {"pages": 24}},
    "fingerprint": {"shard_panels": 16},
}
CHANGES: list[dict[str, Any]] = [
    {"comic": {"source": "demo", "demo": {"pages": 20}}},
    {"comic": {"source": "demo", "demo": {"pages": 24, "seed": 2}}},
    {"fingerprint": {"shard_panels": 16, "frames": "first"}},
    {"fingerprint": {"shard_panels": 16, "resize": "nearest"}},
    {"fingerprint": {"shard_panels": 16, "mirror": False}},
    {"compare": {"fewest_edges": 900}},
    {"match": {"search": "plain"}},
    {"match": {"threshold": 0.8}},
    {"cluster": {"rank": {"absence": 1}}},
    {"gallery": {"clusters_per_page": 1}},
]


def kill_midway(comic: Comic, share: float, delay: float, together: bool) -> None:
    """Start a run, and kill it so many seconds after such a share of its jobs has begun.

    With `together` that is the main process with all its jobs, else alone.
    """
    with subprocess.Popen(
        comic.snakemake(), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr
        begun, total = 0, 1
        for line in running.stderr:
            begun += line.startswith("Job ")
            if found := re.match(r"total +(\d+)|\d+ of (\d+) steps", line):
                total = int(found[1] or found[2])
            if begun and begun >= share * total:
                break
        time.sleep(delay)
        (os.killpg if together else os.kill)(running.pid, signal.SIGKILL)


def at_work(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:  # it has ended, or is another user's
            continue
    return found


def leftovers(folder: Path) -> list[Path]:
    """Return what no run that ended leaves: parts of files, and copies of scripts."""
    parts = [path for path in folder.rglob("*") if re.search(r"\.part(\.|$)", path.name)]
    return parts + list((folder / ".snakemake/scripts").glob("*"))


@pytest.mark.parametrize("series", range(-(-KILLS // MOST_KILLS_OF_A_SERIES)))
def test_killed_at_random(tmp_path: Path, series: int) -> None:
    """In a new folder and, every other time, in one that has results; the main process alone, or with all its jobs."""
    lots = Random(series)

    @cache
    def reference(change: int) -> Comic:
        """Return the comic with a change of its settings, worked through without interruption."""
        clean = Comic(tmp_path / f"clean-{change}", COMIC | CHANGES[change])
        clean.run()
        return clean

    comic = Comic(tmp_path / "killed", COMIC)
    for number in range(KILLS)[series * MOST_KILLS_OF_A_SERIES :][:MOST_KILLS_OF_A_SERIES]:
        if number % 2 == 0:
            shutil.rmtree(comic.directory)
            comic.directory.mkdir()
        first, second = lots.sample(range(len(CHANGES)), 2)
        together = lots.random() < 0.5
        share, delay = lots.random(), lots.random()
        what = f"kill {number}: {'group' if together else 'main'}, {CHANGES[first]}, then {CHANGES[second]}"
        comic.settings = COMIC | CHANGES[first]
        kill_midway(comic, share, delay, together)
        comic.settings = COMIC | CHANGES[second]
        comic.run()
        assert_same(comic, reference(second), what)
        assert not leftovers(comic.directory), what
        assert not at_work(comic.directory), what
        print(what, f"after {share:.2f} of the jobs", flush=True)
