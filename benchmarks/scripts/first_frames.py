"""Write the first frame of every panel as a PNG on a white ground: what the peers are given to read."""

from reprise.job import job

from pathlib import Path

import pandas as pd
from PIL import Image

from reprise.atomic import atomic_folder
from reprise.pictures import on_ground
from reprise.progress import progress


def first_frames(panels: Path, labels: Path, frames: Path) -> None:
    """Write the first frame of each labelled panel, as Reprise sees it, under the panel's own name and `.png`."""
    files = pd.read_csv(labels, dtype=str, keep_default_na=False)["file"]
    with atomic_folder(frames) as folder:
        for file in progress(files, len(files), "first frames"):
            with Image.open(panels / file) as image:
                Image.fromarray(on_ground(image)).save(folder / f"{file}.png")


if __name__ == "__main__":
    with job() as snakemake:
        first_frames(
            panels=Path(snakemake.input.panels),
            labels=Path(snakemake.input.labels),
            frames=Path(snakemake.output.frames),
        )
