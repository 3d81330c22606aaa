"""Say of every match what kind it is: the same picture, recoloured, redrawn, mirrored, moved, in a later frame, a part.

How the drawing was used comes first. Where one whole picture is in another it is `contains`, where only a part of each
is the same `part`. A match through a later frame is `frame`, else one in a mirror is `mirrored`, else one that was
shifted, zoomed or cropped is `moved`. What became of the drawing comes second, and is the relation of all
others: `duplicate` where the colours are the same everywhere, else `recolour` or `redraw`.

Five numbers tell a recolour from a redraw. Of what changed, two are the shares of another colour than the same colour
became elsewhere: from the first picture to the second, and back. The third is the share of the picture that is so in
both directions, the fourth the share of edges that do not meet. The fifth is how much the colours of one picture tell
of the other's: where there is little to see, little can contradict.

Lettering is left out of all this, but not of the question whether two pictures are the same.
"""

from reprise.job import job

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprise import tables
from reprise.atomic import atomic_file
from reprise.clock import clock
from reprise.matching.evidence import beyond_chance
from reprise.parts.record import NEARLY_WHOLE, box_in_pixels, cover
from reprise.progress import progress
from reprise.relation.colours import CHANGED, FEWEST_SEEN, colour_changes
from reprise.shards import GRID, Fingerprints, Pictures, count_pictures, read_pictures, rows_of, starts

COLUMNS = [
    *("panel_a", "panel_b", "file_a", "file_b", "dice", "edge_bits", "hash_bits", "score"),
    *("mirrored", "frame_a", "frame_b", "time_a", "time_b", "relation", "drawing", "confidence", "explanation"),
    *("zoom", "across", "down", "pages_apart", "box_a", "box_b", "cover_a", "cover_b"),
]

PANEL_COLUMNS = ["panel", "page", "file", "width", "height"]

# Pairs looked at together; it bounds the memory that their pictures take.
PAIRS_AT_ONCE = 2000

# In no part does a picture that was saved anew differ from its original by as much as this, in levels of 0 to 255.
SAME_COLOURS = 24

# A drawing has moved if it lies so far off, in pixels of the canvas of alignments, or is so many times larger or
# smaller. These two, and the four below (LEAST_CHANGE to MOVED_LINES), were chosen by hand on the choosing half of
# benchmarks/matching.yaml.
MOVED_SHIFT, MOVED_ZOOM = 2.5, 1.035

# The log-odds that a drawing was recoloured and not redrawn: CONSTANT, and WEIGHTS times the `telling_numbers`. They
# were fitted by a logistic regression on pairs of demo comics and of two sets of emoji, and rounded.
# benchmarks/scripts/fit_recolours.py fits them anew on the same sets. How pairs weighed in the first fit is not on
# record, so that the new numbers are near, but not the same. ADDED is added to a share before its logarithm is taken.
CONSTANT = -18.5
UNLIKE_LEAST, UNLIKE_MOST, UNLIKE_ADDED = -1.5, -0.6, 0.02
UNLIKE_BOTH, UNLIKE_BOTH_ADDED = -1.0, 0.003
LINES_LOST, LINES_LOST_ADDED = -1.5, 0.02
TOLD = 2.8
WEIGHTS = (UNLIKE_LEAST, UNLIKE_MOST, UNLIKE_BOTH, LINES_LOST, TOLD)

# Shares of what changed are taken of this, where less of the picture changed.
LEAST_CHANGE = 0.01

# No recolour is told in place where a greater share than this of all that changed, however little, is unlike the rest,
# as where a small figure slid: what it leaves and what it covers did not change as its colours did elsewhere. Chosen by
# hand on the choosing half of benchmarks/matching.yaml.
MOST_UNLIKE = 0.4

# Where so much changed, hardly any of it unlike the rest, and so many lines meet, a drawing is a recolour however few
# colours there are: the negative of one in black and white. NEGATIVE_ODDS are added then. These were chosen by
# hand on a drawn comic that was made black and white.
NEGATIVE_CHANGED, NEGATIVE_UNLIKE, NEGATIVE_LINES, NEGATIVE_ODDS = 0.95, 0.05, 0.85, 6.0

# Words changed if so large a share of the samples on them did.
WORDS_CHANGED = 0.1

# Where words were left out, and no more than this share changed beside them, that may be the rim of the words.
WORDS_RIM = 0.03

# A drawing that has moved does not lie just upon the other, so that edges count as changed. It is a recolour if a share
# of more than MOVED_CHANGED changed, and less than MOVED_UNLIKE of that is unlike the rest. It is the same if less
# changed, and more than MOVED_LINES of the lines meet.
MOVED_UNLIKE, MOVED_CHANGED, MOVED_LINES = 0.4, 0.3, 0.85


def has_moved(match: Any) -> Any:
    """Tell of matches whether the drawing was shifted, zoomed or cropped."""
    far = np.hypot(match["across"], match["down"]) > MOVED_SHIFT
    return far | (np.abs(np.log(match["zoom"])) > math.log(MOVED_ZOOM))


def laid(matches: NDArray[Any], size_a: NDArray[np.uint8], size_b: NDArray[np.uint8]) -> pd.DataFrame:
    """Return how the first picture of each match lies upon the second, in the second's own measures.

    Args:
        matches: MATCH, where places are in pixels of the canvas of alignments.
        size_a, size_b: (N, 2), the width and height of the two frames on that canvas.

    Returns:
        `zoom`: how many times as wide as the second the first is, once it is laid upon it. `across` and `down`: how far
        the first's middle then lies to the right of the second's middle and below it, in percent of the second's width
        and of its height.
    """
    width_a, (width_b, height_b) = size_a[:, 0].astype(np.float64), size_b.T.astype(np.float64)
    return pd.DataFrame(
        {
            "zoom": matches["zoom"] * width_a / width_b,
            "across": 100 * matches["across"] / width_b,
            "down": 100 * matches["down"] / height_b,
        }
    )


def lines_met(matches: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share of edges that meet, beyond chance; of pairs that were not aligned, their Dice coefficient."""
    beyond = beyond_chance(matches["met"], matches["chance"])
    return np.clip(np.where(np.isnan(beyond), matches["dice"], beyond), 0, 1)


def words_changed(pictures: Pictures, row_a: NDArray[np.int64], row_b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of pairs of frames that lie in place whether their words are others, (n,)."""
    on_words = pictures.lettered[row_a] | pictures.lettered[row_b]
    of_a, of_b = pictures.samples[row_a], pictures.samples[row_b]
    differ = (np.maximum(of_a, of_b) - np.minimum(of_a, of_b)).max(axis=3) > CHANGED
    return (differ & on_words).sum(axis=(1, 2)) > WORDS_CHANGED * on_words.sum(axis=(1, 2))


def is_part(match: Any) -> Any:
    """Tell of matches whether the box in either picture is not all of it."""
    return np.minimum(cover(match["box_a"]), cover(match["box_b"])) < NEARLY_WHOLE


def outside(box: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which samples of pictures lie outside boxes, (N, 4): (N, GRID, GRID)."""
    at = (np.arange(GRID) + 0.5) / GRID
    left, top, right, bottom = (side[:, None] for side in box.T)
    inside = ((at >= top) & (at < bottom))[:, :, None] & ((at >= left) & (at < right))[:, None, :]
    return ~inside


def part_changes(
    parts: NDArray[Any],
    pictures: Pictures,
    size: NDArray[np.uint8],
    row_a: NDArray[np.int64],
    row_b: NDArray[np.int64],
    places: NDArray[np.float64],
) -> NDArray[Any]:
    """Tell what became of the colours in the boxes of matches, MATCH: CHANGE; see `look`."""
    rows = np.concatenate([row_a, row_b])
    left_out = pictures.lettered[rows] | outside(np.concatenate([parts["box_a"], parts["box_b"]]))
    of_a, of_b = np.split(np.arange(len(rows)), 2)
    return colour_changes(pictures.samples[rows], left_out, size[rows], of_a, of_b, places)


def look(
    matches: NDArray[Any],
    row_a: NDArray[np.int64],
    row_b: NDArray[np.int64],
    pictures: Pictures,
    size: NDArray[np.uint8],
) -> pd.DataFrame:
    """Look at the two pictures of each match, laid upon each other.

    Args:
        matches: MATCH.
        row_a, row_b: the places of their frames among the pictures.
        pictures: what can be seen of N frames.
        size: (N, 2), width and height of each on the canvas of alignments.

    Returns:
        A row a match: `zoom`, `across` and `down` (laid); `moved` (has_moved); `lines` (lines_met); `difference`, the
        greatest between the averaged colours as they lie, mirrored if need be, in levels; `reworded`, whether the words
        are seen to be others; `worded`, whether words are left out of the following; and the fields of
        `reprise.relation.colours.CHANGE`.
    """
    part = is_part(matches)
    moved = has_moved(matches) | part
    places = np.stack([matches[name].astype(np.float64) for name in ("mirrored", "zoom", "across", "down")], axis=1)
    # A move by a hair is chance: samples are better compared where they are.
    places[~moved, 1:] = [1, 0, 0]
    of_a, of_b = pictures.colours[row_a], pictures.colours[row_b]
    of_a[matches["mirrored"]] = of_a[matches["mirrored"], :, ::-1]
    apart = np.maximum(of_a, of_b) - np.minimum(of_a, of_b)
    lettered = np.any(pictures.lettered, axis=(1, 2))
    change = colour_changes(pictures.samples, pictures.lettered, size, row_a, row_b, places)
    change[part] = part_changes(matches[part], pictures, size, row_a[part], row_b[part], places[part])
    seen = pd.DataFrame({name: change[name] for name in change.dtype.names or ()})
    worded = lettered[row_a] | lettered[row_b]
    asked = np.flatnonzero(worded & ~moved & ~matches["mirrored"] & (seen["changed"] <= WORDS_RIM))
    reworded = np.zeros(len(matches), np.bool_)
    reworded[asked] = words_changed(pictures, row_a[asked], row_b[asked])
    return pd.concat([laid(matches, size[row_a], size[row_b]), seen], axis=1).assign(
        moved=moved,
        lines=lines_met(matches),
        difference=apart.reshape(len(matches), math.prod(apart.shape[1:])).max(axis=1, initial=0),
        worded=worded,
        reworded=reworded,
    )


def frames_of(matches: NDArray[Any], fingerprints: Fingerprints) -> NDArray[np.int64]:
    """Return the rows of the two frames of each match, MATCH, among those of all panels: (2, N)."""
    start, number = fingerprints.start, fingerprints.number
    return np.stack([rows_of(start, number, matches[end], matches[f"frame_{end}"]) for end in "ab"])


def look_at_all(
    matches: NDArray[Any], frames: NDArray[np.int64], pictures: Sequence[str | Path], size: NDArray[np.uint8]
) -> Iterator[tuple[slice, pd.DataFrame]]:
    """Look at the pictures of all matches, some at a time; give which these are, and what `look` saw.

    Args:
        matches: (N,) MATCH.
        frames: (2, N), the rows of their frames.
        pictures: the pictures of the shards.
        size: (F, 2), width and height of all frames on the canvas of alignments.
    """
    start = starts(count_pictures(pictures))
    runs = range(0, max(1, len(matches)), PAIRS_AT_ONCE)
    for first in progress(runs, len(runs), "relate"):
        some = slice(first, first + PAIRS_AT_ONCE)
        rows, (row_a, row_b) = np.unique(frames[:, some], return_inverse=True)
        yield some, look(matches[some], row_a, row_b, read_pictures(pictures, start, rows), size[rows])


def unlike_the_rest(odd: Any, changed: Any) -> Any:
    """Return the share of what changed whose colour is not what that colour became elsewhere."""
    return odd / np.maximum(changed, LEAST_CHANGE)


def telling_numbers(seen: pd.DataFrame) -> list[pd.Series]:
    """Return the five numbers that tell a recolour from a redraw, (N,) each, in the order of WEIGHTS."""
    return [
        np.log(unlike_the_rest(seen["odd_least"], seen["changed"]) + UNLIKE_ADDED),
        np.log(unlike_the_rest(seen["odd_most"], seen["changed"]) + UNLIKE_ADDED),
        np.log(seen["odd_both"] + UNLIKE_BOTH_ADDED),
        np.log(1 - seen["lines"] + LINES_LOST_ADDED),
        seen["told"],
    ]


def recolour_odds(seen: pd.DataFrame) -> NDArray[np.float64]:
    """Return the log-odds that each drawing was recoloured and not redrawn; 0 is as likely the one as the other."""
    weighed = (weight * number for weight, number in zip(WEIGHTS, telling_numbers(seen), strict=True))
    odds: Any = sum(weighed, CONSTANT)
    unlike = unlike_the_rest(seen["odd_least"], seen["changed"])
    fewer, more = MOVED_UNLIKE / (unlike + UNLIKE_ADDED), (seen["changed"] + LEAST_CHANGE) / MOVED_CHANGED
    odds = np.where(seen["moved"], 2 * np.log(np.minimum(fewer, more)), odds)
    only_words = seen["worded"] & (seen["changed"] <= WORDS_RIM)
    slid = ~seen["moved"] & (seen["odd_least"] > MOST_UNLIKE * seen["changed"])
    few, meet = unlike <= NEGATIVE_UNLIKE, seen["lines"] >= NEGATIVE_LINES
    negative = ~seen["moved"] & (seen["changed"] >= NEGATIVE_CHANGED) & few & meet
    odds = odds + NEGATIVE_ODDS * negative
    return np.where(only_words | slid, np.minimum(odds, -2.0), odds)


def limit(value: Any, at: float) -> Any:
    """Return how surely values keep below a limit: 1 far below it, a half at the limit, 0 far above."""
    return 1 / (1 + (np.asarray(value, dtype=np.float64) / at) ** 2)


def tell(matches: NDArray[Any], seen: pd.DataFrame) -> pd.DataFrame:
    """Tell from what was seen of each match what kind it is.

    Returns:
        `relation`; `drawing`, what became of the drawing (duplicate, recolour or redraw); `confidence`, from 0 to 1:
        how clearly the numbers speak for the relation; and `explanation`: these numbers in words.
    """
    as_recolour = 1 / (1 + np.exp(-recolour_odds(seen)))
    moved = seen["moved"].to_numpy()
    moved_alike = np.minimum(limit(seen["changed"], MOVED_CHANGED), limit(1 - seen["lines"], 1 - MOVED_LINES))
    as_duplicate = np.where(moved, np.minimum(moved_alike, 1 - as_recolour), limit(seen["difference"], SAME_COLOURS))
    same, recoloured = as_duplicate > 0.5, as_recolour > 0.5
    drawing = np.where(same, "duplicate", np.where(recoloured, "recolour", "redraw"))
    sure = np.where(same, as_duplicate, np.minimum(1 - as_duplicate, np.maximum(as_recolour, 1 - as_recolour)))
    further = np.hypot(matches["across"], matches["down"]) / MOVED_SHIFT
    nearer = np.abs(np.log(matches["zoom"])) / math.log(MOVED_ZOOM)
    in_place = np.minimum(limit(further, 1), limit(nearer, 1))
    later = (matches["frame_a"] > 0) | (matches["frame_b"] > 0)
    part, whole = is_part(matches), np.maximum(cover(matches["box_a"]), cover(matches["box_b"])) >= NEARLY_WHOLE
    kinds = [(part & whole, "contains", matches["score"]), (part, "part", matches["score"])]
    kinds += [(later, "frame", matches["score"]), (matches["mirrored"], "mirrored", matches["score"])]
    kinds += [(moved, "moved", 1 - in_place)]
    holds, names, confidences = zip(*kinds, strict=True)
    return pd.DataFrame(
        {
            "relation": np.select(list(holds), list(names), drawing),
            "drawing": drawing,
            "confidence": np.select(list(holds), list(confidences), np.minimum(sure, in_place)).round(3),
            "explanation": [
                explain(*match) for match in zip(matches, seen.itertuples(), drawing.tolist(), strict=True)
            ],
        }
    )


def frame_in_words(number: int, time: float) -> str:
    """Call a frame by its number, from 0, and if there is one by its time in seconds."""
    return f"{number + 1:,}" + ("" if math.isnan(time) else f" (at {clock(time)})")


def share_in_words(share: float) -> str:
    """Write a share in percent, a small one with the digit that tells it from nothing."""
    if share < 0.0005:
        return "less than 0.1%" if share else "0%"
    return f"{share:.0%}" if share >= 0.0095 else f"{share:.1%}"


def lines_in_words(match: Any, seen: Any) -> str:
    """Say how many of the lines of a match meet."""
    if not match["says_enough"]:
        return "too few lines to compare"
    share = f"{seen.lines:.0%}"
    return f"{share} of the lines meet" if share != "0%" else "no more lines meet than by chance"


def colours_in_words(seen: Any, whole: str) -> str:
    """Say how much of a `whole` changed colour, and how much of it is not what its colour became elsewhere."""
    beside = " beside the words" if seen.worded else ""
    if round(seen.seen * GRID**2) < FEWEST_SEEN:
        return f"too little of the two{beside} lies upon each other to compare colours"
    if seen.reworded:
        else_changed = f"{share_in_words(seen.changed)} of the {whole}" if seen.changed else "nothing"
        return f"the words changed, and {else_changed} beside them"
    if not seen.changed:
        return f"no colour{beside} changed"
    changed, odd = share_in_words(seen.changed), share_in_words(seen.odd_least)
    if not seen.odd_least:
        return f"{changed} of the {whole}{beside} changed colour, each colour into one other"
    return f"{changed} of the {whole}{beside} changed colour, and {odd} is not what its colour became elsewhere"


def place_in_words(seen: Any) -> list[str]:
    """Say how the first drawing lies upon the second, as far as that is not just in place."""
    ways = [
        (seen.across, f"of the width to the {'left' if seen.across < 0 else 'right'}"),
        (seen.down, f"of the height {'up' if seen.down < 0 else 'down'}"),
    ]
    shifts = " and ".join(f"{abs(by):.0f}% {way}" for by, way in ways if round(by))
    zoom = f"{seen.zoom:.2f}"
    wide = f"{zoom} times as wide as the second" if zoom != "1.00" else ""
    if shifts:
        return [f"the first lies {shifts}" + (f", {wide}" if wide else "")]
    return [f"the first is {wide}"] if wide else []


def part_in_words(match: Any) -> str:
    """Say how much of each picture is the same."""
    ends = [
        "the whole" if share >= NEARLY_WHOLE else f"{share_in_words(share)} of the"
        for share in (float(cover(match["box_a"])), float(cover(match["box_b"])))
    ]
    return f"{ends[0]} first picture is also {ends[1]} second"


def explain(match: Any, seen: Any, drawing: str) -> str:
    """Put into words the numbers by which the relation of a match was told."""
    said = []
    if match["listed"]:
        said.append("on your list of matches")
    part = is_part(match)
    if part:
        said.append(part_in_words(match))
    if match["frame_a"] or match["frame_b"]:
        of_first, of_second = (frame_in_words(match[f"frame_{end}"], getattr(seen, f"time_{end}")) for end in "ab")
        said.append(f"frame {of_first} of the first and {of_second} of the second")
    if match["mirrored"]:
        said.append("the first in a mirror")
    if seen.moved and not part:
        said += place_in_words(seen)
    if drawing == "duplicate" and not seen.moved:
        # Lines do not tell a duplicate, and of a picture with few of them, or the same everywhere, hardly any meet.
        levels = f" by more than {seen.difference} of 255 levels of colour" if seen.difference else " in colour"
        said.append(f"no part differs{levels}")
    else:
        said += [lines_in_words(match, seen), colours_in_words(seen, "part" if part else "picture")]
    sentence = "; ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]}."


def relate_some(
    matches: NDArray[Any], panels: pd.DataFrame, hashes: NDArray[np.uint64], seen: pd.DataFrame
) -> pd.DataFrame:
    """Return the table's rows of some matches.

    Args:
        matches: (N,) MATCH.
        panels: `panel`, `page`, `file`, `width` and `height` of all panels.
        hashes: (2, N), dct_hash of the two frames of each match.
        seen: what `look` saw of each, and `time_a` and `time_b`, when their frames are shown.
    """
    kinds = tell(matches, seen)
    a, b = panels.iloc[matches["a"]].reset_index(), panels.iloc[matches["b"]].reset_index()
    part = is_part(matches)
    return pd.DataFrame(
        {
            "panel_a": a["panel"],
            "panel_b": b["panel"],
            "file_a": a["file"],
            "file_b": b["file"],
            "dice": matches["dice"].round(6),
            "edge_bits": matches["edge_bits"],
            "hash_bits": np.bitwise_count(hashes[0] ^ hashes[1]),
            "score": matches["score"].round(6),
            "mirrored": np.where(matches["mirrored"], "true", "false"),
            "frame_a": matches["frame_a"],
            "frame_b": matches["frame_b"],
            "time_a": seen["time_a"].round(3),
            "time_b": seen["time_b"].round(3),
            **{name: kinds[name] for name in kinds},
            "zoom": seen["zoom"].round(3),
            "across": seen["across"].round(2),
            "down": seen["down"].round(2),
            "pages_apart": b["page"] - a["page"],
            "box_a": np.where(part, box_in_pixels(matches["box_a"], a), ""),
            "box_b": np.where(part, box_in_pixels(matches["box_b"], b), ""),
            "cover_a": cover(matches["box_a"]).astype(np.float64).round(4),
            "cover_b": cover(matches["box_b"]).astype(np.float64).round(4),
        }
    )


def relate(
    matches: str | Path,
    panels: str | Path,
    shards: Sequence[str | Path],
    pictures: Sequence[str | Path],
    pairs: str | Path,
) -> None:
    """Write `pairs.csv`: a row for every match, `panel_a` the earlier, in story order.

    `relation`, `drawing`, `confidence` and `explanation` are those of `tell`. `time_a` and `time_b` are the seconds
    into an animation or a video at which its frame is shown, and empty of a still panel. To lay the first picture upon
    the second: mirror it if `mirrored`; in its own proportions, make it `zoom` times as wide as the second; put its
    middle `across` percent of the second's width to the right of the second's middle, and `down` percent of its height
    below it. `box_a` and `box_b` say where the part is, in pixels of the files, left, top, right and bottom; of matches
    of whole pictures they are empty. `cover_a` and `cover_b` are the shares of the pictures that are in the boxes.
    """
    known = np.load(matches)["matches"]
    fingerprints = Fingerprints(shards)
    hashes, time = fingerprints.dct_hash, fingerprints.time
    table = tables.read_csv(panels, usecols=PANEL_COLUMNS, dtype={"file": str}, keep_default_na=False)
    ends = frames_of(known, fingerprints)
    with atomic_file(pairs) as part, open(part, "w", encoding="utf-8", newline="") as written:
        for some, seen in look_at_all(known, ends, pictures, fingerprints.canvas_size):
            seen = seen.assign(time_a=time[ends[0, some]], time_b=time[ends[1, some]])
            found = relate_some(known[some], table, hashes[ends[:, some]], seen)
            tables.write_csv(found, written, columns=COLUMNS, header=some.start == 0)


if __name__ == "__main__":
    with job() as snakemake:
        relate(
            matches=snakemake.input.matches,
            panels=snakemake.input.panels,
            shards=snakemake.input.shards,
            pictures=snakemake.input.pictures,
            pairs=snakemake.output.pairs,
        )
