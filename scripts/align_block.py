"""Lay the panels of two blocks upon each other, where they may show one drawing, and score how well they meet.

The pairs are those that `partners` chose, of what `hamming_block` kept and of what `search_block` found. The score is
on one scale with the Dice coefficient.

In the field: score: similarity.
"""

from reprise.job import job

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.matching.blocks import NOT_ALIGNED, PAIR, Block, describe_pairs, dice, read_block
from reprise.matching.canvas import EdgePoints, read_points
from reprise.matching.check import align_all
from reprise.matching.evidence import FEWEST, beyond_chance, says_enough
from reprise.matching.search import TRANSFORMS, WAYS
from reprise.own_lines import OwnLines, read_own_lines
from reprise.parts.record import PART, cover
from reprise.progress import progress
from reprise.shards import Fingerprints, rows_of
from reprise.threads import in_threads

# Pairs that a thread aligns at a time.
PAIRS_AT_ONCE = 2000

# These, up to PLAINER, were chosen by hand on the choosing half of benchmarks/matching.yaml.

# Edges that meet beyond chance count in full where they cover so large a share of what is in view of both frames. Where
# they cover less they count less: by that power of the share that they cover of FULL_COVER.
FULL_COVER, COVER_POWER = 0.7, 0.7

# A drawing of few lines that has moved, as a figure on an empty ground, does not cover so much. There it is enough that
# all that is drawn in view of both frames meets, and covers SPARSE_COVER. But few lines meet by chance, too. They count
# in full only if the share of the edges that meet is by SURE_BEYOND above that beside their place, and else less, by
# SURE_POWER. In one size or another a line fits many: what is zoomed counts less here, and next to nothing from a few
# times SPARSE_ZOOM on (in natural logarithms). These were chosen on the choosing half of benchmarks/moved.yaml as well.
SPARSE_COVER, SPARSE_ZOOM, SURE_BEYOND, SURE_POWER = 0.25, 0.1, 0.5, 2

# What has moved is less sure to be one drawing. MOTION_COST is what that takes off the score, in full after a few times
# MOTION_SHIFT (in pixels of the canvas) or MOTION_ZOOM (in natural logarithms).
MOTION_COST, MOTION_SHIFT, MOTION_ZOOM = 0.22, 3.0, 0.04

# This power brings the score onto one scale with the Dice coefficient: a half means the same by either.
SCALE_POWER = 0.55

MOST_PARTS = 4  # of two pages

# From here on the Dice coefficient is the score, whatever meets by chance.
DICE_ALONE = 0.8

# The plainer of two explanations is taken if its score is less by no more than this.
PLAINER = 0.05

ALIGNED = np.dtype(
    [
        *((name, PAIR[name]) for name in PAIR.names or ()),
        *((name, np.float32) for name in NOT_ALIGNED),
        ("drawn", np.float32),
        ("score", np.float64),
        ("says_enough", np.bool_),
    ]
)


# Two frames, by their rows, and up to WAYS first guesses of how the one lies upon the other, see check.align_all.
HYPOTHESIS = np.dtype(
    [
        ("a", np.int32),
        ("b", np.int32),
        ("row_a", np.int64),
        ("row_b", np.int64),
        ("places", np.float64, (WAYS, 4)),
        ("searched", np.bool_),
    ]
)


@dataclass(frozen=True)
class Panels:
    """The panels of two blocks, those of the second after those of the first.

    Attributes:
        block: their frames as bitmaps.
        points: their frames as points.
        enough: (F,) bool, which of these say enough to be evidence.
        first_a, first_b: places of the first panel of either block in the comic.
        count_a: panels of the first block.
        canvas_size: (F, 2), width and height of each frame there.
        box: (F, 4), where it is in its picture.
        pixels: (F, 2), width and height of that picture.
    """

    block: Block
    points: EdgePoints
    enough: NDArray[np.bool_]
    first_a: int
    first_b: int
    count_a: int
    canvas_size: NDArray[np.uint8]
    box: NDArray[np.float32]
    pixels: NDArray[np.int64]

    def here(self, panels: NDArray[Any]) -> NDArray[np.int64]:
        """Return where panels, told by their places in the comic, are among those of the two blocks."""
        in_a = panels < self.first_a + self.count_a
        return np.where(in_a, panels - self.first_a, panels - self.first_b + self.count_a).astype(np.int64)

    def between(self, pairs: NDArray[Any]) -> NDArray[Any]:
        """Return those pairs, `a` and `b`, of which each panel is in its block."""
        count_b = len(self.block) - self.count_a or self.count_a
        a, b = pairs["a"] - self.first_a, pairs["b"] - self.first_b
        return pairs[(a >= 0) & (a < self.count_a) & (b >= 0) & (b < count_b)]


def read_panels(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    own: OwnLines | None = None,
    fewest_edges: int = FEWEST,
) -> Panels:
    """Read two blocks, each a run of shards; one block that stands on both sides is read once.

    `own` tells which of their edges count. A frame with fewer of these than `fewest_edges` says too little.
    """
    shards = list(shards_a) if first_a == first_b else [*shards_a, *shards_b]
    count_a, kept = len(Fingerprints(shards_a).panel), Fingerprints(shards)
    points = read_points(shards, own)
    enough = says_enough(np.diff(points.start), fewest_edges)
    block = read_block(shards, first_a, own)
    pixels = np.repeat(np.stack([kept.width, kept.height], axis=1), kept.frames, axis=0)
    return Panels(block, points, enough, first_a, first_b, count_a, kept.canvas_size, kept.box, pixels)


def searched_hypotheses(candidates: NDArray[Any], panels: Panels) -> NDArray[Any]:
    """Turn candidates into hypotheses: a pair may lie as the search found it."""
    found = np.zeros(len(candidates), HYPOTHESIS)
    for end in "ab":
        found[end] = candidates[end]
        found[f"row_{end}"] = panels.block.start[panels.here(candidates[end])] + candidates[f"frame_{end}"]
    transform, mirrored = np.divmod(candidates["ways"], 2)
    zoom, across, down = np.moveaxis(TRANSFORMS[transform], 2, 0)
    zoom[candidates["ways"] < 0] = 0
    found["places"] = np.stack([mirrored, zoom, np.where(mirrored, -across, across), down], axis=2)
    found["searched"] = True
    return found


def kept_hypotheses(pairs: NDArray[Any], panels: Panels) -> NDArray[Any]:
    """Turn the pairs that `hamming_block` kept into hypotheses: nothing has moved."""
    found, block = np.zeros(len(pairs), HYPOTHESIS), panels.block
    for end in "ab":
        found[end] = pairs[end]
        found[f"row_{end}"] = rows_of(block.start, block.frame, panels.here(pairs[end]), pairs[f"frame_{end}"])
    found["places"][:, 0, 0], found["places"][:, 0, 1] = pairs["mirrored"], 1.0
    return found


def align_some(hypotheses: NDArray[Any], panels: Panels) -> NDArray[Any]:
    """Align pairs of frames and score them: ALIGNED, in the order of the hypotheses."""
    told = np.zeros(len(hypotheses), ALIGNED)
    row_a, row_b, places = hypotheses["row_a"], hypotheses["row_b"], hypotheses["places"].copy()
    measures = np.zeros((len(hypotheses), 4))
    frames = panels.points.start, panels.points.points, panels.points.orientation, panels.points.size
    align_all(*frames, row_a, row_b, places, hypotheses["searched"], measures)
    told["a"], told["b"] = hypotheses["a"], hypotheses["b"]
    told["mirrored"] = places[:, 0, 0] > 0
    told["zoom"], told["across"], told["down"] = places[:, 0, 1:].T
    told["met"], told["chance"], told["cover"], told["drawn"] = measures.T
    describe_pairs(told, panels.block, row_a, row_b)
    told["score"] = score(told, ~hypotheses["searched"])
    told["says_enough"] = panels.enough[row_a] & panels.enough[row_b]
    return told


def align_pairs(hypotheses: NDArray[Any], panels: Panels, threads: int = 1) -> NDArray[Any]:
    """Align pairs of frames and score them, in several threads: ALIGNED, in the order of the hypotheses."""
    runs = [hypotheses[first : first + PAIRS_AT_ONCE] for first in range(0, len(hypotheses), PAIRS_AT_ONCE)]
    aligned = in_threads(partial(align_some, panels=panels), runs, threads)
    return np.concatenate([np.zeros(0, ALIGNED), *progress(aligned, len(runs), "align")])


def score(aligned: NDArray[Any], in_place: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Score aligned pairs, ALIGNED, from 0 to 1: how many of the edges meet beyond chance, and how far they are spread.

    Pairs that were compared `in_place` have their Dice coefficient as score, if that is high and more.
    """
    met, chance, cover, zoom = (aligned[name].astype(np.float64) for name in ("met", "chance", "cover", "zoom"))
    beyond = np.clip(beyond_chance(met, chance), 0, 1)
    shift, zoomed = np.hypot(aligned["across"], aligned["down"]), np.log(np.maximum(zoom, 1e-6))
    motion = 1 - np.exp(-((shift / MOTION_SHIFT) ** 2) - (zoomed / MOTION_ZOOM) ** 2)
    sure = np.clip((met - chance) / SURE_BEYOND, 0, 1) ** SURE_POWER * np.exp(-((zoomed / SPARSE_ZOOM) ** 2))
    sparse = aligned["drawn"] * sure * np.minimum(1, cover / SPARSE_COVER) ** COVER_POWER
    spread = np.maximum(np.minimum(1, cover / FULL_COVER) ** COVER_POWER, motion * sparse)
    by_edges = np.clip(beyond * spread - MOTION_COST * motion, 0, 1) ** SCALE_POWER
    of_bitmaps = dice(aligned)
    return np.maximum(by_edges, np.where(in_place & (of_bitmaps >= DICE_ALONE), of_bitmaps, 0))


def best_of_each(aligned: NDArray[Any]) -> NDArray[np.int64]:
    """Return the places of the best alignment of each pair of panels, the first of equals, sorted by pair.

    Frames that say enough come first. Two animations that begin blank are equal there, but that is no evidence.
    """
    order = np.lexsort((-aligned["score"], ~aligned["says_enough"], aligned["b"], aligned["a"]))
    _, firsts = np.unique(aligned[["a", "b"]][order], return_index=True)
    return order[firsts]


def explain_plainly(aligned: NDArray[Any], hypotheses: NDArray[Any], panels: Panels, threads: int = 1) -> NDArray[Any]:
    """Explain pairs by their first frames, and without a mirror, where that fits nearly as well; scores stay.

    A drawing that is nearly the same in a mirror is not told as mirrored, and one that is nearly the same in every
    frame is not told as a later frame's.
    """
    told = aligned.copy()
    found = hypotheses.copy()
    found["places"] = 0
    found["places"][:, 0] = np.stack([told[name] for name in ("mirrored", "zoom", "across", "down")], axis=1)
    found["searched"] = False
    firsts = found.copy()
    for end in "ab":
        firsts[f"row_{end}"] = panels.block.start[panels.here(found[end])]
    later = (firsts["row_a"] != found["row_a"]) | (firsts["row_b"] != found["row_b"])
    later &= panels.enough[firsts["row_a"]] & panels.enough[firsts["row_b"]]
    left = np.ones(len(told), dtype=bool)
    for plainer, mirrored, asked in (
        (firsts, False, later),
        (firsts, True, later & told["mirrored"]),
        (found, False, told["mirrored"].copy()),
    ):
        at = np.flatnonzero(asked & left)
        guesses = plainer[at]
        guesses["places"][:, 0, 0] = mirrored
        other = align_pairs(guesses, panels, threads)
        taken = other["score"] >= told["score"][at] - PLAINER
        other["score"] = told["score"][at]
        told[at[taken]] = other[taken]
        left[at[taken]] = False
    return told


def as_parts(aligned: NDArray[Any], hypotheses: NDArray[Any], panels: Panels) -> NDArray[Any]:
    """Return aligned frames, ALIGNED, as PART: a panel of a page and what it lies upon, as far as that covers it.

    Of two pages MOST_PARTS are kept, the best first. They are sorted by panels.
    """
    parts = np.zeros(len(aligned), PART)
    for name in set(PART.names or ()) & set(ALIGNED.names or ()):
        parts[name] = aligned[name]
    rows = {end: hypotheses[f"row_{end}"] for end in "ab"}
    size = {end: panels.canvas_size[row].astype(np.float64) for end, row in rows.items()}
    zoom = aligned["zoom"][:, np.newaxis].astype(np.float64)
    way = np.stack([np.where(aligned["mirrored"], -1, 1), np.ones(len(aligned))], axis=1)
    shift = np.stack([aligned["across"], aligned["down"]], axis=1).astype(np.float64)
    # What is in view of both, from the middle of the second frame, and the same from the middle of the first.
    half = {end: own / 2 for end, own in size.items()}
    low, high = np.maximum(shift - zoom * half["a"], -half["b"]), np.minimum(shift + zoom * half["a"], half["b"])
    sides = {"b": (low, high), "a": tuple(way * (side - shift) / zoom for side in (low, high))}
    for end, (one, other) in sides.items():
        box = panels.box[rows[end]].astype(np.float64)
        within = [side(one, other) / size[end] + 0.5 for side in (np.minimum, np.maximum)]
        corner, extent = box[:, :2], box[:, 2:] - box[:, :2]
        parts[f"box_{end}"] = np.concatenate([corner + np.clip(side, 0, 1) * extent for side in within], axis=1)
    area = {end: cover(parts[f"box_{end}"]) * panels.pixels[row].prod(axis=1) for end, row in rows.items()}
    parts["zoom"] = np.sqrt(area["b"] / area["a"])
    order = np.lexsort((-parts["score"], parts["b"], parts["a"]))
    first = np.unique(parts[["a", "b"]][order], return_index=True)[1]
    count = np.arange(len(order)) - np.repeat(first, np.diff([*first, len(order)]))
    return parts[order[count < MOST_PARTS]]


def align_block(
    shards_a: Sequence[str | Path],
    shards_b: Sequence[str | Path],
    first_a: int,
    first_b: int,
    partners: str | Path,
    ceiling: float,
    aligned: str | Path,
    threads: int = 1,
    own_lines: str | Path | None = None,
    fewest_edges: int = FEWEST,
) -> None:
    """Align the pairs of two blocks that may show one drawing and write those that score enough.

    Args:
        shards_a, shards_b: the two blocks, each a run of shards.
        first_a, first_b: places of their first panels in the whole comic.
        partners: what `partners` chose.
        ceiling: pairs that score less than 1 - ceiling are left out.
        aligned: gets `pairs`, ALIGNED, of whole pictures, and `parts`, PART, what panels of pages were found in; both
            sorted by panels.
        own_lines: tells which lines count, see reprise.own_lines; without it all do.
        fewest_edges: a frame with fewer says too little, see reprise.matching.evidence.
        threads: how many pairs to align at a time.
    """
    panels = read_panels(shards_a, shards_b, first_a, first_b, read_own_lines(own_lines), fewest_edges)
    with np.load(partners) as chosen:
        kept = kept_hypotheses(panels.between(chosen["pairs"]), panels)
        searched = searched_hypotheses(panels.between(chosen["candidates"]), panels)
        cut = searched_hypotheses(panels.between(chosen["cut"]), panels)
    hypotheses = np.concatenate([kept, searched])
    pairs = align_pairs(hypotheses, panels, threads)
    best = best_of_each(pairs)
    best = best[pairs["score"][best] >= 1 - ceiling]
    told = explain_plainly(pairs[best], hypotheses[best], panels, threads)
    cut_pairs = align_pairs(cut, panels, threads)
    enough = (cut_pairs["score"] >= 1 - ceiling) & cut_pairs["says_enough"]
    with atomic_file(aligned) as part:
        np.savez(part, allow_pickle=False, pairs=told, parts=as_parts(cut_pairs[enough], cut[enough], panels))


if __name__ == "__main__":
    with job() as snakemake:
        align_block(
            shards_a=snakemake.input.a,
            shards_b=snakemake.input.b,
            first_a=snakemake.params.first_a,
            first_b=snakemake.params.first_b,
            partners=snakemake.input.partners,
            ceiling=snakemake.params.ceiling,
            aligned=snakemake.output.aligned,
            own_lines=snakemake.input.own_lines,
            fewest_edges=snakemake.params.fewest_edges,
            threads=snakemake.threads,
        )
