"""Measure how far apart all panels are by one metric: the distances that the study's groupings start from."""

from reprise.job import job

from pathlib import Path

import numpy as np
import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file
from reprise.study.distances import distance_matrix
from reprise.study.files import Shards

COLUMNS = ["panel_a", "panel_b", "distance"]


def distances(
    metric: str, bitmaps: Shards, fingerprints: Shards, mirrored: bool, fewest_edges: int, table: str | Path
) -> None:
    """Write the distances of all pairs of panels by a metric: `panel_a`, the earlier, `panel_b` and `distance`.

    Nearest pairs come first, equally near ones in story order. The arguments are those of `distance_matrix`.
    """
    panels, matrix = distance_matrix(metric, bitmaps, fingerprints, mirrored, fewest_edges)
    a, b = np.triu_indices(len(panels), k=1)
    distance = matrix[a, b].round(6)
    nearest_first = np.argsort(distance, kind="stable")
    names = np.array(panels, dtype=object)
    columns = (names[a], names[b], distance)
    rows = pd.DataFrame({key: column[nearest_first] for key, column in zip(COLUMNS, columns, strict=True)})
    with atomic_file(table) as part:
        tables.write_csv(rows, part)


if __name__ == "__main__":
    with job() as snakemake:
        distances(
            metric=snakemake.wildcards.metric,
            bitmaps=snakemake.input.bitmaps,
            fingerprints=snakemake.input.fingerprints,
            mirrored=snakemake.params.mirror,
            fewest_edges=snakemake.params.fewest_edges,
            table=snakemake.output.table,
        )
