"""What is said of the repository in more than one place is said alike: versions, checks, what is tried where."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from reprise import VERSION

REPOSITORY = Path(__file__).parents[1]
GITHUB = REPOSITORY / ".github"
WORKFLOW = GITHUB / "workflows" / "test.yaml"

# What Keep a Changelog calls the kinds of change.
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# --- Releases --------------------------------------------------------------------------------------------------------


def releases() -> list[tuple[str, date]]:
    """Return the releases of the changelog, with their dates, in its order."""
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    found = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})", heading) for heading in headings[1:]]
    assert all(found), "a release is a version and a day: ## 1.2.3 - 2026-11-28"
    return [(release.group(1), date.fromisoformat(release.group(2))) for release in found if release]


def test_the_newest_release_is_first() -> None:
    listed = releases()
    assert listed
    ordered = sorted(listed, key=lambda release: [int(part) for part in release[0].split(".")], reverse=True)
    assert listed == ordered
    assert [day for _, day in listed] == sorted((day for _, day in listed), reverse=True)


def test_changes_are_of_the_kinds_that_readers_know() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= set(KINDS)
    for release in text.split("\n## ")[1:]:
        # What is not of any kind would stand above the first.
        assert re.match(r".*\n(\n### |\n*$)", release)


def test_the_citation_is_of_the_newest_release() -> None:
    citation = load(REPOSITORY / "CITATION.cff")
    assert citation["version"] == VERSION
    assert (citation["version"], citation["date-released"]) == releases()[0]
    assert citation["authors"] == [{"name": "The Reprise authors"}]
    license_text = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
    assert license_text.startswith(f"{citation['license']} License\n")
    assert "the Reprise authors" in license_text


# --- Checks ----------------------------------------------------------------------------------------------------------


def checks_of_run() -> list[str]:
    """Return the checks of `./run test`, as they stand in `run` before the tests."""
    text = (REPOSITORY / "run").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line.split(" ")[0] in ("ruff", "mypy", "snakefmt", "snakemake")]


def test_before_a_commit_the_same_is_checked_as_by_the_test_command() -> None:
    hooks = [hook for place in load(REPOSITORY / ".pre-commit-config.yaml")["repos"] for hook in place["hooks"]]
    assert [hook["entry"] for hook in hooks] == [f".venv/bin/{check}" for check in checks_of_run()]
    assert len(hooks) >= 6
    for hook in hooks:
        # With the tools of the lock, which `./run test` installs, and on all files, as there.
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)


def test_all_python_files_are_checked() -> None:
    folders = {path.relative_to(REPOSITORY).parts[0] for path in REPOSITORY.glob("[!.]*/**/*.py")} - {"results"}
    for check in checks_of_run():
        if check.split(" ")[0] in ("ruff", "mypy"):
            assert folders == set(check.split(" ")) & folders, check


# --- GitHub ----------------------------------------------------------------------------------------------------------


def jobs() -> dict[str, Any]:
    return load(WORKFLOW)["jobs"]


def test_every_change_is_tried_on_the_oldest_and_the_newest_python_and_on_both_systems() -> None:
    matrix = jobs()["test"]["strategy"]["matrix"]
    in_run = re.findall(r"python3\.(\d+)", (REPOSITORY / "run").read_text(encoding="utf-8"))
    minors = sorted(set(map(int, in_run)))
    assert matrix["python"] == [f"3.{minors[0]}", f"3.{minors[-1]}"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest"]
    assert "./run test" in [step.get("run") for step in jobs()["test"]["steps"]]


def test_the_oldest_snakemake_that_is_taken_is_tried() -> None:
    (oldest,) = re.findall(r'^min_version\("([\d.]+)"\)$', (REPOSITORY / "Snakefile").read_text(), re.MULTILINE)
    assert jobs()["snakemake"]["strategy"]["matrix"]["snakemake"] == [oldest]


@pytest.mark.parametrize("job", sorted(jobs()))
def test_a_job_has_a_limit_and_no_more_rights_than_to_read(job: str) -> None:
    assert load(WORKFLOW)["permissions"] == {"contents": "read"}
    assert jobs()[job]["timeout-minutes"] <= 60
    checkout = jobs()[job]["steps"][0]
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("form", sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yaml")), ids=lambda form: form.stem)
def test_a_form_asks_for_something_under_a_name_of_its_own(form: Path) -> None:
    asked = load(form)
    assert asked["name"] and asked["description"]
    names = [field["id"] for field in asked["body"] if field["type"] != "markdown"]
    assert len(names) == len(set(names)) > 0
    assert all(field["attributes"].get("label") for field in asked["body"] if field["type"] != "markdown")


def test_updates_are_asked_for_where_there_is_something_to_update() -> None:
    for update in load(GITHUB / "dependabot.yml")["updates"]:
        for directory in update.get("directories", [update.get("directory")]):
            folder = REPOSITORY / directory.strip("/")
            held = GITHUB / "workflows" if update["package-ecosystem"] == "github-actions" else folder
            assert list(held.glob("*.yaml" if held.name == "workflows" else "requirements.txt"))
