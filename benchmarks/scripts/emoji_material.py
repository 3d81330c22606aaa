"""OpenMoji as a material: figures that another hand drew, pasted on plain grounds."""

from dataclasses import replace
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image

from demo_comic.colours import FLOORS, MEADOWS, PAPER, SKIES, WALLS, shade, tone
from demo_comic.drawings import BOTTOM, LEFT, RIGHT, WIDTH, backdrop
from demo_comic.marks import blob, box, generator, lumpy
from demo_comic.parts.items import Items, Sticker, moved
from demo_comic.parts.materials import Kit
from demo_comic.scenes import land, ridge

FAMILIES = (
    {"1F492", "26EA"},  # a church, with a heart or without
    {"1F303", "1F307", "1F3D9"},  # a city by night, at sunset, and by day
    {"1F40E", "1FACF"},  # a horse and a donkey
    {"1F402", "1F404"},  # an ox and a cow
    {"1F413", "1F983"},  # a rooster and a turkey
    {"1F695", "1F697"},  # a car, as a taxi or not
    {"1F4DD", "270F"},  # a pencil, alone or on a memo
    {"1F3D5", "26FA"},  # a tent, with a tree or without
    {"1F3D8", "1F3DA"},  # houses, and a derelict one
    {"1F3DB", "1F3E6"},  # a temple, as a bank or not
    {"1F3F0", "1F54D"},  # a castle and a synagogue, with the same towers
    {"1F3E3", "1F3E5", "1F3E8"},  # a post office, a hospital and a hotel, with the same windows
)
"""Emoji of one drawing with changes, though their names share no word: all were compared by local features, and of the
sixty pairs most alike these were found so by eye."""


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
        self.pasted: set[str] = set()

    def families(self) -> set[int]:
        """Return the places in FAMILIES of all that was drawn since this was asked before."""
        pasted, self.pasted = self.pasted, set()
        return {place for place, codes in enumerate(FAMILIES) if codes & pasted}

    def sticker(self, size: float, *key: object) -> Items:
        """Draw an emoji, a little slanted or stretched, that stands on (0, 0); its longer side has so many pixels."""
        if key not in self.taken:
            if not self.free:
                return moved(self.kit.sprite(*key), (size / 240, size / 240), (0, 0))
            self.taken[key] = self.free.pop()
        self.pasted.add(self.taken[key])
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
