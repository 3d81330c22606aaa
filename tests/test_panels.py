"""The table of panels: where each was found and what reading it showed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from panels import COLUMNS, most_edges, panels
from pictures import edges_at, frame, pictures_of
from reprise.shards import Panel, write_shard

INDEX = """\
panel,page,count,place,page_name,file,url,page_url,title,text,status
1_1,1,1,1,1,007,,,NA,,ok
2_1,2,1,2,2,"a,""b"" ノート.gif",http://c/2.gif,http://c/2,"Two, or 2",It waves,ok
3_1,3,1,3,3,,http://c/3.gif,http://c/3,Three,,not there (404)
10_1,10,1,10,10,10.gif,,,,,ok
"""

READ = {
    "1_1": Panel("ok", "", "ab", "PNG", 650, 450, 1, [frame(edges_at(1, 2, 3))]),
    "2_1": Panel(
        "ok", "frames from 2 on cannot be read", "00", "GIF", 4, 5, 9, [frame(edges_at(*range(n))) for n in (2, 7, 4)]
    ),
    "3_1": Panel("missing file", "is not there"),
    "10_1": Panel("damaged", "cut, off", "12e4", "GIF", 3, 3, 1),
}


def write(folder: Path, *shards: list[str]) -> list[Path]:
    (folder / "index.csv").write_text(INDEX, encoding="utf-8")
    paths = []
    for number, names in enumerate(shards):
        paths.append(folder / f"{number}.npz")
        write_shard(names, [READ[name] for name in names], paths[-1], pictures_of(paths[-1]))
    return paths


def test_every_panel_of_the_index_has_a_row_with_all_that_is_known(tmp_path: Path) -> None:
    panels(tmp_path / "index.csv", write(tmp_path, ["1_1", "2_1"], ["3_1", "10_1"]), tmp_path / "panels.csv")
    table = pd.read_csv(tmp_path / "panels.csv", dtype=str, keep_default_na=False)
    assert list(table.columns) == COLUMNS
    assert table["panel"].tolist() == ["1_1", "2_1", "3_1", "10_1"]
    assert table["file"].tolist() == ["007", 'a,"b" ノート.gif', "", "10.gif"]
    assert table["title"].tolist() == ["NA", "Two, or 2", "Three", ""]
    assert table["sha256"].tolist() == ["ab", "00", "", "12e4"]
    assert table["format"].tolist() == ["PNG", "GIF", "", "GIF"]
    assert table[["width", "height", "frames", "edges"]].astype(int).to_numpy().tolist() == [
        [650, 450, 1, 3],
        [4, 5, 9, 7],
        [0, 0, 0, 0],
        [3, 3, 1, 0],
    ]


def test_what_looks_like_a_number_is_kept_as_it_is_written(tmp_path: Path) -> None:
    shards = write(tmp_path, ["1_1"])
    (tmp_path / "index.csv").write_text("".join(INDEX.splitlines(keepends=True)[:2]), encoding="utf-8")
    panels(tmp_path / "index.csv", shards, tmp_path / "panels.csv")
    row = "1_1,1,1,1,1,007,,,NA,,ab,PNG,650,450,1,ok,,3"
    assert (tmp_path / "panels.csv").read_text().splitlines() == [",".join(COLUMNS), row]


def test_the_status_says_why_a_panel_cannot_be_used(tmp_path: Path) -> None:
    """Why it could not be fetched comes before that there is nothing to read."""
    panels(tmp_path / "index.csv", write(tmp_path, ["1_1", "2_1", "3_1", "10_1"]), tmp_path / "panels.csv")
    table = pd.read_csv(tmp_path / "panels.csv", dtype=str, keep_default_na=False)
    assert table["status"].tolist() == ["ok", "ok", "not there (404)", "damaged"]
    assert table["detail"].tolist()[1::2] == ["frames from 2 on cannot be read", "cut, off"]


def test_the_size_of_shards_leaves_no_trace(tmp_path: Path) -> None:
    written = set()
    for shards in ([["1_1", "2_1", "3_1", "10_1"]], [["1_1"], ["2_1"], ["3_1"], ["10_1"]]):
        panels(tmp_path / "index.csv", write(tmp_path, *shards), tmp_path / "panels.csv")
        written.add((tmp_path / "panels.csv").read_bytes())
    assert len(written) == 1


def test_a_panel_that_two_shards_know_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(pd.errors.MergeError):
        panels(tmp_path / "index.csv", write(tmp_path, ["1_1", "2_1"], ["2_1"]), tmp_path / "panels.csv")


def test_most_edges_is_that_of_the_richest_frame() -> None:
    assert most_edges(np.array([4, 9, 2, 5]), np.array([0, 2, 2, 4])).tolist() == [9, 0, 5]
