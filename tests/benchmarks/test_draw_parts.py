"""Pictures that share parts: the same from the same seed, and the same drawing in the two boxes of each true pair."""

from itertools import pairwise
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from demo_comic.drawings import HEIGHT, WIDTH
from demo_comic.parts.items import Items, bounds, drawn
from demo_comic.parts.kinds import FIGURES, PIECES, STRIPS
from demo_comic.parts.layouts import extent, lay_out
from demo_comic.parts.lookalikes import LOOKALIKES
from demo_comic.parts.materials import Kit, Material
from demo_comic.parts.plan import TRUTH
from draw_comic import LABELS
from draw_parts import draw_parts, open_pairs
from emoji_material import Emoji
from openmoji_figures import unlike_emoji

SEED = 7
MOTIFS = {kind: 1 for kind in (*FIGURES, *PIECES, *STRIPS)}
SIDE = 96


def make(folder: Path, material: Material, motifs: dict[str, int], lookalikes: int = 0) -> None:
    tables = (folder / f"{name}.csv" for name in ("labels", "truth", "ignored"))
    draw_parts(material, SEED, motifs, lookalikes, folder / "panels", *tables)


def figures_in(folder: Path, count: int) -> Path:
    """Write figures such as `openmoji_figures` draws."""
    folder.mkdir()
    for number in range(count):
        image = Image.new("RGBA", (64, 64))
        for step in range(4):
            image.paste((40 * number, 60 * step, 200, 255), (4 + 9 * step, 6 * number, 30 + 9 * step, 20 + 6 * number))
        for style in ("black", "color"):
            image.save(folder / f"F{number}-{style}.png")
    return folder


@pytest.fixture(scope="module", params=["kit", "emoji"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    material = Kit(SEED) if request.param == "kit" else Emoji(SEED, figures_in(folder / "figures", 6))
    make(folder, material, MOTIFS, 1)
    return folder


def read(table: Path) -> pd.DataFrame:
    return pd.read_csv(table, dtype=str, keep_default_na=False)


def lines_in(folder: Path, file: str, box: str, flip: bool) -> np.ndarray:
    """Return how strong the edges are in a box of a picture, whatever its colours, at a fixed size."""
    with Image.open(folder / "panels" / file) as picture:
        piece = picture.convert("RGB").crop(tuple(map(int, box.split())))  # type: ignore[arg-type]
    piece = piece.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flip else piece
    grey = np.asarray(piece.resize((SIDE, SIDE), Image.Resampling.BOX), float).max(axis=2)
    strength = np.hypot(cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1))
    return cv2.GaussianBlur(np.minimum(strength, 200), (0, 0), 1.5)


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.slow
def test_boxes_of_a_true_pair_show_the_same_drawing(made: Path) -> None:
    truth = read(made / "truth.csv")
    assert list(truth.columns) == TRUTH
    assert set(truth["kind"]) == set(MOTIFS)
    for row in truth.to_dict("records"):
        mirrored = row["mirrored"] == "True"
        one = lines_in(made, row["file_a"], row["box_a"], False)
        other = lines_in(made, row["file_b"], row["box_b"], mirrored)
        turned = lines_in(made, row["file_b"], row["box_b"], not mirrored)
        assert alike(one, other) > max(0.4, alike(one, turned)), row


@pytest.mark.slow
def test_boxes_lie_in_their_pictures_and_every_picture_is_labelled(made: Path) -> None:
    truth, labels = read(made / "truth.csv"), read(made / "labels.csv")
    sizes = {path.name: Image.open(path).size for path in (made / "panels").iterdir()}
    assert list(labels.columns) == LABELS
    assert set(labels["file"]) == set(sizes)
    assert labels["cluster"].is_unique
    for side in "ab":
        for file, box in zip(truth[f"file_{side}"], truth[f"box_{side}"], strict=True):
            left, top, right, bottom = map(int, box.split())
            assert 0 <= left < right <= sizes[file][0] and 0 <= top < bottom <= sizes[file][1]
    kinds = labels.set_index("file")["transformation"]
    assert kinds.value_counts().to_dict() == {
        **{kind: 3 if kind in FIGURES else 2 for kind in MOTIFS},
        **dict.fromkeys(LOOKALIKES, 1),
    }
    shared = pd.concat([truth["file_a"], truth["file_b"]])
    assert set(kinds[kinds.isin(LOOKALIKES)].index).isdisjoint(shared)
    assert (kinds[truth["file_a"]].to_numpy() == truth["kind"]).all()
    assert (truth["file_a"] < truth["file_b"]).all()


@pytest.mark.slow
def test_a_seed_gives_the_same_bytes_and_another_one_other_drawings(tmp_path: Path) -> None:
    def drawings(name: str, material: Material) -> list[bytes]:
        make(tmp_path / name, material, {"object": 1, "strip": 1}, 0)
        return [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.*"))]

    figures = figures_in(tmp_path / "figures", 3)
    assert drawings("one", Kit(1)) == drawings("again", Kit(1)) != drawings("other", Kit(2))
    assert drawings("emoji", Emoji(1, figures)) == drawings("emoji again", Emoji(1, figures))


def pixels(items: Items) -> np.ndarray:
    return np.asarray(drawn(items, (WIDTH, HEIGHT)))


def test_each_key_has_a_figure_of_its_own(tmp_path: Path) -> None:
    kit, emoji = Kit(SEED), Emoji(SEED, figures_in(tmp_path / "figures", 3))
    assert (pixels(kit.scenery("a")) == pixels(kit.scenery("a"))).all()
    assert not (pixels(kit.scenery("a")) == pixels(kit.scenery("b"))).all()
    for key in "abcab":
        emoji.sprite(key)
    assert sorted(emoji.taken.values()) == ["F0", "F1", "F2"]
    # With all of them used up, the demo's hand goes on.
    assert bounds(emoji.sticker(240, "d")) == bounds(Kit(SEED).sprite("d"))


def test_emoji_whose_names_share_a_word_are_not_both_taken() -> None:
    names = {"A": "house", "B": "House of stone", "C": "house with garden", "D": "dog", "E": "The dog and cat"}
    assert unlike_emoji(names) == ["A", "D"]


def test_pairs_of_one_family_are_left_open_but_for_true_ones(tmp_path: Path) -> None:
    families = {"a": {1, 2}, "b": {2}, "c": {1, 3}, "d": set(), "e": {1}}
    assert open_pairs(families, [("a", "c")]) == [("a", "b"), ("a", "e"), ("c", "e")]
    (tmp_path / "figures").mkdir()
    for code in ("1F695", "1F697"):
        for style in ("black", "color"):
            Image.new("RGBA", (64, 64), "red").save(tmp_path / "figures" / f"{code}-{style}.png")
    emoji = Emoji(SEED, tmp_path / "figures")
    emoji.sprite("a")
    taxi_or_car = emoji.families()
    assert emoji.families() == set()
    emoji.sprite("b")
    assert taxi_or_car == emoji.families() != set()
    emoji.sprite("the demo's own")
    assert emoji.families() == set()


def test_layouts_have_two_to_seven_panels_on_the_sheet_and_only_an_inset_on_another() -> None:
    seen = set()
    for seed in range(60):
        layout = lay_out(Random(seed))
        boxes = [extent(cell) for cell in layout.cells]
        regular = boxes[: len(boxes) - layout.inset]
        assert 2 <= len(regular) <= 6
        assert all(0 <= x0 < x1 <= layout.size[0] and 0 <= y0 < y1 <= layout.size[1] for x0, y0, x1, y1 in boxes)
        for cell, following in pairwise(layout.cells[: len(regular)]):
            in_one_row = cell[0][1] == following[0][1]
            assert not in_one_row or cell[1][0] <= following[0][0] + 1e-6
        seen.add((layout.inset, layout.line == 0, any(cell[0][0] != cell[3][0] for cell in layout.cells)))
    assert len(seen) >= 6  # insets, frames and slanted dividers come in all combinations
