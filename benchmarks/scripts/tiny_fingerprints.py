"""Make the fingerprints of very many tiny pictures without the pictures, as a run of Reprise would leave them.

Their edges are those of `tiny_panels`. What plain search does not look at is left out: they have no edge points, and
their hashes are all the same. What can be seen of them takes most of the disk, 16 kB each. So what was seen of one
shard stands for all shards of its size.
"""

from reprise.job import job

import os
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from index_panels import INDEX_COLUMNS, PAGE_COLUMNS, block_growth, cut, shard_growth
from reprise import tables
from reprise.atomic import atomic_folder
from reprise.hashes import edge_bitmap
from reprise.shards import COLOUR_SIZE, EDGE_SIZE, GRID, Fingerprint, Panel, write_shard
from reprise.threads import in_processes
from tiny_panels import tiny_panel


def tiny_fingerprint(seed: int, number: int, copies: float) -> Panel:
    """Return what is kept of a picture: its bitmap, and what can be seen of it."""
    picture = np.ascontiguousarray(tiny_panel(seed, number, copies)[:, :, ::-1])  # as it is read back from a file
    edges = edge_bitmap(picture)
    frame = Fingerprint(
        number=0,
        edges=np.packbits(edges),
        edge_count=int(edges.sum()),
        average_hash=np.uint64(0),
        dct_hash=np.uint64(0),
        digest=np.uint64(number),
        colours=np.asarray(cv2.resize(picture, (COLOUR_SIZE, COLOUR_SIZE), interpolation=cv2.INTER_AREA), np.uint8),
        samples=cv2.resize(picture, (GRID, GRID), interpolation=cv2.INTER_NEAREST),
        lettered=np.zeros((GRID, GRID // 8), np.uint8),
        edge_points=np.empty((0, 3), np.uint8),
        canvas_size=(EDGE_SIZE, EDGE_SIZE),
        thumbnail=b"",
        thumbnail_size=(0, 0),
    )
    return Panel(format="PNG", width=EDGE_SIZE, height=EDGE_SIZE, frames_in_file=1, frames=[frame])


def write_some(task: tuple[int, float, int, int, Path, Path]) -> None:
    """Write the shard of the pictures from the first to the one before the last; see `tiny_fingerprints`."""
    seed, copies, first, last, shard, pictures = task
    cv2.setNumThreads(1)
    panels = [tiny_fingerprint(seed, number, copies) for number in range(first, last)]
    write_shard([f"{number + 1}_1" for number in range(first, last)], panels, shard, pictures)


def write_index(count: int, cores: int, results: Path) -> list[tuple[int, int]]:
    """Write what `index_panels` writes of so many panels, and return the first and the last of each shard."""
    names = np.arange(1, count + 1).astype(str)
    of_shard, of_block = cut(count, shard_growth(None, cores), block_growth(None))
    pages = pd.DataFrame({"page": names, "place": names, "page_name": names, "panels": 1, "status": "ok"})
    panels = pages.assign(panel=np.char.add(names, "_1"), count=1, file=np.char.add(names, ".png"))
    panels = panels.reindex(columns=INDEX_COLUMNS, fill_value="").assign(shard=of_shard, block=of_block)
    tables.write_csv(panels, results / "index.csv")
    tables.write_csv(pages.reindex(columns=PAGE_COLUMNS, fill_value=""), results / "pages.csv")
    tables.write_csv(pd.DataFrame(columns=["file", "reason"]), results / "passed_over.csv")
    (results / "story.txt").write_text(f"pages 1 to {count}\n", encoding="utf-8")
    starts = np.unique(of_shard, return_index=True)[1].tolist()
    return list(pairwise([*starts, count]))


def tiny_fingerprints(count: int, seed: int, copies: float, cores: int, results: Path) -> None:
    """Write what a run leaves of so many pictures once they are fingerprinted; of so many `copies` are of others.

    Args:
        count, seed, copies: as of `tiny_panels`.
        cores: how many share the work, here and in the run that goes on from there.
        results: gets what stands in `results` before the shared lines are told.
    """
    for folder in ("fingerprints", "pictures", "thumbnails"):
        (results / folder).mkdir(parents=True)
    shards = write_index(count, cores, results)
    names = [f"{number:04}" for number in range(len(shards))]
    pictures = [results / "pictures" / f"{name}.npy" for name in names]
    first_of_size: dict[int, Path] = {}
    tasks = [
        (seed, copies, *shard, results / "fingerprints" / f"{name}.npz", seen)
        for shard, name, seen in zip(shards, names, pictures, strict=True)
    ]
    for (*_, seen), (first, last), _ in zip(tasks, shards, in_processes(write_some, tasks, cores), strict=True):
        same = first_of_size.setdefault(last - first, seen)
        if same != seen:
            seen.unlink()
            os.link(same, seen)
    for name in names:
        (results / "thumbnails" / name).mkdir()


if __name__ == "__main__":
    with job() as snakemake, atomic_folder(snakemake.output.results) as folder:
        tiny_fingerprints(
            count=int(snakemake.wildcards.number),
            seed=snakemake.params.seed,
            copies=snakemake.params.copies,
            cores=snakemake.threads,
            results=folder,
        )
