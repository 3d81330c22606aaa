"""Draw a comic by Reprise's demo generator, as a folder of panels with labels."""

from reprise.job import job

from pathlib import Path

import pandas as pd

from demo_comic.story import draw_panels, plot_story
from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress

LABELS = ["file", "cluster", "transformation", "source"]
"""Columns of the labels of every set: the file, and what it shows, equal for what belongs together. The last two
are for drawn comics, and else empty: how the drawing comes back, or what kind of trap it is; and its earlier file."""


def draw_comic(seed: int, pages: int, panels: Path, labels: Path) -> None:
    """Draw the comic that the demo is for this seed and number of pages, into a folder, and write its LABELS."""
    story = plot_story(seed, pages)
    rows: list[tuple[str, int, str, str]] = []
    file_of = {"": ""}
    with atomic_folder(panels) as folder:
        for panel in progress(draw_panels(story, seed), len(story), "panels drawn"):
            file_of[panel.name] = f"{panel.name}.{panel.extension}"
            (folder / file_of[panel.name]).write_bytes(panel.image)
            rows.append((file_of[panel.name], panel.cluster, panel.transformation, file_of[panel.source]))
    with atomic_file(labels) as part:
        pd.DataFrame(rows, columns=LABELS).to_csv(part, index=False)


if __name__ == "__main__":
    with job() as snakemake:
        draw_comic(
            seed=snakemake.params.seed,
            pages=snakemake.params.pages,
            panels=Path(snakemake.output.panels),
            labels=Path(snakemake.output.labels),
        )
