"""Choose for each panel, over all blocks, its partners: the panels nearest to it as they stand, and those most like it
once they are moved.

What a block keeps of a panel depends on the other panels of the block. The choice made here does not. However many
panels are alike, there are so many pairs for each panel at most.
"""

from reprise.job import job

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import isqrt
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.matching.blocks import dice, in_order, nearest_partners, ranked


@dataclass
class Found:
    """The pairs that were found in all comparisons of two blocks.

    Attributes:
        paths: a file for every two blocks, the upper triangle row by row.
        name: of the pairs in each.
        likeness: tells how alike they are.
    """

    paths: Sequence[str | Path]
    name: str
    likeness: Callable[[NDArray[Any]], NDArray[Any]]

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return (isqrt(8 * len(self.paths) + 1) - 1) // 2

    @property
    def dtype(self) -> np.dtype[Any]:
        """What is kept of a pair."""
        with np.load(self.paths[0]) as found:
            return found[self.name].dtype

    def row(self, block: int, whole: bool) -> Iterator[tuple[int, int, NDArray[Any]]]:
        """Give the pairs of one block with itself and those after it, or with all, two blocks at a time."""
        for (i, j), path in zip(combinations_with_replacement(range(self.blocks), 2), self.paths, strict=True):
            if i == block or (whole and j == block):
                with np.load(path) as found:
                    yield i, j, found[self.name]


@dataclass
class Limits:
    """Of each panel, how alike the last of the partners is that are kept, and which it is.

    Attributes:
        alike: (P,) float64; -inf where there are fewer partners than are kept.
        last: (P,) int64.
    """

    alike: NDArray[np.float64]
    last: NDArray[np.int64]

    def hold(self, panel: NDArray[Any], partner: NDArray[Any], alike: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which partners of panels are kept."""
        least = self.alike[panel]
        return (alike > least) | ((alike == least) & (partner <= self.last[panel]))


def find_limits(found: Found, panels: int, most: int) -> Limits:
    """Find up to which partner each panel keeps its `most` nearest, block by block.

    What is held at a time is what one block's panels keep and what two blocks found.
    """
    limits = Limits(np.full(panels, -np.inf), np.zeros(panels, np.int64))
    for block in range(found.blocks):
        nearest: list[NDArray[Any]] = [np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)]
        for i, j, pairs in found.row(block, whole=True):
            alike = found.likeness(pairs)
            for side, panel, partner in ((i, pairs["a"], pairs["b"]), (j, pairs["b"], pairs["a"])):
                if side == block:
                    near = limits.hold(panel, partner, alike)
                    more = panel[near], partner[near], alike[near]
                    nearest = [np.concatenate(both) for both in zip(nearest, more, strict=True)]
            order, place = ranked(*nearest)
            last = order[place == most - 1]
            limits.alike[nearest[0][last]], limits.last[nearest[0][last]] = nearest[2][last], nearest[1][last]
            nearest = [column[order[place < most]] for column in nearest]
    return limits


def choose(found: Found, panels: int, most: int, chosen: IO[bytes]) -> NDArray[np.int64]:
    """Write the pairs, sorted by panels, in which one panel is among the `most` nearest of the other.

    Returns:
        In how many pairs that were found each panel is, (panels,).
    """
    limits = find_limits(found, panels, most)
    degrees = np.zeros(panels, np.int64)
    for block in range(found.blocks):
        kept = []
        for _, _, pairs in found.row(block, whole=False):
            a, b, alike = pairs["a"], pairs["b"], found.likeness(pairs)
            kept.append(pairs[limits.hold(a, b, alike) | limits.hold(b, a, alike)])
            for end in (a, b):
                degrees += np.bincount(end, minlength=panels)
        chosen.write(in_order(np.concatenate(kept)).tobytes())
    return degrees


def write_arrays(arrays: Mapping[str, Any], path: Path) -> None:
    """Write arrays as `np.savez` does. The rows of an array may be in a file, with their type; they are not held."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                if isinstance(array, tuple):
                    rows, dtype = array
                    shape = (rows.seek(0, os.SEEK_END) // dtype.itemsize,)
                    about = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
                    npy.write_array_header_1_0(entry, about)
                    rows.seek(0)
                    shutil.copyfileobj(rows, entry)
                else:
                    npy.write_array(entry, np.asanyarray(array))


def choose_cut(candidates: Sequence[str | Path], most: int) -> NDArray[Any]:
    """Return the candidates of the panels that pages are cut into, sorted by pages.

    Each panel of a page has partners of its own, and they are held all at once.
    """
    cut = np.concatenate([np.load(path)["cut"] for path in candidates])
    of_a, of_b = (cut[end] << 32 | cut[f"frame_{end}"] for end in "ab")
    return in_order(cut[nearest_partners(of_a, of_b, cut["alike"], most)])


def partners(
    blocks: Sequence[str | Path],
    candidates: Sequence[str | Path],
    most_near: int,
    most_alike: int,
    chosen: str | Path,
) -> None:
    """Choose from what all blocks kept.

    Args:
        blocks: what `hamming_block` wrote of every two blocks, the upper triangle row by row.
        candidates: what `search_block` wrote, likewise, if panels were searched for.
        most_near: how many pairs of each panel are kept as they stand.
        most_alike: how many of its candidates are kept.
        chosen: gets `pairs` (blocks.PAIR) and, if there are any, `candidates` and those of the panels that pages are
            `cut` into (search_block.CANDIDATE), sorted by panels; the panels that were near more than `most_near`
            others, `capped`; how many `panels` there are; and, of all pairs compared, `histogram`, `pairs_compared`
            and `bitmap_bits`.
    """
    told: dict[str, Any] = {"histogram": 0, "pairs_compared": 0, "panels": 0}
    for path in blocks:
        with np.load(path) as block:
            told["histogram"] = told["histogram"] + block["histogram"]
            told["pairs_compared"] += int(block["pairs_compared"])
            told["panels"] = max(told["panels"], int(block["panels"]))
            told["bitmap_bits"] = int(block["bitmap_bits"])
    with atomic_file(chosen) as part, TemporaryFile(dir=part.parent) as near, TemporaryFile(dir=part.parent) as alike:
        found = Found(blocks, "pairs", dice)
        degrees = choose(found, told["panels"], most_near, near)
        told |= {"pairs": (near, found.dtype), "capped": np.flatnonzero(degrees > most_near)}
        if candidates:
            found = Found(candidates, "candidates", lambda pairs: pairs["alike"])
            choose(found, told["panels"], most_alike, alike)
            told["candidates"] = alike, found.dtype
            told["cut"] = choose_cut(candidates, most_alike)
        write_arrays(told, part)


if __name__ == "__main__":
    with job() as snakemake:
        partners(
            blocks=snakemake.input.blocks,
            candidates=snakemake.input.candidates,
            most_near=snakemake.params.most_near,
            most_alike=snakemake.params.most_alike,
            chosen=snakemake.output.chosen,
        )
