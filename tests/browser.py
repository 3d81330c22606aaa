"""A real browser, for the pages that Reprise writes."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

# Colours do not depend on the width of a screen. So each scheme, and each width, is looked at once.
SCREENS = (("light", 1280), ("dark", 390))


def installed_browser() -> str:
    """Return the program of a browser; without one the test is left out."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no browser on the PATH: " + ", ".join(names))
    return program


@contextmanager
def opened(folder: Path, **context: Any) -> Iterator[tuple[Page, list[str]]]:
    """Give a page of a headless browser, and what goes wrong in it: its console's messages, and requests elsewhere.

    Args:
        folder: from which it may ask for files.
        context: as Playwright's `new_context` has them.
    """
    wrong: list[str] = []
    inside = folder.as_uri() + "/"
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        page = chromium.new_context(**context).new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(inside) else wrong.append(request.url))
        yield page, wrong
        chromium.close()


def hard_for_some(page: Page) -> list[tuple[str, ...]]:
    """Return what axe finds serious in an open page, all folds opened, and whether it is wider than the screen."""
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    broken = Axe().run(page, options={"runOnly": levels, "preload": False}).response["violations"]
    found: list[tuple[str, ...]] = [
        (rule["id"], node["html"][:200], node["failureSummary"])
        for rule in broken
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(("wider than the screen",))
    return found


def browser(*arguments: str, profile: Path) -> str:
    """Run a headless browser without a network and return its standard output."""
    program = installed_browser()
    switches = ["headless", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking"]
    switches += ["disable-component-update", "disable-sync", "hide-scrollbars", f"user-data-dir={profile}"]
    switches += ["proxy-server=127.0.0.1:9"]
    command = [program, *(f"--{switch}" for switch in switches), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
