"""The panels of each cluster, as they came, in a folder of its own."""

import shutil
import zipfile
from pathlib import Path

import pytest

from cluster_folders import cluster_folders
from reprise.links import clone

CLUSTERS = {
    "1/1_1.png": "one/1.png",
    "1/20_1.gif": 'one/ノート "it\'s" & <b>.GIF',
    "2/3_1.jpg": "-rf.jpg",
    "2/4_2.jpeg": "007.jpeg",
    "10/5_1.webp": "100%.webp",
}


def fill(folder: Path) -> Path:
    for file in CLUSTERS.values():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"the bytes of " + file.encode())
    return folder


def write_clusters(path: Path, clusters: dict[str, str]) -> Path:
    rows = []
    for place, file in clusters.items():
        cluster, name = place.split("/")
        quoted = file.replace('"', '""')
        rows.append(f'{cluster},{name.split(".")[0]},"{quoted}",{name.split("_")[0]}')
    path.write_text("\n".join(["cluster,panel,file,page", *rows]) + "\n", encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


EXPECTED = {place: b"the bytes of " + file.encode() for place, file in CLUSTERS.items()}


def test_each_panel_lies_in_its_cluster_with_its_own_bytes(tmp_path: Path) -> None:
    source = fill(tmp_path / "comic")
    cluster_folders(write_clusters(tmp_path / "clusters.csv", CLUSTERS), source, tmp_path / "results" / "clusters")
    assert contents(tmp_path / "results" / "clusters") == EXPECTED


def test_who_edits_what_lies_in_a_cluster_changes_no_original(tmp_path: Path) -> None:
    source = fill(tmp_path / "comic")
    (source / "original.png").write_bytes(b"behind a link")
    (source / "linked.png").symlink_to("original.png")
    before = contents(source)
    cluster_folders(write_clusters(tmp_path / "c.csv", {**CLUSTERS, "3/6_1.png": "linked.png"}), source, tmp_path / "c")
    assert contents(tmp_path / "c") == {**EXPECTED, "3/6_1.png": b"behind a link"}
    for place in [*CLUSTERS, "3/6_1.png"]:
        assert not (tmp_path / "c" / place).is_symlink(), "it would break when the folder is moved"
        with (tmp_path / "c" / place).open("r+b") as placed:
            placed.write(b"drawn over")
    assert contents(source) == before


def test_copies_that_the_disk_has_no_room_for_are_told_of_and_not_begun(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = fill(tmp_path / "comic")
    if clone(source / "-rf.jpg", tmp_path / "clone"):
        pytest.skip("copies take no room on this file system")
    free = shutil.disk_usage(tmp_path).free
    with (source / "one" / "1.png").open("wb") as large:
        large.truncate(free + 10**12)  # no file system that has room for holes stores them
    clusters = write_clusters(tmp_path / "clusters.csv", {"1/1_1.png": "one/1.png", "1/2_1.jpg": "-rf.jpg"})
    with caplog.at_level("INFO"), pytest.raises(SystemExit, match=r"clusters would take copies of .* MB, and the disk"):
        cluster_folders(clusters, source, tmp_path / "clusters")
    assert "takes copies of" in caplog.text
    assert not (tmp_path / "clusters").exists()
    assert not list(tmp_path.glob(".*part*"))


def test_an_archive_gives_the_same(tmp_path: Path) -> None:
    source = fill(tmp_path / "comic")
    with zipfile.ZipFile(tmp_path / "comic.zip", "w") as archive:
        for file in CLUSTERS.values():
            archive.write(source / file, file)
    cluster_folders(write_clusters(tmp_path / "c.csv", CLUSTERS), tmp_path / "comic.zip", tmp_path / "clusters")
    assert contents(tmp_path / "clusters") == EXPECTED


def test_clusters_of_an_earlier_run_are_gone_and_its_panels_unharmed(tmp_path: Path) -> None:
    source = fill(tmp_path / "comic")
    before = contents(source)
    for clusters in (CLUSTERS, {"1/3_1.jpg": "-rf.jpg"}):
        cluster_folders(write_clusters(tmp_path / "clusters.csv", clusters), source, tmp_path / "clusters")
    assert contents(tmp_path / "clusters") == {"1/3_1.jpg": EXPECTED["2/3_1.jpg"]}
    assert [path.name for path in (tmp_path / "clusters").iterdir()] == ["1"]
    assert contents(source) == before


def test_a_file_called_as_a_number_is_found(tmp_path: Path) -> None:
    (tmp_path / "comic").mkdir()
    (tmp_path / "comic" / "007").write_bytes(b"seven")
    cluster_folders(write_clusters(tmp_path / "c.csv", {"1/7_1": "007"}), tmp_path / "comic", tmp_path / "clusters")
    assert contents(tmp_path / "clusters") == {"1/7_1": b"seven"}


def test_no_clusters_are_an_empty_folder(tmp_path: Path) -> None:
    cluster_folders(write_clusters(tmp_path / "clusters.csv", {}), fill(tmp_path / "comic"), tmp_path / "clusters")
    assert list((tmp_path / "clusters").iterdir()) == []
