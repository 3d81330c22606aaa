"""What a run says when it ends: what was found, and where to look."""

from pathlib import Path

SUMMARY = Path("results/summary.txt")
PAGES = {"Gallery": "results/gallery/index.html", "Study": "results/study/index.html"}


def ending(directory: Path, started_in: Path, study: bool) -> str:
    """Return the summary of the results in a folder, with paths as they are from where the run was started.

    Args:
        directory: the folder that holds `results/`.
        started_in: the folder in which the reader is.
        study: whether the page of the study was asked for too.
    """
    said = ""
    if (directory / SUMMARY).is_file():
        said = (directory / SUMMARY).read_text(encoding="utf-8")
        gallery = PAGES["Gallery"]
        said = said.replace(line("Gallery", gallery), line("Gallery", from_here(directory / gallery, started_in)))
    if study and (directory / PAGES["Study"]).is_file():
        said += line("Study", from_here(directory / PAGES["Study"], started_in)) + "\n"
    return said


def line(name: str, text: str) -> str:
    """Return a line of the summary, as `scripts/summary.py` lays it out."""
    return f"{name:<11}{text}"


def from_here(path: Path, started_in: Path) -> str:
    """Return a path relative to the folder in which the reader is, if it lies below it, or else whole."""
    return str(path.relative_to(started_in) if path.is_relative_to(started_in) else path)
