"""What a command takes is measured whole: what it starts itself, and each job of a Snakemake run."""

import sys
from pathlib import Path

import pytest

from measure import SNAKEMAKE, measure, measure_jobs, read_jobs, rule_of

BUSY = "import time\nheld = bytearray(200_000_000)\nwhile time.process_time() < 0.3: pass\n"
STARTS_BUSY = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}], check=True)\n"


def test_what_a_command_starts_counts(tmp_path: Path) -> None:
    usage = measure([sys.executable, "-c", STARTS_BUSY], tmp_path / "log")
    assert usage.cpu >= 0.3
    assert usage.peak >= 190
    assert usage.wall > 0


def test_what_it_says_is_logged_and_a_failure_ends_all(tmp_path: Path) -> None:
    log = tmp_path / "log"
    measure([sys.executable, "-c", "print('one')"], log)
    with pytest.raises(SystemExit, match="failed"):
        measure([sys.executable, "-c", "print('two'); raise SystemExit(3)"], log)
    assert log.read_text().splitlines() == ["one", "two"]


def test_each_process_tells_of_itself(tmp_path: Path) -> None:
    scripts = [tmp_path / name for name in ("tmp1a_b.busy.py", "tmpzz.idle.py", "other.py")]
    for script, text in zip(scripts, (BUSY, "", ""), strict=True):
        script.write_text(text)
    start_all = f"import subprocess, sys\nfor script in {list(map(str, scripts))!r}:\n"
    start_all += "    subprocess.run([sys.executable, script], check=True)\n"
    usage = tmp_path / "usage.csv"
    usage.write_text("tmpx.of_an_earlier_run.py,1,1\n")
    took, jobs = measure_jobs([sys.executable, "-c", start_all], tmp_path / "log", {}, usage)
    by_rule = jobs.set_index("rule")
    assert by_rule["jobs"].to_dict() == {"busy": 1, "idle": 1, SNAKEMAKE: 2}
    assert 0.3 <= by_rule["cpu"]["busy"] < took.cpu
    assert by_rule["cpu"]["busy"] > by_rule["cpu"]["idle"]
    assert by_rule["peak"]["busy"] >= 190 > by_rule["peak"]["idle"]


def test_a_process_does_not_tell_of_what_started_it(tmp_path: Path) -> None:
    """As ru_maxrss would: it begins with what the process had that became this one."""
    script = tmp_path / "tmp1.small.py"
    script.write_text("")
    become = (
        f"import os, sys\nheld = bytearray(200_000_000)\nos.execv(sys.executable, [sys.executable, {str(script)!r}])"
    )
    _, jobs = measure_jobs([sys.executable, "-c", become], tmp_path / "log", {}, tmp_path / "usage.csv")
    assert jobs.set_index("rule")["peak"]["small"] < 150


def test_jobs_are_summed_and_of_their_memory_the_most_counts(tmp_path: Path) -> None:
    usage = tmp_path / "usage.csv"
    usage.write_text("tmpa.one.py,1.5,100\nsnakemake,1,50\ntmpb.two.py,1,10\ntmpc.one.py,2.25,80\n")
    assert read_jobs(usage).to_numpy().tolist() == [["one", 2, 3.75, 100], [SNAKEMAKE, 1, 1, 50], ["two", 1, 1, 10]]


def test_a_rule_is_told_by_the_script_it_starts() -> None:
    assert rule_of("tmp7aowr7yn.index_panels.py") == "index_panels"
    assert rule_of("tmp_2bxm8bm.hamming_block.py") == "hamming_block"
    assert rule_of("snakemake") == rule_of("__main__.py") == SNAKEMAKE
