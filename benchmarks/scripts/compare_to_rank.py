"""Measure Reprise from fingerprints to ranked clusters, without any picture: what comes of very many panels."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from measure import measure, measure_jobs
from reprise.atomic import atomic_file
from whole_run import FIRST


def compare_to_rank(
    made: Path,
    way: Mapping[str, Any],
    snakefile: Path,
    folder: Path,
    cores: int,
    labels: Mapping[str, Any],
    jobs: Path,
    log: Path,
) -> None:
    """Write what the jobs took, in the form of `whole_run`.

    Args:
        made: what `tiny_fingerprints` made.
        way: settings laid over Reprise's own.
        snakefile: of Reprise.
        folder: where to run; it is emptied before.
        cores: how many it may use.
        labels: columns that the table begins with.
        jobs: gets the table.
        log: gets what Snakemake says.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder / "results", copy_function=os.link)
    # A comic without a picture would be refused.
    (folder / "pages").mkdir()
    cv2.imwrite(str(folder / "pages" / "0.png"), np.zeros((9, 9), np.uint8))
    settings = {"comic": {"source": "folder", "folder": "pages"}, **way}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    command: list[str | Path] = ["snakemake", "--snakefile", snakefile, "--directory", folder, "--cores", str(cores)]
    command += ["--configfile", folder / "settings.json"]
    # What there is, is taken for made by the rules; the rest is not there yet.
    measure([*command, "--touch", "results/panels.csv"], log)
    usage, of_jobs = measure_jobs([*command, "--", "results/clusters.csv"], log, {}, folder / "usage.csv")
    with atomic_file(jobs) as part:
        table = of_jobs.assign(**labels, run=FIRST, wall=usage.wall)
        table[[*labels, "run", "wall", *of_jobs.columns]].round(3).to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    compare_to_rank(
        made=Path(job.input.made),
        way=job.params.way,
        snakefile=Path(job.input.snakefile),
        folder=Path(job.params.run),
        cores=job.threads,
        labels={"set": f"tiny-{job.wildcards.number}", "way": "bare", "panels": int(job.wildcards.number)},
        jobs=Path(job.output.jobs),
        log=Path(job.log[0]),
    )
