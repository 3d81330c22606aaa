"""The comic: what all its strips have in common, and how one is drawn."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from PIL import Image, ImageDraw, ImageFont

from demo_comic.colours import CLOTHS, INK, PAPER, WALLS, tone
from demo_comic.marks import generator, lumpy
from demo_comic.parts.items import drawn, moved
from demo_comic.parts.layouts import MARGIN, MASTHEAD, Layout, extent, join
from demo_comic.parts.lettering import letter
from demo_comic.parts.materials import Material
from demo_comic.parts.places import Panel, Place, busiest, view
from demo_comic.words import sentence


class Comic:
    """What all strips of a set have in common, and how one is drawn."""

    def __init__(self, material: Material, seed: int) -> None:
        """Make up a comic."""
        self.material, self.seed = material, seed
        rng = generator(seed, "comic")
        self.name, self.colour = sentence(rng).rstrip("."), tone(rng, CLOTHS)
        self.credit = f"{sentence(rng)}  -  every day but one"

    def masthead(self, width: int) -> Image.Image:
        """Draw the comic's name and an ornament at each end, the same on all strips but for the width."""
        picture = Image.new("RGB", (width - 2 * MARGIN, MASTHEAD - 4), self.colour)
        pen = ImageDraw.Draw(picture)
        pen.text((picture.width / 2, 25), self.name, PAPER, ImageFont.load_default(30), "mm")
        for x in (40, picture.width - 40):
            rng = generator(self.seed, "ornament")
            pen.polygon(lumpy(rng, x, 25, 24, 18), WALLS[0], INK, 2)
            pen.polygon(lumpy(rng, x, 25, 13, 9), self.colour, INK, 2)
        pen.rectangle((0, 0, picture.width - 1, picture.height - 1), None, INK, 3)
        return picture

    def strip(
        self, layout: Layout, rng: Random, again: Callable[[tuple[int, int]], Panel] | None, *key: object
    ) -> Panel:
        """Draw a strip of new panels; one of them is what `again` draws in so many pixels."""
        boxes = [extent(cell) for cell in layout.cells]
        wide = [place for place, edges in enumerate(boxes) if edges[2] - edges[0] > 150]
        chosen = rng.choice(wide) if again else None
        pictures, places = [], list[Place]()
        for number, (left, top, right, bottom) in enumerate(boxes):
            size = (right - left, bottom - top)
            if again and number == chosen:
                panel = again(size)
                places += [replace(place, move=(place.move[0] + left, place.move[1] + top)) for place in panel.places]
            else:
                panel = self.cell(rng, size, *key, number)
            if rng.random() < 0.75 and size[0] > 150:
                letter(rng, panel.picture, 13)
            pictures.append(panel.picture)
        return Panel(join(layout, pictures, self.masthead(layout.size[0]), self.credit), places)

    def cell(self, rng: Random, size: tuple[int, int], *key: object) -> Panel:
        """Draw a new panel of so many pixels."""
        zoom = rng.uniform(0.6, 1.1)
        items = self.material.scenery("cell", *key)
        return Panel(
            drawn(moved(items, *view(size, busiest(items, (size[0] / zoom, size[1] / zoom), rng), zoom, False)), size)
        )
