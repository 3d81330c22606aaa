"""The sets of parts are what parts.yaml says, and all are drawn and judged."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from demo_comic.parts.kinds import FIGURES, PIECES, STRIPS

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PARTS = yaml.safe_load((BENCHMARKS / "parts.yaml").read_text(encoding="utf-8"))


def test_every_kind_is_measured_and_no_seed_is_for_both_halves() -> None:
    assert set(PARTS["motifs"]) == {*FIGURES, *PIECES, *STRIPS}
    assert not set(PARTS["halves"]["choosing"]) & set(PARTS["halves"]["reporting"])


@pytest.mark.parametrize("half", PARTS["halves"])
def test_every_set_of_a_half_is_drawn_and_judged(half: str, tmp_path: Path) -> None:
    for name in ("requirements.txt", "scripts"):
        (tmp_path / name).symlink_to(BENCHMARKS / name)
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(BENCHMARKS / "Snakefile"), "--cores", "1"]
    command += ["--directory", str(tmp_path), "--dry-run", "--forceall", "--", f"results/parts/{half}.md"]
    planned = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", planned, re.MULTILINE)}
    sets = {f"parts-{material}-{seed}" for material in PARTS["materials"] for seed in PARTS["halves"][half]}
    assert set(re.findall(r"Draw (parts-[\w-]+)$", planned, re.MULTILINE)) == sets
    assert jobs["draw_parts"] == jobs["run_reprise"] == jobs["peer_features"] == len(sets)
    assert jobs["judge_parts"] == jobs["openmoji_figures"] == 1
