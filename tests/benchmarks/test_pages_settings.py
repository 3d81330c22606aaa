"""The pages that are drawn are what pages.yaml says, each beside the same without what all share."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from draw_pages import LAYOUTS, SCENE_PAGES

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PAGES = yaml.safe_load((BENCHMARKS / "pages.yaml").read_text(encoding="utf-8"))


def test_everything_that_pages_share_is_measured() -> None:
    assert set(PAGES["beside"]) == set(LAYOUTS)
    assert set(PAGES["drawn"]) == {"scene", "template"}
    assert min(PAGES["drawn"]["scene"]) > SCENE_PAGES
    assert PAGES["halves"]["choosing"] != PAGES["halves"]["reporting"]


@pytest.mark.parametrize("half", PAGES["halves"])
def test_every_set_of_a_half_is_drawn_and_judged(half: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(BENCHMARKS / "Snakefile"), "--cores", "1"]
    command += ["--directory", str(tmp_path), "--dry-run", "--forceall", "--", f"results/pages/{half}.md"]
    planned = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", planned, re.MULTILINE)}
    sets = 2 * sum(map(len, PAGES["beside"].values())) + sum(map(len, PAGES["drawn"].values()))
    assert jobs["draw_pages"] == jobs["run_reprise"] == sets
    assert jobs["judge_pages"] == 1
    assert set(re.findall(r"Draw [\w-]+?-(\d+)(?:-bare)?$", planned, re.MULTILINE)) == {str(PAGES["halves"][half])}
