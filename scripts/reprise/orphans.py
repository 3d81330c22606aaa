"""Jobs that end with the process that started them, and hold its folder as long as they run.

A job that outlives its run would write into results that the next run works on, and fetch what that run fetches too.
"""

import ctypes
import fcntl
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

# The lock on the folder in which a run is at work, relative to it.
LOCK = ".snakemake/reprise.lock"

# The environment variable in which a process of Snakemake tells each of its jobs its own number.
STARTER = "REPRISE_STARTER"

# The name of a run whose jobs are done elsewhere, as on a cluster: as it stands in its folder, and as its jobs know
# it by their environment, which clusters hand on.
RUN_NAME = Path(".snakemake/reprise.run")
RUN = "REPRISE_RUN"

SET_PARENT_DEATH_SIGNAL = 1  # from Linux' sys/prctl.h
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_BETWEEN_LOOKS_ELSEWHERE = 2.0  # at a file that all machines share


def end_with_starter(starter: int) -> None:
    """Have this process end as soon as the process that started it, told by its number, has ended, however it ended.

    On Linux the system sees to that, elsewhere a thread. Nothing stands half-written under the name of an output, so
    that a job can be killed at any moment.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, ctypes.c_ulong(signal.SIGKILL))
    else:
        threading.Thread(target=wait_for_end_of, args=(starter,), daemon=True).start()
    if os.getppid() != starter:
        kill_this_process()
    hold_the_folder()


def wait_for_end_of(starter: int) -> None:
    """End this process when its parent is `starter` no longer."""
    while os.getppid() == starter:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    kill_this_process()


def kill_this_process() -> None:
    """End this process at once, whatever its threads do."""
    os.kill(os.getpid(), signal.SIGKILL)


def hold_the_folder() -> None:
    """Share the run's lock on the folder until this process ends. Not every file system has locks."""
    with suppress(OSError):
        fcntl.flock(os.open(LOCK, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)


def is_over(run: str) -> bool:
    """Tell whether a run is not at work in its folder any more, by its name."""
    try:
        return RUN_NAME.read_text(encoding="utf-8") != run
    except FileNotFoundError:
        return True
    except OSError:  # a shared file system may not answer for a moment
        return False


def end_with_run() -> None:
    """Have this process end soon after the run that it does a job of, on whatever machine that was.

    Nothing tells a machine that a process on another was killed. The job would go on, or begin, beside those of the
    next run. It would write into the same files, and remove them if it failed.
    """
    run = os.environ.get(RUN)
    if not run:
        return
    if is_over(run):
        sys.exit("the run that this is a job of is over")
    threading.Thread(target=wait_for_end_of_run, args=(run,), daemon=True).start()


def wait_for_end_of_run(run: str) -> None:
    """End this process when its run is over."""
    while not is_over(run):
        time.sleep(SECONDS_BETWEEN_LOOKS_ELSEWHERE)
    kill_this_process()
