"""What the benchmark compares is what it says: halves apart, labels pinned, peers there."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
BENCHMARKS = REPOSITORY / "benchmarks"
MATCHING = yaml.safe_load((BENCHMARKS / "matching.yaml").read_text(encoding="utf-8"))
SETS = MATCHING["sets"]


def seeds(half: str) -> set[int]:
    """Return the seeds of the comics that a half is made of, those that others are made from included."""
    found: set[int] = set()
    left = list(MATCHING["halves"][half])
    while left:
        settings = SETS[left.pop()]
        left += [*settings.get("comics", []), *([settings["comic"]] if "comic" in settings else [])]
        found |= {settings["seed"]} if settings["kind"] == "comic" else set()
    return found


def test_no_seed_is_both_for_choosing_and_for_reporting() -> None:
    choosing, reporting = seeds("choosing"), seeds("reporting")
    assert len(choosing) >= 5 and len(reporting) >= 5
    assert not choosing & reporting


def test_every_set_is_in_a_half_and_every_package_is_pinned() -> None:
    assert {name for half in MATCHING["halves"].values() for name in half} == set(SETS)
    assert {settings["package"] for settings in SETS.values() if "package" in settings} == set(MATCHING["packages"])
    assert all(re.fullmatch("[0-9a-f]{64}", package["sha256"]) for package in MATCHING["packages"].values())


def test_every_peer_has_its_hash_and_thresholds_within_its_bits() -> None:
    """The hashes are read from the text: the peers are not installed where tests run."""
    tree = ast.parse((BENCHMARKS / "scripts" / "peer_hashes.py").read_text(encoding="utf-8"))
    tables = [node.value for node in tree.body if isinstance(node, ast.AnnAssign)]
    keys = {
        key.value
        for table in tables
        if isinstance(table, ast.Dict)
        for key in table.keys
        if isinstance(key, ast.Constant)
    }
    assert {peer["hash"] for peer in MATCHING["peers"].values()} == keys
    for peer in MATCHING["peers"].values():
        assert peer["bits"] % 64 == 0
        assert 0 <= peer["documented"] <= peer["bits"] // 4
        assert 0 <= peer["chosen"] <= peer["bits"] // 4


@pytest.mark.parametrize(
    "path", sorted(path for path in BENCHMARKS.glob("*") if path.is_file()), ids=lambda path: path.name
)
def test_no_address_of_an_index_is_written_down(path: Path) -> None:
    assert re.findall(r"--(?:extra-)?index-url|--find-links|\bfile:|registry\.| @ http", path.read_text()) == []


def test_the_lock_has_a_hash_for_every_package() -> None:
    entries = re.findall(r"^[\w.-]+==.*\n(?:    .*\n)*", (BENCHMARKS / "requirements.txt").read_text(), re.MULTILINE)
    asked = re.findall(r"^([\w-]+)", (BENCHMARKS / "requirements.in").read_text(), re.MULTILINE)
    locked = {entry.split("==")[0].lower() for entry in entries}
    assert {name.lower().replace("_", "-") for name in asked} <= locked
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("half", ["choosing", "reporting"])
def test_every_set_of_a_half_is_made_and_judged_with_all_methods(half: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(BENCHMARKS / "Snakefile"), "--cores", "1"]
    command += ["--dry-run", "--forceall", "--", f"results/matching/{half}.md"]
    planned = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", planned, re.MULTILINE)}
    sets = len(MATCHING["halves"][half])
    assert jobs["judge"] == jobs["peer_hashes"] == jobs["peer_features"] == sets
    assert jobs["run_reprise"] >= 2 * sets
    assert jobs["group_matches"] == jobs["match_by_hash"] + sets
    assert jobs["draw_comic"] == len(seeds(half))
