"""What the names of files and folders tell: which are panels, which hold panels, and which are none of the comic."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from reprise import signatures

IMAGE_SUFFIXES = (".apng", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
# An address that tells by its end that an image is there, and no page.
OF_IMAGE = re.compile(rf"({'|'.join(map(re.escape, IMAGE_SUFFIXES))})([?#].*)?\Z", re.IGNORECASE | re.DOTALL)
VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".ogv", ".webm")
ARCHIVE_SUFFIXES = (".cb7", ".cbr", ".cbt", ".cbz", ".epub", ".pdf", ".rar", ".7z", ".tar", ".tar.gz", ".tgz", ".zip")

# Files of other suffixes are opened to see whether they are pictures; not these, which lie beside comics by thousands.
OTHER_SUFFIXES = (
    *(".css", ".csv", ".db", ".doc", ".docx", ".htm", ".html", ".ini", ".js", ".json", ".log", ".md", ".nfo", ".odt"),
    *(".opf", ".py", ".rtf", ".sfv", ".sha256", ".torrent", ".txt", ".url", ".xhtml", ".xml", ".yaml", ".yml"),
)
UNFINISHED_SUFFIXES = (".crdownload", ".download", ".part", ".partial", ".tmp")

# What Reprise keeps in its results of the comic they are of; a folder that has it is no part of a comic.
RECORD = "reprise.json"
# Before there was a record, results were told by two names.
MARKS = {RECORD, "index.csv", "fingerprints"}

# Folders that programs keep for themselves. Others whose names begin with dots are the reader's, as "...And Then".
HIDDEN_FOLDERS = {
    *("__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found"),
    *(
        ".AppleDouble",
        ".cache",
        ".git",
        ".hg",
        ".idea",
        ".ipynb_checkpoints",
        ".local",
        ".snakemake",
        ".Spotlight-V100",
    ),
    *(".stfolder", ".stversions", ".svn", ".sync", ".thumb", ".thumbnails", ".thumbs", ".tmp", ".Trash", ".Trashes"),
    *(".venv", ".vscode", ".xvpics"),
}

UNFINISHED = "a picture that is not whole yet, as its name says"
CONTAINER, IMAGE, OTHER = "container", "image", "other"


def is_archive_name(name: str) -> bool:
    """Tell by its suffix whether a file is a container."""
    return name.lower().endswith(ARCHIVE_SUFFIXES)


def is_image(name: str) -> bool:
    """Tell by its suffix whether a file is an image, or a video."""
    return name.lower().endswith(IMAGE_SUFFIXES) or is_video(name)


def is_video(name: str) -> bool:
    """Tell by its suffix whether a file is a video."""
    return name.lower().endswith(VIDEO_SUFFIXES)


def is_hidden(name: str) -> bool:
    """Tell whether a file is hidden. A title may begin with several dots."""
    return name.startswith(".") and not name.startswith("..")


def is_hidden_folder(name: str) -> bool:
    """Tell whether a folder is one that a program keeps for itself."""
    return name in HIDDEN_FOLDERS or name.startswith((".Trash-", "._"))


def nature(name: str, head: Callable[[], bytes]) -> str:
    """Return what a file is: IMAGE, CONTAINER, OTHER, or else why it is passed over.

    Where its suffix tells it is believed, as to open very many files takes its time; else `head` gives the first bytes.
    """
    lowered = name.lower()
    if is_image(name):
        return IMAGE
    if lowered.endswith(ARCHIVE_SUFFIXES):
        return CONTAINER
    if lowered.endswith(OTHER_SUFFIXES):
        return OTHER
    start = head()
    if signatures.is_picture(start) or signatures.video(start):
        return UNFINISHED if lowered.endswith(UNFINISHED_SUFFIXES) else IMAGE
    if signatures.container(start) and not PurePosixPath(name).suffix:
        return CONTAINER
    what = signatures.foreign(start)
    return f"{what}, which is not read" if what else OTHER


def is_text(name: str) -> bool:
    """Tell whether a table can hold a file name: it has no control characters, and no bytes that are no text."""
    return name.isprintable() or not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def shown(name: str) -> str:
    """Return a name with all that cannot be printed written out, as `\\r`."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def are_results(names: Iterable[str]) -> bool:
    """Tell by the names in it whether a folder holds results of Reprise."""
    return RECORD in names or MARKS - {RECORD} <= set(names)
