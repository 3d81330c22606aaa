"""A bar on a terminal, lines in a log, and never an item lost."""

import os
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from reprise import progress as module
from reprise.progress import progress


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_every_item_passes_and_the_log_tells_the_start_and_the_end(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO", "reprise")
    assert list(progress(iter("abc"), 3, "read")) == ["a", "b", "c"]
    assert told(caplog) == ["read: 0 of 3", "read: 3 of 3"]
    assert capfd.readouterr() == ("", ""), "a bar where there is no terminal"


def test_the_log_gets_a_line_now_and_then(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level("INFO", "reprise")
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", 0.0)
    list(progress([1, 2], 2, "read"))
    assert [line.split(": ")[1] for line in told(caplog)] == ["0 of 2", "1 of 2", "2 of 2", "2 of 2"]


def test_more_may_be_told_of_each_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "reprise")
    came: list[str] = []
    for item in progress("abc", 3, "read", lambda: f"{len(came)} images"):
        came.append(item)
    assert told(caplog) == ["read: 0 of 3, 0 images", "read: 3 of 3, 3 images"]


def test_a_terminal_shows_a_bar() -> None:
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    code = "from reprise.progress import progress; list(progress(range(7), 7, 'read'))"
    folder = Path(module.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], cwd=folder, stderr=theirs, check=True)
    os.set_blocking(ours, False)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert "read" in shown
    assert "0/7" in shown
