"""Train the words of parts: the cells of half a descriptor, from the features of panels.

It makes scripts/reprise/parts/words.npz anew, of panels whose licence allows it, by a seed:

    python benchmarks/scripts/train_words.py FOLDER... scripts/reprise/parts/words.npz
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from reprise.atomic import atomic_file
from reprise.parts.features import find_features, working_picture
from reprise.parts.letters import lettered
from reprise.parts.words import BITS, CELLS, HALF, Words, halves, nearest_cells
from reprise.pictures import open_picture
from reprise.source import list_images, open_source

SEED = 1
MOST_HALVES = 200_000
ROUNDS = 30


def halves_of(folders: Sequence[str | Path], seed: int) -> NDArray[np.float32]:
    """Return halves of the descriptors of all panels of some folders, as many of each, (n, HALF)."""
    lot = np.random.default_rng(seed)
    found = []
    for folder in folders:
        names = list_images(folder)
        rows = []
        with open_source(folder, names) as source:
            for name in names:
                with open_picture(source.read(name)) as file:
                    grey, _ = working_picture(file.see(0))
                rows.append(find_features(grey, lettered(grey))[1])
        own = halves(np.concatenate(rows)).reshape(-1, HALF)
        found.append(own[lot.permutation(len(own))[: MOST_HALVES // len(folders)]])
    return np.concatenate(found)


def train(rows: NDArray[np.float32], seed: int) -> Words:
    """Return the cells of halves, by k-means, and the directions and medians that tell halves within a cell."""
    lot = np.random.default_rng(seed)
    centres = rows[lot.permutation(len(rows))[:CELLS]]
    for _ in range(ROUNDS):
        cell = nearest_cells(rows, centres, 1)[:, 0]
        count = np.bincount(cell, minlength=CELLS)
        total = np.stack([np.bincount(cell, column, CELLS) for column in rows.T], axis=1)
        centres = np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], centres).astype(np.float32)
    directions = np.linalg.qr(lot.normal(size=(HALF, HALF)))[0][:, :BITS].astype(np.float32)
    cell = nearest_cells(rows, centres, 1)[:, 0]
    along = rows @ directions
    medians = np.stack([np.median(along[cell == number], axis=0) for number in range(CELLS)])
    return Words(centres, directions, medians.astype(np.float32))


def train_words(folders: Sequence[str | Path], words: str | Path, seed: int = SEED) -> None:
    """Train the words on the panels of some folders and write them, as float16."""
    trained = train(halves_of(folders, seed), seed)
    with atomic_file(words) as part:
        np.savez_compressed(part, **{name: array.astype(np.float16) for name, array in trained._asdict().items()})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", help="folders of panels")
    parser.add_argument("words", help="the file to write")
    asked = parser.parse_args()
    train_words(asked.folders, asked.words)
