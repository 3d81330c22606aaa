"""A folder or an archive of hostile files: the run ends, says of each why it is not used, and finds what is sound."""

import csv
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from comics import Comic, draw_folder

from hostile import hostile, lying_entries, stored, zip_of

HOSTILE, SOUND = 330, 20
MOST_KILOBYTES = 700 * 1024  # of a job
STATUSES = {"ok", "damaged", "too large", "not an image", "empty file", "missing file", "unreadable file"}

# Runs a command and prints how much memory, in kB, that of all its processes took that took most.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


def lay_traps(folder: Path) -> None:
    """Put what is no file under names of pictures: a folder, a pipe, a socket, links that lead nowhere."""
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    (folder / "dangling.png").symlink_to("nowhere.png")
    (folder / "loop.png").symlink_to("loop.png")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.path.relpath(folder / "socket.png"))


def worked_through(directory: Path, source: Path) -> Comic:
    """Run the workflow on a folder or archive, within bounds of memory."""
    comic = Comic(directory, {"comic": {"source": "folder", "folder": str(source)}})
    done = subprocess.run([sys.executable, "-c", MEASURED, *comic.snakemake()], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-6000:]
    assert int(done.stdout) < MOST_KILOBYTES
    return comic


@pytest.fixture(scope="module")
def comic(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """The folder, worked through once."""
    place = tmp_path_factory.mktemp("hostile")
    pages = place / "pages"
    draw_folder(pages, SOUND)
    for name, content in hostile(HOSTILE, 1).items():
        (pages / name).write_bytes(content)
    lay_traps(pages)
    return worked_through(place / "run", pages)


def rows(comic: Comic, table: str) -> list[dict[str, str]]:
    with (comic.results / table).open(newline="", encoding="utf-8") as read:
        return list(csv.DictReader(read))


def test_each_file_that_cannot_be_used_says_why(comic: Comic) -> None:
    panels = {row["file"]: row for row in rows(comic, "panels.csv")}
    names = {path.name for path in Path(comic.settings["comic"]["folder"]).iterdir()} - {"folder.png"}
    assert set(panels) == names
    assert {row["status"] for row in panels.values()} == STATUSES
    for row in panels.values():
        assert row["status"] in ("ok", "empty file") or row["detail"], row
    assert {panels[name]["status"] for name in ("pipe.png", "socket.png", "loop.png")} == {"unreadable file"}
    assert panels["dangling.png"]["status"] == "missing file"


def matches(comic: Comic) -> set[tuple[str, str]]:
    """Return the pairs of sound panels that match."""
    sound = {f"{page}_1.png" for page in range(1, SOUND + 1)}
    found = {(row["file_a"], row["file_b"]) for row in rows(comic, "pairs.csv")}
    return {pair for pair in found if sound.issuperset(pair)}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """The sound panels, worked through with nothing beside them."""
    place = tmp_path_factory.mktemp("alone")
    draw_folder(place / "pages", SOUND)
    comic = Comic(place / "run", {"comic": {"source": "folder", "folder": str(place / "pages")}})
    comic.run()
    assert len(matches(comic)) == SOUND // 5
    return comic


def test_sound_panels_match_as_they_do_alone(comic: Comic, alone: Comic) -> None:
    assert matches(comic) == matches(alone)


def test_an_archive_that_lies(alone: Comic, tmp_path: Path) -> None:
    """Each lie is told of, and the sound panels match as they do alone."""
    pages = Path(alone.settings["comic"]["folder"])
    sound = [stored(page.name, page.read_bytes()) for page in sorted(pages.iterdir())]
    lies = list(lying_entries())
    packed = tmp_path / "lies.cbz"
    packed.write_bytes(zip_of([*sound, *lies], [b"the same bytes again.png"]))
    comic = worked_through(tmp_path / "run", packed)
    panels = {row["file"]: row for row in rows(comic, "panels.csv")}
    passed_over = {row["file"]: row["reason"] for row in rows(comic, "passed_over.csv")}
    overlapped = lies[-1].name.decode()
    assert set(passed_over) == {overlapped}
    told = {lie.name.decode() for lie in lies} - {overlapped} | {"the same bytes again.png"}
    assert set(panels) == told | {entry.name.decode() for entry in sound}
    unread = {name for name, row in panels.items() if row["status"] != "ok"}
    assert unread == told - {"says more.png"}
    assert all(panels[name]["detail"] for name in unread)
    assert matches(comic) == matches(alone)
