"""Materials: who draws, and in which material. All that is drawn has its own shape."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image

from demo_comic.characters import Actor, draw_character, draw_pose, figure
from demo_comic.colours import CLOTHS, FLOORS, MEADOWS, PAPER, SKIES, WALLS, shade, tone
from demo_comic.drawings import BOTTOM, LEFT, RIGHT, TOP, WIDTH, backdrop
from demo_comic.indoors import bookcase, floor_lamp, sofa, table
from demo_comic.marks import Maker, around, blob, box, generator, lumpy, poly, put
from demo_comic.outdoors import bicycle, boat, cactus, fish, house, sheep, snowman, tent, tree
from demo_comic.scenes import SCENES, close_up, land, ridge
from demo_comic.things import barrel, books, cat, chest, clock, crate, gear, machine, plant, teapot
from shared_parts.items import Items, Sticker, bounds, moved, own_shape

OBJECTS: Sequence[Maker] = (
    *(bookcase, floor_lamp, sofa, table, bicycle, boat, cactus, fish, house, sheep, snowman, tent, tree),
    *(barrel, books, cat, chest, clock, crate, gear, machine, plant, teapot),
)

PLACES = tuple(scene for scene in SCENES if scene is not close_up)


class Kit:
    """Draws what the demo comic draws, each time another one."""

    def __init__(self, seed: int) -> None:
        """Draw by a seed."""
        self.seed = seed

    def person(self, height: float, mood: str | None, *key: object) -> Items:
        """Draw someone whose feet are at (0, 0); another mood changes but the face."""
        rng = generator(self.seed, "person", *key)
        pose = draw_pose(rng)
        actor = Actor(draw_character(rng), replace(pose, mood=mood or pose.mood), 0, 0, height, False)
        return own_shape(rng, figure(actor), height * 0.45)

    def sprite(self, *key: object) -> Items:
        """Draw a whole figure, 240 pixels high."""
        return self.person(240, None, *key)

    def portrait(self, mood: str | None, *key: object) -> Items:
        """Draw a figure of which head and shoulders are seen, from 80 pixels above the head's middle down."""
        return moved(self.person(620, mood, *key), (1, 1), (0, 0.78 * 620))

    def thing(self, *key: object) -> Items:
        """Draw a flat object without outlines, of 130 pixels."""
        rng = generator(self.seed, "thing", *key)
        shapes = put(rng.choice(OBJECTS)(rng), 0, 0, 150)
        flat = own_shape(rng, [shape if shape.fill is None else replace(shape, line=None) for shape in shapes], 90)
        left, top, right, bottom = bounds(flat)
        scale = 130 / max(bottom - top, right - left)
        return moved(flat, (scale, scale), (-(left + right) / 2 * scale, -bottom * scale))

    def ground(self, rng: Random) -> Items:
        """Draw a place without anyone."""
        place = rng.choice(PLACES)(rng, [draw_character(rng) for _ in range(3)])
        return own_shape(rng, [*place.scene, *place.front], 150)

    def scenery(self, *key: object) -> Items:
        """Draw a place and who is there, in WIDTH x HEIGHT pixels."""
        rng = generator(self.seed, "scenery", *key)
        cast = [draw_character(rng) for _ in range(3)]
        place = rng.choice(PLACES)(rng, cast)
        people = [shape for actor in place.actors for shape in figure(actor)]
        return own_shape(rng, [*place.scene, *people, *place.front], 150)


class Emoji:
    """Draws OpenMoji, each of them once only, on plain grounds; where they are all used up, the demo's own."""

    def __init__(self, seed: int, figures: Path) -> None:
        """Draw by a seed from a folder that `openmoji_figures` has drawn."""
        self.seed = seed
        self.kit = Kit(seed)
        self.free = sorted(path.name.removesuffix("-color.png") for path in figures.glob("*-color.png"))
        generator(seed, "emoji").shuffle(self.free)
        self.figures = figures
        self.taken: dict[tuple[object, ...], str] = {}

    def sticker(self, size: float, *key: object) -> Items:
        """Draw an emoji, a little slanted or stretched, that stands on (0, 0); its longer side has so many pixels."""
        if key not in self.taken:
            if not self.free:
                return moved(self.kit.sprite(*key), (size / 240, size / 240), (0, 0))
            self.taken[key] = self.free.pop()
        rng = generator(self.seed, "sticker", *key)
        style = rng.choices(("color", "black"), (4, 1))[0]
        with Image.open(self.figures / f"{self.taken[key]}-{style}.png") as file:
            image = file.convert("RGBA")
        slope = rng.uniform(-0.15, 0.15)
        slanted = (1, slope, -slope * image.height / 2, 0, 1, 0)
        image = image.transform(image.size, Image.Transform.AFFINE, slanted, Image.Resampling.BICUBIC)
        image = image.crop(image.getbbox())
        if style == "black":  # paper lies under the lines
            filled = Image.new("RGBA", image.size, (*PAPER, 255))
            filled.putalpha(Image.fromarray(_within(np.array(image)[..., 3])))
            image = Image.alpha_composite(filled, image)
        wide, high = image.width * rng.uniform(0.85, 1.2), image.height
        scale = size / max(wide, high)
        return [Sticker(image, (-wide * scale / 2, -high * scale, wide * scale / 2, 0))]

    def sprite(self, *key: object) -> Items:
        """Draw a figure of 220 pixels."""
        return self.sticker(220, *key)

    def portrait(self, _mood: str | None, *key: object) -> Items:
        """Draw a figure that fills a panel, its middle at (0, 0)."""
        return moved(self.sticker(320, *key), (1, 1), (0, 160))

    def thing(self, *key: object) -> Items:
        """Draw a small object of 120 pixels."""
        return self.sticker(120, *key)

    def ground(self, rng: Random) -> Items:
        """Draw a sky, hills or a wall and a floor, flat and without lines."""
        shapes = [backdrop(tone(rng, [*SKIES, *WALLS]))]
        if rng.random() < 0.5:
            for depth in range(rng.randint(1, 3)):
                hill = land(ridge(rng, 260 + 60 * depth, 110, rng.uniform(90, 260)), tone(rng, MEADOWS))
                shapes.append(replace(hill, line=None))
        else:
            shapes.append(box(LEFT, rng.uniform(260, 360), RIGHT, BOTTOM, tone(rng, FLOORS), None))
        for _ in range(rng.randint(0, 3)):
            cloud = blob(lumpy(rng, rng.uniform(0, WIDTH), rng.uniform(30, 180), 80, 28), shade(WALLS[10], 1.5), None)
            shapes.append(cloud)
        return list(shapes)

    def scenery(self, *key: object) -> Items:
        """Draw a place with two figures, in WIDTH x HEIGHT pixels."""
        rng = generator(self.seed, "scenery", *key)
        items = self.ground(rng)
        for number in range(2):
            scale = rng.uniform(0.8, 1.3)
            x, y = 190 + 270 * number + rng.uniform(-50, 50), rng.uniform(330, 430)
            items += moved(self.sticker(220, *key, number), (scale, scale), (x, y))
        return items


def _within(alpha: np.ndarray) -> np.ndarray:
    """Return 255 for all that lines enclose, and for the lines."""
    outside = np.pad((alpha > 128).astype(np.uint8), 1)
    cv2.floodFill(outside, None, (0, 0), 2)
    return np.where(outside[1:-1, 1:-1] == 2, 0, 255).astype(np.uint8)


Material = Kit | Emoji
"""What all that has a key is drawn in: under one key always the same."""


def plain_ground(rng: Random) -> Items:
    """Draw a ground of one colour, of rays, stripes or a hill."""
    ground = tone(rng, [*WALLS, *CLOTHS, *SKIES])
    shapes: Items = [backdrop(ground)]
    behind = rng.choice(("nothing", "rays", "stripes", "hill"))
    if behind == "rays":
        x, y, rays = rng.uniform(120, 530), rng.uniform(100, 350), rng.randint(9, 17)
        for ray in range(rays):
            sector = [(x, y), *(around(x, y, 1200, 1200, (ray + part) / rays) for part in (0.2, 0.7))]
            shapes.append(poly(sector, shade(ground, 1.35), None))
    elif behind == "stripes":
        gap, slope = rng.uniform(40, 110), rng.uniform(-300, 300)
        for x in np.arange(LEFT - 500, RIGHT + 500, gap):
            stripe = [(x, TOP), (x + gap / 2, TOP), (x + gap / 2 + slope, BOTTOM), (x + slope, BOTTOM)]
            shapes.append(poly(stripe, shade(ground, 0.85), None))
    elif behind == "hill":
        shapes.append(land(ridge(rng, rng.uniform(230, 360), 120, rng.uniform(90, 240)), tone(rng, MEADOWS)))
    return shapes


def channels(rng: Random, share: float) -> Sequence[int]:
    """Return which channels are red, green and blue: in such a share of times, not these."""
    return rng.choice(((1, 2, 0), (2, 0, 1), (2, 1, 0))) if rng.random() < share else (0, 1, 2)
