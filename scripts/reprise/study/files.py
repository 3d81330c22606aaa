"""What the steps of the study hand on to each other."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprise import tables
from reprise.study.essay import BITMAP_BITS, METHODS, METRICS

Shards = Sequence[str | Path]


def read_bitmaps(shards: Shards) -> tuple[list[str], dict[str, NDArray[np.uint8]]]:
    """Read the shards of `bitmaps` as one.

    Returns:
        The names of the P panels, in story order, and by metric their bitmaps: (P, bits) uint8, 0 or 1.
    """
    opened = [np.load(shard) for shard in shards]
    names = [name for shard in opened for name in shard["panel"].tolist()]
    packed = {metric: np.concatenate([shard[metric] for shard in opened]) for metric in BITMAP_BITS}
    return names, {metric: np.unpackbits(rows, axis=1) for metric, rows in packed.items()}


def read_distances(table: str | Path, panels: Sequence[str]) -> pd.DataFrame:
    """Read a metric's distances: `distance`, and `panel_a` and `panel_b` as categories with `panels`' places as codes.

    Codes instead of names keep the two million pairs of 2,000 panels small.
    """
    names = pd.CategoricalDtype(list(panels))
    types: dict[str, Any] = {"panel_a": names, "panel_b": names, "distance": np.float64}
    return tables.read_csv(table, dtype=types)


def read_found(found: Iterable[str | Path]) -> dict[str, dict[str, Any]]:
    """Return what `groups` tells of each of essay.METHODS, from a file for each of essay.METRICS."""
    told = {}
    for metric, path in zip(METRICS, found, strict=True):
        for grouping, method in json.loads(Path(path).read_text(encoding="utf-8")).items():
            told[f"{metric}-{grouping}"] = method
    return {name: told[name] for name in METHODS}
