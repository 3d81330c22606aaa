"""numba's compiler, without SciPy's linear algebra.

numba looks for that, for products of matrices, when the first of what is compiled is loaded. Loading it takes a fifth
of a second of a job that need not take two, and nothing that is compiled here has such a product.

What is compiled has loops where NumPy has sums along an axis and arithmetic of whole arrays, unless these are large: of
such numba compiles each for tenths of a second up to two, and whoever has just cloned this waits for all of them.
"""

import sys
from importlib import import_module

from numba import njit

__all__ = ["njit"]

if "scipy.linalg" not in sys.modules:
    sys.modules["scipy.linalg"] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        import_module("numba.np.arraymath")  # looks for it, once and for all
    finally:
        del sys.modules["scipy.linalg"]
