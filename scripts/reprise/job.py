"""The one way a script meets Snakemake: what it is given, its log, its threads and how it ends.

A script imports this first: its log then tells as well what goes wrong while libraries are loaded, and these leave it
to the step to share its work among threads.
"""

import faulthandler
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from reprise.full_disk import full_disk, tells_of_full_disk
from reprise.orphans import STARTER, end_with_starter

LOGGER = logging.getLogger(__name__)

# What Snakemake put into the script that it runs. Where anything else is run, as a test, there is none.
GIVEN: Any = getattr(sys.modules["__main__"], "snakemake", None)
if not hasattr(GIVEN, "rule"):  # or it is the package of that name
    GIVEN = None

# The environment variables by which OpenCV, and what may lie below NumPy, are told how many threads to have. They read
# them while they are loaded.
LIBRARY_THREADS = (
    *("OPENCV_FOR_THREADS_NUM", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    *("MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
)


def tell_failure(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Put an error that ends the job into its log, with the traceback, and in one line on standard error."""
    LOGGER.critical("%s failed", GIVEN.rule, exc_info=(kind, error, where))
    said = " ".join(f"{kind.__name__}: {error}".split())
    if tells_of_full_disk(said):
        said = full_disk()
    say(f"{GIVEN.rule}: {said}" + "".join(f" ({log} tells where)" for log in GIVEN.log))


def say(line: str) -> None:
    """Put a line on standard error at once: jobs that end together would mix theirs, were its end written apart."""
    sys.stderr.write(f"{line}\n")


def set_up() -> None:
    """Open the log for what the step tells, for warnings and for what ends the job, and keep libraries to one thread.

    Where a job has several cores its step shares the work among threads or processes. Each of these would have as many
    threads again, and the last digit of a sum may depend on how many these are. The job ends, from here on, with the
    run that started it.
    """
    if STARTER in os.environ:
        end_with_starter(int(os.environ[STARTER]))
    logging.raiseExceptions = False  # a full disk, which takes no log, is told of once and not with each line
    os.environ.update(dict.fromkeys(LIBRARY_THREADS, "1"))
    for path in GIVEN.log:
        handler = logging.FileHandler(path, "w", encoding="utf-8", errors="backslashreplace")
        faulthandler.enable(handler.stream or sys.stderr)
        logging.basicConfig(handlers=[handler], format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
        logging.captureWarnings(True)
    logging.getLogger("reprise").setLevel(logging.INFO)
    sys.excepthook = tell_failure


def tell_files(verb: str, named: Iterable[tuple[str, str | Iterable[str]]]) -> None:
    """Put into the log what a step reads or has written: by name the file or folder, or how many, and their size."""
    for name, given in named:
        paths = [Path(path) for path in ([given] if isinstance(given, str) else given)]
        if not paths:
            continue
        sizes = [path.stat().st_size for path in paths if path.is_file()]
        what = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files" if sizes else f"{len(paths)} folders"
        LOGGER.info("%s %s: %s%s", verb, name, what, f", {sum(sizes)} bytes" if sizes else "")


@contextmanager
def job() -> Iterator[Any]:
    """Give a step what Snakemake gave: `input`, `output`, `params`, `wildcards`, `threads`.

    Raises:
        SystemExit: the script was not run by Snakemake.
    """
    if GIVEN is None:
        sys.exit("This is a step of the workflow; Snakemake runs it: ./run")
    import reprise.garbage  # noqa: F401 - all libraries are loaded by now

    LOGGER.info("%s begins, with %s of the cores", GIVEN.rule, GIVEN.threads)
    tell_files("reads", GIVEN.input.items())
    try:
        yield GIVEN
    except SystemExit as end:
        LOGGER.critical("%s ends: %s", GIVEN.rule, end)
        say(str(end))
        sys.exit(1)
    tell_files("wrote", GIVEN.output.items())
    LOGGER.info("%s is done, after %.2f s of CPU", GIVEN.rule, sum(os.times()[:4]))  # its own and its processes'


if GIVEN is not None:
    set_up()
