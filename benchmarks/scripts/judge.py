"""Judge what every method found on one set, by the labels of the set."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file
from reprise.judging import every_panel_alone, f1, read_ignored
from reprise.judging import judge as score_grouping

EXPECTED = {
    "exact": "duplicate",
    "recolour": "recolour",
    "invert": "recolour",
    "redraw": "redraw",
    "swap": "redraw",
    "object": "redraw",
    "caption": "redraw",
    "mirrored": "mirrored",
    "moved": "moved",
    "zoomed": "moved",
    "frame": "frame",
}
"""How a drawing of the demo comes back, and the relation that Reprise should give to the pair of it and its source."""

SAME_LINES = ("duplicate", "recolour")
"""The relations of pictures that differ in their colours at most."""

FLOOR = "every panel alone"


def pair_keys(a: pd.Series, b: pd.Series) -> pd.Index:
    """Return a key for each pair of files, equal whichever comes first; file names hold no line break."""
    return pd.Index(a.where(a < b, b) + "\n" + b.where(a < b, a))


def same_lines_scores(pairs: pd.DataFrame, truth: pd.Series, ignored: pd.DataFrame) -> dict[str, float]:
    """Return precision, recall and F1 of the pairs told to show the same lines, against all pairs of one label.

    Args:
        pairs: `file_a`, `file_b` of what matches and, if the method tells kinds of match, `relation`; where it does
            not, every match counts as told.
        truth: the label of each file.
        ignored: pairs that count neither way.
    """
    told = pairs[pairs["relation"].isin(SAME_LINES)] if "relation" in pairs else pairs
    told = told[~pair_keys(told["file_a"], told["file_b"]).isin(pair_keys(ignored["file_a"], ignored["file_b"]))]
    right = int((told["file_a"].map(truth).to_numpy() == told["file_b"].map(truth).to_numpy()).sum())
    sizes = truth.value_counts()
    precision, recall = right / len(told) if len(told) else 1.0, right / int((sizes * (sizes - 1) // 2).sum())
    scores = {"precision": precision, "recall": recall, "f1": f1(precision, recall)}
    return {f"same_lines_{name}": round(score, 4) for name, score in scores.items()}


def largest_false_cluster(found: pd.Series, truth: pd.Series, ignored: pd.DataFrame) -> tuple[int, int]:
    """Return the size of the largest cluster in which two panels do not belong together, and the most strangers.

    Strangers of a cluster are all its panels but those of its largest group of one label. Ignored pairs may be
    together. So a panel is no stranger if a pair of it and one of that group is ignored.
    """
    beside: dict[str, set[str]] = {}
    for a, b in zip(ignored["file_a"], ignored["file_b"], strict=True):
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    largest = most = 0
    for _, labels in truth.groupby(found):
        if labels.nunique() == 1:
            continue
        group = set(labels.index[labels == labels.value_counts().index[0]])
        strangers = [file for file in labels.index if file not in group and not beside.get(file, set()) & group]
        if strangers:
            largest, most = max(largest, len(labels)), max(most, len(strangers))
    return largest, most


def returns(found: pd.Series, labels: pd.DataFrame) -> pd.DataFrame:
    """Return by transformation how many `panels` come back, and what share of them is `together` with its source."""
    back = labels[labels["source"] != ""]
    together = found.loc[back["file"]].to_numpy() == found.loc[back["source"]].to_numpy()
    by_kind = pd.Series(together, index=back.index, dtype=float).groupby(back["transformation"])
    return pd.DataFrame({"panels": by_kind.size(), "together": by_kind.mean().round(4)}).reset_index()


def relations(pairs: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Return by transformation how many pairs of a panel and its source `matched`, and for how many of these the
    relation is `right`, with the `panels` that there are.
    """
    back = labels[labels["source"] != ""]
    told = pd.Series(pairs["relation"].to_numpy(), index=pair_keys(pairs["file_a"], pairs["file_b"]))
    relation = told.reindex(pair_keys(back["file"], back["source"])).to_numpy()
    rows = pd.DataFrame({"transformation": back["transformation"].to_numpy(), "relation": relation})
    rows["matched"] = rows["relation"].notna()
    rows["right"] = rows["relation"] == rows["transformation"].map(EXPECTED)
    counts = rows.groupby("transformation").agg(
        panels=("matched", "size"), matched=("matched", "sum"), right=("right", "sum")
    )
    return counts.reset_index()


def trapped(found: pd.Series, labels: pd.DataFrame) -> dict[str, int]:
    """Count the traps of the demo that ended up in a cluster: blank panels, and all."""
    sizes = found.map(found.value_counts())
    in_cluster = labels[labels["file"].map(sizes).to_numpy() > 1]
    traps = in_cluster[(in_cluster["source"] == "") & ~in_cluster["transformation"].isin(["original", "single", ""])]
    return {"blank_in_clusters": int((traps["transformation"] == "blank").sum()), "traps_in_clusters": len(traps)}


def judge(
    name: str,
    labels: Path,
    ignored: Path,
    methods: Sequence[Mapping[str, str]],
    clusters: Sequence[Path],
    pairs: Sequence[Path],
    outputs: Mapping[str, Path],
) -> None:
    """Judge all methods on the set `name`.

    Args:
        name: the set.
        labels: `draw_comic.LABELS`; ignored: `file_a`, `file_b`, pairs to judge neither way.
        methods: of each `method`, `setting` and `grouping`.
        clusters, pairs: what each found.
        outputs: `scores`, a row a method; `returns`, a row a method and transformation; `relations`, of methods that
            tell the kind of match, a row a transformation.
    """
    table = pd.read_csv(labels, dtype=str, keep_default_na=False)
    truth = table.set_index("file")["cluster"]
    drawn = bool((table["transformation"] != "").any())
    left_out = read_ignored(ignored, truth.index)
    rows: dict[str, list[Any]] = {"scores": [], "returns": [], "relations": []}
    alone = every_panel_alone(truth.index)

    def add(method: Mapping[str, str], found: pd.Series, matches: pd.DataFrame | None) -> None:
        scores = score_grouping("", found, truth, left_out)
        sizes = found.value_counts()
        false, strangers = largest_false_cluster(found, truth, left_out)
        row = {"set": name, **method} | {key: score for key, score in scores.items() if key != "grouping"}
        row |= {"largest_cluster": int(sizes.max()), "largest_false_cluster": false, "most_strangers": strangers}
        if drawn:
            row |= trapped(found, table)
            rows["returns"].append(returns(found, table).assign(set=name, **method))
            if matches is not None and "relation" in matches:
                rows["relations"].append(relations(matches, table).assign(set=name, **method))
        elif matches is not None:
            row |= same_lines_scores(matches, truth, left_out)
        rows["scores"].append(pd.DataFrame([row]))

    add({"method": FLOOR, "setting": "", "grouping": ""}, alone, None)
    for method, cluster_file, pair_file in zip(methods, clusters, pairs, strict=True):
        cluster_of = tables.read_csv(cluster_file, dtype=str, keep_default_na=False).set_index("file")["cluster"]
        add(method, cluster_of.reindex(truth.index).fillna(alone), tables.read_csv(pair_file, dtype=str))
    for key, path in outputs.items():
        with atomic_file(path) as part:
            (pd.concat(rows[key]) if rows[key] else pd.DataFrame(columns=["set"])).to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    judge(
        *(job.wildcards.set, Path(job.input.labels), Path(job.input.ignored), job.params.methods),
        *(list(map(Path, job.input.clusters)), list(map(Path, job.input.pairs))),
        {key: Path(job.output[key]) for key in ("scores", "returns", "relations")},
    )
