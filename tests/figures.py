"""Figures that are pasted on several grounds, in panels that share nothing else: real pictures, in a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from sketches import sketch

PANEL = (420, 300)


def figure(seed: int, size: int = 110, mirrored: bool = False) -> Image.Image:
    """Draw a figure of shapes with outlines, on transparent ground, that fills its picture nearly."""
    random = np.random.default_rng([7, seed])
    picture = Image.new("RGBA", (440, 440), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    around = np.linspace(0, 2 * np.pi, 17)[:-1]
    outline = 220 + random.uniform(140, 215, 16)[:, None] * np.stack([np.cos(around), np.sin(around)], axis=1)
    pen.polygon([tuple(place) for place in outline.tolist()], fill=(230, 220, 200), outline="black", width=9)
    for _ in range(14):
        across, down = random.uniform(80, 300, 2)
        wide, high = random.uniform(25, 120, 2)
        colour = tuple(random.integers(40, 230, 3).tolist())
        draw = pen.ellipse if random.random() < 0.5 else pen.rectangle
        draw((across, down, across + wide, down + high), fill=colour, outline="black", width=7)
    picture = picture.resize((size, size), Image.Resampling.LANCZOS)
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else picture


def scene(seed: int, *figures: tuple[Image.Image, tuple[int, int]], size: tuple[int, int] = PANEL) -> Image.Image:
    """Draw a panel of wandering lines, with figures pasted at places: of no other seed it has anything."""
    random = np.random.default_rng([8, seed])
    ground = "#{:02x}{:02x}{:02x}".format(*random.integers(170, 256, 3).tolist())
    picture = sketch(1000 + seed, size=size, ground=ground).convert("RGB")
    for shown, place in figures:
        picture.paste(shown, place, shown)
    return picture


def save(folder: Path, panels: Sequence[Image.Image]) -> list[str]:
    """Write panels into a folder, and return their names in order."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{number:04}.png" for number in range(len(panels))]
    for name, panel in zip(names, panels, strict=True):
        panel.save(folder / name)
    return names


def overlap(box: Any, other: Any) -> float:
    """Return which share of what two boxes cover together both cover."""
    sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    both = float(np.prod(np.maximum(sides, 0)))
    return both / (float(np.prod(box[2:] - box[:2])) + float(np.prod(other[2:] - other[:2])) - both)
