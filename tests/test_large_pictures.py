"""Large pictures: of which frames they are, how large, that each is made once, and that none is left over."""

import base64
import csv
import hashlib
import io
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from large_pictures import LARGEST, MOST_BYTES_OF_ANIMATION, MOST_BYTES_OF_STILL, large_pictures
from reprise.pictures import ORIENTATION
from reprise.shown_pairs import MOTIF_COLUMNS
from reprise.signatures import HEAD, video
from videos import write_video

TABLES = ("clusters", "ranking", "passages", "motifs", "pairs", "panels")

RED, GREEN, BLUE = (220, 20, 20), (20, 160, 40), (20, 40, 220)


def still(colour: tuple[int, int, int], size: tuple[int, int] = (900, 300)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return content.getvalue()


def animation(size: tuple[int, int] = (300, 200)) -> bytes:
    content = io.BytesIO()
    frames = [Image.new("RGB", size, colour) for colour in (RED, GREEN, BLUE)]
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return content.getvalue()


class Comic:
    """A folder of panels, with the tables that the step reads: panel 1 matches panel 2, and so on."""

    def __init__(self, place: Path, files: dict[str, bytes]) -> None:
        self.place = place
        (place / "comic").mkdir(parents=True)
        self.panels = []
        for name, content in files.items():
            (place / "comic" / name).write_bytes(content)
            kind, frames = video(content[:HEAD]), 0
            if not kind and content:
                with Image.open(io.BytesIO(content)) as picture:
                    kind, frames = picture.format, getattr(picture, "n_frames", 1)
            digest = hashlib.sha256(content).hexdigest()
            self.panels.append((name.partition(".")[0], name, digest, kind, frames, "ok"))

    def make(self, pairs: Sequence[tuple[str, str, int, int]], processes: int = 1) -> list[dict[str, str]]:
        """Run the step for some pairs of one cluster, and return the rows of its table."""
        columns = ["panel", "file", "sha256", "format", "frames", "status"]
        pd.DataFrame(self.panels, columns=columns).to_csv(self.place / "panels.csv", index=False)
        members = [(1, name) for name in sorted({name for pair in pairs for name in pair[:2]})]
        pd.DataFrame(members, columns=["cluster", "panel"]).to_csv(self.place / "clusters.csv", index=False)
        ranking = [(1, *pair[:2]) for pair in pairs]
        pd.DataFrame(ranking, columns=["cluster", "source", "panel"]).to_csv(self.place / "ranking.csv", index=False)
        rows = [(a, b, 0.9, frame_a, frame_b, 1, 1) for a, b, frame_a, frame_b in pairs]
        names = ["panel_a", "panel_b", "score", "frame_a", "frame_b", "cover_a", "cover_b"]
        pd.DataFrame(rows, columns=names).to_csv(self.place / "pairs.csv", index=False)
        passages = [pair[:2] for pair in pairs]
        pd.DataFrame(passages, columns=["panel_a", "panel_b"]).to_csv(self.place / "passages.csv", index=False)
        pd.DataFrame(columns=MOTIF_COLUMNS).to_csv(self.place / "motifs.csv", index=False)
        given = {name: self.place / f"{name}.csv" for name in TABLES}
        table = self.place / "large.csv"
        large_pictures(**given, source=self.place / "comic", table=table, store=self.store, processes=processes)
        with table.open(encoding="utf-8", newline="") as rows_made:
            return list(csv.DictReader(rows_made))

    @property
    def store(self) -> Path:
        return self.place / "large"


def test_pictures_are_of_the_frames_that_match_and_fit(tmp_path: Path) -> None:
    comic = Comic(tmp_path, {"1.png": still(RED, (1800, 600)), "2.gif": animation(), "3.png": still(BLUE, (100, 4000))})
    made = comic.make([("1", "2", 0, 2), ("2", "3", 1, 0)])
    shown = {}
    for row in made:
        with Image.open(comic.store / row["file"]) as picture:
            assert picture.size == (int(row["width"]), int(row["height"]))
            if row["frame"] != "-1":
                assert picture.format == "WEBP"
                colour = picture.convert("RGB").getpixel((5, 5))
                assert isinstance(colour, tuple)
                shown[row["panel"], row["frame"]] = (picture.size, colour.index(max(colour)))
    assert shown == {
        ("1", "0"): ((640, 213), 0),
        ("2", "1"): ((300, 200), 1),
        ("2", "2"): ((300, 200), 2),
        ("3", "0"): ((20, LARGEST[1]), 2),
    }


def saved(picture: Image.Image, **options: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, **options)
    return content.getvalue()


def test_a_small_still_that_a_browser_shows_is_taken_as_it_is(tmp_path: Path) -> None:
    red, grey = Image.new("RGB", (700, 300), RED), Image.new("L", (700, 300), 90)
    clear = Image.new("RGBA", (700, 300))
    clear.paste(RED, (0, 0, 350, 300))
    turned, comments = Image.Exif(), PngInfo()
    turned[ORIENTATION] = 6
    comments.add_text("Comment", "x" * MOST_BYTES_OF_STILL)
    as_they_are = {
        "1.png": saved(red, format="PNG"),
        "2.jpg": saved(grey, format="JPEG"),
        "3.gif": saved(red, format="GIF"),
        "4.webp": saved(red, format="WEBP"),
        "5.avif": saved(red, format="AVIF"),
    }
    made_anew = {
        "6.gif": saved(clear, format="GIF"),
        "7.jpg": saved(red.convert("CMYK"), format="JPEG"),
        "8.jpg": saved(red, format="JPEG", exif=turned),
        "9.png": saved(red.resize((1400, 600)), format="PNG"),
        "10.png": saved(red, format="PNG", pnginfo=comments),
        "11.bmp": saved(red.resize((90, 60)), format="BMP"),
        "12.jpg": saved(Image.effect_noise((300, 200), 99), format="JPEG")[:-40],
    }
    comic = Comic(tmp_path, as_they_are | made_anew)
    names = [panel[0] for panel in comic.panels]
    files = {row["panel"]: row["file"] for row in comic.make([(a, b, 0, 0) for a, b in pairwise(names)])}
    assert sorted(files, key=names.index) == names
    for name, content in as_they_are.items():
        file = comic.store / files[Path(name).stem]
        assert (file.suffix, file.read_bytes()) == (Path(name).suffix, content)
    assert {Path(files[Path(name).stem]).suffix for name in made_anew} == {".webp"}


def test_pictures_of_a_video_are_of_its_frames(tmp_path: Path) -> None:
    shots = [Image.new("RGB", (160, 120), colour) for colour in (RED, GREEN, BLUE)]
    film = write_video(tmp_path / "film.mp4", shots, frames_each=24).read_bytes()
    comic = Comic(tmp_path, {"1.mp4": film, "2.png": still(RED)})
    made = [row for row in comic.make([("1", "2", 24, 0), ("1", "2", 48, 0)]) if row["panel"] == "1"]
    assert [(row["frame"], row["width"], row["height"]) for row in made] == [("24", "160", "120"), ("48", "160", "120")]
    for row, colour in zip(made, (GREEN, BLUE), strict=True):
        with Image.open(comic.store / row["file"]) as picture:
            assert np.abs(np.asarray(picture.convert("RGB"))[60, 80] - np.array(colour)).max() < 12


def test_each_picture_has_its_text_beside_it(tmp_path: Path) -> None:
    comic = Comic(tmp_path, {"1.png": still(RED), "2.jpg": saved(Image.new("RGB", (60, 50)), format="JPEG")})
    for row, kind in zip(comic.make([("1", "2", 0, 0)]), ("png", "jpeg"), strict=True):
        told = re.fullmatch(
            rf'bring\("data:image/{kind};base64,(.*)"\);\n', (comic.store / f"{row['file']}.js").read_text()
        )
        assert told and base64.b64decode(told[1]) == (comic.store / row["file"]).read_bytes()


def test_a_picture_whose_text_is_gone_is_made_again(tmp_path: Path) -> None:
    comic = Comic(tmp_path, {"1.png": still(RED), "2.png": still(BLUE)})
    made = comic.make([("1", "2", 0, 0)])
    (comic.store / f"{made[0]['file']}.js").unlink()
    assert comic.make([("1", "2", 0, 0)]) == made
    assert (comic.store / f"{made[0]['file']}.js").exists()


def test_processes_change_nothing(tmp_path: Path) -> None:
    files = {f"{number}.png": still((number, 90, 9), (1400, 300)) for number in range(1, 20)} | {"20.png": b""}
    pairs = [(str(number), str(number + 1), 0, 0) for number in range(1, 20)]
    alone, shared = (Comic(tmp_path / str(processes), files) for processes in (1, 3))
    assert alone.make(pairs) == shared.make(pairs, 3)
    assert len(alone.make(pairs)) == 19
    for path in alone.store.iterdir():
        assert path.read_bytes() == (shared.store / path.name).read_bytes()


def test_a_drawing_on_a_clear_ground_is_shown_where_it_is_seen(tmp_path: Path) -> None:
    files = {}
    for name, ink in (("1", 255), ("2", 0)):
        drawing = Image.new("RGBA", (300, 300))
        for place in range(20, 280, 20):
            drawing.paste((ink, ink, ink, 255), (place, 20, place + 8, 280))
        content = io.BytesIO()
        drawing.save(content, "PNG")
        files[f"{name}.png"] = content.getvalue()
    comic = Comic(tmp_path, files)
    grounds = {}
    for row in comic.make([("1", "2", 0, 0)]):
        with Image.open(comic.store / row["file"]) as picture:
            grounds[row["panel"]] = picture.convert("L").getpixel((3, 3))
    assert grounds == {"1": 0, "2": 255}


def test_an_animation_comes_along_where_it_is_small(tmp_path: Path) -> None:
    large = animation() + bytes(MOST_BYTES_OF_ANIMATION)
    comic = Comic(tmp_path, {"1.png": still(RED), "2.gif": animation(), "3.gif": large})
    made = [row for row in comic.make([("1", "2", 0, 0), ("1", "3", 0, 0)]) if row["frame"] == "-1"]
    assert [(row["panel"], Path(row["file"]).suffix) for row in made] == [("2", ".gif")]
    assert (comic.store / made[0]["file"]).read_bytes() == animation()


def test_each_is_made_once_and_goes_when_it_is_shown_no_more(tmp_path: Path) -> None:
    comic = Comic(tmp_path, {"1.png": still(RED), "2.png": still(GREEN), "3.png": still(BLUE)})
    first = comic.make([("1", "2", 0, 0)])
    kept = {path.name: path.stat().st_mtime_ns for path in comic.store.iterdir()}
    (tmp_path / "comic/1.png").unlink()  # what is made is not read again
    again = comic.make([("1", "2", 0, 0), ("2", "3", 0, 0)])
    assert again[: len(first)] == first
    assert {name: (comic.store / name).stat().st_mtime_ns for name in kept} == kept
    third = {row["file"] for row in comic.make([("2", "3", 0, 0)])}
    assert {path.name for path in comic.store.iterdir()} == third | {f"{name}.js" for name in third}
    assert len(third) == 2


def test_a_changed_file_has_a_picture_of_its_own(tmp_path: Path) -> None:
    first = Comic(tmp_path / "a", {"1.png": still(RED), "2.png": still(GREEN)}).make([("1", "2", 0, 0)])
    other = Comic(tmp_path / "b", {"1.png": still(BLUE), "2.png": still(GREEN)}).make([("1", "2", 0, 0)])
    assert first[0]["file"] != other[0]["file"]
    assert first[1] == other[1]


def test_what_cannot_be_read_any_more_is_passed_over_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    comic = Comic(tmp_path, {f"{number}.png": still((0, 0, number)) for number in range(1, 5)})
    (tmp_path / "comic/2.png").write_bytes(b"no picture")
    (tmp_path / "comic/3.png").unlink()
    (tmp_path / "comic/4.png").write_bytes(still(RED))
    made = comic.make([("1", "2", 0, 0), ("2", "3", 0, 0), ("3", "4", 0, 0)])
    assert [row["panel"] for row in made] == ["1"]
    assert "4.png: no large picture" in caplog.text
    assert "2.png: no large picture" in caplog.text
    assert "3.png: no large picture" in caplog.text
