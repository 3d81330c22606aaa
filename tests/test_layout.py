"""How work is cut into jobs: nothing left out, nothing twice, and growth at the end moves nothing before it."""

import csv
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from layout import Layout, digest, page_ranges, read_layout

sizes = st.integers(1, 12)


def layout(panels: int, shard_panels: int, shards_per_block: int) -> Layout:
    names = [f"{page}_1" for page in range(panels)]
    return Layout(names, [f"{name}.png" for name in names], shard_panels, shards_per_block)


@given(st.integers(1, 200), sizes, sizes)
def test_every_panel_is_in_one_shard_and_every_shard_in_one_block(panels: int, shard: int, block: int) -> None:
    cut = layout(panels, shard, block)
    assert [name for shard_name in cut.shards for name in cut.panels[cut.shard(shard_name)]] == list(cut.panels)
    assert all(cut.panels[cut.shard(shard_name)] for shard_name in cut.shards)
    blocks = sorted({int(number) for pair in cut.block_pairs for number in pair.split("-")})
    assert [shard_name for number in blocks for shard_name in cut.block(str(number))] == cut.shards
    for number in blocks[:-1]:
        assert sum(len(cut.panels[cut.shard(name)]) for name in cut.block(str(number))) == cut.panels_per_block


@given(st.integers(1, 200), sizes, sizes)
def test_every_two_blocks_are_compared_once(panels: int, shard: int, block: int) -> None:
    pairs = [tuple(map(int, pair.split("-"))) for pair in layout(panels, shard, block).block_pairs]
    count = max(j for _, j in pairs) + 1
    assert pairs == [(i, j) for i in range(count) for j in range(i, count)]


@given(st.integers(1, 100), st.integers(0, 100), sizes, sizes)
def test_a_comic_that_grows_keeps_its_full_shards_and_blocks(panels: int, more: int, shard: int, block: int) -> None:
    before, after = layout(panels, shard, block), layout(panels + more, shard, block)
    for name in before.shards[: panels // shard]:
        assert after.panels[after.shard(name)] == before.panels[before.shard(name)]
    assert after.shards[: len(before.shards)] == before.shards
    for number in range(panels // before.panels_per_block):
        assert after.block(str(number)) == before.block(str(number))
    assert set(before.block_pairs) <= set(after.block_pairs)


def test_names_of_shards_sort_in_story_order_up_to_the_largest_comics() -> None:
    names = layout(5_000, 1, 1).shards
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


def write_index(path: Path, files: list[str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as index:
        rows = csv.writer(index, lineterminator="\n")
        rows.writerow(["panel", "page", "file", "title"])
        rows.writerows((f"{page}_1", page, file, "a\nb") for page, file in enumerate(files))
    return path


def test_a_layout_is_read_from_the_index(tmp_path: Path) -> None:
    files = ["a,b.png", 'it "is".gif', "ノート.png", "", "c\nd.png"]
    read = read_layout(str(write_index(tmp_path / "index.csv", files)), 0, 2, 5)
    assert list(read.files) == files
    assert list(read.panels) == ["0_1", "1_1", "2_1", "3_1", "4_1"]
    assert (read.shard_panels, read.shards_per_block, read.panels_per_block) == (2, 2, 4)
    assert read.shards == ["0000", "0001", "0002"]
    assert read.block_pairs == ["0-0", "0-1", "1-1"]


def test_a_block_has_one_shard_at_least(tmp_path: Path) -> None:
    index = write_index(tmp_path / "index.csv", ["1.png"])
    assert read_layout(str(index), 0, 512, 10).shards_per_block == 1


def test_an_index_that_changed_is_read_anew(tmp_path: Path) -> None:
    index = write_index(tmp_path / "index.csv", ["1.png"])
    assert list(read_layout(str(index), 1, 2, 2).files) == ["1.png"]
    write_index(index, ["1.png", "2.png"])
    assert list(read_layout(str(index), 2, 2, 2).files) == ["1.png", "2.png"]


names = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))


@given(names, names)
def test_a_listing_that_differs_has_another_digest(one: list[str], other: list[str]) -> None:
    assert (digest(one) == digest(other)) == (one == other)
    assert digest(one) != digest(["another", *one])
    assert digest(["12"]) != digest(["1", "2"])
