"""Put the panels of each cluster into a folder of their own, to be looked at in any picture viewer."""

from reprise.job import job

from pathlib import Path, PurePosixPath

from reprise import tables
from reprise.atomic import atomic_folder
from reprise.links import link
from reprise.source import PanelSource, open_source


def place_panel(source: PanelSource, file: str, target: Path) -> None:
    """Put the original bytes of a panel at `target`."""
    original = source.path(file)
    if original is None:
        target.write_bytes(source.read(file))
    else:
        link(original, target)


def cluster_folders(clusters: str | Path, source: str | Path, folder: str | Path) -> None:
    """Write `<folder>/<cluster>/<panel>.<ext>` for every panel that is in a cluster."""
    with atomic_folder(folder) as part, open_source(source) as opened:
        for row in tables.read_rows(clusters):
            place = part / row["cluster"]
            place.mkdir(exist_ok=True)
            place_panel(opened, row["file"], place / f"{row['panel']}{PurePosixPath(row['file']).suffix.lower()}")


if __name__ == "__main__":
    with job() as snakemake:
        cluster_folders(
            clusters=snakemake.input.clusters,
            source=snakemake.params.source,
            folder=snakemake.output.folders,
        )
