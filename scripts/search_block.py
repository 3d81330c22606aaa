"""Search two blocks of panels for pairs that may show one drawing, shifted, zoomed or mirrored.

All frames are compared as `reprise.matching.search` tells, and of each panel the partners most like it are kept:
which of these are one drawing in truth is for `align_block` to check.
"""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.matching.blocks import in_order, runs_of_panels
from reprise.matching.canvas import EdgePoints, read_points
from reprise.matching.evidence import FEWEST, says_enough
from reprise.matching.nearest import best_frames, enter_all, no_partners
from reprise.matching.search import (
    WAYS,
    Moved,
    Still,
    moved_vectors,
    similarities,
    still_vectors,
    telling_frames,
    ways,
)
from reprise.own_lines import OwnLines, read_own_lines
from reprise.progress import progress
from reprise.shards import WHOLE_FRAME, Fingerprints
from reprise.threads import in_threads

# Panels that a thread compares with all others at a time; it bounds the memory.
PANELS_AT_ONCE = 64

# Two panels; which of their frames are most alike, by their places in their panels; the best ways in which one of these
# is laid upon the other; and how alike they are.
CANDIDATE = np.dtype(
    [
        ("a", np.int64),
        ("b", np.int64),
        ("frame_a", np.int32),
        ("frame_b", np.int32),
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
        panel: (P,) int64, the places of the panels in the comic.
    """

    frames: EdgePoints
    start: NDArray[np.int64]
    number: NDArray[np.int64]
    panel: NDArray[np.int64]


def read_searched(
    shards: Sequence[str | Path], first: int = 0, own: OwnLines | None = None, fewest_edges: int = FEWEST
) -> Searched:
    """Read the frames of consecutive shards that are searched with; `own` tells which of their edges count.

    They are of whole pictures. `first` is the place of the first panel in the comic.
    """
    kept, frames = Fingerprints(shards), read_points(shards, own)
    rows = telling_frames(frames, kept.start, fewest_edges, kept.cut == WHOLE_FRAME)
    start = np.searchsorted(rows, kept.start)
    return Searched(frames.take(rows), start, kept.places[rows], first + np.arange(len(kept.frames)))


def read_cut(
    shards: Sequence[str | Path], first: int, own: OwnLines | None, fewest_edges: int
) -> tuple[Searched, Searched]:
    """Read the panels that pages are cut into, and the frames of what is not cut: each stands for itself."""
    kept, frames = Fingerprints(shards), read_points(shards, own)
    cut, page = kept.cut, np.repeat(np.arange(len(kept.frames)), kept.frames)
    not_cut = ~np.isin(page, page[cut > 0])
    enough = says_enough(np.diff(frames.start), fewest_edges)
    some = (np.flatnonzero(enough & asked) for asked in (cut > 0, not_cut))
    of_panels, of_others = (
        Searched(frames.take(rows), np.arange(len(rows) + 1), kept.places[rows], first + page[rows]) for rows in some
    )
    return of_panels, of_others


def compare_panels(
    moved: Moved, start_a: NDArray[np.int64], still: Still, start_b: NDArray[np.int64], mirrored: bool
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Tell how alike panels are, and by which of their frames.

    Args:
        moved: the vectors of the frames of P panels.
        start_a: (P + 1,), those of panel p are rows start_a[p] to start_a[p + 1] of them.
        still: the vectors of the frames of block b.
        start_b: (Q + 1,), the same for the panels to compare them with.
        mirrored: whether frames may be mirrored.

    Returns:
        (P, Q) each: how alike panels are, 0 if not at all, and the rows of their frames that are most alike.
    """
    first_b = start_b[0]
    best = similarities(moved, still.part(first_b, start_b[-1]), mirrored)
    alike, row, column = best_frames(best, start_a, start_b - first_b)
    return alike, row, column + first_b


def find_pairs(
    a: Searched,
    b: Searched,
    still: Still,
    mirrored: bool,
    most: int,
    threads: int = 1,
) -> NDArray[Any]:
    """Return the pairs of panels of two blocks in which one is among the `most` partners that are most like the other.

    If both blocks are the same one, each pair is looked at once. A panel is laid upon later ones only. `still` are the
    vectors of block b.

    Returns:
        CANDIDATE, sorted by panels; their frames are numbered within their panels.
    """
    after = 0 if a is b else len(a.panel)  # panels of another block are numbered after those of the first
    nearest, entering = no_partners(after + len(b.panel), most), Lock()
    runs = runs_of_panels(a.start, PANELS_AT_ONCE)

    def compare(run: tuple[int, int]) -> NDArray[Any]:
        # Pairs are in the order of the story: the earlier panel is laid upon the later.
        first, last = run
        column = first if a is b else 0
        own, others = a.start[first : last + 1], b.start[column:]
        moved = moved_vectors(a.frames, own[0], own[-1])
        alike, row, col = compare_panels(moved, own - own[0], still, others, mirrored)
        if a is not b:
            alike[a.panel[first:last, np.newaxis] >= b.panel] = 0
        with entering:  # threads may come in any order: what is left in the end is the same
            p, q = enter_all(nearest, alike, first, after + column)
        found = np.zeros(len(p), CANDIDATE)
        found["a"], found["b"], found["alike"] = first + p, after + column + q, alike[p, q]
        found["frame_a"], found["frame_b"] = a.number[own[0] + row[p, q]], b.number[col[p, q]]
        found["ways"] = ways(moved, row[p, q], still, col[p, q], mirrored)
        return found

    def among(parts: list[NDArray[Any]]) -> NDArray[Any]:
        found = np.concatenate(parts)
        return found[nearest.among(found["a"], found["b"], found["alike"])]

    parts, kept = [np.zeros(0, CANDIDATE)], 0
    for some in progress(in_threads(compare, runs, threads), len(runs), "search"):
        parts.append(some)
        if sum(map(len, parts)) > 2 * kept:
            parts = [among(parts)]
            kept = len(parts[0])
    found = among(parts)
    found["a"], found["b"] = a.panel[found["a"]], b.panel[found["b"] - after]
    return found


def search_blocks(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    most: int,
    threads: int = 1,
    own_lines: str | Path | None = None,
    fewest_edges: int = FEWEST,
) -> NDArray[Any]:
    """Return the pairs of panels of two blocks in which one is among the `most` partners that are most like the other.

    `first_a` and `first_b` number the first panels of the blocks, in story order; `own_lines` tells which lines count.
    A frame of fewer than `fewest_edges` is left out. The pairs are CANDIDATE, sorted by their panels.
    """
    own = read_own_lines(own_lines)
    a = read_searched(shards_a, first_a, own, fewest_edges)
    b = a if first_a == first_b else read_searched(shards_b, first_b, own, fewest_edges)
    return find_pairs(a, b, still_vectors(b.frames), mirrored, most, threads)


def search_cut_panels(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    most: int,
    threads: int = 1,
    own_lines: str | Path | None = None,
    fewest_edges: int = FEWEST,
) -> NDArray[Any]:
    """Return the same of the panels that pages are cut into: each with those of other pages, and with whole pictures.

    A page may be in several pairs with another.
    """
    own, found = read_own_lines(own_lines), [np.zeros(0, CANDIDATE)]
    if (Fingerprints([*shards_a, *shards_b]).cut > 0).any():
        panels_a, others_a = read_cut(shards_a, first_a, own, fewest_edges)
        panels_b, others_b = (
            (panels_a, others_a) if first_a == first_b else read_cut(shards_b, first_b, own, fewest_edges)
        )
        for a, b in ((panels_a, Searched(*panels_b)), (panels_a, others_b), (others_a, panels_b)):
            if len(a.panel) and len(b.panel):
                found.append(find_pairs(a, b, still_vectors(b.frames), mirrored, most, threads))
    return in_order(np.concatenate(found))


def search_block(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    most: int,
    candidates: str | Path,
    threads: int = 1,
    own_lines: str | Path | None = None,
    fewest_edges: int = FEWEST,
) -> None:
    """Search two blocks, each a run of shards, and write their candidates.

    The file holds `candidates`, see `search_blocks`, and `cut`, see `search_cut_panels`.
    """
    asked = shards_a, shards_b, first_a, first_b, mirrored, most, threads, own_lines, fewest_edges
    found = {"candidates": search_blocks(*asked), "cut": search_cut_panels(*asked)}
    with atomic_file(candidates) as part:
        np.savez(part, allow_pickle=False, **found)


if __name__ == "__main__":
    with job() as snakemake:
        search_block(
            shards_a=snakemake.input.a,
            shards_b=snakemake.input.b,
            first_a=snakemake.params.first_a,
            first_b=snakemake.params.first_b,
            mirrored=snakemake.params.mirror,
            most=snakemake.params.most,
            candidates=snakemake.output.candidates,
            own_lines=snakemake.input.own_lines,
            fewest_edges=snakemake.params.fewest_edges,
            threads=snakemake.threads,
        )
