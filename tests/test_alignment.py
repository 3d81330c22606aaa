"""Edges of frames as points, the vectors they are found by, and how one frame is laid upon another."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain, product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pictures import edges_at, frame, write_shards
from reprise.alignment import canvas, check, search
from reprise.alignment.canvas import (
    AREA,
    CANVAS,
    MOST_POINTS,
    ORIENTATIONS,
    WIDEST,
    Frames,
    edge_points,
    frame_size,
    percentile,
    read_points,
    steepest,
)
from reprise.alignment.check import (
    Frame,
    Measure,
    Place,
    View,
    align,
    align_all,
    climb,
    count_half,
    count_met,
    cover,
    draw_half,
    edges_of,
    inverse,
    is_hopeless,
    measure,
    no_sketches,
    one_in,
    rough_place,
    view_of,
)
from reprise.alignment.search import (
    ALL,
    GLANCE,
    GLANCING,
    LARGEST,
    LENGTH,
    TELLING,
    TRANSFORMS,
    UNMOVED,
    WAYS,
    moved_vectors,
    similarities,
    still_vectors,
    vectors,
    ways,
)
from reprise.evidence import FEWEST
from reprise.shards import Panel
from sketches import panel, points_of, sketch

IN_PLACE = Place(False, 1.0, 0.0, 0.0)
EVERY = np.arange(len(TRANSFORMS))


def pixels_of(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture)


def frames_of(*drawn: Sequence[tuple[float, float, int]], size: tuple[int, int] = (100, 100)) -> Frames:
    """Return frames that have these points: x and y from the middle, and orientation."""
    rows = np.array([row for points in drawn for row in points], np.float64).reshape(-1, 3)
    start = np.cumsum([0] + [len(points) for points in drawn])
    sizes = np.tile(np.array(size, np.float32), (len(drawn), 1))
    # In float32, so that tests may put points anywhere.
    return Frames(start, (2 * rows[:, :2]).astype(np.float32), rows[:, 2].astype(np.uint8), sizes)


def one_of(frames: Frames, number: int = 0) -> Frame:
    own = slice(frames.start[number], frames.start[number + 1])
    return Frame(frames.points[own], frames.orientation[own], frames.size[number])


def aligned(a: Frame, b: Frame, *hypotheses: Place, searched: bool = True) -> tuple[Place, Measure]:
    return align(edges_of(a), b, np.array(hypotheses, np.float64), searched, no_sketches(a))


# Points as fingerprints have them: halves or whole numbers from the middle of a frame of any size there is.
sizes = st.builds(frame_size, st.integers(1, 300), st.integers(1, 300))


@st.composite
def drawn_frames(draw: st.DrawFn, most: int = 60) -> Frames:
    width, height = draw(sizes)
    x, y, o = st.integers(0, width - 1), st.integers(0, height - 1), st.integers(0, ORIENTATIONS - 1)
    points = draw(st.lists(st.tuples(x, y, o), max_size=most))
    middled = [(x - (width - 1) / 2, y - (height - 1) / 2, o) for x, y, o in points]
    return frames_of(middled, size=(width, height))


places = st.builds(
    Place, st.booleans(), st.floats(check.LEAST_ZOOM, check.MOST_ZOOM), st.floats(-40, 40), st.floats(-40, 40)
)


class Checked(np.ndarray):
    """An array that, as compiled code would not, minds an index below 0."""

    def __getitem__(self, key: Any) -> Any:
        for index, size in zip(key if isinstance(key, tuple) else (key,), self.shape, strict=False):
            assert isinstance(index, slice) or 0 <= index < size
        return super().__getitem__(key)


# A frame that fills the canvas, with points in its corners.
CORNERS = frames_of([(x, y, o) for x, y in product((-63.5, 63.5), repeat=2) for o in range(6)], size=(128, 128))

# Of one frequency and one orientation, so that some entries of its vector are too large for a byte.
STRIPES = frames_of([(x, y, 0) for x in (-40, -24, 24, 40) for y in range(-60, 60)], size=(128, 128))


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


def test_frames_without_points_make_no_points(tmp_path: Path) -> None:
    for panels in ([panel()], [Panel(frames=[frame(edges_at())])]):
        frames = read_points(write_shards(tmp_path, panels, 1))
        assert frames.start.tolist() == [0] * (len(frames) + 1)
        found = vectors(frames, 0, len(frames), EVERY)
        assert found.shape[:2] == (len(frames), len(TRANSFORMS))
        assert not found.any()


@pytest.mark.slow
@settings(max_examples=30)
@given(drawn_frames())
def test_a_vector_is_whole_numbers_and_turns_its_odd_half_in_a_mirror(frames: Frames) -> None:
    there = np.multiply(frames.points, [-1, 1], dtype=np.float32)
    turned = ((ORIENTATIONS - frames.orientation) % ORIENTATIONS).astype(np.uint8)
    mirrored = Frames(frames.start, there, turned, frames.size)
    one, other = (vectors(each, 0, 1, np.array([UNMOVED]))[0, 0].astype(np.float64) for each in (frames, mirrored))
    # The outermost cells of the canvas reach beyond what the waves show: a drawing may not lie there alone.
    if (np.abs(frames.points) < CANVAS - 4).all(axis=1).any():
        uncut = np.abs(one).max() < LARGEST
        assert (LENGTH - 10 if uncut else 0) < np.linalg.norm(one) < LENGTH + 10
    assert np.abs(one[: ALL.even] - other[: ALL.even]).max() <= 1
    assert np.abs(one[ALL.even :] + other[ALL.even :]).max() <= 1


def test_a_moved_vector_is_that_of_the_moved_frame() -> None:
    """As long as none of it leaves the canvas."""
    random = np.random.default_rng(4)
    points = [(x, y, o) for (x, y), o in zip(random.uniform(-18, 18, (50, 2)), random.integers(0, 6, 50), strict=True)]
    moved = vectors(frames_of(points, size=(128, 128)), 0, 1, EVERY)[0]
    assert len(moved) == len(TRANSFORMS) == 125
    for number, (zoom, across, down) in enumerate(TRANSFORMS):
        there = frames_of([(x * zoom + across, y * zoom + down, o) for x, y, o in points], size=(128, 128))
        assert moved[number] == pytest.approx(vectors(there, 0, 1, np.array([UNMOVED]))[0, 0], abs=1)


def vector_slowly(frames: Frames, number: int, transform: int, above: float, highest: float) -> NDArray[np.float64]:
    """Return the vector of a frame, moved, of some frequencies, in float64, its entries in any order."""
    zoom, across, down = TRANSFORMS[transform]
    grid, fine = search.GRID, search.FINE
    counts = np.zeros((ORIENTATIONS, fine, fine))
    own = slice(frames.start[number], frames.start[number + 1])
    for (x, y), o in zip((frames.points[own] / 2).tolist(), frames.orientation[own].tolist(), strict=True):
        # Each point is shared out to four cells: the nearer, the more of it.
        shares = [np.maximum(0, 1 - np.abs((z * zoom + CANVAS / 2) / 4 - 0.5 - np.arange(fine))) for z in (y, x)]
        if all(share.sum() > 1 - 1e-9 for share in shares):
            counts[o] += np.outer(*shares)
    width, height = frames.size[number].tolist()
    cells = np.zeros((ORIENTATIONS, grid, grid))
    for y, x in product(range(grid), repeat=2):
        # As far as the frame reaches into a cell where it is not moved, and as far as what is shifted has been counted.
        u, v = 2 * x - int(across) // 4, 2 * y - int(down) // 4
        covered = abs(8 * x + 4 - 64) < width / 2 + 4 and abs(8 * y + 4 - 64) < height / 2 + 4
        if covered and 0 <= u < fine - 1 and 0 <= v < fine - 1:
            cells[:, y, x] = np.sqrt(counts[:, v : v + 2, u : u + 2].sum(axis=(1, 2)))
    waves = np.cos(np.pi * np.outer(np.arange(grid) + 0.5, np.arange(grid)) / grid)
    waves /= np.linalg.norm(waves, axis=0)
    turn = 2 * np.pi * np.arange(ORIENTATIONS) / ORIENTATIONS
    turns = [[0.5**0.5] * ORIENTATIONS, np.cos(turn), np.sin(turn), 0.7 * np.cos(2 * turn), 0.7 * np.sin(2 * turn)]
    frequency = np.hypot(*np.mgrid[:grid, :grid])
    found = np.einsum("oyx,yk,xl,to->klt", cells, waves, waves, np.array(turns)) * frequency[..., np.newaxis]
    vector = found[(frequency > above) & (frequency <= highest)].ravel()
    return np.clip(vector * LENGTH / max(np.linalg.norm(vector), 1e-6), -LARGEST, LARGEST)


@settings(max_examples=20)
@given(drawn_frames(), st.lists(st.integers(0, len(TRANSFORMS) - 1), min_size=1, max_size=4))
@example(CORNERS, [0, 124, 3, 3, 62])
@example(STRIPES, [62])
def test_vectors_are_those_defined(frames: Frames, transforms: list[int]) -> None:
    both = Frames(np.array([0, *frames.start]), frames.points, frames.orientation, frames.size[[0, 0]])
    for of, above, highest in ((ALL, 0, 8), (GLANCE, 3, 6)):
        found = vectors(both, 1, 2, np.array(transforms), of)[0]
        assert found.dtype == np.int8
        made = np.flatnonzero(of.counts)
        order = made[np.argsort(of.places[made])]
        assert not np.delete(found, made, axis=1).any()
        assert of.even % 32 == len(of.counts) % 32 == 0
        for one, transform in zip(found, transforms, strict=True):
            assert one[order] == pytest.approx(vector_slowly(both, 1, transform, above, highest), abs=0.52)


@pytest.mark.parametrize("frames", [CORNERS, frames_of([(0.5, -62, 1), (62, 62, 2), (62.5, 0, 3), (0, 62.5, 3)])])
def test_points_are_counted_within_bounds(frames: Frames) -> None:
    """As Python runs it, which minds every index."""
    for zoom in (0.75, 1.0, 1.32):
        counts = np.zeros((ORIENTATIONS, search.FINE, search.FINE + 1), np.float32)
        search.count_finely.py_func(frames.points, frames.orientation, zoom, counts.view(Checked))
        there = frames.points / 2 * zoom
        last = (CANVAS - search.FINE_CELL) / 2  # the middle of the outermost cells
        inside = ((there >= -last) & (there < last)).all(axis=1)
        assert counts.sum() == pytest.approx(inside.sum(), abs=1e-4)


def test_what_is_shifted_is_summed_within_bounds() -> None:
    """As Python runs it, which minds every index."""
    counts = np.ones((ORIENTATIONS, search.FINE, search.FINE + 1)).view(Checked)
    turned = np.ones((search.FINE, search.GRID * search.TURNS)).view(Checked)
    search.sum_turns.py_func(counts, np.empty((ORIENTATIONS + 1, search.FINE)), turned)
    waves = np.empty(search.GRID * search.TURNS)
    across = np.zeros((search.GRID, search.ROW)).view(Checked)
    sums = np.empty(search.WAVES * search.ROW)
    for shift in search.SHIFTS_ACROSS:
        search.sum_across.py_func(turned, shift, 0, search.GRID, waves, across)
        for down in search.SHIFTS_DOWN:
            search.sum_down.py_func(across, down, 0, search.GRID, sums)


@pytest.mark.parametrize("mirrored", [False, True])
def test_similarities_and_ways_are_those_of_whole_numbers(mirrored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    drawings = [
        [(x, y, o) for (x, y), o in zip(random.uniform(-50, 50, (n, 2)), random.integers(0, 6, n), strict=True)]
        for n in (300, 0, 40, 1, 90, 300, 70)
    ]
    a, b = frames_of(*drawings), frames_of(*drawings[::-1][:5], size=(79, 126))
    still = still_vectors(b)
    every = moved_vectors(a, 0, len(a))
    alike = similarities(moved_vectors(a, 1, len(a)), still, mirrored)
    assert alike.shape == (6, 5)
    rows, columns = (pairs.ravel() for pairs in np.indices((len(a), len(b))))
    shuffled = random.permutation(len(rows))
    found = np.empty((len(rows), WAYS), np.int16)
    found[shuffled] = ways(every, rows[shuffled], still, columns[shuffled], mirrored)
    moved, glances = vectors(a, 0, len(a), EVERY), vectors(a, 0, len(a), GLANCING, GLANCE)
    glanced = 0
    for i, j, told in zip(rows, columns, found.tolist(), strict=True):
        in_all_ways = products_slowly(moved[i], still.all[j], ALL.even)
        order = sorted((-value, number) for number, value in enumerate(in_all_ways) if mirrored or number % 2 == 0)
        assert told == [number if value < 0 else -1 for value, number in order[:WAYS]]
        if i > 0:
            glance = products_slowly(glances[i], still.glance[j], GLANCE.even)[:: 1 if mirrored else 2]
            seen = max(glance) >= 0.5 * LENGTH**2
            glanced += seen
            telling = max(0, *[-value for value, number in order if number // 2 in TELLING])
            assert alike[i - 1, j] == (telling if seen else 0)
    assert 0 < glanced < alike.size
    monkeypatch.setattr(search, "FRAMES_AT_ONCE", 1)
    monkeypatch.setattr(search, "OTHERS_AT_ONCE", 3)
    assert similarities(moved_vectors(a, 1, len(a)), still, mirrored).tobytes() == alike.tobytes()


def products_slowly(moved: NDArray[Any], still: NDArray[Any], even: int) -> list[int]:
    """Return the products of vectors, (T, D), with another, (D,): of each as it is, and then mirrored."""
    signs = np.where(np.arange(len(still)) < even, 1, -1)
    return [
        int(sign @ (one * still.astype(np.int64))) for one in moved.astype(np.int64) for sign in (np.abs(signs), signs)
    ]


def laid(points: NDArray[Any], place: Place) -> NDArray[np.float64]:
    """Return where points, (n, 2), lie upon the other frame."""
    return points * [-1 if place.mirrored else 1, 1] * place.zoom + [place.across, place.down]


@given(drawn_frames(), places)
def test_what_is_laid_upon_another_comes_back_by_the_inverse(frames: Frames, place: Place) -> None:
    points = frames.points / 2
    assert laid(laid(points, place), inverse(place)) == pytest.approx(points, abs=1e-4)
    assert inverse(inverse(place)) == pytest.approx(place, abs=1e-9)


def near_slowly(frames: Frames) -> dict[tuple[int, int], set[int]]:
    """Return which orientations are near in each pixel of the canvas where any is."""
    near: dict[tuple[int, int], set[int]] = {}
    for (x, y), o in zip((frames.points / 2).tolist(), frames.orientation.tolist(), strict=True):
        for u, v, turn in product((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)):
            pixel = math.floor(x + CANVAS / 2) + u, math.floor(y + CANVAS / 2) + v
            near.setdefault(pixel, set()).add((o + turn) % ORIENTATIONS)
    return {(u, v): turns for (u, v), turns in near.items() if 0 <= u < CANVAS and 0 <= v < CANVAS}


def count_slowly(
    frames: Frames, other: Frames, place: Place, every: int
) -> tuple[int, int, dict[tuple[int, int], int]]:
    """Count the points that land on the other frame, those of them that meet an edge, and these by their cells."""
    near = near_slowly(other)
    inside, met = 0, 0
    cells: dict[tuple[int, int], int] = {}
    width, height = other.size[0].tolist()
    there = laid(frames.points / 2, place).tolist()
    for (u, v), o in list(zip(there, frames.orientation.tolist(), strict=True))[::every]:
        turned = -o % ORIENTATIONS if place.mirrored else o
        if abs(u) < width / 2 and abs(v) < height / 2:
            inside += 1
            pixel = math.floor(u + CANVAS / 2), math.floor(v + CANVAS / 2)
            if turned in near.get(pixel, ()):
                met += 1
                cell = pixel[0] // check.CELL, pixel[1] // check.CELL
                cells[cell] = cells.get(cell, 0) + 1
    return inside, met, cells


@pytest.mark.slow
@settings(max_examples=60)
@given(drawn_frames(), drawn_frames(), places, st.sampled_from([1, 3]))
@example(CORNERS, CORNERS, IN_PLACE, 1)
@example(CORNERS, CORNERS, Place(True, 1.0, 0.4999, -0.4999), 1)
@example(CORNERS, CORNERS, Place(False, 1.0, -0.4999999, 0.4999999), 1)
@example(frames_of([]), frames_of([]), IN_PLACE, 1)
@example(*[frames_of([(1 + k, 2, k) for k in range(check.MET_IN_CELL)])] * 2, IN_PLACE, 1)
def test_edges_that_meet_are_counted_as_defined(frames: Frames, other: Frames, place: Place, every: int) -> None:
    a, b = edges_of(one_of(frames)), edges_of(one_of(other))
    near = near_slowly(other)
    bits = np.pad(b.near, (0, 2)).reshape(-1, check.ROW)[:CANVAS, :CANVAS]
    assert {(u, v): {o for o in range(8) if bits[v, u] >> o & 1} for v, u in np.argwhere(bits).tolist()} == near
    assert b.near[check.OUT_OF_VIEW] == 0
    inside, met, cells = count_slowly(frames, other, place, every)
    assert count_met(one_in(a, every), b, place) == (inside, met)
    minded = b._replace(size=b.size.astype(np.float64), near=b.near.view(Checked))
    assert count_met.py_func(one_in(a, every), minded, place) == (inside, met)
    _, _, cells = count_slowly(frames, other, place, 1)
    area = min(float(np.prod(b.size)), float(np.prod(a.size)) * place.zoom**2)
    covered = min(1, sum(count >= check.MET_IN_CELL for count in cells.values()) * check.CELL**2 / area)
    assert cover(a, b, place) == pytest.approx(covered)
    assert cover.py_func(a, minded, place) == pytest.approx(covered)
    found = measure(a, b, place, check.RING)
    assert all(0 <= share <= 1 for share in found)


def drawn_half(frame: Frame, mirrored: bool, zoom: float) -> NDArray[np.uint64]:
    rows = np.empty((check.HALF, ORIENTATIONS), np.uint64)
    draw_half(frame, mirrored, zoom, rows)
    return rows


def shown_in(rows: NDArray[np.uint64]) -> set[tuple[int, int, int]]:
    return {(u, v, o) for v, o in np.ndindex(rows.shape) for u in range(check.HALF) if int(rows[v, o]) >> u & 1}


@pytest.mark.parametrize("zoom", [0.75, 1.0, 1.4])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_frame_is_drawn_within_bounds(zoom: float, mirrored: bool) -> None:
    """As Python runs it, which minds every index."""
    rows = np.empty((check.HALF, ORIENTATIONS), np.uint64)
    draw_half.py_func(one_of(CORNERS), mirrored, zoom, rows.view(Checked))
    assert rows.tolist() == drawn_half(one_of(CORNERS), mirrored, zoom).tolist()
    there = laid(CORNERS.points / 2, Place(mirrored, zoom, 0.0, 0.0)) + CANVAS / 2
    turned = [-o % ORIENTATIONS if mirrored else o for o in CORNERS.orientation.tolist()]
    pixels = {(int(x // 2), int(y // 2), o) for (x, y), o in zip(there.tolist(), turned, strict=True)}
    assert shown_in(rows) == {pixel for pixel in pixels if 0 <= pixel[0] < check.HALF and 0 <= pixel[1] < check.HALF}


half_pixels = st.sets(
    st.tuples(st.integers(0, check.HALF - 1), st.integers(0, check.HALF - 1), st.integers(0, ORIENTATIONS - 1)),
    max_size=40,
)


def bits_of(pixels: set[tuple[int, int, int]]) -> NDArray[np.uint64]:
    rows = np.zeros((check.HALF, ORIENTATIONS), np.uint64)
    for x, y, o in pixels:
        rows[y, o] |= np.uint64(1 << x)
    return rows


shifts = st.integers(-70, 70)


@given(half_pixels, half_pixels, st.tuples(*[st.integers(0, check.HALF - 1)] * 2), shifts, shifts)
@example({(60, 60, 1), (3, 4, 2)}, {(63, 63, 1), (5, 3, 2)}, (0, 63), 3, 3)
@example({(3, 4, 2)}, {(5, 3, 2)}, (10, 20), 2, 40)
def test_bits_that_meet_are_counted_as_defined(
    pixels: set[tuple[int, int, int]],
    others: set[tuple[int, int, int]],
    window: tuple[int, int],
    across: int,
    down: int,
) -> None:
    first, last = sorted(window)
    rows, wide = bits_of(pixels), np.empty((check.HALF, ORIENTATIONS), np.uint64)
    check.widen(bits_of(others), wide)
    columns = np.uint64(sum(1 << x for x in range(first, last + 1)))
    across = max(-63, min(across, 63))  # further than a word is wide nothing is asked for
    there = {(x + across, y + down, o) for x, y, o in pixels}
    seen = {(x, y, o) for x, y, o in there if first <= x <= last and first <= y < last}
    near = {(x + u, y + v, o) for x, y, o in others for u, v in product((-1, 0, 1), repeat=2)}
    view = View(wide.reshape(-1), columns, first, last, np.zeros(ORIENTATIONS))
    assert count_half(rows.reshape(-1), view, across, down) == (len(seen), len(seen & near))


def test_a_sketch_is_made_once_and_is_the_right_one() -> None:
    frame = one_of(CORNERS)
    sketches = no_sketches(frame)
    asked = [(mirrored, 0.7 + number / 40) for number in range(check.SKETCHES) for mirrored in (False, True)]
    for number, (mirrored, zoom) in enumerate([*asked, *asked[-3:], asked[0]]):
        found = check.sketch(sketches, mirrored, zoom)
        drawn = drawn_half(frame, mirrored, zoom)
        assert sketches.rows[found].tolist() == drawn.tolist()
        assert sketches.counts[found].tolist() == np.bitwise_count(drawn).sum(axis=0).tolist()
        assert number >= len(asked) or found == number % check.SKETCHES
        assert check.sketch(sketches, mirrored, zoom) == found


@pytest.mark.parametrize("frames", [CORNERS, frames_of([]), frames_of([(0, 0, 0)], size=(79, 126))])
def test_frames_of_any_size_have_a_rough_place(frames: Frames) -> None:
    frame = one_of(frames)
    for place in (IN_PLACE, Place(True, 1.3, 24.0, -16.0), Place(False, 0.75, -24.0, 16.0)):
        found, beyond = rough_place(no_sketches(frame), view_of(frame), np.array([place, IN_PLACE], np.float64))
        assert np.isfinite(beyond)
        assert abs(found.across) <= 24 + 2 * check.WINDOW + 1
        assert abs(found.down) <= 16 + 2 * check.WINDOW + 1


def beyond_slowly(one: Frame, other: Frame, place: Place) -> float:
    """Return by how much more edges meet than by chance, as `look_around` does."""
    columns, rows = (
        range(max(0, int((CANVAS - side) / 4)), min(check.HALF, int((CANVAS + side) / 4) + 1)) for side in other.size
    )

    def seen(pixels: set[tuple[int, int, int]], across: int, down: int) -> set[tuple[int, int, int]]:
        moved = {(x + across, y + down, o) for x, y, o in pixels}
        return {(x, y, o) for x, y, o in moved if x in columns and y in rows}

    own, others = shown_in(drawn_half(one, place.mirrored, place.zoom)), shown_in(drawn_half(other, False, 1.0))
    near = set().union(*(seen(others, *beside) for beside in product((-1, 0, 1), repeat=2)))
    there = seen(own, round(place.across) // 2, round(place.down) // 2)
    filled = Counter(o for *_, o in near)
    by_chance = np.mean([filled[o] for *_, o in own]) / (len(columns) * len(rows))
    return float((len(there & near) - by_chance * len(there)) / math.sqrt(len(own) + 1))


def around(place: Place) -> list[Place]:
    """Return the places that are looked at around a hypothesis, on the half canvas."""
    steps = range(-check.WINDOW, check.WINDOW + 1, check.STRIDE)
    middle = round(place.across / 2), round(place.down / 2)
    return [place._replace(across=2 * (middle[0] + x), down=2 * (middle[1] + y)) for y, x in product(steps, repeat=2)]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_rough_place_is_the_best_around_the_best_hypothesis_zoomed_or_not(mirrored: bool, tmp_path: Path) -> None:
    frames = points_of(tmp_path, sketch(11), sketch(11, 1.06, 0.1, 0.05, mirrored))
    one, other = one_of(frames, 0), one_of(frames, 1)
    places = [Place(not mirrored, 1.0, 12.0, 8.0), Place(mirrored, 1.0, 9.0, 8.0), Place(mirrored, 1.15, 0.0, 0.0)]
    found, beyond = rough_place(no_sketches(one), view_of(other), np.array(places, np.float64))
    best = max(places, key=lambda place: max(beyond_slowly(one, other, near) for near in around(place)))
    zoomed = [best._replace(zoom=best.zoom * zoom) for zoom in (1.0, *check.ZOOMS)]
    assert best == places[1]
    assert found == max(chain(*map(around, zoomed)), key=lambda place: beyond_slowly(one, other, place))
    assert found.zoom == check.ZOOMS[1]
    assert beyond == pytest.approx(beyond_slowly(one, other, found))


def test_what_is_hopeless_is_not_zoomed(tmp_path: Path) -> None:
    frames = points_of(tmp_path, sketch(13), sketch(14), sketch(13, 1.06))
    places = np.array([IN_PLACE, Place(True, 1.15, 12.0, 8.0)], np.float64)
    for other, zooms in ((1, [1.0, 1.15]), (2, [1.0, 1.15, *check.ZOOMS])):
        sketches = no_sketches(one_of(frames, 0))
        found, beyond = rough_place(sketches, view_of(one_of(frames, other)), places)
        assert sketches.zoom[: sketches.number[0]].tolist() == zooms
        assert is_hopeless(beyond, len(sketches.frame.points)) == (other == 1)
        assert beyond == pytest.approx(beyond_slowly(one_of(frames, 0), one_of(frames, other), found))


def test_each_pair_is_aligned_by_itself(tmp_path: Path) -> None:
    drawn = [sketch(seed, zoom, 0.05) for seed in (11, 12) for zoom in (1.0, 1.1)]
    frames = points_of(tmp_path, *drawn)
    pairs = np.array([(0, 1), (0, 2), (2, 3), (1, 0), (1, 3), (0, 1)])
    chosen = TRANSFORMS[np.random.default_rng(3).integers(0, len(TRANSFORMS), (len(pairs), WAYS))]
    guesses = np.insert(chosen, 0, [0, 1, 0], axis=2)
    searched = np.array([True, True, False, True, True, True])
    together, alone = np.zeros((2, len(pairs), 3))
    arrays = frames.start, frames.points, frames.orientation, frames.size
    found = guesses.copy()
    align_all(*arrays, *pairs.T, found, searched, together)
    for k in range(len(pairs)):
        one = slice(k, k + 1)
        align_all(*arrays, *pairs[one].T, guesses[one], searched[one], alone[one])
    assert together.tobytes() == alone.tobytes()
    assert found.tobytes() == guesses.tobytes()
    assert together[:, 0].max() > 0.5


# How a picture is drawn again: zoom, and shifts in shares of its width and height.
MOVED = [(1.0, 0.0, 0.0), (1.0, 0.2, 0.0), (1.0, -0.1, 0.2), (0.76, 0.05, 0.0), (1.3, 0.0, -0.1), (1.12, 0.12, 0.1)]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("zoom", "across", "down"), MOVED)
def test_an_alignment_is_found_to_a_pixel(
    zoom: float, across: float, down: float, mirrored: bool, tmp_path: Path
) -> None:
    """From the nearest hypothesis that there is."""
    frames = points_of(tmp_path, sketch(11), sketch(11, zoom, across, down, mirrored))
    one, other = one_of(frames, 0), one_of(frames, 1)
    shift = np.array([across, down]) * frames.size[0]
    apart = np.abs(TRANSFORMS - [zoom, *shift]) / [0.1, 4, 4]
    place, found = aligned(one, other, Place(mirrored, *TRANSFORMS[apart.sum(axis=1).argmin()]))
    assert place.mirrored == mirrored
    assert place.zoom == pytest.approx(zoom, rel=0.02)
    assert [place.across, place.down] == pytest.approx(shift, abs=1)
    assert found.met > 0.85
    assert found.met - found.chance > 0.8 * (1 - found.chance)
    assert found == measure(edges_of(one), edges_of(other), place, check.RING)
    back, _ = aligned(other, one, inverse(place), searched=False)
    assert back == pytest.approx(inverse(place), abs=1)


def test_climbing_leads_to_where_no_step_leads_further(tmp_path: Path) -> None:
    frames = points_of(tmp_path, sketch(12), sketch(12, 1.05, 0.02, -0.02))
    a, b = edges_of(one_of(frames, 0)), edges_of(one_of(frames, 1))
    for start in (
        IN_PLACE,
        *(Place(False, 1.1, x, y) for x, y in ((5.0, 4.0), (-6.0, 3.0), (2.0, -7.0), (-9.0, -9.0))),
    ):
        top = climb(a, b, start, 0.5, 0.25)
        most = check.share_of_all(a, b, top)
        assert most > check.share_of_all(a, b, start)
        closer = 1 + check.ZOOM_STEP * 0.25
        steps = [(1.0, 0.25, 0.0), (1.0, -0.25, 0.0), (1.0, 0.0, 0.25), (1.0, 0.0, -0.25)]
        for zoom, across, down in [*steps, (closer, 0.0, 0.0), (1 / closer, 0.0, 0.0)]:
            beside = Place(False, top.zoom * zoom, top.across + across, top.down + down)
            assert check.share_of_all(a, b, beside) <= most


@pytest.mark.slow
def test_a_hypothesis_that_was_searched_for_may_be_some_pixels_off() -> None:
    """Even where nothing but the place itself tells that it is near."""
    random = np.random.default_rng(6)
    speckled = [
        (x, y, o) for (x, y), o in zip(random.uniform(-40, 40, (300, 2)), random.integers(0, 6, 300), strict=True)
    ]
    a = one_of(frames_of(speckled))
    for zoom, across, down in ((1.0, 7, -6), (1.06, -5, 8), (0.94, 0, -8)):
        b = one_of(frames_of([(x * zoom + across, y * zoom + down, o) for x, y, o in speckled]))
        place, found = aligned(a, b, IN_PLACE)
        assert place == pytest.approx((False, zoom, across, down), abs=1)
        assert place.zoom == pytest.approx(zoom, rel=0.02)
        assert found.met > 0.9
        assert aligned(a, b, IN_PLACE, searched=False)[1].met < 0.5


@pytest.mark.parametrize("number", range(WAYS))
def test_the_best_of_several_hypotheses_is_followed(number: int, tmp_path: Path) -> None:
    frames = points_of(tmp_path, sketch(11), sketch(11, 1.0, 0.2, 0.1, True))
    hypotheses = [Place(False, 1.15, 24.0, -8.0), Place(True, 1.0, -24.0, 8.0), Place(False, 1.0, 12.0, 0.0)]
    hypotheses[number] = Place(True, 1.0, 24.0, 8.0)
    place, found = aligned(one_of(frames, 0), one_of(frames, 1), *hypotheses)
    assert place == pytest.approx((True, 1.0, 0.2 * frames.size[0, 0], 0.1 * frames.size[0, 1]), abs=1)
    assert found.met > 0.85


def test_what_is_hopeless_is_not_looked_at_any_further(tmp_path: Path) -> None:
    frames = points_of(tmp_path, sketch(13), sketch(14))
    _, found = aligned(one_of(frames, 0), one_of(frames, 1), IN_PLACE)
    assert found == (0, 0, 0)


def test_frames_of_few_edges_are_not_hopeless_if_most_of_these_meet() -> None:
    few = one_of(frames_of([(4 * k - 60, (7 * k) % 40, k % ORIENTATIONS) for k in range(FEWEST)]))
    place, found = aligned(few, few, IN_PLACE)
    assert place == IN_PLACE
    assert found.met == 1


def test_what_is_partly_another_drawing_is_followed_up(tmp_path: Path) -> None:
    one, other = sketch(15), sketch(15, 1.0, 0.03, 0.02)
    other.paste(sketch(16).crop((0, 0, 100, 160)), (0, 0))
    frames = points_of(tmp_path, one, other)
    a, b = one_of(frames, 0), one_of(frames, 1)
    place, found = aligned(a, b, IN_PLACE, searched=False)
    assert check.PROMISING < found.met - found.chance < 0.5
    assert found == measure(edges_of(a), edges_of(b), place, check.RING)
    assert [place.across, place.down] == pytest.approx([0.03, 0.02] * frames.size[0], abs=1)


def test_what_is_not_promising_is_not_followed_up(tmp_path: Path) -> None:
    frames = points_of(tmp_path, sketch(13), sketch(14))
    a, b = one_of(frames, 0), one_of(frames, 1)
    place, found = aligned(a, b, IN_PLACE, searched=False)
    assert found == measure(edges_of(a), edges_of(b), place, check.GLANCE)
    assert found.met - found.chance < check.PROMISING * (1 - found.chance)
