"""The features of panels: of files of any kind, by which parts are found, and none of lettering."""

import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from features import features, read_content, read_features
from figures import figure, save, scene
from pictures import encoded, with_words
from reprise.parts.features import FEATURE, LONGEST, MOST_FEATURES, MOST_PIXELS, STEPS
from reprise.parts.files import PanelFeatures
from reprise.source import open_source


def found(tmp_path: Path, *panels: Image.Image) -> list[PanelFeatures]:
    """Return what is kept of panels that are read from their files."""
    names = save(tmp_path / "panels", panels)
    with open_source(tmp_path / "panels", names) as source:
        return [read_features(read_content(source, name)) for name in names]


def test_features_of_a_mirrored_panel_have_their_halves_changed_about(tmp_path: Path) -> None:
    """An even number of pixels is halved alike from both ends."""
    panel = scene(1, (figure(1), (150, 90)), size=(512, 256))
    one, other = found(tmp_path, panel, ImageOps.mirror(panel))
    near = 0
    for feature in one.features:
        x = (512 - 1) * STEPS - other.features["x"].astype(int)
        close = (abs(x - int(feature["x"])) <= STEPS) & (
            abs(other.features["y"].astype(int) - int(feature["y"])) <= STEPS
        )
        near += bool((other.features["cells"][close][:, ::-1, 0] == feature["cells"][:, 0]).all(axis=1).any())
    assert near > 0.6 * len(one.features) > 30


def test_lettering_has_no_features_and_hardly_an_edge(tmp_path: Path) -> None:
    plain = Image.new("RGB", (420, 300), "white")
    (lettered,) = found(tmp_path, with_words(plain)[0])
    left, top, right, bottom = with_words(plain)[1]
    # Of edges the full stop is left.
    for kept, steps, most in ((lettered.features, STEPS, 0), (lettered.edges, 1, 4)):
        x, y = kept["x"] / steps, kept["y"] / steps
        assert ((x > left + 9) & (x < right - 9) & (y > top + 9) & (y < bottom - 9)).sum() <= most


def caption() -> tuple[Image.Image, tuple[int, int, int, int]]:
    """Draw a caption of few words in a narrow frame; and return the box of its words."""
    panel = Image.new("RGB", (420, 300), "#f5e6b0")
    pen = ImageDraw.Draw(panel)
    pen.rectangle((100, 20, 195, 46), fill="white", outline="black", width=2)
    pen.text((108, 25), "5 days later.", fill="black", font_size=14)
    return panel, (106, 24, 190, 42)


def title() -> tuple[Image.Image, tuple[int, int, int, int]]:
    """Draw a title in a coloured band on black; and return the box of its words."""
    panel = Image.new("RGB", (640, 300), "black")
    pen = ImageDraw.Draw(panel)
    pen.rectangle((10, 8, 630, 48), fill="#e4a545")
    pen.text((180, 14), "Nell! Not the wrong hat!", fill="white", font_size=25)
    return panel, (170, 12, 520, 44)


@pytest.mark.parametrize("draw", [caption, title])
def test_few_words_have_no_features_whatever_is_around_them(draw: Any, tmp_path: Path) -> None:
    panel, (left, top, right, bottom) = draw()
    (kept,) = found(tmp_path, panel)
    x, y = kept.features["x"] / STEPS, kept.features["y"] / STEPS
    assert not ((x > left) & (x < right) & (y > top) & (y < bottom)).any()


def test_words_take_no_place_from_the_drawing(tmp_path: Path) -> None:
    plain = scene(1, (figure(1), (60, 390)), size=(900, 530))
    ImageDraw.Draw(plain).rectangle((10, 10, 890, 360), fill="white")
    page = plain.copy()
    pen = ImageDraw.Draw(page)
    for line in range(20):
        pen.text((20, 14 + 17 * line), 12 * f"Word {line} of many. ", fill="black", font_size=13)
    without, with_them = (
        {(int(feature["x"]), int(feature["y"])) for feature in one.features if feature["y"] > 400 * STEPS}
        for one in found(tmp_path, plain, page)
    )
    assert len(without) > 50
    assert len(without & with_them) > 0.95 * len(without)


def test_a_large_panel_is_shrunk_and_a_small_one_is_not(tmp_path: Path) -> None:
    large, small = found(tmp_path, scene(1, size=(1600, 1200)), scene(2, size=(200, 150)))
    assert large.size[0] * large.size[1] <= 1.01 * MOST_PIXELS
    assert max(large.size) <= LONGEST
    assert large.size[0] == pytest.approx(1600 * large.shrunk, rel=0.01)
    assert (small.size, small.shrunk) == ((200, 150), 1.0)
    assert 0 < len(large.features) <= MOST_FEATURES
    assert (small.features["x"] < 200 * STEPS).all()
    assert (small.edges["x"] < 200).all()


def test_what_cannot_be_read_has_none_and_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "panels"
    save(folder, [scene(1)])
    whole = (folder / "0000.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[:200])
    (folder / "empty.png").write_bytes(b"")
    (folder / "words.png").write_bytes(b"no picture at all")
    names = ["0000.png", "cut.png", "empty.png", "words.png", "gone.png", "", "film.mp4"]
    features(names, folder, tmp_path / "shard.npz", tmp_path / "shard.npy")
    counts = np.load(tmp_path / "shard.npz")["features"]
    assert counts[0] > 0
    assert counts[1:].tolist() == [0] * 6


def test_of_an_animation_the_first_frame_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "panels"
    save(folder, [scene(1)])
    (folder / "moving.webp").write_bytes(encoded("WEBP", scene(1), scene(2), lossless=True))
    with open_source(folder, ["0000.png", "moving.webp"]) as source:
        still, moving = (read_features(read_content(source, name)) for name in ("0000.png", "moving.webp"))
    assert np.array_equal(still.features, moving.features)
    assert np.array_equal(still.edges, moving.edges)


def test_white_lines_on_transparent_ground_are_seen(tmp_path: Path) -> None:
    lines = scene(1).convert("L").point(lambda level: 255 if level < 90 else 0)
    panel = Image.new("RGBA", lines.size, (255, 255, 255, 0))
    panel.putalpha(lines)
    (read,) = found(tmp_path, panel)
    assert len(read.features) > 10


@pytest.mark.parametrize(("shards", "processes"), [(1, 1), (1, 2), (2, 3), (3, 1)])
def test_what_is_kept_of_a_panel_does_not_depend_on_its_shard_or_on_the_cores(
    tmp_path: Path, shards: int, processes: int
) -> None:
    names = save(tmp_path / "panels", [scene(seed, (figure(seed), (90, 60))) for seed in range(5)])
    kept = []
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    for number, some in enumerate(np.array_split(names, shards)):
        written = tmp_path / f"{number}.npz", tmp_path / f"{number}.npy"
        features(some.tolist(), tmp_path / "panels", *written, processes)
        kept.append((np.load(written[0])["feature"], np.load(written[1])))
    alone = [read_features((tmp_path / "panels" / name).read_bytes()) for name in names]
    assert np.array_equal(np.concatenate([some for some, _ in kept]), np.concatenate([one.features for one in alone]))
    assert np.array_equal(np.concatenate([some for _, some in kept]), np.concatenate([one.edges for one in alone]))
    assert kept[0][0].dtype == FEATURE
    if sys.platform == "linux":
        assert (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before) == (processes > 1), "cores that share"
