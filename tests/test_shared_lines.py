"""Lines that most panels share: a banner, a border, a page grid; and a comic that is one template."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from adjacency import adjacency
from align_block import align_block
from hamming_block import hamming_block
from partners import partners
from pictures import write_shards
from reprise.matching.blocks import read_block
from reprise.matching.canvas import ORIENTATIONS, SIDE, read_points
from reprise.matching.comparison import Ceilings
from reprise.own_lines import OwnLines, read_own_lines
from reprise.shards import Fingerprints
from search_block import search_block
from shared_lines import LEAST_SHARED, MOST_COUNTED, likely_share, shared_lines, thin, weights
from sketches import panel, sketch, strip

PANELS = 24
SIZE = (320, 400)
INSIDE = (240, 240)

compares = pytest.mark.slow  # the kernels that it needs take long to compile

# A page gets a drawing of its own and what all pages share.
Page = Callable[[int, bool], Image.Image]


def page(number: int, places: list[tuple[int, int]], size: tuple[int, int] = INSIDE) -> Image.Image:
    """Draw a page of drawings of its own; the last page is the third again."""
    picture = Image.new("RGB", SIZE, "white")
    for place, corner in enumerate(places):
        picture.paste(sketch(100 * (2 if number == PANELS - 1 else number) + place, size=size), corner)
    return picture


def under_a_banner(number: int, shared: bool) -> Image.Image:
    picture = page(number, [(40, 110)])
    if shared:
        picture.paste(sketch(9999, size=(320, 100)), (0, 0))
    return picture


def in_a_border(number: int, shared: bool) -> Image.Image:
    picture = page(number, [(40, 80)])
    if shared:
        ImageDraw.Draw(picture).rectangle((12, 12, 307, 387), outline="black", width=5)
    return picture


def in_an_ornate_frame(number: int, shared: bool, frame: int = 9000) -> Image.Image:
    picture = page(number, [(40, 80)])
    if shared:
        for down in (0, 325):
            picture.paste(sketch(frame + 998 + down, size=(320, 75)), (0, down))
        for across in (0, 285):
            picture.paste(sketch(frame + 997 + across, size=(35, 400)), (across, 0))
    return picture


def in_a_frame_on_half_of_the_pages(number: int, shared: bool) -> Image.Image:
    return in_an_ornate_frame(number, shared and number % 4 > 1)


def in_one_of_two_frames(number: int, shared: bool) -> Image.Image:
    return in_an_ornate_frame(number, shared, 9000 if number % 4 > 1 else 20_000)


def in_a_grid(columns: int) -> Page:
    def draw(number: int, shared: bool) -> Image.Image:
        width, height = 280 // columns, 170
        corners = [(20 + (width + 4) * x, 20 + (height + 6) * y) for y in range(2) for x in range(columns)]
        picture = page(number, corners, (width - 4, height - 4))
        for x, y in corners if shared else ():
            ImageDraw.Draw(picture).rectangle((x, y, x + width - 4, y + height - 4), outline="black", width=4)
        return picture

    return draw


def template(number: int, shared: bool) -> Image.Image:
    """The same drawing everywhere, and beside it what is another on each page."""
    picture = Image.new("RGB", SIZE, "white")
    for place, corner in enumerate([(0, 0), (160, 0), (0, 200), (160, 200)]):
        picture.paste(sketch(place, size=(160, 140)), (corner[0], corner[1] + 60))
        picture.paste(sketch(1000 + 10 * number + place, size=(120, 40)), (corner[0] + 20, corner[1] + 10))
    return picture


def draw(page: Page, shared: bool = True, panels: int = PANELS) -> list[Any]:
    return [panel(page(number, shared)) for number in range(panels)]


def told(folder: Path, panels: list[Any], size: int = PANELS) -> tuple[Path, dict[str, str]]:
    """Tell by the step what panels share, and return the file and what is said of it."""
    folder.mkdir(exist_ok=True)
    shared_lines(write_shards(folder, panels, size), folder / "own.npz", folder / "shared.csv")
    with (folder / "shared.csv").open(newline="") as rows:
        return folder / "own.npz", next(csv.DictReader(rows))


def matches(folder: Path, panels: list[Any], counted: bool = True) -> dict[tuple[int, int], float]:
    """Return the scores of the pairs that match, by all steps that compare."""
    own = told(folder, panels)[0] if counted else None
    shards = write_shards(folder, panels, len(panels))
    sides = shards, shards, 0, 0
    hamming_block(*sides, True, Ceilings(0.6), 500, 30, folder / "block.npz", own_lines=own)
    search_block(*sides, True, 24, folder / "candidates.npz", own_lines=own)
    partners([folder / "block.npz"], [folder / "candidates.npz"], 500, 24, folder / "partners.npz")
    align_block(*sides, folder / "partners.npz", 0.6, folder / "aligned.npz", own_lines=own)
    settings = {"by": "dice", "threshold": 0.5}
    graph = folder / "matrix.npz", folder / "matches.npz"
    adjacency(folder / "partners.npz", [folder / "aligned.npz"], settings, 30, *graph)
    found = np.load(graph[1])["matches"]
    return {(int(match["a"]), int(match["b"])): float(match["score"]) for match in found}


@compares
@pytest.mark.parametrize(
    "page",
    [
        *(under_a_banner, in_a_border, in_an_ornate_frame, in_a_frame_on_half_of_the_pages, in_one_of_two_frames),
        *(in_a_grid(2), in_a_grid(3)),
    ],
    ids=["banner", "border", "ornate", "ornate on half", "one of two ornate", "grid of 2 x 2", "grid of 3 x 2"],
)
def test_what_all_pages_share_makes_no_match(page: Page, tmp_path: Path) -> None:
    found = matches(tmp_path, draw(page))
    assert found.pop((2, PANELS - 1)) > 0.9
    assert not found


@compares
def test_an_ornate_frame_makes_all_match_where_all_lines_count(tmp_path: Path) -> None:
    assert len(matches(tmp_path, draw(in_an_ornate_frame), counted=False)) > PANELS


@compares
def test_a_drawing_that_moved_is_found_under_a_banner(tmp_path: Path) -> None:
    panels = draw(under_a_banner)
    moved = under_a_banner(2, True)
    moved.paste("white", (0, 100, 320, 400))
    moved.paste(sketch(200, size=INSIDE), (64, 140))
    panels[PANELS - 1] = panel(moved)
    assert list(matches(tmp_path, panels)) == [(2, PANELS - 1)]


def test_where_little_is_shared_all_lines_count(tmp_path: Path) -> None:
    drawn = [panel(sketch(number)) for number in range(PANELS)]
    own, said = told(tmp_path, drawn)
    with np.load(own) as arrays:
        assert np.unpackbits(arrays["bitmap"]).all()
        assert arrays["points"].all()
    assert said["template"] == "false"
    assert float(said["shared"]) < LEAST_SHARED


def test_a_scene_that_comes_back_often_counts(tmp_path: Path) -> None:
    """Of 60 panels 18 show one scene."""
    drawn = [panel(sketch(0 if number % 10 < 3 else number + 1)) for number in range(60)]
    with np.load(told(tmp_path, drawn)[0]) as arrays:
        assert arrays["points"].mean() > 0.99


def test_a_scene_in_which_other_things_stand_each_time_is_no_frame(tmp_path: Path) -> None:
    """Of 30 panels 15 show one scene, a third of it hidden by another drawing."""

    def scene(number: int) -> Image.Image:
        picture = sketch(0 if number % 2 else number, size=SIZE)
        corner = (number * 53 % 120, number * 31 % 180)
        picture.paste(sketch(1000 + number, size=(200, 220)), corner)
        return picture

    with np.load(told(tmp_path, [panel(scene(number)) for number in range(30)])[0]) as arrays:
        assert len(arrays["marks"]) == 1


def test_a_frame_of_its_own_is_left_out_in_its_own_panels_alone(tmp_path: Path) -> None:
    drawn = draw(in_a_frame_on_half_of_the_pages)
    own, shards = read_own_lines(told(tmp_path, drawn)[0]), write_shards(tmp_path, drawn, 7)
    assert own
    assert own.kinds(Fingerprints(shards).edges).tolist() == [int(number % 4 > 1) for number in range(PANELS)]
    every, some = read_points(shards), read_points(shards, own)
    left = np.diff(some.start) / np.diff(every.start)
    assert left[2::4].max() < 0.7 < left[0::4].min()


@compares
def test_the_lines_of_a_template_count(tmp_path: Path) -> None:
    drawn = draw(template)
    own, said = told(tmp_path, drawn)
    assert said["template"] == "true"
    assert float(said["shared"]) > 0.6
    assert np.load(own)["points"].all()
    assert len(matches(tmp_path, drawn)) == PANELS * (PANELS - 1) // 2


def test_a_comic_without_a_picture_shares_nothing(tmp_path: Path) -> None:
    _, said = told(tmp_path, [panel(), panel(Image.new("RGB", (100, 100)))])
    assert said == {"panels": "0", "shared": "0.0000", "template": "false"}


@pytest.mark.parametrize("page", [in_a_border, in_one_of_two_frames])
def test_shards_leave_no_trace(page: Page, tmp_path: Path) -> None:
    drawn = [*draw(page, panels=19), panel()]
    files = [told(tmp_path / str(size), drawn, size)[0].read_bytes() for size in (1, 3, 10)]
    assert files == [files[0]] * 3


def test_of_very_many_panels_some_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared_lines.MOST_COUNTED", 4)
    assert MOST_COUNTED > 4
    said = [told(tmp_path / str(size), draw(in_a_border, panels=9), size)[1] for size in (2, 9)]
    assert [row["panels"] for row in said] == ["3", "3"]


@given(st.integers(1, 3000).flatmap(lambda panels: st.tuples(st.just(panels), st.integers(0, panels))))
def test_a_likely_share_is_below_the_share_and_comes_near_it_with_many_panels(counted: tuple[int, int]) -> None:
    panels, some = counted
    share = float(likely_share(np.array(some), panels))
    assert -1e-12 <= share <= some / panels
    assert share <= float(likely_share(np.array(100 * some), 100 * panels)) + 1e-12


@given(st.integers(5, 2000))
def test_a_line_counts_the_less_the_more_panels_have_it(panels: int) -> None:
    counts = np.zeros((1, 99, 99), np.int64)
    counts[0, 50] = np.linspace(0, panels, 99).astype(int)
    weight = weights(counts, panels)[0, 50]
    assert (np.diff(weight) <= 0).all()
    assert weight[0] == 1
    assert weight[-1] == 0 or panels < 10


@given(st.floats(0, 1))
def test_of_any_stretch_of_a_line_so_much_is_left_as_it_weighs(weight: float) -> None:
    left = thin(np.full((1, 100, 100), weight))[0]
    for line in (left[37], left[:, 62], left.diagonal()):
        assert line.mean() == pytest.approx(weight, abs=0.06)


def test_all_lines_of_the_panels_of_a_page_count(tmp_path: Path) -> None:
    """Whatever most pages share is told of whole pages, and stands elsewhere in their panels."""
    shards = write_shards(tmp_path, [panel(strip(*map(sketch, range(3))))], 1)
    none = np.zeros((1, SIDE * SIDE // 8), np.uint8)
    own = OwnLines(none, np.zeros((1, ORIENTATIONS, SIDE, SIDE), np.bool_), none)
    for count in (read_block(shards, own=own).edge_count, np.diff(read_points(shards, own).start)):
        assert count[0] == 0
        assert len(count) == 4
        assert (count[1:] > 100).all()
