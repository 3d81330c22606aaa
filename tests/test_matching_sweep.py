"""Sliding a picture over frames: the best place is that which a slow look at all places finds."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from reprise.matching.canvas import CANVAS, ORIENTATIONS, EdgePoints
from reprise.matching.check import HALF, TURNED
from reprise.matching.sweep import BEYOND, STEP, sweep

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile


def frames_of(seed: int, sizes: list[tuple[int, int]]) -> EdgePoints:
    """Frames of random edge points, of these widths and heights."""
    lot = np.random.default_rng(seed)
    counts = [60 + 15 * k for k in range(len(sizes))]
    points = [lot.integers(-np.array(size) + 1, size, (count, 2)) for size, count in zip(sizes, counts, strict=True)]
    start = np.concatenate([[0], np.cumsum(counts)])
    orientation = lot.integers(0, ORIENTATIONS, sum(counts)).astype(np.uint8)
    return EdgePoints(start, np.concatenate(points).astype(np.int8), orientation, np.array(sizes, np.float32))


def drawn(frames: EdgePoints, row: int, mirrored: bool) -> NDArray[np.bool_]:
    """Draw a frame on the half canvas, (HALF, HALF, ORIENTATIONS)."""
    own = slice(frames.start[row], frames.start[row + 1])
    canvas = np.zeros((HALF, HALF, ORIENTATIONS), np.bool_)
    for (x, y), orientation in zip(frames.points[own] / 2, frames.orientation[own], strict=True):
        u, v = math.floor(((-x if mirrored else x) + CANVAS / 2) / 2), math.floor((y + CANVAS / 2) / 2)
        canvas[v, u, TURNED[orientation] if mirrored else orientation] = True
    return canvas


def widened(canvas: NDArray[np.bool_]) -> NDArray[np.bool_]:
    wide = np.zeros_like(canvas)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            wide |= shifted(canvas, across, down)
    return wide


def shifted(canvas: NDArray[np.bool_], across: int, down: int) -> NDArray[np.bool_]:
    moved = np.zeros_like(canvas)
    to, of = (slice(max(s, 0), HALF + min(s, 0)) for s in (down, -down))
    to_across, of_across = (slice(max(s, 0), HALF + min(s, 0)) for s in (across, -across))
    moved[to, to_across] = canvas[of, of_across]
    return moved


@pytest.mark.parametrize("seed", range(4))
def test_the_best_place_is_that_of_a_slow_look_at_all(seed: int) -> None:
    sizes = [(44, 36), (70, 52), (100, 100), (126, 79), (79, 126)]
    frames = frames_of(seed, sizes)
    found = sweep(frames, 2, threads=2)
    assert found.shape == (3, 2, 4)
    for row in range(3):
        wide = widened(drawn(frames, 2 + row, False))
        for size in range(2):
            most = -np.inf
            room = [int(abs(frames.size[2 + row, k] - frames.size[size, k]) / 4) + BEYOND for k in range(2)]
            shifts = [np.arange(-(side // STEP) * STEP, side + 1, STEP).tolist() for side in room]
            inside = np.zeros((HALF, HALF), np.bool_)
            width, height = frames.size[2 + row].tolist()
            left, right = max(0, int((HALF - width / 2) / 2)), min(HALF - 1, int((HALF + width / 2) / 2))
            top, low = max(0, int((HALF - height / 2) / 2)), min(HALF, int((HALF + height / 2) / 2) + 1)
            inside[top:low, left : right + 1] = True
            filled = wide[inside].mean(axis=0)
            for mirrored in (False, True):
                one = drawn(frames, size, mirrored)
                counts = one.sum(axis=(0, 1))
                for down in shifts[1]:
                    for across in shifts[0]:
                        met = (shifted(one, across, down) & wide)[inside].sum()
                        beyond = (met - (counts * filled).sum()) / math.sqrt(counts.sum() + 1)
                        if beyond > most + 1e-9:
                            most, place = beyond, (mirrored, 2.0 * across, 2.0 * down)
            assert tuple(found[row, size, :3]) == place
            assert found[row, size, 3] == pytest.approx(most)
