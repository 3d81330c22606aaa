"""Lay the edges of one frame upon another's, and measure how many meet beyond chance.

An edge meets an edge of the other frame if that is within a pixel of the canvas, and has the same orientation or the
next. To see how many meet by chance, the second frame is put a little beside its place. Long straight lines and busy
textures meet there nearly as well, and so count for little.

In the field: climb: pattern search, hill climbing; met: inlier ratio; chance: displaced-placement null, null model;
cover: spatial coverage of inliers; drawn: overlap coefficient of the cells.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit
from reprise.matching.canvas import CANVAS, ORIENTATIONS
from reprise.matching.hamming import popcount

# For each orientation: what it is in a mirror, and the bits of it and of its two neighbours.
TURNED = np.array([-o % ORIENTATIONS for o in range(ORIENTATIONS)], np.uint8)
ALIKE = np.array([sum(1 << (o + turn) % ORIENTATIONS for turn in (-1, 0, 1)) for o in range(ORIENTATIONS)], np.uint8)

# Edges are looked up in rows of pixels that are one longer than the canvas on either side. All that is out of view is
# looked up in one pixel two rows below the canvas, which no edge is next to.
ROW = CANVAS + 2
OUT_OF_VIEW = (CANVAS + 1) * ROW

HALF = CANVAS // 2  # the side of the canvas on which a rough place is found, one bit a pixel
WINDOW, STRIDE = 3, 2  # how far from a hypothesis, and in what steps, a rough place is looked for, in pixels of HALF
ZOOMS = np.array([0.94, 1.06])  # the best of the hypotheses is also looked at zoomed by these

FEW = 3  # until a pair is promising, one edge in so many is looked at

SKETCHES = 32  # how many are kept of a frame; each is used again and again

# A pair is hopeless if in no rough place enough more edges meet than by chance. HOPELESS is in units of the square root
# of the number of edges; HOPELESS_SHARE, for frames of few edges, is a share of that number. A hopeless pair is not
# looked at any further, which spares much of the time. Both were chosen by hand on the choosing half of
# benchmarks/matching.yaml: no pair that is one drawing, and would score 0.5, is hopeless, in comics or in emoji.
HOPELESS, HOPELESS_SHARE = 10.0, 0.3

LEAST_ZOOM, MOST_ZOOM = 0.6, 1.65
ZOOM_STEP = 0.03  # goes with a step of a pixel: it moves what is 30 pixels from the middle by about a pixel

# Where the second frame is put to see what meets by chance, in pixels: eight directions at each of two distances.
RING = np.array(
    [
        (radius * math.cos(angle + turn), radius * math.sin(angle + turn))
        for radius, turn in ((8, 0.0), (14, math.pi / 8))
        for angle in np.arange(8) * math.pi / 4
    ]
)

# A place is first made exact to a pixel. Then it is PROMISING if so large a share of the edges that could meet beyond
# chance do. Most are not. Only a promising place is made more exact. Chance is here measured on a part of the ring. The
# share was chosen by hand on the choosing half of benchmarks/matching.yaml.
PROMISING = 0.2
GLANCE = RING[:8:2].copy()

CELL = 10  # pixels of the canvas; how far the edges that meet are spread is told by the cells they are in
CELLS = OUT_OF_VIEW // ROW // CELL + 1
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
        drawn: the same of the cells in view of both that hold edges of the frame that has fewer such cells, 0 to 1; 0
            where the place is not PROMISING.
    """

    met: float
    chance: float
    cover: float
    drawn: float


class FramePoints(NamedTuple):
    """One frame, as canvas.EdgePoints has it: its (n, 2) points, their orientations, and its size."""

    points: NDArray[Any]
    orientation: NDArray[Any]
    size: NDArray[Any]


class Edges(NamedTuple):
    """The edges of one frame, or some of them, made ready to be laid upon others and others upon them.

    Attributes:
        x, y: (n,) float64, from the middle of the frame, in pixels of the canvas.
        bit, turned: (n,) uint8, the bit of their orientation, and what it is in a mirror.
        number: of all edges of the frame.
        size: (2,), width and height of the frame.
        near: uint8, the bits of the orientations that edges have in each pixel of the canvas or next to it, in rows of
            ROW pixels; and none OUT_OF_VIEW.
    """

    x: NDArray[Any]
    y: NDArray[Any]
    bit: NDArray[Any]
    turned: NDArray[Any]
    number: int
    size: NDArray[Any]
    near: NDArray[Any]


class Sketches(NamedTuple):
    """What was drawn of a frame on the half canvas. A frame is laid upon many others, and so its sketches are kept.

    Attributes:
        frame: what they show.
        number: (1,) int64, how many sketches there are.
        mirrored, zoom: (n,) bool and float64, how each shows the frame.
        rows: (n, HALF, ORIENTATIONS) uint64, a bit a pixel.
        counts: (n, ORIENTATIONS) float64, how many bits that are.
    """

    frame: FramePoints
    number: NDArray[Any]
    mirrored: NDArray[Any]
    zoom: NDArray[Any]
    rows: NDArray[Any]
    counts: NDArray[Any]


class View(NamedTuple):
    """What is seen, on the half canvas, of a frame that others are laid upon.

    Attributes:
        wide: (HALF * ORIENTATIONS,) uint64, the bits within a pixel of its own, row by row.
        columns: uint64, a bit for each column in view.
        top, low: the rows in view are from this to before that.
        filled: (ORIENTATIONS,) float64, the shares of what is in view that are `wide` bits.
    """

    wide: NDArray[Any]
    columns: np.uint64
    top: int
    low: int
    filled: NDArray[Any]


@njit(nogil=True, cache=True)
def no_sketches(frame: FramePoints) -> Sketches:
    """Return room for sketches of a frame, of which there are none yet."""
    return Sketches(
        frame,
        np.zeros(1, np.int64),
        np.empty(SKETCHES, np.bool_),
        np.empty(SKETCHES),
        np.empty((SKETCHES, HALF, ORIENTATIONS), np.uint64),
        np.empty((SKETCHES, ORIENTATIONS)),
    )


@njit(nogil=True, cache=True)
def edges_of(frame: FramePoints) -> Edges:
    """Return the edges of a frame."""
    x, y = frame.points[:, 0] / 2, frame.points[:, 1] / 2
    bit, turned = np.empty(len(x), np.uint8), np.empty(len(x), np.uint8)
    own = np.zeros((CANVAS + 4) * ROW, np.uint8)
    for k in range(len(x)):
        u, v, o = math.floor(x[k] + CANVAS / 2), math.floor(y[k] + CANVAS / 2), frame.orientation[k]
        bit[k], turned[k] = 1 << o, 1 << TURNED[o]
        own[(v + 1) * ROW + u + 1] |= ALIKE[o]
    tall = own[: -2 * ROW] | own[ROW:-ROW] | own[2 * ROW :]
    near = tall[:-2] | tall[1:-1] | tall[2:]
    return Edges(x, y, bit, turned, len(x), frame.size, near)


@njit(nogil=True, cache=True)
def one_in(edges: Edges, every: int) -> Edges:
    """Return one in so many of the edges of a frame: these are enough for a first look."""
    return Edges(
        edges.x[::every].copy(),
        edges.y[::every].copy(),
        edges.bit[::every].copy(),
        edges.turned[::every].copy(),
        edges.number,
        edges.size,
        edges.near,
    )


@njit(nogil=True, cache=True)
def place_of(row: NDArray[Any]) -> Place:
    """Return the place that a row, (4,), of numbers tells."""
    return Place(row[0] > 0, row[1], row[2], row[3])


@njit(nogil=True, cache=True)
def inverse(place: Place) -> Place:
    """Return how the second frame lies upon the first."""
    back = 1.0 / place.zoom
    return Place(place.mirrored, back, place.across * back * (1.0 if place.mirrored else -1.0), -place.down * back)


@njit(nogil=True, cache=True)
def land(edges: Edges, other: Edges, place: Place, pixels: NDArray[Any]) -> int:
    """Tell on which pixels of another frame's canvas, see Edges.near, edges land, and count those in its view.

    `pixels` is (n,) uint16. A number that may be below 0 counts from the end, and so takes longer to look up.
    """
    across, width, height = -place.zoom if place.mirrored else place.zoom, other.size[0] / 2, other.size[1] / 2
    inside = 0
    for k in range(len(edges.x)):
        x, y = edges.x[k] * across + place.across, edges.y[k] * place.zoom + place.down
        seen = (abs(x) < width) & (abs(y) < height)
        inside += seen
        pixel = np.int32(y + CANVAS / 2) * np.int32(ROW) + np.int32(x + CANVAS / 2)
        pixels[k] = pixel if seen else np.int32(OUT_OF_VIEW)
    return inside


@njit(nogil=True, cache=True)
def count_met(edges: Edges, other: Edges, place: Place) -> tuple[int, int]:
    """Count the edges that land on the other frame, and those of them that meet an edge."""
    pixels = np.empty(len(edges.x), np.uint16)
    inside, met = land(edges, other, place, pixels), 0
    bit = edges.turned if place.mirrored else edges.bit
    for k in range(len(pixels)):
        met += (other.near[pixels[k]] & bit[k]) != 0
    return inside, met


@njit(nogil=True, cache=True)
def count_both_ways(a: Edges, b: Edges, place: Place) -> tuple[int, int, int, int]:
    """Count for a upon b, and for b upon a by the inverse: inside and met of a, inside and met of b."""
    inside_a, met_a = count_met(a, b, place)
    inside_b, met_b = count_met(b, a, inverse(place))
    return inside_a, met_a, inside_b, met_b


@njit(nogil=True, cache=True)
def share_of_all(a: Edges, b: Edges, place: Place) -> float:
    """Return the share of all edges of both frames that meet. To climb is to raise this share."""
    _, met_a, _, met_b = count_both_ways(a, b, place)
    return met_a / (a.number + 1.0) + met_b / (b.number + 1.0)


@njit(nogil=True, cache=True)
def share_in_view(a: Edges, b: Edges, place: Place) -> float:
    """Return the share of the edges in view of both that meet, the mean of both ways."""
    inside_a, met_a, inside_b, met_b = count_both_ways(a, b, place)
    return (met_a / max(1, inside_a) + met_b / max(1, inside_b)) / 2


@njit(nogil=True, cache=True)
def draw_half(frame: FramePoints, mirrored: bool, zoom: float, rows: NDArray[Any]) -> None:
    """Draw a frame on the half canvas: (HALF, ORIENTATIONS) uint64, a bit a pixel."""
    rows[:] = 0
    across = -zoom if mirrored else zoom
    for k in range(len(frame.points)):
        u = math.floor((frame.points[k, 0] / 2 * across + CANVAS / 2) / 2)
        v = math.floor((frame.points[k, 1] / 2 * zoom + CANVAS / 2) / 2)
        orientation = frame.orientation[k]
        if 0 <= u < HALF and 0 <= v < HALF:
            rows[v, TURNED[orientation] if mirrored else orientation] |= np.uint64(1) << np.uint64(u)


@njit(nogil=True, cache=True)
def count_bits(rows: NDArray[Any], counts: NDArray[Any]) -> None:
    """Fill `counts`, (ORIENTATIONS,), with how many bits there are of each in rows of the half canvas."""
    counts[:] = 0
    for y in range(len(rows)):
        for o in range(ORIENTATIONS):
            counts[o] += popcount(rows[y, o])


@njit(nogil=True, cache=True)
def widen(rows: NDArray[Any], wide: NDArray[Any]) -> None:
    """Widen by a pixel in all directions."""
    for y in range(HALF):
        for o in range(ORIENTATIONS):
            row = rows[y, o]
            if y > 0:
                row |= rows[y - 1, o]
            if y + 1 < HALF:
                row |= rows[y + 1, o]
            wide[y, o] = row | (row << np.uint64(1)) | (row >> np.uint64(1))


@njit(nogil=True, cache=True)
def count_half(rows: NDArray[Any], view: View, across: int, down: int) -> tuple[np.int64, np.int64]:
    """Count the bits of a frame's rows, shifted, that are in view of the other, and those of them that meet its own."""
    inside, met = np.uint64(0), np.uint64(0)
    to_left, to_right = np.uint64(max(across, 0)), np.uint64(max(-across, 0))
    first = max(view.top, down)
    last = max(first, min(view.low, HALF + down))
    one = rows[(first - down) * ORIENTATIONS : (last - down) * ORIENTATIONS]
    other = view.wide[first * ORIENTATIONS : last * ORIENTATIONS]
    for k in range(len(one)):
        row = (one[k] << to_left >> to_right) & view.columns
        met += popcount(row & other[k])
        inside += popcount(row)
    return np.int64(inside), np.int64(met)


@njit(nogil=True, cache=True)
def sketch(sketches: Sketches, mirrored: bool, zoom: float) -> int:
    """Return the place among the sketches of that which shows the frame so; it is drawn if there is none yet."""
    for k in range(sketches.number[0]):
        if sketches.mirrored[k] == mirrored and sketches.zoom[k] == zoom:
            return k
    new = sketches.number[0] % SKETCHES
    sketches.mirrored[new], sketches.zoom[new] = mirrored, zoom
    draw_half(sketches.frame, mirrored, zoom, sketches.rows[new])
    count_bits(sketches.rows[new], sketches.counts[new])
    sketches.number[0] = new + 1  # after the last one the first is drawn over
    return new


@njit(nogil=True, cache=True)
def view_of(frame: FramePoints) -> View:
    """Return what others see of a frame that they are laid upon."""
    rows, wide = np.empty((HALF, ORIENTATIONS), np.uint64), np.empty((HALF, ORIENTATIONS), np.uint64)
    draw_half(frame, False, 1.0, rows)
    widen(rows, wide)
    width, height = frame.size
    left, right = max(0, int((HALF - width / 2) / 2)), min(HALF - 1, int((HALF + width / 2) / 2))
    top, low = max(0, int((HALF - height / 2) / 2)), min(HALF, int((HALF + height / 2) / 2) + 1)
    columns = (~np.uint64(0) >> np.uint64(63 - right)) & (~np.uint64(0) << np.uint64(left))
    filled = np.empty(ORIENTATIONS)
    count_bits(wide[top:low] & columns, filled)
    filled /= (right - left + 1.0) * (low - top)
    return View(wide.reshape(-1), columns, top, low, filled)


@njit(nogil=True, cache=True)
def look_around(sketches: Sketches, view: View, place: Place) -> tuple[Place, float]:
    """Find the shift near a place at which most edges of a frame meet another's beyond chance, on the half canvas.

    Returns:
        The place, and how many more edges meet there than by chance, divided by the square root of their number.
    """
    drawn = sketch(sketches, place.mirrored, place.zoom)
    rows, counts = sketches.rows[drawn].reshape(-1), sketches.counts[drawn]
    total = expected = 0.0
    for o in range(ORIENTATIONS):
        total += counts[o]
        expected += counts[o] * view.filled[o]
    by_chance = expected / max(1.0, total)
    across, down = round(place.across / 2), round(place.down / 2)
    most, found = -np.inf, place
    for dy in range(down - WINDOW, down + WINDOW + 1, STRIDE):
        for dx in range(across - WINDOW, across + WINDOW + 1, STRIDE):
            inside, met = count_half(rows, view, dx, dy)
            beyond = (met - by_chance * inside) / math.sqrt(total + 1.0)
            if beyond > most:
                most, found = beyond, Place(place.mirrored, place.zoom, 2.0 * dx, 2.0 * dy)
    return found, most


@njit(nogil=True, cache=True)
def is_hopeless(beyond: float, number: int) -> bool:
    """Tell whether edges of a frame, of so many, meet too little beyond chance, see look_around."""
    return beyond < min(HOPELESS, HOPELESS_SHARE * math.sqrt(number))


@njit(nogil=True, cache=True)
def rough_place(sketches: Sketches, view: View, places: NDArray[Any]) -> tuple[Place, float]:
    """Find the place near any of some hypotheses, (n, 4), at which most edges meet beyond chance, see look_around.

    The best hypothesis is found without a further zoom. If there is hope for it, it alone is also looked at a little
    less and a little more zoomed.
    """
    most, found, best = -np.inf, place_of(places[0]), 0
    for k in range(len(places)):
        place, beyond = look_around(sketches, view, place_of(places[k]))
        if beyond > most:
            most, found, best = beyond, place, k
    if not is_hopeless(most, len(sketches.frame.points)):
        mirrored, scale, across, down = place_of(places[best])
        for zoom in ZOOMS:
            place, beyond = look_around(sketches, view, Place(mirrored, scale * zoom, across, down))
            if beyond > most:
                most, found = beyond, place
    return found, most


@njit(nogil=True, cache=True)
def climb(a: Edges, b: Edges, place: Place, step: float, least_step: float) -> Place:
    """Move and zoom in small steps as long as more edges meet. Where no step helps, steps are halved."""
    most = share_of_all(a, b, place)
    while step >= least_step:
        closer = 1 + ZOOM_STEP * step
        moves = (
            (1.0, step, 0.0),
            (1.0, -step, 0.0),
            (1.0, 0.0, step),
            (1.0, 0.0, -step),
            (closer, 0.0, 0.0),
            (1 / closer, 0.0, 0.0),
        )
        tried, in_vain = 0, 0
        while in_vain < len(moves):
            zoom, across, down = moves[tried % len(moves)]
            near = Place(place.mirrored, place.zoom * zoom, place.across + across, place.down + down)
            share = share_of_all(a, b, near) if LEAST_ZOOM <= near.zoom <= MOST_ZOOM else -1.0
            tried, in_vain = tried + 1, in_vain + 1
            if share > most:
                most, place, in_vain = share, near, 0
        step /= 2
    return place


@njit(nogil=True, cache=True)
def is_promising(met: float, chance: float) -> bool:
    """Tell whether of the edges that could meet beyond chance enough do, see PROMISING."""
    return met - chance >= PROMISING * (1 - chance)


@njit(nogil=True, cache=True)
def cells_met(a: Edges, b: Edges, place: Place) -> int:
    """Count the cells in which enough edges of a meet."""
    pixels = np.empty(len(a.x), np.uint16)
    land(a, b, place, pixels)
    bit = a.turned if place.mirrored else a.bit
    met = np.zeros((CELLS, CELLS), np.int64)
    for k in range(len(pixels)):
        met[pixels[k] // ROW // CELL, pixels[k] % ROW // CELL] += (b.near[pixels[k]] & bit[k]) != 0
    return (met >= MET_IN_CELL).sum()


@njit(nogil=True, cache=True)
def fewest_cells(a: Edges, b: Edges, place: Place) -> int:
    """Count the cells that hold enough edges in view of both frames, of a and of b, and return the lower count."""
    pixels = np.empty(max(len(a.x), len(b.x)), np.uint16)
    of_a, of_b = np.zeros((2, CELLS, CELLS), np.int64)
    land(a, b, place, pixels)
    for k in range(len(a.x)):
        of_a[pixels[k] // ROW // CELL, pixels[k] % ROW // CELL] += pixels[k] != OUT_OF_VIEW
    land(b, a, inverse(place), pixels)
    for k in range(len(b.x)):
        of_b[int(b.y[k] + CANVAS / 2) // CELL, int(b.x[k] + CANVAS / 2) // CELL] += pixels[k] != OUT_OF_VIEW
    return min((of_a >= MET_IN_CELL).sum(), (of_b >= MET_IN_CELL).sum())


@njit(nogil=True, cache=True)
def meet(a: Edges, b: Edges, place: Place, ring: NDArray[Any]) -> tuple[float, float]:
    """Return what share of the edges meets at a place, and the most beside it, at each shift, (n, 2), of a ring."""
    chance = 0.0
    for k in range(len(ring)):
        beside = Place(place.mirrored, place.zoom, place.across + ring[k, 0], place.down + ring[k, 1])
        chance = max(chance, share_in_view(a, b, beside))
    return share_in_view(a, b, place), chance


@njit(nogil=True, cache=True)
def measure(a: Edges, b: Edges, place: Place, met: float, chance: float) -> Measure:
    """Measure how two frames meet at a place, where so large shares of the edges do, see `meet`."""
    covered = cells_met(a, b, place)
    area = min(b.size[0] * b.size[1], a.size[0] * a.size[1] * place.zoom**2)
    drawn = covered / max(1, fewest_cells(a, b, place)) if is_promising(met, chance) else 0.0
    return Measure(met, chance, min(1.0, covered * CELL * CELL / area), min(1.0, drawn))


@njit(nogil=True, cache=True)
def align(
    a: Edges, frame: FramePoints, places: NDArray[Any], searched: bool, sketches: Sketches
) -> tuple[Place, Measure]:
    """Find how frame a lies upon another frame, from hypotheses, (n, 4), and measure how well they meet there.

    Hypotheses that were `searched` for are rough: first their neighbourhoods are looked over. All others are near
    already. If a place is not PROMISING, as most are not, a first impression is returned; if it is HOPELESS, nothing.
    `sketches` are those of frame a.
    """
    found = place_of(places[0])
    if searched:
        found, beyond = rough_place(sketches, view_of(frame), places)
        if is_hopeless(beyond, a.number):
            return found, Measure(0.0, 0.0, 0.0, 0.0)
    b = edges_of(frame)
    few_a, few_b = one_in(a, FEW), one_in(b, FEW)
    # The drawing may also lie just where a hypothesis says, or not have moved at all.
    most = share_of_all(few_a, few_b, found)
    unmoved = Place(found.mirrored, 1.0, 0.0, 0.0)
    for k in range(len(places) + 1):
        other = place_of(places[k]) if k < len(places) else unmoved
        share = share_of_all(few_a, few_b, other)
        if share > most:
            most, found = share, other
    found = climb(few_a, few_b, found, 1.0, 1.0)
    met, chance = meet(a, b, found, GLANCE)
    if is_promising(met, chance):
        found = climb(few_a, few_b, found, 0.5, 0.5)
        found = climb(a, b, found, 0.5, 0.25)
        met, chance = meet(a, b, found, RING)
    return found, measure(a, b, found, met, chance)


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
        start, points, orientation, size: the frames, see canvas.EdgePoints.
        frame_a, frame_b: the rows of the frames of each pair.
        places: (n, h, 4), up to h hypotheses of each pair; a zoom of 0 is no hypothesis. The place that is found
            replaces the first.
        searched: (n,) bool, which pairs were searched for.
        measures: (n, 4), gets met, chance, cover and drawn.
    """
    for k in range(len(frame_a)):
        f, g = frame_a[k], frame_b[k]
        if k == 0 or f != frame_a[k - 1]:
            frame = FramePoints(points[start[f] : start[f + 1]], orientation[start[f] : start[f + 1]], size[f])
            a, sketches = edges_of(frame), no_sketches(frame)
        b = FramePoints(points[start[g] : start[g + 1]], orientation[start[g] : start[g + 1]], size[g])
        hypotheses = 0
        for other in range(places.shape[1]):
            hypotheses += places[k, other, 1] > 0
        place, found = align(a, b, places[k, :hypotheses], searched[k], sketches)
        first = places[k, 0]
        first[0], first[1], first[2], first[3] = place.mirrored, place.zoom, place.across, place.down
        measures[k, 0], measures[k, 1], measures[k, 2], measures[k, 3] = found
