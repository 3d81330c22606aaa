"""Compare every panel of one block with every panel of another and keep the pairs that are near enough to matter.

How two panels are compared is told in reprise.matching.comparison.
"""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from reprise.atomic import atomic_file
from reprise.matching.blocks import read_block
from reprise.matching.comparison import Ceilings, compare_blocks
from reprise.own_lines import read_own_lines


def hamming_block(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    mirrored: bool,
    ceilings: Ceilings,
    most: int,
    fewest_edges: int,
    block: str | Path,
    threads: int = 1,
    own_lines: str | Path | None = None,
) -> None:
    """Compare the panels of two blocks, each a run of shards, and write the pairs that are near and a count of all.

    `first_a` and `first_b` are the places of the blocks' first panels in the comic, and `own_lines` tells which lines
    count, see reprise.own_lines. Of each panel one pair more than `most` is kept, which tells of which panels there
    were more. The file holds `pairs` and `histogram` as `compare_blocks` returns them, `pairs_compared`, `bitmap_bits`,
    and how many `panels` there are up to the last of the two blocks.
    """
    own = read_own_lines(own_lines)
    a = read_block(shards_a, first_a, own).of_whole_frames()
    b = a if first_a == first_b else read_block(shards_b, first_b, own).of_whole_frames()
    pairs, histogram = compare_blocks(a, b, mirrored, ceilings, most + 1, fewest_edges, threads)
    told = {"pairs": pairs, "histogram": histogram, "pairs_compared": histogram.sum()}
    with atomic_file(block) as part:
        np.savez(part, **told, bitmap_bits=a.bitmap_bits, panels=b.first + len(b))


if __name__ == "__main__":
    with job() as snakemake:
        hamming_block(
            shards_a=snakemake.input.a,
            shards_b=snakemake.input.b,
            first_a=snakemake.params.first_a,
            first_b=snakemake.params.first_b,
            mirrored=snakemake.params.mirror,
            ceilings=Ceilings(**snakemake.params.ceilings),
            most=snakemake.params.most,
            fewest_edges=snakemake.params.fewest_edges,
            block=snakemake.output.block,
            own_lines=snakemake.input.own_lines,
            threads=snakemake.threads,
        )
