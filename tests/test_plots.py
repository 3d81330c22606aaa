"""The plots: what is counted where, and that the same input gives the same picture."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.figure import Figure
from PIL import Image

from adjacency import MATCH
from plots import STEPS_SHOWN, counts_by_dice, plot_cluster_sizes, plot_distances, plots
from reprise.figures import save
from reprise.matching.comparison import HISTOGRAM_STEPS


def histogram(distances: dict[float, int]) -> np.ndarray:
    """Count distances as the comparison of blocks does."""
    counts = np.zeros(HISTOGRAM_STEPS + 1, dtype=np.int64)
    for distance, count in distances.items():
        counts[int(distance * HISTOGRAM_STEPS)] += count
    return counts


def texts(figure: Figure) -> str:
    axes = figure.axes[0]
    return "\n".join([axes.get_title("left"), *(text.get_text() for text in axes.texts)])


def write_plots(place: Path, counts: np.ndarray, sizes: list[int], threshold: float = 0.5) -> tuple[Path, Path]:
    place.mkdir(exist_ok=True)
    np.savez(place / "matches.npz", matches=np.zeros(7, dtype=MATCH), histogram=counts, pairs_compared=counts.sum())
    np.savez(place / "communities.npz", members=np.arange(sum(sizes)), start=np.cumsum([0, *sizes]))
    pictures = place / "distances.png", place / "cluster_sizes.png"
    plots(place / "matches.npz", place / "communities.npz", threshold, 0.6, *pictures)
    return pictures


def test_pairs_are_counted_at_their_dice_coefficient() -> None:
    counts = counts_by_dice(histogram({0.0: 3, 0.25: 5, 0.995: 7, 1.0: 11}))
    assert {int(step): int(counts[step]) for step in np.flatnonzero(counts)} == {0: 18, 74: 5, 99: 3}


@given(arrays(np.int64, HISTOGRAM_STEPS + 1, elements=st.integers(0, 10**12)))
def test_no_pair_is_lost(counts: np.ndarray) -> None:
    shown = counts_by_dice(counts)
    assert shown.shape == (STEPS_SHOWN,)
    assert shown.sum() == counts.sum()


@pytest.mark.parametrize("threshold", [0.4, 0.55, 0.95])
def test_the_threshold_and_the_ceiling_are_marked(threshold: float) -> None:
    figure = plot_distances(histogram({0.3: 5, 0.9: 12_000}), 1234, threshold, 0.6)
    assert f"threshold {threshold}\n1,234 pairs match" in texts(figure)
    assert "not kept, under 0.4" in texts(figure)
    assert "12,005 pairs" in texts(figure)
    axes = figure.axes[0]
    assert axes.get_yscale() == "log"
    assert np.asarray(axes.lines[0].get_xdata()).tolist() == [threshold, threshold]


def test_nothing_is_marked_where_pairs_match_by_another_rule() -> None:
    axes = plot_distances(histogram({0.3: 5, 0.9: 12_000}), 1234, None, None).axes[0]
    assert not axes.lines
    assert not axes.texts


def test_clusters_are_counted_by_size() -> None:
    figure = plot_cluster_sizes(np.array([3, 2, 2, 40, 2, 5, 3]))
    axes = figure.axes[0]
    sizes = [label.get_text() for label in axes.get_xticklabels()]
    heights = [bar.get_height() for bar in axes.containers[0]]
    assert list(zip(sizes, heights, strict=True)) == [("2", 3), ("3", 2), ("5", 1), ("40", 1)]
    assert "7 clusters" in texts(figure)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("sizes", [[], [2], [2, 2, 3], list(range(2, 100))])
def test_pictures_are_written_for_few_and_many_and_none(tmp_path: Path, sizes: list[int]) -> None:
    counts = histogram({0.2: sum(sizes), 0.9: 10 * sum(sizes)})
    for path in write_plots(tmp_path, counts, sizes):
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert picture.width >= 1000
            assert picture.height >= 500


def test_what_is_plotted_is_what_the_files_hold(tmp_path: Path) -> None:
    counts, sizes = histogram({0.2: 40, 0.9: 900}), [2, 3, 3]
    figures = plot_distances(counts, 7, 0.5, 0.6), plot_cluster_sizes(np.array(sizes))
    for path, figure in zip(write_plots(tmp_path, counts, sizes), figures, strict=True):
        save(figure, tmp_path / "expected.png")
        assert path.read_bytes() == (tmp_path / "expected.png").read_bytes()


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    counts = histogram({0.2: 40, 0.9: 900})
    first, again = (write_plots(tmp_path / name, counts, [2, 3, 3]) for name in ("a", "b"))
    other = write_plots(tmp_path / "c", counts, [2, 3], threshold=0.6)
    for place in (0, 1):
        assert first[place].read_bytes() == again[place].read_bytes()
        assert first[place].read_bytes() != other[place].read_bytes()
