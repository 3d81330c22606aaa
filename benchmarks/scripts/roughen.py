"""Damage a comic, as pages are that went through many hands; each panel still shows what it showed.

Each panel is cropped, rescaled, given noise, signed and strongly compressed, each in its own way, so that two copies of
one drawing are never alike in their pixels, nor quite in place.
"""

from reprise.job import job

import io
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont, ImageSequence

from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress

MOST_CROPPED = 0.02  # of the width or height, at each side
SCALES = (0.6, 1.15)
NOISE = (2.0, 7.0)  # standard deviation, in levels of 0 to 255
QUALITIES = (20, 60)  # of JPEG
SIGNATURE = "R. Prise"
SIGNATURE_SHARE = 0.035  # of the height


@dataclass(frozen=True)
class Damage:
    """What happens to a panel: `crop` is what is left, in shares of its size; `signed_at` the signature's place."""

    crop: tuple[float, float, float, float]
    scale: float
    noise: float
    quality: int
    signed_at: tuple[float, float]
    seed: int


def draw_damage(seed: int, file: str) -> Damage:
    """Draw the damage of a panel from the seed and the panel's name."""
    rng = Random(f"{seed} {file}")  # noqa: S311 - repeatable, not secret
    left, top, right, bottom = (rng.uniform(0, MOST_CROPPED) for _ in range(4))
    return Damage(
        crop=(left, top, 1 - right, 1 - bottom),
        scale=rng.uniform(*SCALES),
        noise=rng.uniform(*NOISE),
        quality=rng.randint(*QUALITIES),
        signed_at=(rng.uniform(0.78, 0.85), rng.uniform(0.93, 0.95)),
        seed=rng.getrandbits(32),
    )


def damaged(picture: Image.Image, damage: Damage) -> bytes:
    """Return the damaged picture as a JPEG."""
    width, height = picture.size
    edges = [round(share * side) for share, side in zip(damage.crop, (width, height) * 2, strict=True)]
    cropped = picture.convert("RGB").crop((edges[0], edges[1], edges[2], edges[3]))
    size = round(width * damage.scale), round(height * damage.scale)
    small = cropped.resize(size, Image.Resampling.BICUBIC)
    grain = np.random.default_rng(damage.seed).normal(0, damage.noise, (*size[::-1], 1))
    noisy = Image.fromarray(np.clip(np.asarray(small) + grain, 0, 255).astype(np.uint8))
    place = tuple(share * side for share, side in zip(damage.signed_at, size, strict=True))
    letters = ImageFont.load_default(max(8, round(SIGNATURE_SHARE * size[1])))
    # Grey shows on any ground.
    ImageDraw.Draw(noisy).text((place[0], place[1]), SIGNATURE, (128, 128, 128), letters)
    file = io.BytesIO()
    noisy.save(file, "JPEG", quality=damage.quality)
    return file.getvalue()


def roughen_panel(content: bytes, damage: Damage) -> tuple[bytes, str]:
    """Return a panel's file as damaged, and its suffix: a JPEG of a still picture, a GIF of an animation.

    All frames of an animation are damaged alike.
    """
    with Image.open(io.BytesIO(content)) as image:
        frames = [damaged(frame, damage) for frame in ImageSequence.Iterator(image)]
    if len(frames) == 1:
        return frames[0], ".jpg"
    first, *others = (Image.open(io.BytesIO(frame)).quantize(64) for frame in frames)
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=300, loop=0)
    return file.getvalue(), ".gif"


def roughen(comic: Path, table: Path, seed: int, panels: Path, labels: Path) -> None:
    """Write a damaged copy of a comic, and its labels, in which only the suffixes of files are others."""
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    file_of = {"": ""}
    with atomic_folder(panels) as folder:
        for file in progress(rows["file"], len(rows), "panels roughened"):
            content, suffix = roughen_panel((comic / file).read_bytes(), draw_damage(seed, file))
            file_of[file] = Path(file).stem + suffix
            (folder / file_of[file]).write_bytes(content)
    named = {key: rows[key].map(file_of) for key in ("file", "source")}
    with atomic_file(labels) as part:
        rows.assign(**named).to_csv(part, index=False)


if __name__ == "__main__":
    with job() as snakemake:
        roughen(
            comic=Path(snakemake.input.panels),
            table=Path(snakemake.input.labels),
            seed=snakemake.params.seed,
            panels=Path(snakemake.output.panels),
            labels=Path(snakemake.output.labels),
        )
