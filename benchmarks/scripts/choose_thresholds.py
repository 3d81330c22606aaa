"""Try the thresholds of the peers' hashes on the choosing half, to find for each the one that does best."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from group_matches import GROUPINGS, clusters_of
from match_by_hash import likeness, near_pairs, read_hashes
from reprise.atomic import atomic_file
from reprise.judging import bcubed_scores, every_panel_alone, read_ignored

STEPS = 16
"""Thresholds tried: even steps up to a quarter of the bits, beyond which hashes of different pictures meet."""

MOST_PAIRS_A_PANEL = 50
"""More matches than that are not grouped: they cannot be right, and take long."""


def best_score(
    hashes: Path, name: str, most_bits: int, labels: Path, ignored: Path, settings: Mapping[str, float]
) -> float:
    """Return the B-cubed F1 of a threshold on a set, of the grouping that does better; 0 where all matches all."""
    files, bits, valid = read_hashes(hashes, name)
    near = near_pairs(bits, valid, most_bits)
    if len(near) > MOST_PAIRS_A_PANEL * len(files):
        return 0.0
    pairs = pd.DataFrame({"file_a": files[near[:, 0]], "file_b": files[near[:, 1]]})
    pairs["likeness"] = likeness(near[:, 2], most_bits)
    truth = pd.read_csv(labels, dtype=str, keep_default_na=False).set_index("file")["cluster"]
    left_out = read_ignored(ignored, truth.index)
    scores = []
    for grouping in GROUPINGS:
        found = every_panel_alone(truth.index)
        for first, group in clusters_of(files.tolist(), pairs, grouping, settings).items():
            found[group] = first
        scores.append(bcubed_scores(found, truth, left_out)[2])
    return max(scores)


def choose_thresholds(
    names: Sequence[str],
    lengths: Sequence[int],
    hashes: Sequence[Path],
    labels: Sequence[Path],
    ignored: Sequence[Path],
    settings: Mapping[str, float],
    thresholds: Path,
) -> None:
    """Write `hash`, `most_bits` and the mean B-cubed F1 over all sets, each hash's best threshold first.

    Args:
        names, lengths: the hashes, and how many bits each has.
        hashes, labels, ignored: of each set.
        settings: `resolution` and `seed` of Leiden, those of Reprise.
        thresholds: where to write.
    """
    rows = []
    for name, length in zip(names, lengths, strict=True):
        for most_bits in np.unique(np.linspace(0, length // 4, STEPS + 1).round().astype(int)).tolist():
            of_sets = zip(hashes, labels, ignored, strict=True)
            scores = [best_score(file, name, most_bits, truth, pairs, settings) for file, truth, pairs in of_sets]
            rows.append((name, most_bits, round(float(np.mean(scores)), 4)))
    table = pd.DataFrame(rows, columns=["hash", "most_bits", "bcubed_f1"])
    best_first = table.sort_values(["hash", "bcubed_f1", "most_bits"], ascending=[True, False, True])
    with atomic_file(thresholds) as part:
        best_first.to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    choose_thresholds(
        *(job.params.names, job.params.lengths),
        *(list(map(Path, job.input.hashes)), list(map(Path, job.input.labels)), list(map(Path, job.input.ignored))),
        *(job.params.settings, Path(job.output.thresholds)),
    )
