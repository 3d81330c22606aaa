"""Reading panels: every format, every kind of damage, and fingerprints that hold to their definitions."""

import hashlib
import io
import os
import struct
import tempfile
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, PngImagePlugin

import fingerprint as step
from fingerprint import MOST_FRAMES_READ, THUMBNAIL_SIZE, fingerprint, read_panel
from pictures import drawing, encoded, nearest, pictures_of, pixels, random_pixels, size_of, with_words
from reprise.hashes import SEEN, average_hash, dct_hash, edge_bitmap, shrink
from reprise.matching.canvas import edge_points
from reprise.parts.record import WHOLE
from reprise.pictures import FORMATS
from reprise.shards import EDGE_SIZE, GRID, LEFT_OUT, WHOLE_FRAME, Fingerprint, Fingerprints, Panel
from reprise.thumbnails import read_sizes
from sketches import sketch, strip, strip_boxes

LOSSLESS: dict[str, dict[str, Any]] = {"GIF": {}, "PNG": {}, "WEBP": {"lossless": True}, "BMP": {}, "TIFF": {}}
ANIMATED: dict[str, dict[str, Any]] = {
    "GIF": {},
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {},
    "AVIF": {"quality": 100},
}

Grey = NDArray[np.uint8]


def only_frame(content: bytes) -> Fingerprint:
    """Return the fingerprint of a panel that has one frame."""
    panel = read_panel(content, "distinct")
    assert (panel.status, panel.detail) == ("ok", "")
    (found,) = panel.frames
    return found


def as_drawn(picture: Image.Image) -> Fingerprint:
    """Return the fingerprint of a picture from its bare pixels."""
    return only_frame(encoded("BMP", picture.convert("RGB")))


def png(width: int, height: int, data: bytes) -> bytes:
    """Forge a PNG file of 8-bit RGB."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


# --- What is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_read(form: str) -> None:
    content = encoded(form, drawing(1, (90, 60)))
    panel = read_panel(content, "distinct")
    assert (panel.status, panel.detail, panel.format) == ("ok", "", form)
    assert (panel.width, panel.height, panel.frames_in_file, len(panel.frames)) == (90, 60, 1, 1)
    assert panel.sha256 == hashlib.sha256(content).hexdigest()
    original = as_drawn(drawing(1, (90, 60)))
    difference = int(np.bitwise_count(panel.frames[0].edges ^ original.edges).sum())
    assert difference < 0.2 * (panel.frames[0].edge_count + original.edge_count)


@pytest.mark.parametrize(("form", "options"), LOSSLESS.items())
def test_the_format_of_the_same_pixels_does_not_matter(form: str, options: dict[str, bool]) -> None:
    assert only_frame(encoded(form, drawing(2), **options)).digest == as_drawn(drawing(2)).digest


@pytest.mark.parametrize(("form", "options"), ANIMATED.items())
def test_every_frame_of_an_animation_is_read(form: str, options: dict[str, bool]) -> None:
    drawings = [drawing(seed) for seed in range(3)]
    panel = read_panel(encoded(form, *drawings, **options), "distinct")
    assert (panel.status, panel.frames_in_file) == ("ok", 3)
    assert [found.number for found in panel.frames] == [0, 1, 2]
    if form != "AVIF":
        assert [found.digest for found in panel.frames] == [as_drawn(picture).digest for picture in drawings]
    (first,) = read_panel(encoded(form, *drawings, **options), "first").frames
    assert first.digest == panel.frames[0].digest


def test_a_cmyk_jpeg_shows_its_colours() -> None:
    content = encoded("JPEG", Image.new("RGB", (40, 40), (200, 30, 40)).convert("CMYK"), quality=95)
    assert np.abs(only_frame(content).colours.astype(int) - (200, 30, 40)).max() <= 4


def test_sixteen_bit_grey_is_scaled() -> None:
    grey = random_pixels(1, 60, 80, 1)[..., 0]
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    assert only_frame(encoded("PNG", deep)).digest == as_drawn(Image.fromarray(grey)).digest


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I", "F", "I;16"])
def test_a_white_picture_is_white_in_every_mode(mode: str) -> None:
    white = Image.new("RGB", (30, 20), "white")
    picture = Image.new(mode, (30, 20), 65535) if mode.startswith(("I", "F")) else white.convert(mode)
    assert only_frame(encoded("TIFF", picture)).colours.min() >= 254


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_seen_on_white(mode: str) -> None:
    seen, hidden = drawing(1), drawing(2)
    alpha = Image.fromarray(np.where(np.arange(64) < 32, 255, 0).astype(np.uint8).reshape(1, -1).repeat(48, axis=0))
    both = hidden.copy()
    both.paste(seen, (0, 0), alpha)
    if mode == "P":
        layer = both.quantize(255)
        places = np.asarray(layer).copy()
        places[:, 32:] = 255
        palette = layer.getpalette() or []
        layer = Image.fromarray(places, "P")
        layer.putpalette([*palette, *[7] * (768 - len(palette))])
        content = encoded("PNG", layer, transparency=255)
    else:
        layer = both.convert(mode[:-1])
        layer.putalpha(alpha)
        content = encoded("PNG", layer)
    white = Image.new("RGB", seen.size, "white")
    white.paste(Image.open(io.BytesIO(content)).convert("RGB"), (0, 0), alpha)
    assert only_frame(content).digest == as_drawn(white).digest


@given(st.integers(0, 255), st.integers(0, 255))
def test_what_is_half_transparent_lets_white_through(level: int, alpha: int) -> None:
    shown = only_frame(encoded("PNG", Image.new("RGBA", (9, 9), (level, level, level, alpha)))).colours
    assert np.abs(shown.astype(float) - (level * alpha + 255 * (255 - alpha)) / 255).max() <= 1


def inked(
    seed: int, colour: tuple[int, int, int], opacity: float = 1, size: tuple[int, int] = (240, 160)
) -> Image.Image:
    """Return the lines of a drawing in ink of one colour on a clear ground."""
    alpha = np.where(np.asarray(drawing(seed, size).convert("L").filter(ImageFilter.FIND_EDGES)) > 40, 255 * opacity, 0)
    layer = Image.new("RGBA", size, colour)
    layer.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    return layer


def likeness(a: Panel, b: Panel) -> float:
    """Return the Dice coefficient of the edges of two panels' first frames."""
    both = int(np.bitwise_count(a.frames[0].edges & b.frames[0].edges).sum())
    return 2 * both / (a.frames[0].edge_count + b.frames[0].edge_count)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "AVIF", "palette", "GIF", "LA"])
@pytest.mark.parametrize(
    ("colour", "opacity"), [((255, 255, 255), 1), ((255, 255, 255), 0.5), ((255, 255, 235), 1), ((0, 0, 0), 1)]
)
def test_a_drawing_in_ink_of_any_colour_is_seen(form: str, colour: tuple[int, int, int], opacity: float) -> None:
    """White ink on a clear ground would be blank on white, and alike to any other."""
    if form == "GIF" and opacity < 1:
        return  # it has no colour that is half transparent
    layers = [inked(seed, colour, opacity) for seed in (1, 2)]
    match form:
        case "palette":
            contents = [encoded("PNG", layer.quantize(16)) for layer in layers]
        case "LA":
            contents = [encoded("PNG", layer.convert("LA")) for layer in layers]
        case _:
            contents = [encoded(form, layer) for layer in layers]
    one, other = (read_panel(content, "distinct") for content in contents)
    black = read_panel(encoded("PNG", inked(1, (0, 0, 0))), "distinct")
    assert one.frames[0].edge_count > 300
    assert likeness(one, other) < 0.4
    assert likeness(one, black) > 0.8
    assert one.frames[0].digest != other.frames[0].digest
    with Image.open(io.BytesIO(one.frames[0].thumbnail)) as shown:
        assert pixels(shown).std() > 20


@pytest.mark.parametrize("dots", [0, 3])
def test_a_little_black_beside_white_ink_does_not_hide_it(dots: int) -> None:
    layer = inked(1, (255, 255, 255))
    for number in range(dots):
        layer.paste((0, 0, 0, 255), (10 + 30 * number, 20, 16 + 30 * number, 26))
    white, dotted = (read_panel(encoded("PNG", each), "distinct") for each in (inked(1, (255, 255, 255)), layer))
    assert likeness(white, dotted) > 0.9


def test_all_frames_of_a_panel_are_seen_on_one_ground() -> None:
    clear, white = Image.new("RGBA", (240, 160)), (255, 255, 255)
    frames = [clear, inked(1, white), inked(2, white)]
    panel = read_panel(encoded("PNG", *frames), "distinct")
    assert [frame.edge_count > 300 for frame in panel.frames] == [False, True, True]
    assert panel.frames[0].colours.max() == 0


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
def test_what_is_wholly_transparent_is_blank_whatever_colour_it_hides(colour: tuple[int, int, int]) -> None:
    hidden = inked(1, colour, 0)
    panel = read_panel(encoded("PNG", hidden), "distinct")
    assert panel.frames[0].edge_count == 0
    assert panel.frames[0].colours.min() == 255


@given(st.integers(0, 50), st.integers(0, 255), st.integers(60, 255))
def test_what_is_seen_on_white_stays_on_white(seed: int, level: int, alpha: int) -> None:
    layer = drawing(seed, (90, 60)).convert("RGBA")
    layer.putalpha(Image.fromarray(np.tile(np.linspace(alpha, 255, 90).astype(np.uint8), (60, 1))))
    on_white = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    if as_drawn(on_white).edge_count >= SEEN:
        assert only_frame(encoded("PNG", layer)).digest == as_drawn(on_white).digest


@pytest.mark.parametrize("size", [(1, 1), (1, 3), (3000, 1), (1, 3000), (99, 101), (100, 100)])
def test_a_picture_of_any_size_is_read(size: tuple[int, int]) -> None:
    panel = read_panel(encoded("PNG", Image.fromarray(random_pixels(1, size[1], size[0]))), "distinct")
    assert (panel.status, panel.width, panel.height, len(panel.frames)) == ("ok", *size, 1)


@pytest.mark.parametrize("size", [(1, 1), (50, 40), (200, 160), (650, 450), (400, 3000), (5000, 3)])
def test_a_thumbnail_fits_the_gallery_and_shows_the_picture(size: tuple[int, int]) -> None:
    panel = read_panel(encoded("PNG", Image.new("RGB", size, "teal")), "distinct")
    with Image.open(io.BytesIO(panel.frames[0].thumbnail), formats=["JPEG"]) as thumbnail:
        width, height = thumbnail.size
        assert panel.frames[0].thumbnail_size == (width, height)
        assert width <= min(size[0], THUMBNAIL_SIZE[0])
        assert height <= min(size[1], THUMBNAIL_SIZE[1])
        assert size == (width, height) or width == THUMBNAIL_SIZE[0] or height == THUMBNAIL_SIZE[1]
        assert np.abs(np.asarray(thumbnail).astype(int) - (0, 128, 128)).max() <= 4


# --- What cannot be used ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", "empty file"),
        (b"<!DOCTYPE html><title>404</title>", "not an image"),
        (b"GIF89a", "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
        (encoded("PPM", drawing(1)), "not an image"),
        (encoded("GIF", drawing(1))[:-300], "damaged"),
        (encoded("PNG", drawing(1))[:-300], "damaged"),
        (encoded("JPEG", drawing(1))[:-300], "damaged"),
        (png(50_000, 50_000, b""), "too large"),
        (png(12_000, 12_000, b""), "too large"),
        (png(9_000, 9_000, b""), "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_panel_that_cannot_be_used_says_why(content: bytes, status: str) -> None:
    panel = read_panel(content, "distinct")
    assert panel.status == status
    assert panel.frames == []
    assert panel.sha256 == hashlib.sha256(content).hexdigest()
    assert bool(panel.detail) == (status != "empty file")


@pytest.mark.parametrize("content", [png(12_000, 12_000, b""), encoded("TIFF", drawing(1))[:12]], ids=["bomb", "cut"])
def test_no_warning_of_a_library_reaches_the_terminal(content: bytes, recwarn: pytest.WarningsRecorder) -> None:
    assert read_panel(content, "distinct").status != "ok"
    assert [str(warning.message) for warning in recwarn] == []


@pytest.mark.parametrize(("form", "share"), [("GIF", 0.5), ("PNG", 0.5), ("AVIF", 0.995), ("WEBP", 0.98)])
def test_frames_before_the_damage_count(form: str, share: float) -> None:
    whole = encoded(form, *(drawing(seed) for seed in range(5)), **ANIMATED[form])
    sound = int(len(whole) * share)
    panel = read_panel(whole[:sound] + b"\xff" * (len(whole) - sound), "distinct")
    assert panel.status == "ok"
    kept = len(panel.frames)
    assert 1 <= kept < 5
    assert panel.detail.startswith(f"frames from {kept} on cannot be read: ")
    sound_frames = read_panel(whole, "distinct").frames[:kept]
    assert [found.digest for found in panel.frames] == [found.digest for found in sound_frames]


def test_a_panel_that_is_turned_to_be_seen_is_told_and_shown_as_seen() -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    turned = encoded("PNG", drawing(1, (160, 90)).transpose(Image.Transpose.ROTATE_90), exif=exif)
    upright = encoded("PNG", drawing(1, (160, 90)))
    panel = read_panel(turned, "distinct")
    assert (panel.width, panel.height) == (160, 90)
    np.testing.assert_equal(asdict(panel.frames[0]), asdict(only_frame(upright)))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_only_its_last_bytes_counts_and_says_so(progressive: bool) -> None:
    panel = read_panel(encoded("JPEG", drawing(1, (320, 240)), progressive=progressive)[:-40], "distinct")
    assert (panel.status, panel.detail, len(panel.frames)) == ("ok", "its last bytes are missing", 1)
    half = encoded("JPEG", drawing(1, (320, 240)))
    assert read_panel(half[: len(half) // 2], "distinct").status == "damaged"


def test_a_download_that_broke_off_keeps_its_first_frames() -> None:
    whole = encoded("GIF", *(drawing(seed) for seed in range(5)))
    panel = read_panel(whole[: len(whole) // 2], "distinct")
    assert panel.status == "ok"
    assert 1 <= len(panel.frames) < 5
    assert panel.detail.startswith(f"frames from {len(panel.frames)} on cannot be read: ")


@pytest.mark.slow
@pytest.mark.parametrize(("form", "frames"), [*((form, 1) for form in FORMATS), *((form, 3) for form in ANIMATED)])
def test_a_file_damaged_anywhere_is_read_as_far_as_it_goes(form: str, frames: int) -> None:
    whole = encoded(form, *(drawing(seed, (16, 12)) for seed in range(frames)))
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        for damage in (b"", bytes(len(whole) - place), b"\xff" * (len(whole) - place), bytes(8) + whole[place + 8 :]):
            check_told(whole[:place] + damage)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 256, 3, 1, 9) + bytes(4), id="TIFF of no height"),
        pytest.param(
            encoded("AVIF", drawing(1), drawing(2)).replace(b"\x00\x00\x03\xe8", bytes(4)), id="AVIF of no time"
        ),
    ],
)
def test_damage_that_decoders_do_not_foresee(content: bytes) -> None:
    check_told(content)


def check_told(content: bytes) -> None:
    """Check that a file, sound or not, is read as a panel with frames or as one with a reason, and always the same."""
    panel = read_panel(content, "distinct")
    assert panel.status in ("ok", "damaged", "not an image", "too large", "empty file")
    assert bool(panel.frames) == (panel.status == "ok")
    assert " at 0x" not in panel.detail, "an address in memory differs from run to run"
    np.testing.assert_equal(asdict(panel), asdict(read_panel(content, "distinct")))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file with some of its bytes changed, left out, put in, or cut off."""
    content = bytearray(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = start + draw(st.sampled_from([0, 1, 1, 1, 2, 4, len(content)]))
        content[start:end] = draw(st.binary(max_size=4))
    return bytes(content)


SOUND = [encoded(form, drawing(1, (20, 16))) for form in FORMATS]
SOUND += [encoded(form, *(drawing(seed, (20, 16)) for seed in range(3))) for form in ANIMATED]


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(damaged())
def test_no_damage_stops_a_run(content: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reprise.pictures.MOST_PIXELS", 1_000_000)  # forged sizes would be right but slow
        check_told(content)


# --- Frames ----------------------------------------------------------------------------------------------------------


def walker(step: int) -> Image.Image:
    """Draw a box, with one in it, that has walked so far before a drawn ground."""
    picture = drawing(3, (320, 240))
    ImageDraw.Draw(picture).rectangle((4 + 16 * step, 100, 30 + 16 * step, 150), fill="white", outline="black", width=3)
    return picture


WALK = [walker(step) for step in range(12)]


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.integers(0, 11), min_size=1, max_size=24))
def test_of_one_scene_up_to_six_frames_that_differ_are_kept(seeds: list[int]) -> None:
    panel = read_panel(encoded("TIFF", *(WALK[seed] for seed in seeds)), "distinct")
    new = [number for number, seed in enumerate(seeds) if seed not in seeds[:number]]
    kept = [found.number for found in panel.frames]
    assert panel.frames_in_file == len(seeds)
    assert len(kept) == min(len(new), 6)
    assert kept == sorted(set(kept) & set(new))
    assert kept[0] == 0
    assert kept[-1] == new[-1]
    steps = np.diff([new.index(number) for number in kept])
    assert len(steps) == 0 or steps.max() - steps.min() <= 1


def scenes_of(count: int) -> list[Image.Image]:
    return [sketch(seed, size=(320, 240)) for seed in range(count)]


def test_all_scenes_of_an_animation_are_kept_with_their_times() -> None:
    panel = read_panel(encoded("GIF", *scenes_of(20), duration=800), "distinct")
    assert [found.number for found in panel.frames] == list(range(20))
    assert [found.time for found in panel.frames] == pytest.approx([0.8 * number for number in range(20)])


@pytest.mark.slow
def test_all_scenes_of_a_long_animation_are_kept() -> None:
    pictures = [with_dot(picture, step) for picture in scenes_of(20) for step in range(30)]
    panel = read_panel(encoded("GIF", *pictures, duration=100), "distinct")
    assert panel.frames_in_file == 600
    assert panel.detail == ""
    assert [found.number // 30 for found in panel.frames] == list(range(20))


def with_dot(picture: Image.Image, step: int) -> Image.Image:
    picture = picture.copy()
    ImageDraw.Draw(picture).ellipse((10 + 5 * step, 100, 24 + 5 * step, 114), fill="white", outline="black", width=3)
    return picture


@pytest.mark.parametrize(("most", "kept"), [(1, [0]), (3, [0, 10, 19]), (7, [0, 3, 6, 10, 13, 16, 19])])
def test_no_more_frames_than_set_are_kept(most: int, kept: list[int]) -> None:
    panel = read_panel(encoded("GIF", *scenes_of(20)), "distinct", most_frames=most)
    assert [found.number for found in panel.frames] == kept


@pytest.mark.parametrize(
    ("form", "options", "seconds"),
    [
        ("GIF", {"duration": [500, 0, 250]}, [0, 0.5, 0.6]),  # browsers show what is to be shown for no time for .1 s
        ("PNG", {"duration": [500, 250, 250]}, [0, 0.5, 0.75]),
        ("WEBP", {"duration": [500, 250, 250], "lossless": True}, [0, 0.5, 0.75]),
        ("AVIF", {"duration": [500, 250, 250]}, [0, 0.5, 0.75]),
        ("TIFF", {}, [np.nan, np.nan, np.nan]),
    ],
)
def test_frames_of_an_animation_have_the_times_a_viewer_shows_them_at(
    form: str, options: dict[str, Any], seconds: list[float]
) -> None:
    panel = read_panel(encoded(form, *scenes_of(3), **options), "distinct")
    assert [found.time for found in panel.frames] == pytest.approx(seconds, nan_ok=True)


def test_a_still_panel_has_no_time_whatever_it_says() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("duration", "three minutes")
    assert np.isnan(only_frame(encoded("PNG", drawing(1), pnginfo=told)).time)
    animated = read_panel(encoded("PNG", *scenes_of(2), pnginfo=told, duration=100), "distinct")
    assert (animated.status, len(animated.frames)) == ("ok", 2)


def test_frames_that_differ_in_colour_alone_are_one() -> None:
    content = encoded("PNG", *(Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")))
    assert [found.number for found in read_panel(content, "distinct").frames] == [0]


@pytest.mark.slow
def test_a_very_long_animation_is_read_to_a_bound() -> None:
    stills = [drawing(1, (8, 8))] * MOST_FRAMES_READ
    content = encoded("TIFF", *stills, drawing(2, (8, 8)))
    panel = read_panel(content, "distinct")
    assert panel.frames_in_file == MOST_FRAMES_READ + 1
    assert [found.number for found in panel.frames] == [0]
    assert panel.detail == f"frames from {MOST_FRAMES_READ} on are not read, as there are so many"
    assert read_panel(content, "first").detail == read_panel(encoded("TIFF", *stills), "distinct").detail == ""


# --- Fingerprints ----------------------------------------------------------------------------------------------------


def bits_as_text(bits: NDArray[np.bool_]) -> str:
    return "".join(str(int(bit)) for bit in bits.ravel())


def test_nearest_pixels_of_a_palette_are_those_pillow_picks_in_it() -> None:
    """The essay shrank the picture while its pixels were places in a palette."""
    palette = drawing(5, (131, 77)).quantize(8)
    small = palette.resize((EDGE_SIZE, EDGE_SIZE), Image.Resampling.NEAREST)
    found = read_panel(encoded("GIF", palette), "first", "nearest").frames[0]
    edges = np.unpackbits(found.edges).reshape(EDGE_SIZE, EDGE_SIZE)
    assert np.array_equal(edges, edge_bitmap(pixels(small)))
    hashed = palette.resize((8, 8), Image.Resampling.NEAREST).convert("L")
    assert f"{int(found.average_hash):064b}" == bits_as_text(np.asarray(hashed) >= np.asarray(hashed).mean())


@settings(deadline=None)
@given(st.integers(100, 700), st.integers(100, 700), st.integers(0, 2**32 - 1))
@example(200, 200, 1)
@example(202, 201, 1)
@example(400, 400, 1)
@example(1300, 900, 1)
def test_averages_are_the_same_of_floats(width: int, height: int, seed: int) -> None:
    halved = step.halve_often(random_pixels(seed, height, width), *step.least_size(width, height))
    levels = step.to_be_averaged(halved)
    for size in (EDGE_SIZE, step.COLOUR_SIZE):
        assert np.array_equal(shrink(levels, size, "area"), shrink(halved, size, "area"))
    assert np.array_equal(edge_points(levels)[0], edge_points(halved)[0])


@pytest.mark.parametrize("size", [(650, 450), (450, 650), (1950, 1350), (1300, 300)])
def test_a_large_picture_has_the_edges_of_its_average(size: tuple[int, int]) -> None:
    """Halved first, which at the borders of areas is not quite the same."""
    picture = drawing(6, size)
    found = np.unpackbits(as_drawn(picture).edges).reshape(EDGE_SIZE, EDGE_SIZE) > 0
    edges = edge_bitmap(pixels(picture))
    assert (found != edges).sum() <= 0.2 * edges.sum()
    assert np.array_equal(as_drawn(picture).samples, nearest(pixels(picture), GRID))


def test_a_large_jpeg_is_what_it_would_be_decoded_in_full() -> None:
    content = encoded("JPEG", drawing(7, (1950, 1350)), quality=90)
    panel = read_panel(content, "distinct")
    assert (panel.width, panel.height) == (1950, 1350)
    in_full = as_drawn(Image.open(io.BytesIO(content)))
    assert np.bitwise_count(panel.frames[0].edges ^ in_full.edges).sum() <= 0.05 * in_full.edge_count
    assert np.abs(panel.frames[0].colours.astype(int) - in_full.colours).max() <= 3
    assert panel.frames[0].canvas_size == in_full.canvas_size


def test_every_picture_of_a_large_mpo_is_read() -> None:
    """As a JPEG of which the decoder were told to halve, the second would be lost."""
    panel = read_panel(encoded("MPO", drawing(1, (1300, 900)), drawing(2, (1300, 900))), "distinct")
    assert (panel.status, panel.detail, [found.number for found in panel.frames]) == ("ok", "", [0, 1])


@pytest.mark.parametrize(("size", "resize"), [((650, 450), "area"), ((1950, 1350), "nearest")])
def test_a_jpeg_is_decoded_in_full_where_single_pixels_matter(size: tuple[int, int], resize: str) -> None:
    """A small one, whose samples would be blended, and any that is shrunk the essay's way."""
    content = encoded("JPEG", drawing(8, size))
    found, in_full = (
        read_panel(each, "distinct", resize).frames[0]
        for each in (content, encoded("BMP", Image.open(io.BytesIO(content))))
    )
    assert np.array_equal(found.samples, in_full.samples)
    assert np.array_equal(found.edges, in_full.edges)
    assert found.average_hash == in_full.average_hash


@given(st.integers(0, 1000))
def test_hashes_are_packed_from_their_first_bit(seed: int) -> None:
    picture = random_pixels(seed, EDGE_SIZE, EDGE_SIZE)
    found = as_drawn(Image.fromarray(picture))
    for told, bits in ((found.average_hash, average_hash(picture)), (found.dct_hash, dct_hash(picture))):
        assert f"{int(told):064b}" == bits_as_text(bits)


@given(st.integers(0, 1000))
def test_the_count_of_edges_is_that_of_the_bits(seed: int) -> None:
    picture = random_pixels(seed, 40, 50) // 2
    found = as_drawn(Image.fromarray(picture))
    assert found.edge_count == int(np.bitwise_count(found.edges).sum()) > 0
    assert np.array_equal(np.unpackbits(found.edges).reshape(EDGE_SIZE, EDGE_SIZE), edge_bitmap(picture))


# --- Shards ----------------------------------------------------------------------------------------------------------


FILES: dict[str, bytes | None] = {
    "1.png": encoded("PNG", drawing(1)),
    'a b/it\'s "2".gif': encoded("GIF", *(drawing(seed) for seed in range(4))),
    "-rf.jpg": encoded("JPEG", drawing(3)),
    "ノート 🎨.webp": encoded("WEBP", drawing(4)),
    "really.png.jpg": encoded("PNG", drawing(5)),
    "page.gif": b"<html>",
    "nothing.gif": b"",
    "gone.png": None,
}


def fill(folder: Path) -> Path:
    for file, content in FILES.items():
        if content is not None:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
    return folder


def fingerprint_files(source: Path, shard: Path) -> Fingerprints:
    names = [f"{number}_1" for number in range(len(FILES))]
    fingerprint(names, list(FILES), source, "distinct", "area", shard, pictures_of(shard), shard.with_suffix(""))
    return Fingerprints([shard])


def test_one_bad_file_leaves_the_rest_of_its_shard_unharmed(tmp_path: Path) -> None:
    shard = fingerprint_files(fill(tmp_path / "folder"), tmp_path / "shard.npz")
    assert shard.status.tolist() == [*["ok"] * 5, "not an image", "empty file", "missing file"]
    assert shard.format.tolist() == ["PNG", "GIF", "JPEG", "WEBP", "PNG", "", "", ""]
    assert shard.detail[-1] == "gone.png is not there any more"
    assert shard.frames.tolist() == [1, 4, 1, 1, 1, 0, 0, 0]


def test_each_frame_has_a_thumbnail_called_after_it(tmp_path: Path) -> None:
    fingerprint_files(fill(tmp_path / "folder"), tmp_path / "shard.npz")
    names = [path.name for path in (tmp_path / "shard").iterdir()]
    assert sorted(names) == [
        "0_1-0.jpg",
        *(f"1_1-{number}.jpg" for number in range(4)),
        "2_1-0.jpg",
        "3_1-0.jpg",
        "4_1-0.jpg",
        "sizes.csv",
    ]
    assert [size for _, size in sorted(read_sizes(tmp_path / "shard").items())] == [
        size_of((tmp_path / "shard" / name).read_bytes()) for name in sorted(names) if name.endswith(".jpg")
    ]
    first = read_panel((tmp_path / "folder/1.png").read_bytes(), "distinct").frames[0]
    assert (tmp_path / "shard/0_1-0.jpg").read_bytes() == first.thumbnail


def test_a_shard_is_the_same_from_a_folder_and_from_an_archive(tmp_path: Path) -> None:
    folder, packed = fill(tmp_path / "folder"), tmp_path / "comic.cbz"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(FILES, reverse=True):
            if FILES[file] is not None:
                archive.write(folder / file, file)
    fingerprint_files(folder, tmp_path / "folder.npz")
    fingerprint_files(packed, tmp_path / "archive.npz")
    for kind in ("npz", "npy"):
        assert (tmp_path / f"folder.{kind}").read_bytes() == (tmp_path / f"archive.{kind}").read_bytes()


def test_a_file_that_the_system_will_not_open_says_why(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to("loop.png")
    source = step.PanelSource(tmp_path)
    told = [step.read_file(source, file, "distinct", "area") for file in ("folder.png", "loop.png", "no\0name.png")]
    assert {panel.status for panel in told} == {"unreadable file"}
    assert all(panel.detail for panel in told)
    assert told[1].detail == "Too many levels of symbolic links"


def test_a_panel_that_was_never_fetched_is_not_said_to_be_a_folder(tmp_path: Path) -> None:
    assert "directory" not in step.read_file(step.PanelSource(tmp_path), "", "distinct", "area").detail


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    writer = Thread(target=lambda: pipe.open("wb").close())  # lets go of whoever does read it
    writer.start()
    panel = step.read_file(step.PanelSource(tmp_path), "pipe.png", "distinct", "area")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # lets go of the writer
    writer.join()
    os.close(reader)
    assert panel.status == "unreadable file"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_harms_the_damaged_panels_alone(method: int) -> None:
    content = encoded("PNG", drawing(1, (200, 150)))
    for seed in range(30):
        random = Random(seed)
        with tempfile.TemporaryDirectory() as folder:
            packed = Path(folder) / "comic.zip"
            with zipfile.ZipFile(packed, "w", method) as archive:
                archive.writestr("1.png", content)
                archive.writestr("2.png", content)
            damage = bytearray(packed.read_bytes())
            for _ in range(10):
                damage[random.randrange(45, 45 + len(content) // 3)] = random.randrange(256)
            packed.write_bytes(damage)
            with step.open_source(packed) as source:
                first, second = (step.read_file(source, file, "distinct", "area") for file in ("1.png", "2.png"))
        assert first.status != "ok"
        assert second.status == "ok"


def test_the_edges_of_words_are_passed_over_where_there_is_a_drawing() -> None:
    size = (640, 448)
    silent, (said, (left, top, right, bottom)) = drawing(5, size), with_words(drawing(5, size))

    def points_in_box(picture: Image.Image) -> int:
        frame = only_frame(encoded("PNG", picture))
        across, down = (frame.edge_points[:, :2] * np.array(size) / frame.canvas_size).T
        return int(((across > left) & (across < right) & (down > top) & (down < bottom)).sum())

    assert points_in_box(said) == 0
    assert points_in_box(with_words(Image.new("RGB", size, "white"))[0]) > 30
    assert len(only_frame(encoded("PNG", silent)).edge_points) > 100


def test_a_page_is_kept_whole_and_with_each_of_its_panels_in_reading_order() -> None:
    sheet = strip(*map(sketch, range(3)))
    panel = read_panel(encoded("PNG", sheet), "distinct")
    whole, *cut = panel.frames
    assert (whole.cut, whole.box) == (WHOLE_FRAME, WHOLE)
    assert [(frame.cut, frame.number) for frame in cut] == [(1, 0), (2, 0), (3, 0)]
    for frame, box in zip(cut, strip_boxes(3), strict=True):
        assert np.array(frame.box) * (*sheet.size, *sheet.size) == pytest.approx(box, abs=8)
        left, top, right, bottom = (round(side * of) for side, of in zip(frame.box, sheet.size * 2, strict=True))
        alone = only_frame(encoded("PNG", sheet.crop((left, top, right, bottom))))
        assert (frame.digest, frame.edges.tobytes()) == (alone.digest, alone.edges.tobytes())
        assert frame.edge_points.tobytes() == alone.edge_points.tobytes()


def test_pages_are_cut_as_is_set() -> None:
    page = encoded("PNG", strip(*map(sketch, range(3))))
    assert [frame.cut for frame in read_panel(page, "distinct", cutting="whole").frames] == [WHOLE_FRAME]
    assert [frame.cut for frame in read_panel(page, "distinct", cutting="cut").frames] == [LEFT_OUT, 1, 2, 3]
    for single in (encoded("PNG", sketch(1, size=(600, 400))), encoded("GIF", strip(sketch(1), sketch(2)), sketch(3))):
        for cutting in ("auto", "cut"):
            assert {frame.cut for frame in read_panel(single, "distinct", cutting=cutting).frames} == {WHOLE_FRAME}


def test_thumbnails_are_of_whole_pages(tmp_path: Path) -> None:
    sheet = strip(*map(sketch, range(3)))
    (tmp_path / "1.png").write_bytes(encoded("PNG", sheet))
    written = tmp_path / "shard.npz", tmp_path / "pictures.npy", tmp_path / "thumbnails"
    fingerprint(["1_1"], ["1.png"], tmp_path, "distinct", "area", *written)
    assert Fingerprints([written[0]]).cut.tolist() == [0, 1, 2, 3]
    assert read_sizes(written[2]) == {"1_1-0.jpg": (200, round(200 * sheet.height / sheet.width))}
