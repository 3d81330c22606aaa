"""Judge which parts of pictures a method found, by the truth of the sets: in all, by kind, and where they lie."""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo_comic.parts.plan import KINDS
from matching_tables import markdown
from reprise import tables
from reprise.atomic import atomic_file

BOXES = ["box_a", "box_b"]

ENOUGH_OVERLAP = 0.5
"""From this share of what two boxes cover together on, both cover the same."""


def unordered(pairs: pd.DataFrame) -> pd.MultiIndex:
    """Return the two files of each pair, whichever stands first, as an index of `first` and `second`."""
    files = np.sort(pairs[["file_a", "file_b"]].to_numpy(str), axis=1)
    return pd.MultiIndex.from_arrays([files[:, 0], files[:, 1]], names=["first", "second"])


def edges_of(boxes: pd.Series) -> NDArray[np.float64]:
    """Return boxes, written as `left top right bottom`, as (n, 4) numbers; no number where nothing is written."""
    rows = [[float(edge) for edge in box.split()] or [np.nan] * 4 for box in boxes]
    return np.array(rows, float).reshape(-1, 4)


def overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return which share of what two boxes cover together both cover, (n,), of (n, 4); 0 where a box is missing."""
    low, high = np.maximum(one[:, :2], other[:, :2]), np.minimum(one[:, 2:], other[:, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=1)
    together = np.prod(one[:, 2:] - one[:, :2], axis=1) + np.prod(other[:, 2:] - other[:, :2], axis=1) - both
    return np.nan_to_num(both / together)


def boxes_by_file(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the two boxes of each pair, those of the files that come `first` and `second` by name."""
    turned = pairs["file_a"].to_numpy(str) > pairs["file_b"].to_numpy(str)
    boxes = pairs[BOXES].to_numpy(str)
    boxes[turned] = boxes[turned, ::-1]
    return pd.DataFrame(boxes, columns=BOXES, index=unordered(pairs))


def best_overlap(truth: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Return how well the boxes of true pairs are found: the lesser overlap of the two, of the best of a pair's parts.

    Args:
        truth: `file_a`, `file_b` and BOXES of true pairs, one row a pair.
        pairs: the same of found ones, one row or more a pair.

    Returns:
        One number from 0 to 1 for each true pair that was found, by `first` and `second`.
    """
    both = boxes_by_file(truth).add_suffix("_true").join(boxes_by_file(pairs).add_suffix("_found"), how="inner")
    shares = [overlap(edges_of(both[f"{box}_true"]), edges_of(both[f"{box}_found"])) for box in BOXES]
    return pd.Series(np.minimum(*shares), index=both.index).groupby(level=[0, 1]).max()


def judge_parts(
    truth: pd.DataFrame, pairs: pd.DataFrame, ignored: pd.DataFrame, kinds: pd.Series
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Judge the pairs that a method found in a set.

    Args:
        truth: as `draw_parts` writes it.
        pairs: `file_a` and `file_b` of what was found, and BOXES where the method says them, in pixels.
        ignored: pairs to judge neither way.
        kinds: of each file, what kind of part or of lookalike it shows.

    Returns:
        How many `true_pairs` there are, are `found`, and are `false`; `precision` and `recall`; `boxes`, the share of
        the found pairs whose boxes lie where the truth has them. And a row for each kind, with the same counts; of a
        false pair the kind is that of its lookalike, or else of its first file.
    """
    true, found, left_out = unordered(truth), unordered(pairs).unique(), unordered(ignored)
    found = found[~found.isin(left_out)]
    hit = true.isin(found)
    wrong = found[~found.isin(true)]
    counts = {"true_pairs": len(true), "found": int(hit.sum()), "false": len(wrong)}
    boxes: Any = None
    if set(BOXES) <= set(pairs.columns):
        right = best_overlap(truth, pairs) >= ENOUGH_OVERLAP
        boxes = right.mean() if len(right) else None
    scores = {
        "precision": counts["found"] / len(found) if len(found) else 1.0,
        "recall": counts["found"] / len(true),
        "boxes": boxes,
    }
    true_kinds = set(truth["kind"])
    first, second = (kinds.reindex(wrong.get_level_values(level)).to_numpy(str) for level in (0, 1))
    blamed = pd.Series([a if a not in true_kinds or b in true_kinds else b for a, b in zip(first, second, strict=True)])
    by_kind = pd.DataFrame(
        {
            "true_pairs": truth["kind"].value_counts(sort=False),
            "found": truth["kind"][hit].value_counts(sort=False),
            "false": blamed.value_counts(sort=False),
        }
    )
    order = [*(kind for kind in KINDS if kind in true_kinds), *sorted(set(blamed) - true_kinds)]
    return counts | scores, by_kind.reindex(order).fillna(0).astype(int).rename_axis("kind").reset_index()


def write_parts(
    methods: Sequence[tuple[str, str, str]],
    pairs: Sequence[Path],
    sets: Sequence[str],
    labels: Sequence[Path],
    truth: Sequence[Path],
    ignored: Sequence[Path],
    table: Path,
    page: Path,
) -> None:
    """Judge all methods on all sets and write what was found as a `table`, by kind, and as a `page` to be read.

    Args:
        methods: the set, the method and its setting, of each of the `pairs`.
        pairs: what was found.
        sets: names of the sets, each with its `labels`, `truth` and `ignored` pairs.
        table, page: where to write.
    """

    def read(path: Path) -> pd.DataFrame:
        return tables.read_csv(path, dtype=str, keep_default_na=False)

    given = {
        name: (read(true), read(left_out), read(label).set_index("file")["transformation"])
        for name, label, true, left_out in zip(sets, labels, truth, ignored, strict=True)
    }
    scores, kinds = [], []
    for (name, method, setting), path in zip(methods, pairs, strict=True):
        true, left_out, kind_of = given[name]
        named = {"set": name, "method": method, "setting": setting}
        counts, by_kind = judge_parts(true, read(path), left_out, kind_of)
        scores.append(named | counts)
        kinds.append(by_kind.assign(**named))
    of_kinds = pd.concat(kinds, ignore_index=True)[["set", "method", "setting", "kind", "true_pairs", "found", "false"]]
    with atomic_file(table) as part:
        of_kinds.to_csv(part, index=False)
    sections = ["# Parts\n", markdown(pd.DataFrame(scores).rename(columns=lambda name: name.replace("_", " ")))]
    sections += [
        "Share of the true pairs that are found, by kind, over all sets:\n",
        markdown(shares_by_kind(of_kinds)),
    ]
    sections += ["False pairs, by kind, over all sets:\n", markdown(wide_by_kind(of_kinds, "false"))]
    with atomic_file(page) as part:
        part.write_text("\n".join(sections), encoding="utf-8")


def wide_by_kind(of_kinds: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return the sum over all sets of a count, with a row a method and a column a kind that has any."""
    wide = of_kinds.pivot_table(value, ["method", "setting"], "kind", aggfunc="sum", sort=False, fill_value=0)
    return wide.loc[:, wide.any()].reset_index()


def shares_by_kind(of_kinds: pd.DataFrame) -> pd.DataFrame:
    """Return what share of the true pairs of each kind each method found, headed by how many there are."""
    real = of_kinds[of_kinds["true_pairs"] > 0]
    found = wide_by_kind(real.assign(found=real["found"].astype(float)), "true_pairs")
    kinds = found.columns[2:]
    sums = real.pivot_table("found", ["method", "setting"], "kind", aggfunc="sum", sort=False)[kinds].reset_index()
    shares = sums[kinds] / found[kinds]
    headed = shares.map("{:.3f}".format).rename(columns={kind: f"{kind} ({found[kind].iloc[0]})" for kind in kinds})
    return pd.concat([found[["method", "setting"]], headed], axis=1)


if __name__ == "__main__":
    with job() as snakemake:
        write_parts(
            methods=[tuple(words) for words in snakemake.params.methods],
            pairs=list(map(Path, snakemake.input.pairs)),
            sets=list(snakemake.params.sets),
            labels=list(map(Path, snakemake.input.labels)),
            truth=list(map(Path, snakemake.input.truth)),
            ignored=list(map(Path, snakemake.input.ignored)),
            table=Path(snakemake.output.table),
            page=Path(snakemake.output.page),
        )
