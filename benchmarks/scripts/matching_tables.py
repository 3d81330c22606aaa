"""Set the methods side by side on all sets of one half: as tables, and on one page to be read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from judge import EXPECTED, FLOOR
from reprise.atomic import atomic_file

METHOD = ["method", "setting"]

SCORES = {
    "bcubed_precision": "B³ precision",
    "bcubed_recall": "B³ recall",
    "bcubed_f1": "B³ F1",
    "pair_precision": "pair precision",
    "pair_recall": "pair recall",
    "pair_f1": "pair F1",
    "same_lines_precision": "same lines precision",
    "same_lines_recall": "same lines recall",
    "same_lines_f1": "same lines F1",
    "largest_false_cluster": "largest false cluster",
    "most_strangers": "most strangers",
    "blank_in_clusters": "blank in clusters",
    "traps_in_clusters": "traps in clusters",
}
"""Columns of the scores that the page shows, with their headings."""

TOGETHER = "Share of the panels that are together with the one they come from, by how they come back:"


def read_all(tables: Sequence[Path]) -> pd.DataFrame:
    """Read tables and put them one below the other; an empty cell is text in columns of text, elsewhere no number."""
    texts = dict.fromkeys(["set", *METHOD, "grouping"], str)
    read = [pd.read_csv(table, dtype=texts, keep_default_na=False, na_values=[""]) for table in tables]
    return pd.concat(read, ignore_index=True).fillna(dict.fromkeys(texts, ""))


def better_grouping(scores: pd.DataFrame) -> pd.DataFrame:
    """Return of each method on each set the row of the grouping that does better by B-cubed F1."""
    best_first = scores.sort_values("bcubed_f1", ascending=False, kind="stable")
    return best_first.drop_duplicates(["set", *METHOD]).sort_index()


def markdown(table: pd.DataFrame) -> str:
    """Write a table as Markdown: shares to three decimals, counts whole, nothing where there is nothing."""

    def shown(value: Any) -> str:
        if pd.isna(value):
            return ""
        return f"{value:.3f}" if isinstance(value, float) and not value.is_integer() else f"{value:.0f}"

    lines = [list(map(str, table.columns)), ["---"] * len(table.columns)]
    for row in table.itertuples(index=False):
        lines.append([cell if isinstance(cell, str) else shown(cell) for cell in row])
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def write_judged(rows: pd.DataFrame, title: str, table: Path, page: Path) -> None:
    """Write what was judged as a `table`, and under a title as a `page` to be read."""
    with atomic_file(table) as part:
        rows.to_csv(part, index=False)
    headings = {name: name.replace("_", " ") for name in rows.columns}
    with atomic_file(page) as part:
        part.write_text(f"# {title}\n\n" + markdown(rows.rename(columns=headings)), encoding="utf-8")


def share_table(rows: pd.DataFrame, value: str, columns: str, order: Sequence[str]) -> pd.DataFrame:
    """Return `value` with a row a method and a column for each of `columns`, in `order`, shares as text."""
    wide = rows.pivot_table(value, METHOD, columns, sort=False)
    wide = wide.reindex(columns=[name for name in order if name in wide.columns])
    return wide.map(lambda share: "" if pd.isna(share) else f"{share:.3f}").reset_index()


def returns_table(returns: pd.DataFrame) -> pd.DataFrame:
    """Return what share of the panels each method puts together with their source, over all sets there are.

    A column for each transformation, headed by how many panels come back so.
    """
    kinds = [*METHOD, "transformation"]
    counts = returns.assign(found=returns["together"] * returns["panels"]).groupby(kinds, sort=False)
    shares = counts[["found", "panels"]].sum().reset_index()
    shares["share"] = shares["found"] / shares["panels"]
    panels = shares.set_index("transformation")["panels"]
    headings = {kind: f"{kind} ({panels[[kind]].iloc[0]:.0f})" for kind in EXPECTED if kind in panels.index}
    return share_table(shares, "share", "transformation", list(headings)).rename(columns=headings)


def relation_table(relations: pd.DataFrame) -> pd.DataFrame:
    """Return for each transformation what relation it should get, and how often it got it, set by set."""
    kinds = [kind for kind in EXPECTED if kind in set(relations["transformation"])]
    rows = []
    for kind in [*kinds, "all"]:
        row: dict[str, object] = {"comes back": kind, "relation": EXPECTED.get(kind, "")}
        for name, of_set in relations.groupby("set", sort=False):
            counted = of_set if kind == "all" else of_set[of_set["transformation"] == kind]
            matched, right = int(counted["matched"].sum()), int(counted["right"].sum())
            row[str(name)] = f"{right / matched:.3f} ({right} of {matched})" if matched else ""
        rows.append(row)
    return pd.DataFrame(rows)


def comparisons(scores: pd.DataFrame, peers: set[str]) -> pd.DataFrame:
    """Return for each set the B-cubed F1 of Reprise, of the best peer and its name, and the floor."""
    rows = []
    for name, of_set in scores.groupby("set", sort=False):
        by_method = of_set.set_index("method")["bcubed_f1"]
        of_peers = of_set[of_set["method"].isin(peers)].sort_values("bcubed_f1", ascending=False).iloc[0]
        rows.append(
            {
                "set": name,
                "pictures": int(of_set["panels"].iloc[0]),
                "Reprise": f"{by_method['Reprise']:.3f}",
                "best peer": f"{of_peers['bcubed_f1']:.3f}",
                "which": ", ".join(filter(None, of_peers[METHOD])),
                "floor": f"{by_method[FLOOR]:.3f}",
            }
        )
    return pd.DataFrame(rows)


def joined_loss(scores: pd.DataFrame, joined: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return what Reprise loses in B-cubed F1 where comics lie in one folder, beside their mean weighted by panels."""
    ours = scores[scores["method"] == "Reprise"].set_index("set")
    f1, panels = ours["bcubed_f1"].astype(float).to_dict(), ours["panels"].astype(float).to_dict()
    rows = []
    for name, parts in joined.items():
        apart = sum(f1[part] * panels[part] for part in parts) / sum(panels[part] for part in parts)
        figures = {"apart": apart, "joined": f1[name], "loss": apart - f1[name]}
        rows.append({"set": name} | {key: f"{figure:.4f}" for key, figure in figures.items()})
    return pd.DataFrame(rows)


def page(
    half: str,
    scores: pd.DataFrame,
    returns: pd.DataFrame,
    relations: pd.DataFrame,
    comics: Sequence[str],
    joined: Mapping[str, Sequence[str]],
    peers: set[str],
) -> str:
    """Return all that is to be read, as Markdown."""
    sets = list(dict.fromkeys(scores["set"]))
    parts = [f"# Matching, the {half} half\n"]
    parts += [
        "B-cubed F1, of Reprise and of the peer that does best on the set.\n",
        markdown(comparisons(scores, peers)),
    ]
    parts += ["## B-cubed F1\n", markdown(share_table(scores, "bcubed_f1", "set", sets))]
    of_comics = returns[returns["set"].isin(comics)]
    if len(of_comics):
        parts += ["## All comics\n", f"{TOGETHER}\n", markdown(returns_table(of_comics))]
    if joined:
        parts += ["## Two comics in one folder\n", markdown(joined_loss(scores, joined))]
    if len(relations):
        parts += ["## Relations told rightly\n", "Of the pairs of a panel and its source that Reprise matched.\n"]
        ours = relations[relations["method"] == "Reprise"]
        every = ours[ours["set"].isin(comics)].assign(set="all comics")
        parts.append(markdown(relation_table(pd.concat([ours, every]))))
    for name in sets:
        of_set = scores[scores["set"] == name]
        heading = f"## {name}\n\n{of_set['panels'].iloc[0]:,} pictures.\n"
        known = [column for column in SCORES if column in of_set and of_set[column].notna().any()]
        parts += [heading, markdown(of_set[[*METHOD, "grouping", *known]].rename(columns=SCORES))]
        back = returns[returns["set"] == name]
        if len(back):
            parts += [f"{TOGETHER}\n", markdown(returns_table(back))]
    return "\n".join(parts)


def matching_tables(
    half: str,
    scores: Sequence[Path],
    returns: Sequence[Path],
    relations: Sequence[Path],
    comics: Sequence[str],
    joined: Mapping[str, Sequence[str]],
    peers: Sequence[str],
    outputs: Mapping[str, Path],
) -> None:
    """Write the tables of all sets, and the page.

    Args:
        half: `choosing` or `reporting`.
        scores, returns, relations: of each set, as `judge` wrote them.
        comics: the sets that are a comic as it was drawn, which are also taken together.
        joined: the comics of each set that joins some of these sets.
        peers: the names of the methods that are no way to run Reprise.
        outputs: `scores`, all rows of both groupings of the peers; `returns`; `relations`; `page`, in which each peer
            has the grouping that does better on a set.
    """
    all_tables = {"scores": read_all(scores), "returns": read_all(returns), "relations": read_all(relations)}
    for key, table in all_tables.items():
        with atomic_file(outputs[key]) as part:
            table.to_csv(part, index=False)
    best = better_grouping(all_tables["scores"])
    shown = best[["set", *METHOD, "grouping"]]
    back = all_tables["returns"].merge(shown, on=["set", *METHOD, "grouping"])
    with atomic_file(outputs["page"]) as part:
        part.write_text(page(half, best, back, all_tables["relations"], comics, joined, set(peers)), encoding="utf-8")


if "snakemake" in globals():
    job = globals()["snakemake"]
    matching_tables(
        job.wildcards.half,
        *(list(map(Path, job.input.scores)), list(map(Path, job.input.returns)), list(map(Path, job.input.relations))),
        *(job.params.comics, job.params.joined, job.params.peers),
        {key: Path(job.output[key]) for key in ("scores", "returns", "relations", "page")},
    )
