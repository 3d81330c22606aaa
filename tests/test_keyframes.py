"""Scenes: a walking figure is one, and each cut begins another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pictures import drawing, pixels
from reprise.hashes import edge_bitmap
from reprise.keyframes import Scenes, evenly
from sketches import sketch

SIZE = (320, 240)


def figure(picture: Image.Image, across: float, stride: float = 10) -> Image.Image:
    """Draw a figure that walks into a picture."""
    picture = picture.copy()
    pen = ImageDraw.Draw(picture)
    pen.ellipse((across - 14, 90, across + 14, 118), outline="black", width=3)
    pen.line((across, 118, across, 165), fill="black", width=3)
    for leg in (-stride, stride):
        pen.line((across, 165, across + leg, 205), fill="black", width=3)
        pen.line((across, 130, across + leg, 155), fill="black", width=3)
    return picture


def with_mouth(picture: Image.Image, opened: int) -> Image.Image:
    """Draw a face into a picture, its mouth so wide open."""
    picture = picture.copy()
    pen = ImageDraw.Draw(picture)
    pen.ellipse((110, 60, 210, 200), fill="white", outline="black", width=3)
    pen.ellipse((140, 160, 180, 162 + opened), fill="black")
    return picture


def bitmap(picture: Image.Image) -> NDArray[np.bool_]:
    return edge_bitmap(pixels(picture))


def kept(pictures: list[Image.Image], shown: list[float] | None = None) -> list[int]:
    """Return the places of the frames that are kept of an animation."""
    scenes = Scenes[int]()
    for place, picture in enumerate(pictures):
        scenes.add(bitmap(picture), shown[place] if shown else 0.0, lambda place=place: place)  # type: ignore[misc]
    return scenes.frames


PLAIN, DRAWN = Image.new("RGB", SIZE, "white"), drawing(3, SIZE)


@pytest.mark.parametrize("ground", [PLAIN, DRAWN], ids=["plain", "drawn"])
def test_a_figure_that_walks_is_one_scene(ground: Image.Image) -> None:
    assert len(kept([figure(ground, 40 + 6 * step, 4 + 8 * abs(step % 4 - 2)) for step in range(40)])) == 1


@pytest.mark.parametrize("ground", [PLAIN, DRAWN], ids=["plain", "drawn"])
def test_a_mouth_that_moves_is_one_scene(ground: Image.Image) -> None:
    assert len(kept([with_mouth(ground, 4 + 6 * (step % 5)) for step in range(20)])) == 1


def test_each_cut_begins_a_scene() -> None:
    assert kept([sketch(seed, size=SIZE) for seed in range(30)]) == list(range(30))


def test_each_cut_begins_a_scene_within_one_border() -> None:
    pictures = []
    for seed in range(12):
        picture = sketch(seed, size=SIZE)
        ImageDraw.Draw(picture).rectangle((2, 2, SIZE[0] - 3, SIZE[1] - 3), outline="black", width=4)
        pictures.append(picture)
    assert kept(pictures) == list(range(12))


def test_scenes_that_come_back_are_kept_once() -> None:
    assert len(kept([sketch(seed, size=SIZE) for seed in (1, 2, 1, 3, 2, 1)])) == 3


def test_the_drawing_is_kept_and_not_what_dissolves_into_it() -> None:
    a, b = sketch(1, size=SIZE), sketch(2, size=SIZE)
    mixed = [Image.blend(a, b, share / 10) for share in range(1, 10)]
    assert {0, 10} <= set(kept([a, *mixed, b], [0.8, *[0.04] * 9, 0.8]))
    still = kept([a, a, *mixed, b, b])
    assert 1 in still
    assert {11, 12} & set(still)
    assert len(still) <= 5


def test_no_more_than_asked_for_are_kept_of_each_part() -> None:
    scenes = Scenes[int]()
    for seed in range(20):
        scenes.add(bitmap(sketch(seed, size=SIZE)), 0.0, lambda seed=seed: seed)  # type: ignore[misc]
        if seed % 10 == 9:
            scenes.settle(3)
    assert scenes.frames == [0, 4, 9, 10, 14, 19]


def test_blank_frames_are_one_scene_of_their_own() -> None:
    assert kept([PLAIN, sketch(1, size=SIZE), PLAIN, PLAIN]) == [3, 1]


@given(st.integers(0, 40), st.integers(1, 20))
def test_what_is_taken_evenly_has_the_first_and_the_last(count: int, most: int) -> None:
    taken = evenly(range(count), most)
    assert len(taken) == min(count, most)
    assert taken == sorted(set(taken))
    if count and most > 1:
        assert (taken[0], taken[-1]) == (0, count - 1)
        steps = np.diff(taken)
        assert len(steps) == 0 or steps.max() - steps.min() <= 1
