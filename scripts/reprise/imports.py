"""Find the shared modules that a step's script, or another module, uses.

Snakemake tracks a rule's script, but not what the script imports. So each rule is given a digest of these modules too:
an edit of one of them runs each step again that uses it. numba keeps what it has compiled, and does not see either that
another module has changed whose functions were compiled in.
"""

import re
from functools import cache
from pathlib import Path

# An import of the repository's own packages, at the start of a line or within a function. Python's own parser would
# take a tenth of a second for all files, at each start of Snakemake.
IMPORT = re.compile(r"^\s*(?:from|import) ((?:reprise|demo_comic)[.\w]*)(?: import (\([^)]*\)|[^\n#]*))?", re.MULTILINE)


@cache
def imported_modules(path: Path, scripts: Path) -> frozenset[Path]:
    """Return the files below `scripts` that a Python file imports directly: packages and modules."""
    found: set[Path] = set()
    for module, names in IMPORT.findall(path.read_text(encoding="utf-8")):
        # A name that is imported may itself be a module.
        for name in [module, *(f"{module}.{name}" for name in re.findall(r"\w+", names))]:
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                place = scripts.joinpath(*parts[:depth])
                found |= {file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()}
    return frozenset(found)


@cache
def used_modules(script: Path, scripts: Path) -> list[Path]:
    """Return all files below `scripts` that a script imports, directly or through others, sorted by path."""
    used: set[Path] = set()
    left = [script]
    while left:
        new = imported_modules(left.pop(), scripts) - used
        used |= new
        left += new
    return sorted(used)
