"""What is compiled once, what each run takes, and which jobs it runs, as told of a workflow as small as can be."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from compile_once import compile_once
from measure import SNAKEMAKE
from whole_run import BARE, EDIT, FIRST, NOTHING, ONE_RULE, Reprise, laid_over, whole_run

TOY = """
rule all:
    input:
        "results/pairs.csv",
        "results/clusters.csv",
rule hamming_block:
    output:
        "results/block.txt",
    params:
        folder=config["comic"]["folder"],
    script:
        "hamming_block.py"
rule adjacency:
    input:
        "results/block.txt",
    output:
        "results/pairs.csv",
        "results/clusters.csv",
    params:
        threshold=config["match"]["threshold"],
    script:
        "adjacency.py"
"""

COMPARE = """
from pathlib import Path
assert Path(snakemake.params.folder).is_dir()
Path(snakemake.output[0]).write_text("compared")
"""

MATCH = """
import os
from pathlib import Path
Path(os.environ["NUMBA_CACHE_DIR"], "compiled.nbc").write_text("")
Path(snakemake.output[0]).write_text("panel_a,panel_b\\n" + "a,b\\n" * round(10 * snakemake.params.threshold))
Path(snakemake.output[1]).write_text("cluster,panel\\n1,a\\n1,b\\n2,c\\n2,d\\n")
"""


def toy(folder: Path) -> tuple[Reprise, Path]:
    """Write the small workflow and a folder of panels; return how it is run, and the panels."""
    (folder / "Snakefile").write_text(TOY)
    (folder / "hamming_block.py").write_text(COMPARE)
    (folder / "adjacency.py").write_text(MATCH)
    panels, compiled = folder / "panels", folder / "compiled"
    for new in (panels, compiled):
        new.mkdir()
    for page in range(3):
        Image.new("RGB", (9, 9)).save(panels / f"{page}.png")
    return Reprise(folder / "Snakefile", folder / "run", 1, compiled, folder / "log"), panels


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("whole_run")
    reprise, panels = toy(folder)
    tables = folder / "runs.csv", folder / "jobs.csv"
    way, edit = {"match": {"threshold": 0.5}}, {"match": {"threshold": 0.6}}
    whole_run(panels, way, edit, 2, reprise, {"set": "comic-3", "way": "default"}, *tables)
    runs, jobs = map(pd.read_csv, tables)
    return runs, jobs


def test_every_run_is_told_of(told: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    runs, _ = told
    assert runs["run"].tolist() == [FIRST, BARE, EDIT, EDIT, NOTHING, ONE_RULE, NOTHING, ONE_RULE]
    assert set(runs["panels"]) == {3}
    assert set(runs["set"]) == {"comic-3"}
    assert (runs["cpu"] > 0).all()
    # Edited, edited back, and then not again.
    assert runs.dropna(subset="matches")["matches"].tolist() == [5, 6, 5, 5, 5]
    assert set(runs["clusters"].dropna()) == {2}
    grouped = runs.dropna(subset="grouped")
    assert grouped["run"].tolist() == [FIRST]
    assert ((grouped["grouped"] > 0) & (grouped["grouped"] < grouped["wall"])).all()


def test_an_edit_runs_what_depends_on_it_and_nothing_after_that(told: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    _, jobs = told
    ran = jobs.groupby("run")["rule"].agg(set)
    assert ran[FIRST] == {"hamming_block", "adjacency", SNAKEMAKE}
    assert ran[EDIT] == {"adjacency", SNAKEMAKE}
    assert ran[NOTHING] == {SNAKEMAKE}


def test_settings_are_laid_over_section_by_section() -> None:
    one = {"match": {"search": "plain"}, "comic": {"source": "folder"}}
    both = laid_over(one, {"match": {"threshold": 0.6}, "fingerprint": {"mirror": False}})
    assert both["match"] == {"search": "plain", "threshold": 0.6}
    assert both["comic"] == {"source": "folder"} and both["fingerprint"] == {"mirror": False}
    assert one["match"] == {"search": "plain"}


def test_what_is_compiled_once_is_kept_for_all_runs(tmp_path: Path) -> None:
    reprise, panels = toy(tmp_path)
    reprise = replace(reprise, snakefile=tmp_path / "with_threshold")
    reprise.snakefile.write_text('config |= {"match": {"threshold": 0.5}}\n' + (tmp_path / "Snakefile").read_text())
    (reprise.compiled / "of_an_earlier_time.nbc").write_text("")
    compile_once(panels, reprise, tmp_path / "times.csv")
    assert not reprise.folder.exists()
    assert [path.name for path in reprise.compiled.iterdir()] == ["compiled.nbc"]
    assert pd.read_csv(tmp_path / "times.csv")["compiling"].tolist() == [True, False]
