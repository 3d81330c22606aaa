"""What other programs read: the clusters as JSON, the matches as a graph."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exports as step
from reprise.tables import write_csv

NAMES = ["1_1", "1_2", "2_1", "3_1", "9_1", "10_1"]
CLUSTERS = [["3_1", "9_1"], ["1_1", "2_1"]]
PAIRS: list[tuple[Any, ...]] = [
    ("1_1", "2_1", 0.75, 0.5, "duplicate", "false", 1, "", "", 1.0, 1.0),
    ("2_1", "10_1", 0.5, 0.1, "part", "false", 8, "0 0 5 5", "5 5 10 10", 0.25, 0.25),
]
PAIRS += [("3_1", "9_1", 0.9, 0.8, "recolour", "true", 6, "", "", 1.0, 1.0)]
MOTIFS = [
    (1, "2_1", 0, "0 0 5 5", 0.25, "", 0.0, "false", 0),
    (1, "10_1", 0, "5 5 10 10", 0.25, "2_1", 0.5, "false", 8),
]
RANKING: list[tuple[Any, ...]] = [(1, "callback", 0.4, "false", 1, 0.9, 0.9, "9_1", "3_1", 6, 0.9, "recolour")]
RANKING += [(2, "scene", 0.1, "true", 0.5, 0.7, 0.7, "2_1", "1_1", 1, 0.75, "duplicate")]


def write(place: Path, title: str = "A comic", empty: bool = False, **names: str) -> tuple[Any, "nx.Graph[str]"]:
    """Write the tables that the step reads, run it, and read what it wrote."""
    place.mkdir(parents=True, exist_ok=True)
    called = [(name, name[:-2], name[:-2], names.get(f"file_{name}", f"{name}.png"), "", "", "") for name in NAMES]
    clustered = [(rank, name) for rank, members in enumerate(CLUSTERS, 1) for name in members]
    rows = 0 if empty else None
    tables: dict[str, tuple[list[Any], list[str]]] = {
        "panels": (called, step.PANEL_COLUMNS),
        "clusters": (clustered[:rows], ["cluster", "panel"]),
        "ranking": (RANKING[:rows], [*step.RANKING_COLUMNS, *step.RETURN_COLUMNS]),
        "passages": ([(1, "3_1", "9_1", 6)][:rows], step.PASSAGE_COLUMNS),
        "motifs": (MOTIFS[:rows], step.MOTIF_COLUMNS),
        "pairs": (PAIRS[:rows], step.PAIR_COLUMNS),
    }
    for name, (cells, columns) in tables.items():
        write_csv(pd.DataFrame(cells, columns=columns), place / f"{name}.csv")
    as_json, as_graph = place / "clusters.json", place / "graph.graphml"
    panels, clusters, ranking, passages, motifs, pairs = (place / f"{name}.csv" for name in tables)
    step.exports(panels, clusters, ranking, passages, motifs, pairs, title, "0.5 or more", as_json, as_graph)
    return json.loads(as_json.read_text(encoding="utf-8")), nx.read_graphml(as_graph)


def test_clusters_are_told_with_their_panels_and_returns(tmp_path: Path) -> None:
    told, _ = write(tmp_path)
    assert (told["comic"], told["match"], told["panels"]) == ("A comic", "0.5 or more", 6)
    assert [[panel["panel"] for panel in cluster["panels"]] for cluster in told["clusters"]] == CLUSTERS
    first = told["clusters"][0]
    assert first["return"] == {"panel": "9_1", "source": "3_1", "absence": 6, "score": 0.9, "relation": "recolour"}
    assert (first["kind"], first["unsure"], told["clusters"][1]["unsure"]) == ("callback", False, True)
    assert first["panels"][0]["file"] == "3_1.png"
    assert told["passages"] == [{"returns": [{"panel_a": "3_1", "panel_b": "9_1", "pages_apart": 6}]}]
    (motif,) = told["motifs"]
    assert [(place["panel"], place["box"]) for place in motif["places"]] == [("2_1", "0 0 5 5"), ("10_1", "5 5 10 10")]


def test_the_graph_has_the_panels_that_match_and_their_matches(tmp_path: Path) -> None:
    _, graph = write(tmp_path)
    assert list(graph.nodes) == ["1_1", "2_1", "3_1", "9_1", "10_1"]
    assert {name: graph.nodes[name]["cluster"] for name in graph} == {"1_1": 2, "2_1": 2, "3_1": 1, "9_1": 1, "10_1": 0}
    assert graph.nodes["10_1"]["file"] == "10_1.png"
    assert {ends: graph.edges[ends]["score"] for ends in graph.edges} == {pair[:2]: pair[2] for pair in PAIRS}
    assert graph.edges["3_1", "9_1"] == {
        **{"score": 0.9, "confidence": 0.8, "relation": "recolour", "mirrored": True, "pages_apart": 6},
        **{"cover_a": 1.0, "cover_b": 1.0},
    }


def test_a_comic_without_a_match_has_an_empty_graph(tmp_path: Path) -> None:
    told, graph = write(tmp_path, empty=True)
    assert (told["clusters"], told["passages"], len(graph)) == ([], [], 0)


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    for place in ("one", "other"):
        write(tmp_path / place)
    for name in ("clusters.json", "graph.graphml"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


@pytest.mark.parametrize("name", ["a\x00b", "\x1b[31mred", "\x0b\x0c", "￾", "<&\"'>]]>", "=1+1", "007", "ノート 🎨"])
def test_whatever_a_file_is_called_other_programs_can_read_it(tmp_path: Path, name: str) -> None:
    told, graph = write(tmp_path, title=name, file_3_1=name)
    assert (told["comic"], told["clusters"][0]["panels"][0]["file"]) == (name, name)
    as_xml = "".join("�" if ord(sign) < 32 or sign == "￾" else sign for sign in name)
    assert graph.nodes["3_1"]["file"] == as_xml


@settings(max_examples=50, deadline=None)
@given(name=st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1))
def test_any_name_can_be_read(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    told, graph = write(tmp_path_factory.mktemp("any"), file_3_1=name)
    assert told["clusters"][0]["panels"][0]["file"] == name
    assert len(graph.nodes["3_1"]["file"]) == len(name)
