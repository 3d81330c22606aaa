"""What labels say of each pair of panels."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprise.judging import read_ignored, read_labels

TOGETHER, APART, UNJUDGED = 1, 0, -1


def pair_truth(panels: pd.DataFrame, labels: str | Path | None, ignore: str | Path | None) -> NDArray[np.int8]:
    """Return what labels say of each pair of panels: (P, P), TOGETHER, APART or UNJUDGED.

    Args:
        panels: the panels, with `file`.
        labels, ignore: see `evaluate`; without labels no pair is judged.

    Raises:
        SystemExit: a table lacks its columns, or labels name a file twice.
    """
    if not labels:
        return np.full((len(panels), len(panels)), UNJUDGED, np.int8)
    cluster = pd.factorize(panels["file"].map(read_labels(labels)))[0]
    labelled = cluster >= 0
    judged = labelled[:, np.newaxis] & labelled
    truth = np.where(judged, cluster[:, np.newaxis] == cluster, UNJUDGED).astype(np.int8)
    if ignore:
        place = pd.Series(np.flatnonzero(labelled), index=panels["file"][labelled])
        ignored = read_ignored(ignore, place.index)
        a, b = place[ignored["file_a"]], place[ignored["file_b"]]
        truth[a, b] = truth[b, a] = UNJUDGED
    return truth


def judge_pairs(pairs: pd.DataFrame, truth: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return what labels say of each pair, (pairs,): TOGETHER, APART or UNJUDGED."""
    return truth[pairs["panel_a"].cat.codes, pairs["panel_b"].cat.codes]
