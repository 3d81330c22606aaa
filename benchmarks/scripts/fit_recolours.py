"""Fit anew the numbers by which `relate` tells a recolour from a redraw, and count the pairs that are told rightly.

The fit is a logistic regression on pairs that match and whose kind is known. Each set counts as much as any other, and
the recolours of a set in all as much as its redraws. How pairs weighed when the numbers of `relate` were fitted is not
on record. Since then lines that panels share are left out, and emoji of one template are judged neither way.
"""

from reprise.job import job

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from relate import CONSTANT, WEIGHTS, frames_of, look_at_all, recolour_odds, telling_numbers
from reprise import tables
from reprise.atomic import atomic_file
from reprise.judging import read_ignored
from reprise.shards import Fingerprints

RECOLOUR, REDRAW = ("recolour", "invert"), ("redraw", "swap", "object")
"""How a drawing of a comic comes back, by its labels, where it is one kind or the other."""


def known_kinds(
    file_a: NDArray[Any], file_b: NDArray[Any], labels: pd.DataFrame, ignored: pd.DataFrame
) -> NDArray[np.float64]:
    """Return 1 for pairs that are recolours, 0 for redraws, and no number for those of which it is not known.

    Of a comic these are a panel and the one it comes from. Of emoji two of one label are a recolour, as they have
    different skin tones, and two of different labels that match are a redraw.

    Args:
        file_a, file_b: (N,), the pairs.
        labels: `draw_comic.LABELS`, the file as index; only comics have a `source`.
        ignored: `file_a`, `file_b`, pairs to judge neither way.
    """
    if (labels["source"] != "").any():
        back = labels[labels["source"] != ""]
        kinds = {kind: number for number, names in enumerate((REDRAW, RECOLOUR)) for kind in names}
        known = dict(zip(zip(back.index, back["source"], strict=True), back["transformation"].map(kinds), strict=True))
        either = zip(zip(file_a, file_b, strict=True), zip(file_b, file_a, strict=True), strict=True)
        return np.array([known.get(one, known.get(other, np.nan)) for one, other in either], np.float64)
    found = (labels["cluster"].reindex(file_a).to_numpy() == labels["cluster"].reindex(file_b).to_numpy()).astype(float)
    open_pairs = {frozenset(pair) for pair in zip(ignored["file_a"], ignored["file_b"], strict=True)}
    left_open = [frozenset(pair) in open_pairs for pair in zip(file_a, file_b, strict=True)]
    return np.where(left_open, np.nan, found)


def read_pairs(results: Path, labels: Path, ignored: Path) -> pd.DataFrame:
    """Return what `relate` sees of the matches of a run whose `kind` is known, and that; moved ones are left out."""
    matches = np.load(results / "matches.npz")["matches"]
    fingerprints = Fingerprints(sorted((results / "fingerprints").glob("*.npz")))
    pictures = sorted((results / "pictures").glob("*.npy"))
    looked = look_at_all(matches, frames_of(matches, fingerprints), pictures, fingerprints.canvas_size)
    seen = pd.concat([some for _, some in looked], ignore_index=True)
    files = tables.read_table(results / "panels.csv", ["file"])["file"].to_numpy()
    table = tables.read_csv(labels, dtype=str, keep_default_na=False).set_index("file")
    left_open = read_ignored(ignored, table.index)
    seen["kind"] = known_kinds(files[matches["a"]], files[matches["b"]], table, left_open)
    return seen[seen["kind"].notna() & ~seen["moved"]]


def fit(pairs: pd.DataFrame) -> tuple[float, NDArray[np.float64]]:
    """Return the constant and the weights of the numbers of `relate.telling_numbers`, fitted.

    `pairs` are those of all sets: what `relate` sees of them, their `kind` and their `set`.
    """
    alike = pairs.groupby(["set", "kind"])["kind"].transform("size")
    weights = (1 / alike) * len(pairs) / (1 / alike).sum()
    fitted = LogisticRegression(C=np.inf, max_iter=10_000).fit(
        np.stack(telling_numbers(pairs), axis=1), pairs["kind"], sample_weight=weights
    )
    return float(fitted.intercept_[0]), fitted.coef_[0]


def fit_recolours(runs: Mapping[str, Path], labels: Sequence[Path], ignored: Sequence[Path], table: Path) -> None:
    """Write the numbers of `relate`, as they stand and fitted anew, and what share of pairs either tell rightly.

    The columns are `what`, a number by its name or a set of pairs, `stands` and `fitted`.

    Args:
        runs: by set, the results of Reprise.
        labels, ignored: of each set.
        table: where to write.
    """
    read = zip(runs.items(), labels, ignored, strict=True)
    pairs = pd.concat([read_pairs(run, *known).assign(set=name) for (name, run), *known in read], ignore_index=True)
    constant, weights = fit(pairs)
    names = ("CONSTANT", "UNLIKE_LEAST", "UNLIKE_MOST", "UNLIKE_BOTH", "LINES_LOST", "TOLD")
    rows = list(zip(names, (CONSTANT, *WEIGHTS), (constant, *weights), strict=True))
    odds = constant + np.stack(telling_numbers(pairs), axis=1) @ weights
    right = pd.DataFrame({"stands": recolour_odds(pairs) > 0, "fitted": odds > 0}).eq(pairs["kind"] > 0, axis=0)
    rows += [(name, *shares) for name, *shares in right.groupby(pairs["set"]).mean().itertuples()]
    with atomic_file(table) as part:
        pd.DataFrame(rows, columns=["what", "stands", "fitted"]).round(4).to_csv(part, index=False)


if __name__ == "__main__":
    with job() as snakemake:
        fit_recolours(
            runs={name: Path(run) for name, run in snakemake.params.runs.items()},
            labels=[Path(path) for path in snakemake.input.labels],
            ignored=[Path(path) for path in snakemake.input.ignored],
            table=Path(snakemake.output.table),
        )
