"""The lines of a panel that are its own: all but those that stand where most panels of the comic have some.

A banner, a border, a page grid or a window's chrome stands in the same place in many panels, and says nothing of what
is drawn there. The same places are left out of all panels, so that what is left can be compared as before.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class OwnLines(NamedTuple):
    """Where lines count.

    Attributes:
        bitmap: (B,) uint8, the pixels of an edge bitmap that count, packed as it is.
        points: (ORIENTATIONS, SIDE, SIDE) bool, the places at which edge points of each orientation count, see
            reprise.matching.canvas.places.
    """

    bitmap: NDArray[np.uint8]
    points: NDArray[np.bool_]


def read_own_lines(path: str | Path | None) -> OwnLines | None:
    """Read what `shared_lines` wrote; None, and so all lines count, without a file."""
    if not path:
        return None
    with np.load(path) as told:
        return OwnLines(told["bitmap"], told["points"])
