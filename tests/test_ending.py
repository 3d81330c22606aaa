"""What a run says when it ends, from wherever it was started."""

from pathlib import Path

import pytest

from ending import ending

BOTH = ["results/summary.txt", "results/study/index.html"]


@pytest.fixture
def comic(tmp_path: Path) -> Path:
    """A folder with the results of a run."""
    for name in ("gallery", "study"):
        (tmp_path / "comic/results" / name).mkdir(parents=True)
        (tmp_path / "comic/results" / name / "index.html").touch()
    text = "Panels     8 panels of 8 pages read: results/gallery\nGallery    results/gallery/index.html\n"
    (tmp_path / "comic/results/summary.txt").write_text(text)
    return tmp_path / "comic"


@pytest.mark.parametrize(
    ("start", "shown"), [(".", "results"), ("..", "comic/results"), ("../other", "{comic}/results")]
)
def test_paths_are_as_the_reader_needs_them(comic: Path, start: str, shown: str) -> None:
    results = shown.format(comic=comic)
    said = ending(comic, (comic / start).resolve(), BOTH).splitlines()
    assert said == [
        "Panels     8 panels of 8 pages read: results/gallery",
        f"Gallery    {results}/gallery/index.html",
        f"Study      {results}/study/index.html",
    ]


def test_the_study_is_named_where_it_was_asked_for_and_is_there(comic: Path) -> None:
    assert "Study" not in ending(comic, comic, ["results/summary.txt"])
    assert ending(comic, comic, ["results/study/index.html"]) == "Study      results/study/index.html\n"
    (comic / "results/study/index.html").unlink()
    assert "Study" not in ending(comic, comic, BOTH)


def test_nothing_is_said_where_nothing_was_found(tmp_path: Path) -> None:
    assert ending(tmp_path, tmp_path, BOTH) == ""
