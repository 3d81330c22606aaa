"""Draw the pictures of docs/method.md, from a finished run of the demo at its defaults: a panel's way to a match.

PYTHONPATH=scripts .venv/bin/python docs/draw_method.py results docs/method
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from reprise.figures import save
from reprise.hashes import edge_bitmap, shrink
from reprise.matching.canvas import CANVAS, read_points
from reprise.matching.check import (
    RING,
    Edges,
    FramePoints,
    Place,
    align_all,
    edges_of,
    land,
    measure,
    place_of,
    share_in_view,
)
from reprise.matching.search import (
    LENGTH,
    SCALES,
    SHIFTS_ACROSS,
    SHIFTS_DOWN,
    TRANSFORMS,
    moved_vectors,
    still_vectors,
)
from reprise.pictures import on_ground
from reprise.relation.colours import EXPECTED, became, find_odd, number_kinds
from reprise.shards import GRID, Fingerprints, Pictures, count_pictures, read_pictures, starts

# A drawing of the demo, and how it comes back: elsewhere in the picture, with another character, in a mirror.
FIRST, MOVED, SWAPPED, MIRRORED = "44_1", "46_1", "49_1", "68_1"

# A scene, and the same at night.
DAY, NIGHT = "53_2", "67_1"

BOTH, ONLY_FIRST, ONLY_SECOND = "#26222f", "#d1495b", "#4a90c2"
ORIENTATION_COLOURS = ["#d1495b", "#e08a2e", "#8a9a1f", "#2e9e6b", "#3d6fb6", "#8a4fa3"]


@dataclass(frozen=True)
class Demo:
    """A finished run of the demo: its folder of results, and the one shard of fingerprints that so few panels are."""

    results: Path

    @property
    def shard(self) -> Path:
        """The file of fingerprints."""
        (shard,) = sorted((self.results / "fingerprints").glob("*.npz"))
        return shard

    def picture(self, panel: str) -> NDArray[Any]:
        """Return a panel as a reader sees it, (height, width, 3) uint8."""
        (file,) = (self.results / "downloads" / "images").glob(f"{panel}.*")
        with Image.open(file) as image:
            return on_ground(image)

    def row(self, panel: str) -> int:
        """Return the row of the first frame of a panel."""
        fingerprints = Fingerprints([self.shard])
        return int(fingerprints.start[fingerprints.panel.tolist().index(panel)])

    def edges(self, panel: str) -> NDArray[np.uint8]:
        """Return the packed edge bitmap of a panel's first frame."""
        return Fingerprints([self.shard]).edges[self.row(panel)]

    def samples(self, panel: str) -> NDArray[np.uint8]:
        """Return the sampled colours of a panel's first frame."""
        return self.seen(panel).samples[0]

    def lettered(self, panel: str) -> NDArray[np.bool_]:
        """Return where a panel's first frame is lettered."""
        return self.seen(panel).lettered[0]

    def seen(self, panel: str) -> Pictures:
        """Return the small pictures of a panel's first frame."""
        files = sorted((self.results / "pictures").glob("*.npy"))
        return read_pictures(files, starts(count_pictures(files)), np.array([self.row(panel)]))

    def frame(self, panel: str) -> FramePoints:
        """Return the edge points of a panel's first frame."""
        frames, row = read_points([self.shard]), self.row(panel)
        own = slice(frames.start[row], frames.start[row + 1])
        return FramePoints(frames.points[own], frames.orientation[own], frames.size[row])

    def pair(self, a: str, b: str) -> pd.Series:
        """Return what `pairs.csv` says of two panels."""
        pairs = pd.read_csv(self.results / "pairs.csv")
        return pairs[(pairs["panel_a"] == a) & (pairs["panel_b"] == b)].iloc[0]


def new_pictures(rows: int, columns: int, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure of pictures without axes; each is to be shown and given a title."""
    mpl.rcdefaults()
    figure = Figure(figsize=(11, height), dpi=90, layout="constrained")
    pictures = list(figure.subplots(rows, columns, squeeze=False).flat)
    for picture in pictures:
        picture.set(xticks=[], yticks=[])
        picture.title.set_fontsize(10)
    return figure, pictures


def show(picture: Axes, pixels: NDArray[Any], title: str) -> None:
    """Show pixels, RGB or grey, under a title."""
    picture.imshow(pixels, cmap="gray", interpolation="nearest", vmin=0, vmax=1 if pixels.dtype == bool else 255)
    picture.set_title(title)


def show_points(picture: Axes, x: NDArray[Any], y: NDArray[Any], colours: Sequence[str] | str, title: str) -> None:
    """Show points of the canvas, from its middle, under a title."""
    picture.scatter(x, y, c=colours, s=1.6, marker="s", linewidths=0)
    half = CANVAS / 2
    picture.set(xlim=(-half, half), ylim=(half * 0.82, -half * 0.82), aspect="equal", title=title)


def draw_fingerprint(demo: Demo) -> Figure:
    """Draw what is made of one panel."""
    pixels = demo.picture(FIRST)
    small = shrink(pixels, 100, "area")
    lettered = demo.lettered(FIRST)
    marked = pixels // 2 + 128
    across, down = (np.arange(side) * GRID // side for side in (pixels.shape[1], pixels.shape[0]))
    marked[lettered[np.ix_(down, across)]] = pixels[lettered[np.ix_(down, across)]]
    frame = demo.frame(FIRST)
    figure, pictures = new_pictures(1, 5, 2.9)
    show(pictures[0], pixels, f"panel {FIRST}")
    show(pictures[1], small, "100 x 100 averages")
    show(pictures[2], ~edge_bitmap(small), "edge bitmap")
    show(pictures[3], marked, "lettering")
    colours = [ORIENTATION_COLOURS[orientation] for orientation in frame.orientation]
    show_points(pictures[4], frame.points[:, 0] / 2, frame.points[:, 1] / 2, colours, "edge points, by direction")
    return figure


def laid_over(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Lay two bitmaps over each other: what both have, and what one has alone, in colours."""
    pixels = np.full((*a.shape, 3), 255, np.uint8)
    for where, colour in ((a & b, BOTH), (a & ~b, ONLY_FIRST), (b & ~a, ONLY_SECOND)):
        pixels[where] = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return pixels


def draw_in_place(demo: Demo) -> Figure:
    """Draw how bitmaps are compared as they stand."""
    figure, pictures = new_pictures(2, 4, 5.0)
    first = np.unpackbits(demo.edges(FIRST)).reshape(100, 100).astype(bool)
    for column, (panel, mirrored) in enumerate([(SWAPPED, False), (MIRRORED, False), (MIRRORED, True), (MOVED, False)]):
        other = np.unpackbits(demo.edges(panel)).reshape(100, 100).astype(bool)
        pixels = demo.picture(panel)
        if mirrored:
            other, pixels = other[:, ::-1], pixels[:, ::-1]
        dice = 2 * (first & other).sum() / (first.sum() + other.sum())
        show(pictures[column], pixels, f"panel {panel}" + (", mirrored" if mirrored else ""))
        show(pictures[column + 4], laid_over(first, other), f"with {FIRST}: Dice {dice:.2f}")
    return figure


def draw_search(demo: Demo) -> Figure:
    """Draw how alike two panels look in each of the ways in which one is laid upon the other."""
    frames = read_points([demo.shard])
    moved = moved_vectors(frames, demo.row(FIRST), demo.row(FIRST) + 1).all[0].astype(np.int64)
    still = still_vectors(frames.take(np.array([demo.row(MOVED)]))).all[0].astype(np.int64)
    alike = (moved @ still / LENGTH**2).reshape(len(SCALES), len(SHIFTS_ACROSS), len(SHIFTS_DOWN))
    figure, pictures = new_pictures(1, len(SCALES), 2.6)
    for scale, picture, by_shift in zip(SCALES, pictures, alike, strict=True):
        picture.imshow(by_shift.T, cmap="magma", vmin=0, vmax=alike.max())
        picture.set_title(f"zoomed {scale:g} times")
        for (x, y), value in np.ndenumerate(by_shift):
            best = value == alike.max()
            colour = "black" if value > 0.6 * alike.max() else "white"
            weight = "bold" if best else "normal"
            picture.text(x, y, f"{value:.2f}", ha="center", va="center", fontsize=8, color=colour, weight=weight)
        picture.set_xticks(range(5), [f"{shift * 4:+d}" for shift in SHIFTS_ACROSS], fontsize=7)
        picture.set_yticks(range(5), [f"{shift * 4:+d}" for shift in SHIFTS_DOWN], fontsize=7)
    return figure


def best_place(demo: Demo, a: str, b: str) -> tuple[Place, Place]:
    """Return how the first panel lies upon the second by the search's best guess, and once that was made exact."""
    frames = read_points([demo.shard])
    moved = moved_vectors(frames, demo.row(a), demo.row(a) + 1).all[0].astype(np.int64)
    still = still_vectors(frames.take(np.array([demo.row(b)]))).all[0].astype(np.int64)
    zoom, across, down = TRANSFORMS[(moved @ still).argmax()]
    places = np.array([[[0.0, zoom, across, down]]])
    guess = place_of(places[0, 0])
    rows = np.array([demo.row(a)]), np.array([demo.row(b)])
    align_all(
        *(frames.start, frames.points, frames.orientation, frames.size),
        *(*rows, places, np.array([True]), np.zeros((1, 4))),
    )
    return guess, place_of(places[0, 0])


def show_upon(picture: Axes, a: Edges, b: Edges, place: Place, title: str) -> None:
    """Show the edges of one frame upon another's: those that meet, and those that do not."""
    pixels = np.empty(len(a.x), np.uint16)
    land(a, b, place, pixels)
    met = (b.near[pixels] & a.bit) != 0
    x, y = np.concatenate([b.x, a.x * place.zoom + place.across]), np.concatenate([b.y, a.y * place.zoom + place.down])
    colours = [ONLY_SECOND] * len(b.x) + [BOTH if meets else ONLY_FIRST for meets in met]
    share = share_in_view(a, b, place)
    show_points(picture, x, y, colours, f"{title}: {share:.0%} meet")


def draw_alignment(demo: Demo) -> Figure:
    """Draw how one panel is laid upon another, and what meets beside its place."""
    a, b = edges_of(demo.frame(FIRST)), edges_of(demo.frame(MOVED))
    guess, exact = best_place(demo, FIRST, MOVED)
    shifted = [exact._replace(across=exact.across + across, down=exact.down + down) for across, down in RING.tolist()]
    beside = max(shifted, key=lambda place: share_in_view(a, b, place))
    figure, pictures = new_pictures(1, 4, 2.6)
    show_upon(pictures[0], a, b, Place(False, 1.0, 0.0, 0.0), "as they stand")
    show_upon(pictures[1], a, b, guess, "by the search")
    show_upon(pictures[2], a, b, exact, "made exact")
    show_upon(pictures[3], a, b, beside, "beside its place")
    told = measure(a, b, exact, RING)
    figure.suptitle(
        f"met {told.met:.2f}, chance {told.chance:.2f}, cover {told.cover:.2f}: "
        f"score {demo.pair(FIRST, MOVED)['score']:.2f}",
        fontsize=10,
    )
    return figure


def odd_samples(demo: Demo, a: str, b: str) -> NDArray[np.bool_]:
    """Tell which samples of the second picture are not what the first's colours became elsewhere, lettering aside."""
    side = demo.samples(a).shape[0]
    seen = ~(demo.lettered(a) | demo.lettered(b))
    of_a, of_b = (np.ascontiguousarray(demo.samples(panel)[seen]) for panel in (a, b))
    kind_a, kind_b = np.empty(len(of_a), np.int64), np.empty(len(of_b), np.int64)
    joint = np.zeros((number_kinds(of_a, kind_a), number_kinds(of_b, kind_b)), np.int64)
    np.add.at(joint, (kind_a, kind_b), 1)
    odd = np.zeros((side, side), bool)
    odd[seen] = find_odd(of_b, kind_a, became(of_b, kind_a, kind_b, joint))
    return odd


def draw_colours(demo: Demo) -> Figure:
    """Draw how a recolour is told from a redraw."""
    figure, pictures = new_pictures(2, 3, 5.0)
    for row, (a, b) in enumerate([(DAY, NIGHT), (FIRST, SWAPPED)]):
        show(pictures[3 * row], demo.samples(a), f"panel {a}")
        show(pictures[3 * row + 1], demo.samples(b), f"panel {b}: {demo.pair(a, b)['relation']}")
        show(pictures[3 * row + 2], ~odd_samples(demo, a, b), f"more than {EXPECTED} levels from what is expected")
    for picture in pictures:
        picture.set_aspect(450 / 650)
    return figure


def draw_graph(demo: Demo) -> Figure:
    """Draw one cluster as a graph: its panels, and the matches between them with their scores."""
    clusters = pd.read_csv(demo.results / "clusters.csv")
    (number,) = clusters.loc[clusters["panel"] == FIRST, "cluster"]
    members = clusters.loc[clusters["cluster"] == number, "panel"].tolist()
    angles = np.linspace(0, 2 * np.pi, len(members), endpoint=False) - np.pi / 2
    places = dict(zip(members, np.stack([3.0 * np.cos(angles), -1.7 * np.sin(angles)], axis=1), strict=True))
    figure, (axes,) = new_pictures(1, 1, 6.0)
    pairs = pd.read_csv(demo.results / "pairs.csv")
    inside = pairs[pairs["panel_a"].isin(members) & pairs["panel_b"].isin(members)]
    for pair in inside.to_dict("records"):
        (ax, ay), (bx, by) = places[pair["panel_a"]], places[pair["panel_b"]]
        axes.plot([ax, bx], [ay, by], color=BOTH, linewidth=4 * pair["score"] ** 2, zorder=0)
        words = f"{pair['score']:.2f} {pair['relation']}"
        box = {"facecolor": "white", "edgecolor": "none"}
        axes.text((ax + bx) / 2, (ay + by) / 2, words, ha="center", va="center", fontsize=9, bbox=box)
    for panel, (x, y) in places.items():
        small = cv2.resize(demo.picture(panel), (195, 135), interpolation=cv2.INTER_AREA)
        axes.imshow(small, extent=(x - 0.65, x + 0.65, y - 0.45, y + 0.45), zorder=2)
        axes.text(x, y + 0.5, f"panel {panel}", ha="center", va="bottom", fontsize=9)
    axes.set(xlim=(-3.7, 3.7), ylim=(-1.95, 2.4), aspect="equal", frame_on=False)
    return figure


PICTURES = {
    "fingerprint": draw_fingerprint,
    "in_place": draw_in_place,
    "search": draw_search,
    "alignment": draw_alignment,
    "colours": draw_colours,
    "graph": draw_graph,
}


def draw_method(results: Path, folder: Path) -> None:
    """Draw all PICTURES into a folder, as PNG of few colours.

    Args:
        results: what a run of the demo at its defaults wrote.
        folder: where the pictures are kept; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        path = folder / f"{name}.png"
        save(draw(Demo(results)), path)
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    draw_method(arguments.results, arguments.folder)
