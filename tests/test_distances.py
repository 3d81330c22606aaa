"""Distances between panels, pixel by pixel against their definitions, and the tables they are written to."""

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bitmaps import bitmaps
from distances import distances
from fingerprint import fingerprint
from pictures import drawing, edges_at, encoded, frame, write_shards
from reprise.shards import EDGE_SIZE, Panel
from reprise.study.distances import dice_distances, distance_matrix, hamming_distances, mixed_distances
from reprise.study.essay import BITMAP_BITS, METRICS
from reprise.study.files import read_bitmaps

# Panels of a comic by file, one of which cannot be read.
FILES = {
    "1.gif": encoded("GIF", drawing(1, (131, 97)).quantize(8), drawing(2, (131, 97)).quantize(8)),
    "2.png": encoded("PNG", drawing(1, (131, 97))),
    "3.png": encoded("PNG", drawing(3, (90, 60))),
    "4.gif": b"GIF89a",
    "5.gif": encoded("GIF", drawing(1, (131, 97), ["#ff8800", "#112233"]).quantize(4), interlace=0),
    "6.jpg": encoded("JPEG", drawing(1, (131, 97)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "7.png": encoded("PNG", Image.new("RGB", (20, 20), "teal")),
    "8.png": encoded("PNG", Image.new("RGB", (30, 20), "black")),
}

# --- The definitions, as slow and plain as they can be written --------------------------------------------------------


def slow_hamming(one: Sequence[int], other: Sequence[int]) -> int:
    differing = 0
    for pixel in range(len(one)):
        if one[pixel] != other[pixel]:
            differing += 1
    return min(differing, len(one) - differing)


def slow_mixed(average_hash: Sequence[int], canny: Sequence[int]) -> list[int]:
    """Mix the distances of all pairs by two metrics."""
    if sum(canny) == 0:
        return [floor(Fraction(of_hash, 2)) for of_hash in average_hash]
    scale = Fraction(sum(average_hash), len(average_hash)) / Fraction(sum(canny), len(canny))
    return [floor((h + e * scale) / 2) for h, e in zip(average_hash, canny, strict=True)]


def slow_dice(one: Panel, other: Panel, mirrored: bool, fewest_edges: int) -> float:
    """Return 1 less the Dice coefficient of the two frames that are most alike."""
    alike = Fraction(0)
    for a, b, flipped in product(one.frames, other.frames, [False, True] if mirrored else [False]):
        if min(a.edge_count, b.edge_count) < fewest_edges:
            alike = max(alike, Fraction(int(a.digest == b.digest)))
            continue
        first, second = (np.unpackbits(found.edges).reshape(EDGE_SIZE, EDGE_SIZE) for found in (a, b))
        shared = int((first & (second[:, ::-1] if flipped else second)).sum())
        alike = max(alike, Fraction(2 * shared, a.edge_count + b.edge_count))
    return float(1 - alike)


# --- The metrics ------------------------------------------------------------------------------------------------------


def of_pairs(matrix: NDArray[Any]) -> list[Any]:
    """Return the entries of a matrix for all pairs, having checked that the rest of it is as it must be."""
    assert np.array_equal(matrix, matrix.T)
    assert not np.diagonal(matrix).any()
    return [matrix[a, b].item() for a, b in combinations(range(len(matrix)), 2)]


@given(st.integers(0, 6), st.sampled_from([1, 64, 100, 10_000]), st.integers(0, 2**32 - 1))
@example(panels=2, bits=64, seed=0)
def test_hamming_distances_are_counted_pixel_by_pixel(panels: int, bits: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = (random.random((panels, bits)) < random.random((panels, 1))).astype(np.uint8)
    matrix = hamming_distances(rows)
    assert (matrix.shape, matrix.dtype) == ((panels, panels), np.int64)
    assert of_pairs(matrix) == [slow_hamming(a, b) for a, b in combinations(rows.tolist(), 2)]


def test_a_picture_is_as_near_as_its_negative() -> None:
    rows = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1], [0, 1, 1, 1], [0, 0, 1, 1]], dtype=np.uint8)
    assert hamming_distances(rows).tolist() == [
        [0, 0, 1, 1, 2],
        [0, 0, 1, 1, 2],
        [1, 1, 0, 2, 1],
        [1, 1, 2, 0, 1],
        [2, 2, 1, 1, 0],
    ]


def symmetric(values: Sequence[int], panels: int) -> NDArray[np.int64]:
    matrix = np.zeros((panels, panels), dtype=np.int64)
    matrix[np.triu_indices(panels, k=1)] = values
    return matrix + matrix.T


@st.composite
def two_metrics(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    """A number of panels, and the distances of all their pairs by average hash and by edges."""
    panels = draw(st.integers(0, 7))
    pairs = panels * (panels - 1) // 2
    most = draw(st.sampled_from([0, 3, 5_000]))
    return (
        panels,
        draw(st.lists(st.integers(0, 32), min_size=pairs, max_size=pairs)),
        draw(st.lists(st.integers(0, most), min_size=pairs, max_size=pairs)),
    )


@given(two_metrics())
@example((3, [1, 2, 3], [0, 0, 0]))
def test_mixed_distances_are_the_mean_of_both_metrics_on_one_scale(drawn: tuple[int, list[int], list[int]]) -> None:
    panels, average_hash, canny = drawn
    matrix = mixed_distances(symmetric(average_hash, panels), symmetric(canny, panels))
    assert (matrix.shape, matrix.dtype) == ((panels, panels), np.int64)
    assert of_pairs(matrix) == slow_mixed(average_hash, canny)


@st.composite
def sketches(draw: st.DrawFn) -> Panel:
    """A panel of up to three frames that have some edges in common with those of others, as they are or mirrored."""
    frames = []
    for number in range(draw(st.integers(0, 3))):
        first = draw(st.sampled_from([0, 20, 45, 250]))
        edges = edges_at(*range(first, first + draw(st.sampled_from([0, 9, 10, 50]))))
        digest = 3 * int(edges.sum()) + draw(st.integers(0, 2))  # where pixels are the same, so are edges
        frames.append(frame(edges[:, :: draw(st.sampled_from([1, -1]))], number, digest))
    return Panel(frames=frames)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(sketches(), min_size=1, max_size=6), st.integers(1, 6), st.booleans(), st.sampled_from([1, 10]))
@example([Panel("damaged"), Panel("empty file")], 2, True, 10)
def test_dice_distances_are_those_of_the_nearest_frames(
    panels: list[Panel], shard: int, mirrored: bool, fewest_edges: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        names, matrix = dice_distances(write_shards(Path(folder), panels, shard), mirrored, fewest_edges)
    readable = [(f"{page}_1", panel) for page, panel in enumerate(panels, 1) if panel.frames]
    assert names == [name for name, _ in readable]
    assert matrix.shape == (len(names), len(names))
    expected = [slow_dice(a, b, mirrored, fewest_edges) for (_, a), (_, b) in combinations(readable, 2)]
    assert of_pairs(matrix) == pytest.approx(expected, abs=1e-12)


Shards = tuple[list[Path], list[Path]]

# --- The tables -------------------------------------------------------------------------------------------------------


def write_files(folder: Path, files: dict[str, bytes], shard_panels: int = 3) -> Shards:
    """Write panels called 1_1, 2_1 and so on, and return the shards of their bitmaps and of their fingerprints."""
    for file, content in files.items():
        (folder / file).write_bytes(content)
    names = [f"{page}_1" for page in range(1, len(files) + 1)]
    of_bitmaps, of_fingerprints = [], []
    for first in range(0, len(files), shard_panels):
        part = names[first : first + shard_panels], list(files)[first : first + shard_panels], folder
        of_bitmaps.append(folder / f"bitmaps-{shard_panels}-{first}.npz")
        of_fingerprints.append(folder / f"fingerprints-{shard_panels}-{first}.npz")
        bitmaps(*part, of_bitmaps[-1])
        fingerprint(*part, "distinct", "area", of_fingerprints[-1], folder / "pictures.npy", folder / "thumbnails")
    return of_bitmaps, of_fingerprints


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Shards:
    return write_files(tmp_path_factory.mktemp("files"), FILES)


@pytest.mark.parametrize("metric", METRICS)
def test_a_table_holds_all_pairs_the_nearest_first(tmp_path: Path, shards: Shards, metric: str) -> None:
    distances(metric, *shards, True, 30, tmp_path / "table.csv")
    table = pd.read_csv(tmp_path / "table.csv")
    names, matrix = distance_matrix(metric, *shards, True, 30)
    assert names == ["1_1", "2_1", "3_1", "5_1", "6_1", "7_1", "8_1"]
    pairs = [(round(matrix[a, b].item(), 6), a, b) for a, b in combinations(range(len(names)), 2)]
    expected = [(names[a], names[b], distance) for distance, a, b in sorted(pairs)]
    assert list(table.columns) == ["panel_a", "panel_b", "distance"]
    assert list(table.itertuples(index=False, name=None)) == expected
    assert table["distance"].dtype == (np.float64 if metric == "dice" else np.int64)


@pytest.mark.parametrize("metric", BITMAP_BITS)
def test_a_metric_compares_its_own_bitmaps(shards: Shards, metric: str) -> None:
    rows = [np.unpackbits(row).tolist() for shard in shards[0] for row in np.load(shard)[metric]]
    names, matrix = distance_matrix(metric, *shards, True, 30)
    assert of_pairs(matrix) == [slow_hamming(a, b) for a, b in combinations(rows, 2)]
    assert len(names) == len(rows) == 7


def test_mixed_is_made_of_average_hashes_and_edges(shards: Shards) -> None:
    parts = [
        of_pairs(distance_matrix(metric, *shards, True, 30)[1]) for metric in ("average_hash", "canny_then_resize")
    ]
    assert of_pairs(distance_matrix("mixed", *shards, True, 30)[1]) == slow_mixed(*parts)


@pytest.mark.parametrize("mirror", [True, False])
def test_dice_finds_mirrored_copies_where_mirrors_count(shards: Shards, mirror: bool) -> None:
    names, matrix = distance_matrix("dice", *shards, mirror, 30)
    apart = dict(zip(combinations(names, 2), of_pairs(matrix), strict=True))
    assert apart["1_1", "2_1"] < 0.05
    assert (apart["2_1", "6_1"] < 0.3) == mirror
    assert apart["7_1", "8_1"] == 1


def test_bitmaps_of_several_shards_are_read_as_one(tmp_path: Path) -> None:
    names, bits = read_bitmaps(write_files(tmp_path, FILES, 2)[0])
    whole_names, whole = read_bitmaps(write_files(tmp_path, FILES, 8)[0])
    assert names == whole_names == ["1_1", "2_1", "3_1", "5_1", "6_1", "7_1", "8_1"]
    assert {metric: rows.shape for metric, rows in bits.items()} == {
        metric: (7, count) for metric, count in BITMAP_BITS.items()
    }
    for metric in BITMAP_BITS:
        assert np.array_equal(bits[metric], whole[metric])
        assert set(np.unique(bits[metric])) <= {0, 1}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("files", "pairs"), [(["4.gif"], 0), (["2.png"], 0), (["4.gif", "2.png", "3.png"], 1)])
def test_few_panels_have_few_pairs(tmp_path: Path, metric: str, files: list[str], pairs: int) -> None:
    distances(metric, *write_files(tmp_path, {file: FILES[file] for file in files}), True, 30, tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert lines[0] == "panel_a,panel_b,distance"
    assert [line.split(",")[:2] for line in lines[1:]] == [["2_1", "3_1"]] * pairs


@pytest.mark.parametrize("metric", METRICS)
def test_a_table_does_not_depend_on_the_shards(tmp_path: Path, metric: str) -> None:
    tables = []
    for shard_panels in (1, 3, 8):
        distances(metric, *write_files(tmp_path, FILES, shard_panels), True, 30, tmp_path / "table.csv")
        tables.append((tmp_path / "table.csv").read_bytes())
    assert tables[0] == tables[1] == tables[2]
