"""The search of two blocks for drawings that have moved, against one written as plainly as can be."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import search_block as step
from pictures import edges_at, frame, write_shards
from reprise.matching.canvas import read_points
from reprise.matching.evidence import FEWEST
from reprise.matching.search import (
    ALL,
    GLANCE,
    GLANCE_FLOOR,
    GLANCING,
    LENGTH,
    SAME,
    TELLING,
    TRANSFORMS,
    UNMOVED,
    WAYS,
    vectors,
)
from reprise.shards import Panel
from search_block import CANDIDATE, read_searched, search_block, search_blocks
from sketches import blocks_of, panel, sketch

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

BLANK = Image.new("RGB", (240, 160), "white")


def speck() -> Image.Image:
    """Draw what has edges, and too few to say anything."""
    picture = BLANK.copy()
    ImageDraw.Draw(picture).ellipse((100, 60, 110, 70), fill="black")
    return picture


def with_detail(seed: int) -> Image.Image:
    """Draw a sketch again with a detail that is not in it, as the next frame of an animation is."""
    picture = sketch(seed)
    ImageDraw.Draw(picture).rectangle((100, 60, 112, 70), fill="white", outline="black", width=3)
    return picture


@cache
def comic() -> list[Panel]:
    """Panels of one and of several frames, some moved copies of others, with blank, damaged and equal ones."""
    drawn: list[list[Image.Image]] = [[sketch(seed)] for seed in range(6)]
    drawn += [[], [sketch(1, 1.1, 0.1)], [sketch(20), sketch(21), BLANK], [BLANK], [sketch(2, mirrored=True)]]
    drawn += [
        [sketch(22), sketch(20, 0.9, -0.1)],
        [sketch(3)],
        [sketch(3)],
        [],
        [speck()],
        [speck(), sketch(4)],
        [speck()],
        [sketch(23), sketch(24), with_detail(24), with_detail(23), sketch(25)],
        [sketch(25, 1.1, 0.1), sketch(24, 0.9, 0.1)],
    ]
    return [panel(*frames) for frames in drawn]


def entries(rows: NDArray[Any], names: Sequence[str]) -> list[tuple[Any, ...]]:
    return [tuple(tuple(np.atleast_1d(row[name]).tolist()) for name in names) for row in rows]


def search_slowly(panels: Sequence[Panel], folder: Path, mirrored: bool, most: int) -> dict[tuple[int, int], Any]:
    """Tell for each pair of panels in which one is among those most like the other by which frames, and how, it is."""
    frames = read_points(write_shards(folder, panels, len(panels)))
    start = np.cumsum([0] + [len(panel.frames) for panel in panels])
    moved, still, glancing, still_glance = (
        vectors(frames, 0, len(frames), np.array(asked), of).astype(np.int64)
        for asked, of in ((range(len(TRANSFORMS)), ALL), ([UNMOVED], ALL), (GLANCING, GLANCE), ([UNMOVED], GLANCE))
    )
    signs = (1, -1) if mirrored else (1,)

    def halves(one: NDArray[Any], other: NDArray[Any], even: int) -> tuple[int, int]:
        """Return the product of two vectors, and what of it changes sign in a mirror."""
        return int(one[:even] @ other[:even]), int(one[even:] @ other[even:])

    def seen(f: int, g: int) -> bool:
        """Tell whether two frames are alike at a glance."""
        both = [halves(one, still_glance[g, 0], GLANCE.even) for one in glancing[f]]
        return max(even + sign * odd for even, odd in both for sign in signs) >= GLANCE_FLOOR * LENGTH**2

    telling: list[list[int]] = [[] for _ in panels]
    for own, shown, first in zip(telling, panels, start, strict=False):
        for f, one in enumerate(shown.frames):
            like = [still[first + f, 0] @ still[first + g, 0] >= SAME * LENGTH**2 for g in own]
            if len(one.edge_points) >= FEWEST and not any(like):
                own.append(f)

    best: dict[tuple[int, int], Any] = {}
    for b in range(len(panels)):
        for a in range(b):
            found = [
                (-(even + sign * odd), 2 * transform + (sign < 0), f, g)
                for f in telling[a]
                for g in telling[b]
                if seen(start[a] + f, start[b] + g)
                for transform, one in enumerate(moved[start[a] + f])
                for even, odd in [halves(one, still[start[b] + g, 0], ALL.even)]
                for sign in signs
            ]
            in_some = [one for one in found if one[1] // 2 in TELLING]
            if in_some and min(in_some)[0] < 0:
                unlike, *_ = min(in_some)
                f, g = min((f, g) for less, _, f, g in in_some if less == unlike)
                ways = [way for less, way, *frames in sorted(found) if frames == [f, g] and less < 0][:WAYS]
                best[a, b] = unlike, f, g, (*ways, *[-1] * (WAYS - len(ways)))
    chosen = set()
    for end in range(len(panels)):
        ends = [pair for pair in best if end in pair]
        chosen.update(sorted(ends, key=lambda pair: (best[pair][0], pair))[:most])
    return {
        pair: ((f,), (g,), ways, (-unlike,)) for pair, (unlike, f, g, ways) in sorted(best.items()) if pair in chosen
    }


def test_a_speck_says_too_little() -> None:
    assert 0 < len(panel(speck()).frames[0].edge_points) < FEWEST


def test_of_frames_that_are_nearly_the_same_the_first_is_searched_with(tmp_path: Path) -> None:
    drawn = [[speck(), sketch(1), with_detail(1)], [], [sketch(23), sketch(24), with_detail(23), sketch(25)]]
    searched = read_searched(write_shards(tmp_path, [panel(*frames) for frames in drawn], 2))
    assert searched.start.tolist() == [0, 1, 1, 4]
    assert searched.number.tolist() == [1, 0, 1, 3]
    assert len(searched.frames) == 4


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("most", [1, 3, 100])
def test_a_block_is_searched_as_defined(mirrored: bool, most: int, tmp_path: Path) -> None:
    shards = write_shards(tmp_path, comic(), 4)
    found = search_blocks(shards, shards, 0, 0, mirrored, most)
    slowly = search_slowly(comic(), tmp_path, mirrored, most)
    assert found.dtype == CANDIDATE
    assert found[["a", "b"]].tolist() == list(slowly)
    assert entries(found, ("frame_a", "frame_b", "ways", "alike")) == list(slowly.values())


def merged(panels: Sequence[Panel], folder: Path, shard_panels: int, shards_per_block: int, most: int) -> list[Any]:
    """Search all blocks and return the pairs in which one panel is among those most like the other of all."""
    blocks = blocks_of(folder, panels, shard_panels, shards_per_block)
    found = [
        search_blocks(a, b, first_a, first_b, True, most)
        for (first_a, a), (first_b, b) in combinations_with_replacement(blocks, 2)
    ]
    rows = [row for block in found for row in entries(block, CANDIDATE.names or ())]
    kept = set()
    for end in range(len(panels)):
        ends = [row for row in rows if (end,) in row[:2]]
        kept.update(sorted(ends, key=lambda row: (-row[-1][0], row[0][0] + row[1][0]))[:most])
    return sorted(kept)


@pytest.mark.parametrize(("shard_panels", "shards_per_block"), [(4, 1), (3, 2), (7, 1), (1, 1)])
def test_how_panels_are_put_into_blocks_leaves_no_trace(
    shard_panels: int, shards_per_block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [merged(comic(), tmp_path, len(comic()), 1, most) for most in (1, 3)]
    monkeypatch.setattr(step, "PANELS_AT_ONCE", 2)
    assert 5 <= len(whole[0]) < len(whole[1])
    assert [merged(comic(), tmp_path, shard_panels, shards_per_block, most) for most in (1, 3)] == whole


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_it_does_not_matter_how_many_panels_are_compared_at_once(
    at_once: int, threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = write_shards(tmp_path, comic(), 10)
    sides = ([a], [a], 0, 0), ([a], [b], 0, 10), ([a, b], [a, b], 0, 0)
    whole = [search_blocks(*side, True, 2).tobytes() for side in sides]
    assert len(set(whole)) == len(sides)
    monkeypatch.setattr(step, "PANELS_AT_ONCE", at_once)
    assert [search_blocks(*side, True, 2, threads).tobytes() for side in sides] == whole


# How a picture is drawn again: zoom, and shifts in shares of its width and height.
MOVED = [
    *[(1.0, 0.0, 0.0), (1.0, 0.2, 0.0), (1.0, -0.2, 0.0), (1.0, 0.0, 0.2), (1.0, 0.12, -0.2)],
    *[(0.75, 0.0, 0.0), (1.3, 0.0, 0.0), (0.85, 0.1, 0.05), (1.2, -0.1, 0.1), (1.1, 0.15, 0.0)],
]


def test_what_has_moved_is_among_the_nearest(tmp_path: Path) -> None:
    originals = [sketch(seed) for seed in range(60)]
    again = [sketch(seed, *moved, mirrored=seed % 2 == 1) for seed, moved in enumerate(MOVED * 2)]
    shards = write_shards(tmp_path, [panel(picture) for picture in originals + again], 60)
    found = search_blocks(shards[:1], shards[1:], 0, 60, True, 3)
    pairs = dict(zip(found[["a", "b"]].tolist(), found["ways"][:, 0].tolist(), strict=True))
    missed = [seed for seed in range(len(again)) if (seed, 60 + seed) not in pairs]
    assert missed == []
    assert all(pairs[seed, 60 + seed] % 2 == seed % 2 for seed in range(len(again)))
    for seed, (zoom, across, down) in enumerate(MOVED):
        told, right, low = TRANSFORMS[pairs[seed, 60 + seed] // 2]
        assert told == pytest.approx(zoom, rel=0.16)
        # A frame is moved first and mirrored then.
        assert [right * (1 - 2 * (seed % 2)), low] == pytest.approx([across * 122, down * 82], abs=9)
    unmirrored = search_blocks(shards[:1], shards[1:], 0, 60, False, 1)
    assert not (unmirrored["ways"][unmirrored["ways"] >= 0] % 2).any()
    found_plainly = {(a, b) for a, b in unmirrored[["a", "b"]].tolist() if b == a + 60}
    assert {a for a, _ in found_plainly if a % 2 == 0} == set(range(0, len(again), 2))


def test_a_mirrored_drawing_is_most_like_its_own_only_where_mirrors_count(tmp_path: Path) -> None:
    panels = [panel(sketch(seed)) for seed in range(8)] + [panel(sketch(3, mirrored=True))]
    shards = write_shards(tmp_path, panels, 9)
    alike = {}
    for mirrored in (True, False):
        found = search_blocks(shards, shards, 0, 0, mirrored, 100)
        alike[mirrored] = found[(found["a"] == 3) & (found["b"] == 8)]
    identity = 2 * TRANSFORMS.tolist().index([1.0, 0.0, 0.0])
    assert alike[True]["ways"][:, 0].tolist() == [identity + 1]
    assert alike[False]["alike"].max(initial=0) < 0.8 * alike[True]["alike"].max()


@pytest.mark.parametrize(
    "panels",
    [
        [Panel("damaged")],
        [Panel("damaged"), Panel("empty file")],
        [Panel(frames=[frame(edges_at())])],
        [panel(BLANK), panel(BLANK), Panel("damaged")],
    ],
)
def test_what_shows_nothing_is_like_nothing(panels: list[Panel], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    empty = write_shards(tmp_path, panels, 2)
    drawn = write_shards(tmp_path / "other", [panel(sketch(1)), panel(sketch(1))], 2)
    for a, b in ((empty, empty), (empty, drawn), (drawn, empty)):
        assert len(search_blocks(a, b, 0, 5, True, 3)) == 0
    assert len(search_blocks(drawn, drawn, 0, 0, True, 3)) == 1


def test_blocks_of_one_panel_are_numbered_in_the_comic(tmp_path: Path) -> None:
    first, last = write_shards(tmp_path, [panel(sketch(1)), panel(sketch(1, 1.0, 0.1))], 1)
    assert len(search_blocks([first], [first], 4, 4, True, 3)) == 0
    assert search_blocks([first], [last], 4, 9, True, 3)[["a", "b"]].tolist() == [(4, 9)]


def test_the_candidates_are_written_whatever_the_threads(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, comic(), 5)
    search_block(shards[:1], shards[1:], 0, 5, True, 2, tmp_path / "candidates.npz")
    with np.load(tmp_path / "candidates.npz") as file:
        for threads in (1, 2):
            found = search_blocks(shards[:1], shards[1:], 0, 5, True, 2, threads)
            assert file["candidates"].tobytes() == found.tobytes()
