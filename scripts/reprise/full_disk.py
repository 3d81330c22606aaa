"""A full disk is told of in one sentence."""

import errno
import os
from pathlib import Path

# What the system says where a disk, or the share of it that a user may fill, has no room left.
FULL = (errno.ENOSPC, errno.EDQUOT)


def tells_of_full_disk(message: str) -> bool:
    """Tell whether a message has in it what the system says of a full disk."""
    return any(os.strerror(number) in message for number in FULL)


def full_disk() -> str:
    """Return what to say where the working directory can take no more."""
    return f"{Path.cwd()}: the disk that holds this folder is full; make room and run again: what is done is kept"
