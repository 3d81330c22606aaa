"""How well a grouping of panels agrees with labels that say what belongs together."""

from pathlib import Path
from typing import Any

import pandas as pd

from reprise import tables

COLUMNS = ["grouping", "panels", "clusters", "pair_precision", "pair_recall", "pair_f1"]
COLUMNS += ["bcubed_precision", "bcubed_recall", "bcubed_f1"]


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall; 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def company(*groupings: pd.Series, ignored: pd.DataFrame | None = None) -> pd.Series:
    """Count for each panel the panels, itself included, that all the groupings put together with it.

    Args:
        groupings: labels of the same panels; the index names the panels.
        ignored: pairs of panels, `file_a` and `file_b`, that count as neither together nor apart.
    """
    table = pd.concat(groupings, axis=1, keys=range(len(groupings)))
    sizes = table.groupby(list(table.columns), sort=False)[0].transform("size")
    if ignored is not None:
        a, b = table.loc[ignored["file_a"]], table.loc[ignored["file_b"]]
        together = (a.to_numpy() == b.to_numpy()).all(axis=1)
        apart = pd.concat([ignored["file_a"][together], ignored["file_b"][together]]).value_counts()
        sizes = sizes.sub(apart, fill_value=0).reindex(sizes.index)
    return sizes


def pair_scores(found: pd.Series, truth: pd.Series, ignored: pd.DataFrame | None = None) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pairs of panels put together, found against true.

    If no pair is found none is false, and precision is 1. If there is none to find recall is 1.
    """
    both, told, real = (
        int((company(*groupings, ignored=ignored) - 1).sum()) for groupings in ((found, truth), (found,), (truth,))
    )
    precision, recall = both / told if told else 1.0, both / real if real else 1.0
    return precision, recall, f1(precision, recall)


def bcubed_scores(
    found: pd.Series, truth: pd.Series, ignored: pd.DataFrame | None = None
) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 (Bagga and Baldwin 1998).

    For each panel the share of its cluster that truly belongs with it, and the share of what belongs with it that is
    in its cluster, itself included in both; the means over all panels.
    """
    both = company(found, truth, ignored=ignored)
    precision = float((both / company(found, ignored=ignored)).mean())
    recall = float((both / company(truth, ignored=ignored)).mean())
    return precision, recall, f1(precision, recall)


def every_panel_alone(panels: pd.Index) -> pd.Series:
    """Return the grouping that puts no two panels together."""
    return pd.Series([f"alone {place}" for place in range(len(panels))], index=panels)


def judge(name: str, found: pd.Series, truth: pd.Series, ignored: pd.DataFrame | None) -> dict[str, Any]:
    """Return one row of the evaluation: a grouping's scores."""
    clusters = int((found.value_counts() > 1).sum())
    scores = (*pair_scores(found, truth, ignored), *bcubed_scores(found, truth, ignored))
    return dict(zip(COLUMNS, (name, len(found), clusters, *(round(score, 4) for score in scores)), strict=True))


def read_table(path: str | Path, key: str, columns: list[str]) -> pd.DataFrame:
    """Read some columns of a table that the setting `key` names.

    Raises:
        SystemExit: it is no table, or lacks one of the columns.
    """
    try:
        table = tables.read_csv(path, dtype=str, keep_default_na=False)
    except ValueError as error:  # what pandas raises on bytes that are no text and on text that is no table
        raise SystemExit(f"{path}: {key} is no table: {' '.join(str(error).split())}") from None
    if not set(columns) <= set(table.columns):
        raise SystemExit(f"{path}: {key} needs the columns {' and '.join(columns)}")
    return table[columns]


def read_labels(labels: str | Path) -> pd.Series:
    """Read labels: the cluster of each file.

    Raises:
        SystemExit: it is no table, lacks the columns `file` and `cluster`, or names a file twice.
    """
    table = read_table(labels, "evaluation.labels", ["file", "cluster"])
    twice = table.loc[table["file"].duplicated(), "file"]
    if len(twice):
        raise SystemExit(f"{labels}: evaluation.labels names {twice.iloc[0]} twice")
    return table.set_index("file")["cluster"]


def read_truth(labels: str | Path, panels: str | Path) -> pd.Series:
    """Read the true cluster of each labelled file that is a panel.

    Raises:
        SystemExit: there is none, or the labels cannot be read.
    """
    truth = read_labels(labels)
    judged = truth[truth.index.isin(tables.read_csv(panels, dtype=str, keep_default_na=False)["file"])]
    if judged.empty:
        raise SystemExit(f"{labels}: no file named in evaluation.labels is a panel; panels.csv has the names to use")
    return judged


def read_ignored(ignore: str | Path, judged: pd.Index) -> pd.DataFrame:
    """Read the pairs to judge neither way, those of judged files, each once whichever comes first.

    Raises:
        SystemExit: it is no table or lacks the columns `file_a` and `file_b`.
    """
    table = read_table(ignore, "evaluation.ignore", ["file_a", "file_b"])
    table = table[table["file_a"].isin(judged) & table["file_b"].isin(judged) & (table["file_a"] != table["file_b"])]
    in_order = [sorted(pair) for pair in table.to_numpy().tolist()]
    return pd.DataFrame(in_order, columns=table.columns, dtype=str).drop_duplicates(ignore_index=True)
