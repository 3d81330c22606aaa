"""Draw pages that all share something, as a folder of panels with labels: what is the same on all pages is no reuse.

Each page has a drawing of its own, but the third and the last page show the same one. Where what is shared is the
drawing itself, a scene or a template, the pages that show it belong together.
"""

from reprise.job import job

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image, ImageDraw, ImageFont, ImageOps

from demo_comic.characters import draw_character
from demo_comic.marks import generator
from demo_comic.pictures import render
from demo_comic.scenes import draw_scene
from demo_comic.words import sentence
from draw_comic import LABELS
from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

PAGE = (640, 800)

FIRST_SEEN = 3
"""The page whose drawing is that of the last page as well."""


@dataclass(frozen=True)
class Layout:
    """A page: where the drawings of its own lie, and what it shares, `pictures` and the width of lines around all."""

    cells: Sequence[Box]
    pictures: Sequence[Box] = ()
    line: int = 0


def grid(columns: int, rows: int) -> list[Box]:
    """Return the cells of a page grid, 20 pixels apart."""
    width, height = (600 - 20 * (columns - 1)) // columns, (760 - 20 * (rows - 1)) // rows
    corners = [(20 + x * (width + 20), 20 + y * (height + 20)) for y in range(rows) for x in range(columns)]
    return [(x, y, x + width, y + height) for x, y in corners]


LAYOUTS: Mapping[str, Layout] = {
    "banner": Layout([(0, 90, 640, 800)], [(0, 0, 640, 90)]),
    "border": Layout([(23, 23, 617, 777)], line=5),
    "banner-and-border": Layout([(23, 121, 617, 779)], [(20, 12, 620, 102)], line=5),
    "ornate-frame": Layout([(90, 120, 550, 680)], [(0, 0, 640, 800), (0, 0, 640, 110), (0, 690, 640, 800)], line=3),
    "grid-2x2": Layout(grid(2, 2), line=4),
    "grid-3x2": Layout(grid(3, 2), line=4),
}

SCENE, SCENE_PAGES = (650, 450), 40
"""Size of the pages of the scene, and how many show it."""

TEMPLATE = (735, 500)
STRIP: Sequence[Box] = [
    *[(4, 4, 244, 248), (248, 4, 378, 248), (382, 4, 732, 248)],
    *[(4, 252, 194, 496), (198, 252, 518, 496), (522, 252, 732, 496)],
]
"""Size of the strips of the template, and the panels in each: words in the upper part, the drawing below."""
WORDS = 110


def paste_drawing(picture: Image.Image, box: Box, *key: object) -> None:
    """Draw what belongs to a key, with characters of its own, into a box."""
    rng = generator("pages", *key)
    drawing = render(draw_scene(rng, [draw_character(rng) for _ in range(4)])).convert("RGB")
    picture.paste(ImageOps.fit(drawing, (box[2] - box[0], box[3] - box[1])), box)


def draw_page(layout: Layout, seed: int, number: int, bare: bool) -> Image.Image:
    """Draw a page of a layout, with the drawing of a number; `bare` is without what is shared."""
    page = Image.new("RGB", PAGE, "white")
    for place, box in enumerate(() if bare else layout.pictures):
        paste_drawing(page, box, seed, "shared", place)
    pen, line = ImageDraw.Draw(page), layout.line
    for place, (left, top, right, bottom) in enumerate(layout.cells):
        paste_drawing(page, (left, top, right, bottom), seed, number, place)
        if line and not bare:
            pen.rectangle((left - line, top - line, right + line - 1, bottom + line - 1), outline="black", width=line)
    return page


def draw_scene_again(seed: int, number: int) -> Image.Image:
    """Draw the scene with a piece of another drawing upon it."""
    page, other = Image.new("RGB", SCENE), Image.new("RGB", SCENE)
    paste_drawing(page, (0, 0, *SCENE), seed, "scene")
    paste_drawing(other, (0, 0, *SCENE), seed, number)
    rng = generator("pages", seed, number, "piece")
    x, y = rng.randint(0, 430), rng.randint(0, 200)
    page.paste(other.crop((x, y, x + 200, y + 240)), (x, y))
    return page


def draw_strip(seed: int, number: int) -> Image.Image:
    """Draw the strip of a day: the drawings of the template, with other words."""
    strip = Image.new("RGB", TEMPLATE, "white")
    pen, font = ImageDraw.Draw(strip), ImageFont.load_default(13)
    for place, (left, top, right, bottom) in enumerate(STRIP):
        paste_drawing(strip, (left, top + WORDS, right, bottom), seed, "template", place)
        rng = generator("pages", seed, number, place)
        said = textwrap.wrap(" ".join(sentence(rng) for _ in range(rng.randint(1, 3))), (right - left) // 8)
        pen.multiline_text((left + 6, top + 5), "\n".join(said[: WORDS // 17]), "black", font)
        pen.rectangle((left, top, right, bottom), outline="black", width=3)
    return strip


def draw_pages(shared: str, pages: int, seed: int, bare: bool, panels: Path, labels: Path) -> None:
    """Draw so many pages into a folder, `<page>_1.png`, and write their LABELS.

    Args:
        shared: one of the LAYOUTS, `scene` or `template`.
        pages: how many.
        seed: of all that is drawn.
        bare: whether the pages are without what they share, of LAYOUTS.
        panels, labels: where to write.
    """
    numbers = range(1, pages + 1)
    # The page whose drawing each page shows: itself where that is new.
    shown = {number: number for number in numbers}
    if shared == "scene":
        again = sorted(generator("pages", seed, "again").sample(numbers, SCENE_PAGES))
        shown |= dict.fromkeys(again, again[0])
    elif shared == "template":
        shown = dict.fromkeys(numbers, 1)
    else:
        shown[pages] = FIRST_SEEN
    with atomic_folder(panels) as folder:
        for number in progress(numbers, pages, "pages drawn"):
            if shared == "template":
                page = draw_strip(seed, number)
            elif shared == "scene" and number in again:
                page = draw_scene_again(seed, number)
            elif shared == "scene":
                page = Image.new("RGB", SCENE)
                paste_drawing(page, (0, 0, *SCENE), seed, number)
            else:
                page = draw_page(LAYOUTS[shared], seed, shown[number], bare)
            page.save(folder / f"{number}_1.png")
    rows = [
        (f"{number}_1.png", first, "", "" if first == number else f"{first}_1.png") for number, first in shown.items()
    ]
    with atomic_file(labels) as part:
        pd.DataFrame(rows, columns=LABELS).to_csv(part, index=False)


if __name__ == "__main__":
    with job() as snakemake:
        draw_pages(
            shared=snakemake.params.shared,
            pages=snakemake.params.pages,
            seed=snakemake.params.seed,
            bare=snakemake.params.bare,
            panels=Path(snakemake.output.panels),
            labels=Path(snakemake.output.labels),
        )
