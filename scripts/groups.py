"""Group the panels by all of the study's methods that start from one metric.

Each grouping is a function of the matrix of distances, the bitmaps behind it and the settings, as the essay has it.
"""

from reprise.job import job

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial.distance import squareform
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from reprise import community_detection
from reprise.atomic import atomic_file
from reprise.progress import progress
from reprise.study.distances import distance_matrix, edge_pixels, hamming_distances
from reprise.study.essay import EITHER_EDGES, EITHER_HASHES, LEIDEN_RESOLUTION, SCALED_SHARE, Method, methods_of
from reprise.study.files import read_bitmaps

# k-means takes rows of up to so many distances as points. Longer rows become bits. The limit is the essay's.
MOST_DIMENSIONS = 10

# The dimensions that principal component analysis leaves, so that they can be drawn.
COMPONENTS = 3

# The seed of Leiden in Reprise's default.
LEIDEN_SEED = 1

# Decimals of spreads and coordinates. Numbers that differ only by the order of additions are then equal.
DECIMALS = 6


@dataclass(frozen=True)
class Comparison:
    """What a grouping is told of P panels.

    Attributes:
        method: the metric, the grouping and its threshold.
        distances: (P, P), symmetric, with a zero diagonal.
        bits: by metric, (P, N) uint8 of 0 and 1: the bitmaps; empty for `dice`, which compares none.
        settings: `restarts`, `least_k`, `most_k` and `seed` of k-means.
    """

    method: Method
    distances: NDArray[Any]
    bits: Mapping[str, NDArray[np.uint8]]
    settings: Mapping[str, Any]

    @property
    def threshold(self) -> float:
        """The threshold of a method that has one."""
        return cast(float, self.method.threshold)


@dataclass(frozen=True)
class Found:
    """What a grouping found.

    Attributes:
        clusters: the places of the panels of each; clusters of one may be among them.
        setting: with what setting, for a reader.
        details: what else there is to show, ready for JSON.
        coordinates: (P, 3), where the panels were taken to lie, if anywhere in space.
    """

    clusters: Iterable[Iterable[int]]
    setting: str
    details: Mapping[str, Any] = field(default_factory=dict)
    coordinates: NDArray[np.float64] | None = None


def prune(distances: NDArray[Any]) -> tuple[NDArray[np.int64], float]:
    """Return the places of the panels that have some other panel nearer than a bound, and the bound.

    The bound is the mean less the standard deviation of the distances of all pairs.
    """
    if len(distances) < 2:
        return np.empty(0, dtype=np.int64), 0.0
    pairs = squareform(distances, checks=False)
    bound = float(pairs.mean() - pairs.std())
    others = ~np.eye(len(distances), dtype=bool)
    return np.flatnonzero(((distances < bound) & others).any(axis=1)), bound


def row_points(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the points that k-means takes for rows of distances: long rows become bits, cut at their own mean."""
    return rows if rows.shape[1] <= MOST_DIMENSIONS else rows > rows.mean(axis=1, keepdims=True)


def k_means(points: NDArray[Any], k: int, restarts: int, seed: int) -> tuple[NDArray[np.int32], float]:
    """Cluster points by k-means (k-means++, Lloyd), of several restarts the one of the least spread.

    Args:
        points: (n, dimensions), numbers or bool. Numbers are apart by Euclid, bits by Hamming, which is Euclid squared.
        k: how many clusters, at most the number of distinct points.
        restarts: how often to start anew.
        seed: seed of the first start; the others' are the numbers after it.

    Returns:
        The cluster of each point, from 0 to k - 1, and the spread: the sum of the points' distances to their centres.
    """
    numbers = points.astype(np.float64)
    runs = []
    # More threads take ten times as long for so few points, waiting for each other, and add up in another order.
    with threadpool_limits(limits=1):
        for start in range(seed, seed + restarts):
            model = KMeans(k, n_init=1, tol=0, random_state=start).fit(numbers)
            apart = ((numbers - model.cluster_centers_[model.labels_]) ** 2).sum(axis=1)
            spread = (apart if points.dtype == bool else np.sqrt(apart)).sum()
            runs.append((model.labels_, round(float(spread), DECIMALS)))
    return min(runs, key=lambda run: run[1])


def elbow(spread: Mapping[int, float]) -> int:
    """Return the number of clusters at the elbow, where the fall of the spread slows most: of equals the smallest.

    `spread` is by number of clusters, two or more numbers in a row. The first and the last cannot be the elbow. Of
    fewer than three numbers the first is taken.
    """
    drops = np.diff(list(spread.values()), 2).round(DECIMALS)
    return list(spread)[1 + int(drops.argmax()) if len(drops) else 0]


def best_k_means(points: NDArray[Any], least: int, settings: Mapping[str, Any]) -> Found:
    """Cluster points by k-means for each number of clusters from `least` on, and choose the number at the elbow.

    There are fewer clusters than points, and never more than distinct points.
    """
    if not len(points):
        return Found([], "k = 0", {"k": 0, "spread": {}})
    distinct = len(np.unique(points, axis=0))
    most = max(1, min(settings["most_k"], len(points) - 1))
    numbers = range(min(least, most, distinct), most + 1)
    runs = {k: k_means(points, min(k, distinct), settings["restarts"], settings["seed"]) for k in numbers}
    spread = {k: spread for k, (_, spread) in runs.items()}
    k = min(elbow(spread), distinct)
    labels, _ = runs[k]
    clusters = community_detection.groups_of_equals(labels.tolist())
    setting = f"k = {k}, the elbow from {numbers[0]} on" if len(numbers) > 2 else f"k = {k}"
    return Found(clusters, setting, {"k": k, "spread": spread})


def principal_components(distances: NDArray[Any]) -> NDArray[np.float64]:
    """Return the rows of distances along their first principal components, (P, 3); 0 where there are fewer.

    A component may point either way. It points the way in which the distance with the largest weight grows.
    """
    coordinates = np.zeros((len(distances), COMPONENTS))
    if distances.any():
        kept = min(COMPONENTS, len(distances))
        with threadpool_limits(limits=1):
            coordinates[:, :kept] = PCA(kept, svd_solver="full").fit_transform(distances)
    return coordinates.round(DECIMALS) + 0.0  # no negative zero


def below(distances: NDArray[Any], thresholds: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the essay's weights of pairs of panels nearer than a threshold, or one of each pair's own; else 0."""
    return np.where(distances < thresholds, thresholds - distances + 1, 0.0)


def graph(weights: NDArray[np.float64]) -> sparse.csr_array:
    """Return the graph of the weights between panels, (P, P), in which no panel matches itself."""
    return sparse.csr_array(np.where(np.eye(len(weights), dtype=bool), 0.0, weights))


def by_pruning(comparison: Comparison) -> Found:
    """Take all panels that pruning keeps: it tells who may belong to a cluster, not to which."""
    kept, bound = prune(comparison.distances)
    return Found([kept.tolist()], f"below {bound:g}, the mean less the standard deviation")


def by_k_means(comparison: Comparison) -> Found:
    """Cluster rows of distances, as many clusters as the elbow says."""
    return best_k_means(row_points(comparison.distances), 1, comparison.settings)


def by_k_means_forced(comparison: Comparison) -> Found:
    """Cluster rows of distances into `least_k` clusters or more."""
    return best_k_means(row_points(comparison.distances), comparison.settings["least_k"], comparison.settings)


def by_pruned_k_means(comparison: Comparison) -> Found:
    """Cluster the rows of the panels that pruning keeps."""
    kept, bound = prune(comparison.distances)
    found = best_k_means(row_points(comparison.distances[kept]), 1, comparison.settings)
    clusters = [kept[list(cluster)].tolist() for cluster in found.clusters]
    return Found(clusters, f"below {bound:g}, {found.setting}", found.details)


def by_pca_k_means(comparison: Comparison) -> Found:
    """Cluster the principal components of the rows of distances."""
    coordinates = principal_components(comparison.distances)
    found = best_k_means(coordinates, 1, comparison.settings)
    return Found(found.clusters, f"{COMPONENTS} components, {found.setting}", found.details, coordinates)


def by_pixel_k_means(comparison: Comparison) -> Found:
    """Cluster the bits of a hash themselves, without distances."""
    return best_k_means(comparison.bits[comparison.method.metric] == 1, 1, comparison.settings)


def by_communities(comparison: Comparison) -> Found:
    """Find communities, as the main job does, among the panels nearer to each other than the threshold."""
    grouping, threshold = comparison.method.grouping, comparison.threshold
    if comparison.method.metric == "dice":
        setting = f"Dice of {threshold:g} or more"
        weights = np.where(comparison.distances <= 1 - threshold, 1 - comparison.distances, 0.0)
    else:
        setting = f"below {threshold:g}"
        weights = below(comparison.distances, threshold)
    resolution = LEIDEN_RESOLUTION if grouping == "leiden" else 1.0
    return Found(community_detection.METHODS[grouping](graph(weights), resolution, LEIDEN_SEED), setting)


def by_scaled_threshold(comparison: Comparison) -> Found:
    """Find communities among panels. Two are near if fewer edges differ than a share of the edges of each."""
    pixels = edge_pixels(comparison.bits[comparison.method.metric])
    thresholds = np.minimum(SCALED_SHARE * pixels, comparison.threshold)
    weights = below(comparison.distances, np.minimum.outer(thresholds, thresholds))
    setting = f"below {SCALED_SHARE:g} of the edge pixels and below {comparison.threshold:g}"
    return Found(community_detection.greedy_modularity(graph(weights), 1.0, 0), setting)


def by_either_threshold(comparison: Comparison) -> Found:
    """Find communities among panels whose edges or whose average hashes are near; the nearer of both counts."""
    hashes = hamming_distances(comparison.bits["average_hash"])
    by_edges = below(comparison.distances, EITHER_EDGES) / (EITHER_EDGES + 1)
    by_hashes = below(hashes, EITHER_HASHES) / (EITHER_HASHES + 1)
    setting = f"edges below {EITHER_EDGES:g} or average hashes below {EITHER_HASHES:g}"
    return Found(community_detection.greedy_modularity(graph(np.maximum(by_edges, by_hashes)), 1.0, 0), setting)


GROUPINGS: dict[str, Callable[[Comparison], Found]] = {
    "pruning": by_pruning,
    "k_means": by_k_means,
    "k_means_forced": by_k_means_forced,
    "pruned_k_means": by_pruned_k_means,
    "pca_k_means": by_pca_k_means,
    "pixel_k_means": by_pixel_k_means,
    "neighbour_sets": by_communities,
    "greedy_modularity": by_communities,
    "greedy_modularity_scaled": by_scaled_threshold,
    "greedy_modularity_either": by_either_threshold,
    "leiden": by_communities,
}


def compile_kernels(bitmaps: Sequence[str | Path], fingerprints: Sequence[str | Path], metric: str) -> None:
    """Compare a few panels, so that the time it takes to compile the kernels does not count as comparing."""
    distance_matrix(metric, bitmaps[:1], fingerprints[:1], False, 0)


def groups(
    metric: str,
    bitmaps: Sequence[str | Path],
    fingerprints: Sequence[str | Path],
    settings: Mapping[str, Any],
    found: str | Path,
) -> None:
    """Group the panels by the methods of a metric and write what each found as JSON, by grouping.

    Of each it tells `setting`; `seconds`, to compare all panels and group them; `clusters`, of two or more panels, in
    story order by their first panels, and panels in story order within; and of k-means `k`, `spread` by number of
    clusters and, if it was in space, `components` by panel.

    Args:
        metric: one of essay.METRICS.
        bitmaps: the shards of `bitmaps`.
        fingerprints: the shards of `fingerprint`, which `dice` compares.
        settings: `restarts`, `least_k`, `most_k`, `seed`, and for `dice` `mirror` and `fewest_edges`.
        found: where to write.
    """
    compile_kernels(bitmaps, fingerprints, metric)
    bits = {} if metric == "dice" else read_bitmaps(bitmaps)[1]
    started = perf_counter()
    names, distances = distance_matrix(metric, bitmaps, fingerprints, settings["mirror"], settings["fewest_edges"])
    compared = perf_counter() - started
    told = {}
    methods = methods_of(metric)
    for method in progress(methods, len(methods), f"group by {metric}"):
        started = perf_counter()
        group = GROUPINGS[method.grouping](Comparison(method, distances, bits, settings))
        clusters = sorted(sorted(cluster) for cluster in map(list, group.clusters) if len(cluster) > 1)
        seconds = compared + perf_counter() - started
        told[method.grouping] = {
            "setting": group.setting,
            "seconds": seconds,
            "clusters": [[names[place] for place in cluster] for cluster in clusters],
            **group.details,
        }
        if group.coordinates is not None:
            told[method.grouping]["components"] = dict(zip(names, group.coordinates.tolist(), strict=True))
    with atomic_file(found) as part:
        part.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        groups(
            metric=snakemake.wildcards.metric,
            bitmaps=snakemake.input.bitmaps,
            fingerprints=snakemake.input.fingerprints,
            settings=snakemake.params.settings,
            found=snakemake.output.found,
        )
