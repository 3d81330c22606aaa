"""Packages that happen to be installed under the names of this repository's modules are not taken for these."""

import os
import sys
from pathlib import Path

import pytest
from comics import REPOSITORY, Comic

# Names that are or were those of modules here, and for the most part are those of packages as well.
NAMES = {"progress", "evaluate", "links", "panels", "figures", "threads", "blocks", "rank", "layout", "configuration"}
STEPS = {path.stem for path in (REPOSITORY / "scripts").glob("*.py")}
OTHERS = {path.stem for folder in ("scripts/reprise", "workflow") for path in (REPOSITORY / folder).rglob("*.py")}


def test_the_workflow_takes_its_own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # None can be installed in place of a module of Python's own.
    for name in (NAMES | STEPS | OTHERS) - {"__init__"} - sys.stdlib_module_names:
        package = tmp_path / "installed" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise ImportError('this is the installed {name}')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"), prepend=os.pathsep)
    comic = Comic(tmp_path / "comic", {"comic": {"source": "demo", "demo": {"pages": 12}}})
    assert comic.run().jobs["summary"] == 1
