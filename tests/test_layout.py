"""How work is cut into jobs: nothing left out, nothing twice, and growth at the end moves nothing before it."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layout import Layout, digest, page_ranges, read_layout


def layout(shards: Sequence[int], blocks: Sequence[int]) -> Layout:
    """Return a layout of shards of so many panels, and blocks of so many shards."""
    starts = np.cumsum([0, *shards]).tolist()
    names = [f"{page}_1" for page in range(starts[-1])]
    firsts = np.cumsum([0, *blocks]).tolist()[:-1]
    return Layout(names, [f"{name}.png" for name in names], starts[:-1], [starts[first] for first in firsts])


cuts = st.lists(st.integers(1, 4), min_size=1, max_size=9).flatmap(
    lambda blocks: st.builds(
        layout, st.lists(st.integers(1, 9), min_size=sum(blocks), max_size=sum(blocks)), st.just(blocks)
    )
)


@given(cuts)
def test_every_panel_is_in_one_shard_and_every_shard_in_one_block(cut: Layout) -> None:
    assert [name for shard in cut.shards for name in cut.panels[cut.shard(shard)]] == list(cut.panels)
    assert all(cut.panels[cut.shard(shard)] for shard in cut.shards)
    blocks = sorted({int(number) for pair in cut.block_pairs for number in pair.split("-")})
    assert [shard for number in blocks for shard in cut.block(str(number))] == cut.shards
    assert [cut.shard(cut.block(str(number))[0]).start for number in blocks] == list(cut.block_starts)


@given(cuts)
def test_every_two_blocks_are_compared_once(cut: Layout) -> None:
    pairs = [tuple(map(int, pair.split("-"))) for pair in cut.block_pairs]
    count = max(j for _, j in pairs) + 1
    assert pairs == [(i, j) for i in range(count) for j in range(i, count)]


def test_names_of_shards_sort_in_story_order_up_to_the_largest_comics() -> None:
    names = layout([1] * 5_000, [5_000]).shards
    assert names == sorted(names)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 60))
def test_ranges_hold_every_page_once(first: int, more: int, size: int) -> None:
    ranges = list(page_ranges(first, first + more, size).values())
    assert [page for start, end in ranges for page in range(start, end + 1)] == list(range(first, first + more + 1))
    assert all(end - start < size for start, end in ranges)


@given(st.integers(0, 300), st.integers(0, 100), st.integers(0, 100), st.integers(1, 60))
def test_later_pages_change_one_range_at_most(first: int, pages: int, more: int, size: int) -> None:
    before, after = page_ranges(first, first + pages, size), page_ranges(first, first + pages + more, size)
    assert list(after)[: len(before)] == list(before)
    changed = [name for name in before if after[name] != before[name]]
    assert changed in ([], [list(before)[-1]])


@given(st.integers(0, 99), st.integers(0, 99), st.integers(100, 200), st.integers(1, 60))
def test_a_name_belongs_to_the_same_pages_wherever_the_comic_begins(one: int, other: int, last: int, size: int) -> None:
    named = [page_ranges(first, last, size) for first in (one, other)]
    later = [name for name in named[0] if int(name.split("-")[0]) > max(one, other)]
    assert all(named[1][name] == named[0][name] for name in later)
    for name, (first, end) in (place for ranges in named for place in ranges.items()):
        start, stop = map(int, name.split("-"))
        assert start % size == 0
        assert start <= first <= end <= stop == start + size - 1


def write_index(path: Path, files: list[str], shards: str, blocks: str) -> Path:
    """Write an index of files, with the number of each one's shard and block, a digit each."""
    with path.open("w", newline="", encoding="utf-8") as index:
        rows = csv.writer(index, lineterminator="\n")
        rows.writerow(["panel", "page", "file", "title", "shard", "block"])
        numbers = zip(files, shards, blocks, strict=True)
        rows.writerows((f"{page}_1", page, file, "a\nb", *of) for page, (file, *of) in enumerate(numbers))
    return path


def test_a_layout_is_read_from_the_index(tmp_path: Path) -> None:
    files = ["a,b.png", 'it "is".gif', "ノート.png", "", "c\nd.png"]
    read = read_layout(str(write_index(tmp_path / "index.csv", files, "00112", "00001")), 0)
    assert list(read.files) == files
    assert list(read.panels) == ["0_1", "1_1", "2_1", "3_1", "4_1"]
    assert (read.shard_starts, read.block_starts) == ([0, 2, 4], [0, 4])
    assert read.shards == ["0000", "0001", "0002"]
    assert (read.block("0"), read.block("1")) == (["0000", "0001"], ["0002"])
    assert read.block_pairs == ["0-0", "0-1", "1-1"]


def test_an_index_that_changed_is_read_anew(tmp_path: Path) -> None:
    index = write_index(tmp_path / "index.csv", ["1.png"], "0", "0")
    assert list(read_layout(str(index), 1).files) == ["1.png"]
    write_index(index, ["1.png", "2.png"], "00", "00")
    assert list(read_layout(str(index), 2).files) == ["1.png", "2.png"]


names = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))


@given(names, names)
def test_a_listing_that_differs_has_another_digest(one: list[str], other: list[str]) -> None:
    assert (digest(one) == digest(other)) == (one == other)
    assert digest(one) != digest(["another", *one])
    assert digest(["12"]) != digest(["1", "2"])
