"""Where a working picture is lettered: the same letters and words stand in every panel, and say nothing of the drawing.

`reprise.lettering` finds lines of letters too, for panels as wholes. It looks at them in fewer pixels, in which the
lettering of a strip is a blur.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[Any]  # (height, width) uint8; OpenCV's annotations do not promise it

WIDTH = 9  # pixels; a stroke is thinner
STROKE = 25  # levels that it is darker, or lighter, than what is on both sides of it
SHORTEST, TALLEST = 4, 34  # pixels that a letter is high
WIDEST = 4.0  # times its height, of letters that touch
GAP = 17  # pixels between two letters, or words, of a line
FEWEST_LETTERS = 3  # of a line
MOST_ROWS = 2.2  # a line is no higher than so many times its letters
MOST_WITHIN = 2  # letters, itself and what is in it, as the dot in a ring; more are framed
MARGIN = 2  # pixels around it


def lettered(grey: Grey) -> NDArray[np.bool_]:
    """Return which pixels of a picture are lettered, (height, width)."""
    found = np.zeros(grey.shape, np.bool_)
    for strokes in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        stroke = cv2.morphologyEx(grey, strokes, np.ones((WIDTH, WIDTH), np.uint8))
        boxes = cv2.connectedComponentsWithStats((stroke > STROKE).view(np.uint8), connectivity=8)[2][1:]
        _, _, width, height, area = boxes.T
        letters = boxes[(height >= SHORTEST) & (height <= TALLEST) & (width <= WIDEST * height) & (area >= height)]
        letters = letters[~around_others(letters, grey.shape)]
        for left, top, right, bottom in lines_of(letters[:, :4], grey.shape):
            found[max(0, top - MARGIN) : bottom + MARGIN, max(0, left - MARGIN) : right + MARGIN] = True
    return found


def around_others(letters: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which letters, (n, 5) left, top, width, height and area, are none, but hold others, as a caption's rim."""
    left, top, width, height, _ = letters.T
    middles: Grey = np.zeros(shape[:2], np.uint8)
    middles[top + height // 2, left + width // 2] = 1
    within = cv2.integral(middles)
    right, bottom = left + width, top + height
    held = within[bottom, right] - within[top, right] - within[bottom, left] + within[top, left]
    return np.asarray(held > MOST_WITHIN)


def lines_of(letters: NDArray[Any], shape: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Return the lines, left, top, right and bottom, that letters, (n, 4) left, top, width and height, stand in."""
    mask: Grey = np.zeros(shape[:2], np.uint8)
    for left, top, width, height in letters.tolist():
        # The middle of a letter alone joins it to the next, so that lines do not run into each other.
        mask[top + height // 4 : top + height - height // 4, left : left + width] = 1
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, GAP), np.uint8))
    labels = cv2.connectedComponents(mask, connectivity=4)[1]
    line = labels[letters[:, 1] + letters[:, 3] // 2, letters[:, 0]]
    lines = []
    order = np.argsort(line, kind="stable")
    for some in np.split(order, np.flatnonzero(np.diff(line[order])) + 1):
        if len(some) < FEWEST_LETTERS:
            continue
        left, top, width, height = letters[some].T
        box = int(left.min()), int(top.min()), int((left + width).max()), int((top + height).max())
        if box[3] - box[1] <= MOST_ROWS * np.median(height) and box[2] - box[0] >= 2 * np.median(height):
            lines.append(box)
    return lines
