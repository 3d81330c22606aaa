"""Pages lead where they say: every link has its file, every path that is named is there, every rule is in the graph."""

import re
from pathlib import Path

import pytest

from test_rules import REPOSITORY, RULES

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md"), REPOSITORY / "benchmarks" / "README.md"])
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))

# Folders of the repository whose files pages name as code.
FOLDERS = ("scripts", "tests", "workflow", "docs", "envs", "profiles", "benchmarks/scripts")


def links(page: Path) -> list[str]:
    """Return where the links and pictures of a page lead within the repository."""
    without_code = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", without_code)
    return [target.split("#")[0] for target in targets if "://" not in target]


@EACH_PAGE
def test_links_lead_to_files(page: Path) -> None:
    assert [target for target in links(page) if not (page.parent / target).exists()] == []


@EACH_PAGE
def test_paths_that_are_named_are_there(page: Path) -> None:
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`", page.read_text(encoding="utf-8"))
    # What the page on contributing makes up as an example.
    made_up = {"tests/test_colour_table.py", "scripts/colour_table.py"} if page.name == "CONTRIBUTING.md" else set()
    places = page.parent, REPOSITORY
    assert [path for path in named if path not in made_up and not any((p / path).exists() for p in places)] == []


def test_every_picture_is_shown() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page)}
    assert {*(REPOSITORY / "docs").rglob("*.png")} - shown == set()


def test_every_page_is_led_to() -> None:
    reached = {REPOSITORY / "README.md"}
    left = [REPOSITORY / "README.md"]
    while left:
        page = left.pop()
        new = {(page.parent / target).resolve() for target in links(page) if target.endswith(".md")} - reached
        reached |= new
        left += new
    assert set(PAGES) == reached


def test_every_rule_is_in_the_graph_at_its_stage() -> None:
    (graph,) = re.findall(r"```mermaid\n(.*?)```", (REPOSITORY / "docs" / "method.md").read_text(), re.DOTALL)
    for rule in RULES:
        (stage,) = re.findall(
            rf"^ *subgraph (?:{rule.stage}|{rule.stage}_stage \[[^\]\n]*\])\n(.*?)^ *end$", graph, re.M | re.S
        )
        assert rule.name in re.findall(r"\w+", stage)
    names = re.sub(r"subgraph.*", "", graph)
    assert set(re.findall(r"\w+", names)) - {rule.name for rule in RULES} == {"flowchart", "LR", "end"}
