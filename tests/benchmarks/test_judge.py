"""How what was found is judged."""

from pathlib import Path

import pandas as pd
import pytest

from demo_comic.transformations import TRANSFORMATIONS
from judge import EXPECTED, judge, largest_false_cluster, same_lines_scores
from judge import relations as relations_of
from matching_tables import better_grouping, joined_loss, markdown, matching_tables, relation_table, returns_table

NOTHING = pd.DataFrame({"file_a": [], "file_b": []}, dtype=str)


def pairs(*rows: str) -> pd.DataFrame:
    """Return pairs, of each the two files and the relation in a word."""
    return pd.DataFrame([row.split() for row in rows], columns=["file_a", "file_b", "relation"])


def test_every_way_a_drawing_comes_back_has_its_relation() -> None:
    assert set(EXPECTED) == set(TRANSFORMATIONS)


def test_pairs_told_to_show_the_same_lines_are_judged_by_labels() -> None:
    truth = pd.Series({"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"})
    told = pairs("b a recolour", "a c redraw", "c d duplicate", "e d duplicate", "a e recolour")
    ignored = pd.DataFrame({"file_a": ["e"], "file_b": ["a"]})
    assert same_lines_scores(told, truth, ignored) == {
        "same_lines_precision": pytest.approx(2 / 3, abs=1e-4),
        "same_lines_recall": 0.5,
        "same_lines_f1": pytest.approx(4 / 7, abs=1e-4),
    }
    without_kinds = same_lines_scores(told.drop(columns="relation"), truth, NOTHING)
    assert without_kinds["same_lines_precision"] == 0.6


def test_a_false_cluster_is_counted_with_all_its_panels_and_its_strangers() -> None:
    truth = pd.Series(dict(zip("abcdefgh", "11123345", strict=True)))
    found = pd.Series(dict(zip("abcdefgh", "xxxxyyyz", strict=True)))
    assert largest_false_cluster(found, truth, NOTHING) == (4, 1)
    ignored = pd.DataFrame({"file_a": ["d"], "file_b": ["a"]})
    assert largest_false_cluster(found, truth, ignored) == (3, 1)
    assert largest_false_cluster(truth, truth, NOTHING) == (0, 0)


def test_relations_are_looked_up_whichever_panel_comes_first() -> None:
    rows = [("a", "original", ""), ("b", "invert", "a"), ("c", "invert", "a"), ("d", "moved", "a"), ("e", "moved", "a")]
    labels = pd.DataFrame(rows, columns=["file", "transformation", "source"])
    told = relations_of(pairs("a b recolour", "c a redraw", "d a moved", "d e duplicate"), labels)
    assert told.to_dict("records") == [
        {"transformation": "invert", "panels": 2, "matched": 2, "right": 1},
        {"transformation": "moved", "panels": 2, "matched": 1, "right": 1},
    ]


LABELS = """file,cluster,transformation,source
1,a,original,
2,a,recolour,1
3,a,moved,1
4,b,blank,
5,c,single,
"""


def judged(folder: Path, name: str, clusters: str) -> dict[str, Path]:
    """Judge one method on a small comic under the name of a set; of clusters `cluster,file` are given."""
    (folder / "labels.csv").write_text(LABELS)
    (folder / "ignored.csv").write_text("file_a,file_b\n")
    (folder / "clusters.csv").write_text("cluster,file\n" + "".join(f"{row}\n" for row in clusters.split()))
    (folder / "pairs.csv").write_text("file_a,file_b,relation\n1,2,recolour\n1,3,redraw\n")
    (folder / "peer.csv").write_text("file_a,file_b\n1,2\n")
    reprise, peer = ({"method": name, "setting": "", "grouping": ""} for name in ("Reprise", "PDQ"))
    outputs = {key: folder / f"{name}-{key}.csv" for key in ("scores", "returns", "relations")}
    found, none = folder / "clusters.csv", folder / "none.csv"
    none.write_text("cluster,file\n")
    methods = [reprise, peer | {"grouping": "leiden"}, peer | {"grouping": "components"}]
    judge(
        *(name, folder / "labels.csv", folder / "ignored.csv", methods),
        *([found, none, found], [folder / "pairs.csv", folder / "peer.csv", folder / "peer.csv"], outputs),
    )
    return outputs


def test_a_comic_is_judged_beside_the_floor(tmp_path: Path) -> None:
    outputs = judged(tmp_path, "comic", "1,1 1,2 2,3 2,4")
    scores = pd.read_csv(outputs["scores"]).set_index("method")
    assert list(scores.index) == ["every panel alone", "Reprise", "PDQ", "PDQ"]
    assert scores.loc["Reprise", "bcubed_precision"] == pytest.approx((1 + 1 + 0.5 + 0.5 + 1) / 5)
    assert list(scores.loc["Reprise", ["largest_false_cluster", "most_strangers", "blank_in_clusters"]]) == [2, 1, 1]
    assert list(scores.loc["every panel alone", ["clusters", "blank_in_clusters"]]) == [0, 0]
    back = pd.read_csv(outputs["returns"])
    ours = back[back["method"] == "Reprise"]
    assert dict(zip(ours["transformation"], ours["together"], strict=True)) == {
        "recolour": 1,
        "moved": 0,
    }
    told = pd.read_csv(outputs["relations"])
    assert set(told["method"]) == {"Reprise"}
    assert dict(told.set_index("transformation")["right"]) == {"recolour": 1, "moved": 0}


def test_the_page_tells_what_was_found(tmp_path: Path) -> None:
    sets = [
        judged(tmp_path, name, clusters) for name, clusters in (("one", "1,1 1,2 1,3"), ("joined", "1,1 1,2 2,3 2,4"))
    ]
    outputs = {key: tmp_path / key for key in ("page", "scores", "returns", "relations")}
    scores, returns, relations = ([each[key] for each in sets] for key in ("scores", "returns", "relations"))
    matching_tables("reporting", scores, returns, relations, ["one"], {"joined": ["one"]}, ["PDQ"], outputs)
    page = outputs["page"].read_text()
    assert "| one | 5 | 1.000 | 1.000 | PDQ | 0.750 |" in page
    assert "| recolour | recolour | 1.000 (1 of 1) | 1.000 (1 of 1) | 1.000 (1 of 1) |" in page
    assert "| all |  | 0.500 (1 of 2) | 0.500 (1 of 2) | 0.500 (1 of 2) |" in page
    assert len(pd.read_csv(outputs["scores"])) == 8


def test_of_a_peer_the_grouping_that_does_better_is_shown() -> None:
    rows = [("one", "PDQ", "leiden", 0.8), ("one", "PDQ", "components", 0.9), ("two", "PDQ", "leiden", 0.5)]
    scores = pd.DataFrame(rows, columns=["set", "method", "grouping", "bcubed_f1"]).assign(setting="31 bits")
    assert better_grouping(scores)["grouping"].tolist() == ["components", "leiden"]


def test_joining_is_held_against_the_comics_by_their_size() -> None:
    rows = [("one", 0.9, 100), ("two", 1.0, 300), ("both", 0.97, 400)]
    scores = pd.DataFrame(rows, columns=["set", "bcubed_f1", "panels"]).assign(method="Reprise")
    loss = joined_loss(scores, {"both": ["one", "two"]}).iloc[0]
    assert (loss["apart"], loss["joined"], loss["loss"]) == ("0.9750", "0.9700", "0.0050")


def test_relations_of_sets_stand_side_by_side() -> None:
    told = pd.DataFrame({"transformation": ["moved", "exact"], "matched": [3, 0], "right": [2, 0], "set": "one"})
    table = relation_table(told).set_index("comes back")["one"]
    assert dict(table) == {"exact": "", "moved": "0.667 (2 of 3)", "all": "0.667 (2 of 3)"}


def test_what_comes_back_is_pooled_by_its_number() -> None:
    rows = [("one", "moved", 3, 1.0), ("two", "moved", 1, 0.0), ("two", "exact", 2, 0.5)]
    back = pd.DataFrame(rows, columns=["set", "transformation", "panels", "together"]).assign(method="PDQ", setting="x")
    table = returns_table(back)
    assert list(table.columns) == ["method", "setting", "exact (2)", "moved (4)"]
    assert table.iloc[0].tolist() == ["PDQ", "x", "0.500", "0.750"]


def test_tables_are_markdown() -> None:
    table = pd.DataFrame({"a": ["x"], "b": [0.12345], "c": [3.0], "d": [None]})
    assert markdown(table) == "| a | b | c | d |\n| --- | --- | --- | --- |\n| x | 0.123 | 3 |  |\n"
