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

# The lock on the folder in which a run is at work, relative to it.
LOCK = ".snakemake/reprise.lock"

# The environment variable in which a process of Snakemake tells each of its jobs its own number.
STARTER = "REPRISE_STARTER"

SET_PARENT_DEATH_SIGNAL = 1  # from Linux' sys/prctl.h
SECONDS_BETWEEN_LOOKS = 0.1


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
