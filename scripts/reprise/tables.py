"""The tables of results, as they are read to be shown."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# The columns that are read as numbers; a file called 007 or NA keeps its name.
NUMBERS = dict.fromkeys(["cluster", "page", "edges", "frame_a", "frame_b", "absence"], np.int64)
FRACTIONS = dict.fromkeys(["score", "confidence", "interest", "least_score", "mean_score", "stability"], np.float64)


def read_table(path: str | Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read some columns of a table: NUMBERS as integers, FRACTIONS as floats, all others as text."""
    types: dict[str, Any] = dict.fromkeys(columns, str) | NUMBERS | FRACTIONS
    return pd.read_csv(path, usecols=list(columns), dtype=types, keep_default_na=False)


def label_panels(panels: pd.DataFrame) -> pd.Series:
    """Call each panel by its page, and by its count too where the page has several; the index is the panel's name."""
    shared = panels["page"].duplicated(keep=False)
    labels = "page " + panels["page"].astype(str) + (", panel " + panels["count"]).where(shared, "")
    return labels.set_axis(panels["panel"])
