"""The pictures of the page on the method."""

import numpy as np

from draw_method import BOTH, ONLY_FIRST, ONLY_SECOND, PICTURES, laid_over
from test_rules import REPOSITORY


def test_the_pictures_that_are_kept_are_those_that_are_drawn() -> None:
    kept = {path.stem for path in (REPOSITORY / "docs" / "method").iterdir()}
    assert kept == set(PICTURES)


def test_bitmaps_laid_over_each_other_show_what_both_have_and_what_each_has_alone() -> None:
    a, b = np.array([[True, True, False, False]]), np.array([[True, False, True, False]])
    colours = ["#" + bytes(pixel).hex() for pixel in laid_over(a, b)[0].tolist()]
    assert colours == [BOTH, ONLY_FIRST, ONLY_SECOND, "#ffffff"]
