"""Make a picture of each frame that the gallery shows, large enough to compare two.

To make one takes longer than to find what it matches. So each is made once, called by what is in its file, and stays as
long as it is shown, whatever else a new threshold changes. A small file that a browser shows is its own large picture.
"""

from reprise.job import job

import csv
import hashlib
import io
import logging
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import cv2
import pandas as pd
from PIL import Image

from reprise import tables
from reprise.atomic import atomic_file
from reprise.hashes import edge_bitmap, is_for_black
from reprise.picture_text import picture_text
from reprise.pictures import BLACK, PictureFile, Pixels, Size, as_seen, halve, open_picture
from reprise.progress import progress
from reprise.shown_pairs import read_shown_pairs
from reprise.source import PanelSource, open_source
from reprise.threads import in_processes
from reprise.video import CONTAINERS, Video

LOGGER = logging.getLogger("reprise.large_pictures")

LARGEST = (640, 800)  # width and height
QUALITY, EFFORT = 75, 0  # of WebP; a higher effort takes a third more time for a quarter less room

# Files that a browser shows, and with which suffix. A still that is not much larger, and has no more bytes than its
# WebP may have, is taken as it is. So is a small animation, which then plays.
SHOWN_BY_BROWSERS = {"GIF": "gif", "PNG": "png", "JPEG": "jpg", "WEBP": "webp", "AVIF": "avif"}
MOST_BYTES_OF_STILL, MOST_BYTES_OF_ANIMATION = 64_000, 1_000_000
PLAIN_MODES = ("1", "L", "P", "RGB")  # of Pillow: browsers show them in the same colours

COLUMNS = ("panel", "frame", "file", "width", "height")

ITSELF = -1  # the number that stands for an animation itself

# Files in the store are called by DIGITS of the digest of the panel's file, the frame and the picture's size.
DIGITS = 20
NAMED = re.compile(r"([0-9a-f]{20})_(-1|\d+)_(\d+)x(\d+)\.\w+")

RUNS = 4  # in which each process does its share


class Picture(NamedTuple):
    """A large picture: of which frame, how large, and what its file is."""

    frame: int
    size: Size
    suffix: str
    content: bytes


def shrunk(pixels: Pixels, frame: int) -> Picture:
    """Return a WebP of the pixels of a frame, (height, width, 3) uint8, no larger than LARGEST."""
    height, width = pixels.shape[:2]
    shrink = min(1.0, LARGEST[0] / width, LARGEST[1] / height)
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
        pixels = halve(pixels)
    content = io.BytesIO()
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    Image.fromarray(small).save(content, "WEBP", quality=QUALITY, method=EFFORT)
    return Picture(frame, size, "webp", content.getvalue())


def is_its_own(file: PictureFile) -> bool:
    """Tell whether a still is shown as it is: a browser shows what Reprise sees, and it takes little room."""
    return (
        file.image.format in SHOWN_BY_BROWSERS
        and file.image.mode in PLAIN_MODES
        and not (file.image.has_transparency_data or file.cut_short or file.orientation != 1)
        and file.file_bytes <= MOST_BYTES_OF_STILL
        and all(side <= 2 * most for side, most in zip(file.size, LARGEST, strict=True))
    )


def of_frame(file: PictureFile, frame: int) -> Picture:
    """Return the picture of a frame of an open file as a reader sees it."""
    pixels = file.see(frame, least=LARGEST)
    if file.transparent:
        on_black = as_seen(file.image, BLACK, LARGEST)
        if is_for_black(*(int(edge_bitmap(seen).sum()) for seen in (pixels, on_black))):
            pixels = on_black
    return shrunk(pixels, frame)


def of_file(content: bytes, frames: Sequence[int]) -> list[Picture]:
    """Return the pictures of some frames of an image file; ITSELF is an animation as a whole."""
    with open_picture(content) as file:
        suffix = SHOWN_BY_BROWSERS.get(file.image.format or "", "")
        if getattr(file.image, "n_frames", 1) == 1 and is_its_own(file):
            return [Picture(0, file.size, suffix, content)]
        plays = ITSELF in frames and file.file_bytes <= MOST_BYTES_OF_ANIMATION
        itself = [Picture(ITSELF, file.size, suffix, content)] * plays
        return itself + [of_frame(file, frame) for frame in frames if frame != ITSELF]


def of_video(path: Path, container: str, frames: Sequence[int]) -> list[Picture]:
    """Return the pictures of some frames of a video."""
    made: list[Picture] = []
    for seen in Video(path, container).watch():
        if seen.number in frames:
            made.append(shrunk(seen.pixels, seen.number))
            if len(made) == len(frames):
                break
    return made


class Task(NamedTuple):
    """A panel of which pictures are made: its row of `panels.csv`, and the numbers of the frames, in their order."""

    panel: dict[str, str]
    frames: list[int]


def make(task: Task, source: PanelSource) -> list[Picture]:
    """Make the pictures of a panel. Of what cannot be read any more there are none: the gallery shows its thumbnail."""
    panel, frames = task
    try:
        if panel["format"] in CONTAINERS:
            with source.on_disk(panel["file"]) as path:
                return of_video(path, panel["format"], frames)
        content = source.read(panel["file"])
        if hashlib.sha256(content).hexdigest() != panel["sha256"]:
            raise ValueError("it is not the file any more that was fingerprinted")
        return of_file(content, frames)
    except Exception as error:  # decoders and archives raise anything
        LOGGER.warning("%s: no large picture: %s", panel["file"], str(error) or type(error).__name__)
        return []


def make_some(tasks: Sequence[Task], source: str | Path, store: Path) -> list[str]:
    """Make the pictures of some panels, put them and their texts into the store, and return what they are called."""
    files = []
    with open_source(source, [task.panel["file"] for task in tasks]) as opened:
        for task in tasks:
            for picture in make(task, opened):
                width, height = picture.size
                digest = task.panel["sha256"][:DIGITS]
                files.append(f"{digest}_{picture.frame}_{width}x{height}.{picture.suffix}")
                # The text comes first: where a picture is there, its text is.
                with atomic_file(store / f"{files[-1]}.js") as part:
                    part.write_text(picture_text(picture.content, picture.suffix), encoding="utf-8")
                with atomic_file(store / files[-1]) as part:
                    part.write_bytes(picture.content)
    return files


def frames_shown(shown: pd.DataFrame, panels: str | Path) -> Iterator[Task]:
    """Give, in story order, each panel that is shown with all its frames that are; of an animation ITSELF first.

    Args:
        shown: the pairs that are, with `frame_a` and `frame_b`.
        panels: the table of all panels.
    """
    frames = defaultdict[str, set[int]](set)
    for end in "ab":
        for panel, frame in zip(shown[f"panel_{end}"], shown[f"frame_{end}"], strict=True):
            frames[panel].add(frame)
    for row in tables.read_rows(panels):
        if row["panel"] in frames:
            plays = int(row["frames"]) > 1 and row["format"] in SHOWN_BY_BROWSERS
            yield Task(row, [ITSELF] * plays + sorted(frames[row["panel"]]))


def by_frame(files: Iterable[str]) -> dict[tuple[str, int], tuple[str, int, int]]:
    """Return, by digest and frame, the names of pictures and their width and height, which these names tell."""
    named = filter(None, map(NAMED.fullmatch, files))
    return {(name[1], int(name[2])): (name[0], int(name[3]), int(name[4])) for name in named}


def left_to_make(shown: Iterable[Task], there: Container[tuple[str, int]]) -> list[Task]:
    """Return what is not there, each once, in the order of the files: those of a container are read together."""
    tasks = {}
    for panel, frames in shown:
        missing = [frame for frame in frames if (panel["sha256"][:DIGITS], frame) not in there]
        if missing:
            tasks[panel["sha256"], *missing] = Task(panel, missing)
    return sorted(tasks.values(), key=lambda task: task.panel["file"])


def large_pictures(
    clusters: str | Path,
    ranking: str | Path,
    passages: str | Path,
    motifs: str | Path,
    pairs: str | Path,
    panels: str | Path,
    source: str | Path,
    table: str | Path,
    store: str | Path,
    processes: int = 1,
) -> None:
    """Make the pictures of all frames of the pairs that are shown, and remove those that are shown no more.

    Args:
        clusters, ranking, passages, motifs, pairs, panels: the tables of those names.
        source: the folder or archive of the panels.
        table: gets COLUMNS: for each frame the file in the store, and its size. An animation itself is frame ITSELF.
        store: the folder of pictures; those that are in it are not made again.
        processes: how many share the work.
    """
    store = Path(store)
    store.mkdir(exist_ok=True)
    pairs_shown = read_shown_pairs(clusters, ranking, passages, motifs, pairs, ["frame_a", "frame_b"])
    shown = list(frames_shown(pairs_shown, panels))
    names = {path.name for path in store.iterdir()}
    there = by_frame(name for name in names if f"{name}.js" in names)
    tasks = left_to_make(shown, there)
    length = max(1, -(-len(tasks) // (RUNS * processes)))
    runs = [tasks[first : first + length] for first in range(0, len(tasks), length)]
    made = in_processes(partial(make_some, source=source, store=store), runs, processes)
    there |= by_frame(chain.from_iterable(progress(made, len(runs), "large_pictures")))
    rows = []
    for task in shown:
        keys = ((task.panel["sha256"][:DIGITS], frame) for frame in task.frames)
        rows += [(task.panel["panel"], key[1], *there[key]) for key in keys if key in there]
    kept = {file for _, _, file, _, _ in rows}
    for path in store.iterdir():
        if path.name.removesuffix(".js") not in kept:
            path.unlink()
    with atomic_file(table) as part, part.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    with job() as snakemake:
        large_pictures(
            clusters=snakemake.input.clusters,
            ranking=snakemake.input.ranking,
            passages=snakemake.input.passages,
            motifs=snakemake.input.motifs,
            pairs=snakemake.input.pairs,
            panels=snakemake.input.panels,
            source=snakemake.params.source,
            table=snakemake.output.table,
            store=Path(snakemake.output.table).with_suffix(""),
            processes=snakemake.threads,
        )
