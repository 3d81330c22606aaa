"""`./run find`: that a picture is found where it is, whatever became of it, and what is said where none can be."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image, ImageDraw, ImageOps

from browser import SCREENS, hard_for_some, opened
from command import main
from find import FindError, find_picture
from fingerprint import fingerprint
from gallery import PANEL_COLUMNS
from pictures import drawing
from reprise.shards import Fingerprints

pytestmark = pytest.mark.slow  # the kernels that it needs take long to compile

PANELS = 12


def draw_panel(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    drawing(seed, (200, 150)).save(path)


def comic_of(place: Path, panels: int = PANELS, strips: int = 0) -> Path:
    """Write what a run keeps of a small comic of random drawings, the last of them strips of three, in two shards."""
    folder, results = place / "comic", place / "results"
    for number in range(1, panels + 1):
        draw_panel(folder / f"{number}.png", number)
    for number in range(panels + 1, panels + strips + 1):
        strip = Image.new("RGB", (600, 150))
        for part in range(3):
            draw_panel(folder / "part.png", 100 * number + part)
            with Image.open(folder / "part.png") as drawn:
                strip.paste(drawn, (200 * part, 0))
        (folder / "part.png").unlink()
        strip.save(folder / f"{number}.png")
    names = [str(number) for number in range(1, panels + strips + 1)]
    (results / "fingerprints").mkdir(parents=True)
    half = len(names) // 2
    for shard, some in enumerate((names[:half], names[half:])):
        where = [results / "fingerprints" / f"{shard}.npz", results / "pictures" / f"{shard}.npy"]
        files, thumbnails = [f"{name}.png" for name in some], results / "thumbnails" / str(shard)
        fingerprint(some, files, folder, "distinct", "area", where[0], where[1], thumbnails)
    edges = Fingerprints(sorted((results / "fingerprints").iterdir())).edge_count
    rows = [
        (name, name, 1, name, f"{name}.png", "", f"https://comic.example/{name}", "", "", "ok", "", count, 0, 0)
        for name, count in zip(names, edges, strict=True)
    ]
    pd.DataFrame(rows, columns=PANEL_COLUMNS).to_csv(results / "panels.csv", index=False)
    return place


@pytest.fixture(scope="module")
def comic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return comic_of(tmp_path_factory.mktemp("find"), strips=3)


@pytest.fixture
def here(comic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the results of the comic, in which the reader is."""
    shutil.copytree(comic, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(place: Path, picture: Image.Image) -> list[dict[str, str]]:
    """Look for a picture and return the rows of the table."""
    picture.save(place / "picture.png")
    list(find_picture(place / "picture.png", place / "results"))
    with (place / "results/found/found.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def panel(place: Path, number: int) -> Image.Image:
    with Image.open(place / "comic" / f"{number}.png") as picture:
        return picture.convert("RGB")


def on_paper(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, (60, 20, 25, 40), "white")


def in_window(picture: Image.Image) -> Image.Image:
    window = ImageOps.expand(picture, (20, 60, 60, 50), "#d8d8d8")
    pen = ImageDraw.Draw(window)
    pen.rectangle((0, 0, window.width - 1, 18), fill="#223355")
    pen.text((30, 4), "A comic - a browser", fill="white")
    pen.rectangle((window.width - 12, 40, window.width - 4, 120), fill="#555555")
    for line in range(8):
        pen.text((window.width - 55, 25 + 25 * line), "Archive", fill="blue")
    pen.text((20, window.height - 40), "Previous | Next | Archive", fill="blue")
    pen.rectangle((0, window.height - 14, window.width - 1, window.height - 1), fill="#223355")
    return window


WHAT_BECAME_OF_IT = {
    "nothing": lambda picture: picture,
    "half as large": lambda picture: ImageOps.scale(picture, 0.5),
    "twice as large": lambda picture: ImageOps.scale(picture, 2),
    "in other colours": lambda picture: ImageOps.colorize(picture.convert("L"), "gold", "navy"),
    "mirrored": ImageOps.mirror,
    "cut": lambda picture: picture.crop((50, 40, 180, 140)),
    "cut, larger and mirrored": lambda picture: ImageOps.mirror(ImageOps.scale(picture.crop((20, 10, 150, 120)), 1.7)),
    "on paper": on_paper,
    "cut, on paper": lambda picture: on_paper(picture.crop((30, 0, 180, 110))),
    "in a window": in_window,
}


@pytest.mark.parametrize("what", WHAT_BECAME_OF_IT)
def test_a_panel_is_found_whatever_became_of_its_picture(here: Path, what: str) -> None:
    rows = found(here, WHAT_BECAME_OF_IT[what](panel(here, 7)))
    assert rows[0]["panel"] == "7"
    assert rows[0]["mirrored"] == ("true" if "mirrored" in what else "false")
    assert float(rows[0]["score"]) > 1.5 * float(rows[1]["score"])
    assert len(rows) == 10


def test_the_box_is_where_the_part_was_cut(here: Path) -> None:
    row = found(here, panel(here, 6).crop((40, 30, 180, 135)))[0]
    box = [float(row[name]) for name in ("left", "top", "width", "height")]
    assert box == pytest.approx([20, 20, 70, 70], abs=2.5)
    row = found(here, on_paper(ImageOps.mirror(panel(here, 6).crop((40, 30, 180, 135)))))[0]
    assert [float(row[name]) for name in ("left", "top", "width", "height")] == pytest.approx(box, abs=4)


def test_one_drawing_of_a_strip_is_found_in_it(here: Path) -> None:
    strip = panel(here, PANELS + 2)
    row = found(here, strip.crop((200, 0, 400, 150)))[0]
    assert row["panel"] == str(PANELS + 2)
    assert [float(row["left"]), float(row["width"])] == pytest.approx([33, 33], abs=3)


def test_a_picture_of_another_comic_is_said_to_be_in_none(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_panel(here / "other.png", 999)
    assert main(["find", "other.png"]) == 0
    said = capsys.readouterr().out
    assert "likely in no panel, or shows less than half of one" in said
    assert "likely in no panel" in (here / "results/found/index.html").read_text(encoding="utf-8")
    assert main(["find", "comic/3.png"]) == 0
    assert "likely in no panel" not in capsys.readouterr().out


def test_the_table_is_printed_with_where_the_page_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--directory", str(here), "find", "comic/5.png"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("  ")[1:] == ["page 5", "5.png"]
    assert len(lines) == 12
    page = Path(lines[-2].removeprefix("Page").strip())
    shown = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    sources = [str(image["src"]) for image in shown.find_all("img")]
    assert len(sources) == 11
    assert all((page.parent / source).is_file() for source in sources)
    link = shown.select_one(".places a")
    assert isinstance(link, Tag)
    assert link["href"] == "https://comic.example/5"


def test_of_an_animation_the_first_frame_is_looked_for_and_it_is_said(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panel(here, 2).save(here / "moving.gif", save_all=True, append_images=[panel(here, 3), panel(here, 4)])
    assert main(["find", "moving.gif"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "page 2" in lines[0]
    assert "Of its 3 frames the first was looked for." in lines


def test_a_name_is_only_text(here: Path) -> None:
    name = "<img src=x onerror=alert(1)>.png"
    panel(here, 2).save(here / name)
    list(find_picture(here / name, here / "results"))
    page = BeautifulSoup((here / "results/found/index.html").read_text(encoding="utf-8"), "html.parser")
    assert not page.select("[onerror]")
    heading = page.h1
    assert isinstance(heading, Tag)
    assert heading.get_text() == f"Where is {name}?"


@pytest.mark.slow
def test_the_page_is_there_for_everyone(here: Path) -> None:
    """axe finds nothing serious, nothing is wider than the screen, and nothing is asked of the network."""
    with Image.open(here / "comic/1.png") as picture:
        picture.resize((1000, 750)).save(here / f"{'a_name_that_has_no_end' * 8}.png")
    list(find_picture(next(here.glob("a_name*.png")), here / "results"))
    folder = here / "results/found"
    for scheme, width in SCREENS:
        with opened(folder, viewport={"width": width, "height": 844}, color_scheme=scheme) as (page, wrong):
            page.goto((folder / "index.html").as_uri())
            assert not hard_for_some(page)
        assert not wrong


def test_the_same_picture_gives_the_same_bytes(here: Path) -> None:
    tables = []
    for _ in range(2):
        found(here, panel(here, 6).crop((20, 20, 160, 130)))
        tables.append({path.name: path.read_bytes() for path in (here / "results/found").iterdir()})
    assert tables[0] == tables[1]


def blank(size: tuple[int, int] = (200, 150)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "white").save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["find"], "find takes one picture, as ./run find picture.png"),
        (["find", "gone.png"], "gone.png: cannot be read: No such file or directory"),
        (["find", "comic"], "comic: is a folder; find takes one picture"),
        (["find", "text.png"], "text.png: is no picture in any of the formats GIF, PNG"),
        (["find", "half.png"], "half.png: cannot be read: "),
        (["find", "blank.png"], "the picture is blank, or nearly so"),
        (["find", "comic/1.png", "comic"], "{results} holds the results of the comic in '/elsewhere', and these "),
        (["--directory", "empty", "find", "comic/1.png"], "empty/results: holds no panels yet; run the comic first"),
        (["--directory", "begun", "find", "comic/1.png"], "begun/results: is not finished, or of another version"),
    ],
)
def test_what_cannot_be_looked_for_is_told_in_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    (here / "text.png").write_text("no picture")
    (here / "half.png").write_bytes((here / "comic/1.png").read_bytes()[:300])
    (here / "blank.png").write_bytes(blank())
    (here / "empty").mkdir()
    shutil.copytree(here / "results", here / "begun/results")
    (here / "begun/results/fingerprints/1.npz").unlink()
    record: dict[str, Any] = {"source": "folder", "folder": "elsewhere", "path": "/elsewhere"}
    (here / "results/reprise.json").write_text(json.dumps({"comic": record, "cores": 2}))
    assert main(words) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("run: " + said.format(results=here / "results"))
    assert shown.err.count("\n") == 1
    assert not list(here.rglob("found"))


def test_a_blank_picture_has_no_size_that_is_drawn(here: Path) -> None:
    with pytest.raises(FindError, match="too few edges"):
        found(here, Image.new("RGB", (5, 3), "red"))
