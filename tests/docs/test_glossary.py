"""The glossary and the modules of matching call a thing by the same word of the field."""

import ast
import re
from pathlib import Path

import pytest

from test_rules import REPOSITORY, SCRIPTS

MATCHING = sorted(
    path for folder in ("matching", "relation") for path in (SCRIPTS / "reprise" / folder).glob("[!_]*.py")
)


def words_of_the_field() -> dict[str, str]:
    """Return what the words of the glossary are called in the field."""
    rows = re.findall(
        r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", (REPOSITORY / "docs" / "glossary.md").read_text(), re.MULTILINE
    )
    return {word: name for word, name in rows if word != "word"}


def told(path: Path) -> dict[str, str]:
    """Return what the docstring of a module says that its words are called in the field."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    found = re.search(r"^In the field: (.*?)\.$", docstring, re.MULTILINE | re.DOTALL)
    said = " ".join(found.group(1).split()).split("; ") if found else []
    return dict(word.split(": ", 1) for word in said)


def test_words_of_the_field_are_found() -> None:
    """Or all that follows would be said of none."""
    assert words_of_the_field()["met"] == "inlier ratio"


@pytest.mark.parametrize("path", MATCHING, ids=lambda path: path.stem)
def test_a_module_of_matching_tells_what_its_words_are_called_in_the_field(path: Path) -> None:
    assert told(path)


@pytest.mark.parametrize("path", sorted(SCRIPTS.rglob("*.py")), ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_a_module_tells_of_its_words_what_the_glossary_tells(path: Path) -> None:
    known = words_of_the_field()
    assert told(path) == {word: known.get(word, "not in the glossary") for word in told(path)}
