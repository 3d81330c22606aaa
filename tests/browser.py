"""A real browser, for the pages that Reprise writes."""

import shutil
import subprocess
from pathlib import Path

import pytest


def browser(*arguments: str, profile: Path) -> str:
    """Run a headless browser without a network and return its standard output."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no browser on the PATH: " + ", ".join(names))
    switches = ["headless", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking"]
    switches += ["disable-component-update", "disable-sync", "hide-scrollbars", f"user-data-dir={profile}"]
    switches += ["proxy-server=127.0.0.1:9"]
    command = [program, *(f"--{switch}" for switch in switches), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
