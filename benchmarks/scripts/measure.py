"""Measure what a command takes, all processes that it starts included; and what each job of a Snakemake run takes."""

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

EACH_PROCESS = Path(__file__).with_name("each_process")
"""A folder which, on its PYTHONPATH, makes every Python process tell what it took."""

SNAKEMAKE = "snakemake"
"""What stands for Snakemake's own process among the rules."""


class Usage(NamedTuple):
    """What a command took: seconds on the wall, seconds of processor, and the most MB of any one of its processes."""

    wall: float
    cpu: float
    peak: float


def measure(command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command to its end; what it says is appended to the log.

    Raises:
        SystemExit: the command failed.
    """
    with log.open("a", encoding="utf-8") as lines:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            list(map(str, command)), stdout=lines, stderr=subprocess.STDOUT, env=os.environ | (environment or {})
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{log}: the command that was to be measured failed: {' '.join(map(str, command))}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measure_jobs(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str], usage: Path
) -> tuple[Usage, pd.DataFrame]:
    """Run Snakemake and measure each of its jobs as well, which must be Python scripts.

    Args:
        command, log, environment: as `measure` takes them.
        usage: a file to be written meanwhile.

    Returns:
        What all took, and what `read_jobs` tells.
    """
    usage.unlink(missing_ok=True)
    paths = [str(EACH_PROCESS), *filter(None, [os.environ.get("PYTHONPATH")])]
    told = {"USAGE": str(usage.resolve()), "PYTHONPATH": os.pathsep.join(paths)}
    return measure(command, log, {**environment, **told}), read_jobs(usage)


def rule_of(script: str) -> str:
    """Return the rule that a script was run for: Snakemake starts a copy named `tmp<letters>.<rule>.py`."""
    name = re.fullmatch(r"tmp\w+\.(\w+)\.py", script)
    return name[1] if name else SNAKEMAKE


def read_jobs(usage: Path) -> pd.DataFrame:
    """Return for each rule that ran `jobs`, how many; `cpu`, their seconds in all; and `peak`, the most MB of one."""
    told = pd.read_csv(usage, names=["script", "cpu", "peak"])
    by_rule = told.groupby(told["script"].map(rule_of).rename("rule"), sort=False)
    return by_rule.agg(jobs=("cpu", "size"), cpu=("cpu", "sum"), peak=("peak", "max")).reset_index()
