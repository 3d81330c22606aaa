"""Pages that share something: the same every time, with labels that are true, and the same without what they share."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from draw_comic import LABELS
from draw_pages import FIRST_SEEN, LAYOUTS, PAGE, SCENE_PAGES, draw_page, draw_pages, draw_scene_again, draw_strip

SEED, PAGES = 7, 5


def drawn(folder: Path, shared: str, pages: int = PAGES, bare: bool = False) -> tuple[dict[str, bytes], pd.DataFrame]:
    """Draw pages and return their files and labels."""
    draw_pages(shared, pages, SEED, bare, folder / "panels", folder / "labels.csv")
    files = {path.name: path.read_bytes() for path in (folder / "panels").iterdir()}
    return files, pd.read_csv(folder / "labels.csv", dtype=str, keep_default_na=False)


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, int)


def same_everywhere(pictures: list[np.ndarray]) -> np.ndarray:
    """Tell which pixels are alike in all pictures."""
    return np.all([(picture == pictures[0]).all(axis=2) for picture in pictures], axis=0)


@pytest.mark.parametrize("shared", LAYOUTS)
def test_pages_share_what_they_do_without_only_where_they_are_bare(shared: str) -> None:
    layout = LAYOUTS[shared]
    beside = np.ones(PAGE[::-1], bool)
    for left, top, right, bottom in layout.cells:
        beside[top:bottom, left:right] = False
    numbers = range(1, 4)
    pages = [pixels(draw_page(layout, SEED, number, False)) for number in numbers]
    bare = [pixels(draw_page(layout, SEED, number, True)) for number in numbers]
    assert same_everywhere(pages)[beside].all()
    assert (pages[0][beside] != 255).any()
    assert (bare[0][beside] == 255).all()
    assert not same_everywhere(pages)[~beside].all()
    assert all((one[~beside] == other[~beside]).all() for one, other in zip(pages, bare, strict=True))


@pytest.mark.parametrize("bare", [False, True])
def test_two_pages_show_the_same_and_are_labelled_so(bare: bool, tmp_path: Path) -> None:
    files, labels = drawn(tmp_path / "one", "border", bare=bare)
    assert files == drawn(tmp_path / "again", "border", bare=bare)[0]
    assert list(labels.columns) == LABELS
    assert set(labels["file"]) == set(files)
    together = [set(group) for _, group in labels.groupby("cluster")["file"] if len(group) > 1]
    assert together == [{f"{FIRST_SEEN}_1.png", f"{PAGES}_1.png"}]
    assert files[f"{FIRST_SEEN}_1.png"] == files[f"{PAGES}_1.png"]
    assert len(set(files.values())) == PAGES - 1


def test_a_scene_comes_back_on_forty_pages_with_something_else_upon_it(tmp_path: Path) -> None:
    files, labels = drawn(tmp_path, "scene", SCENE_PAGES + 2)
    sizes = labels["cluster"].value_counts()
    assert sizes.tolist() == [SCENE_PAGES, 1, 1]
    assert set(labels["file"]) == set(files)
    assert len(set(files.values())) == len(files)
    again = [pixels(draw_scene_again(SEED, number)) for number in (1, 2)]
    assert 0.6 < same_everywhere(again).mean() < 1


def test_a_template_has_other_words_each_day(tmp_path: Path) -> None:
    files, labels = drawn(tmp_path, "template")
    assert labels["cluster"].nunique() == 1
    assert len(set(files.values())) == PAGES
    strips = [pixels(draw_strip(SEED, number)) for number in (1, 2)]
    assert 0.8 < same_everywhere(strips).mean() < 1
