"""Put comics into one folder, one after the other: what is told apart in each must not meet in both."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from reprise.atomic import atomic_file, atomic_folder


def page_of(file: str) -> int:
    """Return the page of a panel that is named `<page>_<count>.<extension>`."""
    return int(file.split("_")[0])


def on_later_page(file: str, pages: int) -> str:
    """Return the name of a panel so many pages later; no name stays none."""
    return f"{page_of(file) + pages}_{file.split('_')[1]}" if file else file


def join_comics(comics: Sequence[Path], tables: Sequence[Path], panels: Path, labels: Path) -> None:
    """Copy the panels of all `comics` into one folder, each comic's pages after those before, and join their labels.

    Args:
        comics: folders of panels named `<page>_<count>.<extension>`.
        tables: their labels, `draw_comic.LABELS`.
        panels, labels: where to write.
    """
    joined = []
    before = 0
    with atomic_folder(panels) as folder:
        for number, (comic, table) in enumerate(zip(comics, tables, strict=True)):
            rows = pd.read_csv(table, dtype=str, keep_default_na=False)
            for file in rows["file"]:
                shutil.copyfile(comic / file, folder / on_later_page(file, before))
            last = max(map(page_of, rows["file"]))
            later = {key: [on_later_page(file, before) for file in rows[key]] for key in ("file", "source")}
            joined.append(rows.assign(cluster=f"{number}-" + rows["cluster"], **later))
            before += last
    with atomic_file(labels) as part:
        pd.concat(joined).to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    join_comics(
        *(list(map(Path, job.input.panels)), list(map(Path, job.input.labels))),
        *(Path(job.output.panels), Path(job.output.labels)),
    )
