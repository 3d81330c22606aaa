"""Tables in files, as CSV: what is written can be opened in a spreadsheet, and is read back as it was.

A spreadsheet takes a cell that begins with = + - @, a tab or the end of a line for a formula, and a formula may send
off what stands beside it. Titles, addresses and file names hold whatever a page has put there. So a cell of text that
begins like that, perhaps after apostrophes, is written with one more apostrophe before it, and loses it when it is
read. All other cells stay as they are, numbers too, so that a list that was written by hand is read as it stands.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import pandas as pd

# The columns that are read as numbers; a file called 007 or NA keeps its name.
NUMBERS = dict.fromkeys(
    [
        *("cluster", "page", "edges", "frame_a", "frame_b", "absence", "frame", "width", "height"),
        *("passage", "pages_apart", "motif"),
    ],
    "int64",
)
FRACTIONS = dict.fromkeys(
    [
        *("score", "confidence", "interest", "least_score", "mean_score", "stability"),
        *("cover_a", "cover_b", "cover"),
    ],
    "float64",
)

# Some spreadsheets read the wide forms of = + - @ in the same way.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def escape(text: str) -> str:
    """Return a text as it stands in a table."""
    return "'" + text if text.lstrip("'").startswith(FORMULA) else text


def unescape(text: str) -> str:
    """Return the text that stands in a table so."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def read_rows(path: str | Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table."""
    with open(path, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, restval=""):
            # To see that a cell needs no change, as most do, takes less time than to call a function.
            yield {name: unescape(cell) if cell[:1] == "'" else cell for name, cell in row.items()}


def change_texts(table: "pd.DataFrame", change: Callable[[str], str]) -> "pd.DataFrame":
    """Return a table with all texts in it changed. Each text is looked at once, however often it is in its column."""
    changed = {}
    for name in table.columns[table.dtypes.map(lambda kind: kind.kind not in "biuf")]:
        texts = (text for text in table[name].unique() if isinstance(text, str))
        new = {text: change(text) for text in texts if change(text) != text}
        if new:
            changed[name] = table[name].map(lambda cell, new=new: new.get(cell, cell))
    return table.assign(**changed)


def read_csv(path: str | Path | TextIO, **options: Any) -> "pd.DataFrame":
    """Read a table. The options, and the errors where it is no table, are those of pandas."""
    import pandas as pd  # which steps that read rows do without: loading it takes longer than all they do

    return change_texts(pd.read_csv(path, **options), unescape)


def write_csv(table: "pd.DataFrame", path: str | Path | TextIO, **options: Any) -> None:
    """Write a table, without its index; the options are those of pandas."""
    change_texts(table, escape).to_csv(path, index=False, **options)


def read_table(path: str | Path, columns: Sequence[str]) -> "pd.DataFrame":
    """Read some columns of a table: NUMBERS as integers, FRACTIONS as floats, all others as text."""
    types: dict[str, Any] = dict.fromkeys(columns, str) | NUMBERS | FRACTIONS
    return read_csv(path, usecols=list(columns), dtype=types, keep_default_na=False)


def label_page(name: str) -> str:
    """Return what a page is called where it is not said that it is one: `page 12`, but `2009-02-03`, `ch. 2 p. 4`."""
    return f"page {name}" if name.replace("–", "").isdecimal() else name


def label_panels(panels: "pd.DataFrame") -> "pd.Series":
    """Call each panel by its page, and by its count too where the page has several; the index is the panel's name."""
    shared = panels["page"].duplicated(keep=False)
    labels = panels["page_name"].map(label_page) + (", panel " + panels["count"]).where(shared, "")
    return labels.set_axis(panels["panel"])
