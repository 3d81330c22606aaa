"""The bare loop decodes the very frames that Reprise reads."""

from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from fingerprint import MOST_FRAMES_READ, halve_often, least_size, pixel_digest, read_panel
from front_end import WORKS, frames_of, front_end, read_all, read_apart, sum_up
from pictures import drawing, encoded

SIZE = (650, 450)
CLEAR = Image.merge("RGBA", [*drawing(1, SIZE).split(), drawing(2, SIZE).convert("L").point(lambda v: v > 128 and 255)])
FILES = {
    "still.png": encoded("PNG", drawing(1, SIZE)),
    "clear.png": encoded("PNG", CLEAR),
    "lossy.jpg": encoded("JPEG", drawing(3, SIZE)),
    "moving.gif": encoded("GIF", *(drawing(seed, SIZE) for seed in range(4, 8))),
}


@pytest.mark.parametrize("file", FILES)
def test_it_composites_the_same_pixels(file: str) -> None:
    frames = list(frames_of(FILES[file]))
    panel = read_panel(FILES[file], "distinct")
    assert len(frames) == panel.frames_in_file
    assert panel.frames
    for kept in panel.frames:
        pixels = frames[kept.number]
        halved = halve_often(pixels, *least_size(pixels.shape[1], pixels.shape[0]))
        assert pixel_digest(halved, pixels.shape) == kept.digest


def test_it_stops_where_reprise_does() -> None:
    still = [Image.new("RGB", (9, 9), (number % 256, number // 256, 0)) for number in range(MOST_FRAMES_READ + 5)]
    assert len(list(frames_of(encoded("WEBP", *still, lossless=True)))) == MOST_FRAMES_READ
    assert list(frames_of(FILES["moving.gif"][:100])) == list(frames_of(b"")) == []


def test_all_files_are_read(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "damaged.png").write_bytes(b"damaged")
    assert all(read(tmp_path, work) > 0 for work in WORKS for read in (read_all, read_apart))
    front_end({"some": tmp_path}, 2, tmp_path / "table.csv")
    table = pd.read_csv(tmp_path / "table.csv", keep_default_na=False).set_index("format")
    assert table["files"].to_dict() == {"": 1, "PNG": 2, "JPEG": 1, "GIF": 1, "all": 5, "all, apart": 5}
    assert set(table["set"]) == {"some"}


def test_the_median_of_the_rounds_counts() -> None:
    rows = [
        *((turn, "GIF", 0.001, seconds) for turn, seconds in enumerate((0.002, 0.009, 0.004))),
        *((turn, "PNG", 0.003, 0.006) for turn in range(3)),
    ]
    table = sum_up(pd.DataFrame(rows, columns=["round", "format", "bare", "reprise"])).set_index("format")
    for name, expected in {"GIF": (1, 1, 4, 4), "PNG": (1, 3, 6, 2), "all": (2, 2, 5, 2.5)}.items():
        found = list(table.loc[name, ["files", "bare_ms", "reprise_ms", "ratio"]])
        assert found == pytest.approx(expected), name
