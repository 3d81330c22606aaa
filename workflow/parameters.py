"""The parameters of jobs, kept as they are."""

from typing import Any

from snakemake import iocontainers, persistence


def store_parameters(given: Any, params: Any) -> None:
    """Hand parameters on to a script as they are: `Snakemake._safely_store_params`."""
    given._params_store, given._params_types = params, {}


def keep_parameters_as_they_are() -> None:
    """Keep Snakemake from looking whether a parameter is a table of pandas. Here none is.

    To see that, it loads pandas, which takes a sixth of a run with nothing to do. This is how Snakemake 9.27 can be
    kept from it. Another version may load pandas all the same.
    """
    kept: Any = getattr(persistence, "PersistenceBase", None)
    script: Any = getattr(iocontainers, "Snakemake", None)
    if hasattr(kept, "_serialize_param_builtin"):
        kept._serialize_param = kept._serialize_param_builtin
    if hasattr(script, "_safely_store_params"):
        script._safely_store_params = store_parameters
