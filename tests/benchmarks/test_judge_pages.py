"""How what was found on pages that share something is judged."""

from pathlib import Path

import pandas as pd

from judge_pages import beside_bare, judge_pages, write_pages

LABELS = pd.DataFrame({"file": list("abcdef"), "cluster": ["1", "1", "2", "2", "3", "4"]})
PAIRS = pd.DataFrame(
    [
        *[("b", "a", "0.8", "1", "1"), ("c", "d", "0.6", "1", "0.5"), ("e", "f", "0.9", "1", "1")],
        *[("a", "e", "0.8", "1", "1"), ("a", "f", "0.7", "0.5", "0.6"), ("c", "f", "0.95", "0.02", "1")],
    ],
    columns=["file_a", "file_b", "score", "cover_a", "cover_b"],
)
CLUSTERS = pd.DataFrame({"cluster": ["1", "1", "2", "2"], "file": ["a", "b", "e", "f"]})


def test_pairs_and_clusters_are_true_where_all_pages_belong_together() -> None:
    assert judge_pages(LABELS, PAIRS, CLUSTERS) == {
        "pages": 6,
        "true_pairs": 2,
        "found": 2,
        "rank": 3,
        "false_pairs": 3,
        "true_clusters": 1,
        "largest": 2,
        "false_clusters": 1,
        "parts": 1,
    }


def test_nothing_found_has_no_rank() -> None:
    nothing = judge_pages(LABELS, PAIRS[:0], CLUSTERS[:0])
    assert nothing["rank"] is None
    assert [nothing[name] for name in ("found", "false_pairs", "true_clusters", "largest", "false_clusters")] == [0] * 5


def test_each_set_stands_beside_the_same_without_what_it_shares(tmp_path: Path) -> None:
    found = {"border": judge_pages(LABELS, PAIRS, CLUSTERS), "border-bare": judge_pages(LABELS, PAIRS[:3], CLUSTERS)}
    rows = beside_bare(found | {"scene": found["border"]})
    assert rows["set"].tolist() == ["border", "scene"]
    assert rows["false_pairs"].tolist() == [3, 3]
    assert rows["false_pairs_bare"].iloc[0] == 1 and pd.isna(rows["false_pairs_bare"].iloc[1])
    for name, table in (("labels", LABELS), ("pairs", PAIRS), ("clusters", CLUSTERS)):
        table.to_csv(tmp_path / name, index=False)
    labels, pairs, clusters = ([tmp_path / name] for name in ("labels", "pairs", "clusters"))
    write_pages(["border"], labels, pairs, clusters, tmp_path / "pages.csv", tmp_path / "pages.md")
    assert pd.read_csv(tmp_path / "pages.csv")["rank"].tolist() == [3]
    assert "| border | 6 | 2 | 2 | 3 | 3 | 1 | 2 | 1 | 1 |" in (tmp_path / "pages.md").read_text()
