"""Choose for each panel, over all blocks, its partners: the panels nearest to it as they stand, and those most like it
once they are moved.

What a block keeps of a panel depends on the other panels of the block. The choice made here does not. However many
panels are alike, there are so many pairs for each panel at most.
"""

from reprise.job import job

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.matching.blocks import in_order, keep_nearest, nearest_partners


def panels_near_many(pairs: NDArray[Any], most: int) -> NDArray[np.int64]:
    """Return the panels, in order, that are in more than `most` of the pairs."""
    panels, counts = np.unique(np.concatenate([pairs["a"], pairs["b"]]), return_counts=True)
    return panels[counts > most].astype(np.int64)


def as_numbers(pairs: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a number for each of the two frames of candidates: each panel of a page has partners of its own."""
    of_a, of_b = (pairs[end] << 32 | pairs[f"frame_{end}"] for end in "ab")
    return of_a, of_b


def partners(
    blocks: Iterable[str | Path],
    candidates: Iterable[str | Path],
    most_near: int,
    most_alike: int,
    chosen: str | Path,
) -> None:
    """Choose from what all blocks kept.

    Args:
        blocks: what `hamming_block` wrote.
        candidates: what `search_block` wrote, if panels were searched for.
        most_near: how many pairs of each panel are kept as they stand.
        most_alike: how many of its candidates are kept.
        chosen: gets `pairs` (blocks.PAIR) and, if there are any, `candidates` and those of the panels that pages are
            `cut` into (search_block.CANDIDATE), sorted by panels; the panels that were near more than `most_near`
            others, `capped`; how many `panels` there are; and, of all pairs compared, `histogram`, `pairs_compared`
            and `bitmap_bits`.
    """
    near = []
    told: dict[str, Any] = {"histogram": 0, "pairs_compared": 0, "panels": 0}
    for path in blocks:
        with np.load(path) as block:
            near.append(block["pairs"])
            told["histogram"] = told["histogram"] + block["histogram"]
            told["pairs_compared"] += int(block["pairs_compared"])
            told["panels"] = max(told["panels"], int(block["panels"]))
            told["bitmap_bits"] = int(block["bitmap_bits"])
    pairs = np.concatenate(near)
    told |= {"pairs": in_order(keep_nearest(pairs, most_near)), "capped": panels_near_many(pairs, most_near)}
    searched = list(map(np.load, candidates))
    if searched:
        found, cut = (np.concatenate([block[name] for block in searched]) for name in ("candidates", "cut"))
        told["candidates"] = in_order(found[nearest_partners(found["a"], found["b"], found["alike"], most_alike)])
        told["cut"] = in_order(cut[nearest_partners(*as_numbers(cut), cut["alike"], most_alike)])
    with atomic_file(chosen) as part:
        np.savez(part, **told)


if __name__ == "__main__":
    with job() as snakemake:
        partners(
            blocks=snakemake.input.blocks,
            candidates=snakemake.input.candidates,
            most_near=snakemake.params.most_near,
            most_alike=snakemake.params.most_alike,
            chosen=snakemake.output.chosen,
        )
