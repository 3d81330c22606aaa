"""What kind of match each pair is."""

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from adjacency import EDGE, adjacency
from fingerprint import Panel, fingerprint
from hamming_block import Ceilings, hamming_block
from pictures import PALETTE, drawing, edges_at, encoded, frame, write_shards
from relate import COLOUR_LEVELS, COLUMNS, colours_in_place, consistent_change, drawing_relation, relate, relation

SIZE = (260, 180)


def write_panels(folder: Path, pages: list[int]) -> Path:
    """Write the table of panels of these pages, a panel a page, whose files are called as numbers are."""
    table = pd.DataFrame({"panel": [f"{page}_1" for page in pages], "page": pages})
    table["file"] = [f"{page:03}" for page in pages]
    table.to_csv(folder / "panels.csv", index=False)
    return folder / "panels.csv"


def related(folder: Path, drawings: dict[str, bytes]) -> dict[str, str]:
    """Match the first of some panels, files by name, with all others, and return the relation of each."""
    for name, content in drawings.items():
        (folder / name).write_bytes(content)
    pages = list(range(1, len(drawings) + 1))
    names = [f"{page}_1" for page in pages]
    fingerprint(names, list(drawings), folder, "distinct", "area", folder / "shard.npz")
    hamming_block(
        [folder / "shard.npz"], [folder / "shard.npz"], True, Ceilings(distance=0.6), 30, folder / "block.npz"
    )
    by_dice = {"by": "dice", "threshold": 0.45}
    blocks, graph = [folder / "block.npz"], (folder / "adjacency.npz", folder / "edges.npz")
    adjacency(blocks, blocks, len(pages), len(pages), by_dice, 30, False, *graph)
    relate(folder / "edges.npz", write_panels(folder, pages), [folder / "shard.npz"], folder / "pairs.csv")
    pairs = pd.read_csv(folder / "pairs.csv")
    of_the_first = pairs[pairs["panel_a"] == "1_1"]
    by_panel = dict(zip(names, drawings, strict=True))
    return {by_panel[name]: kind for name, kind in zip(of_the_first["panel_b"], of_the_first["relation"], strict=True)}


@pytest.mark.parametrize("seed", [0, 2, 4])
def test_drawings_are_told_apart_by_how_they_were_used_again(tmp_path: Path, seed: int) -> None:
    original = drawing(seed, SIZE)
    redrawn = original.copy()
    for part, colour in enumerate(PALETTE[:3]):
        ImageDraw.Draw(redrawn).pieslice((60, 40, 200, 140), part * 120, part * 120 + 120, colour, "black")
    told = related(
        tmp_path,
        {
            "original.png": encoded("PNG", original),
            "copy.bmp": encoded("BMP", original),
            "again.jpg": encoded("JPEG", original, quality=92),
            "recoloured.png": encoded("PNG", drawing(seed, SIZE, PALETTE[3:] + PALETTE[:3])),
            "inverted.png": encoded("PNG", ImageOps.invert(original)),
            "redrawn.png": encoded("PNG", redrawn),
            "mirrored.png": encoded("PNG", ImageOps.mirror(original)),
            "later.gif": encoded("GIF", drawing(seed + 50, SIZE), drawing(seed + 60, SIZE), original),
            "another.png": encoded("PNG", drawing(seed + 70, SIZE)),
        },
    )
    assert told == {
        "copy.bmp": "duplicate",
        "again.jpg": "duplicate",
        "recoloured.png": "recolour",
        "inverted.png": "recolour",
        "redrawn.png": "redraw",
        "mirrored.png": "mirrored",
        "later.gif": "frame",
    }


def test_a_row_says_all_that_is_known_of_a_pair(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    hashes = random.integers(0, 2**64, (9, 3), dtype=np.uint64)
    hashes[0], hashes[8] = 0, 2**64 - 1
    numbers = [[0, 4, 7], [], [0], [2, 5, 6], [0, 1], [0], [], [3], [0, 9, 119]]
    panels = [
        Panel(frames=[frame(edges_at(), number, dct_hash=hashes[page, place]) for place, number in enumerate(of_page)])
        for page, of_page in enumerate(numbers)
    ]
    rows = [
        (0, 3, 7, 5, True, 12, 0.7654321, 0.6, 1.0, 0.0, 0.0, True),
        (0, 8, 0, 119, False, 0, 1.0, 1.0, 1.0, 0.0, 0.0, False),
        (2, 5, 0, 0, False, 3, 0.5, 0.5, 1.25, -12.345, 3.5, True),
        (4, 7, 1, 3, False, 7, 2 / 3, 2 / 3, 0.9996, 0.25, 0.0, True),
    ]
    np.savez(tmp_path / "edges.npz", edges=np.array(rows, EDGE))
    pages = [1, 2, 3, 10, 11, 11, 40, 500, 1000]
    written = set()
    for size in (9, 2):
        shards = write_shards(tmp_path, panels, size)
        relate(tmp_path / "edges.npz", write_panels(tmp_path, pages), shards, tmp_path / "pairs.csv")
        written.add((tmp_path / "pairs.csv").read_bytes())
    assert len(written) == 1, "the size of shards shows"

    def bits(a: tuple[int, int], b: tuple[int, int]) -> int:
        return (int(hashes[a]) ^ int(hashes[b])).bit_count()

    assert (tmp_path / "pairs.csv").read_text().splitlines() == [
        ",".join(COLUMNS),
        f"1_1,10_1,001,010,0.765432,12,{bits((0, 2), (3, 1))},0.6,true,7,5,frame,duplicate,1.0,0.0,0.0,9",
        "1_1,1000_1,001,1000,1.0,0,64,1.0,false,0,119,frame,duplicate,1.0,0.0,0.0,999",
        f"3_1,11_1,003,011,0.5,3,{bits((2, 0), (5, 0))},0.5,false,0,0,moved,duplicate,1.25,-12.34,3.5,8",
        f"11_1,500_1,011,500,0.666667,7,{bits((4, 1), (7, 0))},0.666667,false,1,3,frame,duplicate,1.0,0.25,0.0,489",
    ]


def test_a_comic_without_matches_has_a_table_without_rows(tmp_path: Path) -> None:
    np.savez(tmp_path / "edges.npz", edges=np.zeros(0, EDGE))
    shards = write_shards(tmp_path, [Panel("damaged"), Panel("damaged")], 1)
    relate(tmp_path / "edges.npz", write_panels(tmp_path, [1, 2]), shards, tmp_path / "pairs.csv")
    assert (tmp_path / "pairs.csv").read_text() == ",".join(COLUMNS) + "\n"


def random_colours(seed: int, colours: int, size: int = 8) -> NDArray[np.uint8]:
    """A picture of so many colours, no two of them in the same part of the range."""
    random = np.random.default_rng(seed)
    levels = random.permutation(COLOUR_LEVELS**3)[:colours]
    palette = np.stack([levels // COLOUR_LEVELS**2, levels // COLOUR_LEVELS % COLOUR_LEVELS, levels % COLOUR_LEVELS])
    return (palette.T * (256 // COLOUR_LEVELS)).astype(np.uint8)[random.integers(0, colours, (size, size))]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 30))
def test_consistent_change_is_what_a_colour_tells_of_what_became_of_it(seed: int, other: int, colours: int) -> None:
    a, b = random_colours(seed, colours), np.random.default_rng(other).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    became = defaultdict(list)
    for before, after in zip(a.reshape(-1, 3).tolist(), b.reshape(-1, 3).tolist(), strict=True):
        became[tuple(before)].append(np.array(after))
    remains = sum(((np.array(of_one) - np.mean(of_one, axis=0)) ** 2).sum() for of_one in became.values())
    change = ((a.astype(int) - b.astype(int)) ** 2).sum() / 64
    assert consistent_change(a, b) == pytest.approx(1 - remains / max(1, 64 - len(became)) / change, abs=1e-9)
    assert consistent_change(a, b) <= 1


@given(st.integers(0, 10**6), st.integers(2, 20))
def test_where_each_colour_became_one_other_the_drawing_is_recoloured(seed: int, colours: int) -> None:
    a = random_colours(seed, colours)
    table = np.random.default_rng(seed + 1).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    b = table[a[..., 0], a[..., 1] // 8 * 8 + a[..., 2] // 32]
    assert consistent_change(a, b) == pytest.approx(1)
    assert drawing_relation(a, b) == "recolour"
    assert drawing_relation(b, a) == "recolour"


@given(st.integers(0, 10**6), st.integers(1, 20), st.integers(-11, 11))
def test_where_nothing_but_the_encoding_differs_it_is_a_duplicate(seed: int, colours: int, noise: int) -> None:
    a = np.clip(random_colours(seed, colours), 12, 243)
    b = (a.astype(int) + np.random.default_rng(seed).integers(-12, 12, a.shape) + noise).astype(np.uint8)
    assert drawing_relation(a, a) == "duplicate"
    if np.abs(a.astype(int) - b).max() < 24:
        assert drawing_relation(a, b) == "duplicate"


def test_a_plain_ground_of_another_colour_is_a_recolour() -> None:
    red, blue = (np.asarray(Image.new("RGB", (32, 32), colour)) for colour in ("red", "blue"))
    assert drawing_relation(red, blue) == "recolour"


def edge(zoom: float = 1.0, across: float = 0.0, down: float = 0.0, mirrored: bool = False) -> Any:
    """A match of first frames that lie upon each other like this."""
    (made,) = np.array([(0, 1, 0, 0, mirrored, 0, 0.5, 0.5, zoom, across, down, True)], EDGE)
    return made


@pytest.mark.parametrize(
    ("match", "told"),
    [
        (edge(), "redraw"),
        (edge(across=2, down=1), "redraw"),
        (edge(zoom=1.02), "redraw"),
        (edge(across=-3), "moved"),
        (edge(zoom=1.05), "moved"),
        (edge(zoom=0.95), "moved"),
        (edge(zoom=1.3, mirrored=True), "mirrored"),
    ],
)
def test_what_lies_elsewhere_has_moved(match: Any, told: str) -> None:
    assert relation(match, "redraw") == told


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("zoom", "across", "down"), [(1.0, 25.0, -12.5), (2.0, 0.0, 0.0), (0.5, 12.5, 25.0)])
def test_colours_are_compared_where_the_drawings_lie(mirrored: bool, zoom: float, across: float, down: float) -> None:
    """Frames of 100 x 100 on the canvas; the second shows at each place what the first has there."""
    colours = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    size = np.array([100, 100], np.uint8)
    second = np.zeros_like(colours)
    seen = 0
    for y in range(8):
        for x in range(8):
            u = ((x + 0.5) * 12.5 - 50 - across) / zoom
            v = ((y + 0.5) * 12.5 - 50 - down) / zoom
            column, row = math.floor((-u if mirrored else u) / 12.5 + 4), math.floor(v / 12.5 + 4)
            if 0 <= column < 8 and 0 <= row < 8:
                second[y, x] = colours[row, column]
                seen += 1
    one, other = colours_in_place(edge(zoom, across, down, mirrored), colours, second, size, size)
    assert len(one) == len(other) == seen > 0
    assert np.array_equal(one, other)
