"""Picture files: which are read, what reading one may cost, and what a reader sees of them.

Whoever opens a picture file opens it with `open_picture`, and asks `check_cost` before each frame is decoded: a file of
a few bytes can ask for all memory there is.
"""

import io
import resource
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image, ImageFile, JpegImagePlugin, TiffImagePlugin

from reprise.cut_jpeg import check_whole, with_end

# The decoders that may see a hostile file: what comics are published in, and none that runs another program.
FORMATS = ("GIF", "PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF")

# What a file may cost; its header tells before anything is decoded. Webtoons of 800 x 60,000 pixels stay within.
MOST_PIXELS = 100_000_000  # of a frame
LONGEST_SIDE = 250_000  # pixels; each row takes memory of its own, however short it is
MOST_MEMORY = 420_000_000  # bytes that a frame takes while it is read
MOST_WITH_FILE = 600_000_000  # bytes, with those of the file
MOST_PIXELS_READ = 250_000_000  # of all frames together
MOST_PIXELS_SCANNED = 1_500_000_000  # of a JPEG, each of whose scans goes over all of its pixels
MOST_PIXELS_IN_RUNS = 16_000_000  # of a BMP in run lengths, which Pillow decodes in Python
BEYOND_ESTIMATE = 15_000_000  # bytes by which a decoder may exceed what the header told

# Bytes that decoders were seen to take for each pixel: of a frame by itself, where they take more than Pillow's picture
# does, and of one that is laid upon the frame before it.
OF_MODE = {"1": 1, "L": 1, "P": 1, "I;16": 2}  # any other takes four
OF_STILL = {"GIF": 2, "WEBP": 16, "AVIF": 10}
OF_NEXT_FRAME = {"GIF": 14, "PNG": 16, "WEBP": 20, "AVIF": 30}

LARGE = 8_000_000  # pixels, above which a frame is seen strip by strip, each of them halved at once
STRIP = 1_000_000  # pixels of a strip, about

WHITE, BLACK = (255, 255, 255), (0, 0, 0)  # grounds, which show through what is transparent

Pixels = NDArray[Any]  # uint8 in all places; OpenCV's annotations do not promise it
Colour = tuple[int, int, int]
Size = tuple[int, int]  # width and height

ORIENTATION = 0x112  # the tag of EXIF that says how a picture is to be turned to be seen, from 1 to 8
TURNED = (5, 6, 7, 8)  # the orientations in which width and height change places
WHITE_IS_ZERO = 0  # what the tag of a TIFF says in which the highest level is black

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # Snakemake counts a thread a job

# Pillow reads a TIFF of 16 bits in which the highest level is black from the low byte on alone, not from the high one.
TiffImagePlugin.OPEN_INFO[TiffImagePlugin.MM, WHITE_IS_ZERO, (1,), 1, (16,), ()] = ("I;16B", "I;16B")


class TooLargeError(Exception):
    """Reading a picture would cost more than a panel may; the message says what of it is too much."""


@contextmanager
def silence() -> Iterator[None]:
    """Silence libraries that warn of damaged metadata beside a sound picture: statuses of panels tell what matters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def bounded_memory(file_bytes: int) -> Iterator[None]:
    """Let a decoder take no more memory than a file of some size may, where the system counts it (Linux).

    It is the last resort against files that lie. It is for decoders alone: OpenCV does not bear to be without memory.

    Raises:
        TooLargeError: it asked for more. A library may make of it what it will, mostly an error of its own.
    """
    most = memory_for(file_bytes) + BEYOND_ESTIMATE
    try:
        taken = int(Path("/proc/self/statm").read_bytes().split()[5]) * resource.getpagesize()
    except OSError:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    bounds = [taken + most, *(limit for limit in before if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), before[1]))
    try:
        yield
    except MemoryError as error:
        raise TooLargeError(f"more than {memory_for(file_bytes) / 1e6:.0f} MB to read it") from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def halve(pixels: Pixels) -> Pixels:
    """Halve a picture: each pixel is the mean of two by two. The last row or column of an odd number is left out."""
    down, across = pixels.shape[0] // 2, pixels.shape[1] // 2
    return cv2.resize(pixels[: 2 * down, : 2 * across], (across, down), interpolation=cv2.INTER_AREA)


def times_halved(size: Size, least: Size | None) -> int:
    """Return how often a picture is halved while it is looked at: until it is not LARGE, or as often as leaves `least`.

    With no `least` it is kept in full.
    """
    times = 0
    while least and (size[0] >> times) * (size[1] >> times) > LARGE:
        if any(side >> times < 2 * fewest for side, fewest in zip(size, least, strict=True)):
            break
        times += 1
    return times


@dataclass
class PictureFile:
    """An open image file, whose frames are read as far as that costs no more than it may.

    Attributes:
        image: as Pillow has it, at the frame that was read last.
        file_bytes: how large the file is.
        pixels_scanned: over how many pixels a JPEG's scans go in all; of any other format, 0.
        coefficients: bytes that the decoder holds of a JPEG that comes in several scans, however it halves it.
        stored_size: width and height, before the picture is turned to be seen.
        cut_short: whether it is a JPEG that lacks its end.
        pixels_read: of all frames read, in their order.
        transparent: whether a frame that was seen has transparent pixels.
    """

    image: ImageFile.ImageFile
    file_bytes: int
    pixels_scanned: int
    coefficients: int
    stored_size: Size
    cut_short: bool = False
    pixels_read: int = 0
    transparent: bool = False

    def decode(self, frame: int, least: Size | None = None, made_of_each: float = 3) -> None:
        """Decode a frame. A JPEG is halved meanwhile, if that leaves four times as many pixels as `least`.

        Args:
            frame: its place in the file, from 0; frames are read in their order, or again from the first.
            least: how large the frame stays where it is to be halved; None keeps it in full.
            made_of_each: bytes that are to be made of each pixel that was not halved.

        Raises:
            TooLargeError: it costs more than it may.
            CutShortError: too much of it is missing.
            Exception: it is damaged; which one is up to the decoder.
        """
        if frame:
            self.check(frame, least, made_of_each)
        elif least and self.image.format == "JPEG":  # of several pictures in a file (MPO) all but one would fail
            # One step less than would be allowed: recolours are mistaken where pixels are blended.
            self.image.draft(None, (2 * least[0], 2 * least[1]))
        with bounded_memory(self.file_bytes):
            self.image.seek(frame)
        self.check(frame, least, made_of_each)
        self.pixels_read = self.image.width * self.image.height + (self.pixels_read if frame else 0)
        if frame and self.pixels_read > MOST_PIXELS_READ:
            raise TooLargeError(f"more than {MOST_PIXELS_READ // 10**6} million pixels, with those before")
        with bounded_memory(self.file_bytes):
            self.image.load()
        if self.cut_short:
            check_whole(self.image)

    @property
    def orientation(self) -> int:
        """How the picture is to be turned to be seen, from 1, as it is; of a PNG it may be known once it is decoded."""
        return told_orientation(self.image.info.get("exif"))

    @property
    def size(self) -> Size:
        """Width and height of the picture as it is seen."""
        width, height = self.stored_size
        return (height, width) if self.orientation in TURNED else (width, height)

    def see(self, frame: int, ground: Colour = WHITE, least: Size | None = None) -> Pixels:
        """Decode a frame and return what a reader sees of it, as `decode` and `as_seen` say."""
        self.decode(frame, least, made_of_each=3 if self.orientation == 1 else 6)
        self.transparent |= self.image.has_transparency_data
        seen = as_seen(self.image, ground, least)
        if white_is_zero(self.image):
            np.invert(seen, out=seen)
        return turned(seen, self.orientation)

    def check(self, frame: int, least: Size | None, made_of_each: float) -> None:
        """Raise TooLargeError if the image, at this frame or the one before it, would cost more than it may."""
        width, height = self.image.size
        if width * height > MOST_PIXELS:
            raise TooLargeError(f"more than {MOST_PIXELS // 10**6} million pixels")
        if max(width, height) > LONGEST_SIDE:
            raise TooLargeError(f"a side of more than {LONGEST_SIDE:,} pixels")
        if self.pixels_scanned > MOST_PIXELS_SCANNED:
            raise TooLargeError(f"more than {MOST_PIXELS_SCANNED // 10**6} million pixels in all its scans")
        if width * height > MOST_PIXELS_IN_RUNS and any(tile.codec_name == "bmp_rle" for tile in self.image.tile):
            raise TooLargeError(f"more than {MOST_PIXELS_IN_RUNS // 10**6} million pixels in run lengths")
        made = OF_MODE.get(self.image.mode, 4) + made_of_each / 4 ** times_halved(self.image.size, least)
        needed = max(decoded_bytes(self.image, frame) + self.coefficients, made * width * height)
        if needed > memory_for(self.file_bytes):
            raise TooLargeError(f"{needed / 1e6:.0f} MB to read it, more than {memory_for(self.file_bytes) / 1e6:.0f}")


def told_orientation(exif: object) -> int:
    """Return the orientation that the EXIF block of a file tells, 1 where it tells none.

    Only this tag is read: a forged block can name so many, and so large ones, that to read all takes all memory.
    """
    block = exif.removeprefix(b"Exif\0\0") if isinstance(exif, bytes) else b""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (place,) = struct.unpack_from(f"{order}I", block, 4)
        (tags,) = struct.unpack_from(f"{order}H", block, place)
        for number in range(tags):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", block, place + 2 + 12 * number)
            if tag == ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:  # it ends before that
        pass
    return 1


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """Turn and mirror the pixels of a picture, (height, width, 3), as its orientation asks to be seen."""
    if orientation in TURNED:
        pixels = cv2.transpose(pixels)
    # What is left to be mirrored: from left to right, from top to bottom, or both.
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cv2.flip(pixels, flip)


def white_is_zero(image: Image.Image) -> bool:
    """Tell whether the highest level of a picture is black where Pillow leaves it so: in a TIFF of 16 bits."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile) or not image.mode.startswith("I"):
        return False
    return bool(image.tag_v2.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == WHITE_IS_ZERO)


def memory_for(file_bytes: int) -> int:
    """Return how many bytes reading a file of some size may take beside the file itself; decoders may copy it."""
    return min(MOST_MEMORY + 2 * file_bytes, MOST_WITH_FILE - file_bytes)


def scans_of(image: ImageFile.ImageFile, content: bytes) -> tuple[int, int]:
    """Return of a file that was just opened what `pixels_scanned` and `coefficients` of a PictureFile are."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or image.fp is None:
        return 0, 0
    # Of a single JPEG Pillow has read as far as the first scan, of several in a file (MPO) no more than is known.
    scans = content.count(b"\xff\xda", image.fp.tell()) + (image.format == "JPEG")
    pixels = image.width * image.height
    _, across, down, _ = zip(*image.layer, strict=True)
    samples = sum(map(mul, across, down)) / (max(across) * max(down))
    return scans * pixels, round(2 * samples * pixels) if scans > 1 else 0


def decoded_bytes(image: Image.Image, frame: int) -> float:
    """Return how much memory it takes, about, to decode a frame of an open image."""
    of_each: float = OF_MODE.get(image.mode, 4)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return image.width * image.height * of_each + buffered_bytes(image)
    of_each = max(of_each, (OF_NEXT_FRAME if frame else OF_STILL).get(image.format or "", 0))
    return image.width * image.height * of_each


def buffered_bytes(image: TiffImagePlugin.TiffImageFile) -> float:
    """Return how much memory a TIFF's decoder takes for one of the tiles or strips that the picture comes in."""
    if all(tile.codec_name == "raw" for tile in image.tile):
        return 0
    tags = image.tag_v2
    rows = min(tags.get(TiffImagePlugin.ROWSPERSTRIP, image.height), image.height)
    width, height = tags.get(TiffImagePlugin.TILEWIDTH, image.width), tags.get(TiffImagePlugin.TILELENGTH, rows)
    samples, bits = tags.get(TiffImagePlugin.SAMPLESPERPIXEL, 1), max(tags.get(TiffImagePlugin.BITSPERSAMPLE, (8,)))
    return width * height * max(1, samples * bits / 8)


@contextmanager
def open_picture(content: bytes) -> Iterator[PictureFile]:
    """Open an image file, of any of FORMATS, whatever it is called; nothing is decoded yet.

    Raises:
        UnidentifiedImageError: it is in none of them.
        TooLargeError: it has too many pixels, or asks for too much memory, then or while it is open.
        Exception: it is damaged; which one is up to the decoder.
    """
    # The decoder of WebP takes memory for all pixels as soon as it is made; Pillow asks this before.
    most_pixels = MOST_MEMORY // OF_STILL["WEBP"] if content[8:12] == b"WEBP" else MOST_PIXELS
    Image.MAX_IMAGE_PIXELS = int(most_pixels / 2)  # it refuses twice as many
    ended = with_end(content)
    try:
        with silence():
            with bounded_memory(len(content)):
                image = Image.open(io.BytesIO(ended), formats=FORMATS)
            with image:
                cost = scans_of(image, content)
                yield PictureFile(image, len(content), *cost, image.size, len(ended) > len(content))
    except Image.DecompressionBombError as error:
        raise TooLargeError(f"more than {most_pixels / 1e6:.0f} million pixels") from error


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


def on_ground(image: Image.Image, ground: Colour = WHITE, brightest: float | None = None) -> Pixels:
    """Return a picture as a reader sees it on a ground: (height, width, 3) uint8 RGB.

    `brightest` is the level of white in a picture of more than 8 bits; without it, that of a picture of floats is its
    highest.
    """
    image.load()  # before that not every decoder knows the mode
    if image.mode.startswith(("I", "F")):
        # Pillow cuts 16-bit grey off at 255 instead of scaling it.
        grey = np.asarray(image, dtype=np.float64)
        scale = 255 / (brightest or white_level(image))
        return np.repeat(np.clip(grey * scale, 0, 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", image.size, ground)
        image.paste(layer, mask=layer)
    if image.mode == "P":
        return palette_colours(image)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def white_level(image: Image.Image) -> float:
    """Return the level of white in a decoded picture of more than 8 bits: of floats, the highest."""
    if image.mode.startswith("I"):
        return 65535
    _, highest = cast("tuple[float, float]", image.getextrema())
    return max(highest, 1e-9)


def as_seen(image: Image.Image, ground: Colour = WHITE, least: Size | None = None) -> Pixels:
    """Return a decoded picture as a reader sees it on a ground: (height, width, 3) uint8 RGB.

    A LARGE picture is halved as often as leaves it the width and height `least`. Only a strip of it at a time is held
    in any other form.
    """
    width, height = image.size
    if width * height <= LARGE:
        return on_ground(image, ground)
    times = times_halved(image.size, least)
    brightest = white_level(image) if image.mode.startswith(("I", "F")) else None
    seen = np.empty((height >> times, width >> times, 3), np.uint8)
    rows = max(1, STRIP // width >> times)  # of a strip, once it is halved
    for top in range(0, len(seen), rows):
        bottom = min(top + rows, len(seen))
        strip = on_ground(image.crop((0, top << times, width, bottom << times)), ground, brightest)
        for _ in range(times):
            strip = halve(strip)
        seen[top:bottom] = strip
    return seen
