"""The edges of a working picture, by which it is told whether a part is the same drawing, and how far it reaches."""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.matching.canvas import HIGHEST, LOWEST, SHARE, STRONG, percentile, steepest

ORIENTATIONS = 8  # of edges, in half a turn; the first is that of vertical lines
MOST_EDGES = 20_000  # of a picture, the strongest
LONG = 100  # pixels; a line so long, along a row or a column, is that of a frame or a ground, and says nothing

EDGE = np.dtype([("x", np.uint16), ("y", np.uint16), ("orientation", np.uint8)])


def edges_of(pixels: NDArray[Any], lettered: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the edge pixels of a working picture, (height, width, 3) uint8, row by row: EDGE.

    Lettering, and long lines along rows and columns, are left out.
    """
    across, down, strength = steepest(pixels)
    felt = np.bincount(strength.ravel())
    felt[: int(LOWEST / 2) + 1] = 0
    high = min(max(SHARE * percentile(felt, STRONG), LOWEST), HIGHEST) if felt.any() else LOWEST
    found = cv2.Canny(across, down, high / 2, high)
    for line in ((1, LONG), (LONG, 1)):
        found = cv2.subtract(found, cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones(line, np.uint8)))
    places = np.flatnonzero((found > 0) & ~lettered)
    if len(places) > MOST_EDGES:
        places = np.sort(places[np.argsort(-strength.take(places), kind="stable")[:MOST_EDGES]])
    edges = np.zeros(len(places), EDGE)
    edges["y"], edges["x"] = np.divmod(places, pixels.shape[1])
    turn = np.arctan2(down.take(places).astype(np.float64), across.take(places)) / math.pi % 1
    edges["orientation"] = np.rint(turn * ORIENTATIONS).astype(np.int64) % ORIENTATIONS
    return edges
