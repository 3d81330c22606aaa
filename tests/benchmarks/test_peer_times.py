"""Each peer is run by its own Python, and what it takes and finds is told."""

import sys
from pathlib import Path

import pandas as pd

from peer_times import peer_times

FINDS_TWO_GROUPS = """
import sys
from pathlib import Path
peer, panels, groups = sys.argv[1:]
Path(groups).parent.mkdir(parents=True, exist_ok=True)
Path(groups).write_text(f"group,file\\n1,{peer}\\n1,b\\n2,{panels}\\n2,d\\n")
"""


def test_all_peers_are_timed(tmp_path: Path) -> None:
    script = tmp_path / "peer_groups.py"
    script.write_text(FINDS_TWO_GROUPS)
    pythons = {"one": Path(sys.executable), "two": Path(sys.executable)}
    panels, table = tmp_path / "panels", tmp_path / "peers.csv"
    peer_times(panels, "comic-3", pythons, script, tmp_path / "found", table, tmp_path / "log")
    told = pd.read_csv(table)
    assert told[["set", "peer", "groups"]].to_numpy().tolist() == [["comic-3", "one", 2], ["comic-3", "two", 2]]
    assert (told[["wall", "cpu", "peak"]] > 0).all(axis=None)
    assert "2,d" in (tmp_path / "found" / "one.csv").read_text()
