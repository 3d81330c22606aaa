"""numba's compiler: what it has compiled is kept until a module changes of which it was made.

It comes without SciPy's linear algebra, which numba looks for, for products of matrices, when the first of what is
compiled is loaded. Loading that takes a fifth of a second of a job that need not take two, and nothing that is compiled
here has such a product.

What is compiled has loops where NumPy has sums along an axis and arithmetic of whole arrays, unless these are large: of
such numba compiles each for tenths of a second up to two, and whoever has just cloned this waits for all of them.
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
        """Return what is another one as soon as one of the modules is."""
        return digest_of_all(Path(self._py_file))

    def get_disambiguator(self) -> str:
        """Tell functions of one name apart: there are none; by line, as numba does, old ones would pile up."""
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
