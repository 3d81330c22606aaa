"""Blocks of panels as they are read, and the pairs that are kept of them."""

from itertools import product
from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from pictures import edges_at, frame, write_shards
from reprise.matching.blocks import (
    FRAMES_A_PANEL,
    PAIR,
    in_order,
    keep_nearest,
    mirror,
    nearest_partners,
    pack_words,
    read_block,
    runs_of_panels,
)
from reprise.shards import EDGE_SIZE, Panel, starts


@given(st.integers(0, 2**32 - 1), st.sampled_from([8, 20, EDGE_SIZE]), st.integers(0, 3))
def test_mirrored_twice_is_as_it_was(seed: int, size: int, count: int) -> None:
    bits = np.random.default_rng(seed).integers(0, 2, (count, size, size), dtype=np.uint8)
    words, flipped = (
        pack_words(np.packbits(side.reshape(count, size * size), axis=1)) for side in (bits, bits[:, :, ::-1])
    )
    assert np.array_equal(mirror(words, size * size), flipped)
    assert np.array_equal(mirror(flipped, size * size), words)


@given(st.integers(0, 2**32 - 1), st.integers(0, 3), st.integers(1, 40))
@example(seed=0, count=2, width=EDGE_SIZE * EDGE_SIZE // 8)
def test_words_have_the_bits_of_the_bitmap_and_no_others(seed: int, count: int, width: int) -> None:
    edges = np.random.default_rng(seed).integers(0, 256, (count, width), dtype=np.uint8)
    words = pack_words(edges)
    assert words.dtype == np.uint64
    assert words.flags.c_contiguous
    assert words.shape == (count, -(-width // 8))
    assert np.bitwise_count(words).sum(axis=1).tolist() == np.bitwise_count(edges).sum(axis=1).tolist()
    for one, other in product(range(count), repeat=2):
        apart = int(np.bitwise_count(words[one] ^ words[other]).sum())
        assert apart == int(np.bitwise_count(edges[one] ^ edges[other]).sum())


def test_shards_make_one_block_in_their_order(tmp_path: Path) -> None:
    kept = [Panel(frames=[frame(edges_at(*range(p * 9)), n, p) for n in range(p % 3)]) for p in range(7)]
    whole = read_block(write_shards(tmp_path, kept, 7), 20)
    parts = read_block(write_shards(tmp_path, kept, 2))
    assert len(whole) == len(parts) == 7
    assert (whole.first, parts.first) == (20, 0)
    for name in ("words", "bitmap_bits", "edge_count", "average_hash", "digest", "frame", "start"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


candidates = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4)).filter(lambda row: row[0] < row[1]),
    max_size=20,
    unique_by=lambda row: row[:2],
)


@given(candidates, st.integers(1, 4))
def test_the_nearest_partners_are_those_most_like_either(rows: list[tuple[int, int, int]], most: int) -> None:
    a, b, alike = np.array(rows, dtype=int).reshape(-1, 3).T
    kept = set()
    for end in range(7):
        partners = sorted((-row[2], row[0] + row[1] - end) for row in rows if end in row[:2])[:most]
        kept |= {(min(end, partner), max(end, partner)) for _, partner in partners}
    assert nearest_partners(a, b, alike, most).tolist() == [row[:2] in kept for row in rows]


def test_the_nearest_pairs_are_those_most_alike_for_their_edges() -> None:
    """Of panel 0's pairs the second is nearer than the first, which has fewer bits that differ, but fewer edges."""
    pairs = np.array([(0, 1, 0, 0, False, 10, 20, 20, 0), (0, 2, 0, 0, False, 12, 40, 40, 0)], PAIR)
    assert keep_nearest(pairs, 1).tolist() == pairs.tolist()  # each is its other panel's nearest
    more = np.append(pairs, np.array([(1, 3, 0, 0, False, 0, 20, 20, 0)], PAIR))
    assert keep_nearest(more, 1)[["a", "b"]].tolist() == [(0, 2), (1, 3)]


def test_pairs_are_sorted_by_their_panels() -> None:
    pairs = np.array([(2, 3), (0, 9), (2, 1), (0, 1)], [("a", int), ("b", int)])
    assert in_order(pairs).tolist() == [(0, 1), (0, 9), (2, 1), (2, 3)]


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(1, 9))
def test_panels_are_cut_into_runs_of_so_many_and_of_few_frames(frames: list[int], most: int) -> None:
    start = starts(np.array(frames, np.int64))
    runs = runs_of_panels(start, most)
    assert [panel for first, last in runs for panel in range(first, last)] == list(range(len(frames)))
    for first, last in runs:
        assert last - first == 1 or (last - first <= most and start[last] - start[first] <= FRAMES_A_PANEL * most)
        if last < len(frames):  # or there would be more runs than need be
            assert last - first == most or start[last + 1] - start[first] > FRAMES_A_PANEL * most
