"""Every grouping against its definition, on panels whose right answer is plain or worked out the slow way."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial.distance import pdist, squareform
from threadpoolctl import threadpool_limits

from groups import (
    GROUPINGS,
    Comparison,
    Found,
    elbow,
    groups,
    k_means,
    principal_components,
    prune,
    row_points,
)
from pictures import frame, write_shards
from reprise import community_detection
from reprise.shards import Panel
from reprise.study.distances import dice_distances, edge_pixels, hamming_distances
from reprise.study.essay import BITMAP_BITS, LEIDEN_RESOLUTION, METHODS, METRICS, methods_of

pytestmark = pytest.mark.filterwarnings("error")

SETTINGS = {"restarts": 20, "least_k": 3, "most_k": 30, "seed": 1, "mirror": True, "fewest_edges": 30}

Distances = NDArray[Any]
Bits = Mapping[str, NDArray[np.uint8]]


def found(name: str, distances: Distances, bits: Bits | None = None, **changed: int) -> Found:
    """Group by the method of this name."""
    method = METHODS[name]
    return GROUPINGS[method.grouping](Comparison(method, distances, bits or {}, SETTINGS | changed))


def sets(clusters: Iterable[Iterable[Any]]) -> set[frozenset[Any]]:
    """Return the clusters of two or more."""
    return {cluster for cluster in map(frozenset, clusters) if len(cluster) > 1}


def apart(*positions: Sequence[float]) -> Distances:
    """Return the distances of points."""
    return squareform(pdist(np.array(positions, dtype=float)))


@st.composite
def distance_matrices(draw: st.DrawFn, most: int = 9, greatest: int = 500) -> Distances:
    """Draw whole distances between up to so many panels, some below and some above the thresholds of edges."""
    panels = draw(st.integers(0, most))
    pairs = draw(st.lists(st.integers(0, greatest), min_size=panels * (panels - 1) // 2, max_size=panels**2))
    matrix = np.zeros((panels, panels), dtype=np.int64)
    for (a, b), distance in zip(combinations(range(panels), 2), pairs, strict=False):
        matrix[a, b] = matrix[b, a] = distance
    return matrix


def greedy(weights: Mapping[tuple[int, int], float]) -> set[frozenset[int]]:
    """Find the communities of a graph, given by its edges."""
    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(sorted({end for ends in weights for end in ends}))
    network.add_weighted_edges_from((a, b, weights[a, b]) for a, b in sorted(weights))
    return sets(nx.community.greedy_modularity_communities(network, weight="weight"))


def bits_with(ones: Iterable[int], size: int = 10_000) -> NDArray[np.uint8]:
    """Return bitmaps that have so many bits set."""
    return np.array([[1] * count + [0] * (size - count) for count in ones], dtype=np.uint8).reshape(-1, size)


# The ten panels of the essay, in story order, with what it prints of them. It prints the nearest pairs: no other pair
# is nearer than the last of these, and all others stand here as FAR apart.
TEN = ["1033_1", "1034_1", "1525_1", "1525_2", "1530_1", "1828_2", "1870_1", "2079_2", "2338_1", "2488_1"]
FAR = 3000
CANNY_THEN_RESIZE = """
    2079_2 2338_1 31, 1033_1 1034_1 224, 1033_1 2338_1 458, 1033_1 2079_2 461, 1870_1 2079_2 479, 1033_1 1870_1 480,
    1870_1 2338_1 480, 1034_1 2338_1 514, 1034_1 2079_2 519, 2338_1 2488_1 522"""
RESIZE_THEN_CANNY = """
    1525_1 1525_2 2215, 1525_1 1530_1 2317, 1525_1 2338_1 2145, 1525_1 2488_1 2324, 1525_1 1033_1 2101,
    1525_1 1870_1 2217, 1525_1 2079_2 2018, 1525_1 1828_2 3962, 1525_1 1034_1 2164,
    2338_1 2079_2 689, 1033_1 1034_1 1033, 1033_1 2079_2 1467, 1034_1 2079_2 1520, 1870_1 2079_2 1599,
    1033_1 2338_1 1610, 2079_2 2488_1 1616, 1530_1 2079_2 1641, 1034_1 2338_1 1673, 1033_1 1870_1 1718"""
EDGE_PIXELS = [887, 980, 1530, 1463, 1131, 3502, 1037, 734, 925, 1138]


def printed(pairs: str) -> Distances:
    matrix = FAR - FAR * np.eye(len(TEN), dtype=np.int64)
    for pair in pairs.split(","):
        a, b, distance = pair.split()
        matrix[TEN.index(a), TEN.index(b)] = matrix[TEN.index(b), TEN.index(a)] = int(distance)
    return matrix


@pytest.mark.parametrize(
    ("name", "pairs", "expected"),
    [
        ("canny_then_resize-neighbour_sets", CANNY_THEN_RESIZE, ["2338_1 2079_2", "1033_1 1034_1"]),
        ("canny_then_resize-greedy_modularity", CANNY_THEN_RESIZE, ["2338_1 2079_2", "1033_1 1034_1"]),
        ("resize_then_canny-neighbour_sets", RESIZE_THEN_CANNY, ["2338_1 2079_2", "1033_1 1034_1"]),
        ("resize_then_canny-greedy_modularity", RESIZE_THEN_CANNY, ["2338_1 2079_2", "1033_1 1034_1"]),
        ("resize_then_canny-greedy_modularity_either", RESIZE_THEN_CANNY, ["2338_1 2079_2", "1033_1 1034_1"]),
        # 1033_1 has 887 edge pixels, of which 0.95 are less than its distance of 1033.
        ("resize_then_canny-greedy_modularity_scaled", RESIZE_THEN_CANNY, ["2338_1 2079_2"]),
    ],
)
def test_the_essays_ten_panels_group_as_it_says(name: str, pairs: str, expected: list[str]) -> None:
    hashes = np.random.default_rng(1).integers(0, 2, (10, 64), dtype=np.uint8)
    assert hamming_distances(hashes)[~np.eye(10, dtype=bool)].min() >= 10
    bits = {"average_hash": hashes, "resize_then_canny": bits_with(EDGE_PIXELS)}
    clusters = sets(found(name, printed(pairs), bits).clusters)
    assert {frozenset(TEN[panel] for panel in cluster) for cluster in clusters} == sets(map(str.split, expected))


@given(distance_matrices())
def test_pruning_is_as_defined(distances: Distances) -> None:
    panels = range(len(distances))
    pairs = [int(distances[a, b]) for a, b in combinations(panels, 2)]
    bound = statistics.fmean(pairs) - statistics.pstdev(pairs) if pairs else 0
    assume(len(set(pairs)) < 2 or min(abs(distance - bound) for distance in pairs) > 1e-6)
    expected = [a for a in panels if any(distances[a, b] < bound for b in panels if a != b)]
    kept, measured = prune(distances)
    assert kept.tolist() == expected
    assert measured == pytest.approx(bound)
    assert sets(found("binary-pruning", distances).clusters) == sets([expected])


@given(distance_matrices())
def test_neighbour_sets_are_as_defined(distances: Distances) -> None:
    panels = range(len(distances))
    neighbours = {a: frozenset(b for b in panels if a == b or distances[a, b] < 400) for a in panels}
    expected = sets([a for a in panels if neighbours[a] == same] for same in neighbours.values())
    assert sets(found("canny_then_resize-neighbour_sets", distances).clusters) == expected


@given(distance_matrices())
def test_greedy_modularity_is_as_defined(distances: Distances) -> None:
    pairs = [pair for pair in combinations(range(len(distances)), 2) if distances[pair] < 250]
    expected = greedy({pair: 250 - distances[pair] + 1 for pair in pairs})
    assert sets(found("canny_then_resize-greedy_modularity", distances).clusters) == expected


@given(distance_matrices(), st.lists(st.integers(0, 10_000), min_size=9, max_size=9))
def test_the_scaled_threshold_is_as_defined(distances: Distances, ones: list[int]) -> None:
    ones = [count % 500 if count % 2 else count for count in ones][: len(distances)]
    thresholds = [min(0.95 * min(count, 10_000 - count), 350) for count in ones]
    weights = {}
    for a, b in combinations(range(len(distances)), 2):
        if distances[a, b] < thresholds[a] and distances[a, b] < thresholds[b]:
            weights[a, b] = min(thresholds[a], thresholds[b]) - distances[a, b] + 1
    bits = {"canny_then_resize": bits_with(ones)}
    assert edge_pixels(bits["canny_then_resize"]).tolist() == [min(count, 10_000 - count) for count in ones]
    assert sets(found("canny_then_resize-greedy_modularity_scaled", distances, bits).clusters) == greedy(weights)


@given(distance_matrices(greatest=2500), st.lists(st.integers(0, 32), min_size=9, max_size=9))
def test_either_threshold_is_as_defined(distances: Distances, ones: list[int]) -> None:
    weights = {}
    for a, b in combinations(range(len(distances)), 2):
        hashes = abs(ones[a] - ones[b])
        by_edges = (1250 - distances[a, b] + 1) / 1251 if distances[a, b] < 1250 else 0
        by_hashes = (10 - hashes + 1) / 11 if hashes < 10 else 0
        if by_edges or by_hashes:
            weights[a, b] = max(by_edges, by_hashes)
    bits = {"average_hash": bits_with(ones[: len(distances)], 64)}
    assert sets(found("resize_then_canny-greedy_modularity_either", distances, bits).clusters) == greedy(weights)


@pytest.mark.parametrize(
    ("ones", "distance", "near"),
    [((100, 9_900), 94, True), ((100, 9_900), 95, False), ((0, 0), 0, False), ((10_000, 0), 0, False)],
)
def test_panels_are_near_by_what_is_on_them(ones: tuple[int, int], distance: int, near: bool) -> None:
    """Panels without edge pixels, all white or all black, are near to nothing, not even to each other."""
    distances = np.array([[0, distance], [distance, 0]])
    result = found("canny_then_resize-greedy_modularity_scaled", distances, {"canny_then_resize": bits_with(ones)})
    assert bool(sets(result.clusters)) == near


@given(st.lists(st.integers(0, 20), min_size=1, max_size=10), st.integers(1, 5))
def test_the_elbow_is_as_defined(spreads: list[int], least: int) -> None:
    spread = {k: float(value) for k, value in enumerate(spreads, least)}
    best, deepest = least, None
    for k in list(spread)[1:-1]:
        drop = (spread[k - 1] - spread[k]) - (spread[k] - spread[k + 1])
        if deepest is None or drop > deepest:
            best, deepest = k, drop
    assert elbow(spread) == best


def test_equal_drops_are_equal_however_they_were_added_up() -> None:
    assert elbow({1: 0.3, 2: 0.2, 3: 0.2, 4: 0.1, 5: 0.1}) == 2


def best_spread(points: NDArray[np.bool_], k: int) -> float:
    """Try all ways to give the points to k clusters and return the least sum of squares."""
    values = points.astype(float)
    least = np.inf
    for labels in product(range(k), repeat=len(points)):
        clusters = [values[np.array(labels) == cluster] for cluster in range(k)]
        least = min(least, sum(((rows - rows.mean(axis=0)) ** 2).sum() for rows in clusters if len(rows)))
    return float(least)


@settings(max_examples=25)
@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=6), st.integers(1, 3))
def test_k_means_of_bits_finds_the_least_spread_there_is(rows: list[list[bool]], k: int) -> None:
    points = np.array(rows)
    k = min(k, len(np.unique(points, axis=0)))
    labels, spread = k_means(points, k, 20, 1)
    assert spread == pytest.approx(best_spread(points, k), abs=1e-5)
    clusters = [points[labels == cluster].astype(float) for cluster in range(k)]
    assert spread == pytest.approx(sum(((rows - rows.mean(axis=0)) ** 2).sum() for rows in clusters), abs=1e-5)


def test_k_means_of_numbers_adds_up_plain_distances() -> None:
    labels, spread = k_means(np.array([[0.0, 0], [6, 8], [100, 0], [100, 2]]), 2, 20, 1)
    assert (labels[0] == labels[1], labels[2] == labels[3], labels[0] == labels[2]) == (True, True, False)
    assert spread == 5 + 5 + 1 + 1


def test_of_the_restarts_the_one_of_the_least_spread_wins() -> None:
    points = np.random.default_rng(3).random((60, 2))
    spreads = [k_means(points, 12, 1, seed)[1] for seed in range(1, 21)]
    assert k_means(points, 12, 20, 1)[1] == min(spreads) < spreads[0]


def test_each_point_is_with_the_nearest_centre() -> None:
    points = np.random.default_rng(3).random((200, 2))
    labels, _ = k_means(points, 12, 1, 1)
    centres = np.array([points[labels == cluster].mean(axis=0) for cluster in range(12)])
    assert (np.linalg.norm(points[:, np.newaxis] - centres, axis=2).argmin(axis=1) == labels).all()


@pytest.mark.parametrize("grouping", ["k_means", "k_means_forced", "pca_k_means"])
@pytest.mark.parametrize("each", [3, 8])
def test_panels_well_apart_are_told_apart(grouping: str, each: int) -> None:
    """Three heaps of panels: rows of 9 are numbers, rows of 24 are bits."""
    random = np.random.default_rng(1)
    heaps = [
        [heap * 1000 + random.random(), (heap == 1) * 900 + random.random()] for heap in range(3) for _ in range(each)
    ]
    result = found(f"mixed-{grouping}", apart(*heaps), least_k=2)
    assert sets(result.clusters) == {frozenset(range(heap * each, heap * each + each)) for heap in range(3)}
    assert result.details["k"] == 3
    assert list(result.details["spread"]) == list(range(2 if grouping == "k_means_forced" else 1, 3 * each))
    assert list(result.details["spread"].values()) == sorted(result.details["spread"].values(), reverse=True)
    assert "k = 3, the elbow from" in result.setting


@given(distance_matrices(most=14))
def test_long_rows_are_cut_at_their_own_mean(distances: Distances) -> None:
    rows = distances.tolist()
    bits = [[len(row) * distance > sum(row) for distance in row] for row in rows]
    assert row_points(distances).tolist() == (rows if len(rows) <= 10 else bits)


def test_the_spread_of_long_rows_is_in_bits() -> None:
    """Spread counts the differing bits: with two heaps in one cluster each bit is half off the middle."""
    heaps = apart(*([0.0], [0.1], [0.3]) * 2, *([50.0], [50.2]) * 3)
    result = found("binary-k_means", heaps)
    assert result.details["spread"] == {1: 12 * 12 / 4} | dict.fromkeys(range(2, 12), 0)
    assert sets(result.clusters) == {frozenset(range(6)), frozenset(range(6, 12))}
    assert found("binary-k_means", heaps[1:11, 1:11]).details["spread"][1] == pytest.approx(10 * 79, rel=0.01)


@pytest.mark.parametrize(("least", "most", "k"), [(5, 5, 5), (30, 30, 7), (1, 1, 1), (9, 2, 2)])
def test_the_number_of_clusters_can_be_forced(least: int, most: int, k: int) -> None:
    """To one less than the panels at most."""
    result = found(
        "binary-k_means_forced", apart(*([float(place**2)] for place in range(8))), least_k=least, most_k=most
    )
    assert (result.details["k"], list(result.details["spread"]), result.setting) == (k, [k], f"k = {k}")


@settings(max_examples=30)
@given(distance_matrices(most=7, greatest=3), st.sampled_from(["k_means", "k_means_forced", "pca_k_means"]))
def test_there_are_no_more_clusters_than_distinct_panels(distances: Distances, grouping: str) -> None:
    result = found(f"binary-{grouping}", distances, restarts=2)
    clusters = list(result.clusters)
    assert result.details["k"] == len(clusters) <= len({tuple(row) for row in distances.tolist()})
    assert not clusters or result.details["k"] in result.details["spread"]
    assert sorted(panel for cluster in clusters for panel in cluster) == list(range(len(distances)))


def test_pruned_k_means_groups_what_pruning_keeps() -> None:
    """Two heaps among panels that are far from all; the points are whole rows, with the distances to those as well."""
    distances = 1000 - 1000 * np.eye(10)
    for heap, distance in (([1, 3], 10), ([4, 6, 9], 20)):
        distances[np.ix_(heap, heap)] = distance * (1 - np.eye(len(heap)))
    distances[0, [1, 3]] = distances[[1, 3], 0] = 900
    result = found("mixed-pruned_k_means", distances)
    assert sets(result.clusters) == {frozenset({1, 3}), frozenset({4, 6, 9})}
    kept = [1, 3, 4, 6, 9]
    assert list(result.details["spread"]) == [1, 2, 3, 4]
    assert (
        result.details["spread"][1]
        == k_means(distances[kept], 1, 1, 1)[1]
        != k_means(distances[kept][:, kept], 1, 1, 1)[1]
    )
    assert result.setting == f"below {prune(distances)[1]:g}, k = 2, the elbow from 1 on"


@given(st.integers(0, 100), st.integers(1, 3), st.integers(4, 12))
def test_principal_components_keep_what_lies_in_three_dimensions(seed: int, dimensions: int, panels: int) -> None:
    random = np.random.default_rng(seed)
    inside = random.normal(size=(panels, dimensions)) * [100, 10, 1][:dimensions]
    basis = np.linalg.qr(random.normal(size=(panels, panels)))[0][:dimensions]
    coordinates = principal_components(inside @ basis + random.normal(size=panels))
    assert coordinates.shape == (panels, 3)
    assert pdist(coordinates) == pytest.approx(pdist(inside), abs=1e-4)
    variances = coordinates.var(axis=0)
    assert variances.tolist() == sorted(variances, reverse=True)
    assert not coordinates[:, dimensions:].any()
    assert np.abs(coordinates.mean(axis=0)).max() < 1e-5
    axes = np.linalg.lstsq(coordinates, (inside - inside.mean(axis=0)) @ basis)[0]
    assert all(axis[np.abs(axis).argmax()] > 0 for axis in axes[:dimensions])


def test_pixel_k_means_groups_hashes_not_distances() -> None:
    random = np.random.default_rng(1)
    kinds = random.integers(0, 2, (3, 64), dtype=np.uint8)
    hashes = kinds[[0, 1, 2, 0, 1, 2, 0]].copy()
    hashes[3, 5] ^= 1
    result = found("dct_hash-pixel_k_means", np.zeros((7, 7)), {"dct_hash": hashes, "average_hash": hashes * 0})
    assert sets(result.clusters) == {frozenset({0, 3, 6}), frozenset({1, 4}), frozenset({2, 5})}
    assert result.details["spread"][3] == pytest.approx(2 / 3, abs=1e-6)


@settings(max_examples=50)
@given(st.lists(st.sampled_from([0, 0.2, 0.5, 0.500001, 0.8, 1]), min_size=28, max_size=28))
def test_dice_is_near_at_half_and_never_where_nothing_is_shared(pairs: list[float]) -> None:
    distances = squareform(np.array(pairs))
    near = {pair: 1 - distances[pair] for pair in combinations(range(8), 2) if distances[pair] <= 0.5}
    assert sets(found("dice-greedy_modularity", distances).clusters) == greedy(near)
    neighbours = [frozenset({b for b in range(8) if distances[a, b] <= 0.5}) for a in range(8)]
    expected = sets([a for a in range(8) if neighbours[a] == same] for same in neighbours)
    assert sets(found("dice-neighbour_sets", distances).clusters) == expected


def as_panels(bits: Bits) -> list[Panel]:
    """Return the fingerprints of panels with these bitmaps."""
    edges = bits["resize_then_canny"].reshape(-1, 100, 100) == 1
    return [Panel(frames=[frame(picture, digest=int(picture.sum()))]) for picture in edges]


def scene(panels: int, seed: int) -> Bits:
    """Draw the bitmaps of panels; every third is a slight change of the one before it, and so is the last."""
    random = np.random.default_rng(seed)
    bits = {
        metric: (random.random((panels, size)) < (0.1 if size > 64 else 0.5)).astype(np.uint8)
        for metric, size in BITMAP_BITS.items()
    }
    for rows in bits.values():
        for place in [*range(2, panels - 1, 3), *range(2, panels)[-1:]]:
            rows[place] = rows[place - 1] ^ (random.random(rows.shape[1]) < 0.02)
    return bits


def write_comic(folder: Path, bits: Bits, shard: int = 512) -> None:
    """Write what the step reads."""
    panels = as_panels(bits)
    names = np.array([f"{page}_1" for page in range(1, len(panels) + 1)], dtype=str)
    for first in range(0, max(1, len(names)), shard):
        packed = {metric: np.packbits(rows[first : first + shard], axis=1) for metric, rows in bits.items()}
        np.savez(folder / f"bitmaps-{first:04}.npz", allow_pickle=False, panel=names[first : first + shard], **packed)
    if not panels:
        write_shards(folder, [Panel(status="unreadable")], 1)
    write_shards(folder, panels, shard)


def run(folder: Path, metric: str, **changed: int) -> dict[str, dict[str, Any]]:
    """Group by the step and return what it wrote."""
    bitmaps = sorted(folder.glob("bitmaps-*.npz"))
    fingerprints = sorted(set(folder.glob("*.npz")) - set(bitmaps))
    found = folder / f"{metric}.json"
    groups(metric, bitmaps, fingerprints, SETTINGS | changed, found)
    told: dict[str, dict[str, Any]] = json.loads(found.read_text())
    return told


@pytest.mark.slow
@pytest.mark.parametrize("metric", METRICS)
def test_every_method_tells_its_clusters_and_details(tmp_path: Path, metric: str) -> None:
    write_comic(tmp_path, scene(14, 1), shard=5)
    found = run(tmp_path, metric, restarts=1, most_k=5)
    assert list(found) == [method.grouping for method in methods_of(metric)]
    names = [f"{page}_1" for page in range(1, 15)]
    for grouping, told in found.items():
        places = [[names.index(panel) for panel in cluster] for cluster in told["clusters"]]
        assert places == sorted(sorted(cluster) for cluster in places)
        assert all(len(cluster) > 1 for cluster in places)
        assert len({place for cluster in places for place in cluster}) == sum(map(len, places))
        assert isinstance(told["setting"], str)
        assert told["seconds"] > 0
        assert ("k" in told, "spread" in told) == (("k_means" in grouping),) * 2
        assert ("components" in told) == (grouping == "pca_k_means")
        if "spread" in told:
            assert str(told["k"]) in told["spread"]
        if "components" in told:
            assert list(told["components"]) == names
            assert {len(place) for place in told["components"].values()} == {3}


@pytest.mark.slow
def test_methods_find_the_copies(tmp_path: Path) -> None:
    write_comic(tmp_path, scene(10, 1))
    copies = [["2_1", "3_1"], ["5_1", "6_1"], ["8_1", "9_1", "10_1"]]
    for metric, *groupings in (
        ("canny_then_resize", "neighbour_sets", "greedy_modularity"),
        ("resize_then_canny", "greedy_modularity_scaled", "greedy_modularity_either"),
        ("dice", "leiden"),
    ):
        found = run(tmp_path, metric)
        assert [found[grouping]["clusters"] for grouping in groupings] == [copies] * len(groupings)


@pytest.mark.slow
def test_leiden_on_dice_is_the_default_of_the_main_job(tmp_path: Path) -> None:
    write_comic(tmp_path, scene(40, 2))
    shards = [path for path in tmp_path.glob("*.npz") if "bitmaps" not in path.name]
    names, distances = dice_distances(shards, True, 30)
    likeness = np.where(1 - distances >= 0.5, 1 - distances, 0) - np.eye(len(names))
    main = community_detection.leiden(sparse.csr_array(likeness), LEIDEN_RESOLUTION, 1)
    told = run(tmp_path, "dice", seed=7)["leiden"]
    assert sets(told["clusters"]) == sets([names[panel] for panel in cluster] for cluster in main)
    assert sum(map(len, told["clusters"])) > 20
    assert told["setting"] == "Dice of 0.5 or more"


@pytest.mark.parametrize("panels", [0, 1, 2, 4])
@pytest.mark.parametrize("kind", ["different", "the same", "blank"])
def test_few_or_equal_panels_are_no_trouble(tmp_path: Path, panels: int, kind: str) -> None:
    bits = scene(panels, 3)
    if panels and kind != "different":
        bits = {metric: rows[[0] * panels] * (kind == "the same") for metric, rows in bits.items()}
    write_comic(tmp_path, bits)
    for metric in METRICS:
        for grouping, told in run(tmp_path, metric, restarts=1).items():
            clustered = sum(map(len, told["clusters"]))
            if panels < 2 or grouping in ("pruning", "pruned_k_means"):
                assert grouping in ("pruning", "pruned_k_means") or not clustered, (metric, grouping)
            elif kind != "different" and not (kind == "blank" and grouping == "greedy_modularity_scaled"):
                assert clustered == panels, (metric, grouping)
            elif kind == "blank":
                assert not clustered, (metric, grouping)
            assert "nan" not in json.dumps(told).lower()


@pytest.mark.slow
def test_the_same_bytes_however_many_threads(tmp_path: Path) -> None:
    """Rows of 300 distances are more than one thread's share of k-means."""
    write_comic(tmp_path, scene(300, 4))
    for metric in ("mixed", "dct_hash"):
        written = []
        for threads in (1, 2):
            with threadpool_limits(limits=threads):
                found = run(tmp_path, metric, restarts=2, most_k=8)
            written.append([{key: told[key] for key in told if key != "seconds"} for told in found.values()])
        assert written[0] == written[1]
        assert all(sum(map(len, told["clusters"])) > 20 for told in written[0])
