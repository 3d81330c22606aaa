"""Tell how exactly drawings that come back lie upon each other, in drawn comics, of which it is known.

Each pair that is shown of one drawing is measured twice: as it was aligned (pairs.csv), and as the gallery lays it
(overlays.csv). Pixels are those of the panels, which are 650 wide; the gallery shows 640.
"""

from reprise.job import job

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from demo_comic.drawings import HEIGHT, WIDTH, Drawing
from demo_comic.pictures import render
from demo_comic.story import draw_panels, plot_story
from reprise import tables
from reprise.atomic import atomic_file
from reprise.progress import progress

NEAR = 2
"""Edges fit that lie no further off, in pixels."""

LOW, HIGH = 60, 120
"""Of Canny, which finds the edges, in units of the Sobel operator."""

MOVED = ("mirrored", "moved", "zoomed")
"""What the generator calls a drawing that does not lie where it was."""

PLACE = ["zoom", "across", "down"]

COLUMNS = ["set", "transformation", "pairs", "way", "off", "within", "meet", "could_meet"]


def edges_of(drawing: Drawing) -> Any:
    """Return the edges of a drawing: (height, width) uint8, 255 where there is one."""
    return cv2.Canny(np.asarray(render(drawing).convert("L")), LOW, HIGH)


def as_laid(points: Any, place: Sequence[float], mirrored: bool) -> Any:
    """Lay points, (n, 2), of the first panel upon the second."""
    zoom, across, down = place
    middle = np.array([WIDTH, HEIGHT]) / 2
    turned = (points - middle) * (-1 if mirrored else 1, 1)
    return turned * zoom + middle + np.array([across * WIDTH, down * HEIGHT]) / 100


def as_drawn(points: Any, a: Drawing, b: Drawing) -> Any:
    """Lay points, (n, 2), of the first panel where the second shows what is drawn there."""
    return (points - a.offset) / a.scale * b.scale + b.offset


def in_view(points: Any) -> Any:
    """Tell which points, (n, 2), are in a panel."""
    return ((points >= 0) & (points < (WIDTH, HEIGHT))).all(axis=1)


def meeting(points: Any, away: Any) -> float:
    """Return the share of points in view that lie NEAR an edge, given how far from each pixel the nearest is."""
    x, y = points[in_view(points)].astype(int).T
    return float((away[y, x] <= NEAR).mean()) if len(x) else 0.0


def measure(a: Drawing, b: Drawing, place: Sequence[float], mirrored: bool) -> tuple[float, float, float, float]:
    """Measure the edges of a, laid upon b.

    Returns:
        How far those in view are from where they are drawn, in the mean; the share NEAR that; the share NEAR any edge
        of b; and the share that would be if they were just where they are drawn.
    """
    rows, columns = np.nonzero(edges_of(a))
    points = np.column_stack([columns, rows]) + 0.5
    away = cv2.distanceTransform(255 - edges_of(b), cv2.DIST_L2, 5)
    laid, drawn = as_laid(points, place, mirrored), as_drawn(points, a, b)
    off = np.linalg.norm(laid - drawn, axis=1)[in_view(drawn)]
    return float(off.mean()), float((off <= NEAR).mean()), meeting(laid, away), meeting(drawn, away)


def measure_comic(seed: int, pages: int, aligned: pd.DataFrame, shown: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Measure all pairs that are shown of one drawing; yield transformation, way, and what `measure` returns."""
    known = {panel.name: panel for panel in draw_panels(plot_story(seed, pages), seed)}
    rows = {(row["panel_a"], row["panel_b"]): row for row in aligned.to_dict("records")}
    for pair in progress(shown.to_dict("records"), len(shown), "pairs measured"):
        a, b = known[pair["panel_a"]], known[pair["panel_b"]]
        if a.cluster != b.cluster:
            continue
        row = rows[a.name, b.name]
        # Later frames of an animation tremble. Only one that shows the drawing which comes back is measured.
        if any(row[f"frame_{end}"] and panel.transformation != "frame" for end, panel in (("a", a), ("b", b))):
            continue
        # The later of the two may lie as the original did, while the earlier was moved.
        kinds = [panel.transformation for panel in (b, a) if panel.transformation in MOVED]
        for way, place in (("aligned", row), ("laid", pair)):
            yield (
                kinds[0] if kinds else "in place",
                way,
                *measure(a.drawing, b.drawing, [place[name] for name in PLACE], bool(row["mirrored"])),
            )


def overlay_fit(
    sets: Sequence[str],
    seeds: Sequence[int],
    pages: Sequence[int],
    pairs: Sequence[Path],
    overlays: Sequence[Path],
    table: Path,
) -> None:
    """Write COLUMNS, a row a set, transformation and way, and rows of all sets.

    Args:
        sets: the names of the comics.
        seeds, pages: what each is drawn from.
        pairs, overlays: what Reprise wrote of each.
        table: gets the means over the pairs of what `measure` returns.
    """
    rows = []
    for name, seed, number, *paths in zip(sets, seeds, pages, pairs, overlays, strict=True):
        aligned, shown = (tables.read_csv(path, dtype={"panel_a": str, "panel_b": str}) for path in paths)
        rows += [(name, *row) for row in measure_comic(seed, number, aligned, shown)]
    measured = pd.DataFrame(rows, columns=["set", "transformation", "way", *COLUMNS[4:]])
    measured = pd.concat([measured, measured.assign(set="all")])
    grouped = measured.groupby(["set", "transformation", "way"])
    means = grouped[COLUMNS[4:]].mean().round(3).assign(pairs=grouped.size()).reset_index()
    with atomic_file(table) as part:
        tables.write_csv(means[COLUMNS], part)


if __name__ == "__main__":
    with job() as snakemake:
        overlay_fit(
            sets=snakemake.params.sets,
            seeds=snakemake.params.seeds,
            pages=snakemake.params.pages,
            pairs=list(map(Path, snakemake.input.pairs)),
            overlays=list(map(Path, snakemake.input.overlays)),
            table=Path(snakemake.output.table),
        )
