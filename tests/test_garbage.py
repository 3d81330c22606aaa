"""What is no garbage is not searched for it."""

import os
import subprocess
import sys
from pathlib import Path

import reprise.garbage

PROGRAM = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 10_000))
import pandas
import reprise.garbage
print(gc.get_freeze_count() > 10_000)
made = [[] for _ in range(100_000)]
"""


def test_what_was_loaded_and_at_the_end_all_is_passed_over() -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(reprise.garbage.__file__).parents[1])}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    assert done.stdout.split() == ["True", "True", "True"]
