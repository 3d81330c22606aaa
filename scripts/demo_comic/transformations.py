"""Transformations: how a drawing comes back. The description changes; no pixels are copied."""

import colorsys
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from demo_comic.colours import (
    CLOTHS,
    FLOORS,
    INK,
    LEAVES,
    MEADOWS,
    NIGHTS,
    PAPER,
    SEAS,
    SKIES,
    STONES,
    WALLS,
    Colour,
    rgb,
    shade,
    tone,
)
from demo_comic.drawings import WIDTH, Cast, Drawing
from demo_comic.marks import Maker, Point, put
from demo_comic.outdoors import bicycle, rock, signpost, snowman, tent
from demo_comic.pictures import outlines
from demo_comic.things import barrel, cat, chest, clock, crate, machine, plant, teapot
from demo_comic.words import say

ADDED: list[Maker] = [cat, crate, barrel, plant, chest, snowman, bicycle, signpost, tent, rock, machine, teapot, clock]
"""What can be added to a drawing that is used again."""


def same(_rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Keep the drawing as it is."""
    return drawing


def repaint(drawing: Drawing, change: Callable[[Colour], Colour]) -> Drawing:
    """Put a colour in the place of each one that is used."""
    used = [INK, PAPER, *(colour for shape in outlines(drawing) for colour in (shape.fill, shape.line) if colour)]
    return replace(drawing, paint={colour: change(drawing.paint.get(colour, colour)) for colour in dict.fromkeys(used)})


def turn_hues(rng: Random, drawing: Drawing) -> Drawing:
    """Turn all hues by the same angle: the mildest change of palette, as lightness stays."""
    turn = rng.uniform(0.15, 0.85)

    def turned(colour: Colour) -> Colour:
        hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
        return rgb(255 * channel for channel in colorsys.hls_to_rgb((hue + turn) % 1, light, saturation))

    return repaint(drawing, turned)


def relight(rng: Random, drawing: Drawing) -> Drawing:
    """Show the drawing in coloured light, as in the evening."""
    light = rng.choice([(0.5, 0.55, 0.85), (1.0, 0.75, 0.5), (0.65, 0.9, 0.7), (0.85, 0.55, 0.65)])
    return repaint(drawing, lambda colour: rgb(channel * part for channel, part in zip(colour, light, strict=True)))


def two_tone(rng: Random, drawing: Drawing) -> Drawing:
    """Show the drawing in the shades between two colours, as a memory or an old photograph."""
    dark, light = shade(rng.choice(NIGHTS), rng.uniform(0.5, 1)), rng.choice([*SKIES, *WALLS])

    def shaded(colour: Colour) -> Colour:
        share = (0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) / 255
        return rgb(a + (b - a) * share for a, b in zip(dark, light, strict=True))

    return repaint(drawing, shaded)


def other_palette(rng: Random, drawing: Drawing) -> Drawing:
    """Give each colour another at random, but not the ink: the strongest change of palette."""
    palette = [*WALLS, *FLOORS, *CLOTHS, *LEAVES, *MEADOWS, *SKIES, *NIGHTS, *STONES, *SEAS]
    return repaint(drawing, lambda colour: colour if colour == INK else tone(rng, palette))


def recolour(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Give the drawing another palette."""
    return rng.choice([turn_hues, relight, two_tone, other_palette])(rng, drawing)


def invert(_rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Turn each colour into its opposite."""
    return repaint(drawing, lambda colour: rgb(255 - channel for channel in colour))


def redraw(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Trace each line anew, up to four pixels from where it was."""
    return replace(drawing, hand=(rng.getrandbits(32), 4))


def swap(rng: Random, drawing: Drawing, cast: Cast) -> Drawing:
    """Put another character in the pose and place of one who was there; all else is left as it was or traced anew."""
    taken = rng.choice(drawing.actors)
    other = rng.choice(
        [character for character in cast if all(character != actor.character for actor in drawing.actors)]
    )
    actors = tuple(replace(actor, character=other) if actor is taken else actor for actor in drawing.actors)
    swapped = replace(drawing, actors=actors)
    return redraw(rng, swapped, cast) if rng.random() < 0.4 else swapped


def add_object(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Add a thing in the foreground."""
    thing = put(rng.choice(ADDED)(rng), rng.uniform(80, 570), rng.uniform(390, 440), rng.uniform(90, 150))
    return replace(drawing, front=[*drawing.front, *thing])


def caption(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Say something else."""
    return say(rng, drawing)


def reframe(drawing: Drawing, scale: Point, move: Point) -> Drawing:
    """See a drawing scaled by a factor per axis and then moved; captions stay, but their tails follow who speaks."""

    def seen(x: float, y: float) -> Point:
        return x * scale[0] + move[0], y * scale[1] + move[1]

    captions = tuple(replace(said, tail=said.tail and seen(*said.tail)) for said in drawing.captions)
    whole = (drawing.scale[0] * scale[0], drawing.scale[1] * scale[1])
    return replace(drawing, scale=whole, offset=seen(*drawing.offset), captions=captions)


def mirrored(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Show the drawing from the other side of the paper, sometimes in other hues; letters stay legible."""
    flipped = reframe(drawing, (-1, 1), (WIDTH, 0))
    flipped = replace(flipped, captions=tuple(replace(said, x=WIDTH - said.x) for said in flipped.captions))
    return turn_hues(rng, flipped) if rng.random() < 0.4 else flipped


def moved(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Move the frame over the drawing by 7 to 20 % of the width; new ground comes into sight."""
    return reframe(drawing, (1, 1), (rng.choice((-1, 1)) * rng.uniform(0.07, 0.2) * WIDTH, rng.uniform(-35, 35)))


def zoomed(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Step back to 75 % or closer to 130 %, around a point near the middle."""
    scale = rng.choice([rng.uniform(0.75, 0.9), rng.uniform(1.12, 1.3)])
    x, y = rng.uniform(250, 400), rng.uniform(180, 270)
    return reframe(drawing, (scale, scale), (x * (1 - scale), y * (1 - scale)))


def echo(rng: Random, drawing: Drawing, _cast: Cast) -> Drawing:
    """Keep the drawing, or turn its hues, to be shown in a later frame of something else."""
    return turn_hues(rng, drawing) if rng.random() < 0.5 else drawing


def reworded(rng: Random, transformation: str, drawing: Drawing) -> Drawing:
    """Change the words of half the drawings that come back with words. Exact copies keep theirs."""
    spoken_anew = drawing.captions and transformation != "exact" and rng.random() < 0.5
    return say(rng, drawing) if spoken_anew else drawing


Transformation = Callable[[Random, Drawing, Cast], Drawing]
"""Gives the drawing as it comes back; others of the cast may take part."""

TRANSFORMATIONS: Mapping[str, tuple[Transformation, int]] = {
    "exact": (same, 3),
    "recolour": (recolour, 5),
    "invert": (invert, 1),
    "redraw": (redraw, 3),
    "swap": (swap, 3),
    "object": (add_object, 2),
    "caption": (caption, 3),
    "mirrored": (mirrored, 2),
    "moved": (moved, 2),
    "zoomed": (zoomed, 2),
    "frame": (echo, 2),
}
"""How a drawing comes back, and how often of 28 times."""
