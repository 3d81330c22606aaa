"""What is known of a part: the same drawing in a box of one panel and in a box of another."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd  # which steps that read no table do without

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
        # How the part of `a` lies in `b`: turned clockwise, in degrees, and so many times larger, in their pixels.
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


def in_common(box: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return the area that a box, (4,), has in common with each of others, (N, 4), in their own measure: (N,)."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    return np.maximum(sides, 0).prod(axis=1)


def least_cover(pairs: NDArray[Any]) -> NDArray[np.float32]:
    """Return the lesser of the two covers of each pair, with `box_a` and `box_b` as of PART."""
    return np.minimum(cover(pairs["box_a"]), cover(pairs["box_b"]))


def ties(pairs: "pd.DataFrame") -> "pd.Series":
    """Tell of rows of pairs.csv whether what is the same is enough of both pictures to tie them in the graph."""
    return pairs[["cover_a", "cover_b"]].min(axis=1) >= ENOUGH_COVER


def box_in_pixels(box: NDArray[Any], panels: "pd.DataFrame") -> list[str]:
    """Write boxes, (N, 4), in pixels of their files, "left top right bottom", by `width` and `height` of the panels."""
    sides = box.astype(np.float64) * np.tile(panels[["width", "height"]].to_numpy(np.float64), 2)
    return [" ".join(map(str, row)) for row in np.rint(sides).astype(np.int64).tolist()]


def lie_in(parts: NDArray[Any], size_a: NDArray[Any], size_b: NDArray[Any]) -> NDArray[np.float64]:
    """Return how the first picture of each pair lies upon the second, so that the two boxes are one.

    Args:
        parts: with `mirrored`, `box_a` and `box_b` as of PART.
        size_a, size_b: (N, 2), width and height of the pictures on the canvas of alignments.

    Returns:
        (3, N): zoom; and across and down, from middle to middle, in pixels of the canvas. The first is mirrored before.
    """
    size_a, size_b = np.asarray(size_a, np.float64), np.asarray(size_b, np.float64)
    middle, extent = {}, {}
    for end, size in (("a", size_a), ("b", size_b)):
        low, high = parts[f"box_{end}"][:, :2].astype(np.float64), parts[f"box_{end}"][:, 2:].astype(np.float64)
        middle[end], extent[end] = ((low + high) / 2 - 0.5) * size, (high - low) * size
    middle["a"][:, 0] *= np.where(parts["mirrored"], -1, 1)
    zoom = np.sqrt((extent["b"] / extent["a"]).prod(axis=1))
    return np.stack([zoom, *(middle["b"] - zoom[:, None] * middle["a"]).T])
