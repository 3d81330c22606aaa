"""What is compiled is kept, and compiled anew when a module changes of which it was made."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"

# All compiled functions of a copy of the scripts, each with what tells that it is still right.
STAMPS = """
import importlib, pkgutil, reprise
from pathlib import Path
from numba.core.dispatcher import Dispatcher
for found in pkgutil.walk_packages(reprise.__path__, "reprise."):
    source = Path(found.module_finder.path, found.name.split(".")[-1] + ".py")
    if source.is_file() and "njit" in source.read_text():
        for name, value in vars(importlib.import_module(found.name)).items():
            if isinstance(value, Dispatcher) and value.__module__ == found.name:
                print(found.name, name, value._cache._impl.locator.get_source_stamp())
"""

# What `check` takes from `canvas` is compiled in: how many orientations a sketch has.
SKETCH = """
import numpy as np
from reprise.matching import check
frame = check.FramePoints(np.zeros((1, 2), np.uint8), np.zeros(1, np.uint8), np.ones(2, np.uint8))
print(check.no_sketches(frame).rows.shape[2], sum(check.no_sketches.stats.cache_hits.values()))
"""

COUNT = """
from reprise.counting import count
print(count(1), sum(count.stats.cache_hits.values()))
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the scripts, to be edited, without what was compiled."""
    return Path(shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__")))


def python(program: str, scripts: Path, cache: Path | None = None) -> str:
    """Run a program and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environment |= {"PYTHONPATH": str(scripts)} | ({"NUMBA_CACHE_DIR": str(cache)} if cache else {})
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def stamps(scripts: Path) -> dict[tuple[str, str], str]:
    """Return the stamp of each compiled function by its module and name."""
    return {(module, name): stamp for module, name, stamp in map(str.split, python(STAMPS, scripts).splitlines())}


def sources(module: str) -> set[str]:
    """Return the modules of this repository whose names a module imports, and its own."""
    tree = ast.parse((SCRIPTS / f"{module.replace('.', '/')}.py").read_text())
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {module} | {name for name in froms if name.startswith("reprise.")}


@pytest.mark.slow
def test_every_compiled_function_is_compiled_anew_when_one_of_its_modules_changes(scripts: Path) -> None:
    before = stamps(scripts)
    modules = {module for module, _ in before}
    assert len(before) > 40
    assert len(modules) > 4
    for changed in {source for module in modules for source in sources(module)}:
        with (scripts / f"{changed.replace('.', '/')}.py").open("a") as file:
            file.write("\n# another value\n")
        after = stamps(scripts)
        for function, stamp in before.items():
            if changed in sources(function[0]):
                assert after[function] != stamp, f"{function} is made of {changed}"
        before = after


@pytest.mark.slow
@pytest.mark.parametrize("in_a_folder", [False, True])
def test_a_constant_of_another_module_is_compiled_in_anew(scripts: Path, tmp_path: Path, in_a_folder: bool) -> None:
    """Whether it is kept beside the source or in a folder that is given."""
    cache = tmp_path / "cache" if in_a_folder else None
    canvas = scripts / "reprise" / "matching" / "canvas.py"
    said = [python(SKETCH, scripts, cache) for _ in range(2)]
    text = canvas.read_text()
    canvas.write_text(text.replace("ORIENTATIONS = 6", "ORIENTATIONS = 8"))
    assert canvas.read_text() != text
    said += [python(SKETCH, scripts, cache) for _ in range(2)]
    assert said == ["6 0\n", "6 1\n", "8 0\n", "8 1\n"]
    assert in_a_folder != any((scripts / "reprise").rglob("*.nbc"))


@pytest.mark.slow
def test_what_is_compiled_takes_the_place_of_what_was(scripts: Path) -> None:
    """Wherever in its module the function stands, so that edits do not fill the disk."""
    module = scripts / "reprise" / "counting.py"
    text = "from reprise.compiled import njit\n\n\n@njit(cache=True)\ndef count(number):\n    return number + {}\n"
    said = []
    for added in (1, 1, 2, 2):
        module.write_text("\n" * added + text.format(added))
        said.append(python(COUNT, scripts))
        kept = {path.name for path in (module.parent / "__pycache__").glob("counting.*.nb?")}
        assert len(kept) == 2, kept
    assert said == ["2 0\n", "2 1\n", "3 0\n", "3 1\n"]
