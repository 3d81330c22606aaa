"""The files of a shard: what is kept of some hundreds or thousands of panels, written by one job and read by many.

There are two. Frames are compared by the fingerprints, an `.npz`. Where two frames match, their pictures are looked at,
an `.npy`. Pictures are larger, and only some of them are read. So they stand apart, where NumPy can map them into
memory.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.parts.record import WHOLE

EDGE_SIZE = 100  # width and height of the edge bitmap, from the essay
COLOUR_SIZE = 32  # width and height of the small picture of averaged colours
GRID = 64  # width and height of the small picture of sampled colours, and of the cells that are lettered or not

WHOLE_FRAME, LEFT_OUT = 0, -1  # what `cut` of a Fingerprint is where it is not a panel of a page

# What can be seen of a frame, see Fingerprint.
PICTURE = np.dtype(
    [
        ("colours", np.uint8, (COLOUR_SIZE, COLOUR_SIZE, 3)),
        ("samples", np.uint8, (GRID, GRID, 3)),
        ("lettered", np.uint8, (GRID, GRID // 8)),
    ]
)


@dataclass(frozen=True)
class Fingerprint:
    """All that is kept of one frame.

    Attributes:
        number: place of the frame in its file, from 0.
        edges: (EDGE_SIZE * EDGE_SIZE / 8,) uint8, the edge bitmap packed row by row, first pixel in the highest bit.
        edge_count: set bits of `edges`.
        average_hash, dct_hash: 64 bits each.
        digest: 64 bits; equal for frames of the same size and, as far as they are halved, pixels.
        colours: (COLOUR_SIZE, COLOUR_SIZE, 3) uint8, RGB, averaged.
        samples: (GRID, GRID, 3) uint8, RGB, each of one pixel: pure colours, as the drawing has them.
        lettered: (GRID, GRID / 8) uint8, which of these are lettering, packed row by row.
        edge_points: (n, 3) uint8, the edges, save lettering, as points on the canvas (reprise.matching.canvas).
        canvas_size: width and height of the frame on the canvas.
        thumbnail, thumbnail_size: a JPEG of the frame, to be looked at, and its width and height. It is no part of a
            shard's files.
        time: seconds of the animation or video before the frame is shown; no number where there are none.
        cut: of a page that is cut, which of its panels this is, from 1 in reading order. WHOLE_FRAME of all else, or
            LEFT_OUT of a page of which only the panels are compared.
        box: where it is in the picture, left, top, right and bottom, as shares of its width and height.
    """

    number: int
    edges: NDArray[np.uint8]
    edge_count: int
    average_hash: np.uint64
    dct_hash: np.uint64
    digest: np.uint64
    colours: NDArray[np.uint8]
    samples: NDArray[Any]  # OpenCV does not promise that they are uint8
    lettered: NDArray[np.uint8]
    edge_points: NDArray[np.uint8]
    canvas_size: tuple[int, int]
    thumbnail: bytes
    thumbnail_size: tuple[int, int]
    time: float = math.nan
    cut: int = WHOLE_FRAME
    box: tuple[float, float, float, float] = WHOLE


@dataclass(frozen=True)
class Panel:
    """What is known of one panel: its file, its frames, and, if it cannot be used, why."""

    status: str = "ok"
    detail: str = ""
    sha256: str = ""
    format: str = ""
    width: int = 0
    height: int = 0
    frames_in_file: int = 0
    frames: list[Fingerprint] = field(default_factory=list)


Kind = TypeVar("Kind", bound=np.generic)


class Array(Generic[Kind]):
    """An array of a shard's file: its type, and the shape of what it holds of each panel, frame or point.

    Read from Fingerprints, it is that of all their shards, one after the other; nothing else is read with it.
    """

    def __init__(self, kind: type[Kind], *shape: int) -> None:
        self.kind, self.shape = kind, shape

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, fingerprints: "Fingerprints", owner: type) -> NDArray[Kind]:
        read = []
        for path in fingerprints.paths:
            with np.load(path) as file:
                read.append(file[self.name])
        return np.concatenate(read)

    def pack(self, values: Sequence[Any]) -> NDArray[Kind]:
        """Return values as the array that a file holds."""
        return np.array(values, self.kind).reshape(-1, *self.shape)


class Fingerprints:
    """The fingerprints of consecutive shards: of P panels, their F frames, and N edge points of these in all.

    Each array has the name of what it holds of a Panel or a Fingerprint.
    """

    # (P,): the name, what is known of the file, and how many frames are kept of it.
    panel = Array(np.str_)
    status = Array(np.str_)
    detail = Array(np.str_)
    sha256 = Array(np.str_)
    format = Array(np.str_)
    width = Array(np.int64)
    height = Array(np.int64)
    frames_in_file = Array(np.int64)
    frames = Array(np.int64)

    # (F, ...): what frames are compared by, how many edge points each has, and when it is shown.
    number = Array(np.int64)
    edges = Array(np.uint8, EDGE_SIZE * EDGE_SIZE // 8)
    edge_count = Array(np.int64)
    average_hash = Array(np.uint64)
    dct_hash = Array(np.uint64)
    digest = Array(np.uint64)
    canvas_size = Array(np.uint8, 2)
    points = Array(np.int64)
    time = Array(np.float64)
    cut = Array(np.int64)
    box = Array(np.float32, 4)

    # (N, 3): the edge points, those of one frame after those of another.
    edge_points = Array(np.uint8, 3)

    def __init__(self, paths: Sequence[str | Path]) -> None:
        self.paths = paths

    @cached_property
    def start(self) -> NDArray[np.int64]:
        """(P + 1,) int64, the frames of panel p are rows start[p] to start[p + 1] of what is kept of frames."""
        return starts(self.frames)

    @property
    def places(self) -> NDArray[np.int64]:
        """(F,) int64, the place of each frame among those that are kept of its panel."""
        return np.arange(self.start[-1]) - np.repeat(self.start[:-1], self.frames)


ARRAYS = {name: array for name, array in vars(Fingerprints).items() if isinstance(array, Array)}


def starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each of n runs of rows starts, by their lengths, and where the last one ends: (n + 1,)."""
    return np.concatenate([[0], np.cumsum(counts)])


def rows_of(
    start: NDArray[np.int64], number: NDArray[np.int64], panels: NDArray[Any], numbers: NDArray[Any]
) -> NDArray[np.int64]:
    """Return the rows of the frames of some panels that have these numbers in their files.

    Args:
        start, number: of all frames, see Fingerprints. A panel has few, in the order of their numbers.
        panels, numbers: (n,) each; there are such frames.
    """
    rows = start[panels]
    for _ in range(int(np.diff(start).max(initial=0))):
        rows += number[rows] < numbers
    return rows


def write_shard(names: Sequence[str], panels: Sequence[Panel], shard: str | Path, pictures: str | Path) -> None:
    """Write what is kept of panels, with their names: fingerprints to the file `shard`, PICTUREs to `pictures`."""
    frames = [frame for panel in panels for frame in panel.frames]
    held: dict[str, Any] = {
        "panel": names,
        "frames": [len(panel.frames) for panel in panels],
        "points": [len(frame.edge_points) for frame in frames],
        "edge_points": np.concatenate([np.empty((0, 3), np.uint8), *(frame.edge_points for frame in frames)]),
    }
    for name in ARRAYS.keys() - held.keys():
        holders: Sequence[Any] = panels if hasattr(Panel, name) else frames
        held[name] = [getattr(holder, name) for holder in holders]
    seen = np.empty(len(frames), PICTURE)
    for name in PICTURE.names or ():
        for row, frame in enumerate(frames):
            seen[name][row] = getattr(frame, name)
    with atomic_file(shard) as part:
        np.savez(part, allow_pickle=False, **{name: array.pack(held[name]) for name, array in ARRAYS.items()})
    # As np.save does, which says of a full disk only how much it wrote.
    with atomic_file(pictures) as part, part.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(seen))
        file.write(seen.data)


@dataclass(frozen=True)
class Pictures:
    """What can be seen of some frames.

    Attributes:
        colours: (N, COLOUR_SIZE, COLOUR_SIZE, 3) uint8, averaged.
        samples: (N, GRID, GRID, 3) uint8, sampled.
        lettered: (N, GRID, GRID) bool.
    """

    colours: NDArray[np.uint8]
    samples: NDArray[np.uint8]
    lettered: NDArray[np.bool_]


def count_pictures(files: Sequence[str | Path]) -> NDArray[np.int64]:
    """Return of how many frames each shard has a picture, (shards,)."""
    return np.array([len(np.load(file, mmap_mode="r")) for file in files], np.int64)


def read_pictures(files: Sequence[str | Path], start: NDArray[np.int64], rows: NDArray[np.int64]) -> Pictures:
    """Read the pictures of some frames of all shards, and no others.

    Args:
        files: the pictures of the shards.
        start: (shards + 1,), where each shard's frames start, see `starts`.
        rows: the frames, in ascending order.
    """
    found = {name: np.empty((len(rows), *PICTURE[name].shape), np.uint8) for name in PICTURE.names or ()}
    ends = np.searchsorted(rows, start)
    for shard in np.flatnonzero(np.diff(ends)).tolist():
        # Mapped anew each time, as what has been read of a file stays in memory while it is mapped.
        stored = np.load(files[shard], mmap_mode="r")
        here = slice(ends[shard], ends[shard + 1])
        for name, array in found.items():
            array[here] = stored[name][rows[here] - start[shard]]
    lettered = np.unpackbits(found["lettered"], axis=2).view(np.bool_)
    return Pictures(found["colours"], found["samples"], lettered)
