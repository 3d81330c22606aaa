"""A library that another would load, and that nothing here needs, stays unloaded; and can be loaded later."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"

PROGRAM = """
import sys
from {library} import {name}
print("{other}" in sys.modules)
import {other}
print("{other}" in sys.modules)
"""


@pytest.mark.parametrize(
    ("library", "name", "other"),
    [("reprise.compiled", "njit", "scipy.linalg"), ("reprise.community_detection", "leiden", "matplotlib")],
)
def test_what_is_not_needed_is_loaded_when_it_is_asked_for(library: str, name: str, other: str) -> None:
    program = PROGRAM.format(library=library, name=name, other=other)
    done = subprocess.run([sys.executable, "-c", program], cwd=SCRIPTS, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "False\nTrue\n"


def test_what_is_loaded_stays_so() -> None:
    program = (
        "import json, sys\nfrom reprise.without import without\nwith without('json'):\n    import json\nprint(json)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=SCRIPTS, stdout=subprocess.PIPE, text=True, check=True)
    assert "module 'json'" in done.stdout
