"""Set the study's methods side by side: what each found, how well that agrees with labels, and how long it took."""

from reprise.job import job

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file
from reprise.judging import every_panel_alone, judge, read_ignored, read_truth
from reprise.study.essay import MAIN_JOB, METHODS, Method
from reprise.study.files import read_found

SCORES = ["pair_precision", "pair_recall", "pair_f1", "bcubed_precision", "bcubed_recall", "bcubed_f1"]
COLUMNS = ["metric", "grouping", "setting", "clusters", "largest_cluster", *SCORES, "floor", "seconds"]


def cluster_table(clusters: Sequence[Sequence[str]], panels: pd.DataFrame) -> pd.DataFrame:
    """Return clusters as a table, as `communities` writes it: `cluster`, `panel`, `file`, `page`."""
    rows = panels.loc[[panel for cluster in clusters for panel in cluster], ["panel", "file", "page"]]
    numbers = [number for number, cluster in enumerate(clusters, 1) for _ in cluster]
    rows.insert(0, "cluster", np.array(numbers, dtype=np.int64))
    return rows


def score(clusters: pd.Series, truth: pd.Series, ignored: pd.DataFrame | None) -> dict[str, object]:
    """Return how well clusters agree with the truth, and the floor: B-cubed F1 of every panel alone.

    Args:
        clusters: by file, the cluster of each panel that is in one.
        truth: by file, the true cluster of each panel that is judged.
        ignored: pairs of files to judge neither way.
    """
    alone = every_panel_alone(truth.index)
    judged = judge("", clusters.reindex(truth.index).fillna(alone), truth, ignored)
    floor = judge("", alone, truth, ignored)["bcubed_f1"]
    return {column: judged[column] for column in SCORES} | {"floor": floor}


def describe(method: Method, setting: str, clusters: pd.Series, seconds: float | None) -> dict[str, object]:
    """Return what the table says of a method before it is judged; `clusters` holds the cluster of each panel in one."""
    sizes = clusters.value_counts()
    return {
        "metric": method.metric,
        "grouping": method.grouping,
        "setting": setting,
        "clusters": len(sizes),
        "largest_cluster": int(sizes.max()) if len(sizes) else 0,
        "seconds": None if seconds is None else round(seconds, 3),
    }


def methods(
    found: Iterable[str | Path],
    panels: str | Path,
    main_job: str | Path,
    setting: str,
    labels: str | Path | None,
    ignore: str | Path | None,
    groups: Iterable[str | Path],
    table: str | Path,
) -> None:
    """Write the clusters of each of essay.METHODS, and a row for each, in their order, and last for the main job.

    Args:
        found: what `groups` wrote, a file for each of essay.METRICS.
        panels: `panels.csv`; the labelled panels among them are judged, each in its cluster or alone.
        main_job: the clusters that the main job found.
        setting: how it found them, in words.
        labels: the true clusters; without them nothing is judged.
        ignore: pairs to judge neither way.
        groups: get the clusters, a table for each method.
        table: gets COLUMNS; the scores and the floor are empty without labels.

    Raises:
        SystemExit: no labelled file is a panel, or labels or ignored pairs cannot be read.
    """
    truth = read_truth(labels, panels) if labels else None
    ignored = read_ignored(ignore, truth.index) if truth is not None and ignore else None
    of_panel = tables.read_csv(panels, dtype={"file": str}, keep_default_na=False).set_index("panel", drop=False)
    rows = []

    def add(method: Method, setting: str, clusters: pd.DataFrame, seconds: float | None) -> None:
        cluster_of = clusters.set_index("file")["cluster"].astype(str)
        scores = {} if truth is None else score(cluster_of, truth, ignored)
        rows.append(describe(method, setting, cluster_of, seconds) | scores)

    for (name, told), path in zip(read_found(found).items(), groups, strict=True):
        clusters = cluster_table(told["clusters"], of_panel)
        with atomic_file(path) as part:
            tables.write_csv(clusters, part)
        add(METHODS[name], told["setting"], clusters, told["seconds"])
    add(MAIN_JOB, setting, tables.read_csv(main_job, dtype={"file": str}, keep_default_na=False), None)
    with atomic_file(table) as part:
        tables.write_csv(pd.DataFrame(rows, columns=COLUMNS), part)


if __name__ == "__main__":
    with job() as snakemake:
        methods(
            found=snakemake.input.found,
            panels=snakemake.input.panels,
            main_job=snakemake.input.clusters,
            setting=snakemake.params.setting,
            labels=snakemake.input.get("labels"),
            ignore=snakemake.input.get("ignore"),
            groups=snakemake.output.groups,
            table=snakemake.output.table,
        )
