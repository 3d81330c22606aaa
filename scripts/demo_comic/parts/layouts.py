"""Strips: how several panels lie on one sheet, below what the comic puts on top of each of its sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo_comic.colours import BLACK, CLOTHS, INK, PAPER, SKIES, WALLS, WHITE, Colour
from demo_comic.marks import Point

MARGIN, MASTHEAD, FOOTER = 14, 54, 24
"""Pixels at the edges of a sheet, and those of the comic's name above the panels and of a line of credits below."""

ROWS = ((2,), (3,), (4,), (2, 2), (3, 3), (2, 2, 2), (1, 2), (2, 3), (3, 1))
"""How many panels lie in each row of a sheet."""


@dataclass(frozen=True)
class Layout:
    """A sheet of so many pixels. Each cell has the corners of a panel; the last may be an inset, on another one."""

    size: tuple[int, int]
    cells: Sequence[Sequence[Point]]
    inset: bool
    gutter: Colour
    line: int


def lay_out(rng: Random) -> Layout:
    """Divide a sheet into two to six panels: by gutters or single lines, upright or slanted, now and then an inset."""
    rows = rng.choice(ROWS)
    divided = rng.choices(("gutter", "line", "slanted"), (5, 2, 3))[0]
    width = 860 if len(rows) == 1 else 720
    height = {1: 300, 2: 500, 3: 720}[len(rows)]
    gap = 0 if divided == "line" else rng.randint(6, 18)
    slant = rng.uniform(18, 42) if divided == "slanted" else 0.0
    cells: list[Sequence[Point]] = []
    for row, count in enumerate(rows):
        shares = np.cumsum([0, *(rng.uniform(0.8, 1.25) for _ in range(count))])
        edges = MARGIN + shares / shares[-1] * (width - 2 * MARGIN + gap)
        top = MARGIN + MASTHEAD + row * (height + gap) / len(rows)
        bottom = top + (height + gap) / len(rows) - gap
        leans = [0.0, *(slant * rng.choice((-1, 1)) for _ in range(count - 1)), 0.0]
        for place in range(count):
            left, right = edges[place], edges[place + 1] - gap
            before, after = leans[place], leans[place + 1]
            cells.append([(left + before, top), (right + after, top), (right - after, bottom), (left - before, bottom)])
    inset = rng.random() < 0.2
    if inset:
        (left, top), (right, _), (_, bottom) = cells[-1][:3]
        wide, high = (right - left) * 0.42, (bottom - top) * 0.45
        x, y = rng.choice(((left + 16, bottom - high - 12), (right - wide - 16, bottom - high - 12)))
        cells.append([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
    gutter = rng.choices((WHITE, PAPER, BLACK, rng.choice([*SKIES, *WALLS, *CLOTHS])), (5, 2, 2, 2))[0]
    line = 2 if divided == "line" else rng.choice((0, 2, 3, 4))
    return Layout((width, height + 2 * MARGIN + MASTHEAD + FOOTER), cells, inset, gutter, line)


def extent(cell: Sequence[Point]) -> tuple[int, int, int, int]:
    """Return the box around a cell: left, top, right and bottom in pixels."""
    (left, top), (right, bottom) = np.floor(np.min(cell, axis=0)), np.ceil(np.max(cell, axis=0))
    return int(left), int(top), int(right), int(bottom)


def join(layout: Layout, panels: Sequence[Image.Image], masthead: Image.Image, credit: str) -> Image.Image:
    """Put panels, each as large as the `extent` of its cell, onto one sheet, with a masthead and a line of credits."""
    sheet = Image.new("RGB", layout.size, layout.gutter)
    pen = ImageDraw.Draw(sheet)
    for cell, panel in zip(layout.cells, panels, strict=True):
        left, top, _, _ = extent(cell)
        mask = Image.new("L", panel.size)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in cell], 255)
        sheet.paste(panel, (left, top), mask)
        if line := 2 if layout.inset and cell is layout.cells[-1] else layout.line:
            pen.line([*cell, cell[0], cell[1]], INK, line, "curve")
    sheet.paste(masthead, (MARGIN, MARGIN // 2))
    ink = PAPER if sum(layout.gutter) < 300 else INK
    pen.text((layout.size[0] - MARGIN, layout.size[1] - FOOTER), credit, ink, ImageFont.load_default(14), "ra")
    return sheet
