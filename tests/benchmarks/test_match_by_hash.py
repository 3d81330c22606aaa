"""Peers: what matches by their hashes, and the clusters of it."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import match_by_hash as module
from choose_thresholds import choose_thresholds
from group_matches import GROUPINGS, clusters_of, group_matches
from match_by_hash import likeness, match_by_hash, near_pairs

SETTINGS = {"resolution": 0.2, "seed": 1}
HASHES = st.lists(st.tuples(st.integers(0, 2**16 - 1), st.booleans()), min_size=1, max_size=12)


def packed(hashes: list[int], words: int = 1) -> np.ndarray:
    """Return hashes of 64 bits a word, of which all but 16 are alike."""
    return (
        np.array([[0] * (words - 1) + [value] for value in hashes], np.uint64).view(np.uint8).reshape(len(hashes), -1)
    )


@given(HASHES, st.integers(0, 16), st.integers(1, 4))
def test_pairs_within_the_threshold_match(hashes: list[tuple[int, bool]], most_bits: int, words: int) -> None:
    values, valid = [value for value, _ in hashes], np.array([valid for _, valid in hashes])
    expected = [
        [a, b, (values[a] ^ values[b]).bit_count()]
        for a, b in combinations(range(len(values)), 2)
        if valid[a] and valid[b] and (values[a] ^ values[b]).bit_count() <= most_bits
    ]
    assert near_pairs(packed(values, words), valid, most_bits).tolist() == expected


def test_the_rows_taken_at_once_do_not_show() -> None:
    values = np.random.default_rng(1).integers(0, 2**16, 2 * module.ROWS_AT_ONCE + 3).tolist()
    pairs = near_pairs(packed(values), np.ones(len(values), bool), 2)
    assert len(pairs) == sum((a ^ b).bit_count() <= 2 for a, b in combinations(values, 2)) > 100


def test_likeness_is_that_of_reprise() -> None:
    assert likeness(np.array([0, 5, 10]), 10).tolist() == [1, 0.75, 0.5]
    assert likeness(np.array([0]), 0).tolist() == [1]


def test_a_chain_is_one_component_and_more_than_one_community() -> None:
    files = [f"{number}.png" for number in range(12)]
    pairs = pd.DataFrame({"file_a": files[:-1], "file_b": files[1:], "likeness": 0.5})
    assert clusters_of(files, pairs, "components", SETTINGS) == {"0.png": files}
    assert len(clusters_of(files, pairs, "leiden", SETTINGS)) > 1


def write_set(folder: Path) -> tuple[Path, Path, Path]:
    """Write hashes of six panels, three of which are alike by at most 2 bits, and their labels."""
    hashes = {"panel": np.array(list("abcdef")), "hash": packed([0, 1, 3, 0xFF00, 0x00FF, 0])}
    np.savez(folder / "hashes.npz", **hashes, hash_valid=np.array([True] * 5 + [False]), allow_pickle=False)
    (folder / "labels.csv").write_text("file,cluster\na,1\nb,1\nc,1\nd,2\ne,3\nf,4\n")
    (folder / "ignored.csv").write_text("file_a,file_b\n")
    return folder / "hashes.npz", folder / "labels.csv", folder / "ignored.csv"


def test_hashes_become_matches_and_clusters(tmp_path: Path) -> None:
    hashes, labels, _ = write_set(tmp_path)
    match_by_hash(hashes, "hash", 1, tmp_path / "pairs.csv")
    assert pd.read_csv(tmp_path / "pairs.csv").to_numpy().tolist() == [["a", "b", 0.5], ["b", "c", 0.5]]
    outputs = {grouping: tmp_path / f"{grouping}.csv" for grouping in GROUPINGS}
    group_matches(labels, tmp_path / "pairs.csv", SETTINGS, outputs)
    assert outputs["components"].read_text() == "cluster,file\na,a\na,b\na,c\n"


def test_a_peer_that_matches_nothing_has_tables_without_rows(tmp_path: Path) -> None:
    hashes, labels, _ = write_set(tmp_path)
    match_by_hash(hashes, "hash", 0, tmp_path / "pairs.csv")
    outputs = {grouping: tmp_path / f"{grouping}.csv" for grouping in GROUPINGS}
    group_matches(labels, tmp_path / "pairs.csv", SETTINGS, outputs)
    assert {path.read_text() for path in outputs.values()} == {"cluster,file\n"}


def test_the_threshold_that_does_best_comes_first(tmp_path: Path) -> None:
    hashes, labels, ignored = write_set(tmp_path)
    choose_thresholds(["hash"], [64], [hashes], [labels], [ignored], SETTINGS, tmp_path / "thresholds.csv")
    best = pd.read_csv(tmp_path / "thresholds.csv").iloc[0]
    assert (best["most_bits"], best["bcubed_f1"]) == (1, 1)
