"""Ways to find communities in a graph of panels."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from reprise.without import without

with without("matplotlib"):  # to draw graphs with, which takes ten times as long to load as the rest
    import igraph

Communities = Iterable[Iterable[int]]


def graph_of(matrix: sparse.csr_array) -> tuple[Any, NDArray[Any]]:
    """Return igraph's graph of the upper triangle of a matrix, without the diagonal, and the weights of its matches."""
    upper = sparse.triu(matrix, k=1, format="coo")
    return igraph.Graph(n=matrix.shape[0], edges=np.stack([upper.row, upper.col], axis=1)), upper.data


def connected_components(matrix: sparse.csr_array) -> NDArray[np.int64]:
    """Return for each panel the number of its component of the graph; components are numbered by their first panels.

    By igraph: SciPy's function takes a tenth of a second to load.
    """
    return np.array(graph_of(matrix)[0].connected_components().membership, np.int64)


def leiden(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Leiden communities under the constant Potts model (Traag, Waltman, van Eck 2019).

    Between any two panels of a community the score is above `resolution`, on average. So a community does not grow into
    a chain, and the community of a scene does not depend on the size of the comic.

    What the reader has settled holds, also through other panels. Panels that must match are one node, of their number.
    A pair that is no match weighs more against a community than all matches weigh for it. So no community has such a
    pair: Leiden stops only where no node would be better alone. (Negative weights: Traag and Bruggeman 2009.)
    """
    tied = np.flatnonzero(np.diff(matrix.indptr))  # each of the others is alone; Leiden takes long to see that
    matrix = matrix[tied][:, tied]
    node_of = connected_components(matrix == np.inf)
    shape = len(node_of), node_of.max(initial=-1) + 1
    nodes = sparse.csr_array((np.ones(len(node_of)), (np.arange(len(node_of)), node_of)), shape=shape)
    graph, weights = graph_of(nodes.T @ matrix @ nodes)
    weights = np.maximum(weights, -1 - weights.sum(where=weights > 0))
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - repeatable, not secret
    found = graph.community_leiden(
        objective_function="CPM",
        weights=weights.tolist(),
        node_weights=nodes.sum(axis=0).tolist(),
        resolution=resolution,
        n_iterations=-1,
    )
    groups = groups_of_equals(np.array(found.membership)[node_of].tolist())
    return [tied[list(group)].tolist() for group in groups]


def greedy_modularity(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Greedy modularity communities (Clauset, Newman, Moore 2004), the essay's choice; slow above 50,000 matches."""
    import networkx as nx  # it takes a tenth of a second to load, and no other method has a use for it

    graph = nx.from_scipy_sparse_array(matrix)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return nx.community.greedy_modularity_communities(graph, weight="weight", resolution=resolution)


def louvain(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Louvain communities (Blondel et al. 2008)."""
    import networkx as nx  # it takes a tenth of a second to load, and no other method has a use for it

    graph = nx.from_scipy_sparse_array(matrix)
    return nx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=seed)


def components(matrix: sparse.csr_array, resolution: float, seed: int) -> Communities:
    """Connected components: all that any number of matches connects. In a long comic they are chains."""
    return groups_of_equals(connected_components(matrix).tolist())


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
