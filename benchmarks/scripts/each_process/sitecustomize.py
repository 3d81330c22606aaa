"""Tell what this Python process took when it ends.

Python imports a module of this name by itself in every process that has this folder on its PYTHONPATH. Snakemake's own
`benchmark:` files see too little for this: they look at a job every half second, after a quarter of a minute every half
minute, and never at its end.
"""

import atexit
import os
import re
import resource
import sys
from pathlib import Path


def tell_usage() -> None:
    """Append the script that ran, its seconds of processor, and its peak memory in MB, to the file USAGE."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Not ru_maxrss, which begins with what the process had that started this one.
    peak = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    with Path(os.environ["USAGE"]).open("a", encoding="utf-8") as lines:
        lines.write(f"{Path(sys.argv[0]).name},{used.ru_utime + used.ru_stime:.3f},{int(peak[0]) / 1024:.1f}\n")


atexit.register(tell_usage)
