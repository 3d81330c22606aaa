"""Apply the threshold: make a graph of the matches, which ties two panels if they are alike enough to match.

In the field: match: edge, link; template: hub, with a hub penalty; family: local scaling.
"""

from reprise.job import job

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from reprise.atomic import atomic_file
from reprise.corrections import NO_CORRECTIONS, Corrections, find_corrections
from reprise.matching.blocks import (
    NOT_ALIGNED,
    PAIR,
    Block,
    describe_pairs,
    dice,
    either_way,
    in_order,
    nearest_partners,
    read_block,
)
from reprise.matching.evidence import says_enough
from reprise.own_lines import read_own_lines
from reprise.parts.record import ENOUGH_COVER, PART, WHOLE, least_cover, lie_in
from reprise.shards import Fingerprints, rows_of

MATCH = np.dtype(
    [
        ("a", np.int64),
        ("b", np.int64),
        ("frame_a", np.int32),
        ("frame_b", np.int32),
        ("mirrored", np.bool_),
        ("edge_bits", np.int32),
        ("dice", np.float64),
        ("score", np.float64),
        *((name, np.float32) for name in NOT_ALIGNED),
        *((name, PART[name]) for name in ("box_a", "box_b")),
        ("says_enough", np.bool_),
        ("listed", np.bool_),
    ]
)

# A panel that nearly matches more others than FEW_PARTNERS, and none of them with a score of CLEARLY, looks like a
# template and not like a drawing used again: a face, a flag, a frame of an interface. The more there are, the less each
# counts. But both panels of a match may have nearly all of these partners in common, or so many that they are
# COMIC_SHARE of the comic. Then all are one drawing, a scene that comes back often or the template of the comic, and
# the common ones do not count: by COMMON_POWER of the share that they are. In a scene with other figures each time many
# pairs are a little too far apart to match; so pairs that nearly match are looked at as well. CLEARLY and FEW_PARTNERS
# were chosen by hand on the choosing half of benchmarks/matching.yaml. The other two were chosen by hand, on what is
# not on record; benchmarks/pages.yaml measures what comes of them.
CLEARLY, FEW_PARTNERS = 0.9, 8
COMMON_POWER, COMIC_SHARE = 4, 0.25
# Of each panel so many pairs are kept that do not match, to be looked up: those that come nearest to it.
NEAREST = 5
MATCHES_AT_ONCE = 10_000  # whose partners are compared; it bounds the memory

# The FAMILY of a panel are so many others that are more like it, as the same figure in other colours. If two panels
# both have a family, they are likely of two drawings, though similar ones. Their match counts less: by FAMILY_POWER of
# what its score is of the family's. The two were chosen by hand on the two sets of emoji of benchmarks/matching.yaml.
FAMILY, FAMILY_POWER = 4, 4


def margin(distance: NDArray[Any], threshold: NDArray[Any] | float, most: float) -> NDArray[np.float64]:
    """Return by how much pairs stay below a threshold, from 0, at the threshold and above, to 1.

    It is the essay's weight, threshold - distance + 1, as a share of the greatest there can be with a threshold of
    `most`.
    """
    return np.where(distance < threshold, (threshold - distance + 1) / (most + 1), 0.0)


def by_dice(pairs: NDArray[Any], bitmap_bits: int, threshold: float) -> NDArray[np.float64]:
    """Score pairs by their Dice coefficient, or as they were aligned, from the threshold on."""
    score = pairs["score"] if "score" in (pairs.dtype.names or ()) else dice(pairs)
    return np.where(score >= threshold, score, 0.0)


def by_edges(pairs: NDArray[Any], bitmap_bits: int, edge_bits: float) -> NDArray[np.float64]:
    """Score pairs by the edge pixels that differ: the essay's fixed threshold."""
    return margin(either_way(pairs["edge_bits"], bitmap_bits), edge_bits, edge_bits)


def by_scaled(pairs: NDArray[Any], bitmap_bits: int, edge_bits: float, edge_share: float) -> NDArray[np.float64]:
    """Score pairs by the edge pixels that differ, with a lower threshold for frames of few: the essay's scaled one.

    Both frames must be nearer than `edge_share` of their edge pixels, where that is less than `edge_bits`.
    """
    fewest = np.minimum(either_way(pairs["edges_a"], bitmap_bits), either_way(pairs["edges_b"], bitmap_bits))
    threshold = np.minimum(edge_share * fewest, edge_bits)
    return margin(either_way(pairs["edge_bits"], bitmap_bits), threshold, edge_bits)


def by_either(pairs: NDArray[Any], bitmap_bits: int, edge_bits: float, hash_bits: float) -> NDArray[np.float64]:
    """Score pairs by edge pixels or by bits of their hashes, whichever are further below their threshold."""
    return np.maximum(by_edges(pairs, bitmap_bits, edge_bits), margin(pairs["hash_bits"], hash_bits, hash_bits))


# How a pair is scored, by the setting `match.by`: from 0, no match, to 1.
RULES: dict[str, Callable[..., NDArray[np.float64]]] = {
    "dice": by_dice,
    "edges": by_edges,
    "scaled": by_scaled,
    "either": by_either,
}


def match(pairs: NDArray[Any], bitmap_bits: int, settings: Mapping[str, Any], fewest_edges: int = 0) -> NDArray[Any]:
    """Return the pairs that match, MATCH.

    Two panels that share nothing do not match, even if the threshold is 0.

    Args:
        pairs: blocks.PAIR, or align_block.ALIGNED.
        bitmap_bits: bits of a bitmap.
        settings: `by`, a key of RULES, and the thresholds of that rule.
        fewest_edges: frames of fewer edges say too little.
    """
    thresholds = {name: value for name, value in settings.items() if name != "by"}
    score = RULES[settings["by"]](pairs, bitmap_bits, **thresholds)
    return as_matches(pairs[score > 0], score[score > 0], fewest_edges)


def as_matches(pairs: NDArray[Any], score: NDArray[np.float64] | float, fewest_edges: int) -> NDArray[Any]:
    """Return pairs, with their scores, as MATCH; see `match`."""
    matches = np.zeros(len(pairs), dtype=MATCH)
    for name in ("a", "b", "frame_a", "frame_b", "mirrored", "edge_bits"):
        matches[name] = pairs[name]
    matches["dice"], matches["score"] = dice(pairs), score
    for name, value in NOT_ALIGNED.items():
        matches[name] = pairs[name] if name in (pairs.dtype.names or ()) else value
    for name in ("box_a", "box_b"):
        matches[name] = pairs[name] if name in (pairs.dtype.names or ()) else WHOLE
    matches["says_enough"] = say_enough(pairs, fewest_edges)
    return matches


def say_enough(pairs: NDArray[Any], fewest_edges: int) -> NDArray[np.bool_]:
    """Tell of which pairs both frames say enough: as they were aligned, or by the edges they have; see `match`."""
    if "says_enough" in (pairs.dtype.names or ()):
        return pairs["says_enough"]
    return says_enough(np.minimum(pairs["edges_a"], pairs["edges_b"]), fewest_edges)


def best_parts(parts: NDArray[Any], matches: NDArray[Any]) -> NDArray[Any]:
    """Return of each two panels the part, PART, that says most.

    A part that ties its panels comes before one that is too small for it. Panels that match as they are need none.
    """
    parts = parts[parts["a"] != parts["b"]]
    parts = parts[~among(parts["a"], parts["b"], np.stack([matches["a"], matches["b"]], axis=1))]
    order = np.lexsort((-parts["score"], least_cover(parts) < ENOUGH_COVER, parts["b"], parts["a"]))
    return parts[order[np.unique(parts[["a", "b"]][order], return_index=True)[1]]]


def match_by_parts(parts: NDArray[Any], block: Block, canvas_size: NDArray[Any]) -> NDArray[Any]:
    """Return parts, PART, as MATCH: what is known of the whole pictures, and how they lie so that the part is one.

    `block` are all panels of the comic, and `canvas_size` is that of their frames, (F, 2).
    """
    # A panel may have been read for its features and not for its fingerprint, which looks at all its frames.
    parts = parts[np.all(np.diff(block.start)[np.stack([parts["a"], parts["b"]])] > 0, axis=0)]
    row_a, row_b = (rows_of(block.start, block.frame, parts[end], parts[f"frame_{end}"]) for end in "ab")
    pairs = np.zeros(len(parts), PAIR)
    for name in ("a", "b", "mirrored"):
        pairs[name] = parts[name]
    describe_pairs(pairs, block, row_a, row_b)
    matches = as_matches(pairs, parts["score"].astype(np.float64), 0)
    for name in ("box_a", "box_b", "met", "chance"):
        matches[name] = parts[name]
    matches["zoom"], matches["across"], matches["down"] = lie_in(parts, canvas_size[row_a], canvas_size[row_b])
    return matches


def of_pages(
    pairs: NDArray[Any], parts: NDArray[Any], block: Block, threshold: float, fewest_edges: int
) -> NDArray[Any]:
    """Return pairs, ALIGNED; two pages that are cut, of which no panels match, score as their panels do.

    Pages of one grid are alike as wholes, whatever is drawn on them: by their frames, by the line that figures stand
    on, by balloons in one place. So two such pages match only if a panel of the one matches a panel of the other: by
    what was found, or as they stand in the same place.

    Args:
        pairs: the whole pictures, as they were aligned.
        parts: where panels of pages were found, PART.
        block: the fingerprints of all panels.
        threshold: from which score on two panels match.
        fewest_edges: a panel with fewer says too little. Pages on which all do are compared as wholes.
    """
    page = np.repeat(np.arange(len(block)), np.diff(block.start))
    telling = says_enough(block.edge_count, fewest_edges) & (block.cut > 0)
    is_cut = np.isin(np.arange(len(block)), page[telling])
    found = parts[parts["score"] >= threshold]
    asked = is_cut[pairs["a"]] & is_cut[pairs["b"]] & (pairs["score"] >= threshold)
    asked &= ~among(pairs["a"], pairs["b"], np.stack([found["a"], found["b"]], axis=1))
    score = np.zeros(len(pairs))
    for number in range(1, 1 + int(block.cut.max(initial=0))):
        row = np.full(len(block), -1)
        rows = np.flatnonzero(telling & (block.cut == number))[::-1]
        row[page[rows]] = rows  # of several frames the first
        both = np.flatnonzero(asked & (row[pairs["a"]] >= 0) & (row[pairs["b"]] >= 0))
        for first in range(0, len(both), MATCHES_AT_ONCE):
            some = both[first : first + MATCHES_AT_ONCE]
            panels = np.zeros(len(some), PAIR)
            describe_pairs(panels, block, row[pairs["a"][some]], row[pairs["b"][some]])
            score[some] = np.maximum(score[some], dice(panels))
    weighed = pairs.copy()
    unlike = asked & (score < threshold)
    weighed["score"][unlike] = score[unlike]
    return weighed


def nearest_below(
    pairs: NDArray[Any], matches: NDArray[Any], left_out: Sequence[int], fewest_edges: int
) -> NDArray[Any]:
    """Return the pairs that do not match and are among the NEAREST of one of their panels, MATCH; see `match`.

    Their score is how alike they are, whatever rule `match.by` names. Panels that a reader left out are in none.
    """
    score = by_dice(pairs, 0, 0)
    matching = among(pairs["a"], pairs["b"], np.stack([matches["a"], matches["b"]], axis=1))
    out = np.isin(pairs["a"], left_out) | np.isin(pairs["b"], left_out)
    # No more is told of a pair until it is chosen: of very many panels there are very many pairs, and few are.
    rows = np.flatnonzero(say_enough(pairs, fewest_edges) & ~matching & ~out)
    rows = rows[nearest_partners(pairs["a"][rows], pairs["b"][rows], score[rows], NEAREST)]
    return in_order(as_matches(pairs[rows], score[rows], fewest_edges))


def among(a: NDArray[Any], b: NDArray[Any], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which pairs of panels `a` and `b` are among `ends`, (N, 2); the earlier panel is first in each."""
    numbers = (np.asarray(pair_a, np.int64) << 32 | pair_b for pair_a, pair_b in ((a, b), ends.T))
    return np.isin(*numbers)


def in_place(block: Block, ends: NDArray[np.int64]) -> NDArray[Any]:
    """Compare the first frames of pairs of panels of a block, `ends` (N, 2), as they stand: PAIR, in their order."""
    pairs = np.zeros(len(ends), PAIR)
    pairs["a"], pairs["b"] = ends.T
    describe_pairs(pairs, block, *block.start[ends].T)
    return pairs


def unsettled(pairs: NDArray[Any], corrections: Corrections) -> NDArray[Any]:
    """Return those pairs, `a` and `b`, of which the reader's lists say nothing."""
    settled = as_ends([*corrections.apart, *corrections.together])
    if not len(settled) and not len(corrections.left_out):
        return pairs
    left_out = np.isin(pairs["a"], corrections.left_out) | np.isin(pairs["b"], corrections.left_out)
    return pairs[~left_out & ~among(pairs["a"], pairs["b"], settled)]


def correct(matches: NDArray[Any], known: NDArray[Any], corrections: Corrections) -> NDArray[Any]:
    """Return the matches as the reader's lists have them.

    Args:
        matches: MATCH, the pairs that match.
        known: MATCH, what is known of the pairs that must match. A pair may be there more than once: the first counts.
        corrections: the lists.
    """
    _, firsts = np.unique(known[["a", "b"]], return_index=True)
    listed = known[firsts]
    listed["score"], listed["listed"] = 1.0, True
    return np.concatenate([unsettled(matches, corrections), listed])


def as_ends(places: Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    """Return the places of pairs of panels as an array, (N, 2)."""
    return np.array(places, dtype=np.int64).reshape(-1, 2)


def partners_in_common(
    matches: NDArray[Any], near: NDArray[Any], panels: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each match how many panels its two panels are vaguely near: the one that has more, and both in common.

    Both are 0 for matches that are clear, and where there are no more than FEW_PARTNERS.

    Args:
        matches: MATCH.
        near: pairs that are near, matches or not quite: `a`, `b`, `score` and `says_enough`, as of ALIGNED.
        panels: how many there are.
    """
    most, common = np.zeros((2, len(matches)))
    vaguely = (near["score"] < CLEARLY) & near["says_enough"]
    a, b = near["a"][vaguely], near["b"][vaguely]
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    tied = sparse.csr_array((np.ones(len(ends[0]), np.int32), ends), shape=(panels, panels))
    partners = np.diff(tied.indptr)
    vague = matches["score"] < CLEARLY
    most[vague] = np.maximum(partners[matches["a"][vague]], partners[matches["b"][vague]])
    most[most <= FEW_PARTNERS] = 0
    many = np.flatnonzero(most)
    for first in range(0, len(many), MATCHES_AT_ONCE):
        some = many[first : first + MATCHES_AT_ONCE]
        common[some] = tied[matches["a"][some]].multiply(tied[matches["b"][some]]).sum(axis=1)
    return most, common


def of_one_drawing(most: NDArray[np.float64], common: NDArray[np.float64], panels: int) -> NDArray[np.float64]:
    """Return how surely matches are within many panels that all show one drawing, 0 to 1; see `partners_in_common`."""
    of_comic = common / max(COMIC_SHARE * panels, FEW_PARTNERS)
    return np.minimum(1, np.maximum((common / np.maximum(most - 1, 1)) ** COMMON_POWER, of_comic))


def weigh_templates(
    most: NDArray[np.float64], common: NDArray[np.float64], alone: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return by what to multiply the scores of matches: less for panels that match many others and none clearly.

    `most` and `common` are those of `partners_in_common`, `alone` of `of_one_drawing`.
    """
    return np.minimum(1, FEW_PARTNERS / np.maximum(1, most - common * alone))


def nth_best(matches: NDArray[Any], panels: int, n: int) -> NDArray[np.float64]:
    """Return of each panel the score of its `n`-th best match, or 0 if it has fewer, (panels,)."""
    ends = np.concatenate([matches["a"], matches["b"]])
    order = np.lexsort((-np.tile(matches["score"], 2), ends))
    first, last = (np.searchsorted(ends[order], np.arange(panels), side=side) for side in ("left", "right"))
    enough = last - first >= n
    found = np.zeros(panels)
    found[enough] = np.tile(matches["score"], 2)[order[first[enough] + n - 1]]
    return found


def weigh_families(matches: NDArray[Any], panels: int, alone: NDArray[np.float64] | float = 0) -> NDArray[np.float64]:
    """Return by what to multiply the scores of matches: less between panels that both have a family of their own.

    A panel's family are FAMILY others more like it. A match counts by how near its score comes to the family's. Matches
    that are `alone`, see `of_one_drawing`, tie what is one drawing, and do not weigh less.
    """
    family = nth_best(matches, panels, FAMILY)
    nearer = np.minimum(family[matches["a"]], family[matches["b"]])
    return np.minimum(1, matches["score"] / np.maximum(nearer, matches["score"])) ** (FAMILY_POWER * (1 - alone))


def adjacency_matrix(
    matches: NDArray[Any], panels: int, near: NDArray[Any] | None = None, apart: Sequence[tuple[int, ...]] = ()
) -> sparse.csr_array:
    """Return the symmetric matrix of scores, (panels, panels), for matches that name each pair once.

    Panels that say too little are left out: equal blank panels are duplicates, but no drawing that was used again. So
    are those that share only a small part.
    Where panels were aligned more of them match, and so templates weigh less, and matches between two families; `near`
    are all pairs that were near, see `partners_in_common`. What the reader has settled is infinite: positive for pairs
    that are listed as matches, negative for those `apart`.
    """
    ties = matches["says_enough"] & (least_cover(matches) >= ENOUGH_COVER)
    matches = matches[ties | matches["listed"]]
    weight = matches["score"].copy()
    if near is not None:
        most, common = partners_in_common(matches, near, panels)
        alone = of_one_drawing(most, common, panels)
        weight *= weigh_templates(most, common, alone) * weigh_families(matches, panels, alone)
    weight = np.concatenate([np.where(matches["listed"], np.inf, weight), np.full(len(apart), -np.inf)])
    a, b = np.concatenate([np.stack([matches["a"], matches["b"]], axis=1), as_ends(apart)]).T
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    return sparse.csr_array((np.tile(weight, 2), ends), shape=(panels, panels))


def adjacency(
    partners: str | Path,
    aligned: Iterable[str | Path],
    settings: Mapping[str, Any],
    fewest_edges: int,
    matrix: str | Path,
    matches: str | Path,
    corrections: Corrections = NO_CORRECTIONS,
    shards: Sequence[str | Path] = (),
    own_lines: str | Path | None = None,
    parts: str | Path | None = None,
) -> None:
    """Match the pairs that were kept by `settings`, correct the matches, and write them as a graph.

    Args:
        partners: what `partners` chose: pairs as they stand.
        aligned: what `align_block` made of these and of what was searched for, if it did; then these are matched, and
            the panels that pages are cut into.
        settings, fewest_edges: see `match`.
        matrix: gets the symmetric scipy CSR matrix of `adjacency_matrix`; rows are panels in story order.
        matches: gets the same pairs with all that is known of them: `matches` (MATCH, sorted by a and b); `below` (the
            same of pairs that come near, see `nearest_below`); `parts` (PART, all that match); of all pairs compared,
            the `histogram` of relative distances and `pairs_compared`; the panels near too many others, `capped`; and
            what `corrections` hold, as arrays.
        corrections: the reader's lists. Of a pair that must match but was not kept, the first frames are compared as
            they stand.
        shards: the fingerprints of all panels, read if some pairs must match or there are parts.
        own_lines: what `shared_lines` wrote, by which their edges count; without it all do.
        parts: the parts that were found, if they were looked for.
    """
    together = as_ends(corrections.together)
    with np.load(partners) as chosen:
        in_place_pairs, bitmap_bits, panels = chosen["pairs"], int(chosen["bitmap_bits"]), int(chosen["panels"])
        counted = {name: chosen[name] for name in ("histogram", "pairs_compared", "capped")}
    laid = list(map(np.load, aligned))
    kept = [np.concatenate([block["pairs"] for block in laid]), in_place_pairs] if laid else [in_place_pairs]
    frames = cache(lambda: read_block(shards, own=read_own_lines(own_lines)))  # of all panels, where they are needed
    cut_panels = [block["parts"] for block in laid]
    if laid and shards and (Fingerprints(shards).cut > 0).any():
        kept[0] = of_pages(kept[0], np.concatenate(cut_panels), frames(), settings["threshold"], fewest_edges)
    known = []
    if len(together):
        known = [pairs[among(pairs["a"], pairs["b"], together)] for pairs in kept] + [in_place(frames(), together)]
    listed = [as_matches(pairs, 1.0, fewest_edges) for pairs in known]
    found = match(kept[0], bitmap_bits, settings, fewest_edges)
    shared = np.concatenate([np.zeros(0, PART), *cut_panels, *([np.load(parts)["parts"]] if parts else [])])
    shared = unsettled(shared, corrections)
    shared = shared[shared["score"] >= settings.get("threshold", 0)]
    if len(best := best_parts(shared, found)):
        found = np.concatenate([found, match_by_parts(best, frames(), Fingerprints(shards).canvas_size)])
    corrected = in_order(correct(found, np.concatenate([*listed, np.zeros(0, MATCH)]), corrections))
    with atomic_file(matrix) as part:
        near = unsettled(kept[0], corrections) if laid else None
        graph = adjacency_matrix(corrected, panels, near, corrections.apart)
        sparse.save_npz(part, graph, compressed=False)
    with atomic_file(matches) as part:
        np.savez(
            part,
            matches=corrected,
            parts=shared,
            below=nearest_below(kept[0], corrected, corrections.left_out, fewest_edges),
            apart=as_ends(corrections.apart),
            together=together,
            left_out=np.array(corrections.left_out, dtype=np.int64),
            warnings=np.array(corrections.warnings, dtype=str),
            **counted,
        )


if __name__ == "__main__":
    with job() as snakemake:
        given = snakemake.input
        corrections = NO_CORRECTIONS
        if given.not_a_match or given.must_match:
            corrections = find_corrections(
                not_a_match=given.not_a_match or None, must_match=given.must_match or None, panels=given.panels
            )
        for line in corrections.warnings:
            logging.warning(line)
        adjacency(
            partners=given.partners,
            aligned=given.aligned,
            settings=snakemake.params.match,
            fewest_edges=snakemake.params.fewest_edges,
            matrix=snakemake.output.matrix,
            matches=snakemake.output.matches,
            corrections=corrections,
            shards=given.shards,
            own_lines=given.own_lines,
            parts=given.parts,
        )
