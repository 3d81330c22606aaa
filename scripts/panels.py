"""Join what is known of each panel: where it was found, and what reading it showed."""

from reprise.job import job

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file
from reprise.matching.blocks import read_block
from reprise.matching.canvas import read_points
from reprise.own_lines import OwnLines, read_own_lines
from reprise.shards import WHOLE_FRAME, Fingerprints

COLUMNS = [
    *("panel", "page", "count", "place", "page_name", "file", "url", "page_url", "title", "text"),
    *("sha256", "format", "width", "height", "frames", "status", "detail", "edges"),
]


def most_edges(edge_count: np.ndarray, frame_start: np.ndarray) -> np.ndarray:
    """Return for each panel the most edge pixels that one of its frames has, 0 for a panel without frames."""
    most = [edge_count[start:end].max(initial=0) for start, end in pairwise(frame_start)]
    return np.array(most, dtype=np.int64)


def read_shard(shard: str | Path, own: OwnLines | None = None) -> pd.DataFrame:
    """Return what a shard says of its panels, a row each; `own` tells which edges count."""
    read = Fingerprints([shard])
    bitmaps = read_block([shard], own=own).edge_count
    points = np.diff(read_points([shard], own).start) if own else read.points
    return pd.DataFrame(
        {
            "panel": read.panel,
            "sha256": read.sha256,
            "format": read.format,
            "width": read.width,
            "height": read.height,
            "frames": read.frames_in_file,
            "read_status": read.status,
            "detail": read.detail,
            "edges": most_edges(np.where(read.cut <= WHOLE_FRAME, np.maximum(bitmaps, points), 0), read.start),
        }
    )


def panels(
    index: str | Path, shards: Sequence[str | Path], table: str | Path, own_lines: str | Path | None = None
) -> None:
    """Write `panels.csv`: a row for every panel of the index, in story order.

    `status` is `ok`, or why the panel could not be fetched or read. `edges` is the most edges that a frame of it has,
    in its bitmap or as points; `own_lines` tells which count.
    """
    found = tables.read_csv(index, dtype=str, keep_default_na=False)
    own = read_own_lines(own_lines)
    rows = found.merge(pd.concat([read_shard(shard, own) for shard in shards]), on="panel", validate="one_to_one")
    rows["status"] = rows["status"].where(rows["status"] != "ok", rows["read_status"])
    with atomic_file(table) as part:
        tables.write_csv(rows[COLUMNS], part)


if __name__ == "__main__":
    with job() as snakemake:
        panels(
            index=snakemake.input.index,
            shards=snakemake.input.shards,
            table=snakemake.output.panels,
            own_lines=snakemake.input.own_lines,
        )
