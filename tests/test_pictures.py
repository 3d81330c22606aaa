"""What a reader sees of a picture file."""

import io
import resource
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from hostile import LARGEST_AVIF, bombs
from pictures import drawing, encoded, pixels, random_pixels
from reprise.cut_jpeg import CutShortError
from reprise.pictures import BLACK, WHITE, Pixels, as_seen, halve, on_ground, open_picture, times_halved

SCRIPTS = Path(__file__).parents[1] / "scripts"

# Reads the picture that it is given, then tells what came of it and the most memory it took, in kB. What `resource` has
# of that counts what the process had before that it was forked from.
READ = """
import re, sys
sys.path.append(sys.argv[1])
import cv2, fingerprint
from reprise.freed_memory import keep_freed_memory
cv2.setNumThreads(1)
keep_freed_memory()
panel = fingerprint.read_panel(sys.stdin.buffer.read(), "distinct")
print(panel.status, *re.findall(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()), panel.detail, sep="\\n")
"""
MOST_KILOBYTES, MOST_SECONDS = 500 * 1024, 10


def read_apart(content: bytes) -> tuple[str, str]:
    """Read a picture in a process of its own, check what that cost, and return its status and detail."""
    bound = lambda: resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))  # noqa: E731
    done = subprocess.run([sys.executable, "-c", READ, SCRIPTS], input=content, capture_output=True, preexec_fn=bound)
    assert done.returncode == 0, done.stderr
    status, kilobytes, detail = done.stdout.decode().split("\n", 2)
    assert int(kilobytes) <= MOST_KILOBYTES, detail
    return status, detail.strip()


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system counts no memory there")


@pytest.mark.slow
@needs_proc
def test_a_small_file_costs_little_however_much_it_asks_for() -> None:
    """No more than ten seconds of CPU and 500 MB, and whatever of it was not read is told."""
    told = {}
    for name, content in bombs():
        assert len(content) < 1_000_000, name
        told[name] = read_apart(content)
    assert {status for status, _ in told.values()} == {"ok", "damaged", "too large"}
    assert all(detail for status, detail in told.values() if status != "ok")
    for name in ("frames of one pixel.gif", "animation.png", "smaller animation.png", "animation.avif"):
        assert told[name][1].startswith("frames from "), name
    assert {told[f"{LARGEST_AVIF} pixels said to be {said}.avif"][0] for said in (100, 6_000)} == {"damaged"}
    for name in (
        "forged.webp",
        "flat.avif",
        "largest.avif",
        "one pixel wide.png",
        "many scans.jpg",
        "tile.tif",
        "jumps.bmp",
    ):
        assert told[name][0] == "too large", name


def strip_of_panels(width: int, height: int) -> Image.Image:
    """Return a webtoon: flat drawings one below the other."""
    webtoon, panel = Image.new("RGB", (width, height), "white"), drawing(1, (width - 80, width))
    for top in range(40, height - width, width + 300):
        webtoon.paste(panel, (40, top))
    return webtoon


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("form", ["PNG", "RGBA", "palette", "JPEG", "progressive", "TIFF", "GIF", "WEBP"])
def test_a_webtoon_is_read(form: str) -> None:
    webtoon = strip_of_panels(*((1600, 16_383) if form == "WEBP" else (800, 60_000)))
    match form:
        case "RGBA":
            content = encoded("PNG", webtoon.convert("RGBA"), compress_level=1)
        case "palette":
            content = encoded("PNG", webtoon.quantize(16), compress_level=1)
        case "progressive":
            content = encoded("JPEG", webtoon, progressive=True, subsampling=0)
        case "GIF":
            content = encoded("GIF", webtoon.quantize(16))
        case "TIFF":
            content = encoded("TIFF", webtoon, compression="tiff_deflate")
        case _:
            content = encoded(form, webtoon)
    assert read_apart(content) == ("ok", "")


@given(
    st.sampled_from(["RGB", "RGBA", "LA", "P", "L", "I;16", "F"]),
    *(st.integers(1, 90), st.integers(1, 90), st.integers(1, 9), st.integers(100, 4000), st.integers(1, 3000)),
)
def test_what_is_seen_strip_by_strip_is_what_is_seen_at_once(
    mode: str, width: int, height: int, least: int, large: int, strip: int
) -> None:
    clear = Image.fromarray(random_pixels(width, height, width, 4))
    if mode in ("I;16", "F"):
        picture = Image.fromarray(
            random_pixels(1, height, width, 1)[..., 0].astype(np.uint16 if mode == "I;16" else "f4")
        )
    else:
        picture = clear.convert(mode)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reprise.pictures.LARGE", large)
        patch.setattr("reprise.pictures.STRIP", strip)
        times = times_halved(picture.size, (least, least))
        seen = as_seen(picture, BLACK, (least, least))
    expected = on_ground(picture, BLACK)
    for _ in range(times):
        expected = halve(expected)
    assert np.array_equal(seen, expected)
    assert times == 0 or min(seen.shape[:2]) >= least
    assert on_ground(picture, WHITE).shape == (height, width, 3)


def test_what_is_transparent_in_a_frame_beyond_the_first_is_seen_on_white() -> None:
    """Pillow knows only once it is decoded that a GIF's frame of colours has grown transparent parts."""
    larger = Image.new("P", (30, 10), 1)
    larger.putpalette([0, 0, 0, 0, 0, 255])
    larger.paste(0, (25, 0, 30, 10))
    other = encoded("GIF", larger, transparency=0)
    animated = encoded("GIF", larger.crop((10, 0, 30, 10)))[:-1] + other[other.index(b"!\xf9") :]
    with Image.open(io.BytesIO(animated)) as image:
        image.seek(1)
        seen = on_ground(image)
    assert seen.shape == (10, 30, 3)
    assert [seen[5, x].tolist() for x in (22, 27)] == [[0, 0, 255], [255, 255, 255]]


@given(
    st.sampled_from(["GIF", "PNG", "BMP", "TIFF"]), st.integers(0, 2**32 - 1), st.integers(1, 256), st.integers(1, 40)
)
def test_palette_colours_are_those_pillow_converts_to(form: str, seed: int, colours: int, width: int) -> None:
    places = random_pixels(seed, 9, width, 1)[..., 0]  # some of them beyond a short palette
    picture = Image.fromarray(places).convert("P")
    picture.putpalette(random_pixels(seed, 1, colours).tobytes())
    for image in (picture, Image.open(io.BytesIO(encoded(form, picture)))):
        assert image.mode == "P"
        assert np.array_equal(on_ground(image), pixels(image))


def seen_in(content: bytes) -> Pixels:
    with open_picture(content) as file:
        pixels = file.see(0)
        assert file.size == (pixels.shape[1], pixels.shape[0])
        return pixels


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_a_picture_is_turned_as_its_orientation_says(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    stored = drawing(1, (90, 60))
    content = encoded(form, stored, exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert expected.size == ((60, 90) if orientation > 4 else (90, 60))
    assert np.array_equal(seen_in(content), pixels(expected))


def test_an_orientation_behind_the_pixels_of_a_png_counts() -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    before = encoded("PNG", drawing(1), exif=exif)
    start = before.index(b"eXIf") - 4
    end = start + 12 + struct.unpack_from(">I", before, start)[0]
    behind = before[:start] + before[end:-12] + before[start:end] + before[-12:]
    assert np.array_equal(seen_in(behind), seen_in(before))


@pytest.mark.parametrize(
    "exif", [b"", b"Exif\0\0II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", b"XX", b"II*\0\x08\0\0\0\1\0"]
)
def test_a_forged_block_of_exif_turns_nothing(exif: bytes) -> None:
    with open_picture(encoded("PNG", drawing(1))) as file:
        file.image.info["exif"] = exif
        assert file.orientation == 1


@pytest.mark.parametrize(("mode", "order"), [("I;16", "<"), ("I;16B", ">")])
@pytest.mark.parametrize("highest_is_white", [True, False])
def test_grey_of_16_bits_is_seen_as_it_is_whichever_end_of_it_is_white(
    highest_is_white: bool, mode: str, order: str
) -> None:
    grey = np.asarray(drawing(1).convert("L"))
    levels = (grey if highest_is_white else 255 - grey).astype(f"{order}u2") * 257
    picture = Image.frombytes(mode, grey.shape[::-1], levels.astype(f"{order}u2").tobytes())
    content = encoded("TIFF", picture, tiffinfo={262: int(highest_is_white)})
    assert struct.pack(f"{order}HHIHH", 262, 3, 1, int(highest_is_white), 0) in content
    assert np.array_equal(seen_in(content), np.repeat(grey[..., np.newaxis], 3, axis=2))


JPEGS: list[dict[str, bool | int]] = [{}, {"progressive": True}, {"subsampling": 0}, {"quality": 95}]


@pytest.mark.parametrize("options", JPEGS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("missing", [1, 2, 3, 40])
def test_a_jpeg_that_lacks_only_its_last_bytes_is_seen(options: dict[str, bool | int], mode: str, missing: int) -> None:
    whole = encoded("JPEG", drawing(1, (320, 240)).convert(mode), **options)
    with open_picture(whole[:-missing]) as file:
        seen = file.see(0)
        assert file.cut_short
    assert np.array_equal(seen[:200], seen_in(whole)[:200]) or "progressive" in options
    assert np.abs(seen[:200].astype(int) - seen_in(whole)[:200]).mean() < 1


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_that_lacks_half_is_damaged(mode: str) -> None:
    whole = encoded("JPEG", drawing(1, (320, 240)).convert(mode))
    scan = whole.rindex(b"\xff\xda")
    with (
        open_picture(whole[: scan + (len(whole) - scan) // 2]) as file,
        pytest.raises(CutShortError, match="5% of the picture"),
    ):
        file.see(0)


def test_the_small_picture_in_a_jpeg_is_not_taken_for_its_end() -> None:
    exif = Image.Exif()
    exif[0x9286] = encoded("JPEG", drawing(2))
    whole = encoded("JPEG", drawing(1, (320, 240)), exif=exif)
    assert np.array_equal(seen_in(whole[:-2]), seen_in(whole))
