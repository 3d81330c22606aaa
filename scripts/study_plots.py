"""Plot what the study found: spread over k, principal components, distances, precision over recall."""

from reprise.job import job

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve

from reprise import tables
from reprise.figures import BAR_COLOUR, THRESHOLD_COLOUR, new_figure, save
from reprise.progress import progress
from reprise.study.essay import GRAPH_THRESHOLDS, METHODS, METRICS
from reprise.study.files import read_distances, read_found
from reprise.study.truth import APART, TOGETHER, UNJUDGED, judge_pairs, pair_truth

# The colours of Okabe and Ito (2008), which the colour-blind can tell apart too; grey for their yellow, faint on white.
COLOURS = ("#000000", "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#0072b2", "#cc79a7", "#8c8c8c")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1.5, 1, 1.5)))
CLUSTER_COLOURS = COLOURS[1:-1]
MARKERS = ("o", "^", "s", "D", "v")
ALONE_COLOUR = "#c8c8c8"

# Reprise's own, the last, is the plain black line.
CURVE_LOOKS: dict[str, dict[str, Any]] = {
    metric: {"color": colour, "linestyle": dash}
    for metric, colour, dash in zip(reversed(METRICS), COLOURS, DASHES * 2, strict=True)
}

# k_means_forced has the line of k_means, and only its k is marked.
SPREAD_LOOKS: dict[str, dict[str, Any]] = {
    grouping: {"color": colour, "linestyle": dash}
    for grouping, colour, dash in zip(
        ("k_means", "pruned_k_means", "pca_k_means", "pixel_k_means"), COLOURS, DASHES, strict=False
    )
}
FORCED_LOOK: dict[str, Any] = {
    "marker": "o",
    "markersize": 10,
    "fillstyle": "none",
    "linestyle": "",
    "color": "#555555",
}

KIND_LOOKS: dict[int, dict[str, Any]] = {
    TOGETHER: {"color": THRESHOLD_COLOUR, "linewidth": 1.6, "label": "pairs that belong together"},
    APART: {"color": BAR_COLOUR, "fill": True, "alpha": 0.6, "label": "other pairs"},
    UNJUDGED: {"color": BAR_COLOUR, "fill": True, "label": "all pairs"},
}
LIMIT_LOOK: dict[str, Any] = {
    "color": "#555555",
    "linewidth": 1,
    "linestyle": DASHES[1],
    "label": "threshold of the graph",
}

DISTANCE_STEPS = 50  # bars of a histogram at most


class Curve(NamedTuple):
    """Precision over recall as the distance rises: (n,) each, from all pairs to none, and the average precision."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    average: float


class Histogram(NamedTuple):
    """How many pairs lie at which distance: (n + 1,) bounds of the bars and, by what labels say, (n,) counts."""

    bounds: NDArray[np.float64]
    counts: dict[int, NDArray[np.int64]]


def count_distances(metric: str, distances: NDArray[np.float64], judged: NDArray[np.int8]) -> Histogram:
    """Count pairs by distance, in bars that all hold equally many of a metric's whole distances."""
    if metric == "dice":
        bounds = np.linspace(0, 1, DISTANCE_STEPS + 1)
    else:
        values = int(distances.max(initial=0)) + 1
        width = -(-values // DISTANCE_STEPS)
        bounds = np.arange(0, values + width, width, dtype=np.float64)
    return Histogram(
        bounds, {kind: np.histogram(distances[judged == kind], bounds)[0] for kind in (TOGETHER, APART, UNJUDGED)}
    )


def precision_and_recall(distances: NDArray[np.float64], judged: NDArray[np.int8]) -> Curve | None:
    """Return precision over recall of the judged pairs, nearest first; None where none belongs together."""
    counted = judged != UNJUDGED
    together, nearness = judged[counted] == TOGETHER, -distances[counted]
    if not together.any():
        return None
    precision, recall, _ = precision_recall_curve(together, nearness, drop_intermediate=True)
    precision[-1] = precision[-2]  # before any pair is found scikit-learn says 1, however bad the nearest are
    return Curve(precision, recall, float(average_precision_score(together, nearness)))


def metric_axes(title: str, projection: str | None = None) -> tuple[Figure, dict[str, Any]]:
    """Return an empty figure and the axes of each metric in it; nothing is taken from the user's own style."""
    mpl.rcdefaults()
    figure = Figure(figsize=(13, 7), dpi=120, layout="constrained")
    figure.suptitle(title, x=0.01, ha="left")
    axes = figure.subplots(2, -(-len(METRICS) // 2), subplot_kw={"projection": projection}).ravel()
    for metric, place in zip(METRICS, axes, strict=True):
        place.set_title(metric, loc="left", fontsize="medium")
        if projection is None:
            place.spines[["top", "right"]].set_visible(False)
    return figure, dict(zip(METRICS, axes, strict=True))


def draw_spread(axes: Axes, metric: str, details: Mapping[str, Any]) -> None:
    """Draw the spread of a metric's clusterings over k, each as a share of its greatest, and mark the k they took."""
    for grouping, look in SPREAD_LOOKS.items():
        if f"{metric}-{grouping}" in METHODS:
            detail = details[f"{metric}-{grouping}"]
            spread = pd.Series({int(k): value for k, value in detail["spread"].items()}, dtype=float)
            share = spread / (spread.max() or 1)
            axes.plot(share.index, share, **look)
            axes.plot(detail["k"], share.get(detail["k"], np.nan), "o", color=look["color"])
            if grouping == "k_means":
                forced = details[f"{metric}-k_means_forced"]["k"]
                axes.plot(forced, share.get(forced, np.nan), **FORCED_LOOK)
    axes.set(ylim=(0, 1.08), xlabel="k")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))


def plot_spread(details: Mapping[str, Any]) -> Figure:
    """Plot how the spread of clusters falls as k rises, from what each method's file tells, by the method's name."""
    figure, axes = metric_axes("Spread of the clusters over their number k, as a share of the greatest")
    for metric, place in axes.items():
        draw_spread(place, metric, details)
    marks = [Line2D([], [], marker="o", linestyle="", color="#555555", label="k at the elbow")]
    marks.append(Line2D([], [], **FORCED_LOOK, label="k_means_forced: k at the elbow from the least k on"))
    lines = [Line2D([], [], **look, label=grouping) for grouping, look in SPREAD_LOOKS.items()]
    figure.legend(handles=lines + marks, loc="outside lower left", ncols=len(lines + marks), frameon=False)
    return figure


def draw_components(axes: Any, components: dict[str, list[float]], cluster_of: Mapping[str, int]) -> None:
    """Draw panels, by name, at their first three components: each cluster in a look of its own, the others in grey."""
    places = pd.DataFrame.from_dict(components, orient="index", columns=["first", "second", "third"]).astype(float)
    clusters = places.index.map(cluster_of)
    alone = places[clusters.isna()]
    axes.scatter(*alone.to_numpy().T, color=ALONE_COLOUR, s=9, linewidth=0, depthshade=False)
    for cluster, members in places.groupby(clusters):
        turn, colour = divmod(int(cluster) - 1, len(CLUSTER_COLOURS))
        look = {"color": CLUSTER_COLOURS[colour], "marker": MARKERS[turn % len(MARKERS)]}
        axes.scatter(*members.to_numpy().T, **look, s=18, edgecolor="white", linewidth=0.4, depthshade=False)
    axes.tick_params(labelbottom=False, labelleft=False, labelright=False)
    axes.set(**dict(zip(("xlabel", "ylabel", "zlabel"), places.columns, strict=True)))
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.labelpad = -12
    axes.set_box_aspect(None, zoom=0.93)


def plot_components(details: Mapping[str, Any]) -> Figure:
    """Plot the panels by the first three principal components of their distances, coloured by cluster.

    `details` is what each method's file tells, by the method's name.
    """
    figure, axes = metric_axes("Panels by three principal components of their distances; panels alone in grey", "3d")
    for metric, place in axes.items():
        told = details[f"{metric}-pca_k_means"]
        cluster_of = {panel: number for number, cluster in enumerate(told["clusters"], 1) for panel in cluster}
        draw_components(place, told["components"], cluster_of)
        place.set_title(f"{metric}, k = {told['k']}", loc="left", fontsize="medium")
    return figure


def plot_distances(histograms: Mapping[str, Histogram]) -> Figure:
    """Plot for each metric how far apart true and other pairs are; all pairs where none is judged."""
    totals = {kind: sum(int(each.counts[kind].sum()) for each in histograms.values()) for kind in KIND_LOOKS}
    judged = totals[TOGETHER] + totals[APART] > 0
    figure, axes = metric_axes(
        "How far apart the pairs are that belong together, and the others" if judged else "How far apart all pairs are"
    )
    for metric, (bounds, counts) in histograms.items():
        for kind in (APART, TOGETHER) if judged else (UNJUDGED,):
            share = counts[kind] / max(1, counts[kind].sum())
            axes[metric].stairs(share, bounds, **KIND_LOOKS[kind])
        axes[metric].set(xlim=(0, bounds[-1]), ylim=(0, None), xlabel="distance")
        axes[metric].yaxis.set_major_locator(MaxNLocator(nbins=5, steps=(1, 2, 5, 10)))
        axes[metric].yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
        axes[metric].xaxis.set_major_locator(MaxNLocator(nbins=5))
        axes[metric].xaxis.set_major_formatter("{x:,g}")
        if metric in GRAPH_THRESHOLDS:
            axes[metric].axvline(GRAPH_THRESHOLDS[metric], **LIMIT_LOOK)
    shown = axes[METRICS[-1]].patches
    limit = Line2D([], [], **LIMIT_LOOK)
    figure.legend(handles=[*shown, limit], loc="outside lower left", ncols=3, frameon=False)
    figure.supylabel("share of the pairs of its kind", fontsize="medium")
    return figure


def plot_precision_recall(curves: Mapping[str, Curve | None]) -> Figure:
    """Plot precision over recall of all metrics, the best named first."""
    found = {metric: curve for metric, curve in curves.items() if curve}
    if not found:
        figure, axes = new_figure(9, "Precision and recall need labels")
        axes.set_axis_off()
        words = (
            "No labels say of any two panels that they belong together:\nevaluation.labels in config.yaml names them."
        )
        axes.text(0, 0.9, words, va="top", linespacing=1.6)
        return figure
    figure, axes = new_figure(10, "Precision and recall as pairs are taken from the nearest on")
    for metric, curve in sorted(found.items(), key=lambda item: -item[1].average):
        look = CURVE_LOOKS[metric]
        label = f"{curve.average:.3f}  {metric}"
        axes.plot(curve.recall, curve.precision, drawstyle="steps-post", label=label, **look)
    axes.set(
        xlim=(0, 1.01), ylim=(0, 1.02), xlabel="recall: true pairs found, of all", ylabel="precision: true, of found"
    )
    axes.legend(title="average precision", loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, handlelength=3)
    return figure


def study_plots(
    distances: Sequence[str | Path],
    found: Sequence[str | Path],
    panels: str | Path,
    labels: str | Path | None,
    ignore: str | Path | None,
    spread_plot: str | Path,
    component_plot: str | Path,
    distance_plot: str | Path,
    curve_plot: str | Path,
) -> None:
    """Write the four plots of the study as PNG.

    Args:
        distances: a table of distances for each of METRICS.
        found: what `groups` wrote, a file for each of METRICS.
        panels: the table of panels.
        labels, ignore: see `evaluate`; None where there are none.
        spread_plot, component_plot, distance_plot, curve_plot: see the functions `plot_...`.
    """
    table = tables.read_csv(panels, usecols=["panel", "file"], dtype=str, keep_default_na=False)
    truth = pair_truth(table, labels, ignore)
    histograms, curves = {}, {}
    for metric, path in progress(zip(METRICS, distances, strict=True), len(METRICS), "distances"):
        pairs = read_distances(path, table["panel"].tolist())
        judged = judge_pairs(pairs, truth)
        histograms[metric] = count_distances(metric, pairs["distance"].to_numpy(), judged)
        curves[metric] = precision_and_recall(pairs["distance"].to_numpy(), judged)
    told = read_found(found)
    save(plot_spread(told), spread_plot)
    save(plot_components(told), component_plot)
    save(plot_distances(histograms), distance_plot)
    save(plot_precision_recall(curves), curve_plot)


if __name__ == "__main__":
    with job() as snakemake:
        study_plots(
            distances=snakemake.input.distances,
            found=snakemake.input.found,
            panels=snakemake.input.panels,
            labels=snakemake.input.get("labels"),
            ignore=snakemake.input.get("ignore"),
            spread_plot=snakemake.output.spread,
            component_plot=snakemake.output.components,
            distance_plot=snakemake.output.distances,
            curve_plot=snakemake.output.precision_recall,
        )
