"""What all plots have in common: their look, and how they are written."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reprise.atomic import atomic_file

BAR_COLOUR, THRESHOLD_COLOUR, NOT_KEPT_COLOUR = "#5b7f9f", "#b3402a", "#efece6"


def new_figure(width: float, title: str) -> tuple[Figure, Axes]:
    """Return an empty figure, `width` in inches, and its axes; nothing is taken from the user's own style."""
    mpl.rcdefaults()
    figure = Figure(figsize=(width, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, loc="left", pad=12)
    return figure, axes


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as PNG: the same bytes for the same figure, as no date or version is put in."""
    with atomic_file(path) as part:
        figure.savefig(part, format="png", metadata={"Software": None})
