"""Slide a picture over many frames, and find where it lies in each, in whatever size, mirrored or not.

It takes one picture and not all pairs. So what `search` does by a few waves is done here edge by edge, on the half
canvas, at each place. `check` then makes the best places exact.

In the field: sweep: template matching with a sliding window.
"""

import math
from collections import deque
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit
from reprise.matching.canvas import ORIENTATIONS, EdgePoints
from reprise.matching.check import HALF, FramePoints, View, count_bits, draw_half, view_of
from reprise.matching.hamming import popcount
from reprise.threads import in_threads

STEP = 2  # pixels of the half canvas; edges are looked for within one of them
BEYOND = 2  # so far a picture may stick out of the frame

# Frames that a thread looks at together.
FRAMES_AT_ONCE = 200


class Sketch(NamedTuple):
    """The picture in one size on the half canvas, mirrored or not.

    Attributes:
        rows: (HALF * ORIENTATIONS,) uint64, a bit a pixel, row by row.
        first, last: the first row that holds bits, and the row after the last one.
        counts: (ORIENTATIONS,) float64, how many bits there are of each orientation.
        width, height: in pixels of the half canvas.
    """

    rows: NDArray[Any]
    first: int
    last: int
    counts: NDArray[Any]
    width: float
    height: float


@njit(nogil=True, cache=True)
def sketch_of(frame: FramePoints, mirrored: bool) -> Sketch:
    """Draw the picture, in one size, on the half canvas."""
    rows, counts = np.empty((HALF, ORIENTATIONS), np.uint64), np.empty(ORIENTATIONS)
    draw_half(frame, mirrored, 1.0, rows)
    count_bits(rows, counts)
    first, last = HALF, 0
    for y in range(HALF):
        for o in range(ORIENTATIONS):
            if rows[y, o]:
                first, last = min(first, y), y + 1
    return Sketch(rows.reshape(-1), first, last, counts, frame.size[0] / 2, frame.size[1] / 2)


@njit(nogil=True, cache=True)
def count_met(rows: NDArray[Any], view: View, across: int, down: int) -> np.int64:
    """Count the bits of some rows, shifted, that meet those of a frame; the first row is `down` from the top."""
    met = np.uint64(0)
    to_left, to_right = np.uint64(max(across, 0)), np.uint64(max(-across, 0))
    first = max(view.top, down)
    last = max(first, min(view.low, len(rows) // ORIENTATIONS + down))
    one = rows[(first - down) * ORIENTATIONS : (last - down) * ORIENTATIONS]
    other = view.wide[first * ORIENTATIONS : last * ORIENTATIONS]
    for k in range(len(one)):
        met += popcount((one[k] << to_left >> to_right) & other[k] & view.columns)
    return np.int64(met)


@njit(nogil=True, cache=True)
def frame_of(
    start: NDArray[Any], points: NDArray[Any], orientation: NDArray[Any], size: NDArray[Any], row: int
) -> FramePoints:
    """Return one of the frames of EdgePoints."""
    own = slice(start[row], start[row + 1])
    return FramePoints(points[own], orientation[own], size[row])


@njit(nogil=True, cache=True)
def sweep_some(
    start: NDArray[Any],
    points: NDArray[Any],
    orientation: NDArray[Any],
    size: NDArray[Any],
    sizes: int,
    first: int,
    found: NDArray[Any],
) -> None:
    """Fill `found`, (n, sizes, 4), for the frames from the row `first` on; see `sweep`."""
    sketches = [
        sketch_of(frame_of(start, points, orientation, size, s), m == 1) for s in range(sizes) for m in range(2)
    ]
    for k in range(len(found)):
        frame = frame_of(start, points, orientation, size, first + k)
        view = view_of(frame)
        for s in range(len(sketches)):
            one, best = sketches[s], found[k, s // 2]
            total = expected = 0.0
            for o in range(ORIENTATIONS):
                total += one.counts[o]
                expected += one.counts[o] * view.filled[o]
            across = int(abs(frame.size[0] / 2 - one.width) / 2) + BEYOND
            down = int(abs(frame.size[1] / 2 - one.height) / 2) + BEYOND
            drawn = one.rows[one.first * ORIENTATIONS : one.last * ORIENTATIONS]
            for dy in range(-(down // STEP) * STEP, down + 1, STEP):
                for dx in range(-(across // STEP) * STEP, across + 1, STEP):
                    beyond = (count_met(drawn, view, dx, dy + one.first) - expected) / math.sqrt(total + 1.0)
                    if beyond > best[3]:
                        best[0], best[1], best[2], best[3] = s % 2, 2.0 * dx, 2.0 * dy, beyond


def sweep(frames: EdgePoints, sizes: int, threads: int = 1) -> NDArray[np.float64]:
    """Return the best place of a picture, in each of some sizes, in each frame.

    Args:
        frames: the picture in its sizes, and after these the frames that it is laid upon.
        sizes: how many they are.
        threads: how many frames to look at at a time.

    Returns:
        (frames, sizes, 4): whether the picture is mirrored; how far it is across and down, see check.Place; and how
        many more of its edges meet than by chance, divided by the square root of their number.
    """
    found = np.full((len(frames) - sizes, sizes, 4), -np.inf)

    def work(first: int) -> None:
        some = found[first : first + FRAMES_AT_ONCE]
        sweep_some(frames.start, frames.points, frames.orientation, frames.size, sizes, sizes + first, some)

    deque(in_threads(work, range(0, len(found), FRAMES_AT_ONCE), threads), maxlen=0)
    return found
