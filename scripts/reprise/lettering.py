"""Where a picture is lettered: its lines of letters, and the boxes and balloons they stand in.

A line of letters is a stretch that is broken up by many thin strokes. The strokes are all darker, or all lighter, than
the ground, which is flat and lies just above the line and just below it. No letter is read, so that any script of
separate lines will do. Letters much larger than the lettering of a comic, or on a drawing, are not found.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.shards import GRID

LONGEST = 320  # width or height, in pixels, at which a picture is looked at; a larger one is shrunk
NEARLY = 0.95  # unless it is so little larger that this takes more time than it makes a difference

WINDOW = 32  # pixels of a line that are looked at together
TALLEST = 12  # the tallest letters
SHORTEST = 20  # the shortest stretch over which a window finds so many
FEWEST_CHANGES = 7  # from ground to stroke and back, in a window

FLAT = 16  # levels that a flat ground spans at most
STROKE = 30  # levels between a stroke and the ground
SAME_GROUND = 10  # levels by which the ground above and that below may differ
LEAST_GROUND = 0.3  # share of a line that is ground
MOST_OTHER_STROKES = 0.15  # share of the strokes that may be lighter where most are darker, or the other way round
LARGEST_BALLOON = 0.12  # share of the picture; a ground that spreads farther is the picture's own

Grey = NDArray[Any]  # (height, width) uint8; OpenCV's annotations do not promise it


def broken_stretches(grey: Grey) -> list[tuple[int, int, int, int]]:
    """Return where many strokes stand between flat ground above and flat ground below: left, top, right, bottom."""
    window = np.ones((1, WINDOW), np.uint8)
    flat = (cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, window) < FLAT).view(np.uint8)
    between = cv2.morphologyEx(flat, cv2.MORPH_BLACKHAT, np.ones((TALLEST + 1, 1), np.uint8))
    left_of_each = cv2.copyMakeBorder(grey, 0, 0, 1, 0, cv2.BORDER_REPLICATE)[:, :-1]
    change = (cv2.absdiff(grey, left_of_each) > STROKE).view(np.uint8)
    changes = cv2.boxFilter(change, cv2.CV_8U, (WINDOW, 1), normalize=False)
    broken: Grey = ((between > 0) & (changes >= FEWEST_CHANGES)).view(np.uint8)
    # A letter is a few pixels high and wide, here 3 each way; a gap between two words is not much wider, here 8.
    broken = cv2.dilate(cv2.erode(broken, np.ones((3, 3), np.uint8)), np.ones((3, 3 + 8), np.uint8))
    outlines, _ = cv2.findContours(broken, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [
        (left, top, left + width, top + height)
        for left, top, width, height in map(cv2.boundingRect, outlines)
        if width - 8 >= max(SHORTEST, 1.5 * height)
    ]


def ground_of_letters(grey: Grey, box: tuple[int, int, int, int]) -> float | None:
    """Return the level of the ground on which a line of letters stands, or None if the stretch is no such line."""
    left, top, right, bottom = box
    above, below = grey[max(0, top - 2) : top, left:right], grey[bottom : bottom + 2, left:right]
    if not above.size or not below.size:
        return None
    level_above, level_below = float(np.median(above)), float(np.median(below))
    if abs(level_above - level_below) > SAME_GROUND:
        return None
    ground = (level_above + level_below) / 2
    line = grey[top:bottom, left:right].astype(np.float64)
    strokes = line[np.abs(line - ground) >= FLAT]
    if strokes.size == 0 or strokes.size > (1 - LEAST_GROUND) * line.size:
        return None
    darker = float((strokes < ground).mean())
    return ground if min(darker, 1 - darker) <= MOST_OTHER_STROKES else None


def balloon(grey: Grey, box: tuple[int, int, int, int], ground: float) -> NDArray[np.bool_]:
    """Return the box or balloon around a line of letters, with its outline: the ground that belongs with the line.

    It is empty if that ground spreads over more of the picture than a balloon does.
    """
    left, top, right, bottom = box
    near = np.argwhere(np.abs(grey[top:bottom, left:right] - ground) <= 4)
    filled = np.zeros((grey.shape[0] + 2, grey.shape[1] + 2), np.uint8)
    if len(near):
        down, across = near[len(near) // 2].tolist()
        how = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | 255 << 8
        cv2.floodFill(grey, filled, (left + across, top + down), 0, 8, 8, how)
    ground_only = np.ascontiguousarray(filled[1:-1, 1:-1])  # OpenCV asks for a margin, and writes to it
    if np.count_nonzero(ground_only) > LARGEST_BALLOON * grey.size:
        ground_only[:] = 0
    return cv2.dilate(ground_only, np.ones((7, 7), np.uint8)) > 0


def any_in_cells(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return in which cells of a picture there is, even in part, a marked pixel: (GRID, GRID) bool."""
    before = cv2.integral(marked.view(np.uint8))  # how many are marked above and left of each corner of a pixel
    rows, columns = (np.arange(GRID + 1) * side for side in marked.shape)  # where cells begin, in pixels times GRID
    in_rows = before[-(-rows[1:] // GRID)] - before[rows[:-1] // GRID]
    return in_rows[:, -(-columns[1:] // GRID)] > in_rows[:, columns[:-1] // GRID]


def lettering(pixels: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which cells of a picture, (height, width, 3) uint8 RGB, are lettered: (GRID, GRID) bool."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    shrink = LONGEST / max(height, width)
    if shrink < NEARLY:
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    lettered = np.zeros(grey.shape, dtype=bool)
    for box in broken_stretches(grey):
        ground = ground_of_letters(grey, box)
        if ground is not None:
            left, top, right, bottom = box
            # The window does not fit the ends of a line.
            lettered[max(0, top - 2) : bottom + 2, max(0, left - WINDOW // 2) : right + WINDOW // 2] = True
            lettered |= balloon(grey, box, ground)
    return any_in_cells(lettered) if lettered.any() else np.zeros((GRID, GRID), dtype=bool)
