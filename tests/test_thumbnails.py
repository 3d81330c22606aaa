"""Thumbnails are called after their frames, and their sizes are told beside them."""

from pathlib import Path

from reprise.thumbnails import read_sizes, thumbnail_file, write_sizes


def test_sizes_are_read_as_they_were_written(tmp_path: Path) -> None:
    sizes = {
        thumbnail_file("1_1", 0): (200, 138),
        thumbnail_file("1_1", 11): (3, 160),
        thumbnail_file("2_1", 0): (1, 1),
    }
    write_sizes(sizes.items(), tmp_path)
    assert read_sizes(tmp_path) == sizes


def test_a_shard_of_panels_that_cannot_be_read_has_no_sizes(tmp_path: Path) -> None:
    write_sizes([], tmp_path)
    assert read_sizes(tmp_path) == {}
