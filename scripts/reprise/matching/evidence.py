"""What edges are evidence of: whether a frame has enough of them, and how many meet that would not by chance.

A frame with fewer edges than `compare.fewest_edges` matches only frames of the very same pixels, and joins no cluster.
Counted are the edges that it is compared by: where panels are laid upon each other its edge points, which are told by
what is strong in this picture, and so are many in a faint drawing as well; else those of its bitmap.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 30  # the default of compare.fewest_edges
MOST_CHANCE = 0.95  # more that meets by chance counts as so much, as hardly any is left to meet beyond it


def says_enough(edges: NDArray[Any], fewest: int) -> NDArray[np.bool_]:
    """Tell which frames, of so many edges each, say enough."""
    return edges >= fewest


def beyond_chance(met: NDArray[Any], chance: NDArray[Any]) -> NDArray[Any]:
    """Return which share of the edges meet that do not by chance: 1 if all do, 0 and less if no more than by chance."""
    return (met - chance) / (1 - np.minimum(chance, MOST_CHANCE))
