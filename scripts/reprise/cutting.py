"""Where a page or a strip is cut into its panels: along its gutters.

A gutter is a band of the page's ground from one side to the other. The drawings on both sides of it, or their frames,
end there in a straight line: that tells it from the blank parts of a drawing. A balloon or a figure may hide some of
it. It may slant. Panels may also be divided by a single line, if there are lines all round as well. What is cut is
looked at again, and cut further. What can't be cut for sure stays whole.

In the field: gutter: cut line of a recursive XY-cut.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.pictures import BLACK, WHITE, Colour, Pixels

# How many pixels a picture has at least that may be a page, and how many it is looked at in at most.
FEWEST_PIXELS, MOST_PIXELS = 40_000, 400_000

# The ground is the colour of the margin about the page, no narrower than MARGIN of its longer side; if there is none,
# it is white or black. What differs from it by no more than SAME levels is ground, and from DRAWN on is drawn. A row
# or a column is ground if EVEN of it is.
SAME, DRAWN, MARGIN, EVEN = 16, 28, 0.003, 0.98

# Of a gutter's length SEEN is to be seen, and both of its ends, END of its length. Drawings or frames end within REACH
# pixels of it, over SIDE of its length. It is no thinner than so many pixels; a black one, which may be a line of a
# drawing, than so large a share of the page's longer side; and no wider than so large a share of what it divides.
SEEN, END, REACH, SIDE = 0.8, 0.01, 4, 0.6
THINNEST, THINNEST_BLACK, WIDEST = 1, 0.01, 0.12

# How far a gutter may slant, as a share of its length; and how many places may be open for that at most.
STEEPEST, MOST_OPEN = 0.36, 8

FRAME = 0.025  # of a panel's width or height: its widest frame, which is left off

# A line that divides panels has no channel above INK levels, and is no wider than LINE of the page's longer side. Such
# lines are looked for in what is left in one piece, if it is as much of the page as COVERED and has the like all round,
# among the RIM pixels at its sides. Beside it drawings are no darker over BESIDE_LINE of its length.
INK, LINE, RIM, BESIDE_LINE = 80, 0.012, 4, 0.25

# A panel is no narrower, of the page's width or height, no smaller, of its area, and no longer for its width, as the
# comic's name above it may be. The panels of a page cover so much of it.
NARROWEST, SMALLEST, LONGEST, COVERED = 0.08, 0.02, 6, 0.5

Grey = NDArray[Any]  # (height, width) uint8; OpenCV's annotations do not promise it
Mask = NDArray[Any]  # the same, 1 or 0

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
    """What is told of a page by its ground.

    Attributes:
        ground: (height, width) uint8, 1 where it is seen.
        drawn: the same of where something else is seen.
        thinnest, widest: pixels of a gutter.
        little: pixels of what is too narrow for a panel.
        beside: over what share of a gutter's length something else ends at it, on either side.
    """

    ground: Mask
    drawn: Mask
    thinnest: float
    widest: float
    little: float
    beside: float

    def part(self, region: Region, down: bool) -> "Page":
        """Return a region, turned so that its columns are rows if it is to be cut from the top `down`."""
        ground, drawn = (np.ascontiguousarray(region.of(mask).T if down else region.of(mask)) for mask in self[:2])
        return self._replace(ground=ground, drawn=drawn)


def shrink(pixels: Pixels) -> Pixels:
    """Return a picture, (height, width, 3) uint8, in MOST_PIXELS or less."""
    height, width = pixels.shape[:2]
    zoom = math.sqrt(MOST_PIXELS / (height * width))
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if zoom < 1 else pixels


def near(pixels: Pixels, colour: Colour, levels: int) -> Mask:
    """Return where a picture is of a colour, or differs from it by some levels; a grey one of white or black."""
    if pixels.ndim == 2:
        kind = cv2.THRESH_BINARY if colour == WHITE else cv2.THRESH_BINARY_INV
        return cv2.threshold(pixels, abs(colour[0] - levels - (colour == WHITE)), 1, kind)[1]
    low, high = (tuple(min(255, max(0, level + by)) for level in colour) for by in (-levels, levels))
    return cv2.threshold(cv2.inRange(pixels, low, high), 0, 1, cv2.THRESH_BINARY)[1]


def on_ground(pixels: Pixels, colour: Colour, thinnest: float = THINNEST) -> Page:
    """Return what is told of a page, grey or in colours, by its ground, and by the least width of its gutters."""
    height, width = pixels.shape[:2]
    little = NARROWEST * min(height, width)
    ground, drawn = near(pixels, colour, SAME), 1 - near(pixels, colour, DRAWN)
    return Page(ground, drawn, thinnest, WIDEST * max(height, width), little, SIDE)


def by_lines(pixels: Pixels) -> Page:
    """Return what is told of a page by its ink, as if lines were gutters."""
    height, width = pixels.shape[:2]
    ink = near(pixels, BLACK, INK)
    return Page(ink, 1 - ink, 1, LINE * max(height, width), NARROWEST * min(height, width), BESIDE_LINE)


def margin(pixels: Pixels) -> Colour | None:
    """Return the colour of the margin about a picture, if it has one."""
    height, width = pixels.shape[:2]
    inward = math.ceil(MARGIN * max(height, width))
    colour: Colour = tuple(pixels[0, 0].tolist())
    for row in (0, height - 1, inward, height - 1 - inward):
        if np.count_nonzero(near(pixels[row : row + 1], colour, SAME)) < EVEN * width:
            return None
    for column in (inward, width - 1 - inward):
        if np.count_nonzero(near(pixels[:, column : column + 1], colour, SAME)) < EVEN * height:
            return None
    return colour


def share(mask: Mask, down: bool) -> NDArray[np.float64]:
    """Return the share of each column or, `down`, of each row that a mask holds."""
    length = mask.shape[1 if down else 0]
    return cv2.reduce(mask, int(down), cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() / length


def trim(page: Page, region: Region) -> Region:
    """Leave off the rims of a region that are ground."""
    for down in (True, False):
        drawn = np.flatnonzero(share(region.of(page.ground), down) < EVEN)
        if not len(drawn):
            break
        region = region.part(int(drawn[0]), int(drawn[-1]) + 1, down)
    return region


def bands(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where each run of what is true begins, and where it has ended."""
    if not flags.any():  # as in most pictures, which are no pages
        return []
    outside = np.zeros(1, np.bool_)
    ends = np.flatnonzero(np.concatenate([outside, flags]) != np.concatenate([flags, outside]))
    return list(zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True))


def open_bands(page: Page, rows: slice) -> list[tuple[int, int]]:
    """Return where some rows of a part of a page are ground, in stretches as wide as gutters."""
    found = bands(share(page.ground[rows], down=False) >= 0.5)
    return [(first, last) for first, last in found if page.thinnest <= last - first <= page.widest]


def wide_bands(ground: Mask, thinnest: float, widest: float, down: bool = False) -> list[tuple[int, int]]:
    """Return the bands of columns or, `down`, of rows of ground that are as wide as gutters."""
    widest = min(widest, WIDEST * ground.shape[0 if down else 1])
    return [(first, last) for first, last in bands(share(ground, down) >= SEEN) if thinnest <= last - first <= widest]


def is_gutter(page: Page, first: int, last: int) -> bool:
    """Tell whether a band of the ground, as wide as gutters, is one, that stands upright in a part of a page."""
    height, width = page.ground.shape
    end = max(2, round(END * height))
    if min(page.ground[rows, first:last].mean() for rows in (slice(end), slice(-end, None))) < 0.5:
        return False
    # Beside it a drawing ends, or there is so little that it can be but words.
    return all(
        size < page.little or page.drawn[:, max(0, start) : start + REACH].any(axis=1).mean() >= page.beside
        for size, start in ((first, first - REACH), (width - last, last))
    )


def gutters(page: Page) -> list[tuple[int, int]]:
    """Return the upright gutters of a part of a page: where each begins, and where it has ended."""
    return [band for band in wide_bands(page.ground, page.thinnest, page.widest) if is_gutter(page, *band)]


def sheared(mask: Mask, slope: float, beside: int) -> Mask:
    """Return a mask with its lines of a slope upright. The middle row stays, and `beside` is what is beside it."""
    height, width = mask.shape
    shear = np.array([[1, slope, -slope * (height - 1) / 2], [0, 1, 0]], np.float64)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(mask, shear, (width, height), flags=flags, borderValue=(beside,))


def slanted_gutters(page: Page) -> list[tuple[int, int]]:
    """Return the gutters of a part of a page that slant alike: where they are half-way down.

    A gutter is open at both of its ends: so it is looked for between those places.
    """
    height = len(page.ground)
    end = max(2, round(END * height))
    above, below = (open_bands(page, rows) for rows in (slice(end), slice(-end, None)))
    if height < 4 * end or max(len(above), len(below)) > MOST_OPEN:
        return []
    slopes = {(sum(low) - sum(high)) / 2 / (height - end) for high in above for low in below}
    for slope in sorted(slopes, key=abs):
        if abs(slope) > STEEPEST:
            continue
        ground = sheared(page.ground, slope, 1)
        if wide_bands(ground, page.thinnest, page.widest):
            drawn = sheared(page.drawn, slope, 0)
            if found := gutters(page._replace(ground=ground, drawn=drawn)):
                return found
    return []


def without_frame(page: Page, lines: Page, region: Region) -> Region:
    """Leave off the frame of a panel: what is drawn all along a side and soon ends, or inked where all is drawn."""
    for down in (True, False):
        length = region.height if down else region.width
        most, ends = math.ceil(FRAME * length), [0, 0]
        for mask in (page.drawn, lines.ground):
            along = share(region.of(mask), down) >= SEEN
            for side, some in enumerate((along, along[::-1])):
                first = bands(some[:most])
                if len(first) and first[0][1] < most:
                    ends[side] = max(ends[side], first[0][1])
        region = region.part(ends[0], length - ends[1], down)
    return region


def split(region: Region, found: list[tuple[int, int]], down: bool, little: float) -> list[Region]:
    """Return what gutters leave of a region, save what is too narrow for a panel."""
    begins = [0, *(last for _, last in found)]
    ends = [*(first for first, _ in found), region.height if down else region.width]
    return [region.part(first, last, down) for first, last in zip(begins, ends, strict=True) if last - first >= little]


def is_framed(ink: Mask) -> bool:
    """Tell of where a picture has ink whether there are lines along all of its sides, and no dark drawing."""
    for side in (ink, ink[::-1], ink.T, ink.T[::-1]):
        lined = share(np.ascontiguousarray(side[: 4 * RIM]), down=True) >= SEEN
        if not lined[:RIM].any() or lined[RIM:].all():
            return False
    return True


def divided(lines: Page, region: Region) -> list[Region]:
    """Return the panels of a region that are divided by single lines; itself if it is not.

    A line across a drawing is its floor or its horizon, unless others stand on it.
    """
    if not is_framed(region.of(lines.ground)):
        return [region]
    little = lines.little
    rows = split(region, gutters(lines.part(region, down=True)), True, little)
    panels = [panel for row in rows for panel in split(row, gutters(lines.part(row, down=False)), False, little)]
    return [trim(lines, panel) for panel in panels] if len(panels) > len(rows) else [region]


def panels_of(page: Page, lines: Page, region: Region) -> Iterator[Region]:
    """Give the panels of a region in reading order: it is cut along all gutters one way, and each part once more."""
    if min(region.width, region.height) < page.little:
        return
    region = trim(page, region)
    if min(region.width, region.height) < page.little:
        return
    turned = {down: page.part(region, down) for down in (True, False)}
    for look in (gutters, slanted_gutters):
        for down, part in turned.items():
            if found := look(part):
                for some in split(region, found, down, page.little):
                    yield from panels_of(page, lines, some)
                return
    panels = divided(lines, region) if region.width * region.height >= COVERED * page.ground.size else [region]
    yield from panels if len(panels) > 1 else [without_frame(page, lines, region)]


def whole(pixels: Pixels) -> Region:
    """Return all of a picture."""
    return Region(0, 0, pixels.shape[1], pixels.shape[0])


def grounds_of(grey: Grey) -> list[tuple[Colour, float]]:
    """Tell at a glance which grounds a picture without a margin may have, and how thin its gutters may be there."""
    found = []
    for ground, thinnest in ((WHITE, float(THINNEST)), (BLACK, THINNEST_BLACK * max(grey.shape))):
        seen = near(grey, ground, SAME)
        # Most pictures have no band of its width at all, and need no closer look.
        banded = [down for down in (True, False) if wide_bands(seen, thinnest, math.inf, down)]
        page = on_ground(grey, ground, thinnest) if banded else None
        if page and any(gutters(page.part(whole(grey), down)) for down in banded):
            found.append((ground, thinnest))
    return found


def is_panel(region: Region, page: Region) -> bool:
    """Tell whether a part of a page is as large as a panel."""
    longer, shorter = max(region.width, region.height), min(region.width, region.height)
    across, down = region.width / page.width, region.height / page.height
    return min(across, down) >= NARROWEST and across * down >= SMALLEST and longer <= LONGEST * shorter


def cut(pixels: Pixels, halved: Pixels) -> list[Box]:
    """Return the panels of a page, (height, width, 3) uint8 RGB, in reading order; none of a picture that is not cut.

    Args:
        pixels: the page.
        halved: the same, smaller: most pictures are no pages, and a glance at that tells.
    """
    if pixels.shape[0] * pixels.shape[1] < FEWEST_PIXELS:
        return []
    if colour := margin(halved):
        pixels = shrink(pixels)
        pages = [on_ground(pixels, colour)]
    else:
        glance = cv2.cvtColor(halved, cv2.COLOR_RGB2GRAY)
        grounds = grounds_of(glance)
        if not grounds and not is_framed(near(glance, BLACK, INK)):
            return []
        pixels = shrink(pixels)
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        pages = [on_ground(grey, *ground) for ground in grounds]
    lines, page = by_lines(pixels), whole(pixels)
    for found in (*(panels_of(some, lines, page) for some in pages), divided(lines, page)):
        panels = [panel for panel in found if is_panel(panel, page)]
        covered = sum(panel.width * panel.height for panel in panels)
        if len(panels) > 1 and covered >= COVERED * page.width * page.height:
            sides = np.array(panels) / [page.width, page.height, page.width, page.height]
            return [tuple(box) for box in sides.tolist()]
    return []
