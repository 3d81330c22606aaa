"""Files that stand in two places: as one file with two names, or as a copy."""

import os
import shutil
import sys
from fcntl import ioctl
from pathlib import Path

# Linux's call that has two files share their blocks until one is written to (linux/fs.h).
FICLONE = 0x40049409


def link(original: str | Path, target: str | Path) -> None:
    """Put a file at `target` as well: by a hard link where the file system allows it, else as a copy.

    For what Reprise made itself alone: who edits the one edits the other.
    """
    try:
        # By text, as thousands are linked at each new threshold, and a Path takes as long as the link does.
        os.link(os.path.realpath(original) if os.path.islink(original) else original, target)  # noqa: PTH114
    except OSError:  # another file system, or one without links
        shutil.copyfile(original, target)


def clone(original: Path, target: Path) -> bool:
    """Copy a file without taking room for it: the two share what they hold, and neither changes with the other.

    Returns False, with nothing at `target`, where the file system does not know how.

    Raises:
        OSError: the original cannot be read, or nothing can be written there.
    """
    if sys.platform != "linux":
        return False
    with original.open("rb") as source, target.open("wb") as copy:
        try:
            ioctl(copy.fileno(), FICLONE, source.fileno())
        except OSError:  # another file system, or one that cannot
            target.unlink()
            return False
    return True
