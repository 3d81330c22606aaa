"""Whether frames have edges enough to be evidence of what they show: one rule, whatever is compared.

A frame with fewer edges than `compare.fewest_edges` matches only frames of the very same pixels, and joins no cluster.
Counted are the edges that it is compared by: where panels are laid upon each other its edge points, which are told by
what is strong in this picture, and so are many in a faint drawing as well; else those of its bitmap.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 30  # the default of compare.fewest_edges


def says_enough(edges: NDArray[Any], fewest: int) -> NDArray[np.bool_]:
    """Tell which frames, of so many edges each, say enough."""
    return edges >= fewest
