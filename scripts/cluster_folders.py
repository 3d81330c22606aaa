"""Put the panels of each cluster into a folder of their own, to be looked at in any picture viewer."""

from reprise.job import job

from pathlib import Path, PurePosixPath

from reprise import tables
from reprise.atomic import atomic_folder
from reprise.containers import head_of
from reprise.links import link
from reprise.names import is_image
from reprise.signatures import usual_suffix
from reprise.source import PanelSource, open_source


def place_panel(source: PanelSource, file: str, place: Path) -> None:
    """Put the original bytes of a panel at `place`, with a suffix by which picture viewers know it."""
    original = source.path(file)
    suffix = PurePosixPath(file).suffix.lower() if is_image(file) else ""
    if original is None:
        content = source.read(file)
        place.with_name(place.name + (suffix or usual_suffix(content))).write_bytes(content)
    else:
        link(original, place.with_name(place.name + (suffix or usual_suffix(head_of(original)))))


def cluster_folders(clusters: str | Path, source: str | Path, folder: str | Path) -> None:
    """Write `<folder>/<cluster>/<panel>.<ext>` for every panel that is in a cluster."""
    # By their files: those of a container are read together.
    rows = sorted(tables.read_rows(clusters), key=lambda row: row["file"])
    with atomic_folder(folder) as part, open_source(source, [row["file"] for row in rows]) as opened:
        for row in rows:
            place = part / row["cluster"]
            place.mkdir(exist_ok=True)
            place_panel(opened, row["file"], place / row["panel"])


if __name__ == "__main__":
    with job() as snakemake:
        cluster_folders(
            clusters=snakemake.input.clusters,
            source=snakemake.params.source,
            folder=snakemake.output.folders,
        )
