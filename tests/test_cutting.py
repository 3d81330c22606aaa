"""Pages are cut into just the panels that they were drawn of, and drawings are not cut."""

from itertools import combinations, pairwise
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reprise.cutting import Box, cut

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
GROUNDS = [WHITE, BLACK, (252, 248, 238), (40, 90, 160), (230, 180, 160)]
PALETTE = [(200, 60, 60), (70, 150, 90), (120, 120, 210), (90, 60, 120), (200, 160, 90)]

Pixels = NDArray[Any]
Sides = tuple[int, int, int, int]


def scene(width: int, height: int, seed: int, ground: tuple[int, int, int] = WHITE) -> Pixels:
    """Draw a small scene: no colour of it is near that of the ground."""
    rng = np.random.default_rng(seed)
    far = [colour for colour in PALETTE if max(abs(a - b) for a, b in zip(colour, ground, strict=True)) > 60]
    pixels = np.full((height, width, 3), far[rng.integers(len(far))], np.uint8)
    for _ in range(6):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        colour = far[rng.integers(len(far))]
        cv2.circle(pixels, (x, y), int(rng.integers(8, 40)), colour, -1)
        cv2.circle(pixels, (x, y), int(rng.integers(8, 40)), (30, 30, 30), 2)
    return pixels


def sheet(boxes: list[Sides], size: tuple[int, int], ground: tuple[int, int, int], framed: bool, seed: int) -> Pixels:
    """Draw a page of a width and height with a scene in each box, framed or not."""
    pixels = np.full((size[1], size[0], 3), ground, np.uint8)
    for number, (left, top, right, bottom) in enumerate(boxes):
        pixels[top:bottom, left:right] = scene(right - left, bottom - top, seed + number, ground)
        if framed:
            ink = (20, 20, 20) if sum(ground) > 150 else (240, 240, 240)
            cv2.rectangle(pixels, (left + 1, top + 1), (right - 2, bottom - 2), ink, 3)
    return pixels


def halved(pixels: Pixels) -> Pixels:
    """Return a picture of half the size."""
    return cv2.resize(pixels, (pixels.shape[1] // 2, pixels.shape[0] // 2), interpolation=cv2.INTER_AREA)


def cut_sides(pixels: Pixels) -> list[Sides]:
    """Cut a picture, and return the boxes in pixels."""
    height, width = pixels.shape[:2]
    found = cut(pixels, halved(pixels))
    return [(round(a * width), round(b * height), round(c * width), round(d * height)) for a, b, c, d in found]


def grid(rows: list[int], gap: int, size: tuple[int, int], margin: int) -> list[Sides]:
    """Return the boxes of a page that has so many panels in each row."""
    width, height = size
    tops = np.linspace(margin, height - margin + gap, len(rows) + 1).round().astype(int).tolist()
    boxes = []
    for columns, (top, below) in zip(rows, pairwise(tops), strict=True):
        lefts = np.linspace(margin, width - margin + gap, columns + 1).round().astype(int).tolist()
        boxes += [(left, top, right - gap, below - gap) for left, right in pairwise(lefts)]
    return boxes


def assert_near(found: list[Sides], drawn: list[Sides], pixels: int = 8) -> None:
    """Assert that boxes are those drawn, in the same order; a frame may be left off."""
    assert len(found) == len(drawn)
    for one, other in zip(found, drawn, strict=True):
        assert np.abs(np.array(one) - other).max() <= pixels, (one, other)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.integers(1, 4), min_size=1, max_size=3).filter(lambda rows: sum(rows) > 1),
    gap=st.integers(6, 24),
    margin=st.sampled_from([0, 12, 30]),
    ground=st.sampled_from(GROUNDS),
    framed=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_a_page_is_cut_into_the_panels_it_was_drawn_of(
    rows: list[int], gap: int, margin: int, ground: tuple[int, int, int], framed: bool, seed: int
) -> None:
    # Without a margin only white and black are told to be gutters, and black no thinner than a line of a drawing.
    if not margin and ground not in (WHITE, BLACK):
        margin = 12
    if not margin and ground == BLACK:
        gap += 8
    boxes = grid(rows, gap, (840, 620), margin)
    assert_near(cut_sides(sheet(boxes, (840, 620), ground, framed, seed)), boxes)


@pytest.mark.parametrize("lean", [-60, -30, 30, 60])
@pytest.mark.parametrize("ground", [WHITE, BLACK])
def test_a_slanted_gutter_is_followed(lean: int, ground: tuple[int, int, int]) -> None:
    pixels = np.full((420, 860, 3), ground, np.uint8)
    pixels[20:400, 20:840] = scene(820, 380, 3, ground)
    gutter = np.array([(430 + lean, 20), (444 + lean, 20), (444 - lean, 400), (430 - lean, 400)])
    cv2.fillPoly(pixels, [gutter], ground)
    assert_near(cut_sides(pixels), [(20, 20, 430, 400), (444, 20, 840, 400)], abs(lean) + 6)


def test_a_balloon_over_a_gutter_hides_no_panel() -> None:
    boxes = grid([2, 2], 14, (800, 600), 14)
    pixels = sheet(boxes, (800, 600), WHITE, True, 5)
    cv2.ellipse(pixels, (400, 150), (70, 24), 0, 0, 360, (250, 240, 200), -1)
    cv2.ellipse(pixels, (400, 150), (70, 24), 0, 0, 360, (20, 20, 20), 2)
    assert_near(cut_sides(pixels), boxes)


def test_single_lines_divide_panels_if_there_are_lines_all_round() -> None:
    boxes = grid([3, 2], 0, (800, 600), 0)
    pixels = sheet(boxes, (800, 600), WHITE, True, 8)
    assert_near(cut_sides(pixels), boxes)
    unframed = pixels.copy()
    unframed[:6], unframed[-6:] = unframed[6], unframed[-7]
    assert cut_sides(unframed) == []


def test_the_name_of_the_comic_and_words_below_are_no_panels() -> None:
    boxes = [(left, top + 70, right, bottom) for left, top, right, bottom in grid([3], 12, (860, 400), 14)]
    pixels = sheet(boxes, (860, 430), WHITE, True, 2)
    pixels[12:52, 14:846] = (200, 150, 60)
    cv2.putText(pixels, "by someone", (700, 420), cv2.FONT_HERSHEY_SIMPLEX, 0.5, BLACK, 1)
    assert_near(cut_sides(pixels), boxes)


def room() -> Pixels:
    """Draw a room with a window in a white frame, a floor and a white door from the floor up."""
    pixels = scene(800, 600, 1)
    pixels[450:] = (150, 110, 70)
    cv2.rectangle(pixels, (300, 100), (560, 330), (30, 30, 30), 4)
    cv2.rectangle(pixels, (304, 104), (556, 326), WHITE, 10)
    cv2.line(pixels, (430, 104), (430, 326), WHITE, 10)
    cv2.rectangle(pixels, (620, 180), (720, 450), WHITE, -1)
    cv2.rectangle(pixels, (620, 180), (720, 450), (30, 30, 30), 3)
    return pixels


def letterbox() -> Pixels:
    """Draw a scene between black bars."""
    pixels = scene(800, 600, 2)
    pixels[:80], pixels[-80:] = BLACK, BLACK
    return pixels


def frame() -> Pixels:
    """Draw a scene in a frame with a margin about it, and a floor from side to side."""
    pixels = np.full((600, 800, 3), WHITE, np.uint8)
    pixels[20:580, 20:780] = scene(760, 560, 3)
    cv2.line(pixels, (20, 420), (780, 420), (20, 20, 20), 3)
    cv2.rectangle(pixels, (20, 20), (779, 579), (20, 20, 20), 4)
    return pixels


def figures() -> Pixels:
    """Draw figures side by side on white, with as much room between them as a gutter may take."""
    pixels = np.full((500, 790, 3), WHITE, np.uint8)
    for x in (110, 300, 490, 680):
        cv2.circle(pixels, (x, 110), 80, (90, 60, 120), -1)
        cv2.fillPoly(pixels, [np.array([(x, 150), (x - 85, 470), (x + 85, 470)])], (70, 150, 90))
    return pixels


def corner() -> Pixels:
    """Draw the corner of a room, with a margin about it and no frame: lines along the floor and up the wall."""
    pixels = np.full((600, 800, 3), WHITE, np.uint8)
    pixels[20:580, 20:780] = scene(760, 560, 6)
    cv2.line(pixels, (20, 420), (780, 420), (20, 20, 20), 3)
    cv2.line(pixels, (400, 20), (400, 420), (20, 20, 20), 3)
    return pixels


def page_on_a_wall() -> Pixels:
    """Draw a room on whose wall a page of four panels hangs."""
    pixels = scene(800, 600, 4)
    pixels[100:400, 250:550] = WHITE
    boxes = grid([2, 2], 10, (300, 300), 10)
    for number, (left, top, right, bottom) in enumerate(boxes):
        pixels[100 + top : 100 + bottom, 250 + left : 250 + right] = scene(right - left, bottom - top, number)
    return pixels


def test_frames_are_left_off_whatever_they_are_about() -> None:
    """All panels of a page have them, so that they would be alike for their frames."""
    boxes = grid([3, 3], 12, (840, 620), 14)
    pixels = sheet(boxes, (840, 620), (255, 255, 255), True, 7)
    left, top, right, bottom = boxes[4]
    pixels[bottom - 60 : bottom - 4, left + 4 : right - 4] = 25  # a dark floor
    for (left, top, right, bottom), drawn in zip(cut_sides(pixels), boxes, strict=True):
        assert np.array([left, top]) == pytest.approx(np.array(drawn[:2]) + 4, abs=1)
        assert right == pytest.approx(drawn[2] - 4, abs=1)
        assert bottom == pytest.approx(drawn[3] - 4 * (drawn != boxes[4]), abs=1)


@pytest.mark.parametrize("draw", [room, letterbox, frame, corner, figures, page_on_a_wall])
def test_a_single_drawing_is_not_cut(draw: Any) -> None:
    assert cut_sides(draw()) == []


@pytest.mark.parametrize("colour", [WHITE, BLACK, (90, 60, 120)])
def test_a_blank_picture_is_not_cut(colour: tuple[int, int, int]) -> None:
    assert cut_sides(np.full((500, 700, 3), colour, np.uint8)) == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_boxes_lie_within_the_picture_and_do_not_overlap(data: st.DataObject) -> None:
    """Whatever bands and scenes there are."""
    width, height = data.draw(st.integers(200, 700)), data.draw(st.integers(200, 700))
    pixels = scene(width, height, data.draw(st.integers(0, 100)))
    for _ in range(data.draw(st.integers(0, 6))):
        first, thick = data.draw(st.integers(0, 700)), data.draw(st.integers(1, 40))
        colour = data.draw(st.sampled_from([WHITE, BLACK]))
        if data.draw(st.booleans()):
            pixels[first : first + thick] = colour
        else:
            pixels[:, first : first + thick] = colour
    found: list[Box] = cut(pixels, halved(pixels))
    assert len(found) != 1
    for left, top, right, bottom in found:
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
    for one, other in combinations(found, 2):
        across, down = (min(one[2 + k], other[2 + k]) - max(one[k], other[k]) for k in (0, 1))
        assert min(across, down) <= 0
