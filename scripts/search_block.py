"""Search two blocks of panels for pairs that may show one drawing, shifted, zoomed or mirrored.

All frames are compared in all ways of `alignment.search`, and of each panel the partners most like it are kept: which
of these are one drawing in truth is for `align_block` to check.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from alignment.canvas import Frames, read_points
from alignment.search import similarities, vectors
from atomic import atomic_file
from progress import progress

# Panels of the first block that are compared at a time; it bounds the memory.
PANELS_AT_ONCE = 128

# How alike the most alike frames of two panels are, which they are among their panels' frames, and in which way.
LIKENESS = [("frame_a", np.int16), ("frame_b", np.int16), ("way", np.int16), ("alike", np.int32)]

CANDIDATE = np.dtype([("a", np.int64), ("b", np.int64), *LIKENESS])


def frame_starts(shards: Sequence[str | Path]) -> NDArray[np.int64]:
    """Return where the frames of each panel of consecutive shards begin, (P + 1,)."""
    counts = [np.diff(np.load(shard)["frame_start"]) for shard in shards]
    return np.concatenate([[0], np.cumsum(np.concatenate(counts))])


def best_frames(alike: NDArray[Any], start: NDArray[np.int64], axis: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Reduce an axis of frames to one of panels: the greatest entry of each panel's frames, and its row; 0 for none.

    The frames of panel p are rows start[p] to start[p + 1]; of equal ones the first counts.
    """
    moved = np.moveaxis(alike, axis, 0)
    best = np.zeros((len(start) - 1, *moved.shape[1:]), alike.dtype)
    row = np.zeros(best.shape, np.int64)
    for panel in np.flatnonzero(np.diff(start)):
        frames = moved[start[panel] : start[panel + 1]]
        row[panel] = start[panel] + (frames.argmax(axis=0) if len(frames) > 1 else 0)
        best[panel] = frames.max(axis=0)
    return np.moveaxis(best, 0, axis), np.moveaxis(row, 0, axis)


def nearest(alike: NDArray[Any], most: int) -> NDArray[np.bool_]:
    """Tell which entries are among the `most` greatest of their row, of those above 0; of equals the first."""
    chosen = np.zeros(alike.shape, dtype=bool)
    columns = np.argsort(-alike, axis=1, kind="stable")[:, :most]
    np.put_along_axis(chosen, columns, True, axis=1)
    return chosen & (alike > 0)


def compare_panels(
    a: Frames, start_a: NDArray[np.int64], still: NDArray[np.float32], start_b: NDArray[np.int64], mirrored: bool
) -> NDArray[Any]:
    """Compare panels of block a with panels of block b.

    Args:
        a: the frames of block a.
        start_a: (P + 1,), the frames of panel p of those to compare are rows start_a[p] to start_a[p + 1] of them.
        still: the vectors of the frames of block b.
        start_b: (Q + 1,), the same for the panels to compare them with.
        mirrored: whether frames may be mirrored.

    Returns:
        (P, Q), of LIKENESS; not alike at all where a panel has no frame that says enough.
    """
    first_a, first_b = start_a[0], start_b[0]
    alike, way = similarities(a, first_a, start_a[-1], still[first_b : start_b[-1]], mirrored)
    alike[~a.says_enough[first_a : start_a[-1]]] = 0
    of_b, frame_b = best_frames(alike, start_b - first_b, 1)
    of_panels, frame_a = best_frames(of_b, start_a - first_a, 0)
    found = np.zeros(of_panels.shape, LIKENESS)
    if way.size:
        frame_b = np.take_along_axis(frame_b, frame_a, axis=0)
        found["way"] = way[frame_a, frame_b]
        found["frame_a"] = frame_a - (start_a - first_a)[:-1, np.newaxis]
        found["frame_b"] = frame_b - (start_b - first_b)[:-1]
        found["alike"] = of_panels
    return found


def search_blocks(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    most: int,
    log: str | Path | None = None,
) -> NDArray[Any]:
    """Return the pairs of panels of two blocks in which one is among the `most` partners that are most like the other.

    `first_a` and `first_b` number the first panels of the blocks, in story order. The pairs are CANDIDATE, sorted by
    their panels.
    """
    same_block = list(shards_a) == list(shards_b)
    a, start_a = read_points(shards_a), frame_starts(shards_a)
    b, start_b = (a, start_a) if same_block else (read_points(shards_b), frame_starts(shards_b))
    still = vectors(b, 0, len(b), False)[:, 0]
    still[~b.says_enough] = 0  # what little there is would be noise
    found = np.zeros((len(start_a) - 1, len(start_b) - 1), LIKENESS)
    runs = range(0, len(found), PANELS_AT_ONCE)
    for first in progress(runs, len(runs), "search", log):
        last = min(first + PANELS_AT_ONCE, len(found))
        # Each pair is asked for in the order of the story: the earlier panel is laid upon the later.
        later = slice(first if same_block else 0, None)
        found[first:last, later] = compare_panels(a, start_a[first : last + 1], still, start_b[later], mirrored)
    alike = found["alike"].copy()
    if same_block:
        alike = np.triu(alike, 1)
        chosen = nearest(alike + alike.T, most)
        chosen = np.triu(chosen | chosen.T, 1)
    else:
        chosen = nearest(alike, most) | nearest(alike.T, most).T
    candidates = np.zeros(int(chosen.sum()), CANDIDATE)
    candidates["a"], candidates["b"] = (
        first + at for first, at in zip((first_a, first_b), chosen.nonzero(), strict=True)
    )
    for name, _ in LIKENESS:
        candidates[name] = found[name][chosen]
    return candidates


def search_block(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    most: int,
    candidates: str | Path,
    log: str | Path | None = None,
) -> None:
    """Search two blocks, each a run of shards, and write their candidates: see `search_blocks`."""
    with threadpool_limits(limits=1):  # Snakemake counts a thread a job
        found = search_blocks(shards_a, shards_b, first_a, first_b, mirrored, most, log)
    with atomic_file(candidates) as part:
        np.savez(part, candidates=found)


if "snakemake" in globals():
    job = globals()["snakemake"]
    search_block(
        *(job.input.a, job.input.b, job.params.first_a, job.params.first_b),
        *(job.params.mirror, job.params.most, job.output.candidates, job.log[0]),
    )
