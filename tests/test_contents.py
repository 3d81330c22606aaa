"""A digest tells whether what a file holds has changed, whatever else has."""

import os
from pathlib import Path

import pytest

from contents import Digests

A_YEAR_AGO = 365 * 86400


def write(path: Path, content: bytes, age: float = A_YEAR_AGO) -> None:
    path.write_bytes(content)
    changed = path.stat().st_mtime - age
    os.utime(path, (changed, changed))


def read_again(tmp_path: Path, *paths: Path) -> list[str]:
    """Return the digests that another run finds, which has what the one before kept."""
    kept = tmp_path / "kept"
    before = Digests(kept)
    digests = [before.digest(path) for path in paths]
    before.save()
    assert [Digests(kept).digest(path) for path in paths] == digests
    return digests


def test_files_that_swap_names_swap_digests(tmp_path: Path) -> None:
    """Even where size and time are the same, as in an archive all files may have."""
    one, other = tmp_path / "one", tmp_path / "other"
    write(one, b"A")
    write(other, b"B")
    os.utime(other, ns=(one.stat().st_atime_ns, one.stat().st_mtime_ns))
    before = read_again(tmp_path, one, other)
    one.rename(tmp_path / "between")
    other.rename(one)
    (tmp_path / "between").rename(other)
    assert read_again(tmp_path, one, other) == before[::-1]
    assert before[0] != before[1]


def test_a_file_that_is_touched_or_copied_keeps_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "panel"
    write(path, b"A")
    before = read_again(tmp_path, path)
    os.utime(path)
    assert read_again(tmp_path, path) == before
    (tmp_path / "copy").write_bytes(path.read_bytes())
    (tmp_path / "copy").rename(path)
    assert read_again(tmp_path, path) == before


def test_a_file_of_which_all_is_as_before_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "panel"
    write(path, b"A")
    before = read_again(tmp_path, path)
    times = path.stat()
    with path.open("r+b") as content:
        content.write(b"B")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert read_again(tmp_path, path) == before


def test_a_file_that_may_change_within_one_tick_of_its_clock_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "panel"
    write(path, b"A", age=0)
    before = read_again(tmp_path, path)
    times = path.stat()
    with path.open("r+b") as content:
        content.write(b"B")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert read_again(tmp_path, path) != before


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # to open it would wait for ever
    (tmp_path / "large").write_bytes(bytes(11))
    digests = Digests(tmp_path / "kept")
    found = [digests.digest(tmp_path / name, 10) for name in ("pipe", "gone", "large")]
    assert found == ["no file", "No such file or directory", "11 bytes"]


@pytest.mark.parametrize("kept", [b"", b"half of what was {", b"[1, 2]", b"\xff"])
def test_what_was_kept_and_cannot_be_read_is_found_anew(tmp_path: Path, kept: bytes) -> None:
    path = tmp_path / "panel"
    write(path, b"A")
    (tmp_path / "kept").write_bytes(kept)
    assert Digests(tmp_path / "kept").digest(path) == Digests(tmp_path / "none").digest(path)
