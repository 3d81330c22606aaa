"""What tells pictures apart: the bitmap of their edges, and two hashes."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reprise.matching.canvas import average
from reprise.pictures import Pixels
from reprise.shards import EDGE_SIZE

CANNY_LOW, CANNY_HIGH = 100, 200  # hysteresis thresholds, from the essay

SEEN = 250  # a drawing with so many edge pixels on white is seen there
UNSEEN = 4  # one with fewer, and so many times as many on black, is seen on black

# The parts of red, green and blue in grey, in 65536ths, by Pillow and ITU-R 601-2.
GREY = np.array([19595, 38470, 7471])


def shrink(pixels: Pixels, size: int, resize: str) -> Pixels:
    """Shrink a picture, (height, width, 3) or, if grey, (height, width) uint8, to a square of `size` pixels, uint8.

    `resize` is `area` or `nearest`. `area` averages, which keeps thin lines and loses noise. `nearest` picks a pixel of
    each area, as Pillow does and the essay did.
    """
    if resize == "nearest":
        return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.NEAREST))
    return average(pixels, (size, size))


def edge_bitmap(pixels: Pixels, resize: str = "area") -> NDArray[np.bool_]:
    """Return where the small picture of a frame, RGB, has edges: (EDGE_SIZE, EDGE_SIZE) bool.

    Resize, then Canny, the order the essay settled on.
    """
    small = cv2.cvtColor(shrink(pixels, EDGE_SIZE, resize), cv2.COLOR_RGB2BGR)
    return cv2.Canny(small, CANNY_LOW, CANNY_HIGH) > 0


def is_for_black(on_white: int, on_black: int) -> bool:
    """Tell by its edge pixels on each ground whether a drawing on a clear ground is seen on black, and not on white."""
    return on_white < SEEN and on_black > UNSEEN * on_white


def average_hash(pixels: Pixels, resize: str = "area") -> NDArray[np.bool_]:
    """Tell which of the 8 x 8 areas of a picture, RGB or grey, are at least as bright as their mean: (8, 8) bool."""
    small = shrink(pixels, 8, resize)
    # As Pillow makes it grey, which takes twice the time for so few pixels.
    grey = small if small.ndim == 2 else (small @ GREY + 2**15) >> 16
    return grey >= grey.mean()


def dct_hash(pixels: Pixels) -> NDArray[np.bool_]:
    """Tell the signs of the lowest frequencies of an RGB picture (pHash): (8, 8) bool.

    As OpenCV's img_hash module defines it: 32 x 32 pixels, the top left 8 x 8 of their cosine transform without the
    constant term, each against the mean.
    """
    small = cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_LINEAR_EXACT)
    low = cv2.dct(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32))[:8, :8].copy()
    low[0, 0] = 0
    return low > low.mean()
