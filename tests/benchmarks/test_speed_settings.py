"""What is timed is what speed.yaml says, with settings that Reprise takes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from configuration import check_configuration
from peer_groups import PEERS
from whole_run import laid_over

REPOSITORY = Path(__file__).parents[2]
BENCHMARKS = REPOSITORY / "benchmarks"
SPEED = yaml.safe_load((BENCHMARKS / "speed.yaml").read_text(encoding="utf-8"))
OWN = yaml.safe_load((REPOSITORY / "config.yaml").read_text(encoding="utf-8"))
LOCK = (BENCHMARKS / "imagededup.txt").read_text(encoding="utf-8")


def planned(folder: Path, *arguments: str) -> tuple[dict[str, int], str]:
    """Return how many jobs of each rule are planned for the speed part, and all that Snakemake says."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(BENCHMARKS / "Snakefile"), "--cores", "2"]
    command += ["--directory", str(folder), "--dry-run", "--forceall", "--printshellcmds", *arguments, "--", "speed"]
    (folder / "scripts").symlink_to(BENCHMARKS / "scripts")
    for lock in ("requirements.txt", "imagededup.txt"):
        (folder / lock).symlink_to(BENCHMARKS / lock)
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", said, re.MULTILINE)}, said


def test_everything_is_timed_in_all_its_ways(tmp_path: Path) -> None:
    jobs, _ = planned(tmp_path)
    of_kind = {kind: len(SPEED[kind]["panels"]) for kind in ("comic", "tiny")}
    assert jobs["whole_run"] == sum(of_kind.get(kind, 0) for way in SPEED["ways"].values() for kind in way["panels"])
    assert jobs["peer_times"] == of_kind["comic"]
    assert jobs["draw_long_comic"] == len(SPEED["comic"]["seeds"])
    assert jobs["tiny_panels"] == of_kind["tiny"]
    assert jobs["kernel"] == jobs["front_end"] == jobs["compile_once"] == jobs["speed_plot"] == 1


def test_a_folder_of_the_users_is_timed_as_well(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "without").mkdir()
    (tmp_path / "with").mkdir()
    jobs, _ = planned(tmp_path / "without")
    more, said = planned(tmp_path / "with", "--config", f"folder={own}")
    assert more["whole_run"] == jobs["whole_run"] + 2
    assert more["peer_times"] == jobs["peer_times"] + 1
    assert str(own) in said


@pytest.mark.parametrize("way", SPEED["ways"])
def test_reprise_takes_the_settings_before_and_after_the_edit(way: str, tmp_path: Path) -> None:
    settings = laid_over(OWN, SPEED["ways"][way]["settings"])
    edited = laid_over(settings, SPEED["edit"])
    assert edited != settings
    schema = REPOSITORY / "workflow" / "schemas" / "config.schema.yaml"
    for each in (settings, edited):
        check_configuration(each, schema, tmp_path)


def test_the_seeds_are_of_no_other_part() -> None:
    matching = yaml.safe_load((BENCHMARKS / "matching.yaml").read_text(encoding="utf-8"))["sets"].values()
    assert not set(SPEED["comic"]["seeds"]) & {settings["seed"] for settings in matching if settings["kind"] == "comic"}


def test_the_lock_of_imagededup_is_whole_and_without_torch() -> None:
    entries = re.findall(r"^[\w.-]+==.*\n(?:    .*\n)*", LOCK, re.MULTILINE)
    locked = {entry.split("==")[0].lower() for entry in entries}
    asked = re.findall(r"^([\w-]+)$", (BENCHMARKS / "imagededup.in").read_text(), re.MULTILINE)
    assert locked == {name.lower() for name in asked} >= {"imagededup"}
    assert "torch" not in locked
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_peer_has_a_python() -> None:
    """Read from the text: the rules are no module."""
    pythons = re.search(r"^PEER_PYTHONS = \{(.*)\}$", (BENCHMARKS / "timed.smk").read_text(), re.MULTILINE)
    assert pythons and set(re.findall(r'"(\w+)":', pythons[1])) == set(PEERS)
