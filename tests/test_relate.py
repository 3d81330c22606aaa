"""What kind of match each pair is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from adjacency import MATCH, adjacency
from align_block import align_block
from fingerprint import fingerprint
from pictures import PALETTE, drawing, edges_at, encoded, frame, pictures_of, seen_panels, with_words, write_shards
from relate import COLUMNS, PAIRS_AT_ONCE, look, recolour_odds, relate, tell
from reprise.parts.record import WHOLE
from reprise.shards import GRID, Fingerprints, Panel, read_pictures
from sketches import blocks_of, choose, panel, sketch

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

SIZE = (260, 180)


def write_panels(folder: Path, pages: list[int]) -> Path:
    """Write the table of panels of these pages, a panel a page, whose files are called as numbers are."""
    table = pd.DataFrame({"panel": [f"{page}_1" for page in pages], "page": pages})
    table["file"] = [f"{page:03}" for page in pages]
    table = table.assign(width=200, height=100)
    table.to_csv(folder / "panels.csv", index=False)
    return folder / "panels.csv"


def relate_shards(shards: list[Path], folder: Path, pages: list[int]) -> None:
    """Relate the matches of a folder, of panels of these pages, a panel a page, and write them as its `pairs.csv`."""
    pictures = [pictures_of(shard) for shard in shards]
    relate(folder / "matches.npz", write_panels(folder, pages), shards, pictures, folder / "pairs.csv")


def related(folder: Path, drawings: dict[str, bytes]) -> dict[str, str]:
    """Match the first of some panels, files by name, with all others, and return the relation of each."""
    for name, content in drawings.items():
        (folder / name).write_bytes(content)
    pages = list(range(1, len(drawings) + 1))
    names = [f"{page}_1" for page in pages]
    written = folder / "shard.npz", folder / "shard.npy", folder / "thumbnails"
    fingerprint(names, list(drawings), folder, "distinct", "area", *written)
    partners = choose(folder, [(0, [folder / "shard.npz"])])
    graph = folder / "adjacency.npz", folder / "matches.npz"
    adjacency(partners, [], {"by": "dice", "threshold": 0.45}, 30, *graph)
    relate_shards([folder / "shard.npz"], folder, pages)
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


@pytest.mark.parametrize("seed", [1, 3])
def test_words_do_not_decide_what_became_of_a_drawing(tmp_path: Path, seed: int) -> None:
    size = (520, 360)
    original, recoloured = drawing(seed, size), drawing(seed, size, PALETTE[3:] + PALETTE[:3])
    told = related(
        tmp_path,
        {
            "original.png": encoded("PNG", with_words(original)[0]),
            "said_else.png": encoded("PNG", with_words(original, "Ada had been here before.")[0]),
            "recoloured_and_said_else.png": encoded("PNG", with_words(recoloured, "Is that my ladder, Sol?")[0]),
        },
    )
    assert told == {"said_else.png": "redraw", "recoloured_and_said_else.png": "recolour"}


def test_words_are_said_to_have_changed_only_where_they_did(tmp_path: Path) -> None:
    """A drawing in slightly other greys has the same words."""
    greys = ["#606060", "#808080", "#a0a0a0", "#c0c0c0"]
    original = drawing(4, (360, 240), greys)
    figure = original.copy()
    ImageDraw.Draw(figure).rectangle((20, 180, 50, 220), fill="black")
    related(
        tmp_path,
        {
            "1.png": encoded("PNG", with_words(original)[0]),
            "2.png": encoded("PNG", with_words(original, "Ada had been here before.")[0]),
            "3.png": encoded("PNG", with_words(figure)[0]),
        },
    )
    table = pd.read_csv(tmp_path / "pairs.csv", dtype=str)
    said = dict(zip(zip(table["panel_a"], table["panel_b"], strict=True), table["explanation"], strict=True))
    assert "; the words changed, and" in said["1_1", "2_1"]
    assert "; the words changed, and" not in said["1_1", "3_1"]
    assert "beside the words changed colour" in said["1_1", "3_1"]


def test_a_row_says_all_that_is_known_of_a_pair(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    hashes = random.integers(0, 2**64, (9, 3), dtype=np.uint64)
    hashes[0], hashes[8] = 0, 2**64 - 1
    numbers = [[0, 4, 7], [], [0], [2, 5, 6], [0, 1], [0], [], [3], [0, 9, 119]]
    times = [np.nan] * 8 + [1.25]
    panels = [
        Panel(
            frames=[
                frame(edges_at(), number, dct_hash=hashes[page, place], time=times[page] * number)
                for place, number in enumerate(of_page)
            ]
        )
        for page, of_page in enumerate(numbers)
    ]
    rows = [
        match(0, 3, 7, 5, mirrored=True, edge_bits=12, dice=0.7654321, score=0.6, met=0.9, chance=0.1),
        match(0, 8, 0, 119, dice=1.0, score=1.0, listed=True),
        match(2, 5, 0, 0, edge_bits=3, dice=0.5, score=0.5, zoom=1.25, across=-12.345, down=3.5, met=0.97, chance=0.1),
        match(4, 7, 1, 3, edge_bits=7, dice=2 / 3, score=2 / 3, zoom=0.9996, across=0.25),
    ]
    np.savez(tmp_path / "matches.npz", matches=np.concatenate(rows))
    pages = [1, 2, 3, 10, 11, 11, 40, 500, 1000]
    written = set()
    for size in (9, 2):
        shards = write_shards(tmp_path, panels, size)
        relate_shards(shards, tmp_path, pages)
        written.add((tmp_path / "pairs.csv").read_bytes())
    assert len(written) == 1, "the size of shards shows"

    def bits(a: tuple[int, int], b: tuple[int, int]) -> int:
        return (int(hashes[a]) ^ int(hashes[b])).bit_count()

    same = "no part differs in colour."
    assert (tmp_path / "pairs.csv").read_text().splitlines() == [
        ",".join(COLUMNS),
        f"1_1,10_1,001,010,0.765432,12,{bits((0, 2), (3, 1))},0.6,true,7,5,,,frame,duplicate,0.6,"
        f"Frame 8 of the first and 6 of the second; the first in a mirror; {same},1.0,0.0,0.0,9,,,1.0,1.0",
        "1_1,1000_1,001,1000,1.0,0,64,1.0,false,0,119,,148.75,frame,duplicate,1.0,"
        f"On your list of matches; frame 1 of the first and 120 (at 2:28) of the second; "
        f"{same},1.0,0.0,0.0,999,,,1.0,1.0",
        f"3_1,11_1,003,011,0.5,3,{bits((2, 0), (5, 0))},0.5,false,0,0,,,moved,duplicate,0.977,"
        '"The first lies 12% of the width to the left and 4% of the height down, 1.25 times as wide as the second; '
        '97% of the lines meet; no colour changed.",1.25,-12.34,3.5,8,,,1.0,1.0',
        f"11_1,500_1,011,500,0.666667,7,{bits((4, 1), (7, 0))},0.666667,false,1,3,,,frame,duplicate,0.667,"
        f"Frame 2 of the first and 4 of the second; {same},1.0,0.25,0.0,489,,,1.0,1.0",
    ]


def lay(picture: Image.Image, row: Any, other: Image.Image) -> NDArray[np.bool_]:
    """Lay a picture upon another by what its row of `pairs.csv` says, and return which pixels of it are ink."""
    if row["mirrored"]:
        picture = ImageOps.mirror(picture)
    width = round(other.width * row["zoom"])
    picture = picture.resize((width, round(width * picture.height / picture.width)), Image.Resampling.BILINEAR)
    across = other.width * (0.5 + row["across"] / 100) - picture.width / 2
    down = other.height * (0.5 + row["down"] / 100) - picture.height / 2
    laid = Image.new("L", other.size, "white")
    laid.paste(picture.convert("L"), (round(across), round(down)))
    return np.asarray(laid) < 128


@pytest.mark.parametrize(
    ("size", "moved"),
    [
        (SIZE, {"across": 0.2}),
        (SIZE, {"across": -0.15, "down": 0.12, "zoom": 1.1, "mirrored": True}),
        ((200, 200), {"across": 0.1, "down": 0.05}),
        ((360, 240), {"down": -0.15, "zoom": 1.4}),
    ],
)
def test_a_reader_can_lay_one_picture_upon_the_other(tmp_path: Path, size: tuple[int, int], moved: Any) -> None:
    """By the columns alone: lines meet within two pixels."""
    one, other = sketch(11), sketch(11, size=size, **moved)
    ((_, shards),) = blocks_of(tmp_path, [panel(one), panel(other)], 2, 1)
    chosen = choose(tmp_path, [(0, shards)], most_alike=24)
    align_block(shards, shards, 0, 0, chosen, 0.6, tmp_path / "aligned.npz")
    graph = tmp_path / "adjacency.npz", tmp_path / "matches.npz"
    adjacency(chosen, [tmp_path / "aligned.npz"], {"by": "dice", "threshold": 0.4}, 30, *graph)
    relate_shards(shards, tmp_path, [1, 2])
    (row,) = pd.read_csv(tmp_path / "pairs.csv").to_dict("records")
    upon = lay(one, row, other)
    ink = (np.asarray(other.convert("L")) < 128).astype(np.uint8)
    near = cv2.dilate(ink, np.ones((5, 5), np.uint8)) > 0
    assert near[upon].mean() > 0.9


def test_a_comic_without_matches_has_a_table_without_rows(tmp_path: Path) -> None:
    np.savez(tmp_path / "matches.npz", matches=np.zeros(0, MATCH))
    shards = write_shards(tmp_path, [Panel("damaged"), Panel("damaged")], 1)
    relate_shards(shards, tmp_path, [1, 2])
    assert (tmp_path / "pairs.csv").read_text() == ",".join(COLUMNS) + "\n"


def test_what_is_told_of_a_match_does_not_depend_on_which_are_looked_at_with_it(tmp_path: Path) -> None:
    panels = seen_panels([1, 2] * 33)
    ends = [(a, b) for a in range(len(panels)) for b in range(a + 1, len(panels))]
    assert len(ends) > PAIRS_AT_ONCE + 100
    matches = np.concatenate([match(a, b, frame_b=3 * (b % 2), mirrored=b % 3 == 0) for a, b in ends])
    written = []
    for some in (slice(None), slice(None, 100), slice(100, None)):
        np.savez(tmp_path / "matches.npz", matches=matches[some])
        shards = write_shards(tmp_path, panels, 9)
        relate_shards(shards, tmp_path, list(range(66)))
        written.append((tmp_path / "pairs.csv").read_text().splitlines())
    together, first, others = written
    assert together == first + others[1:]
    assert [row.split(",")[:2] for row in together[1:]] == [[f"{a}_1", f"{b}_1"] for a, b in ends]


def match(a: int = 0, b: int = 1, frame_a: int = 0, frame_b: int = 0, **known: Any) -> Any:
    """A match of two panels, MATCH, of which this is known; where it is not, it lies just there."""
    made = np.zeros(1, MATCH)
    usual = {
        "dice": 0.5,
        "score": 0.5,
        "says_enough": True,
        "zoom": 1.0,
        "met": np.nan,
        "chance": np.nan,
        "cover": np.nan,
        "box_a": WHOLE,
        "box_b": WHOLE,
    }
    for name, value in ({"a": a, "b": b, "frame_a": frame_a, "frame_b": frame_b} | usual | known).items():
        made[name] = value
    return made


def seen(**known: Any) -> pd.DataFrame:
    """What was seen of a match: by default, of a clear redraw."""
    usual = {"seen": 1.0, "changed": 0.2, "odd_least": 0.15, "odd_most": 0.15, "odd_both": 0.15, "told": 2.5}
    usual |= {
        "time_a": np.nan,
        "time_b": np.nan,
        "zoom": 1.0,
        "across": 0.0,
        "down": 0.0,
        "moved": False,
        "lines": 0.8,
        "difference": 200,
        "worded": False,
        "reworded": False,
    }
    return pd.DataFrame([usual | known])


def told_of(match: Any, **known: Any) -> pd.Series:
    """What is told of one match."""
    return tell(match, seen(**known)).iloc[0]


@pytest.mark.parametrize(
    ("match", "moved", "told"),
    [
        (match(), False, "redraw"),
        (match(across=2, down=1), False, "redraw"),
        (match(across=-3), True, "moved"),
        (match(zoom=1.3, mirrored=True), True, "mirrored"),
        (match(mirrored=True), False, "mirrored"),
        (match(frame_b=2, mirrored=True, zoom=1.3), True, "frame"),
    ],
)
def test_how_a_drawing_was_used_comes_before_what_became_of_it(match: Any, moved: bool, told: str) -> None:
    found = told_of(match, moved=moved, changed=0.5, odd_least=0.4)
    assert (found["relation"], found["drawing"]) == (told, "redraw")


@pytest.mark.parametrize(
    ("known", "drawing"),
    [
        ({"difference": 23}, "duplicate"),
        ({"difference": 25}, "redraw"),
        ({"changed": 0.9, "odd_least": 0.002, "odd_most": 0.002, "odd_both": 0.0}, "recolour"),
        ({"changed": 0.9, "odd_least": 0.002, "odd_most": 0.002, "odd_both": 0.0, "told": 0.5}, "redraw"),
        ({"changed": 0.02, "odd_least": 0.0, "odd_most": 0.0, "odd_both": 0.0, "lines": 0.99}, "recolour"),
        (
            {"changed": 0.02, "odd_least": 0.0, "odd_most": 0.0, "odd_both": 0.0, "lines": 0.99, "worded": True},
            "redraw",
        ),
        ({"changed": 0.004, "odd_least": 0.001, "odd_most": 0.004, "odd_both": 0.0, "lines": 0.98}, "recolour"),
        ({"changed": 0.004, "odd_least": 0.002, "odd_most": 0.004, "odd_both": 0.0, "lines": 0.98}, "redraw"),
        # The negative of a drawing in black and white: two colours tell little, but that each became the other.
        ({"changed": 0.97, "odd_least": 0.03, "odd_both": 0.02, "lines": 0.9, "told": 0.4}, "recolour"),
        ({"changed": 0.97, "odd_least": 0.03, "odd_both": 0.02, "lines": 0.5, "told": 0.4}, "redraw"),
        ({"changed": 0.97, "odd_least": 0.2, "odd_both": 0.2, "lines": 0.9, "told": 0.4}, "redraw"),
        ({"moved": True, "changed": 0.9, "odd_least": 0.1}, "recolour"),
        ({"moved": True, "changed": 0.1, "odd_least": 0.1, "lines": 0.95}, "duplicate"),
        ({"moved": True, "changed": 0.1, "odd_least": 0.1, "lines": 0.7}, "redraw"),
    ],
)
def test_what_became_of_a_drawing_is_told_by_its_colours_and_lines(known: dict[str, Any], drawing: str) -> None:
    assert told_of(match(across=9.0 if known.get("moved") else 0.0), **known)["drawing"] == drawing


@pytest.mark.parametrize(
    ("match", "known", "explanation"),
    [
        (match(), {"difference": 0, "lines": 0.0}, "No part differs in colour."),
        (
            match(listed=True),
            {"difference": 3},
            "On your list of matches; no part differs by more than 3 of 255 levels",
        ),
        (match(listed=True, says_enough=False), {}, "On your list of matches; too few lines to compare; 20% of the"),
        (match(listed=True), {"lines": 0.001}, "On your list of matches; no more lines meet than by chance; 20%"),
        (match(), {"changed": 0.0}, "80% of the lines meet; no colour changed."),
        (
            match(),
            {"changed": 0.0, "worded": True, "reworded": True},
            "80% of the lines meet; the words changed, and nothing beside them.",
        ),
        (
            match(),
            {"changed": 0.87, "odd_least": 0.0, "worded": True},
            "80% of the lines meet; 87% of the picture beside the words changed colour, each colour into one other.",
        ),
        (
            match(across=-12.0),
            {"moved": True, "across": -10.4, "down": 0.4, "zoom": 1.004},
            "The first lies 10% of the width to the left; 80% of",
        ),
        (
            match(zoom=1.25),
            {"moved": True, "across": 0.4, "down": -0.4, "zoom": 1.25},
            "The first is 1.25 times as wide as the second; 80% of",
        ),
        (
            match(zoom=1.25),
            {"moved": True, "across": 0.0, "down": -7.0, "zoom": 1.25},
            "The first lies 7% of the height up, 1.25 times as wide as the second; 80% of",
        ),
        (match(zoom=1.25), {"moved": True, "across": 0.0, "down": 0.0, "zoom": 1.0}, "80% of the lines meet; 20%"),
        # Words that are there need not have changed.
        (
            match(),
            {"changed": 0.007, "odd_least": 0.004, "worded": True},
            "80% of the lines meet; 0.7% of the picture beside the words changed colour, and 0.4% is not",
        ),
        (match(), {"changed": 0.0, "worded": True}, "80% of the lines meet; no colour beside the words changed."),
        (match(), {"changed": 1.0, "seen": 0.001}, "80% of the lines meet; too little of the two lies upon each other"),
        (
            match(),
            {"changed": 0.004, "odd_least": 0.0004},
            "80% of the lines meet; 0.4% of the picture changed colour, and less than 0.1% is not what its colour "
            "became elsewhere.",
        ),
        (
            match(),
            {"changed": 0.0096, "odd_least": 0.3},
            "80% of the lines meet; 1% of the picture changed colour, and 30% is",
        ),
    ],
)
def test_the_explanation_says_what_can_be_said_of_the_pair(match: Any, known: dict[str, Any], explanation: str) -> None:
    assert told_of(match, **known)["explanation"].startswith(explanation)


def street(figure: int, across: int, coloured: bool) -> Image.Image:
    """Draw houses on a ground that goes from black to white, and a small figure before them."""
    width, height = 360, 240
    ground = Image.linear_gradient("L").resize((height, width)).rotate(90, expand=True).resize((width, height))
    picture = ground.convert("RGB")
    pen, random = ImageDraw.Draw(picture), np.random.default_rng(1)
    for _ in range(9):
        left, top = int(random.integers(0, 300)), int(random.integers(0, 180))
        fill = tuple(random.choice([40, 90, 130, 170, 210, 255], 3).tolist())
        box = (left, top, left + int(random.integers(30, 120)), top + int(random.integers(30, 90)))
        pen.rectangle(box, fill if coloured else (fill[0],) * 3, "black", 2)
    x, y = 150 + across, 120
    pen.ellipse((x - 4, y - 14, x + 4, y - 6), (figure,) * 3, "black")
    pen.rectangle((x - 5, y - 6, x + 5, y + 10), (figure,) * 3, "black")
    return picture


@pytest.mark.parametrize("figure", [0, 150, 255])
@pytest.mark.parametrize("coloured", [False, True])
def test_a_small_figure_that_slid_is_no_recolour(tmp_path: Path, figure: int, coloured: bool) -> None:
    panels = {f"{across}.png": encoded("PNG", street(figure, across, coloured)) for across in (0, 8, 20)}
    assert "recolour" not in related(tmp_path, panels).values()


shares = st.floats(0, 1)


@given(shares, shares, shares, shares, st.floats(0, 6), st.integers(0, 255), st.booleans(), st.booleans())
def test_the_surer_kind_is_told_and_its_confidence_is_a_share(
    changed: float, odd: float, odd_both: float, lines: float, told: float, difference: int, moved: bool, worded: bool
) -> None:
    known = {"changed": changed, "odd_least": odd, "odd_most": odd, "odd_both": min(odd, odd_both)}
    known |= {"lines": lines, "told": told}
    found = told_of(match(across=9.0 * moved), **known, difference=difference, moved=moved, worded=worded)
    assert 0 <= found["confidence"] <= 1
    assert found["drawing"] in ("duplicate", "recolour", "redraw")
    if not moved:
        assert found["relation"] == found["drawing"]
        assert found["confidence"] >= 0.499
        assert (found["drawing"] == "duplicate") == (difference < 24)


@given(st.floats(0, 0.19), shares, shares, st.floats(0, 6), st.floats(0.01, 0.2))
def test_a_recolour_is_likelier_the_less_is_odd_and_the_more_lines_and_colours_speak_for_it(
    odd: float, odd_both: float, lines: float, told: float, more: float
) -> None:
    def odds(**other: float) -> float:
        known = {"changed": 1.0, "odd_least": odd, "odd_most": odd, "odd_both": odd_both, "lines": lines, "told": told}
        return float(recolour_odds(seen(**(known | other)))[0])

    assert odds(odd_least=odd + more) < odds()
    assert odds(odd_most=odd + more) < odds()
    assert odds(odd_both=odd_both + more) < odds()
    assert odds(told=told + more) > odds()
    assert odds(lines=lines - more) < odds()


@pytest.mark.parametrize("mirrored", [False, True])
def test_pictures_are_compared_mirrored_as_they_match_and_where_they_are(tmp_path: Path, mirrored: bool) -> None:
    original = drawing(6, SIZE)
    other = ImageOps.mirror(original) if mirrored else original
    for name, picture in (("one.png", original), ("other.png", other)):
        (tmp_path / name).write_bytes(encoded("PNG", picture))
    written = tmp_path / "shard.npz", tmp_path / "shard.npy", tmp_path / "thumbnails"
    fingerprint(["1_1", "2_1"], ["one.png", "other.png"], tmp_path, "distinct", "area", *written)
    pictures = read_pictures([tmp_path / "shard.npy"], np.array([0, 2]), np.array([0, 1]))
    size = Fingerprints([tmp_path / "shard.npz"]).canvas_size
    a_hair_off = match(mirrored=mirrored, across=1.5, down=-1.5, zoom=1.01)
    found = look(a_hair_off, np.array([0]), np.array([1]), pictures, size).iloc[0]
    assert not found["moved"]
    assert (found["difference"], found["changed"]) == (0, 0)


# --- Parts -----------------------------------------------------------------------------------------------------------


def test_a_part_is_told_by_its_boxes_and_by_the_colours_in_them(tmp_path: Path) -> None:
    """A quarter of page 1 is a quarter of page 2, in other colours; the whole of page 3 is within page 1."""
    a, b, c = (np.random.default_rng(seed).integers(0, 256, (GRID, GRID, 3), np.uint8) for seed in range(3))
    half = GRID // 2
    b[half:, half:] = a[:half, :half]
    b[half:, half:, 0] ^= 64
    drawn = [Panel(frames=[replace(frame(edges_at()), samples=samples)]) for samples in (a, b, c)]
    shards = write_shards(tmp_path, drawn, 3)
    quarter, other = (0, 0, 0.5, 0.5), (0.5, 0.5, 1, 1)
    rows = [
        match(0, 1, score=0.8, met=0.9, chance=0.1, box_a=quarter, box_b=other, across=50, down=50),
        match(0, 2, score=0.7, met=0.9, chance=0.1, box_a=quarter, box_b=WHOLE, zoom=2.0, across=50, down=50),
    ]
    np.savez(tmp_path / "matches.npz", matches=np.concatenate(rows))
    relate_shards(shards, tmp_path, [1, 2, 3])
    part, contains = pd.read_csv(tmp_path / "pairs.csv", keep_default_na=False).to_dict("records")
    assert (part["relation"], contains["relation"]) == ("part", "contains")
    assert (part["box_a"], part["box_b"], contains["box_b"]) == ("0 0 100 50", "100 50 200 100", "0 0 200 100")
    assert [contains["cover_a"], contains["cover_b"]] == [0.25, 1]
    assert part["explanation"].startswith("25% of the first picture is also 25% of the second; 89% of the lines meet; ")
    assert contains["explanation"].startswith("25% of the first picture is also the whole second; ")
    assert part["drawing"] == "recolour"
    assert contains["drawing"] == "redraw"
