"""Edges of frames as points on a canvas."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pictures import edges_at, frame, write_shards
from reprise.matching import canvas
from reprise.matching.canvas import (
    AREA,
    CANVAS,
    MOST_POINTS,
    ORIENTATIONS,
    WIDEST,
    edge_points,
    frame_size,
    percentile,
    read_points,
    steepest,
)
from reprise.shards import Panel
from sketches import panel, sketch


def pixels_of(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture)


@given(st.integers(1, 20_000), st.integers(1, 20_000))
@example(1, 1)
@example(1, 5000)
@example(20_000, 1)
def test_all_frames_cover_the_same_area_in_their_proportions(width: int, height: int) -> None:
    across, down = frame_size(width, height)
    assert 0 < across <= CANVAS
    assert 0 < down <= CANVAS
    assert across * down == pytest.approx(AREA, rel=0.01)
    assert across / down == pytest.approx(np.clip(width / height, 1 / WIDEST, WIDEST), rel=0.015)


@pytest.mark.parametrize("colours", [("black", "white"), ("#d0d0d0", "#e8e8e8"), ("#c02020", "#208020")])
def test_points_are_the_edges_that_canny_finds(colours: tuple[str, str]) -> None:
    """Against OpenCV's own way from picture to edges, away from the sides, where it sees other gradients."""
    pixels = pixels_of(sketch(3, ink=colours[0], ground=colours[1]))
    points, size = edge_points(pixels)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    across, down = (np.abs(cv2.Sobel(small, cv2.CV_64F, *order)) for order in ((1, 0), (0, 1)))
    strength = (across + down).max(axis=2)
    high = min(max(0.5 * np.percentile(strength[strength > 30], 90), 60), 200)
    edges = cv2.Canny(small, high / 2, high) > 0
    found = np.zeros_like(edges)
    found[points[:, 1], points[:, 0]] = True
    inner = np.s_[3:-3, 3:-3]
    assert found.sum() == len(points) > 100
    assert (found != edges)[inner].sum() <= 0.01 * edges.sum()


@given(st.integers(0, 2**32 - 1), st.integers(2, 256), st.integers(3, CANVAS), st.integers(3, CANVAS))
def test_the_channel_that_changes_most_is_that_of_which_canny_makes_its_edges(
    seed: int, levels: int, height: int, width: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, levels, (height, width, 3), dtype=np.uint8)
    across, down = (cv2.Sobel(pixels, cv2.CV_16S, *order) for order in ((1, 0), (0, 1)))
    most = steepest(pixels)
    assert np.array_equal(most[2], (np.abs(across) + np.abs(down)).max(axis=2))
    assert np.array_equal(np.abs(most[:2]).sum(axis=0), most[2])
    assert np.array_equal(cv2.Canny(most[0], most[1], 60, 120), cv2.Canny(across, down, 60, 120))


@given(st.lists(st.integers(0, 2040), min_size=1, max_size=60), st.integers(0, 100))
def test_a_percentile_is_numpy_s(values: list[int], percent: int) -> None:
    levels = np.array(values, np.int16)
    assert percentile(np.bincount(levels), percent) == pytest.approx(np.percentile(levels, percent), abs=1e-9)


@pytest.mark.parametrize(("degrees", "orientation"), [(0, 0), (30, 1), (60, 2), (90, 3), (120, 4), (150, 5)])
def test_orientation_counts_in_sixths_of_half_a_turn_from_the_vertical(degrees: int, orientation: int) -> None:
    """Across from black to white, clockwise as y counts down."""
    picture = Image.new("RGB", (100, 100), "black")
    across, down = 200 * math.cos(math.radians(degrees)), 200 * math.sin(math.radians(degrees))
    corners = [(-down, across), (down, -across), (down + across, -across + down), (-down + across, across + down)]
    ImageDraw.Draw(picture).polygon([(50 + x, 50 + y) for x, y in corners], fill="white")
    smooth = cv2.GaussianBlur(pixels_of(picture), (0, 0), 1)
    points, _ = edge_points(smooth)
    assert len(points) >= 80
    assert np.mean(points[:, 2] == orientation) >= 0.9


@pytest.mark.parametrize("channel", range(3))
def test_what_is_faint_beside_strong_edges_is_none_in_any_colour(channel: int) -> None:
    pixels = np.full((100, 100, 3), 40, np.uint8)
    pixels[50:, :, channel] += 20
    assert (edge_points(pixels)[0][:, 1] == 49).any()
    pixels[:40, 10:90:20, channel] = 200
    y = edge_points(pixels)[0][:, 1]
    assert len(y) > 100
    assert y.max() <= 40


def test_orientation_is_that_of_the_colour_that_changes_most() -> None:
    pixels = np.full((100, 100, 3), 40, np.uint8)
    pixels[:, 30:, 0] = 200  # red has an upright edge, blue a level one, and green, less than both, another of either
    pixels[60:, 50:, 2] = 200
    pixels[60:, :, 1] += 20
    pixels[:, 30:, 1] += 20
    points, size = edge_points(pixels)
    assert size == (100, 100)
    x, y, orientation = points.T
    assert set(orientation[(np.abs(x.astype(int) - 30) <= 1) & (y < 55)].tolist()) == {0}
    assert set(orientation[(np.abs(y.astype(int) - 60) <= 1) & (x > 55)].tolist()) == {3}


def test_a_mirrored_picture_has_mirrored_edges() -> None:
    # The size of its canvas, so that nothing is resized, and no two pixels of a line as strong.
    pixels = cv2.GaussianBlur(pixels_of(sketch(5, size=(100, 100))), (0, 0), 0.8)
    (points, size), (mirrored, same_size) = edge_points(pixels), edge_points(np.ascontiguousarray(pixels[:, ::-1]))
    assert size == same_size == (100, 100)
    one = {(int(x), int(y)): int(o) for x, y, o in points}
    other = {(99 - int(x), int(y)): int(o) for x, y, o in mirrored}
    common = one.keys() & other.keys()
    assert len(common) >= 0.9 * max(len(one), len(other)) >= 100
    turned = [-one[place] % ORIENTATIONS for place in common]
    assert turned == [other[place] for place in common]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 3), (127, 128), (900, 700)])
@pytest.mark.parametrize("kind", ["noise", "flat"])
def test_pictures_of_any_shape_keep_within_bounds(shape: tuple[int, int], kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    points, (width, height) = edge_points(noise if kind == "noise" else np.full_like(noise, 77))
    assert points.dtype == np.uint8
    assert points.shape[1:] == (3,)
    assert (points < [width, height, ORIENTATIONS]).all()
    assert len(points) <= (MOST_POINTS if kind == "noise" else 0)


def test_of_too_many_edges_the_strongest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (100, 100, 3), dtype=np.uint8)
    noise[:, 50:] = noise[:, 50:] // 3 * 2
    monkeypatch.setattr(canvas, "MOST_POINTS", 10_000)
    every, _ = edge_points(noise)
    monkeypatch.setattr(canvas, "MOST_POINTS", 500)
    strongest, _ = edge_points(noise)
    assert len(every) > 1000
    assert len(strongest) == 500
    in_order = [row for row in every.tolist() if row in strongest.tolist()]
    assert in_order == strongest.tolist()
    assert np.mean(strongest[:, 0] < 50) > np.mean(every[:, 0] < 50) + 0.2


def test_the_points_of_shards_follow_each_other(tmp_path: Path) -> None:
    panels = [panel(sketch(1)), panel(), panel(sketch(2, size=(100, 160))), Panel(frames=[frame(edges_at())])]
    panels += [panel(sketch(3), sketch(4))]
    whole, parts = (read_points(write_shards(tmp_path, panels, size)) for size in (5, 1))
    shown = [frame for each in panels for frame in each.frames]
    assert len(whole) == len(shown) == 5
    for number, one in enumerate(shown):
        own = slice(whole.start[number], whole.start[number + 1])
        middle = (np.array(one.canvas_size) - 1) / 2
        assert (whole.points[own] / 2).tolist() == (one.edge_points[:, :2] - middle).tolist()
        assert whole.orientation[own].tolist() == one.edge_points[:, 2].tolist()
        assert whole.size[number].tolist() == list(one.canvas_size)
    for name in ("start", "points", "orientation", "size"):
        assert getattr(whole, name).dtype == getattr(parts, name).dtype
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


def test_some_frames_have_the_points_they_have_among_all(tmp_path: Path) -> None:
    panels = [panel(sketch(1)), panel(sketch(2), sketch(3)), Panel(frames=[frame(edges_at())]), panel(sketch(4))]
    frames = read_points(write_shards(tmp_path, panels, 4))
    some = frames.take(np.array([1, 3, 4]))
    assert len(some) == 3
    for place, row in enumerate((1, 3, 4)):
        own, among_all = (slice(*one.start[at : at + 2]) for one, at in ((some, place), (frames, row)))
        assert np.array_equal(some.points[own], frames.points[among_all])
        assert np.array_equal(some.orientation[own], frames.orientation[among_all])
        assert np.array_equal(some.size[place], frames.size[row])
    assert len(frames.take(np.zeros(0, np.int64))) == 0
