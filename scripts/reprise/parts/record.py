"""What is known of a part: the same drawing in a box of one panel and in a box of another."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

PART = np.dtype(
    [
        # The two panels, by their places in the comic, the earlier first, and the numbers of their frames.
        ("a", np.int64),
        ("b", np.int64),
        ("frame_a", np.int32),
        ("frame_b", np.int32),
        ("mirrored", np.bool_),
        # Left, top, right and bottom, as shares of the picture's width and height.
        ("box_a", np.float32, 4),
        ("box_b", np.float32, 4),
        # How the part of `a` lies in `b`: turned clockwise, in degrees, and so many times larger, in pixels of the files.
        ("turn", np.float32),
        ("zoom", np.float32),
        # Which share of the edges in the boxes meet, and would by chance.
        ("met", np.float32),
        ("chance", np.float32),
        # How surely it is one drawing, 0 to 1, on one scale with the scores of whole panels.
        ("score", np.float32),
        # How much the features say that the two share: the rarer they are in the comic, the more.
        ("weight", np.float32),
    ]
)

WHOLE = (0.0, 0.0, 1.0, 1.0)  # the box of what is no part but the whole picture

# From this share of a picture on, its part in a match ties the two panels: in trials on real comics that joined no two
# drawings, and at less, most panels hung together by small things.
ENOUGH_COVER = 0.5

# A box is the whole picture from this share on.
NEARLY_WHOLE = 0.9


def cover(box: NDArray[Any]) -> NDArray[np.float32]:
    """Return which share of its picture each box takes, (N,), of (N, 4)."""
    left, top, right, bottom = np.moveaxis(box, -1, 0)
    return (right - left) * (bottom - top)


def least_cover(pairs: NDArray[Any]) -> NDArray[np.float32]:
    """Return the lesser of the two covers of each pair, with `box_a` and `box_b` as of PART."""
    return np.minimum(cover(pairs["box_a"]), cover(pairs["box_b"]))
