"""numba's compiler. What it has compiled is kept until one of the modules changes of which it was made.

It comes without SciPy's linear algebra. numba looks for that when it loads the first compiled function, for products of
matrices, and nothing here has such a product. Loading it takes a fifth of a second, of jobs that may take less than
two.

Compiled functions have loops, where NumPy would have sums along an axis and arithmetic of whole arrays. numba takes
from some tenths of a second up to two to compile each of these, and whoever has just cloned Reprise waits for all of
them.
"""

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path

from numba import config, njit
from numba.core.caching import InTreeCacheLocator, UserProvidedCacheLocator, UserWideCacheLocator

from reprise.imports import used_modules
from reprise.without import without

__all__ = ["njit"]

SCRIPTS = Path(__file__).parents[1]


@cache
def digest_of_all(path: Path) -> str:
    """Return a digest of a file and of all modules of this repository that it imports, directly or not."""
    digest = hashlib.sha256()
    for module in [path, *used_modules(path, SCRIPTS)]:
        digest.update(hashlib.sha256(module.read_bytes()).digest())
    return digest.hexdigest()


class OfAllModules:
    """Where numba keeps a compiled function, and what tells that it is still right.

    numba itself takes a digest of the function's own file. But what the function uses of other modules is compiled in:
    constants as well as functions.
    """

    _py_file: str

    def get_source_stamp(self) -> str:
        """Return a text that changes as soon as one of the modules does."""
        return digest_of_all(Path(self._py_file))

    def get_disambiguator(self) -> str:
        """Return nothing: no two functions of a module have one name. With the line, as in numba, old files pile up."""
        return ""


class GivenFolder(OfAllModules, UserProvidedCacheLocator):
    """The folder NUMBA_CACHE_DIR, if it is set."""


class BesideSource(OfAllModules, InTreeCacheLocator):
    """`__pycache__`, where it can be written."""


class OfUser(OfAllModules, UserWideCacheLocator):
    """The user's folder for caches."""


# The places numba knows, in its order.
config.CACHE_LOCATOR_CLASSES = ",".join(f"{__name__}.{place.__name__}" for place in (GivenFolder, BesideSource, OfUser))

with without("scipy.linalg"):
    import_module("numba.np.arraymath")  # looks for it, once and for all
