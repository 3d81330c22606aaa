"""Time the peers on some panels, from files to groups."""

import csv
from collections.abc import Mapping
from pathlib import Path

from measure import measure
from reprise.atomic import atomic_file


def peer_times(
    panels: Path, name: str, pythons: Mapping[str, Path], script: Path, folder: Path, table: Path, log: Path
) -> None:
    """Write what each peer took: `set`, `peer`, `wall`, `cpu` (seconds), `peak` (MB of its largest process), `groups`.

    Args:
        panels: a folder.
        name: of the set of panels.
        pythons: by peer, the Python that has it.
        script: `peer_groups.py`.
        folder: where what the peers find is put.
        table: where to write.
        log: gets what they say.
    """
    rows: list[tuple[object, ...]] = [("set", "peer", "wall", "cpu", "peak", "groups")]
    for peer, python in pythons.items():
        groups = folder / f"{peer}.csv"
        usage = measure([python, script, peer, panels, groups], log)
        with groups.open(newline="", encoding="utf-8") as lines:
            count = len({row["group"] for row in csv.DictReader(lines)})
        rows.append((name, peer, *(round(figure, 3) for figure in usage), count))
    with atomic_file(table) as part, part.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines, lineterminator="\n").writerows(rows)


if "snakemake" in globals():
    job = globals()["snakemake"]
    peer_times(
        *(Path(job.input.panels), job.wildcards.timed),
        dict(zip(job.params.peers, map(Path, job.input.pythons), strict=True)),
        *(Path(job.input.script), Path(job.params.found), Path(job.output.table), Path(job.log[0])),
    )
