"""The memory of one picture serves the next."""

import os
import platform
import subprocess
import sys

import pytest

# Blocks of ever larger sizes, each filled and let go: how often the system had to give memory.
FAULTS = """
import resource, sys
import numpy as np
from reprise.freed_memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for size in range(2**18, 2**21, 2**17):
    np.empty(size, np.uint8).fill(1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only GNU's C library can be told to keep memory")
def test_the_memory_of_one_picture_serves_the_next() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    kept, plain = (
        int(subprocess.run([sys.executable, "-c", FAULTS, how], env=environment, check=True, stdout=-1).stdout)
        for how in ("kept", "plain")
    )
    assert kept < plain / 3
