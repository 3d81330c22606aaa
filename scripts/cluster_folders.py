"""Put copies of the panels of each cluster into a folder of their own, to be looked at in any picture viewer.

They are the reader's to edit and throw away: the comic's own files stay as they are.
"""

from reprise.job import job

import logging
import shutil
import sys
from pathlib import Path, PurePosixPath

from reprise import tables
from reprise.atomic import atomic_folder
from reprise.containers import head_of
from reprise.links import clone
from reprise.names import is_image
from reprise.signatures import usual_suffix
from reprise.source import PanelSource, open_source

LOGGER = logging.getLogger("reprise.cluster_folders")


def in_megabytes(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def check_room(size: int, folder: str | Path, part: Path) -> None:
    """Tell how much copies take, and end with one sentence where the disk has less.

    Raises:
        SystemExit: it has.
    """
    LOGGER.info("%s takes copies of %s", folder, in_megabytes(size))
    free = shutil.disk_usage(part).free
    if size > free:
        sys.exit(
            f"{folder} would take copies of {in_megabytes(size)}, and the disk has {in_megabytes(free)} left; "
            "make room and run again: what is done is kept"
        )


def suffix_for(source: PanelSource, file: str) -> str:
    """Return the suffix by which picture viewers know a panel: its own or, where that says nothing, the usual one."""
    if is_image(file):
        return PurePosixPath(file).suffix.lower()
    original = source.path(file)
    return usual_suffix(head_of(original) if original else source.read(file))


def place_panels(source: PanelSource, files: dict[Path, str], folder: str | Path, part: Path) -> None:
    """Put a copy of each panel, by its name in the source, at its path below `part`, which is to become `folder`.

    Where the file system has clones no room is taken, and none is asked for.
    """
    cloned = True
    for target, file in files.items():
        original = source.path(file)
        if cloned and original and clone(original, target):
            continue
        if cloned:  # the first that cannot be tells of the others
            check_room(sum(map(source.size, files.values())), folder, part)
            cloned = False
        source.copy(file, target)


def cluster_folders(clusters: str | Path, source: str | Path, folder: str | Path) -> None:
    """Write `<folder>/<cluster>/<panel>.<ext>` for every panel that is in a cluster.

    Raises:
        SystemExit: the disk has less room than they take.
    """
    # By their files: those of a container are read together.
    rows = sorted(tables.read_rows(clusters), key=lambda row: row["file"])
    with atomic_folder(folder) as part, open_source(source, [row["file"] for row in rows]) as opened:
        files = {}
        for row in rows:
            name = f"{row['panel']}{suffix_for(opened, row['file'])}"
            files[part / row["cluster"] / name] = row["file"]
        for place in {target.parent for target in files}:
            place.mkdir()
        place_panels(opened, files, folder, part)


if __name__ == "__main__":
    with job() as snakemake:
        cluster_folders(
            clusters=snakemake.input.clusters,
            source=snakemake.params.source,
            folder=snakemake.output.folders,
        )
