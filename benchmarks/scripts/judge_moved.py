"""Judge what was found of drawings that come back, most of them moved, over the comics of a half."""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from judge import pair_keys
from matching_tables import write_judged
from reprise import tables

FALSE = "strangers"


def judge_moved(labels: pd.DataFrame, pairs: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Count what was found of a comic.

    Args:
        labels: `draw_comic.LABELS`.
        pairs: `file_a` and `file_b` of what matches.
        clusters: `cluster`, `file` of what was grouped.

    Returns:
        A row for each way in which drawings come back, `comes_back`, with how many `panels` do, how many of these
        `match` the drawing that they come from, and how many are `together` with it. The last row is of FALSE: how many
        pairs match that do not belong together, and how many panels are together with such.
    """
    back = labels[labels["source"] != ""]
    keys = pair_keys(pairs["file_a"], pairs["file_b"])
    group = clusters.set_index("file")["cluster"]
    is_match = pair_keys(back["file"], back["source"]).isin(keys)
    is_together = group.reindex(back["file"]).to_numpy() == group.reindex(back["source"]).to_numpy()
    rows = pd.DataFrame({"comes_back": back["transformation"], "match": is_match, "together": is_together})
    counts = rows.groupby("comes_back", sort=False).agg(
        panels=("match", "size"), match=("match", "sum"), together=("together", "sum")
    )
    truth = labels.set_index("file")["cluster"]
    false_pairs = truth.reindex(pairs["file_a"]).to_numpy() != truth.reindex(pairs["file_b"]).to_numpy()
    shown = truth.reindex(group.index).groupby(group.to_numpy())
    in_false = int(shown.size()[shown.nunique() > 1].sum())
    counts.loc[FALSE] = [len(labels), int(false_pairs.sum()), in_false]
    return counts.reset_index()


def add_up(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Add up what was found of several comics; of what comes back, shares of the panels in place of counts."""
    counts = pd.concat(found).groupby("comes_back", sort=False).sum()
    shares = counts.astype(float)
    back = counts.index != FALSE
    shares.loc[back, ["match", "together"]] = counts.loc[back, ["match", "together"]].div(
        counts["panels"][back], axis=0
    )
    return shares.round(4).reset_index()


def write_moved(
    labels: Sequence[Path], pairs: Sequence[Path], clusters: Sequence[Path], table: Path, page: Path
) -> None:
    """Judge all comics, and write what was found as a `table` and as a `page` to be read."""
    found = [
        judge_moved(*(tables.read_csv(path, dtype=str, keep_default_na=False) for path in paths))
        for paths in zip(labels, pairs, clusters, strict=True)
    ]
    rows = add_up(found)
    write_judged(rows, "What comes back moved", table, page)


if __name__ == "__main__":
    with job() as snakemake:
        write_moved(
            labels=list(map(Path, snakemake.input.labels)),
            pairs=list(map(Path, snakemake.input.pairs)),
            clusters=list(map(Path, snakemake.input.clusters)),
            table=Path(snakemake.output.table),
            page=Path(snakemake.output.page),
        )
