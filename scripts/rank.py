"""Make clusters of the communities, and rank them: first those that are callbacks, and of each kind by interest.

A drawing returns where it comes back after pages without it. The return counts

    absence / (absence + away) * score ** rank.likeness * (rank.copy if it is a copy, else 1)

where `absence` is how many pages ago the cluster was last seen. A copy is a duplicate of any earlier panel of the
cluster, and `score` says how alike the two are. For a panel that is no copy it is the score of its best match.

A return after `away` pages or more is a callback. One after fewer is of a scene, in which a drawing is held for a few
pages. `away` is rank.absence, or a tenth of the comic where that is fewer pages.

A cluster with any callback is a callback. Its interest is what its best callback counts, and half of the next best,
a quarter of the one after, and so on: together less than twice the best. The interest of a scene is what its best
return counts.

So a drawing that comes back changed, after a long time, is first, and the more so if it does several times. Last,
however many panels they have, are what goes on from page to page, and what is the same picture over and over, as an
interface is. What may be chance keeps its place, and is marked as unsure.
"""

from reprise.job import job

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file
from reprise.parts.record import ties
from reprise.passages import find_passages

PAIR_COLUMNS = {"panel_a": str, "panel_b": str, "score": float, "relation": str, "cover_a": float, "cover_b": float}

RANKING_COLUMNS = [
    *("cluster", "panels", "first_page", "last_page", "interest", "panel", "source", "absence", "score", "relation"),
    *("least_score", "mean_score", "stability", "kind", "unsure"),
]

PASSAGE_COLUMNS = ["passage", "panel_a", "panel_b", "pages_apart"]

# Of a comic that is shorter than ten times rank.absence, a return after this share of its pages is a callback.
FAR_SHARE = 0.1

# What each further callback of a cluster counts beside the one before. On the comics of the choosing half of
# benchmarks/matching.yaml 0.25 shows fewer of the far and changed returns early. 0.75 shows hardly more, and puts many
# copies before one changed drawing from far away.
NEXT = 0.5

# A cluster is unsure if its panels are together in a smaller share of the trials than STABLE, or if the score of its
# best return is above the threshold by less than NEAR. Chosen by hand on the comics of the choosing half of
# benchmarks/matching.yaml: of 542 clusters three are unsure, among them both whose best return is of two drawings.
STABLE, NEAR = 0.7, 0.05


def pages_away(pages: pd.Series, absence: float) -> float:
    """Return after how many pages without a drawing its return is a callback: never on the very next page.

    Args:
        pages: of all panels.
        absence: rank.absence.
    """
    length = int(pages.max() - pages.min()) + 1 if len(pages) else 0
    return max(2.0, min(absence, FAR_SHARE * length))


def returns(members: pd.DataFrame, pairs: pd.DataFrame, weights: Mapping[str, float], away: float) -> pd.DataFrame:
    """Say of every panel that matches an earlier one of its cluster what it counts that it comes back.

    Args:
        members: `cluster`, `panel` and `page` of the clustered panels, story order within each cluster.
        pairs: PAIR_COLUMNS of the pairs that match within a cluster, in story order.
        weights: `likeness` (the power of the score) and `copy` (what a duplicate counts, beside 1).
        away: the pages after which a return counts half, and is a callback.

    Returns:
        `cluster`, `panel`, `source` (the earlier panel it is a copy of or else matches best, the first of equals),
        `score` and `relation` to that, `absence` in pages (0 on the first page), `counts`, from 0 to 1, and `kind`,
        callback or scene.
    """
    best_first = pairs.assign(copy=pairs["relation"] == "duplicate").sort_values(["copy", "score"], ascending=False)
    best = best_first.drop_duplicates("panel_b").rename(columns={"panel_a": "source", "panel_b": "panel"})
    pages = members[["cluster", "page"]].drop_duplicates()
    pages["absence"] = pages.groupby("cluster")["page"].diff().fillna(0).astype(np.int64)
    found = members.merge(pages, on=["cluster", "page"]).merge(best, on="panel")
    far = found["absence"] / (found["absence"] + away)
    changed = np.where(found["copy"], weights["copy"], 1.0)
    return found.assign(
        counts=(far * found["score"] ** weights["likeness"] * changed).round(6),
        kind=np.where(found["absence"] >= away, "callback", "scene"),
    )


def interests(found: pd.DataFrame) -> pd.DataFrame:
    """Return the best return of each cluster, with the cluster's `interest`, from 0 to 2.

    Args:
        found: the `returns`.
    """
    # By its name a callback comes before a scene.
    best_first = found.sort_values(["kind", "counts", "absence"], ascending=[True, False, False])
    place = best_first.groupby("cluster").cumcount()
    counted = best_first["counts"].where((best_first["kind"] == "callback") | (place == 0), 0.0) * NEXT**place
    interest = counted.groupby(best_first["cluster"]).sum().round(6)
    best = best_first[place == 0]
    return best.assign(interest=best["cluster"].map(interest))


def similarity(members: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return `least_score` and `mean_score` of each cluster, over all its pairs; one that does not match has 0."""
    sizes = members.groupby("cluster").size()
    scores = pairs["score"].groupby(pairs["panel_a"].map(members.set_index("panel")["cluster"]))
    all_pairs = sizes * (sizes - 1) // 2
    least = scores.min().where(scores.size() == all_pairs, 0.0)
    return pd.DataFrame({"least_score": least, "mean_score": (scores.sum() / all_pairs).round(6)})


def passage_table(panels: pd.DataFrame, clusters: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    """Find what comes back together, as PASSAGE_COLUMNS, in their order and of each passage in story order.

    Args:
        panels: `panel` and `page` of all panels, in story order.
        clusters: the cluster of each clustered panel, by its name.
        pairs: `panel_a` and `panel_b` of the pairs that match within a cluster.
    """
    names, page = panels["panel"].tolist(), panels["page"].tolist()
    place = {name: number for number, name in enumerate(names)}
    matches = zip(pairs["panel_a"].map(place).tolist(), pairs["panel_b"].map(place).tolist(), strict=True)
    found = find_passages(matches, {place[name]: cluster for name, cluster in clusters.items()})
    rows = [
        (number, names[earlier], names[later], page[later] - page[earlier])
        for number, passage in enumerate(found, 1)
        for earlier, later in passage
    ]
    return pd.DataFrame(rows, columns=PASSAGE_COLUMNS)


def rank(
    communities: str | Path,
    pairs: str | Path,
    panels: str | Path,
    weights: Mapping[str, float],
    threshold: float,
    clusters: str | Path,
    ranking: str | Path,
    passages: str | Path,
) -> None:
    """Rank the communities and write them as clusters; equal interest is settled by story order.

    Args:
        communities: what `communities` found.
        pairs, panels: the tables of matches and of panels.
        weights: the section `cluster.rank` of the settings, see `returns` and `pages_away`.
        threshold: the least score of a match; 0 if matches are not told by their score.
        clusters: gets `cluster` (1 = first in rank), `panel`, `file`, `page`; panels in no cluster are absent.
        ranking: gets RANKING_COLUMNS, a row a cluster: its `interest`; its best return, `panel` after `absence`
            pages, like `source` by `score` and `relation`; the least and the mean score of its pairs; its stability;
            its `kind`, callback or scene; and whether it is `unsure`, true or false.
        passages: gets PASSAGE_COLUMNS, a row for each two panels of a passage.
    """
    with np.load(communities) as known:
        places, sizes, stability = known["members"], np.diff(known["start"]), known["stability"]
    table = tables.read_csv(panels, dtype={"file": str}, keep_default_na=False)
    members = table.iloc[places][["panel", "file", "page"]]
    members.insert(0, "cluster", np.repeat(np.arange(len(sizes)), sizes))
    cluster_of = members.set_index("panel")["cluster"]
    matches = tables.read_csv(pairs, usecols=list(PAIR_COLUMNS), dtype=PAIR_COLUMNS)
    inside = matches[(matches["panel_a"].map(cluster_of) == matches["panel_b"].map(cluster_of)) & ties(matches)]
    found = returns(members, inside, weights, pages_away(table["page"], weights["absence"]))
    pages = members.groupby("cluster")["page"]
    figures = similarity(members, inside).assign(
        panels=pages.size(),
        first_page=pages.min(),
        last_page=pages.max(),
        stability=[round(share, 4) for share in stability.tolist()],
    )
    ranked = interests(found).merge(figures, left_on="cluster", right_index=True)
    unsure = (ranked["stability"] < STABLE) | (ranked["score"] < threshold + NEAR)
    ranked["unsure"] = np.where(unsure, "true", "false")
    ranked = ranked.sort_values(["kind", "interest", "cluster"], ascending=[True, False, True], ignore_index=True)
    rank_of = pd.Series(ranked.index + 1, index=ranked["cluster"])
    for rows, path, columns in ((members, clusters, None), (ranked, ranking, RANKING_COLUMNS)):
        numbered = rows.assign(cluster=rows["cluster"].map(rank_of)).sort_values("cluster", kind="stable")
        with atomic_file(path) as part:
            tables.write_csv(numbered, part, columns=columns)
    with atomic_file(passages) as part:
        tables.write_csv(passage_table(table, cluster_of, inside), part)


if __name__ == "__main__":
    with job() as snakemake:
        rank(
            communities=snakemake.input.communities,
            pairs=snakemake.input.pairs,
            panels=snakemake.input.panels,
            weights=snakemake.params.weights,
            threshold=snakemake.params.threshold,
            clusters=snakemake.output.clusters,
            ranking=snakemake.output.ranking,
            passages=snakemake.output.passages,
        )
