"""The study's page: that it shows the figures of its tables and the panels they speak of, and nothing else runs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image

import study as step
from browser import browser
from fingerprint import write_thumbnails
from pictures import edges_at, encoded, frame
from reprise.shards import Panel
from reprise.study.essay import BITMAP_BITS, MAIN_JOB, METHODS, METRICS
from reprise.study.files import read_distances
from reprise.study.truth import APART, TOGETHER, UNJUDGED
from study import choose_pairs, count_near, study
from test_study_plots import HOSTILE_FILES, PLOTS, some_distance, write_distances, write_ignored, write_labels

TEMPLATE = Path(step.__file__).with_suffix(".html")
SCORES = ["pair_precision", "pair_recall", "pair_f1", "bcubed_precision", "bcubed_recall", "bcubed_f1"]
SETTINGS = {"restarts": 17, "least_k": 4, "most_k": 23, "seed": 5, "mirror": True, "fewest_edges": 30}
COLOURS = [(214, 40, 40), (30, 136, 78), (32, 84, 200), (240, 170, 20)]


def jpeg(number: int) -> bytes:
    """A thumbnail of one colour, its size told by its number too."""
    return encoded("JPEG", Image.new("RGB", (200 - number % 50, 120), COLOURS[number % len(COLOURS)]))


def edge_bits(number: int, bits: int) -> np.ndarray:
    """Return a bitmap that has 100 bits set for each panel before it; the seventh is a negative, which has as few."""
    row = np.arange(bits) < 100 * number
    return np.packbits(~row if number == 6 else row)


def write_methods(path: Path, judged: bool, scores: Mapping[str, float] = MappingProxyType({})) -> pd.DataFrame:
    """Write a table of methods as `methods` does, drawn at random; `scores` are the B-cubed F1 of some groupings."""
    draw = np.random.default_rng(3)
    rows = []
    for number, method in enumerate([*METHODS.values(), MAIN_JOB]):
        drawn = dict(zip(SCORES, draw.random(6).round(4), strict=True)) | {"floor": 0.4321}
        drawn["bcubed_f1"] = scores.get(method.grouping, drawn["bcubed_f1"])
        row: dict[str, Any] = {"metric": method.metric, "grouping": method.grouping, "setting": f"below {number}"}
        row |= {"clusters": number, "largest_cluster": 1000 + number}
        rows.append(
            row | (drawn if judged else dict.fromkeys(drawn)) | {"seconds": None if method == MAIN_JOB else number / 8}
        )
    pd.DataFrame(rows).to_csv(path, index=False)
    return pd.DataFrame(rows)


def write_study(
    place: Path,
    files: Sequence[str],
    clusters: dict[str, Any] | None = None,
    ignored: Sequence[tuple[str, str]] = (),
    unreadable: int = 0,
    scores: Mapping[str, float] = MappingProxyType({}),
) -> Path:
    """Make up a comic of these files, a page each, the last ones unreadable; run the step and return the page."""
    results = place / "results"
    results.mkdir(parents=True)
    names = [f"{page}_1" for page in range(1, len(files) + 1)]
    pages = range(1, len(files) + 1)
    panels = {"panel": names, "page": pages, "count": 1, "page_name": pages, "file": list(files), "title": list(files)}
    pd.DataFrame(panels).to_csv(place / "panels.csv", index=False)
    read = names[: len(files) - unreadable]
    packed = {
        metric: np.array([edge_bits(number, bits) for number in range(len(read))], np.uint8).reshape(-1, bits // 8)
        for metric, bits in BITMAP_BITS.items()
    }
    np.savez(place / "bitmaps.npz", allow_pickle=False, panel=np.array(read, dtype=str), **packed)
    frames = [Panel(frames=[frame(edges_at(), thumbnail=jpeg(number))]) for number in range(len(read))]
    (place / "thumbnails").mkdir()
    write_thumbnails(names, frames + [Panel("damaged")] * unreadable, place / "thumbnails")
    write_methods(results / "methods.csv", clusters is not None, scores)
    for number, name in enumerate(PLOTS):
        Image.new("RGB", (900 + number, 400), (0, 200, 200)).save(results / f"{name}.png")
    study(
        *(write_distances(results / "distances", read), results / "methods.csv", [place / "bitmaps.npz"]),
        *(place / "panels.csv", [place / "thumbnails"], [results / f"{name}.png" for name in PLOTS]),
        write_labels(place / "labels.csv", clusters) if clusters is not None else None,
        write_ignored(place / "ignored.csv", ignored) if ignored else None,
        TEMPLATE,
        SETTINGS,
        *(results / "index.html", results / "thumbnails", results / "edge_pixels.csv"),
    )
    return results / "index.html"


def parse(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def words(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


TEN = [f"{page}.png" for page in range(1, 11)]
CLUSTERS = dict(zip(TEN, "aaaabbbccd", strict=True))


def shown(page: BeautifulSoup, metric: str, kind: str) -> list[tuple[str, str, str]]:
    """Return the pairs of a kind that the page shows for a metric: their panels, by picture, and their distance."""
    found = []
    for item in page.select(f"#{metric} .{kind} li"):
        a, b = (Path(str(image["src"])).stem for image in item.select("img"))
        found.append((a, b, item.select("b")[0].text))
    return found


def in_table(page: Path, metric: str, kinds: set[bool] | None = None) -> list[tuple[str, str, str]]:
    """Return the rows of a table of distances as the page would say them; of true or false pairs only, if asked."""
    table = pd.read_csv(page.parent / "distances" / f"{metric}.csv", dtype={"panel_a": str, "panel_b": str})
    label = {f"{number}_1": CLUSTERS[file] for number, file in enumerate(TEN, 1)}
    rows = []
    for a, b, distance in table.itertuples(index=False):
        if kinds is None or (label[a] == label[b]) in kinds:
            rows.append((a, b, f"{distance:.3f}" if metric == "dice" else f"{distance:,}"))
    return rows


def test_each_metric_shows_its_nearest_and_its_worst_pairs(tmp_path: Path) -> None:
    path = write_study(tmp_path, TEN, CLUSTERS)
    page = parse(path)
    assert [article["id"] for article in page.select("section:first-of-type article")] == list(METRICS)
    for metric in METRICS:
        assert shown(page, metric, "nearest") == in_table(path, metric)[:6]
        assert shown(page, metric, "apart") == in_table(path, metric, {False})[:6]
        assert shown(page, metric, "together") == in_table(path, metric, {True})[:-7:-1]
        said = [words(tag) for tag in page.select(f"#{metric} .nearest li span")]
        true = set(in_table(path, metric, {True}))
        assert said == ["together" if row in true else "not together" for row in in_table(path, metric)[:6]]


def test_without_labels_the_worst_are_the_furthest(tmp_path: Path) -> None:
    path = write_study(tmp_path, TEN)
    page = parse(path)
    for metric in METRICS:
        assert shown(page, metric, "nearest") == in_table(path, metric)[:6]
        assert shown(page, metric, "furthest") == in_table(path, metric)[:-7:-1]
    assert "evaluation.labels" in words(page.select("header")[0])
    assert not page.select("li span, .best")
    assert "B-cubed" not in words(page.select("main")[0])


def test_a_pair_to_judge_neither_way_is_not_among_the_worst(tmp_path: Path) -> None:
    pairs = [(file_a, file_b) for file_a in TEN[:2] for file_b in TEN]
    path = write_study(tmp_path, TEN, CLUSTERS, pairs)
    page = parse(path)
    for metric in METRICS:
        worst = shown(page, metric, "apart") + shown(page, metric, "together")
        assert worst
        assert not {name for a, b, _ in worst for name in (a, b)} & {"1_1", "2_1"}


def test_no_pair_is_both_nearest_and_furthest() -> None:
    pairs = pd.DataFrame({"distance": range(8), "judged": UNJUDGED})
    chosen = choose_pairs(pairs)
    assert chosen["nearest"]["distance"].tolist() == [0, 1, 2, 3, 4, 5]
    assert chosen["furthest"]["distance"].tolist() == [7, 6]
    one_label = choose_pairs(pairs.assign(judged=[APART] + [UNJUDGED] * 6 + [TOGETHER]))
    assert {kind: rows["distance"].tolist()[:2] for kind, rows in one_label.items()} == {
        "nearest": [0, 1],
        "apart": [0],
        "together": [7],
    }


def test_all_methods_are_in_the_table_as_in_the_csv(tmp_path: Path) -> None:
    page = parse(write_study(tmp_path, TEN, CLUSTERS))
    methods = write_methods(tmp_path / "again.csv", True)
    groups = page.select(".all tbody")
    assert [words(group.select("th")[0]) for group in groups] == [*METRICS, "reprise"]
    rows = [row for group in groups for row in group.select("tr")[1:]]
    for row, known in zip(rows, methods.itertuples(), strict=True):
        cells = [words(cell) for cell in row.select("td")]
        best = known.bcubed_f1 == methods["bcubed_f1"].max()
        assert cells[0] == f"{known.grouping} best" if best else known.grouping
        assert (row.get("class") == ["best"]) == best
        figures = [f"{getattr(known, score):.3f}" for score in SCORES]
        seconds = "" if known.grouping == "main_job" else f"{known.seconds:.2f}"
        expected = [known.setting, f"{known.clusters}", f"{known.largest_cluster:,}", *figures, seconds]
        assert cells[1:] == expected
        own = f"groups/{known.metric}-{known.grouping}.csv"
        assert row.select("a")[0]["href"] == ("../clusters.csv" if known.grouping == "main_job" else own)
    assert len(page.select(".best")) == 1
    said = words(page.select("section[aria-labelledby=methods] p")[0])
    assert "0.432" in said
    assert f"{(methods['bcubed_f1'] < 0.4321).sum()} of {len(METHODS) + 1} methods" in said


def test_lessons_say_of_this_comic_only_what_its_figures_show(tmp_path: Path) -> None:
    page = parse(write_study(tmp_path, TEN, CLUSTERS))
    known = write_methods(tmp_path / "again.csv", True)
    score = dict(zip(zip(known["metric"], known["grouping"], strict=True), known["bcubed_f1"], strict=True))
    for lesson, comparisons in (("resize", 7), ("threshold", 4), ("modularity", 12)):
        rows = page.select(f"#{lesson} tbody tr")
        assert len(rows) == comparisons
        gains = []
        for row in rows:
            names = [code.text for code in row.select("code")]
            before, after = score[names[0], names[1]], score[names[2], names[3]]
            cells = [words(cell) for cell in row.select("td")]
            assert (cells[3], cells[7]) == (f"{before:.3f}", f"{after:.3f}")
            assert [bold.text for bold in row.select("b")] == [f"{max(before, after):.3f}"]
            gains.append(after - before)
        higher, lower = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
        verdict = "does not show it" if higher <= lower else "shows it in part" if lower else "shows it"
        said = words(page.select(f"#{lesson} .verdict")[0])
        assert said.startswith(f"This comic {verdict}.")
        assert said.endswith(f"in {higher} cases and the lower in {lower}.")


@pytest.mark.parametrize(
    ("k_means", "modularity", "verdict", "higher", "lower"),
    [(0.1, 0.9, "shows it.", 12, 0), (0.9, 0.1, "does not show it.", 0, 12), (0.5, 0.5, "does not show it.", 0, 0)],
)
def test_a_lesson_that_all_or_no_figures_show_is_called_so(
    tmp_path: Path, k_means: float, modularity: float, verdict: str, higher: int, lower: int
) -> None:
    scores = {"k_means": k_means, "k_means_forced": k_means, "greedy_modularity": modularity}
    said = words(parse(write_study(tmp_path, TEN, CLUSTERS, scores=scores)).select("#modularity .verdict")[0])
    assert said.startswith(f"This comic {verdict}")
    assert said.endswith(f"in {higher} cases and the lower in {lower}.")


def test_the_barest_panels_are_shown_with_what_they_match(tmp_path: Path) -> None:
    path = write_study(tmp_path, TEN)
    items = parse(path).select(".barest li")
    # The seventh panel is the negative of 600 edge pixels, which counts as many.
    assert [Path(str(item.select("img")[0]["src"])).stem for item in items] == [f"{page}_1" for page in range(1, 7)]
    for number, item in enumerate(items):
        others = [tuple(sorted((number, other))) for other in range(10) if other != number]
        near = sum(some_distance("resize_then_canny", a, b) < 1100 for a, b in others)
        alike = sum(some_distance("dice", a, b) <= 0.5 for a, b in others)
        assert [bold.text for bold in item.select("b")] == [str(100 * number), str(near), str(alike)]


@pytest.mark.parametrize(
    ("metric", "distances", "near"),
    [("average_hash", (15, 16, 17), (1, 1, 0)), ("dice", (0.5, 0.5, 0.500001), (2, 1, 1))],
)
def test_near_is_below_the_threshold_and_for_dice_at_it_too(
    tmp_path: Path, metric: str, distances: tuple[float, ...], near: tuple[int, ...]
) -> None:
    apart = dict(zip(((0, 1), (0, 2), (1, 2)), distances, strict=True))
    paths = write_distances(tmp_path, ["1_1", "2_1", "3_1"], lambda _, a, b: apart[a, b])
    pairs = read_distances(paths[METRICS.index(metric)], ["1_1", "2_1", "3_1"])
    assert tuple(count_near(metric, pairs)) == near


def test_edge_pixels_are_written_as_the_essay_counts_them(tmp_path: Path) -> None:
    path = write_study(tmp_path, ["a, b.png", *TEN[:7]], unreadable=1)
    table = pd.read_csv(path.parent / "edge_pixels.csv")
    assert list(table.columns) == ["panel", "file", "canny_then_resize", "resize_then_canny"]
    assert table["panel"].tolist() == [f"{page}_1" for page in range(1, 8)]
    assert table["file"].tolist() == ["a, b.png", *TEN[:6]]
    assert table["resize_then_canny"].tolist() == [0, 100, 200, 300, 400, 500, 600]
    assert "7 of 8 panels could be read and compared: 21 pairs." in words(parse(path).select("header")[0])


def test_thumbnails_are_those_of_the_panels_shown_lazy_and_of_known_size(tmp_path: Path) -> None:
    path = write_study(tmp_path, [f"{page}.png" for page in range(1, 41)])
    used = set()
    for image in parse(path).select("img"):
        assert image["loading"] == "lazy"
        assert image["alt"]
        with Image.open(path.parent / str(image["src"])) as picture:
            assert (image["width"], image["height"]) == (str(picture.width), str(picture.height))
        used.add(Path(str(image["src"])).stem)
    assert used >= set(PLOTS)
    assert {thumbnail.stem for thumbnail in (path.parent / "thumbnails").iterdir()} == used - set(PLOTS)
    assert (path.parent / "thumbnails" / "3_1.jpg").read_bytes() == jpeg(2)


def test_every_link_leads_to_a_file_beside_the_page_or_a_place_in_it(tmp_path: Path) -> None:
    path = write_study(tmp_path, TEN, CLUSTERS)
    page = parse(path)
    followed = 0
    for link in page.select("a"):
        href = str(link["href"])
        if href.startswith("#"):
            assert len(page.select(href)) == 1, href
        elif not href.startswith(("groups/", "../clusters.csv")):
            assert (path.parent / href).is_file(), href
        followed += 1
    assert followed > len(METHODS) + len(METRICS)


def test_the_settings_and_every_method_are_explained(tmp_path: Path) -> None:
    page = parse(write_study(tmp_path, TEN))
    assert {term.text for term in page.select("dt")} == {method.grouping for method in [*METHODS.values(), MAIN_JOB]}
    said = words(page.select("main")[0])
    for part in ("17 times", "up to 23", "k at least 4", "seed of k-means is 5", "fewer than 30 edge pixels"):
        assert part in said
    assert "snakemake --cores all study" in said


def assert_nothing_is_markup(page: BeautifulSoup) -> None:
    assert not page.select("script, svg, iframe, object, embed, base, form")
    for image in page.select("img"):
        assert str(image["src"]).startswith("thumbnails/") or Path(str(image["src"])).stem in PLOTS
    for element in page.select("*"):
        assert not [name for name in element.attrs if name.lower().startswith("on")]


def hostile_study(place: Path) -> Path:
    """Files and titles are hostile, and so are the names of the clusters in the labels."""
    return write_study(
        place, HOSTILE_FILES, {file: HOSTILE_FILES[number // 2] for number, file in enumerate(HOSTILE_FILES)}
    )


def test_hostile_names_and_titles_are_shown_as_they_are(tmp_path: Path) -> None:
    page = parse(hostile_study(tmp_path))
    assert_nothing_is_markup(page)
    images = [image for image in page.select("img") if image.get("title")]
    assert {str(image["title"]) for image in images} == set(HOSTILE_FILES)
    assert {str(image["alt"]).partition(": ")[2] for image in images} == set(HOSTILE_FILES)


@pytest.mark.parametrize("labels", [None, {"1.png": 1, "2.png": 1}, {"1.png": 1, "2.png": 2}])
@pytest.mark.parametrize("panels", [1, 2])
def test_a_comic_of_one_or_two_panels_has_a_page_too(
    tmp_path: Path, panels: int, labels: dict[str, int] | None
) -> None:
    page = parse(write_study(tmp_path, TEN[:panels], labels))
    pairs = panels - 1
    assert [len(shown(page, metric, "nearest")) for metric in METRICS] == [pairs] * len(METRICS)
    assert len(page.select(".barest li")) == panels
    assert "nan" not in words(page.select("main")[0])


def test_a_comic_that_cannot_be_read_has_a_page_too(tmp_path: Path) -> None:
    path = write_study(tmp_path, TEN[:2], unreadable=2)
    page = parse(path)
    assert "0 of 2 panels could be read" in words(page.select("header")[0])
    assert words(page.select("#binary")[0]).endswith("There is no pair to show.")
    assert "nan" not in words(page.select("main")[0])
    assert list((path.parent / "thumbnails").iterdir()) == []


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = (write_study(tmp_path / name, TEN, CLUSTERS).parent for name in ("a", "b"))
    assert contents(first) == contents(again)


@pytest.mark.slow
def test_a_browser_shows_the_pictures_from_disk(tmp_path: Path) -> None:
    index = write_study(tmp_path / "a name with # and %", TEN[:4])
    screenshot = tmp_path / "screenshot.png"
    browser("--window-size=1280,900", f"--screenshot={screenshot}", index.as_uri(), profile=tmp_path / "profile")
    with Image.open(screenshot) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    for colour in COLOURS:
        # All four panels are in the six nearest pairs of the first metric, three times each and 90 pixels wide.
        assert (np.abs(pixels - colour).max(axis=2) <= 6).sum() > 3 * 80 * 40


def test_a_browser_runs_nothing_that_a_comic_says(tmp_path: Path) -> None:
    index = hostile_study(tmp_path)
    page = BeautifulSoup(browser("--dump-dom", index.as_uri(), profile=tmp_path / "profile"), "html.parser")
    assert_nothing_is_markup(page)
    assert [title.text for title in page.select("title")] == ["Reprise: the essay’s methods side by side"]
    # Were something to slip through all the same, this line in the page forbids it to run.
    policy = str(page.select("meta[http-equiv=Content-Security-Policy]")[0]["content"])
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.slow
def test_a_browser_fits_the_page_on_a_narrow_screen(tmp_path: Path) -> None:
    index = write_study(tmp_path, TEN, CLUSTERS)
    # A browser's own window cannot be as narrow as a telephone.
    window = tmp_path / "window.html"
    window.write_text(f'<body style="margin:0"><iframe src="{index.relative_to(tmp_path)}" width="400" height="13000">')
    screenshot = tmp_path / "screenshot.png"
    browser("--window-size=500,13000", f"--screenshot={screenshot}", window.as_uri(), profile=tmp_path / "profile")
    with Image.open(screenshot) as image:
        pixels = np.asarray(image.convert("RGB"))
    # The page has a margin of 16 pixels, in a border of two; nothing but the outline of a picture may reach into it.
    assert len(np.unique(pixels[100:12900, 2:16].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(pixels[100:12900, 390:402].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(pixels[100:12900, 16:390].reshape(-1, 3), axis=0)) > 100
