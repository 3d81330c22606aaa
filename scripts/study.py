"""Lay the study out as a page: the essay's methods and Reprise's own, told in order, with the panels that show it.

The page works from disk, offline and without a script, and its figures are those of the tables beside it. What a
comic's pages and files say of themselves is shown as text, whatever it holds.
"""

from reprise.job import job

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined
from PIL import Image

from reprise import tables
from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress
from reprise.study import essay
from reprise.study.distances import edge_pixels
from reprise.study.files import read_bitmaps, read_distances
from reprise.study.truth import APART, TOGETHER, judge_pairs, pair_truth
from reprise.tables import label_panels, read_table
from reprise.thumbnails import link_thumbnails

PAIRS_SHOWN = 6  # of a kind, for each metric
BAREST_SHOWN = 6  # panels with the fewest edge pixels

FIRST_EDGES, LATER_EDGES = EDGES = ("canny_then_resize", "resize_then_canny")

# What each of the essay's lessons sets side by side: the method to leave and the one to take.
Comparisons = list[tuple[str, str]]
RESIZE_FIRST: Comparisons = [
    (method.name, f"{LATER_EDGES}-{method.grouping}")
    for method in essay.methods_of(FIRST_EDGES)
    if method.grouping != "pruning"
]
NO_FIXED_THRESHOLD: Comparisons = [
    (f"{FIRST_EDGES}-greedy_modularity", f"{FIRST_EDGES}-greedy_modularity_scaled"),
    (f"{LATER_EDGES}-greedy_modularity", f"{LATER_EDGES}-greedy_modularity_scaled"),
    (f"{LATER_EDGES}-greedy_modularity", "dice-greedy_modularity"),
    (f"{LATER_EDGES}-greedy_modularity_scaled", "dice-greedy_modularity"),
]
NO_K_MEANS: Comparisons = [
    (f"{metric}-{grouping}", f"{metric}-greedy_modularity")
    for metric in essay.GRAPH_THRESHOLDS
    for grouping in ("k_means", "k_means_forced")
]


def say_distance(metric: str, distance: float) -> str:
    """Write a distance as a reader reads it: Dice with three decimals, all others whole."""
    return f"{distance:.3f}" if metric == "dice" else f"{distance:,.0f}"


def choose_pairs(pairs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Choose the pairs of a metric that are worth a look.

    Args:
        pairs: all, nearest first, with `judged`, what labels say of each.

    Returns:
        The `nearest`. Where labels judge pairs, also the nearest that are `apart` in truth, and the furthest that
        belong `together`. Where they judge none, also the `furthest`, furthest first.
    """
    nearest = {"nearest": pairs.head(PAIRS_SHOWN)}
    apart, together = pairs[pairs["judged"] == APART], pairs[pairs["judged"] == TOGETHER]
    if apart.empty and together.empty:
        return nearest | {"furthest": pairs[PAIRS_SHOWN:].tail(PAIRS_SHOWN)[::-1]}
    return nearest | {"apart": apart.head(PAIRS_SHOWN), "together": together.tail(PAIRS_SHOWN)[::-1]}


def count_near(metric: str, pairs: pd.DataFrame) -> pd.Series:
    """Count for each panel, the index, those that are nearer to it than the metric's threshold for a graph."""
    threshold = essay.GRAPH_THRESHOLDS[metric]
    near = pairs[pairs["distance"] <= threshold if metric == "dice" else pairs["distance"] < threshold]
    places = np.concatenate([near["panel_a"].cat.codes, near["panel_b"].cat.codes])
    names = near["panel_a"].cat.categories
    return pd.Series(np.bincount(places, minlength=len(names)), index=names)


def compare(methods: pd.DataFrame, comparisons: Comparisons) -> dict[str, Any]:
    """Set methods side by side in pairs: their `rows`, and how often the second scores `higher` or `lower`.

    `methods` is the table of methods, with their names as index. Without labels there are no scores, and both are 0.
    """
    before, after = (methods.loc[list(names)] for names in zip(*comparisons, strict=True))
    gain = after["bcubed_f1"].to_numpy() - before["bcubed_f1"].to_numpy()
    rows = list(zip(before.itertuples(), after.itertuples(), strict=True))
    return {"rows": rows, "higher": int((gain > 0).sum()), "lower": int((gain < 0).sum())}


def count_edges(bitmaps: Sequence[str | Path], panels: pd.DataFrame) -> pd.DataFrame:
    """Count the edge pixels of the panels that can be read: `panel`, `file` and a column for each of EDGES."""
    names, bits = read_bitmaps(bitmaps)
    files = panels.set_index("panel")["file"].reindex(names).to_numpy()
    return pd.DataFrame({"panel": names, "file": files} | {metric: edge_pixels(bits[metric]) for metric in EDGES})


def tell_distances(
    distances: Iterable[str | Path], panels: pd.DataFrame, labels: str | Path | None, ignore: str | Path | None
) -> dict[str, Any]:
    """Read the distances of all METRICS and return what the page tells of them.

    Returns:
        By metric the pairs `chosen` and how many panels are `near` each panel, and the numbers of `pairs`, of `true`
        pairs and of `other` pairs that labels judge.
    """
    truth = pair_truth(panels, labels, ignore)
    told: dict[str, Any] = {"chosen": {}, "near": {}}
    for metric, path in progress(zip(essay.METRICS, distances, strict=True), len(essay.METRICS), "distances"):
        pairs = read_distances(path, panels["panel"].tolist())
        pairs["judged"] = judge_pairs(pairs, truth)
        told["chosen"][metric] = {kind: list(rows.itertuples()) for kind, rows in choose_pairs(pairs).items()}
        if metric in essay.GRAPH_THRESHOLDS:
            told["near"][metric] = count_near(metric, pairs)
        counts = {"pairs": len(pairs), "true": (pairs["judged"] == TOGETHER).sum()}
        told |= counts | {"other": (pairs["judged"] == APART).sum()}
    return told


def find_barest(edges: pd.DataFrame, near: Mapping[str, pd.Series]) -> dict[str, Any]:
    """Find the `panels` with the fewest edge pixels and how many panels are near each: by edges and by Dice.

    `near` is how many panels are near one of these by edges (the median). `usual` is the same for all panels. `shown`
    says whether `near` is more than `usual`.
    """
    counted = edges.assign(near=edges["panel"].map(near[LATER_EDGES]), dice=edges["panel"].map(near["dice"]))
    barest = counted.nsmallest(BAREST_SHOWN, LATER_EDGES)
    near_barest, usual = barest["near"].median(), counted["near"].median()
    return {"panels": list(barest.itertuples()), "near": near_barest, "usual": usual, "shown": near_barest > usual}


def address(path: str | Path, page: str | Path) -> str:
    """Return the address of a file relative to the page."""
    return quote(os.path.relpath(path, Path(page).parent))


def picture_size(path: str | Path) -> tuple[int, int]:
    """Return the width and height of a picture."""
    with Image.open(path) as image:
        return image.size


def study(
    distances: Sequence[str | Path],
    methods: str | Path,
    bitmaps: Sequence[str | Path],
    panels: str | Path,
    made: Sequence[str | Path],
    plots: Iterable[str | Path],
    labels: str | Path | None,
    ignore: str | Path | None,
    template: str | Path,
    settings: Mapping[str, Any],
    page: str | Path,
    thumbnails: str | Path,
    edge_table: str | Path,
) -> None:
    """Write the study's page, the thumbnails of the panels it shows, and the table of edge pixels.

    Args:
        distances: a table of distances for each of METRICS.
        methods: the table of methods.
        bitmaps: what `bitmaps` wrote.
        panels: the table of panels.
        made: the folders of thumbnails that `fingerprint` wrote.
        plots: the four plots, each named after what it shows.
        labels, ignore: see `evaluate`; None where there are none.
        template: the Jinja2 template of the page.
        settings: `restarts`, `least_k`, `most_k` and `seed` of k-means, `fewest_edges` of `dice`.
        page, thumbnails, edge_table: where to write the three.
    """
    all_panels = read_table(panels, ["panel", "page", "count", "page_name", "file", "title"])
    all_panels["label"] = label_panels(all_panels).to_numpy()
    edges = count_edges(bitmaps, all_panels)
    told = tell_distances(distances, all_panels, labels, ignore)
    barest = find_barest(edges, told["near"])
    pairs = [pair for kinds in told["chosen"].values() for rows in kinds.values() for pair in rows]
    shown = {name for pair in pairs for name in (pair.panel_a, pair.panel_b)} | {row.panel for row in barest["panels"]}
    table = tables.read_csv(methods, dtype={"setting": str})
    named = table.set_index(table["metric"] + "-" + table["grouping"])
    with atomic_folder(thumbnails) as part:
        sizes = link_thumbnails(made, dict.fromkeys(shown, 0), part)
    with atomic_file(edge_table) as part:
        tables.write_csv(edges, part)
    known = {
        "essay": essay,
        "settings": settings,
        "panels": {row.panel: row for row in all_panels.itertuples()},
        "compared": len(edges),
        "barest": barest,
        "told": told,
        "sizes": sizes,
        "thumbnails": address(thumbnails, page),
        "distances": {metric: address(path, page) for metric, path in zip(essay.METRICS, distances, strict=True)},
        "edge_table": address(edge_table, page),
        "method_table": address(methods, page),
        "plots": {Path(path).stem: (address(path, page), *picture_size(path)) for path in plots},
        "methods": [(metric, list(rows)) for metric, rows in groupby(table.itertuples(), attrgetter("metric"))],
        "compared_methods": len(table),
        "judged": bool(table["bcubed_f1"].notna().any()),
        "best": table["bcubed_f1"].max(),
        "floor": table["floor"].max(),
        "under_floor": int((table["bcubed_f1"] < table["floor"]).sum()),
        "resize_first": compare(named, RESIZE_FIRST),
        "no_fixed_threshold": compare(named, NO_FIXED_THRESHOLD),
        "no_k_means": compare(named, NO_K_MEANS),
        "edges": edges,
        "say_distance": say_distance,
    }
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    written = environment.from_string(Path(template).read_text(encoding="utf-8")).render(known)
    with atomic_file(page) as part:
        part.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        study(
            distances=snakemake.input.distances,
            methods=snakemake.input.methods,
            bitmaps=snakemake.input.bitmaps,
            panels=snakemake.input.panels,
            made=snakemake.input.thumbnails,
            plots=snakemake.input.plots,
            labels=snakemake.input.get("labels"),
            ignore=snakemake.input.get("ignore"),
            template=snakemake.input.template,
            settings=snakemake.params.settings,
            page=snakemake.output.page,
            thumbnails=snakemake.output.thumbnails,
            edge_table=snakemake.output.edge_pixels,
        )
