"""Overlays: two drawings lie exactly upon each other, and what changed between them is told, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

import overlays as step
from demo_comic.characters import draw_character
from demo_comic.colours import INK, PAPER
from demo_comic.drawings import HEIGHT, WIDTH, Caption, Drawing
from demo_comic.marks import generator, put
from demo_comic.pictures import render
from demo_comic.scenes import draw_scene
from demo_comic.things import barrel
from demo_comic.transformations import mirrored, moved, other_palette, relight, swap, zoomed
from fingerprint import thumbnail
from overlays import IN_PLACE, Place, changes, join, overlap, overlays, ready, refine
from reprise.shown_pairs import MOTIF_COLUMNS

CAST = [draw_character(generator(5, "cast", number)) for number in range(8)]

# An alignment is exact to about a pixel of its canvas, which is 120 pixels wide where a frame is as wide as these.
CANVAS_PIXEL = 100 / 120


def draw(seed: int) -> Drawing:
    """A scene with nobody's words."""
    return replace(draw_scene(generator(seed, "scene"), CAST, True), captions=())


def frame(drawing: Drawing) -> step.Frame:
    content, _ = thumbnail(np.asarray(render(drawing).convert("RGB")))
    return ready(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR))


def flipped(one: step.Frame) -> step.Frame:
    return ready(np.ascontiguousarray(one.pixels[:, ::-1]))


def off_by(a: Drawing, b: Drawing, place: Place, in_mirror: bool) -> NDArray[np.float64]:
    """How far from where they are drawn the points lie that both drawings show, in pixels of the whole panel."""
    x, y = np.meshgrid(np.linspace(0, WIDTH, 27), np.linspace(0, HEIGHT, 19))
    scale = np.divide(b.scale, a.scale)
    offset = np.subtract(b.offset, scale * a.offset)
    there = scale[0] * x + offset[0], scale[1] * y + offset[1]
    seen = (there[0] >= 0) & (there[0] < WIDTH) & (there[1] >= 0) & (there[1] < HEIGHT)
    turn = -1 if in_mirror else 1
    across = WIDTH * (0.5 + place.across / 100) + turn * place.zoom * (x - WIDTH / 2) - there[0]
    down = HEIGHT * (0.5 + place.down / 100) + place.zoom * (y - HEIGHT / 2) - there[1]
    return np.hypot(across, down)[seen]


def true_place(a: Drawing, b: Drawing) -> Place:
    zoom = abs(b.scale[0] / a.scale[0])
    middle = (np.array([WIDTH, HEIGHT]) / 2 - a.offset) / a.scale * b.scale + b.offset
    across, down = 100 * (middle / (WIDTH, HEIGHT) - 0.5)
    return Place(zoom, float(across), float(down))


@pytest.mark.parametrize("how", [moved, zoomed, mirrored])
def test_edges_lie_within_two_pixels_of_where_they_were_drawn(how: Callable[..., Drawing]) -> None:
    near = []
    for seed in range(6):
        rng = generator(seed, "off")
        a = draw(seed)
        b = how(rng, a, CAST)
        truth = true_place(a, b)
        rough = Place(
            truth.zoom * rng.uniform(0.99, 1.01),
            truth.across + rng.uniform(-1.3, 1.3) * CANVAS_PIXEL,
            truth.down + rng.uniform(-1.3, 1.3) * CANVAS_PIXEL * WIDTH / HEIGHT,
        )
        in_mirror = how is mirrored
        first = flipped(frame(a)) if in_mirror else frame(a)
        found = refine(first, frame(b), rough)
        before, after = (float((off_by(a, b, place, in_mirror) <= 2).mean()) for place in (rough, found))
        assert after >= before or after > 0.95
        near.append(after)
    assert np.mean(near) >= 0.95


def test_what_was_not_moved_lies_just_in_place_whatever_changed() -> None:
    for seed, rough in enumerate([Place(1, 0.8, -1.2), Place(1, 0, 1.2), Place(1.01, 0.4, 0), IN_PLACE]):
        a = draw(seed)
        for b in (swap(generator(seed, "swap"), a, CAST), other_palette(generator(seed, "palette"), a)):
            assert refine(frame(a), frame(b), rough) == IN_PLACE


def test_a_picture_without_lines_lies_where_it_was_said_to() -> None:
    plain = ready(np.full((140, 200, 3), 200, np.uint8))
    place = Place(1.2, 3, -4)
    assert refine(plain, frame(draw(1)), place) == place
    assert refine(frame(draw(1)), plain, place) == place
    assert changes(plain, plain, IN_PLACE) == []


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_told_of_where_nothing_changed_or_all_changed_alike(seed: int) -> None:
    a = draw(seed)
    assert changes(frame(a), frame(a), IN_PLACE) == []
    # A scan: another size, brightness and sharpness.
    scanned = cv2.GaussianBlur(frame(a).pixels, (0, 0), 0.6).astype(int) * 9 // 10 + 12
    assert changes(frame(a), ready(scanned.astype(np.uint8)), IN_PLACE) == []
    turned = replace(a, paint={INK: (40, 30, 90)})
    assert changes(frame(a), frame(turned), IN_PLACE) == []


def box_of(box: tuple[float, ...]) -> tuple[float, ...]:
    """Left, top, right and low side in pixels of the panel."""
    left, top, width, height = box
    return left * WIDTH / 100, top * HEIGHT / 100, (left + width) * WIDTH / 100, (top + height) * HEIGHT / 100


@pytest.mark.parametrize("seed", range(4))
def test_what_was_added_is_in_one_box_that_is_little_larger(seed: int) -> None:
    a = draw(seed)
    thing = put(barrel(generator(seed, "barrel")), 320, 430, 120)
    b = replace(a, front=[*a.front, *thing])
    points = np.concatenate([shape.points for shape in thing])
    inside = np.clip(points, 0, (WIDTH, HEIGHT))
    for first, second in ((a, b), (b, a)):
        [box] = changes(frame(first), frame(second), IN_PLACE)
        left, top, right, low = box_of(box)
        assert left - 4 <= inside[:, 0].min() <= left + 40
        assert right - 40 <= inside[:, 0].max() <= right + 4
        assert top - 4 <= inside[:, 1].min() <= top + 40
        assert inside[:, 1].max() - 30 <= low <= HEIGHT + 1


def assert_is_about(box: tuple[float, ...], said: Caption) -> None:
    """A box is about words that are a hundred pixels wide, and not far larger."""
    left, top, right, low = box_of(box)
    assert left < said.x - 50 < said.x + 50 < right
    assert top < said.y < low
    assert right - left < 250
    assert low - top < 90


@pytest.mark.parametrize("how", [moved, zoomed])
@pytest.mark.parametrize("seed", range(3))
def test_what_was_added_to_a_moved_drawing_is_told_in_the_second_picture(
    how: Callable[..., Drawing], seed: int
) -> None:
    a = draw(seed)
    b = how(generator(seed, "how"), a, CAST)
    said = Caption("Not the piano!", 330, 60, ground=INK, ink=PAPER)
    [box] = changes(frame(a), frame(replace(b, captions=(said,))), true_place(a, b))
    assert_is_about(box, said)


@pytest.mark.parametrize("seed", range(4))
def test_of_a_drawing_in_other_colours_only_what_is_not_recoloured_is_told(seed: int) -> None:
    a = draw(seed)
    b = relight(generator(seed, "light"), a)
    assert changes(frame(a), frame(b), IN_PLACE) == []
    said = Caption("Not the piano!", 330, 60, ground=INK, ink=PAPER)
    [box] = changes(frame(a), frame(replace(b, captions=(said,))), IN_PLACE)
    assert_is_about(box, said)


def test_no_box_is_told_of_two_other_drawings() -> None:
    assert all(changes(frame(draw(seed)), frame(draw(seed + 20)), IN_PLACE) == [] for seed in range(3))


sides = st.integers(0, 60)
boxes = st.tuples(sides, sides, st.integers(1, 30), st.integers(1, 30)).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)


@given(st.lists(boxes, max_size=8))
def test_boxes_that_overlap_become_one(given_boxes: list[step.Box]) -> None:
    found = join(given_boxes)
    assert not any(overlap(one, other) for place, one in enumerate(found) for other in found[:place])
    for left, top, right, low in given_boxes:
        assert [1 for box in found if box[0] <= left and box[1] <= top and box[2] >= right and box[3] >= low] == [1]
    for place, side in enumerate((min, min, max, max)):
        assert side((box[place] for box in found), default=0) == side((b[place] for b in given_boxes), default=0)
    assert join(given_boxes[::-1]) == found


def write_tables(
    place: Path, drawings: dict[str, Drawing], pairs: list[tuple[Any, ...]]
) -> Callable[..., pd.DataFrame]:
    """Write what the step reads of a cluster of panels, and return what runs it and reads the table."""
    folder = place / "thumbnails"
    folder.mkdir()
    for name, drawing in drawings.items():
        content, _ = thumbnail(np.asarray(render(drawing).convert("RGB")))
        (folder / f"{name}-0.jpg").write_bytes(content)
    members = [(1, name) for name in drawings]
    pd.DataFrame(members, columns=["cluster", "panel"]).to_csv(place / "clusters.csv", index=False)
    pd.DataFrame([(pairs[0][0], pairs[0][1])], columns=["source", "panel"]).to_csv(place / "ranking.csv", index=False)
    pd.DataFrame(columns=["panel_a", "panel_b"]).to_csv(place / "passages.csv", index=False)
    pd.DataFrame(columns=MOTIF_COLUMNS).to_csv(place / "motifs.csv", index=False)
    rows = [(a, b, score, 0, 0, "false", *rough, *whole) for a, b, score, rough in pairs for whole in [("", 1, 1)]]
    columns = ["panel_a", "panel_b", "score", "frame_a", "frame_b", *step.PLACE, "box_a", "cover_a", "cover_b"]
    pd.DataFrame(rows, columns=columns).to_csv(place / "pairs.csv", index=False)
    digests = [(name, f"{number:064x}", 100, 100) for number, name in enumerate(drawings)]
    pd.DataFrame(digests, columns=["panel", "sha256", "width", "height"]).to_csv(place / "panels.csv", index=False)

    def run(processes: int = 1) -> pd.DataFrame:
        tables = {
            name: place / f"{name}.csv" for name in ("clusters", "ranking", "passages", "motifs", "pairs", "panels")
        }
        overlays(**tables, thumbnails=[folder], table=place / "overlays.csv", processes=processes)
        return pd.read_csv(place / "overlays.csv", keep_default_na=False)

    return run


def test_a_pair_is_looked_at_once_and_again_when_what_it_is_told_by_changes(tmp_path: Path) -> None:
    a = draw(1)
    drawings = {"1_1": a, "2_1": other_palette(generator(1, "palette"), a), "3_1": draw(2)}
    pairs = [("1_1", "2_1", 0.9, (1, 0.8, 1.2)), ("2_1", "3_1", 0.8, (1, 0, 0)), ("1_1", "3_1", 0.7, (1, 0, 0))]
    run = write_tables(tmp_path, drawings, pairs)
    first = run()
    assert list(zip(first["panel_a"], first["panel_b"], strict=True)) == [("1_1", "2_1"), ("2_1", "3_1")]
    (tmp_path / "overlays.csv").unlink()
    assert run(2).equals(first)
    assert [*first["zoom"], *first["across"], *first["down"]] == [1, 1, 0, 0, 0, 0]
    as_written = (tmp_path / "overlays.csv").read_bytes()
    assert run().equals(first)
    assert (tmp_path / "overlays.csv").read_bytes() == as_written
    # What stands there is not told anew.
    first.assign(changes="1 2 3 4").to_csv(tmp_path / "overlays.csv", index=False)
    assert run()["changes"].tolist() == ["1 2 3 4"] * 2
    # Another file of a panel: its pairs are, and no others.
    panels = pd.read_csv(tmp_path / "panels.csv", dtype=str)
    panels.loc[0, "sha256"] = "f" * 64
    panels.to_csv(tmp_path / "panels.csv", index=False)
    assert run()["changes"].tolist() == [first["changes"][0], "1 2 3 4"]


def test_pairs_of_copies_keep_their_own_names(tmp_path: Path) -> None:
    drawings = {name: draw(1) for name in ("1_1", "2_1", "3_1")}
    run = write_tables(tmp_path, drawings, [("1_1", "2_1", 1, (1, 0, 0)), ("2_1", "3_1", 1, (1, 0, 0))])
    panels = pd.read_csv(tmp_path / "panels.csv", dtype=str)
    panels.assign(sha256="a" * 64).to_csv(tmp_path / "panels.csv", index=False)
    first = run()
    assert list(zip(first["panel_a"], first["panel_b"], strict=True)) == [("1_1", "2_1"), ("2_1", "3_1")]
    assert run().equals(first)


def test_a_frame_in_a_mirror_is_laid_so(tmp_path: Path) -> None:
    a = draw(3)
    b = moved(Random(5), mirrored(Random(4), a, CAST), CAST)
    truth = true_place(a, b)
    rough = (1, truth.across + 0.8, truth.down - 1.2)
    run = write_tables(tmp_path, {"1_1": a, "2_1": b}, [("1_1", "2_1", 0.9, rough)])
    pairs = pd.read_csv(tmp_path / "pairs.csv").assign(mirrored="true")
    pairs.to_csv(tmp_path / "pairs.csv", index=False)
    row = run().iloc[0]
    assert np.abs(off_by(a, b, Place(row["zoom"], row["across"], row["down"]), True)).max() < 2
    assert Image.open(tmp_path / "thumbnails/1_1-0.jpg").width == 200
