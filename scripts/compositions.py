"""List the pairs of panels that are composed alike, of those that do not match: a pose or a layout that is drawn anew.

Of such a pair hardly any line lies where the other has one. What is left is which way lines run about where. So of each
panel it is told how many edges of each orientation are in each of some large cells. A few panels are like very many
others, as a face in the middle is. So it counts by how much two panels are more alike than either is to those that it
is most like.

It is a list to look through, and never an edge of the graph: two panels may be composed alike by chance.

In the field: composed alike: layout similarity, by histograms of oriented gradients (HOG).
"""

from reprise.job import job

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprise import tables
from reprise.atomic import atomic_file
from reprise.matching.canvas import ORIENTATIONS, EdgePoints, read_points
from reprise.own_lines import OwnLines, read_own_lines
from reprise.shards import WHOLE_FRAME, Fingerprints

COLUMNS = ["rank", "panel_a", "panel_b", "file_a", "file_b", "score", "mirrored", "pages_apart"]

# All of these were chosen on drawn comics and emoji of two vendors, and told by others; docs/decisions.md has figures.
CELLS = 12  # across and down
LEAST_COVERED = 0.45  # a frame with edges in a smaller share of the cells tells no composition, as words on a ground
LEAST_SCORE = 0.2

# A panel's likeness to another is held against its mean likeness to those that it is most like, as in cross-domain
# similarity local scaling (CSLS): to the fiftieth of all panels, but to 5 at least and 10 at most. In a short comic it
# may be hardly any: so it counts as this at least.
NEIGHBOURS, FEWEST_NEIGHBOURS, MOST_NEIGHBOURS = 1 / 50, 5, 10
LEAST_LIKENESS = 0.3
MOST_LISTED = 100

# What is told of a panel is rounded to integers, as a vector of this length: so no sum of products is beyond those that
# float32 holds exactly, and the sums are the same in whatever order a processor adds.
LENGTH = 4000

FRAMES_AT_ONCE = 256

# So many panels are compared with each other. A longer comic is cut into runs of so many, so that the time it takes
# grows as it does.
RUN = 20_000

MIRRORED = -np.arange(ORIENTATIONS) % ORIENTATIONS  # as which orientation each is seen in a mirror


def count_edges(frames: EdgePoints) -> NDArray[np.float32]:
    """Return how many edges of each orientation are in each cell of frames: (F, CELLS, CELLS, ORIENTATIONS).

    An edge counts in the four cells about it, the more the nearer it is to their middles.
    """
    shape = CELLS + 2, CELLS + 2, ORIENTATIONS
    found = np.empty((len(frames), CELLS, CELLS, ORIENTATIONS), np.float32)
    for first in range(0, len(frames), FRAMES_AT_ONCE):
        last = min(first + FRAMES_AT_ONCE, len(frames))
        run = slice(frames.start[first], frames.start[last])
        frame = np.repeat(np.arange(last - first), np.diff(frames.start[first : last + 1]))
        # Points are in half pixels from the middle. The cells have a margin, for what lies outside of all middles.
        at = (frames.points[run] / frames.size[first:last][frame] + 1) * (CELLS / 2) + 0.5
        cell = at.astype(np.int64)
        beyond = at - cell
        counts = np.zeros((last - first) * np.prod(shape))
        for right in (0, 1):
            for below in (0, 1):
                weight = np.abs(1 - right - beyond[:, 0]) * np.abs(1 - below - beyond[:, 1])
                place = frame, cell[:, 1] + below, cell[:, 0] + right, frames.orientation[run]
                counts += np.bincount(np.ravel_multi_index(place, (last - first, *shape)), weight, len(counts))
        found[first:last] = counts.reshape(-1, *shape)[:, 1:-1, 1:-1]
    return found


def count_in_runs(shards: Sequence[str | Path], own: OwnLines | None) -> Iterator[NDArray[np.float32]]:
    """Yield the edges in the cells of each panel's first frame, RUN panels at a time.

    There are none of a panel that cannot be read, or is a page that is left out.
    """
    left = np.zeros((0, CELLS, CELLS, ORIENTATIONS), np.float32)
    for shard in shards:
        read = Fingerprints([shard])
        counts = np.zeros((len(read.frames), *left.shape[1:]), np.float32)
        told = np.flatnonzero(read.frames > 0)
        told = told[read.cut[read.start[told]] == WHOLE_FRAME]
        counts[told] = count_edges(read_points([shard], own).take(read.start[told]))
        left = np.concatenate([left, counts])
        while len(left) >= RUN:
            yield left[:RUN]
            left = left[RUN:]
    yield left


def describe(counts: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what is told of frames by the edges in their cells, and the same of them mirrored: (F, D) each.

    All are integers, and of the length LENGTH. What frames have in common on average is taken off.
    """
    told = np.sqrt(counts)
    told -= told.mean(axis=(1, 2, 3), keepdims=True)
    told /= told.std(axis=(1, 2, 3), keepdims=True) + 1e-9
    common = told.sum(axis=0) / max(1, len(told))
    told -= (common + common[:, ::-1, MIRRORED]) / 2
    told *= LENGTH / (np.sqrt(np.square(told).sum(axis=(1, 2, 3), keepdims=True)) + 1e-9)
    told = np.rint(told)
    size = len(told), CELLS * CELLS * ORIENTATIONS
    return told.reshape(size), np.ascontiguousarray(told[:, :, ::-1, MIRRORED]).reshape(size)


def find_alike(
    told: NDArray[np.float32], mirrored: NDArray[np.float32], groups: NDArray[np.int64], known: NDArray[np.int64]
) -> pd.DataFrame:
    """Find the frames that are more alike than they are to their neighbours, in blocks of rows.

    Args:
        told, mirrored: what `describe` returns.
        groups: (F,) the cluster of each; one in none has a number of its own.
        known: (N, 2) pairs that match. Those, and pairs of one cluster, are neither found nor neighbours.

    Returns:
        `a` and `b`, `score`, to 1, and `mirrored`; of all pairs whose score is above 0, and perhaps of others.
    """
    both_ways = np.concatenate([known, known[:, ::-1]])
    both_ways = both_ways[np.argsort(both_ways[:, 0], kind="stable")]
    neighbours = min(max(round(NEIGHBOURS * len(told)), FEWEST_NEIGHBOURS), MOST_NEIGHBOURS)
    nearest = np.full(len(told), np.inf)
    found = [pd.DataFrame({"a": [0], "b": [0], "alike": [0.0], "mirrored": [False]})[:0]]
    for first in range(0, len(told) if len(told) > neighbours else 0, FRAMES_AT_ONCE):
        rows = slice(first, first + FRAMES_AT_ONCE)
        straight, turned = told[rows] @ told.T, told[rows] @ mirrored.T
        alike = np.maximum(straight, turned)
        out = groups[rows, None] == groups
        low, high = np.searchsorted(both_ways[:, 0], [first, first + FRAMES_AT_ONCE])
        out[both_ways[low:high, 0] - first, both_ways[low:high, 1]] = True
        alike[out] = -np.inf
        # One that has fewer neighbours is like none of them: the mean is no number then, or without end.
        mean = np.partition(alike, -neighbours, axis=1)[:, -neighbours:].mean(axis=1, dtype=np.float64)
        nearest[rows] = np.where(np.isfinite(mean), np.maximum(mean, LEAST_LIKENESS * LENGTH**2), np.inf)
        # A pair that scores is above the mean of one of its ends, and so it is found here or in that one's row.
        row, b = np.nonzero(alike > nearest[rows, None])
        is_mirrored = turned[row, b] > straight[row, b]
        found.append(pd.DataFrame({"a": row + first, "b": b, "alike": alike[row, b], "mirrored": is_mirrored}))
    pairs = pd.concat(found)
    ends = np.sort(pairs[["a", "b"]].to_numpy(), axis=1)
    pairs = pairs.assign(a=ends[:, 0], b=ends[:, 1]).drop_duplicates(["a", "b"])
    score = (pairs["alike"] - (nearest[pairs["a"]] + nearest[pairs["b"]]) / 2) / LENGTH**2
    return pairs.assign(score=score.round(6))


def find_in_run(counts: NDArray[np.float32], groups: NDArray[np.int64], known: NDArray[np.int64]) -> pd.DataFrame:
    """Find the panels of a run that are composed alike: what `find_alike` returns of those that tell a composition.

    Args:
        counts: what `count_edges` returns of a frame of each panel.
        groups, known: as for `find_alike`.
    """
    kept = np.flatnonzero((counts.sum(axis=3) >= 1).mean(axis=(1, 2)) >= LEAST_COVERED)
    place = np.full(len(counts), -1)
    place[kept] = np.arange(len(kept))
    known = place[known]
    pairs = find_alike(*describe(counts[kept]), groups[kept], known[(known >= 0).all(axis=1)])
    pairs = pairs[pairs["score"] >= LEAST_SCORE]
    return pairs.assign(a=kept[pairs["a"]], b=kept[pairs["b"]])


def composition_table(pairs: pd.DataFrame, panels: pd.DataFrame, groups: NDArray[np.int64]) -> pd.DataFrame:
    """Return COLUMNS, best first: of each two clusters the pair that is most alike, and MOST_LISTED at most.

    Args:
        pairs: `a`, `b`, `score` and `mirrored`.
        panels: `panel`, `file` and `page` of all panels.
        groups: the cluster of each, or a number of its own.
    """
    pairs = pairs.sort_values(["score", "a", "b"], ascending=[False, True, True])
    of_groups = np.sort(groups[pairs[["a", "b"]].to_numpy()], axis=1)
    pairs = pairs[~pd.DataFrame(of_groups).duplicated().to_numpy()][:MOST_LISTED]
    ends = {end: panels.iloc[pairs[end]].reset_index(drop=True) for end in "ab"}
    columns: dict[str, Any] = {f"{name}_{end}": rows[name] for end, rows in ends.items() for name in ("panel", "file")}
    columns |= {
        "rank": np.arange(1, len(pairs) + 1),
        "score": pairs["score"].to_numpy(),
        "mirrored": np.where(pairs["mirrored"], "true", "false"),
        "pages_apart": ends["b"]["page"] - ends["a"]["page"],
    }
    return pd.DataFrame(columns)[COLUMNS]


def compositions(
    shards: Sequence[str | Path],
    own_lines: str | Path | None,
    matches: str | Path,
    communities: str | Path,
    panels: str | Path,
    table: str | Path,
) -> None:
    """Write `compositions.csv`: pairs of panels that are composed alike, and that neither match nor are of one cluster.

    A panel is told by its first frame. `score` is by how much the two are more alike, on a scale to 1, than each is in
    the mean to its neighbours.

    Args:
        shards: the fingerprints of all panels.
        own_lines: what `shared_lines` wrote, by which edges count; without it all do.
        matches, communities: what `adjacency` and `communities` wrote.
        panels: the table of that name.
        table: where to write.
    """
    known = tables.read_table(panels, ["panel", "file", "page"])
    groups = -1 - np.arange(len(known))
    with np.load(communities) as found:
        sizes = np.diff(found["start"])
        groups[found["members"]] = np.repeat(np.arange(len(sizes)), sizes)
    with np.load(matches) as graph:
        ends, left_out = np.stack([graph["matches"]["a"], graph["matches"]["b"]], axis=1), graph["left_out"]
    pairs = []
    for number, counts in enumerate(count_in_runs(shards, read_own_lines(own_lines))):
        first, last = number * RUN, number * RUN + len(counts)
        counts[left_out[(left_out >= first) & (left_out < last)] - first] = 0  # as of one that says nothing
        inside = ((ends >= first) & (ends < last)).all(axis=1)
        pairs.append(find_in_run(counts, groups[first:last], ends[inside] - first))
        pairs[-1][["a", "b"]] += first
    with atomic_file(table) as part:
        tables.write_csv(composition_table(pd.concat(pairs), known, groups), part)


if __name__ == "__main__":
    with job() as snakemake:
        compositions(
            shards=snakemake.input.shards,
            own_lines=snakemake.input.own_lines,
            matches=snakemake.input.matches,
            communities=snakemake.input.communities,
            panels=snakemake.input.panels,
            table=snakemake.output.compositions,
        )
