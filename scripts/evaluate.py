"""Judge the clusters by labels that say what belongs together."""

from pathlib import Path

import pandas as pd

from atomic import atomic_file

COLUMNS = ["grouping", "panels", "clusters", "pair_precision", "pair_recall", "pair_f1"]
COLUMNS += ["bcubed_precision", "bcubed_recall", "bcubed_f1"]


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall, 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def pair_scores(found: pd.Series, truth: pd.Series) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pairs of panels put together, found against true.

    No pair found has no false one among them: precision 1; and likewise recall where there is none to find.
    """

    def pairs(sizes: pd.Series) -> int:
        return int((sizes * (sizes - 1) // 2).sum())

    both = pairs(found.groupby([found, truth]).size())
    told, real = pairs(found.value_counts()), pairs(truth.value_counts())
    precision, recall = both / told if told else 1.0, both / real if real else 1.0
    return precision, recall, f1(precision, recall)


def bcubed_scores(found: pd.Series, truth: pd.Series) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 (Bagga and Baldwin 1998).

    For each panel the share of its cluster that truly belongs with it, and the share of what belongs with it that is
    in its cluster, itself included in both; the means over all panels.
    """
    shared = pd.concat([found, truth], axis=1, keys=["found", "truth"])
    together = shared.groupby(["found", "truth"])["truth"].transform("size")
    precision = float((together / shared.groupby("found")["truth"].transform("size")).mean())
    recall = float((together / shared.groupby("truth")["truth"].transform("size")).mean())
    return precision, recall, f1(precision, recall)


def judge(name: str, found: pd.Series, truth: pd.Series) -> dict[str, object]:
    """Return one row of the evaluation: a grouping's scores."""
    clusters = int((found.value_counts() > 1).sum())
    scores = (*pair_scores(found, truth), *bcubed_scores(found, truth))
    return dict(zip(COLUMNS, (name, len(found), clusters, *(round(score, 4) for score in scores)), strict=True))


def read_labels(labels: str | Path) -> pd.Series:
    """Read labels: the cluster of each file.

    Raises:
        SystemExit: it is no table, lacks the columns `file` and `cluster`, or names a file twice.
    """
    try:
        table = pd.read_csv(labels, dtype=str, keep_default_na=False)
    except ValueError as error:  # what pandas raises on bytes that are no text and on text that is no table
        raise SystemExit(f"{labels}: evaluation.labels is no table: {' '.join(str(error).split())}") from None
    if not {"file", "cluster"} <= set(table.columns):
        raise SystemExit(f"{labels}: evaluation.labels needs the columns file and cluster")
    twice = table.loc[table["file"].duplicated(), "file"]
    if len(twice):
        raise SystemExit(f"{labels}: evaluation.labels names {twice.iloc[0]} twice")
    return table.set_index("file")["cluster"]


def evaluate(labels: str | Path, panels: str | Path, clusters: str | Path, evaluation: str | Path) -> None:
    """Write `evaluation.csv`: how well the clusters agree with the labels, and, as the floor, every panel alone.

    Labelled panels that were found are judged, each in its cluster or alone; labels of files that are not there and
    panels without a label are left aside.
    """
    truth = read_labels(labels)
    files = pd.read_csv(panels, dtype=str, keep_default_na=False)["file"]
    judged = truth[truth.index.isin(files)]
    if judged.empty:
        raise SystemExit(f"{labels}: no file named in evaluation.labels is a panel; panels.csv has the names to use")
    alone = pd.Series([f"alone {place}" for place in range(len(judged))], index=judged.index)
    cluster_of = pd.read_csv(clusters, dtype=str, keep_default_na=False).set_index("file")["cluster"]
    found = cluster_of.reindex(judged.index).fillna(alone)
    with atomic_file(evaluation) as part:
        pd.DataFrame([judge("clusters", found, judged), judge("every panel alone", alone, judged)]).to_csv(
            part, index=False
        )


if "snakemake" in globals():
    job = globals()["snakemake"]
    evaluate(job.input.labels, job.input.panels, job.input.clusters, job.output.evaluation)
