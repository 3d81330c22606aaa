"""Lay the clusters out as pages to look through in a browser: from disk, offline, and without a script too.

The folder holds all that its pages show, so that it can be copied, zipped and published. The pages are made of the
templates in `gallery/`, which has their style and scripts too; what the scripts ask of is in `data.js`.

Titles, addresses and names come from the comic's pages and files. Whatever they hold is shown as text. An address
becomes a link only if it leads to the web.
"""

from reprise.job import job

import json
import shutil
from collections import Counter, defaultdict, namedtuple
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reprise import VERSION
from reprise.atomic import atomic_folder
from reprise.clock import clock
from reprise.corrections import csv_line
from reprise.links import link
from reprise.look_up import PANELS_A_PAGE, nearest, nearly_matching, told_of
from reprise.picture_text import picture_text
from reprise.shown_pairs import best_matches, best_returns, shown_pairs
from reprise.tables import label_page, label_panels, read_rows, read_table
from reprise.thumbnails import Size, link_thumbnails, read_sizes, thumbnail_file

Box = tuple[float, ...]
"""The left and upper sides, width and height of a part of a picture."""

PANEL_COLUMNS = ["panel", "page", "count", "page_name", "file", "url", "page_url", "title", "text"]
PANEL_COLUMNS += ["status", "detail", "edges", "width", "height"]

PAIR_COLUMNS = ["panel_a", "panel_b", "score", "relation", "frame_a", "frame_b", "time_a", "time_b"]
PAIR_COLUMNS += ["confidence", "explanation", "mirrored", "box_a", "box_b", "cover_a", "cover_b"]

RANKING_COLUMNS = ["cluster", "panel", "source", "absence", "score", "relation", "interest"]
RANKING_COLUMNS += ["least_score", "mean_score", "stability", "kind", "unsure"]

PASSAGE_COLUMNS = ["passage", "panel_a", "panel_b", "pages_apart"]

MOTIF_COLUMNS = ["motif", "panel", "page", "frame", "box", "source", "score", "absence"]

COMPOSITION_COLUMNS = ["panel_a", "panel_b", "score", "mirrored", "pages_apart"]

RELATIONS = {
    "redraw": "redrawn",
    "recolour": "recoloured",
    "frame": "in an animation",
    "moved": "moved or zoomed",
    "mirrored": "mirrored",
    "duplicate": "exact copy",
    "part": "in part",
    "contains": "one within the other",
}

ASIDE = {
    "left-out": ("panel left out by you", "panels left out by you"),
    "plain": ("panel says too little", "panels say too little"),
    "unusable": ("panel could not be used", "panels could not be used"),
    "missing": ("page is missing", "pages are missing"),
}

# What is left aside is listed so many rows a page: a browser lays out more with a delay.
MOST_LISTED = 200

# So many passages are on the front page, and of each so many drawings; the others are on a page of their own.
MOST_PASSAGES, MOST_OF_PASSAGE = 6, 12

# So many motifs are on the front page; the others are on a page of their own.
MOST_FRONT_MOTIFS = 6

# From a page so many pages before it and after it are linked to.
PAGES_NEAR = 2

# Where half of the panels are on pages with more panels than this, the pages tell no story, but are a heap: emoji,
# sprites, scans. A story may have a page of hundreds all the same, as of the frames of an animation.
MOST_ON_A_PAGE = 20

# Of a drawing's uses so many are on its card; the others are on a page of their own. With more, the pictures of the
# first screen are over 500 kB in a comic of many returns.
MOST_USES = 8

# So many arcs are links, those that reach furthest; of the others so many ways are drawn, in one line of each relation.
# Those of parts come after all others.
MOST_LINKED_ARCS = 250

MOST_WAYS = 250
WAY = 10  # how far apart ways begin and end, of WIDTH

MOST_TICKS = 12
WIDTH, HEIGHT = 1000, 200  # of the drawing of arcs, as its template has them

STATIC = ("gallery.css", "gallery.js", "compare.js", "look_up.js", "below.js")
"""Files of the folder of templates that are copied as they are."""


def web_address(address: str) -> str:
    """Return an address that is safe to link to, empty for any that is not http or https."""
    return address if address.lower().startswith(("http://", "https://")) else ""


def page_file(number: int, series: str = "") -> str:
    """Name the file of a page; the first is number 1. Clusters are a series without a name."""
    first, others = (f"{series}.html", f"{series}-{number}.html") if series else ("index.html", f"page-{number}.html")
    return first if number == 1 else others


def pages_near(number: int, last: int) -> list[int]:
    """Return the numbers of the pages to link to from one: the first, those about it, and the last."""
    return sorted({1, *range(max(1, number - PAGES_NEAR), min(last, number + PAGES_NEAR) + 1), last})


def cut(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """Cut what there is to show into pages of some size, at least one."""
    return [rows[first : first + size] for first in range(0, max(1, len(rows)), size)]


def rows_of(table: pd.DataFrame) -> list[Any]:
    """Return the rows of a table, each with its cells by their names, and the row's own label as Index."""
    row = namedtuple("row", ["Index", *table.columns])  # type: ignore[misc]
    # To make lists of the columns first takes a fourth of the time of itertuples.
    return list(map(row, table.index.tolist(), *(table[name].tolist() for name in table.columns)))


def count(number: int, one: str, several: str = "") -> str:
    """Say how many there are of something, in English."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


class Templates(Environment):
    """The templates of a folder, which look among the items of a dict first, and not for a method: that is done 200,000
    times."""

    def __init__(self, folder: str | Path) -> None:
        loader = FileSystemLoader(folder)
        super().__init__(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what `obj.attribute` is in a template."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class Shown(NamedTuple):
    """A picture in the gallery: its address there, and its size."""

    file: str
    size: Size


def place_pictures(
    frames: Iterable[tuple[str, int]],
    large: pd.DataFrame,
    store: Path | None,
    thumbnails: Iterable[str | Path],
    folder: Path,
) -> dict[tuple[str, int], Shown]:
    """Put the pictures of frames, and their texts, into `<folder>/pictures`: large ones or else thumbnails.

    Args:
        frames: panel and number of each; that of an animation itself is -1.
        large: the table of `large_pictures`, and
        store: its folder.
        thumbnails: the folders of thumbnails that `fingerprint` wrote.
        folder: that of the gallery.
    """
    (folder / "pictures").mkdir()
    wanted, shown = set(frames), {}
    for row in rows_of(large):
        key = row.panel, row.frame
        if key in wanted and store:
            frame = "" if row.frame < 0 else f"-{row.frame}"
            name = f"pictures/{row.panel}{frame}.{row.file.rpartition('.')[2]}"
            link(f"{store}/{row.file}", f"{folder}/{name}")
            if row.frame >= 0:
                link(f"{store}/{row.file}.js", f"{folder}/{name}.js")
            shown[key] = Shown(name, (row.width, row.height))
    small = {thumbnail_file(*key): key for key in wanted - shown.keys() if key[1] >= 0}
    for place in map(Path, thumbnails):
        for file, size in read_sizes(place).items() if small else ():
            if file in small:
                link(f"{place}/{file}", f"{folder}/pictures/{file}")
                text = picture_text((place / file).read_bytes(), "jpg")
                (folder / f"pictures/{file}.js").write_text(text, encoding="utf-8")
                shown[small[file]] = Shown(f"pictures/{file}", size)
    return shown


def say_frame(frame: int, time: str) -> str:
    """Say which frame of a panel is shown: by its time in seconds or, where that is short or none, by its number."""
    if float(time or "0") >= 1:
        return f"at {clock(float(time))}"
    return f"frame {frame + 1:,}" if frame else ""


def read_overlays(path: str | Path) -> dict[tuple[str, str], tuple[tuple[float, ...], list[Box]]]:
    """Read of each pair how its first picture lies upon the second, and the boxes there in which the two differ."""
    found = {}
    for row in read_rows(path):
        boxes = [tuple(map(float, box.split())) for box in row["changes"].split(";") if box]
        found[row["panel_a"], row["panel_b"]] = tuple(float(row[name]) for name in ("zoom", "across", "down")), boxes
    return found


def in_the_first(box: Box, mirrored: bool, place: tuple[float, ...], shown: Mapping[str, Shown]) -> Box:
    """Return where a box in the second picture of a pair lies in the first, as far as that shows it.

    Both are told by their left and upper sides, width and height, in percent of the picture.
    """
    zoom, across, down = place
    shape = {end: picture.size[1] / picture.size[0] for end, picture in shown.items()}
    taller = zoom * shape["a"] / shape["b"]
    left, right = sorted((-1 if mirrored else 1) * (at - 50 - across) / zoom + 50 for at in (box[0], box[0] + box[2]))
    top, low = ((at - 50 - down) / taller + 50 for at in (box[1], box[1] + box[3]))
    left, right, top, low = (min(100.0, max(0.0, side)) for side in (left, right, top, low))
    return round(left, 1), round(top, 1), round(right - left, 1), round(low - top, 1)


def draw_rings(boxes: Iterable[Box], size: Size) -> list[list[int]]:
    """Return boxes in percent of a picture in its pixels, those that have any."""
    width, height = size
    pixels = (
        [round(side * whole / 100) for side, whole in zip(box, (width, height) * 2, strict=True)] for box in boxes
    )
    return [box for box in pixels if min(box[2:]) > 0]


def ring_part(box: str, of_file: Size, shown: Size) -> list[int]:
    """Return a box, "left top right bottom" in pixels of a file, as a ring on a picture of it: see `draw_rings`."""
    left, top, right, bottom = (
        round(int(side) * small / whole) for side, whole, small in zip(box.split(), of_file * 2, shown * 2, strict=True)
    )
    return [left, top, max(1, right - left), max(1, bottom - top)]


def describe_pairs(
    pairs: pd.DataFrame,
    overlays: Mapping[tuple[str, str], tuple[tuple[float, ...], list[Box]]],
    pictures: Mapping[tuple[str, int], Shown],
    sizes: Mapping[str, Size],
) -> dict[int, dict[str, Any]]:
    """Return what is told of each pair, by its row.

    Args:
        pairs: PAIR_COLUMNS.
        overlays: what `read_overlays` read.
        pictures: of each panel and frame.
        sizes: width and height of the files of panels.
    """
    told = {}
    for row in rows_of(pairs):
        ends = {"a": (row.panel_a, row.frame_a, row.time_a), "b": (row.panel_b, row.frame_b, row.time_b)}
        shown = {end: pictures[panel, frame] for end, (panel, frame, _) in ends.items()}
        mirrored = row.mirrored == "true"
        place, changes = overlays[row.panel_a, row.panel_b]
        in_each = {"a": [in_the_first(box, mirrored, place, shown) for box in changes], "b": changes}
        rings = {end: draw_rings(boxes, shown[end].size) for end, boxes in in_each.items()}
        if row.box_a:  # what is ringed of a part is not what changed, but what is the same
            parts = ("a", row.panel_a, row.box_a), ("b", row.panel_b, row.box_b)
            rings = {end: [ring_part(box, sizes[panel], shown[end].size)] for end, panel, box in parts}
        told[row.Index] = {
            "a": row.panel_a,
            "b": row.panel_b,
            "score": row.score,
            "relation": row.relation,
            "why": row.explanation.replace(" (at 0:00)", ""),  # a time within the first second tells nothing
            "confidence": row.confidence,
            "place": [mirrored, *place],
            "file": {end: picture.file for end, picture in shown.items()},
            "size": {end: picture.size for end, picture in shown.items()},
            "rings": rings,
            "time": {end: say_frame(frame, time) for end, (_, frame, time) in ends.items()},
        }
    return told


def rows_of_pairs(pairs: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Return the row of each pair, by its two panels."""
    return dict(zip(zip(pairs["panel_a"], pairs["panel_b"], strict=True), pairs.index.tolist(), strict=True))


def say_gap(pages: int) -> str:
    """Say how many pages lie between a use of a drawing and the one before."""
    return f"+{count(pages, 'page')}" if pages else "same page"


def say_return(why: Any, uses: Sequence[Any]) -> str:
    """Say after how many pages a drawing is back, and if it was seen since it was as it is compared with, where last.

    Args:
        why: the return, RANKING_COLUMNS.
        uses: `panel`, `page` and `page_name` of the drawing's uses, in story order.
    """
    if not why.absence:
        return "Again on the same page"
    page_of = {use.panel: use.page for use in uses}
    last = max((use for use in uses if use.page < page_of[why.panel]), key=lambda use: use.page)
    seen = "" if last.page == page_of[why.source] else f", last on {label_page(last.page_name)}"
    return f"Back after {count(why.absence, 'page')}{seen}"


def describe_clusters(
    members: pd.DataFrame, ranking: pd.DataFrame, pairs: pd.DataFrame, told: Mapping[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what is told of each cluster, callbacks before scenes, each kind in rank order.

    Args:
        members: `cluster`, `panel` and `page` of the clustered panels, in story order.
        ranking: RANKING_COLUMNS.
        pairs: those that are shown, and
        told: what `describe_pairs` tells of each.
    """
    best = best_matches(pairs, members.set_index("panel")["cluster"])
    row_of = rows_of_pairs(pairs)
    uses_of = defaultdict(list)
    for row in rows_of(members):
        uses_of[row.cluster].append(row)
    clusters = []
    for why in rows_of(ranking.sort_values("kind", key=lambda kinds: kinds != "callback", kind="stable")):
        rows = uses_of[why.cluster]
        uses = []
        for before, row in zip([None, *rows], rows, strict=False):
            pair = told.get(best.get(row.panel, -1))
            gap = say_gap(row.page - before.page) if before else "first use"
            end = pair and "ab"[pair["b"] == row.panel]
            uses.append({"panel": row.panel, "pair": pair, "end": end, "gap": gap})
        found = {use["pair"]["relation"] for use in uses if use["pair"]}
        clusters.append(
            {
                "id": rows[0].panel,
                "rank": why.cluster,
                "kind": why.kind,
                "unsure": why.unsure == "true",
                "gap": why.absence,
                "score": why.score,
                "stability": why.stability,
                "heading": say_return(why, rows),
                "relations": [relation for relation in RELATIONS if relation in found],
                "pair": told.get(row_of.get((why.source, why.panel), -1)),
                "panels": [row.panel for row in rows],
                "pages": [row.page for row in rows],
                "uses": uses,
                "page": "",
                "all": "",
            }
        )
    return clusters


def describe_passages(
    passages: pd.DataFrame, told: Mapping[int, dict[str, Any]], row_of: Mapping[tuple[str, str], int]
) -> list[dict[str, Any]]:
    """Return what is told of each passage.

    Args:
        passages: PASSAGE_COLUMNS.
        told: what `describe_pairs` tells of each pair, and
        row_of: its row.
    """
    pairs_of = defaultdict(list)
    for row in rows_of(passages):
        pairs_of[row.passage].append((told[row_of[row.panel_a, row.panel_b]], row.pages_apart))
    return [
        {
            "id": f"passage-{pairs[0][0]['a']}-{pairs[0][0]['b']}",
            "gap": pairs[0][1],
            "pairs": [pair for pair, _ in pairs],
            "relations": [name for name in RELATIONS if any(pair["relation"] == name for pair, _ in pairs)],
        }
        for pairs in pairs_of.values()
    ]


def describe_motifs(
    motifs: pd.DataFrame,
    told: Mapping[int, dict[str, Any]],
    row_of: Mapping[tuple[str, str], int],
    sizes: Mapping[str, Size],
    shown: Mapping[str, Size],
    frame_of: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Return what is told of each motif that is shown, in the words of a cluster: its uses are its places.

    A place is ringed where the panel's thumbnail shows the frame that it is in.

    Args:
        motifs: MOTIF_COLUMNS, in rank order and each in story order.
        told: what `describe_pairs` tells of each pair, and
        row_of: its row.
        sizes, shown: width and height of the files of panels, and of their thumbnails.
        frame_of: which frame of a panel its thumbnail shows.
    """
    places_of = defaultdict(list)
    for row in rows_of(motifs):
        places_of[row.motif].append(row)
    described: list[dict[str, Any]] = []
    for back in rows_of(best_returns(motifs)):
        places = places_of[back.motif]
        uses = [
            {
                "panel": row.panel,
                "pair": None,
                "end": None,
                "gap": say_gap(row.absence) if before else "first use",
                "rings": [ring_part(row.box, sizes[row.panel], shown[row.panel])] * (row.frame == frame_of[row.panel]),
            }
            for before, row in zip([None, *places], places, strict=False)
        ]
        left, top = places[0].box.split()[:2]
        name = f"motif-{places[0].panel}-{left}-{top}"
        pair = told.get(row_of.get((back.source, back.panel), -1))
        if pair:  # which may be of more than the motif
            ends = ("a", next(row for row in places if row.panel == back.source)), ("b", back)
            rings = {end: [ring_part(row.box, sizes[row.panel], pair["size"][end])] for end, row in ends}
            pair = pair | {"rings": rings}
        described.append(
            {
                "id": name,
                "heading": f"Back after {count(back.absence, 'page')}",
                "relations": [],
                "panels": [row.panel for row in places],
                "score": back.score,
                "unsure": False,
                "pair": pair,
                "uses": uses,
                "returns": [(row.source, row.panel) for row in places if row.source],
                "page": page_file(1) if len(described) < MOST_FRONT_MOTIFS else "motifs.html",
                "all": f"motifs.html#{name}" if len(uses) > MOST_USES else "",
            }
        )
    return described


def arc(start: float, end: float) -> str:
    """Return the path of an arc over the drawing's ground; the further it reaches the higher it is."""
    height = HEIGHT * 0.95 * ((end - start) / WIDTH) ** 0.5
    return f"M{start:.0f} {HEIGHT}a{(end - start) / 2:.1f} {height:.0f} 0 0 1 {end - start:.0f} 0"


def draw_arcs(
    name: str,
    position: Mapping[str, float],
    clusters: Sequence[dict[str, Any]],
    motifs: Sequence[dict[str, Any]],
    labels: Mapping[str, str],
    ticks: Sequence[tuple[float, str]],
) -> dict[str, Any]:
    """Draw every return of a drawing, or of a part of one, as an arc over the whole comic.

    Args:
        name: of the scale.
        position: of each panel along the comic, from 0 to 1.
        clusters, motifs: as `describe_clusters` and `describe_motifs` tell them, with their `page` in the gallery.
        labels: what panels are called.
        ticks: a few positions with their labels.
    """
    returns = [
        (pair["a"], pair["b"], pair["relation"], cluster)
        for cluster in clusters
        for use in cluster["uses"]
        for pair in [use["pair"]]
        if pair and pair["b"] == use["panel"]
    ]
    returns += [(a, b, "part", motif) for motif in motifs for a, b in motif["returns"]]
    arcs = []
    for a, b, relation, shown in returns:
        start, end = WIDTH * position[a], WIDTH * position[b]
        if end - start >= 0.5:
            title = f"{labels[a]} to {labels[b]}, {RELATIONS[relation]}"
            arcs.append((start - end, start, relation, f"{shown['page']}#{shown['id']}", title))
    # A comic may have many more parts than drawings that come back: they take no place of these, and lie below them.
    arcs.sort(key=lambda found: (found[2] == "part", *found[:2]))
    links = [
        {"path": arc(start, start - width), "relation": relation, "href": href, "title": title}
        for width, start, relation, href, title in arcs[:MOST_LINKED_ARCS]
    ]
    links.sort(key=lambda link: link["relation"] != "part")
    # Thousands would be a haze. They are gathered by where they lead from and to, and the busiest ways are drawn.
    ways = Counter(
        (relation, round(start / WAY) * WAY, round((start - width) / WAY) * WAY)
        for width, start, relation, *_ in arcs[MOST_LINKED_ARCS:]
    )
    paths: dict[str, str] = {}
    busiest = sorted(ways.most_common(), key=lambda way: way[0][0] == "part")[:MOST_WAYS]
    for (relation, start, end), _ in busiest:
        paths[relation] = paths.get(relation, "") + (arc(start, end) if end > start else "")
    places = [(round(100 * at, 2), label) for at, label in ticks]
    ink = round(min(0.8, max(0.15, 8 / (1 + len(arcs)) ** 0.5)), 2)
    return {
        "name": name,
        "ink": ink,
        "many": len(arcs) > MOST_LINKED_ARCS,
        "paths": paths,
        "links": links,
        "ticks": places,
    }


def draw_scales(
    panels: pd.DataFrame,
    clusters: Sequence[dict[str, Any]],
    motifs: Sequence[dict[str, Any]],
    labels: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Draw the arcs twice: with equal room for each panel, and for each page number."""
    order = np.linspace(0, 1, len(panels))
    page = panels["page"].to_numpy(np.float64)
    by_page = (page - page.min()) / max(1.0, np.ptp(page))
    wanted = np.linspace(0, 1, MOST_TICKS)
    scales = []
    for name, positions in (("by-order", order), ("by-page", by_page)):
        rows = np.unique(np.abs(positions[:, None] - wanted).argmin(axis=0))
        ticks = [(float(positions[row]), str(panels["page_name"].iloc[row])) for row in rows.tolist()]
        position = dict(zip(panels["panel"], positions.tolist(), strict=True))
        scales.append(draw_arcs(name, position, clusters, motifs, labels, ticks))
    return scales


def call_panels(panels: pd.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
    """Return what each panel is called, and what is said beside that.

    It is called by its page; but by its file, with the page beside it, in what is no story.
    """
    by_page = label_panels(panels)
    labels = dict(zip(by_page.index.tolist(), by_page.tolist(), strict=True))
    if panels.groupby("page")["page"].transform("size").median() <= MOST_ON_A_PAGE:
        return labels, {}
    by_file = zip(panels["panel"].tolist(), panels["file"].tolist(), strict=True)
    return {name: PurePosixPath(file).stem or labels[name] for name, file in by_file}, labels


def describe_panels(
    panels: pd.DataFrame,
    labels: Mapping[str, str],
    beside: Mapping[str, str],
    sizes: Mapping[str, Size],
    plays: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """Return what is told of each panel that has a picture, by its name."""
    told = {}
    for row in rows_of(panels[panels["panel"].isin(sizes.keys())]):
        label = labels[row.panel]
        title = ": ".join(dict.fromkeys(filter(None, (row.title, row.text, beside.get(row.panel)))))
        told[row.panel] = {
            "panel": row.panel,
            "label": label,
            "page": row.page,
            "page_url": row.page_url,
            "title": title,
            "alt": label[:1].upper() + label[1:] + (f": {title}" if title else ""),
            "file": csv_line((row.file, "")).removesuffix(","),
            "size": sizes[row.panel],
            "plays": plays.get(row.panel, ""),
        }
    return told


def read_panels(panels: str | Path, page_url: str | None) -> pd.DataFrame:
    """Read the table of panels, each with a link to its page as far as one is known."""
    table = read_table(panels, PANEL_COLUMNS)
    table["page_url"] = [
        web_address(own or (page_url or "").replace("{page}", quote(name)))
        for own, name in zip(table["page_url"], table["page_name"], strict=True)
    ]
    return table


def columns_and_rows(records: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return records as gallery.js reads them: what each cell is called once, as it makes up a third of them all."""
    return {"columns": list(records[0]) if records else [], "rows": [list(record.values()) for record in records]}


def data_script(
    key: str,
    title: str,
    version: str,
    panels: Mapping[str, dict[str, Any]],
    clusters: Sequence[dict[str, Any]],
    told: Mapping[int, dict[str, Any]],
    nearly: Sequence[tuple[str, str, str]] = (),
) -> str:
    """Return the script that holds what the others ask of: a page from disk may not read a file of any other kind."""
    number = {id(pair): place for place, pair in enumerate(told.values())}
    plain = [
        {key: cell for key, cell in cluster.items() if key != "pages"}
        | {
            "pair": number.get(id(cluster["pair"]), -1),
            "uses": [[number.get(id(use["pair"]), -1), use["end"], use["gap"]] for use in cluster["uses"]],
        }
        for cluster in clusters
    ]
    names = dict.fromkeys(name for cluster in clusters for name in cluster["panels"])
    names |= dict.fromkeys(pair[end] for pair in told.values() for end in "ab")
    names |= dict.fromkeys(name for pair in nearly for name in pair[:2])
    shown = [panels[name] for name in names]
    known = {"key": key, "title": title, "version": version, "relations": RELATIONS, "mostUses": MOST_USES}
    known |= {
        "panels": columns_and_rows([{key: cell for key, cell in panel.items() if key != "alt"} for panel in shown])
    }
    known |= {"clusters": columns_and_rows(plain), "pairs": columns_and_rows(list(told.values()))}
    return "const reprise = " + json.dumps(known, separators=(",", ":")) + ";\n"


def gallery(
    clusters: str | Path,
    ranking: str | Path,
    passages: str | Path,
    motifs: str | Path,
    compositions: str | Path,
    pairs: str | Path,
    matches: str | Path,
    panels: str | Path,
    pages: str | Path,
    thumbnails: Sequence[str | Path],
    overlays: str | Path,
    large: str | Path | None,
    store: str | Path | None,
    templates: str | Path,
    edges: str | Path,
    title: str,
    page_url: str | None,
    version: str,
    match_rule: str,
    settings: str,
    fewest_edges: int,
    clusters_per_page: int,
    folder: str | Path,
) -> None:
    """Write the gallery: `index.html`, `page-2.html` and so on, with all that they show.

    Each panel can be looked up in `panels.html`, `panels-2.html` and so on, as `panels.html#2079_2`. `below.html` has
    the pairs that nearly match. What is left aside is listed in `plain.html`, `plain-2.html` and so on. A cluster is
    told by its first panel, in links too: `index.html#2079_2`. So is a pair: `index.html#compare=2079_2,2338_1`.
    `motifs.html` has what is used in parts of several panels, `compositions.html` the pairs that are composed alike.

    Args:
        clusters, ranking, passages, motifs, compositions, pairs, panels, pages: the tables of those names.
        matches: what `adjacency` wrote of the graph, with the reader's corrections.
        thumbnails: the folders of thumbnails that `fingerprint` wrote.
        overlays: how the pictures of each pair that is shown lie upon each other, and where they differ.
        large, store: the table and the folder of `large_pictures`; without them thumbnails are shown in their place.
        templates: the folder of the Jinja2 templates, the style and the scripts.
        edges: the folder of pictures that `edge_pictures` drew.
        title: what the comic is called.
        page_url: the address of a page, with {page} for what it is called, where the tables have none.
        version: of Reprise.
        match_rule: what makes two panels match, in words.
        settings: others that make a difference, in words.
        fewest_edges: panels with fewer edge pixels than this are listed as saying too little.
        clusters_per_page: after so many clusters another page begins.
        folder: where to write; what was there is replaced.
    """
    all_clusters = read_table(clusters, ["cluster", "panel"])
    cluster_of = all_clusters.set_index("panel")["cluster"]
    ranked = read_table(ranking, RANKING_COLUMNS)
    all_pairs = read_table(pairs, PAIR_COLUMNS)
    all_panels = read_panels(panels, page_url)
    all_pages = read_table(pages, ["page", "page_name", "page_url", "status"])
    all_pages["page_url"] = all_pages["page_url"].map(web_address)
    labels, beside = call_panels(all_panels)
    members = all_panels[all_panels["panel"].isin(all_clusters["panel"])]
    members = members.assign(cluster=members["panel"].map(cluster_of))
    all_passages = read_table(passages, PASSAGE_COLUMNS)
    all_motifs = read_table(motifs, MOTIF_COLUMNS)
    alike = rows_of(read_table(compositions, COMPOSITION_COLUMNS))
    shown = shown_pairs(all_pairs, cluster_of, ranked, all_passages, all_motifs)
    with np.load(matches) as graph:
        corrected = {name: len(graph[name]) for name in ("apart", "together")}
        left_out = all_panels.iloc[graph["left_out"]]
        cluster_numbers = all_panels["panel"].map(cluster_of).fillna(0).astype(int).tolist()
        below = nearly_matching(graph["below"], cluster_numbers, graph["apart"], graph["left_out"])
        near = nearest(graph["matches"], graph["below"], len(all_panels))
        lists = {name: graph[name] for name in ("apart", "left_out")}
    usable = all_panels["status"] == "ok"
    elsewhere = all_panels["panel"].isin([*all_clusters["panel"], *left_out["panel"]])
    plain = all_panels[usable & (all_panels["edges"] < fewest_edges) & ~elsewhere]
    rows_aside = {
        "left-out": left_out,
        "plain": plain,
        "unusable": all_panels[~usable],
        "missing": all_pages[all_pages["status"] != "ok"],
    }
    aside = {name: rows_of(rows) for name, rows in rows_aside.items() if len(rows)}
    # A panel is shown by the frame that matches, which may be a later one; a panel in no cluster by its first.
    frame_of = dict.fromkeys(all_panels["panel"][usable], 0)
    best = best_matches(shown, cluster_of)
    for panel, match in zip(best.index, rows_of(shown.loc[best]), strict=True):
        frame_of[panel] = match.frame_a if match.panel_a == panel else match.frame_b
    frames = [key for end in "ab" for key in zip(shown[f"panel_{end}"], shown[f"frame_{end}"], strict=True)]
    frames += [(panel, -1) for panel in members["panel"]]
    columns = ["panel", "frame", "file", "width", "height"]
    large_table = read_table(large, columns) if large else pd.DataFrame(columns=columns)
    with atomic_folder(folder) as part:
        sizes = link_thumbnails(thumbnails, frame_of, part / "thumbnails")
        pictures = place_pictures(frames, large_table, Path(store) if store else None, thumbnails, part)
        plays = {panel: picture.file for (panel, frame), picture in pictures.items() if frame == -1}
        files = zip(all_panels["width"].tolist(), all_panels["height"].tolist(), strict=True)
        file_sizes = dict(zip(all_panels["panel"].tolist(), files, strict=True))
        told = describe_pairs(shown, read_overlays(overlays), pictures, file_sizes)
        told_panels = describe_panels(all_panels, labels, beside, sizes, plays)
        told_clusters = describe_clusters(members, ranked, shown, told)
        paged = cut(told_clusters, clusters_per_page)
        for number, on_page in enumerate(paged, 1):
            for cluster in on_page:
                cluster["page"] = page_file(number)
        large_clusters = [cluster for cluster in told_clusters if len(cluster["uses"]) > MOST_USES]
        for cluster in large_clusters:
            cluster["all"] = f"drawing-{cluster['id']}.html"
        rows = rows_of(all_panels)
        places = [f"{page_file(place // PANELS_A_PAGE + 1, 'panels')}#{row.panel}" for place, row in enumerate(rows)]
        in_cluster = {
            name: (f"{cluster['page']}#{cluster['id']}", len(cluster["panels"]))
            for cluster in told_clusters
            for name in cluster["panels"]
        }
        looked_up = cut(told_of(rows, near, in_cluster, labels, places, sizes, lists, fewest_edges), PANELS_A_PAGE)
        nearly = [(rows[a].panel, rows[b].panel, f"{score:.2f}") for a, b, score in below]
        place_of = {row.panel: place for row, place in zip(rows, places, strict=True)}
        for name, panel in told_panels.items():
            panel["look_up"] = "" if panel["page_url"] else place_of[name]
        told_passages = describe_passages(all_passages, told, rows_of_pairs(shown))
        told_motifs = describe_motifs(all_motifs, told, rows_of_pairs(shown), file_sizes, sizes, frame_of)
        longest = max((len(passage["pairs"]) for passage in told_passages), default=0)
        callbacks = [cluster for cluster in told_clusters if cluster["kind"] == "callback"]
        scales = draw_scales(all_panels, told_clusters, told_motifs, labels) if told_clusters or told_motifs else []
        found = [name for name in RELATIONS if any(name in cluster["relations"] for cluster in told_clusters)]
        known = {
            "page_file": page_file,
            "pages_near": pages_near,
            "label_page": label_page,
            "labels": labels,
            "panels": told_panels,
            "is_story": not beside,
            "title": title,
            "version": version,
            "match_rule": match_rule,
            "settings": settings,
            "fewest_edges": fewest_edges,
            "counts": {
                "panels": len(all_panels),
                "pages": len(all_pages),
                "pairs": len(all_pairs),
                "clusters": len(told_clusters),
                "callbacks": len(callbacks),
                "scenes": len(told_clusters) - len(callbacks),
            },
            "furthest": max(callbacks, key=lambda cluster: cluster["gap"], default=None),
            "corrected": corrected,
            "aside": aside,
            "aside_words": ASIDE,
            "relation_words": RELATIONS,
            "relations_found": found,
            "relations_in_arcs": [name for name in RELATIONS if name in found or (name == "part" and told_motifs)],
            "scales": scales,
            "many_arcs": any(scale["many"] for scale in scales),
            "most_uses": MOST_USES,
            "passages": told_passages,
            "most_passages": MOST_PASSAGES,
            "most_of_passage": MOST_OF_PASSAGE,
            "has_more_passages": len(told_passages) > MOST_PASSAGES or longest > MOST_OF_PASSAGE,
            "motifs": told_motifs,
            "has_more_motifs": len(told_motifs) > MOST_FRONT_MOTIFS or any(motif["all"] for motif in told_motifs),
            "most_motifs": MOST_FRONT_MOTIFS,
            "compositions": alike,
            "most_listed": MOST_LISTED,
            "place_of": place_of,
            "has_below": bool(nearly),
        }
        environment = Templates(templates)
        environment.filters["count"] = count
        environment.globals |= known

        def write(file: str, template: str, **shown_there: Any) -> None:
            html = environment.get_template(template).render(**shown_there)
            (part / file).write_text(html, encoding="utf-8")

        for number, on_page in enumerate(paged, 1):
            write(page_file(number), "clusters.html", number=number, last=len(paged), shown=on_page)
        for cluster in large_clusters:
            write(cluster["all"], "drawing.html", cluster=cluster)
        if known["has_more_passages"]:
            write("passages.html", "passages.html")
        if known["has_more_motifs"]:
            write("motifs.html", "motifs.html")
        if alike:
            write("compositions.html", "compositions.html")
        for series, listed in aside.items():
            lists_aside = cut(listed, MOST_LISTED)
            for number, on_page in enumerate(lists_aside, 1):
                file = page_file(number, series)
                write(file, "aside.html", series=series, number=number, last=len(lists_aside), shown=on_page)
        (part / "edges").mkdir()
        for path in Path(edges).iterdir():
            link(path, part / "edges" / path.name)
        firsts = [on_page[0].panel if on_page else "" for on_page in looked_up]
        for number, on_page in enumerate(looked_up, 1):
            file = page_file(number, "panels")
            write(file, "look_up.html", number=number, last=len(looked_up), shown=on_page, firsts=firsts)
        if nearly:
            write("below.html", "below.html", pairs=nearly)
        for file in STATIC:
            shutil.copyfile(Path(templates) / file, part / file)
        script = data_script(f"reprise {title}", title, version, told_panels, told_clusters, told, nearly)
        (part / "data.js").write_text(script, encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        gallery(
            clusters=snakemake.input.clusters,
            ranking=snakemake.input.ranking,
            passages=snakemake.input.passages,
            motifs=snakemake.input.motifs,
            compositions=snakemake.input.compositions,
            pairs=snakemake.input.pairs,
            matches=snakemake.input.matches,
            panels=snakemake.input.panels,
            pages=snakemake.input.pages,
            thumbnails=snakemake.input.thumbnails,
            overlays=snakemake.input.overlays,
            large=snakemake.input.large,
            store=Path(snakemake.input.large).with_suffix(""),
            templates=Path(snakemake.input.templates[0]).parent,
            edges=snakemake.input.edges,
            title=snakemake.params.title,
            page_url=snakemake.params.page_url,
            version=VERSION,
            match_rule=snakemake.params.match_rule,
            settings=snakemake.params.settings,
            fewest_edges=snakemake.params.fewest_edges,
            clusters_per_page=snakemake.params.clusters_per_page,
            folder=snakemake.output.gallery,
        )
