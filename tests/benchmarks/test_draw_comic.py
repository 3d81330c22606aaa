"""Comics as folders: drawn, joined and roughened, with labels that stay true."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from draw_comic import LABELS, draw_comic
from join_comics import join_comics, on_later_page, page_of
from roughen import draw_damage, roughen, roughen_panel

PAGES = 8


@pytest.fixture(scope="module")
def comic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("comic")
    draw_comic(4, PAGES, folder / "panels", folder / "labels.csv")
    yield folder


def read(labels: Path) -> pd.DataFrame:
    return pd.read_csv(labels, dtype=str, keep_default_na=False)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_panel_is_labelled_and_comes_from_one_of_its_cluster(comic: Path) -> None:
    labels = read(comic / "labels.csv")
    assert list(labels.columns) == LABELS
    assert set(labels["file"]) == set(files(comic / "panels"))
    cluster = labels.set_index("file")["cluster"]
    back = labels[labels["source"] != ""]
    assert len(back) > 1
    assert (cluster[back["source"]].to_numpy() == back["cluster"].to_numpy()).all()
    assert max(map(page_of, labels["file"])) <= PAGES


def test_joined_comics_keep_their_labels_apart_and_their_pages_in_order(comic: Path, tmp_path: Path) -> None:
    two = [comic / "panels"] * 2, [comic / "labels.csv"] * 2
    join_comics(*two, tmp_path / "panels", tmp_path / "labels.csv")
    one, both = read(comic / "labels.csv"), read(tmp_path / "labels.csv")
    last = max(map(page_of, one["file"]))
    first_half, second_half = both[: len(one)], both[len(one) :]
    assert first_half[["file", "source"]].equals(one[["file", "source"]])
    assert second_half["file"].tolist() == [on_later_page(file, last) for file in one["file"]]
    assert not set(first_half["cluster"]) & set(second_half["cluster"])
    assert both["cluster"].nunique() == 2 * one["cluster"].nunique()
    assert set(both["source"]) - {""} <= set(both["file"])
    drawn, joined = files(comic / "panels"), files(tmp_path / "panels")
    assert set(joined) == set(both["file"])
    assert all(joined[name] == joined[on_later_page(name, last)] == content for name, content in drawn.items())


def test_a_roughened_comic_has_the_same_truth_in_other_pixels_every_time_the_same(comic: Path, tmp_path: Path) -> None:
    for name in ("one", "again"):
        folder = tmp_path / name
        roughen(comic / "panels", comic / "labels.csv", 1, folder / "panels", folder / "labels.csv")
    one, again = (files(tmp_path / name / "panels") for name in ("one", "again"))
    assert one == again
    assert not set(one.values()) & set(files(comic / "panels").values())
    labels, rough = read(comic / "labels.csv"), read(tmp_path / "one" / "labels.csv")
    assert rough[["cluster", "transformation"]].equals(labels[["cluster", "transformation"]])
    assert [Path(file).stem for file in rough["file"]] == [Path(file).stem for file in labels["file"]]
    assert set(rough["file"]) == set(one)
    assert set(rough["source"]) - {""} <= set(one)


def test_damage_leaves_the_drawing_and_all_its_frames() -> None:
    grounds = ["white", "navy", "gold"]
    pictures = [Image.new("RGB", (200, 140), ground) for ground in grounds]
    for picture in pictures:
        picture.paste("red", (80, 40, 120, 100))
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=100)
    damage = draw_damage(3, "1_1.gif")
    content, suffix = roughen_panel(file.getvalue(), damage)
    assert suffix == ".gif"
    with Image.open(io.BytesIO(content)) as image:
        assert image.n_frames == len(pictures)  # type: ignore[attr-defined]
        assert image.width == pytest.approx(200 * damage.scale, abs=1)
        for number, ground in enumerate(grounds):
            image.seek(number)
            pixels = np.asarray(image.convert("RGB"), float)
            height, width, _ = pixels.shape
            corner = pixels[: height // 5, : width // 5].mean(axis=(0, 1))
            assert np.abs(corner - Image.new("RGB", (1, 1), ground).getpixel((0, 0))).max() < 25
            assert (
                np.abs(
                    pixels[height // 2 - 5 : height // 2 + 5, width // 2 - 5 : width // 2 + 5].mean(axis=(0, 1))
                    - (255, 0, 0)
                ).max()
                < 40
            )


def test_a_still_picture_becomes_a_jpeg() -> None:
    file = io.BytesIO()
    Image.new("RGB", (100, 80), "teal").save(file, "PNG")
    content, suffix = roughen_panel(file.getvalue(), draw_damage(1, "2_1.png"))
    assert suffix == ".jpg"
    assert content.startswith(b"\xff\xd8")


def test_panels_are_damaged_each_in_its_own_way() -> None:
    damages = {draw_damage(seed, f"{page}_1.gif") for seed in (1, 2) for page in range(20)}
    assert len({damage.seed for damage in damages}) == 40
