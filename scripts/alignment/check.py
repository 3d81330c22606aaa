"""Lay the edges of one frame upon another's, and measure how many meet beyond chance.

An edge meets one of the other frame's that is within a pixel of the canvas and of its own orientation or the next. What
would meet by chance is seen where the second frame is put beside its place: long straight lines and busy textures meet
there nearly as well, and stop counting.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from alignment.canvas import CANVAS, ORIENTATIONS
from hamming import popcount

HALF = CANVAS // 2  # the side of the canvas on which a rough place is found, one bit a pixel
WINDOW, STRIDE = 3, 2  # how far around a hypothesis, and in what steps, in pixels of that, a rough place is looked for
ZOOMS = np.array([0.94, 1.0, 1.06])  # and by how much more or less zoomed

# A pair is hopeless, and not looked at any further, if in no rough place so many more edges meet than by chance do: in
# units of the square root of their number, and as a share of it for frames of few edges. It spares a third of the time,
# and none that was hopeless came to a score of 0.5.
HOPELESS, HOPELESS_SHARE = 10.0, 0.3

LEAST_ZOOM, MOST_ZOOM = 0.6, 1.65
ZOOM_STEP = 0.03  # that goes with a step of a pixel: about what that is at 30 pixels from the middle

# Where the second frame is put to see what meets by chance, in pixels: eight directions at each of two distances.
RING = np.array(
    [
        (radius * math.cos(angle + turn), radius * math.sin(angle + turn))
        for radius, turn in ((8, 0.0), (14, math.pi / 8))
        for angle in np.arange(8) * math.pi / 4
    ]
)

# A place is made exact only if, once it is exact to a pixel, so many of the edges that could meet beyond chance do, as
# in most pairs they do not; chance is told by a part of the ring.
PROMISING = 0.2
GLANCE = RING[:8:2].copy()

CELL = 10  # pixels of the canvas; edges that meet count as spread by the cells they are found in
CELLS = CANVAS // CELL + 1
MET_IN_CELL = 3  # edges that meet, of a cell that counts


class Place(NamedTuple):
    """How a frame is laid upon another: mirrored first, then zoomed about its middle, then shifted, in pixels."""

    mirrored: bool
    zoom: float
    across: float
    down: float


class Measure(NamedTuple):
    """What an alignment shows.

    Attributes:
        met: share of the edges in view of both frames that meet, the mean of both ways, 0 to 1.
        chance: the most of that beside its place.
        cover: share of the cells in view that hold edges that meet, 0 to 1.
    """

    met: float
    chance: float
    cover: float


class Edges(NamedTuple):
    """The edges of one frame: see canvas.Frames; and `near`, (CANVAS, CANVAS) uint8, which orientations are near."""

    points: NDArray[Any]
    orientation: NDArray[Any]
    size: NDArray[Any]
    near: NDArray[Any]


@njit(nogil=True, cache=True)
def spread(points: NDArray[Any], orientation: NDArray[Any], near: NDArray[Any]) -> None:
    """Set in `near` the bit of each orientation that an edge has, or is next to, within a pixel."""
    near[:] = 0
    for k in range(len(points)):
        x, y = math.floor(points[k, 0] + CANVAS / 2), math.floor(points[k, 1] + CANVAS / 2)
        o = np.int64(orientation[k])
        bits = np.uint8((1 << o) | (1 << ((o + 1) % ORIENTATIONS)) | (1 << ((o + ORIENTATIONS - 1) % ORIENTATIONS)))
        for v in range(max(0, y - 1), min(CANVAS, y + 2)):
            for u in range(max(0, x - 1), min(CANVAS, x + 2)):
                near[v, u] |= bits


@njit(nogil=True, cache=True)
def land(edges: Edges, k: int, place: Place) -> tuple[float, float, np.int64]:
    """Return where point k of a frame lies upon the other, from its middle, and its orientation there."""
    x, o = edges.points[k, 0], np.int64(edges.orientation[k])
    if place.mirrored:
        x, o = -x, (ORIENTATIONS - o) % ORIENTATIONS
    return x * place.zoom + place.across, edges.points[k, 1] * place.zoom + place.down, o


@njit(nogil=True, cache=True)
def inverse(place: Place) -> Place:
    """Return how the second frame lies upon the first."""
    back = 1.0 / place.zoom
    return Place(place.mirrored, back, place.across * back * (1.0 if place.mirrored else -1.0), -place.down * back)


@njit(nogil=True, cache=True)
def count_met(edges: Edges, other: Edges, place: Place, every: int) -> tuple[int, int]:
    """Count, of every so many points, those that land on the other frame, and those of them that meet an edge."""
    inside, met = 0, 0
    for k in range(0, len(edges.points), every):
        x, y, o = land(edges, k, place)
        if abs(x) < other.size[0] / 2 and abs(y) < other.size[1] / 2:
            inside += 1
            met += other.near[int(y + CANVAS / 2), int(x + CANVAS / 2)] >> o & 1
    return inside, met


@njit(nogil=True, cache=True)
def count_both_ways(a: Edges, b: Edges, place: Place, every: int) -> tuple[int, int, int, int]:
    """Count for a upon b, and for b upon a by the inverse: inside and met of a, inside and met of b."""
    inside_a, met_a = count_met(a, b, place, every)
    inside_b, met_b = count_met(b, a, inverse(place), every)
    return inside_a, met_a, inside_b, met_b


@njit(nogil=True, cache=True)
def share_of_all(a: Edges, b: Edges, place: Place, every: int) -> float:
    """Return the share of all edges of both that meet, which a good place has most of: what climbing goes by."""
    _, met_a, _, met_b = count_both_ways(a, b, place, every)
    return met_a / (len(a.points) + 1.0) + met_b / (len(b.points) + 1.0)


@njit(nogil=True, cache=True)
def share_in_view(a: Edges, b: Edges, place: Place) -> float:
    """Return the share of the edges in view of both that meet, the mean of both ways."""
    inside_a, met_a, inside_b, met_b = count_both_ways(a, b, place, 1)
    return (met_a / max(1, inside_a) + met_b / max(1, inside_b)) / 2


@njit(nogil=True, cache=True)
def draw_half(edges: Edges, place: Place, rows: NDArray[Any]) -> None:
    """Draw a frame on the half canvas: (ORIENTATIONS, HALF) uint64, a bit a pixel."""
    rows[:] = 0
    for k in range(len(edges.points)):
        x, y, o = land(edges, k, place)
        u, v = math.floor((x + CANVAS / 2) / 2), math.floor((y + CANVAS / 2) / 2)
        if 0 <= u < HALF and 0 <= v < HALF:
            rows[o, v] |= np.uint64(1) << np.uint64(u)


@njit(nogil=True, cache=True)
def widen(rows: NDArray[Any], wide: NDArray[Any]) -> None:
    """Widen by a pixel in all directions."""
    for o in range(ORIENTATIONS):
        for y in range(HALF):
            row = rows[o, y]
            if y > 0:
                row |= rows[o, y - 1]
            if y + 1 < HALF:
                row |= rows[o, y + 1]
            wide[o, y] = row | (row << np.uint64(1)) | (row >> np.uint64(1))


@njit(nogil=True, cache=True)
def count_half(
    rows: NDArray[Any], wide: NDArray[Any], frame: np.uint64, top: int, low: int, across: int, down: int
) -> tuple[np.int64, np.int64]:
    """Count the bits of a frame, shifted, that are within the other's columns `frame` and rows `top` to `low`, and
    those of them that meet its `wide` bits.
    """
    inside, met = np.uint64(0), np.uint64(0)
    to_left, to_right = np.uint64(max(across, 0)), np.uint64(max(-across, 0))
    for o in range(ORIENTATIONS):
        for y in range(max(top, down), min(low, HALF + down)):
            row = (rows[o, y - down] << to_left >> to_right) & frame
            met += popcount(row & wide[o, y])
            inside += popcount(row)
    return np.int64(inside), np.int64(met)


@njit(nogil=True, cache=True)
def rough_place(
    a: Edges, b: Edges, places: NDArray[Any], zooms: NDArray[Any], rows: NDArray[Any], wide: NDArray[Any]
) -> tuple[Place, float]:
    """Find the place near any of some hypotheses, (n, 4), at which most edges meet beyond chance, on the half canvas.

    `rows` and `wide` are (ORIENTATIONS, HALF) uint64 to work in.

    Returns:
        The place, and by how many times the square root of the number of edges more meet than by chance do.
    """
    draw_half(b, Place(False, 1.0, 0.0, 0.0), rows)
    widen(rows, wide)
    left, right = max(0, int((HALF - b.size[0] / 2) / 2)), min(HALF - 1, int((HALF + b.size[0] / 2) / 2))
    top, low = max(0, int((HALF - b.size[1] / 2) / 2)), min(HALF, int((HALF + b.size[1] / 2) / 2) + 1)
    frame = (~np.uint64(0) >> np.uint64(63 - right)) & (~np.uint64(0) << np.uint64(left))
    filled = np.zeros(ORIENTATIONS)
    for o in range(ORIENTATIONS):
        bits = np.uint64(0)
        for y in range(top, low):
            bits += popcount(wide[o, y] & frame)
        filled[o] = bits / ((right - left + 1.0) * (low - top))
    most, found = -np.inf, Place(False, 1.0, 0.0, 0.0)
    for k in range(len(places)):
        mirrored, across, down = places[k, 0] > 0, round(places[k, 2] / 2), round(places[k, 3] / 2)
        for zoom in zooms:
            draw_half(a, Place(mirrored, places[k, 1] * zoom, 0.0, 0.0), rows)
            total, by_chance = 0.0, 0.0
            for o in range(ORIENTATIONS):
                count = np.uint64(0)
                for y in range(HALF):
                    count += popcount(rows[o, y])
                total += count
                by_chance += count * filled[o]
            by_chance /= max(1.0, total)
            for dy in range(down - WINDOW, down + WINDOW + 1, STRIDE):
                for dx in range(across - WINDOW, across + WINDOW + 1, STRIDE):
                    inside, met = count_half(rows, wide, frame, top, low, dx, dy)
                    beyond = (met - by_chance * inside) / math.sqrt(total + 1.0)
                    if beyond > most:
                        most, found = beyond, Place(mirrored, places[k, 1] * zoom, 2.0 * dx, 2.0 * dy)
    return found, most


@njit(nogil=True, cache=True)
def climb(a: Edges, b: Edges, place: Place, every: int, step: float, least_step: float) -> Place:
    """Move and zoom a little at a time for as long as more edges meet: of every so many, by steps that are halved."""
    most = share_of_all(a, b, place, every)
    while step >= least_step:
        closer = 1 + ZOOM_STEP * step
        climbed = False
        for zoom, across, down in (
            (1.0, step, 0.0),
            (1.0, -step, 0.0),
            (1.0, 0.0, step),
            (1.0, 0.0, -step),
            (closer, 0.0, 0.0),
            (1 / closer, 0.0, 0.0),
        ):
            near = Place(place.mirrored, place.zoom * zoom, place.across + across, place.down + down)
            if LEAST_ZOOM <= near.zoom <= MOST_ZOOM:
                share = share_of_all(a, b, near, every)
                if share > most:
                    most, place, climbed = share, near, True
        if not climbed:
            step /= 2
    return place


@njit(nogil=True, cache=True)
def cover(a: Edges, b: Edges, place: Place) -> float:
    """Return the share of the cells in view of both frames that hold edges of a that meet."""
    met = np.zeros((CELLS, CELLS), np.int64)
    for k in range(len(a.points)):
        x, y, o = land(a, k, place)
        if abs(x) < b.size[0] / 2 and abs(y) < b.size[1] / 2:
            u, v = int(x + CANVAS / 2), int(y + CANVAS / 2)
            met[v // CELL, u // CELL] += b.near[v, u] >> o & 1
    area = min(b.size[0] * b.size[1], a.size[0] * a.size[1] * place.zoom**2)
    return min(1.0, (met >= MET_IN_CELL).sum() * CELL * CELL / area)


@njit(nogil=True, cache=True)
def measure(a: Edges, b: Edges, place: Place, ring: NDArray[Any]) -> Measure:
    """Measure how well two frames meet at a place, and beside it at each shift, (n, 2), of a ring."""
    chance = 0.0
    for k in range(len(ring)):
        beside = Place(place.mirrored, place.zoom, place.across + ring[k, 0], place.down + ring[k, 1])
        chance = max(chance, share_in_view(a, b, beside))
    return Measure(share_in_view(a, b, place), chance, cover(a, b, place))


@njit(nogil=True, cache=True)
def place_of(row: NDArray[Any]) -> Place:
    """Return the place that a row, (4,), of numbers tells."""
    return Place(row[0] > 0, row[1], row[2], row[3])


@njit(nogil=True, cache=True)
def align(
    a: Edges, b: Edges, places: NDArray[Any], searched: bool, rows: NDArray[Any], wide: NDArray[Any]
) -> tuple[Place, Measure]:
    """Find how frame a lies upon frame b, from hypotheses, (n, 4), and measure how well they meet there.

    Those that were `searched` for are rough, and their neighbourhoods are looked over first; any other is near already.
    Of a place that is not PROMISING, as most are not, a first impression is returned, and of one that is HOPELESS
    nothing. `rows` and `wide` are (ORIENTATIONS, HALF) uint64 to work in.
    """
    found = place_of(places[0])
    if searched:
        found, beyond = rough_place(a, b, places, ZOOMS, rows, wide)
        if beyond < min(HOPELESS, HOPELESS_SHARE * math.sqrt(len(a.points))):
            return found, Measure(0.0, 0.0, 0.0)
    # The drawing may also lie just where a hypothesis says, or not have moved at all.
    most = share_of_all(a, b, found, 3)
    unmoved = Place(found.mirrored, 1.0, 0.0, 0.0)
    for k in range(len(places) + 1):
        other = place_of(places[k]) if k < len(places) else unmoved
        share = share_of_all(a, b, other, 3)
        if share > most:
            most, found = share, other
    found = climb(a, b, found, 3, 1.0, 1.0)
    seen = measure(a, b, found, GLANCE)
    if seen.met - seen.chance < PROMISING * (1 - seen.chance):
        return found, seen
    found = climb(a, b, found, 3, 0.5, 0.5)
    found = climb(a, b, found, 1, 0.5, 0.25)
    return found, measure(a, b, found, RING)


@njit(nogil=True, cache=True)
def align_all(
    start: NDArray[Any],
    points: NDArray[Any],
    orientation: NDArray[Any],
    size: NDArray[Any],
    frame_a: NDArray[Any],
    frame_b: NDArray[Any],
    places: NDArray[Any],
    searched: NDArray[Any],
    measures: NDArray[Any],
) -> None:
    """Align pairs of frames from hypotheses, and measure them.

    Args:
        start, points, orientation, size: the frames, see canvas.Frames.
        frame_a, frame_b: the rows of the frames of each pair.
        places: (n, h, 4), up to h hypotheses of each pair, the rest without a zoom; what is found replaces the first.
        searched: (n,) bool, which pairs were searched for.
        measures: (n, 3), gets met, chance and cover.
    """
    near_a, near_b = np.empty((CANVAS, CANVAS), np.uint8), np.empty((CANVAS, CANVAS), np.uint8)
    rows, wide = np.empty((ORIENTATIONS, HALF), np.uint64), np.empty((ORIENTATIONS, HALF), np.uint64)
    for k in range(len(frame_a)):
        f, g = frame_a[k], frame_b[k]
        a = Edges(points[start[f] : start[f + 1]], orientation[start[f] : start[f + 1]], size[f], near_a)
        b = Edges(points[start[g] : start[g + 1]], orientation[start[g] : start[g + 1]], size[g], near_b)
        if k == 0 or f != frame_a[k - 1]:
            spread(a.points, a.orientation, near_a)
        spread(b.points, b.orientation, near_b)
        hypotheses = (places[k, :, 1] > 0).sum()
        place, found = align(a, b, places[k, :hypotheses], searched[k], rows, wide)
        first = places[k, 0]
        first[0], first[1], first[2], first[3] = place.mirrored, place.zoom, place.across, place.down
        measures[k, 0], measures[k, 1], measures[k, 2] = found.met, found.chance, found.cover
