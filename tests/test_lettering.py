"""Where a picture is lettered."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont, ImageOps

from pictures import WORDS, drawing, with_words
from reprise.lettering import any_in_cells, lettering
from reprise.shards import GRID

SIZE = (640, 448)


def lettered(picture: Image.Image, box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Return which share of the cells in a box of the picture are lettered, and which share of all others."""
    found = lettering(np.asarray(picture))
    assert found.shape == (GRID, GRID)
    assert found.dtype == bool
    left, top, right, bottom = box
    inside = np.zeros_like(found)
    scale = GRID / picture.width, GRID / picture.height
    inside[int(top * scale[1]) : round(bottom * scale[1]), int(left * scale[0]) : round(right * scale[0])] = True
    return float(found[inside].mean()), float(found[~inside].mean())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("ink", "ground"), [("black", "ivory"), ("white", "navy"), ("#602020", "#e0b0a0")])
def test_a_caption_is_found_with_its_box_and_nothing_else(seed: int, ink: str, ground: str) -> None:
    picture, box = with_words(drawing(seed, SIZE), ink=ink, ground=ground)
    inside, beside = lettered(picture, box)
    assert inside > 0.9
    assert beside < 0.02


def test_a_balloon_of_two_lines_is_found_whole() -> None:
    picture, (left, top, right, bottom) = with_words(
        drawing(1, SIZE), "Ada had been here\nbefore. Not today.", round_box=True
    )
    across, down = (right - left) / 8, (bottom - top) / 8  # the corners are not the balloon's
    inside, _ = lettered(picture, (left + across, top + down, right - across, bottom - down))
    assert inside > 0.95
    _, beside = lettered(picture, (left - 12, top - 12, right + 12, bottom + 12))
    assert beside == 0


@pytest.mark.parametrize("seed", range(12))
def test_a_drawing_without_words_has_no_lettering(seed: int) -> None:
    assert not lettering(np.asarray(drawing(seed, SIZE))).any()


def test_marks_of_many_shades_are_no_letters() -> None:
    """Books on a shelf stand in a line on flat ground, as letters do; but some are lighter than it, and some darker."""
    picture = Image.new("RGB", SIZE, "#808080")
    pen = ImageDraw.Draw(picture)
    for place in range(60):
        left = 100 + 7 * place
        pen.rectangle((left, 200, left + 4, 216), fill="white" if place % 3 == 0 else "#202020")
    assert not lettering(np.asarray(picture)).any()


def test_a_few_marks_beside_each_other_are_no_line() -> None:
    """As the buttons of a coat."""
    picture = Image.new("RGB", SIZE, "#e0c0a0")
    pen = ImageDraw.Draw(picture)
    for place in range(4):
        pen.rectangle((300 + 18 * place, 200, 305 + 18 * place, 211), fill="#202020")
    assert not lettering(np.asarray(picture)).any()


def test_a_picture_is_lettered_where_its_colours_are_inverted_too() -> None:
    picture, _ = with_words(drawing(2, SIZE))
    found = lettering(np.asarray(picture))
    inverted = lettering(np.asarray(ImageOps.invert(picture)))
    assert (found == inverted).mean() > 0.99


def test_a_caption_is_found_in_a_larger_picture() -> None:
    picture, (left, top, right, bottom) = with_words(drawing(3, SIZE))
    larger = picture.resize((SIZE[0] * 3, SIZE[1] * 3), Image.Resampling.BICUBIC)
    inside, beside = lettered(larger, (left * 3, top * 3, right * 3, bottom * 3))
    assert inside > 0.9
    assert beside < 0.02


def test_words_on_the_ground_of_the_picture_itself_leave_the_rest_of_it() -> None:
    picture = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(picture).text((200, 60), WORDS, fill="black", font=ImageFont.load_default(14))
    inside, beside = lettered(picture, (200, 62, 400, 76))
    assert inside > 0.9
    assert beside < 0.05


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 2**32 - 1), st.integers(0, 8))
def test_a_cell_is_lettered_where_a_pixel_is_even_in_part(width: int, height: int, seed: int, pixels: int) -> None:
    random = np.random.default_rng(seed)
    marked = np.zeros((height, width), dtype=bool)
    marked[random.integers(0, height, pixels), random.integers(0, width, pixels)] = True
    expected = np.zeros((GRID, GRID), dtype=bool)
    for y, x in np.argwhere(marked).tolist():
        for down, across in np.ndindex(GRID, GRID):
            if y * GRID < (down + 1) * height and (y + 1) * GRID > down * height:
                expected[down, across] |= x * GRID < (across + 1) * width and (x + 1) * GRID > across * width
    assert np.array_equal(any_in_cells(marked), expected)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_pictures_of_any_size_can_be_looked_at(width: int, height: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert lettering(pixels).shape == (GRID, GRID)


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000), (3, 4000)])
def test_a_picture_may_be_a_line(size: tuple[int, int]) -> None:
    assert not lettering(np.asarray(Image.new("RGB", size, "teal"))).any()
