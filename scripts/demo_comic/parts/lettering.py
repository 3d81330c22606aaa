"""Lettering: words over a drawing."""

import textwrap
from random import Random

from PIL import Image, ImageDraw, ImageFont

from demo_comic.colours import CLOTHS, INK, PAPER
from demo_comic.words import sentence


def letter(rng: Random, picture: Image.Image, size: int = 15) -> None:
    """Say something in a balloon or a box in the upper part of a picture."""
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size)
    wide = picture.width * rng.uniform(0.35, 0.6)
    said = " ".join(sentence(rng) for _ in range(rng.choice((1, 1, 2))))
    words = "\n".join(textwrap.wrap(said, max(8, round(wide / (size * 0.52)))))
    x = rng.uniform(0.3, 0.7) * picture.width
    edges = pen.multiline_textbbox((x, 14), words, font, "ma", align="center")
    around_words = (edges[0] - 10, edges[1] - 8, edges[2] + 10, edges[3] + 8)
    ground = rng.choice((PAPER, (255, 255, 255), CLOTHS[9]))
    if rng.random() < 0.6:
        tip = (x + rng.uniform(-60, 60), around_words[3] + rng.uniform(15, 35))
        pen.polygon([(x - 9, around_words[3] - 4), tip, (x + 9, around_words[3] - 4)], ground, INK)
        pen.rounded_rectangle(around_words, 16, ground, INK, 2)
    else:
        pen.rectangle(around_words, ground, INK, 2)
    pen.multiline_text((x, 14), words, INK, font, "ma", align="center")
