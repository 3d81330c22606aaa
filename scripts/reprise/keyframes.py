"""Which frames of an animation or a video are kept: one of each scene. Scenes are told apart by the edges of frames.

How many are kept, and when all are, stands in `frames_kept` of `fingerprint.py`.

Frames are of one scene where nearly all edges of each are near an edge of the other, as where a mouth moves; and where
what is left of the one is, shifted, what is left of the other, as where a figure walks or the picture pans, until
other things are in it. After a cut neither is so.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise.shards import EDGE_SIZE

# Frames are of one scene from so large a share of edges on that are near one of the other; mouths and walking figures
# before a drawn ground have .95 and more, cuts between different figures in the same border .6 to .8.
NEAR_EDGES = 0.85
# Or if what is left correlates so well once it is shifted: walking figures have .6 to .9, cuts .3 to .45, and a pan .5
# until half the picture is another.
MOVED = 0.5

NEIGHBOURS = np.ones((3, 3), np.uint8)  # an edge is near in any of these pixels

Frame = TypeVar("Frame")


def near_edges(bitmap: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where an edge is near: (EDGE_SIZE, EDGE_SIZE) bool, as the bitmap."""
    return cv2.dilate(bitmap.view(np.uint8), NEIGHBOURS).view(np.bool_)


def packed(bitmap: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return edges, and where one is near, packed: (2, bytes)."""
    return np.packbits(np.stack([bitmap, near_edges(bitmap)]).reshape(2, -1), axis=1)


def met(edges: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the share of edges, of both frames, that are near one of the other: of `packed` ones and (n, 2, bytes)."""
    alone = np.bitwise_count(edges[0] & ~others[:, 1]) + np.bitwise_count(others[:, 0] & ~edges[1])
    both = np.bitwise_count(edges[0]) + np.bitwise_count(others[:, 0])
    return 1 - alone.sum(axis=1, dtype=np.int64) / np.maximum(both.sum(axis=1, dtype=np.int64), 1)


def spectrum(bitmap: NDArray[np.bool_]) -> tuple[Any, float]:
    """Return the spectrum of edges, blurred and halved, with room to shift in, and their root of the sum of squares."""
    blurred = cv2.GaussianBlur(bitmap.astype(np.float32), (5, 5), 1)
    small = cv2.resize(blurred, (EDGE_SIZE // 2, EDGE_SIZE // 2), interpolation=cv2.INTER_AREA)
    return np.fft.rfft2(small, (EDGE_SIZE, EDGE_SIZE)), float(np.sqrt((small**2).sum()))


def moved(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> bool:
    """Tell whether edges of the one that are not near the other's are these, shifted."""
    (of_a, norm_a), (of_b, norm_b) = spectrum(a & ~near_edges(b)), spectrum(b & ~near_edges(a))
    shifted = np.fft.irfft2(of_a * of_b.conj(), (EDGE_SIZE, EDGE_SIZE))
    return bool(shifted.max() >= MOVED * norm_a * norm_b > 0)


def evenly(items: Sequence[Any], most: int) -> list[Any]:
    """Return all of some items or, of more than `most`, the first, the last and others evenly between them."""
    if len(items) <= most:
        return list(items)
    return [items[place] for place in np.linspace(0, len(items) - 1, most).round().astype(int)]


class Scene(Generic[Frame]):
    """A scene: the edges of its first frame, also packed with those near them, and the frame that stands for it."""

    def __init__(self, bitmap: NDArray[np.bool_], rank: tuple[float, float], frame: Frame) -> None:
        self.bitmap, self.rank, self.frame = bitmap, rank, frame
        self.edges = packed(bitmap)


class Scenes(Generic[Frame]):
    """Takes frames as they pass, and keeps one of each scene: that shown longest and, of these, the stillest.

    So it is the drawing that is kept, and not what one dissolves into the next by.
    """

    def __init__(self) -> None:
        self.scenes: list[Scene[Frame]] = []
        self.current: Scene[Frame] | None = None
        self.last: NDArray[np.uint8] | None = None
        self.settled = 0

    def add(self, bitmap: NDArray[np.bool_], shown: float, make: Callable[[], Frame]) -> None:
        """Take a frame.

        Args:
            bitmap: its edges, (EDGE_SIZE, EDGE_SIZE).
            shown: for how long it is shown, in any unit, as far as that is known.
            make: gives what is to be kept of it; it is called, or not, before this returns.
        """
        edges = packed(bitmap)
        # In whole percents: of what is still but for the noise of its coding, the first is taken.
        rank = shown, 0.0 if self.last is None else round(float(met(edges, self.last[np.newaxis])[0]), 2)
        scene = self.scene_of(bitmap, edges)
        if scene is None:
            scene = Scene(bitmap, rank, make())
            self.scenes.append(scene)
        elif rank > scene.rank:
            scene.rank, scene.frame = rank, make()
        self.current, self.last = scene, edges

    def scene_of(self, bitmap: NDArray[np.bool_], edges: NDArray[np.uint8]) -> Scene[Frame] | None:
        """Return the scene that a frame is of: the present one, else the one most like it; None of a new one."""
        if self.current is None:
            return None
        if met(edges, self.current.edges[np.newaxis])[0] >= NEAR_EDGES or moved(self.current.bitmap, bitmap):
            return self.current
        shares = met(edges, np.array([scene.edges for scene in self.scenes]))
        best = int(shares.argmax())
        return self.scenes[best] if shares[best] >= NEAR_EDGES else None

    @property
    def frames(self) -> list[Frame]:
        """The frames that are kept, as scenes began."""
        return [scene.frame for scene in self.scenes]

    def settle(self, most: int) -> None:
        """Keep `most` of the scenes that were new since this was called before, evenly between them."""
        self.scenes[self.settled :] = evenly(self.scenes[self.settled :], most)
        self.settled = len(self.scenes)
