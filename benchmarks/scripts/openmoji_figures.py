"""Draw OpenMoji large and on a clear ground, as figures that can be pasted: no two whose names share a word.

Started by the Python that has resvg_py: `openmoji_figures.py ARCHIVE FIGURES`.
"""

import re
import sys
import tarfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from openmoji_set import LITTLE_WORDS, drawn_emoji, file_name, read_text
from reprise.atomic import atomic_folder

SIZE = 512
"""Width and height of the figures in pixels: enough for the nearest close-up."""


def unlike_emoji(names: Mapping[str, str]) -> list[str]:
    """Return the codes of emoji of which no two names share a word: a house and a derelict house may be one drawing."""
    used: set[str] = set()
    kept = []
    for code, name in names.items():
        words = set(re.findall(r"[a-z]+", name.lower())) - LITTLE_WORDS
        if not words & used:
            kept.append(code)
            used |= words
    return kept


def openmoji_figures(archive: Path, figures: Path) -> None:
    """Draw the emoji in the archive, each coloured and as a line drawing, into a folder."""
    import resvg_py  # only the peers' environment has it

    with tarfile.open(archive) as package, atomic_folder(figures) as folder:
        read = partial(read_text, package, archive)
        for code in unlike_emoji(drawn_emoji(read("data/openmoji.csv"))):
            for style in ("black", "color"):
                drawing = read(f"{style}/svg/{code}.svg")
                picture = resvg_py.svg_to_bytes(svg_string=drawing, width=SIZE, height=SIZE)
                (folder / file_name(code, style)).write_bytes(bytes(picture))


if __name__ == "__main__":
    openmoji_figures(*map(Path, sys.argv[1:]))
