"""Outputs are whole or not there."""

import os
from pathlib import Path

import pytest

from reprise.atomic import atomic_file, atomic_folder, remove_parts


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_name_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "new" / "table.csv"
    with atomic_file(target) as part:
        part.write_text("half")
        assert not target.exists()
        assert part.suffix == ".csv"
        assert part.parent == target.parent, "another file system could not rename it"
        part.write_text("all of it")
    assert target.read_text() == "all of it"
    assert names(target.parent) == ["table.csv"]


def test_a_file_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), atomic_file(target) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "before"
    assert names(tmp_path) == ["table.csv"]


def test_a_file_that_was_not_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "table.csv"):
        pass


def test_a_folder_replaces_the_one_before_it(tmp_path: Path) -> None:
    target = tmp_path / "new" / "clusters"
    for name in ("first", "second"):
        with atomic_folder(target) as part:
            assert names(part) == []
            (part / name).write_text(name)
            assert not (target / name).exists()
    assert names(target) == ["second"]
    assert names(target.parent) == ["clusters"]


def test_a_folder_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "clusters"
    with atomic_folder(target) as part:
        (part / "before").touch()
    with pytest.raises(ZeroDivisionError), atomic_folder(target) as part:
        (part / "half").touch()
        raise ZeroDivisionError
    assert names(tmp_path) == ["clusters"]
    assert names(target) == ["before"]


def test_what_a_killed_process_left_is_no_part_of_the_folder(tmp_path: Path) -> None:
    left = tmp_path / f".clusters.{os.getpid()}.part"
    left.mkdir()
    (left / "half").touch()
    with atomic_folder(tmp_path / "clusters") as part:
        (part / "whole").touch()
    assert names(tmp_path / "clusters") == ["whole"]


def test_what_killed_processes_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    kept = ["table.csv", ".hidden", "12.part.png", ".snakemake_timestamp", "folder/.a.part"]
    for name in [*kept, ".table.12.part.csv", "folder/.1_1.99.part", ".folder.7.part/deep/.file.7.part.json"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    remove_parts(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == sorted([*kept, "folder"])
