"""The demo comic: the same from the same seed, its truth and its site at one, and its material what the truth says."""

import csv
import io
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urljoin

import cv2
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

import draw_demo
from demo_comic.characters import draw_character
from demo_comic.marks import generator
from demo_comic.parts.lookalikes import LOOKALIKES
from demo_comic.parts.plan import KINDS, TRUTH, share_out, showings
from demo_comic.pictures import outlines
from demo_comic.scenes import SCENES, Scene
from demo_comic.story import Panel, draw_panels, plot_story
from demo_comic.transformations import TRANSFORMATIONS, reframe
from demo_comic.traps import TRAPS
from draw_demo import ORIGIN

FORMATS = {"gif": "GIF", "png": "PNG", "jpg": "JPEG"}


def files(folder: Path) -> dict[str, bytes]:
    """Give the bytes of all files under a folder by their relative paths."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def frames(panel: Panel) -> list[np.ndarray]:
    """Give the frames of a panel as arrays of colours."""
    with Image.open(io.BytesIO(panel.image)) as image:
        return [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


@pytest.fixture(scope="module")
def comic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("comic")
    draw_demo.draw_demo(folder / "site", folder / "truth.csv", folder / "parts.csv", seed=5, pages=24, parts=0)
    return folder


@pytest.fixture(scope="module")
def truth(comic: Path) -> list[dict[str, str]]:
    with (comic / "truth.csv").open(newline="") as table:
        return list(csv.DictReader(table))


@pytest.fixture(scope="module")
def panels() -> Mapping[str, Panel]:
    """Give the panels of a comic long enough for each transformation and trap, by name."""
    return {panel.name: panel for panel in draw_panels(plot_story(2, 130), 2)}


@pytest.mark.slow
def test_another_process_draws_the_same_bytes(comic: Path, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from draw_demo import draw_demo as draw\n"
    code += "draw(*(Path(sys.argv[1]) / name for name in ('site', 'truth.csv', 'parts.csv')), 5, 24, 0)"
    scripts = str(Path(draw_demo.__file__).parent)
    surroundings = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": scripts}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=surroundings, check=True)
    assert files(tmp_path / "site") == files(comic / "site")
    assert (tmp_path / "truth.csv").read_bytes() == (comic / "truth.csv").read_bytes()


@pytest.mark.slow
def test_another_seed_draws_another_comic_at_another_address(comic: Path, tmp_path: Path) -> None:
    draw_demo.draw_demo(tmp_path / "site", tmp_path / "truth.csv", tmp_path / "parts.csv", 6, 24, 0)
    (one,), (other,) = (list((folder / "site").iterdir()) for folder in (comic, tmp_path))
    assert one.name != other.name
    images = [{image for name, image in files(folder).items() if "act" in name} for folder in (one, other)]
    assert not images[0] & images[1]


def test_the_pages_show_the_panels_of_the_truth_and_no_others(comic: Path, truth: list[dict[str, str]]) -> None:
    (edition,) = (comic / "site").iterdir()
    shown, starts, used = [], set(), set()
    for page in range(1, 25):
        if not (edition / f"{page}.html").exists():
            continue
        soup = BeautifulSoup((edition / f"{page}.html").read_text(), "html.parser")
        for count, image in enumerate(soup.select("img.panel"), start=1):
            source = str(image["src"])
            starts.add("absolute" if source.startswith("http") else "root" if source.startswith("/") else "relative")
            path = urljoin(f"{ORIGIN}/{edition.name}/{page}.html", source).removeprefix(f"{ORIGIN}/{edition.name}/")
            used.add(path)
            with Image.open(edition / path) as picture:
                assert picture.size == (650, 450)
                assert picture.format == FORMATS[path.rpartition(".")[2]]
            shown.append(f"results/downloads/images/{page}_{count}.{path.rpartition('.')[2]}")
    assert shown == [row["file"] for row in truth]
    assert [row["panel"] for row in truth] == [Path(row["file"]).stem for row in truth]
    assert used == {name for name in files(edition) if name.startswith("images/act")}
    assert starts == {"absolute", "root", "relative"}


def test_pages_have_titles_links_that_lead_somewhere_and_images_that_are_no_panels(comic: Path) -> None:
    (edition,) = (comic / "site").iterdir()
    pages = sorted(edition.glob("*.html"), key=lambda path: int(path.stem))
    assert 1 < len(pages) < 24, "a page number or more is left out"
    for page in pages:
        soup = BeautifulSoup(page.read_text(), "html.parser")
        assert soup.title is not None
        assert soup.title.text.startswith(f"{page.stem}. ")
        assert all((edition / str(link["href"])).is_file() for link in soup.select("a, link"))
        assert all((edition / str(image["src"])).is_file() for image in soup.select("img:not(.panel)"))
        assert len(soup.select("img:not(.panel)")) >= 2
    reached, page = 1, pages[0]
    while link := BeautifulSoup(page.read_text(), "html.parser").select_one("a:has(img[alt=next])"):
        reached, page = reached + 1, edition / str(link["href"])
    assert reached == len(pages)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**9), pages=st.integers(1, 400))
def test_any_story_keeps_its_promises(seed: int, pages: int) -> None:
    story = plot_story(seed, pages)
    places = [(plan.page, plan.count) for plan in story]
    assert places == sorted(set(places))
    assert places[0] == (1, 1)
    by_page = defaultdict(list)
    for page, count in places:
        by_page[page].append(count)
    assert max(by_page) <= pages
    assert all(counts == list(range(1, len(counts) + 1)) and len(counts) <= 3 for counts in by_page.values())
    assert pages <= 2 or len(by_page) < pages
    returns = Counter(plan.first for plan in story if plan.first)
    assert all(1 <= times <= 5 for times in returns.values())
    assert set(returns) == {(plan.page, plan.count) for plan in story if plan.transformation == "original"}
    assert all(1 <= plan.page - plan.first[0] <= 200 for plan in story if plan.first)
    if pages >= 100:
        assert 0.35 <= (sum(returns.values()) + len(returns)) / len(story) <= 0.45
        assert {plan.transformation for plan in story} == {*TRANSFORMATIONS, *TRAPS, "original", "single"}


def test_clusters_hold_a_drawing_and_its_returns(panels: Mapping[str, Panel]) -> None:
    members = defaultdict(list)
    for panel in panels.values():
        members[panel.cluster].append(panel)
    for first, *returns in members.values():
        assert first.source == ""
        assert (first.transformation == "original") == bool(returns)
        assert all(panel.source == first.name and panel.transformation in TRANSFORMATIONS for panel in returns)
    assert sorted(members) == list(range(1, len(members) + 1))


def test_only_exact_copies_have_the_bytes_of_the_panel_they_came_from(panels: Mapping[str, Panel]) -> None:
    returns = [panel for panel in panels.values() if panel.source]
    assert {panel.transformation for panel in returns} == set(TRANSFORMATIONS)
    for panel in returns:
        first = panels[panel.source]
        if panel.transformation != "exact":
            assert not any(np.array_equal(frames(panel)[0], frame) for frame in frames(first)), panel.name
        elif panel.extension == first.extension:
            assert np.array_equal(frames(panel)[0], frames(first)[0])
        else:
            difference = np.abs(frames(panel)[0].astype(int) - frames(first)[0])
            assert difference.mean() < 4, "encoded anew, not drawn anew"


def test_images_are_mostly_gifs_some_of_them_animated_with_and_without_reuse(panels: Mapping[str, Panel]) -> None:
    formats = Counter(panel.extension for panel in panels.values())
    assert set(formats) == set(FORMATS)
    assert formats["gif"] > len(panels) / 2
    animated = {panel.transformation for panel in panels.values() if len(frames(panel)) > 1}
    assert {"single", "original", "frame"} <= animated
    assert not animated & set(TRAPS)


def test_no_two_traps_are_the_same_and_each_stands_alone(panels: Mapping[str, Panel]) -> None:
    traps = [panel for panel in panels.values() if panel.transformation in TRAPS]
    assert {panel.transformation for panel in traps} == set(TRAPS)
    assert len({frames(panel)[0].tobytes() for panel in traps}) == len(traps)
    clusters = Counter(panel.cluster for panel in panels.values())
    assert all(clusters[panel.cluster] == 1 for panel in traps)


def test_blank_and_nearly_blank_panels_are(panels: Mapping[str, Panel]) -> None:
    for panel in panels.values():
        if panel.transformation in ("blank", "nearly_blank"):
            pixels = frames(panel)[0].reshape(-1, 3).astype(int)
            strays = float((np.abs(pixels - np.median(pixels, axis=0)).max(axis=1) > 40).mean())
            assert strays < 0.005
            assert (strays == 0) == (panel.transformation == "blank")


def edges(frame: np.ndarray) -> np.ndarray:
    """Give the edge bitmap of a frame as the fingerprint has it."""
    return cv2.Canny(cv2.resize(frame, (100, 100), interpolation=cv2.INTER_AREA), 100, 200) > 0


def dice(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> float:
    """Give the greatest share of edges that a frame of one and a frame of the other have in common."""
    return max(float(2 * (a & b).sum() / max(1, a.sum() + b.sum())) for a in one for b in other)


def test_mirrored_and_later_frame_returns_can_be_found_at_the_default_seed() -> None:
    story = plot_story(1, 240)
    returns = [plan for plan in story if plan.transformation in ("mirrored", "frame")]
    firsts = {plan.first for plan in returns}
    needed = [plan for plan in story if plan in returns or (plan.page, plan.count) in firsts]
    drawn = {panel.name: panel for panel in draw_panels(needed, 1)}
    bitmaps = {name: [edges(frame) for frame in frames(panel)] for name, panel in drawn.items()}
    assert len(returns) >= 8
    for panel in drawn.values():
        if panel.transformation == "frame":
            assert dice(bitmaps[panel.name][:1], bitmaps[panel.source]) < 0.5, "the first frame is something else"
            assert dice(bitmaps[panel.name][1:], bitmaps[panel.source]) >= 0.5
        elif panel.transformation == "mirrored":
            assert dice(bitmaps[panel.name], bitmaps[panel.source]) < 0.5, "not without the mirror image"
            assert dice([bitmap[:, ::-1] for bitmap in bitmaps[panel.name]], bitmaps[panel.source]) >= 0.5


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_scenes_go_on_beyond_the_frame(scene: Scene) -> None:
    rng = generator("beyond", scene.__name__)
    drawing = scene(rng, [draw_character(rng) for _ in range(4)])
    for scale, move in ((1.0, -130), (1.0, 130), (0.75, 250 * 0.25), (0.75, 400 * 0.25)):
        view = reframe(drawing, (scale, scale), (move, 225 * (1 - scale)))
        backdrop, *others = outlines(view)
        (left, top), (right, bottom) = backdrop.points.min(axis=0), backdrop.points.max(axis=0)
        assert max(left, top) <= 0, "the canvas is bare"
        assert right >= 650
        assert bottom >= 450
        assert min(float(shape.points[:, 0].min()) for shape in others) <= 0, "nothing is drawn on new ground"
        assert max(float(shape.points[:, 0].max()) for shape in others) >= 650


@pytest.fixture(scope="module")
def with_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    draw_demo.draw_demo(folder / "site", folder / "truth.csv", folder / "parts.csv", seed=5, pages=24, parts=26)
    return folder


@pytest.mark.slow
def test_pages_of_parts_follow_those_that_are_there_without_them(comic: Path, with_parts: Path) -> None:
    before, after = ((folder / "truth.csv").read_text().splitlines() for folder in (comic, with_parts))
    assert after[: len(before)] == before
    without, longer = (
        {name.partition("/")[2]: content for name, content in files(folder / "site").items()}
        for folder in (comic, with_parts)
    )
    drawn_before = {name: content for name, content in without.items() if name.startswith("images")}
    assert {name: longer[name] for name in drawn_before} == drawn_before
    assert len(longer) == len(without) + 2 * 26  # a page and a panel each
    assert (comic / "parts.csv").read_text().splitlines() == [",".join(TRUTH)]


@pytest.mark.slow
def test_boxes_of_parts_lie_in_panels_that_stand_alone_unless_they_share_half(with_parts: Path) -> None:
    with (with_parts / "truth.csv").open(newline="") as table:
        panels = {row["file"]: row for row in csv.DictReader(table)}
    clusters = Counter(row["cluster"] for row in panels.values())
    together = set()
    with (with_parts / "parts.csv").open(newline="") as table:
        parts = list(csv.DictReader(table))
    assert len({row["kind"] for row in parts}) >= 6
    (images,) = (with_parts / "site").glob("*/images")
    for row in parts:
        covers = []
        for file, box in ((row["file_a"], row["box_a"]), (row["file_b"], row["box_b"])):
            panel = panels[file]
            assert panel["transformation"] == row["kind"]
            page, _, count = panel["panel"].partition("_")
            (picture,) = images.glob(f"act*/{int(page):04d}{' abc'[int(count)]}.*")
            width, height = Image.open(picture).size
            left, top, right, bottom = map(int, box.split())
            assert 0 <= left < right <= width and 0 <= top < bottom <= height
            covers.append((right - left) * (bottom - top) / (width * height))
        if min(covers) >= 0.45:
            assert panels[row["file_a"]]["cluster"] == panels[row["file_b"]]["cluster"]
            together |= {row["file_a"], row["file_b"]}
    assert together, "none shares so much"
    further = {file for file, panel in panels.items() if panel["transformation"] in (*KINDS, *LOOKALIKES)}
    assert len(further) == 26
    assert {file for file in further if clusters[panels[file]["cluster"]] > 1} == together


@given(st.integers(0, 400))
def test_pages_of_parts_are_as_many_as_asked_for(pages: int) -> None:
    motifs, lookalikes = share_out(pages)
    seen = sum(showings(kind, motif) for kind, count in motifs.items() for motif in range(count))
    assert seen + sum(lookalikes.values()) == pages
    assert pages < 40 or min(*motifs.values(), *(lookalikes[kind] for kind in LOOKALIKES)) > 0
