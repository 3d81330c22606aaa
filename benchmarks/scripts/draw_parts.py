"""Draw pictures that share parts, and tell where these lie.

What they share, how it comes back, and what else they show is told by the package `shared_parts`.
"""

from reprise.job import job

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import combinations
from pathlib import Path

import pandas as pd

from demo_comic.marks import generator
from draw_comic import LABELS
from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress
from shared_parts.comic import Comic
from shared_parts.items import Box
from shared_parts.kinds import FIGURES, PIECES, STRIPS, draw_figure, draw_piece, draw_strip
from shared_parts.lookalikes import LOOKALIKES, draw_lookalike
from shared_parts.materials import Emoji, Kit, Material
from shared_parts.places import Panel, Place, common

TRUTH = ["file_a", "file_b", "kind", "mirrored", "box_a", "box_b"]
"""Columns of the truth: two files that share a part, and where it lies in each, "left top right bottom" in pixels."""


def tasks_of(comic: Comic, motifs: Mapping[str, int], lookalikes: int) -> list[tuple[str, Callable[[], Panel]]]:
    """Return the pictures of a set, in the order in which they stand in it: the kind of each, and what draws it."""
    tasks: list[tuple[str, Callable[[], Panel]]] = []
    for kind, count in motifs.items():
        draw = draw_strip if kind in STRIPS else draw_piece if kind in PIECES else draw_figure
        for motif in range(count):
            for showing in range(3 if kind in FIGURES and motif % 3 == 0 else 2):
                tasks.append((kind, partial(draw, comic, kind, motif, showing)))
    for kind in LOOKALIKES:
        tasks += [(kind, partial(draw_lookalike, comic, kind, number)) for number in range(lookalikes)]
    generator(comic.seed, "order").shuffle(tasks)
    return tasks


def truth_of(shown: Iterable[tuple[str, Place]]) -> pd.DataFrame:
    """Return the TRUTH: each pair of files that show one motif, and where the piece of it lies that both show."""
    places: dict[tuple[str, int], list[tuple[str, Place]]] = {}
    for file, place in shown:
        places.setdefault((place.kind, place.motif), []).append((file, place))
    rows = []
    for (kind, _), of_motif in places.items():
        for (file_a, a), (file_b, b) in combinations(of_motif, 2):
            both, mirrored = common(a.seen, b.seen), a.scale[0] * b.scale[0] < 0
            rows.append((file_a, file_b, kind, mirrored, written(a.box(both)), written(b.box(both))))
    return pd.DataFrame(sorted(rows), columns=TRUTH)


def written(edges: Box) -> str:
    """Return a box as it stands in a table."""
    return " ".join(str(round(edge)) for edge in edges)


def draw_parts(
    material: Material, seed: int, motifs: Mapping[str, int], lookalikes: int, panels: Path, labels: Path, truth: Path
) -> None:
    """Draw a set into a folder, `<number>.png` or `.jpg`, and write its LABELS and its TRUTH.

    By the labels each picture stands alone, as a part makes no two pictures one; their `transformation` is the kind of
    the part or of the lookalike.

    Args:
        material: who draws.
        seed: of all that is drawn.
        motifs: how many of each kind; of FIGURES each third is seen three times, all else twice.
        lookalikes: how many pictures of each kind of LOOKALIKES.
        panels, labels, truth: where to write.
    """
    tasks = tasks_of(Comic(material, seed), motifs, lookalikes)
    rng, rows, shown = generator(seed, "formats"), [], list[tuple[str, Place]]()
    with atomic_folder(panels) as folder:
        for number, (kind, draw) in enumerate(progress(tasks, len(tasks), "pictures drawn"), start=1):
            panel, name = draw(), f"{number:04d}.{rng.choices(('png', 'jpg'), (7, 3))[0]}"
            panel.picture.save(folder / name, quality=88)  # which a PNG has no use for
            rows.append((name, number, kind, ""))
            shown += [(name, place) for place in panel.places]
    for table, path in ((pd.DataFrame(rows, columns=LABELS), labels), (truth_of(shown), truth)):
        with atomic_file(path) as part:
            table.to_csv(part, index=False)


if __name__ == "__main__":
    with job() as snakemake:
        seed = snakemake.params.seed
        draw_parts(
            material=Emoji(seed, Path(snakemake.input.figures)) if snakemake.input.figures else Kit(seed),
            seed=seed,
            motifs=snakemake.params.motifs,
            lookalikes=snakemake.params.lookalikes,
            panels=Path(snakemake.output.panels),
            labels=Path(snakemake.output.labels),
            truth=Path(snakemake.output.truth),
        )
