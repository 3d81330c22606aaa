"""Write what was found for other programs: clusters, passages and motifs as JSON, the matches as a graph in GraphML."""

from reprise.job import job

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from reprise import VERSION
from reprise.atomic import atomic_file
from reprise.tables import read_table

PANEL_COLUMNS = ["panel", "page", "page_name", "file", "url", "page_url", "title"]
PAIR_COLUMNS = ["panel_a", "panel_b", "score", "confidence", "relation", "mirrored", "pages_apart"]
PAIR_COLUMNS += ["box_a", "box_b", "cover_a", "cover_b"]
PASSAGE_COLUMNS = ["passage", "panel_a", "panel_b", "pages_apart"]
MOTIF_COLUMNS = ["motif", "panel", "frame", "box", "cover", "source", "score", "mirrored", "absence"]
RANKING_COLUMNS = ["cluster", "kind", "interest", "unsure", "stability", "least_score", "mean_score"]
RETURN_COLUMNS = ["panel", "source", "absence", "score", "relation"]
TRUTHS = {"mirrored", "unsure"}

# XML has no way to write these; a name of a file may hold them.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table; the words true and false become truth values in the columns TRUTHS."""
    truths = {name: table[name] == "true" for name in TRUTHS.intersection(table.columns)}
    names, columns = list(table.columns), table.assign(**truths)
    return [dict(zip(names, row, strict=True)) for row in zip(*(columns[name].tolist() for name in names), strict=True)]


def groups(rows: list[dict[str, Any]], key: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of each number in a column, without it, in order."""
    found = defaultdict(list)
    for row in rows:
        found[row.pop(key)].append(row)
    yield from (found[number] for number in sorted(found))


def clusters_json(
    title: str,
    match_rule: str,
    panels: pd.DataFrame,
    clusters: pd.DataFrame,
    ranking: pd.DataFrame,
    passages: pd.DataFrame,
    motifs: pd.DataFrame,
) -> dict[str, Any]:
    """Return all that is told of the clusters, in rank order, of the passages and of the motifs."""
    told = clusters.merge(panels, on="panel", how="left", validate="one_to_one")
    members = groups(records(told), "cluster")
    ranked = records(ranking.sort_values("cluster"))
    return {
        "reprise": VERSION,
        "comic": title,
        "match": match_rule,
        "panels": len(panels),
        "clusters": [
            {name: row[name] for name in RANKING_COLUMNS}
            | {"return": {name: row[name] for name in RETURN_COLUMNS}, "panels": own}
            for row, own in zip(ranked, members, strict=True)
        ],
        "passages": [{"returns": returns} for returns in groups(records(passages), "passage")],
        "motifs": [{"places": places} for places in groups(records(motifs), "motif")],
    }


def graph_of(panels: pd.DataFrame, clusters: pd.DataFrame, pairs: pd.DataFrame) -> "nx.Graph[str]":
    """Return the graph of matches. Its nodes are the panels with a match, in story order. What is empty is not told."""

    def written(row: dict[str, Any]) -> dict[str, Any]:
        told = {name: cell for name, cell in row.items() if cell != ""}
        return {name: NO_XML.sub("�", cell) if isinstance(cell, str) else cell for name, cell in told.items()}

    graph: nx.Graph[str] = nx.Graph()
    matched = panels[panels["panel"].isin([*pairs["panel_a"], *pairs["panel_b"]])]
    placed = matched.merge(clusters, on="panel", how="left").fillna({"cluster": 0}).astype({"cluster": "int64"})
    graph.add_nodes_from((row.pop("panel"), written(row)) for row in records(placed))
    graph.add_edges_from((row.pop("panel_a"), row.pop("panel_b"), written(row)) for row in records(pairs))
    return graph


def exports(
    panels: str | Path,
    clusters: str | Path,
    ranking: str | Path,
    passages: str | Path,
    motifs: str | Path,
    pairs: str | Path,
    title: str,
    match_rule: str,
    as_json: str | Path,
    as_graph: str | Path,
) -> None:
    """Write the results anew.

    Args:
        panels, clusters, ranking, passages, motifs, pairs: the tables of those names.
        title: what the comic is called.
        match_rule: what makes two panels match, in words.
        as_json: gets what `clusters_json` tells.
        as_graph: gets what `graph_of` makes, as GraphML. Of a node `cluster` is 0 if it is in none. A character that
            XML cannot hold becomes U+FFFD.
    """
    all_panels = read_table(panels, PANEL_COLUMNS)
    all_clusters = read_table(clusters, ["cluster", "panel"])
    ranked = read_table(ranking, [*RANKING_COLUMNS, *RETURN_COLUMNS])
    others = read_table(passages, PASSAGE_COLUMNS), read_table(motifs, MOTIF_COLUMNS)
    told = clusters_json(title, match_rule, all_panels, all_clusters, ranked, *others)
    with atomic_file(as_json) as part:
        part.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    graph = graph_of(all_panels, all_clusters, read_table(pairs, PAIR_COLUMNS))
    with atomic_file(as_graph) as part:
        nx.write_graphml_xml(graph, part, prettyprint=False, named_key_ids=True)


if __name__ == "__main__":
    with job() as snakemake:
        exports(
            panels=snakemake.input.panels,
            clusters=snakemake.input.clusters,
            ranking=snakemake.input.ranking,
            passages=snakemake.input.passages,
            motifs=snakemake.input.motifs,
            pairs=snakemake.input.pairs,
            title=snakemake.params.title,
            match_rule=snakemake.params.match_rule,
            as_json=snakemake.output.clusters,
            as_graph=snakemake.output.graph,
        )
