"""Plot how alike the pairs of panels are, which helps to choose a threshold, and how large the clusters are."""

from reprise.job import job

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from reprise.figures import BAR_COLOUR, NOT_KEPT_COLOUR, THRESHOLD_COLOUR, new_figure, save

# The histogram that is kept has finer steps: where pairs are few these would be hard to see.
STEPS_SHOWN = 100


def counts_by_dice(histogram: NDArray[Any]) -> NDArray[Any]:
    """Turn the histogram of relative distances into one of Dice coefficients, in the steps shown.

    Args:
        histogram: (n + 1,) integers, from distance 0 on, n a multiple of STEPS_SHOWN; the last counts the pairs at
            distance 1 exactly.

    Returns:
        (STEPS_SHOWN,) integers, from Dice 0 to 1; pairs with nothing in common are in the first.
    """
    counts = histogram[:-1].copy()
    counts[-1] += histogram[-1]
    return counts[::-1].reshape(STEPS_SHOWN, -1).sum(axis=1)


def plot_distances(histogram: NDArray[Any], matches: int, threshold: float | None, ceiling: float | None) -> Figure:
    """Plot how alike all pairs compared are.

    Args:
        histogram: counts by relative distance, see `counts_by_dice`. matches: how many pairs match. threshold: the
        least Dice coefficient of a match; None where pairs match by another rule, of which this plot shows
            nothing.
        ceiling: the greatest relative distance at which a pair is kept at all; None likewise.
    """
    figure, axes = new_figure(9, f"How alike the {histogram.sum():,} pairs compared are")
    counts = counts_by_dice(histogram)
    axes.stairs(counts, np.linspace(0, 1, STEPS_SHOWN + 1), fill=True, color=BAR_COLOUR)
    # The axis begins at half a pair, so that a single pair shows. The room on top is for the words.
    axes.set(xlim=(0, 1), ylim=(0.5, 10 * max(10, counts.max())), yscale="log")
    if threshold is not None and ceiling is not None:
        mark_threshold(axes, matches, threshold, ceiling)
    axes.set_xlabel("Dice coefficient of the edges: 0 nothing in common, 1 the same")
    axes.set_ylabel(f"pairs per {1 / STEPS_SHOWN:g}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return figure


def mark_threshold(axes: Axes, matches: int, threshold: float, ceiling: float) -> None:
    """Draw where pairs begin to be kept, and where they begin to match."""
    axes.axvspan(0, 1 - ceiling, color=NOT_KEPT_COLOUR, zorder=0)
    axes.axvline(threshold, color=THRESHOLD_COLOUR)
    place: dict[str, Any] = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points", "va": "top"}
    axes.annotate(f"not kept, under {1 - ceiling:g}", (0, 0.97), (8, 0), **place)
    axes.annotate(
        f"threshold {threshold:g}\n{matches:,} {'pair matches' if matches == 1 else 'pairs match'}",
        (threshold, 0.97),
        (8, 0) if threshold < 0.7 else (-8, 0),
        ha="left" if threshold < 0.7 else "right",
        color=THRESHOLD_COLOUR,
        **place,
    )


def plot_cluster_sizes(sizes: NDArray[Any]) -> Figure:
    """Plot how many clusters there are of each size that occurs; `sizes`, (C,) integers, is that of each cluster."""
    shown, counts = np.unique(sizes, return_counts=True)
    title = f"How large the {len(sizes):,} clusters are" if len(sizes) else "There is no cluster"
    figure, axes = new_figure(max(9, 0.45 * len(counts)), title)
    bars = axes.bar(np.arange(len(counts)), counts, color=BAR_COLOUR)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize="small")
    # A few bars stand at the left, in their usual width; a few clusters make low bars.
    axes.set(xlim=(-0.7, max(8, len(counts)) - 0.3), ylim=(0, 1.1 * max(4, counts.max() if len(counts) else 0)))
    axes.set_xticks(np.arange(len(counts)), shown.astype(str))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("panels in the cluster")
    axes.set_ylabel("clusters")
    return figure


def plots(
    matches: str | Path,
    communities: str | Path,
    threshold: float | None,
    ceiling: float | None,
    distances: str | Path,
    cluster_sizes: str | Path,
) -> None:
    """Write the plot of all distances, `distances`, and that of the sizes of the clusters, `cluster_sizes`, as PNG.

    `matches` is the graph's file as `adjacency` writes it, `communities` what that of the same name does, `threshold` a
    Dice coefficient, `ceiling` a relative distance.
    """
    with np.load(matches) as graph:
        save(plot_distances(graph["histogram"], len(graph["matches"]), threshold, ceiling), distances)
    with np.load(communities) as found:
        save(plot_cluster_sizes(np.diff(found["start"])), cluster_sizes)


if __name__ == "__main__":
    with job() as snakemake:
        plots(
            matches=snakemake.input.matches,
            communities=snakemake.input.communities,
            threshold=snakemake.params.threshold,
            ceiling=snakemake.params.ceiling,
            distances=snakemake.output.distances,
            cluster_sizes=snakemake.output.cluster_sizes,
        )
