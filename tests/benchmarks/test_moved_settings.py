"""The comics in which drawings come back moved are those of moved.yaml."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
HALVES = yaml.safe_load((BENCHMARKS / "moved.yaml").read_text(encoding="utf-8"))["halves"]


def test_no_comic_is_in_both_halves() -> None:
    assert not set(HALVES["choosing"]) & set(HALVES["reporting"])


@pytest.mark.parametrize("half", HALVES)
def test_every_comic_of_a_half_is_drawn_and_judged(half: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(BENCHMARKS / "Snakefile"), "--cores", "1"]
    command += ["--directory", str(tmp_path), "--dry-run", "--forceall", "--", f"results/moved/{half}.md"]
    planned = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", planned, re.MULTILINE)}
    assert jobs["draw_moved"] == jobs["run_reprise"] == len(HALVES[half])
    assert jobs["judge_moved"] == 1
    assert sorted(map(int, re.findall(r"Draw moved-(\d+)$", planned, re.MULTILINE))) == sorted(HALVES[half])
