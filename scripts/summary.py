"""Say at the end of a run what was found and where to look."""

from reprise.job import job

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprise import tables
from reprise.atomic import atomic_file
from reprise.matching.evidence import says_enough

# A cluster with more than this share of the panels, and this many, is more likely a chain than one drawing.
CHAIN_SHARE, CHAIN_PANELS = 0.05, 30

# It is a template if so large a share of its pairs match: in a chain few do.
TEMPLATE_PAIRS = 0.5

# A server may send one image in place of all that it does not have: it is told of where it is on so much of the pages.
PLACEHOLDER_SHARE, PLACEHOLDER_PAGES = 0.5, 5

LONGEST_NAME = 80  # characters of a name that are shown

# From this share of their lines on it is told what panels have in common.
TELLING_SHARE = 0.05


def count(number: int, noun: str) -> str:
    """Return a number with its noun, as `1 panel`, `9,442 panels`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def panel_lines(panels: pd.DataFrame, pages: pd.DataFrame, clusters: pd.DataFrame, fewest_edges: int) -> list[str]:
    """Say how many panels were read, which could not be used and why, and how many say too little."""
    read = panels[panels["status"] == "ok"]
    lines = [f"Panels     {count(len(read), 'panel')} of {count(int((pages['panels'] > 0).sum()), 'page')} read"]
    in_part = read[read["detail"] != ""]
    if len(in_part):
        lines.append(
            f"           {len(in_part):,} in part, as `detail` in panels.csv says: {first_names(in_part['file'])}"
        )
    for status, rows in panels[panels["status"] != "ok"].groupby("status"):
        names = rows["file"].where(rows["file"] != "", rows["url"])
        lines.append(f"           {count(len(rows), 'panel')} skipped, {status}: {first_names(names)}")
    for status, rows in pages[pages["status"] != "ok"].groupby("status"):
        lines.append(f"           {count(len(rows), 'page')} skipped, {status}: {first_names(rows['page_name'])}")
    blank = int((~says_enough(read["edges"].to_numpy(), fewest_edges) & ~read["file"].isin(clusters["file"])).sum())
    if blank:
        lines.append(f"           {blank:,} with fewer than {fewest_edges} edges of their own, left out of clusters")
    return lines


def placeholder_lines(panels: pd.DataFrame, pages: pd.DataFrame) -> list[str]:
    """Say if one image is on most of the pages, byte for byte, as a placeholder is."""
    pages_of_each = panels[panels["status"] == "ok"].groupby("sha256")["page"].nunique()
    most, of_all = pages_of_each.max() if len(pages_of_each) else 0, int((pages["panels"] > 0).sum())
    if most < PLACEHOLDER_PAGES or most <= PLACEHOLDER_SHARE * of_all:
        return []
    shown = panels["file"][panels["sha256"] == pages_of_each.idxmax()]
    return [f"           one and the same image on {most:,} pages, as of a placeholder: {first_names(shown)}"]


def passed_over_lines(passed_over: pd.DataFrame) -> list[str]:
    """Say what looks like panels and was passed over, and why."""
    return [
        f"           {len(rows):,} passed over, {reason}: {first_names(rows['file'])}"
        for reason, rows in passed_over.groupby("reason")
    ]


def first_names(names: pd.Series, most: int = 3) -> str:
    """Return the first of some names, long ones cut, and how many more there are."""
    cut = (name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…" for name in names.iloc[:most])
    shown = ", ".join(cut)
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")


def correction_lines(graph: Mapping[str, NDArray[Any]]) -> list[str]:
    """Say what the reader's lists hold, and which of their rows name no panel."""
    apart, together, left_out = (len(graph[name]) for name in ("apart", "together", "left_out"))
    said = [f"{count(apart, 'pair')} no match"] * (apart > 0)
    said += [f"{count(together, 'pair')} a match"] * (together > 0)
    said += [f"{count(left_out, 'panel')} left out"] * (left_out > 0)
    lines = [", ".join(said), *graph["warnings"].tolist()]
    return [f"{'By you' if not place else '':11}{line}" for place, line in enumerate(filter(None, lines))]


def shared_lines(shared: pd.Series) -> list[str]:
    """Say whether the comic is one template, or how much of its panels most have in common."""
    said = f"{shared['shared']:.0%} of the lines of a panel, in the median, are in the same place in most others"
    if shared["template"]:
        return [f"Template   the comic is one template: {said}"]
    return [f"Shared     {said}, and count for little"] if shared["shared"] >= TELLING_SHARE else []


def cluster_lines(clusters: pd.DataFrame, panels: pd.DataFrame, matches: NDArray[Any]) -> list[str]:
    """Say how many clusters there are, how large the largest is, and whether it looks like a chain or a template."""
    if clusters.empty:
        if not len(matches):
            return ["Clusters   none: no two panels are alike enough; a less strict `match` in config.yaml finds more"]
        too_little = "say too little" if not matches["says_enough"].any() else "do not hold together"
        return [f"Clusters   none: the panels that match {too_little}"]
    sizes = clusters["cluster"].value_counts()
    largest = int(sizes.max())
    lines = [
        f"Clusters   {count(len(sizes), 'cluster')} of {count(len(clusters), 'panel')}; "
        f"the largest, number {sizes.sort_index().idxmax()}, has {count(largest, 'panel')}"
    ]
    if largest >= CHAIN_PANELS and largest > CHAIN_SHARE * len(panels):
        inside = panels["file"].isin(clusters["file"][clusters["cluster"] == sizes.idxmax()]).to_numpy()
        pairs = int((inside[matches["a"]] & inside[matches["b"]]).sum())
        dense = pairs / (largest * (largest - 1) / 2)
        lines.append(
            f"           {dense:.0%} of its pairs match: that looks like a template, or a scene that comes back often"
            if dense >= TEMPLATE_PAIRS
            else "           that looks like chaining: a stricter `match` or a higher cluster.resolution would split it"
        )
    return lines


def motif_lines(motifs: pd.DataFrame) -> list[str]:
    """Say how many motifs there are, and in how many panels."""
    if motifs.empty:
        return []
    far = motifs[motifs.groupby("motif")["page"].transform("nunique") > 1]
    of_one_page = motifs["motif"].nunique() - far["motif"].nunique()
    within = f", and {of_one_page:,} within a page each" if of_one_page else ""
    found, panels = count(far["motif"].nunique(), "motif"), count(far["panel"].nunique(), "panel")
    return [f"Motifs     {found} in parts of {panels}{within}"]


def composition_lines(compositions: pd.DataFrame) -> list[str]:
    """Say how many pairs are only composed alike."""
    if compositions.empty:
        return []
    verb = "does" if len(compositions) == 1 else "do"
    return [f"Composed   {count(len(compositions), 'pair')} alike that {verb} not match"]


def summary(
    panels: str | Path,
    pages: str | Path,
    story: str | Path,
    passed_over: str | Path,
    matches: str | Path,
    clusters: str | Path,
    motifs: str | Path,
    compositions: str | Path,
    evaluation: str | Path | None,
    gallery: str | Path,
    fewest_edges: int,
    pairs_per_panel: int,
    match_rule: str,
    text: str | Path,
    shared: str | Path | None = None,
    robots_overruled: bool = False,
) -> None:
    """Write the summary of a run as plain text."""
    panel_table = tables.read_csv(
        panels, dtype=dict.fromkeys(["file", "url", "status", "detail", "sha256"], str), keep_default_na=False
    )
    page_table = tables.read_csv(pages, dtype={"page_name": str, "status": str}, keep_default_na=False)
    with np.load(matches) as graph:
        pairs_compared, known, capped = int(graph["pairs_compared"]), graph["matches"], len(graph["capped"])
        corrected = correction_lines(graph)
    cluster_table = tables.read_csv(clusters, dtype={"file": str}, keep_default_na=False)
    lines = panel_lines(panel_table, page_table, cluster_table, fewest_edges)
    if robots_overruled:
        lines.append(
            "           what robots.txt asks programs to leave alone was asked for too (comic.web.robots: false)"
        )
    lines += placeholder_lines(panel_table, page_table)
    lines += passed_over_lines(tables.read_csv(passed_over, dtype=str, keep_default_na=False))
    lines.append(f"Story      {Path(story).read_text(encoding='utf-8').strip()}")
    if shared:
        lines += shared_lines(tables.read_csv(shared).iloc[0])
    lines.append(f"Pairs      {count(pairs_compared, 'pair')} compared, {len(known):,} match by {match_rule}")
    if capped:
        lines.append(
            f"           {count(capped, 'panel')} near more than {pairs_per_panel} others each: "
            "of these the nearest were kept (compare.pairs_per_panel)"
        )
    lines += corrected
    lines += cluster_lines(cluster_table, panel_table, known)
    lines += motif_lines(tables.read_table(motifs, ["motif", "panel", "page"]))
    lines += composition_lines(tables.read_table(compositions, ["panel_a", "panel_b"]))
    if evaluation:
        judged = tables.read_csv(evaluation).set_index("grouping")["bcubed_f1"]
        alone = judged["every panel alone"]
        lines.append(f"Labels     B-cubed F1 {judged['clusters']:.3f}; every panel alone would have {alone:.3f}")
    lines.append(f"Gallery    {Path(gallery) / 'index.html'}")
    with atomic_file(text) as part:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        summary(
            panels=snakemake.input.panels,
            pages=snakemake.input.pages,
            story=snakemake.input.story,
            passed_over=snakemake.input.passed_over,
            matches=snakemake.input.matches,
            clusters=snakemake.input.clusters,
            motifs=snakemake.input.motifs,
            compositions=snakemake.input.compositions,
            evaluation=snakemake.input.get("evaluation"),
            gallery=snakemake.params.gallery,
            fewest_edges=snakemake.params.fewest_edges,
            pairs_per_panel=snakemake.params.pairs_per_panel,
            match_rule=snakemake.params.match_rule,
            text=snakemake.output.text,
            shared=snakemake.input.shared,
            robots_overruled=snakemake.params.robots_overruled,
        )
