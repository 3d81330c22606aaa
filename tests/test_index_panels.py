"""Panels in story order, each with a name of its own, and cut into shards and blocks."""

from itertools import groupby, pairwise
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_panels import (
    INDEX_COLUMNS,
    PAGE_COLUMNS,
    Growth,
    block_growth,
    cut,
    index_downloads,
    index_files,
    index_panels,
    shard_growth,
)
from reprise import tables
from reprise.source import find_images


def test_a_folder_is_indexed_whatever_order_its_files_were_made_in(tmp_path: Path) -> None:
    names = ["1_1.png", "1_2.png", "2.png", "10.png", "cover.jpg"]
    for seed in (1, 2):
        Random(seed).shuffle(names)
        (tmp_path / f"{seed}").mkdir()
        for name in names:
            (tmp_path / f"{seed}" / name).touch()
    found = (find_images(tmp_path / seed).images for seed in "12")
    (panels, pages, _), (other_panels, other_pages, _) = (index_files(files, None) for files in found)
    pd.testing.assert_frame_equal(panels, other_panels)
    pd.testing.assert_frame_equal(pages, other_pages)
    assert list(panels.columns) == INDEX_COLUMNS
    assert list(panels["file"]) == ["cover.jpg", "1_1.png", "1_2.png", "2.png", "10.png"]
    assert list(panels["panel"]) == ["0_1", "1_1", "1_2", "2_1", "10_1"]
    assert list(panels["place"]) == [1, 2, 2, 3, 11]
    assert list(pages["page"]) == [0, 1, 2, 10]
    assert list(pages["page_name"]) == ["cover", "1", "2", "10"]
    assert list(pages["panels"]) == [1, 2, 1, 1]


def test_the_index_gives_every_name_back(tmp_path: Path) -> None:
    names = ["a,b 1.png", 'a"b" 2.png', "ノート 3.png", " 4 .png", "-5.png", "NA.png", "null", "6;\t.png", "'=7.png"]
    table, pages, reading = index_files(names, None)
    growths = shard_growth(2, 1), block_growth(4)
    written = tmp_path / "index.csv", tmp_path / "pages.csv", tmp_path / "story.txt"
    index_panels(table, pages.assign(title="=NA"), *growths, reading, *written)
    index = tables.read_csv(tmp_path / "index.csv", dtype=str, keep_default_na=False)
    assert list(index["file"]) == list(table["file"])
    assert (index["shard"].sum(), index["block"].sum()) == ("001122334", "000011112")
    page_table = tables.read_csv(tmp_path / "pages.csv", keep_default_na=False)
    assert list(page_table.columns) == PAGE_COLUMNS
    assert set(page_table["title"]) == {"=NA"}
    assert "-5.png" not in pd.read_csv(tmp_path / "index.csv")["file"].tolist()


def write_manifest(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["page,count,file,url,page_url,title,status", *rows]) + "\n")
    return path


def test_downloads_are_indexed_with_the_pages_that_are_missing(tmp_path: Path) -> None:
    later = write_manifest(
        tmp_path / "later.csv",
        "11,0,,,http://c/11,,not there (404)",
        "10,2,d/10_2.gif,http://c/b.gif,http://c/10,Ten,ok",
        "10,1,,http://c/a.gif,http://c/10,Ten,not there (404)",
    )
    earlier = write_manifest(
        tmp_path / "earlier.csv",
        "2,1,d/2_1.png,http://c/2.png,http://c/2,NA,ok",
        "1,0,,,http://c/1,Empty,no panels",
    )
    panels, pages, reading = index_downloads([later, earlier], True)
    assert reading == "pages 1 to 11"
    assert list(panels.columns) == INDEX_COLUMNS
    assert list(panels["panel"]) == ["2_1", "10_1", "10_2"]
    assert list(panels["file"]) == ["d/2_1.png", "", "d/10_2.gif"]
    assert list(panels["status"]) == ["ok", "not there (404)", "ok"]
    assert pages.to_dict("list") == {
        "page": [1, 2, 10, 11],
        "place": [1, 2, 10, 11],
        "page_name": ["1", "2", "10", "11"],
        "page_url": ["http://c/1", "http://c/2", "http://c/10", "http://c/11"],
        "title": ["Empty", "NA", "Ten", ""],
        "panels": [0, 1, 2, 0],
        "status": ["no panels", "ok", "ok", "not there (404)"],
    }


def test_a_web_comic_without_any_panel_still_has_its_pages(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "a.csv", "1,0,,,http://c/1,,no panels", "2,0,,,http://c/2,,no panels")
    panels, pages, _ = index_downloads([manifest], True)
    assert panels.empty
    assert list(pages["status"]) == ["no panels", "no panels"]


# --- Shards and blocks --------------------------------------------------------------------------------------------

counts = st.integers(1, 60_000)
cores = st.integers(1, 70)
sizes = st.none() | st.integers(1, 3000)


def lengths(numbers: list[int]) -> list[int]:
    """Return how many of each number stand together."""
    return [len(list(same)) for _, same in groupby(numbers)]


@given(counts, sizes, sizes, cores)
def test_every_panel_is_in_one_shard_and_every_shard_in_one_block(
    count: int, shard: int | None, block: int | None, cores: int
) -> None:
    shards, blocks = map(list, cut(count, shard_growth(shard, cores), block_growth(block)))
    assert len(shards) == len(blocks) == count
    for numbers in (shards, blocks):
        assert [number for number, _ in groupby(numbers)] == list(range(numbers[-1] + 1))
    assert len(set(zip(shards, blocks, strict=True))) == shards[-1] + 1


@given(counts, counts, sizes, sizes, cores)
def test_a_comic_that_grows_keeps_what_is_before_its_last_shard_and_block(
    count: int, more: int, shard: int | None, block: int | None, cores: int
) -> None:
    growths = shard_growth(shard, cores), block_growth(block)
    for before, after in zip(cut(count, *growths), cut(count + more, *growths), strict=True):
        assert list(after[:count]) == list(before)


@given(counts, st.integers(1, 3000), st.integers(1, 3000), cores)
def test_sizes_that_are_set_hold(count: int, shard: int, block: int, cores: int) -> None:
    shards, blocks = map(list, cut(count, shard_growth(shard, cores), block_growth(block)))
    assert set(lengths(shards)[:-1]) <= {shard}
    # A block takes whole shards, one at least.
    assert all(size < block + shard or size == shard for size in lengths(blocks))


@given(counts, cores)
def test_sizes_that_are_not_set_are_within_bounds_and_blocks_are_whole_shards(count: int, cores: int) -> None:
    shards, blocks = map(list, cut(count, shard_growth(None, cores), block_growth(None)))
    assert all(256 <= size <= 4096 for size in lengths(shards)[:-1])
    assert all(16384 <= size <= 32768 for size in lengths(blocks)[:-1])
    assert lengths(shards) == sorted(lengths(shards)[:-1]) + lengths(shards)[-1:]


@pytest.mark.parametrize("cores", [1, 2, 3, 4, 8, 16, 32])
def test_ten_thousand_panels_keep_all_cores_busy_with_full_jobs(cores: int) -> None:
    shards, blocks = map(list, cut(10_000, shard_growth(None, cores), block_growth(None)))
    assert shards[-1] + 1 >= cores
    assert blocks[-1] == 0  # which several threads share
    assert shards[-1] + 1 <= 40
    assert max(lengths(shards)) <= max(256, 10_000 / cores / 2)


def test_jobs_become_few_to_a_panel() -> None:
    counts = [cut(panels, shard_growth(None, 2), block_growth(None)) for panels in (1_000, 10_000, 100_000)]
    jobs = [(shards[-1] + 1, (blocks[-1] + 1) * (blocks[-1] + 2) // 2) for shards, blocks in counts]
    assert jobs[0][0] > 1
    assert jobs[2][0] < 5 * jobs[1][0]
    assert jobs[2][1] <= 10 * jobs[1][1]


@given(
    st.integers(0, 10_000),
    st.sampled_from([1, 2, 16]),
    st.sampled_from([16, 64, 512]),
    st.sampled_from([2, 1, 0.25, 0.1]),
)
def test_pieces_take_a_share_of_what_is_before_them(count: int, smallest: int, largest: int, share: float) -> None:
    starts = Growth(smallest, largest, share).starts(count)
    assert starts[:1] == [0] * (count > 0)
    for start, end in pairwise(starts):
        assert end - start in {2**power for power in range(14)}
        assert end - start == min(largest, max(smallest, end - start))
        assert end - start <= max(smallest, start * share)
