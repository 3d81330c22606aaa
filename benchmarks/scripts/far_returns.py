"""Count how many of the returns that are far and changed the first clusters show, by the labels of drawn comics."""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file

FAR = 20
"""A return is far if its drawing was not seen on so many pages before it: the default of cluster.rank.absence."""

FIRST = (10, 25)


def far_and_changed(labels: pd.DataFrame, page: pd.Series) -> pd.Series:
    """Return the files that come back after FAR pages or more, and not as exact copies, each with its source.

    Args:
        labels: `draw_comic.LABELS`.
        page: of each file.
    """
    placed = labels.assign(page=labels["file"].map(page))
    pages = placed[["cluster", "page"]].drop_duplicates().sort_values("page")
    pages["absence"] = pages.groupby("cluster")["page"].diff()
    back = placed.merge(pages, on=["cluster", "page"])
    back = back[(back["source"] != "") & (back["transformation"] != "exact") & (back["absence"] >= FAR)]
    return back.set_index("file")["source"]


def shown(labels: pd.DataFrame, page: pd.Series, clusters: pd.DataFrame) -> dict[str, int]:
    """Count the far and changed `returns`, and those that stand with their source in the first clusters.

    `first` is for as many clusters as there are such returns.
    """
    source = far_and_changed(labels, page)
    rank = clusters.set_index("file")["cluster"]
    place, beside = rank.reindex(source.index).to_numpy(), rank.reindex(source.to_numpy()).to_numpy()
    bounds = {f"first_{bound}": bound for bound in FIRST} | {"first": len(source)}
    return {"returns": len(source)} | {
        name: int(((place == beside) & (place <= bound)).sum()) for name, bound in bounds.items()
    }


def far_returns(
    sets: Sequence[str], labels: Sequence[Path], panels: Sequence[Path], clusters: Sequence[Path], table: Path
) -> None:
    """Write a row a comic, and one for all together.

    Args:
        sets: the names of the comics.
        labels: of each comic; panels, clusters: what Reprise wrote of it.
        table: gets `set` and the counts of `shown`.
    """
    rows = []
    for name, *paths in zip(sets, labels, panels, clusters, strict=True):
        known, placed, found = (tables.read_csv(path, dtype={"file": str}, keep_default_na=False) for path in paths)
        rows.append({"set": name} | shown(known, placed.set_index("file")["page"], found))
    counted = pd.DataFrame(rows)
    together = counted.drop(columns="set").sum().to_frame().T.assign(set="all")
    with atomic_file(table) as part:
        tables.write_csv(pd.concat([counted, together]), part)


if __name__ == "__main__":
    with job() as snakemake:
        far_returns(
            sets=snakemake.params.sets,
            labels=list(map(Path, snakemake.input.labels)),
            panels=list(map(Path, snakemake.input.panels)),
            clusters=list(map(Path, snakemake.input.clusters)),
            table=Path(snakemake.output.table),
        )
