"""Search a comic for parts: which panels may share one, and how it would lie in them."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit
from reprise.parts.features import DIRECTIONS
from reprise.parts.geometry import MOST_FEATURES, MOST_PARTS, lie
from reprise.parts.index import Index, by_panel, shared_features

MOST_PANELS = 64  # others that are looked at for each panel and for each mirror image, those that share most


class Found(NamedTuple):
    """Parts that panels may share, H of them.

    Attributes:
        panels: (H, 3) int64, the two panels, the earlier first, and whether the part is mirrored.
        lies: (H, 6) float64, see reprise.parts.geometry.lie: how `a`, mirrored first if it is so, lies in `b`, in how
            many places features agree, and how much they say.
        start: (H + 1,) int64, the features of part h that agree are rows start[h] to start[h + 1] of `places`.
        places: (S, 4) float32, where these are: x and y in `a`, mirrored first if it is so, and in `b`.
    """

    panels: NDArray[np.int64]
    lies: NDArray[np.float64]
    start: NDArray[np.int64]
    places: NDArray[np.float32]


@njit(nogil=True, cache=True)
def points(index: Index, rows: NDArray[Any], mirrored_width: float) -> NDArray[Any]:
    """Return x, y, the logarithm of the width and the direction in degrees, (n, 4), of features; -1 mirrors nothing."""
    told = np.empty((len(rows), 4))
    for k in range(len(rows)):
        row = rows[k]
        told[k, 0], told[k, 1], told[k, 2] = index.x[row], index.y[row], index.size[row]
        told[k, 3] = index.direction[row] * 360.0 / DIRECTIONS
        if mirrored_width >= 0:
            told[k, 0], told[k, 3] = mirrored_width - 1 - told[k, 0], 180.0 - told[k, 3]
    return told


@njit(nogil=True, cache=True)
def search_panels(
    index: Index, first: int, last: int, mirrored_too: bool, most_panels: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Search for parts that some panels, from the first to the one before the last, share with these and later ones.

    Args:
        index: of the comic.
        first, last: the panels.
        mirrored_too: whether parts may be mirrored.
        most_panels: a feature that more panels have says nothing.

    Returns:
        What Found holds; in place of `start`, how many features of each part agree.
    """
    stamps = np.zeros((2, len(index.start) - 1), np.int64)
    panels, lies = np.empty((256, 3), np.int64), np.empty((256, 6))
    agree, places = np.empty(256, np.int64), np.empty((4096, 4), np.float32)
    found, here = np.empty((MOST_PARTS, 6)), np.empty(MOST_FEATURES, np.int64)
    count, features = 0, 0
    for panel in range(first, last):
        own, other, mirrored, weight = shared_features(index, panel, mirrored_too, most_panels, stamps)
        order, runs = by_panel(index, own, other, mirrored, weight, MOST_PANELS)
        for run in range(len(runs)):
            chosen = order[runs[run, 0] : runs[run, 1]]
            with_panel, mirror = index.panel[other[chosen[0]]], mirrored[chosen[0]]
            if with_panel == panel:
                chosen = chosen[other[chosen] > own[chosen]]  # each two once
            if len(chosen) > MOST_FEATURES:
                chosen = np.sort(chosen[np.argsort(-weight[chosen], kind="mergesort")[:MOST_FEATURES]])
            a = points(index, own[chosen], index.shape[panel, 0] if mirror else -1.0)
            b = points(index, other[chosen], -1.0)
            part = here[: len(chosen)]
            for number in range(lie(a, b, weight[chosen], found, part)):
                if count == len(agree):
                    panels = np.concatenate((panels, np.empty_like(panels)))
                    lies, agree = np.concatenate((lies, np.empty_like(lies))), np.concatenate((agree, agree))
                panels[count, 0], panels[count, 1], panels[count, 2] = panel, with_panel, mirror
                lies[count], agree[count] = found[number], 0
                for k in range(len(chosen)):
                    if part[k] == number:
                        if features == len(places):
                            places = np.concatenate((places, np.empty_like(places)))
                        places[features, 0], places[features, 1] = a[k, 0], a[k, 1]
                        places[features, 2], places[features, 3] = b[k, 0], b[k, 1]
                        features += 1
                        agree[count] += 1
                count += 1
    return panels[:count], lies[:count], agree[:count], places[:features]
