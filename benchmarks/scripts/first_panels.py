"""Put the first panels of some comics, one comic after the other, into one folder."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from join_comics import on_later_page, page_of
from reprise.atomic import atomic_folder


def first_panels(comics: Sequence[Path], tables: Sequence[Path], count: int, panels: Path) -> None:
    """Link the first `count` panels of the comics into one folder, each comic's pages after those before.

    Args:
        comics: folders of panels named `<page>_<count>.<extension>`.
        tables: their labels, `draw_comic.LABELS`, in story order.
        count: how many.
        panels: where to write.

    Raises:
        SystemExit: the comics have fewer panels.
    """
    left, before = count, 0
    with atomic_folder(panels) as folder:
        for comic, table in zip(comics, tables, strict=True):
            files = pd.read_csv(table, dtype=str, keep_default_na=False)["file"]
            for file in files[:left]:
                (folder / on_later_page(file, before)).hardlink_to(comic / file)
            left -= len(files[:left])
            before += max(map(page_of, files))
        if left:
            raise SystemExit(f"speed.yaml: {count:,} panels are to be timed, {left:,} more than the comics have")


if "snakemake" in globals():
    job = globals()["snakemake"]
    first_panels(
        *(list(map(Path, job.input.panels)), list(map(Path, job.input.labels))),
        *(int(job.wildcards.number), Path(job.output.panels)),
    )
