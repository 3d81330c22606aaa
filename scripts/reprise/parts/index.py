"""An index of the features of a whole comic, by their words, and the search in it.

In the field: index of words: inverted index, document frequency.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit
from reprise.parts.features import SIZES, STEPS
from reprise.parts.words import CELLS, NEAREST

FARTHEST = 11  # bits of a code in which two features differ at most
WIDTH = 8.8  # bits; the farther apart two features are, the less it says, as exp(-(bits / WIDTH) ** 2)

SAME_PLACE = 5.0  # pixels within which a feature of another picture is at the same place
MOST_AT_SAME_PLACE = 3  # a feature at the same place in so many other pictures is of a banner or a frame
BESIDE = 16.0  # pixels; what is so near to it, or twice, and at the same place in another picture, is too
MOST_WITHIN = 8  # a feature that its own picture repeats so often is of a pattern

FEWEST_SHARED = 3  # features that two panels share at least to be looked at


UNITS = (("x", STEPS), ("y", STEPS), ("size", SIZES))


class Index(NamedTuple):
    """The features of P panels, F of them, by panel and by word.

    Attributes:
        start: (P + 1,) int64, the features of panel p are rows start[p] to start[p + 1].
        panel: (F,) int32, the panel of each.
        shape: (P, 2) float32, the width and height of each panel's working picture.
        x, y: (F,) float32, where each feature is, in pixels.
        size: (F,) float32, the logarithm of its width to the base of 2.
        direction: (F,) uint8.
        first: (CELLS ** 2 + 1,) int64, the features of word w are entries first[w] to first[w + 1] of the two below.
        row, code: (F,) int64 and uint64, which they are and their codes.
        cells, codes: what is known of each feature, see FEATURE.
    """

    start: NDArray[np.int64]
    panel: NDArray[np.int32]
    shape: NDArray[np.float32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    size: NDArray[np.float32]
    direction: NDArray[np.uint8]
    first: NDArray[np.int64]
    row: NDArray[np.int32]
    code: NDArray[np.uint64]
    cells: NDArray[np.uint8]
    codes: NDArray[np.uint32]


def make_index(counts: NDArray[np.int64], shape: NDArray[Any], features: NDArray[Any]) -> Index:
    """Index features, FEATURE, of panels that have so many each, of pictures of these widths and heights, (P, 2)."""
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    word = features["cells"][:, 0, 0].astype(np.int64) * CELLS + features["cells"][:, 1, 0]
    row = np.argsort(word, kind="stable").astype(np.int32)
    code = features["codes"][:, 0, 0].astype(np.uint64) | features["codes"][:, 1, 0].astype(np.uint64) << np.uint64(32)
    x, y, size = ((features[name] / np.float32(step)).astype(np.float32) for name, step in UNITS)
    return Index(
        start,
        np.repeat(np.arange(len(counts), dtype=np.int32), counts),
        shape.astype(np.float32),
        x,
        y,
        size,
        features["direction"].copy(),
        np.concatenate([[0], np.cumsum(np.bincount(word, minlength=CELLS**2))]).astype(np.int64),
        row,
        code[row],
        features["cells"].copy(),
        features["codes"].copy(),
    )


@njit(nogil=True, cache=True)
def bits_set(value: Any) -> Any:
    """Return how many bits of a number are set."""
    value = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((value * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(nogil=True, cache=True)
def joined(upper: Any, lower: Any) -> Any:
    """Return the code of a feature of those of its halves."""
    return np.uint64(upper) | np.uint64(lower) << np.uint64(32)


@njit(nogil=True, cache=True)
def larger(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of twice the length that begins with this one."""
    grown = np.empty(2 * len(array), array.dtype)
    grown[: len(array)] = array
    return grown


@njit(nogil=True, cache=True)
def is_at_same_place(index: Index, row: int, other: int) -> bool:
    """Tell whether two features are as far from the left, the middle or the right, and so from top to bottom."""
    own, others = index.shape[index.panel[row]], index.shape[index.panel[other]]
    across, below = index.x[other] - index.x[row], index.y[other] - index.y[row]
    return is_anchored(across, others[0] - own[0]) and is_anchored(below, others[1] - own[1])


@njit(nogil=True, cache=True)
def is_anchored(moved: float, larger_by: float) -> bool:
    """Tell whether what moved by so much, in a picture that much larger, is as far from an end or the middle."""
    return min(abs(moved), abs(moved - larger_by / 2), abs(moved - larger_by)) <= SAME_PLACE


@njit(nogil=True, cache=True)
def squares_around(index: Index, panel: int, rows: NDArray[Any]) -> NDArray[Any]:
    """Return which squares of BESIDE pixels of a panel hold some of its features, or are next to one that does."""
    width, height = index.shape[panel]
    squares = np.zeros((np.int64(height / BESIDE) + 2, np.int64(width / BESIDE) + 2), np.bool_)
    for row in rows:
        down, across = np.int64(index.y[row] / BESIDE), np.int64(index.x[row] / BESIDE)
        squares[max(0, down - 1) : down + 2, max(0, across - 1) : across + 2] = True
    return squares


@njit(nogil=True, cache=True)
def shared_features(
    index: Index, panel: int, mirrored_too: bool, most_panels: int, stamps: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Find the features of other panels, from this one on, that are like one of this panel.

    Args:
        index: of all panels.
        panel: this one.
        mirrored_too: whether they may be mirrored.
        most_panels: a feature that more panels have says nothing.
        stamps: (2, P) int64, for its own use: 0 at first, and then what earlier panels left.

    Returns:
        (n,) each, int64 but the last: features of this panel, those like them, whether these are mirrored, and how
        much it says that both panels have it, float64.
    """
    own, other = np.empty(1024, np.int64), np.empty(1024, np.int64)
    mirrored, weight = np.empty(1024, np.int64), np.empty(1024, np.float64)
    rows, apart, flipped = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024, np.int64)
    of_all, shared_by_all = np.empty(index.start[panel + 1] - index.start[panel], np.int64), 0
    found = 0
    for row in range(index.start[panel], index.start[panel + 1]):
        stamp = np.int64(panel) * 2**20 + row - index.start[panel] + 1
        near, panels, same_place, within = 0, 0, 0, 0
        for mirror in range(2 if mirrored_too else 1):
            upper, lower = (1, 0) if mirror else (0, 1)
            for i in range(NEAREST):
                for j in range(NEAREST):
                    word = np.int64(index.cells[row, upper, i]) * CELLS + index.cells[row, lower, j]
                    code = np.uint64(index.codes[row, upper, i]) | np.uint64(index.codes[row, lower, j]) << np.uint64(
                        32
                    )
                    for entry in range(index.first[word], index.first[word + 1]):
                        bits = bits_set(code ^ index.code[entry])
                        like = index.row[entry]
                        if bits > FARTHEST or like == row:
                            continue
                        where = index.panel[like]
                        if stamps[0, where] != stamp:
                            stamps[0, where] = stamp
                            panels += 1
                        if not mirror and where == panel:
                            within += 1
                        elif not mirror and stamps[1, where] != stamp and is_at_same_place(index, row, like):
                            stamps[1, where] = stamp
                            same_place += 1
                        if where >= panel:
                            if near == len(rows):
                                rows, apart, flipped = larger(rows), larger(apart), larger(flipped)
                            rows[near], apart[near], flipped[near] = like, bits, mirror
                            near += 1
        if same_place >= MOST_AT_SAME_PLACE:
            of_all[shared_by_all] = row
            shared_by_all += 1
        elif panels <= most_panels and within < MOST_WITHIN:
            for k in range(near):
                if found == len(own):
                    own, other, mirrored, weight = larger(own), larger(other), larger(mirrored), larger(weight)
                own[found], other[found], mirrored[found] = row, rows[k], flipped[k]
                weight[found] = np.exp(-((apart[k] / WIDTH) ** 2)) / (np.sqrt(max(1, panels)) * (1 + within))
                if not flipped[k] and is_at_same_place(index, row, rows[k]):
                    # It may be of a template that only some panels have.
                    weight[found] /= np.sqrt(max(1, panels))
                found += 1
    # What is beside them in both panels is of the same banner, though it may look another where something else is near.
    squares = squares_around(index, panel, of_all[:shared_by_all])
    kept = np.ones(found, np.bool_)
    for k in range(found):
        if not mirrored[k] and squares[np.int64(index.y[own[k]] / BESIDE), np.int64(index.x[own[k]] / BESIDE)]:
            kept[k] = not is_at_same_place(index, own[k], other[k])
    return own[:found][kept], other[:found][kept], mirrored[:found][kept], weight[:found][kept]


@njit(nogil=True, cache=True)
def by_panel(
    index: Index, own: NDArray[Any], other: NDArray[Any], mirrored: NDArray[Any], weight: NDArray[Any], most: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Group what `shared_features` found by panel and mirror, and choose the groups that say most.

    Returns:
        (n,) int64, an order that has the features of a group together; and (g, 2) int64, where in it each of at most
        `most` groups starts and ends.
    """
    group = 2 * index.panel[other].astype(np.int64) + mirrored
    order = np.argsort(group, kind="mergesort")
    runs, said = np.empty((len(order), 2), np.int64), np.empty(len(order), np.float64)
    count, first = 0, 0
    while first < len(order):
        last, features, says, row, best = first, 0, 0.0, -1, 0.0
        while last < len(order) and group[order[last]] == group[order[first]]:
            k = order[last]
            if own[k] != row:
                row, features = own[k], features + 1
                says += best
                best = 0.0
            best = max(best, weight[k])
            last += 1
        if features >= FEWEST_SHARED:
            runs[count, 0], runs[count, 1], said[count] = first, last, says + best
            count += 1
        first = last
    chosen = np.argsort(-said[:count], kind="mergesort")[:most]
    return order, runs[chosen]
