"""Pictures of edges: that each shows what its panels were compared by, in its place."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_pictures import edge_pictures
from pictures import write_shards
from reprise.look_up import ACROSS, PANELS_A_PAGE
from reprise.matching.canvas import ORIENTATIONS, SIDE
from reprise.shards import EDGE_SIZE, Panel
from sketches import panel, sketch


def comic() -> list[Panel]:
    """A page and a half of panels, of which every seventh could not be read."""
    some = [panel(sketch(seed)) for seed in range(4)]
    return [Panel("damaged") if number % 7 == 6 else some[number % 4] for number in range(PANELS_A_PAGE * 3 // 2)]


def tile(folder: Path, number: int) -> NDArray[np.bool_]:
    page, place = divmod(number, PANELS_A_PAGE)
    down, across = (EDGE_SIZE * part for part in divmod(place, ACROSS))
    with Image.open(folder / f"{page + 1}.png") as picture:
        return ~np.array(picture, np.bool_)[down : down + EDGE_SIZE, across : across + EDGE_SIZE]


def test_each_panel_has_its_edges_in_its_place_whatever_the_shards(tmp_path: Path) -> None:
    panels = comic()
    edge_pictures(write_shards(tmp_path / "some", panels, 31), None, tmp_path / "edges")
    assert {path.name for path in (tmp_path / "edges").iterdir()} == {"1.png", "2.png"}
    for number, one in enumerate(panels):
        drawn = np.unpackbits(one.frames[0].edges).reshape(EDGE_SIZE, -1) if one.frames else np.zeros((1, 1))
        assert np.array_equal(tile(tmp_path / "edges", number), np.broadcast_to(drawn > 0, (EDGE_SIZE, EDGE_SIZE)))
    edge_pictures(write_shards(tmp_path / "others", panels, 97), None, tmp_path / "again")
    for path in (tmp_path / "edges").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_lines_that_do_not_count_are_left_out(tmp_path: Path) -> None:
    upper = np.zeros((EDGE_SIZE, EDGE_SIZE), np.bool_)
    upper[: EDGE_SIZE // 2] = True
    np.savez(
        tmp_path / "own_lines.npz",
        bitmap=np.packbits(upper.ravel())[np.newaxis],
        points=np.ones((1, ORIENTATIONS, SIDE, SIDE), np.bool_),
        marks=np.zeros((1, EDGE_SIZE**2 // 8), np.uint8),
    )
    panels = [panel(sketch(5))]
    edge_pictures(write_shards(tmp_path / "shards", panels, 1), tmp_path / "own_lines.npz", tmp_path / "edges")
    whole = np.unpackbits(panels[0].frames[0].edges).reshape(EDGE_SIZE, EDGE_SIZE) > 0
    assert (whole & ~upper).any()
    assert np.array_equal(tile(tmp_path / "edges", 0), whole & upper)
