"""Judge the clusters by labels that say what belongs together."""

from reprise.job import job

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from reprise import tables
from reprise.atomic import atomic_file
from reprise.figures import BAR_COLOUR, THRESHOLD_COLOUR, new_figure, save
from reprise.judging import COLUMNS, every_panel_alone, judge, read_ignored, read_truth


def plot_evaluation(found: dict[str, Any], alone: dict[str, Any]) -> Figure:
    """Plot the scores of the clusters, and those of every panel alone where these say something."""
    title = f"How well the clusters agree with the labels of {found['panels']:,} panels"
    figure, axes = new_figure(9, title)
    scores = COLUMNS[3:]
    bars = axes.bar(range(len(scores)), [found[score] for score in scores], width=0.6, color=BAR_COLOUR)
    axes.bar_label(bars, fmt="{:.3f}", padding=3)
    for place, score in enumerate(scores):
        if score.startswith("bcubed"):
            line = axes.hlines(alone[score], place - 0.3, place + 0.3, color=THRESHOLD_COLOUR, linewidth=2)
    axes.legend([line], ["every panel alone"], loc="upper left", frameon=False)
    names = {"pair": "of pairs", "bcubed": "B-cubed", "f1": "F1"}
    labels = ["\n".join(names.get(word, word) for word in reversed(score.split("_"))) for score in scores]
    axes.set_xticks(range(len(scores)), labels)
    axes.set(ylim=(0, 1.15), yticks=[0, 0.25, 0.5, 0.75, 1])
    return figure


def evaluate(
    labels: str | Path,
    ignore: str | Path | None,
    panels: str | Path,
    clusters: str | Path,
    evaluation: str | Path,
    plot: str | Path,
) -> None:
    """Write `evaluation.csv`: how well the clusters agree with the labels, and, as the floor, every panel alone; and
    plot it.

    The panels that have a label are judged, each in its cluster or alone. Panels without a label, and labels of files
    that are not there, are left aside. `ignore` names pairs (`file_a`, `file_b`) that are judged neither way.
    """
    judged = read_truth(labels, panels)
    ignored = read_ignored(ignore, judged.index) if ignore else None
    alone = every_panel_alone(judged.index)
    cluster_of = tables.read_csv(clusters, dtype=str, keep_default_na=False).set_index("file")["cluster"]
    found = cluster_of.reindex(judged.index).fillna(alone)
    groupings = {"clusters": found, "every panel alone": alone}
    rows = [judge(name, grouping, judged, ignored) for name, grouping in groupings.items()]
    with atomic_file(evaluation) as part:
        tables.write_csv(pd.DataFrame(rows), part)
    save(plot_evaluation(*rows), plot)


if __name__ == "__main__":
    with job() as snakemake:
        evaluate(
            labels=snakemake.input.labels,
            ignore=snakemake.input.get("ignore"),
            panels=snakemake.input.panels,
            clusters=snakemake.input.clusters,
            evaluation=snakemake.output.evaluation,
            plot=snakemake.output.plot,
        )
