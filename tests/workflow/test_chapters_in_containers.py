"""A folder with a chapter in each kind of container is one comic."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from comics import Comic
from PIL import Image

from containers import cb7, cbr, cbt, cbz, epub, locked_pdf, pdf
from pictures import drawing, encoded
from reprise import tables
from reprise.unpacker import ENCRYPTED

SIZE = (240, 180)
RETURNS = [
    *("1.cbz/02.png", "2.cbr/02.png", "3.cb7/02.png", "4.tar/02.png", "5.pdf/002", "6.epub/002.png", "7/02.jpg_large")
]


def chapter(number: int) -> dict[str, bytes]:
    """Return two pages, of which the second is the same in each chapter."""
    return {"01.png": encoded("PNG", drawing(number, SIZE)), "02.png": encoded("PNG", drawing(0, SIZE))}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comic]:
    place = tmp_path_factory.mktemp("mixed")
    pages = place / "pages"
    (pages / "7").mkdir(parents=True)
    cbz(pages / "1.cbz", chapter(1) | {"._01.png": b"", "more.cbz": b""})
    cbr(pages / "2.cbr", chapter(2))
    cb7(pages / "3.cb7", chapter(3))
    cbt(pages / "4.tar", chapter(4))
    pdf(pages / "5.pdf", drawing(5, SIZE), drawing(0, SIZE))
    epub(pages / "6.epub", chapter(6), ["01.png", "02.png"])
    (pages / "7/02.jpg_large").write_bytes(encoded("JPEG", drawing(0, SIZE)))
    locked_pdf(pages / "8.pdf")
    (pages / "9.cbr").write_bytes(b"no archive")
    comic = Comic(
        place / "run", {"comic": {"source": "folder", "folder": "../pages"}, "fingerprint": {"shard_panels": 3}}
    )
    comic.run()
    yield comic


def test_a_drawing_that_is_in_every_chapter_is_one_cluster(mixed: Comic) -> None:
    clusters = list(tables.read_rows(mixed.results / "clusters.csv"))
    assert {row["file"] for row in clusters} == set(RETURNS)
    assert {row["cluster"] for row in clusters} == {"1"}
    rows = list(tables.read_rows(mixed.results / "panels.csv"))
    assert {row["status"] for row in rows} == {"ok"}
    assert len(rows) == 13


def test_panels_in_containers_are_put_into_the_folder_of_their_cluster(mixed: Comic) -> None:
    placed = sorted((mixed.results / "clusters/1").iterdir())
    formats = [str(Image.open(path).format) for path in placed]
    assert sorted(formats) == ["JPEG"] * 2 + ["PNG"] * 5
    assert {path.suffix for path in placed} == {".jpg", ".png"}


def test_what_is_passed_over_in_containers_is_told(mixed: Comic) -> None:
    assert {row["file"]: row["reason"] for row in tables.read_rows(mixed.results / "passed_over.csv")} == {
        "1.cbz/._01.png": "hidden",
        "1.cbz/more.cbz": "an archive within an archive; unpack it",
        "8.pdf": f"cannot be read: {ENCRYPTED}",
        "9.cbr": "cannot be read: File is not a zip file",
    }
    summary = (mixed.results / "summary.txt").read_text()
    assert "1 passed over, hidden: 1.cbz/._01.png" in summary


def test_a_second_run_has_nothing_to_do_and_a_changed_chapter_is_read_anew(mixed: Comic) -> None:
    assert not mixed.run().jobs
    pages = mixed.directory / "../pages"
    cbr(pages / "2.cbr", chapter(2) | {"03.png": encoded("PNG", drawing(99, SIZE))})
    jobs = mixed.run().jobs
    assert jobs["index_panels"] == 1
    assert jobs["fingerprint"] > 0
    files = [row["file"] for row in tables.read_rows(mixed.results / "panels.csv")]
    assert "2.cbr/03.png" in files
    assert len(files) == 14
    assert not mixed.run().jobs


def test_a_container_may_be_all_of_the_comic(tmp_path: Path) -> None:
    cbr(
        tmp_path / "comic",
        chapter(1) | {"03.png": encoded("PNG", drawing(0, SIZE).transpose(Image.Transpose.FLIP_LEFT_RIGHT))},
    )
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": str(tmp_path / "comic")}})
    comic.run()
    assert {row["file"] for row in tables.read_rows(comic.results / "clusters.csv")} == {"02.png", "03.png"}
    assert not comic.run().jobs
