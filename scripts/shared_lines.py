"""Tell which lines most panels share: those of a banner, a border, a page grid, the chrome of a window.

For each place, and each orientation there, the panels are counted that have an edge. Words of a text are weighed in the
same way, by their document frequency. Where more panels have an edge than by chance, it counts for less: nothing if
most panels have one, in full if few have. So a scene that comes back forty times is still one drawing. In between a
share of the places is left out. These are evenly spread, so that what is left of a line is alike in all panels.

A comic may also be one template, the same drawings with other words each day. Then the shared lines are what is drawn,
nearly everywhere, and count as all others do.

In the field: shared lines: told by their document frequency.
"""

from reprise.job import job

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.matching.canvas import ORIENTATIONS, SIDE, places
from reprise.own_lines import OwnLines
from reprise.shards import Fingerprints, starts

# So many panels are counted at most, evenly spread over the comic.
MOST_COUNTED = 2048

# A share is taken to be the least that it is likely to be: the lower end of Wilson's interval, for so many deviations.
# So what three panels of a short comic share is no habit yet.
DEVIATIONS = 2.0

# A line that no more than FEW of the panels share, beyond chance, counts in full; one that MOST share does not count.
# These and the following shares were chosen by hand, on what is not on record. benchmarks/pages.yaml measures what
# comes of them.
FEW, MOST = 0.3, 0.5

# A comic is a template if in the median panel shared lines are at least TEMPLATE_LINES of what is drawn, and are found
# in TEMPLATE_SPREAD of the cells where anything is. A frame, however ornate, leaves a place for the drawing.
TEMPLATE_LINES, TEMPLATE_SPREAD = 0.6, 0.75

# If less of the lines of the median panel is shared, it counts as nothing: in a few places edges meet by chance. So
# what counts stays as it is when a panel changes, and nothing need be compared anew.
LEAST_SHARED = 0.05

CELL, IN_CELL = 10, 3  # places along a side of a cell; a cell has shared lines if it holds so many such edges


def counted_panels(shards: Sequence[str | Path]) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Give, shard by shard, the first frames of the panels that are counted and not blank.

    They are given as (P, SIDE, SIDE) uint8 each: where the bitmap has edges, 1, and the bits of the orientations of
    the edge points there are.
    """
    opened = [Fingerprints([shard]) for shard in shards]
    every = -(-sum(len(shard.start) - 1 for shard in opened) // MOST_COUNTED)
    first = 0
    for shard in opened:
        panels = np.arange(-first % every, len(shard.start) - 1, every)
        first += len(shard.start) - 1
        rows = shard.start[panels[np.diff(shard.start)[panels] > 0]]
        rows = rows[shard.edge_count[rows] > 0]
        bitmaps = np.unpackbits(shard.edges[rows], axis=1).reshape(-1, SIDE, SIDE)
        points, begin, size = shard.edge_points, starts(shard.points), shard.canvas_size
        lines = np.zeros(bitmaps.shape, np.uint8)
        for line, row in zip(lines, rows, strict=True):
            own = points[begin[row] : begin[row + 1]]
            across, down = places(own, size[[row]])
            np.bitwise_or.at(line, (down, across), np.uint8(1) << own[:, 2])
        yield bitmaps, lines


def count_places(bits: NDArray[np.uint8], kinds: int) -> NDArray[np.int64]:
    """Count in how many panels, (P, SIDE, SIDE), each two by two places have an edge: (kinds, SIDE - 1, SIDE - 1)."""
    near = bits[:, :-1] | bits[:, 1:]
    near = near[:, :, :-1] | near[:, :, 1:]
    return np.array([np.count_nonzero(near & (1 << kind), axis=0) for kind in range(kinds)], np.int64)


def alike(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Add to the bits of orientations those of the next ones on either side."""
    last = ORIENTATIONS - 1
    return (lines | lines << 1 | lines >> 1 | lines << last | lines >> last) & (2**ORIENTATIONS - 1)


def likely_share(counts: NDArray[Any], panels: int) -> NDArray[np.float64]:
    """Return what share of panels has an edge, by counts of so many: the lower end of Wilson's interval (1927)."""
    share, spread = counts / panels, DEVIATIONS**2 / panels
    return (share + spread / 2 - np.sqrt(spread * share * (1 - share) + spread**2 / 4)) / (1 + spread)


def weights(counts: NDArray[np.int64], panels: int) -> NDArray[np.float64]:
    """Return what lines count, from 1 to 0, by place: (kinds, SIDE, SIDE).

    `counts` are those of `count_places`. Each place is in four squares of two by two places. A line that is a place off
    in some panels is still found in one of them. Chance is the share that the median place has.
    """
    padded = np.pad(counts, ((0, 0), (1, 1), (1, 1)))
    above = np.maximum(padded[:, :-1], padded[:, 1:])
    most = np.maximum(above[:, :, :-1], above[:, :, 1:])
    chance = likely_share(np.median(most), panels)
    beyond = (likely_share(most, panels) - chance) / (1 - chance)
    return np.clip((MOST - beyond) / (MOST - FEW), 0, 1)


def thin(weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which places count, (kinds, SIDE, SIDE): of any stretch of a line as large a share as its weight.

    Places are taken in the order of the R2 sequence (Roberts 2018), which is even on a plane.
    """
    down, across = np.indices((SIDE, SIDE))
    return weight > (0.5 + across * 0.7548776662466927 + down * 0.5698402909980532) % 1


def measure(lines: NDArray[np.uint8], weight: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Measure what of each panel, (P, SIDE, SIDE) bits of orientations, is shared lines.

    Returns:
        The shares that these are of all lines, and of the CELLs with lines those that have shared ones, (P,) each.
    """
    drawn, shared = np.zeros((2, *lines.shape), np.float32)
    for orientation in range(ORIENTATIONS):
        there = (lines >> orientation) & 1
        drawn += there
        shared += there * (1 - weight[orientation]).astype(np.float32)
    cells = [some.reshape(-1, SIDE // CELL, CELL, SIDE // CELL, CELL).sum(axis=(2, 4)) for some in (drawn, shared)]
    of_lines = shared.sum(axis=(1, 2)) / np.maximum(drawn.sum(axis=(1, 2)), 1)
    in_cells, shared_in = ((some >= IN_CELL).sum(axis=(1, 2)) for some in cells)
    return of_lines, shared_in / np.maximum(in_cells, 1)


def shared_lines(shards: Sequence[str | Path], own_lines: str | Path, told: str | Path) -> None:
    """Write which lines count.

    Args:
        shards: the fingerprints of all panels.
        own_lines: gets what `reprise.own_lines.read_own_lines` reads.
        told: gets a CSV of one row: `panels` that were counted, `shared`, which share of the lines of the median panel
            most others have there as well, and `template`, whether they count all the same as the comic is one.
    """
    panels, drawn = 0, []
    bitmap_counts, line_counts = (np.zeros((kinds, SIDE - 1, SIDE - 1), np.int64) for kinds in (1, ORIENTATIONS))
    for bitmaps, lines in counted_panels(shards):
        panels += len(bitmaps)
        bitmap_counts = bitmap_counts + count_places(bitmaps, 1)
        line_counts = line_counts + count_places(alike(lines), ORIENTATIONS)
        drawn.append(lines)
    counts, shared, template = np.ones((ORIENTATIONS + 1, SIDE, SIDE), np.bool_), 0.0, False
    if panels:
        weight = weights(line_counts, panels)
        of_lines, of_cells = zip(*(measure(lines, weight) for lines in drawn), strict=True)
        shared = float(np.median(np.concatenate(of_lines)))
        template = shared >= TEMPLATE_LINES and bool(np.median(np.concatenate(of_cells)) >= TEMPLATE_SPREAD)
        if shared >= LEAST_SHARED and not template:
            counts = np.concatenate([thin(weight), thin(weights(bitmap_counts, panels))])
    own = OwnLines(np.packbits(counts[-1]), counts[:-1])
    with atomic_file(own_lines) as part:
        np.savez(part, **own._asdict())
    with atomic_file(told) as part:
        row = f"{panels},{shared:.4f},{str(template).lower()}"
        part.write_text(f"panels,shared,template\n{row}\n", encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        shared_lines(
            shards=snakemake.input.shards,
            own_lines=snakemake.output.own_lines,
            told=snakemake.output.told,
        )
