"""The plan: which pictures there are, and what is true of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import combinations, cycle, islice

from demo_comic.marks import generator
from demo_comic.parts.comic import Comic
from demo_comic.parts.items import Box
from demo_comic.parts.kinds import FIGURES, PIECES, STRIPS, draw_figure, draw_piece, draw_strip
from demo_comic.parts.lookalikes import LOOKALIKES, draw_lookalike
from demo_comic.parts.places import Panel, Place, common

TRUTH = ["file_a", "file_b", "kind", "mirrored", "box_a", "box_b"]
"""Columns of the truth: two files that share a part, and where it lies in each, "left top right bottom" in pixels."""


KINDS = (*FIGURES, *PIECES, *STRIPS)
"""All kinds of parts."""

Drawer = Callable[[], Panel]
"""Draws a picture of a set."""


def plan_pictures(comic: Comic, motifs: Mapping[str, int], lookalikes: Mapping[str, int]) -> list[tuple[str, Drawer]]:
    """Return the kinds of pictures, in the order in which they are to stand, and what draws each.

    Args:
        comic: whose they are.
        motifs: how many of each kind; of FIGURES each third is seen three times, all else twice.
        lookalikes: how many pictures of each kind of LOOKALIKES.
    """
    tasks: list[tuple[str, Drawer]] = []
    for kind, count in motifs.items():
        draw = draw_strip if kind in STRIPS else draw_piece if kind in PIECES else draw_figure
        for motif in range(count):
            for showing in range(showings(kind, motif)):
                tasks.append((kind, partial(draw, comic, kind, motif, showing)))
    for kind, count in lookalikes.items():
        tasks += [(kind, partial(draw_lookalike, comic, kind, number)) for number in range(count)]
    generator(comic.seed, "order").shuffle(tasks)
    return tasks


def showings(kind: str, motif: int) -> int:
    """Return in how many pictures a motif is seen."""
    return 3 if kind in FIGURES and motif % 3 == 0 else 2


def share_out(pictures: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many motifs and lookalikes of each kind make so many pictures; about a quarter are lookalikes."""
    motifs, left = dict.fromkeys(KINDS, 0), pictures
    for kind in cycle(KINDS):
        if left - showings(kind, motifs[kind]) < pictures / 4:
            break
        left -= showings(kind, motifs[kind])
        motifs[kind] += 1
    return motifs, dict(Counter(islice(cycle(LOOKALIKES), left)))


def shared_boxes(shown: Iterable[tuple[str, Place]]) -> list[tuple[str, str, str, bool, str, str]]:
    """Return the rows of TRUTH: each pair of files that show one motif, and where what both show lies."""
    places: dict[tuple[str, int], list[tuple[str, Place]]] = {}
    for file, place in shown:
        places.setdefault((place.kind, place.motif), []).append((file, place))
    rows = []
    for (kind, _), of_motif in places.items():
        for (file_a, a), (file_b, b) in combinations(of_motif, 2):
            both, mirrored = common(a.seen, b.seen), a.scale[0] * b.scale[0] < 0
            rows.append((file_a, file_b, kind, mirrored, written(a.box(both)), written(b.box(both))))
    return sorted(rows)


def written(edges: Box) -> str:
    """Return a box as it stands in a table."""
    return " ".join(str(round(edge)) for edge in edges)
