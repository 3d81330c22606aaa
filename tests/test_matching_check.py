"""How one frame is laid upon another, and how many of their edges meet."""

import math
from collections import Counter
from itertools import chain, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from points import CORNERS, Checked, drawn_frames, frames_of, one_of, places
from reprise.matching import check
from reprise.matching.canvas import CANVAS, ORIENTATIONS, EdgePoints
from reprise.matching.check import (
    FramePoints,
    Measure,
    Place,
    View,
    align,
    align_all,
    cells_met,
    climb,
    count_half,
    count_met,
    draw_half,
    edges_of,
    fewest_cells,
    inverse,
    is_hopeless,
    is_promising,
    measure,
    meet,
    no_sketches,
    one_in,
    rough_place,
    view_of,
)
from reprise.matching.evidence import FEWEST
from reprise.matching.search import TRANSFORMS, WAYS
from sketches import points_of, sketch

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

IN_PLACE = Place(False, 1.0, 0.0, 0.0)


def aligned(a: FramePoints, b: FramePoints, *hypotheses: Place, searched: bool = True) -> tuple[Place, Measure]:
    return align(edges_of(a), b, np.array(hypotheses, np.float64), searched, no_sketches(a))


def measured(a: FramePoints, b: FramePoints, place: Place, ring: NDArray[Any]) -> Measure:
    edges = edges_of(a), edges_of(b)
    return measure(*edges, place, *meet(*edges, place, ring))


def laid(points: NDArray[Any], place: Place) -> NDArray[np.float64]:
    """Return where points, (n, 2), lie upon the other frame."""
    return points * [-1 if place.mirrored else 1, 1] * place.zoom + [place.across, place.down]


@given(drawn_frames(), places)
def test_what_is_laid_upon_another_comes_back_by_the_inverse(frames: EdgePoints, place: Place) -> None:
    points = frames.points / 2
    assert laid(laid(points, place), inverse(place)) == pytest.approx(points, abs=1e-4)
    assert inverse(inverse(place)) == pytest.approx(place, abs=1e-9)


def near_slowly(frames: EdgePoints) -> dict[tuple[int, int], set[int]]:
    """Return which orientations are near in each pixel of the canvas where any is."""
    near: dict[tuple[int, int], set[int]] = {}
    for (x, y), o in zip((frames.points / 2).tolist(), frames.orientation.tolist(), strict=True):
        for u, v, turn in product((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)):
            pixel = math.floor(x + CANVAS / 2) + u, math.floor(y + CANVAS / 2) + v
            near.setdefault(pixel, set()).add((o + turn) % ORIENTATIONS)
    return {(u, v): turns for (u, v), turns in near.items() if 0 <= u < CANVAS and 0 <= v < CANVAS}


def count_slowly(
    frames: EdgePoints, other: EdgePoints, place: Place, every: int
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


def drawn_slowly(frames: EdgePoints, other: EdgePoints, place: Place) -> list[list[Any]]:
    """Return the cells of the other frame in which there are enough points in view of both: of one frame, and other."""
    enough = []
    back = inverse(place)
    for where, seen, by in (
        (laid(frames.points / 2, place), laid(frames.points / 2, place), other),
        (other.points / 2, laid(other.points / 2, back), frames),
    ):
        inside = (np.abs(seen) < by.size[0] / 2).all(axis=1)
        cells = np.floor(where[inside] + CANVAS / 2).astype(int) // check.CELL
        counts = Counter(map(tuple, cells.tolist()))
        enough.append([cell for cell, count in counts.items() if count >= check.MET_IN_CELL])
    return enough


@settings(max_examples=60)
@given(drawn_frames(), drawn_frames(), places, st.sampled_from([1, 3]))
@example(CORNERS, CORNERS, IN_PLACE, 1)
@example(CORNERS, CORNERS, Place(True, 1.0, 0.4999, -0.4999), 1)
@example(CORNERS, CORNERS, Place(False, 1.0, -0.4999999, 0.4999999), 1)
@example(frames_of([]), frames_of([]), IN_PLACE, 1)
@example(*[frames_of([(1 + k, 2, k) for k in range(check.MET_IN_CELL)])] * 2, IN_PLACE, 1)
def test_edges_that_meet_are_counted_as_defined(
    frames: EdgePoints, other: EdgePoints, place: Place, every: int
) -> None:
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
    in_cells = sum(count >= check.MET_IN_CELL for count in cells.values())
    fewest = min(map(len, drawn_slowly(frames, other, place)))
    assert cells_met(a, b, place) == cells_met.py_func(a, minded, place) == in_cells
    assert fewest_cells(a, b, place) == fewest_cells.py_func(a, minded, place) == fewest
    found = measure(a, b, place, *meet(a, b, place, check.RING))
    area = min(float(np.prod(b.size)), float(np.prod(a.size)) * place.zoom**2)
    assert found.cover == pytest.approx(min(1, in_cells * check.CELL**2 / area))
    assert found.drawn in (0, pytest.approx(min(1, in_cells / max(1, fewest))))
    assert (found.drawn == 0) == (in_cells == 0 or not is_promising(found.met, found.chance))
    assert all(0 <= share <= 1 for share in found)


def drawn_half(frame: FramePoints, mirrored: bool, zoom: float) -> NDArray[np.uint64]:
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
def test_frames_of_any_size_have_a_rough_place(frames: EdgePoints) -> None:
    frame = one_of(frames)
    for place in (IN_PLACE, Place(True, 1.3, 24.0, -16.0), Place(False, 0.75, -24.0, 16.0)):
        found, beyond = rough_place(no_sketches(frame), view_of(frame), np.array([place, IN_PLACE], np.float64))
        assert np.isfinite(beyond)
        assert abs(found.across) <= 24 + 2 * check.WINDOW + 1
        assert abs(found.down) <= 16 + 2 * check.WINDOW + 1


def beyond_slowly(one: FramePoints, other: FramePoints, place: Place) -> float:
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
    together, alone = np.zeros((2, len(pairs), 4))
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
    assert found == measured(one, other, place, check.RING)
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
    assert found == (0, 0, 0, 0)


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
    assert found == measured(a, b, place, check.RING)
    assert [place.across, place.down] == pytest.approx([0.03, 0.02] * frames.size[0], abs=1)


def test_what_is_not_promising_is_not_followed_up(tmp_path: Path) -> None:
    frames = points_of(tmp_path, sketch(13), sketch(14))
    a, b = one_of(frames, 0), one_of(frames, 1)
    place, found = aligned(a, b, IN_PLACE, searched=False)
    assert found == measured(a, b, place, check.GLANCE)
    assert found.met - found.chance < check.PROMISING * (1 - found.chance)
