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
HIGHEST = 8  # frequencies kept: those of so many half waves over the canvas, in any direction
LENGTH = 2000  # of a vector; its square is below 2 ** 24, up to which whole numbers are exact in float32

SCALES = np.array([0.75, 0.87, 1.0, 1.15, 1.32])
SHIFTS_ACROSS, SHIFTS_DOWN = np.array([-6, -3, 0, 3, 6]), np.array([-4, -2, 0, 2, 4])  # in cells of the finer grid

# The scale, and the shift across and down in pixels of the canvas, of each way in which a frame is laid upon another.
TRANSFORMS = np.array(
    [(s, FINE_CELL * x, FINE_CELL * y) for s in SCALES for x in SHIFTS_ACROSS for y in SHIFTS_DOWN], dtype=np.float64
)

WAYS = 3  # kept of each pair of frames, as of those that are one drawing the best is not always the true one

# Small enough that what is made of them stays in the processor's caches.
FRAMES_AT_ONCE, OTHERS_AT_ONCE = 4, 1024


def place_waves() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the waves over the grid, (GRID * GRID, n), and which of them are odd from left to right.

    These are cosines. The constant is left out, and each counts by its frequency: what edges there are varies most in
    the lowest, which say little of where they are.
    """
    number = np.arange(GRID)
    wave = np.cos(np.pi * (number[:, np.newaxis] + 0.5) * number / GRID) * np.sqrt(2 / GRID)
    wave[:, 0] /= np.sqrt(2)
    frequency = np.hypot(number[:, np.newaxis], number)
    kept = (frequency > 0) & (frequency <= HIGHEST)
    weight = frequency / HIGHEST
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
    # In float64, so that no order of adding changes what is rounded.
    maps = np.zeros((last - first, count, ORIENTATIONS, GRID, GRID))
    count_moved(frames.start, frames.points, frames.orientation, frames.size, first, *transforms, maps)
    in_place = maps.reshape(-1, GRID * GRID) @ PLACE_WAVES
    turned = np.matmul(TURN_WAVES.T, in_place.reshape(len(maps) * count, ORIENTATIONS, PLACE_WAVES.shape[1]))
    found = turned.reshape(len(maps) * count, len(ORDER))[:, ORDER]
    found *= LENGTH / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-6)
    return np.round(found).astype(np.float32).reshape(len(maps), count, len(ORDER))


@njit(nogil=True, cache=True)
def keep_best(even: NDArray[Any], odd: NDArray[Any], mirrored: bool, best: NDArray[Any]) -> None:
    """Keep the best ways in which a frame, moved as each of TRANSFORMS says, is like others.

    `even` and `odd` are (T, B) float32, the products of the two halves of the vectors. `best`, (WAYS, B) int32, holds
    what each way comes to as one number, which makes this fast: how alike the frames are times 256, and 255 less the
    way, so that of equals the first counts. A way is twice the number of a transform, and one more if mirrored.
    """
    sign = np.float32(-1 if mirrored else 1)
    for transform in range(len(even)):
        last = np.int32(255 - 2 * transform - mirrored)
        for j in range(even.shape[1]):
            alike = np.int32(np.int32(even[transform, j] + sign * odd[transform, j]) * np.int32(256) + last)
            for k in range(WAYS):
                better = best[k, j]
                best[k, j] = max(alike, better)
                alike = min(alike, better)


def similarities(a: Frames, first: int, last: int, still: NDArray[np.float32], mirrored: bool) -> NDArray[np.int32]:
    """Tell how alike frames `first` to `last` of a, moved as need be, are to others of which the vectors are known.

    Args:
        a, first, last: the frames to be moved.
        still: the vectors of the others, (B, D).
        mirrored: whether frames may be mirrored as well.

    Returns:
        (WAYS, last - first, B), the best ways first, each as one number, to be read by `likeness` and `ways`; 0 where
        there is none in which the frames are alike at all.
    """
    best = np.zeros((WAYS, last - first, len(still)), np.int32)
    for row in range(first, last, FRAMES_AT_ONCE):
        moved = vectors(a, row, min(row + FRAMES_AT_ONCE, last), True)
        flat = moved.reshape(-1, moved.shape[2])
        for column in range(0, len(still), OTHERS_AT_ONCE):
            columns = slice(column, column + OTHERS_AT_ONCE)
            even, odd = flat[:, :EVEN] @ still[columns, :EVEN].T, flat[:, EVEN:] @ still[columns, EVEN:].T
            for k in range(len(moved)):
                own = slice(k * len(TRANSFORMS), (k + 1) * len(TRANSFORMS))
                kept = np.zeros((WAYS, even.shape[1]), np.int32)
                keep_best(even[own], odd[own], False, kept)
                if mirrored:
                    keep_best(even[own], odd[own], True, kept)
                best[:, row - first + k, columns] = kept
    return best


def likeness(best: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return how alike frames are by what `similarities` tells: whole numbers up to about LENGTH ** 2."""
    return best >> 8


def ways(best: NDArray[np.int32]) -> NDArray[np.int16]:
    """Return the ways that `similarities` tells: twice the number of a transform, one more if mirrored; -1 for none."""
    return np.where(likeness(best) > 0, 255 - (best & 255), -1).astype(np.int16)


def nearest_partners(a: NDArray[Any], b: NDArray[Any], alike: NDArray[Any], most: int) -> NDArray[np.bool_]:
    """Tell in which pairs (a, b) one panel is among the `most` partners that are most like the other.

    Of equals the earlier is taken. The pairs are all that there are of the panels in question.
    """
    panel, partner, alike = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(alike, 2)
    order = np.lexsort((partner, -alike, panel))
    first = np.searchsorted(panel[order], panel[order])
    chosen = np.empty(len(order), dtype=bool)
    chosen[order] = np.arange(len(order)) - first < most
    as_panel, as_partner = np.split(chosen, 2)
    return as_panel | as_partner
