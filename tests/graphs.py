"""Small graphs of panels, and the clusters that the steps make of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy import sparse

from communities import communities
from rank import rank
from reprise.community_detection import METHODS

Matches = Mapping[tuple[int, int], float]

SETTINGS = yaml.safe_load((Path(__file__).parents[1] / "config.yaml").read_text(encoding="utf-8"))["cluster"]

# What each method's resolution usually is: for leiden a score, for the modularities a factor.
RESOLUTIONS = {method: 0.3 if method == "leiden" else 1.0 for method in METHODS}


def matrix_of(matches: Matches, panels: int) -> sparse.csr_array:
    dense = sparse.dok_array((panels, panels))
    for (a, b), score in matches.items():
        dense[a, b] = dense[b, a] = score
    return sparse.csr_array(dense)


def cluster(
    folder: Path,
    matches: Matches,
    panels: int,
    method: str = "leiden",
    resolution: float | None = None,
    seed: int = 1,
    pages: Sequence[int] | None = None,
    duplicates: Iterable[tuple[int, int]] = (),
    weight: float = 1,
    **settings: Any,
) -> pd.DataFrame:
    """Cluster a graph by the steps `communities` and `rank`, and return the table these wrote.

    They are redraws unless they are duplicates; their weight in the graph is that part of their score. An infinite
    one must match, and scores 1; one below any is no match, and no pair.
    """
    pages = pages or range(1, panels + 1)
    names = [f"{page}_{place}" for place, page in enumerate(pages)]
    table = pd.DataFrame({"panel": names, "page": pages, "file": [f"{place:03}" for place in range(panels)]})
    table.to_csv(folder / "panels.csv", index=False)
    sparse.save_npz(folder / "adjacency.npz", weight * matrix_of(matches, panels))
    relation = {ends: "duplicate" if ends in duplicates else "redraw" for ends in matches}
    scored = [(ends, min(score, 1)) for ends, score in sorted(matches.items()) if score > 0]
    known = np.array([(*ends, score) for ends, score in scored], [("a", np.int64), ("b", np.int64), ("score", float)])
    np.savez(folder / "matches.npz", matches=known)
    pairs = [(names[a], names[b], score, relation[a, b]) for (a, b), score in scored]
    table = pd.DataFrame(pairs, columns=["panel_a", "panel_b", "score", "relation"]).assign(cover_a=1.0, cover_b=1.0)
    table.to_csv(folder / "pairs.csv", index=False)
    resolution = RESOLUTIONS[method] if resolution is None else resolution
    all_settings = SETTINGS | {"method": method, "resolution": resolution, "seed": seed} | settings
    communities(folder / "adjacency.npz", folder / "matches.npz", all_settings, 0.5, folder / "communities.npz")
    rank(
        *(folder / "communities.npz", folder / "pairs.csv", folder / "panels.csv", all_settings["rank"], 0.5),
        *(folder / "clusters.csv", folder / "ranking.csv", folder / "passages.csv"),
    )
    return pd.read_csv(folder / "clusters.csv", dtype={"file": str})


def ranking(folder: Path, *columns: str) -> list[list[Any]]:
    """Return some columns of the clusters that the last run in a folder ranked, a row a cluster."""
    return pd.read_csv(folder / "ranking.csv")[list(columns)].to_numpy().tolist()


def groups(table: pd.DataFrame) -> list[list[int]]:
    """Return the places of the panels of each cluster, in rank order."""
    places = table["panel"].str.split("_").str[1].astype(int)
    return [list(members) for _, members in places.groupby(table["cluster"])]


def clique(*panels: int, score: float = 0.9) -> dict[tuple[int, int], float]:
    return dict.fromkeys(combinations(panels, 2), score)


def two_scenes(ties: int, tie: float) -> dict[tuple[int, int], float]:
    """Two scenes of five panels with some of the 25 matches that there can be between them, spread evenly."""
    between = sorted(product(range(5), range(5, 10)), key=lambda ends: (ends[0] + ends[1]) % 5)
    return clique(*range(5)) | clique(*range(5, 10)) | dict.fromkeys(between[:ties], tie)
