"""Search two blocks of panels for pairs that may show one drawing, shifted, zoomed or mirrored.

All frames are compared as `alignment.search` tells, and of each panel the partners most like it are kept: which of
these are one drawing in truth is for `align_block` to check.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from alignment.canvas import Frames, read_points
from alignment.search import WAYS, Still, similarities, still_vectors, telling_frames, ways
from atomic import atomic_file
from blocks import nearest_partners
from progress import progress
from threads import in_threads

# Pairs of panels that a thread compares at a time; it bounds the memory. If they are of few panels of the first block,
# each of the second keeps as many partners of these as of many.
PAIRS_AT_ONCE = 2**21

# Pairs found of which a thread looks for the best ways at a time.
WAYS_AT_ONCE = 2**13

# Two panels, the most alike of their frames by their places among their panels' frames, the best ways in which the one
# is laid upon the other, and how alike they are.
CANDIDATE = np.dtype(
    [
        ("a", np.int64),
        ("b", np.int64),
        ("frame_a", np.int16),
        ("frame_b", np.int16),
        ("ways", np.int16, WAYS),
        ("alike", np.int32),
    ]
)


class Searched(NamedTuple):
    """The frames of a block that are searched with.

    Attributes:
        frames: these, F of them.
        start: (P + 1,) int64, those of panel p are rows start[p] to start[p + 1].
        number: (F,) int64, the place of each among all frames of its panel.
    """

    frames: Frames
    start: NDArray[np.int64]
    number: NDArray[np.int64]


def read_searched(shards: Sequence[str | Path]) -> Searched:
    """Read the frames of consecutive shards that are to be searched with."""
    counts = np.concatenate([np.diff(np.load(shard)["frame_start"]) for shard in shards])
    start = np.concatenate([[0], np.cumsum(counts)])
    frames = read_points(shards)
    rows = telling_frames(frames, start)
    number = rows - np.repeat(start[:-1], counts)[rows]
    return Searched(frames.take(rows), np.searchsorted(rows, start), number)


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


@njit(nogil=True, cache=True)
def nearest(alike: NDArray[Any], most: int) -> NDArray[np.bool_]:
    """Tell which entries are among the `most` greatest of their row, of those above 0; of equals the first."""
    chosen = np.zeros(alike.shape, np.bool_)
    greatest, columns = np.zeros(most, alike.dtype), np.empty(most, np.int64)
    for row in range(len(alike)):
        greatest[:], columns[:] = 0, -1
        for column in range(alike.shape[1]):
            value, place = alike[row, column], most
            if value > greatest[most - 1]:
                while place > 0 and value > greatest[place - 1]:
                    place -= 1
                greatest[place + 1 :], columns[place + 1 :] = greatest[place:-1].copy(), columns[place:-1].copy()
                greatest[place], columns[place] = value, column
        for column in columns[columns >= 0]:
            chosen[row, column] = True
    return chosen


def least_alike(found: NDArray[Any], most: int, panels: int) -> NDArray[np.int32]:
    """Return how alike the last of the `most` partners most like each panel is to it, (panels,); 0 if it has fewer."""
    panel, alike = np.concatenate([found["a"], found["b"]]), np.tile(found["alike"], 2)
    order = np.lexsort((-alike, panel))
    first = np.searchsorted(panel[order], np.arange(panels + 1))
    least = np.zeros(panels, np.int32)
    enough = np.diff(first) >= most
    least[enough] = alike[order][first[:-1][enough] + most - 1]
    return least


def compare_panels(
    a: Frames,
    start_a: NDArray[np.int64],
    still: Still,
    start_b: NDArray[np.int64],
    mirrored: bool,
    most: int,
    least_b: NDArray[np.int32],
    later: bool,
) -> NDArray[Any]:
    """Return the pairs of panels in which one is among the `most` partners, of those compared, most like the other.

    Args:
        a: the frames of block a.
        start_a: (P + 1,), the frames of panel p of those to compare are rows start_a[p] to start_a[p + 1] of them.
        still: the vectors of the frames of block b.
        start_b: (Q + 1,), the same for the panels to compare them with.
        mirrored: whether frames may be mirrored.
        most: how many partners to keep.
        least_b: (Q,), how alike a panel of block b has so many partners already: one that is less is none for it.
        later: whether panel p is to be compared only with those after panel p.

    Returns:
        CANDIDATE, sorted by panels, numbered among those compared, as are the frames; their ways are left open.
    """
    first_a, first_b = start_a[0], start_b[0]
    best = similarities(a, first_a, start_a[-1], Still(*(some[first_b : start_b[-1]] for some in still)), mirrored)
    alike, row, column = best_frames(best, start_a - first_a, start_b - first_b)
    if later:
        alike = np.triu(alike, 1)
    alike_b = np.where(alike >= least_b, alike, 0).T
    chosen = (nearest(alike, most) | nearest(np.ascontiguousarray(alike_b), most).T).nonzero()
    row, column = row[chosen], column[chosen]
    found = np.zeros(len(row), CANDIDATE)
    found["a"], found["b"] = chosen
    found["frame_a"], found["frame_b"] = row + first_a - start_a[chosen[0]], column + first_b - start_b[chosen[1]]
    found["alike"] = alike[chosen]
    return found


def find_pairs(
    a: Searched,
    b: Searched,
    still: Still,
    mirrored: bool,
    most: int,
    threads: int = 1,
    log: str | Path | None = None,
) -> NDArray[Any]:
    """Return the pairs of panels of two blocks in which one is among the `most` partners that are most like the other.

    If both blocks are the same one, each pair is looked at once. `still` are the vectors of block b.

    Returns:
        CANDIDATE, sorted by panels, numbered within their blocks; their ways are left open.
    """
    panels_a, panels_b = len(a.start) - 1, len(b.start) - 1
    after = 0 if a is b else panels_a  # panels of another block are numbered after those of the first
    found, kept = np.zeros(0, CANDIDATE), 0
    least = np.zeros(after + panels_b, np.int32)
    at_once = max(1, PAIRS_AT_ONCE // max(1, panels_b))
    runs = range(0, panels_a, at_once)

    def compare(first: int) -> NDArray[Any]:
        # Each pair is asked for in the order of the story: the earlier panel is laid upon the later.
        column = first if a is b else 0
        own, least_b = a.start[first : first + at_once + 1], least[after + column :]
        some = compare_panels(a.frames, own, still, b.start[column:], mirrored, most, least_b, a is b)
        some["a"] += first
        some["b"] += after + column
        return some

    compared = in_threads(compare, runs, threads)
    for first, some in zip(runs, progress(compared, len(runs), "search", log), strict=True):
        found = np.concatenate([found, some])
        # Sorting takes its time, and is put off until there is much to leave out.
        if len(found) > 2 * kept or first == runs[-1]:
            found = found[nearest_partners(found["a"], found["b"], found["alike"], most)]
            kept, least = len(found), least_alike(found, most, len(least))
    found["b"] -= after
    return found


def find_ways(
    a: Frames,
    rows: NDArray[np.int64],
    still: NDArray[np.float32],
    columns: NDArray[np.int64],
    mirrored: bool,
    threads: int = 1,
) -> NDArray[np.int16]:
    """Return what `alignment.search.ways` does, in several threads."""

    def ways_of(pairs: slice) -> NDArray[np.int16]:
        return ways(a, rows[pairs], still, columns[pairs], mirrored)

    runs = [slice(first, first + WAYS_AT_ONCE) for first in range(0, len(rows), WAYS_AT_ONCE)]
    return np.concatenate([np.zeros((0, WAYS), np.int16), *in_threads(ways_of, runs, threads)])


def search_blocks(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    most: int,
    threads: int = 1,
    log: str | Path | None = None,
) -> NDArray[Any]:
    """Return the pairs of panels of two blocks in which one is among the `most` partners that are most like the other.

    `first_a` and `first_b` number the first panels of the blocks, in story order. The pairs are CANDIDATE, sorted by
    their panels.
    """
    a = read_searched(shards_a)
    b = a if first_a == first_b else read_searched(shards_b)
    still = still_vectors(b.frames)
    found = find_pairs(a, b, still, mirrored, most, threads, log)
    rows, columns = a.start[found["a"]] + found["frame_a"], b.start[found["b"]] + found["frame_b"]
    found["ways"] = find_ways(a.frames, rows, still.all, columns, mirrored, threads)
    found["frame_a"], found["frame_b"] = a.number[rows], b.number[columns]
    found["a"] += first_a
    found["b"] += first_b
    return found


def search_block(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    most: int,
    candidates: str | Path,
    threads: int = 1,
    log: str | Path | None = None,
) -> None:
    """Search two blocks, each a run of shards, and write their candidates: see `search_blocks`."""
    with threadpool_limits(limits=1):  # each of the threads multiplies by itself
        found = search_blocks(shards_a, shards_b, first_a, first_b, mirrored, most, threads, log)
    with atomic_file(candidates) as part:
        np.savez(part, candidates=found)


if "snakemake" in globals():
    job = globals()["snakemake"]
    search_block(
        *(job.input.a, job.input.b, job.params.first_a, job.params.first_b),
        *(job.params.mirror, job.params.most, job.output.candidates, job.threads, job.log[0]),
    )
