"""Draw the edges by which panels were compared: a picture for each page of the gallery where panels are looked up."""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from reprise.atomic import atomic_folder
from reprise.look_up import ACROSS, PANELS_A_PAGE
from reprise.own_lines import read_own_lines
from reprise.shards import EDGE_SIZE, Fingerprints


def edge_pictures(shards: Sequence[str | Path], own_lines: str | Path | None, folder: str | Path) -> None:
    """Write `<folder>/1.png` and so on: the edges of PANELS_A_PAGE panels each, in black, ACROSS side by side.

    They are those of the first frames. A panel that could not be read has none. As one file they take less time and
    room than as a hundred.

    Args:
        shards: the fingerprints of all panels.
        own_lines: tells which of their lines count, see reprise.own_lines; without it all do.
        folder: where to write; what was there is replaced.
    """
    fingerprints, own = Fingerprints(shards), read_own_lines(own_lines)
    panels = fingerprints.frames
    seen = np.flatnonzero(panels)
    of_first = fingerprints.start[seen]
    edges = fingerprints.edges[of_first]
    if own:
        edges &= own.bitmaps(edges, fingerprints.cut[of_first])
    with atomic_folder(folder) as part:
        for page, first in enumerate(range(0, len(panels), PANELS_A_PAGE), 1):
            here = (seen >= first) & (seen < first + PANELS_A_PAGE)
            down = -(-min(PANELS_A_PAGE, len(panels) - first) // ACROSS)
            tiles = np.zeros((down * ACROSS, EDGE_SIZE, EDGE_SIZE), np.uint8)
            tiles[seen[here] - first] = np.unpackbits(edges[here], axis=1).reshape(-1, EDGE_SIZE, EDGE_SIZE)
            rows = tiles.reshape(down, ACROSS, EDGE_SIZE, EDGE_SIZE).swapaxes(1, 2)
            sheet = rows.reshape(down * EDGE_SIZE, ACROSS * EDGE_SIZE)
            Image.fromarray(sheet == 0).save(part / f"{page}.png", compress_level=1)


if __name__ == "__main__":
    with job() as snakemake:
        edge_pictures(
            shards=snakemake.input.shards,
            own_lines=snakemake.input.own_lines or None,
            folder=snakemake.output.folder,
        )
