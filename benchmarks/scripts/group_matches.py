"""Group panels by the matches of a peer: as components, all that hangs together, and as Reprise groups its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from communities import score_matrix
from reprise.atomic import atomic_file
from reprise.community_detection import METHODS

GROUPINGS = ("components", "leiden")
"""Keys of community_detection.METHODS."""


def clusters_of(
    files: Sequence[str], pairs: pd.DataFrame, grouping: str, settings: Mapping[str, float]
) -> dict[str, list[str]]:
    """Return the clusters of two or more files, by the first file of each.

    Args:
        files: all files there are, in order.
        pairs: `file_a`, `file_b`, `likeness` of those that match.
        grouping: one of GROUPINGS.
        settings: `resolution` and `seed` of Leiden, those of Reprise.
    """
    place_of = {file: place for place, file in enumerate(files)}
    a, b = (pairs[end].map(place_of).to_numpy(np.int64) for end in ("file_a", "file_b"))
    matrix = score_matrix(a, b, pairs["likeness"].to_numpy(), len(files))
    groups = METHODS[grouping](matrix, settings["resolution"], int(settings["seed"]))
    found = sorted(sorted(group) for group in map(list, groups) if len(group) > 1)
    return {files[group[0]]: [files[place] for place in group] for group in found}


def group_matches(labels: Path, pairs: Path, settings: Mapping[str, float], clusters: Mapping[str, Path]) -> None:
    """Write the clusters of each of GROUPINGS, `cluster` and `file`; files in none are absent."""
    files = pd.read_csv(labels, dtype=str, keep_default_na=False)["file"].tolist()
    matches = pd.read_csv(pairs, dtype={"file_a": str, "file_b": str, "likeness": float}, keep_default_na=False)
    for grouping, path in clusters.items():
        found = clusters_of(files, matches, grouping, settings)
        rows = [(first, file) for first, group in found.items() for file in group]
        with atomic_file(path) as part:
            pd.DataFrame(rows, columns=["cluster", "file"]).to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    group_matches(
        *(Path(job.input.labels), Path(job.input.pairs), job.params.settings),
        {grouping: Path(job.output[grouping]) for grouping in GROUPINGS},
    )
