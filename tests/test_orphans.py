"""A job ends with the process that started it, whatever it is at."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from reprise.orphans import LOCK, RUN, RUN_NAME

SCRIPTS = Path(__file__).parents[1] / "scripts"

# Starts a job, by the code that it gets, with its own number, and waits for it, as Snakemake does.
STARTING = """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1], str(os.getpid())])
"""

JOB = f"import sys\nsys.path.insert(0, {str(SCRIPTS)!r})\nfrom reprise.orphans import *\nstarter = int(sys.argv[1])\n"
BY_THE_SYSTEM = "end_with_starter(starter)"
BY_A_THREAD = "threading.Thread(target=wait_for_end_of, args=(starter,), daemon=True).start()"

# What a job is at, without a pause. It ends by itself, long after it should have been ended.
AT_WORK = """
print("at work", flush=True)
end = time.monotonic() + 20
while time.monotonic() < end: pass
print("outlived its starter", flush=True)
"""


@contextmanager
def started(watching: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """Give the starter of a job that is at work in a folder, and what the job says."""
    job = [sys.executable, "-c", STARTING, JOB + watching + AT_WORK]
    with subprocess.Popen(job, stdout=subprocess.PIPE, text=True, cwd=folder) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == "at work\n"
        yield starter, starter.stdout


@pytest.mark.parametrize("watching", [BY_THE_SYSTEM, BY_A_THREAD])
def test_a_job_ends_with_its_starter(watching: str, tmp_path: Path) -> None:
    with started(watching, tmp_path) as (starter, said):
        starter.kill()
        assert said.read() == ""  # to its end, which comes when no process is left that may write


def test_a_job_holds_the_folder_until_it_ends(tmp_path: Path) -> None:
    lock = tmp_path / LOCK
    lock.parent.mkdir()
    with lock.open("w") as run, started(BY_THE_SYSTEM, tmp_path) as (starter, _):
        fcntl.flock(run, fcntl.LOCK_SH | fcntl.LOCK_NB)  # the run and its other jobs may hold it as well
        with pytest.raises(BlockingIOError):
            fcntl.flock(run, fcntl.LOCK_EX | fcntl.LOCK_NB)
        starter.kill()
        fcntl.flock(run, fcntl.LOCK_EX)


@pytest.mark.parametrize(("starter", "said"), [(os.getpid(), "at work\n"), (1, "")], ids=["here", "elsewhere"])
def test_a_job_whose_starter_has_ended_before_does_not_begin(starter: int, said: str) -> None:
    job = f"{JOB}{BY_THE_SYSTEM}\nprint('at work')"
    done = subprocess.run([sys.executable, "-c", job, str(starter)], stdout=subprocess.PIPE, text=True)
    assert (done.stdout, done.returncode) == (said, 0 if said else -signal.SIGKILL)


# A job of a run on another machine, which is told of by its name alone.
OF_RUN = f"""
import sys
sys.path.insert(0, {str(SCRIPTS)!r})
from reprise.orphans import *
end_with_run()
"""


def of_run(name: str, folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", OF_RUN + AT_WORK]
    return subprocess.Popen(command, cwd=folder, env=os.environ | {RUN: name}, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("after", ["the next run", ""])
def test_a_job_on_another_machine_ends_with_its_run(tmp_path: Path, after: str) -> None:
    name = tmp_path / RUN_NAME
    name.parent.mkdir()
    name.write_text("this run")
    with of_run("this run", tmp_path) as job:
        assert job.stdout
        assert job.stdout.readline() == "at work\n"
        name.unlink()
        if after:
            name.write_text(after)
        assert job.stdout.read() == ""
    assert job.returncode == -signal.SIGKILL


@pytest.mark.parametrize("now", ["the next run", None])
def test_a_job_does_not_begin_when_its_run_is_over(tmp_path: Path, now: str | None) -> None:
    (tmp_path / RUN_NAME).parent.mkdir()
    if now:
        (tmp_path / RUN_NAME).write_text(now)
    with of_run("this run", tmp_path) as job:
        assert job.stdout
        assert job.stdout.read() == ""
    assert job.returncode == 1
