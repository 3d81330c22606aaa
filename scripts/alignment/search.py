"""Which frames may show one drawing, shifted, zoomed or mirrored: a vector for each, and how alike two vectors are.

A frame's edges are counted by orientation on a coarse grid; the low frequencies of these counts, in place and in
orientation, are its vector. A frame is laid upon another by moving its edges before they are counted, as each of
`TRANSFORMS` says; its mirror image is had by turning the sign of half of the vector. Vectors hold whole numbers so
small that their products are exact in float32, in whatever order they are added: what is found depends neither on the
library that multiplies nor on how panels are put into blocks.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from alignment.canvas import CANVAS, ORIENTATIONS, Frames

CELL = 8  # pixels of the canvas
GRID = CANVAS // CELL
FINE = 2 * GRID  # cells of the finer grid, on which frames are shifted
FINE_CELL = CANVAS // FINE
HIGHEST = 9  # frequencies kept: those of so many half waves over the canvas, in any direction
LENGTH = 2000  # of a vector; its square is below 2 ** 24, up to which whole numbers are exact in float32

SCALES = np.array([0.75, 0.87, 1.0, 1.15, 1.32])
SHIFTS_ACROSS, SHIFTS_DOWN = np.array([-6, -3, 0, 3, 6]), np.array([-4, -2, 0, 2, 4])  # in cells of the finer grid

# The scale, and the shift across and down in pixels of the canvas, of each way in which a frame is laid upon another.
TRANSFORMS = np.array(
    [(s, FINE_CELL * x, FINE_CELL * y) for s in SCALES for x in SHIFTS_ACROSS for y in SHIFTS_DOWN], dtype=np.float64
)

ROWS_AT_ONCE, COLUMNS_AT_ONCE = 64, 2048


def place_waves() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the waves over the grid, (GRID * GRID, n), and which of them are odd from left to right.

    These are cosines; the constant is left out and the lowest count less, as frames differ in how full they are.
    """
    number = np.arange(GRID)
    wave = np.cos(np.pi * (number[:, np.newaxis] + 0.5) * number / GRID) * np.sqrt(2 / GRID)
    wave[:, 0] /= np.sqrt(2)
    frequency = np.hypot(number[:, np.newaxis], number)
    kept = (frequency > 0) & (frequency <= HIGHEST)
    weight = np.minimum(1, frequency / 3) ** 0.7
    waves = np.einsum("yk,xl,kl->yxkl", wave, wave, weight)[:, :, kept].reshape(GRID * GRID, -1)
    odd = np.broadcast_to(number % 2 == 1, kept.shape)[kept]
    return waves, odd


def turn_waves() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the waves over orientations, (ORIENTATIONS, n), and which of them change sign in a mirror."""
    turn = 2 * np.pi * np.arange(ORIENTATIONS) / ORIENTATIONS
    waves = [np.full(ORIENTATIONS, np.sqrt(0.5)), np.cos(turn), np.sin(turn)]
    waves += [0.7 * np.cos(2 * turn), 0.7 * np.sin(2 * turn)]
    return np.stack(waves, axis=1), np.array([False, False, True, False, True])


PLACE_WAVES, _ODD_PLACE = place_waves()
TURN_WAVES, _ODD_TURN = turn_waves()
_CHANGES_SIGN = (_ODD_TURN[:, np.newaxis] != _ODD_PLACE).ravel()

# Entries of a vector that stay as they are in a mirror come first.
ORDER = np.concatenate([np.flatnonzero(~_CHANGES_SIGN), np.flatnonzero(_CHANGES_SIGN)])
EVEN = int((~_CHANGES_SIGN).sum())


@njit(nogil=True, cache=True)
def count_finely(points: NDArray[Any], orientation: NDArray[Any], scale: float, counts: NDArray[Any]) -> None:
    """Count points, zoomed, on the finer grid, each shared out to the nearest cells: (ORIENTATIONS, FINE, FINE)."""
    counts[:] = 0
    for k in range(len(points)):
        across = (points[k, 0] * scale + CANVAS / 2) / FINE_CELL - 0.5
        down = (points[k, 1] * scale + CANVAS / 2) / FINE_CELL - 0.5
        x, y = math.floor(across), math.floor(down)
        if x < 0 or y < 0 or x >= FINE - 1 or y >= FINE - 1:
            continue
        right, low = np.float32(across - x), np.float32(down - y)
        o = orientation[k]
        counts[o, y, x] += (1 - right) * (1 - low)
        counts[o, y, x + 1] += right * (1 - low)
        counts[o, y + 1, x] += (1 - right) * low
        counts[o, y + 1, x + 1] += right * low


@njit(nogil=True, cache=True)
def count_moved(
    start: NDArray[Any],
    points: NDArray[Any],
    orientation: NDArray[Any],
    size: NDArray[Any],
    first: int,
    scales: NDArray[Any],
    shifts_across: NDArray[Any],
    shifts_down: NDArray[Any],
    maps: NDArray[Any],
) -> None:
    """Fill `maps`, (frames, transforms, ORIENTATIONS, GRID, GRID), with the square roots of the counts of frames.

    Frames are those from `first` on; only cells that the frame covers where it is not moved are filled, as the other's
    are no larger.
    """
    fine = np.zeros((ORIENTATIONS, FINE, FINE), np.float32)
    coarse = np.zeros((FINE, FINE), np.float32)
    for row in range(len(maps)):
        f = first + row
        left, right = int((CANVAS - size[f, 0]) / 2 / CELL), math.ceil((CANVAS + size[f, 0]) / 2 / CELL)
        top, low = int((CANVAS - size[f, 1]) / 2 / CELL), math.ceil((CANVAS + size[f, 1]) / 2 / CELL)
        for s in range(len(scales)):
            own = slice(start[f], start[f + 1])
            count_finely(points[own], orientation[own], scales[s], fine)
            for o in range(ORIENTATIONS):
                # What a coarse cell holds wherever on the finer grid it begins.
                for y in range(FINE - 1):
                    for x in range(FINE - 1):
                        coarse[y, x] = fine[o, y, x] + fine[o, y, x + 1] + fine[o, y + 1, x] + fine[o, y + 1, x + 1]
                transform = s * len(shifts_across) * len(shifts_down)
                for dx in shifts_across:
                    for dy in shifts_down:
                        for y in range(top, low):
                            for x in range(left, right):
                                u, v = 2 * x - dx, 2 * y - dy
                                if 0 <= u < FINE and 0 <= v < FINE:
                                    maps[row, transform, o, y, x] = math.sqrt(coarse[v, u])
                        transform += 1


def vectors(frames: Frames, first: int, last: int, moved: bool) -> NDArray[np.float32]:
    """Return the vectors of frames `first` to `last`, (frames, T, D), whole numbers, of length LENGTH.

    T counts TRANSFORMS if the frames are to be `moved`, and is 1 otherwise.
    """
    still = np.ones(1), np.zeros(1, np.int64), np.zeros(1, np.int64)
    transforms = (SCALES, SHIFTS_ACROSS, SHIFTS_DOWN) if moved else still
    count = math.prod(map(len, transforms))
    maps = np.zeros((last - first, count, ORIENTATIONS, GRID, GRID), np.float32)
    count_moved(frames.start, frames.points, frames.orientation, frames.size, first, *transforms, maps)
    # In float64, so that no order of adding changes what is rounded.
    in_place = maps.reshape(-1, GRID * GRID).astype(np.float64) @ PLACE_WAVES
    turned = np.matmul(TURN_WAVES.T, in_place.reshape(len(maps) * count, ORIENTATIONS, PLACE_WAVES.shape[1]))
    found = turned.reshape(len(maps) * count, len(ORDER))[:, ORDER]
    found *= LENGTH / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-6)
    return np.round(found).astype(np.float32).reshape(len(maps), count, len(ORDER))


@njit(nogil=True, cache=True)
def keep_best(even: NDArray[Any], odd: NDArray[Any], transform: int, best: NDArray[Any], way: NDArray[Any]) -> None:
    """Keep for each pair of frames the best way so far: twice the transform's number, and one more if mirrored."""
    for i in range(even.shape[0]):
        for j in range(even.shape[1]):
            alike = even[i, j] + abs(odd[i, j])
            if alike > best[i, j]:
                best[i, j] = alike
                way[i, j] = 2 * transform + (1 if odd[i, j] < 0 else 0)


def similarities(
    a: Frames, first: int, last: int, still: NDArray[np.float32], mirrored: bool
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Tell how alike frames `first` to `last` of a, moved as need be, are to others of which the vectors are known.

    Args:
        a, first, last: the frames to be moved.
        still: the vectors of the others, (B, D).
        mirrored: whether frames may be mirrored as well.

    Returns:
        (last - first, B) float32, whole numbers up to about LENGTH ** 2; and the ways that gave them, int16: twice the
        number of a transform, and one more if mirrored.
    """
    even, odd = np.ascontiguousarray(still[:, :EVEN].T), np.ascontiguousarray(still[:, EVEN:].T)
    best = np.full((last - first, len(still)), -1, np.float32)
    way = np.zeros(best.shape, np.int16)
    for row in range(first, last, ROWS_AT_ONCE):
        rows = slice(row - first, min(row + ROWS_AT_ONCE, last) - first)
        moved = vectors(a, row, min(row + ROWS_AT_ONCE, last), True)
        for transform in range(len(TRANSFORMS)):
            one = np.ascontiguousarray(moved[:, transform])
            for column in range(0, len(still), COLUMNS_AT_ONCE):
                columns = slice(column, column + COLUMNS_AT_ONCE)
                of_even, of_odd = one[:, :EVEN] @ even[:, columns], one[:, EVEN:] @ odd[:, columns]
                if not mirrored:
                    of_even, of_odd = of_even + of_odd, np.zeros_like(of_odd)
                keep_best(of_even, of_odd, transform, best[rows, columns], way[rows, columns])
    return best, way
