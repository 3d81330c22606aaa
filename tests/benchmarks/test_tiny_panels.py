"""Tiny pictures: always the same, with edges as panels have, and copies that Reprise finds."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from fingerprint import read_panel
from reprise.hashes import edge_bitmap
from tiny_panels import source_of, tiny_panel, tiny_panels

SEED, COPIES, COUNT = 1, 0.3, 120


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_picture_is_the_same_however_many_there_are(tmp_path: Path) -> None:
    for count in (10, 20):
        tiny_panels(count, SEED, COPIES, tmp_path / str(count))
    few, many = files(tmp_path / "10"), files(tmp_path / "20")
    assert set(few) == {f"{page}.png" for page in range(1, 11)}
    assert many.items() >= few.items()
    assert len(set(many.values())) == 20
    with_another_seed = tiny_panel(SEED + 1, 0, COPIES)
    assert not np.array_equal(with_another_seed, tiny_panel(SEED, 0, COPIES))


def test_reprise_reads_them(tmp_path: Path) -> None:
    tiny_panels(1, SEED, COPIES, tmp_path / "panels")
    panel = read_panel((tmp_path / "panels" / "1.png").read_bytes(), "distinct")
    assert (panel.status, len(panel.frames)) == ("ok", 1)


def test_so_many_repeat_an_earlier_drawing() -> None:
    sources = [source_of(SEED, number, COPIES) for number in range(2000)]
    assert all(source <= number for number, source in enumerate(sources))
    assert all(sources[source] == source for source in sources)
    copied = np.mean([source != number for number, source in enumerate(sources)])
    assert copied == pytest.approx(COPIES, abs=0.03)
    assert [source_of(SEED, number, 0.0) for number in range(50)] == list(range(50))


def test_copies_match_by_their_edges_and_others_do_not() -> None:
    edges = np.array([edge_bitmap(tiny_panel(SEED, number, COPIES)) for number in range(COUNT)])
    assert 0.05 < edges.mean() < 0.15
    sources = [source_of(SEED, number, COPIES) for number in range(COUNT)]
    together: list[float] = []
    apart: list[float] = []
    for one, other in combinations(range(COUNT), 2):
        dice = 2 * (edges[one] & edges[other]).sum() / (edges[one].sum() + edges[other].sum())
        (together if sources[one] == sources[other] else apart).append(dice)
    assert len(together) > 20
    assert np.quantile(together, 0.1) > 0.5 > max(apart)
