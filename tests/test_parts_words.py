"""What a descriptor says in few bytes: the same of its mirror image, with the halves changed about."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from reprise.parts.words import BITS, CELLS, HALF, encode, halves, nearest_cells, read_words

DESCRIPTORS = arrays(np.float32, st.tuples(st.integers(1, 6), st.just(128)), elements=st.integers(0, 255).map(float))


def mirrored(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the descriptors of mirrored pictures: rows from the last to the first, angles negated."""
    rows = descriptors.reshape(-1, 4, 4, 8)[:, ::-1]
    return rows[..., [0, 7, 6, 5, 4, 3, 2, 1]].reshape(-1, 128)


@given(DESCRIPTORS)
def test_a_mirror_image_has_the_same_halves_in_the_other_order(descriptors: NDArray[np.float32]) -> None:
    cells, codes = encode(descriptors, read_words())
    mirrored_cells, mirrored_codes = encode(mirrored(descriptors), read_words())
    assert np.array_equal(mirrored_cells, cells[:, ::-1])
    assert np.array_equal(mirrored_codes, codes[:, ::-1])


@given(DESCRIPTORS)
def test_halves_are_roots_of_shares_of_the_whole(descriptors: NDArray[np.float32]) -> None:
    squares = (halves(descriptors).reshape(-1, 2 * HALF) ** 2).sum(axis=1)
    assert np.allclose(squares, descriptors.any(axis=1), atol=1e-4)


def test_the_nearest_cells_are_those_of_the_least_distance() -> None:
    lot = np.random.default_rng(1)
    rows, centres = lot.random((50, HALF)).astype(np.float32), read_words().centres
    far = ((rows[:, None] - centres) ** 2).sum(axis=2)
    assert np.array_equal(nearest_cells(rows, centres), np.argsort(far, axis=1, kind="stable")[:, :2])


def test_the_words_that_come_with_reprise_are_whole() -> None:
    words = read_words()
    assert words.centres.shape == (CELLS, HALF)
    assert words.medians.shape == (CELLS, BITS)
    assert np.allclose(words.directions.T @ words.directions, np.eye(BITS), atol=2e-3)
    assert np.isfinite(np.concatenate([words.centres.ravel(), words.medians.ravel()])).all()
