"""Fingerprints without pictures: those that Reprise would make, as far as plain search looks at them."""

from pathlib import Path

import numpy as np
import pytest

from fingerprint import read_panel
from layout import read_layout
from reprise.shards import Fingerprints, count_pictures
from tiny_fingerprints import tiny_fingerprints
from tiny_panels import tiny_panels

SEED, COPIES, COUNT = 1, 0.3, 1500


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = tmp_path_factory.mktemp("made") / "results"
    tiny_fingerprints(COUNT, SEED, COPIES, 1, results)
    return results


def test_they_have_the_edges_of_the_pictures(results: Path, tmp_path: Path) -> None:
    tiny_panels(20, SEED, COPIES, tmp_path / "panels")
    read = [read_panel((tmp_path / "panels" / f"{page}.png").read_bytes(), "distinct") for page in range(1, 21)]
    made = Fingerprints([results / "fingerprints" / "0000.npz"])
    assert np.array_equal(made.edges[:20], [panel.frames[0].edges for panel in read])
    assert made.edge_count[:20].tolist() == [panel.frames[0].edge_count for panel in read]


def test_they_are_laid_out_as_a_run_lays_them_out(results: Path) -> None:
    layout = read_layout(str(results / "index.csv"), 0)
    assert len(layout.panels) == COUNT
    for shard in layout.shards:
        made = Fingerprints([results / "fingerprints" / f"{shard}.npz"])
        assert made.panel.tolist() == list(layout.panels[layout.shard(shard)])
    pictures = [results / "pictures" / f"{shard}.npy" for shard in layout.shards]
    sizes = [layout.shard(shard) for shard in layout.shards]
    assert count_pictures(pictures).tolist() == [size.stop - size.start for size in sizes]
    assert len({path.stat().st_ino for path in pictures}) == len({size.stop - size.start for size in sizes})
