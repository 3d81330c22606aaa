"""Make a set of OpenMoji: each emoji as a line drawing and as the same drawing coloured in.

Started by the Python that has resvg_py: `openmoji_set.py ARCHIVE PANELS LABELS IGNORED`.
"""

import csv
import io
import re
import sys
import tarfile
from collections.abc import Mapping
from functools import partial
from itertools import combinations
from pathlib import Path

from emoji_series import DRAWINGS, TEMPLATES
from reprise.atomic import atomic_file, atomic_folder

LITTLE_WORDS = {"a", "and", "for", "in", "of", "on", "over", "the", "to", "with"}
"""Words that two names may share without showing anything alike."""

STYLES = ("black", "color")
"""The folders of the line drawings and of the coloured ones."""

SIZE = 160
"""Width and height of the pictures in pixels."""


def drawn_emoji(table: str) -> dict[str, str]:
    """Return the emoji to take, their names by their codes, from OpenMoji's own table `data/openmoji.csv`."""
    rows = csv.DictReader(io.StringIO(table))
    wanted = (row for row in rows if row["group"] in DRAWINGS and row["subgroups"] not in TEMPLATES)
    return {row["hexcode"]: row["annotation"] for row in wanted}


def file_name(code: str, style: str) -> str:
    """Return the name of the picture of an emoji in a style, `black` or `color`."""
    return f"{code}-{style}.png"


def ignored_pairs(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pairs of files of different emoji whose names share a word.

    A bird and a black bird, a house and a derelict house: one may be the other with a change, or a drawing of its own.
    The table does not tell, so these are to be judged neither way.
    """
    words = {code: set(re.findall(r"[a-z]+", name.lower())) - LITTLE_WORDS for code, name in names.items()}
    return [
        (file_name(a, style_a), file_name(b, style_b))
        for a, b in combinations(names, 2)
        if words[a] & words[b]
        for style_a in STYLES
        for style_b in STYLES
    ]


def read_text(package: tarfile.TarFile, archive: Path, name: str) -> str:
    """Read a text of the package; `archive` is the file it is."""
    content = package.extractfile(f"package/{name}")
    if content is None:
        raise SystemExit(f"{archive}: {name} is no file in it")
    return content.read().decode()


def openmoji_set(archive: Path, panels: Path, labels: Path, ignored: Path) -> None:
    """Draw both styles of the emoji in the archive, and write labels and the pairs to judge neither way."""
    import resvg_py  # only the peers' environment has it

    with tarfile.open(archive) as package, atomic_folder(panels) as folder:
        read = partial(read_text, package, archive)
        names = drawn_emoji(read("data/openmoji.csv"))
        for code in names:
            for style in STYLES:
                drawing = read(f"{style}/svg/{code}.svg")
                picture = resvg_py.svg_to_bytes(svg_string=drawing, width=SIZE, height=SIZE)
                (folder / file_name(code, style)).write_bytes(bytes(picture))
    rows = [(file_name(code, style), code, "", "") for code in names for style in STYLES]
    for path, header, table in (
        (labels, ("file", "cluster", "transformation", "source"), rows),
        (ignored, ("file_a", "file_b"), ignored_pairs(names)),
    ):
        with atomic_file(path) as part, part.open("w", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows([header, *table])


if __name__ == "__main__":
    openmoji_set(*map(Path, sys.argv[1:]))
