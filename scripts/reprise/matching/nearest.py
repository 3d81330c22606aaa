"""The partners most like each panel, among all that were compared so far.

This is not part of the step that uses it, `search_block`: Snakemake starts a copy of a step's script, and what that
compiles is compiled again in each job.

In the field: partners: nearest neighbours, candidates.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.compiled import njit


@njit(nogil=True, cache=True)
def best_frames(
    best: NDArray[Any], start_a: NDArray[Any], start_b: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Reduce a table of frames, (F, G), to one of panels: the greatest entry of each two panels' frames, or 0.

    The frames of panel p are rows start_a[p] to start_a[p + 1], those of panel q columns likewise.

    Returns:
        The entries, (P, Q), and their rows and columns, those of the first of equals.
    """
    shape = len(start_a) - 1, len(start_b) - 1
    most, row, column = np.zeros(shape, best.dtype), np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for p in range(shape[0]):
        for f in range(start_a[p], start_a[p + 1]):
            for q in range(shape[1]):
                for g in range(start_b[q], start_b[q + 1]):
                    if best[f, g] > most[p, q]:
                        most[p, q], row[p, q], column[p, q] = best[f, g], f, g
    return most, row, column


class Nearest(NamedTuple):
    """The partners most like each of P panels: a row a panel, the most alike first, of equals the earlier.

    Attributes:
        alike: (P, most) int32, how alike they are; 0 where there are not so many.
        partner: (P, most) int64, which they are.
        least: (P,) int32, how alike the last of them is.
    """

    alike: NDArray[np.int32]
    partner: NDArray[np.int64]
    least: NDArray[np.int32]

    def among(self, a: NDArray[Any], b: NDArray[Any], alike: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell in which pairs (a, b), of those entered, one panel is still among the partners of the other."""
        last = self.partner[:, -1]
        of_a, of_b = (
            (alike > self.least[one]) | ((alike == self.least[one]) & (other <= last[one]))
            for one, other in ((a, b), (b, a))
        )
        return of_a | of_b


def no_partners(panels: int, most: int) -> Nearest:
    """Return what is known at first, when there are so many panels and `most` partners of each are to be kept."""
    shape = panels, most
    return Nearest(np.zeros(shape, np.int32), np.zeros(shape, np.int64), np.zeros(panels, np.int32))


@njit(nogil=True, cache=True)
def enter(nearest: Nearest, panel: int, partner: int, alike: int) -> bool:
    """Enter a partner of a panel in its place; return whether it is among those most like it."""
    values, partners = nearest.alike[panel], nearest.partner[panel]
    place = len(values)
    while place > 0 and (alike > values[place - 1] or (alike == values[place - 1] and partner < partners[place - 1])):
        place -= 1
    if place == len(values):
        return False
    for later in range(len(values) - 1, place, -1):
        values[later], partners[later] = values[later - 1], partners[later - 1]
    values[place], partners[place] = alike, partner
    nearest.least[panel] = values[-1]
    return True


@njit(nogil=True, cache=True)
def enter_all(
    nearest: Nearest, alike: NDArray[Any], first_a: int, first_b: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Enter the pairs of some panels with others, which are numbered from `first_a` and from `first_b` on.

    Args:
        nearest: what is known of all panels.
        alike: (P, Q) int32, how alike they are. A pair that is not alike at all, 0, is left out. So is a pair whose
            second panel does not come after the first.

    Returns:
        Rows and columns of the pairs in which one panel is among those most like the other; in order.
    """
    rows, columns, found = np.empty(alike.size, np.int64), np.empty(alike.size, np.int64), 0
    least = nearest.least
    for p in range(alike.shape[0]):
        a = first_a + p
        for q in range(max(0, a + 1 - first_b), alike.shape[1]):
            b, value = first_b + q, alike[p, q]
            if value > 0 and (value >= least[a] or value >= least[b]):
                of_a, of_b = enter(nearest, a, b, value), enter(nearest, b, a, value)
                if of_a or of_b:
                    rows[found], columns[found] = p, q
                    found += 1
    return rows[:found].copy(), columns[:found].copy()
