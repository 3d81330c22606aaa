"""Kinds: how a part comes back, on another ground, as a piece of a scene or in another strip."""

from dataclasses import replace
from random import Random

from PIL import ImageDraw

from demo_comic.characters import MOODS
from demo_comic.colours import CLOTHS, INK, STONES, tone
from demo_comic.drawings import HEIGHT, WIDTH
from demo_comic.marks import generator
from demo_comic.parts.comic import Comic
from demo_comic.parts.items import bounds, drawn, moved, recoloured
from demo_comic.parts.layouts import lay_out
from demo_comic.parts.lettering import letter
from demo_comic.parts.materials import Material, channels, plain_ground
from demo_comic.parts.places import Panel, Place, busiest, common, shown_of, view

FIGURES = ("portrait", "object", "sprite")
PIECES = ("crop", "window", "closeup")
STRIPS = ("strip", "strip-sprite")
"""Kinds of parts: what is pasted on another ground, what is a piece of a scene, and what is a panel of a strip."""


def any_size(rng: Random) -> tuple[int, int]:
    """Return how many pixels a panel has."""
    return rng.randint(340, 650), rng.randint(300, 450)


def draw_figure(comic: Comic, kind: str, motif: int, showing: int, size: tuple[int, int] | None = None) -> Panel:
    """Paste a portrait, an object or a sprite onto a ground, for the n-th time; a size is that of a cell of a strip."""
    rng, material = generator(comic.seed, kind, motif, "shown", showing), comic.material
    within = size is not None
    size = size or any_size(rng)
    if kind == "portrait":
        items = material.portrait(rng.choice(MOODS) if showing and rng.random() < 0.3 else None, kind, motif)
        zoom, ground = rng.uniform(0.9, 1.1), plain_ground(rng) if rng.random() < 0.7 else material.ground(rng)
        x, y = size[0] / 2 + rng.uniform(-70, 70), size[1] * 0.58 + rng.uniform(-15, 25)
    else:
        items = material.thing(kind, motif) if kind == "object" else material.sprite(kind, motif)
        zoom = rng.uniform(0.6, 1.6) if kind == "sprite" else rng.uniform(0.7, 1.4)
        zoom = zoom if showing else 1.0
        zoom = rng.uniform(0.7, 1.0) if within else zoom
        ground = material.ground(rng) if rng.random() < 0.7 else plain_ground(rng)
        x, y = rng.uniform(0.25, 0.75) * size[0], size[1] - rng.uniform(10, 60)
    flip = bool(showing) and rng.random() < 0.3
    scale = (-zoom if flip else zoom, zoom)
    shown = recoloured(items, channels(rng, 0.25)) if showing else items
    picture = drawn([*ground, *moved(shown, scale, (x, y))], size)
    if rng.random() < 0.7 and not within:
        letter(rng, picture)
    seen = common(bounds(items), shown_of(size, scale, (x, y)))
    return Panel(picture, [Place(kind, motif, scale, (x, y), seen)])


def draw_piece(comic: Comic, kind: str, motif: int, showing: int) -> Panel:
    """Draw a scene, and the second time a piece of it: as it is, from near, or in a window of another scene."""
    rng, material = generator(comic.seed, kind, motif, "shown", showing), comic.material
    items = material.scenery(kind, motif)
    if not showing:
        size, whole = (WIDTH, HEIGHT), ((1.0, 1.0), (0.0, 0.0))
        picture = drawn(items, size)
        if rng.random() < 0.5:
            letter(rng, picture)
        return Panel(picture, [Place(kind, motif, *whole, (0, 0, *size))])
    if kind == "closeup":
        size, zoom = (rng.randint(420, 650), rng.randint(320, 450)), rng.uniform(1.8, 3)
    elif kind == "crop":
        zoom = rng.uniform(0.8, 1.5)
        size = (round(rng.uniform(260, 420) * zoom), round(rng.uniform(220, 360) * zoom))
    else:
        zoom = rng.uniform(0.45, 0.9)
        size = (round(rng.uniform(300, 460) * zoom), round(rng.uniform(230, 340) * zoom))
    flip = rng.random() < 0.2
    scale, move = view(size, busiest(items, (size[0] / zoom, size[1] / zoom), rng), zoom, flip)
    picture = drawn(recoloured(moved(items, scale, move), channels(rng, 0.25)), size)
    place = Place(kind, motif, scale, move, shown_of(size, scale, move))
    if kind == "window":
        return _in_window(material, rng, Panel(picture, [place]))
    if rng.random() < 0.6:
        letter(rng, picture)
    return Panel(picture, [place])


def _in_window(material: Material, rng: Random, panel: Panel) -> Panel:
    """Show a panel in the frame of a window, a picture or a screen of another place."""
    host = drawn(material.ground(rng), (WIDTH, HEIGHT))
    wide, high = panel.picture.size
    x, y, frame = rng.randint(20, WIDTH - wide - 20), rng.randint(20, HEIGHT - high - 15), rng.randint(8, 15)
    pen = ImageDraw.Draw(host)
    colour = tone(rng, [*CLOTHS, *STONES])
    pen.rectangle((x - frame, y - frame, x + wide + frame - 1, y + high + frame - 1), colour, INK, 3)
    host.paste(panel.picture, (x, y))
    if rng.random() < 0.4:
        pen.line((x + wide // 2, y, x + wide // 2, y + high), colour, 5)
    pen.rectangle((x - 1, y - 1, x + wide, y + high), None, INK, 3)
    if rng.random() < 0.3:
        letter(rng, host)
    return Panel(host, [replace(place, move=(place.move[0] + x, place.move[1] + y)) for place in panel.places])


def draw_strip(comic: Comic, kind: str, motif: int, showing: int) -> Panel:
    """Draw a strip that shows a panel, or a figure on another ground, which another strip shows as well."""
    rng, material = generator(comic.seed, kind, motif, "shown", showing), comic.material

    def again(size: tuple[int, int]) -> Panel:
        if kind == "strip-sprite":
            return draw_figure(comic, kind, motif, showing, size)
        items = recoloured(material.scenery(kind, motif), channels(rng, 0.2 * showing))
        zoom = max(size[0] / 600, size[1] / 430, 0.5)
        middle = (WIDTH / 2 + rng.uniform(-15, 15), HEIGHT / 2 + rng.uniform(-10, 10))
        scale, move = view(size, middle, zoom, rng.random() < 0.1 * showing)
        place = Place(kind, motif, scale, move, shown_of(size, scale, move))
        return Panel(drawn(moved(items, scale, move), size), [place])

    return comic.strip(lay_out(rng), rng, again, kind, motif, showing)
