"""Which pairs are shown, against a plain search of all."""

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from reprise.shown_pairs import MOTIF_COLUMNS, best_matches, shown_pairs

COLUMNS = ["panel_a", "panel_b", "score"]


def test_the_best_match_is_with_an_earlier_panel_where_there_is_one() -> None:
    pairs = pd.DataFrame(
        [
            ("1_1", "4_1", 0.9),
            ("2_1", "4_1", 0.6),
            ("2_1", "3_1", 0.99),
            ("3_1", "5_1", 0.7),
            ("4_1", "5_1", 0.7),
            ("4_1", "6_1", 0.8),
            ("1_1", "7_1", 0.5),
            ("2_1", "7_1", 0.5),
        ],
        columns=COLUMNS,
    ).assign(cover_a=1.0, cover_b=1.0)
    cluster_of = pd.Series({"1_1": 1, "2_1": 1, "4_1": 1, "5_1": 1, "7_1": 1, "3_1": 2, "6_1": 2})
    best = best_matches(pairs, cluster_of)
    assert best.to_dict() == {"4_1": 0, "5_1": 4, "7_1": 6, "1_1": 0, "2_1": 1}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[tuple[str, str, float]], dict[str, int]]:
    panels = [f"{page}_1" for page in range(1, 9)]
    ends = [(a, b) for n, a in enumerate(panels) for b in panels[n + 1 :]]
    chosen = draw(st.lists(st.sampled_from(ends), unique=True))
    scores = draw(st.lists(st.sampled_from([0.5, 0.7, 0.9]), min_size=len(chosen), max_size=len(chosen)))
    clustered = draw(st.lists(st.sampled_from(panels), unique=True))
    clusters = {panel: draw(st.integers(1, 2)) for panel in clustered}
    pairs = [(*pair, score) for pair, score in zip(sorted(chosen, key=ends.index), scores, strict=True)]
    return pairs, clusters


@given(graphs(), st.data())
def test_shown_are_the_best_of_each_panel_the_return_of_each_cluster_and_passages(
    graph: Any, data: st.DataObject
) -> None:
    pairs, clusters = graph
    inside = [n for n, (a, b, _) in enumerate(pairs) if a in clusters and clusters[a] == clusters.get(b)]
    expected = set()
    for panel in clusters:
        for end in (1, 0):
            own = [n for n in inside if pairs[n][end] == panel]
            if own:
                expected.add(max(own, key=lambda n: (pairs[n][2], -n)))
                break
    returns = data.draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []
    ranking = pd.DataFrame([(a, b) for a, b, _ in returns], columns=["source", "panel"])
    table = pd.DataFrame(pairs, columns=COLUMNS).assign(cover_a=1.0, cover_b=1.0)
    clusters_of = pd.Series(clusters, dtype=float)
    expected |= {pairs.index(pair) for pair in returns}
    passages = data.draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []
    together = pd.DataFrame([(a, b) for a, b, _ in passages], columns=["panel_a", "panel_b"])
    expected |= {pairs.index(pair) for pair in passages}
    # Two returns of each motif, of which the one after more pages is shown.
    motifs = data.draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []
    places = [
        place
        for n, (a, b, score) in enumerate(motifs, 1)
        for place in ((n, a, "", 0.0, 0), (n, b, a, score, 9), (n, "8_1", "7_1", 1.0, 8))
    ]
    shown = shown_pairs(table, clusters_of, ranking, together, pd.DataFrame(places, columns=MOTIF_COLUMNS))
    assert list(shown.index) == sorted(expected | {pairs.index(pair) for pair in motifs})
