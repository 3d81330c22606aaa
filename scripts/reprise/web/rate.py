"""One rate for each host, over all jobs of a run: a file a host tells when the next request may be sent."""

import fcntl
import os
import random
import re
import time
from pathlib import Path

# Far above what servers ask for in earnest; it keeps a hostile one from stopping a run.
LONGEST_HOLD_SECONDS = 120.0

# Requests at one beat are told by servers from a person's, and meet those of others who began with it.
MOST_JITTER = 0.25


class Rate:
    """The turns at which hosts are asked, kept in a folder that jobs share.

    Args:
        folder: gets a file for each host, if there is a rate or a host asked to be left alone. Its time of change lies
            in the future as long as the host is not to be asked.
        seconds: the least time between two requests to one host; 0 sets no rate.
    """

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder = folder
        self.seconds = seconds

    def file(self, host: str) -> Path:
        """Return the file of a host; the name is the page's, and may be anything."""
        return self.folder / (re.sub(r"[^a-z0-9.-]", "_", host.lower())[:200] + ".turn")

    def wait(self, host: str, at_least: float = 0.0) -> None:
        """Wait for the next turn at a host; `at_least` is the time to the one after, if it is longer than the rate's.

        The lock is held while waiting, so that others queue behind; the system releases it if the process is killed.
        """
        interval = max(self.seconds, at_least)
        turn = self.file(host)
        if interval == 0 and not turn.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with turn.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            left = os.fstat(lock.fileno()).st_mtime - time.time()
            # A clock that was set back must not make it wait for longer than it ever would.
            time.sleep(min(max(left, 0), max(LONGEST_HOLD_SECONDS, interval * (1 + MOST_JITTER))))
            now = time.time()
            pause = interval * (1 + random.uniform(0, MOST_JITTER))  # noqa: S311
            os.utime(lock.fileno(), (now, now + pause))

    def hold(self, host: str, seconds: float) -> None:
        """Let nobody ask a host for so long, as it has asked for."""
        if seconds <= 0:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.file(host).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            now = time.time()
            until = max(os.fstat(lock.fileno()).st_mtime, now + min(seconds, LONGEST_HOLD_SECONDS))
            os.utime(lock.fileno(), (now, until))
