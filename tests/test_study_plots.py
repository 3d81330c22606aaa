"""The study's plots: what labels say of pairs, what is counted where, and that the pictures show it."""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from reprise.study.essay import GRAPH_THRESHOLDS, METHODS, METRICS
from reprise.study.files import read_distances
from reprise.study.truth import APART, TOGETHER, UNJUDGED, judge_pairs, pair_truth
from study_plots import (
    ALONE_COLOUR,
    Curve,
    count_distances,
    plot_components,
    plot_distances,
    plot_precision_recall,
    plot_spread,
    precision_and_recall,
    study_plots,
)

pytestmark = pytest.mark.slow  # Matplotlib draws nearly all of it

PLOTS = ("spread", "components", "distances", "precision_recall")

HOSTILE_FILES = [
    "<script>document.title='run'</script>.gif",
    '"><img src=x onerror=alert(1)>.gif',
    "</table></style><svg onload=alert(1)>.gif",
    "{{ 7 * 7 }}{% raw %}, with a comma.gif",
    "-rf &amp; ノート 🎨.GIF",
    "NA",
    "007",
    "$x^$ \\frac.png",
]


def some_distance(metric: str, a: int, b: int) -> float:
    """Tell how far apart panels a and b are by a metric, in the metric's own unit: any figure, always the same."""
    draw = np.random.default_rng([a, b, METRICS.index(metric)])
    if metric == "dice":
        return round(float(draw.random()), 6)
    return int(draw.integers(33 if "hash" in metric or metric == "mixed" else 5001))


def write_distances(
    folder: Path, panels: Sequence[str], distance: Callable[[str, int, int], float] = some_distance
) -> list[Path]:
    """Write tables of distances as `distances` does, in the order of METRICS."""
    folder.mkdir(parents=True, exist_ok=True)
    places = [(a, b) for a in range(len(panels)) for b in range(a + 1, len(panels))]
    paths = []
    for metric in METRICS:
        rows = sorted(((panels[a], panels[b], distance(metric, a, b)) for a, b in places), key=lambda row: row[2])
        paths.append(folder / f"{metric}.csv")
        pd.DataFrame(rows, columns=["panel_a", "panel_b", "distance"]).to_csv(paths[-1], index=False)
    return paths


def write_found(folder: Path, panels: Sequence[str]) -> list[Path]:
    """Write what each method found: the panels by fours and the last alone; in the order of METRICS."""
    folder.mkdir(parents=True, exist_ok=True)
    clusters = [list(panels[:-1][first : first + 4]) for first in range(0, max(0, len(panels) - 1), 4)]
    by_metric: dict[str, dict[str, Any]] = {metric: {} for metric in METRICS}
    for method in METHODS.values():
        told: dict[str, Any] = {"setting": "below 3", "seconds": 0.25, "clusters": clusters}
        if "k_means" in method.grouping:
            ks = range(min(2, len(panels)), len(panels))
            told |= {"k": min(3, len(panels)), "spread": {str(k): 100 / k for k in ks}}
        if method.grouping == "pca_k_means":
            told["components"] = {panel: [place, place % 3, -place] for place, panel in enumerate(panels)}
        by_metric[method.metric][method.grouping] = told
    paths = [folder / f"{metric}.json" for metric in METRICS]
    for path, found in zip(paths, by_metric.values(), strict=True):
        path.write_text(json.dumps(found), encoding="utf-8")
    return paths


def write_labels(path: Path, clusters: dict[str, Any]) -> Path:
    pd.DataFrame({"file": list(clusters), "cluster": list(clusters.values())}).to_csv(path, index=False)
    return path


def write_ignored(path: Path, pairs: Sequence[tuple[str, str]]) -> Path:
    pd.DataFrame(pairs, columns=["file_a", "file_b"]).to_csv(path, index=False)
    return path


def write_plots(place: Path, files: Sequence[str], clusters: dict[str, Any] | None = None) -> dict[str, Path]:
    """Make up a comic of these files, run the step, and return the plots."""
    place.mkdir(exist_ok=True)
    names = [f"{page}_1" for page in range(1, len(files) + 1)]
    pd.DataFrame({"panel": names, "file": list(files)}).to_csv(place / "panels.csv", index=False)
    labels = write_labels(place / "labels.csv", clusters) if clusters else None
    pictures = {name: place / f"{name}.png" for name in PLOTS}
    distances, found = write_distances(place / "distances", names), write_found(place / "groups", names)
    study_plots(distances, found, place / "panels.csv", labels, None, *pictures.values())
    return pictures


def legend(figure: Figure) -> list[str]:
    holder = figure.legends[0] if figure.legends else figure.axes[0].get_legend()
    assert holder is not None
    return [text.get_text() for text in holder.get_texts()]


@given(
    clusters=st.dictionaries(st.sampled_from(HOSTILE_FILES), st.sampled_from(["", "a", "b", "NA"])),
    ignored=st.lists(st.tuples(*[st.sampled_from([*HOSTILE_FILES, "elsewhere.png"])] * 2), max_size=5),
)
def test_labels_say_what_belongs_together(
    tmp_path_factory: pytest.TempPathFactory, clusters: dict[str, str], ignored: list[tuple[str, str]]
) -> None:
    place = tmp_path_factory.mktemp("labels")
    panels = pd.DataFrame({"file": HOSTILE_FILES})
    labels = write_labels(place / "labels.csv", clusters | {"elsewhere.png": "a"})
    truth = pair_truth(panels, labels, write_ignored(place / "ignored.csv", ignored))
    for a, file_a in enumerate(HOSTILE_FILES):
        for b, file_b in enumerate(HOSTILE_FILES):
            if a == b:
                continue
            left_out = (file_a, file_b) in ignored or (file_b, file_a) in ignored
            if left_out or file_a not in clusters or file_b not in clusters:
                assert truth[a, b] == UNJUDGED
            else:
                assert truth[a, b] == (TOGETHER if clusters[file_a] == clusters[file_b] else APART)


def test_without_labels_no_pair_is_judged() -> None:
    assert (pair_truth(pd.DataFrame({"file": ["a", "b"]}), None, None) == UNJUDGED).all()


def test_panels_that_were_not_fetched_have_no_file_and_do_no_harm(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "labels.csv", {"a.png": 1, "b.png": 1, "c.png": 1})
    ignored = write_ignored(tmp_path / "ignored.csv", [("b.png", "a.png")])
    truth = pair_truth(pd.DataFrame({"file": ["", "a.png", "", "b.png", "c.png"]}), labels, ignored)
    together = [(int(a), int(b)) for a, b in np.argwhere(truth == TOGETHER) if a < b]
    assert together == [(1, 4), (3, 4)]


def test_each_pair_keeps_what_labels_say_of_it(tmp_path: Path) -> None:
    table = write_distances(tmp_path, ["2_1", "10_1", "9_1"])[0]
    pairs = read_distances(table, ["1_1", "2_1", "10_1", "9_1"])
    truth = np.full((4, 4), APART, np.int8)
    truth[1, 3] = truth[3, 1] = TOGETHER
    judged = dict(zip(zip(pairs["panel_a"], pairs["panel_b"], strict=True), judge_pairs(pairs, truth), strict=True))
    assert judged == {("2_1", "10_1"): APART, ("2_1", "9_1"): TOGETHER, ("10_1", "9_1"): APART}
    assert pairs["distance"].is_monotonic_increasing


judged_pairs = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([TOGETHER, APART, UNJUDGED])), max_size=40)


@given(judged_pairs)
def test_precision_and_recall_are_those_of_the_pairs_up_to_each_distance(pairs: list[tuple[int, int]]) -> None:
    distances, judged = np.array([d for d, _ in pairs], float), np.array([kind for _, kind in pairs], np.int8)
    curve = precision_and_recall(distances, judged)
    counted = [(d, kind == TOGETHER) for d, kind in pairs if kind != UNJUDGED]
    total = sum(true for _, true in counted)
    if not total:
        assert curve is None
        return
    points, average, before = [], 0.0, 0.0
    for limit in sorted({d for d, _ in counted}):
        found = [true for d, true in counted if d <= limit]
        points.append((sum(found) / total, sum(found) / len(found)))
        average += (points[-1][0] - before) * points[-1][1]
        before = points[-1][0]
    assert curve is not None
    assert curve.average == pytest.approx(average)
    drawn = list(zip(curve.recall[:-1], curve.precision[:-1], strict=True))
    assert all(any(point == pytest.approx(known) for known in points) for point in drawn)
    assert drawn[0] == pytest.approx(points[-1])
    assert {round(recall, 9) for recall, _ in points} == {round(recall, 9) for recall, _ in drawn}


@given(st.sampled_from(METRICS), st.lists(st.integers(0, 5000)))
def test_no_pair_is_lost_and_bars_hold_as_many_whole_distances(metric: str, values: list[int]) -> None:
    distances = np.array(values, float) / (5000 if metric == "dice" else 1)
    judged = np.arange(len(values)).astype(np.int8) % 3 - 1
    bounds, counts = count_distances(metric, distances, judged)
    assert {kind: int(count.sum()) for kind, count in counts.items()} == {
        kind: int((judged == kind).sum()) for kind in (TOGETHER, APART, UNJUDGED)
    }
    assert len(bounds) <= 51 + 1
    if metric == "dice":
        assert (bounds[0], bounds[-1]) == (0, 1)
    else:
        assert len(set(np.diff(bounds))) == 1
        assert (bounds % 1 == 0).all()
        for kind, count in counts.items():
            of_kind = distances[judged == kind]
            bars = pairwise(bounds)
            assert count.tolist() == [int(((of_kind >= low) & (of_kind < high)).sum()) for low, high in bars]


def histograms(kinds: Sequence[int]) -> dict[str, Any]:
    judged = np.array(kinds, np.int8)
    return {metric: count_distances(metric, np.linspace(0, 1, len(kinds)), judged) for metric in METRICS}


def test_true_and_other_pairs_are_told_apart_each_as_shares_of_their_kind() -> None:
    figure = plot_distances(histograms([TOGETHER, TOGETHER, TOGETHER, APART, UNJUDGED]))
    assert legend(figure) == ["other pairs", "pairs that belong together", "threshold of the graph"]
    for axes, metric in zip(figure.axes, METRICS, strict=True):
        assert axes.get_title("left") == metric
        assert [float(patch.get_data().values.sum()) for patch in axes.patches] == pytest.approx([1, 1])  # type: ignore[attr-defined]
        thresholds = [float(np.asarray(line.get_xdata())[0]) for line in axes.lines]
        assert thresholds == ([GRAPH_THRESHOLDS[metric]] if metric in GRAPH_THRESHOLDS else [])


def test_without_labels_all_pairs_are_shown() -> None:
    figure = plot_distances(histograms([UNJUDGED] * 4))
    assert legend(figure) == ["all pairs", "threshold of the graph"]
    assert [len(axes.patches) for axes in figure.axes] == [1] * len(METRICS)


def test_curves_are_named_best_first_and_can_be_told_apart() -> None:
    averages = dict(zip(METRICS, np.linspace(0.1, 0.8, len(METRICS)), strict=True))
    straight = np.array([0.5, 1.0]), np.array([1.0, 0.0])
    figure = plot_precision_recall({metric: Curve(*straight, average) for metric, average in averages.items()})
    assert legend(figure) == [f"{averages[metric]:.3f}  {metric}" for metric in reversed(METRICS)]
    looks = {(line.get_color(), str(line.get_linestyle())) for line in figure.axes[0].lines}
    assert len(looks) == len(METRICS)


def test_without_labels_the_curves_are_replaced_by_words() -> None:
    figure = plot_precision_recall(dict.fromkeys(METRICS))
    assert "evaluation.labels" in figure.axes[0].texts[0].get_text()
    assert not figure.axes[0].lines


def test_the_spread_is_drawn_with_the_k_that_was_taken() -> None:
    spread = {"1": 80.0, "2": 40.0, "3": 20.0, "4": 10.0}
    details = {name: {"k": 3, "spread": spread} for name, method in METHODS.items() if "k_means" in method.grouping}
    details["binary-k_means_forced"] = {"k": 4, "spread": {"3": 20.0, "4": 10.0}}
    lines = plot_spread(details).axes[METRICS.index("binary")].lines
    drawn = [list(zip(np.asarray(line.get_xdata()), np.asarray(line.get_ydata()), strict=True)) for line in lines]
    assert drawn[0] == [(1, 1), (2, 0.5), (3, 0.25), (4, 0.125)]
    assert drawn[1:3] == [[(3, 0.25)], [(4, 0.125)]]
    assert [len(axes.lines) for axes in plot_spread(details).axes] == [9 if "hash" in m else 7 for m in METRICS]


def test_clusters_have_looks_of_their_own_and_panels_alone_are_grey() -> None:
    components = {f"{page}_1": [page, page % 5, page % 7] for page in range(61)}
    by_twos = [[f"{page}_1", f"{page + 1}_1"] for page in range(0, 60, 2)]
    told = {"k": 31, "components": components, "clusters": by_twos}
    axes: Any = plot_components({f"{metric}-pca_k_means": told for metric in METRICS}).axes[0]
    alone, *clusters = axes.collections
    assert to_hex(alone.get_facecolor()[0]) == ALONE_COLOUR
    assert [len(alone.get_offsets()), *(len(each.get_offsets()) for each in clusters)] == [1] + [2] * 30
    looks = {(to_hex(each.get_facecolor()[0]), each.get_paths()[0].vertices.tobytes()) for each in clusters}
    assert len(looks) == 30
    assert ALONE_COLOUR not in {colour for colour, _ in looks}


LABELS: list[dict[str, Any] | None] = [None, dict.fromkeys(HOSTILE_FILES, 1), {file: file for file in HOSTILE_FILES}]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("panels", "labels"), [(0, 0), (1, 1), (2, 1), (8, 2)])
def test_pictures_are_written_whatever_the_comic(tmp_path: Path, panels: int, labels: int) -> None:
    for path in write_plots(tmp_path, HOSTILE_FILES[:panels], LABELS[labels]).values():
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert picture.width >= 1000
            assert picture.height >= 500


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    labels = dict(zip(HOSTILE_FILES, "aabbcdef", strict=True))
    first, again = (write_plots(tmp_path / name, HOSTILE_FILES, labels) for name in ("a", "b"))
    assert len({path.read_bytes() for path in first.values()}) == len(PLOTS)
    for name in PLOTS:
        assert first[name].read_bytes() == again[name].read_bytes()
