"""Time the reading of panels beside a loop that only decodes the same frames, in turns.

Started as `front_end.py PANELS WORK` it reads all panels one way and prints the seconds.
"""

from reprise.job import job

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from fingerprint import MOST_FRAMES_READ, read_file
from reprise.atomic import atomic_file
from reprise.freed_memory import keep_freed_memory
from reprise.pictures import FORMATS, silence
from reprise.progress import progress
from reprise.source import PanelSource, list_images, open_source


def on_white(image: Image.Image) -> NDArray[np.uint8]:
    """Return the open frame on a white ground, by what Pillow has for that: (height, width, 3) uint8."""
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    return np.asarray(image.convert("RGB"))


def frames_of(content: bytes) -> Iterator[NDArray[np.uint8]]:
    """Decode the frames that Reprise reads of an image file, each on a white ground: (height, width, 3) uint8.

    A frame that cannot be decoded ends the file, as it does in Reprise.
    """
    try:
        with silence(), Image.open(io.BytesIO(content), formats=FORMATS) as image:
            for number in range(min(getattr(image, "n_frames", 1), MOST_FRAMES_READ)):
                image.seek(number)
                yield on_white(image)
    except Exception:
        return  # decoders raise anything on damaged files


def decode(source: PanelSource, file: str) -> None:
    """Read a file and decode its frames, for nothing."""
    for _ in frames_of(source.read(file)):
        pass


def fingerprint_file(source: PanelSource, file: str) -> str:
    """Read a file as Reprise does by default; return its format."""
    return read_file(source, file, "distinct", "area").format


WORKS: dict[str, Callable[[PanelSource, str], object]] = {"bare": decode, "reprise": fingerprint_file}
"""What is done with a file, and is timed."""


def read_all(panels: Path, work: str) -> float:
    """Do one of WORKS with all panels of a folder or archive; return the seconds of processor."""
    start = time.process_time()
    with open_source(panels) as source:
        for file in list_images(panels):
            WORKS[work](source, file)
    return time.process_time() - start


def read_apart(panels: Path, work: str) -> float:
    """Return what `read_all` takes in a process of its own."""
    command = [sys.executable, __file__, str(panels), work]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603
    return float(done.stdout)


def time_file(source: PanelSource, file: str, bare_first: bool) -> dict[str, float]:
    """Return the seconds of processor of each of WORKS on a file, done one right after the other."""
    seconds = {}
    for work in sorted(WORKS, reverse=not bare_first):
        start = time.process_time()
        WORKS[work](source, file)
        seconds[work] = time.process_time() - start
    return seconds


def sum_up(timed: pd.DataFrame) -> pd.DataFrame:
    """Return by format, and in `all`, how many `files`; milliseconds a file `bare_ms` and `reprise_ms`; and `ratio`.

    Of the rounds the median is taken.

    Args:
        timed: a row a file and round: `round`, `format`, `bare` and `reprise`, in seconds.
    """
    every = pd.concat([timed, timed.assign(format="all")])
    by_round = every.groupby(["format", "round"], sort=False).agg(
        files=("bare", "size"), bare_ms=("bare", "mean"), reprise_ms=("reprise", "mean")
    )
    by_round["ratio"] = by_round["reprise_ms"] / by_round["bare_ms"]
    by_round[["bare_ms", "reprise_ms"]] *= 1000
    return by_round.groupby("format", sort=False).median().reset_index().astype({"files": int})


def front_end(sets: Mapping[str, Path], rounds: int, table: Path) -> None:
    """Write what `sum_up` returns of each set of panels, with the `set` it is of.

    Files are read in turns in one process. Decoding is quicker where other work has left memory behind. So all
    are also read by a process for each way, in turns too: the row `all, apart`.

    Args:
        sets: by name, folders or archives of panels.
        rounds: how often all files of each are read.
        table: where to write.
    """
    tables = []
    for name, panels in sets.items():
        files = list_images(panels)
        with open_source(panels) as source:
            formats = [fingerprint_file(source, file) for file in files]
            rows: list[dict[str, object]] = []
            for turn in progress(range(rounds), rounds, f"front end, {name}"):
                for number, file in enumerate(files):
                    seconds = time_file(source, file, (turn + number) % 2 == 0)
                    rows.append({"round": turn, "format": formats[number], **seconds})
        together = sum_up(pd.DataFrame(rows))
        apart = [{work: read_apart(panels, work) / len(files) for work in WORKS} for _ in range(rounds)]
        by_process = sum_up(pd.DataFrame(apart).assign(round=range(rounds), format="all, apart"))[:1]
        tables.append(pd.concat([together, by_process.assign(files=len(files))]).assign(set=name))
    with atomic_file(table) as part:
        pd.concat(tables)[["set", *tables[0].columns[:-1]]].round(4).to_csv(part, index=False)


def one_thread() -> None:
    """Have OpenCV work as in Reprise's own jobs."""
    cv2.setNumThreads(1)


if "snakemake" in globals():
    with job() as snakemake:
        one_thread()
        front_end(
            sets=dict(zip(snakemake.params.sets, map(Path, snakemake.input.panels), strict=True)),
            rounds=snakemake.params.rounds,
            table=Path(snakemake.output.table),
        )
elif __name__ == "__main__":
    one_thread()
    if sys.argv[2] == "reprise":
        keep_freed_memory()  # as its jobs do
    print(read_all(Path(sys.argv[1]), sys.argv[2]))
