"""Group the graph's panels into clusters, see how well these hold together, and rank them by interest.

Interest is that of a cluster's best return, times the cluster's stability. Wherever a drawing comes back after pages
without it, the return counts

    absence / (absence + rank.absence) * score ** rank.likeness * (rank.copy if it is a copy, else 1)

where `absence` is how many pages ago the cluster was last seen, a copy is a duplicate of any earlier panel of the
cluster, and `score` says how alike the panel is to that or, of no copy, to the one it matches best. So a drawing that
comes back changed after a long time is first; what goes on from page to page, as a scene does, and what is the same
picture over and over, as an interface is, are last, however many panels they have; and so is what may be chance.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import igraph
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from atomic import atomic_file

# Panels that are together in this share of the trials hold together.
MAJORITY = 0.5

PAIR_COLUMNS = {"panel_a": str, "panel_b": str, "score": float, "relation": str}

RANKING_COLUMNS = [
    *("cluster", "panels", "first_page", "last_page", "interest", "panel", "source", "absence", "score", "relation"),
    *("least_score", "mean_score", "stability"),
]

Communities = Iterable[Iterable[int]]


def leiden(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Leiden communities under the constant Potts model (Traag, Waltman, van Eck 2019).

    A community is kept together by scores above `resolution` on average between any two of its panels, so that it
    does not grow into a chain, and what one scene holds does not depend on the size of the comic.

    What the reader has settled holds, through others as well. Panels that must match are one node, of their number.
    Those that are no match weigh more against a community than all matches for it; so no community has them, as Leiden
    stops only where no node would be better alone. (Negative weights: Traag and Bruggeman 2009.)
    """
    count, node_of = sparse.csgraph.connected_components(matrix == np.inf, directed=False)
    panels = matrix.shape[0]
    nodes = sparse.csr_array((np.ones(panels), (np.arange(panels), node_of)), shape=(panels, count))
    upper = sparse.triu(nodes.T @ matrix @ nodes, k=1, format="coo")
    weights = np.maximum(upper.data, -1 - upper.data.sum(where=upper.data > 0))
    graph = igraph.Graph(n=nodes.shape[1], edges=zip(upper.row.tolist(), upper.col.tolist(), strict=True))
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - repeatable, not secret
    found = graph.community_leiden(
        objective_function="CPM",
        weights=weights.tolist(),
        node_weights=nodes.sum(axis=0).tolist(),
        resolution=resolution,
        n_iterations=-1,
    )
    return groups_of_equals(np.array(found.membership)[node_of].tolist())


def greedy_modularity(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Greedy modularity communities (Clauset, Newman, Moore 2004), the essay's choice; slow above 50,000 edges."""
    import networkx as nx  # it takes a fifth of the time of this step, and no other method has a use for it

    graph = nx.from_scipy_sparse_array(matrix)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return nx.community.greedy_modularity_communities(graph, weight="weight", resolution=resolution)


def louvain(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Louvain communities (Blondel et al. 2008)."""
    import networkx as nx  # it takes a fifth of the time of this step, and no other method has a use for it

    graph = nx.from_scipy_sparse_array(matrix)
    return nx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=seed)


def components(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Connected components: whatever hangs together over any number of matches. Chains in a long comic."""
    _, labels = sparse.csgraph.connected_components(matrix, directed=False)
    return groups_of_equals(labels.tolist())


def neighbour_sets(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Panels that match exactly the same panels, themselves included: the essay's strictest grouping."""
    rows = sparse.csr_array(matrix + sparse.eye_array(matrix.shape[0], format="csr"))
    rows.sort_indices()
    return groups_of_equals(rows.indices[start:end].tobytes() for start, end in pairwise(rows.indptr))


def groups_of_equals(labels: Iterable[object]) -> Communities:
    """Group the places of equal labels."""
    groups = defaultdict(list)
    for place, label in enumerate(labels):
        groups[label].append(place)
    return groups.values()


METHODS: dict[str, Callable[[sparse.csr_array, float, int], Communities]] = {
    "leiden": leiden,
    "greedy_modularity": greedy_modularity,
    "louvain": louvain,
    "components": components,
    "neighbour_sets": neighbour_sets,
}


def score_matrix(pairs: pd.DataFrame, panels: pd.Series) -> sparse.csr_array:
    """Return the symmetric matrix of the scores of `pairs`, (panels, panels); `panels` names these in story order."""
    place_of = pd.Series(range(len(panels)), index=panels, dtype=np.int64)
    a, b = (place_of.loc[pairs[end]].to_numpy() for end in ("panel_a", "panel_b"))
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    return sparse.csr_array((np.tile(pairs["score"], 2), ends), shape=(len(panels), len(panels)))


def without_corrections(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a graph in which pairs that must match score 1, and those that are no match are none."""
    scores = matrix.copy()
    scores.data = scores.data.clip(0, 1)
    scores.eliminate_zeros()
    return scores


def labels_of(groups: Communities, panels: int) -> NDArray[np.int64]:
    """Return for each panel the number of its group, or one of its own where it is in none, (panels,)."""
    labels = np.arange(panels, 2 * panels)
    for number, group in enumerate(groups):
        labels[list(group)] = number
    return labels


def try_again(
    matrix: sparse.csr_array, scores: sparse.csr_array, settings: Mapping[str, Any], threshold: float
) -> NDArray[np.int64]:
    """Cluster again and again, each time with the next seed and with a threshold a little higher.

    The thresholds rise in equal steps to `trial_rise` above `threshold`, which the graph was made with; they do not
    fall, as it holds no pair below. What the reader has settled is settled in every trial.

    Args:
        matrix: the graph, (panels, panels); its weights may be less than the scores.
        scores: what the threshold applies to, (panels, panels), at least where the graph has an edge.
        settings: the section `cluster` of the settings.
        threshold: the score from which pairs match.

    Returns:
        The labels of the panels in each trial, (trials, panels).
    """
    found = []
    edges = matrix.tocoo()
    score = np.where(np.isinf(edges.data), np.inf, scores[edges.row, edges.col])
    for trial in range(1, settings["trials"] + 1):
        near = score >= threshold + settings["trial_rise"] * trial / settings["trials"]
        kept = sparse.csr_array((edges.data[near], (edges.row[near], edges.col[near])), shape=matrix.shape)
        groups = METHODS[settings["method"]](kept, settings["resolution"], settings["seed"] + trial)
        found.append(labels_of(groups, matrix.shape[0]))
    return np.array(found)


def find_parts(labels: NDArray[np.int64], matrix: sparse.csr_array, trials: NDArray[np.int64]) -> NDArray[np.integer]:
    """Return for each panel the number of the part of its community that it holds together with, (panels,).

    A part is panels of one community, tied by matches whose two ends are together in most trials.

    Args:
        labels: the community of each panel, (panels,).
        matrix: the graph.
        trials: what `try_again` found.
    """
    ends = sparse.triu(matrix, format="coo")
    within = labels[ends.row] == labels[ends.col]
    a, b = ends.row[within], ends.col[within]
    together = np.zeros(len(a), np.int64)
    for trial in trials:
        together += trial[a] == trial[b]
    held = together / len(trials) >= MAJORITY
    ties = sparse.coo_array((held[held], (a[held], b[held])), shape=matrix.shape)
    return sparse.csgraph.connected_components(ties, directed=False)[1]


def split(members: Sequence[int], matrix: sparse.csr_array, part_of: NDArray[np.integer]) -> list[list[int]]:
    """Split a community into the parts that hold together, if there are two or more.

    Leiden leaves no community that would be better in two at the threshold as it is. But two scenes tied by matches
    that a threshold a little higher would not take are still one to it. A part has two or more panels. One part is
    no reason to split, so a match just above the threshold is kept. A panel that belongs to no part stays with the one
    it is most like, on average; if it matches none, with none.

    Args:
        members: the community's panels, in story order.
        matrix: the graph.
        part_of: what `find_parts` found.
    """
    parts = [part for part in map(list, groups_of_equals(part_of[members].tolist())) if len(part) > 1]
    if len(parts) < 2:
        return [list(members)]
    inside = matrix[members][:, members]
    likeness = np.array([inside[:, part].mean(axis=1) for part in parts])
    left = set(range(len(members))).difference(*parts)
    for place in sorted(left):
        if likeness[:, place].any():
            parts[likeness[:, place].argmax()].append(place)
    return [sorted(members[place] for place in part) for part in parts]


def stability(clusters: Sequence[Sequence[int]], trials: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how often two panels of each cluster are together in the trials, 0 to 1, on average over its pairs."""
    sizes = np.array([len(members) for members in clusters], np.int64)
    cluster_of = np.repeat(np.arange(len(clusters)), sizes)
    places = np.fromiter(chain.from_iterable(clusters), np.int64, count=len(cluster_of))
    together = np.zeros(len(clusters))
    for labels in trials:
        # The panels of one cluster that have one label, counted.
        parts, counts = np.unique(cluster_of * (labels.max() + 1) + labels[places], return_counts=True)
        together += np.bincount(parts // (labels.max() + 1), counts * (counts - 1), len(clusters))
    return together / len(trials) / (sizes * (sizes - 1))


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


def communities(
    matrix: str | Path,
    pairs: str | Path,
    panels: str | Path,
    settings: Mapping[str, Any],
    threshold: float,
    clusters: str | Path,
    ranking: str | Path,
) -> None:
    """Cluster the graph and rank the clusters.

    Clusters are communities of two or more panels; of `leiden`, those that hold together in the trials. Equal interest
    is settled by story order.

    Args:
        matrix, pairs, panels: the graph, what is known of each of its edges, and its panels, in story order.
        settings: the section `cluster` of the settings; `method` is a key of METHODS, `resolution` is in score for
            leiden and a factor of 1 for the modularities.
        threshold: the score from which pairs match.
        clusters: gets `cluster` (1 = first in rank), `panel`, `file`, `page`; panels in no cluster are absent.
        ranking: gets RANKING_COLUMNS, a row a cluster: its `interest`; its best return, `panel` after `absence`
            pages, like `source` by `score` and `relation`; the least and the mean score of its pairs; its stability.
    """
    graph = sparse.csr_array(sparse.load_npz(matrix))
    if settings["method"] != "leiden":
        graph = without_corrections(graph)
    table = pd.read_csv(panels, dtype={"file": str}, keep_default_na=False)
    matches = pd.read_csv(pairs, usecols=list(PAIR_COLUMNS), dtype=PAIR_COLUMNS)
    groups = METHODS[settings["method"]](graph, settings["resolution"], settings["seed"])
    found = sorted(sorted(group) for group in map(list, groups) if len(group) > 1)
    trials = try_again(graph, score_matrix(matches, table["panel"]), settings, threshold)
    if settings["method"] == "leiden":
        part_of = find_parts(labels_of(found, len(table)), graph, trials)
        found = sorted(part for group in found for part in split(group, graph, part_of))
    members = table.iloc[[place for group in found for place in group]][["panel", "file", "page"]]
    members.insert(0, "cluster", np.repeat(np.arange(len(found)), list(map(len, found))))

    cluster_of = members.set_index("panel")["cluster"]
    inside = matches[matches["panel_a"].map(cluster_of) == matches["panel_b"].map(cluster_of)]
    best_first = returns(members, inside, settings["rank"]).sort_values(["interest", "absence"], ascending=False)
    pages = members.groupby("cluster")["page"]
    figures = similarity(members, inside).assign(
        panels=pages.size(),
        first_page=pages.min(),
        last_page=pages.max(),
        stability=[round(share, 4) for share in stability(found, trials).tolist()],
    )
    ranked = best_first.drop_duplicates("cluster").merge(figures, left_on="cluster", right_index=True)
    ranked["interest"] = (ranked["interest"] * ranked["stability"]).round(6)
    ranked = ranked.sort_values(["interest", "cluster"], ascending=[False, True], ignore_index=True)
    rank_of = pd.Series(ranked.index + 1, index=ranked["cluster"])
    for rows, path, columns in ((members, clusters, None), (ranked, ranking, RANKING_COLUMNS)):
        numbered = rows.assign(cluster=rows["cluster"].map(rank_of)).sort_values("cluster", kind="stable")
        with atomic_file(path) as part:
            numbered.to_csv(part, index=False, columns=columns)


if "snakemake" in globals():
    job = globals()["snakemake"]
    communities(
        *(job.input.matrix, job.input.pairs, job.input.panels, job.params.settings, job.params.threshold),
        *(job.output.clusters, job.output.ranking),
    )
