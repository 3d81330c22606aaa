"""Time Reprise on some panels: from files to gallery, then with another threshold, then with nothing to do."""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from front_end import read_apart
from measure import Usage, measure, measure_jobs
from reprise.atomic import atomic_file
from reprise.source import list_images

FIRST, EDIT, NOTHING, ONE_RULE, BARE = (
    "first run",
    "threshold edit",
    "nothing to do",
    "one rule, nothing to do",
    "bare loop",
)
"""What is timed. The last two are what others are held against: Snakemake with nothing to do in a workflow of one rule,
and the same files decoded and nothing else."""

ONE_RULE_WORKFLOW = 'rule all:\n    output:\n        "done"\n    shell:\n        "touch done"\n'


def laid_over(settings: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with others laid over them, section by section."""
    sections = {key: settings.get(key, {}) | others.get(key, {}) for key in (*settings, *others)}
    return dict(sorted(sections.items()))


@dataclass(frozen=True)
class Reprise:
    """How Reprise is run: its Snakefile, in which folder, on how many cores, and where what is compiled is kept."""

    snakefile: Path
    folder: Path
    cores: int
    compiled: Path
    log: Path

    def run(self, settings: Mapping[str, Any]) -> tuple[Usage, pd.DataFrame]:
        """Run the main job with these settings; return what all took, and what its jobs took (`measure.read_jobs`)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        command: list[str | Path] = ["snakemake", "--snakefile", self.snakefile, "--directory", self.folder]
        command += ["--cores", str(self.cores), "--configfile", self.folder / "settings.json"]
        kept = {"NUMBA_CACHE_DIR": str(self.compiled.resolve())}
        return measure_jobs(command, self.log, kept, self.folder / "usage.csv")

    def run_one_rule(self) -> Usage:
        """Run Snakemake in a workflow of one rule beside; return what it took."""
        folder = self.folder / "one_rule"
        folder.mkdir(exist_ok=True)
        (folder / "Snakefile").write_text(ONE_RULE_WORKFLOW, encoding="utf-8")
        command: list[str | Path] = ["snakemake", "--snakefile", folder / "Snakefile", "--directory", folder]
        return measure([*command, "--cores", str(self.cores)], self.log)

    @property
    def clusters(self) -> Path:
        """The table of clusters, which is there before they are published."""
        return self.folder / "results" / "clusters.csv"

    def found(self) -> dict[str, int]:
        """Return how many `matches` and `clusters` the run has found."""
        pairs = pd.read_csv(self.folder / "results" / "pairs.csv", usecols=["panel_a"])
        clusters = pd.read_csv(self.clusters, usecols=["cluster"])
        return {"matches": len(pairs), "clusters": clusters["cluster"].nunique()}


def settings_of(panels: Path, way: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings for a folder or archive of panels."""
    return laid_over({"comic": {"source": "folder", "folder": str(panels.resolve())}}, way)


def whole_run(
    panels: Path,
    way: Mapping[str, Any],
    edit: Mapping[str, Any],
    rounds: int,
    reprise: Reprise,
    labels: Mapping[str, str],
    runs: Path,
    jobs: Path,
) -> None:
    """Write what each run took, and what the jobs of it.

    `runs` has the columns `run`, `panels`, `wall`, `cpu` (seconds), `peak` (MB of the largest process), `matches`,
    `clusters`, and `grouped`, seconds until the clusters of a first run were there; `jobs` has `run`, `panels`, and
    those of `measure.read_jobs`. The edit is made and undone in turns. Runs with nothing to do are repeated too, in
    turns with those of one rule.

    Args:
        panels: a folder or archive.
        way: settings laid over Reprise's own.
        edit: what is edited of them afterwards.
        rounds: how often it is edited, and how often there is nothing to do.
        reprise: how it is run; its folder is emptied before.
        labels: columns that both tables begin with, as the set of panels and the way.
        runs, jobs: where to write.
    """
    shutil.rmtree(reprise.folder, ignore_errors=True)
    settings = settings_of(panels, way)
    edited = laid_over(settings, edit)
    run_rows: list[dict[str, Any]] = []
    job_tables = []
    steps = [(FIRST, settings), *((EDIT, settings if back % 2 else edited) for back in range(rounds))]
    for run, chosen in [*steps, *[(NOTHING, steps[-1][1])] * rounds]:
        start = time.time()
        usage, of_jobs = reprise.run(chosen)
        run_rows.append({"run": run, **usage._asdict(), **reprise.found()})
        job_tables.append(of_jobs.assign(run=run))
        if run == FIRST:
            run_rows[-1]["grouped"] = reprise.clusters.stat().st_mtime - start
            run_rows.append({"run": BARE, "cpu": read_apart(panels, "bare")})
        if run == NOTHING:
            # A first time in each round, in which there is something to do.
            reprise.run_one_rule()
            run_rows.append({"run": ONE_RULE, **reprise.run_one_rule()._asdict()})
    beside = dict(labels) | {"panels": len(list_images(panels))}
    for path, table in ((runs, pd.DataFrame(run_rows)), (jobs, pd.concat(job_tables))):
        with atomic_file(path) as part:
            table.assign(**beside)[[*beside, *table.columns]].round(3).to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    whole_run(
        *(Path(job.input.panels), job.params.way, job.params.edit, job.params.rounds),
        Reprise(
            *(Path(job.input.snakefile), Path(job.params.run), job.threads, Path(job.input.compiled), Path(job.log[0]))
        ),
        {"set": job.wildcards.timed, "way": job.wildcards.way},
        *(Path(job.output.runs), Path(job.output.jobs)),
    )
