"""So many panels as are to be timed, of comics one after the other."""

from pathlib import Path

import pytest

from first_panels import first_panels


def write_comic(folder: Path, files: list[str]) -> tuple[Path, Path]:
    panels, labels = folder / "panels", folder / "labels.csv"
    panels.mkdir(parents=True)
    for file in files:
        (panels / file).write_text(f"{folder.name} {file}")
    labels.write_text("\n".join(["file,cluster", *(f"{file},1" for file in files)]))
    return panels, labels


def test_the_first_panels_are_those_of_the_first_comic_then_those_of_the_next(tmp_path: Path) -> None:
    written = [
        write_comic(tmp_path / "one", ["1_1.png", "1_2.gif", "3_1.png"]),
        write_comic(tmp_path / "two", ["1_1.jpg", "2_1.png"]),
    ]
    comics, labels = map(list, zip(*written, strict=True))
    for count, expected in {
        2: {"1_1.png": "one 1_1.png", "1_2.gif": "one 1_2.gif"},
        4: {"1_1.png": "one 1_1.png", "1_2.gif": "one 1_2.gif", "3_1.png": "one 3_1.png", "4_1.jpg": "two 1_1.jpg"},
    }.items():
        first_panels(comics, labels, count, tmp_path / "first")
        assert {path.name: path.read_text() for path in (tmp_path / "first").iterdir()} == expected


def test_more_panels_than_there_are_are_refused(tmp_path: Path) -> None:
    comic, labels = write_comic(tmp_path / "one", ["1_1.png"])
    with pytest.raises(SystemExit, match=r"speed\.yaml: 3 panels are to be timed, 2 more than the comics have"):
        first_panels([comic], [labels], 3, tmp_path / "first")
    assert not (tmp_path / "first").exists()
