"""Group the graph's panels into clusters and rank these, the most interesting first."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from atomic import atomic_file

# Two panels that score this much or more are taken for the same picture when clusters are ranked.
IDENTICAL = 0.99

# What an identical pair counts in the rank of its cluster, beside 1 for a pair that was changed.
IDENTICAL_INTEREST = 0.1

Communities = Iterable[Iterable[int]]


def leiden(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Leiden communities under the constant Potts model (Traag, Waltman, van Eck 2019).

    A community is kept together by scores above `resolution` on average between any two of its panels, so that it
    does not grow into a chain, and what one scene holds does not depend on the size of the comic.
    """
    upper = sparse.triu(matrix, format="coo")
    graph = igraph.Graph(n=matrix.shape[0], edges=np.column_stack([upper.row, upper.col]).tolist())
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - repeatable, not secret
    return graph.community_leiden(
        objective_function="CPM", weights=upper.data.tolist(), resolution=resolution, n_iterations=-1
    )


def greedy_modularity(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Greedy modularity communities (Clauset, Newman, Moore 2004), the essay's choice; slow above 50,000 edges."""
    graph = nx.from_scipy_sparse_array(matrix)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return nx.community.greedy_modularity_communities(graph, weight="weight", resolution=resolution)


def louvain(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Louvain communities (Blondel et al. 2008)."""
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


def interest(matrix: sparse.csr_array, members: list[int], pages: NDArray[np.int64]) -> float:
    """Say how interesting a cluster is: a callback over many pages that changed the drawing counts most.

    The mean over the cluster's matches of ln(1 + pages apart), each weighted by its score, or by IDENTICAL_INTEREST
    where the two are the same picture.
    """
    matches = sparse.triu(matrix[members][:, members], format="coo")
    apart = np.abs(pages[members][matches.row] - pages[members][matches.col])
    weight = np.where(matches.data >= IDENTICAL, IDENTICAL_INTEREST, matches.data)
    return float(np.mean(weight * np.log1p(apart))) if len(apart) else 0.0


def communities(
    matrix: str | Path, panels: str | Path, method: str, resolution: float, seed: int, clusters: str | Path
) -> None:
    """Cluster the graph and write `clusters.csv`: `cluster` (1 = first in rank), `panel`, `file`, `page`.

    Clusters are communities of two or more panels; panels in none are absent. Equal interest is settled by story
    order. `method` is a key of METHODS; `resolution` is in score for leiden and a factor of 1 for the modularities.
    """
    graph = sparse.csr_array(sparse.load_npz(matrix))
    table = pd.read_csv(panels, dtype={"file": str}, keep_default_na=False)
    pages = table["page"].to_numpy()
    found = [sorted(group) for group in METHODS[method](graph, resolution, seed)]
    found = [group for group in found if len(group) > 1]
    found.sort(key=lambda group: (-interest(graph, group, pages), group))
    places = [place for group in found for place in group]
    ranks = [rank for rank, group in enumerate(found, 1) for _ in group]
    rows = table.iloc[places][["panel", "file", "page"]]
    rows.insert(0, "cluster", np.array(ranks, dtype=np.int64))
    with atomic_file(clusters) as part:
        rows.to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    communities(
        *(job.input.matrix, job.input.panels),
        *(job.params.method, job.params.resolution, job.params.seed),
        job.output.clusters,
    )
