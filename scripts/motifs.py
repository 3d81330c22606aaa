"""Gather the parts that match into motifs: the same figure, object or place, wherever it is pasted.

A motif is a cluster of boxes, not of panels: a figure on forty grounds is one motif with forty places, and a panel may
have several. Boxes of a panel that overlap much are one place. Places are of one motif where parts lead from one to
the other. Panels that are alike as a whole have clusters already, so that parts of theirs make no motif.

Motifs are ranked as clusters are, by their best return: how long the motif was away, and how alike it comes back. So
what is used twice on one page is last, and what goes on from page to page near it.
"""

from reprise.job import job

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from reprise import tables
from reprise.atomic import atomic_file
from reprise.parts.record import ENOUGH_COVER, PART, box_in_pixels, cover, in_common, least_cover

COLUMNS = ["motif", "panel", "file", "page", "frame", "box", "cover", "source", "score", "mirrored", "absence"]

# Two boxes of a picture are one place if what they have in common is this share of what they cover together.
ONE_PLACE = 0.5

# After so many pages without it a return counts half, as for clusters.
AWAY = 20

PLACE = np.dtype([(name, PART[f"{name}_a"] if name != "panel" else np.int64) for name in ("panel", "frame", "box")])


def overlap(box: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Return what a box, (4,), has in common with others, (N, 4), as a share of what they cover together, (N,)."""
    shared = in_common(box, others)
    return shared / (cover(box) + cover(others) - shared)


def find_places(parts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Find the places that the parts, PART, best first, lead from and to.

    Returns:
        PLACE, the box of each that of its best part; and (N, 2), the two places of each part.
    """
    places = np.zeros(2 * len(parts), PLACE)
    of_frame = defaultdict[tuple[int, int], list[int]](list)
    ends = np.zeros((len(parts), 2), np.int64)
    count = 0
    for number, part in enumerate(parts):
        for side, end in enumerate("ab"):
            there = of_frame[part[end], part[f"frame_{end}"]]
            alike = overlap(part[f"box_{end}"], places["box"][there])
            if len(there) and alike.max() >= ONE_PLACE:
                ends[number, side] = there[alike.argmax()]
                continue
            places[count] = part[end], part[f"frame_{end}"], part[f"box_{end}"]
            there.append(count)
            ends[number, side] = count
            count += 1
    return places[:count], ends


def gather(parts: NDArray[Any]) -> list[pd.DataFrame]:
    """Gather parts, PART, into motifs: of each its places in story order.

    Returns:
        `place` (`panel`, `frame` and `box` of PLACE), and how it is known from an earlier place: `source` (that place's
        number, or -1 for the first), `score` and `mirrored` of the best part between them.
    """
    parts = parts[np.lexsort((parts["b"], parts["a"], -parts["score"]))]
    places, ends = find_places(parts)
    graph = sparse.coo_array((np.ones(len(ends)), ends.T), shape=(len(places), len(places)))
    _, motif_of = csgraph.connected_components(graph, directed=False)
    order = np.lexsort((places["box"][:, 0], places["box"][:, 1], places["panel"]))
    at = np.argsort(order)
    earlier, later = np.sort(at[ends], axis=1).T
    best = pd.DataFrame({"place": later, "source": earlier, "score": parts["score"], "mirrored": parts["mirrored"]})
    known = best[earlier != later].drop_duplicates("place").set_index("place")
    found = known.reindex(np.arange(len(places))).fillna({"source": -1, "score": 0.0, "mirrored": False})
    found = found.assign(place=found.index, motif=motif_of[order])
    kept = found[found.groupby("motif")["place"].transform("size") > 1]
    boxes = list(places[order])
    return [rows.assign(where=[boxes[number] for number in rows["place"]]) for _, rows in kept.groupby("motif")]


def returns(rows: pd.DataFrame, page: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return of each place of a motif how many pages it was away before, and what its return counts, from 0 to 1."""
    pages = page[[place["panel"] for place in rows["where"]]]
    absence = np.diff(pages, prepend=pages[:1])
    return absence, np.where(rows["source"] >= 0, absence / (absence + AWAY) * rows["score"], 0.0)


def motif_table(parts: NDArray[Any], panels: pd.DataFrame) -> pd.DataFrame:
    """Return COLUMNS, a row a place, the motifs in rank order and each in story order.

    Args:
        parts: PART, those that match, best first or not.
        panels: `panel`, `file`, `page`, `width` and `height` of all panels.
    """
    page = panels["page"].to_numpy(np.int64)
    ranked = []
    for rows in gather(parts):
        absence, counts = returns(rows, page)
        ranked.append((-round(float(counts.max()), 6), int(rows["place"].iloc[0]), rows.assign(absence=absence)))
    told = []
    for number, (_, _, rows) in enumerate(sorted(ranked, key=lambda motif: motif[:2]), 1):
        where = np.array(rows["where"].tolist(), PLACE)
        of_panel = panels.iloc[where["panel"]].reset_index(drop=True)
        panel_of = dict(zip(rows["place"], of_panel["panel"], strict=True))
        told.append(
            of_panel[["panel", "file", "page"]].assign(
                motif=number,
                frame=where["frame"],
                box=box_in_pixels(where["box"], of_panel),
                cover=cover(where["box"]).astype(np.float64).round(4),
                source=[panel_of.get(place, "") for place in rows["source"]],
                score=rows["score"].to_numpy(np.float64).round(6),
                mirrored=np.where(rows["mirrored"].astype(bool), "true", "false"),
                absence=rows["absence"].to_numpy(),
            )
        )
    return pd.concat([pd.DataFrame(columns=COLUMNS), *told])[COLUMNS] if told else pd.DataFrame(columns=COLUMNS)


def of_unlike_panels(parts: NDArray[Any], matches: NDArray[Any]) -> NDArray[Any]:
    """Return the parts, PART, of panels that do not match, MATCH, by enough of both to be tied in the graph."""
    tied = matches[least_cover(matches) >= ENOUGH_COVER]
    number = (pairs["a"].astype(np.int64) << 32 | pairs["b"] for pairs in (parts, tied))
    return parts[~np.isin(*number)]


def motifs(matches: str | Path, panels: str | Path, table: str | Path) -> None:
    """Write `motifs.csv`: a row for each place of each motif.

    `box` is left, top, right and bottom in pixels of the file, `cover` the share of the picture in it. `source` is the
    panel of the earlier place that it is most like, by `score`, and `mirrored` to; the first place has none. `absence`
    is in pages since the place before.
    """
    columns = ["panel", "file", "page", "width", "height"]
    known = tables.read_csv(panels, usecols=columns, dtype={"file": str}, keep_default_na=False)
    with np.load(matches) as graph, atomic_file(table) as part:
        tables.write_csv(motif_table(of_unlike_panels(graph["parts"], graph["matches"]), known), part)


if __name__ == "__main__":
    with job() as snakemake:
        motifs(matches=snakemake.input.matches, panels=snakemake.input.panels, table=snakemake.output.motifs)
