"""What edges are evidence of: whether a frame has enough of them, and how many meet that would not by chance.

A frame with fewer edges than `compare.fewest_edges` matches only frames of the very same pixels, and joins no cluster.
The edges that count are those it is compared by. Where panels are laid upon each other these are its edge points, of
which a faint drawing has many too: Canny's thresholds follow the picture. Else they are the edges of its bitmap.

In the field: met: inlier ratio; chance: displaced-placement null, null model.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 30  # the default of compare.fewest_edges
MOST_CHANCE = 0.95  # a greater share that meets by chance counts as this: hardly any is left to meet beyond it


def says_enough(edges: NDArray[Any], fewest: int) -> NDArray[np.bool_]:
    """Tell which frames, of so many edges each, say enough."""
    return edges >= fewest


def beyond_chance(met: NDArray[Any], chance: NDArray[Any]) -> NDArray[Any]:
    """Return which share of the edges meet that do not by chance: 1 if all do, 0 and less if no more than by chance."""
    return (met - chance) / (1 - np.minimum(chance, MOST_CHANCE))
