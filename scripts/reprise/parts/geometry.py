"""How a part lies in two panels: the similarity that brings many shared features of the one onto those of the other.

Each pair of features is a hypothesis, so that no lot is drawn.

In the field: hypotheses: Hough voting, RANSAC.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit

LEAST_ZOOM, MOST_ZOOM = 0.28, 3.6
MOST_TURN = 40.0  # degrees

# How near a feature must come to its like: pixels, and as a share of its distance from that which a guess is made by.
NEAR, NEAR_SHARE = 6.0, 0.1
REFITTED = 5.0  # pixels, once all that agree are fitted
MOST_OCTAVES, MOST_DEGREES = 0.8, 30.0  # by which a feature's own size and direction may differ from this
ROUNDS = 4  # of fitting

PLACE = 5.0  # pixels; features in one square of so many count once
FEWEST_PLACES = 3
MOST_FEATURES = 300  # pairs that are looked at, those that say most
MOST_PARTS = 4  # of two panels


class Similarity(NamedTuple):
    """Where a point of a panel, mirrored first if it is so, lies in another: x at across * x - down * y + right."""

    across: float
    down: float
    right: float
    below: float


@njit(nogil=True, cache=True)
def wrapped(turn: float) -> float:
    """Return an angle in degrees as one from -180 to 180."""
    return (turn + 180.0) % 360.0 - 180.0


@njit(nogil=True, cache=True)
def fit(a: NDArray[Any], b: NDArray[Any], weight: NDArray[Any], chosen: NDArray[Any], before: Similarity) -> Similarity:
    """Return the similarity that brings chosen points of `a`, (n, 4), nearest to those of `b`; or the one before."""
    total, ax, ay, bx, by = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(len(a)):
        if chosen[k]:
            total += weight[k]
            ax, ay = ax + weight[k] * a[k, 0], ay + weight[k] * a[k, 1]
            bx, by = bx + weight[k] * b[k, 0], by + weight[k] * b[k, 1]
    if total == 0:
        return before
    ax, ay, bx, by = ax / total, ay / total, bx / total, by / total
    along, aside, spread = 0.0, 0.0, 0.0
    for k in range(len(a)):
        if chosen[k]:
            x, y, u, v = a[k, 0] - ax, a[k, 1] - ay, b[k, 0] - bx, b[k, 1] - by
            along += weight[k] * (x * u + y * v)
            aside += weight[k] * (x * v - y * u)
            spread += weight[k] * (x * x + y * y)
    if spread < 1e-6:
        return before
    across, down = along / spread, aside / spread
    return Similarity(across, down, bx - across * ax + down * ay, by - down * ax - across * ay)


@njit(nogil=True, cache=True)
def by_place(points: NDArray[Any], weight: NDArray[Any], chosen: NDArray[Any]) -> tuple[int, float]:
    """Return in how many squares of PLACE pixels chosen points, (n, 4), are, and how much the best of each say."""
    squares, rows = np.empty(len(points), np.int64), np.flatnonzero(chosen)
    for row in rows:
        squares[row] = np.int64(points[row, 0] // PLACE) * 2**20 + np.int64(points[row, 1] // PLACE)
    count, says, most = 0, 0.0, 0.0
    order = rows[np.argsort(squares[rows], kind="mergesort")]
    for k in range(len(order)):
        most = max(most, weight[order[k]])
        if k + 1 == len(order) or squares[order[k + 1]] != squares[order[k]]:
            count, says, most = count + 1, says + most, 0.0
    return count, says


@njit(nogil=True, cache=True)
def agree(
    a: NDArray[Any], b: NDArray[Any], left: NDArray[Any], place: Similarity, near: float, chosen: NDArray[Any]
) -> int:
    """Choose the pairs of points, of those `left`, that a similarity brings within so many pixels; return how many."""
    zoom = np.log2(np.hypot(place.across, place.down))
    turn = np.degrees(np.arctan2(place.down, place.across))
    # Where the part is enlarged, so is what places are off by.
    near *= max(1.0, 2.0**zoom)
    count = 0
    for k in range(len(a)):
        chosen[k] = False
        if left[k]:
            x = place.across * a[k, 0] - place.down * a[k, 1] + place.right - b[k, 0]
            y = place.down * a[k, 0] + place.across * a[k, 1] + place.below - b[k, 1]
            chosen[k] = (
                x * x + y * y <= near * near
                and abs(b[k, 2] - a[k, 2] - zoom) <= MOST_OCTAVES
                and abs(wrapped(b[k, 3] - a[k, 3] - turn)) <= MOST_DEGREES
            )
            count += chosen[k]
    return count


@njit(nogil=True, cache=True)
def best_guess(a: NDArray[Any], b: NDArray[Any], weight: NDArray[Any], left: NDArray[Any]) -> tuple[Similarity, float]:
    """Return where the most that is `left` agrees, of all similarities that one pair of features alone tells."""
    most, found = 0.0, Similarity(1.0, 0.0, 0.0, 0.0)
    for i in range(len(a)):
        if not left[i]:
            continue
        octaves, turn = b[i, 2] - a[i, 2], wrapped(b[i, 3] - a[i, 3])
        zoom = 2.0**octaves
        if not (LEAST_ZOOM <= zoom <= MOST_ZOOM and abs(turn) <= MOST_TURN):
            continue
        across, down = zoom * np.cos(np.radians(turn)), zoom * np.sin(np.radians(turn))
        says = 0.0
        for k in range(len(a)):
            if left[k]:
                x, y = a[k, 0] - a[i, 0], a[k, 1] - a[i, 1]
                off_x = across * x - down * y - (b[k, 0] - b[i, 0])
                off_y = down * x + across * y - (b[k, 1] - b[i, 1])
                near = max(1.0, zoom) * NEAR + NEAR_SHARE * zoom * np.sqrt(x * x + y * y)
                alike = abs(b[k, 2] - a[k, 2] - octaves) <= MOST_OCTAVES
                alike = alike and abs(wrapped(b[k, 3] - a[k, 3] - turn)) <= MOST_DEGREES
                if alike and off_x * off_x + off_y * off_y <= near * near:
                    says += weight[k]
        if says > most:
            most = says
            right = b[i, 0] - across * a[i, 0] + down * a[i, 1]
            below = b[i, 1] - down * a[i, 0] - across * a[i, 1]
            found = Similarity(across, down, right, below)
    return found, most


@njit(nogil=True, cache=True)
def lie(a: NDArray[Any], b: NDArray[Any], weight: NDArray[Any], found: NDArray[Any], part: NDArray[Any]) -> int:
    """Find how up to MOST_PARTS parts lie in two panels, by features that these share, those that say most first.

    Args:
        a, b: (n, 4) float64, of each pair of features x, y, the logarithm of the width, and the direction in degrees;
            `a` mirrored already where that is looked for.
        weight: (n,) float64, how much each says.
        found: (MOST_PARTS, 6), gets for each part the similarity, in how many places features agree, and how much
            these say.
        part: (n,) int64, gets the number of the part, from 0, that each pair agrees with, or -1.

    Returns:
        How many were found.
    """
    left = np.ones(len(a), np.bool_)
    chosen, tried = np.zeros(len(a), np.bool_), np.zeros(len(a), np.bool_)
    part[:] = -1
    count = 0
    for _ in range(2 * MOST_PARTS):
        place, most = best_guess(a, b, weight, left)
        if most == 0 or count == MOST_PARTS:
            break
        agree(a, b, left, place, 2 * NEAR, chosen)
        for _ in range(ROUNDS):
            nearer = fit(a, b, weight, chosen, place)
            if agree(a, b, left, nearer, REFITTED, tried) < 3:
                break
            place = nearer
            chosen[:] = tried
        (places_a, says_a), (places_b, says_b) = by_place(a, weight, chosen), by_place(b, weight, chosen)
        places, says = min(places_a, places_b), min(says_a, says_b)
        zoom, turn = np.hypot(place.across, place.down), np.degrees(np.arctan2(place.down, place.across))
        sound = LEAST_ZOOM <= zoom <= MOST_ZOOM and abs(turn) <= MOST_TURN
        if places < FEWEST_PLACES or not sound:
            if places < FEWEST_PLACES - 1:
                break
            # What agreed is passed over.
            for k in range(len(a)):
                left[k] = left[k] and not chosen[k]
            continue
        box = np.array([np.inf, np.inf, -np.inf, -np.inf])
        for k in range(len(a)):
            if chosen[k]:
                part[k] = count
                box[0], box[1] = min(box[0], a[k, 0]), min(box[1], a[k, 1])
                box[2], box[3] = max(box[2], a[k, 0]), max(box[3], a[k, 1])
        found[count, 0], found[count, 1], found[count, 2], found[count, 3] = place
        found[count, 4], found[count, 5] = places, says
        count += 1
        # What lies within is explained, whether it agrees or not.
        for k in range(len(a)):
            within = box[0] <= a[k, 0] <= box[2] and box[1] <= a[k, 1] <= box[3]
            left[k] = left[k] and not within
    return count
