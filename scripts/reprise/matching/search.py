"""Which frames may show one drawing, shifted, zoomed or mirrored: a vector for each, and how alike two vectors are.

A frame's edges are counted by orientation on a coarse grid. The low frequencies of these counts, over the picture and
over orientations, are its vector. To lay a frame upon another, its edges are moved before they are counted, as each of
`TRANSFORMS` says. In a mirror half of the numbers of a vector change their sign, and the others stay. Vectors hold
whole numbers of a byte. Processors multiply these fastest, and their products are exact: what is found depends neither
on the processor nor on how panels are put into blocks.

Six in seven pairs of frames are so little alike that a glance shows it: few frequencies, in few ways. Only the others
are compared in full.

In the field: waves: DCT, and Fourier series, of a grid of orientation histograms; vector: global descriptor; way:
sampled similarity transform, pose hypothesis; glance: coarse filter, cascade.
"""

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numkong
import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit
from reprise.matching.canvas import CANVAS, ORIENTATIONS, EdgePoints
from reprise.matching.evidence import FEWEST, says_enough

CELL = 8  # pixels of the canvas
GRID = CANVAS // CELL
FINE = 2 * GRID  # cells of the finer grid, on which frames are shifted
FINE_CELL = CANVAS // FINE
HIGHEST = 8  # frequency kept, in half waves over the canvas, in any direction
WAVES = HIGHEST + 1  # over one side

# LENGTH is the length of a vector, and LARGEST its largest entry: what a byte holds. A larger entry is cut to that.
# Vectors longer than LENGTH would have more entries to cut. As it is, one in forty of the vectors for a glance has one,
# and next to none of those of all products.
LENGTH, LARGEST = 200, 127

# Each half of a vector is filled up with zeros to a multiple of so many entries: processors take so many at a time.
AT_ONCE = 32

SCALES = np.array([0.75, 0.87, 1.0, 1.15, 1.32])
# In cells of the finer grid. Shifts down are by whole cells of the coarser grid, which spares half of the rows.
SHIFTS_ACROSS, SHIFTS_DOWN = np.array([-6, -3, 0, 3, 6]), np.array([-4, -2, 0, 2, 4])

# The scale, and the shift across and down in pixels of the canvas, of each way in which a frame is laid upon another.
TRANSFORMS = np.array(
    [(s, FINE_CELL * x, FINE_CELL * y) for s in SCALES for x in SHIFTS_ACROSS for y in SHIFTS_DOWN], dtype=np.float64
)
UNMOVED = TRANSFORMS.tolist().index([1.0, 0.0, 0.0])

WAYS = 3  # kept of each pair of frames: even where they are one drawing, the best way is not always the true one

# Only these of TRANSFORMS tell how alike frames are: those that do not zoom, and every other one of the rest, as on a
# chessboard. They find as many drawings as all do.
_SCALE, _ACROSS, _DOWN = np.indices((len(SCALES), len(SHIFTS_ACROSS), len(SHIFTS_DOWN))).reshape(3, -1)
TELLING = np.flatnonzero((SCALES[_SCALE] == 1) | ((_SCALE + _ACROSS + _DOWN) % 2 == 0))

# So few that what is made of them stays in the processor's caches.
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

# Waves over orientations stand side by side, then those across, then those down. A row, of those across and over
# orientations, has some room at its end, as a processor takes sixteen numbers at a time.
ROW = -(-WAVES * TURNS // 16) * 16


class Products(NamedTuple):
    """Which products of waves down, across and over orientations make a vector.

    Attributes:
        places: (D,) int64, of each its place among all: down, ROW, across, TURNS, over orientations.
        counts: (D,) float32, what each counts; 0 where a half is filled up.
        even: how many, the first, stay as they are in a mirror; the others change their sign.
    """

    places: NDArray[np.int64]
    counts: NDArray[np.float32]
    even: int


def products(above: float, highest: float) -> Products:
    """Return the products of frequencies above `above`, up to `highest`: half waves over the canvas in any direction.

    Each counts by its frequency. The lowest vary most, and yet say little of where the edges are.
    """
    down, across, turn = np.indices((WAVES, WAVES, TURNS)).reshape(3, -1)
    frequency = np.hypot(down, across)
    changes_sign = (across % 2 == 1) != _ODD_TURN[turn]
    kept = (frequency > above) & (frequency <= highest)
    places, counts = [], []
    for half in (np.flatnonzero(kept & ~changes_sign), np.flatnonzero(kept & changes_sign)):
        room = (0, -len(half) % AT_ONCE)
        places.append(np.pad((ROW * down + TURNS * across + turn)[half], room))
        counts.append(np.pad((frequency[half] / HIGHEST).astype(np.float32), room))
    return Products(np.concatenate(places), np.concatenate(counts), len(places[0]))


# All of them tell how alike frames are. The constant wave is left out.
ALL = products(0, HIGHEST)

# Most frames are so little alike that a glance shows it: few products, in few ways. The lowest frequencies are left
# out, as they are alike in very many frames. So are the highest, as they differ where a frame lies between two of the
# ways. The ways are: of those that do not zoom every other one, and all that are farthest up and down; and those that
# zoom and do not shift.
GLANCE = products(3, 6)
_FARTHEST = np.abs(SHIFTS_DOWN[_DOWN]) == SHIFTS_DOWN.max()
_UNSHIFTED = (SHIFTS_ACROSS[_ACROSS] == 0) & (SHIFTS_DOWN[_DOWN] == 0)
GLANCING = np.flatnonzero(np.where(SCALES[_SCALE] == 1, _FARTHEST | ((_ACROSS + _DOWN) % 2 == 0), _UNSHIFTED))

# Frames that are less alike than this at a glance are not compared any further. It is a share of what two equal frames
# are. One pair of frames in seven is left. It was chosen by hand on comics and on two sets of emoji: of 1,500 pairs
# that matched, 2 were lost in comics, and 7 and 21 in emoji.
GLANCE_FLOOR = 0.5

# Frames of one panel that are so alike show the same but for a detail. It is a share of what two equal frames are. It
# was chosen by hand. The clusters of the sets of benchmarks/matching.yaml stay as they were, but for one pair of 3,619
# panels.
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


def waves(frames: EdgePoints, first: int, last: int, transforms: NDArray[Any]) -> NDArray[np.float32]:
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
    """Fill `vector`, (D,) int8, see `Products`, with whole numbers, of length LENGTH unless one had to be cut."""
    exact = np.empty(len(vector), np.float32)
    for d in range(len(vector)):
        exact[d] = summed[places[d]] * counts[d]
    # Squares are added up by sixteens, in an order that is the same on all processors.
    squares = np.zeros(16, np.float32)
    whole = len(vector) // 16 * 16
    for first in range(0, whole, 16):
        for k in range(16):
            squares[k] += exact[first + k] * exact[first + k]
    for d in range(whole, len(vector)):
        squares[0] += exact[d] * exact[d]
    times, largest = np.float32(LENGTH / (math.sqrt(squares.sum()) + 1e-6)), np.float32(LARGEST)
    for d in range(len(vector)):
        vector[d] = np.int8(min(max(np.rint(exact[d] * times), -largest), largest))


@njit(nogil=True, cache=True)
def gather_all(
    waves: NDArray[Any], columns: NDArray[Any], places: NDArray[Any], counts: NDArray[Any], found: NDArray[Any]
) -> None:
    """Fill `found`, (F, T, D), with the vectors of some columns, (T,), of waves."""
    for f in range(len(waves)):
        for t in range(len(columns)):
            gather(waves[f, columns[t]], places, counts, found[f, t])


def vectors_of(waves: NDArray[np.float32], columns: NDArray[Any], of: Products = ALL) -> NDArray[np.int8]:
    """Return the vectors of frames in some of the ways in which waves show them, told by their columns there.

    They are (frames, columns, D), whole numbers, of length LENGTH, made of the products of waves `of`.
    """
    found = np.empty((len(waves), len(columns), len(of.counts)), np.int8)
    gather_all(waves, columns, of.places, of.counts, found)
    return found


def vectors(
    frames: EdgePoints, first: int, last: int, transforms: NDArray[Any], of: Products = ALL
) -> NDArray[np.int8]:
    """Return the vectors of frames `first` to `last`, moved as `transforms` say, see `waves` and `vectors_of`."""
    return vectors_of(waves(frames, first, last, transforms), np.arange(len(transforms)), of)


@njit(nogil=True, cache=True)
def keep_most(even: NDArray[Any], odd: NDArray[Any], mirrored: bool, most: NDArray[Any]) -> None:
    """Fill `most`, (F, B) int32, with how alike frames are in the way, mirrored or not, in which they are most alike.

    `even` and `odd` are (F * T, B) int32, the products of the two halves of the vectors.
    """
    most[:] = 0
    transforms = len(even) // len(most)
    for row in range(len(even)):
        for j in range(most.shape[1]):
            turned = abs(odd[row, j]) if mirrored else odd[row, j]
            most[row // transforms, j] = max(most[row // transforms, j], even[row, j] + turned)


class Still(NamedTuple):
    """The vectors of B frames that are not moved.

    Attributes:
        all: (B, D) int8, of all products of waves.
        glance: (B, D) int8, of those for a glance.
    """

    all: NDArray[np.int8]
    glance: NDArray[np.int8]

    def part(self, first: int, last: int) -> "Still":
        """Return those of frames `first` to `last`."""
        return Still(self.all[first:last], self.glance[first:last])


def still_vectors(frames: EdgePoints) -> Still:
    """Return the vectors of frames, not moved."""
    unmoved = waves(frames, 0, len(frames), np.array([UNMOVED]))
    return Still(*(vectors_of(unmoved, np.array([0]), of)[:, 0] for of in (ALL, GLANCE)))


class Moved(NamedTuple):
    """The vectors of F frames, moved.

    Attributes:
        all: (F, T, D) int8, of all products of waves, moved as each of TRANSFORMS says.
        glance: (F, T, D) int8, of the products and in the ways that make a glance.
    """

    all: NDArray[np.int8]
    glance: NDArray[np.int8]


def moved_vectors(frames: EdgePoints, first: int, last: int) -> Moved:
    """Return the vectors of frames `first` to `last`, moved."""
    every = np.arange(len(TRANSFORMS))
    moved = Moved(
        np.empty((last - first, len(every), len(ALL.counts)), np.int8),
        np.empty((last - first, len(GLANCING), len(GLANCE.counts)), np.int8),
    )
    for row in range(first, last, FRAMES_AT_ONCE):
        some = waves(frames, row, min(row + FRAMES_AT_ONCE, last), every)
        own = slice(row - first, row - first + len(some))
        moved.all[own], moved.glance[own] = vectors_of(some, every), vectors_of(some, GLANCING, GLANCE)
    return moved


def telling_frames(
    frames: EdgePoints, start: NDArray[np.int64], fewest_edges: int = FEWEST, asked: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Return the rows of the frames to be searched with: of most animations one, as the others show nearly the same.

    A frame that says too little is left out, as its vector would be noise; and so is one that is as like as SAME to an
    earlier one of its panel that is not left out. Those of panel p are rows start[p] to start[p + 1], `start` (P + 1,).
    Only those that are `asked` for, (F,), are looked at, if not all are.
    """
    enough = says_enough(np.diff(frames.start), fewest_edges)
    if asked is not None:
        enough &= asked
    telling = []
    for first, last in pairwise(start.tolist()):
        own = first + np.flatnonzero(enough[first:last])
        if len(own) > 1:
            still = vectors(frames, first, last, np.array([UNMOVED]))[own - first, 0].astype(np.int32)
            alike = still @ still.T
            kept: list[int] = []
            for frame in range(len(own)):
                if (alike[frame, kept] < SAME * LENGTH**2).all():
                    kept.append(frame)
            own = own[kept]
        telling.append(own)
    return np.concatenate(telling)


class Packed(NamedTuple):
    """Vectors in the order in which they are multiplied: what of them stays as it is in a mirror, and the rest."""

    even: numkong.PackedMatrix
    odd: numkong.PackedMatrix


def pack(vectors: NDArray[np.int8], of: Products) -> Packed:
    """Pack vectors, (B, D) with B > 0, made of some products of waves."""
    halves = vectors[:, : of.even], vectors[:, of.even :]
    return Packed(*(numkong.dots_pack(np.ascontiguousarray(half)) for half in halves))


def multiply(moved: NDArray[np.int8], others: Packed, of: Products) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Multiply vectors, (N, D), with B packed ones: (N, B) each, what stays as it is in a mirror, and the rest."""
    even, odd = moved[:, : of.even], moved[:, of.even :]
    return np.asarray(numkong.dots_packed(even, others.even)), np.asarray(numkong.dots_packed(odd, others.odd))


def most_alike(moved: NDArray[np.int8], others: Packed, of: Products, mirrored: bool, most: NDArray[np.int32]) -> None:
    """Fill `most`, (F, B), with how alike frames, moved, (F, T, D), are to others in the best of the T ways."""
    keep_most(*multiply(moved.reshape(-1, moved.shape[2]), others, of), mirrored, most)


def similarities(moved: Moved, still: Still, mirrored: bool) -> NDArray[np.int32]:
    """Tell how alike F frames, moved as need be, and mirrored if they may be, are to B others that are not moved.

    Returns:
        (F, B): whole numbers up to about LENGTH ** 2, 0 for frames that are not alike at all, or not at a glance.
    """
    most = np.zeros((len(moved.all), len(still.all)), np.int32)
    glance = np.empty((FRAMES_AT_ONCE, len(still.all)), np.int32)
    runs = [slice(first, first + OTHERS_AT_ONCE) for first in range(0, len(still.glance), OTHERS_AT_ONCE)]
    others = [pack(still.glance[run], GLANCE) for run in runs]
    for first in range(0, len(most), FRAMES_AT_ONCE):
        some = moved.glance[first : first + FRAMES_AT_ONCE]
        for run, packed in zip(runs, others, strict=True):
            most_alike(some, packed, GLANCE, mirrored, glance[: len(some), run])
        for row in range(first, first + len(some)):
            columns = np.flatnonzero(glance[row - first] >= GLANCE_FLOOR * LENGTH**2)
            if len(columns):
                alike = np.empty((1, len(columns)), np.int32)
                most_alike(moved.all[row : row + 1, TELLING], pack(still.all[columns], ALL), ALL, mirrored, alike)
                most[row, columns] = alike[0]
    return most


@njit(nogil=True, cache=True)
def keep_best(even: NDArray[Any], odd: NDArray[Any], mirrored: bool, found: NDArray[Any]) -> None:
    """Fill `found`, (B, WAYS), with the best ways in which a frame is laid upon others, see `ways`.

    `even` and `odd` are (T, B) int32, the products of the two halves of the vectors.
    """
    # How alike the frames are, and then 255 less the way, as one number, so that of equals the first counts.
    best = np.full((WAYS, len(found)), 255, np.int32)
    for way in range(0, 2 * len(even), 1 if mirrored else 2):
        transform, mirror = way // 2, way % 2
        for n in range(len(found)):
            turned = -odd[transform, n] if mirror else odd[transform, n]
            number = np.int32(256 * (even[transform, n] + turned) + 255 - way)
            for k in range(WAYS):
                best[k, n], number = max(best[k, n], number), min(best[k, n], number)
    for n in range(len(found)):
        for k in range(WAYS):
            found[n, k] = 255 - best[k, n] % 256 if best[k, n] > 255 else -1


def ways(moved: Moved, rows: NDArray[Any], still: Still, columns: NDArray[Any], mirrored: bool) -> NDArray[np.int16]:
    """Return the best ways in which frames, moved as any of TRANSFORMS says, are laid upon others.

    Args:
        moved, rows: the vectors of frames, and which of these are laid upon others, (n,).
        still, columns: the vectors of others, and which of these stand opposite, (n,).
        mirrored: whether frames may be mirrored as well.

    Returns:
        (n, WAYS), the best first, the first of equals: twice the number of a transform, one more if mirrored; -1 for
        ways in which the frames are not alike at all.
    """
    order = np.argsort(rows, kind="stable")
    found = np.empty((len(rows), WAYS), np.int16)
    for pairs in np.split(order, np.flatnonzero(np.diff(rows[order])) + 1):
        if len(pairs):
            best = np.empty((len(pairs), WAYS), np.int16)
            packed = pack(still.all[columns[pairs]], ALL)
            keep_best(*multiply(moved.all[rows[pairs[0]]], packed, ALL), mirrored, best)
            found[pairs] = best
    return found
