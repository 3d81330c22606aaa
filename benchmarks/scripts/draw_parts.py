"""Draw pictures that share parts, and tell where these lie.

What they share, how it comes back, and what else they show is told by the package `demo_comic.parts`.
"""

from reprise.job import job

from collections.abc import Iterable, Mapping
from itertools import combinations
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


def open_pairs(families: Mapping[str, set[int]], true: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of files that show drawings of one family, and no part that the truth knows.

    Args:
        families: of each file, in order.
        true: the pairs of the truth.
    """
    known = set(true)
    pairs = combinations(families, 2)
    return [pair for pair in pairs if families[pair[0]] & families[pair[1]] and pair not in known]


def draw_parts(
    material: Material,
    seed: int,
    motifs: Mapping[str, int],
    lookalikes: int,
    panels: Path,
    labels: Path,
    truth: Path,
    ignored: Path,
) -> None:
    """Draw a set into a folder, `<number>.png` or `.jpg`, and write its LABELS, its TRUTH, and the pairs left open.

    By the labels each picture stands alone, as a part makes no two pictures one; their `transformation` is the kind of
    the part or of the lookalike. Pairs are left open where two emoji of one family are in the pictures.

    Args:
        material: who draws.
        seed: of all that is drawn.
        motifs: how many of each kind; of FIGURES each third is seen three times, all else twice.
        lookalikes: how many pictures of each kind of LOOKALIKES.
        panels, labels, truth, ignored: where to write.
    """
    tasks = plan_pictures(Comic(material, seed), motifs, dict.fromkeys(LOOKALIKES, lookalikes))
    rng, rows, shown = generator(seed, "formats"), list[tuple[str, int, str, str]](), list[tuple[str, Place]]()
    families: dict[str, set[int]] = {}
    with atomic_folder(panels) as folder:
        for number, (kind, draw) in enumerate(progress(tasks, len(tasks), "pictures drawn"), start=1):
            panel, name = draw(), f"{number:04d}.{rng.choices(('png', 'jpg'), (7, 3))[0]}"
            panel.picture.save(folder / name, quality=88)  # which a PNG has no use for
            rows.append((name, number, kind, ""))
            shown += [(name, place) for place in panel.places]
            families[name] = material.families() if isinstance(material, Emoji) else set()
    boxes = shared_boxes(shown)
    left_open = open_pairs(families, ((first, second) for first, second, *_ in boxes))
    tables = ((rows, LABELS, labels), (boxes, TRUTH, truth), (left_open, ["file_a", "file_b"], ignored))
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
            ignored=Path(snakemake.output.ignored),
        )
