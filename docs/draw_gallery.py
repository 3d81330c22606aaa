"""Take the picture of the gallery in README.md, of a finished run of the demo at its defaults, with a Chromium.

.venv/bin/python docs/draw_gallery.py results docs/gallery.png
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1280, 1500  # pixels
COLOURS = 256


def draw_gallery(results: Path, picture: Path) -> None:
    """Write a picture of the upper part of the gallery's front page.

    Raises:
        SystemExit: there is no browser.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("no browser on the PATH: " + ", ".join(BROWSERS))
    with tempfile.TemporaryDirectory() as place:
        taken = Path(place) / "gallery.png"
        switches = ["headless", "no-sandbox", "hide-scrollbars", f"user-data-dir={place}/profile"]
        switches += [f"window-size={WIDTH},{HEIGHT}", f"screenshot={taken}", "virtual-time-budget=5000"]
        page = (results / "gallery" / "index.html").resolve().as_uri()
        subprocess.run([program, *(f"--{switch}" for switch in switches), page], check=True, capture_output=True)  # noqa: S603
        with Image.open(taken) as image:
            image.convert("RGB").quantize(COLOURS).save(picture, optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="the results of a finished run of the demo")
    parser.add_argument("picture", type=Path, help="where to write the picture, a PNG")
    given = parser.parse_args()
    draw_gallery(given.results, given.picture)
