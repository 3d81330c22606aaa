"""How many of the returns that are far and changed the first clusters show."""

from pathlib import Path

import pandas as pd

from far_returns import far_returns

LABELS = """file,cluster,transformation,source
a.png,1,original,
b.png,1,redraw,a.png
c.png,1,recolour,a.png
d.png,2,original,
e.png,2,exact,d.png
f.png,3,original,
g.png,3,moved,f.png
h.png,4,original,
i.png,4,swap,h.png
"""


def test_returns_that_are_far_and_changed_are_counted_where_their_source_stands_with_them(tmp_path: Path) -> None:
    """b is far and stands with its source, c is near, e is a copy, g is in a late cluster, i in one without h."""
    (tmp_path / "labels.csv").write_text(LABELS)
    pages = {"a": 1, "b": 21, "c": 40, "d": 2, "e": 102, "f": 3, "g": 103, "h": 4, "i": 24}
    panels = pd.DataFrame({"file": [f"{name}.png" for name in pages], "page": pages.values()})
    panels.to_csv(tmp_path / "panels.csv", index=False)
    clusters = pd.DataFrame({"file": [f"{name}.png" for name in "abcdefgi"], "cluster": [1, 1, 1, 2, 2, 11, 11, 3]})
    clusters.to_csv(tmp_path / "clusters.csv", index=False)
    labels, placed, found = ([tmp_path / f"{name}.csv"] for name in ("labels", "panels", "clusters"))
    far_returns(["one"], labels, placed, found, tmp_path / "table.csv")
    counts = {"returns": 3, "first_10": 1, "first_25": 2, "first": 1}
    assert pd.read_csv(tmp_path / "table.csv").to_dict("records") == [{"set": name} | counts for name in ("one", "all")]
