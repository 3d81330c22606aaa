"""The alignment of what was found: how it scores, what it tells, and that blocks leave no trace."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import align_block as step
from adjacency import adjacency
from align_block import (
    ALIGNED,
    HYPOTHESIS,
    align_block,
    align_pairs,
    explain_plainly,
    read_panels,
    score,
)
from pictures import write_shards
from reprise.matching.blocks import dice
from reprise.parts.record import WHOLE
from reprise.shards import Panel
from sketches import SIZE, blocks_of, choose, panel, sketch, strip, strip_boxes

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

BLANK = Image.new("RGB", SIZE, "white")
CEILING = 0.6  # the default of compare.ceiling
MATCH = 0.5  # and of match.threshold
CANVAS_SIZE = (122, 82)  # of pictures of SIZE


def aligned(
    folder: Path,
    panels: Sequence[Panel],
    shard_panels: int | None = None,
    shards_per_block: int = 1,
    most: int = 24,
    ceiling: float = CEILING,
    mirrored: bool = True,
    threads: int = 1,
) -> list[NDArray[Any]]:
    """Search, compare and align panels as the workflow does: the pairs of each two blocks, in files in the folder."""
    blocks = blocks_of(folder, panels, shard_panels or len(panels), shards_per_block)
    chosen = choose(folder, blocks, ceiling, mirrored=mirrored, most_alike=most)
    found = []
    for number, ((first_a, a), (first_b, b)) in enumerate(combinations_with_replacement(blocks, 2)):
        written = folder / f"aligned-{number}.npz"
        align_block(a, b, first_a, first_b, chosen, ceiling, written, threads)
        with np.load(written) as file:
            found.append(file["pairs"])
    return found


def pair(folder: Path, *panels: Panel, mirrored: bool = True) -> Any:
    """Align two panels and return what is told of them, whatever they score."""
    (found,) = aligned(folder, panels, ceiling=1.0, mirrored=mirrored)
    assert found.dtype == ALIGNED
    assert found[["a", "b"]].tolist() == [(0, 1)]
    return found[0]


def captioned(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    pen = ImageDraw.Draw(copy)
    pen.rectangle((20, 8, 150, 40), fill="white", outline="black")
    pen.text((26, 14), "Meanwhile, elsewhere,\nsomething happened.", fill="black")
    return copy


def test_the_same_drawing_scores_all(tmp_path: Path) -> None:
    told = pair(tmp_path, panel(sketch(1)), panel(sketch(1)))
    assert told["score"] == 1
    assert told[["frame_a", "frame_b", "mirrored", "edge_bits", "hash_bits"]].tolist() == (0, 0, False, 0, 0)
    assert told[["zoom", "across", "down"]].tolist() == (1, 0, 0)
    assert told["met"] == 1
    assert told["cover"] > 0.4


# How the sketch of a seed is drawn again: zoom, and shifts in shares of its width and height.
MOVED = [(1.0, 0.2, 0.0), (1.0, -0.1, 0.2), (0.76, 0.0, 0.0), (1.3, 0.0, 0.0), (1.12, -0.1, 0.08), (0.9, 0.1, 0.1)]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("zoom", "across", "down"), MOVED)
def test_what_has_moved_is_found_with_its_place(
    zoom: float, across: float, down: float, mirrored: bool, tmp_path: Path
) -> None:
    told = pair(tmp_path, panel(sketch(11)), panel(sketch(11, zoom, across, down, mirrored)))
    assert MATCH <= told["score"] <= 1
    assert told["mirrored"] == mirrored
    assert told["zoom"] == pytest.approx(zoom, rel=0.02)
    assert [told["across"], told["down"]] == pytest.approx(np.multiply([across, down], CANVAS_SIZE), abs=1)


def test_what_was_cropped_recoloured_or_captioned_still_scores(tmp_path: Path) -> None:
    one = sketch(12)
    others = {
        "cropped": one.crop((24, 16, 216, 144)),
        "recoloured": sketch(12, ink="#1f3fbf", ground="#ffd27f"),
        "inverted": sketch(12, ink="white", ground="black"),
        "captioned": captioned(one),
    }
    for what, other in others.items():
        (tmp_path / what).mkdir()
        told = pair(tmp_path / what, panel(one), panel(other))
        assert told["score"] >= MATCH, what
        assert 0 <= told["hash_bits"] <= 20, what


def test_unrelated_drawings_do_not_score(tmp_path: Path) -> None:
    (found,) = aligned(tmp_path, [panel(sketch(seed)) for seed in range(30, 45)], ceiling=1.0)
    assert len(found) == 15 * 14 // 2
    assert found["score"].max() < MATCH
    assert np.median(found["score"]) < 0.2


def figure(seed: int, across: float = 0.0, down: float = 0.0, ink: str = "black", ground: str = "white") -> Image.Image:
    """Draw a figure on an empty ground, shifted by shares of SIZE: it covers a fifth of the panel."""
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", SIZE, ground)
    pen, middle = ImageDraw.Draw(picture), np.multiply([0.5 + across, 0.5 + down], SIZE)
    for turns in np.sort(random.uniform(0, 2 * np.pi, (3, 7)), axis=1):
        reach = random.uniform(15, 55, (7, 1))
        corners = reach * np.stack([np.cos(turns), np.sin(turns)], axis=1) + middle
        pen.line([tuple(corner) for corner in [*corners, corners[0]]], fill=ink, width=3, joint="curve")
    return picture


@pytest.mark.parametrize(("ink", "ground"), [("black", "white"), ("yellow", "darkblue")])
@pytest.mark.parametrize(("across", "down"), [(0.2, 0.0), (-0.1, 0.1), (0.0, -0.15)])
def test_a_figure_on_an_empty_ground_is_found_where_it_has_moved(
    across: float, down: float, ink: str, ground: str, tmp_path: Path
) -> None:
    for seed in range(4):
        told = pair(tmp_path, panel(figure(seed)), panel(figure(seed, across, down, ink, ground)))
        assert told["cover"] < 0.3
        assert told["drawn"] > 0.8
        assert told["score"] >= MATCH


def test_unlike_figures_on_an_empty_ground_do_not_match(tmp_path: Path) -> None:
    (found,) = aligned(tmp_path, [panel(figure(seed, seed % 3 / 10)) for seed in range(15)], ceiling=1.0)
    assert len(found) == 15 * 14 // 2
    assert found["score"].max() < MATCH


unit = st.floats(0, 1, width=32)


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(*[unit] * 4, st.floats(0.5, 2, width=32), st.floats(-99, 99, width=32), st.integers(0, 9)),
        max_size=9,
    ),
    st.booleans(),
)
def test_a_score_is_between_0_and_1(measures: list[tuple[float, ...]], in_place: bool) -> None:
    pairs = np.zeros(len(measures), ALIGNED)
    for told, (met, chance, cover, drawn, zoom, shift, edges) in zip(pairs, measures, strict=True):
        told["met"], told["chance"], told["cover"], told["drawn"] = met, chance, cover, drawn
        told["zoom"], told["across"], told["down"] = zoom, shift, -shift / 2
        told["edges_a"], told["edges_b"], told["edge_bits"] = edges, 9 - edges, 9
    scores = score(pairs, np.full(len(pairs), in_place))
    assert scores.shape == pairs.shape
    assert ((scores >= 0) & (scores <= 1)).all()
    assert (scores[pairs["met"] <= pairs["chance"]] == 0).all()
    pairs["met"], pairs["chance"], pairs["cover"] = 1, 0.2, 1
    pairs["zoom"], pairs["across"], pairs["down"] = 1, 0, 0
    assert (score(pairs, np.full(len(pairs), in_place)) == 1).all()


def test_few_lines_are_enough_where_all_that_is_drawn_meets_and_hardly_any_would_by_chance() -> None:
    pairs = np.zeros(6, ALIGNED)
    pairs["met"], pairs["chance"], pairs["cover"], pairs["drawn"], pairs["zoom"] = 1, 0.3, 0.25, 1, 1
    pairs["across"] = 20
    pairs["chance"][1], pairs["drawn"][2], pairs["zoom"][3], pairs["cover"][4], pairs["met"][5] = (
        0.7,
        0.4,
        1.25,
        0.05,
        0.6,
    )
    scores = score(pairs, np.zeros(6, bool))
    assert scores[0] > 0.8
    assert (scores[1:] < MATCH).all()


def test_dice_counts_only_in_place_and_where_it_is_high() -> None:
    pairs = np.zeros(3, ALIGNED)
    pairs["zoom"], pairs["edges_a"], pairs["edges_b"], pairs["edge_bits"] = 1, 50, 50, [10, 20, 40]
    assert dice(pairs).tolist() == [0.9, 0.8, 0.6]
    assert score(pairs, np.ones(3, bool)).tolist() == [0.9, 0.8, 0.0]
    assert score(pairs, np.zeros(3, bool)).tolist() == [0.0, 0.0, 0.0]


def marked(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    ImageDraw.Draw(copy).rectangle((200, 130, 207, 137), outline="black", width=2)
    return copy


def even(seed: int) -> Image.Image:
    """Draw what is the same in a mirror."""
    picture = sketch(seed).crop((0, 0, SIZE[0] // 2, SIZE[1]))
    whole = Image.new("RGB", SIZE)
    whole.paste(picture, (0, 0))
    whole.paste(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (SIZE[0] // 2, 0))
    return whole


def explained(folder: Path, one: Panel, other: Panel, mirrored: bool) -> tuple[Any, Any]:
    """Align the last frames of two panels, and return what is told of that and what is told more plainly."""
    shards = write_shards(folder, [one, other], 1)
    panels = read_panels(shards[:1], shards[1:], 0, 1)
    hypotheses = np.zeros(1, HYPOTHESIS)
    hypotheses["b"] = 1
    hypotheses["row_a"], hypotheses["row_b"] = panels.block.start[1:] - 1
    hypotheses["places"][:, 0], hypotheses["searched"] = (mirrored, 1.0, 0.15 * CANVAS_SIZE[0], 0.0), True
    last = align_pairs(hypotheses, panels)
    return last[0], explain_plainly(last, hypotheses, panels)[0]


@pytest.mark.parametrize("mirrored", [False, True])
def test_first_frames_explain_what_later_ones_do_nearly_as_well(mirrored: bool, tmp_path: Path) -> None:
    """And as moved and mirrored as these are."""
    one, other = sketch(11), sketch(11, 1.0, 0.15, 0.0, mirrored)
    last, told = explained(tmp_path, panel(marked(one), one), panel(other), mirrored)
    assert last[["frame_a", "frame_b", "mirrored"]].tolist() == (1, 0, mirrored)
    assert told[["frame_a", "frame_b", "mirrored"]].tolist() == (0, 0, mirrored)
    assert [told["across"], told["down"]] == pytest.approx([0.15 * CANVAS_SIZE[0], 0], abs=1)
    assert told["met"] < last["met"]
    assert told["score"] == last["score"] > score(np.array([told]), np.ones(1, bool))[0]


def test_the_plainest_explanation_is_told(tmp_path: Path) -> None:
    """The first frames, unmirrored, of what is even and in all frames."""
    one = even(14)
    last, told = explained(tmp_path, panel(marked(one), one), panel(one), True)
    assert last[["frame_a", "frame_b", "mirrored"]].tolist() == (1, 0, True)
    assert told[["frame_a", "frame_b", "mirrored"]].tolist() == (0, 0, False)
    assert told["score"] == last["score"]


def test_only_a_later_frame_explains_what_the_first_does_not(tmp_path: Path) -> None:
    told = pair(tmp_path, panel(sketch(13), sketch(11)), panel(sketch(11)))
    assert told[["frame_a", "frame_b", "mirrored"]].tolist() == (1, 0, False)
    assert told["score"] == 1


def test_what_is_nearly_even_is_not_told_as_mirrored(tmp_path: Path) -> None:
    one = even(14)
    pen = ImageDraw.Draw(one)
    pen.line((190, 60, 202, 75), fill="black", width=2)
    mirrored = one.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    told = pair(tmp_path, panel(one), panel(mirrored))
    assert not told["mirrored"]
    (tmp_path / "uneven").mkdir()
    assert pair(tmp_path / "uneven", panel(sketch(14)), panel(sketch(14, mirrored=True)))["mirrored"]


def test_without_mirrors_nothing_is_told_as_mirrored(tmp_path: Path) -> None:
    panels = [panel(sketch(seed)) for seed in range(5)] + [panel(sketch(seed, mirrored=True)) for seed in range(5)]
    (found,) = aligned(tmp_path, panels, ceiling=1.0, mirrored=False)
    assert len(found) > 0
    assert not found["mirrored"].any()
    assert found["score"].max() < MATCH


def test_what_is_equal_and_blank_is_no_explanation_of_what_is_drawn(tmp_path: Path) -> None:
    """Two animations that begin blank, and end with one drawing."""
    told = pair(tmp_path, panel(BLANK, sketch(11)), panel(BLANK, sketch(11, 1.0, 0.1)))
    assert told[["frame_a", "frame_b"]].tolist() == (1, 1)
    assert told["score"] >= MATCH
    assert min(told["edges_a"], told["edges_b"]) >= 30


def test_equal_blank_panels_are_told_as_equal(tmp_path: Path) -> None:
    told = pair(tmp_path, panel(BLANK), panel(BLANK))
    assert told[["score", "edges_a", "edges_b"]].tolist() == (1, 0, 0)


def test_panels_without_frames_are_in_no_pair(tmp_path: Path) -> None:
    panels = [panel(), panel(sketch(1)), panel(), panel(sketch(1)), panel()]
    for size in (5, 2, 1):
        pairs = aligned(tmp_path, panels, size)
        assert sum(map(len, pairs)) == 1
    assert [len(found) for found in aligned(tmp_path, [panel(), panel()], 1)] == [0, 0, 0]


def test_pairs_that_score_too_little_are_left_out(tmp_path: Path) -> None:
    panels = [panel(sketch(seed)) for seed in range(6)] + [panel(sketch(2)), panel(captioned(sketch(3)))]
    (every,) = aligned(tmp_path, panels, ceiling=1.0)
    assert every[["a", "b"]].tolist() == [(a, b) for a in range(8) for b in range(a + 1, 8)]
    (some,) = aligned(tmp_path, panels, ceiling=0.4)
    assert some.tobytes() == every[every["score"] >= 0.6].tobytes()
    assert some[["a", "b"]].tolist() == [(2, 6), (3, 7)]


def test_only_what_was_chosen_is_aligned(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, [panel(sketch(seed)) for seed in range(9)], 9)
    chosen = choose(tmp_path, [(100, shards)], ceiling=-1, most_alike=2)
    align_block(shards, shards, 100, 100, chosen, 1.0, tmp_path / "aligned.npz")
    with np.load(chosen) as partners, np.load(tmp_path / "aligned.npz") as told:
        assert 0 < len(partners["candidates"]) < 9 * 8 / 2
        assert told["pairs"][["a", "b"]].tolist() == partners["candidates"][["a", "b"]].tolist()


@cache
def comic() -> list[Panel]:
    """Panels of one and of several frames, some moved copies of others, with blank, damaged and equal ones."""
    drawn: list[list[Image.Image]] = [[sketch(seed)] for seed in range(5)]
    drawn += [[], [sketch(1, 1.1, 0.1)], [sketch(20), sketch(21), BLANK], [BLANK], [sketch(2, mirrored=True)]]
    drawn += [[sketch(22), sketch(20, 0.9, -0.1)], [sketch(3)], [captioned(sketch(3))], [sketch(3)], [BLANK], []]
    return [panel(*frames) for frames in drawn]


def test_the_size_of_shards_and_blocks_and_the_threads_leave_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = set()
    for shard_panels, shards_per_block, threads in ((16, 1, 1), (4, 1, 2), (3, 2, 3), (1, 1, 1)):
        monkeypatch.setattr(step, "PAIRS_AT_ONCE", 3 * shard_panels)
        folder = tmp_path / f"{shard_panels}-{shards_per_block}"
        folder.mkdir()
        pairs = aligned(folder, comic(), shard_panels, shards_per_block, most=2, ceiling=1.0, threads=threads)
        matrix, matches = folder / "adjacency.npz", folder / "matches.npz"
        laid = [folder / f"aligned-{number}.npz" for number in range(len(pairs))]
        by_dice = {"by": "dice", "threshold": 0.01}
        adjacency(folder / "partners.npz", laid, by_dice, 30, matrix, matches)
        assert sum(map(len, pairs)) > 60
        written.add((matrix.read_bytes(), matches.read_bytes()))
    assert len(written) == 1


def test_panels_of_two_blocks_are_known_by_their_places_in_the_comic(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, [panel(sketch(seed)) for seed in range(6)], 2)
    pairs = np.array([(0, 1), (10, 11), (10, 31), (11, 33), (30, 33), (9, 31), (11, 34)], [("a", int), ("b", int)])
    apart = read_panels(shards[:1], shards[1:], 10, 30)  # panels 10 and 11, and 30 to 33
    assert apart.between(pairs).tolist() == [(10, 31), (11, 33)]
    assert apart.here(np.array([10, 11, 30, 33])).tolist() == [0, 1, 2, 5]
    alone = read_panels(shards, shards, 30, 30)
    assert alone.between(pairs).tolist() == [(30, 33)]
    assert alone.here(np.array([30, 33, 35])).tolist() == [0, 3, 5]


def strips() -> list[Panel]:
    """Return pages of three panels, of which the last of the first comes back, and the second of the third, mirrored.

    The fourth page is a picture that is a panel of the second.
    """
    drawn = [[sketch(10 * page + place) for place in range(3)] for page in range(6)]
    drawn[4][0], drawn[5][1] = drawn[0][2], sketch(21, mirrored=True)
    pages = [panel(strip(*some)) for some in drawn]
    pages.insert(3, panel(drawn[1][1]))
    return pages


def parts_of(folder: Path, shard_panels: int, shards_per_block: int) -> NDArray[Any]:
    """Return the parts that are found between all blocks of strips, in order."""
    aligned(folder, strips(), shard_panels, shards_per_block)
    found = np.concatenate([np.load(file)["parts"] for file in sorted(folder.glob("aligned-*.npz"))])
    return found[np.lexsort((found["b"], found["a"]))]


def test_a_panel_of_a_page_is_found_in_others_with_its_box(tmp_path: Path) -> None:
    found = parts_of(tmp_path, 7, 1)
    assert found[["a", "b", "mirrored"]].tolist() == [(0, 5, False), (1, 3, False), (2, 6, True)]
    assert (found["score"] > 0.8).all()
    size = (SIZE[0] * 3 + 14 * 4, SIZE[1] + 28)
    boxes = [np.array(box) / (*size, *size) for box in strip_boxes(3)]
    for part, of_a, of_b in zip(found, (2, 1, 1), (0, None, 1), strict=True):
        assert part["box_a"] == pytest.approx(boxes[of_a], abs=0.02)
        assert part["box_b"] == pytest.approx(WHOLE if of_b is None else boxes[of_b], abs=0.03)
        assert part["zoom"] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(("shard_panels", "shards_per_block"), [(2, 1), (3, 2), (1, 3)])
def test_how_pages_are_put_into_blocks_leaves_no_trace_in_their_parts(
    shard_panels: int, shards_per_block: int, tmp_path: Path
) -> None:
    (tmp_path / "whole").mkdir()
    whole = parts_of(tmp_path / "whole", 7, 1)
    assert parts_of(tmp_path, shard_panels, shards_per_block).tobytes() == whole.tobytes()
