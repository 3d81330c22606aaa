"""`./run find picture.png`: tell where in a comic a picture is, be it a screenshot, a part, recoloured or mirrored.

It reads what a run left in `results/`, and runs nothing. The picture is slid over all panels in many sizes
(`reprise.matching.sweep`), the best places are made exact (`reprise.matching.check`), and the best panels are shown.
"""

import math
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from align_block import COVER_POWER, FULL_COVER
from fingerprint import beside_lettering, halve_often, least_size, to_be_averaged
from gallery import PANEL_COLUMNS, Templates, page_file, rows_of, web_address
from reprise import VERSION
from reprise.atomic import atomic_folder
from reprise.hashes import edge_bitmap, is_for_black
from reprise.lettering import lettering
from reprise.links import link
from reprise.look_up import PANELS_A_PAGE
from reprise.matching.canvas import AREA, CANVAS, EdgePoints, edge_points, from_middle, read_points
from reprise.matching.check import align_all
from reprise.matching.evidence import FEWEST, beyond_chance
from reprise.matching.sweep import sweep
from reprise.own_lines import read_own_lines
from reprise.pictures import BLACK, FORMATS, Pixels, TooLargeError, as_seen, open_picture
from reprise.shards import COLOUR_SIZE, WHOLE_FRAME, Fingerprints, count_pictures, read_pictures, starts
from reprise.tables import label_panels, read_table, write_csv
from reprise.thumbnails import read_sizes, thumbnail_file

TEMPLATES = Path(__file__).parents[1] / "scripts/gallery"
FOUND = "found"  # the folder in results/ that gets the page and the table

MOST_FOUND = 10  # panels
MOST_CHECKED = 400  # of the places that were found, the best; each takes a millisecond
# Width and height: at least, of a picture once it is halved, and at most, of a picture as it is shown.
LARGEST = (640, 480)

# How large the picture may lie in a panel, as a share of the panel's width and height. A step is so small that edges at
# the rim of a panel stay within two pixels of their places. The middle of a picture is looked for too: around it
# may be something else, as the window of a browser. It is at most so large a share of a panel.
SIZES = 0.45 * 1.08 ** np.arange(13)
MIDDLE, LARGEST_MIDDLE = 0.6, 0.78

FLAT = 24  # levels that an edge of the picture spans at most, to be a margin that is cut off
SMALLEST = 40  # pixels of a side that are left

SQUASH_STEP = 1.2  # panels that are squashed alike, to a factor of this, are looked at together

# What a place is scored by, beside how many edges meet beyond chance. All were chosen on parts of panels of the demo of
# seed 1; benchmarks/scripts/find_panels.py tells what comes of them. A small part meets more edges by chance: the score
# goes with a power of its area. Of panels with the same lines the one in the same colours comes first. One in which
# the picture is not mirrored comes before one in which it is.
AREA_POWER = 0.25
COLOUR_COST, FULL_COLOUR_COST = 0.1, 64  # what other colours take off, from so many levels of difference on
MIRROR_COST = 0.02

LIKELY = 0.3  # with a lower score a picture is likely in no panel

Size = tuple[int, int]


class FindError(Exception):
    """The picture cannot be looked for; the message says why, in one sentence."""


class Part(NamedTuple):
    """A part of the picture, made ready to be drawn in any size.

    Attributes:
        pixels: as it is.
        levels: to be averaged.
        lettered: where it is lettered.
        share: of the width and height of the picture without its margins.
    """

    pixels: Pixels
    levels: Pixels
    lettered: NDArray[np.bool_]
    share: float


class Drawn(NamedTuple):
    """A part of the picture in one size: its edge points and its width and height on the canvas."""

    part: Part
    points: Pixels
    size: Size


class Place(NamedTuple):
    """Where in a panel the picture is.

    Attributes:
        score: how well it fits, 0 to 1.
        row: the panel's frame, among all of the comic.
        mirrored: whether it is mirrored there.
        box: left, top, width and height there, in percent of the panel's.
    """

    score: float
    row: int
    mirrored: bool
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Comic:
    """All panels of a comic, with their frames.

    Attributes:
        panels: the table of panels.
        points: the edge points of frames.
        panel: (F,) int64, the row in `panels` of each frame.
        number: (F,) int64, its place in its file.
        whole: (F,) bool, whether it is a whole picture and not a panel of a page.
        squash: (F,) float64, by how much it is narrower on the canvas than in its own proportions.
        pictures: the files that hold what is seen of the frames.
    """

    panels: pd.DataFrame
    points: EdgePoints
    panel: NDArray[np.int64]
    number: NDArray[np.int64]
    whole: NDArray[np.bool_]
    squash: NDArray[np.float64]
    pictures: Sequence[Path]


def read_comic(results: Path) -> Comic:
    """Read the panels of a comic from `results/`.

    Raises:
        FindError: there are none, or not all yet.
    """
    shards = sorted((results / "fingerprints").glob("*.npz"))
    if not shards or not (results / "panels.csv").is_file():
        raise FindError(f"{results}: holds no panels yet; run the comic first, and look for the picture then")
    own_lines = results / "own_lines.npz"
    unfinished = f"{results}: is not finished, or of another version of Reprise; run the comic again first"
    try:
        panels = read_table(results / "panels.csv", PANEL_COLUMNS)
        kept = Fingerprints(shards)
        points = read_points(shards, read_own_lines(own_lines) if own_lines.is_file() else None)
        names, panel = kept.panel, np.repeat(np.arange(len(kept.panel)), kept.frames)
        aspect = (kept.width / np.maximum(kept.height, 1))[panel]
        pictures = [results / "pictures" / f"{path.stem}.npy" for path in shards]
        squash, whole = aspect * points.size[:, 1] / points.size[:, 0], kept.cut <= WHOLE_FRAME
        comic = Comic(panels, points, panel, kept.number, whole, squash, pictures)
    except (OSError, LookupError, ValueError):
        raise FindError(unfinished) from None
    if names.tolist() != panels["panel"].tolist() or not all(path.is_file() for path in pictures):
        raise FindError(unfinished)
    return comic


def read_picture(path: Path) -> tuple[Pixels, int]:
    """Read a picture as a reader sees it: RGB pixels of its first frame, and how many frames it has.

    Raises:
        FindError: it is none, or cannot be read.
    """
    if path.is_dir():
        raise FindError(f"{path}: is a folder; find takes one picture")
    try:
        with open_picture(path.read_bytes()) as file:
            pixels = file.see(0, least=LARGEST)
            if file.transparent:
                on_black = as_seen(file.image, BLACK, LARGEST)
                if is_for_black(*(int(edge_bitmap(seen).sum()) for seen in (pixels, on_black))):
                    pixels = on_black
            return pixels, int(getattr(file.image, "n_frames", 1))
    except UnidentifiedImageError:
        raise FindError(f"{path}: is no picture in any of the formats {', '.join(FORMATS)}") from None
    except TooLargeError as error:
        raise FindError(f"{path}: is too large: {error}") from None
    except Exception as error:  # decoders raise anything on damaged files
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise FindError(f"{path}: cannot be read: {reason}") from None


def without_margins(pixels: Pixels) -> Pixels:
    """Cut off what is of one colour all along a side of a picture."""
    while min(pixels.shape[:2]) > SMALLEST:
        drawn = [
            np.flatnonzero(np.ptp(pixels, axis=axis).max(axis=1) >= FLAT)  # rows, and then columns
            for axis in (1, 0)
        ]
        if not all(map(len, drawn)):
            break
        cut = pixels[drawn[0][0] : drawn[0][-1] + 1, drawn[1][0] : drawn[1][-1] + 1]
        if cut.shape == pixels.shape:
            break
        pixels = cut
    return pixels


def part_of(pixels: Pixels, share: float) -> Part:
    """Make a part of the picture ready."""
    halved = halve_often(pixels, *least_size(pixels.shape[1], pixels.shape[0]))
    return Part(pixels, to_be_averaged(halved), lettering(halved), share)


def parts_of(pixels: Pixels) -> list[Part]:
    """Return what of the picture is looked for: all of it, what is left without margins, and the middle of that."""
    trimmed = without_margins(pixels)
    height, width = trimmed.shape[:2]
    top, left = round(height * (1 - MIDDLE) / 2), round(width * (1 - MIDDLE) / 2)
    parts = [part_of(trimmed, 1), part_of(trimmed[top : height - top, left : width - left], MIDDLE)]
    if trimmed.shape != pixels.shape:
        parts.append(part_of(pixels, max(pixels.shape[0] / height, pixels.shape[1] / width)))
    return parts


def draw(parts: Sequence[Part], squash: float) -> Iterator[Drawn]:
    """Draw the parts of the picture in all sizes in which they may lie in panels that are squashed so."""
    for part in parts:
        aspect = part.pixels.shape[1] / part.pixels.shape[0] / squash
        largest = LARGEST_MIDDLE if part.share < 1 else math.inf
        for share in SIZES[largest > SIZES].tolist():
            size = round(share * math.sqrt(AREA * aspect)), round(share * math.sqrt(AREA / aspect))
            if max(size) < CANVAS and min(size) > 0:
                points, _ = edge_points(part.levels, size)
                points = beside_lettering(points, size, part.lettered)
                if len(points) >= FEWEST:
                    yield Drawn(part, points, size)


def as_frames(drawn: Sequence[Drawn]) -> EdgePoints:
    """Return what was drawn as frames."""
    points = [from_middle(one.points, np.array(one.size)) for one in drawn]
    orientations = [one.points[:, 2] for one in drawn]
    start = starts(np.array([len(one) for one in points]))
    size = np.array([one.size for one in drawn], np.float32)
    return EdgePoints(start, np.concatenate(points), np.concatenate(orientations), size)


def colour_difference(drawn: Drawn, place: NDArray[np.float64], size: NDArray[Any], colours: Pixels) -> float:
    """Return by how many levels the colours of the picture differ from those of a frame where it lies, in the mean."""
    mirrored, zoom, across, down = place
    width, height = map(int, size)
    small = cv2.resize(drawn.part.pixels, drawn.size, interpolation=cv2.INTER_AREA).astype(np.float32)
    wide = -zoom if mirrored else zoom
    left, top = (
        (side - 1) / 2 + shift - scale * (own - 1) / 2
        for side, shift, scale, own in zip((width, height), (across, down), (wide, zoom), drawn.size, strict=True)
    )
    turn = np.array([[wide, 0, left], [0, zoom, top]])
    laid = [cv2.warpAffine(layer, turn, (width, height)) for layer in (small, np.ones_like(small))]
    shown, covered = (cv2.resize(layer, (COLOUR_SIZE, COLOUR_SIZE), interpolation=cv2.INTER_AREA) for layer in laid)
    inside = covered > 0.99
    return float(np.abs(shown[inside] - colours[inside]).mean()) if inside.any() else 255.0


def box_of(drawn: Drawn, place: NDArray[np.float64], size: NDArray[Any]) -> tuple[float, float, float, float]:
    """Return where the picture, without its margins, lies in a frame: left, top, width, height in percent."""
    _, zoom, *shift = place.tolist()
    sides = []
    for own, across, side in zip(drawn.size, shift, size.tolist(), strict=True):
        half = own * zoom / min(drawn.part.share, 1) / side / 2
        first, last = (min(max(0.5 + across / side + way * half, 0), 1) for way in (-1, 1))
        sides.append((round(100 * first, 1), round(100 * (last - first), 1)))
    (left, width), (top, height) = sides
    return left, top, width, height


def places_in(comic: Comic, pixels: Pixels, threads: int) -> list[Place]:
    """Find the picture in all frames of a comic, and return the best places, in no order.

    Raises:
        FindError: it has too few edges to be found.
    """
    parts = parts_of(pixels)
    groups = np.round(np.log(comic.squash) / math.log(SQUASH_STEP))
    found = []
    for group in np.unique(groups[comic.whole]).tolist():
        rows = np.flatnonzero((groups == group) & comic.whole)
        drawn = list(draw(parts, SQUASH_STEP**group))
        if not drawn:
            continue
        swept = sweep(as_frames(drawn).and_also(comic.points.take(rows)), len(drawn), threads)
        # Of each part the size that fits best: often only one of the parts is right.
        for part in parts:
            own = np.array([number for number, one in enumerate(drawn) if one.part is part], np.int64)
            if len(own):
                best = own[swept[:, own, 3].argmax(axis=1)]
                found += [(swept[k, n, 3], rows[k], drawn[n], swept[k, n]) for k, n in enumerate(best)]
    if not found:
        raise FindError("the picture is blank, or nearly so: it has too few edges to be found by")
    found.sort(key=lambda one: -one[0])
    return list(make_exact(comic, [one[1:] for one in found[:MOST_CHECKED]]))


def make_exact(comic: Comic, found: Sequence[tuple[int, Drawn, NDArray[np.float64]]]) -> Iterator[Place]:
    """Make places exact and score them: each is the row of a frame, what is laid upon it, and how (see `sweep`)."""
    numbers = {id(drawn): number for number, drawn in enumerate({id(one[1]): one[1] for one in found}.values())}
    found = sorted(found, key=lambda one: (numbers[id(one[1])], one[0]))
    rows = np.array([row for row, _, _ in found])
    drawn = list({id(one[1]): one[1] for one in found}.values())
    frames = as_frames(drawn).and_also(comic.points.take(rows))
    guesses, measures = np.zeros((len(found), 1, 4)), np.zeros((len(found), 4))
    guesses[:, 0, 1] = 1
    for guess, (_, _, place) in zip(guesses[:, 0], found, strict=True):
        guess[[0, 2, 3]] = place[:3]
    first = np.array([numbers[id(one)] for _, one, _ in found])
    others = len(drawn) + np.arange(len(found))
    laid = frames.start, frames.points, frames.orientation, frames.size
    align_all(*laid, first, others, guesses, np.zeros(len(found), np.bool_), measures)
    met, chance, cover, _ = measures.T
    score = np.clip(beyond_chance(met, chance), 0, 1) * np.minimum(1, cover / FULL_COVER) ** COVER_POWER
    seen, of_seen = np.unique(rows, return_inverse=True)
    colours = read_pictures(comic.pictures, starts(count_pictures(comic.pictures)), seen).colours[of_seen]
    for k, (row, one, _) in enumerate(found):
        place, size = guesses[k, 0], comic.points.size[row]
        area = min(1.0, math.prod(one.size) * place[1] ** 2 / AREA)
        other_colours = min(1.0, colour_difference(one, place, size, colours[k]) / FULL_COLOUR_COST)
        doubts = (1 - COLOUR_COST * other_colours) * (1 - MIRROR_COST * place[0])
        yield Place(float(score[k]) * area**AREA_POWER * doubts, row, bool(place[0]), box_of(one, place, size))


def best_panels(comic: Comic, places: Sequence[Place]) -> pd.DataFrame:
    """Return the panels in which the picture fits best, the best first, of equals the earlier: a row a panel."""
    best: dict[int, Place] = {}
    for place in sorted(places, key=lambda place: (-place.score, place.row)):
        best.setdefault(int(comic.panel[place.row]), place)
    rows = list(best)[:MOST_FOUND]
    told = comic.panels.iloc[rows][["panel", "file", "page_name", "page_url", "title"]].reset_index(drop=True)
    places = [best[row] for row in rows]
    told.insert(0, "score", [round(place.score, 4) for place in places])
    told["frame"] = [int(comic.number[place.row]) for place in places]
    told["mirrored"] = ["true" if place.mirrored else "false" for place in places]
    for number, name in enumerate(("left", "top", "width", "height")):
        told[name] = [place.box[number] for place in places]
    return told


def shown_picture(pixels: Pixels) -> Image.Image:
    """Return the picture as it is shown, no larger than LARGEST."""
    picture = Image.fromarray(pixels)
    picture.thumbnail(LARGEST)
    return picture


def write_page(found: pd.DataFrame, comic: Comic, results: Path, name: str, pixels: Pixels, note: str) -> Path:
    """Write the page and the table of what was found, with all that the page shows, and return the page."""
    labels = label_panels(comic.panels)
    place_of = {name: place for place, name in enumerate(comic.panels["panel"].tolist())}
    frames = {thumbnail_file(row.panel, row.frame) for row in rows_of(found)}
    with atomic_folder(results / FOUND) as part:
        sizes: dict[str, Size] = {}
        for folder in sorted((results / "thumbnails").iterdir()):
            for file, size in read_sizes(folder).items():
                if file in frames:
                    link(folder / file, part / file)
                    sizes[file] = size
        picture = shown_picture(pixels)
        picture.save(part / "picture.png")
        shutil.copyfile(TEMPLATES / "gallery.css", part / "gallery.css")
        write_csv(found, part / "found.csv")
        rows = []
        for row in rows_of(found):
            file = thumbnail_file(row.panel, row.frame)
            looked_up = f"gallery/{page_file(place_of[row.panel] // PANELS_A_PAGE + 1, 'panels')}"
            link_up = f"../{looked_up}#{row.panel}" if (results / looked_up).is_file() else ""
            told = {"label": labels[row.panel], "page_url": web_address(row.page_url), "look_up": link_up}
            rows.append(row._asdict() | told | {"thumbnail": file, "size": sizes[file]})
        html = (
            Templates(TEMPLATES)
            .get_template("found.html")
            .render(
                name=name, note=note, rows=rows, picture_size=picture.size, panels=len(comic.panels), version=VERSION
            )
        )
        (part / "index.html").write_text(html, encoding="utf-8")
    return results / FOUND / "index.html"


def find_picture(path: Path, results: Path) -> Iterator[str]:
    """Find a picture in the comic whose results these are; write the page and the table, and give lines that tell.

    Raises:
        FindError: the picture or the results cannot be used.
    """
    pixels, frames = read_picture(path)
    comic = read_comic(results)
    found = best_panels(comic, places_in(comic, pixels, os.cpu_count() or 1))
    notes = []
    if frames > 1:
        notes.append(f"Of its {frames:,} frames the first was looked for.")
    if found.empty or found["score"].iloc[0] < LIKELY:
        notes.append("None is much like it: it is likely in no panel, or shows less than half of one.")
    page = write_page(found, comic, results, path.name, pixels, " ".join(notes))
    labels = label_panels(comic.panels)
    for row in rows_of(found):
        yield f"{row.score:.2f}  {labels[row.panel]}{', mirrored' if row.mirrored == 'true' else ''}  {row.file}"
    yield from notes
    yield f"Page       {page}"
    yield f"Table      {page.with_name('found.csv')}"
