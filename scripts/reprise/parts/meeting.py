"""How far a part reaches in two pictures, and which share of its edges meet.

The edges of both are drawn on the smaller scale of the two, and those meet that are within a pixel of one another and
of nearly the same orientation. From where features agree, a part grows square by square as far as edges meet.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit
from reprise.parts.edges import ORIENTATIONS
from reprise.parts.geometry import Similarity

SQUARE = 12  # pixels; a part grows by squares of so many
FEWEST_IN_SQUARE = 4  # edges; a square with fewer says nothing
LEAST_MET = 0.55  # of the edges in a square of the part
TOGETHER = 0.5  # of the edges in the box of a part, in one picture or the other, meet at least

# Where the one picture is laid beside its place to see what meets by chance: pixels away, in so many directions.
BESIDE, WAYS = (5, 8, 12, 17, 23), 16
# Where it is laid to see whether it repeats: pixels away at most; and how many edges are enough to look for it with.
FARTHEST, FEW = 96, 80

MEASURES = np.dtype(
    [
        # The box in each of the two panels, left, top, right and bottom, in pixels of their working pictures.
        ("box_a", np.float64, 4),
        ("box_b", np.float64, 4),
        # Which share of the edges of the part meet, and would by chance; which share of all edges in the box of each
        # panel meet; and how many edges do.
        ("met", np.float64),
        ("chance", np.float64),
        ("within_a", np.float64),
        ("within_b", np.float64),
        ("edges", np.float64),
    ]
)


@njit(nogil=True, cache=True)
def draw(x: NDArray[Any], y: NDArray[Any], orientation: NDArray[Any], near: NDArray[Any]) -> None:
    """Draw edges of whole pixels into a picture, a pixel thicker, a bit for each orientation that is near theirs."""
    height, width = near.shape
    for k in range(len(x)):
        if 0 <= x[k] < width and 0 <= y[k] < height:
            own = orientation[k]
            alike = 1 << own | 1 << ((own + 1) % ORIENTATIONS) | 1 << ((own - 1) % ORIENTATIONS)
            near[y[k], x[k]] |= alike
            near[y[k], max(0, x[k] - 1)] |= alike
            near[y[k], min(width - 1, x[k] + 1)] |= alike
            near[max(0, y[k] - 1), x[k]] |= alike
            near[min(height - 1, y[k] + 1), x[k]] |= alike


@njit(nogil=True, cache=True)
def moved(
    edges_x: NDArray[Any], edges_y: NDArray[Any], orientation: NDArray[Any], place: Similarity
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return where edges land, (n,) int64 each, and their orientations there."""
    x, y, turned = np.empty(len(edges_x), np.int64), np.empty(len(edges_x), np.int64), np.empty(len(edges_x), np.int64)
    turn = np.arctan2(place.down, place.across) / np.pi * ORIENTATIONS
    for k in range(len(edges_x)):
        x[k] = np.int64(np.rint(place.across * edges_x[k] - place.down * edges_y[k] + place.right))
        y[k] = np.int64(np.rint(place.down * edges_x[k] + place.across * edges_y[k] + place.below))
        turned[k] = np.int64(np.rint(orientation[k] + turn)) % ORIENTATIONS
    return x, y, turned


@njit(nogil=True, cache=True)
def share_met(
    x: NDArray[Any], y: NDArray[Any], orientation: NDArray[Any], near: NDArray[Any], right: int, below: int
) -> float:
    """Return which share of edges, moved by so many pixels, meet what is near; those out of the picture do not."""
    height, width = near.shape
    met = 0
    for k in range(len(x)):
        u, v = x[k] + right, y[k] + below
        if 0 <= u < width and 0 <= v < height:
            met += (near[v, u] >> orientation[k]) & 1
    return met / max(1, len(x))


@njit(nogil=True, cache=True)
def grown(number: NDArray[Any], met: NDArray[Any], seeds: NDArray[Any]) -> NDArray[Any]:
    """Grow pieces of a part from squares in which features agree to those beside, and behind an empty one, that meet.

    Args:
        number, met: (down, across), of each square how many edges it has, and how many of these meet.
        seeds: (n, 2) int64, how far down and across the squares are from which the part grows.

    Returns:
        (down, across) int64, the number of the piece, from 1, that a square is of, or 0.
    """
    down, across = number.shape
    piece = np.zeros((down, across), np.int64)
    todo = np.empty((down * across, 2), np.int64)
    pieces = 0
    for k in range(len(seeds)):
        v, u = min(max(seeds[k, 0], 0), down - 1), min(max(seeds[k, 1], 0), across - 1)
        if piece[v, u] or number[v, u] < FEWEST_IN_SQUARE or met[v, u] < LEAST_MET * number[v, u]:
            continue
        pieces += 1
        piece[v, u] = pieces
        todo[0, 0], todo[0, 1], count = v, u, 1
        while count:
            count -= 1
            v, u = todo[count]
            for below in range(-2, 3):
                for right in range(-2, 3):
                    y, x = v + below, u + right
                    if not (0 <= y < down and 0 <= x < across) or piece[y, x]:
                        continue
                    if number[y, x] < FEWEST_IN_SQUARE or met[y, x] < LEAST_MET * number[y, x]:
                        continue
                    behind = max(abs(below), abs(right)) == 2
                    if behind and number[v + below // 2, u + right // 2] >= FEWEST_IN_SQUARE:
                        continue
                    piece[y, x] = pieces
                    todo[count, 0], todo[count, 1] = y, x
                    count += 1
    return piece


@njit(nogil=True, cache=True)
def box_around(
    x: NDArray[Any], y: NDArray[Any], met: NDArray[Any], piece: NDArray[Any], only: int, box: NDArray[Any]
) -> int:
    """Put the box around the edges that meet in a piece, or with 0 in any, into `box`, and return how many they are."""
    box[:2], box[2:] = np.inf, -np.inf
    count = 0
    for k in range(len(x)):
        own = piece[y[k] // SQUARE, x[k] // SQUARE]
        if met[k] and own and only in (0, own):
            count += 1
            box[0], box[1] = min(box[0], x[k]), min(box[1], y[k])
            box[2], box[3] = max(box[2], x[k] + 1), max(box[3], y[k] + 1)
    return count


@njit(nogil=True, cache=True)
def share_within(x: NDArray[Any], y: NDArray[Any], met: NDArray[Any], box: NDArray[Any]) -> float:
    """Return which share of the edges in a box meet."""
    count, meet = 0, 0
    for k in range(len(x)):
        if box[0] <= x[k] < box[2] and box[1] <= y[k] < box[3]:
            count += 1
            meet += met[k]
    return meet / max(1, count)


@njit(nogil=True, cache=True)
def chance(x: NDArray[Any], y: NDArray[Any], orientation: NDArray[Any], near: NDArray[Any], box: NDArray[Any]) -> float:
    """Return which share of edges meets what is near at most where they are laid beside their place.

    Nearby that tells what lines meet by chance, and farther, up to half a box, whether they repeat, as tiles do.
    """
    most = 0.0
    for far in BESIDE:
        for way in range(WAYS):
            turn = 2 * np.pi * way / WAYS
            aside = int(np.rint(far * np.cos(turn))), int(np.rint(far * np.sin(turn)))
            most = max(most, share_met(x, y, orientation, near, *aside))
    farthest = np.int64(min(FARTHEST, (box[2] - box[0]) / 2, (box[3] - box[1]) / 2))
    few = np.arange(0, len(x), max(1, len(x) // FEW))
    few_x, few_y, few_orientation = x[few], y[few], orientation[few]
    for below in range(-farthest, farthest + 1, 2):
        for right in range(-farthest, farthest + 1, 2):
            beside = max(abs(right), abs(below)) > BESIDE[0]
            if beside and share_met(few_x, few_y, few_orientation, near, right, below) > most:
                most = max(most, share_met(x, y, orientation, near, right, below))
    return most


@njit(nogil=True, cache=True)
def measure(
    a_x: NDArray[Any],
    a_y: NDArray[Any],
    a_orientation: NDArray[Any],
    b_x: NDArray[Any],
    b_y: NDArray[Any],
    b_orientation: NDArray[Any],
    size: tuple[int, int],
    seeds: NDArray[Any],
    told: NDArray[Any],
) -> None:
    """Grow a part and measure how well its edges meet.

    Args:
        a_x, a_y, a_orientation: (n,) int64, the edges of the picture on whose scale all is drawn.
        b_x, b_y, b_orientation: (m,) int64, those of the other, moved to where they lie on it.
        size: its width and height.
        seeds: (s, 2), x and y of the features that agree.
        told: (9,) gets left, top, right and bottom of the part; the shares of the edges in its squares that meet, and
            would by chance; the shares of the edges of `a` and of `b` in its box that meet; and how many of `a` do.
    """
    width, height = size
    near_a, near_b = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    draw(a_x, a_y, a_orientation, near_a)
    draw(b_x, b_y, b_orientation, near_b)
    number = np.zeros(((height + SQUARE - 1) // SQUARE, (width + SQUARE - 1) // SQUARE), np.int64)
    met = np.zeros_like(number)
    met_a, met_b = np.zeros(len(a_x), np.bool_), np.zeros(len(b_x), np.bool_)
    for k in range(len(a_x)):
        met_a[k] = (near_b[a_y[k], a_x[k]] >> a_orientation[k]) & 1
        number[a_y[k] // SQUARE, a_x[k] // SQUARE] += 1
        met[a_y[k] // SQUARE, a_x[k] // SQUARE] += met_a[k]
    for k in range(len(b_x)):
        if 0 <= b_x[k] < width and 0 <= b_y[k] < height:
            met_b[k] = (near_a[b_y[k], b_x[k]] >> b_orientation[k]) & 1
            number[b_y[k] // SQUARE, b_x[k] // SQUARE] += 1
            met[b_y[k] // SQUARE, b_x[k] // SQUARE] += met_b[k]
    squares = np.empty((len(seeds), 2), np.int64)
    squares[:, 0], squares[:, 1] = seeds[:, 1] // SQUARE, seeds[:, 0] // SQUARE
    piece = grown(number, met, squares)
    told[:] = 0
    only = 0
    told[8] = box_around(a_x, a_y, met_a, piece, only, told[:4])
    if told[8] == 0:
        told[:4] = 0
        return
    told[6], told[7] = share_within(a_x, a_y, met_a, told[:4]), share_within(b_x, b_y, met_b, told[:4])
    if max(told[6], told[7]) < TOGETHER:
        # Its pieces are not of one drawing: the largest is taken.
        for other in range(1, piece.max() + 1):
            count = box_around(a_x, a_y, met_a, piece, other, told[:4])
            if only == 0 or count > told[8]:
                only, told[8] = other, count
        box_around(a_x, a_y, met_a, piece, only, told[:4])
        told[6], told[7] = share_within(a_x, a_y, met_a, told[:4]), share_within(b_x, b_y, met_b, told[:4])
    inside = np.empty(len(a_x), np.int64)
    count = 0
    for k in range(len(a_x)):
        own = piece[a_y[k] // SQUARE, a_x[k] // SQUARE]
        if own and only in (0, own):
            inside[count] = k
            count += 1
    inside = inside[:count]
    told[4] = told[8] / count
    told[5] = chance(a_x[inside], a_y[inside], a_orientation[inside], near_b, told[:4])


@njit(nogil=True, cache=True)
def inverse(place: Similarity) -> Similarity:
    """Return the similarity that takes back what another does."""
    squared = place.across**2 + place.down**2
    across, down = place.across / squared, -place.down / squared
    right, below = across * place.right - down * place.below, down * place.right + across * place.below
    return Similarity(across, down, -right, -below)


@njit(nogil=True, cache=True)
def box_moved(box: NDArray[Any], place: Similarity) -> NDArray[Any]:
    """Return the box around where the corners of a box land."""
    moved_box = np.array([np.inf, np.inf, -np.inf, -np.inf])
    for x in (box[0], box[2]):
        for y in (box[1], box[3]):
            u = place.across * x - place.down * y + place.right
            v = place.down * x + place.across * y + place.below
            moved_box[0], moved_box[1] = min(moved_box[0], u), min(moved_box[1], v)
            moved_box[2], moved_box[3] = max(moved_box[2], u), max(moved_box[3], v)
    return moved_box


@njit(nogil=True, cache=True)
def lay_upon(
    a: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    size_a: tuple[int, int],
    b: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    size_b: tuple[int, int],
    mirrored: bool,
    place: Similarity,
    seeds: NDArray[Any],
    told: NDArray[Any],
) -> None:
    """Do what `lay` does with the edges as arrays of int64; `told`, (13,), gets both boxes and then the measures."""
    if mirrored:
        a = (size_a[0] - 1 - a[0], a[1], (-a[2]) % ORIENTATIONS)
    measured = np.empty(9)
    if place.across**2 + place.down**2 <= 1:
        measure(*b, *moved(*a, place), size_b, seeds[:, 2:], measured)
        told[4:8] = measured[:4]
        told[0:4] = box_moved(measured[:4], inverse(place))
        told[8:13] = measured[4], measured[5], measured[7], measured[6], measured[8]
    else:
        measure(*a, *moved(*b, inverse(place)), size_a, seeds[:, :2], measured)
        told[0:4] = measured[:4]
        told[4:8] = box_moved(measured[:4], place)
        told[8:13] = measured[4:]
    if mirrored:
        told[0], told[2] = size_a[0] - told[2], size_a[0] - told[0]
    for k, size in ((0, size_a), (4, size_b)):
        for side in range(4):
            told[k + side] = min(max(told[k + side], 0.0), float(size[side % 2]))


def lay(
    a: tuple[NDArray[Any], NDArray[Any]],
    b: tuple[NDArray[Any], NDArray[Any]],
    mirrored: bool,
    place: NDArray[Any],
    seeds: NDArray[Any],
    told: NDArray[Any],
) -> None:
    """Tell how far a part reaches in two panels, and how well its edges meet.

    Args:
        a, b: the edges of the two, EDGE, and the width and height of their working pictures.
        mirrored: whether `a` is to be mirrored first.
        place: (4,), the Similarity by which it lies in `b` then.
        seeds: (n, 4), where features agree: x and y in `a`, mirrored first if it is so, and in `b`.
        told: (1,) MEASURES, gets all this.
    """
    ends: list[Any] = []
    for edges, size in (a, b):
        arrays = tuple(edges[name].astype(np.int64) for name in ("x", "y", "orientation"))
        ends += [arrays, (int(size[0]), int(size[1]))]
    measures = np.empty(13)
    lay_upon(*ends, mirrored, Similarity(*place.tolist()), seeds.astype(np.float64), measures)
    told["box_a"], told["box_b"] = measures[:4], measures[4:8]
    for name, value in zip(("met", "chance", "within_a", "within_b", "edges"), measures[8:], strict=True):
        told[name] = value
