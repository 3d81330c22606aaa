"""Find the parts that panels share: a figure on another ground, a panel in another strip, a close-up, a crop.

All features of the comic are searched at once (reprise.parts.index). Where two panels share enough that are rare in the
comic, and that lie in both alike (reprise.parts.geometry), the edges tell how far the part reaches and whether it truly
is one drawing (reprise.parts.meeting).

In the field: part: partial near-duplicate, copied region.
"""

from reprise.job import job

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprise.atomic import atomic_file
from reprise.matching.evidence import beyond_chance
from reprise.parts.files import ComicFeatures, Edges, read_features
from reprise.parts.geometry import MOST_PARTS
from reprise.parts.index import Index, make_index
from reprise.parts.letters import TALLEST
from reprise.parts.meeting import MEASURES, lay
from reprise.parts.record import PART, cover, in_common
from reprise.parts.search import Found, search_panels
from reprise.progress import progress
from reprise.threads import in_threads

PANELS_AT_ONCE = 16  # that a thread searches with
PAIRS_AT_ONCE = 64  # that a thread measures

# A feature that so large a share of the panels has, and more than so many, says nothing.
COMMON_SHARE, FEW_PANELS = 0.3, 8

# What features say is believed to 1 - exp(-weight / ENOUGH_WEIGHT), and so are edges, by how many more meet than would
# by chance. These, and the two below, were chosen by hand on the choosing half of the sets of parts and on real strips.
ENOUGH_WEIGHT, ENOUGH_EDGES = 1.0, 40

# In a crowd a few figures stand many times, in many sizes, so that two crowds lie upon each other in many ways. So
# features say less, by 1 + CROWDED squared for another way that says as much and is so many octaves larger or smaller.
CROWDED, OTHER_ZOOM = 5.0, 0.04

# What repeats, as tiles and halftones do, meets as well beside its place: if so few of the edges do not, it is doubted.
OWN_SHARE = 0.4

LEAST_SCORE = 0.3  # of what is kept
OVERLAP = 0.3  # of the smaller of two boxes; parts that overlap more, in both panels, are one


def search(index: Index, mirrored: bool, threads: int = 1) -> Found:
    """Search a comic for parts that panels may share, in the order of the panels."""
    panels = len(index.start) - 1
    most = max(FEW_PANELS, int(COMMON_SHARE * panels))
    runs = [(first, min(first + PANELS_AT_ONCE, panels)) for first in range(0, panels, PANELS_AT_ONCE)]

    def search_some(run: tuple[int, int]) -> tuple[NDArray[Any], ...]:
        return search_panels(index, *run, mirrored, most)

    found = list(progress(in_threads(search_some, runs, threads), len(runs), "search"))
    together = [np.concatenate(arrays) for arrays in zip(*found, strict=True)]
    together[2] = np.concatenate([[0], np.cumsum(together[2])])
    return Found(*together)


def believe(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far parts are believed to be one drawing, 0 to 1, by what their features say."""
    return 1 - np.exp(-weight / ENOUGH_WEIGHT)


def say(found: Found) -> NDArray[np.float64]:
    """Return how much the features of parts say, (H,): the less, the more ways their panels lie upon each other in."""
    pair = np.unique(found.panels[:, :2], axis=0, return_inverse=True)[1].ravel()
    zoom, weight = np.log2(np.hypot(found.lies[:, 0], found.lies[:, 1])), found.lies[:, 5]
    others = np.zeros(len(pair))
    order = np.argsort(pair, kind="stable")
    for step in range(1, 2 * MOST_PARTS):
        ends = order[:-step], order[step:]
        apart = (pair[ends[0]] == pair[ends[1]]) & (np.abs(zoom[ends[0]] - zoom[ends[1]]) > OTHER_ZOOM)
        one, other = ends[0][apart], ends[1][apart]
        others[one] += believe(weight[other]) * np.minimum(1, weight[other] / weight[one])
        others[other] += believe(weight[one]) * np.minimum(1, weight[one] / weight[other])
    return weight / (1 + CROWDED * others) ** 2


def score(told: NDArray[Any], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how surely parts are one drawing, by what `meeting.lay` told, MEASURES, and what their features say."""
    more = np.maximum(0, told["edges"] * (told["met"] - told["chance"]))
    own = np.minimum(1, (1 - told["chance"]) / OWN_SHARE) * (1 - np.exp(-more / ENOUGH_EDGES))
    # What is no higher than a letter may be one that `letters.lettered` passed over.
    high = np.minimum(*(told[box][:, 3] - told[box][:, 1] for box in ("box_a", "box_b"))) > TALLEST
    return np.clip(beyond_chance(told["met"], told["chance"]), 0, 1) * own * believe(weight) * high


def measure_some(
    some: NDArray[np.int64], found: Found, weight: NDArray[np.float64], comic: ComicFeatures, edges: Edges
) -> NDArray[Any]:
    """Measure how well the edges of some of the parts meet, whose features say so much: PART, in their order."""
    parts = np.zeros(len(some), PART)
    for place, number in enumerate(some.tolist()):
        part, (a, b, mirrored) = parts[place], found.panels[number].tolist()
        told = np.zeros(1, MEASURES)
        seeds = found.places[found.start[number] : found.start[number + 1]]
        ends = (edges.of(a), comic.size[a]), (edges.of(b), comic.size[b])
        lay(*ends, bool(mirrored), found.lies[number, :4], seeds, told)
        across, down = found.lies[number, :2]
        part["a"], part["b"], part["mirrored"] = a, b, mirrored
        part["frame_a"], part["frame_b"] = comic.frame[a], comic.frame[b]
        for box, panel in (("box_a", a), ("box_b", b)):
            part[box] = told[box][0] / np.tile(comic.size[panel], 2)
        part["turn"] = np.degrees(np.arctan2(down, across))
        part["zoom"] = np.hypot(across, down) * comic.shrunk[a] / comic.shrunk[b]
        part["met"], part["chance"], part["weight"] = told["met"][0], told["chance"][0], weight[number]
        part["score"] = score(told, weight[number])[0]
    return parts


def overlap(box: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Return how much of the smaller of two boxes is in the other: of one, (4,), and of each of others, (n, 4)."""
    return in_common(box, others) / np.maximum(np.minimum(cover(box), cover(others)), 1e-9)


def choose(parts: NDArray[Any]) -> NDArray[Any]:
    """Return the parts to keep, PART: up to MOST_PARTS of two panels, those of the best scores, that do not overlap.

    Within one panel a part is no reuse where it is upon itself.
    """
    within = parts["a"] == parts["b"]
    upon_itself = (
        within & (np.array([overlap(p["box_a"], p["box_b"][None])[0] for p in parts]) > 0) if len(parts) else within
    )
    parts = parts[(parts["score"] >= LEAST_SCORE) & ~upon_itself]
    order = np.lexsort(
        (
            *(parts["box_b"].T),
            *(parts["box_a"].T),
            parts["mirrored"],
            -parts["weight"],
            -parts["score"],
            parts["b"],
            parts["a"],
        )
    )
    parts = parts[order]
    kept: list[int] = []
    for place, part in enumerate(parts):
        same = [k for k in kept[-MOST_PARTS:] if parts["a"][k] == part["a"] and parts["b"][k] == part["b"]]
        if len(same) == MOST_PARTS:
            continue
        upon = np.minimum(*(overlap(part[box], parts[box][same]) for box in ("box_a", "box_b")))
        if not (upon > OVERLAP).any():
            kept.append(place)
    return parts[kept]


def find_parts(comic: ComicFeatures, edges: Edges, mirrored: bool = True, threads: int = 1) -> NDArray[Any]:
    """Return the parts that the panels of a comic share: PART, by panels, the best of two panels first."""
    found = search(make_index(comic.features, comic.size, comic.feature), mirrored, threads)
    weight = say(found)
    # Whatever its edges tell, no more than its features are believed is told of a part.
    worth = np.flatnonzero(believe(weight) >= LEAST_SCORE)
    runs = [worth[first : first + PAIRS_AT_ONCE] for first in range(0, len(worth), PAIRS_AT_ONCE)]
    measured = in_threads(partial(measure_some, found=found, weight=weight, comic=comic, edges=edges), runs, threads)
    return choose(np.concatenate([np.zeros(0, PART), *progress(measured, len(runs), "measure")]))


def parts(
    shards: Sequence[str | Path], edges: Sequence[str | Path], mirrored: bool, found: str | Path, threads: int = 1
) -> None:
    """Find the parts that the panels of a comic share and write them, as `parts`.

    Args:
        shards, edges: the features and edges of all panels, see reprise.parts.files.
        mirrored: whether parts may be mirrored.
        found: the file to write.
        threads: how many share the work.
    """
    comic = read_features(shards)
    told = find_parts(comic, Edges(edges, comic), mirrored, threads)
    with atomic_file(found) as part:
        np.savez(part, parts=told)


if __name__ == "__main__":
    with job() as snakemake:
        parts(
            shards=snakemake.input.shards,
            edges=snakemake.input.edges,
            mirrored=snakemake.params.mirror,
            found=snakemake.output.parts,
            threads=snakemake.threads,
        )
