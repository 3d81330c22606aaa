"""Compositions: poses and layouts that are drawn anew, on drawn comics, and against plain searches."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import compositions as step
from demo_comic.characters import Actor, draw_character, draw_pose
from demo_comic.colours import FLOORS, WALLS, tone
from demo_comic.drawings import BOTTOM, LEFT, RIGHT, Caption, Drawing, backdrop
from demo_comic.marks import Shape, box, oval
from demo_comic.pictures import encode
from demo_comic.scenes import draw_scene
from fingerprint import read_panel
from pictures import write_shards
from points import drawn_frames, frames_of
from reprise.matching.canvas import ORIENTATIONS, EdgePoints
from reprise.shards import LEFT_OUT, Panel

SINGLES = 24


def stage(rng: Random, actors: Sequence[Actor], level: float = 330) -> Drawing:
    """Set actors on a floor, before a wall."""
    wall, floor = tone(rng, WALLS), tone(rng, FLOORS)
    return Drawing([backdrop(wall), box(LEFT, level, RIGHT, BOTTOM, floor)], tuple(actors))


def two_actors(rng: Random) -> list[Actor]:
    """Place two of anyone, large, anywhere."""
    return [
        Actor(draw_character(rng), draw_pose(rng), x + rng.uniform(-60, 60), 460, rng.uniform(300, 430), False)
        for x in (190, 460)
    ]


def played_again(rng: Random, actors: Sequence[Actor], flip: bool = False) -> Drawing:
    """Have others in the same poses and places, or these seen in a mirror."""
    others = [replace(actor, character=draw_character(rng), x=actor.x + rng.uniform(-6, 6)) for actor in actors]
    drawing = stage(rng, others)
    return replace(drawing, scale=(-1, 1), offset=(650, 0)) if flip else drawing


def dark(rng: Random) -> Drawing:
    """Draw a pair of eyes in the dark, in the middle or near it."""
    x, y = 325 + rng.uniform(-20, 20), 225 + rng.uniform(-20, 20)
    eyes: list[Shape] = [oval(x + side, y, 14, 20, (240, 240, 240), None) for side in (-25, 25)]
    return Drawing([backdrop((6, 6, 6)), *eyes])


def words(said: str) -> Drawing:
    """Write words on a ground."""
    return Drawing([backdrop((250, 240, 220))], captions=(Caption(said, 325, 225, 36, None),))


def read(drawing: Drawing) -> Panel:
    return read_panel(encode([drawing], "png"), "distinct")


@pytest.fixture(scope="module")
def comic() -> list[Panel]:
    """Panels 0 and 1 are one pose of two casts, and so are 2 and 3 but mirrored; 4 to 9 say little; and others."""
    rng = Random(7)
    first, second = two_actors(rng), two_actors(rng)
    drawings = [stage(rng, first), played_again(rng, first), stage(rng, second), played_again(rng, second, True)]
    drawings += [dark(rng) for _ in range(4)]
    drawings += [words("It was never about the soup."), words("It was never about the moon.")]
    cast = [draw_character(rng) for _ in range(14)]
    drawings += [draw_scene(rng, cast) for _ in range(SINGLES)]
    return [read(drawing) for drawing in drawings]


def table_of(
    folder: Path,
    panels: Sequence[Panel],
    shard_panels: int = 100,
    matches: Sequence[tuple[int, int]] = (),
    communities: Sequence[Sequence[int]] = (),
    left_out: Sequence[int] = (),
) -> pd.DataFrame:
    """List the compositions of a comic, a panel on every second page, by the step."""
    folder.mkdir(exist_ok=True)
    shards = write_shards(folder, panels, shard_panels)
    names = [f"{1 + 2 * place}_1" for place in range(len(panels))]
    table = pd.DataFrame({"panel": names, "file": [f"={name}.png" for name in names]})
    table.assign(page=[1 + 2 * place for place in range(len(panels))]).to_csv(folder / "panels.csv", index=False)
    known = np.zeros(len(matches), [("a", np.int64), ("b", np.int64)])
    known["a"], known["b"] = np.array(matches, np.int64).reshape(-1, 2).T
    np.savez(folder / "matches.npz", matches=known, left_out=np.array(left_out, np.int64))
    members = np.array([place for community in communities for place in community], np.int64)
    np.savez(folder / "communities.npz", members=members, start=np.cumsum([0, *map(len, communities)]))
    inputs = (folder / name for name in ("matches.npz", "communities.npz", "panels.csv", "compositions.csv"))
    step.compositions(shards, None, *inputs)
    return pd.read_csv(folder / "compositions.csv")


def pairs_of(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["panel_a"], table["panel_b"], strict=True))


def test_a_pose_that_others_take_is_listed_and_what_says_little_is_not(tmp_path: Path, comic: list[Panel]) -> None:
    table = table_of(tmp_path, comic)
    assert sorted(pairs_of(table)) == [("1_1", "3_1"), ("5_1", "7_1")]
    assert table["rank"].tolist() == [1, 2]
    assert table["score"].is_monotonic_decreasing
    assert (table["score"] >= step.LEAST_SCORE).all()
    assert dict(zip(table["panel_a"], table["mirrored"], strict=True)) == {"1_1": False, "5_1": True}
    assert table["pages_apart"].tolist() == [2, 2]
    assert table["file_a"].str.startswith("'=").all(), "a file's name is no formula"


def test_what_matches_already_is_not_listed(tmp_path: Path, comic: list[Panel]) -> None:
    assert pairs_of(table_of(tmp_path / "pair", comic, matches=[(0, 1)])) == [("5_1", "7_1")]
    assert pairs_of(table_of(tmp_path / "cluster", comic, communities=[(2, 9, 3)])) == [("1_1", "3_1")]
    assert pairs_of(table_of(tmp_path / "out", comic, left_out=[1])) == [("5_1", "7_1")]


def test_a_page_of_which_only_the_panels_are_compared_is_not_listed(tmp_path: Path, comic: list[Panel]) -> None:
    page = replace(comic[1], frames=[replace(comic[1].frames[0], cut=LEFT_OUT)])
    assert pairs_of(table_of(tmp_path, [comic[0], page, *comic[2:]])) == [("5_1", "7_1")]


def test_two_clusters_are_listed_once(tmp_path: Path, comic: list[Panel]) -> None:
    """Both drawings come back as they are."""
    again = [*comic, comic[0], comic[1]]
    last = len(comic)
    table = table_of(tmp_path, again, matches=[(0, last), (1, last + 1)], communities=[(0, last), (1, last + 1)])
    assert sorted(pairs_of(table)) == [("1_1", "3_1"), ("5_1", "7_1")]


def test_the_bytes_do_not_depend_on_shards(tmp_path: Path, comic: list[Panel], monkeypatch: pytest.MonkeyPatch) -> None:
    table_of(tmp_path / "one", comic)
    monkeypatch.setattr(step, "FRAMES_AT_ONCE", 5)
    assert len(pd.read_csv(tmp_path / "one" / "compositions.csv")) == 2
    table_of(tmp_path / "many", comic, 7)
    one, many = ((tmp_path / name / "compositions.csv").read_bytes() for name in ("one", "many"))
    assert one == many


@pytest.mark.parametrize("panels", [0, 1, 3])
def test_of_few_panels_none_are_listed(tmp_path: Path, comic: list[Panel], panels: int) -> None:
    table_of(tmp_path, [*comic[:panels], Panel("damaged")])
    assert (tmp_path / "compositions.csv").read_text() == ",".join(step.COLUMNS) + "\n"


@given(st.lists(drawn_frames(), min_size=1, max_size=3))
def test_edges_count_in_the_four_cells_about_them(drawn: list[EdgePoints]) -> None:
    frames = drawn[0]
    for other in drawn[1:]:
        frames = frames.and_also(other)
    expected = np.zeros((len(frames), step.CELLS, step.CELLS, ORIENTATIONS))
    for frame in range(len(frames)):
        width, height = frames.size[frame]
        for point in range(frames.start[frame], frames.start[frame + 1]):
            x, y = frames.points[point] / 2 + (width / 2, height / 2)
            for row in range(step.CELLS):
                for column in range(step.CELLS):
                    across = abs(x / width * step.CELLS - column - 0.5)
                    down = abs(y / height * step.CELLS - row - 0.5)
                    near = max(0, 1 - across) * max(0, 1 - down)
                    expected[frame, row, column, frames.orientation[point]] += near
    assert np.allclose(step.count_edges(frames), expected, atol=1e-4)


@given(st.lists(drawn_frames(), min_size=1, max_size=3))
def test_what_is_told_of_a_mirrored_frame_is_what_is_told_mirrored(drawn: list[EdgePoints]) -> None:
    frames = drawn[0]
    for other in drawn[1:]:
        frames = frames.and_also(other)
    turned = replace(
        frames,
        points=frames.points * np.array([-1, 1], np.int8),
        orientation=(-frames.orientation.astype(int) % ORIENTATIONS).astype(np.uint8),
    )
    expected = step.count_edges(frames)[:, :, ::-1, step.MIRRORED]
    assert np.allclose(step.count_edges(turned), expected, atol=1e-4)


def test_sums_of_products_are_exact() -> None:
    """So no order in which a processor adds makes a difference."""
    counts = np.random.default_rng(1).gamma(1, 2, (40, step.CELLS, step.CELLS, ORIENTATIONS)).astype(np.float32)
    told, mirrored = step.describe(counts)
    for other in (told, mirrored):
        assert np.array_equal(told @ other.T, told.astype(np.int64) @ other.T.astype(np.int64))
        assert np.abs(told @ np.abs(other).T).max() < 2**24
    lengths = np.sqrt(np.square(told.astype(np.float64)).sum(axis=1))
    assert np.allclose(lengths, step.LENGTH, rtol=0.01)


@given(st.data())
def test_pairs_are_found_as_by_looking_at_all(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 30))
    neighbours = data.draw(st.integers(1, 6))
    groups = np.array(data.draw(st.lists(st.integers(0, 25), min_size=count, max_size=count)))
    places = st.integers(0, count - 1)
    known = data.draw(st.lists(st.tuples(places, places), max_size=8))
    known = [pair for pair in known if pair[0] != pair[1]]
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    told = np.rint(random.normal(0, 900, (count, 20))).astype(np.float32)
    mirrored = np.ascontiguousarray(told[:, ::-1])

    either = {*known, *((b, a) for a, b in known)}
    alike = {
        (a, b): max(float(told[a] @ told[b]), float(told[a] @ mirrored[b]))
        for a in range(count)
        for b in range(count)
        if groups[a] != groups[b] and (a, b) not in either
    }
    nearest = {}
    for a in range(count):
        near = sorted((score for ends, score in alike.items() if ends[0] == a), reverse=True)
        if len(near) >= neighbours:
            nearest[a] = max(sum(near[:neighbours]) / neighbours, step.LEAST_LIKENESS * step.LENGTH**2)
    expected = {}
    for (a, b), score in alike.items():
        if a < b and a in nearest and b in nearest:
            expected[a, b] = round((score - (nearest[a] + nearest[b]) / 2) / step.LENGTH**2, 6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(step, "FEWEST_NEIGHBOURS", neighbours)
        patch.setattr(step, "FRAMES_AT_ONCE", 7)
        table = step.find_alike(told, mirrored, groups, np.array(known, np.int64).reshape(-1, 2))
    found = {(a, b): score for a, b, score in table[["a", "b", "score"]].itertuples(index=False)}
    assert {ends: score for ends, score in found.items() if score > 0} == pytest.approx(
        {ends: score for ends, score in expected.items() if score > 0}, abs=2e-6
    )


def test_a_long_comic_is_looked_through_in_runs(
    tmp_path: Path, comic: list[Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run ends between the two of a pair, and the other pair is in the next."""
    moved = [*comic[4:], *comic[:4]]
    place = len(comic) - 4
    monkeypatch.setattr(step, "RUN", place + 1)
    assert pairs_of(table_of(tmp_path / "cut", moved, 9)) == []
    monkeypatch.setattr(step, "RUN", 17)
    again = [*moved[:17], *comic[:4], *comic[21:]]
    assert sorted(pairs_of(table_of(tmp_path / "second", again, 9))) == [("35_1", "37_1"), ("39_1", "41_1")]


def test_a_frame_without_edges_is_told_nothing_of() -> None:
    told, _ = step.describe(step.count_edges(frames_of([], [(0, 0, 1)])))
    assert np.isfinite(told).all()
