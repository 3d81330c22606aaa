"""Edge points of frames, made up for tests: `frames_of` of given places, `drawn_frames` of any."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from reprise.matching import check
from reprise.matching.canvas import ORIENTATIONS, EdgePoints, frame_size
from reprise.matching.check import FramePoints, Place


def frames_of(*drawn: Sequence[tuple[float, float, int]], size: tuple[int, int] = (100, 100)) -> EdgePoints:
    """Return frames that have these points: x and y from the middle, and orientation."""
    rows = np.array([row for points in drawn for row in points], np.float64).reshape(-1, 3)
    start = np.cumsum([0] + [len(points) for points in drawn])
    sizes = np.tile(np.array(size, np.float32), (len(drawn), 1))
    # In float32, so that tests may put points anywhere.
    return EdgePoints(start, (2 * rows[:, :2]).astype(np.float32), rows[:, 2].astype(np.uint8), sizes)


def one_of(frames: EdgePoints, number: int = 0) -> FramePoints:
    """Return one of the frames by itself."""
    own = slice(frames.start[number], frames.start[number + 1])
    return FramePoints(frames.points[own], frames.orientation[own], frames.size[number])


# Points as fingerprints have them: halves or whole numbers from the middle of a frame of any size there is.
sizes = st.builds(frame_size, st.integers(1, 300), st.integers(1, 300))


@st.composite
def drawn_frames(draw: st.DrawFn, most: int = 60) -> EdgePoints:
    """Draw one frame of any size, with some points anywhere in it."""
    width, height = draw(sizes)
    x, y, o = st.integers(0, width - 1), st.integers(0, height - 1), st.integers(0, ORIENTATIONS - 1)
    points = draw(st.lists(st.tuples(x, y, o), max_size=most))
    middled = [(x - (width - 1) / 2, y - (height - 1) / 2, o) for x, y, o in points]
    return frames_of(middled, size=(width, height))


places = st.builds(
    Place, st.booleans(), st.floats(check.LEAST_ZOOM, check.MOST_ZOOM), st.floats(-40, 40), st.floats(-40, 40)
)


class Checked(np.ndarray):
    """An array that, as compiled code would not, minds an index below 0."""

    def __getitem__(self, key: Any) -> Any:
        for index, size in zip(key if isinstance(key, tuple) else (key,), self.shape, strict=False):
            assert isinstance(index, slice) or 0 <= index < size
        return super().__getitem__(key)


# A frame that fills the canvas, with points in its corners.
CORNERS = frames_of([(x, y, o) for x, y in product((-63.5, 63.5), repeat=2) for o in range(6)], size=(128, 128))

# Of one frequency and one orientation, so that some entries of its vector are too large for a byte.
STRIPES = frames_of([(x, y, 0) for x in (-40, -24, 24, 40) for y in range(-60, 60)], size=(128, 128))
