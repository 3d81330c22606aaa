"""The files of a shard: what is written of panels is read again, all of it or what is asked for."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pictures import edges_at, frame, pictures_of, seen_panels, write_shards
from reprise.shards import EDGE_SIZE, Fingerprints, Panel, count_pictures, read_pictures, rows_of, starts


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9999), max_size=3), min_size=1, max_size=6), st.integers(1, 6))
def test_a_shard_gives_every_panel_back(
    tmp_path_factory: pytest.TempPathFactory, panels: list[list[int]], size: int
) -> None:
    packed = [
        Panel(
            status="ok" if places else "damaged",
            detail=f"détail {number}",
            frames=[
                frame(
                    *(edges_at(place), place, place * 3),
                    dct_hash=2**64 - 1,
                    points=np.full((place % 4, 3), place % 128, np.uint8),
                )
                for place in places
            ],
        )
        for number, places in enumerate(panels)
    ]
    shards = write_shards(tmp_path_factory.mktemp("shards"), packed, size)
    read = Fingerprints(shards)
    assert read.panel.tolist() == [f"{page}_1" for page in range(1, len(panels) + 1)]
    for name in ("status", "detail", "sha256", "format", "width", "height", "frames_in_file"):
        assert getattr(read, name).tolist() == [getattr(panel, name) for panel in packed]
    assert [read.start[p + 1] - read.start[p] for p in range(len(panels))] == [len(panel.frames) for panel in packed]
    frames = [found for panel in packed for found in panel.frames]
    assert read.edges.shape == (len(frames), EDGE_SIZE * EDGE_SIZE // 8)
    for name in ("number", "edges", "edge_count", "average_hash", "dct_hash", "digest", "canvas_size"):
        assert getattr(read, name).tolist() == [np.array(getattr(found, name)).tolist() for found in frames]
    points = np.split(read.edge_points, starts(read.points)[1:-1])
    assert [of_frame.tolist() for of_frame in points][: len(frames)] == [found.edge_points.tolist() for found in frames]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.integers(1, 4), st.data())
def test_of_the_shards_only_the_frames_asked_for_are_read(
    tmp_path_factory: pytest.TempPathFactory, frames_of: list[int], size: int, data: st.DataObject
) -> None:
    panels = seen_panels(frames_of)
    shards = write_shards(tmp_path_factory.mktemp("shards"), panels, size)
    places = [(p, f) for p, panel in enumerate(panels) for f in range(len(panel.frames))]
    rows = sorted(data.draw(st.sets(st.sampled_from(range(len(places))) if places else st.nothing())))
    files = [pictures_of(shard) for shard in shards]
    pictures = read_pictures(files, starts(count_pictures(files)), np.array(rows, np.int64))
    assert len(pictures.colours) == len(pictures.samples) == len(pictures.lettered) == len(rows)
    for place, row in enumerate(rows):
        expected = panels[places[row][0]].frames[places[row][1]]
        assert np.array_equal(pictures.colours[place], expected.colours)
        assert np.array_equal(pictures.samples[place], expected.samples)
        assert np.array_equal(np.packbits(pictures.lettered[place], axis=1), expected.lettered)


def test_frames_are_known_by_their_numbers(tmp_path: Path) -> None:
    """A file's frames that do not differ from those before are not kept, and so numbers are no places."""
    numbers = [[0, 1], [], [0, 9, 18], [3]]
    read = Fingerprints(
        write_shards(tmp_path, [Panel(frames=[frame(edges_at(), n) for n in each]) for each in numbers], 2)
    )
    ends = [(panel, number) for panel, of_panel in enumerate(numbers) for number in of_panel]
    panel, number = np.array(ends[::-1]).T
    assert rows_of(read.start, read.number, panel, number).tolist() == [5, 4, 3, 2, 1, 0]
    nothing = np.array([], int)
    assert rows_of(read.start, read.number, nothing, nothing).tolist() == []
