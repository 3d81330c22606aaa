"""Picture files: which are read, how large they may be, and what a reader sees of them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

# The decoders that may see a hostile file: what comics are published in, and none that runs another program.
FORMATS = ("GIF", "PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF")

MOST_PIXELS = 100_000_000  # of one frame; it bounds the memory that a forged header can ask for
TOO_LARGE = f"more than {MOST_PIXELS // 10**6} million pixels"
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

GROUND = (255, 255, 255)  # what shows through transparent pixels

Pixels = NDArray[Any]  # uint8 in all places; OpenCV's annotations do not promise it


@contextmanager
def silence() -> Iterator[None]:
    """Keep to the statuses of panels what libraries warn of: damaged metadata beside a sound picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def palette_colours(image: Image.Image) -> Pixels:
    """Return what Pillow converts an opaque picture of palette colours to: (height, width, 3) uint8 RGB.

    OpenCV looks them up in three quarters of the time.
    """
    places = np.asarray(image)
    colours = np.zeros(256 * 4, np.uint8)
    palette = image.getpalette("RGBX") or []
    colours[: len(palette)] = palette
    looked_up = cv2.LUT(places, colours.view(np.int32))  # four bytes as one number
    return cv2.cvtColor(looked_up.view(np.uint8).reshape(*places.shape, 4), cv2.COLOR_RGBA2RGB)


def on_ground(image: Image.Image) -> Pixels:
    """Return the picture as a reader sees it: (height, width, 3) uint8 RGB, transparent parts on a white ground."""
    image.load()  # before that not every decoder knows the mode
    if image.mode.startswith(("I", "F")):
        # Pillow cuts 16-bit grey off at 255 instead of scaling it.
        grey = np.asarray(image, dtype=np.float64)
        scale = 255 / 65535 if image.mode.startswith("I") else 255 / max(float(grey.max(initial=0)), 1e-9)
        return np.repeat(np.clip(grey * scale, 0, 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", image.size, GROUND)
        image.paste(layer, mask=layer)
    if image.mode == "P":
        return palette_colours(image)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
