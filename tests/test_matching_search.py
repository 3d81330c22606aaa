"""The vectors by which panels are found that show one drawing, moved."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pictures import edges_at, frame, write_shards
from points import CORNERS, STRIPES, Checked, drawn_frames, frames_of
from reprise.matching import search
from reprise.matching.canvas import CANVAS, ORIENTATIONS, EdgePoints, read_points
from reprise.matching.search import (
    ALL,
    GLANCE,
    GLANCING,
    LARGEST,
    LENGTH,
    TELLING,
    TRANSFORMS,
    UNMOVED,
    WAYS,
    moved_vectors,
    similarities,
    still_vectors,
    vectors,
    ways,
)
from reprise.shards import Panel
from sketches import panel

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

EVERY = np.arange(len(TRANSFORMS))


def test_frames_without_points_make_no_points(tmp_path: Path) -> None:
    for panels in ([panel()], [Panel(frames=[frame(edges_at())])]):
        frames = read_points(write_shards(tmp_path, panels, 1))
        assert frames.start.tolist() == [0] * (len(frames) + 1)
        found = vectors(frames, 0, len(frames), EVERY)
        assert found.shape[:2] == (len(frames), len(TRANSFORMS))
        assert not found.any()


@settings(max_examples=30)
@given(drawn_frames())
def test_a_vector_is_whole_numbers_and_turns_its_odd_half_in_a_mirror(frames: EdgePoints) -> None:
    there = np.multiply(frames.points, [-1, 1], dtype=np.float32)
    turned = ((ORIENTATIONS - frames.orientation) % ORIENTATIONS).astype(np.uint8)
    mirrored = EdgePoints(frames.start, there, turned, frames.size)
    one, other = (vectors(each, 0, 1, np.array([UNMOVED]))[0, 0].astype(np.float64) for each in (frames, mirrored))
    # The outermost cells of the canvas reach beyond what the waves show: a drawing may not lie there alone.
    if (np.abs(frames.points) < CANVAS - 4).all(axis=1).any():
        uncut = np.abs(one).max() < LARGEST
        assert (LENGTH - 10 if uncut else 0) < np.linalg.norm(one) < LENGTH + 10
    assert np.abs(one[: ALL.even] - other[: ALL.even]).max() <= 1
    assert np.abs(one[ALL.even :] + other[ALL.even :]).max() <= 1


def test_a_moved_vector_is_that_of_the_moved_frame() -> None:
    """As long as none of it leaves the canvas."""
    random = np.random.default_rng(4)
    points = [(x, y, o) for (x, y), o in zip(random.uniform(-18, 18, (50, 2)), random.integers(0, 6, 50), strict=True)]
    moved = vectors(frames_of(points, size=(128, 128)), 0, 1, EVERY)[0]
    assert len(moved) == len(TRANSFORMS) == 125
    for number, (zoom, across, down) in enumerate(TRANSFORMS):
        there = frames_of([(x * zoom + across, y * zoom + down, o) for x, y, o in points], size=(128, 128))
        assert moved[number] == pytest.approx(vectors(there, 0, 1, np.array([UNMOVED]))[0, 0], abs=1)


def vector_slowly(frames: EdgePoints, number: int, transform: int, above: float, highest: float) -> NDArray[np.float64]:
    """Return the vector of a frame, moved, of some frequencies, in float64, its entries in any order."""
    zoom, across, down = TRANSFORMS[transform]
    grid, fine = search.GRID, search.FINE
    counts = np.zeros((ORIENTATIONS, fine, fine))
    own = slice(frames.start[number], frames.start[number + 1])
    for (x, y), o in zip((frames.points[own] / 2).tolist(), frames.orientation[own].tolist(), strict=True):
        # Each point is shared out to four cells: the nearer, the more of it.
        shares = [np.maximum(0, 1 - np.abs((z * zoom + CANVAS / 2) / 4 - 0.5 - np.arange(fine))) for z in (y, x)]
        if all(share.sum() > 1 - 1e-9 for share in shares):
            counts[o] += np.outer(*shares)
    width, height = frames.size[number].tolist()
    cells = np.zeros((ORIENTATIONS, grid, grid))
    for y, x in product(range(grid), repeat=2):
        # As far as the frame reaches into a cell where it is not moved, and as far as what is shifted has been counted.
        u, v = 2 * x - int(across) // 4, 2 * y - int(down) // 4
        covered = abs(8 * x + 4 - 64) < width / 2 + 4 and abs(8 * y + 4 - 64) < height / 2 + 4
        if covered and 0 <= u < fine - 1 and 0 <= v < fine - 1:
            cells[:, y, x] = np.sqrt(counts[:, v : v + 2, u : u + 2].sum(axis=(1, 2)))
    waves = np.cos(np.pi * np.outer(np.arange(grid) + 0.5, np.arange(grid)) / grid)
    waves /= np.linalg.norm(waves, axis=0)
    turn = 2 * np.pi * np.arange(ORIENTATIONS) / ORIENTATIONS
    turns = [[0.5**0.5] * ORIENTATIONS, np.cos(turn), np.sin(turn), 0.7 * np.cos(2 * turn), 0.7 * np.sin(2 * turn)]
    frequency = np.hypot(*np.mgrid[:grid, :grid])
    found = np.einsum("oyx,yk,xl,to->klt", cells, waves, waves, np.array(turns)) * frequency[..., np.newaxis]
    vector = found[(frequency > above) & (frequency <= highest)].ravel()
    return np.clip(vector * LENGTH / max(np.linalg.norm(vector), 1e-6), -LARGEST, LARGEST)


@settings(max_examples=20)
@given(drawn_frames(), st.lists(st.integers(0, len(TRANSFORMS) - 1), min_size=1, max_size=4))
@example(CORNERS, [0, 124, 3, 3, 62])
@example(STRIPES, [62])
def test_vectors_are_those_defined(frames: EdgePoints, transforms: list[int]) -> None:
    both = EdgePoints(np.array([0, *frames.start]), frames.points, frames.orientation, frames.size[[0, 0]])
    for of, above, highest in ((ALL, 0, 8), (GLANCE, 3, 6)):
        found = vectors(both, 1, 2, np.array(transforms), of)[0]
        assert found.dtype == np.int8
        made = np.flatnonzero(of.counts)
        order = made[np.argsort(of.places[made])]
        assert not np.delete(found, made, axis=1).any()
        assert of.even % 32 == len(of.counts) % 32 == 0
        for one, transform in zip(found, transforms, strict=True):
            assert one[order] == pytest.approx(vector_slowly(both, 1, transform, above, highest), abs=0.52)


@pytest.mark.parametrize("frames", [CORNERS, frames_of([(0.5, -62, 1), (62, 62, 2), (62.5, 0, 3), (0, 62.5, 3)])])
def test_points_are_counted_within_bounds(frames: EdgePoints) -> None:
    """As Python runs it, which minds every index."""
    for zoom in (0.75, 1.0, 1.32):
        counts = np.zeros((ORIENTATIONS, search.FINE, search.FINE + 1), np.float32)
        search.count_finely.py_func(frames.points, frames.orientation, zoom, counts.view(Checked))
        there = frames.points / 2 * zoom
        last = (CANVAS - search.FINE_CELL) / 2  # the middle of the outermost cells
        inside = ((there >= -last) & (there < last)).all(axis=1)
        assert counts.sum() == pytest.approx(inside.sum(), abs=1e-4)


def test_what_is_shifted_is_summed_within_bounds() -> None:
    """As Python runs it, which minds every index."""
    counts = np.ones((ORIENTATIONS, search.FINE, search.FINE + 1)).view(Checked)
    turned = np.ones((search.FINE, search.GRID * search.TURNS)).view(Checked)
    search.sum_turns.py_func(counts, np.empty((ORIENTATIONS + 1, search.FINE)), turned)
    waves = np.empty(search.GRID * search.TURNS)
    across = np.zeros((search.GRID, search.ROW)).view(Checked)
    sums = np.empty(search.WAVES * search.ROW)
    for shift in search.SHIFTS_ACROSS:
        search.sum_across.py_func(turned, shift, 0, search.GRID, waves, across)
        for down in search.SHIFTS_DOWN:
            search.sum_down.py_func(across, down, 0, search.GRID, sums)


@pytest.mark.parametrize("mirrored", [False, True])
def test_similarities_and_ways_are_those_of_whole_numbers(mirrored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    drawings = [
        [(x, y, o) for (x, y), o in zip(random.uniform(-50, 50, (n, 2)), random.integers(0, 6, n), strict=True)]
        for n in (300, 0, 40, 1, 90, 300, 70)
    ]
    a, b = frames_of(*drawings), frames_of(*drawings[::-1][:5], size=(79, 126))
    still = still_vectors(b)
    every = moved_vectors(a, 0, len(a))
    alike = similarities(moved_vectors(a, 1, len(a)), still, mirrored)
    assert alike.shape == (6, 5)
    rows, columns = (pairs.ravel() for pairs in np.indices((len(a), len(b))))
    shuffled = random.permutation(len(rows))
    found = np.empty((len(rows), WAYS), np.int16)
    found[shuffled] = ways(every, rows[shuffled], still, columns[shuffled], mirrored)
    moved, glances = vectors(a, 0, len(a), EVERY), vectors(a, 0, len(a), GLANCING, GLANCE)
    glanced = 0
    for i, j, told in zip(rows, columns, found.tolist(), strict=True):
        in_all_ways = products_slowly(moved[i], still.all[j], ALL.even)
        order = sorted((-value, number) for number, value in enumerate(in_all_ways) if mirrored or number % 2 == 0)
        assert told == [number if value < 0 else -1 for value, number in order[:WAYS]]
        if i > 0:
            glance = products_slowly(glances[i], still.glance[j], GLANCE.even)[:: 1 if mirrored else 2]
            seen = max(glance) >= 0.5 * LENGTH**2
            glanced += seen
            telling = max(0, *[-value for value, number in order if number // 2 in TELLING])
            assert alike[i - 1, j] == (telling if seen else 0)
    assert 0 < glanced < alike.size
    monkeypatch.setattr(search, "FRAMES_AT_ONCE", 1)
    monkeypatch.setattr(search, "OTHERS_AT_ONCE", 3)
    assert similarities(moved_vectors(a, 1, len(a)), still, mirrored).tobytes() == alike.tobytes()


def products_slowly(moved: NDArray[Any], still: NDArray[Any], even: int) -> list[int]:
    """Return the products of vectors, (T, D), with another, (D,): of each as it is, and then mirrored."""
    signs = np.where(np.arange(len(still)) < even, 1, -1)
    return [
        int(sign @ (one * still.astype(np.int64))) for one in moved.astype(np.int64) for sign in (np.abs(signs), signs)
    ]
