"""Say of every match what kind it is: the same picture, recoloured, redrawn, mirrored, moved, or in a later frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from atomic import atomic_file

COLUMNS = [
    *("panel_a", "panel_b", "file_a", "file_b", "dice", "edge_bits", "hash_bits", "score"),
    *("mirrored", "frame_a", "frame_b", "relation", "drawing", "zoom", "across", "down", "pages_apart"),
]

# A re-encoded picture differs from its original by less than this in every part, in levels of 0 to 255.
SAME_COLOURS = 24

# Colours are told apart in so many levels a channel when it is asked which colour became which.
COLOUR_LEVELS = 8

# The share of the change of colours that goes by colour, the same everywhere, in a recolour: one way, and in the other,
# in which it may be less, as two colours may have become one.
CONSISTENT_CHANGE, CONSISTENT_CHANGE_BACK = 0.75, 0.5


# A drawing has moved that lies so much further, in hundredths of the picture's size, or is so much larger or smaller.
MOVED_SHIFT, MOVED_ZOOM = 2.5, 1.035


@dataclass(frozen=True)
class Frames:
    """The frames of all panels, in story order.

    Attributes:
        start: (P + 1,) int64, the frames of panel p are rows start[p] to start[p + 1].
        number: (F,) int64, number of the frame in its file.
        dct_hash: (F,) uint64.
        colours: (F, n, n, 3) uint8.
        canvas_size: (F, 2) uint8, width and height on the canvas of alignments.
    """

    start: NDArray[np.int64]
    number: NDArray[np.int64]
    dct_hash: NDArray[np.uint64]
    colours: NDArray[np.uint8]
    canvas_size: NDArray[np.uint8]

    def rows(self, panels: NDArray[np.int64], numbers: NDArray[np.int16]) -> NDArray[np.int64]:
        """Return the rows of the frames of some panels that have these numbers in their files."""
        panel_of_row = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        order = {place: row for row, place in enumerate(zip(panel_of_row.tolist(), self.number.tolist(), strict=True))}
        return np.array([order[place] for place in zip(panels.tolist(), numbers.tolist(), strict=True)], dtype=np.int64)


def read_frames(shards: Sequence[str | Path]) -> Frames:
    """Read the frames of all shards, which are in story order."""
    opened = [np.load(shard) for shard in shards]
    counts = np.concatenate([np.diff(shard["frame_start"]) for shard in opened])
    joined = [
        np.concatenate([shard[key] for shard in opened]) for key in ("frame", "dct_hash", "colours", "canvas_size")
    ]
    return Frames(np.concatenate([[0], np.cumsum(counts)]), *joined)


def consistent_change(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Return how much of the change of colours from `a` to `b` goes by colour, at most 1.

    1 where each colour of `a` became one colour of `b` wherever it stands, whatever share of the picture changed;
    about 0 or below where the change is one of place: a line moved, a thing added. It is one less the mean square that
    remains around each colour's mean outcome, adjusted for the number of colours (as a coefficient of determination
    is), over the mean square of the change.

    Args:
        a, b: (..., 3) uint8, the colours of two pictures of the same size.
    """
    levels = a.reshape(-1, 3) // (256 // COLOUR_LEVELS)
    colour = levels @ np.array([COLOUR_LEVELS**2, COLOUR_LEVELS, 1])
    before, after = a.reshape(-1, 3).astype(np.float64), b.reshape(-1, 3).astype(np.float64)
    sizes = np.bincount(colour)
    sums = np.stack([np.bincount(colour, channel) for channel in after.T])
    # The sum of squares splits into that between the groups of equal colour in `a` and that within them.
    between = np.divide(sums**2, sizes, out=np.zeros_like(sums), where=sizes > 0).sum()
    within = ((after**2).sum() - between) / max(1, len(after) - np.count_nonzero(sizes))
    change = ((after - before) ** 2).sum() / len(after)
    return float(1 - within / change) if change > 0 else 1.0


def drawing_relation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> str:
    """Tell from the colours of two frames with alike edges, place by place, (n, 3) uint8, how the second came about.

    Returns:
        `duplicate`: the same colours everywhere; `recolour`: each colour of one became one colour of the other, which
        may have fewer; `redraw`: neither.
    """
    if np.abs(a.astype(int) - b.astype(int)).max() < SAME_COLOURS:
        return "duplicate"
    back, forth = sorted((consistent_change(a, b), consistent_change(b, a)))
    return "recolour" if forth >= CONSISTENT_CHANGE and back >= CONSISTENT_CHANGE_BACK else "redraw"


def has_moved(edge: Any) -> bool:
    """Tell whether the drawing of a match was shifted, zoomed or cropped."""
    zoom = float(edge["zoom"])
    return math.hypot(edge["across"], edge["down"]) > MOVED_SHIFT or max(zoom, 1 / zoom) > MOVED_ZOOM


def colours_in_place(
    edge: Any, a: NDArray[np.uint8], b: NDArray[np.uint8], size_a: NDArray[np.uint8], size_b: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the colours of two frames where one lies upon the other as a match has it, place by place.

    Args:
        edge: the match.
        a, b: the small colour pictures, (n, n, 3) uint8, of its frames.
        size_a, size_b: their sizes on the canvas of alignments.

    Returns:
        Two lists of colours, (m, 3) uint8, of the places that both frames show.
    """
    if not has_moved(edge):
        return (a[:, ::-1] if edge["mirrored"] else a).reshape(-1, 3), b.reshape(-1, 3)
    middles = (np.arange(len(b)) + 0.5) / len(b) - 0.5
    places = []
    for side, shift in enumerate(("across", "down")):
        found = (middles * float(size_b[side]) - float(edge[shift])) / float(edge["zoom"]) / float(size_a[side])
        found = -found if side == 0 and edge["mirrored"] else found
        places.append(np.floor((found + 0.5) * len(a)).astype(int))
    seen_x, seen_y = ((place >= 0) & (place < len(a)) for place in places)
    seen = np.ix_(places[1][seen_y], places[0][seen_x])
    return a[seen].reshape(-1, 3), b[np.ix_(seen_y, seen_x)].reshape(-1, 3)


def relation(edge: Any, drawing: str) -> str:
    """Tell what kind of match an edge is: how the drawing was used comes before what became of it."""
    if edge["frame_a"] > 0 or edge["frame_b"] > 0:
        return "frame"
    if edge["mirrored"]:
        return "mirrored"
    return "moved" if has_moved(edge) else drawing


def relate(edges: str | Path, panels: str | Path, shards: Sequence[str | Path], pairs: str | Path) -> None:
    """Write `pairs.csv`: a row for every edge of the graph, `panel_a` the earlier, in story order.

    `drawing` says what became of the drawing beneath `relation`. The first panel lies upon the second, each shrunk to
    an area of 100 by 100, mirrored if it is, zoomed, and shifted `across` and `down`.
    """
    matches = np.load(edges)["edges"]
    frames = read_frames(shards)
    frame_a, frame_b = (frames.rows(matches[end], matches[f"frame_{end}"]) for end in "ab")
    sides = (each[rows] for each in (frames.colours, frames.canvas_size) for rows in (frame_a, frame_b))
    drawings = [drawing_relation(*colours_in_place(*match)) for match in zip(matches, *sides, strict=True)]
    table = pd.read_csv(panels, usecols=["panel", "page", "file"], dtype={"file": str}, keep_default_na=False)
    a, b = table.iloc[matches["a"]].reset_index(), table.iloc[matches["b"]].reset_index()
    rows = pd.DataFrame(
        {
            "panel_a": a["panel"],
            "panel_b": b["panel"],
            "file_a": a["file"],
            "file_b": b["file"],
            "dice": matches["dice"].round(6),
            "edge_bits": matches["edge_bits"],
            "hash_bits": np.bitwise_count(frames.dct_hash[frame_a] ^ frames.dct_hash[frame_b]),
            "score": matches["score"].round(6),
            "mirrored": np.where(matches["mirrored"], "true", "false"),
            "frame_a": matches["frame_a"],
            "frame_b": matches["frame_b"],
            "relation": [relation(*match) for match in zip(matches, drawings, strict=True)],
            "drawing": drawings,
            "zoom": matches["zoom"].round(3),
            "across": matches["across"].round(2),
            "down": matches["down"].round(2),
            "pages_apart": b["page"] - a["page"],
        },
        columns=COLUMNS,
    )
    with atomic_file(pairs) as part:
        rows.to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    relate(job.input.edges, job.input.panels, job.input.shards, job.output.pairs)
