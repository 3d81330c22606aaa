"""A bar on a terminal, lines in a log, and never an item lost."""

import os
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from reprise import progress as module
from reprise.progress import progress


def test_every_item_passes_and_the_log_tells_the_start_and_the_end(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "step.log"
    assert list(progress(iter("abc"), 3, "read", log)) == ["a", "b", "c"]
    lines = log.read_text().splitlines()
    assert [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in lines] == ["read: 0 of 3", "read: 3 of 3"]
    assert capfd.readouterr() == ("", ""), "a bar where there is no terminal"


def test_the_log_gets_a_line_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", 0.0)
    log = tmp_path / "step.log"
    log.write_text("what stood there\n")
    list(progress([1, 2], 2, "read", log))
    first, *lines = log.read_text().splitlines()
    assert first == "what stood there"
    assert [line.split(": ")[1] for line in lines] == ["0 of 2", "1 of 2", "2 of 2", "2 of 2"]


def test_a_log_is_not_needed() -> None:
    assert list(progress([], 0, "read")) == []


def test_a_terminal_shows_a_bar() -> None:
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    code = "from reprise.progress import progress; list(progress(range(7), 7, 'read'))"
    folder = Path(module.__file__).parent
    subprocess.run([sys.executable, "-c", code], cwd=folder, stderr=theirs, check=True)
    os.set_blocking(ours, False)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert "read" in shown
    assert "0/7" in shown
