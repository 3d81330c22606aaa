"""Edges of frames as points on a canvas.

All frames cover the same area of the canvas, each in its own proportions. So a shift or a zoom of the original is a
shift or a zoom here. In an edge bitmap it is not, as bitmaps are squashed to squares.

In the field: edge points: oriented edge points; canvas: normalised coordinate frame.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.own_lines import OwnLines
from reprise.shards import Fingerprints, starts

CANVAS = 128  # width and height; the canvas's middle is the middle of the frame
AREA = 10_000  # pixels that a frame covers, about
WIDEST = 1.6  # a frame that is wider, or higher, than this times the other side is squashed to it
ORIENTATIONS = 6  # of edges, in half a turn; the first is that of vertical lines
MOST_POINTS = 2400  # of a frame, the strongest of its edges
SIDE = 100  # places across, and down, into which a frame of any size is divided

# Canny's upper threshold is a SHARE of the strength of a strong edge: that at the percentile STRONG of the picture. It
# keeps within LOWEST and HIGHEST. These are in units of the Sobel operator, four times the step in levels. The lower
# threshold is half the upper one. All four were chosen by hand on the choosing half of benchmarks/matching.yaml.
STRONG, SHARE = 90, 0.5
LOWEST, HIGHEST = 60.0, 200.0


@dataclass(frozen=True)
class EdgePoints:
    """The edge points of a run of frames.

    Attributes:
        start: (F + 1,) int64, the points of frame f are rows start[f] to start[f + 1].
        points: (N, 2) int8, x and y from the middle of the frame, in half pixels of the canvas.
        orientation: (N,) uint8, 0 to ORIENTATIONS - 1.
        size: (F, 2) float32, width and height of the frame on the canvas.
    """

    start: NDArray[np.int64]
    points: NDArray[np.int8]
    orientation: NDArray[np.uint8]
    size: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.size)

    def take(self, rows: NDArray[np.int64]) -> "EdgePoints":
        """Return some of the frames, (n,), in their order."""
        start = starts(np.diff(self.start)[rows])
        runs = [slice(0, 0), *map(slice, self.start[rows], self.start[rows + 1])]
        points, orientation = (np.concatenate([some[run] for run in runs]) for some in (self.points, self.orientation))
        return EdgePoints(start, points, orientation, self.size[rows])

    def and_also(self, others: "EdgePoints") -> "EdgePoints":
        """Return these frames and others after them."""
        return EdgePoints(
            np.concatenate([self.start, self.start[-1] + others.start[1:]]),
            np.concatenate([self.points, others.points]),
            np.concatenate([self.orientation, others.orientation]),
            np.concatenate([self.size, others.size]),
        )


def from_middle(points: NDArray[np.uint8], size: NDArray[Any]) -> NDArray[np.int8]:
    """Return where edge points, (n, 3) from the corner, are from the middle of their frames, (n, 2) or (2,) as sizes.

    It is (n, 2), in half pixels.
    """
    return (2 * points[:, :2].astype(np.int16) - (size.astype(np.int16) - 1)).astype(np.int8)


def frame_size(width: int, height: int) -> tuple[int, int]:
    """Return the width and height that a frame takes on the canvas."""
    aspect = min(max(width / height, 1 / WIDEST), WIDEST)
    across = math.sqrt(AREA * aspect)
    return min(CANVAS, round(across)), min(CANVAS, round(AREA / across))


def average(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Bring a picture, uint8 or float32 levels to 255, to a width and height by averaging areas: uint8.

    OpenCV takes a third less time where the levels are float32. The averages are the same, with two exceptions: of just
    two by two pixels in uint8 it rounds halves up, and an enlarged picture differs.
    """
    return cv2.convertScaleAbs(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def percentile(counts: NDArray[np.int64], percent: float) -> float:
    """Return what np.percentile does of integers, of which counts[n] are n; there is at least one."""
    up_to = np.cumsum(counts)
    rank = percent / 100 * (up_to[-1] - 1)
    below, above = np.searchsorted(up_to, [int(rank), math.ceil(rank)], side="right").tolist()
    return below + (rank - int(rank)) * (above - below)


def steepest(pixels: NDArray[Any]) -> NDArray[np.int16]:
    """Return how a picture, (height, width, 3) uint8, changes: (3, height, width), across, down and the sum of both.

    Each pixel has the values of the channel that changes most there; of equal ones of the first. Canny chooses the same
    channel, but takes twice as long over all three as over the chosen one.
    """
    most = np.zeros((3, *pixels.shape[:2]), np.int16)
    for channel in cv2.split(pixels):
        across, down = cv2.spatialGradient(channel)
        strength = np.abs(across) + np.abs(down)
        stronger = cv2.compare(strength, most[2], cv2.CMP_GT)
        for change, kept in zip((across, down, strength), most, strict=True):
            cv2.copyTo(change, stronger, kept)
    return most


def edge_points(pixels: NDArray[Any], size: tuple[int, int] | None = None) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Return the edge pixels of a picture, (height, width, 3) uint8 or float32 RGB, on its canvas.

    Args:
        pixels: the picture.
        size: the width and height it takes there; of a whole frame those that `frame_size` tells.

    Returns:
        (n, 3) uint8: x and y from the frame's upper left corner, and orientation; and the frame's width and height.
    """
    size = size or frame_size(pixels.shape[1], pixels.shape[0])
    across, down, strength = steepest(average(pixels, size))
    felt = np.bincount(strength.ravel())
    felt[: int(LOWEST / 2) + 1] = 0
    high = min(max(SHARE * percentile(felt, STRONG), LOWEST), HIGHEST) if felt.any() else LOWEST
    places = np.flatnonzero(cv2.Canny(across, down, high / 2, high) > 0)
    if len(places) > MOST_POINTS:
        places = np.sort(places[np.argsort(-strength.take(places), kind="stable")[:MOST_POINTS]])
    across, down = (change.take(places).astype(np.float64) for change in (across, down))
    y, x = np.divmod(places, size[0])
    # The acute angle is rounded first: so a diagonal, just between two orientations, is mirrored rightly too.
    steepness = (np.arctan2(np.abs(down), np.abs(across)) * (ORIENTATIONS / math.pi) + 0.5).astype(np.int64)
    points = np.empty((len(places), 3), np.uint8)
    points[:, 0], points[:, 1] = x, y
    points[:, 2] = np.where((across * down < 0) & (steepness > 0), ORIENTATIONS - steepness, steepness)
    return points, size


def places(rows: NDArray[np.uint8], size: NDArray[np.uint8]) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return in which of SIDE places across and down edge points, (n, 3), stand, in frames of these sizes, (n, 2)."""
    place = rows[:, :2].astype(np.uint16) * np.uint16(SIDE) // size
    return place[:, 0], place[:, 1]


def read_points(shards: Sequence[str | Path], own: OwnLines | None = None) -> EdgePoints:
    """Read the edge points of consecutive shards: all, or those that count by `own`."""
    counts, sizes, points, orientations = [], [], [], []
    for path in shards:
        shard = Fingerprints([path])
        rows, count, size = shard.edge_points, shard.points, shard.canvas_size
        if own is not None:
            across, down = places(rows, np.repeat(size, count, axis=0))
            counts_too = own.points[np.repeat(own.kinds(shard.edges), count), rows[:, 2], down, across]
            counts_too |= np.repeat(shard.cut > 0, count)  # as own.bitmaps has it
            count = np.bincount(np.repeat(np.arange(len(count)), count)[counts_too], minlength=len(count))
            rows = rows[counts_too]
        counts.append(count)
        sizes.append(size.astype(np.float32))
        points.append(from_middle(rows, np.repeat(size, count, axis=0)))
        orientations.append(rows[:, 2])
    start = starts(np.concatenate(counts))
    return EdgePoints(start, np.concatenate(points), np.concatenate(orientations), np.concatenate(sizes))
