"""Which colours of one picture became which of another, where one lies upon the other as an alignment has it.

Pictures are sampled, not averaged: a colour of a drawing is that colour here, and no mixture. So in a recolour each
colour of one picture goes with one colour of the other, wherever it stands. In a redraw it does not. By
these numbers the step `relate` tells which of the two it is.

In the field: recolour: colour transfer, palette swap.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit

LEVELS = 8  # of each channel, in which colours are told apart as kinds
KINDS = LEVELS**3
# Levels of a channel: a colour that differs by more than CHANGED in any has changed, and one that differs by more than
# EXPECTED in any is not the colour expected. Both were chosen by hand on the choosing half of benchmarks/matching.yaml.
CHANGED, EXPECTED = 24, 44
FEWEST_SEEN = 100  # samples in view of both pictures; of fewer nothing can be told

# What became of the colours. `seen` is the share of the samples of the second picture that lie in the first as well and
# are not left out. The following are shares of these: `changed`, those of another colour; and those of an odd colour,
# one that is not what that colour became most often. Fewer are odd in one direction, `odd_least`, than in the other,
# `odd_most`, as two colours may have become one. `odd_both` are odd in both directions. `told` is how much the colours
# of one picture tell of the other's: their mutual information in bits, little where there are few colours.
CHANGE = np.dtype([(name, np.float64) for name in ("seen", "changed", "odd_least", "odd_most", "odd_both", "told")])


@njit(nogil=True, cache=True)
def collect(
    a: NDArray[Any],
    b: NDArray[Any],
    left_out_a: NDArray[Any],
    left_out_b: NDArray[Any],
    size_a: NDArray[Any],
    size_b: NDArray[Any],
    place: NDArray[Any],
    of_a: NDArray[Any],
    of_b: NDArray[Any],
) -> int:
    """Collect the samples of b, and of a what lies there; return how many. What is left out of either is not collected.

    `place` is mirrored, zoom, across, down, in pixels of the canvas, on which the frames have these sizes.
    """
    side = len(b)
    columns = np.empty(side, np.int64)  # of a, for each column of b
    for u in range(side):
        across = (((u + 0.5) / side - 0.5) * size_b[0] - place[2]) / place[1]
        columns[u] = math.floor(((-across if place[0] > 0 else across) / size_a[0] + 0.5) * side)
    count = 0
    for v in range(side):
        down = ((v + 0.5) / side - 0.5) * size_b[1] - place[3]
        y = math.floor((down / place[1] / size_a[1] + 0.5) * side)
        if y < 0 or y >= side:
            continue
        for u in range(side):
            x = columns[u]
            if 0 <= x < side and not left_out_a[y, x] and not left_out_b[v, u]:
                for channel in range(3):
                    of_a[count, channel], of_b[count, channel] = a[y, x, channel], b[v, u, channel]
                count += 1
    return count


@njit(nogil=True, cache=True)
def number_kinds(colours: NDArray[Any], kind: NDArray[Any]) -> int:
    """Number the kinds of colour that there are among colours, (n, 3) uint8, as `kind`, (n,), and return how many."""
    number_of = np.full(KINDS, -1, np.int64)
    count = 0
    for k in range(len(colours)):
        code: Any = 0
        for channel in range(3):
            code = code * LEVELS + np.int64(colours[k, channel]) * LEVELS // 256
        if number_of[code] < 0:
            number_of[code] = count
            count += 1
        kind[k] = number_of[code]
    return count


@njit(nogil=True, cache=True)
def became(b: NDArray[Any], kind_a: NDArray[Any], kind_b: NDArray[Any], joint: NDArray[Any]) -> NDArray[Any]:
    """Return what each kind of a became: the mean colour, (3,), of the kind of b that it goes with most often.

    `joint` counts how often any two go together.
    """
    partner = np.empty(len(joint), np.int64)
    for kind in range(len(joint)):
        partner[kind] = joint[kind].argmax()
    sums = np.zeros((len(joint), 3), np.int64)
    for k in range(len(b)):
        counts = np.int64(kind_b[k] == partner[kind_a[k]])
        for channel in range(3):
            sums[kind_a[k], channel] += counts * b[k, channel]
    means = np.empty((len(joint), 3))
    for kind in range(len(joint)):
        for channel in range(3):
            means[kind, channel] = sums[kind, channel] / joint[kind, partner[kind]]
    return means


@njit(nogil=True, cache=True)
def find_odd(b: NDArray[Any], kind_a: NDArray[Any], expected: NDArray[Any]) -> NDArray[Any]:
    """Tell of samples, (n, 3), whether the colour of b is not what is expected of that kind of a, (n,) bool."""
    odd = np.empty(len(b), np.bool_)
    for k in range(len(b)):
        most = 0.0
        for channel in range(3):
            most = max(most, abs(b[k, channel] - expected[kind_a[k], channel]))
        odd[k] = most > EXPECTED
    return odd


@njit(nogil=True, cache=True)
def information(joint: NDArray[Any]) -> float:
    """Return the mutual information, in bits, of the two numbers of which `joint` counts the pairs."""
    of_a, of_b, total = np.zeros(joint.shape[0], np.int64), np.zeros(joint.shape[1], np.int64), 0
    for i in range(joint.shape[0]):
        for j in range(joint.shape[1]):
            of_a[i] += joint[i, j]
            of_b[j] += joint[i, j]
            total += joint[i, j]
    bits = 0.0
    for i in range(joint.shape[0]):
        for j in range(joint.shape[1]):
            if joint[i, j] > 0:
                bits += joint[i, j] / total * math.log2(joint[i, j] * total / (of_a[i] * of_b[j]))
    return bits


@njit(nogil=True, cache=True)
def compare_samples(a: NDArray[Any], b: NDArray[Any], change: NDArray[Any]) -> None:
    """Compare corresponding samples, (n, 3) uint8 each, and fill `change`, (5,), with CHANGE save what is seen."""
    kind_a, kind_b = np.empty(len(a), np.int64), np.empty(len(b), np.int64)
    joint = np.zeros((number_kinds(a, kind_a), number_kinds(b, kind_b)), np.int64)
    changed = 0
    for k in range(len(a)):
        joint[kind_a[k], kind_b[k]] += 1
        most: Any = 0
        for channel in range(3):
            most = max(most, abs(np.int64(a[k, channel]) - np.int64(b[k, channel])))
        changed += most > CHANGED
    forth = find_odd(b, kind_a, became(b, kind_a, kind_b, joint))
    back = find_odd(a, kind_b, became(a, kind_b, kind_a, joint.T))
    odd_forth = odd_back = odd_both = 0
    for k in range(len(a)):
        odd_forth += forth[k]
        odd_back += back[k]
        odd_both += forth[k] & back[k]
    change[0] = changed / len(a)
    change[1], change[2] = min(odd_forth, odd_back) / len(a), max(odd_forth, odd_back) / len(a)
    change[3], change[4] = odd_both / len(a), information(joint)


@njit(nogil=True, cache=True)
def compare_all(
    samples: NDArray[Any],
    left_out: NDArray[Any],
    size: NDArray[Any],
    row_a: NDArray[Any],
    row_b: NDArray[Any],
    places: NDArray[Any],
    changes: NDArray[Any],
) -> None:
    """Fill `changes`, (n, 6), with CHANGE of n pairs of frames; see `colour_changes`."""
    side = samples.shape[1]
    of_a, of_b = np.empty((side * side, 3), np.uint8), np.empty((side * side, 3), np.uint8)
    for k in range(len(row_a)):
        f, g = row_a[k], row_b[k]
        frames = samples[f], samples[g], left_out[f], left_out[g], size[f], size[g]
        count = collect(*frames, places[k], of_a, of_b)
        changes[k, 0] = count / (side * side)
        if count >= FEWEST_SEEN:
            compare_samples(of_a[:count], of_b[:count], changes[k, 1:])


def colour_changes(
    samples: NDArray[np.uint8],
    left_out: NDArray[np.bool_],
    size: NDArray[Any],
    row_a: NDArray[np.int64],
    row_b: NDArray[np.int64],
    places: NDArray[np.float64],
) -> NDArray[Any]:
    """Tell what became of the colours of pairs of frames.

    Args:
        samples: (F, n, n, 3) uint8, of all frames.
        left_out: (F, n, n) bool, which of them not to look at.
        size: (F, 2), width and height of the frames on the canvas.
        row_a, row_b: (N,), the frames of each pair.
        places: (N, 4) float64, how the first lies upon the second: mirrored, zoom, across, down.

    Returns:
        (N,) CHANGE. Where fewer than FEWEST_SEEN samples are in view of both nothing can be told: there all is odd.
    """
    changes = np.zeros((len(row_a), len(CHANGE.names or ())))
    changes[:, 1:5] = 1
    compare_all(samples, left_out, size.astype(np.float64), row_a, row_b, places, changes)
    return changes.view(CHANGE).reshape(-1)
