"""Colours: the palettes of the comic, and how a colour is made darker, lighter or a little different."""

from collections.abc import Iterable, Sequence
from random import Random

from PIL import ImageColor

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


def _colours(codes: str) -> list[Colour]:
    """Give the colours of the codes, red, green and blue in hexadecimal."""
    return [ImageColor.getrgb(f"#{code}")[:3] for code in codes.split()]


INK, PAPER, WHITE, BLACK = _colours("26222f fcf8ee ffffff 000000")
WALLS = _colours("e9dcc0 cfe0d4 d8cfe6 f1cfc0 bcd3df e6c98f c5b9a2 9fb7a8 b98f8f 7f93a8 e8e4d8 a7c4b5")
FLOORS = _colours("b98a5e 8f6b4d c8a878 a3a9a5 7b6f83 d6c3a0 9a5f4a 6f7d7a")
CLOTHS = _colours("d1495b edae49 00798c 30638e 5b8e7d 8d5a97 e27d60 41b3a3 3d405b f2cc8f 81b29a c38d9e f4f1de")
WOODS = _colours("8a5a3b a9744f 6b4530 c29464 7d6a58")
LEAVES = _colours("4f8a4b 76a85b 2f6b4f a3b85c 5c9e8f c98b3c 3f7d6b")
MEADOWS = _colours("a8c66c 7fb069 c9d58b 94b49f d9c77e 6f9e76 b5c99a")
SKIES = _colours("bfe3f2 9ed0e6 f7d9b0 f3b8a0 cfd6dc b9dcd2 e8c6d8 fbe7b2")
NIGHTS = _colours("1d2145 2a2a4f 162c44 3a2550 12343b 241b35")
STONES = _colours("9a9a96 b7ae9f 7c7f86 c9c2b0 85786f")
SANDS = _colours("d6c3a0 f2cc8f c8a878 e3c9a0")
SEAS = _colours("3f88a5 2f6690 5fa8a3 7aa6c2 1f5f7a 81c3c9")
SKINS = _colours("f6d7bd e3b08a c58a5e 8d5a3a 5c3b28 f2e3d5")
FURS = _colours("e0a458 8c8c94 f5efe6 5b4a43 c97b4a 9fb8ad b4a0c8")
HAIRS = _colours("2b2430 5a3825 b5651d e3b04b d9d4cf a23e2a 6a4c93 2f6f74")


def shade(colour: Colour, factor: float) -> Colour:
    """Give the colour darker (factor under 1) or lighter (over 1, towards white)."""
    if factor <= 1:
        return rgb(channel * factor for channel in colour)
    return rgb(255 - (255 - channel) / factor for channel in colour)


def rgb(channels: Iterable[float]) -> Colour:
    """Give the colour with these channels (red, green, blue), rounded and kept within 0 to 255."""
    red, green, blue = (min(255, max(0, round(channel))) for channel in channels)
    return red, green, blue


def tone(rng: Random, colours: Sequence[Colour]) -> Colour:
    """Pick a colour and make it a little lighter or darker, as no two tubes of paint are alike."""
    return shade(rng.choice(colours), rng.uniform(0.88, 1.15))
