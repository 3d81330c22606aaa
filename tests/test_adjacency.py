"""Blocks become one graph, whatever blocks they were."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from adjacency import MATCH, NEAREST, RULES, adjacency, adjacency_matrix, match, nth_best, weigh_families
from align_block import ALIGNED
from configuration import THRESHOLDS
from pictures import edges_at, frame, write_shards
from reprise.corrections import NO_CORRECTIONS, Corrections
from reprise.matching.blocks import PAIR, dice
from reprise.matching.canvas import ORIENTATIONS, SIDE
from reprise.matching.comparison import HISTOGRAM_STEPS
from reprise.own_lines import OwnLines
from reprise.parts.record import PART, WHOLE
from reprise.shards import Panel
from sketches import blocks_of, choose

# The bits in which two panels differ and the edges they have, by the places of the two in the comic.
Near = Mapping[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Graph:
    """What the step wrote."""

    matrix: bytes
    matches: bytes
    matrix_read: sparse.csr_array
    matches_read: NDArray[Any]
    pairs_compared: int
    histogram: NDArray[np.int64]


def merge(near: Near, panels: int, threshold: float) -> Graph:
    """Have what is known of the pairs made a graph."""
    pairs = np.zeros(len(near), PAIR)
    for pair, (a, b) in zip(pairs, sorted(near), strict=True):
        pair["a"], pair["b"] = a, b
        pair["edge_bits"], edges = near[a, b]
        pair["edges_a"], pair["edges_b"] = edges // 3, edges - edges // 3
        pair["frame_a"], pair["frame_b"], pair["mirrored"] = a % 3, b % 5, (a + b) % 2
    with tempfile.TemporaryDirectory() as folder:
        return read_graph(write_partners(Path(folder), pairs, panels), threshold)


def write_partners(folder: Path, pairs: NDArray[Any], panels: int = 3) -> Path:
    """Write pairs as `partners` does."""
    counted: dict[str, Any] = {"histogram": np.arange(HISTOGRAM_STEPS + 1), "pairs_compared": 7, "bitmap_bits": 10_000}
    np.savez(folder / "partners.npz", pairs=pairs, panels=panels, capped=np.array([2, 3]), **counted)
    return folder / "partners.npz"


def read_graph(partners: Path, threshold: float) -> Graph:
    """Run the step and read what it wrote."""
    matrix, matches = partners.with_name("adjacency.npz"), partners.with_name("matches.npz")
    adjacency(partners, [], {"by": "dice", "threshold": threshold}, 0, matrix, matches)
    with np.load(matches) as arrays:
        assert arrays["capped"].tolist() == np.load(partners)["capped"].tolist()
        return Graph(
            matrix.read_bytes(),
            matches.read_bytes(),
            sparse.csr_array(sparse.load_npz(matrix)),
            arrays["matches"],
            int(arrays["pairs_compared"]),
            arrays["histogram"],
        )


counts = st.integers(1, 40).flatmap(lambda edges: st.tuples(st.integers(0, edges - 1), st.just(edges)))


@st.composite
def comics(draw: st.DrawFn) -> tuple[int, Near]:
    panels = draw(st.integers(1, 15))
    ends = [(a, b) for b in range(panels) for a in range(b)]
    return panels, draw(st.dictionaries(st.sampled_from(ends), counts)) if ends else {}


@settings(deadline=None, max_examples=60)
@given(comics(), st.floats(0.01, 1))
def test_the_graph_has_the_pairs_that_score_enough(comic: tuple[int, Near], threshold: float) -> None:
    panels, near = comic
    graph = merge(near, panels, threshold)
    scores = {ends: (edges - bits) / edges for ends, (bits, edges) in near.items()}
    matches = {ends: score for ends, score in sorted(scores.items()) if score >= threshold}
    assert graph.matches_read.dtype == MATCH
    assert graph.matches_read[["a", "b"]].tolist() == list(matches)
    assert graph.matches_read["score"] == pytest.approx(list(matches.values()))
    assert graph.matches_read["dice"].tolist() == graph.matches_read["score"].tolist()
    told = graph.matches_read[["frame_a", "frame_b", "mirrored", "edge_bits"]].tolist()
    assert told == [(a % 3, b % 5, bool((a + b) % 2), near[a, b][0]) for a, b in matches]
    dense = np.zeros((panels, panels))
    for (a, b), score in matches.items():
        dense[a, b] = dense[b, a] = score
    assert graph.matrix_read.toarray() == pytest.approx(dense)
    assert (graph.matrix_read != graph.matrix_read.T).nnz == 0
    assert graph.histogram.tolist() == list(range(HISTOGRAM_STEPS + 1))
    assert graph.pairs_compared == 7


def test_real_blocks_of_any_size_give_the_same_bytes(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    panels = []
    for page in range(11):
        sketch = random.choice(80, 40, replace=False) if page % 3 else np.arange(40)
        panels.append(Panel(frames=[frame(edges_at(*sketch, 5000 + page), n, page) for n in range(page % 4 > 0)]))
    graphs = []
    for shard, shards_per_block in ((11, 1), (4, 1), (2, 2), (1, 3)):
        blocks = blocks_of(tmp_path, panels, shard, shards_per_block)
        graphs.append(read_graph(choose(tmp_path, blocks, 0.9, fewest_edges=10), 0.3))
    assert len(graphs[0].matches_read) >= 10
    assert {graph.matrix for graph in graphs} == {graphs[0].matrix}
    assert {graph.matches for graph in graphs} == {graphs[0].matches}


def match_by(pairs: NDArray[Any], **settings: Any) -> NDArray[Any]:
    return match(pairs, 10_000, settings)


@given(st.integers(1, 100).flatmap(lambda edges: st.tuples(st.integers(0, edges - 1), st.just(edges))))
def test_a_score_at_the_threshold_is_a_match(pair: tuple[int, int]) -> None:
    """As 0.45 is what 9 shared of 20 edge pixels score, and what a threshold of 0.45 asks for."""
    bits, edges = pair
    pairs = np.array([(0, 1, 0, 0, False, bits, edges, 0, 0)], PAIR)
    threshold = float(Fraction(edges - bits, edges))
    assert len(match_by(pairs, by="dice", threshold=threshold)) == 1
    assert len(match_by(pairs, by="dice", threshold=float(np.nextafter(threshold, 2)))) == 0


@given(st.lists(counts))
def test_dice_is_the_share_of_common_edges(pairs: list[tuple[int, int]]) -> None:
    told = dice(np.array([(0, 1, 0, 0, False, bits, 1, edges - 1, 0) for bits, edges in pairs], PAIR))
    assert told == pytest.approx([1 - bits / edges for bits, edges in pairs])
    assert all(0 <= score <= 1 for score in told)


def test_frames_of_the_same_pixels_without_any_edge_are_alike() -> None:
    assert dice(np.array([(0, 1, 0, 0, False, 0, 0, 0, 0)], PAIR)).tolist() == [1]


def test_what_shares_nothing_is_no_match() -> None:
    pairs = np.array([(0, 1, 0, 0, False, 20, 10, 10, 0), (0, 2, 0, 0, False, 19, 10, 10, 0)], PAIR)
    assert match_by(pairs, by="dice", threshold=0.0)[["a", "b"]].tolist() == [(0, 2)]


def slow_score(pair: Any, by: str, edge_bits: int, edge_share: float, hash_bits: int) -> float:
    """Score a pair by one of the essay's rules: threshold - distance + 1, by the most it can be; 0 for no match."""
    edges = min(pair["edge_bits"], 10_000 - pair["edge_bits"])
    limits = {"edges": [(edges, edge_bits, edge_bits)], "either": [(edges, edge_bits, edge_bits)]}
    limits["either"] += [(pair["hash_bits"], hash_bits, hash_bits)]
    rarer = [min(pair[side], 10_000 - pair[side]) for side in ("edges_a", "edges_b")]
    limits["scaled"] = [(edges, min(edge_bits, *(edge_share * count for count in rarer)), edge_bits)]
    return max((limit - apart + 1) / (most + 1) if apart < limit else 0.0 for apart, limit, most in limits[by])


@given(
    st.lists(st.tuples(*(st.integers(0, 10_000) for _ in range(3)), st.integers(0, 32)), max_size=20),
    st.sampled_from(["edges", "scaled", "either"]),
    st.integers(1, 5000),
    st.floats(0.1, 2),
    st.integers(1, 32),
)
def test_the_essay_s_rules_score_as_defined(
    drawn: list[tuple[int, int, int, int]], by: str, edge_bits: int, edge_share: float, hash_bits: int
) -> None:
    pairs = np.array([(0, place, 0, 0, False, *counts) for place, counts in enumerate(drawn, 1)], PAIR)
    thresholds: dict[str, Any] = {"edge_bits": edge_bits, "edge_share": edge_share, "hash_bits": hash_bits}
    asked = {"edges": ["edge_bits"], "scaled": ["edge_bits", "edge_share"], "either": ["edge_bits", "hash_bits"]}[by]
    told = match_by(pairs, by=by, **{name: thresholds[name] for name in asked})
    scores = {int(pair["b"]): slow_score(pair, by, **thresholds) for pair in pairs}
    assert told["b"].tolist() == [b for b, score in scores.items() if score > 0]
    assert told["score"] == pytest.approx([score for score in scores.values() if score > 0])
    assert all(0 < score <= 1 for score in told["score"])
    assert told["dice"].tolist() == dice(pairs[told["b"] - 1]).tolist()


@pytest.mark.parametrize(
    ("by", "thresholds", "matches"),
    [
        ("edges", {"edge_bits": 1100}, [1099]),
        ("scaled", {"edge_bits": 1100, "edge_share": 0.95}, [949, 1099]),
        ("either", {"edge_bits": 1100, "hash_bits": 10}, [1099, 1100]),
    ],
)
def test_the_essay_s_thresholds_themselves_are_too_far(by: str, thresholds: dict[str, Any], matches: list[int]) -> None:
    counts = {
        "edges": [(1099, 600, 600, 0), (1100, 600, 600, 0)],
        "scaled": [(949, 1000, 1000, 0), (950, 1000, 1000, 0), (1099, 2000, 1500, 0), (1099, 2000, 1000, 0)],
        "either": [(1099, 600, 600, 32), (1100, 600, 600, 9), (1101, 600, 600, 10)],
    }[by]
    pairs = np.array([(0, place, 0, 0, False, *count) for place, count in enumerate(counts, 1)], PAIR)
    assert match_by(pairs, by=by, **thresholds)["edge_bits"].tolist() == matches


def test_what_was_aligned_scores_as_it_was_aligned() -> None:
    named = ("a", "b", "edge_bits", "edges_a", "edges_b", "zoom", "across", "down", "score")
    rows = [(0, 1, 90, 50, 50, 1.2, -9.0, 3.5, 0.75), (0, 2, 10, 50, 50, 1.0, 0.0, 0.0, 0.49)]
    pairs = np.zeros(2, ALIGNED)
    pairs[list(named)] = rows
    (told,) = match_by(pairs, by="dice", threshold=0.5)
    assert (told["b"], told["score"], told["dice"]) == (1, 0.75, 0.1)
    assert (float(told["zoom"]), float(told["across"]), float(told["down"])) == (pytest.approx(1.2), -9.0, 3.5)


def test_what_was_not_aligned_lies_in_place() -> None:
    (told,) = match_by(np.array([(0, 1, 0, 0, False, 0, 50, 50, 0)], PAIR), by="dice", threshold=0.5)
    assert (told["zoom"], told["across"], told["down"]) == (1, 0, 0)
    assert np.isnan([told["met"], told["chance"], told["cover"]]).all()


def test_what_was_counted_as_a_pair_was_aligned_is_told() -> None:
    pairs = np.zeros(1, ALIGNED)
    pairs[["b", "edges_a", "edges_b", "score", "met", "chance", "cover"]] = (1, 50, 50, 0.75, 0.875, 0.125, 0.5)
    (told,) = match_by(pairs, by="dice", threshold=0.5)
    assert (told["met"], told["chance"], told["cover"], told["listed"]) == (0.875, 0.125, 0.5, False)


def test_what_says_too_little_is_told_of_but_joins_nothing(tmp_path: Path) -> None:
    pairs = np.array([(0, 1, 0, 0, False, 0, 29, 29, 0), (0, 2, 0, 0, False, 0, 30, 30, 0)], PAIR)
    matrix, matches = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    adjacency(write_partners(tmp_path, pairs), [], {"by": "dice", "threshold": 0.5}, 30, matrix, matches)
    with np.load(matches) as arrays:
        assert arrays["matches"][["b", "says_enough"]].tolist() == [(1, False), (2, True)]
    assert sparse.load_npz(matrix).toarray().tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]


def test_templates_weigh_less_the_more_there_are() -> None:
    """Panel 0 is like twelve others, vaguely, and just like the last; panels 20 and 21 are like each other alone."""
    matches = np.zeros(14, MATCH)
    matches["a"], matches["b"] = [0] * 13 + [20], [*range(1, 14), 21]
    matches["score"] = [0.6] * 12 + [0.95, 0.6]
    matches["box_a"] = matches["box_b"] = WHOLE
    matches["says_enough"] = True
    weights = adjacency_matrix(matches, 22, matches).toarray()
    assert weights[0, 1:13] == pytest.approx([0.6 * 8 / 12] * 12)
    assert (weights[0, 13], weights[20, 21]) == (0.95, 0.6)
    assert (weights == weights.T).all()
    assert adjacency_matrix(matches, 22).toarray()[0, 1] == 0.6


def everything_matches(panels: int, score: float) -> np.ndarray:
    matches = np.zeros(panels * (panels - 1) // 2, MATCH)
    matches["a"], matches["b"] = np.triu_indices(panels, 1)
    matches["score"], matches["says_enough"] = score, True
    matches["box_a"] = matches["box_b"] = WHOLE
    return matches


@pytest.mark.parametrize("panels", [40, 70, 1000])
def test_panels_that_all_match_each_other_are_no_templates(panels: int) -> None:
    """A scene that comes back forty times, with others in it, be it in a comic of 40 panels or of 1,000."""
    matches = everything_matches(40, 0.65)
    weights = adjacency_matrix(matches, panels, matches).toarray()
    assert weights[np.triu_indices(40, 1)] == pytest.approx(0.65)


def test_a_comic_that_is_one_template_holds_together_though_a_quarter_of_its_pairs_do_not_match() -> None:
    matches = everything_matches(69, 0.62)
    matches["score"] += np.random.default_rng(2).normal(0, 0.08, len(matches))
    matches = matches[np.random.default_rng(1).random(len(matches)) < 0.76]
    weights = adjacency_matrix(matches, 69, matches).toarray()
    assert weights[np.triu_indices(69, 1)].mean() > 0.2  # cluster.resolution


def test_a_scene_holds_together_of_which_many_pairs_are_a_little_too_far_apart_to_match(tmp_path: Path) -> None:
    """Of a scene that comes back forty times in 1,000 panels two pairs in three match, and the others nearly do."""
    near = np.zeros(40 * 39 // 2, ALIGNED)
    near["a"], near["b"] = np.triu_indices(40, 1)
    near["score"] = np.random.default_rng(2).normal(0.54, 0.08, len(near)).clip(0.4)
    near["edges_a"] = near["edges_b"] = 100
    near["says_enough"] = True
    np.savez(tmp_path / "aligned.npz", pairs=near, parts=np.zeros(0, PART))
    matrix, matches = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    partners = write_partners(tmp_path, np.zeros(0, PAIR), 1000)
    settings = {"by": "dice", "threshold": 0.5}
    adjacency(partners, [tmp_path / "aligned.npz"], settings, 30, matrix, matches)
    assert 0.6 < len(np.load(matches)["matches"]) / len(near) < 0.75
    weights = sparse.load_npz(matrix).toarray()
    assert weights[np.triu_indices(40, 1)].mean() > 0.2  # cluster.resolution


@given(comics(), st.integers(1, 4))
def test_the_nth_best_is_that_of_a_panel_s_own_matches(comic: tuple[int, Near], n: int) -> None:
    panels, near = comic
    matches = np.zeros(len(near), MATCH)
    for place, ((a, b), (bits, _)) in enumerate(near.items()):
        matches[["a", "b", "score"]][place] = (a, b, bits / 50)
    own = [
        sorted((bits / 50 for ends, (bits, _) in near.items() if panel in ends), reverse=True)
        for panel in range(panels)
    ]
    assert nth_best(matches, panels, n).tolist() == [scores[n - 1] if len(scores) >= n else 0 for scores in own]


def test_what_ties_two_families_weighs_less_and_what_is_in_one_or_alone_does_not() -> None:
    """Panels 0 to 4 are one family, 5 to 9 another, alike by half; panel 10 is as like the first, and has no family."""
    families = [(a, b, 1.0 if a // 5 == b // 5 else 0.5) for a in range(10) for b in range(a + 1, 10)]
    found = [*families, *((member, 10, 0.5) for member in range(5))]
    matches = np.zeros(len(found), MATCH)
    matches[["a", "b", "score"]] = found
    weight = dict(zip(ends_of(matches), weigh_families(matches, 11).tolist(), strict=True))
    assert {weight[a, b] for a, b, score in families if score == 1} == {1}
    assert {weight[a, b] for a, b, score in families if score < 1} == {0.5**4}
    assert {weight[member, 10] for member in range(5)} == {1}


# --- Lists that correct what is found --------------------------------------------------------------------------------

# Six panels: the first five are drawn alike, if less and less, the last is another drawing. The later frames of all
# have half of their few edges in common.
SKETCHES = [*(range(20 + place, 60 + place) for place in range(5)), range(500, 540)]


def correct(
    folder: Path, corrections: Corrections = NO_CORRECTIONS, ceiling: float = 0.99, fewest_edges: int = 0, size: int = 3
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Merge the blocks of six panels, each of two frames, as the lists have it; return the matches and the matrix."""
    folder.mkdir(exist_ok=True)
    later = [frame(edges_at(9900, 9000 + 50 * place), 3, 100 + place) for place in range(6)]
    panels = [Panel(frames=[frame(edges_at(*SKETCHES[p]), 0, p), later[p]]) for p in range(6)]
    blocks = blocks_of(folder, panels, size, 1)
    partners = choose(folder, blocks, ceiling, fewest_edges=0, mirrored=False)
    matrix, matches = folder / "adjacency.npz", folder / "matches.npz"
    shards = [shard for _, block in blocks for shard in block]
    by_dice = {"by": "dice", "threshold": 0.9}
    adjacency(partners, [], by_dice, fewest_edges, matrix, matches, corrections, shards)
    with np.load(matches) as arrays:
        return arrays["matches"], sparse.load_npz(matrix).toarray()


def ends_of(matches: NDArray[Any]) -> list[tuple[int, int]]:
    return matches[["a", "b"]].tolist()


def test_pairs_that_are_no_match_and_panels_left_out_are_none(tmp_path: Path) -> None:
    found, _ = correct(tmp_path / "as found")
    assert ends_of(found) == [(a, b) for a in range(5) for b in range(a + 1, 5)]
    matches, matrix = correct(tmp_path / "corrected", Corrections(apart=[(0, 1), (1, 5), (2, 4)], left_out=[3]))
    kept = [(0, 2), (0, 4), (1, 2), (1, 4)]
    assert ends_of(matches) == kept
    assert matches.tobytes() == found[[ends in kept for ends in ends_of(found)]].tobytes()
    settled = [(0, 1), (1, 0), (1, 5), (2, 4), (4, 2), (5, 1)]
    assert list(zip(*np.nonzero(matrix == -np.inf), strict=True)) == settled
    assert (np.isfinite(matrix).sum(), (matrix > 0).sum()) == (36 - 6, 8)


def test_a_pair_that_must_match_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    found, _ = correct(tmp_path / "as found")
    matches, matrix = correct(tmp_path / "corrected", Corrections(together=[(0, 4)]))
    assert ends_of(matches) == ends_of(found)
    at = ends_of(found).index((0, 4))
    assert (found["score"][at], found["listed"].any()) == (0.9, False)
    found["score"][at], found["listed"][at] = 1, True
    assert matches.tobytes() == found.tobytes()
    assert matrix[0, 4] == matrix[4, 0] == np.inf
    assert np.isinf(matrix).sum() == 2


@pytest.mark.parametrize(("ceiling", "frame", "dice", "edge_bits"), [(0.5, 3, 0.5, 2), (0.4, 0, 0, 80)])
def test_a_pair_that_must_match_is_one_though_it_does_not_score(
    tmp_path: Path, ceiling: float, frame: int, dice: float, edge_bits: int
) -> None:
    """Kept by a block, by its later frames, or by none: then by its first frames, as they stand."""
    matches, matrix = correct(tmp_path, Corrections(together=[(2, 5)]), ceiling)
    (told,) = matches[matches["listed"]]
    assert (told["a"], told["b"], told["score"], told["dice"], told["edge_bits"]) == (2, 5, 1, dice, edge_bits)
    assert (told["frame_a"], told["frame_b"], told["mirrored"]) == (frame, frame, False)
    assert (told["zoom"], told["across"], told["down"]) == (1, 0, 0)
    assert np.isnan([told["met"], told["chance"], told["cover"]]).all()
    assert matrix[2, 5] == matrix[5, 2] == np.inf


def test_a_pair_that_must_match_is_told_by_the_lines_that_count(tmp_path: Path) -> None:
    """As all other pairs are: under one banner two strangers have nothing in common."""
    banner, panels = range(100), [range(200, 250), range(300, 330)]
    frames = [Panel(frames=[frame(edges_at(*banner, *drawn))]) for drawn in panels]
    counts = ~edges_at(*banner)
    own = OwnLines(
        bitmap=np.packbits(counts)[np.newaxis],
        points=np.ones((1, ORIENTATIONS, SIDE, SIDE), dtype=bool),
        marks=np.zeros_like(np.packbits(counts)[np.newaxis]),
    )
    np.savez(tmp_path / "own_lines.npz", **own._asdict())
    graph, shards = (tmp_path / "adjacency.npz", tmp_path / "matches.npz"), write_shards(tmp_path, frames, 2)
    settings, partners = {"by": "dice", "threshold": 0.5}, write_partners(tmp_path, np.zeros(0, PAIR))
    must = Corrections(together=[(0, 1)])
    adjacency(partners, [], settings, 0, *graph, must, shards, tmp_path / "own_lines.npz")
    assert np.load(graph[1])["matches"][["dice", "edge_bits"]].tolist() == [(0, 80)]
    adjacency(partners, [], settings, 0, *graph, must, shards)
    assert np.load(graph[1])["matches"][["dice", "edge_bits"]].tolist() == [(200 / 280, 80)]


def test_what_was_aligned_is_known_best(tmp_path: Path) -> None:
    aligned = np.zeros(1, ALIGNED)
    named = ["b", "edges_a", "edges_b", "edge_bits", "mirrored", "zoom", "met", "score"]
    aligned[named] = (1, 50, 50, 90, True, 1.25, 0.75, 0.45)
    plain = np.array([(0, 1, 0, 0, False, 80, 50, 50, 0), (0, 2, 0, 4, True, 60, 50, 50, 0)], PAIR)
    np.savez(tmp_path / "aligned.npz", pairs=aligned, parts=np.zeros(0, PART))
    shards = write_shards(tmp_path, [Panel(frames=[frame(edges_at(place))]) for place in range(3)], 3)
    graph = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    must = Corrections(together=[(0, 1), (0, 2), (1, 2)])
    partners, laid = write_partners(tmp_path, plain), [tmp_path / "aligned.npz"]
    adjacency(partners, laid, {"by": "dice", "threshold": 0.5}, 0, *graph, must, shards)
    told = np.load(graph[1])["matches"]
    assert told[["a", "b", "frame_b", "mirrored", "edge_bits", "zoom"]].tolist() == [
        (0, 1, 0, True, 90, 1.25),
        (0, 2, 4, True, 60, 1),
        (1, 2, 0, False, 2, 1),
    ]
    assert told["score"].tolist() == [1, 1, 1]
    assert told["met"][0] == 0.75


def test_panels_that_must_match_do_so_though_they_say_too_little(tmp_path: Path) -> None:
    matches, matrix = correct(tmp_path, Corrections(together=[(0, 5)]), fewest_edges=41)
    assert not matches["says_enough"].any()
    assert list(zip(*np.nonzero(matrix), strict=True)) == [(0, 5), (5, 0)]


def test_the_graph_tells_how_it_was_corrected(tmp_path: Path) -> None:
    correct(tmp_path, Corrections([(0, 1), (2, 3)], [(4, 5)], [2], ["not.csv: 1 row"]))
    with np.load(tmp_path / "matches.npz") as arrays:
        told = {name: arrays[name].tolist() for name in ("apart", "together", "left_out", "warnings")}
    assert told == {
        "apart": [[0, 1], [2, 3]],
        "together": [[4, 5]],
        "left_out": [2],
        "warnings": ["not.csv: 1 row"],
    }


def test_pairs_that_come_near_are_kept_though_they_do_not_match(tmp_path: Path) -> None:
    """All are near panel 0: 10 matches it, 8 is left out, and 9 says too little."""
    pairs = np.zeros(10, PAIR)
    pairs["b"] = range(1, 11)
    pairs["edges_a"], pairs["edges_b"] = 100, [*[100] * 8, 20, 100]
    pairs["edge_bits"] = [110, 109, 108, 107, 106, 105, 104, 103, 70, 40]
    partners = write_partners(tmp_path, pairs, 11)
    matrix, matches = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    lists = Corrections(apart=[(0, 1)], left_out=[8])
    for rule in ({"by": "dice", "threshold": 0.5}, {"by": "edges", "edge_bits": 45}):
        adjacency(partners, [], rule, 30, matrix, matches, lists)
        with np.load(matches) as graph:
            assert ends_of(graph["matches"]) == [(0, 10)]
            assert ends_of(graph["below"]) == [(0, other) for other in range(1, 8)]
            assert graph["below"]["score"] == pytest.approx(1 - pairs["edge_bits"][:7] / 200)


def test_of_pairs_that_come_near_the_nearest_of_each_panel_are_kept(tmp_path: Path) -> None:
    panels = NEAREST + 3
    ends = [(a, b) for a in range(panels) for b in range(a + 1, panels)]
    pairs = np.zeros(len(ends), PAIR)
    pairs["a"], pairs["b"] = np.transpose(ends)
    pairs["edges_a"] = pairs["edges_b"] = 100
    pairs["edge_bits"] = 110 + np.random.default_rng(1).permutation(len(ends))
    by_dice = {"by": "dice", "threshold": 0.5}
    matches = tmp_path / "matches.npz"
    adjacency(write_partners(tmp_path, pairs, panels), [], by_dice, 30, tmp_path / "adjacency.npz", matches)
    expected = set()
    for panel in range(panels):
        own = sorted(
            (bits, pair) for pair, bits in zip(ends, pairs["edge_bits"].tolist(), strict=True) if panel in pair
        )
        expected |= {pair for _, pair in own[:NEAREST]}
    with np.load(matches) as graph:
        assert ends_of(graph["below"]) == sorted(expected)
    assert len(expected) < len(ends)


def test_lists_leave_no_trace_of_the_size_of_blocks(tmp_path: Path) -> None:
    corrections = Corrections([(0, 1)], [(1, 5), (3, 4)], [2])
    told = [correct(tmp_path / str(size), corrections, size=size) for size in (1, 2, 4, 6)]
    assert {matches.tobytes() for matches, _ in told} == {told[0][0].tobytes()}
    assert {matrix.tobytes() for _, matrix in told} == {told[0][1].tobytes()}


def test_there_is_a_rule_for_every_setting() -> None:
    assert list(RULES) == list(THRESHOLDS)


# --- Parts -----------------------------------------------------------------------------------------------------------


def part(a: int, b: int, score: float, box_a: tuple[float, ...], box_b: tuple[float, ...]) -> Any:
    """A part that two panels share, PART."""
    made = np.zeros(1, PART)
    for name, value in {"a": a, "b": b, "score": score, "box_a": box_a, "box_b": box_b, "met": 0.9}.items():
        made[name] = value
    return made


def write_runs(folder: Path, *firsts: int) -> list[Path]:
    """Write a shard of panels whose edges are forty pixels of the first row, from these on."""
    runs = [edges_at(*range(first, first + 40)) for first in firsts]
    return write_shards(folder, [Panel(frames=[frame(edges)]) for edges in runs], len(runs))


LARGE, SMALL = (0.0, 0.0, 0.8, 0.7), (0.1, 0.1, 0.4, 0.4)


def as_box(box: NDArray[np.float32]) -> tuple[float, ...]:
    return tuple(round(float(side), 3) for side in box)


def test_parts_match_and_tie_their_panels_where_they_are_half_of_both(tmp_path: Path) -> None:
    """Pages 1 and 2 match as a whole, 3 and 4 by a large part and a small one, 4 and 5 by a small one."""
    shards = write_runs(tmp_path, 0, 5, 200, 300, 400)
    whole = np.array([(0, 1, 0, 0, False, 10, 40, 40, 0)], PAIR)
    parts = [
        part(0, 1, 0.9, LARGE, LARGE),
        part(2, 3, 0.9, SMALL, SMALL),
        part(2, 3, 0.6, LARGE, LARGE),
        part(3, 4, 0.8, LARGE, SMALL),
        part(2, 4, 0.4, LARGE, LARGE),
        part(4, 4, 0.9, SMALL, LARGE),
    ]
    np.savez(tmp_path / "parts.npz", parts=np.concatenate(parts))
    matrix, matches = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    partners, settings = write_partners(tmp_path, whole, 5), {"by": "dice", "threshold": 0.5}
    adjacency(partners, [], settings, 30, matrix, matches, shards=shards, parts=tmp_path / "parts.npz")
    with np.load(matches) as graph:
        found, kept = graph["matches"], graph["parts"]
    told = [(row["a"], row["b"], round(float(row["score"]), 3), as_box(row["box_b"])) for row in found]
    assert told == [(0, 1, 0.875, WHOLE), (2, 3, 0.6, LARGE), (3, 4, 0.8, SMALL)]
    assert len(kept) == 5, "those below the threshold are no parts"
    tied = sparse.load_npz(matrix).toarray() > 0
    assert np.argwhere(np.triu(tied)).tolist() == [[0, 1], [2, 3]]


def test_a_reader_s_lists_hold_for_parts(tmp_path: Path) -> None:
    shards = write_runs(tmp_path, 0, 200, 400)
    found = np.concatenate([part(0, 1, 0.9, LARGE, LARGE), part(0, 2, 0.9, LARGE, LARGE)])
    np.savez(tmp_path / "parts.npz", parts=found)
    matrix, matches = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    partners = write_partners(tmp_path, np.zeros(0, PAIR), 3)
    lists = Corrections(apart=[(0, 1)])
    settings = {"by": "dice", "threshold": 0.5}
    adjacency(partners, [], settings, 30, matrix, matches, lists, shards, parts=tmp_path / "parts.npz")
    with np.load(matches) as graph:
        assert ends_of(graph["matches"]) == ends_of(graph["parts"]) == [(0, 2)]


# --- Pages that are cut ----------------------------------------------------------------------------------------------

GRID_LINES = range(9000, 9500)  # what all pages of a grid have in common


def write_page(*panels: int) -> Panel:
    """A page in a grid, and its panels: each forty pixels, from these on."""
    drawn = [range(first, first + 40) for first in panels]
    whole = frame(edges_at(*GRID_LINES, *(place for run in drawn for place in run)))
    return Panel(frames=[whole, *(replace(frame(edges_at(*run)), cut=cut) for cut, run in enumerate(drawn, 1))])


def test_pages_of_one_grid_match_only_where_some_of_their_panels_do(tmp_path: Path) -> None:
    """Pages 1 and 2 share but the grid, 1 and 3 a panel, 2 and 3 one elsewhere; 4 says little, and 5 is not cut."""
    pages = [write_page(0, 100), write_page(200, 300), write_page(10, 200), write_page(2000, 2000)]
    pages[3] = replace(pages[3], frames=[pages[3].frames[0], replace(frame(edges_at(0)), cut=1)])
    pages.append(replace(write_page(400), frames=write_page(400).frames[:1]))
    shards = write_shards(tmp_path, pages, 2)
    ends = [(a, b) for b in range(5) for a in range(b)]
    whole = np.zeros(len(ends), ALIGNED)
    whole[["a", "b"]] = ends
    for name, value in {"score": 0.8, "edges_a": 580, "edges_b": 580, "says_enough": True, "zoom": 1}.items():
        whole[name] = value
    np.savez(tmp_path / "aligned.npz", pairs=whole, parts=part(1, 2, 0.6, SMALL, SMALL))
    matrix, matches = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    partners = write_partners(tmp_path, np.zeros(0, PAIR), 5)
    settings = {"by": "dice", "threshold": 0.5}
    adjacency(partners, [tmp_path / "aligned.npz"], settings, 30, matrix, matches, shards=shards)
    with np.load(matches) as graph:
        assert ends_of(graph["matches"]) == sorted(set(ends) - {(0, 1)})
        assert (graph["matches"]["score"] == 0.8).all()
        assert graph["below"][["a", "b", "score"]].tolist() == [(0, 1, 0.0)]
    assert sparse.load_npz(matrix).toarray()[0, 1] == 0
