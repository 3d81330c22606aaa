"""Plot how what Reprise takes of the processor grows with the panels."""

from pathlib import Path

import pandas as pd
from matplotlib.ticker import NullFormatter

from measure import SNAKEMAKE
from reprise.figures import new_figure, save
from speed_tables import STAGES

COLOURS = dict(zip(STAGES, ("#5b7f9f", "#b3402a", "#d09a3a", "#6b8f5e", "#8a8a8a"), strict=True))
LINES = ("-", ":")


def speed_plot(stages: Path, plot: Path) -> None:
    """Draw the seconds of processor of each stage over the number of panels, both in logarithms, with their exponents.

    Of each kind of panels the first way to run Reprise on them is drawn; panels of one size only are left out.
    """
    table = pd.read_csv(stages).dropna(subset="exponent")
    first_ways = table.drop_duplicates("kind")[["kind", "way"]].itertuples(index=False, name=None)
    figure, axes = new_figure(10, "What each stage takes of the processor")
    handles = []
    for line, (kind, way) in zip(LINES, first_ways, strict=False):
        of_way = table[(table["kind"] == kind) & (table["way"] == way)]
        handles += axes.plot([], [], " ", label=f"{kind}, {way}")
        for stage, rows in of_way.groupby("stage", sort=False):
            name = "Snakemake itself" if stage == SNAKEMAKE else stage
            handles += axes.plot(
                *(rows["panels"], rows["cpu"], line),
                color=COLOURS[str(stage)],
                marker="o",
                markersize=4,
                label=f"{name}  $n^{{{rows['exponent'].iloc[0]:.2f}}}$",
            )
    axes.set(xscale="log", yscale="log", xlabel="panels", ylabel="seconds of processor")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,g}")
        axis.set_minor_formatter(NullFormatter())
    axes.grid(True, which="major", color="#eeeeee")
    figure.legend(handles=handles, loc="outside right center", frameon=False, ncols=1)
    save(figure, plot)


if "snakemake" in globals():
    job = globals()["snakemake"]
    speed_plot(Path(job.input.stages), Path(job.output.plot))
