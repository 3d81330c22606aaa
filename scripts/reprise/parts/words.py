"""What a descriptor says, in few bytes: words, by which features are found, and a code, by which they are compared.

A descriptor (SIFT's) is a histogram of gradients in 4 x 4 squares around a feature. Its upper two rows are one half.
Its lower two, mirrored, are the other: so the mirror image of a feature has the same two halves in the other order, and
nothing else needs to be known of it. Each half is put into the nearest of CELLS cells, and told within that cell by
BITS bits: on which side of the cell's median it lies in as many directions. A word is two cells.

The cells, and the directions, come with Reprise in `words.npz`: so what is told of a panel depends on no other panel.
`benchmarks/scripts/train_words.py` makes that file.

In the field: descriptor: RootSIFT; cells: product quantisation, an inverted multi-index; code: Hamming embedding.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

WORDS = Path(__file__).with_name("words.npz")

CELLS = 256  # of half a descriptor
HALF = 64  # numbers of half a descriptor
BITS = 32  # of half a code
NEAREST = 2  # cells that are kept of each half, the nearest first

ROWS_AT_ONCE = 4096


class Words(NamedTuple):
    """How halves of descriptors are put into words.

    Attributes:
        centres: (CELLS, HALF) float32, the middle of each cell.
        directions: (HALF, BITS) float32, at right angles to each other, drawn by lot.
        medians: (CELLS, BITS) float32, of the halves in each cell, along each direction.
    """

    centres: NDArray[np.float32]
    directions: NDArray[np.float32]
    medians: NDArray[np.float32]


@cache
def read_words(path: Path = WORDS) -> Words:
    """Read how halves of descriptors are put into words."""
    with np.load(path) as file:
        return Words(*(file[name].astype(np.float32) for name in Words._fields))


def halves(descriptors: NDArray[Any]) -> NDArray[np.float32]:
    """Return the upper and the mirrored lower half, (n, 2, HALF) float32, of SIFT's descriptors, (n, 128).

    Each number is the root of its share of the whole: so a dot product compares distributions (RootSIFT).
    """
    shares = descriptors.astype(np.float32).reshape(-1, 4, 4, 8)
    shares /= np.maximum(shares.sum(axis=(1, 2, 3), keepdims=True), 1)
    np.sqrt(shares, out=shares)
    lower = shares[:, :1:-1][..., -np.arange(8) % 8]
    return np.stack([shares[:, :2].reshape(-1, HALF), lower.reshape(-1, HALF)], axis=1)


def nearest_cells(rows: NDArray[np.float32], centres: NDArray[np.float32], nearest: int = NEAREST) -> NDArray[np.uint8]:
    """Return the nearest cells of halves, (n, HALF), as (n, nearest) uint8; of equally near ones the first."""
    found = np.empty((len(rows), nearest), np.uint8)
    offset = (centres**2).sum(axis=1) / 2
    for first in range(0, len(rows), ROWS_AT_ONCE):
        far = offset - rows[first : first + ROWS_AT_ONCE] @ centres.T
        for place in range(nearest):
            cell = far.argmin(axis=1)
            found[first : first + ROWS_AT_ONCE, place] = cell
            far[np.arange(len(far)), cell] = np.inf
    return found


def encode(descriptors: NDArray[Any], words: Words) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Return the cells, (n, 2, NEAREST) uint8, and the codes within these, (n, 2, NEAREST) uint32, of descriptors."""
    rows = halves(descriptors).reshape(-1, HALF)
    cells = nearest_cells(rows, words.centres)
    above = (rows @ words.directions)[:, None] > words.medians[cells]
    codes = np.packbits(above, axis=2, bitorder="little").view("<u4").astype(np.uint32)
    return cells.reshape(-1, 2, NEAREST), codes.reshape(-1, 2, NEAREST)
