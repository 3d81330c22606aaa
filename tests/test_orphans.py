"""A job ends with the process that started it, whatever it is at."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"

# Starts a job, by the code that it gets, with its own number, and waits for it, as Snakemake does.
STARTING = """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1], str(os.getpid())])
"""

JOB = f"import sys\nsys.path.insert(0, {str(SCRIPTS)!r})\nfrom reprise.orphans import *\nstarter = int(sys.argv[1])\n"
BY_THE_SYSTEM = "end_with_starter(starter)"
BY_A_THREAD = "threading.Thread(target=wait_for_end_of, args=(starter,), daemon=True).start()"


@pytest.mark.parametrize("watching", [BY_THE_SYSTEM, BY_A_THREAD])
def test_a_job_ends_with_its_starter(watching: str) -> None:
    job = f"{JOB}{watching}\nprint('at work', flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", STARTING, job], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == "at work\n"
        starter.kill()
        assert starter.stdout.read() == ""  # to its end, which comes when no process is left that may write


@pytest.mark.parametrize(("starter", "said"), [(os.getpid(), "at work\n"), (1, "")], ids=["here", "elsewhere"])
def test_a_job_whose_starter_has_ended_before_does_not_begin(starter: int, said: str) -> None:
    job = f"{JOB}{BY_THE_SYSTEM}\nprint('at work')"
    done = subprocess.run([sys.executable, "-c", job, str(starter)], stdout=subprocess.PIPE, text=True)
    assert (done.stdout, done.returncode) == (said, 0 if said else -signal.SIGKILL)
