"""Draw pictures that share parts, and tell where these lie.

What they share, how it comes back, and what else they show is told by the package `demo_comic.parts`.
"""

from reprise.job import job

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from demo_comic.marks import generator
from demo_comic.parts.comic import Comic
from demo_comic.parts.lookalikes import LOOKALIKES
from demo_comic.parts.materials import Kit, Material
from demo_comic.parts.places import Place
from demo_comic.parts.plan import TRUTH, plan_pictures, shared_boxes
from draw_comic import LABELS
from emoji_material import Emoji
from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress


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
    tasks = plan_pictures(Comic(material, seed), motifs, dict.fromkeys(LOOKALIKES, lookalikes))
    rng, rows, shown = generator(seed, "formats"), list[tuple[str, int, str, str]](), list[tuple[str, Place]]()
    with atomic_folder(panels) as folder:
        for number, (kind, draw) in enumerate(progress(tasks, len(tasks), "pictures drawn"), start=1):
            panel, name = draw(), f"{number:04d}.{rng.choices(('png', 'jpg'), (7, 3))[0]}"
            panel.picture.save(folder / name, quality=88)  # which a PNG has no use for
            rows.append((name, number, kind, ""))
            shown += [(name, place) for place in panel.places]
    tables = ((rows, LABELS, labels), (shared_boxes(shown), TRUTH, truth))
    for table, columns, path in tables:
        with atomic_file(path) as part:
            pd.DataFrame(table, columns=columns).to_csv(part, index=False)


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
