"""Make clusters of the communities, and rank them by interest.

The interest of a cluster is that of its best return, times the cluster's stability. A drawing returns where it comes
back after pages without it. The return counts

    absence / (absence + rank.absence) * score ** rank.likeness * (rank.copy if it is a copy, else 1)

where `absence` is how many pages ago the cluster was last seen. A copy is a duplicate of any earlier panel of the
cluster, and `score` says how alike the two are. For a panel that is no copy it is the score of its best match. So a
drawing that comes back changed, after a long time, is first. Last, however many panels they have, are what goes on from
page to page, as a scene does, what is the same picture over and over, as an interface is, and what may be chance.
"""

from reprise.job import job

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file

PAIR_COLUMNS = {"panel_a": str, "panel_b": str, "score": float, "relation": str}

RANKING_COLUMNS = [
    *("cluster", "panels", "first_page", "last_page", "interest", "panel", "source", "absence", "score", "relation"),
    *("least_score", "mean_score", "stability", "kind", "unsure"),
]


def returns(members: pd.DataFrame, pairs: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Say of every panel that matches an earlier one of its cluster how interesting it is that it comes back.

    Args:
        members: `cluster`, `panel` and `page` of the clustered panels, story order within each cluster.
        pairs: PAIR_COLUMNS of the pairs that match within a cluster, in story order.
        weights: `absence` (pages after which a return counts half), `likeness` (the power of the score) and `copy`
            (what a duplicate counts, beside 1).

    Returns:
        `cluster`, `panel`, `source` (the earlier panel it is a copy of or else matches best, the first of equals),
        `score` and `relation` to that, `absence` in pages (0 on the first page), and `interest`, from 0 to 1.
    """
    best_first = pairs.assign(copy=pairs["relation"] == "duplicate").sort_values(["copy", "score"], ascending=False)
    best = best_first.drop_duplicates("panel_b").rename(columns={"panel_a": "source", "panel_b": "panel"})
    pages = members[["cluster", "page"]].drop_duplicates()
    pages["absence"] = pages.groupby("cluster")["page"].diff().fillna(0).astype(np.int64)
    found = members.merge(pages, on=["cluster", "page"]).merge(best, on="panel")
    away = found["absence"] / (found["absence"] + weights["absence"])
    changed = np.where(found["copy"], weights["copy"], 1.0)
    return found.assign(interest=(away * found["score"] ** weights["likeness"] * changed).round(6))


def similarity(members: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return `least_score` and `mean_score` of each cluster, over all its pairs; one that does not match has 0."""
    sizes = members.groupby("cluster").size()
    scores = pairs["score"].groupby(pairs["panel_a"].map(members.set_index("panel")["cluster"]))
    all_pairs = sizes * (sizes - 1) // 2
    least = scores.min().where(scores.size() == all_pairs, 0.0)
    return pd.DataFrame({"least_score": least, "mean_score": (scores.sum() / all_pairs).round(6)})


def rank(
    communities: str | Path,
    pairs: str | Path,
    panels: str | Path,
    weights: Mapping[str, float],
    clusters: str | Path,
    ranking: str | Path,
) -> None:
    """Rank the communities and write them as clusters; equal interest is settled by story order.

    Args:
        communities: what `communities` found.
        pairs, panels: the tables of matches and of panels.
        weights: the section `cluster.rank` of the settings, see `returns`.
        clusters: gets `cluster` (1 = first in rank), `panel`, `file`, `page`; panels in no cluster are absent.
        ranking: gets RANKING_COLUMNS, a row a cluster: its `interest`; its best return, `panel` after `absence`
            pages, like `source` by `score` and `relation`; the least and the mean score of its pairs; its stability.
    """
    with np.load(communities) as found:
        places, sizes, stability = found["members"], np.diff(found["start"]), found["stability"]
    table = tables.read_csv(panels, dtype={"file": str}, keep_default_na=False)
    members = table.iloc[places][["panel", "file", "page"]]
    members.insert(0, "cluster", np.repeat(np.arange(len(sizes)), sizes))
    cluster_of = members.set_index("panel")["cluster"]
    matches = tables.read_csv(pairs, usecols=list(PAIR_COLUMNS), dtype=PAIR_COLUMNS)
    inside = matches[matches["panel_a"].map(cluster_of) == matches["panel_b"].map(cluster_of)]
    best_first = returns(members, inside, weights).sort_values(["interest", "absence"], ascending=False)
    pages = members.groupby("cluster")["page"]
    figures = similarity(members, inside).assign(
        panels=pages.size(),
        first_page=pages.min(),
        last_page=pages.max(),
        stability=[round(share, 4) for share in stability.tolist()],
    )
    ranked = best_first.drop_duplicates("cluster").merge(figures, left_on="cluster", right_index=True)
    ranked["kind"] = np.where(ranked["absence"] >= weights["absence"], "callback", "scene")
    ranked["unsure"] = np.where(ranked["stability"] < 0.5, "true", "false")
    ranked["interest"] = (ranked["interest"] * ranked["stability"]).round(6)
    ranked = ranked.sort_values(["interest", "cluster"], ascending=[False, True], ignore_index=True)
    rank_of = pd.Series(ranked.index + 1, index=ranked["cluster"])
    for rows, path, columns in ((members, clusters, None), (ranked, ranking, RANKING_COLUMNS)):
        numbered = rows.assign(cluster=rows["cluster"].map(rank_of)).sort_values("cluster", kind="stable")
        with atomic_file(path) as part:
            tables.write_csv(numbered, part, columns=columns)


if __name__ == "__main__":
    with job() as snakemake:
        rank(
            communities=snakemake.input.communities,
            pairs=snakemake.input.pairs,
            panels=snakemake.input.panels,
            weights=snakemake.params.weights,
            clusters=snakemake.output.clusters,
            ranking=snakemake.output.ranking,
        )
