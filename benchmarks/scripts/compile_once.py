"""Have Reprise compile what it compiles once, so that no other run has to, and time that."""

import shutil
from pathlib import Path

import pandas as pd

from reprise.atomic import atomic_file
from whole_run import Reprise, settings_of


def compile_once(panels: Path, reprise: Reprise, times: Path) -> None:
    """Run Reprise twice from files to gallery, into `reprise.compiled`, which is emptied before.

    `times` gets a row for each run: `compiling`, whether it is the first; `wall` and `cpu`, in seconds.
    """
    shutil.rmtree(reprise.compiled, ignore_errors=True)
    reprise.compiled.mkdir(parents=True)
    rows = []
    for compiling in (True, False):
        shutil.rmtree(reprise.folder, ignore_errors=True)
        usage, _ = reprise.run(settings_of(panels, {}))
        rows.append({"compiling": compiling, "wall": usage.wall, "cpu": usage.cpu})
    with atomic_file(times) as part:
        pd.DataFrame(rows).round(3).to_csv(part, index=False)
    shutil.rmtree(reprise.folder)


if "snakemake" in globals():
    job = globals()["snakemake"]
    compile_once(
        Path(job.input.panels),
        Reprise(
            *(Path(job.input.snakefile), Path(job.params.run), job.threads, Path(job.output.compiled), Path(job.log[0]))
        ),
        Path(job.output.times),
    )
