"""Which frames may show one drawing, shifted, zoomed or mirrored: a vector for each, and how alike two vectors are.

A frame's edges are counted by orientation on a coarse grid; the low frequencies of these counts, in place and in
orientation, are its vector. A frame is laid upon another by moving its edges before they are counted, as each of
`TRANSFORMS` says; its mirror image is had by turning the sign of half of the vector. Vectors hold whole numbers so
small that their products are exact in float32, in whatever order they are added: what is found depends neither on the
library that multiplies nor on how panels are put into blocks.

Six in seven pairs of frames are so little alike that few of the frequencies, in few ways, show it: the others alone
are compared in full.
"""

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alignment.canvas import CANVAS, ORIENTATIONS, Frames
from compiled import njit

CELL = 8  # pixels of the canvas
GRID = CANVAS // CELL
FINE = 2 * GRID  # cells of the finer grid, on which frames are shifted
FINE_CELL = CANVAS // FINE
HIGHEST = 8  # frequency kept, in half waves over the canvas, in any direction
WAVES = HIGHEST + 1  # over one side
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


def place_waves() -> NDArray[np.float32]:
    """Return the waves over a side of the grid, (GRID, WAVES): cosines, the first of which is constant."""
    number = np.arange(WAVES)
    waves = np.cos(np.pi * (np.arange(GRID)[:, np.newaxis] + 0.5) * number / GRID) * np.sqrt(2 / GRID)
    waves[:, 0] /= np.sqrt(2)
    return waves.astype(np.float32)


def turn_waves() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the waves over orientations, (TURNS, ORIENTATIONS), and which of them change sign in a mirror."""
    turn = 2 * np.pi * np.arange(ORIENTATIONS) / ORIENTATIONS
    waves = [np.full(ORIENTATIONS, np.sqrt(0.5)), np.cos(turn), np.sin(turn)]
    waves += [0.7 * np.cos(2 * turn), 0.7 * np.sin(2 * turn)]
    return np.array(waves, np.float32), np.array([False, False, True, False, True])


PLACE_WAVES = place_waves()
TURN_WAVES, _ODD_TURN = turn_waves()
TURNS = len(TURN_WAVES)

# Beside each other stand a wave over orientations, then one across, then one down; those across and over orientations
# with some room after them, as a processor takes sixteen at a time.
ROW = -(-WAVES * TURNS // 16) * 16


class Products(NamedTuple):
    """Which products of waves down, across and over orientations make a vector.

    Attributes:
        places: (D,) int64, of each its place among all: down, ROW, across, TURNS, over orientations.
        counts: (D,) float32, what each counts.
        even: how many, the first, stay as they are in a mirror; the others change their sign.
    """

    places: NDArray[np.int64]
    counts: NDArray[np.float32]
    even: int


def products(above: float, highest: float) -> Products:
    """Return those of frequencies above one and up to another, in half waves over the canvas, in any direction.

    Each counts by its frequency: what edges there are varies most in the lowest, which say little of where they are.
    """
    down, across, turn = np.indices((WAVES, WAVES, TURNS)).reshape(3, -1)
    frequency = np.hypot(down, across)
    changes_sign = (across % 2 == 1) != _ODD_TURN[turn]
    kept = np.flatnonzero((frequency > above) & (frequency <= highest))
    kept = kept[np.argsort(changes_sign[kept], kind="stable")]
    places = (ROW * down + TURNS * across + turn)[kept]
    return Products(places, (frequency[kept] / HIGHEST).astype(np.float32), int((~changes_sign[kept]).sum()))


# By all of them it is told how alike frames are. The constant is left out.
ALL = products(0, HIGHEST)

# Most frames are so little alike that a glance shows it: few products, in a few ways. Low frequencies are alike in very
# many frames, and high ones in few that have moved to between two of these ways. These are, of those that do not zoom,
# every other and all that are farthest up and down; and those that zoom and do not shift.
GLANCE = products(3, 6)
_FARTHEST = np.abs(SHIFTS_DOWN[_DOWN]) == SHIFTS_DOWN.max()
_UNSHIFTED = (SHIFTS_ACROSS[_ACROSS] == 0) & (SHIFTS_DOWN[_DOWN] == 0)
GLANCING = np.flatnonzero(np.where(SCALES[_SCALE] == 1, _FARTHEST | ((_ACROSS + _DOWN) % 2 == 0), _UNSHIFTED))

# Frames less alike than that at a glance, as a share of what the same frames are, are not compared further. Of those of
# two panels one in seven is left; of 1,500 that matched 2 were lost in comics, 7 and 21 in two sets of emoji.
GLANCE_FLOOR = 0.5

# Frames of one panel that are so alike, as a share of what the same are, show the same but for a detail.
SAME = 0.9


@njit(nogil=True, cache=True)
def count_finely(points: NDArray[Any], orientation: NDArray[Any], scale: float, counts: NDArray[Any]) -> None:
    """Count points, zoomed, on the finer grid, each shared out to the nearest cells: (ORIENTATIONS, FINE, FINE + 1)."""
    counts[:] = 0
    one, half, last = np.float32(1), np.float32(0.5), np.float32(FINE - 1)
    step, middle = np.float32(scale / 2 / FINE_CELL), np.float32(CANVAS / 2 / FINE_CELL)
    for k in range(len(points)):
        across, down = points[k, 0] * step + middle - half, points[k, 1] * step + middle - half
        if across < 0 or down < 0 or across >= last or down >= last:
            continue
        x, y = np.uint32(across), np.uint32(down)
        right, low = across - np.float32(x), down - np.float32(y)
        cells = counts[orientation[k]]
        cells[y, x] += (one - right) * (one - low)
        cells[y, x + 1] += right * (one - low)
        cells[y + 1, x] += (one - right) * low
        cells[y + 1, x + 1] += right * low


@njit(nogil=True, cache=True)
def sum_turns(counts: NDArray[Any], roots: NDArray[Any], turned: NDArray[Any]) -> None:
    """Fill `turned`, (FINE, GRID * TURNS), with the waves over orientations of the square roots of what cells hold.

    These are the cells of the grid wherever on the finer one they begin across, and at every other row of it. `roots`,
    (ORIENTATIONS + 1, FINE), is to work in.
    """
    waves = roots[ORIENTATIONS]
    for y in range(GRID):
        for o in range(ORIENTATIONS):
            upper, lower = counts[o, 2 * y], counts[o, 2 * y + 1]
            for x in range(FINE):
                roots[o, x] = math.sqrt(upper[x] + upper[x + 1] + lower[x] + lower[x + 1])
        for n in range(TURNS):
            waves[:] = 0
            for o in range(ORIENTATIONS):
                for x in range(FINE):
                    waves[x] += TURN_WAVES[n, o] * roots[o, x]
            for x in range(FINE):
                turned[x, y * TURNS + n] = waves[x]


@njit(nogil=True, cache=True)
def sum_across(
    turned: NDArray[Any], shift: int, left: int, right: int, waves: NDArray[Any], sums: NDArray[Any]
) -> None:
    """Fill `sums`, (GRID, ROW), with the waves across of what is shifted, in columns `left` to `right`.

    `waves`, (GRID * TURNS,), is to work in.
    """
    for n in range(WAVES):
        waves[:] = 0
        for x in range(max(left, (shift + 1) // 2), min(right, (FINE + shift) // 2)):
            cells = turned[2 * x - shift]
            for k in range(GRID * TURNS):
                waves[k] += PLACE_WAVES[x, n] * cells[k]
        for y in range(GRID):
            for turn in range(TURNS):
                sums[y, n * TURNS + turn] = waves[y * TURNS + turn]


@njit(nogil=True, cache=True)
def sum_down(across: NDArray[Any], shift: int, top: int, low: int, sums: NDArray[Any]) -> None:
    """Fill `sums`, (WAVES * ROW,), with the waves down of what is shifted, in rows `top` to `low`."""
    sums[:] = 0
    for y in range(max(top, shift // 2), min(low, GRID + shift // 2)):
        cells = across[y - shift // 2]
        for n in range(WAVES):
            waves = sums[n * ROW : (n + 1) * ROW]
            for k in range(ROW):
                waves[k] += PLACE_WAVES[y, n] * cells[k]


@njit(nogil=True, cache=True)
def fill_waves(
    start: NDArray[Any],
    points: NDArray[Any],
    orientation: NDArray[Any],
    size: NDArray[Any],
    transforms: NDArray[Any],
    found: NDArray[Any],
) -> None:
    """Fill `found` with the waves of frames, see `waves`; `start` and `size` are those of the frames in question.

    Only cells that a frame covers where it is not moved count, as the other's are no larger.
    """
    # There is nothing in the column after the last, and in what is behind the waves of a row.
    fine = np.zeros((ORIENTATIONS, FINE, FINE + 1), np.float32)
    roots, summed = np.empty((ORIENTATIONS + 1, FINE), np.float32), np.empty(GRID * TURNS, np.float32)
    turned = np.empty((FINE, GRID * TURNS), np.float32)
    across = np.zeros((GRID, ROW), np.float32)
    for f in range(len(size)):
        own = slice(start[f], start[f + 1])
        left, right = int((CANVAS - size[f, 0]) / 2 / CELL), math.ceil((CANVAS + size[f, 0]) / 2 / CELL)
        top, low = int((CANVAS - size[f, 1]) / 2 / CELL), math.ceil((CANVAS + size[f, 1]) / 2 / CELL)
        scale, column = -1, -1
        for t in range(len(transforms)):
            place, down = transforms[t] // len(SHIFTS_DOWN), transforms[t] % len(SHIFTS_DOWN)
            if scale != place // len(SHIFTS_ACROSS):
                scale, column = place // len(SHIFTS_ACROSS), -1
                count_finely(points[own], orientation[own], SCALES[scale], fine)
                sum_turns(fine, roots, turned)
            if column != place % len(SHIFTS_ACROSS):
                column = place % len(SHIFTS_ACROSS)
                sum_across(turned, SHIFTS_ACROSS[column], left, right, summed, across)
            sum_down(across, SHIFTS_DOWN[down], top, low, found[f, t])


def waves(frames: Frames, first: int, last: int, transforms: NDArray[Any]) -> NDArray[np.float32]:
    """Return the waves of frames `first` to `last`, moved as some of TRANSFORMS say, which are told by their numbers.

    They are (frames, transforms, WAVES * ROW): what the edges, by waves down, across and over orientations, add up to.
    """
    found = np.empty((last - first, len(transforms), WAVES * ROW), np.float32)
    fill_waves(
        frames.start[first : last + 1], frames.points, frames.orientation, frames.size[first:last], transforms, found
    )
    return found


@njit(nogil=True, cache=True)
def gather(summed: NDArray[Any], places: NDArray[Any], counts: NDArray[Any], vector: NDArray[Any]) -> None:
    """Fill `vector`, (D,) float32, see `Products`, with whole numbers of length LENGTH."""
    for d in range(len(vector)):
        vector[d] = summed[places[d]] * counts[d]
    # Squares are added up by sixteens, in an order that is the same on all processors.
    squares = np.zeros(16, np.float32)
    whole = len(vector) // 16 * 16
    for first in range(0, whole, 16):
        for k in range(16):
            squares[k] += vector[first + k] * vector[first + k]
    for d in range(whole, len(vector)):
        squares[0] += vector[d] * vector[d]
    times = np.float32(LENGTH / (math.sqrt(squares.sum()) + 1e-6))
    for d in range(len(vector)):
        vector[d] = np.rint(vector[d] * times)


@njit(nogil=True, cache=True)
def gather_all(
    waves: NDArray[Any], columns: NDArray[Any], places: NDArray[Any], counts: NDArray[Any], found: NDArray[Any]
) -> None:
    """Fill `found`, (F, T, D), with the vectors of some columns, (T,), of waves."""
    for f in range(len(waves)):
        for t in range(len(columns)):
            gather(waves[f, columns[t]], places, counts, found[f, t])


def vectors_of(waves: NDArray[np.float32], columns: NDArray[Any], of: Products = ALL) -> NDArray[np.float32]:
    """Return the vectors of frames in some of the ways in which waves show them, told by their columns there.

    They are (frames, columns, D), whole numbers, of length LENGTH, made of the products of waves `of`.
    """
    found = np.empty((len(waves), len(columns), len(of.counts)), np.float32)
    gather_all(waves, columns, of.places, of.counts, found)
    return found


def vectors(frames: Frames, first: int, last: int, transforms: NDArray[Any], of: Products = ALL) -> NDArray[np.float32]:
    """Return the vectors of frames `first` to `last`, moved as `transforms` say, see `waves` and `vectors_of`."""
    return vectors_of(waves(frames, first, last, transforms), np.arange(len(transforms)), of)


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


class Still(NamedTuple):
    """The vectors of frames that are not moved, (F, D), and those for a glance, (D, F), as they are multiplied."""

    all: NDArray[np.float32]
    glance: NDArray[np.float32]

    def part(self, first: int, last: int) -> "Still":
        """Return those of frames `first` to `last`."""
        return Still(self.all[first:last], self.glance[:, first:last])


def still_vectors(frames: Frames) -> Still:
    """Return the vectors of frames, not moved."""
    unmoved = waves(frames, 0, len(frames), np.array([UNMOVED]))
    every, glance = (vectors_of(unmoved, np.array([0]), of)[:, 0] for of in (ALL, GLANCE))
    return Still(every, np.ascontiguousarray(glance.T))


def telling_frames(frames: Frames, start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the frames to be searched with: of most animations one, as the others show nearly the same.

    A frame that says too little is left out, as its vector would be noise; and so is one that is as like as SAME to an
    earlier one of its panel that is not left out. Those of panel p are rows start[p] to start[p + 1], `start` (P + 1,).
    """
    enough = frames.says_enough
    telling = []
    for first, last in pairwise(start.tolist()):
        own = first + np.flatnonzero(enough[first:last])
        if len(own) > 1:
            still = vectors(frames, first, last, np.array([UNMOVED]))[own - first, 0]
            alike = still @ still.T
            kept: list[int] = []
            for frame in range(len(own)):
                if (alike[frame, kept] < SAME * LENGTH**2).all():
                    kept.append(frame)
            own = own[kept]
        telling.append(own)
    return np.concatenate(telling)


def most_alike(
    moved: NDArray[np.float32],
    others: NDArray[np.float32],
    even: int,
    mirrored: bool,
    work: NDArray[np.float32],
    most: NDArray[np.float32],
) -> None:
    """Fill `most`, (F, B), with how alike frames, moved, (F, T, D), are to others, (D, B), in the best of the T ways.

    The first `even` entries of the vectors stay as they are in a mirror. `work` is to work in.
    """
    flat = moved.reshape(-1, moved.shape[2])
    for column in range(0, others.shape[1], OTHERS_AT_ONCE):
        some = others[:, column : column + OTHERS_AT_ONCE]
        products_even, products_odd = work[:, : len(flat), : some.shape[1]]
        np.matmul(flat[:, :even], some[:even], out=products_even)
        np.matmul(flat[:, even:], some[even:], out=products_odd)
        keep_most(products_even, products_odd, mirrored, most[:, column : column + some.shape[1]])


def similarities(a: Frames, first: int, last: int, still: Still, mirrored: bool) -> NDArray[np.float32]:
    """Tell how alike frames `first` to `last` of a, moved as need be, are to others of which the vectors are known.

    Args:
        a, first, last: the frames to be moved.
        still: the vectors of the others, B.
        mirrored: whether frames may be mirrored as well.

    Returns:
        (last - first, B): whole numbers up to about LENGTH ** 2, 0 for frames that are not alike at all, or not at a
        glance.
    """
    most = np.zeros((last - first, len(still.all)), np.float32)
    glances = np.empty((FRAMES_AT_ONCE, len(still.all)), np.float32)
    work = np.empty((2, max(FRAMES_AT_ONCE * len(GLANCING), len(TELLING)), OTHERS_AT_ONCE), np.float32)
    either = np.union1d(GLANCING, TELLING)
    glancing, telling = (np.searchsorted(either, some) for some in (GLANCING, TELLING))
    for row in range(first, last, FRAMES_AT_ONCE):
        end = min(row + FRAMES_AT_ONCE, last)
        moved, glance = waves(a, row, end, either), glances[: end - row]
        most_alike(vectors_of(moved, glancing, GLANCE), still.glance, GLANCE.even, mirrored, work, glance)
        for frame, (seen, moved_frame) in enumerate(zip(glance, vectors_of(moved, telling), strict=True), row):
            columns = np.flatnonzero(seen >= GLANCE_FLOOR * LENGTH**2)
            alike = np.empty((1, len(columns)), np.float32)
            most_alike(moved_frame[np.newaxis], still.all.take(columns, axis=0).T, ALL.even, mirrored, work, alike)
            most[frame - first, columns] = alike[0]
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
    moved: NDArray[Any], still: NDArray[Any], columns: NDArray[Any], even_part: int, mirrored: bool, found: NDArray[Any]
) -> None:
    """Fill `found`, (n, WAYS), with the best ways in which a frame, moved, (T, D), is laid upon others, see `ways`."""
    best = np.empty(WAYS, np.int64)
    for n in range(len(columns)):
        other = still[columns[n]]
        # How alike the frames are, and then 255 less the way, as one number, so that of equals the first counts.
        best[:] = 255
        for transform in range(len(moved)):
            one = moved[transform]
            even, odd = product(one[:even_part], other[:even_part]), product(one[even_part:], other[even_part:])
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
            keep_best(vectors(a, row, row + 1, every)[0], still, columns[pairs], ALL.even, mirrored, best)
            found[pairs] = best
    return found
