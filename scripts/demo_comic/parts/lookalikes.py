"""Lookalikes: pictures that only look as if they shared something."""

import textwrap
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo_comic.colours import CLOTHS, FLOORS, INK, PAPER, SKIES, WALLS, shade, tone
from demo_comic.drawings import HEIGHT, WIDTH, backdrop
from demo_comic.marks import box, generator, lumpy, oval, stroke
from demo_comic.parts.comic import Comic
from demo_comic.parts.items import Items, drawn, moved
from demo_comic.parts.kinds import any_size
from demo_comic.parts.layouts import lay_out
from demo_comic.parts.lettering import letter
from demo_comic.parts.materials import Material
from demo_comic.parts.places import Panel
from demo_comic.words import sentence

LOOKALIKES = ("tiles", "bricks", "halftone", "hatching", "lettering", "crowd", "chrome", "template")
"""Kinds of pictures of which no two share a part, much as they look alike."""


def draw_lookalike(comic: Comic, kind: str, number: int) -> Panel:
    """Draw a picture of a kind of LOOKALIKES."""
    seed, material = comic.seed, comic.material
    rng = generator(seed, kind, number)
    if kind == "template":
        return comic.strip(lay_out(generator(seed, "template")), rng, None, kind, number)
    if kind == "chrome":
        return Panel(_screen(seed, rng, drawn(material.scenery(kind, number), (WIDTH, HEIGHT))))
    size = any_size(rng)
    if kind == "crowd":
        return Panel(drawn(_crowd(material, rng), size))
    if kind == "lettering":
        return Panel(_page_of_words(rng, size))
    pattern = {"tiles": _tiles, "bricks": _bricks, "halftone": _halftone, "hatching": _hatching}[kind]
    picture = drawn(pattern(rng), size)
    if rng.random() < 0.6:
        zoom = rng.uniform(0.7, 1.2)
        at = (rng.uniform(0.25, 0.75) * size[0], size[1] - 15)
        lone = moved(material.sprite(kind, number), (zoom, zoom), at)
        picture = drawn([*pattern(generator(seed, kind, number)), *lone], size)
    if rng.random() < 0.4:
        letter(rng, picture)
    return Panel(picture)


def _tiles(rng: Random) -> Items:
    """Draw a floor of tiles, as large on all pictures."""
    one, other = tone(rng, FLOORS), tone(rng, WALLS)
    tiles: Items = [backdrop(one)]
    for row, y in enumerate(range(0, HEIGHT, 45)):
        tiles += [box(x, y, x + 45, y + 45, other) for x in range(45 * (row % 2), WIDTH, 90)]
    return tiles


def _bricks(rng: Random) -> Items:
    """Draw a wall of bricks, as large on all pictures."""
    clay = tone(rng, FLOORS)
    bricks: Items = [backdrop(shade(clay, 1.5))]
    for row, y in enumerate(range(0, HEIGHT, 26)):
        start = -30 * (row % 2)
        bricks += [box(x, y, x + 56, y + 22, shade(clay, rng.uniform(0.92, 1.1))) for x in range(start, WIDTH, 60)]
    return bricks


def _halftone(rng: Random) -> Items:
    """Draw the dots of a printed shade, smaller towards one side."""
    ground = tone(rng, [*SKIES, *WALLS, PAPER])
    dots: Items = [backdrop(ground)]
    angle, ink = rng.uniform(0, 2 * np.pi), shade(ground, rng.uniform(0.4, 0.75))
    for row, y in enumerate(range(0, HEIGHT, 7)):
        for x in range(5 * (row % 2), WIDTH, 10):
            share = 0.5 + ((x - WIDTH / 2) * np.cos(angle) + (y - HEIGHT / 2) * np.sin(angle)) / 700
            radius = 0.8 + 3.2 * min(1, max(0, share))
            dots.append(oval(x, y, radius, radius, ink, None))
    return dots


def _hatching(rng: Random) -> Items:
    """Draw a ground shaded by lines, here and there crossed."""
    lines: Items = [backdrop(tone(rng, [PAPER, *WALLS]))]
    for slope in rng.choice(((1,), (1, -1))):
        x = -float(HEIGHT)
        while x < WIDTH + HEIGHT:
            start, end = rng.uniform(0, 60), HEIGHT - rng.uniform(0, 60)
            lines.append(stroke([(x + slope * start, start), (x + slope * end, end)], INK, 2))
            x += 9 + rng.uniform(-1, 1)
    return lines


def _crowd(material: Material, rng: Random) -> Items:
    """Fill a ground with stamps that all crowds have in common."""
    items = material.ground(rng)
    for row in range(4):
        for place in range(9):
            zoom = rng.uniform(0.4, 0.6) * (1 + row * 0.12)
            scale = (rng.choice((-1, 1)) * zoom, zoom)
            at = (place * 75 + rng.uniform(-25, 25), 200 + row * 75 + rng.uniform(-15, 15))
            items += moved(material.sprite("crowd", rng.randrange(4)), scale, at)
    return items


def _page_of_words(rng: Random, size: tuple[int, int]) -> Image.Image:
    """Letter a panel with little but words."""
    picture = Image.new("RGB", size, tone(rng, [PAPER, *SKIES, *WALLS]))
    pen, font_size = ImageDraw.Draw(picture), rng.choice((16, 20, 24))
    words = " ".join(sentence(rng) for _ in range(24))
    lines = textwrap.wrap(words, round(size[0] / (font_size * 0.52)) - 4)
    pen.multiline_text(
        (20, 18), "\n".join(lines[: size[1] // (font_size + 6) - 1]), INK, ImageFont.load_default(font_size)
    )
    return picture


def _screen(seed: int, rng: Random, content: Image.Image) -> Image.Image:
    """Show a picture in a window of a screen, with the bars and buttons that all have in common."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (214, 214, 220))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(15)
    common_rng = generator(seed, "screen")
    bar = tone(common_rng, CLOTHS)
    pen.rectangle((0, 0, WIDTH, 30), bar)
    pen.text((12, 7), "QuestBrowser 2.1", PAPER, font)
    for place in range(3):
        x = WIDTH - 28 - 28 * place
        pen.rectangle((x, 5, x + 20, 25), (235, 235, 240), INK, 2)
        pen.line([(x + 5, 10 + place), (x + 15, 20), (x + 10, 9 + 3 * place)], INK, 2)
    for place, word in enumerate(("File", "Edit", "View", "Items", "Map", "Help")):
        pen.text((12 + 60 * place, 37), word, INK, font)
    for place in range(7):
        pen.rounded_rectangle((WIDTH - 92, 64 + 52 * place, WIDTH - 14, 104 + 52 * place), 6, (240, 240, 245), INK, 2)
        icon = lumpy(common_rng, WIDTH - 53, 84 + 52 * place, 16, 14)
        pen.polygon(icon, tone(common_rng, CLOTHS), INK, 2)
    wide, high = WIDTH - 120, HEIGHT - 104
    x, y = rng.randint(0, WIDTH - wide), rng.randint(0, HEIGHT - high)
    picture.paste(content.crop((x, y, x + wide, y + high)), (12, 62))
    pen.rectangle((11, 61, 12 + wide, 62 + high), None, INK, 3)
    pen.text((14, HEIGHT - 32), sentence(rng), INK, font)
    return picture
