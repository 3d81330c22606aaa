"""The features of a picture: places that look like no other, with their sizes, directions and what is around them."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.parts.words import NEAREST, encode, read_words

# A picture is looked at in so many pixels at most, and so long and wide; a larger one is shrunk.
MOST_PIXELS, LONGEST = 480_000, 1000

MOST_FEATURES = 1500  # of a picture, those of the strongest contrast
CONTRAST = 0.015  # the least, as SIFT counts it

# Places are told in so many steps of a pixel, sizes in so many of an octave, directions in so many of a turn.
STEPS, SIZES, DIRECTIONS = 16, 24, 256

FEATURE = np.dtype(
    [
        # From the upper left corner, in STEPS of a pixel of the working picture.
        ("x", np.uint16),
        ("y", np.uint16),
        # The logarithm of its width, in SIZES of an octave; and where its gradients point, in DIRECTIONS of a turn.
        ("size", np.uint8),
        ("direction", np.uint8),
        # What is around it, see reprise.parts.words: of each half the nearest cells, and the codes within these.
        ("cells", np.uint8, (2, NEAREST)),
        ("codes", np.uint32, (2, NEAREST)),
    ]
)

Grey = NDArray[Any]  # (height, width) uint8; OpenCV's annotations do not promise it


def working_size(width: int, height: int) -> tuple[int, int]:
    """Return the width and height in which a picture is looked at."""
    shrink = min(1.0, (MOST_PIXELS / (width * height)) ** 0.5, LONGEST / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def working_picture(pixels: NDArray[Any]) -> tuple[Grey, NDArray[Any]]:
    """Return a picture, (height, width, 3) uint8 RGB, as it is looked at: in grey and in colours."""
    size = working_size(pixels.shape[1], pixels.shape[0])
    if size != (pixels.shape[1], pixels.shape[0]):
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), pixels


def find_features(grey: Grey, lettered: NDArray[np.bool_]) -> tuple[list[cv2.KeyPoint], NDArray[np.float32]]:
    """Find the features of a picture that are not lettering, with SIFT's descriptors, (n, 128), row by row."""
    sift = cv2.SIFT.create(contrastThreshold=CONTRAST)
    # OpenCV would choose the strongest before it leaves out lettering: a page full of words would keep nothing else.
    found = list({(k.pt, k.size): k for k in sift.detect(grey, (~lettered).view(np.uint8))}.values())
    found = sorted(found, key=lambda k: (-k.response, k.pt, k.size))[:MOST_FEATURES]
    # Upright: a part is seldom turned, and its own directions would not repeat as often. A quarter of a turn is the
    # direction that is the same in a mirror.
    for k in found:
        k.angle = 90.0
    if not found:
        return [], np.empty((0, 128), np.float32)
    descriptors = sift.compute(grey, found)[1]
    told = [(k.pt[1], k.pt[0], k.size, k.angle) for k in found]
    order = sorted(range(len(found)), key=told.__getitem__)
    return [found[place] for place in order], np.asarray(descriptors, np.float32)[order]


def features_of(grey: Grey, lettered: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the features of a working picture that are not lettering, FEATURE."""
    found, descriptors = find_features(grey, lettered)
    told = np.zeros(len(found), FEATURE)
    if found:
        x, y, size, angle = np.array([(*k.pt, k.size, k.angle) for k in found]).T
        told["x"], told["y"] = np.rint(STEPS * x), np.rint(STEPS * y)
        told["size"] = np.clip(np.rint(SIZES * np.log2(size)), 0, 255)
        told["direction"] = np.rint(DIRECTIONS * angle / 360).astype(np.int64) % DIRECTIONS
        told["cells"], told["codes"] = encode(descriptors, read_words())
    return told
