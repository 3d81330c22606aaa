"""The panels of each cluster, as they came, in a folder of its own."""

import zipfile
from pathlib import Path

from cluster_folders import cluster_folders

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


def test_no_bytes_are_copied_where_a_link_will_do(tmp_path: Path) -> None:
    source = fill(tmp_path / "comic")
    (source / "original.png").write_bytes(b"behind a link")
    (source / "linked.png").symlink_to("original.png")
    cluster_folders(write_clusters(tmp_path / "c.csv", {**CLUSTERS, "3/6_1.png": "linked.png"}), source, tmp_path / "c")
    for place, file in CLUSTERS.items():
        assert (tmp_path / "c" / place).samefile(source / file)
    placed = tmp_path / "c" / "3" / "6_1.png"
    assert placed.samefile(source / "original.png")
    assert not placed.is_symlink(), "it would break when the folder is moved"


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
