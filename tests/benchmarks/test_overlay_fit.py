"""How exactly drawings that come back lie upon each other."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from demo_comic.drawings import HEIGHT, WIDTH
from demo_comic.story import draw_panels, plot_story
from overlay_fit import as_drawn, as_laid, overlay_fit

SEED, PAGES = 21, 80


def test_drawings_fit_where_they_are_drawn_and_not_beside(tmp_path: Path) -> None:
    """Each return is laid where it is drawn, and, as aligned, 3 pixels to the right of that."""
    known = {panel.name: panel for panel in draw_panels(plot_story(SEED, PAGES), SEED)}
    backs = [panel for panel in known.values() if panel.transformation in ("mirrored", "moved", "zoomed")]
    assert {panel.transformation for panel in backs} == {"mirrored", "moved", "zoomed"}
    rows = []
    for b in backs:
        a = known[b.source]
        middle = np.array([[WIDTH / 2, HEIGHT / 2]])
        [[across, down]] = 100 * (as_drawn(middle, a.drawing, b.drawing) / (WIDTH, HEIGHT) - 0.5)
        zoom = abs(b.drawing.scale[0] / a.drawing.scale[0])
        rows.append((a.name, b.name, zoom, across, down, b.transformation == "mirrored", 0, 0))
    columns = ["panel_a", "panel_b", "zoom", "across", "down", "mirrored", "frame_a", "frame_b"]
    laid = pd.DataFrame(rows, columns=columns)
    laid.to_csv(tmp_path / "overlays.csv", index=False)
    laid.assign(across=laid["across"] + 300 / WIDTH).to_csv(tmp_path / "pairs.csv", index=False)
    pairs, overlays = ([tmp_path / f"{name}.csv"] for name in ("pairs", "overlays"))
    overlay_fit(["one"], [SEED], [PAGES], pairs, overlays, tmp_path / "table.csv")
    table = pd.read_csv(tmp_path / "table.csv")
    assert set(table["set"]) == {"one", "all"}
    fits, aligned = (table[(table["set"] == "all") & (table["way"] == way)] for way in ("laid", "aligned"))
    assert fits["pairs"].sum() == len(backs)
    assert fits["off"].tolist() == [0, 0, 0]
    assert fits["within"].tolist() == [1, 1, 1]
    assert fits["meet"].tolist() == fits["could_meet"].tolist()
    assert aligned["off"].tolist() == pytest.approx([3, 3, 3])
    assert aligned["within"].tolist() == [0, 0, 0]
    assert (aligned["meet"] < aligned["could_meet"] - 0.1).all()


def test_a_point_is_laid_in_the_mirror_before_it_is_zoomed_and_moved() -> None:
    [[x, y]] = as_laid(np.array([[WIDTH / 2 + 10, HEIGHT / 2 + 10]]), (2, 10, -20), True)
    assert (x, y) == (WIDTH / 2 - 20 + 0.1 * WIDTH, HEIGHT / 2 + 20 - 0.2 * HEIGHT)
