"""Files that hold panels, of every kind: what is in them, under whatever suffix, and what they may cost."""

import io
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from containers import cb7, cbr, cbt, cbz, epub, locked_pdf, pdf
from pictures import drawing, encoded, pixels
from reprise import unpacking
from reprise.containers import is_archive
from reprise.entries import ARCHIVE_WITHIN, HIDDEN, LINK_WITHIN, OUT_OF_ORDER, OUTSIDE, Found
from reprise.source import find_images, list_images, open_source
from reprise.unpacker import ENCRYPTED, LARGEST_ENTRY, MOST_UNPACKED, Answer
from reprise.unpacking import BROKE, ContainerError

MAKERS: dict[str, Callable[..., Path]] = {"cbz": cbz, "cbr": cbr, "cb7": cb7, "cbt": cbt}
PICTURES = {f"{name}.png": encoded("PNG", drawing(seed)) for seed, name in enumerate(["10", "a/2", "1", "漫画/é"])}


@pytest.mark.parametrize("suffix", ["cbz", "cbr", "cb7", "cbt", "pdf", "x", ""])
@pytest.mark.parametrize("kind", MAKERS)
def test_a_container_is_read_as_what_it_is_whatever_it_is_called(tmp_path: Path, kind: str, suffix: str) -> None:
    path = MAKERS[kind](tmp_path / f"comic.{suffix}".rstrip("."), PICTURES)
    assert is_archive(path)
    assert find_images(path) == Found(set(PICTURES), [])
    with open_source(path) as source:
        assert {name: source.read(name) for name in reversed(PICTURES)} == PICTURES
        assert source.path("1.png") is None
        with pytest.raises(KeyError):
            source.read("9.png")


def test_of_a_folder_no_more_is_unpacked_than_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    answers = unpacking.answers

    def noting(task: str, kind: str, path: Path, names: Iterable[str] = ()) -> AbstractContextManager[Iterator[Answer]]:
        asked.append(sorted(names))
        return answers(task, kind, path, names)

    monkeypatch.setattr(unpacking, "answers", noting)
    for chapter in ("1.cbr", "2.cbr"):
        cbr(tmp_path / chapter, PICTURES)
    wanted = ["1.cbr/10.png", "2.cbr/1.png", "1.cbr/a/2.png"]
    with open_source(tmp_path, wanted) as source:
        assert [source.read(name) for name in wanted] == [PICTURES[name[6:]] for name in wanted]
    assert asked == [["10.png", "a/2.png"], ["1.png"]]


def test_nothing_is_left_of_what_was_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_source(cbr(tmp_path / "1.cbr", PICTURES)) as source:
        source.read("1.png")
    assert [path.name for path in tmp_path.iterdir()] == ["1.cbr"]


@pytest.mark.parametrize("kind", ["cbr", "cb7", "cbt"])
def test_what_is_no_panel_of_a_container_is_said(tmp_path: Path, kind: str) -> None:
    entries = {"../1.png": b"", "/etc/2.png": b"", ".3.png": b"", "__MACOSX/4.png": b"", "more.cbz": b"", "5.txt": b""}
    path = MAKERS[kind](tmp_path / "a", {**entries, "6": PICTURES["1.png"], "7.jxl": b"\xff\x0a" + bytes(20)})
    found = find_images(path)
    assert found.images == {"6"}
    reasons = dict(found.passed_over)
    assert reasons.pop("7.jxl") == "a JPEG XL picture, which is not read"
    assert reasons.pop("../1.png") == OUTSIDE
    assert set(reasons.values()) <= {OUTSIDE, HIDDEN, ARCHIVE_WITHIN}
    assert set(reasons) >= {".3.png", "__MACOSX/4.png", "more.cbz"}


@pytest.mark.parametrize("kind", MAKERS)
def test_names_that_begin_with_the_folder_itself_are_as_others(tmp_path: Path, kind: str) -> None:
    path = MAKERS[kind](tmp_path / "a", {f"./{name}": content for name, content in PICTURES.items()})
    assert find_images(path) == Found(set(PICTURES), [])
    with open_source(path, PICTURES) as source:
        assert {name: source.read(name) for name in PICTURES} == PICTURES


def test_a_link_in_a_tar_is_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.cbt", "w") as archive:
        link = tarfile.TarInfo("1.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert find_images(tmp_path / "a.cbt") == Found(set(), [("1.png", LINK_WITHIN)])


def test_the_pages_of_a_document_are_panels_a_scan_being_its_own_picture(tmp_path: Path) -> None:
    drawn = [drawing(seed, (400, 300)) for seed in range(3)]
    path = pdf(tmp_path / "1.pdf", *drawn)
    assert list_images(path) == ["001", "002", "003"]
    with open_source(path) as source:
        for name, picture in zip(["001", "002", "003"], drawn, strict=True):
            content = source.read(name)
            assert content in path.read_bytes()
            assert np.abs(pixels(Image.open(io.BytesIO(content))) - pixels(picture).astype(int)).mean() < 3


def test_a_page_of_a_document_that_is_no_jpeg_is_drawn_in_its_own_resolution(tmp_path: Path) -> None:
    flat = drawing(1, (400, 300)).quantize(16)
    path = pdf(tmp_path / "1.pdf", flat, flat.resize((40, 30)))
    with open_source(path) as source:
        for name, picture in (("001", flat), ("002", flat.resize((40, 30)))):
            with Image.open(io.BytesIO(source.read(name))) as image:
                assert image.format == "PNG"
                assert np.array_equal(pixels(image), pixels(picture))


def test_the_pictures_of_a_book_come_in_the_order_of_its_pages(tmp_path: Path) -> None:
    pictures = {
        name: encoded("PNG", drawing(seed)) for seed, name in enumerate(["a.png", "b.png", "c d.png", "cover.png"])
    }
    spine = ["c%20d.png", "a.png", "b.png", "a.png"]
    path = epub(tmp_path / "1.epub", pictures, spine)
    assert find_images(path) == Found({"001.png", "002.png", "003.png"}, [("OEBPS/images/cover.png", OUT_OF_ORDER)])
    with open_source(path) as source:
        assert [source.read(f"00{n}.png") for n in (1, 2, 3)] == [pictures[n] for n in ("c d.png", "a.png", "b.png")]


def test_a_password_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContainerError, match=ENCRYPTED):
        find_images(locked_pdf(tmp_path / "1.pdf"))
    with (
        open_source(cbr(tmp_path / "1.cbr", PICTURES, locked=True)) as source,
        pytest.raises(ContainerError, match=ENCRYPTED),
    ):
        source.read("1.png")


@pytest.mark.parametrize("kind", ["cbr", "cb7", "cbt", "pdf"])
def test_a_damaged_container_harms_nothing_beside_it(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "comic"
    folder.mkdir()
    cbz(folder / "1.cbz", PICTURES)
    whole = (pdf(tmp_path / "a", drawing(1)) if kind == "pdf" else MAKERS[kind](tmp_path / "a", PICTURES)).read_bytes()
    (folder / f"2.{kind}").write_bytes(whole[: len(whole) // 2])
    found = find_images(folder)
    assert {name for name in found.images if name.startswith("1.cbz/")} == {f"1.cbz/{name}" for name in PICTURES}
    with open_source(folder) as source:
        for name in found.images:
            if name.startswith("1.cbz/"):
                assert source.read(name) == PICTURES[name.removeprefix("1.cbz/")]
            else:
                try:
                    assert source.read(name) in [*PICTURES.values(), source.read(name)]
                except ContainerError as error:
                    assert str(error)


@pytest.mark.slow
@pytest.mark.parametrize("size", [LARGEST_ENTRY + 1, 9 * 2**20])
def test_a_bomb_is_unpacked_no_further_than_its_bound(tmp_path: Path, size: int) -> None:
    path = cb7(tmp_path / "bomb.cb7", {"1.png": bytes(size)})
    assert size > MOST_UNPACKED * path.stat().st_size or size > LARGEST_ENTRY
    with open_source(path) as source, pytest.raises(ContainerError, match=r"larger than|times as large"):
        source.read("1.png")


def test_a_library_that_breaks_down_takes_no_more_than_a_page_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a page that no decoder survives: here its process kills itself, for want of a real one."""
    broken = tmp_path / "reprise_broken.py"
    broken.write_text(
        "import os, signal\n"
        "from reprise import unpacker\n"
        "draw = unpacker.page_picture\n"
        "def draw_or_die(page):\n"
        "    if page.get_size()[0] < 30: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return draw(page)\n"
        "unpacker.page_picture = draw_or_die\n"
        "import sys; unpacker.main(*sys.argv[1:])\n"
    )
    monkeypatch.setattr(unpacking.unpacker, "__name__", "reprise_broken")
    monkeypatch.setattr(unpacking, "SCRIPTS", os.pathsep.join([str(tmp_path), unpacking.SCRIPTS]))
    sizes = [(64, 48), (20, 48), (64, 48), (20, 48), (64, 48)]
    path = pdf(tmp_path / "1.pdf", *(drawing(seed, size) for seed, size in enumerate(sizes)))
    names = list_images(path)
    with open_source(path, names) as source:
        for name, (width, _) in zip(names, sizes, strict=True):
            if width == 20:
                with pytest.raises(ContainerError, match=BROKE):
                    source.read(name)
            else:
                assert source.read(name)


def test_what_no_library_reads_is_said_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBARCHIVE", str(tmp_path / "none.so"))
    with pytest.raises(ContainerError, match=r"or convert it to \.cbz"):
        find_images(cbr(tmp_path / "1.cbr", PICTURES))
