"""From fingerprints to clusters for real, of few panels."""

from pathlib import Path

import pandas as pd
import yaml

from compare_to_rank import compare_to_rank
from scale_table import scale_table
from tiny_fingerprints import tiny_fingerprints

REPOSITORY = Path(__file__).parents[2]


def test_what_there_is_is_taken_and_the_rest_is_done(tmp_path: Path) -> None:
    way = yaml.safe_load((REPOSITORY / "benchmarks" / "scale.yaml").read_text())["settings"]
    tiny_fingerprints(300, 1, 0.3, 1, tmp_path / "made")
    labels = {"set": "tiny-300", "way": "bare", "panels": 300}
    measured, log = tmp_path / "jobs.csv", tmp_path / "log"
    compare_to_rank(
        made=tmp_path / "made",
        way=way,
        snakefile=REPOSITORY / "Snakefile",
        folder=tmp_path / "run",
        cores=2,
        labels=labels,
        jobs=measured,
        log=log,
    )
    jobs = pd.read_csv(measured).set_index("rule")["jobs"].to_dict()
    done = ["shared_lines", "hamming_block", "panels", "partners", "adjacency", "communities", "relate", "rank"]
    assert jobs == dict.fromkeys([*done, "snakemake"], 1)
    assert len(pd.read_csv(tmp_path / "run/results/clusters.csv")) > 50
    scale_table([measured], tmp_path / "scale.md")
    assert "hamming_block" in (tmp_path / "scale.md").read_text()
