"""Materials: who draws, and in which material. All that is drawn has its own shape."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Protocol

from demo_comic.characters import Actor, draw_character, draw_pose, figure
from demo_comic.colours import CLOTHS, MEADOWS, SKIES, WALLS, tone
from demo_comic.drawings import backdrop
from demo_comic.indoors import bookcase, floor_lamp, sofa, table
from demo_comic.marks import Maker, generator, put
from demo_comic.outdoors import bicycle, boat, cactus, fish, house, sheep, snowman, tent, tree
from demo_comic.parts.items import Items, bounds, moved, own_shape
from demo_comic.scenes import SCENES, close_up, land, rays, ridge, stripes
from demo_comic.things import barrel, books, cat, chest, clock, crate, gear, machine, plant, teapot

OBJECTS: Sequence[Maker] = (
    *(bookcase, floor_lamp, sofa, table, bicycle, boat, cactus, fish, house, sheep, snowman, tent, tree),
    *(barrel, books, cat, chest, clock, crate, gear, machine, plant, teapot),
)

PLACES = tuple(scene for scene in SCENES if scene is not close_up)


class Material(Protocol):
    """Draws what there is to show, always the same under one key, in pixels of its own."""

    def sprite(self, *key: object) -> Items:
        """Draw a whole figure that stands on (0, 0)."""

    def portrait(self, mood: str | None, *key: object) -> Items:
        """Draw a figure as it fills a panel, the middle of its head at (0, 0), in a mood of MOODS or its own."""

    def thing(self, *key: object) -> Items:
        """Draw a small object that stands on (0, 0)."""

    def ground(self, rng: Random) -> Items:
        """Draw a place without anyone, a new one each time."""

    def scenery(self, *key: object) -> Items:
        """Draw a place and who is there, in WIDTH x HEIGHT pixels."""


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


def plain_ground(rng: Random) -> Items:
    """Draw a ground of one colour, of rays, stripes or a hill."""
    ground = tone(rng, [*WALLS, *CLOTHS, *SKIES])
    shapes: Items = [backdrop(ground)]
    behind = rng.choice(("nothing", "rays", "stripes", "hill"))
    if behind == "rays":
        shapes += rays(rng, ground)
    elif behind == "stripes":
        shapes += stripes(rng, ground)
    elif behind == "hill":
        shapes.append(land(ridge(rng, rng.uniform(230, 360), 120, rng.uniform(90, 240)), tone(rng, MEADOWS)))
    return shapes


def channels(rng: Random, share: float) -> Sequence[int]:
    """Return which channels are red, green and blue: in such a share of times, not these."""
    return rng.choice(((1, 2, 0), (2, 0, 1), (2, 1, 0))) if rng.random() < share else (0, 1, 2)
