"""The compiled comparison: what it counts, and that what is compiled is kept."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from reprise.matching import blocks, hamming
from reprise.matching.hamming import COLUMNS, ROWS, approach, count_differing, either_way, in_rows, in_tiles, popcount

SCRIPTS = Path(hamming.__file__).parents[2]


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    own=st.integers(1, 3 * ROWS),
    others=st.integers(0, 3 * COLUMNS) | st.sampled_from([1, COLUMNS - 1, COLUMNS, COLUMNS + 1]),
    words=st.integers(1, 20),
    first=st.integers(0, 2),
)
def test_bits_that_differ_are_counted_whatever_there_is_to_count(
    seed: int, own: int, others: int, words: int, first: int
) -> None:
    """Few bitmaps or many, narrow or wide, and none of the counts that were not asked for is touched."""
    random = np.random.default_rng(seed)
    a, b = (random.integers(0, 2**64, (count, words), dtype=np.uint64) for count in (own, others))
    whole = -(-own // ROWS) * ROWS
    tiles = in_tiles([b])[0]
    room = np.full((whole + 1, (len(tiles) + 2) * COLUMNS), -1, np.int32)
    asked = slice(first * COLUMNS, len(tiles) * COLUMNS)
    count_differing(in_rows(a)[:whole], tiles, first, room[:whole, : asked.stop])
    expected = np.bitwise_count(a[:, np.newaxis] ^ b).sum(axis=2)
    assert np.array_equal(room[:own, asked.start : others], expected[:, asked.start :])
    room[:whole, asked] = -1
    assert (room == -1).all()


@given(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=40), st.data())
def test_distances_are_exact_when_rounded_down_to_steps(edges: int, others: list[int], data: st.DataObject) -> None:
    both = [edges + other for other in others]
    bits = [data.draw(st.integers(0, min(edges, 10_000))) for edges in both]
    nearest = np.full(len(others), np.inf, np.float32)
    told = np.array(others, np.float32)
    approach(nearest, np.array(bits, np.int32), np.float32(edges), told, np.float32(1000))
    assert nearest.astype(int).tolist() == [1000 * each // max(1, of) for each, of in zip(bits, both, strict=True)]


def test_a_frame_is_near_to_none_that_says_too_little() -> None:
    nearest = np.full(2, np.inf, np.float32)
    edges = np.array([np.nan, 0], np.float32)
    approach(nearest, np.zeros(2, np.int32), np.float32(0), edges, np.float32(1000))
    assert nearest.tolist() == [np.inf, 0]


def test_each_view_has_its_tiles() -> None:
    views = [np.arange(value, value + 14, dtype=np.uint64).reshape(2, 7) for value in (0, 100)]
    tiles = in_tiles(views)
    for tiled, view in zip(tiles, views, strict=True):
        assert tiled.shape == (1, 7, COLUMNS)
        assert np.array_equal(tiled[0, :, :2].T, view)
        assert not tiled[0, :, 2:].any()


def test_a_tile_begins_where_a_line_of_the_cache_does() -> None:
    assert all(in_tiles([np.zeros((frames, 157), np.uint64)]).ctypes.data % 64 == 0 for frames in range(1, 40))


def test_bits_are_taken_either_way_compiled_or_not() -> None:
    bits = np.array([0, 1, 31, 32, 33, 64])
    fewest = [0, 1, 31, 32, 31, 0]
    assert blocks.either_way(bits, 64).tolist() == fewest
    assert [either_way(value, 64) for value in bits] == fewest


@pytest.mark.parametrize("word", [0, 1, 2**63, 2**64 - 1, 0x0123456789ABCDEF])
def test_set_bits_are_counted(word: int) -> None:
    assert njit(lambda word: popcount(word))(np.uint64(word)) == word.bit_count()


@pytest.mark.slow
def test_a_job_finds_compiled_what_the_last_one_compiled(tmp_path: Path) -> None:
    """A job runs its script from a copy; and it does not wait for OpenCV, or for SciPy's algebra."""
    script = tmp_path / "job_of_a_rule.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(SCRIPTS)!r})\n"
        "import numpy as np\n"
        "from reprise.matching.hamming import count_differing, in_rows, in_tiles\n"
        "words = np.zeros((1, 1), np.uint64)\n"
        "count_differing(in_rows(words), in_tiles([words])[0], 0, np.zeros((4, 32), np.int32))\n"
        "print(sum(count_differing.stats.cache_hits.values()), {'cv2', 'scipy.linalg'} & {*sys.modules})\n"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    told = [
        subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert told == ["0 set()\n", "1 set()\n"]
