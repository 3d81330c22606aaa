"""Judge what was found where all pages share something, beside the same pages without it."""

from reprise.job import job

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from matching_tables import write_judged
from reprise import tables
from reprise.parts.record import ties

BARE = "-bare"


def judge_pages(labels: pd.DataFrame, pairs: pd.DataFrame, clusters: pd.DataFrame) -> dict[str, int | None]:
    """Count what was found on the pages of a set.

    Args:
        labels: `file`, `cluster`: pages of one belong together.
        pairs: `file_a`, `file_b`, `score`, `cover_a` and `cover_b` of what matches.
        clusters: `cluster`, `file` of what was grouped.

    Returns:
        `true_pairs` that there are, and how many of them are `found`. The `rank` by score of the best of these, which
        comes after all false pairs of its score. `false_pairs`. `true_clusters`, and `false_clusters`, in which two
        pages or more do not belong together. `largest`, how many pages the largest true cluster has. And `parts`,
        the pairs of pages that match by less than half: what they share is drawn on both, as a fish, and ties nothing.
    """
    tied = ties(pairs.astype({"cover_a": float, "cover_b": float}))
    parts, pairs = int((~tied).sum()), pairs[tied]
    truth = labels.set_index("file")["cluster"]
    sizes = truth.value_counts()
    right = truth.reindex(pairs["file_a"]).to_numpy() == truth.reindex(pairs["file_b"]).to_numpy()
    scores = pairs["score"].astype(float)
    shown = truth.reindex(clusters["file"]).groupby(clusters["cluster"].to_numpy())
    is_true = shown.nunique() == 1
    return {
        "pages": len(labels),
        "true_pairs": int((sizes * (sizes - 1) // 2).sum()),
        "found": int(right.sum()),
        "rank": int((scores[~right] >= scores[right].max()).sum()) + 1 if right.any() else None,
        "false_pairs": int((~right).sum()),
        "true_clusters": int(is_true.sum()),
        "largest": int(shown.size()[is_true].max()) if is_true.any() else 0,
        "false_clusters": int((~is_true).sum()),
        "parts": parts,
    }


def beside_bare(found: Mapping[str, Mapping[str, int | None]]) -> pd.DataFrame:
    """Return a row for each set, with the `false_pairs_bare` of the same pages without what they share."""
    rows: list[dict[str, Any]] = []
    for name, counts in found.items():
        if not name.endswith(BARE):
            bare = found.get(name + BARE, {})
            rows.append({"set": name, **counts, "false_pairs_bare": bare.get("false_pairs")})
    return pd.DataFrame(rows)


def write_pages(
    sets: Sequence[str],
    labels: Sequence[Path],
    pairs: Sequence[Path],
    clusters: Sequence[Path],
    table: Path,
    page: Path,
) -> None:
    """Judge all sets, by their names, and write what was found as a `table` and as a `page` to be read."""
    found = {
        name: judge_pages(*(tables.read_csv(path, dtype=str, keep_default_na=False) for path in paths))
        for name, *paths in zip(sets, labels, pairs, clusters, strict=True)
    }
    rows = beside_bare(found)
    write_judged(rows, "What all pages share", table, page)


if __name__ == "__main__":
    with job() as snakemake:
        write_pages(
            sets=list(snakemake.params.sets),
            labels=list(map(Path, snakemake.input.labels)),
            pairs=list(map(Path, snakemake.input.pairs)),
            clusters=list(map(Path, snakemake.input.clusters)),
            table=Path(snakemake.output.table),
            page=Path(snakemake.output.page),
        )
