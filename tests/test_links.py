"""A file stands in two places: by a link where that is possible."""

import os
from pathlib import Path

import pytest

from reprise.links import clone, link


def test_a_file_is_linked(tmp_path: Path) -> None:
    (tmp_path / "original").write_bytes(b"here")
    link(tmp_path / "original", tmp_path / "target")
    assert (tmp_path / "target").samefile(tmp_path / "original")


def test_what_a_symbolic_link_leads_to_is_linked(tmp_path: Path) -> None:
    (tmp_path / "original").write_bytes(b"here")
    (tmp_path / "symbolic").symlink_to("original")
    link(tmp_path / "symbolic", tmp_path / "target")
    assert not (tmp_path / "target").is_symlink(), "it would break when the folder is moved"
    assert (tmp_path / "target").samefile(tmp_path / "original")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second file system here")
def test_a_file_is_copied_from_another_file_system(tmp_path: Path) -> None:
    original = Path("/dev/shm") / f"reprise-{os.getpid()}"
    original.write_bytes(b"there")
    try:
        link(original, tmp_path / "target")
    finally:
        original.unlink()
    assert (tmp_path / "target").read_bytes() == b"there"


def test_a_clone_is_a_file_of_its_own_or_none_at_all(tmp_path: Path) -> None:
    original, target = tmp_path / "original", tmp_path / "target"
    original.write_bytes(b"here")
    if clone(original, target):
        assert target.read_bytes() == b"here"
        target.write_bytes(b"gone")
    else:
        assert not target.exists()
    assert original.read_bytes() == b"here"
