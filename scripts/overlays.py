"""Lay the two drawings of each pair that is shown exactly upon each other, and find where they differ.

An alignment is known to about a pixel of a small canvas. That is five pixels of a picture that is large enough to look
at. Here the edges of two thumbnails are brought together, to a fraction of a pixel. This is done by the iterative
closest point: each edge pixel of the first pulls towards the nearest of the second, across its line and not along it.

Only pairs that are shown are looked at, and each once: what a pair came to stays in the table as long as it is shown,
whatever else a new threshold changes.

In the field: overlay: image registration, by the iterative closest point (ICP); change: change detection.
"""

from reprise.job import job

import csv
import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from reprise import tables
from reprise.atomic import atomic_file
from reprise.progress import progress
from reprise.shown_pairs import read_shown_pairs
from reprise.threads import in_processes
from reprise.thumbnails import SIZES, thumbnail_file

COLUMNS = ("panel_a", "panel_b", "zoom", "across", "down", "changes", "told_by")
PLACE = ("mirrored", "zoom", "across", "down")
RUN = 64  # pairs that a process looks at before it takes more
FRAMES_KEPT = 256  # a frame is often laid upon several others, near in the story

# Canny's thresholds, for the Sobel operator.
LOW, HIGH = 60, 120

# Edge pixels that pull; more of them make it no more exact.
MOST_POINTS = 800

# First a place is looked for in the neighbourhood of the alignment: with a part of the edge pixels, at each whole pixel
# up to SHIFT away, and zoomed by each of ZOOMS. What is better by less than CHANCE is no better. A line of ink has two
# edges, a few pixels apart, and from too far off one is pulled to the other.
FEW, SHIFT, ZOOMS, CHANCE = 400, 3, (1.0, 0.985, 1.015), 1.02

# How far an edge may be to pull, in pixels of the thumbnail, in each round; and how many must.
REACHES = (2.5, 2.0, 1.5, 1.5, 1.5)
FEWEST_POINTS = 30

# A drawing that was not moved lies in place if this share of the edges that meet in the best place meet there too.
AS_GOOD = 0.9

# Two colours differ if they do by more than so many levels of any channel. Where more than the share RECOLOURED of a
# picture differs, only those places count whose colour is further than ODD from what the first colour became elsewhere.
DIFFERENT, ODD, RECOLOURED = 40, 64, 0.3
LEVELS = 6  # of each channel, in which colours are told apart as kinds
WIDE = 43  # levels of 256 in each

# A change is told of if it is wider than a line that was traced anew, and no smaller than a share of the picture. Those
# that lie near each other are one, in pixels of the thumbnail. If all together take more than MOST_CHANGED of the
# picture, or there are too many, to point at them tells nothing.
THIN, NEAR, RIM = 5, 13, 3
LEAST_CHANGE, MOST_CHANGED, MOST_CHANGES = 0.002, 0.5, 6


Box = tuple[int, int, int, int]
"""A part of a picture, in pixels: where it begins and ends, left, top, right, low."""


Part = tuple[float, ...]
"""Left, top, right and low sides of a part of a picture, as shares of it, from 0 to 1."""


class Place(NamedTuple):
    """How the first picture lies upon the second, as in pairs.csv; it is mirrored already."""

    zoom: float
    across: float
    down: float


IN_PLACE = Place(1, 0, 0)


class Frame(NamedTuple):
    """A thumbnail, made ready to be laid upon others, and others upon it.

    Attributes:
        pixels: (height, width, 3) uint8.
        points: (n, 2) float32, edge pixels, from the middle of the picture.
        near: (height + 2 SHIFT, width + 2 SHIFT) float32: 1 at an edge pixel, less beside one, and 0 about the picture.
        away: (height, width) float32, how far the nearest edge pixel is.
        label: (height, width) int32, which pixel that is: a row of `edges`.
        edges: (m, 4) float32, edge pixels from the middle, and the direction across their line.
    """

    pixels: NDArray[Any]
    points: NDArray[Any]
    near: NDArray[Any]
    away: NDArray[Any]
    label: NDArray[Any]
    edges: NDArray[Any]


def ready(pixels: Any) -> Frame:
    """Make a picture, (height, width, 3) uint8, ready."""
    height, width = pixels.shape[:2]
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), (0, 0), 0.8)
    across, down = cv2.spatialGradient(grey)
    found = cv2.Canny(across, down, LOW, HIGH)
    away: Any
    label: Any
    away, label = cv2.distanceTransformWithLabels(255 - found, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    near = np.pad(cv2.exp(-away), SHIFT)
    y, x = np.nonzero(found)
    normal = np.stack([across[y, x], down[y, x]], axis=1).astype(np.float32)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1)
    points = np.stack([x + 0.5 - width / 2, y + 0.5 - height / 2], axis=1).astype(np.float32)
    edges = np.zeros((label.max(initial=0) + 1, 4), np.float32)
    edges[label[y, x]] = np.concatenate([points, normal], axis=1)
    return Frame(pixels, points[:: max(1, len(points) // MOST_POINTS)], near, away, label, edges)


def shape(frame: Frame) -> tuple[int, int]:
    """Return the width and height of a frame."""
    height, width = frame.pixels.shape[:2]
    return width, height


def laid(a: Frame, b: Frame, place: Place) -> tuple[float, NDArray[Any]]:
    """Return the factor by which a is enlarged, and by how many pixels, (2,), it is shifted from the middle of b."""
    width, height = shape(b)
    return place.zoom * width / shape(a)[0], np.array([place.across * width, place.down * height]) / 100


def land(points: Any, a: Frame, b: Frame, place: Place) -> tuple[Any, Any, Any, Any]:
    """Lay points, (n, 2), of a upon b.

    Returns:
        (n, 2), where they land, from the middle of b; (n,), the columns and the rows of b; and (n,), which are in view.
    """
    factor, shift = laid(a, b, place)
    width, height = shape(b)
    there = points * np.float32(factor) + shift.astype(np.float32)
    x, y = (np.floor(there[:, axis] + side / 2).astype(np.int64) for axis, side in enumerate((width, height)))
    return there, x, y, (x >= 0) & (x < width) & (y >= 0) & (y < height)


def nearness(a: Frame, b: Frame, place: Place) -> float:
    """Return how many of the edge pixels of a meet edges of b: those on one fully, those beside one in part."""
    _, x, y, seen = land(a.points, a, b, place)
    return float(b.near[y[seen] + SHIFT, x[seen] + SHIFT].sum())


def look_around(a: Frame, b: Frame, place: Place) -> Place:
    """Find the place, at whole pixels near one, at which most edges meet."""
    few = a.points[:: max(1, len(a.points) // FEW)]
    (width, height), row = shape(b), b.near.shape[1]
    shifts = np.arange(2 * SHIFT + 1)
    all_shifts = (shifts[:, None] * row + shifts).ravel()
    most, best = 0.0, place
    for zoom in ZOOMS:
        zoomed = place._replace(zoom=place.zoom * zoom)
        _, x, y, seen = land(few, a, b, zoomed)
        sums = b.near.take((y[seen] * row + x[seen])[:, None] + all_shifts).sum(axis=0)
        sums[len(sums) // 2] *= CHANCE
        if sums.max() > most * CHANCE:
            most, (down, across) = float(sums.max()), divmod(int(sums.argmax()), len(shifts))
            best = moved(zoomed, 0, 100 * (across - SHIFT) / width, 100 * (down - SHIFT) / height)
    return best


def moved(place: Place, *by: float) -> Place:
    """Return a place with something added to each of its numbers."""
    return Place(*(number + more for number, more in zip(place, by, strict=True)))


def pull(a: Frame, b: Frame, place: Place) -> Place | None:
    """Bring the edges of a to those of b, or return None if there are too few to do so."""
    (width_a, _), (width, height) = shape(a), shape(b)
    for reach in REACHES:
        there, x, y, seen = land(a.points, a, b, place)
        rows = np.flatnonzero(seen)
        rows = rows[b.away[y[rows], x[rows]] <= reach]
        if len(rows) < FEWEST_POINTS:
            return None
        edge, normal = np.split(b.edges[b.label[y[rows], x[rows]]].astype(np.float64), 2, axis=1)
        missing = ((edge - there[rows]) * normal).sum(axis=1)
        slopes = np.column_stack([(a.points[rows] * normal).sum(axis=1), normal])
        # Where all lines run one way, nothing is known of the other, and there it stays.
        factor, across, down = np.linalg.solve(slopes.T @ slopes + np.diag([100.0, 0.1, 0.1]), slopes.T @ missing)
        place = moved(place, factor * width_a / width, 100 * across / width, 100 * down / height)
    return place


def within(frame: Frame, box: Part) -> Frame:
    """Return a frame of which only the edges in a part pull."""
    width, height = shape(frame)
    left, top, right, low = ((side - 0.5) * whole for side, whole in zip(box, (width, height) * 2, strict=True))
    x, y = frame.points.T
    return frame._replace(points=frame.points[(x >= left) & (x <= right) & (y >= top) & (y <= low)])


def refine(a: Frame, b: Frame, place: Place, is_part: bool = False) -> Place:
    """Return the place near one at which the edges of two frames meet best: that itself if none is better.

    Frames of one shape may lie in place, unless only a part of the first is asked for.
    """
    places = [place, *filter(None, [pull(a, b, look_around(a, b, place))])]
    best = max(places, key=lambda found: nearness(a, b, found))
    if not is_part and shape(a) == shape(b) and nearness(a, b, IN_PLACE) >= AS_GOOD * nearness(a, b, best):
        return IN_PLACE
    return Place(round(best.zoom, 4), round(best.across, 3), round(best.down, 3))


def furthest(a: Any, b: Any) -> NDArray[np.uint8]:
    """Return by how many levels two pictures differ, in the channel in which they do most: (height, width) uint8."""
    red, green, blue = cv2.split(cv2.absdiff(a, b))
    return np.maximum(np.maximum(red, green), blue)


def unexpected(a: Any, b: Any, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell where b has another colour than that which the colour of a became most often: (height, width) bool."""
    kind_a, kind_b = (
        np.dot(pixels // WIDE, np.array([1, LEVELS, LEVELS**2], np.float32)).astype(np.int64) for pixels in (a, b)
    )
    joint = np.bincount(kind_a[seen] * LEVELS**3 + kind_b[seen], minlength=LEVELS**6).reshape(LEVELS**3, -1)
    goes = (kind_b == joint.argmax(axis=1)[kind_a]) & seen
    kinds, colours = kind_a[goes], b[goes]
    counts = np.maximum(1, np.bincount(kinds, minlength=LEVELS**3))
    sums = [np.bincount(kinds, colours[:, channel], LEVELS**3) for channel in range(3)]
    became = np.stack(sums, axis=1) / counts[:, None]
    return furthest(became.astype(np.uint8)[kind_a], b) > ODD


def changes(a: Frame, b: Frame, place: Place) -> list[tuple[float, ...]]:
    """Find where the two drawings differ, as they lie upon each other.

    Returns:
        Boxes: their left and upper sides, width and height, in percent of the second picture's. None where nothing
        differs, and none where nearly all does.
    """
    factor, shift = laid(a, b, place)
    (width_a, height_a), (width, height) = shape(a), shape(b)
    origin = np.array([width - 1, height - 1]) / 2 + shift - factor * np.array([width_a - 1, height_a - 1]) / 2
    matrix = np.column_stack([factor * np.eye(2), origin])
    first = cv2.warpAffine(a.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR)
    view = cv2.warpAffine(np.full((height_a, width_a), 255, np.uint8), matrix, (width, height)) == 255
    first, second = (cv2.GaussianBlur(pixels, (0, 0), 0.8) for pixels in (first, b.pixels))
    differ = (furthest(first, second) > DIFFERENT) & view
    if differ.sum() > RECOLOURED * view.sum():
        differ = (unexpected(first, second, view) | unexpected(second, first, view)) & differ
    thick = cv2.morphologyEx(differ.astype(np.uint8), cv2.MORPH_OPEN, np.ones((THIN, THIN), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((NEAR, NEAR), np.uint8))
    _, labels, found, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    within = np.bincount(labels[thick > 0], minlength=len(found))
    boxes = [
        (left - RIM, top - RIM, left + wide + RIM, top + high + RIM)
        for (left, top, wide, high, _), size in zip(found[1:].tolist(), within[1:].tolist(), strict=True)
        if size >= LEAST_CHANGE * width * height
    ]
    boxes = join(boxes)
    area = sum((right - left) * (low - top) for left, top, right, low in boxes)
    if len(boxes) > MOST_CHANGES or area > MOST_CHANGED * width * height:
        return []
    inside = [(max(0, left), max(0, top), min(width, right), min(height, low)) for left, top, right, low in boxes]
    return [
        (
            *(round(100 * side / whole, 1) for side, whole in ((left, width), (top, height))),
            *(round(100 * side / whole, 1) for side, whole in ((right - left, width), (low - top, height))),
        )
        for left, top, right, low in inside
    ]


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes overlap."""
    return all(one[axis] < other[axis + 2] and other[axis] < one[axis + 2] for axis in (0, 1))


def join(boxes: Iterable[Box]) -> list[Box]:
    """Put one box about those that overlap, until no two do."""
    apart: list[Box] = []
    for box in boxes:
        while within := [other for other in apart if overlap(box, other)]:
            apart = [other for other in apart if other not in within]
            left, top, right, low = zip(box, *within, strict=True)
            box = min(left), min(top), max(right), max(low)
        apart.append(box)
    return sorted(apart)


@lru_cache(FRAMES_KEPT)
def read_frame(path: Path, mirrored: bool) -> Frame:
    """Read a thumbnail and make it ready, mirrored or as it is."""
    pixels: Any = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return ready(np.ascontiguousarray(pixels[:, ::-1]) if mirrored else pixels)


def told_by(pair: Mapping[Hashable, Any], digests: Mapping[str, str], code: str) -> str:
    """Return a digest of all that a pair's row is told by: the files of its panels, frames, place and the code."""
    told = [digests[pair["panel_a"]], digests[pair["panel_b"]], pair["frame_a"], pair["frame_b"]]
    told += [*(pair[name] for name in (*PLACE, "box_a")), code]
    return hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()[:20]


class Pair(NamedTuple):
    """Two frames to be laid upon each other.

    Attributes:
        a, b: their thumbnails.
        mirrored, place: how the first lies upon the second, about.
        part: of the first, as it stands in its file, if it is not all in the second.
    """

    a: Path
    b: Path
    mirrored: bool
    place: Place
    part: Part | None


def overlay(pair: Pair) -> tuple[str, ...]:
    """Return what a pair comes to: its place, and its changes as numbers with spaces, boxes apart by semicolons.

    About a part all may differ, so that no change is told.
    """
    a, b = read_frame(pair.a, pair.mirrored), read_frame(pair.b, False)
    if pair.part:
        left, top, right, low = pair.part
        place = refine(within(a, (1 - right, top, 1 - left, low) if pair.mirrored else pair.part), b, pair.place, True)
        return *(f"{number:g}" for number in place), ""
    place = refine(a, b, pair.place)
    boxes = changes(a, b, place)
    return *(f"{number:g}" for number in place), "; ".join(" ".join(f"{side:g}" for side in box) for box in boxes)


def overlay_some(pairs: Sequence[Pair]) -> list[tuple[str, ...]]:
    """Return what some pairs come to."""
    return list(map(overlay, pairs))


def overlays(
    clusters: str | Path,
    ranking: str | Path,
    passages: str | Path,
    motifs: str | Path,
    pairs: str | Path,
    panels: str | Path,
    thumbnails: Sequence[str | Path],
    table: str | Path,
    processes: int = 1,
) -> None:
    """Write `overlays.csv`: a row a pair that is shown.

    `zoom`, `across` and `down` are as in pairs.csv, but exact. `changes` are boxes, apart by semicolons: their left and
    upper sides, width and height in percent of the second picture. `told_by` is a digest of what a row was told by.

    Args:
        clusters, ranking, passages, motifs, pairs, panels: the tables of those names.
        thumbnails: the folders of thumbnails that `fingerprint` wrote.
        table: what it has of the same pairs is kept.
        processes: how many share the work.
    """
    shown = read_shown_pairs(clusters, ranking, passages, motifs, pairs, ["frame_a", "frame_b", *PLACE, "box_a"])
    digests, sizes = {}, {}
    for row in tables.read_rows(panels):
        digests[row["panel"]], sizes[row["panel"]] = row["sha256"], (int(row["width"]), int(row["height"]))
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    known = tables.read_rows(table) if Path(table).exists() else ()
    there = {row["told_by"]: tuple(row[name] for name in COLUMNS[2:-1]) for row in known}
    path_of = {file.name: file for folder in map(Path, thumbnails) for file in folder.iterdir() if file.name != SIZES}
    named, left = [], {}
    for pair in shown.to_dict("records"):
        told = told_by(pair, digests, code)
        named.append((pair["panel_a"], pair["panel_b"], told))  # of copies of a drawing, several are told by the same
        if told not in there:
            a, b = (path_of[thumbnail_file(pair[f"panel_{end}"], pair[f"frame_{end}"])] for end in "ab")
            place = Place(*(float(pair[name]) for name in PLACE[1:]))
            sides = zip(pair["box_a"].split(), sizes[pair["panel_a"]] * 2, strict=False)
            box = tuple(int(side) / whole for side, whole in sides)
            left[told] = Pair(a, b, pair["mirrored"] == "true", place, box or None)
    runs = [list(left.values())[first : first + RUN] for first in range(0, len(left), RUN)]
    made = progress(in_processes(overlay_some, runs, processes), len(runs), "overlays")
    there |= zip(left, chain.from_iterable(made), strict=True)
    with atomic_file(table) as part, part.open("w", encoding="utf-8", newline="") as written:
        rows = csv.writer(written, lineterminator="\n")
        rows.writerows([COLUMNS, *((a, b, *there[told], told) for a, b, told in named)])


if __name__ == "__main__":
    with job() as snakemake:
        overlays(
            clusters=snakemake.input.clusters,
            ranking=snakemake.input.ranking,
            passages=snakemake.input.passages,
            motifs=snakemake.input.motifs,
            pairs=snakemake.input.pairs,
            panels=snakemake.input.panels,
            thumbnails=snakemake.input.thumbnails,
            table=snakemake.output.table,
            processes=snakemake.threads,
        )
