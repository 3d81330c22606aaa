"""Tell which lines most panels share: those of a banner, a border, a page grid, the chrome of a window.

For each place, and each orientation there, the panels are counted that have an edge. Words of a text are weighed in the
same way, by their document frequency. Where more panels have an edge than by chance, it counts for less: nothing if
most panels have one, in full if few have. So a scene that comes back forty times is still one drawing. In between a
share of the places is left out. These are evenly spread, so that what is left of a line is alike in all panels.

A comic may also be one template, the same drawings with other words each day. Then the shared lines are what is drawn,
nearly everywhere, and count as all others do.

Real comics change their frame, or use it on some pages. So the same is told once more of each large part of the comic
whose panels are alike as they stand and share more than all do.

In the field: shared lines: told by their document frequency.
"""

from reprise.job import job

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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

# A part of the comic are panels that all have a Dice coefficient of ALIKE with one of them, if they are PART_PANELS and
# PART_SHARE of all. They are in a frame of their own if they share MORE_SHARED more of their lines than the panels of
# the comic do, and IN_NEARLY_ALL of that is in nearly all of them: a scene is hidden by other things, each time
# elsewhere. Lines of a frame count in full up to FEW_OF_FRAME of its panels, and not at all from MOST_OF_FRAME on.
ALIKE = 0.4
PART_PANELS, PART_SHARE = 8, 0.1
MORE_SHARED, IN_NEARLY_ALL = 0.1, 0.75
FEW_OF_FRAME, MOST_OF_FRAME = 0.8, 0.95

# A comic is a template if in the median panel shared lines are at least TEMPLATE_LINES of what is drawn, and are found
# in TEMPLATE_SPREAD of the cells where anything is. A frame, however ornate, leaves a place for the drawing.
TEMPLATE_LINES, TEMPLATE_SPREAD = 0.6, 0.75

# If less of the lines of the median panel is shared, it counts as nothing: in a few places edges meet by chance. So
# what counts stays as it is when a panel changes, and nothing need be compared anew.
LEAST_SHARED = 0.05

PANELS_AT_ONCE = 256  # that are counted and measured; it bounds the memory

# What lines count by the counts of `count_places` and the number of panels, see `weights`.
Weights = Callable[[NDArray[np.int64], int], NDArray[np.float64]]

CELL, IN_CELL = 10, 3  # places along a side of a cell; a cell has shared lines if it holds so many such edges


def counted_panels(shards: Sequence[str | Path]) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Give, shard by shard, the first frames of the panels that are counted and not blank.

    They are given as their packed bitmaps, (P, B) uint8, and as the bits of the orientations of the edge points at each
    place, (P, SIDE, SIDE) uint8.
    """
    opened = [Fingerprints([shard]) for shard in shards]
    every = -(-sum(len(shard.start) - 1 for shard in opened) // MOST_COUNTED)
    first = 0
    for shard in opened:
        panels = np.arange(-first % every, len(shard.start) - 1, every)
        first += len(shard.start) - 1
        rows = shard.start[panels[np.diff(shard.start)[panels] > 0]]
        rows = rows[shard.edge_count[rows] > 0]
        points, begin, size = shard.edge_points, starts(shard.points), shard.canvas_size
        lines = np.zeros((len(rows), SIDE, SIDE), np.uint8)
        for line, row in zip(lines, rows, strict=True):
            own = points[begin[row] : begin[row + 1]]
            across, down = places(own, size[[row]])
            np.bitwise_or.at(line, (down, across), np.uint8(1) << own[:, 2])
        yield shard.edges[rows], lines


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


def most_around(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many panels have a line at each place or one place off, (kinds, SIDE, SIDE), by `count_places`.

    Each place is in four squares of two by two places. A line that is a place off in some panels is still found in one
    of them.
    """
    padded = np.pad(counts, ((0, 0), (1, 1), (1, 1)))
    above = np.maximum(padded[:, :-1], padded[:, 1:])
    return np.maximum(above[:, :, :-1], above[:, :, 1:])


def weights(counts: NDArray[np.int64], panels: int) -> NDArray[np.float64]:
    """Return what lines count, from 1 to 0, by place: (kinds, SIDE, SIDE).

    `counts` are those of `count_places`. Chance is the share that the median place has.
    """
    most = most_around(counts)
    chance = likely_share(np.array(np.median(most)), panels)
    beyond = (likely_share(most, panels) - chance) / (1 - chance)
    return np.clip((MOST - beyond) / (MOST - FEW), 0, 1)


def weights_in_frame(counts: NDArray[np.int64], panels: int) -> NDArray[np.float64]:
    """Return the same for a part of the comic, where what nearly all share is there by no chance."""
    return np.clip((MOST_OF_FRAME - most_around(counts) / panels) / (MOST_OF_FRAME - FEW_OF_FRAME), 0, 1)


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


@dataclass(frozen=True)
class Drawn:
    """What is drawn in P panels.

    Attributes:
        bitmaps: (P, B) uint8, packed.
        lines: (P, SIDE, SIDE) uint8, see `counted_panels`.
    """

    bitmaps: NDArray[np.uint8]
    lines: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.lines)

    def some(self, panels: NDArray[Any]) -> "Drawn":
        """Return some of them."""
        return Drawn(self.bitmaps[panels], self.lines[panels])

    def runs(self) -> Iterator["Drawn"]:
        """Give them run by run, which bounds the memory."""
        for first in range(0, len(self), PANELS_AT_ONCE):
            yield self.some(np.arange(first, min(first + PANELS_AT_ONCE, len(self))))

    def weigh(self, weigh: Weights) -> NDArray[np.float64]:
        """Return what lines count by place, of points by orientation and of bitmaps: (ORIENTATIONS + 1, SIDE, SIDE)."""
        counts = np.zeros((ORIENTATIONS + 1, SIDE - 1, SIDE - 1), np.int64)
        for run in self.runs():
            counts[:-1] += count_places(alike(run.lines), ORIENTATIONS)
            counts[-1:] += count_places(np.unpackbits(run.bitmaps, axis=1).reshape(-1, SIDE, SIDE), 1)
        return np.concatenate([weigh(some, len(self)) for some in (counts[:-1], counts[-1:])])

    def measure(self, weight: NDArray[np.float64]) -> tuple[float, float]:
        """Return what `measure` tells of the median panel, by what lines count, see `weigh`."""
        of_lines, of_cells = zip(*(measure(run.lines, weight[:-1]) for run in self.runs()), strict=True)
        return float(np.median(np.concatenate(of_lines))), float(np.median(np.concatenate(of_cells)))


def is_template(of_lines: float, of_cells: float) -> bool:
    """Tell of the shares of lines and of cells that are shared in the median panel whether these are what is drawn."""
    return of_lines >= TEMPLATE_LINES and of_cells >= TEMPLATE_SPREAD


def find_parts(bitmaps: NDArray[np.uint8]) -> Iterator[NDArray[np.int64]]:
    """Give the large parts of the comic whose panels, (P, B) packed bitmaps, are alike as they stand, largest first.

    A part are all panels that are like one, of those that are left the one that has most, of equals the first.
    """
    pixels = np.unpackbits(bitmaps, axis=1).astype(np.float32)
    edges = pixels.sum(axis=1)
    near = 2 * (pixels @ pixels.T) >= ALIKE * (edges[:, np.newaxis] + edges)
    fewest = max(PART_PANELS, PART_SHARE * len(bitmaps))
    while True:
        part = np.flatnonzero(near[near.sum(axis=1).argmax()])
        if len(part) < fewest:
            return
        yield part
        near[part], near[:, part] = False, False


def find_frames(drawn: Drawn) -> Iterator[NDArray[np.float64]]:
    """Give what lines count, see `Drawn.weigh`, in each part of the comic that has a frame of its own."""
    in_all, _ = drawn.measure(drawn.weigh(weights_in_frame))
    for panels in find_parts(drawn.bitmaps):
        part = drawn.some(panels)
        of_lines, of_cells = part.measure(part.weigh(weights))
        weight = part.weigh(weights_in_frame)
        in_nearly_all, _ = part.measure(weight)
        framed = in_nearly_all >= in_all + MORE_SHARED and in_nearly_all >= IN_NEARLY_ALL * of_lines
        if framed and not is_template(of_lines, of_cells) and not weight[-1].all():
            yield weight


def shared_lines(shards: Sequence[str | Path], own_lines: str | Path, told: str | Path) -> None:
    """Write which lines count.

    Args:
        shards: the fingerprints of all panels.
        own_lines: gets what `reprise.own_lines.read_own_lines` reads.
        told: gets a CSV of one row: `panels` that were counted, `shared`, which share of the lines of the median panel
            most others have there as well, and `template`, whether they count all the same as the comic is one.
    """
    drawn = Drawn(*map(np.concatenate, zip(*counted_panels(shards), strict=True)))
    kinds, shared, template = [np.ones((ORIENTATIONS + 1, SIDE, SIDE))], 0.0, False
    if len(drawn):
        weight = drawn.weigh(weights)
        shared, of_cells = drawn.measure(weight)
        template = is_template(shared, of_cells)
        if shared >= LEAST_SHARED and not template:
            kinds = [weight]
        if not template:
            kinds += find_frames(drawn)
    counts = np.array([thin(weight) for weight in kinds])
    marks = np.array([(weight[-1] == 0) & (number > 0) for number, weight in enumerate(kinds)])
    bitmap, marks = (np.packbits(some.reshape(len(kinds), -1), axis=1) for some in (counts[:, -1], marks))
    own = OwnLines(bitmap, counts[:, :-1], marks)
    with atomic_file(own_lines) as part:
        np.savez(part, **own._asdict())
    with atomic_file(told) as part:
        row = f"{len(drawn)},{shared:.4f},{str(template).lower()}"
        part.write_text(f"panels,shared,template\n{row}\n", encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        shared_lines(
            shards=snakemake.input.shards,
            own_lines=snakemake.output.own_lines,
            told=snakemake.output.told,
        )
