"""The lines of a panel that are its own: all but those that stand where most panels of the comic have some.

A banner, a border, a page grid or a window's chrome stands in the same place in many panels, and says nothing of what
is drawn there. The same places are left out of all panels, so that what is left can be compared as before. Where a part
of the comic shares lines that the rest does not have, as when its frame changes, they are left out of that part.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# A frame is of a kind if it has so much of the lines by which that is told, in their places or next to them.
OF_A_KIND = 0.7

ALL_COUNT = 0xFF  # a byte of a packed bitmap in which all pixels count

# Bitmaps that are unpacked at a time.
FRAMES_AT_ONCE = 1024


class OwnLines(NamedTuple):
    """Where lines count, in frames of each of K kinds. The first kind is all that are of no other.

    Attributes:
        bitmap: (K, B) uint8, the pixels of an edge bitmap that count, packed as it is.
        points: (K, ORIENTATIONS, SIDE, SIDE) bool, the places at which edge points of each orientation count, see
            reprise.matching.canvas.places.
        marks: (K, B) uint8, the pixels of lines by which a kind is told, packed; none of the first.
    """

    bitmap: NDArray[np.uint8]
    points: NDArray[np.bool_]
    marks: NDArray[np.uint8]

    def bitmaps(self, edges: NDArray[np.uint8], cut: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return which pixels count in frames, by their packed edge bitmaps, (F, B), and what is `cut` of them, (F,).

        What most panels share is told by whole pictures. In panels of a page that stands elsewhere, and all counts.
        """
        counts = self.bitmap[self.kinds(edges)]
        counts[cut > 0] = ALL_COUNT
        return counts

    def kinds(self, edges: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return of which kind frames are, (F,), by their packed edge bitmaps, (F, B)."""
        kinds = np.zeros(len(edges), np.int64)
        if len(self.marks) == 1:
            return kinds
        fewest = OF_A_KIND * np.bitwise_count(self.marks).sum(axis=1, dtype=np.int64)
        for first in range(0, len(edges), FRAMES_AT_ONCE):
            near = widen(edges[first : first + FRAMES_AT_ONCE])
            has = np.stack([np.bitwise_count(near & marks).sum(axis=1, dtype=np.int64) for marks in self.marks], axis=1)
            of_kind = np.where(has >= fewest, has / np.maximum(fewest, 1), 0)
            kinds[first : first + FRAMES_AT_ONCE] = of_kind.argmax(axis=1)  # the first where they are none
        return kinds


def widen(edges: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Widen the lines of packed square bitmaps, (F, B), by a pixel in all directions."""
    side = round((8 * edges.shape[1]) ** 0.5)
    padded = np.pad(np.unpackbits(edges, axis=1).reshape(-1, side, side), ((0, 0), (1, 1), (1, 1)))
    tall = padded[:, :-2] | padded[:, 1:-1] | padded[:, 2:]
    return np.packbits((tall[:, :, :-2] | tall[:, :, 1:-1] | tall[:, :, 2:]).reshape(len(edges), -1), axis=1)


def read_own_lines(path: str | Path | None) -> OwnLines | None:
    """Read what `shared_lines` wrote; None, and so all lines count, without a file or where it leaves out none."""
    if not path:
        return None
    with np.load(path) as told:
        own = OwnLines(told["bitmap"], told["points"], told["marks"])
    return None if own.points.all() and (own.bitmap == ALL_COUNT).all() else own
