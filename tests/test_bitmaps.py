"""The essay's bitmaps, bit by bit against its definitions, of every kind of file that a comic has."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from math import cos, pi
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

import fingerprint
from bitmaps import bitmaps
from pictures import drawing, encoded
from reprise.pictures import FORMATS, on_ground
from reprise.study.essay import BITMAP_BITS

Pixels = NDArray[Any]

# --- The definitions, as slow and plain as they can be written --------------------------------------------------------


def nearest(pixels: Pixels, size: int) -> Pixels:
    """Take the pixels that the centres of `size` x `size` equal areas fall on.

    Centres are found by adding one area's width after the other, as Pillow does: that settles, by rounding, which
    pixel it is where a centre falls on the border of two.
    """

    def places(length: int) -> list[int]:
        return [int(centre) for centre in accumulate([length / size] * (size - 1), initial=length / size / 2)]

    return np.array([[pixels[y, x] for x in places(pixels.shape[1])] for y in places(pixels.shape[0])])


def thresholded(pixels: Pixels) -> Pixels:
    """Make white what is at least half bright: what Pillow does where it has a palette to look that up in."""
    return np.array([[299 * int(r) + 587 * int(g) + 114 * int(b) >= 128_000 for r, g, b in row] for row in pixels])


def dithered(pixels: Pixels) -> Pixels:
    """Dither by error diffusion (Floyd and Steinberg 1976), in whole numbers, as Pillow does."""
    height, width = pixels.shape[:2]
    white = np.zeros((height, width), dtype=bool)
    sixteenths = [[0] * (width + 2) for _ in range(height + 1)]  # errors handed on, with a margin left and right
    for y, x in product(range(height), range(width)):
        r, g, b = (int(value) for value in pixels[y, x])
        level = (299 * r + 587 * g + 114 * b) // 1000 + int(sixteenths[y][x + 1] / 16)
        level = min(max(level, 0), 255)
        white[y, x] = level > 128
        error = level - 255 * int(white[y, x])
        sixteenths[y][x + 2] += 7 * error
        sixteenths[y + 1][x] += 3 * error
        sixteenths[y + 1][x + 1] += 5 * error
        sixteenths[y + 1][x + 2] += error
    return white


def brightness(pixels: Pixels) -> Pixels:
    """Turn to grey as Pillow does: the weights of ITU-R 601 in steps of 2 ** -16, rounded."""
    red, green, blue = np.moveaxis(pixels.astype(int), -1, 0)
    return (19595 * red + 38470 * green + 7471 * blue + 2**15) // 2**16


def at_least_the_mean(small: Pixels) -> Pixels:
    levels = [int(level) for level in small.ravel()]
    return np.array([level * len(levels) >= sum(levels) for level in levels]).reshape(small.shape)


def edges(pixels: Pixels) -> Pixels:
    return cv2.Canny(np.ascontiguousarray(pixels[..., ::-1]), 100, 200)


def bilinear(pixels: Pixels, size: int) -> Pixels:
    """Shrink by weighing the two nearest pixels each way, in 256ths, and round at the end: OpenCV's exact bilinear."""

    def weights(length: int) -> NDArray[np.int64]:
        table = np.zeros((size, length), dtype=np.int64)
        for place in range(size):
            centre = min(max((place + 0.5) * length / size - 0.5, 0), length - 1)
            share = round(centre % 1 * 256)
            table[place, int(centre)] += 256 - share
            table[place, min(int(centre) + 1, length - 1)] += share
        return table

    down, across = weights(pixels.shape[0]), weights(pixels.shape[1])
    small = [(down @ pixels[..., channel].astype(int) @ across.T + 2**15) // 2**16 for channel in range(3)]
    return np.stack(small, axis=-1)


def frequencies(pixels: Pixels) -> NDArray[np.float64]:
    """Return the 8 x 8 lowest frequencies of a picture at 32 x 32, without the constant one, by the sum of cosines."""
    red, green, blue = np.moveaxis(bilinear(pixels, 32), -1, 0)
    grey = (9798 * red + 19235 * green + 3735 * blue + 2**14) // 2**15  # OpenCV's weights of ITU-R 601
    waves = [np.array([cos(pi * (2 * place + 1) * wave / 64) for place in range(32)]) for wave in range(8)]
    scale = [(1 / 32) ** 0.5] + [(2 / 32) ** 0.5] * 7
    low = [[scale[v] * scale[u] * (grey * np.outer(waves[v], waves[u])).sum() for u in range(8)] for v in range(8)]
    low[0][0] = 0
    return np.array(low)


# The bits by definition, from the colours and whether the picture comes with a palette.
DEFINITIONS: dict[str, Callable[[Pixels, bool], Pixels]] = {
    "binary": lambda pixels, palette: nearest((thresholded if palette else dithered)(pixels), 100),
    "canny_then_resize": lambda pixels, _: nearest(edges(pixels), 100) > 0,
    "average_hash": lambda pixels, _: at_least_the_mean(brightness(nearest(pixels, 8))),
    "dct_hash": lambda pixels, _: frequencies(pixels) > frequencies(pixels).mean(),
    "edge_hash": lambda pixels, _: at_least_the_mean(nearest(edges(pixels), 8)),
    "resize_then_canny": lambda pixels, _: edges(nearest(pixels, 100)) > 0,
}


def certain(metric: str, pixels: Pixels) -> NDArray[np.bool_]:
    """Tell which bits of a metric are beyond doubt: not those of frequencies so near the mean that rounding decides."""
    if metric != "dct_hash":
        return np.ones(BITMAP_BITS[metric], dtype=bool)
    low = frequencies(pixels)
    return np.abs(low - low.mean()).ravel() > 1e-3


# --- The files --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A file, and what it shows: (height, width, 3) RGB, with or without a palette."""

    content: bytes
    pixels: Pixels
    palette: bool = False


def shaded(seed: int, size: tuple[int, int]) -> Image.Image:
    """Draw boxes under light that falls off, with a little noise, so that dithering and hashes have work to do."""
    pixels = np.asarray(drawing(seed, size)).astype(float)
    light = np.linspace(1, 0.4, size[0])[np.newaxis, :, np.newaxis]
    noise = np.random.default_rng(seed).normal(0, 6, pixels.shape)
    return Image.fromarray((pixels * light + noise).clip(0, 255).astype(np.uint8))


def colours(picture: Image.Image) -> Pixels:
    """Look the colours of a palette picture up."""
    return np.array(picture.getpalette(), dtype=np.uint8).reshape(-1, 3)[np.asarray(picture)]


def paletted(form: str, size: tuple[int, int], *seeds: int, **options: Any) -> Sample:
    """Make a file with a palette, of as many frames as seeds."""
    frames = [shaded(seed, size).quantize(24) for seed in seeds]
    return Sample(encoded(form, *frames, **options), colours(frames[0]), palette=True)


def full_colour(form: str, picture: Image.Image, **options: Any) -> Sample:
    content = encoded(form, picture, **options)
    return Sample(content, np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))


def grey(form: str, picture: Image.Image, palette: bool = False, **options: Any) -> Sample:
    levels = np.asarray(picture.convert("L"))
    return Sample(encoded(form, picture, **options), np.repeat(levels[..., np.newaxis], 3, axis=2), palette)


def with_alpha(seed: int, size: tuple[int, int], mode: str) -> Image.Image:
    """Draw a picture whose colours go on below its transparent parts."""
    picture = shaded(seed, size).convert(mode)
    places = np.random.default_rng(seed).integers(0, 3, (size[1], size[0]))
    picture.putalpha(Image.fromarray(np.array([0, 100, 255], np.uint8)[places]))
    return picture


def deep_grey(seed: int, size: tuple[int, int]) -> Sample:
    levels = np.asarray(shaded(seed, size).convert("L")).astype(np.uint16) * 257
    levels[::2] -= np.minimum(levels[::2], 99)
    seen = (levels // 257).astype(np.uint8)
    return Sample(encoded("PNG", Image.fromarray(levels)), np.repeat(seen[..., np.newaxis], 3, axis=2))


SAMPLES = {
    "of the comic's size.gif": paletted("GIF", (650, 450), 1),
    "odd and interlaced.gif": paletted("GIF", (131, 97), 2, interlace=1),
    "odd and straight.gif": paletted("GIF", (37, 203), 3, interlace=0),
    "transparent.gif": paletted("GIF", (101, 99), 4, transparency=2, interlace=1),
    "animated.gif": paletted("GIF", (64, 48), 5, 6, 7),
    "animated, transparent.gif": paletted("GIF", (99, 65), 8, 9, 10, transparency=1, disposal=2),
    "grey.gif": grey("GIF", shaded(11, (121, 87)).convert("L"), palette=True),
    "grey in order.gif": grey("GIF", shaded(11, (121, 87)).convert("L"), optimize=False),  # to Pillow no palette
    "palette.png": paletted("PNG", (113, 151), 12),
    "transparent palette.png": paletted("PNG", (90, 111), 13, transparency=bytes([0, 99, 255, 0])),
    "colour.png": full_colour("PNG", shaded(14, (140, 77))),
    "alpha.png": Sample(
        encoded("PNG", with_alpha(15, (87, 123), "RGB")), np.asarray(with_alpha(15, (87, 123), "RGB"))[..., :3]
    ),
    "grey.png": grey("PNG", shaded(16, (93, 71)).convert("L")),
    "grey with alpha.png": grey("PNG", with_alpha(17, (55, 82), "L")),
    "black and white.png": grey("PNG", shaded(18, (120, 110)).convert("1")),
    "16 bits of grey.png": deep_grey(19, (104, 73)),
    "photo.jpg": full_colour("JPEG", shaded(20, (133, 95)), quality=85),
    "grey.jpg": full_colour("JPEG", shaded(21, (67, 101)).convert("L")),
    "print.jpg": full_colour("JPEG", shaded(22, (70, 50)).convert("CMYK")),
    "blank.png": full_colour("PNG", Image.new("RGB", (40, 30), "teal")),
    "one pixel.png": full_colour("PNG", Image.new("RGB", (1, 1), "teal")),
    "a line.png": full_colour("PNG", shaded(23, (900, 9)).crop((0, 0, 900, 1))),
}


def unpacked(packed: NDArray[np.uint8]) -> list[bool]:
    """Read bits off bytes, the highest first."""
    return [bool(byte >> 7 - place & 1) for byte in packed.tolist() for place in range(8)]


def made(contents: Sequence[bytes]) -> dict[str, NDArray[Any]]:
    """Write files called 1, 2 and so on, and return the shard of their bitmaps."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(number) for number in range(1, len(contents) + 1)]
        for file, content in zip(files, contents, strict=True):
            Path(folder, file).write_bytes(content)
        bitmaps([f"{file}_1" for file in files], files, folder, Path(folder, "shard.npz"))
        with np.load(Path(folder, "shard.npz")) as shard:
            return dict(shard)


@pytest.fixture(scope="module")
def shard() -> dict[str, NDArray[Any]]:
    return made([sample.content for sample in SAMPLES.values()])


def check_bits(metric: str, packed: NDArray[np.uint8], sample: Sample) -> None:
    bits = np.array(unpacked(packed))
    expected = DEFINITIONS[metric](sample.pixels, sample.palette).ravel()
    sure = certain(metric, sample.pixels)
    assert len(bits) == BITMAP_BITS[metric]
    assert np.flatnonzero(bits[sure] != expected[sure]).tolist() == []


# --- What is made of them ---------------------------------------------------------------------------------------------


def test_a_shard_holds_what_is_said(shard: dict[str, NDArray[Any]]) -> None:
    assert shard["panel"].tolist() == [f"{number}_1" for number in range(1, len(SAMPLES) + 1)]
    assert list(shard) == ["panel", *BITMAP_BITS]
    for metric, bits in BITMAP_BITS.items():
        assert (shard[metric].shape, shard[metric].dtype) == ((len(SAMPLES), bits // 8), np.uint8)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("metric", BITMAP_BITS)
def test_bits_are_as_defined(shard: dict[str, NDArray[Any]], metric: str, name: str) -> None:
    check_bits(metric, shard[metric][list(SAMPLES).index(name)], SAMPLES[name])


def test_nearly_all_bits_of_ordinary_pictures_are_beyond_doubt() -> None:
    odd = ("blank.png", "one pixel.png", "a line.png")
    for name in SAMPLES.keys() - odd:
        assert int(certain("dct_hash", SAMPLES[name].pixels).sum()) >= 63


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """A picture of blots, in few colours with a palette or in many without."""
    width, height, blot = draw(st.integers(1, 130)), draw(st.integers(1, 130)), draw(st.integers(1, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    form = draw(st.sampled_from(["GIF", "PNG"]))
    if form == "GIF" or draw(st.booleans()):
        count = draw(st.integers(2, 256))
        blots = random.integers(0, count, (height // blot + 1, width // blot + 1), dtype=np.uint8)
        picture = Image.fromarray(blots.repeat(blot, 0).repeat(blot, 1)[:height, :width], "P")
        picture.putpalette(random.integers(0, 256, 3 * count, dtype=np.uint8).tobytes())
        options = draw(st.sampled_from([{}, {"transparency": 1}]))
        return Sample(encoded(form, picture, **options), colours(picture), palette=True)
    spots = random.integers(0, 256, (height // blot + 1, width // blot + 1, 3), dtype=np.uint8)
    picture = Image.fromarray(spots.repeat(blot, 0).repeat(blot, 1)[:height, :width])
    return Sample(encoded(form, picture), np.asarray(picture))


@pytest.mark.slow
@settings(max_examples=100)
@given(samples())
def test_bits_are_as_defined_whatever_the_picture(sample: Sample) -> None:
    shard = made([sample.content])
    for metric in BITMAP_BITS:
        check_bits(metric, shard[metric][0], sample)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I", "F", "I;16"])
def test_pictures_of_every_mode_are_those_of_their_colours(mode: str) -> None:
    level = 40_000 if mode in ("I", "F", "I;16") else "teal" if mode in ("RGB", "RGBA", "CMYK", "YCbCr") else 1
    picture = Image.new(mode, (60, 40), level)
    picture.paste(Image.new(mode, (20, 20)), (10, 10))
    content = encoded("TIFF", picture)
    opened = Image.open(io.BytesIO(content))
    seen = on_ground(opened) if mode in ("I", "F", "I;16") else np.asarray(opened.convert("RGB"))
    shown, expected = made([content]), made([encoded("BMP", Image.fromarray(seen))])
    for metric in BITMAP_BITS:
        assert shown[metric].tolist() == expected[metric].tolist()


# --- What cannot be read ----------------------------------------------------------------------------------------------

SOUND = [encoded(form, drawing(1, (20, 16))) for form in FORMATS]
SOUND += [encoded(form, *(drawing(seed, (20, 16)) for seed in range(3))) for form in ("GIF", "PNG", "TIFF", "WEBP")]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file with some of its bytes changed, left out, put in, or cut off."""
    content = bytearray(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = start + draw(st.sampled_from([0, 1, 2, 4, len(content)]))
        content[start:end] = draw(st.binary(max_size=4))
    return bytes(content)


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(st.sampled_from(SOUND) | damaged(), max_size=6))
@example([encoded("TIFF", drawing(1), drawing(2))[:-40]])
def test_all_panels_that_have_a_fingerprint_have_bitmaps_and_no_others(contents: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reprise.pictures.MOST_PIXELS", 1_000_000)  # forged sizes would be right but slow
        shard = made(contents)
        readable = [bool(fingerprint.read_panel(content, "first").frames) for content in contents]
    assert shard["panel"].tolist() == [f"{number}_1" for number, can_be in enumerate(readable, 1) if can_be]
    for metric, bits in BITMAP_BITS.items():
        assert shard[metric].shape == (sum(readable), bits // 8)


def test_what_is_missing_or_too_large_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "sound.png").write_bytes(encoded("PNG", drawing(1)))
    (tmp_path / "huge.png").write_bytes(encoded("PNG", Image.new("1", (10_001, 10_000))))
    (tmp_path / "folder.png").mkdir()
    files = ["", "gone.png", "folder.png", "huge.png", "sound.png"]
    bitmaps([f"{number}_1" for number in range(5)], files, tmp_path, tmp_path / "shard.npz")
    with np.load(tmp_path / "shard.npz") as shard:
        assert shard["panel"].tolist() == ["4_1"]


def test_it_does_not_matter_where_the_files_are_nor_how_often_it_is_done(tmp_path: Path) -> None:
    names = [f"{number}_1" for number in range(len(SAMPLES))]
    with zipfile.ZipFile(tmp_path / "comic.cbz", "w") as archive:
        for name, sample in SAMPLES.items():
            archive.writestr(name, sample.content)
            (tmp_path / name).write_bytes(sample.content)
    for shard, source in (("a", tmp_path), ("b", tmp_path), ("c", tmp_path / "comic.cbz")):
        bitmaps(names, list(SAMPLES), source, tmp_path / f"{shard}.npz")
    first, again, archived = ((tmp_path / f"{shard}.npz").read_bytes() for shard in "abc")
    assert first == again == archived


def test_nothing_is_left_of_a_run_that_fails(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"gone\.cbz"):
        bitmaps(["1_1"], ["1.png"], tmp_path / "gone.cbz", tmp_path / "shard.npz")
    assert list(tmp_path.iterdir()) == []


def test_other_frames_count_for_nothing_and_hidden_colours_as_if_seen() -> None:
    first, second = drawing(1), drawing(2)
    hidden = first.copy()
    hidden.putalpha(0)
    shard = made([encoded("PNG", first), encoded("PNG", first, second), encoded("PNG", hidden)])
    for metric in BITMAP_BITS:
        assert len(np.unique(shard[metric], axis=0)) == 1
