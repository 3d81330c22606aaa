"""Tell how often `./run find` finds a panel of the demo of which a picture was made: cut, scaled, recoloured, mirrored.

    PYTHONPATH=scripts:workflow .venv/bin/python benchmarks/scripts/find_panels.py DIR 100

DIR holds the results of the demo. Pictures are drawn by lot, as many as are asked for, of panels with edges to be found
by. A part keeps 50 to 90 percent of each side, as a screenshot does.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from find import best_panels, places_in, read_comic, read_picture
from reprise.tables import read_rows

FEWEST_EDGES = 100  # of a panel of which a picture is made

WINDOW, INK = "#dddddd", "#334455"


def cut(picture: Image.Image, random: Random) -> Image.Image:
    """Cut out a part, as a screenshot does."""
    width, height = (round(side * random.uniform(0.5, 0.9)) for side in picture.size)
    left, top = random.randrange(picture.width - width + 1), random.randrange(picture.height - height + 1)
    return picture.crop((left, top, left + width, top + height))


def scale(picture: Image.Image, random: Random) -> Image.Image:
    """Bring a picture to another size."""
    return ImageOps.scale(picture, random.uniform(0.4, 1.8))


def recolour(picture: Image.Image, random: Random) -> Image.Image:
    """Exchange the colours of a picture, and perhaps light and dark."""
    channels = list(picture.split())
    random.shuffle(channels)
    turned = Image.merge("RGB", channels)
    return ImageOps.invert(turned) if random.random() < 0.5 else turned


def mirror(picture: Image.Image, random: Random) -> Image.Image:
    """Mirror a picture."""
    return ImageOps.mirror(picture)


def put_on_paper(picture: Image.Image, random: Random) -> Image.Image:
    """Put a picture on a plain ground, which is wider on one side than on another."""
    left, top, right, bottom = (round(random.uniform(0.05, 0.4) * min(picture.size)) for _ in range(4))
    ground = Image.new(
        "RGB",
        (picture.width + left + right, picture.height + top + bottom),
        random.choice(["white", "#222222", "#eeeeff"]),
    )
    ground.paste(picture, (left, top))
    return ground


def put_in_window(picture: Image.Image, random: Random) -> Image.Image:
    """Put a picture into the window of a browser: a title, a bar at the right, and links below."""
    bar = round(0.09 * picture.height)
    window = Image.new("RGB", (picture.width + 26, picture.height + bar + 30), WINDOW)
    pen = ImageDraw.Draw(window)
    pen.rectangle((0, 0, window.width - 1, window.height - 1), outline=INK, width=2)
    pen.rectangle((0, 0, window.width, bar - 4), fill=INK)
    pen.text((40, bar // 3), "A comic - page 12 - a browser", fill="white")
    for place in range(3):
        pen.ellipse((8 + 9 * place, 8, 15 + 9 * place, 15), fill="red")
    pen.rectangle((window.width - 12, bar + 40, window.width - 4, bar + 120), fill=INK)
    pen.text((10, window.height - 20), "Previous | Next | Archive", fill="blue")
    window.paste(picture, (6, bar))
    return window


Change = Callable[[Image.Image, Random], Image.Image]
CHANGES: dict[str, list[Change]] = {
    "cut": [cut],
    "scaled": [scale],
    "recoloured": [recolour],
    "mirrored": [mirror],
    "cut and scaled": [cut, scale],
    "cut and recoloured": [cut, recolour],
    "cut and mirrored": [cut, mirror],
    "cut, scaled, recoloured and mirrored": [cut, scale, recolour, mirror],
    "on paper": [put_on_paper],
    "cut, on paper": [cut, put_on_paper],
    "in a window": [put_in_window],
    "cut, in a window": [cut, put_in_window],
}


def find_panels(directory: Path, number: int) -> None:
    """Make so many pictures of panels of the demo in a folder, look for each, and print how often it is found first."""
    random = Random(number)  # noqa: S311 - the same pictures each time
    labels = {row["panel"]: row["cluster"] for row in read_rows(directory / "results/demo/truth.csv")}
    rows = [row for row in read_rows(directory / "results/panels.csv") if int(row["edges"] or 0) >= FEWEST_EDGES]
    comic = read_comic(directory / "results")
    seen = {name: np.zeros(3, np.int64) for name in CHANGES}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(number):
            name = list(CHANGES)[turn % len(CHANGES)]
            row = random.choice(rows)
            pixels, _ = read_picture(directory / row["file"])
            picture = Image.fromarray(pixels)
            for change in CHANGES[name]:
                picture = change(picture, random)
            picture.save(Path(folder, "picture.png"))
            asked, _ = read_picture(Path(folder, "picture.png"))
            best = best_panels(comic, places_in(comic, asked, os.cpu_count() or 1))["panel"].tolist()
            first = best[0] if best else ""
            seen[name] += (1, labels.get(first) == labels[row["panel"]], first == row["panel"])
    for name, (pictures, drawing, panel) in [*seen.items(), ("all", np.sum(list(seen.values()), axis=0))]:
        print(f"{name}: of {pictures}, the drawing is first {drawing} times, and in that very panel {panel} times")


if __name__ == "__main__":
    find_panels(Path(sys.argv[1]), int(sys.argv[2]))
