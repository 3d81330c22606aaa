"""Which of all matches are shown.

These are of each panel that which places it in its cluster, of each cluster its return, and all of passages.
"""

import pandas as pd


def best_matches(pairs: pd.DataFrame, cluster_of: pd.Series) -> pd.Series:
    """Find for each clustered panel the match that places it in its cluster.

    It is the best match with an earlier panel of the same cluster. If there is none, it is the best with a later one.
    Of equals it is the earliest.

    Args:
        pairs: `panel_a`, the earlier, `panel_b` and `score`, in story order.
        cluster_of: the cluster of each clustered panel, by name.

    Returns:
        The labels of rows of `pairs`, by the panel's name; a panel that matches none of its cluster is absent.
    """
    inside = pairs[pairs["panel_a"].map(cluster_of) == pairs["panel_b"].map(cluster_of)]
    best_first = inside.sort_values("score", ascending=False, kind="stable")
    panels = pd.concat([best_first["panel_b"], best_first["panel_a"]]).drop_duplicates()
    return pd.Series(panels.index, index=panels.to_numpy())


def shown_pairs(
    pairs: pd.DataFrame, cluster_of: pd.Series, ranking: pd.DataFrame, passages: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of `pairs` that are shown, in their order.

    Args:
        pairs, cluster_of: as for `best_matches`.
        ranking: `source` and `panel` of the return by which each cluster is ranked.
        passages: `panel_a` and `panel_b` of what comes back together.
    """
    returns = pd.MultiIndex.from_frame(ranking[["source", "panel"]])
    returns = returns.union(pd.MultiIndex.from_frame(passages[["panel_a", "panel_b"]]))
    is_return = pd.MultiIndex.from_frame(pairs[["panel_a", "panel_b"]]).isin(returns)
    return pairs[pairs.index.isin(best_matches(pairs, cluster_of)) | is_return]
