"""What a run says at its end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adjacency import MATCH
from summary import CHAIN_PANELS, count, summary

Rows = Sequence[tuple[object, ...]]


def write(
    folder: Path,
    panels: Rows,
    pages: Rows = (),
    clusters: Sequence[int] = (),
    evaluation: str | None = None,
    matches: int | Rows = 0,
    says_enough: bool = True,
    shared: str | None = None,
    pairs_compared: int = 0,
    passed_over: Rows = (),
    detail: str = "",
    same_image: int = 0,
    robots_overruled: bool = False,
    motifs: Rows = (),
    compositions: Rows = (),
    **corrections: Sequence[Any],
) -> list[str]:
    """Sum up by the step and return its lines; of the panels four columns are given, of the clusters their sizes.

    Of the panels, a page each, the first `same_image` and one more are one image.
    """
    folder.mkdir(exist_ok=True)
    table = pd.DataFrame(panels, columns=["file", "url", "status", "edges"]).assign(
        detail=detail, page=range(len(panels))
    )
    table["sha256"] = [str(max(page, same_image)) for page in table["page"]]
    table.to_csv(folder / "panels.csv", index=False)
    pages = pages or [(page, 1, "ok") for page in range(len(panels))]
    pd.DataFrame(pages, columns=["page_name", "panels", "status"]).to_csv(folder / "pages.csv", index=False)
    (folder / "story.txt").write_text("pages 1 to 9\n")
    pd.DataFrame(passed_over, columns=["file", "reason"]).to_csv(folder / "passed_over.csv", index=False)
    ranks = [rank for rank, size in enumerate(clusters, 1) for _ in range(size)]
    table = pd.DataFrame({"cluster": ranks, "panel": "1_1", "file": "clustered.png", "page": 1})
    table.to_csv(folder / "clusters.csv", index=False)
    lists: dict[str, Any] = {name: np.zeros(0) for name in ("apart", "together", "left_out", "warnings", "capped")}
    lists |= {name: np.array(rows) for name, rows in corrections.items()}
    known = np.zeros(matches if isinstance(matches, int) else len(matches), MATCH)
    known["says_enough"] = says_enough
    if not isinstance(matches, int):
        known[["a", "b"]] = matches
    if shared is not None:
        (folder / "shared_lines.csv").write_text("panels,shared,template\n" + shared)
    np.savez(folder / "matches.npz", matches=known, pairs_compared=pairs_compared, **lists)
    pd.DataFrame(motifs, columns=["motif", "panel", "page"]).to_csv(folder / "motifs.csv", index=False)
    pd.DataFrame(compositions, columns=["panel_a", "panel_b"]).to_csv(folder / "compositions.csv", index=False)
    if evaluation is not None:
        (folder / "evaluation.csv").write_text(evaluation)
    summary(
        folder / "panels.csv",
        folder / "pages.csv",
        folder / "story.txt",
        folder / "passed_over.csv",
        folder / "matches.npz",
        folder / "clusters.csv",
        folder / "motifs.csv",
        folder / "compositions.csv",
        folder / "evaluation.csv" if evaluation is not None else None,
        "results/gallery",
        30,
        500,
        "a Dice coefficient of 0.5 or more",
        folder / "summary.txt",
        folder / "shared_lines.csv" if shared is not None else None,
        robots_overruled,
    )
    return (folder / "summary.txt").read_text(encoding="utf-8").splitlines()


def test_a_run_is_summed_up(tmp_path: Path) -> None:
    panels = [
        *[(f"{page}.png", "", "ok", 900) for page in range(1200)],
        ("plain.png", "", "ok", 29),
        ("just enough.png", "", "ok", 30),
        *[(file, "", "damaged", 0) for file in ("a, b.gif", "NA", "007", "d.gif", "e.gif")],
        ("", "http://c/9.gif", "not there (404)", 0),
    ]
    pages = [*[(page, 1, "ok") for page in range(1100)], *[(page, 0, "no panels") for page in (7000, 7001, 7002, 7003)]]
    evaluation = "grouping,panels,bcubed_f1\nclusters,9,0.98049\nevery panel alone,9,0.71\n"
    assert write(tmp_path, panels, pages, [2, 20, 3, 20], evaluation, matches=2345, pairs_compared=723_003) == [
        "Panels     1,202 panels of 1,100 pages read",
        "           5 panels skipped, damaged: a, b.gif, NA, 007 and 2 more",
        "           1 panel skipped, not there (404): http://c/9.gif",
        "           4 pages skipped, no panels: 7000, 7001, 7002 and 1 more",
        "           1 with fewer than 30 edges of their own, left out of clusters",
        "Story      pages 1 to 9",
        "Pairs      723,003 pairs compared, 2,345 match by a Dice coefficient of 0.5 or more",
        "Clusters   4 clusters of 45 panels; the largest, number 2, has 20 panels",
        "Labels     B-cubed F1 0.980; every panel alone would have 0.710",
        "Gallery    results/gallery/index.html",
    ]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [(0, []), (1, ["1 pair alike that does not match"]), (2, ["2 pairs alike that do not match"])],
)
def test_it_is_said_how_many_pairs_are_composed_alike(tmp_path: Path, pairs: int, said: list[str]) -> None:
    lines = write(tmp_path, [("1.png", "", "ok", 900)], compositions=[("1_1", "2_1")] * pairs)
    assert [line.removeprefix("Composed   ") for line in lines if line.startswith("Composed")] == said


def test_it_is_said_that_robots_txt_was_overruled(tmp_path: Path) -> None:
    panels = [("1.png", "", "ok", 900)]
    said, not_said = (write(tmp_path, panels, robots_overruled=overruled) for overruled in (True, False))
    assert [line.strip() for line in said if line not in not_said] == [
        "what robots.txt asks programs to leave alone was asked for too (comic.web.robots: false)"
    ]


def test_a_run_that_finds_nothing_says_what_would_find_more(tmp_path: Path) -> None:
    assert write(tmp_path, [("1.png", "", "ok", 900)]) == [
        "Panels     1 panel of 1 page read",
        "Story      pages 1 to 9",
        "Pairs      0 pairs compared, 0 match by a Dice coefficient of 0.5 or more",
        "Clusters   none: no two panels are alike enough; a less strict `match` in config.yaml finds more",
        "Gallery    results/gallery/index.html",
    ]


def test_corrections_are_told_and_rows_that_name_no_panel(tmp_path: Path) -> None:
    panels = [("1.png", "", "ok", 900)]
    told = write(tmp_path, panels, apart=[(0, 1), (1, 2)], together=[(3, 4)], left_out=[5, 6, 7], warnings=["a", "b"])
    assert told[3:6] == [
        "By you     2 pairs no match, 1 pair a match, 3 panels left out",
        "           a",
        "           b",
    ]
    assert write(tmp_path, panels, left_out=[5])[3] == "By you     1 panel left out"
    assert write(tmp_path, panels, warnings=["not.csv: 1 row"])[3:5] == [
        "By you     not.csv: 1 row",
        "Clusters   none: no two panels are alike enough; a less strict `match` in config.yaml finds more",
    ]


@pytest.mark.parametrize(("pages", "same", "told"), [(9, 5, True), (10, 5, False), (4, 4, False), (100, 51, True)])
def test_an_image_that_is_on_most_pages_is_told_of(tmp_path: Path, pages: int, same: int, told: bool) -> None:
    panels = [(f"{page}.png", "", "ok", 900) for page in range(pages)]
    shown = f"0.png, 1.png, 2.png and {same - 3} more"
    line = f"           one and the same image on {same} pages, as of a placeholder: {shown}"
    assert (line in write(tmp_path, panels, same_image=same - 1)) == told
    damaged = [(file, url, "damaged", edges) for file, url, _, edges in panels]
    assert line not in write(tmp_path, damaged, same_image=same - 1)


def test_what_was_passed_over_is_told_with_the_reason(tmp_path: Path) -> None:
    files = [(".a.png", "hidden"), ("old/", "results of Reprise"), (".b.png", "hidden")]
    lines = write(tmp_path, [("1.png", "", "ok", 900)], passed_over=files)
    assert lines[1:3] == [
        "           2 passed over, hidden: .a.png, .b.png",
        "           1 passed over, results of Reprise: old/",
    ]


def test_panels_near_too_many_others_are_told_of(tmp_path: Path) -> None:
    told = write(tmp_path, [("1.png", "", "ok", 900)], capped=[3, 4, 5])
    assert told[3] == (
        "           3 panels near more than 500 others each: of these the nearest were kept (compare.pairs_per_panel)"
    )


def test_a_plain_panel_that_was_put_into_a_cluster_is_not_left_out(tmp_path: Path) -> None:
    panels = [(file, "", "ok", 3) for file in ("clustered.png", "a.png", "b.png")]
    assert write(tmp_path, panels, clusters=[2])[1] == (
        "           2 with fewer than 30 edges of their own, left out of clusters"
    )


@pytest.mark.parametrize(
    ("panels", "largest", "warned"),
    [(100, CHAIN_PANELS, True), (100, CHAIN_PANELS - 1, False), (600, 30, False), (600, 31, True), (40, 2, False)],
)
def test_a_cluster_that_looks_like_a_chain_is_warned_of(
    tmp_path: Path, panels: int, largest: int, warned: bool
) -> None:
    lines = write(tmp_path, [(f"{page}.png", "", "ok", 900) for page in range(panels)], clusters=[2, largest])
    warning = "           that looks like chaining: a stricter `match` or a higher cluster.resolution would split it"
    assert (warning in lines) == warned


def test_one_is_not_many() -> None:
    assert [count(number, "pair") for number in (0, 1, 2, 44_600_000)] == [
        "0 pairs",
        "1 pair",
        "2 pairs",
        "44,600,000 pairs",
    ]


def test_panels_that_match_and_say_too_little_are_no_reason_to_match_less_strictly(tmp_path: Path) -> None:
    panels = [(f"{page}.png", "", "ok", 3) for page in range(4)]
    said = "Clusters   none: the panels that match say too little"
    assert said in write(tmp_path, panels, matches=6, says_enough=False)
    assert "Clusters   none: the panels that match do not hold together" in write(tmp_path, panels, matches=6)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("70,0.8712,true", "Template   the comic is one template: 87% of the lines of a panel, in the median, are"),
        ("70,0.2341,false", "Shared     23% of the lines of a panel, in the median, are"),
        ("70,0.0123,false", None),
    ],
)
def test_what_panels_share_is_told(row: str, said: str | None, tmp_path: Path) -> None:
    told = write(tmp_path, [("1.png", "", "ok", 900)], shared=row)
    lines = [line for line in told if line.startswith(("Template", "Shared"))]
    assert len(lines) == (said is not None)
    assert all(line.startswith(said or "") for line in lines)


def test_a_large_cluster_whose_pairs_match_is_no_chain(tmp_path: Path) -> None:
    panels = [("clustered.png", "", "ok", 900)] * CHAIN_PANELS
    pairs = [(a, b) for b in range(CHAIN_PANELS) for a in range(b)]
    told = write(tmp_path, panels, clusters=[CHAIN_PANELS], matches=pairs)
    assert "           100% of its pairs match: that looks like a template, or a scene that comes back often" in told
    assert not any("chaining" in line for line in told)


def test_panels_that_were_read_in_part_are_told_and_long_names_cut(tmp_path: Path) -> None:
    lines = write(tmp_path, [(f"{'a' * 500}.gif", "", "ok", 900)], detail="frames from 2 on cannot be read")
    assert lines[1] == f"           1 in part, as `detail` in panels.csv says: {'a' * 79}…"


def test_motifs_are_counted_those_within_a_page_apart(tmp_path: Path) -> None:
    lines = write(tmp_path, [("1.png", "", "ok", 90)], motifs=[(1, "1_1", 1), (1, "9_1", 9), (1, "9_2", 9)])
    assert "Motifs     1 motif in parts of 3 panels" in lines
    lines = write(
        tmp_path, [("1.png", "", "ok", 90)], motifs=[(1, "1_1", 1), (1, "9_1", 9), (2, "3_1", 3), (2, "3_1", 3)]
    )
    assert "Motifs     1 motif in parts of 2 panels, and 1 within a page each" in lines
    assert not [line for line in write(tmp_path, [("1.png", "", "ok", 90)]) if line.startswith("Motifs")]
