"""A comic of strips: each is cut into its panels, and what is used again is found with its place."""

import csv
from typing import Any

import pytest
from comics import Comic

from pictures import encoded
from sketches import sketch, strip, strip_boxes

STRIPS = 7
AGAIN = (2, 1), (6, 0)  # strip and panel, and the later strip and panel in which that is used again
ALONE = "90.png"  # a picture that is a panel of a strip
OF_ALONE = (4, 2)

# What runs again where what is compared is another.
COMPARED = {"fingerprint", "shared_lines", "panels", "hamming_block", "search_block", "partners", "align_block"}
COMPARED |= {"adjacency", "relate"}


@pytest.fixture(scope="module")
def comic(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """The comic, worked through once."""
    place = tmp_path_factory.mktemp("strips")
    pages = place / "pages"
    pages.mkdir()
    drawn = [[sketch(10 * page + panel) for panel in range(3)] for page in range(STRIPS)]
    (strip_a, panel_a), (strip_b, panel_b) = AGAIN
    drawn[strip_b][panel_b] = drawn[strip_a][panel_a]
    for page, some in enumerate(drawn):
        (pages / f"{page}.png").write_bytes(encoded("PNG", strip(*some)))
    (pages / ALONE).write_bytes(encoded("PNG", drawn[OF_ALONE[0]][OF_ALONE[1]]))
    comic = Comic(place / "run", {"comic": {"source": "folder", "folder": str(pages)}})
    comic.run()
    return comic


def pairs(comic: Comic) -> dict[tuple[str, str], dict[str, str]]:
    """Return the rows of pairs.csv by the names of the two files."""
    with (comic.results / "pairs.csv").open(newline="", encoding="utf-8") as read:
        return {(row["file_a"], row["file_b"]): row for row in csv.DictReader(read)}


def assert_box(row: dict[str, str], end: str, box: Any) -> None:
    """Assert that a pair's box is one, but for its frame."""
    assert list(map(int, row[f"box_{end}"].split())) == pytest.approx(list(box), abs=8)


def test_a_panel_that_comes_back_in_another_strip_is_a_part_of_both(comic: Comic) -> None:
    row = pairs(comic)["2.png", "6.png"]
    assert (row["relation"], row["drawing"], row["mirrored"]) == ("part", "duplicate", "false")
    assert float(row["score"]) > 0.9
    assert_box(row, "a", strip_boxes(3)[1])
    assert_box(row, "b", strip_boxes(3)[0])
    assert float(row["cover_a"]) == pytest.approx(0.27, abs=0.04)


def test_a_picture_that_is_a_panel_of_a_strip_is_contained_in_it(comic: Comic) -> None:
    row = pairs(comic)["4.png", ALONE]
    assert row["relation"] == "contains"
    assert_box(row, "a", strip_boxes(3)[2])
    assert float(row["cover_b"]) > 0.9


def test_nothing_else_matches_and_parts_tie_no_strips(comic: Comic) -> None:
    assert set(pairs(comic)) == {("2.png", "6.png"), ("4.png", ALONE)}
    with (comic.results / "clusters.csv").open(newline="", encoding="utf-8") as read:
        assert not list(csv.DictReader(read))


def test_another_way_of_cutting_runs_again_what_compares_and_no_more(comic: Comic) -> None:
    comic.settings = comic.settings | {"fingerprint": {"panels": "whole"}}
    assert set(comic.run("results/pairs.csv").jobs) == COMPARED
    assert not pairs(comic)
