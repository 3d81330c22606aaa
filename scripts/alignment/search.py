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
# In cells of the finer grid; down by whole cells of the coarser, which spares half of the rows.
SHIFTS_ACROSS, SHIFTS_DOWN = np.array([-6, -3, 0, 3, 6]), np.array([-4, -2, 0, 2, 4])

# The scale, and the shift across and down in pixels of the canvas, of each way in which a frame is laid upon another.
TRANSFORMS = np.array(
    [(s, FINE_CELL * x, FINE_CELL * y) for s in SCALES for x in SHIFTS_ACROSS for y in SHIFTS_DOWN], dtype=np.float64
)
UNMOVED = TRANSFORMS.tolist().index([1.0, 0.0, 0.0])

WAYS = 3  # kept of each pair of frames, as of those that are one drawing the best is not always the true one

# How alike frames are is told by these of TRANSFORMS alone, which finds as many drawings as all do: those that do not
# zoom, and every other of the rest, as on a chessboard.
_SCALE, _ACROSS, _DOWN = np.indices((len(SCALES), len(SHIFTS_ACROSS), len(SHIFTS_DOWN))).reshape(3, -1)
TELLING = np.flatnonzero((SCALES[_SCALE] == 1) | ((_SCALE + _ACROSS + _DOWN) % 2 == 0))

# Small enough that what is made of them stays in the processor's caches.
FRAMES_AT_ONCE, OTHERS_AT_ONCE = 8, 512


def place_waves() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the waves over a side of the grid, (GRID, N), and what each two, down and across, count: (N, N).

    These are cosines. The constant is left out, and each counts by its frequency: what edges there are varies most in
    the lowest, which say little of where they are.
    """
    number = np.arange(HIGHEST + 1)
    waves = np.cos(np.pi * (np.arange(GRID)[:, np.newaxis] + 0.5) * number / GRID) * np.sqrt(2 / GRID)
    waves[:, 0] /= np.sqrt(2)
    frequency = np.hypot(number[:, np.newaxis], number)
    return waves, np.where(frequency <= HIGHEST, frequency / HIGHEST, 0)


def turn_waves() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the waves over orientations, (n, ORIENTATIONS), and which of them change sign in a mirror."""
    turn = 2 * np.pi * np.arange(ORIENTATIONS) / ORIENTATIONS
    waves = [np.full(ORIENTATIONS, np.sqrt(0.5)), np.cos(turn), np.sin(turn)]
    waves += [0.7 * np.cos(2 * turn), 0.7 * np.sin(2 * turn)]
    return np.array(waves), np.array([False, False, True, False, True])


PLACE_WAVES, WEIGHT = place_waves()
TURN_WAVES, _ODD_TURN = turn_waves()
TURNS = len(TURN_WAVES)

# Which products of waves, those down, across and over orientations, make a vector; those that stay as they are in a
# mirror come first; and what each counts.
_KEPT = np.flatnonzero(np.repeat(WEIGHT > 0, TURNS))
_CHANGES_SIGN = (_KEPT // TURNS % len(WEIGHT) % 2 == 1) != _ODD_TURN[_KEPT % TURNS]
ORDER = np.concatenate([_KEPT[~_CHANGES_SIGN], _KEPT[_CHANGES_SIGN]])
COUNTS = np.repeat(WEIGHT, TURNS)[ORDER]
EVEN = int((~_CHANGES_SIGN).sum())


@njit(nogil=True, cache=True)
def count_finely(points: NDArray[Any], orientation: NDArray[Any], scale: float, counts: NDArray[Any]) -> None:
    """Count points, zoomed, on the finer grid, each shared out to the nearest cells: (ORIENTATIONS, FINE, FINE)."""
    counts[:] = 0
    for k in range(len(points)):
        across = (points[k, 0] / 2 * scale + CANVAS / 2) / FINE_CELL - 0.5
        down = (points[k, 1] / 2 * scale + CANVAS / 2) / FINE_CELL - 0.5
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
def sum_turns(counts: NDArray[Any], roots: NDArray[Any], turned: NDArray[Any]) -> None:
    """Fill `turned`, (FINE - 1, GRID * TURNS), with the waves over orientations of the square roots of what cells hold.

    These are the cells of the grid wherever on the finer one they begin across, and at every other row of it. `roots`,
    (ORIENTATIONS + 1, FINE - 1), is to work in.
    """
    waves = roots[ORIENTATIONS]
    for y in range(GRID):
        for o in range(ORIENTATIONS):
            upper, lower = counts[o, 2 * y], counts[o, 2 * y + 1]
            for x in range(FINE - 1):
                roots[o, x] = math.sqrt(upper[x] + upper[x + 1] + lower[x] + lower[x + 1])
        for n in range(TURNS):
            waves[:] = 0
            for o in range(ORIENTATIONS):
                for x in range(FINE - 1):
                    waves[x] += TURN_WAVES[n, o] * roots[o, x]
            for x in range(FINE - 1):
                turned[x, y * TURNS + n] = waves[x]


@njit(nogil=True, cache=True)
def sum_across(
    turned: NDArray[Any], shift: int, left: int, right: int, waves: NDArray[Any], sums: NDArray[Any]
) -> None:
    """Fill `sums`, (GRID, N * TURNS), with the waves across of what is shifted, in columns `left` to `right`.

    `waves`, (GRID * TURNS,), is to work in.
    """
    for n in range(len(WEIGHT)):
        waves[:] = 0
        for x in range(max(left, (shift + 1) // 2), min(right, (FINE + shift) // 2)):
            cells = turned[2 * x - shift]
            for k in range(len(waves)):
                waves[k] += PLACE_WAVES[x, n] * cells[k]
        for k in range(len(waves)):
            sums[k // TURNS, n * TURNS + k % TURNS] = waves[k]


@njit(nogil=True, cache=True)
def sum_down(across: NDArray[Any], shift: int, top: int, low: int, sums: NDArray[Any]) -> None:
    """Fill `sums`, (N * N * TURNS,), with the waves down of what is shifted, in rows `top` to `low`."""
    sums[:] = 0
    length = across.shape[1]
    for y in range(max(top, shift // 2), min(low, GRID + shift // 2)):
        cells = across[y - shift // 2]
        for n in range(len(WEIGHT)):
            waves = sums[n * length : (n + 1) * length]
            for k in range(length):
                waves[k] += PLACE_WAVES[y, n] * cells[k]


@njit(nogil=True, cache=True)
def fill_vectors(
    start: NDArray[Any],
    points: NDArray[Any],
    orientation: NDArray[Any],
    size: NDArray[Any],
    transforms: NDArray[Any],
    found: NDArray[Any],
) -> None:
    """Fill `found` with the vectors of frames, see `vectors`; `start` and `size` are those of the frames in question.

    Only cells that a frame covers where it is not moved count, as the other's are no larger.
    """
    counts = np.empty((ORIENTATIONS, FINE, FINE), np.float32)
    roots, waves = np.empty((ORIENTATIONS + 1, FINE - 1)), np.empty(GRID * TURNS)
    turned = np.empty((FINE - 1, GRID * TURNS))
    across, sums = np.empty((GRID, len(WEIGHT) * TURNS)), np.empty(WEIGHT.size * TURNS)
    entries = np.empty(len(ORDER))
    for f in range(len(size)):
        own = slice(start[f], start[f + 1])
        left, right = int((CANVAS - size[f, 0]) / 2 / CELL), math.ceil((CANVAS + size[f, 0]) / 2 / CELL)
        top, low = int((CANVAS - size[f, 1]) / 2 / CELL), math.ceil((CANVAS + size[f, 1]) / 2 / CELL)
        scale, column = -1, -1
        for t in range(len(transforms)):
            place, down = transforms[t] // len(SHIFTS_DOWN), transforms[t] % len(SHIFTS_DOWN)
            if scale != place // len(SHIFTS_ACROSS):
                scale, column = place // len(SHIFTS_ACROSS), -1
                count_finely(points[own], orientation[own], SCALES[scale], counts)
                sum_turns(counts, roots, turned)
            if column != place % len(SHIFTS_ACROSS):
                column = place % len(SHIFTS_ACROSS)
                sum_across(turned, SHIFTS_ACROSS[column], left, right, waves, across)
            sum_down(across, SHIFTS_DOWN[down], top, low, sums)
            square = 0.0
            for d in range(len(ORDER)):
                entries[d] = sums[ORDER[d]] * COUNTS[d]
                square += entries[d] ** 2
            times = LENGTH / (math.sqrt(square) + 1e-6)
            for d in range(len(ORDER)):
                found[f, t, d] = np.rint(entries[d] * times)


def vectors(frames: Frames, first: int, last: int, transforms: NDArray[Any]) -> NDArray[np.float32]:
    """Return the vectors of frames `first` to `last`, moved as some of TRANSFORMS say, which are told by their numbers.

    They are (frames, transforms, D), whole numbers, of length LENGTH.
    """
    found = np.empty((last - first, len(transforms), len(ORDER)), np.float32)
    own = frames.start[first : last + 1], frames.points, frames.orientation, frames.size[first:last]
    fill_vectors(*own, transforms, found)
    return found


@njit(nogil=True, cache=True)
def keep_most(even: NDArray[Any], odd: NDArray[Any], mirrored: bool, most: NDArray[Any]) -> None:
    """Fill `most`, (F, B) float32, with how alike frames are in the way, mirrored or not, in which they are most alike.

    `even` and `odd` are (F * T, B) float32, the products of the two halves of the vectors.
    """
    most[:] = 0
    transforms = len(even) // len(most)
    for row in range(len(even)):
        for j in range(most.shape[1]):
            turned = abs(odd[row, j]) if mirrored else odd[row, j]
            most[row // transforms, j] = max(most[row // transforms, j], even[row, j] + turned)


def similarities(a: Frames, first: int, last: int, still: NDArray[np.float32], mirrored: bool) -> NDArray[np.float32]:
    """Tell how alike frames `first` to `last` of a, moved as need be, are to others of which the vectors are known.

    Args:
        a, first, last: the frames to be moved.
        still: the vectors of the others, (B, D).
        mirrored: whether frames may be mirrored as well.

    Returns:
        (last - first, B): whole numbers up to about LENGTH ** 2, 0 for frames that are not alike at all.
    """
    most = np.empty((last - first, len(still)), np.float32)
    work = np.empty((2, FRAMES_AT_ONCE * len(TELLING), OTHERS_AT_ONCE), np.float32)
    for row in range(first, last, FRAMES_AT_ONCE):
        moved = vectors(a, row, min(row + FRAMES_AT_ONCE, last), TELLING)
        flat = moved.reshape(-1, moved.shape[2])
        for column in range(0, len(still), OTHERS_AT_ONCE):
            others = still[column : column + OTHERS_AT_ONCE]
            even, odd = work[:, : len(flat), : len(others)]
            np.matmul(flat[:, :EVEN], others[:, :EVEN].T, out=even)
            np.matmul(flat[:, EVEN:], others[:, EVEN:].T, out=odd)
            keep_most(even, odd, mirrored, most[row - first :, column:][: len(moved), : len(others)])
    return most


@njit(nogil=True, cache=True, fastmath=True)
def product(one: NDArray[Any], other: NDArray[Any]) -> np.float32:
    """Multiply two vectors, in whatever order is fastest: of whole numbers it makes no difference."""
    total = np.float32(0)
    for d in range(len(one)):
        total += one[d] * other[d]
    return total


@njit(nogil=True, cache=True)
def keep_best(
    moved: NDArray[Any], still: NDArray[Any], columns: NDArray[Any], mirrored: bool, found: NDArray[Any]
) -> None:
    """Fill `found`, (n, WAYS), with the best ways in which a frame, moved, (T, D), is laid upon others, see `ways`."""
    best = np.empty(WAYS, np.int64)
    for n in range(len(columns)):
        other = still[columns[n]]
        # How alike the frames are, and then 255 less the way, as one number, so that of equals the first counts.
        best[:] = 255
        for transform in range(len(moved)):
            one = moved[transform]
            even, odd = product(one[:EVEN], other[:EVEN]), product(one[EVEN:], other[EVEN:])
            for mirror in range(2 if mirrored else 1):
                number = 256 * np.int64(even - odd if mirror else even + odd) + 255 - (2 * transform + mirror)
                for k in range(WAYS):
                    if number > best[k]:
                        best[k], number = number, best[k]
        for k in range(WAYS):
            found[n, k] = 255 - best[k] % 256 if best[k] > 255 else -1


def ways(
    a: Frames, rows: NDArray[Any], still: NDArray[np.float32], columns: NDArray[Any], mirrored: bool
) -> NDArray[np.int16]:
    """Return the best ways in which frames, moved as any of TRANSFORMS says, are laid upon others.

    Args:
        a, rows: the frames to be moved, (n,).
        still, columns: the vectors of others, and which of these stand opposite, (n,).
        mirrored: whether frames may be mirrored as well.

    Returns:
        (n, WAYS), the best first, the first of equals: twice the number of a transform, one more if mirrored; -1 for
        ways in which the frames are not alike at all.
    """
    order = np.argsort(rows, kind="stable")
    found = np.empty((len(rows), WAYS), np.int16)
    every = np.arange(len(TRANSFORMS))
    for pairs in np.split(order, np.flatnonzero(np.diff(rows[order])) + 1):
        if len(pairs):
            row = int(rows[pairs[0]])
            best = np.empty((len(pairs), WAYS), np.int16)
            keep_best(vectors(a, row, row + 1, every)[0], still, columns[pairs], mirrored, best)
            found[pairs] = best
    return found
