"""The edge bitmap and the hashes of a picture, which hold to their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import ImageFilter

from pictures import drawing, nearest, pixels, random_pixels
from reprise.hashes import average_hash, edge_bitmap
from reprise.shards import EDGE_SIZE


def slow_canny(picture: NDArray[np.uint8], low: int, high: int) -> NDArray[np.bool_]:
    """Find edges as Canny (1986) describes it: gradients by Sobel, ridges across them, hysteresis along the ridges.

    Of the colours the one with the greatest gradient counts, as |x| + |y|, in each place.
    """
    height, width = picture.shape[:2]
    padded = np.pad(picture.astype(int), ((1, 1), (1, 1), (0, 0)), mode="edge")

    def beside(down: int, right: int) -> NDArray[np.int64]:
        return padded[1 + down : 1 + down + height, 1 + right : 1 + right + width]

    sobel = ((-1, 1), (0, 2), (1, 1))
    across = np.sum([weight * (beside(at, 1) - beside(at, -1)) for at, weight in sobel], axis=0)
    along = np.sum([weight * (beside(1, at) - beside(-1, at)) for at, weight in sobel], axis=0)
    sizes = np.abs(across) + np.abs(along)
    strongest = sizes.argmax(axis=2)[..., np.newaxis]
    across, along = (np.take_along_axis(by_colour, strongest, axis=2)[..., 0] for by_colour in (across, along))
    at = np.pad(sizes.max(axis=2), 1)
    ridge = np.zeros((height, width), dtype=int)
    for y in range(height):
        for x in range(width):
            here, gx, gy = at[y + 1, x + 1], across[y, x], along[y, x]
            if abs(gy) < abs(gx) * math.tan(math.pi / 8):
                thin = here > at[y + 1, x] and here >= at[y + 1, x + 2]
            elif abs(gx) < abs(gy) * math.tan(math.pi / 8):
                thin = here > at[y, x + 1] and here >= at[y + 2, x + 1]
            else:
                slope = 1 if (gx < 0) == (gy < 0) else -1
                thin = here > at[y, x + 1 - slope] and here > at[y + 2, x + 1 + slope]
            ridge[y, x] = thin * (int(here > low) + int(here > high))
    edges = ridge == 2
    ends = list(np.argwhere(edges))
    while ends:
        y, x = ends.pop()
        for place in np.ndindex(3, 3):
            v, u = y + place[0] - 1, x + place[1] - 1
            if 0 <= v < height and 0 <= u < width and ridge[v, u] == 1 and not edges[v, u]:
                edges[v, u] = True
                ends.append(np.array([v, u]))
    return edges


@pytest.mark.parametrize("seed", range(4))
def test_edges_are_those_of_canny(seed: int) -> None:
    drawn = drawing(seed, (EDGE_SIZE, EDGE_SIZE)).filter(ImageFilter.GaussianBlur(seed))
    picture = pixels(drawn) // 4 * 3 + random_pixels(seed, EDGE_SIZE, EDGE_SIZE) // 8
    edges = edge_bitmap(picture)
    assert edges.any()
    assert np.array_equal(edges, slow_canny(picture[:, :, ::-1], 100, 200))


def test_edges_are_those_of_the_picture_averaged_over_areas() -> None:
    small = random_pixels(3, EDGE_SIZE, EDGE_SIZE) // 4 * 4
    large = small.repeat(3, axis=0).repeat(2, axis=1).astype(int)
    large[::3, ::2] += 3  # of six pixels one is brighter and another as much darker: the mean stays
    large[1::3, 1::2] -= 3
    assert np.array_equal(
        edge_bitmap(np.clip(large, 0, 255).astype(np.uint8)[:, :, ::-1]), edge_bitmap(small[:, :, ::-1])
    )


@given(st.integers(0, 100), st.integers(60, 230), st.integers(60, 230))
def test_the_essay_s_edges_are_those_of_the_nearest_pixels(seed: int, width: int, height: int) -> None:
    picture = pixels(drawing(seed, (width, height)))
    assert np.array_equal(edge_bitmap(picture, "nearest"), edge_bitmap(nearest(picture, EDGE_SIZE)))


@given(st.integers(0, 100), st.integers(9, 70), st.integers(9, 70))
def test_the_essay_s_average_hash_is_that_of_the_nearest_pixels(seed: int, width: int, height: int) -> None:
    picture = pixels(drawing(seed, (width, height)))
    assert np.array_equal(average_hash(picture, "nearest"), average_hash(nearest(picture, 8)))


@given(st.integers(0, 2**32 - 1), st.sampled_from([8, 16, 64]))
def test_average_hash_tells_which_areas_are_bright(seed: int, size: int) -> None:
    small = random_pixels(seed, 8, 8, 1).repeat(3, axis=2)
    levels = small[..., 0].astype(int)
    told = average_hash(small.repeat(size // 8, axis=0).repeat(size // 8, axis=1))
    assert told.tolist() == (levels * 64 >= levels.sum()).tolist()
