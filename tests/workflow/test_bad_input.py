"""Bad input gets its one clear message and harms nothing else."""

import csv
import io
import os
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest
from comics import Comic, copy_repository, draw_folder, draw_panel
from PIL import Image

from reprise import tables


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return the picture as the bytes of an image file."""
    packed = io.BytesIO()
    picture.save(packed, kind, **options)
    return packed.getvalue()


def png_of_declared_size(width: int, height: int) -> bytes:
    """Return a small PNG that says it is of this size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    picture = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", picture) + chunk(b"IEND", b"")


# What a shell, Snakemake, or one who lists files, could take for something else.
ODD_FOLDER = "-Comic {2019} <b> 'q' \"d\" $HOME `x` *?[a] #;& ünï 漫~ "

# As page_pattern by default, with braces in it.
PAGE_OF_UP_TO_THREE = r"(?P<page>\d{1,3})(?:[_-](?P<count>\d+))?\D*$"


@pytest.fixture(scope="module")
def odd_comic(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """Six sound panels, two of which match, among files of every odd kind, worked through once."""
    place = tmp_path_factory.mktemp("odd")
    pages = place / ODD_FOLDER
    draw_folder(pages, 5)
    drawn = Image.open(pages / "1_1.png")
    turned = drawn.rotate(90)
    gif = encode(drawn.resize((650, 450)).convert("P"), "GIF")
    transparent = drawn.convert("P")
    sixteen_bit = Image.frombytes("I;16", drawn.size, b"".join(bytes([v, v]) for v in drawn.convert("L").tobytes()))
    files = {
        "101_1.gif": b"",
        "102_1.gif": gif[: len(gif) // 2],
        "103_1.gif": b"<!doctype html><title>Not found</title>",
        "104_1.jpg": (pages / "1_1.png").read_bytes(),
        "105_1.png": encode(Image.new("RGB", (1, 1)), "PNG"),
        "106_1.png": encode(sixteen_bit, "PNG"),
        "107_1.jpg": encode(drawn.convert("CMYK"), "JPEG", quality=95),
        "108_1.gif": encode(transparent, "GIF", transparency=transparent.getpixel((0, 0))),
        "109_1.webp": encode(turned, "WEBP", save_all=True, append_images=[drawn], lossless=True),
        "110_1.png": png_of_declared_size(50_000, 50_000),
        "with spaces 111_1.png": encode(drawn, "PNG"),
        "quotes'\"112_1.png": encode(drawn, "PNG"),
        "漫画é113_1.png": encode(drawn, "PNG"),
        "-leading dash 114_1.png": encode(drawn, "PNG"),
        "{braces} $HOME; `x` 115_1.png": encode(drawn, "PNG"),
        "comma, <b>116_1.png": encode(drawn, "PNG"),
        "=1+1 118_1.png": encode(drawn, "PNG"),
        "'@tick 119_1.png": encode(drawn, "PNG"),
        "a\r120_1.png": encode(drawn, "PNG"),
        ".hidden 121_1.png": encode(drawn, "PNG"),
        "old/results/reprise.json": b"{}",
        "old/results/clusters/1/122_1.png": encode(drawn, "PNG"),
        "one/201_1.png": encode(drawn, "PNG"),
        "other/201_1.png": encode(turned, "PNG"),
    }
    for name, content in files.items():
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_bytes(content)
    (pages / "117_1.png").symlink_to("nowhere.png")
    (pages / "notes.txt").write_text("no panel")
    settings = {"comic": {"source": "folder", "folder": f"../{ODD_FOLDER}", "page_pattern": PAGE_OF_UP_TO_THREE}}
    comic = Comic(place / ODD_FOLDER.replace("Comic", "Work"), settings)
    comic.run()
    return comic


def panels(comic: Comic) -> dict[str, dict[str, str]]:
    """Return the rows of `panels.csv` by file."""
    return {row["file"]: row for row in tables.read_rows(comic.results / "panels.csv")}


@pytest.mark.parametrize(
    ("file", "status"),
    [
        ("101_1.gif", "empty file"),
        ("102_1.gif", "damaged"),
        ("103_1.gif", "not an image"),
        ("110_1.png", "too large"),
        ("117_1.png", "missing file"),
    ],
)
def test_unusable_panel_is_listed_with_its_reason(odd_comic: Comic, file: str, status: str) -> None:
    assert panels(odd_comic)[file]["status"] == status
    summary = (odd_comic.results / "summary.txt").read_text()
    assert f"skipped, {status}: {file}" in summary
    assert file in (odd_comic.results / "gallery/unusable.html").read_text()


@pytest.mark.parametrize(
    ("file", "format_"),
    [
        ("104_1.jpg", "PNG"),
        ("105_1.png", "PNG"),
        ("106_1.png", "PNG"),
        ("107_1.jpg", "JPEG"),
        ("108_1.gif", "GIF"),
        ("109_1.webp", "WEBP"),
    ],
)
def test_unusual_panel_is_read(odd_comic: Comic, file: str, format_: str) -> None:
    row = panels(odd_comic)[file]
    assert (row["status"], row["format"]) == ("ok", format_)


def test_every_copy_is_in_the_cluster_of_its_original(odd_comic: Comic) -> None:
    cluster_of = {row["file"]: row["cluster"] for row in tables.read_rows(odd_comic.results / "clusters.csv")}
    copies = [
        *("104_1.jpg", "106_1.png", "107_1.jpg", "108_1.gif", "109_1.webp"),
        *("with spaces 111_1.png", "quotes'\"112_1.png", "漫画é113_1.png", "-leading dash 114_1.png"),
        *("{braces} $HOME; `x` 115_1.png", "comma, <b>116_1.png", "one/201_1.png"),
        *("=1+1 118_1.png", "'@tick 119_1.png"),
    ]
    assert {cluster_of.get(file) for file in copies} == {cluster_of["1_1.png"]}


def test_what_is_passed_over_is_listed_and_told(odd_comic: Comic) -> None:
    no_text = "the name has characters in it that are no text"
    assert list(tables.read_rows(odd_comic.results / "passed_over.csv")) == [
        {"file": ".hidden 121_1.png", "reason": "hidden"},
        {"file": r"a\r120_1.png", "reason": no_text},
        {"file": "old/results/", "reason": "results of Reprise"},
    ]
    summary = (odd_comic.results / "summary.txt").read_text()
    assert "1 passed over, hidden: .hidden 121_1.png\n" in summary
    assert "1 passed over, results of Reprise: old/results/\n" in summary
    assert f"1 passed over, {no_text}: a\\r120_1.png\n" in summary


def test_no_cell_is_a_formula(odd_comic: Comic) -> None:
    """Not even where the file is named after it; only numbers may begin with a sign."""
    for table in odd_comic.results.rglob("*.csv"):
        with table.open(newline="", encoding="utf-8") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        assert not [cell for cell in cells if re.match(r"[=+@\t\r-](?!\d+(\.\d+)?$)", cell)], table
    assert "'=1+1 118_1.png" in (odd_comic.results / "panels.csv").read_text(encoding="utf-8")


def test_same_name_in_two_folders(odd_comic: Comic) -> None:
    rows = panels(odd_comic)
    assert rows["one/201_1.png"]["panel"] == "201_1"
    assert rows["other/201_1.png"]["panel"] == "201_2"


def test_original_bytes_are_in_the_cluster_folder(odd_comic: Comic) -> None:
    source = odd_comic.directory / odd_comic.settings["comic"]["folder"]
    for row in tables.read_rows(odd_comic.results / "clusters.csv"):
        suffix = Path(row["file"]).suffix
        placed = odd_comic.results / "clusters" / row["cluster"] / f"{row['panel']}{suffix}"
        assert placed.read_bytes() == (source / row["file"]).read_bytes()


def test_a_second_run_has_nothing_to_do(odd_comic: Comic) -> None:
    again = odd_comic.run()
    assert not again.jobs
    assert "Nothing to be done" in again.text


def test_archive_gives_what_its_folder_gives(odd_comic: Comic, tmp_path: Path) -> None:
    pages = odd_comic.directory / odd_comic.settings["comic"]["folder"]
    packed = tmp_path / f"{ODD_FOLDER}.cbz"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(path for path in pages.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(pages))
    zipped = Comic(tmp_path / "run", {"comic": odd_comic.settings["comic"] | {"folder": str(packed)}})
    zipped.run()
    without_dangling = b"\n".join(
        line for line in (odd_comic.results / "clusters.csv").read_bytes().split(b"\n") if b"117_1" not in line
    )
    assert (zipped.results / "clusters.csv").read_bytes() == without_dangling
    assert (zipped.results / "pairs.csv").read_bytes() == (odd_comic.results / "pairs.csv").read_bytes()


# A superuser reads every file, unless this ability is taken away.
WITHOUT_PRIVILEGE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


@pytest.mark.skipif(bool(WITHOUT_PRIVILEGE) and not shutil.which("setpriv"), reason="the superuser reads every file")
def test_unreadable_file(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 3)
    (tmp_path / "pages/2_1.png").chmod(0)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": str(tmp_path / "pages")}})
    done = subprocess.run([*WITHOUT_PRIVILEGE, *comic.snakemake()], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert panels(comic)["2_1.png"]["status"] == "unreadable file"
    assert panels(comic)["2_1.png"]["detail"] == "Permission denied"
    assert panels(comic)["3_1.png"]["status"] == "ok"


def test_folder_worked_through_from_within(tmp_path: Path) -> None:
    draw_folder(tmp_path, 5)
    comic = Comic(tmp_path, {"comic": {"source": "folder", "folder": "."}})
    comic.run()
    assert "Nothing to be done" in comic.run().text
    assert len(panels(comic)) == 5


def test_single_panel(tmp_path: Path) -> None:
    draw_panel(tmp_path / "pages/1_1.png", 1)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": str(tmp_path / "pages")}})
    assert "Clusters   none" in comic.run().text


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"match": {"threshold": 1.5}}, "match.threshold: holds 1.5; it may hold a number from 0 to 1"),
        ({"match": {"treshold": 0.5}}, "match.treshold: there is no such setting; did you mean match.threshold?"),
        ({"match": {"threshold": "high"}}, "match.threshold: holds 'high'; it may hold a number from 0 to 1"),
        ({"comic": {"source": "folder", "folder": "empty"}}, "comic.folder: holds 'empty', in which there is no image"),
        ({"comic": {"source": "folder", "folder": "gone"}}, "comic.folder: holds 'gone', which is not there"),
        ({"comic": {"source": "folder", "folder": "no.zip"}}, "comic.folder: holds 'no.zip', which cannot be read"),
        ({"comic": {"source": "web"}}, "comic.web.url: holds null"),
        ({"evaluation": {"labels": "gone.csv"}}, "evaluation.labels: holds 'gone.csv', which is no file"),
    ],
)
def test_wrong_setting_stops_before_any_job(tmp_path: Path, settings: dict, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.zip").write_text("no archive")
    done = Comic(tmp_path, settings).run(status=1)
    assert message in done.text
    assert "Traceback" not in done.text
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("name", ["a {b}", "<c>"])
def test_a_folder_that_snakemake_cannot_take_scripts_from_is_refused(tmp_path: Path, name: str) -> None:
    draw_folder(tmp_path / "pages", 3)
    settings = {"comic": {"source": "folder", "folder": "../pages"}}
    repository = copy_repository(tmp_path / name)
    done = Comic(tmp_path / "run", settings, repository).run("results/index.csv", status=1)
    assert (
        f"{repository}: Snakemake reads {{ }} < > in its name as patterns; rename the folder Reprise is in" in done.text
    )
    assert "Error" not in done.text
    assert not done.jobs


def test_full_disk(tmp_path: Path) -> None:
    """A file that cannot be written to its end is not there afterwards, and what was done before is kept."""
    draw_folder(tmp_path / "pages", 10)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": str(tmp_path / "pages")}})
    # Stands in for the full disk: no file may grow over 64 kB.
    full = subprocess.run(["bash", "-c", 'ulimit -f 64; exec "$@"', "bash", *comic.snakemake()], capture_output=True)
    assert full.returncode == 1
    assert b"File too large" in full.stderr
    assert (comic.results / "index.csv").exists()
    assert not list(comic.results.glob("fingerprints/*"))
    assert not comic.run().jobs["index_panels"]
