"""Set out what each step from fingerprints to clusters takes of very many panels, and with which power it grows."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from matching_tables import markdown
from reprise.atomic import atomic_file
from speed_tables import growth_table, machine, sum_up


def scale_table(jobs: Sequence[Path], page: Path) -> None:
    """Write the table of what `compare_to_rank` measured of several numbers of panels."""
    summed = sum_up(pd.concat(map(pd.read_csv, jobs), ignore_index=True), "rule")
    said = f"# From fingerprints to clusters\n\nSeconds of processor on {machine()}, plain search.\n\n"
    with atomic_file(page) as part:
        part.write_text(said + markdown(growth_table(summed, "rule")), encoding="utf-8")


if "snakemake" in globals():
    job = globals()["snakemake"]
    scale_table(jobs=[Path(path) for path in job.input.jobs], page=Path(job.output.page))
