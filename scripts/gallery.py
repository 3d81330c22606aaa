"""Lay the clusters out as pages to look through in a browser: from disk, offline, without a script.

Titles, addresses and names come from the comic's pages and files. Whatever they hold is shown as text. An address
becomes a link only if it leads to the web.
"""

from reprise.job import job

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined

from reprise.atomic import atomic_folder
from reprise.clock import clock
from reprise.corrections import csv_line
from reprise.tables import label_page, label_panels, read_table
from reprise.thumbnails import link_thumbnails

PANEL_COLUMNS = ["panel", "page", "count", "page_name", "file", "url", "page_url", "title", "text"]
PANEL_COLUMNS += ["status", "detail", "edges"]

PAIR_COLUMNS = ["panel_a", "panel_b", "score", "relation", "frame_a", "frame_b", "time_a", "time_b"]
PAIR_COLUMNS += ["confidence", "explanation"]

RANKING_COLUMNS = ["cluster", "panel", "absence", "score", "relation", "interest"]
RANKING_COLUMNS += ["least_score", "mean_score", "stability"]

# If what is left aside is a longer list than this, it has pages of its own, of so many rows each.
MOST_LISTED = 500

# From a page so many pages before it and after it are linked to.
PAGES_NEAR = 2


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


def original(cluster: int, panel: str, file: str) -> str:
    """Return the address, relative to the gallery, of the original that `cluster_folders` puts into its cluster."""
    return quote(f"../clusters/{cluster}/{panel}{PurePosixPath(file).suffix.lower()}")


def best_matches(pairs: pd.DataFrame, cluster_of: pd.Series) -> pd.DataFrame:
    """Find for each clustered panel the match that places it in its cluster.

    It is the best match with an earlier panel of the same cluster. If there is none, it is the best with a later one.
    Of equals it is the earliest.

    Args:
        pairs: PAIR_COLUMNS, `panel_a` the earlier, in story order.
        cluster_of: the cluster of each clustered panel, by name.

    Returns:
        A frame with `panel`, `other`, `score`, `relation`, `confidence`, `explanation`; `frame`, the frame of the
        panel that matches; `time` and `other_time`, when the frames of the two are shown; each panel once.
    """
    inside = pairs[pairs["panel_a"].map(cluster_of) == pairs["panel_b"].map(cluster_of)]
    best_first = inside.sort_values("score", ascending=False, kind="stable")
    ends = []
    for own, other in ("ba", "ab"):
        names = {f"panel_{own}": "panel", f"frame_{own}": "frame", f"time_{own}": "time"}
        ends.append(best_first.rename(columns={**names, f"panel_{other}": "other", f"time_{other}": "other_time"}))
    matches = pd.concat(ends).drop_duplicates("panel")
    for name in ("time", "other_time"):
        matches[name] = matches[name].map(lambda seconds: clock(float(seconds or "nan"))).astype(str)
    columns = ["panel", "other", "score", "relation", "confidence", "explanation", "frame", "time", "other_time"]
    return matches[columns]


def arrange(clusters: pd.DataFrame, pairs: pd.DataFrame, panels: pd.DataFrame) -> list[tuple[int, list[Any]]]:
    """Put the panels of each cluster in story order, each with its best match.

    Returns:
        The number of each cluster, in rank order, with its panels: rows of `panels` with `original`, and what
        `best_matches` says of the match (empty, and the first frame, where there is none), with the `correction` that
        would undo it: a line of the list of pairs that are no match.
    """
    cluster_of = clusters.set_index("panel")["cluster"]
    members = panels[panels["panel"].isin(clusters["panel"])]
    members = members.assign(cluster=members["panel"].map(cluster_of)).sort_values("cluster", kind="stable")
    members = members.merge(best_matches(pairs, cluster_of), on="panel", how="left")
    empty = dict.fromkeys(["other", "relation", "explanation", "time", "other_time"], "")
    members = members.fillna({**empty, "frame": 0})
    file_of = panels.set_index("panel")["file"]
    others = members["other"].map(file_of).fillna("")
    members["correction"] = [csv_line(pair) for pair in zip(others, members["file"], strict=True)]
    places = zip(members["cluster"], members["panel"], members["file"], strict=True)
    members["original"] = [original(*place) for place in places]
    return [(cluster, list(rows)) for cluster, rows in groupby(members.itertuples(), attrgetter("cluster"))]


def cut(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """Cut what there is to show into pages of some size, at least one."""
    return [rows[first : first + size] for first in range(0, max(1, len(rows)), size)]


def gallery(
    clusters: str | Path,
    ranking: str | Path,
    pairs: str | Path,
    matches: str | Path,
    panels: str | Path,
    pages: str | Path,
    thumbnails: Iterable[str | Path],
    template: str | Path,
    match_rule: str,
    fewest_edges: int,
    clusters_per_page: int,
    folder: str | Path,
) -> None:
    """Write the gallery: `index.html`, `page-2.html` and so on, and `thumbnails/`.

    What is left aside is listed below the last clusters or, if that is long, in `plain.html`, `plain-2.html` and so on.

    Args:
        clusters, ranking, pairs, panels, pages: the tables of those names.
        matches: what `adjacency` wrote of the graph, with the reader's corrections.
        thumbnails: the folders of thumbnails that `fingerprint` wrote.
        template: the Jinja2 template of a page.
        match_rule: what makes two panels match, in words.
        fewest_edges: panels with fewer edge pixels than this are listed as saying too little.
        clusters_per_page: after so many clusters another page begins.
        folder: where to write; what was there is replaced.
    """
    all_clusters = read_table(clusters, ["cluster", "panel"])
    all_pairs = read_table(pairs, PAIR_COLUMNS)
    all_panels, all_pages = (
        read_table(panels, PANEL_COLUMNS),
        read_table(pages, ["page", "page_name", "page_url", "status"]),
    )
    for table in (all_panels, all_pages):
        table["page_url"] = table["page_url"].map(web_address)
    arranged = arrange(all_clusters, all_pairs, all_panels)
    with np.load(matches) as graph:
        corrected = {name: len(graph[name]) for name in ("apart", "together")}
        left_out = all_panels.iloc[graph["left_out"]]
    usable = all_panels["status"] == "ok"
    elsewhere = all_panels["panel"].isin([*all_clusters["panel"], *left_out["panel"]])
    plain = all_panels[usable & (all_panels["edges"] < fewest_edges) & ~elsewhere]
    # A panel is shown by the frame that matches, which may be a later one; a panel in no cluster by its first.
    frame_of = dict.fromkeys([*plain["panel"], *left_out["panel"]], 0)
    frame_of |= {row.panel: int(row.frame) for _, rows in arranged for row in rows}
    rows_aside = {
        "left-out": left_out,
        "plain": plain,
        "unusable": all_panels[~usable],
        "missing": all_pages[all_pages["status"] != "ok"],
    }
    aside = {name: list(rows.itertuples()) for name, rows in rows_aside.items() if len(rows)}
    long = {name: rows for name, rows in aside.items() if len(rows) > MOST_LISTED}
    paged = {"": cut(arranged, clusters_per_page)} | {name: cut(rows, MOST_LISTED) for name, rows in long.items()}
    last = page_file(len(paged[""]))
    with atomic_folder(folder) as part:
        known = {
            "page_file": page_file,
            "pages_near": pages_near,
            "label_page": label_page,
            "labels": label_panels(all_panels).to_dict(),
            "sizes": link_thumbnails(thumbnails, frame_of, part / "thumbnails"),
            "counts": {"cluster": len(arranged), "panel": len(all_panels), "pair": len(all_pairs)},
            "clustered": len(all_clusters),
            "match_rule": match_rule,
            "fewest_edges": fewest_edges,
            "ranking": {row.cluster: row for row in read_table(ranking, RANKING_COLUMNS).itertuples()},
            "corrected": corrected,
            "aside": aside,
            "long": long,
            "aside_file": {name: page_file(1, name) if name in long else f"{last}#{name}" for name in aside},
        }
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        page = environment.from_string(Path(template).read_text(encoding="utf-8"), globals=known)
        for series, pages_shown in paged.items():
            for number, shown in enumerate(pages_shown, 1):
                html = page.render(series=series, number=number, last=len(pages_shown), shown=shown)
                (part / page_file(number, series)).write_text(html, encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        gallery(
            clusters=snakemake.input.clusters,
            ranking=snakemake.input.ranking,
            pairs=snakemake.input.pairs,
            matches=snakemake.input.matches,
            panels=snakemake.input.panels,
            pages=snakemake.input.pages,
            thumbnails=snakemake.input.thumbnails,
            template=snakemake.input.template,
            match_rule=snakemake.params.match_rule,
            fewest_edges=snakemake.params.fewest_edges,
            clusters_per_page=snakemake.params.clusters_per_page,
            folder=snakemake.output.gallery,
        )
