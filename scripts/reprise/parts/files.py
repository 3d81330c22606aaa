"""The files of the features of a shard: written by one job, and read by the search for parts.

There are two. All features of a comic are searched at once: they are in an `.npz`. Edges are looked at where two panels
may share a part: they are in an `.npy`, which NumPy can map into memory.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.parts.edges import EDGE
from reprise.parts.features import FEATURE


class PanelFeatures(NamedTuple):
    """What is kept of a panel; of one that cannot be read, nothing.

    Attributes:
        size: width and height of the working picture.
        shrunk: how many pixels of it one of the file's makes, each way.
        frame: the number of the frame.
        features: FEATURE.
        edges: EDGE.
    """

    size: tuple[int, int] = (1, 1)
    shrunk: float = 1.0
    frame: int = 0
    features: NDArray[Any] = np.zeros(0, FEATURE)
    edges: NDArray[Any] = np.zeros(0, EDGE)


class ComicFeatures(NamedTuple):
    """What is kept of the P panels of a comic, of all shards, but the edges.

    Attributes:
        size: (P, 2) int64; shrunk: (P,) float64; frame: (P,) int32; see PanelFeatures.
        features: (P,) int64, how many each panel has.
        edges: (P,) int64, how many edges each has.
        panels: (shards,) int64, how many panels each shard has.
        feature: (F,) FEATURE, of all panels.
    """

    size: NDArray[np.int64]
    shrunk: NDArray[np.float64]
    frame: NDArray[np.int32]
    features: NDArray[np.int64]
    edges: NDArray[np.int64]
    panels: NDArray[np.int64]
    feature: NDArray[Any]


def write_features(panels: Sequence[PanelFeatures], features: str | Path, edges: str | Path) -> None:
    """Write what is kept of the panels of a shard."""
    held: dict[str, Any] = {
        "size": np.array([panel.size for panel in panels], np.int64).reshape(-1, 2),
        "shrunk": np.array([panel.shrunk for panel in panels], np.float64),
        "frame": np.array([panel.frame for panel in panels], np.int32),
        "features": np.array([len(panel.features) for panel in panels], np.int64),
        "edges": np.array([len(panel.edges) for panel in panels], np.int64),
        "feature": np.concatenate([np.zeros(0, FEATURE), *(panel.features for panel in panels)]),
    }
    with atomic_file(features) as part:
        np.savez(part, allow_pickle=False, **held)
    with atomic_file(edges) as part:
        np.save(part, np.concatenate([np.zeros(0, EDGE), *(panel.edges for panel in panels)]), allow_pickle=False)


def read_features(shards: Sequence[str | Path]) -> ComicFeatures:
    """Read what is kept of the panels of consecutive shards."""
    read: dict[str, list[NDArray[Any]]] = {name: [] for name in ComicFeatures._fields}
    for path in shards:
        with np.load(path) as file:
            for name in ComicFeatures._fields:
                read[name].append(np.array([len(file["size"])]) if name == "panels" else file[name])
    return ComicFeatures(**{name: np.concatenate(arrays) for name, arrays in read.items()})


class Edges:
    """The edges of the panels of a comic, mapped: only those that are looked at are read."""

    def __init__(self, files: Sequence[str | Path], comic: ComicFeatures) -> None:
        self.mapped = [np.load(path, mmap_mode="r") for path in files]
        self.shard = np.repeat(np.arange(len(files)), comic.panels)
        ends = np.cumsum(comic.edges)
        before = np.concatenate([[0], ends])[np.concatenate([[0], np.cumsum(comic.panels)[:-1]])]
        self.first, self.last = ends - comic.edges - before[self.shard], ends - before[self.shard]

    def of(self, panel: int) -> NDArray[Any]:
        """Return the edges of a panel, EDGE."""
        return self.mapped[self.shard[panel]][self.first[panel] : self.last[panel]]
