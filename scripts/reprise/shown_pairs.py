"""Which of all matches are shown.

These are of each panel that which places it in its cluster, of each cluster and each motif its return, and all of
passages.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from reprise.parts.record import ties
from reprise.tables import read_table

# Those columns of motifs.csv that tell which pair of a motif is shown.
MOTIF_COLUMNS = ["motif", "panel", "source", "score", "absence"]

# A motif beyond these, or on one page only, is in motifs.csv, and not in the gallery.
MOST_MOTIFS = 200


def best_matches(pairs: pd.DataFrame, cluster_of: pd.Series) -> pd.Series:
    """Find for each clustered panel the match that places it in its cluster.

    It is the best match with an earlier panel of the same cluster. If there is none, it is the best with a later one.
    Of equals it is the earliest.

    Args:
        pairs: `panel_a`, the earlier, `panel_b`, `score`, `cover_a` and `cover_b`, in story order.
        cluster_of: the cluster of each clustered panel, by name.

    Returns:
        The labels of rows of `pairs`, by the panel's name; a panel that matches none of its cluster is absent.
    """
    inside = pairs[(pairs["panel_a"].map(cluster_of) == pairs["panel_b"].map(cluster_of)) & ties(pairs)]
    best_first = inside.sort_values("score", ascending=False, kind="stable")
    panels = pd.concat([best_first["panel_b"], best_first["panel_a"]]).drop_duplicates()
    return pd.Series(panels.index, index=panels.to_numpy())


def best_returns(motifs: pd.DataFrame) -> pd.DataFrame:
    """Return of each motif that is shown the row of its best return: that for which it is ranked, or nearly."""
    comes_back = (motifs["absence"] > 0) & (motifs["source"] != "") & (motifs["source"] != motifs["panel"])
    found = motifs[comes_back & (motifs["motif"] <= MOST_MOTIFS)]
    return found.sort_values(["motif", "absence", "score"], ascending=[True, False, False]).drop_duplicates("motif")


def shown_pairs(
    pairs: pd.DataFrame, cluster_of: pd.Series, ranking: pd.DataFrame, passages: pd.DataFrame, motifs: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of `pairs` that are shown, in their order.

    Args:
        pairs, cluster_of: as for `best_matches`.
        ranking: `source` and `panel` of the return by which each cluster is ranked.
        passages: `panel_a` and `panel_b` of what comes back together.
        motifs: the table of places of motifs.
    """
    ends = [ranking[["source", "panel"]], passages[["panel_a", "panel_b"]], best_returns(motifs)[["source", "panel"]]]
    returns = pd.MultiIndex.from_frame(pd.concat([table.set_axis(["a", "b"], axis=1) for table in ends]))
    is_return = pd.MultiIndex.from_frame(pairs[["panel_a", "panel_b"]]).isin(returns)
    return pairs[pairs.index.isin(best_matches(pairs, cluster_of)) | is_return]


def read_shown_pairs(
    clusters: str | Path,
    ranking: str | Path,
    passages: str | Path,
    motifs: str | Path,
    pairs: str | Path,
    columns: Sequence[str],
) -> pd.DataFrame:
    """Read of the tables of those names the pairs that are shown, with `columns` beside what tells which these are."""
    own = ["panel_a", "panel_b", "score", "cover_a", "cover_b"]
    return shown_pairs(
        read_table(pairs, [*own, *columns]),
        read_table(clusters, ["cluster", "panel"]).set_index("panel")["cluster"],
        read_table(ranking, ["source", "panel"]),
        read_table(passages, ["panel_a", "panel_b"]),
        read_table(motifs, MOTIF_COLUMNS),
    )
