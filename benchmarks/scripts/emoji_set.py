"""Make a set of a font's emoji: the skin tones of one emoji are recolours of each other.

A file is named by the codes of its emoji, as `1f469-1f3fd-200d-1f680.png`: a woman of medium skin tone, a joiner, a
rocket. Without the skin tones the name is the label.
"""

import json
import re
import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from draw_comic import LABELS
from emoji_series import code_of, series_of
from reprise.atomic import atomic_file, atomic_folder

TONES = {f"1f3f{digit}" for digit in "bcdef"}
VARIATION = "fe0f"  # asks for a picture instead of a letter
JOINER = "200d"

# What is drawn anew for another gender, hair or direction of walking, and said by a code of its own.
GENDERS = {"2640", "2642"}
HAIR = {"1f9b0", "1f9b1", "1f9b2", "1f9b3"}
FACING_RIGHT = "27a1"

# Man, woman, person; old ones; boy, girl, child: one figure with another head.
PEOPLE = {"1f468", "1f469", "1f9d1", "1f474", "1f475", "1f9d3", "1f466", "1f467", "1f9d2"}

# What has a code of its own for each gender, or with and without a second skin tone, and is the same subject.
SAME_SUBJECT = {
    # women, men, and a woman and a man holding hands: people holding hands
    **dict.fromkeys(["1f46b", "1f46c", "1f46d"], "person-1f91d-person"),
    "1f48f": "person-2764-1f48b-person",  # kiss
    "1f491": "person-2764-person",  # couple with heart
    "1faf1-1faf2": "1f91d",  # handshake of two skin tones
    # blond, bearded, with headscarf, with skullcap: a person
    **dict.fromkeys(["1f471", "1f9d4", "1f9d5", "1f472"], "person"),
    "1f470": "1f935",  # with veil, in tuxedo
    "1f478": "1f934",  # princess, prince
    **dict.fromkeys(["1f936", "person-1f384"], "1f385"),  # Mrs and Mx Claus, Santa Claus
    "1f483": "1f57a",  # dancers
    **dict.fromkeys(["1fac3", "1fac4"], "1f930"),  # pregnant
}


def emoji_label(name: str) -> str:
    """Return what an emoji shows, whatever the skin tones."""
    return "-".join(code for code in name.lower().split("-") if code not in TONES | {VARIATION})


def emoji_subject(name: str) -> str:
    """Return what an emoji shows, whatever the skin tones, gender, age, hair and direction."""
    left_out = {JOINER, FACING_RIGHT} | GENDERS | HAIR
    codes = [code for code in emoji_label(name).split("-") if code not in left_out]
    subject = "-".join("person" if code in PEOPLE else code for code in codes)
    return SAME_SUBJECT.get(subject, subject)


def read_series(table: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the series of each emoji that belongs to one, by its label, from the package's own table `emoji.json`."""
    series = {}
    for row in table:
        name = series_of(code_of(row["category"]), code_of(row["subcategory"]))
        if name:
            series[emoji_label(row["unified"])] = name
    return series


def open_pairs(files: Sequence[str], subject: Callable[[str], str]) -> pd.DataFrame:
    """Return the pairs of files, `file_a` and `file_b`, that have one subject, and not an empty one, under two labels.

    Labels cannot tell whether two such drawings belong together, so they are to be judged neither way.

    Args:
        files: in order.
        subject: of a file's name without suffix.
    """
    by_subject = defaultdict(list)
    for file in files:
        name = Path(file).stem
        by_subject[subject(name)].append((file, emoji_label(name)))
    by_subject.pop("", None)
    pairs = [
        (file_a, file_b)
        for alike in by_subject.values()
        for (file_a, label_a), (file_b, label_b) in combinations(alike, 2)
        if label_a != label_b
    ]
    return pd.DataFrame(pairs, columns=["file_a", "file_b"])


def emoji_set(archive: Path, images: str, panels: Path, labels: Path, ignored: Path) -> None:
    """Unpack the PNG files of one folder of the archive, and write their labels and the pairs to judge neither way.

    These are redraws by gender, age, hair or direction, and what is drawn from one template with others.
    """
    wanted = re.compile(re.escape(images) + r"/([0-9a-f-]+\.png)")
    files = []
    series: dict[str, str] = {}
    with tarfile.open(archive) as package, atomic_folder(panels) as folder:
        for member in package:
            found = wanted.fullmatch(member.name)
            content = package.extractfile(member) if member.isfile() else None
            if content and member.name == "package/emoji.json":
                series = read_series(json.load(content))
            if found and content:
                files.append(found.group(1))
                (folder / found.group(1)).write_bytes(content.read())
    files.sort()
    rows = [(file, emoji_label(Path(file).stem), "", "") for file in files]
    redrawn = open_pairs(files, emoji_subject)
    of_one_template = open_pairs(files, lambda name: series.get(emoji_label(name), ""))
    open_to_both = pd.concat([redrawn, of_one_template]).drop_duplicates()
    for table, path in ((pd.DataFrame(rows, columns=LABELS), labels), (open_to_both, ignored)):
        with atomic_file(path) as part:
            table.to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    emoji_set(
        *(Path(job.input.archive), job.params.images),
        *(Path(job.output.panels), Path(job.output.labels), Path(job.output.ignored)),
    )
