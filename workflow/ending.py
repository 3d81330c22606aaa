"""What a run says when it ends: what was found, and where to look."""

from collections.abc import Collection
from pathlib import Path

SUMMARY = "results/summary.txt"
PAGES = {"Gallery": "results/gallery/index.html", "Study": "results/study/index.html"}


def ending(directory: Path, started_in: Path, asked_for: Collection[str]) -> str:
    """Return what a run says of what it was asked for. Paths are relative to where it was started.

    Args:
        directory: the folder that holds `results/`.
        started_in: the folder in which the reader is.
        asked_for: the files that the run was to make, or to leave as they were.
    """
    said = ""
    if SUMMARY in asked_for and (directory / SUMMARY).is_file():
        said = (directory / SUMMARY).read_text(encoding="utf-8")
        gallery = PAGES["Gallery"]
        said = said.replace(line("Gallery", gallery), line("Gallery", from_here(directory / gallery, started_in)))
    if PAGES["Study"] in asked_for and (directory / PAGES["Study"]).is_file():
        said += line("Study", from_here(directory / PAGES["Study"], started_in)) + "\n"
    return said


def line(name: str, text: str) -> str:
    """Return a line of the summary, as `scripts/summary.py` lays it out."""
    return f"{name:<11}{text}"


def from_here(path: Path, started_in: Path) -> str:
    """Return a path relative to the folder in which the reader is, if it lies below it, or else whole."""
    return str(path.relative_to(started_in) if path.is_relative_to(started_in) else path)
