"""The parts that panels share: figures on other grounds are found, with their boxes; what all pages share is not."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from features import features
from figures import PANEL, figure, overlap, save, scene
from parts import LEAST_SCORE, parts
from reprise.parts.record import PART

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

OTHERS = [scene(seed) for seed in range(40, 46)]
MATCHES = 0.5  # the threshold at which pairs match


def find(
    folder: Path, panels: Sequence[Image.Image], shard: int = 100, threads: int = 1, mirrored: bool = True
) -> NDArray[Any]:
    """Return the parts that are found in panels, PART, read from their files in shards of so many."""
    names = save(folder / "panels", panels)
    shards, edges = [], []
    for first in range(0, len(names), shard):
        shards.append(folder / f"{first}.npz")
        edges.append(folder / f"{first}.npy")
        features(names[first : first + shard], folder / "panels", shards[-1], edges[-1])
    parts(shards, edges, mirrored, folder / "parts.npz", threads)
    return np.load(folder / "parts.npz")["parts"]


def box(left: int, top: int, side: int = 110) -> NDArray[np.float64]:
    """Return the box of a figure that is pasted there, as shares of a panel."""
    return np.array([left, top, left + side, top + side]) / (PANEL * 2)


@pytest.mark.parametrize(
    ("side", "mirrored", "turn"), [(110, False, 0), (110, True, 0), (190, False, 0), (70, True, 0), (110, False, 5)]
)
def test_a_figure_on_another_ground_is_found_with_its_box(tmp_path: Path, side: int, mirrored: bool, turn: int) -> None:
    again = figure(1, side, mirrored).rotate(-turn, Image.Resampling.BICUBIC)
    panels = [scene(1, (figure(1), (40, 150))), scene(2, (again, (200, 60))), *OTHERS]
    found = find(tmp_path, panels)
    assert found.dtype == PART
    best = found[0]
    assert (best["a"], best["b"], best["frame_a"], best["frame_b"]) == (0, 1, 0, 0)
    assert best["score"] > MATCHES
    assert best["mirrored"] == mirrored
    assert best["zoom"] == pytest.approx(side / 110, rel=0.05)
    assert best["turn"] == pytest.approx(turn, abs=3)
    assert overlap(best["box_a"], box(40, 150)) > 0.55
    assert overlap(best["box_b"], box(200, 60, side)) > 0.6
    assert not (found[1:]["score"] > MATCHES).any()


def test_no_mirror_image_is_found_where_none_is_looked_for(tmp_path: Path) -> None:
    panels = [scene(1, (figure(1), (40, 150))), scene(2, (figure(1, mirrored=True), (200, 60))), *OTHERS]
    assert len(find(tmp_path, panels, mirrored=False)) == 0


def test_zoom_is_that_of_the_files(tmp_path: Path) -> None:
    """The larger panel is looked at in fewer pixels."""
    large = scene(2, (figure(1, 440), (500, 300)), size=(1680, 1200))
    best = find(tmp_path, [scene(1, (figure(1), (40, 150))), large, *OTHERS])[0]
    assert best["zoom"] == pytest.approx(4, rel=0.05)


def test_a_figure_in_many_panels_is_found_in_all(tmp_path: Path) -> None:
    places = [(20, 20), (250, 40), (130, 150), (280, 170)]
    found = find(tmp_path, [scene(seed, (figure(1), place)) for seed, place in enumerate(places)] + OTHERS)
    matches = found[found["score"] > MATCHES]
    assert {(int(a), int(b)) for a, b in matches[["a", "b"]]} == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}


def strip(seed: int, raised: int) -> Image.Image:
    """Draw a strip with a small figure of few lines, twice on a ground line, at places that are its own."""
    random = np.random.default_rng([9, seed])
    panel = Image.new("RGB", PANEL, "white")
    pen = ImageDraw.Draw(panel)
    pen.line((0, 250, PANEL[0], 250), fill="black", width=3)
    for left in (random.integers(30, 150), random.integers(220, 360)):
        x = int(left)
        pen.ellipse((x - 9, 174, x + 9, 194), outline="black", width=4)
        pen.line((x, 194, x, 224), fill="black", width=4)
        pen.line((x - 14, 208 - raised, x, 204, x + 14, 208 - raised), fill="black", width=4)
        pen.line((x - 12, 249, x, 224, x + 12, 249), fill="black", width=4)
    return panel


def test_a_small_figure_of_few_lines_is_found_where_strips_repeat_it(tmp_path: Path) -> None:
    found = find(tmp_path, [strip(seed, 24) for seed in range(4)] + OTHERS)
    between = found[(found["score"] > MATCHES) & (found["a"] != found["b"])]
    assert {(int(a), int(b)) for a, b in between[["a", "b"]]} == {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}


def crowd(seed: int) -> Image.Image:
    """Draw a crowd of the same four figures, in many sizes, before and behind each other."""
    random = np.random.default_rng([10, seed])
    many = []
    for _ in range(45):
        place = (int(random.integers(-20, 380)), int(random.integers(20, 260)))
        many.append((figure(int(random.integers(60, 64)), int(random.integers(50, 100)), random.random() < 0.5), place))
    return scene(seed, *many)


def test_crowds_of_the_same_few_figures_are_no_part(tmp_path: Path) -> None:
    found = find(tmp_path, [crowd(seed) for seed in range(8)] + OTHERS)
    between = found[(found["score"] > MATCHES) & (found["a"] != found["b"])]
    # Of 28 pairs, most lie upon each other in one way as well as in another.
    assert len(between) <= 2


def test_two_figures_are_two_parts(tmp_path: Path) -> None:
    one = scene(1, (figure(1), (20, 20)), (figure(2), (270, 150)))
    other = scene(2, (figure(1), (270, 30)), (figure(2), (30, 170)))
    found = find(tmp_path, [one, other, *OTHERS])
    matches = found[found["score"] > MATCHES]
    assert len(matches) == 2
    ends = sorted((overlap(part["box_a"], box(20, 20)), overlap(part["box_a"], box(270, 150))) for part in matches)
    assert ends[0][1] > 0.5
    assert ends[1][0] > 0.5


def test_a_figure_twice_in_a_panel_is_found_within_it(tmp_path: Path) -> None:
    found = find(tmp_path, [scene(1, (figure(1), (20, 20)), (figure(1), (270, 150))), *OTHERS])
    matches = found[found["score"] > MATCHES]
    assert [(part["a"], part["b"]) for part in matches] == [(0, 0)]
    assert overlap(matches[0]["box_a"], box(20, 20)) + overlap(matches[0]["box_a"], box(270, 150)) > 0.6


def test_a_symmetric_figure_is_no_part_of_itself(tmp_path: Path) -> None:
    half = figure(1).crop((0, 0, 55, 110))
    whole = Image.new("RGBA", (110, 110))
    whole.paste(half, (0, 0))
    whole.paste(half.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (55, 0))
    assert len(find(tmp_path, [scene(1, (whole, (100, 100))), *OTHERS])) == 0


def test_a_masthead_on_every_page_is_no_part(tmp_path: Path) -> None:
    mast = figure(5, 80)
    pages = [scene(seed, (mast, (30, 10)), (mast, (310, 10))) for seed in range(8)]
    found = find(tmp_path, pages)
    assert not (found[found["a"] != found["b"]]["score"] > MATCHES).any()


def test_a_masthead_in_the_corner_of_pages_of_any_size_is_no_part(tmp_path: Path) -> None:
    sizes = [(400 + 30 * seed, 300 + 20 * seed) for seed in range(8)]
    pages = [scene(seed, (figure(5), (size[0] - 120, size[1] - 130)), size=size) for seed, size in enumerate(sizes)]
    assert len(find(tmp_path, pages)) == 0


def tiles(side: int, figure_seed: int) -> Image.Image:
    """Draw a wall of tiles, each of four pieces, with a figure before it."""
    picture = Image.new("RGB", PANEL, "#cfd8d0")
    pen = ImageDraw.Draw(picture)
    for x in range(0, PANEL[0], side):
        for y in range(0, PANEL[1], side):
            pen.rectangle((x, y, x + side // 2, y + side // 2), fill="#506070", outline="black", width=2)
            pen.ellipse((x + side // 2, y + side // 2, x + side - 4, y + side - 4), fill="#a06050", outline="black")
    shown = figure(figure_seed)
    picture.paste(shown, (150, 100), shown)
    return picture


def dots(pitch: float, figure_seed: int) -> Image.Image:
    """Draw a halftone, with a figure before it."""
    down, across = np.mgrid[: PANEL[1], : PANEL[0]]
    wave = np.cos(2 * np.pi * (across + down) / pitch) + np.cos(2 * np.pi * (across - down) / pitch)
    picture = Image.fromarray(np.where(wave > 0.4, 60, 240).astype(np.uint8)).convert("RGB")
    shown = figure(figure_seed)
    picture.paste(shown, (150, 100), shown)
    return picture


@pytest.mark.parametrize("draw", [tiles, dots])
@pytest.mark.parametrize("pitch", [16, 30, 44])
def test_what_repeats_is_no_part(tmp_path: Path, draw: Any, pitch: int) -> None:
    found = find(tmp_path, [draw(pitch, seed) for seed in (11, 12, 13)] + OTHERS)
    assert not (found["score"] > MATCHES).any()


def test_what_is_no_higher_than_a_letter_is_no_part(tmp_path: Path) -> None:
    """It cannot be told from a word of a hand that is not seen to be lettering."""
    low = figure(1, 300).resize((110, 30), Image.Resampling.LANCZOS)
    panels = [scene(1, (low, (40, 150))), scene(2, (low, (200, 60))), *OTHERS]
    assert not (find(tmp_path, panels)["score"] > MATCHES).any()


def test_lettering_is_no_part(tmp_path: Path) -> None:
    panels = []
    for seed in range(4):
        panel, left, top = scene(seed), 20 + 35 * seed, 10 + 50 * seed
        pen = ImageDraw.Draw(panel)
        pen.rectangle((left, top, left + 270, top + 60), fill="white", outline="black")
        words = "Where did all of the pages go?\nNobody knows, says Pia."
        pen.text((left + 10, top + 8), words, fill="black", font_size=16)
        panels.append(panel)
    assert not (find(tmp_path, panels)["score"] > MATCHES).any()


@pytest.mark.parametrize(("shard", "threads"), [(1, 1), (3, 2), (100, 2)])
def test_the_same_bytes_whatever_the_shards_and_threads(tmp_path: Path, shard: int, threads: int) -> None:
    panels = [scene(seed, (figure(seed % 3), (40 * seed, 20 * seed))) for seed in range(7)]
    find(tmp_path / "one", panels)
    find(tmp_path / "other", panels, shard, threads)
    assert (tmp_path / "one/parts.npz").read_bytes() == (tmp_path / "other/parts.npz").read_bytes()


def test_a_comic_without_anything_to_be_seen_has_no_parts(tmp_path: Path) -> None:
    blank = Image.new("RGB", PANEL, "white")
    assert len(find(tmp_path, [blank, blank])) == 0


def test_parts_are_in_order_and_do_not_overlap(tmp_path: Path) -> None:
    panels = [scene(seed, (figure(1), (20, 20)), (figure(2), (270, 150))) for seed in range(3)]
    found = find(tmp_path, panels + OTHERS)
    assert (found["score"] >= LEAST_SCORE).all()
    order = np.lexsort((-found["score"], found["b"], found["a"]))
    assert np.array_equal(order, np.arange(len(found)))
    assert (found["a"] <= found["b"]).all()
    for side in ("box_a", "box_b"):
        assert ((found[side] >= 0) & (found[side] <= 1)).all()
        assert (found[side][:, :2] < found[side][:, 2:]).all()
