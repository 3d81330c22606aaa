"""Files that stand in two places."""

import os
import shutil
from pathlib import Path


def link(original: Path, target: Path) -> None:
    """Put a file at `target` as well: by a hard link where the file system allows it, else as a copy."""
    try:
        os.link(os.path.realpath(original) if original.is_symlink() else original, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(original, target)
