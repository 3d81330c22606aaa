"""Where a page or a strip is cut into its panels: along its gutters.

A gutter is a band of one colour from one side to the other. The drawings on both sides of it, or their frames, end there
in a straight line: that tells it from the blank ground of a drawing. A balloon or a figure may hide some of it. It may
slant. What is cut is looked at again, and cut further. What can't be cut for sure stays whole.

In the field: gutter; the recursive XY-cut (Nagy and Seth, 1984).
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.pictures import Pixels

LEAST_AREA = 40_000  # pixels of a picture that may be a page
AREA = 200_000  # pixels, at most, of the grey picture that is looked at

# A line that crosses LONG of a height or width may be a side of a gutter: on its two sides levels differ by LINE.
LINE, LONG = 24, 0.6

# A gutter is of one level, or differs from it by FLAT, save in what hides a part of it; SEEN of its length it is to be
# seen, and at both of its ends, END of its length. Drawings and frames differ from it by CONTRAST: within REACH pixels
# on either side of it, over SIDE of its length.
FLAT, SEEN, END = 16, 0.8, 0.01
CONTRAST, REACH, SIDE = 40, 3, 0.6

# It is white, black, or as the margin about the page, if that is no narrower than MARGIN of the page. A narrow black band
# is a line of a drawing.
LIGHT, DARK, MARGIN = 232, 24, 0.01
THINNEST, THINNEST_DARK, WIDEST = 2, 0.01, 0.12  # pixels; of the page's longer side; of what it divides

# How far a gutter may slant, as a share of its length; in what steps of an angle such lines are looked for; and in how
# many of a pixel's width to either side they are then followed.
LEAST, STEEPEST, ANGLE = 0.02, 0.25, math.radians(1.5)

FRAME = 0.025  # of a panel's width or height: its widest frame, which is left off
NARROWEST, SMALLEST = 0.08, 0.02  # of the page's width or height, and of its area: what is a panel
COVERED = 0.5  # of a page, what its panels cover

Grey = NDArray[Any]  # (height, width) uint8; OpenCV's annotations do not promise it

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, as shares of the picture's width and height."""


class Region(NamedTuple):
    """A part of a picture, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    def of(self, picture: Any) -> Any:
        """Return what a picture has there."""
        return picture[self.top : self.bottom, self.left : self.right]

    def part(self, first: int, last: int, down: bool) -> "Region":
        """Return some of its columns or, `down`, of its rows."""
        if down:
            return self._replace(top=self.top + first, bottom=self.top + last)
        return self._replace(left=self.left + first, right=self.left + last)


class Page(NamedTuple):
    """What is looked at.

    Attributes:
        grey: (height, width) uint8.
        edges: (size, size) bool, its edges in a small square.
        ground: the level of the margin about it, or none.
    """

    grey: Grey
    edges: NDArray[np.bool_]
    ground: float | None


def shrink(pixels: Pixels) -> Grey:
    """Return a small grey picture of RGB pixels, (height, width, 3) uint8."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    zoom = min(1.0, math.sqrt(AREA / (height * width)))
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if zoom < 1 else grey


def near(grey: Grey, level: float, far: int = FLAT) -> Grey:
    """Return where a picture is of a level: 255, elsewhere 0."""
    return cv2.inRange(grey, np.array(level - far), np.array(level + far))


def sides(grey: Grey) -> NDArray[np.int64]:
    """Return at which columns an upright line runs that may be a side of a gutter."""
    _, edge = cv2.threshold(cv2.absdiff(grey[:, :-2], grey[:, 2:]), LINE, 1, cv2.THRESH_BINARY)
    length = cv2.reduce(edge, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    return np.flatnonzero(length >= LONG * len(grey)) + 1


def crossed(grey: Grey) -> bool:
    """Tell whether lines cross a picture within its margins, upright or level, that may be sides of gutters."""
    least = NARROWEST * np.array([grey.shape[1], grey.shape[0]])
    found = zip((sides(grey), sides(grey.T)), least, grey.shape[::-1], strict=True)
    return any(((some > rim) & (some < size - rim)).sum() > 1 for some, rim, size in found)


def flat_bands(grey: Grey, columns: NDArray[np.int64]) -> Iterator[tuple[int, int, float]]:
    """Give the runs of some columns, in order, that have one level: the first column, that after the last, the level."""
    part = grey[:, columns]
    level = np.median(part, axis=0)
    flat = (np.abs(part - level.astype(np.int16)) <= FLAT).mean(axis=0) >= SEEN
    first = last = -1
    of_band = math.nan
    for column, own in zip(columns[flat].tolist(), level[flat].tolist(), strict=True):
        if column == last and abs(own - of_band) <= FLAT:
            last = column + 1
            continue
        if last > 0:
            yield first, last, of_band
        first, last, of_band = column, column + 1, own
    if last > 0:
        yield first, last, of_band


def ends_at(grey: Grey, columns: slice, level: float) -> bool:
    """Tell whether in some columns beside a gutter of a level a drawing or a frame ends."""
    beside = np.abs(grey[:, columns].astype(np.int16) - int(level)) >= CONTRAST
    return bool(beside.any(axis=1).mean() >= SIDE)


def is_gutter(grey: Grey, first: int, last: int, level: float, page: Page) -> bool:
    """Tell whether a band of a level is a gutter, that stands upright in a part of a page."""
    height, width = grey.shape
    ground = page.ground is not None and abs(level - page.ground) <= FLAT
    thinnest = THINNEST_DARK * max(page.grey.shape) if level <= DARK and not ground else THINNEST
    if not (ground or level >= LIGHT or level <= DARK) or not thinnest <= last - first <= WIDEST * width:
        return False
    if first < REACH or last > width - REACH:
        return False
    end = max(2, round(END * height))
    ends = (grey[:end, first:last], grey[-end:, first:last])
    if any(near(some, level).mean() < 255 / 2 for some in ends):
        return False
    return ends_at(grey, slice(first - REACH, first), level) and ends_at(grey, slice(last, last + REACH), level)


def gutters(grey: Grey, page: Page) -> list[tuple[int, int, float]]:
    """Return the upright gutters of a part of a page: first column, that after the last, and level."""
    lines = sides(grey)
    gaps = np.diff(lines)
    widest = max(THINNEST, WIDEST * grey.shape[1]) + 2
    asked = np.zeros(grey.shape[1] + 1, np.int64)  # the columns from one line to the next
    np.add.at(asked, lines[:-1][gaps <= widest], 1)
    np.add.at(asked, lines[1:][gaps <= widest] + 1, -1)
    columns = np.flatnonzero(np.cumsum(asked))
    return [band for band in flat_bands(grey, columns) if is_gutter(grey, *band, page)] if len(columns) else []


def slopes(page: Page, region: Region, down: bool) -> list[float]:
    """Return how lines slant that nearly cross a region, upright or, `down`, level ones: pixels aside to one along."""
    size = len(page.edges)
    height, width = page.grey.shape
    scale = (size / width, size / height) * 2
    small = Region(*(round(side * by) for side, by in zip(region, scale, strict=True))).of(page.edges)
    small = small if down else small.T
    upright = small.copy()
    upright[1:] &= ~small[:-1]  # so nothing is left of lines that stand the other way
    upright[:-1] &= ~small[1:]
    lines = cv2.HoughLines(
        upright.view(np.uint8),
        rho=1,
        theta=ANGLE,
        threshold=max(8, int(LONG * upright.shape[1])),
        min_theta=math.pi / 2 - STEEPEST,
        max_theta=math.pi / 2 + STEEPEST,
    )
    if lines is None:
        return []
    distance, angle = lines[:, 0].astype(np.float64).T
    apart = np.abs(distance - distance[:, np.newaxis])
    paired = (angle == angle[:, np.newaxis]) & (apart >= THINNEST) & (apart <= WIDEST * len(upright))
    along = height / width if down else width / height
    found = (-along / math.tan(some) for some in np.unique(angle[paired.any(axis=0)]).tolist())
    return sorted((slope for slope in found if abs(slope) >= LEAST), key=abs)


def sheared(grey: Grey, slope: float) -> Grey:
    """Return a picture with its lines of a slope upright; its middle row stays."""
    height, width = grey.shape
    shear = np.array([[1, slope, -slope * (height - 1) / 2], [0, 1, 0]], np.float64)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(grey, shear, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def slanted_gutters(grey: Grey, page: Page, region: Region, down: bool) -> list[tuple[int, int, float]]:
    """Return the gutters of a part of a page that slant alike: where they are half-way along."""
    for rough in slopes(page, region, down):
        for finer in range(-3, 4):
            slope = rough + finer * ANGLE / 6
            if abs(slope) * len(grey) > 2:
                found = gutters(sheared(grey, slope), page)
                if found:
                    return found
    return []


def margin(grey: Grey) -> tuple[Region, float | None]:
    """Return what is within the margin about a page, and its level; all of a picture without one."""
    height, width = grey.shape
    whole = Region(0, 0, width, height)
    rims = [grey[0], grey[-1], grey[:, 0], grey[:, -1]]
    level = sorted(int(rim[len(rim) // 2]) for rim in rims)[1]
    even = [np.count_nonzero(near(rim, level)) >= 0.98 * len(rim) for rim in rims]
    if sum(even) < 3:
        return whole, None
    inner = trim(grey, whole, level)
    least = sorted((inner.left, inner.top, width - inner.right, height - inner.bottom))[1]
    return inner, level if least >= MARGIN * max(height, width) else None


def trim(grey: Grey, region: Region, level: float) -> Region:
    """Leave off the rims of a region that are of a level."""
    same = near(region.of(grey), level)
    rows, columns = (np.flatnonzero(cv2.reduce(same, axis, cv2.REDUCE_AVG).ravel() < 0.98 * 255) for axis in (1, 0))
    if not len(rows) or not len(columns):
        return region
    return region.part(rows[0], rows[-1] + 1, down=True).part(columns[0], columns[-1] + 1, down=False)


def without_frame(grey: Grey, region: Region, level: float) -> Region:
    """Leave off the frame of a panel that stands on a ground of some level."""
    inner = region
    for down in (True, False):
        part = region.of(grey)
        lines = part if down else part.T
        most = math.ceil(FRAME * len(lines))
        ends = []
        for some in (lines[:most], lines[::-1][:most]):
            own = np.median(some, axis=1)
            flat = (np.abs(some - own[:, np.newaxis]) <= 2 * FLAT).mean(axis=1) >= SEEN
            frame = np.flatnonzero(flat & (np.abs(own - level) >= CONTRAST))
            ends.append(int(frame[-1]) + 1 if len(frame) else 0)
        inner = (
            inner.part(ends[0], len(lines) - ends[1], down)
            if down
            else Region(region.left + ends[0], inner.top, region.right - ends[1], inner.bottom)
        )
    return inner


def panels_of(page: Page, region: Region) -> Iterator[Region]:
    """Give the panels of a region in reading order: it is cut along all gutters one way, and each part once more."""
    part = region.of(page.grey)
    upright = {True: np.ascontiguousarray(part.T), False: part}
    for look in (lambda grey, down: gutters(grey, page), lambda grey, down: slanted_gutters(grey, page, region, down)):
        for down, grey in upright.items():
            found = look(grey, down)
            if not found:
                continue
            begins = [0, *(last for _, last, _ in found)]
            ends = [*(first for first, _, _ in found), grey.shape[1]]
            levels = [level for _, _, level in found]
            for first, last, level in zip(begins, ends, [levels[0], *levels], strict=True):
                inner = trim(page.grey, region.part(first, last, down), level)
                cut_further = list(panels_of(page, inner)) if min(inner.width, inner.height) >= 16 else []
                yield from cut_further if len(cut_further) > 1 else [without_frame(page.grey, inner, level)]
            return
    yield region


def cut(pixels: Pixels, edges: NDArray[np.bool_]) -> list[Box]:
    """Return the panels of a page in reading order; none of a picture that is not cut.

    Args:
        pixels: the page, (height, width, 3) uint8 RGB; it may be shrunk.
        edges: (size, size) bool, its edges.
    """
    if pixels.shape[0] * pixels.shape[1] < LEAST_AREA:
        return []
    grey = shrink(pixels)
    height, width = grey.shape
    page = Page(grey, edges, None)
    if not crossed(grey) and not any(slopes(page, Region(0, 0, width, height), down) for down in (True, False)):
        return []
    region, ground = margin(grey)
    found = [
        panel
        for panel in panels_of(page._replace(ground=ground), region)
        if panel.width >= NARROWEST * width
        and panel.height >= NARROWEST * height
        and panel.width * panel.height >= SMALLEST * width * height
    ]
    if len(found) < 2 or sum(panel.width * panel.height for panel in found) < COVERED * width * height:
        return []
    return [(left / width, top / height, right / width, bottom / height) for left, top, right, bottom in found]
