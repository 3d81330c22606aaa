"""The comparison of blocks, against one written as plainly as can be."""

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hamming_block import hamming_block
from pictures import edges_at, frame, write_shards
from reprise.matching import comparison
from reprise.matching.blocks import PAIR, dice
from reprise.matching.comparison import HISTOGRAM_STEPS, Ceilings
from reprise.matching.hamming import COLUMNS, PANELS_AT_ONCE
from reprise.shards import EDGE_SIZE, Fingerprint, Panel


def bitmap(found: Fingerprint) -> NDArray[np.bool_]:
    return np.unpackbits(found.edges).reshape(EDGE_SIZE, EDGE_SIZE).astype(bool)


def compare_frames(a: Fingerprint, b: Fingerprint, mirrored: bool, fewest_edges: int) -> int | None:
    """Return in how many places the edges of two frames differ; None where these say too little to tell."""
    if min(a.edge_count, b.edge_count) < fewest_edges:
        return 0 if a.digest == b.digest and not mirrored else None
    return int((bitmap(a) != (np.fliplr(bitmap(b)) if mirrored else bitmap(b))).sum())


def either_way(bits: int, all_bits: int) -> int:
    return bits if bits < all_bits - bits else all_bits - bits


def compare_slowly(
    a: Sequence[Panel], b: Sequence[Panel], same_block: bool, mirrored: bool, ceilings: Ceilings, fewest_edges: int
) -> tuple[list[tuple[Any, ...]], list[int]]:
    """Compare two blocks pair by pair, frame by frame: the pairs kept, as rows of PAIR, and the histogram."""
    pairs: list[tuple[Any, ...]] = []
    histogram = [0] * (HISTOGRAM_STEPS + 1)
    for (p, one), (q, other) in product(enumerate(a), enumerate(b)):
        if (same_block and p >= q) or not one.frames or not other.frames:
            continue
        found = []
        for f, g, view in product(one.frames, other.frames, (False, True) if mirrored else (False,)):
            bits, edges = compare_frames(f, g, view, fewest_edges), int(f.edge_count + g.edge_count)
            if bits is not None:
                hash_bits = either_way(bin(int(f.average_hash) ^ int(g.average_hash)).count("1"), 64)
                told = (f.number, g.number, view, bits, f.edge_count, g.edge_count, hash_bits)
                found.append((Fraction(bits, max(1, edges)), *told))
        distance, *best = min(found, default=(Fraction(1),))
        histogram[int(distance * HISTOGRAM_STEPS)] += 1
        if found and (
            float(distance) <= ceilings.distance
            or either_way(best[3], EDGE_SIZE**2) <= ceilings.edge_bits
            or best[6] <= ceilings.hash_bits
        ):
            pairs.append((p, q, *best))
    return pairs, histogram


DRAWINGS = [np.random.default_rng(seed).integers(0, EDGE_SIZE**2, 60).tolist() for seed in range(3)]


class Sketch(NamedTuple):
    """A frame in few words: one of the drawings or the beginning of one, a little changed, perhaps mirrored."""

    number: int
    drawing: int
    edges: int
    noise: tuple[int, ...]
    mirrored: bool
    digest: int
    average_hash: int

    def frame(self) -> Fingerprint:
        edges = edges_at(*DRAWINGS[self.drawing][: self.edges], *self.noise)
        digest = 3 * int(edges.sum()) + self.digest  # where pixels are the same, so are edges
        return frame(np.fliplr(edges) if self.mirrored else edges, self.number, digest, self.average_hash)


places = st.integers(0, EDGE_SIZE**2 - 1)
sketches = st.builds(
    Sketch,
    number=st.integers(0, 119),
    drawing=st.sampled_from(range(len(DRAWINGS))),
    edges=st.sampled_from([0, 9, 10, 60, 60, 60]),
    noise=st.lists(places, max_size=4).map(tuple),
    mirrored=st.booleans(),
    digest=st.integers(0, 2),
    average_hash=st.sampled_from([0, 1, 0b111, 2**64 - 1, 2**40]),
)
in_order = st.lists(sketches, max_size=3, unique_by=attrgetter("number")).map(sorted)
blocks = st.lists(in_order, min_size=1, max_size=6)
distances = st.sampled_from([-1.0, 0.0, 0.05, 0.3, 0.6, 0.9, 1.0]) | st.floats(0, 1)
ceilings = st.builds(Ceilings, distances, st.sampled_from([-1, 0, 3, 60, 120]), st.sampled_from([-1, 0, 1, 3]))


def drawn(block: Sequence[Sequence[Sketch]]) -> list[Panel]:
    return [Panel(frames=[sketch.frame() for sketch in panel]) for panel in block]


def compare(
    a: Sequence[Panel],
    b: Sequence[Panel] | None,
    shard: int,
    mirrored: bool,
    ceiling: float | Ceilings,
    fewest_edges: int,
    most: int = 100_000,
    threads: int = 1,
) -> dict[str, NDArray[Any]]:
    """Compare panels, cut into shards of some size, by the step: with others, or without these with each other.

    In the pairs that are returned panels are numbered within their blocks.
    """
    kept = ceiling if isinstance(ceiling, Ceilings) else Ceilings(distance=ceiling)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "a").mkdir()
        (place / "b").mkdir()
        shards = write_shards(place / "a", a, shard)
        others = shards if b is None else write_shards(place / "b", b, shard)
        first_b = 100 if b is None else 100 + len(a)
        hamming_block(shards, others, 100, first_b, mirrored, kept, most, fewest_edges, place / "block.npz", threads)
        with np.load(place / "block.npz") as block:
            told = dict(block)
    assert int(told["panels"]) == first_b + len(a if b is None else b)
    told["pairs"]["a"] -= 100
    told["pairs"]["b"] -= first_b
    return told


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(blocks, blocks | st.none(), st.integers(1, 4), st.booleans(), ceilings, st.sampled_from([0, 1, 10, 100]))
def test_a_block_is_compared_as_defined(
    a: list[list[Sketch]],
    b: list[list[Sketch]] | None,
    shard: int,
    mirrored: bool,
    ceiling: Ceilings,
    fewest_edges: int,
) -> None:
    one = drawn(a)
    other = one if b is None else drawn(b)
    block = compare(one, None if b is None else other, shard, mirrored, ceiling, fewest_edges)
    pairs, histogram = compare_slowly(one, other, b is None, mirrored, ceiling, fewest_edges)
    assert block["pairs"].dtype == PAIR
    assert block["pairs"].tolist() == pairs
    assert block["histogram"].tolist() == histogram
    readable = [sum(bool(panel.frames) for panel in side) for side in (one, other)]
    compared = readable[0] * (readable[0] - 1) // 2 if b is None else readable[0] * readable[1]
    assert int(block["pairs_compared"]) == compared == sum(histogram)
    assert int(block["bitmap_bits"]) == EDGE_SIZE**2


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(blocks, blocks, st.booleans(), ceilings, st.sampled_from([1, 10]))
def test_it_does_not_matter_which_block_comes_first(
    a: list[list[Sketch]], b: list[list[Sketch]], mirrored: bool, ceiling: Ceilings, fewest_edges: int
) -> None:
    one, other = (
        compare(drawn(first), drawn(second), 3, mirrored, ceiling, fewest_edges) for first, second in ((a, b), (b, a))
    )

    def distances(pairs: NDArray[Any], first: str, second: str) -> dict[tuple[int, int], float]:
        return {(pair[first], pair[second]): score for pair, score in zip(pairs, dice(pairs), strict=True)}

    assert distances(one["pairs"], "a", "b") == distances(other["pairs"], "b", "a")
    assert one["histogram"].tolist() == other["histogram"].tolist()


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(blocks, blocks | st.none(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_it_does_not_matter_how_many_panels_are_compared_at_once(
    a: list[list[Sketch]], b: list[list[Sketch]] | None, at_once: int, others_at_once: int, threads: int
) -> None:
    sides = drawn(a), None if b is None else drawn(b)
    whole = compare(*sides, 2, True, 0.6, 10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "PANELS_AT_ONCE", at_once)
        patch.setattr(comparison, "OTHERS_AT_ONCE", others_at_once)
        patch.setattr("reprise.matching.blocks.FRAMES_A_PANEL", 1)
        in_parts = compare(*sides, 2, True, 0.6, 10, threads=threads)
    assert whole["pairs"].tobytes() == in_parts["pairs"].tobytes()
    assert whole["histogram"].tobytes() == in_parts["histogram"].tobytes()


def many(seed: int, count: int) -> list[Panel]:
    """Draw more panels than are compared at once: drawings or their beginnings, mirrored or changed; 0 to 3 frames."""
    random = np.random.default_rng(seed)

    def sketch(number: int) -> Sketch:
        noise = tuple(random.integers(0, EDGE_SIZE**2, 4).tolist())
        drawing, edges = int(random.integers(3)), int(random.choice([9, 30, 60, 60]))
        return Sketch(number, drawing, edges, noise, bool(random.integers(2)), int(random.integers(3)), 0)

    return drawn([[sketch(n) for n in range(random.choice([0, 1, 1, 1, 2, 3]))] for _ in range(count)])


@pytest.mark.slow
@pytest.mark.parametrize("mirrored", [False, True])
def test_more_panels_than_are_compared_at_once_are_compared_as_defined(mirrored: bool) -> None:
    one, other = many(1, 3 * PANELS_AT_ONCE), many(2, 4 * COLUMNS)
    block = compare(one, other, 100, mirrored, 0.4, 10)
    pairs, histogram = compare_slowly(one, other, False, mirrored, Ceilings(distance=0.4), 10)
    assert sum(len(panel.frames) for panel in other) > 4 * COLUMNS
    assert block["pairs"].tolist() == pairs
    assert block["histogram"].tolist() == histogram


def test_a_block_compared_with_itself_tells_half_of_what_two_alike_do() -> None:
    panels = many(3, 20 * COLUMNS)
    itself, alike = compare(panels, None, 100, True, 0.4, 10), compare(panels, panels, 100, True, 0.4, 10)
    half = alike["pairs"][alike["pairs"]["a"] < alike["pairs"]["b"]]
    assert len(half) > 1000
    assert itself["pairs"].tobytes() == half.tobytes()
    assert 2 * int(itself["pairs_compared"]) + sum(bool(panel.frames) for panel in panels) == alike["pairs_compared"]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("most", [1, 5])
def test_of_each_panel_the_nearest_pairs_are_kept_and_one_more(
    most: int, alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is compared at once: what is left out on the way would have been left out in the end."""
    panels = many(4, 60)
    others = None if alone else many(5, 60)
    every = compare(panels, others, 7, True, 0.9, 10)["pairs"]
    ends = [(("a", a), ("a" if alone else "b", b)) for a, b in every[["a", "b"]].tolist()]
    kept: set[Any] = set()
    for end in {end for pair in ends for end in pair}:
        own = [(-alike, pair) for pair, alike in zip(ends, dice(every).tolist(), strict=True) if end in pair]
        kept.update(pair for _, pair in sorted(own)[: most + 1])
    for name, number in (("PANELS_AT_ONCE", 7), ("OTHERS_AT_ONCE", 20), ("MOST_KEPT", 100)):
        monkeypatch.setattr(comparison, name, number)
    found = compare(panels, others, 7, True, 0.9, 10, most)["pairs"]
    assert found[["a", "b"]].tolist() == sorted((a[1], b[1]) for a, b in kept)
    assert len(found) < len(every)


def test_two_frames_of_one_panel_are_not_compared() -> None:
    twice = Panel(frames=[frame(edges_at(*DRAWINGS[0]), number) for number in (0, 1)])
    block = compare([twice], None, 1, True, 0.6, 10)
    assert len(block["pairs"]) == 0
    assert int(block["pairs_compared"]) == 0


def test_panels_without_frames_are_near_to_nothing() -> None:
    block = compare([Panel("damaged"), Panel("empty file")], None, 1, True, 1.0, 10)
    assert len(block["pairs"]) == 0
    assert block["histogram"].sum() == 0


def test_of_equals_the_earlier_frames_as_they_are_count() -> None:
    sketch = edges_at(*DRAWINGS[0])
    even = sketch | np.fliplr(sketch)
    one, other = (Panel(frames=[frame(even, number) for number in numbers]) for numbers in ((2, 5), (3, 4)))
    assert compare([one], [other], 1, True, 0.6, 10)["pairs"].tolist() == [
        (0, 0, 2, 3, False, 0, even.sum(), even.sum(), 0)
    ]


def test_a_mirrored_match_is_found_only_where_mirrors_count() -> None:
    sketch = edges_at(*DRAWINGS[0])
    one, other = Panel(frames=[frame(sketch)]), Panel(frames=[frame(np.fliplr(sketch))])
    assert compare([one, other], None, 2, True, 0.1, 10)["pairs"][["mirrored", "edge_bits"]].tolist() == [(True, 0)]
    assert len(compare([one, other], None, 2, False, 0.1, 10)["pairs"]) == 0


@pytest.mark.parametrize("ceiling", [0.6, 1.0])
@pytest.mark.parametrize("edges", [0, 9])
def test_what_says_too_little_is_near_only_to_its_exact_copies(ceiling: float, edges: int) -> None:
    sketch = edges_at(*DRAWINGS[0][:edges])
    plain = [Panel(frames=[frame(sketch, digest=digest)]) for digest in (7, 8, 7)]
    pairs = compare(plain, None, 3, True, ceiling, 10)["pairs"]
    assert pairs[["a", "b"]].tolist() == [(0, 2)]
    assert dice(pairs).tolist() == [1]


def test_frames_with_nothing_in_common_come_before_those_that_say_too_little() -> None:
    one = Panel(frames=[frame(edges_at(), 0, 1), frame(edges_at(*range(60)), 1, 2)])
    other = Panel(frames=[frame(edges_at(*range(100, 160)), 0, 3)])
    assert compare([one], [other], 1, True, 1.0, 10)["pairs"].tolist() == [(0, 0, 1, 0, False, 120, 60, 60, 0)]
