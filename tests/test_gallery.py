"""The gallery: what is shown, in which order, that nothing a comic says becomes markup, and that a browser shows it."""

import io
import json
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import expect

import gallery as step
from browser import SCREENS, browser, hard_for_some, opened
from fingerprint import write_thumbnails
from gallery import gallery, web_address
from pictures import edges_at, frame, size_of
from reprise.corrections import read_list
from reprise.look_up import PANELS_A_PAGE
from reprise.shards import Panel
from reprise.thumbnails import link_thumbnails

TEMPLATES = Path(step.__file__).with_suffix("")
NEAR = [("a", np.int64), ("b", np.int64), ("score", np.float64)]
PANEL_COLUMNS = ["panel", "page", "count", "page_name", "file", "url", "page_url", "title", "text"]
PANEL_COLUMNS += ["status", "detail", "edges", "width", "height"]
RING = (230, 23, 92)  # as gallery.css has it
SHARED = ["data.js", "gallery.js"]
COLOURS = [(214, 40, 40), (30, 136, 78), (32, 84, 200), (240, 170, 20)]

HOSTILE = [
    "<script>document.title='run'</script>.gif",
    '"><img src=x onerror=alert(1)>.gif',
    "' onmouseover='alert(1).gif",
    "</details></table></style><svg onload=alert(1)>.gif",
    "{{ 7 * 7 }}{% raw %}.gif",
    "-rf &amp; ノート 🎨.GIF",
    "NA",
    "007",
]


def jpeg(number: int) -> bytes:
    """A thumbnail of one colour, its size told by its number too."""
    content = io.BytesIO()
    Image.new("RGB", (200 - number % 50, 120 + number % 40), COLOURS[number % len(COLOURS)]).save(content, "JPEG")
    return content.getvalue()


def panel(name: str, **known: Any) -> dict[str, Any]:
    page, count = name.split("_")
    usual = {
        "file": f"{name}.gif",
        "url": "",
        "page_url": f"https://comic.example/{page}",
        "title": "",
        "text": "",
        "page_name": page,
    }
    return {
        "panel": name,
        "page": page,
        "count": count,
        **usual,
        "status": "ok",
        "detail": "",
        "edges": 900,
        "width": 650,
        "height": 450,
    } | known


def write_gallery(
    place: Path,
    panels: Sequence[dict[str, Any]],
    clusters: Sequence[Sequence[str]] = (),
    pairs: Sequence[tuple[Any, ...]] = (),
    missing: Sequence[tuple[int, str, str]] = (),
    clusters_per_page: int = 50,
    ranking: Sequence[tuple[Any, ...]] = (),
    apart: int = 0,
    together: int = 0,
    left_out: Sequence[int] = (),
    page_url: str | None = None,
    title: str = "A comic",
    passages: Sequence[Sequence[tuple[str, str]]] = (),
    below: Sequence[tuple[str, str, float]] = (),
    motifs: Sequence[tuple[Any, ...]] = (),
    compositions: Sequence[tuple[Any, ...]] = (),
) -> Path:
    """Write the tables and thumbnails that the step reads, run it, and return its folder."""
    place.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(panels, columns=PANEL_COLUMNS).to_csv(place / "panels.csv", index=False)
    usual = (0, 0, "", "", 0.8, "The edges meet.", "false", 1, 0, 0, "", "", "", 1, 1)
    boxes = ["box_a", "box_b", "cover_a", "cover_b"]
    explained = pd.DataFrame(
        [(*pair, *usual[len(pair) - 4 :]) for pair in pairs],
        columns=[name for name in step.PAIR_COLUMNS if name not in boxes]
        + ["zoom", "across", "down", "changes", *boxes],
    )
    explained[step.PAIR_COLUMNS].to_csv(place / "pairs.csv", index=False)
    explained[["panel_a", "panel_b", "zoom", "across", "down", "changes"]].to_csv(place / "overlays.csv", index=False)
    graph: dict[str, Any] = {"apart": np.zeros((apart, 2), np.int64), "together": np.zeros((together, 2))}
    place_of = {row["panel"]: number for number, row in enumerate(panels)}
    for name, some in (("matches", pairs), ("below", below)):
        graph[name] = np.array([(place_of[a], place_of[b], score) for a, b, score, *_ in some], NEAR)
    np.savez(place / "matches.npz", left_out=np.array(left_out, dtype=np.int64), **graph)
    members = [(rank, name, "", 0) for rank, names in enumerate(clusters, 1) for name in names]
    pd.DataFrame(members, columns=["cluster", "panel", "file", "page"]).to_csv(place / "clusters.csv", index=False)
    usual_return = (9, 0.7, "redraw", 0.2, 0.6, 0.7, 0.8, "callback", "false")
    why = [*ranking, *((names[-1], names[0], *usual_return) for names in clusters[len(ranking) :])]
    ranked = [(rank, *figures) for rank, figures in enumerate(why, 1)]
    pd.DataFrame(ranked, columns=step.RANKING_COLUMNS).to_csv(place / "ranking.csv", index=False)
    returns = [
        (n, a, b, int(b.split("_")[0]) - int(a.split("_")[0])) for n, ends in enumerate(passages, 1) for a, b in ends
    ]
    pd.DataFrame(returns, columns=step.PASSAGE_COLUMNS).to_csv(place / "passages.csv", index=False)
    pd.DataFrame(motifs, columns=step.MOTIF_COLUMNS).to_csv(place / "motifs.csv", index=False)
    pd.DataFrame(compositions, columns=step.COMPOSITION_COLUMNS).to_csv(place / "compositions.csv", index=False)
    pages = [(page, str(page), 0, address, "", why) for page, address, why in missing]
    pages += [(int(page), page, 1, "", "", "ok") for page in dict.fromkeys(str(row["page"]) for row in panels)]
    pd.DataFrame(pages, columns=["page", "page_name", "panels", "page_url", "title", "status"]).to_csv(
        place / "pages.csv", index=False
    )
    half = len(panels) // 2
    (place / "edges").mkdir(exist_ok=True)
    for number in range(-(-len(panels) // PANELS_A_PAGE)):
        Image.new("1", (1000, 1000)).save(place / "edges" / f"{number + 1}.png")
    thumbnails = []
    for first, last in ((0, half), (half, len(panels))):
        read = [
            Panel(frames=[frame(edges_at(), 0, thumbnail=jpeg(p)), frame(edges_at(), 4, thumbnail=jpeg(p + 7))])
            if panels[p]["status"] == "ok"
            else Panel("damaged")
            for p in range(first, last)
        ]
        thumbnails.append(place / f"{first}")
        thumbnails[-1].mkdir(exist_ok=True)
        write_thumbnails([row["panel"] for row in panels[first:last]], read, thumbnails[-1])
    gallery(
        place / "clusters.csv",
        place / "ranking.csv",
        place / "passages.csv",
        place / "motifs.csv",
        place / "compositions.csv",
        place / "pairs.csv",
        place / "matches.npz",
        place / "panels.csv",
        place / "pages.csv",
        thumbnails,
        place / "overlays.csv",
        None,
        None,
        TEMPLATES,
        place / "edges",
        title,
        page_url,
        "0.1.0",
        "a Dice coefficient of 0.5 or more",
        "Clusters by leiden.",
        30,
        clusters_per_page,
        place / "gallery",
    )
    return place / "gallery"


def parse(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def words(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


def simple_gallery(place: Path, **options: Any) -> Path:
    """Two clusters, the second of which holds two panels of one page."""
    return write_gallery(
        place,
        [panel(name) for name in ("2_1", "9_1", "10_1", "10_2", "110_1", "111_1")],
        [["9_1", "110_1"], ["2_1", "10_1", "10_2"]],
        [
            ("2_1", "10_1", 0.61, "recolour"),
            ("2_1", "10_2", 0.72, "redraw"),
            ("9_1", "110_1", 0.987, "mirrored"),
            ("10_1", "10_2", 0.9, "duplicate"),
        ],
        **options,
    )


def ids(page: BeautifulSoup) -> list[str]:
    return [str(card["id"]) for card in page.select(".card")]


def test_callbacks_come_before_scenes_each_in_rank_order_and_their_panels_in_story_order(tmp_path: Path) -> None:
    scene = ("10_2", "2_1", 0, 0.716, "redraw", 0.598, 0.7, 0.8, 0.956, "scene", "true")
    callback = ("110_1", "9_1", 101, 0.987, "mirrored", 0.4, 0.7, 0.8, 1, "callback", "false")
    names = ["110_1", "9_1"], ["10_2", "10_1", "2_1"]
    panels = [panel(name) for name in ("2_1", "9_1", "10_1", "10_2", "110_1", "111_1")]
    pairs = [("2_1", "10_1", 0.6, "redraw"), ("2_1", "10_2", 0.7, "redraw"), ("9_1", "110_1", 0.9, "mirrored")]
    page = parse(write_gallery(tmp_path, panels, names[::-1], pairs, ranking=[scene, callback]) / "index.html")
    assert ids(page) == ["9_1", "2_1"]
    assert [words(heading) for heading in page.select(".card h3")] == ["Back after 101 pages", "Again on the same page"]
    assert [words(use) for use in page.select(".life li")] == [
        *("page 9 first use", "page 110 +101 pages mirrored"),
        *("page 2 first use", "page 10, panel 1 +8 pages redrawn", "page 10, panel 2 same page redrawn"),
    ]
    assert ids_of_folded(page) == ["2_1"]
    assert words(page.select(".found")[0]) == (
        "1 drawing comes back later in the story, the furthest after 101 pages ; 1 scene holds one drawing for a while."
    )


def ids_of_folded(page: BeautifulSoup) -> list[str]:
    return [str(card["id"]) for card in page.select("details:not([open]) .card")]


def test_a_card_says_what_kind_of_return_it_is_and_why(tmp_path: Path) -> None:
    unsure = ("110_1", "9_1", 12_345, 0.9, "mirrored", 0.9, 0.9, 0.9, 0.2, "callback", "true")
    cards = parse(simple_gallery(tmp_path, ranking=[unsure]) / "index.html").select(".card")
    assert [words(card.select(".facts")[0]) for card in cards] == [
        "mirrored 2 panels · 0.90 alike · unsure",
        "redrawn recoloured exact copy 3 panels · 0.70 alike",
    ]
    assert words(cards[0].select("h3")[0]) == "Back after 12,345 pages"
    assert words(cards[0].select(".why")[0]) == "The edges meet."


def test_the_two_drawings_are_those_of_the_return_in_the_frames_that_match(tmp_path: Path) -> None:
    panels = [panel("1_1"), panel("2_1"), panel("3_1")]
    pairs = [("1_1", "2_1", 0.9, "frame", 0, 4, "", 151.25), ("2_1", "3_1", 0.6, "frame", 4, 0, 151.25, "")]
    why = ("3_1", "2_1", 1, 0.6, "frame", 0.5, 0.6, 0.7, 1, "callback", "false")
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1", "3_1"]], pairs, ranking=[why])
    page = parse(folder / "index.html")
    shown = [(folder / str(image["src"])).read_bytes() for image in page.select(".two img")]
    assert shown == [jpeg(1 + 7), jpeg(2)]
    assert [words(caption) for caption in page.select(".two figcaption")] == ["page 2 , at 2:31", "page 3"]
    assert [str(link["data-pair"]) for link in page.select(".two a[data-pair]")] == ["2_1,3_1"] * 2
    assert (folder / "thumbnails/2_1.jpg").read_bytes() == jpeg(1 + 7)


@pytest.mark.parametrize(
    ("frame_shown", "time", "said"),
    [(0, "", ""), (3, "", "frame 4"), (3, "0.5", "frame 4"), (0, "0.0", ""), (9, "3723.0", "at 1:02:03")],
)
def test_a_frame_is_told_by_its_time_or_its_number(frame_shown: int, time: str, said: str) -> None:
    assert step.say_frame(frame_shown, time) == said


SIDES = ("x", "y", "width", "height")


def ring_boxes(figure: Tag) -> list[list[float]]:
    """The rings on a picture: left, top, width and height in shares of it."""
    width, height = (float(str(figure.select("img")[0][side])) for side in ("width", "height"))
    return [
        [float(str(ring[side])) / whole for side, whole in zip(SIDES, (width, height) * 2, strict=True)]
        for ring in figure.select("svg.rings rect")
    ]


def test_what_changed_is_ringed_in_both_drawings_of_a_card(tmp_path: Path) -> None:
    panels = [panel(name) for name in ("1_1", "2_1", "3_1", "4_1")]
    placed = ("", "", 0.8, "Why.", "true", 1, 10, 0, "20 30 20 10; 90 0 10 10")
    pairs = [("1_1", "2_1", 0.9, "mirrored", 0, 0, *placed), ("3_1", "4_1", 0.9, "duplicate")]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1"], ["3_1", "4_1"]], pairs)
    first, second, *others = parse(folder / "index.html").select(".two figure")
    assert np.allclose(ring_boxes(second), [[0.2, 0.3, 0.2, 0.1], [0.9, 0, 0.1, 0.1]], atol=0.004)
    # From the second's middle 30 to 10 % to the left; less the shift of 10; in a mirror to the right.
    assert np.allclose(np.array(ring_boxes(first))[:, [0, 2]], [[0.7, 0.2], [0.1, 0.1]], atol=0.004)
    assert all(not figure.select("svg") for figure in others)
    assert all(ring["aria-hidden"] == "true" for ring in (*first.select("svg"), *second.select("svg")))


shares = st.floats(0, 90)


@given(
    box=st.tuples(shares, shares, st.floats(1, 10), st.floats(1, 10)),
    mirrored=st.booleans(),
    place=st.tuples(st.floats(0.6, 1.6), st.floats(-30, 30), st.floats(-30, 30)),
    sizes=st.tuples(*[st.integers(50, 640)] * 4),
)
def test_a_box_lies_in_the_first_drawing_where_that_lies_upon_the_second(
    box: tuple[float, ...], mirrored: bool, place: tuple[float, ...], sizes: tuple[int, ...]
) -> None:
    (wide_a, high_a, wide_b, high_b), (zoom, across, down) = sizes, place
    shown = {"a": step.Shown("a", (wide_a, high_a)), "b": step.Shown("b", (wide_b, high_b))}
    left, top, width, height = step.in_the_first(box, mirrored, place, shown)
    factor = zoom * wide_b / wide_a

    def lay(x: float, y: float) -> tuple[float, float]:
        """As compare.js lays the first: in percent of the second, where a point of the first in percent of it lies."""
        turned = (50 - x if mirrored else x - 50) * wide_a / 100
        return (
            50 + across + 100 * turned * factor / wide_b,
            50 + down + (y - 50) * high_a * factor / high_b,
        )

    for x, y in ((left, top), (left + width, top + height)):
        if 0 < x < 100 and 0 < y < 100:
            at = lay(x, y)
            assert min(abs(at[0] - box[0]), abs(at[0] - box[0] - box[2])) < 0.4
            assert min(abs(at[1] - box[1]), abs(at[1] - box[1] - box[3])) < 0.4 * max(1, high_a * factor / high_b)


def test_a_drawing_of_many_uses_has_a_page_of_its_own(tmp_path: Path) -> None:
    names = [f"{page}_1" for page in range(1, step.MOST_USES + 3)]
    pairs = [(a, b, 0.9, "redraw") for a, b in pairwise(names)]
    folder = write_gallery(tmp_path, list(map(panel, names)), [names], pairs)
    page = parse(folder / "index.html")
    assert len(page.select(".life li")) == step.MOST_USES
    link = page.select(".card a[href='drawing-1_1.html']")
    assert [words(found) for found in link] == [f"All {len(names)} panels"]
    assert len(parse(folder / "drawing-1_1.html").select(".small li")) == len(names)
    assert follow_links(folder) == {"", "index.html", "drawing-1_1.html", "panels.html"}


def test_a_drawing_s_life_tells_the_gap_before_each_use_and_what_changed(tmp_path: Path) -> None:
    names = ["1_1", "4_1", "4_2", "90_1"]
    pairs = [("1_1", "4_1", 0.8, "recolour"), ("1_1", "90_1", 0.9, "mirrored"), ("4_2", "90_1", 0.7, "redraw")]
    page = parse(write_gallery(tmp_path, list(map(panel, names)), [names], pairs) / "index.html")
    assert [words(use) for use in page.select(".life li")] == [
        *("page 1 first use", "page 4, panel 1 +3 pages recoloured"),
        *("page 4, panel 2 same page", "page 90 +86 pages mirrored"),
    ]


def test_drawings_that_come_back_together_are_shown_as_one(tmp_path: Path) -> None:
    """Of the second only a worse match is part of the passage: it is shown all the same."""
    names = ["1_1", "2_1", "3_1", "50_1", "51_1", "52_1", "53_1", "60_1", "61_1", "62_1"]
    clusters = [["1_1", "51_1"], ["2_1", "50_1", "52_1"], ["3_1", "53_1"]]
    passage = [("1_1", "51_1"), ("2_1", "52_1"), ("3_1", "53_1")]
    pairs = [(*ends, score, "redraw") for ends, score in zip(passage, (0.9, 0.6, 0.8), strict=True)]
    pairs += [("2_1", "50_1", 0.9, "duplicate"), ("50_1", "52_1", 0.95, "duplicate")]
    folder = write_gallery(tmp_path, list(map(panel, names)), clusters, pairs, passages=[passage])
    page = parse(folder / "index.html")
    assert "1 passage : 3 drawings come back together." in words(page.select(".found")[0])
    shown = page.select("#passages ~ article")
    assert [str(article["id"]) for article in shown] == ["passage-1_1-51_1"]
    assert words(shown[0].select("h3")[0]) == "3 drawings after 50 pages"
    pictures = [str(picture["src"]) for picture in shown[0].select("img")]
    assert pictures == [f"thumbnails/{name}.jpg" for ends in passage for name in ends]
    assert [str(link["data-pair"]) for link in shown[0].select("a[data-pair]")] == [",".join(ends) for ends in passage]
    assert not (folder / "passages.html").exists()
    assert follow_links(folder) == {"", "index.html", "panels.html"}


def test_many_or_long_passages_have_a_page_of_their_own(tmp_path: Path) -> None:
    names = [f"{page}_1" for page in range(1, 101)]
    flashback = list(zip(names[:50], names[50:], strict=True))
    pairs = [(*ends, 0.9, "redraw") for ends in flashback]
    folder = write_gallery(tmp_path, list(map(panel, names)), flashback, pairs, passages=[flashback])
    front, page = parse(folder / "index.html"), parse(folder / "passages.html")
    assert len(front.select(".strip li")) == step.MOST_OF_PASSAGE
    assert str(front.select(".passage .facts a")[0]["href"]) == "passages.html#passage-1_1-51_1"
    links = [str(link["href"]) for link in page.select(".strip li > a")]
    assert links == [f"index.html#compare={a},{b}" for a, b in flashback]


def test_arcs_lead_from_each_drawing_to_where_it_comes_back(tmp_path: Path) -> None:
    page = parse(simple_gallery(tmp_path) / "index.html")
    for scale in ("by-order", "by-page"):
        arcs = page.select(f".{scale} svg a")
        told = [(str(arc["href"]), words(arc.select("title")[0])) for arc in arcs]
        assert ("index.html#2_1", "page 2 to page 10, panel 1, recoloured") in told
        assert ("index.html#9_1", "page 9 to page 110, mirrored") in told
        assert len(told) == (3 if scale == "by-order" else 2)  # one returns on its own page
        assert all(arc["tabindex"] == "-1" for arc in arcs)
    ticks = [[words(tick) for tick in ticks.select("span")] for ticks in page.select(".ticks")]
    assert ticks[0] == ["2", "9", "10", "10", "110", "111"]
    assert (ticks[1][0], ticks[1][-1]) == ("2", "111")


def test_the_furthest_arcs_are_links_and_the_others_one_line_of_each_relation(tmp_path: Path) -> None:
    names = [f"{page}_1" for page in range(1, 2 * step.MOST_LINKED_ARCS + 20)]
    half = len(names) // 2
    groups = [[a, b] for a, b in zip(names[:half], names[half:], strict=False)]
    pairs = [(a, b, 0.8, ("redraw", "mirrored")[n % 2]) for n, (a, b) in enumerate(groups)]
    folder = write_gallery(tmp_path, list(map(panel, names)), groups, pairs, clusters_per_page=2)
    page = parse(folder / "index.html")
    linked = page.select(".by-order svg a path")
    assert len(linked) == step.MOST_LINKED_ARCS
    rest = page.select(".by-order svg > path")
    assert {str(path["class"][0]) for path in rest} <= {"redraw", "mirrored"}
    assert 0 < sum(str(path["d"]).count("M") for path in rest) <= min(len(groups) - len(linked), step.MOST_WAYS)
    assert "the furthest and the busiest" in words(page.select(".legend")[0])
    assert all(str(path["d"]).startswith("M") for path in linked)


def test_arcs_of_parts_lie_below_the_others_and_take_no_place_of_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half, links = 60, 50
    monkeypatch.setattr(step, "MOST_LINKED_ARCS", links)
    motifs = []
    for number in range(1, half + 1):
        before, after = f"{number}_1", f"{number + half}_1"
        motifs.append((number, before, number, 0, "0 0 65 45", "", 0.0, 0))
        motifs.append((number, after, number + half, 0, "0 0 65 45", before, 0.9, half))
    panels = [panel(f"{page}_1") for page in range(1, 2 * half + 1)]
    pair = ("5_1", "25_1", 0.9, "redraw")
    folder = write_gallery(tmp_path, panels, [["5_1", "25_1"]], [pair], motifs=motifs)
    drawn = parse(folder / "index.html").select(".by-order svg a path")
    assert [str(path["class"][0]) for path in drawn] == ["part"] * (links - 1) + ["redraw"]


def test_a_folder_s_panels_link_to_the_pages_that_the_settings_name(tmp_path: Path) -> None:
    panels = [panel("1_1", page_url="", page_name="ch 1 p. 1/2"), panel("2_1", page_url="https://comic.example/own")]
    pairs = [("1_1", "2_1", 0.9, "redraw")]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1"]], pairs, page_url="https://comic.example/{page}/")
    links = {str(link["href"]) for link in parse(folder / "index.html").select(".card a[target]")}
    assert links == {"https://comic.example/ch%201%20p.%201/2/", "https://comic.example/own"}


def test_pages_say_what_to_cite_by(tmp_path: Path) -> None:
    folder = write_gallery(tmp_path, [panel("1_1"), panel("2_1")], title="<b>Ours</b> & theirs")
    page = parse(folder / "index.html")
    assert page.select("h1")[0].text == "<b>Ours</b> & theirs"
    assert words(page.select("footer p")[0]) == (
        "<b>Ours</b> & theirs: 2 panels of 2 pages, 0 matching pairs by a Dice coefficient of 0.5 or more. "
        "Clusters by leiden. Made by Reprise 0.1.0."
    )


def test_titles_and_texts_are_shown_and_no_two_pictures_of_a_card_are_called_the_same(tmp_path: Path) -> None:
    panels = [panel("1_1", title="Rain", text="It rains."), panel("2_1", title="Rain", text="Rain")]
    page = parse(write_gallery(tmp_path, panels, [["1_1", "2_1"]], [("1_1", "2_1", 0.9, "redraw")]) / "index.html")
    assert [words(caption) for caption in page.select(".two figcaption .title")] == ["Rain: It rains.", "Rain"]
    called = [str(image["alt"]) for image in page.select(".two img")]
    assert called == ["Page 1: Rain: It rains.", "Page 2: Rain, as it comes back"]


def test_what_is_no_story_is_called_by_its_files(tmp_path: Path) -> None:
    """Few of its names share no number with others, so that half of its panels are on pages of very many."""
    panels = [panel(f"2_{count}", file=f"emoji/tone {count}.png") for count in range(1, step.MOST_ON_A_PAGE + 2)]
    panels += [panel(f"{page}_1") for page in range(3, step.MOST_ON_A_PAGE + 2)]
    same = ("2_2", "2_1", 0, 0.9, "redraw", 0.0, 0.9, 0.9, 1, "scene", "false")
    folder = write_gallery(tmp_path, panels, [["2_1", "2_2"]], [("2_1", "2_2", 0.9, "redraw")], ranking=[same])
    page = parse(folder / "index.html")
    called = [words(caption) for caption in page.select("figcaption")]
    assert called == ["tone 1 page 2, panel 1", "tone 2 page 2, panel 2"]
    assert words(page.select(".life li")[1]) == "tone 2 same page redrawn"
    assert words(page.select(".found")[0]) == "1 drawing is used more than once."
    assert not ids_of_folded(page)


def test_a_story_with_a_page_of_very_many_panels_is_called_by_its_pages(tmp_path: Path) -> None:
    many = range(1, 6 * step.MOST_ON_A_PAGE)
    panels = [*(panel(f"2_{count}") for count in many), *(panel(f"{page}_1") for page in range(3, 5 + len(many)))]
    page = parse(write_gallery(tmp_path, panels, [["2_1", "9_1"]], [("2_1", "9_1", 0.9, "redraw")]) / "index.html")
    assert [words(caption) for caption in page.select("figcaption")] == ["page 2, panel 1", "page 9"]


@pytest.mark.parametrize(
    ("apart", "together", "said"),
    [
        (1, 0, "Corrected by you: 1 pair is no match."),
        (1200, 1, "Corrected by you: 1,200 pairs are no match, 1 pair is a match."),
        (0, 2, "Corrected by you: 2 pairs are matches."),
    ],
)
def test_the_page_says_how_many_pairs_were_corrected(tmp_path: Path, apart: int, together: int, said: str) -> None:
    page = parse(simple_gallery(tmp_path, apart=apart, together=together) / "index.html")
    assert [words(line).replace(" .", ".") for line in page.select(".corrected")] == [said]
    assert not parse(simple_gallery(tmp_path) / "index.html").select(".corrected")


def test_what_is_left_aside_is_told_and_listed(tmp_path: Path) -> None:
    panels = [panel("1_1"), panel("2_1", edges=29), panel("3_1", edges=30), panel("4_1"), panel("8_1", edges=3)]
    panels.append(panel("5_1", edges=0, status="damaged", detail="image file is truncated"))
    panels.append(panel("6_1", edges=0, file="", url="https://comic.example/6.gif", status="404 Not Found"))
    pairs = [("1_1", "4_1", 0.9, "redraw")]
    missing = [(7, "https://comic.example/7", "timed out")]
    folder = write_gallery(tmp_path, panels, [["1_1", "4_1"]], pairs, missing=missing, left_out=[4])
    assert [words(link) for link in parse(folder / "index.html").select("footer a")] == [
        "any panel",
        "1 panel left out by you",
        "1 panel says too little",
        "2 panels could not be used",
        "1 page is missing",
    ]
    assert [words(item) for item in parse(folder / "plain.html").select("li")] == ["page 2"]
    assert [words(item) for item in parse(folder / "left-out.html").select("li")] == ["page 8"]
    assert [words(row) for row in parse(folder / "unusable.html").select("tbody tr")] == [
        "page 5 5_1.gif damaged: image file is truncated",
        "page 6 https://comic.example/6.gif 404 Not Found",
    ]
    assert [words(row) for row in parse(folder / "missing.html").select("tbody tr")] == ["page 7 timed out"]
    assert follow_links(folder) >= {"plain.html", "left-out.html", "unusable.html", "missing.html"}


@pytest.mark.slow
def test_a_long_list_of_what_is_left_aside_has_several_pages(tmp_path: Path) -> None:
    most = step.MOST_LISTED
    panels = [panel(f"{n}_1", edges=0, title=HOSTILE[0]) for n in range(1, most + 2)]
    folder = write_gallery(tmp_path, panels)
    looked_up = {"panels.html", "panels-2.html", "panels-3.html"}
    assert follow_links(folder) == {"", "index.html", "plain.html", "plain-2.html"} | looked_up
    pages = [parse(folder / name) for name in ("plain.html", "plain-2.html")]
    assert [len(page.select("li")) for page in pages] == [most, 1]
    assert pages[1].select("title")[0].text == f"A comic: {most + 1:,} panels say too little, page 2"


def test_the_frames_asked_for_are_linked_and_no_others(tmp_path: Path) -> None:
    made = [tmp_path / "0000", tmp_path / "0001"]
    for number, place in enumerate(made):
        place.mkdir()
        frames = [frame(edges_at(), shown, thumbnail=jpeg(shown + number)) for shown in (0, 1, 11)]
        write_thumbnails([f"{number}_1"], [Panel(frames=frames)], place)
    sizes = link_thumbnails(made, {"0_1": 11, "1_1": 0, "2_1": 0}, tmp_path / "shown")
    assert sizes == {"0_1": size_of(jpeg(11)), "1_1": size_of(jpeg(1))}
    assert sorted(path.name for path in (tmp_path / "shown").iterdir()) == ["0_1.jpg", "1_1.jpg"]
    assert (tmp_path / "shown/0_1.jpg").samefile(made[0] / "0_1-11.jpg")
    assert (tmp_path / "shown/1_1.jpg").read_bytes() == jpeg(1)


@given(st.text())
def test_an_address_is_kept_as_it_is_or_dropped(address: str) -> None:
    assert web_address(address) in ("", address)
    assert web_address("https://" + address) == "https://" + address


def assert_nothing_is_markup(page: BeautifulSoup) -> None:
    own = [script.get("src") for script in page.select("script")]
    assert own in (
        [],
        [*SHARED, "compare.js"],
        [*SHARED, "compare.js", "drive.js"],
        [*SHARED, "below.js"],
        ["look_up.js"],
    )
    assert not page.select("iframe, object, embed, base, svg image, svg script, style")
    assert all(
        str(image.get("src", "pictures/")).startswith(("thumbnails/", "pictures/", "edges/"))
        for image in page.select("img")
    )
    for element in page.select("*"):
        assert not [name for name in element.attrs if name.lower().startswith("on")]


def many_clusters(place: Path, clusters: int, per_page: int) -> Path:
    names = [f"{page}_1" for page in range(1, 2 * clusters + 1)]
    groups = [[names[n], names[n + clusters]] for n in range(clusters)]
    pairs = [(a, b, 0.8, "redraw") for a, b in groups]
    panels = [*map(panel, names), panel("900_1", edges=0), panel("901_1", status="damaged")]
    return write_gallery(place, panels, groups, pairs, [(902, "", "404")], per_page)


def test_a_page_links_to_those_about_it_and_the_ends_however_many_there_are(tmp_path: Path) -> None:
    folder = many_clusters(tmp_path, 21, 1)
    pages = [parse(folder / step.page_file(number)) for number in range(1, 22)]
    assert words(pages[0].select("nav")[0]) == "1 2 3 … 21 Next"
    assert words(pages[3].select("nav")[0]) == "Previous 1 2 3 4 5 6 … 21 Next"
    assert words(pages[10].select("nav")[1]) == "Previous 1 … 9 10 11 12 13 … 21 Next"
    assert words(pages[20].select("nav")[1]) == "Previous 1 … 19 20 21"
    for page in pages:
        for link in page.select("nav a:not([rel])"):
            assert link["href"] == step.page_file(int(link.text))
    files = [step.page_file(number) for number in range(1, 22)]
    assert [link["href"] for page in pages for link in page.select("nav a[rel=next]")[:1]] == files[1:]
    assert [link["href"] for page in pages for link in page.select("nav a[rel=prev]")[:1]] == files[:-1]


@given(st.integers(1, 400).flatmap(lambda last: st.tuples(st.integers(1, last), st.just(last))))
def test_each_page_has_a_short_way_to_its_neighbours_and_the_ends(pages: tuple[int, int]) -> None:
    number, last = pages
    near = step.pages_near(number, last)
    assert len(near) <= 7
    assert near == [n for n in range(1, last + 1) if n in (1, last) or abs(n - number) <= 2]


@pytest.mark.parametrize(("clusters", "pages"), [(1, 1), (2, 1), (3, 2), (4, 2)])
def test_no_page_is_empty_or_too_full(tmp_path: Path, clusters: int, pages: int) -> None:
    assert len(list(many_clusters(tmp_path, clusters, 2).glob("[ip]*[ex0-9].html"))) == pages


def follow_links(folder: Path) -> set[str]:
    """Follow every address within a gallery, and return those of pages; none leads out of the folder."""
    pages = {path.name: parse(path) for path in folder.glob("*.html")}
    followed = set()
    for name, page in pages.items():
        for element in page.select("[href], [src]"):
            address = str(element.get("href") or element["src"])
            if address.startswith("https://comic.example/"):
                continue
            file, _, anchor = address.partition("#")
            assert ".." not in file
            assert not file.startswith("/")
            assert (folder / unquote(file or name)).is_file(), address
            if not anchor.startswith("compare="):
                assert not anchor or len(pages[file or name].select(f'[id="{anchor}"]')) == 1, address
            if (file or name) in pages:
                followed.add(file)
    assert pages.keys() <= followed | {"index.html"}
    return followed


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def area(screenshot: Path, colour: tuple[int, int, int]) -> int:
    """Count the pixels of a colour, as far as JPEG keeps it."""
    with Image.open(screenshot) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    return int((np.abs(pixels - colour).max(axis=2) <= 6).sum())


def test_many_clusters_take_several_pages(tmp_path: Path) -> None:
    folder = many_clusters(tmp_path, 5, 2)
    files = ["index.html", "page-2.html", "page-3.html"]
    pages = [parse(folder / file) for file in files]
    assert [ids(page) for page in pages] == [["1_1", "2_1"], ["3_1", "4_1"], ["5_1"]]
    for number, page in enumerate(pages, 1):
        assert [link["href"] for link in page.select("nav a:not([rel])")] == files * 2
        assert [words(link) for link in page.select("nav a[aria-current=page]")] == [str(number)] * 2
    assert [bool(page.select(".arcs")) for page in pages] == [True, False, False]


def test_a_copy_of_the_folder_has_all_that_its_pages_show_and_link_to(tmp_path: Path) -> None:
    folder = many_clusters(tmp_path, 5, 2)
    shutil.copytree(folder, tmp_path / "elsewhere/a copy")
    aside = {"plain.html", "unusable.html", "missing.html"}
    assert (
        follow_links(tmp_path / "elsewhere/a copy")
        == {"", "index.html", "page-2.html", "page-3.html", "panels.html"} | aside
    )


def test_an_empty_result_says_what_to_change(tmp_path: Path) -> None:
    folder = write_gallery(tmp_path, [panel("1_1"), panel("2_1")])
    assert "match in config.yaml" in words(parse(folder / "index.html").select("section")[0])
    assert {path.name for path in folder.glob("*.html")} == {"index.html", "panels.html"}


def test_the_same_input_gives_the_same_bytes_and_nothing_old_stays(tmp_path: Path) -> None:
    first = contents(many_clusters(tmp_path / "a", 5, 2))
    assert contents(many_clusters(tmp_path / "b", 5, 2)) == first
    assert "page-3.html" not in contents(many_clusters(tmp_path / "a", 5, 3))


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://comic.example/1?a=1&b='2'", True),
        ("HTTP://comic.example", True),
        ("", False),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)//https://", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("file:///etc/passwd", False),
        ("//comic.example/1", False),
        ("vbscript:x", False),
    ],
)
def test_only_web_addresses_become_links(tmp_path: Path, address: str, link: bool) -> None:
    panels = [panel("1_1", page_url=address), panel("2_1", page_url=address), panel("3_1", page_url=address, edges=3)]
    panels.append(panel("4_1", page_url=address, status="damaged"))
    pairs = [("1_1", "2_1", 0.9, "redraw")]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1"]], pairs, missing=[(5, address, "404")])
    pages = [parse(path) for path in folder.glob("*.html")]
    outward = [str(found["href"]) for page in pages for found in page.select("a[target]")]
    assert outward == ([address] * 11 if link else [])
    told = json.loads((folder / "data.js").read_text().removeprefix("const reprise = ").removesuffix(";\n"))["panels"]
    assert {dict(zip(told["columns"], row, strict=True))["page_url"] for row in told["rows"]} == {
        address if link else ""
    }


def hostile_gallery(place: Path) -> Path:
    clustered = [panel(f"{n}_1", file=text, title=text) for n, text in enumerate(HOSTILE)]
    plain = [panel(f"{n}_1", file=text, title=text, edges=0) for n, text in enumerate(HOSTILE, 20)]
    damaged = [panel(f"{n}_1", file=text, status="damaged", detail=text) for n, text in enumerate(HOSTILE, 40)]
    missing = [(n, "", text) for n, text in enumerate(HOSTILE, 60)]
    names = [row["panel"] for row in clustered]
    pairs = [("0_1", name, 0.9, "redraw", 0, 0, "", "", 0.5, HOSTILE[0]) for name in names[1:]]
    return write_gallery(place, clustered + plain + damaged, [names], pairs, missing=missing, title=HOSTILE[3])


def test_hostile_names_and_titles_are_shown_as_they_are(tmp_path: Path) -> None:
    folder = hostile_gallery(tmp_path)
    pages = {path.name: parse(path) for path in folder.glob("*.html")}
    for page in pages.values():
        assert_nothing_is_markup(page)
        assert page.select("footer p")[0].text.strip().startswith(HOSTILE[3])
    assert [str(image["alt"]).partition(": ")[2] for image in pages["index.html"].select(".life img")] == HOSTILE
    assert [name.text for name in pages["unusable.html"].select("td:nth-child(2)")] == HOSTILE
    assert [why.text for why in pages["missing.html"].select("td:nth-child(2)")] == HOSTILE


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_whatever_a_title_says_is_only_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    place = tmp_path_factory.mktemp("any")
    panels = [panel("1_1", title=text), panel("2_1")]
    page = parse(write_gallery(place, panels, [["1_1", "2_1"]], [("1_1", "2_1", 0.9, "redraw")]) / "index.html")
    assert_nothing_is_markup(page)
    assert page.select(".two img")[0]["alt"] == "Page 1: " + text


def drive(folder: Path, place: Path, script: str, anchor: str = "") -> Any:
    """Open the first page of a copy of a gallery in a browser, run a script in it, and return what that returns.

    What it raises, or any script of the page, is raised here.
    """
    copy = place / "driven"
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    for path in copy.glob("*.html"):
        html = path.read_text(encoding="utf-8")
        path.write_text(html.replace("</body>", '<script src="drive.js" defer></script></body>'), encoding="utf-8")
    told = """
        const wait = (milliseconds = 0) => new Promise((done) => setTimeout(done, milliseconds));
        const all = (selector) => [...document.querySelectorAll(selector)];
        const key = (name) =>
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
        const set = (name, value) => {
          const control = document.querySelector(`#filter [name="${name}"]`);
          control.value = value;
          control.dispatchEvent(new Event("input", { bubbles: true }));
        };
        const shown = () => all(".card").filter((card) => card.checkVisibility()).map(({ id }) => id);
        const broken = [];
        addEventListener("error", ({ message }) => broken.push(message));
        addEventListener("securitypolicyviolation", ({ blockedURI }) => broken.push(`not allowed: ${blockedURI}`));
        (async () => {
          let result;
          try { result = await (async () => { %s })(); } catch (error) { broken.push(String(error)); }
          const pre = document.createElement("pre");
          pre.id = "result";
          pre.textContent = JSON.stringify([broken, result ?? null]);
          document.body.append(pre);
        })();
    """
    (copy / "drive.js").write_text(told % script, encoding="utf-8")
    address = (copy / "index.html").as_uri() + anchor
    dom = browser("--virtual-time-budget=8000", "--dump-dom", address, profile=place / "profile")
    ended = BeautifulSoup(dom, "html.parser")
    broken, result = json.loads(ended.select("#result")[0].text)
    assert not broken
    assert_nothing_is_markup(ended)
    return result


def varied_gallery(place: Path) -> Path:
    """Four clusters over two pages, of which one is a scene, one unsure and one mirrored."""
    names = [f"{page}_1" for page in range(1, 30)]
    groups = [["1_1", "20_1"], ["2_1", "9_1", "29_1"], ["3_1", "4_1"], ["5_1", "28_1"]]
    pairs = [
        ("1_1", "20_1", 0.61, "redraw"),
        ("2_1", "9_1", 0.9, "recolour", 0, 4, "", "", 0.9, "Colours.", "true", 0.5, 10, -20, "50 25 10 8; 90 90 5 5"),
        ("2_1", "29_1", 0.8, "redraw"),
        ("3_1", "4_1", 1, "duplicate"),
        ("5_1", "28_1", 0.7, "mirrored"),
    ]
    ranking = [
        ("20_1", "1_1", 19, 0.61, "redraw", 0.9, 0.6, 0.6, 1, "callback", "false"),
        ("29_1", "2_1", 20, 0.8, "redraw", 0.8, 0.6, 0.6, 0.9, "callback", "false"),
        ("4_1", "3_1", 1, 1, "duplicate", 0.7, 0.6, 0.6, 0.95, "scene", "false"),
        ("28_1", "5_1", 23, 0.7, "mirrored", 0.6, 0.6, 0.6, 0.1, "callback", "true"),
    ]
    files = {name: {"file": f'{name}, "b".gif'} for name in ("2_1", "9_1")} | {"1_1": {"file": "=1.gif"}}
    panels = [panel(name, **files.get(name, {})) for name in names]
    return write_gallery(place, panels, groups, pairs, ranking=ranking, clusters_per_page=3)


@pytest.mark.slow
def test_a_browser_draws_the_same_cards_as_the_pages_have(tmp_path: Path) -> None:
    folder = varied_gallery(tmp_path)
    drawn = """set("gap", "0"); return all("#filtered .card").map((card) => card.outerHTML);"""
    cards = drive(folder, tmp_path, drawn)
    static = [card for page in ("index.html", "page-2.html") for card in parse(folder / page).select(".card")]
    assert len(cards) == len(static) == 4

    def told(card: Tag) -> list[Any]:
        tags = card.select("a, img, span, ol, li, p, h3, figure, bdi, div")
        return [words(card), *((tag.name, sorted(tag.attrs.items())) for tag in tags)]

    for one, other in zip(cards, static, strict=True):
        assert told(BeautifulSoup(one, "html.parser")) == told(other)


@pytest.mark.slow
def test_filters_and_orders_go_over_all_clusters(tmp_path: Path) -> None:
    folder = varied_gallery(tmp_path)
    asked = [
        ({"kind": "scene"}, ["3_1"]),
        ({"kind": "callback"}, ["1_1", "2_1", "5_1"]),
        ({"relation": "mirrored"}, ["5_1"]),
        ({"gap": 20}, ["2_1", "5_1"]),
        ({"size": 3}, ["2_1"]),
        ({"doubt": "unsure"}, ["5_1"]),
        ({"doubt": "sure", "kind": "callback"}, ["1_1", "2_1"]),
        ({"from": 21}, ["2_1", "5_1"]),
        ({"from": 6, "to": 9}, ["2_1"]),
        ({"page": 20}, ["1_1"]),
        ({"order": "gap"}, ["5_1", "2_1", "1_1", "3_1"]),
        ({"order": "first"}, ["1_1", "2_1", "3_1", "5_1"]),
        ({"order": "score"}, ["3_1", "2_1", "5_1", "1_1"]),
        ({"order": "doubt"}, ["5_1", "2_1", "3_1", "1_1"]),
        ({"page": 1000}, []),
    ]
    script = """
        const found = [];
        for (const asked of %s) {
          for (const [name, value] of Object.entries(asked)) set(name, value);
          found.push([shown(), document.querySelector("#filters output").textContent]);
          document.querySelector("#filter [type=reset]").click();
          await wait(10);
        }
        return [found, shown().length];
    """
    found, at_last = drive(folder, tmp_path, script % json.dumps([settings for settings, _ in asked]))
    assert found == [[ids_found, f"{len(ids_found)} of 4"] for _, ids_found in asked]
    assert at_last == 3  # of the first page


@pytest.mark.slow
def test_of_many_found_the_first_are_there_at_once_and_all_in_their_order_when_asked_for(tmp_path: Path) -> None:
    names = [f"{page}_1" for page in range(1, 121)]
    groups = [[a, b] for a, b in zip(names[:60], names[60:], strict=True)]
    pairs = [(a, b, 0.8, "redraw") for a, b in groups]
    folder = write_gallery(tmp_path, list(map(panel, names)), groups, pairs, clusters_per_page=10)
    script = """
        const more = () => document.querySelector("#filtered button");
        const seen = [];
        set("from", "5");
        seen.push(shown());
        set("from", "10");  // while those of the first are still being added
        await wait(1000);
        seen.push(shown());
        while (!more().hidden) { more().click(); await wait(1000); }
        seen.push(shown());
        return seen;
    """
    at_once, a_page, whole = drive(folder, tmp_path, script)
    assert at_once == names[: len(at_once)]
    assert 0 < len(at_once) <= 10
    assert a_page == names[:24]
    assert whole == names[:60]


COMPARED = """
    const dialog = document.querySelector("#compare");
    const stage = document.querySelector("#stage");
    const state = () => ({
      open: dialog.open, title: document.querySelector("#compared").textContent, way: stage.className,
      hash: location.hash,
      why: dialog.querySelector(".why").textContent,
    });
    await wait(50);
"""


@pytest.mark.slow
def test_a_link_opens_a_pair_with_the_first_laid_upon_the_second(tmp_path: Path) -> None:
    script = """
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        const [first, second] = [box(".first img"), box(".second img")];
        const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
        const by = middle(first).map((at, axis) => at - middle(second)[axis]);
        return [state(), first.width / second.width, by[0] / second.width, by[1] / second.height,
          first.width / first.height, getComputedStyle(document.querySelector(".first img")).transform,
          document.querySelector(".second img").getAttribute("src")];
    """
    for anchor in ("#compare=2_1,9_1", "#compare=9_1,2_1"):
        state, zoom, across, down, shape, transform, src = drive(
            varied_gallery(tmp_path), tmp_path, COMPARED + script, anchor
        )
        assert state["open"]
        assert (state["title"], state["why"], state["way"]) == ("Page 2 → page 9", "Colours.", "slider")
        assert (zoom, across, down) == pytest.approx((0.5, 0.1, -0.2), abs=0.01)
        assert shape == pytest.approx(np.divide(*size_of(jpeg(1))), abs=0.02)
        assert transform.startswith("matrix(-1, 0, 0, 1")
        assert src == "pictures/9_1-4.jpg"


@pytest.mark.slow
def test_keys_choose_ways_pairs_and_verdicts(tmp_path: Path) -> None:
    script = """
        const ways = [];
        for (const name of "123456") {
          key(name);
          ways.push([stage.className, all("[aria-pressed=true][data-way]").length]);
        }
        key(" ");
        const blinked = stage.className;
        key(" ");
        const again = stage.className;
        key("ArrowRight"); await wait(50);
        const next = state();
        key("ArrowRight"); await wait(50);
        const round = state();
        key("n");
        const pressed = all("[data-do][aria-pressed=true]").map(({ dataset }) => dataset.do);
        document.querySelector("[data-do=close]").click();
        await wait(50);
        return [ways, [blinked, again], next.title, round.title, pressed, state().open, location.hash];
    """
    ways, blinks, following, after, pressed, is_open, anchor = drive(
        varied_gallery(tmp_path), tmp_path, COMPARED + script, "#compare=2_1,9_1"
    )
    assert ways == [[way, 1] for way in ("slider", "blink", "overlay", "difference", "lines", "sides")]
    assert blinks == ["blink other", "blink"]
    assert (following, after) == ("Page 2 → page 29", "Page 2 → page 9")
    assert pressed == ["ring", "not_a_match"]
    assert (is_open, anchor) == (False, "")


@pytest.mark.slow
def test_each_way_shows_both_drawings_as_it_says(tmp_path: Path) -> None:
    script = """
        const style = (selector) => getComputedStyle(document.querySelector(selector));
        const share = document.querySelector("#share");
        const drag = (to) => { share.value = to; share.dispatchEvent(new Event("input", { bubbles: true })); };
        const told = {};
        key("1"); drag(25);
        told.slider = [style(".first").clipPath, document.querySelector(".share").hidden];
        const { left, width, top } = stage.getBoundingClientRect();
        stage.dispatchEvent(new PointerEvent("pointermove",
          { pointerType: "mouse", clientX: left + 0.75 * width, clientY: top + 5, bubbles: true }));
        told.pointer = share.value;
        key("3"); drag(40);
        told.overlay = style(".first").opacity;
        key("2"); await wait(1000);
        const blinked = stage.className;
        await wait(700);
        told.blink = [blinked, stage.className, document.querySelector(".share").hidden];
        key("4");
        told.difference = style(".first").mixBlendMode;
        key("5");
        told.lines = ["first", "second"].map((layer) => style(`.${layer} img`).filter);
        key("6");
        const boxes = all(".layer img").map((image) => image.getBoundingClientRect());
        told.sides = [boxes[1].right <= boxes[0].left + 1, style(".first img").transform];
        return told;
    """
    told = drive(varied_gallery(tmp_path), tmp_path, COMPARED + script, "#compare=2_1,9_1")
    assert told["slider"] == ["inset(0px 75% 0px 0px)", False]
    assert told["pointer"] == "75"
    assert told["overlay"] == "0.4"
    assert sorted(told["blink"][:2]) == ["blink", "blink other"]
    assert told["blink"][2]
    assert told["difference"] == "difference"
    assert told["lines"] == ['url("#lines-of-first")', 'url("#lines-of-second")']
    assert told["sides"] == [True, "none"]


@pytest.mark.slow
def test_rings_are_shown_in_each_way_and_can_be_hidden(tmp_path: Path) -> None:
    script = """
        const seen = () => [".layer.first", ".layer.second", "#stage >"].map((place) =>
          all(`${place} .rings rect`).filter((ring) => ring.checkVisibility()).length);
        const button = document.querySelector("[data-do=ring]");
        const told = [];
        for (const name of ["1", "5", "6", "r", "1", "r"]) {
          key(name);
          told.push([...seen(), button.ariaPressed]);
        }
        const ring = document.querySelector("#stage > .rings rect").getBoundingClientRect();
        const ground = stage.getBoundingClientRect();
        const left = (ring.left + 1 - ground.left) / ground.width;
        key("ArrowRight"); await wait(50);
        return [told, left, button.hidden, seen()];
    """
    told, left, hidden, others = drive(varied_gallery(tmp_path), tmp_path, COMPARED + script, "#compare=2_1,9_1")
    assert told == [
        [0, 0, 2, "true"],
        [0, 0, 2, "true"],
        [1, 2, 0, "true"],  # one lies where the first shows nothing
        [0, 0, 0, "false"],
        [0, 0, 0, "false"],
        [0, 0, 2, "true"],
    ]
    assert left == pytest.approx(0.5, abs=0.02)
    assert hidden
    assert others == [0, 0, 0]


@pytest.mark.slow
def test_a_pair_is_saved_as_a_picture_from_disk(tmp_path: Path) -> None:
    folder = varied_gallery(tmp_path / "a name with # and %")
    with opened(folder) as (page, wrong):
        page.goto((folder / "index.html").as_uri() + "#compare=1_1,20_1")
        with page.expect_download() as told:
            page.keyboard.press("s")
        told.value.save_as(tmp_path / "saved.png")
        assert told.value.suggested_filename == "1_1 and 20_1.png"
        assert page.locator("head script[src*=pictures]").count() == 0
        page.goto((folder / "index.html").as_uri() + "#compare=2_1,9_1")
        page.reload()
        with page.expect_download() as told:
            page.get_by_role("button", name="Save picture").click()
        told.value.save_as(tmp_path / "ringed.png")
    assert not wrong
    with Image.open(tmp_path / "saved.png") as saved:
        assert saved.format == "PNG"
        pixels = np.asarray(saved.convert("RGB")).astype(int)
    sizes = [size_of(jpeg(number)) for number in (0, 19)]
    high = max(size[1] for size in sizes)
    assert pixels.shape == (high + 34, 4 + sum(round(size[0] * high / size[1]) for size in sizes), 3)
    for at, number in ((0.2, 0), (0.8, 19)):
        assert np.abs(pixels[60, int(at * pixels.shape[1])] - COLOURS[number % 4]).max() <= 6
    assert pixels[high:].min() < 100, "nothing is written below"
    assert area(tmp_path / "saved.png", RING) == 0
    assert area(tmp_path / "ringed.png", RING) > 100


def test_a_card_says_where_a_drawing_was_last_where_it_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    """Page 110 is most like page 2, and the drawing was on page 60 too; page 111 is like page 60."""
    panels = [panel(name) for name in ("2_1", "60_1", "110_1", "9_1", "111_1")]
    ranked = [("110_1", "2_1", 50), ("111_1", "9_1", 102)]
    ranking = [(*ends, 0.9, "redraw", 0.4, 0.7, 0.8, 1, "callback", "false") for ends in ranked]
    pairs = [("2_1", "110_1", 0.9, "redraw"), ("2_1", "60_1", 0.8, "redraw"), ("9_1", "111_1", 0.9, "redraw")]
    page = parse(
        write_gallery(tmp_path, panels, [["2_1", "60_1", "110_1"], ["9_1", "111_1"]], pairs, ranking=ranking)
        / "index.html"
    )
    headings = [words(heading) for heading in page.select(".card h3")]
    assert headings == ["Back after 50 pages, last on page 60", "Back after 102 pages"]


def test_what_is_composed_alike_has_a_page_of_its_own(tmp_path: Path) -> None:
    names = ["2_1", "9_1", "9_2", "30_1"]
    found = [("2_1", "30_1", 0.4, "true", 28), ("9_1", "9_2", 0.3, "false", 0)]
    folder = write_gallery(tmp_path, [panel(name, title="<i>") for name in names], compositions=found)
    assert "compositions.html" in [link["href"] for link in parse(folder / "index.html").select("footer a")]
    page = parse(folder / "compositions.html")
    first, second = page.select(".card")
    assert [picture["src"] for picture in first.select("img")] == ["thumbnails/2_1.jpg", "thumbnails/30_1.jpg"]
    assert words(first.select(".told")[0]) == "28 pages apart, mirrored"
    assert words(second.select(".told")[0]) == "On the same page"
    for link in page.select("figure > a"):
        file, _, name = str(link["href"]).partition("#")
        assert parse(folder / file).select(f"[id='{name}']"), "it leads to the panel"
    assert "2 pairs" in words(page.select("main > p")[1])


def test_without_any_composed_alike_there_is_no_page(tmp_path: Path) -> None:
    folder = write_gallery(tmp_path, [panel("2_1"), panel("3_1")])
    assert not (folder / "compositions.html").exists()
    assert "compositions.html" not in (folder / "index.html").read_text()


# A figure of panel 2 that comes back on page 30.
A_PART = (
    "2_1",
    "30_1",
    0.8,
    "part",
    0,
    0,
    "",
    "",
    0.8,
    "A part.",
    "false",
    1,
    0,
    0,
    "",
    "65 45 325 225",
    "0 0 650 225",
)


def test_motifs_are_shown_with_rings_about_their_places_and_compared(tmp_path: Path) -> None:
    """A figure of panel 2 comes back on page 30; a hat is on nine pages, on one in a frame that is not shown."""
    names = [f"{page}_1" for page in range(2, 42, 4)]
    same = [(3, "2_1", 2, 0, "0 0 9 9", "", 0.0, 0), (3, "2_1", 2, 0, "20 0 29 9", "2_1", 0.9, 0)]
    motifs = [(1, "2_1", 2, 0, "65 45 325 225", "", 0.0, 0), (1, "30_1", 30, 0, "0 0 650 225", "2_1", 0.8, 28)]
    before = ["", *names]
    motifs += [(2, name, 2 + 4 * n, int(n == 3), "0 0 65 45", before[n], 0.6, 4) for n, name in enumerate(names)]
    folder = write_gallery(tmp_path, list(map(panel, names)), pairs=[(*A_PART, 0.16, 0.5)], motifs=motifs + same)
    front, own = parse(folder / "index.html"), parse(folder / "motifs.html")
    assert "2 motifs" in words(front.select(".found")[0])
    assert ids(front) == ids(own) == ["motif-2_1-65-45", "motif-2_1-0-0"]
    first, second = front.select(".card")
    assert words(first.select("h3")[0]) == "Back after 28 pages"
    width, height = size_of(jpeg(0))
    ring = first.select(".two .rings rect")[0]
    assert [int(str(ring[name])) for name in ("x", "y")] == [round(width / 10), round(height / 10)]
    assert len(first.select(".two [data-pair='2_1,30_1']")) == 2
    assert (len(first.select(".life .rings")), len(second.select(".life .rings"))) == (2, 7)
    assert second.select(".facts a")[-1]["href"] == "motifs.html#motif-2_1-0-0"
    assert len(own.select(".life .rings")) == 11
    titles = [words(title) for title in front.select(".by-order title")]
    assert "page 2 to page 30, in part" in titles
    assert {str(arc["href"]) for arc in front.select(".by-order svg a")} == {
        f"index.html#{name}" for name in ids(front)
    }
    assert words(front.select(".legend .chip")[0]) == "in part"
    assert str(own.select(".two a")[0]["href"]) == "index.html#compare=2_1,30_1"


@pytest.mark.slow
def test_real_keys_slide_on_the_slider_and_close(tmp_path: Path) -> None:
    folder = varied_gallery(tmp_path)
    with opened(folder) as (page, wrong):
        page.goto((folder / "index.html").as_uri() + "#compare=2_1,9_1")
        title = page.locator("#compared")
        page.locator("#share").focus()
        page.keyboard.press("ArrowRight")
        assert (page.locator("#share").input_value(), title.text_content()) == ("51", "Page 2 → page 9")
        page.keyboard.press("5")
        expect(page.locator("#share")).to_be_hidden()  # which had the focus
        page.keyboard.press("ArrowRight")
        page.get_by_role("heading", name="Page 2 → page 29").wait_for(timeout=5000)
        assert page.locator("#stage").get_attribute("class") == "lines"
        page.get_by_role("button", name="A match", exact=True).focus()
        page.keyboard.press("Space")
        assert page.locator("[data-do=must_match]").get_attribute("aria-pressed") == "true"
        assert page.locator("#stage").get_attribute("class") == "lines"
        page.keyboard.press("Escape")
        # The page hears of it a little later than the dialog closes.
        page.wait_for_url(lambda address: "#" not in address)
        expect(page.locator("#compare")).to_be_hidden()
        # Back is as before: the page, not each pair that was looked at.
        page.locator('[id="1_1"] .two a').first.click()
        expect(page.locator("#compare")).to_be_visible()
        assert page.evaluate("location.hash") == "#compare=1_1,20_1"
        page.go_back()
        expect(page.locator("#compare")).to_be_hidden()
    assert not wrong


@pytest.mark.slow
def test_a_part_is_opened_side_by_side_until_another_way_is_chosen(tmp_path: Path) -> None:
    motifs = [(1, "2_1", 2, 0, "65 45 325 225", "", 0.0, 0), (1, "30_1", 30, 0, "0 0 650 225", "2_1", 0.8, 28)]
    pairs = [(*A_PART, 0.16, 0.5)]
    folder = write_gallery(tmp_path, [panel("2_1"), panel("30_1")], pairs=pairs, motifs=motifs)
    with opened(folder) as (page, wrong):
        page.goto((folder / "index.html").as_uri() + "#compare=2_1,30_1")
        stage = page.locator("#stage")
        assert stage.get_attribute("class") == "sides"
        expect(stage.locator(".layer .rings rect")).to_have_count(2)
        page.keyboard.press("5")
        page.keyboard.press("Escape")
        page.locator(".two a").first.click()
        assert stage.get_attribute("class") == "lines"
    assert not wrong


@pytest.mark.slow
def test_what_cannot_be_saved_or_copied_is_told(tmp_path: Path) -> None:
    folder = varied_gallery(tmp_path)
    (folder / "pictures/1_1-0.jpg.js").unlink()
    script = """
        const numbers = () => dialog.querySelector(".numbers").textContent;
        await savePicture();
        const unsaved = numbers();
        Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("no")) } });
        await cite();
        return [unsaved, numbers(), citation()];
    """
    unsaved, shown, citation = drive(folder, tmp_path, COMPARED + script, "#compare=1_1,20_1")
    assert unsaved == "The picture cannot be saved: pictures/1_1-0.jpg.js is not there."
    assert shown == citation
    assert citation == (
        "A comic, page 1 and page 20: redrawn, 0.61 alike (Reprise 0.1.0, #compare=1_1,20_1). "
        "https://comic.example/1 https://comic.example/20"
    )


@pytest.mark.slow
def test_a_click_compares_and_one_outside_closes(tmp_path: Path) -> None:
    script = """
        document.querySelector('[id="1_1"] .two a').click(); await wait(50);
        const opened = state();
        dialog.dispatchEvent(new MouseEvent("click", { bubbles: true })); await wait(50);
        return [opened, state().open];
    """
    opened, is_open = drive(varied_gallery(tmp_path), tmp_path, COMPARED + script)
    assert (opened["hash"], opened["title"], is_open) == ("#compare=1_1,20_1", "Page 1 → page 20", False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("anchor", "ends"), [("#1_1", "index.html#1_1"), ("#3_1", "page-2.html#3_1"), ("#zzz", "index.html#zzz")]
)
def test_a_cluster_is_linked_to_by_its_first_panel_wherever_it_stands(tmp_path: Path, anchor: str, ends: str) -> None:
    script = "return [location.href, [...document.querySelectorAll('#scenes')].map(({ open }) => open)];"
    address, folded = drive(varied_gallery(tmp_path), tmp_path, script, anchor)
    assert address.endswith(ends)
    assert folded == [True] * ("#3_1" in ends)


@pytest.mark.slow
def test_a_link_to_what_a_filter_hides_shows_it(whole_gallery: Path, tmp_path: Path) -> None:
    script = """
        set("relation", "moved"); await wait(100);
        const filtered = [document.querySelector("#passages").checkVisibility(), shown().length];
        document.querySelector(".found a[href$='#passages']").click(); await wait(100);
        return [filtered, document.querySelector("#passages").checkVisibility(), all("#filtered").length];
    """
    assert drive(whole_gallery, tmp_path, script) == [[False, 2], True, 0]


@pytest.mark.slow
def test_verdicts_are_saved_as_the_lists_that_the_settings_name(tmp_path: Path) -> None:
    script = """
        judge(findPair("2_1", "9_1"), "not_a_match");
        judge(findPair("1_1", "20_1"), "not_a_match");
        judge(findPair("5_1", "28_1"), "must_match");
        judge(findPair("3_1", "4_1"), "must_match");
        judge(findPair("3_1", "4_1"), "must_match");
        const bar = document.querySelector("#verdicts");
        return [listed("not_a_match"), listed("must_match"), bar.hidden, bar.textContent];
    """
    apart, together, hidden, said = drive(varied_gallery(tmp_path), tmp_path, script)
    (tmp_path / "apart.csv").write_text(apart, encoding="utf-8")
    (tmp_path / "together.csv").write_text(together, encoding="utf-8")
    files = ['2_1, "b".gif', '9_1, "b".gif']
    assert read_list(tmp_path / "apart.csv", leaves_out=True) == [tuple(files), ("=1.gif", "20_1.gif")]
    assert read_list(tmp_path / "together.csv", leaves_out=False) == [("5_1.gif", "28_1.gif")]
    assert not hidden
    assert "2 no match, 1 a match" in said
    assert "--config match.not_a_match=not_a_match.csv match.must_match=must_match.csv" in said
    # What was said stays with the browser, and Forget forgets it.
    script = """
        const before = Object.keys(verdicts()).length;
        all("#verdicts button").at(-1).click();
        return [before, Object.keys(verdicts()).length, document.querySelector("#verdicts").hidden];
    """
    assert drive(varied_gallery(tmp_path), tmp_path, script)[1:] == [0, True]


@pytest.mark.slow
def test_a_browser_shows_the_pictures_from_disk(tmp_path: Path) -> None:
    index = simple_gallery(tmp_path / "a name with # and %") / "index.html"
    script = "return all('.two img').map(({ complete, naturalWidth }) => complete && naturalWidth);"
    # Of pictures that are not in view the browser knows nothing yet.
    widths = drive(index.parent, tmp_path / "a name with # and %", script)
    assert widths[:2] == [199, 196]
    screenshot = tmp_path / "screenshot.png"
    browser("--window-size=1280,1500", f"--screenshot={screenshot}", index.as_uri(), profile=tmp_path / "profile")
    assert all(area(screenshot, colour) > 1000 for colour in COLOURS)


@pytest.mark.slow
def test_a_browser_runs_nothing_that_a_comic_says(tmp_path: Path) -> None:
    folder = hostile_gallery(tmp_path)
    script = """
        set("gap", "0");
        const titles = all("#filtered .life img").map(({ alt }) => alt);
        location.hash = "compare=0_1,1_1";
        await wait(50);
        return [titles, document.title, document.querySelector("#compare .why").textContent];
    """
    titles, title, why = drive(folder, tmp_path, script)
    assert [text.partition(": ")[2] for text in titles] == HOSTILE
    assert title == f"{HOSTILE[3]}: art used again"
    assert why == HOSTILE[0]
    # Were something to slip through all the same, this line in the page forbids it to run.
    for path in folder.glob("*.html"):
        policy = str(parse(path).select("meta[http-equiv=Content-Security-Policy]")[0]["content"])
        assert "default-src 'none'" in policy
        assert "script-src 'self' file:;" in policy


@pytest.fixture(scope="module")
def whole_gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery with each kind of page: two of clusters, a drawing of many uses, passages, and what is left aside."""
    names = [f"{page}_1" for page in range(1, 61)]
    groups = [names[:15], *([a, b] for a, b in zip(names[15:30], names[30:45], strict=True))]
    pairs: list[tuple[Any, ...]] = [(a, b, 0.9, "redraw") for a, b in pairwise(names[:15])]
    kinds = list(step.RELATIONS)
    ringed = (0, 0, "", "", 0.8, "Why.", "false", 1, 5, 0, "10 20 30 40; 60 60 20 20")
    pairs += [(a, b, 0.8, kinds[n % len(kinds)], *ringed) for n, (a, b) in enumerate(groups[1:])]
    scene = (1, 0.9, "redraw", 0.9, 0.9, 0.9, 1.0, "scene", "false")
    callback = (30, 0.8, "redraw", 0.2, 0.6, 0.7, 0.8, "callback", "true")
    ranking = [(names[1], names[0], *scene), *((b, a, *callback) for a, b in groups[1:])]
    panels = [panel(name, title=f"Title of {name}") for name in names]
    panels[50]["edges"] = panels[51]["edges"] = 3
    panels[52] |= {"status": "damaged", "detail": "image file is truncated", "edges": 0}
    return write_gallery(
        tmp_path_factory.mktemp("whole") / "a name with # and %",
        panels,
        groups,
        pairs,
        missing=[(99, "https://comic.example/99", "404 Not Found")],
        ranking=ranking,
        clusters_per_page=8,
        apart=1,
        left_out=[53],
        passages=[[(a, b) for a, b in groups[1:]]],
        below=[(names[46], names[47], 0.45), (names[20], names[48], 0.48)],
    )


@pytest.mark.slow
def test_drawings_beside_each_other_are_at_one_height_whatever_is_said_of_them(tmp_path: Path) -> None:
    panels = [panel("1_1", title="Short"), panel("2_1", title="A title that takes several lines on a phone " * 3)]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1"]], [("1_1", "2_1", 0.9, "redraw")])
    with opened(folder, viewport={"width": 390, "height": 844}) as (page, wrong):
        page.goto((folder / "index.html").as_uri())
        first, second = (drawing.bounding_box() for drawing in page.locator(".two figure > a").all())
        assert first and second
        assert (first["y"], first["height"]) == (second["y"], second["height"])
        assert second["x"] > first["x"]
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_every_kind_of_page_is_there_for_everyone(whole_gallery: Path, scheme: str, width: int) -> None:
    """axe finds nothing serious, nothing is wider than the screen, and nothing is asked of the network."""
    names = sorted(path.name for path in whole_gallery.glob("*.html"))
    kinds = {"index.html", "page-2.html", "drawing-1_1.html", "passages.html", "plain.html", "unusable.html"}
    assert kinds | {"missing.html", "left-out.html", "panels.html", "below.html"} <= set(names)
    found = []
    with opened(whole_gallery, viewport={"width": width, "height": 844}, color_scheme=scheme) as (page, wrong):
        for name in [*names, "index.html#compare=16_1,31_1"]:
            file, _, anchor = name.partition("#")
            page.goto("about:blank")
            page.goto((whole_gallery / file).as_uri() + (f"#{anchor}" if anchor else ""))
            found += [(name, *what) for what in hard_for_some(page)]
        assert page.locator("#compare[open]").count() == 1
    assert not wrong
    assert not found


def looked_up(page: BeautifulSoup, name: str) -> Tag:
    found = page.find(id=name)
    assert isinstance(found, Tag)
    return found


def test_each_panel_can_be_looked_up_with_what_is_nearest_to_it_and_why_it_is_alone(tmp_path: Path) -> None:
    panels = [panel(f"{page}_1") for page in range(1, 104)]
    panels[4]["edges"] = 3
    panels[5] |= {"status": "damaged", "edges": 0}
    folder = write_gallery(
        tmp_path, panels, [["1_1", "2_1"]], [("1_1", "2_1", 0.9, "redraw")], below=[("1_1", "103_1", 0.4321)]
    )
    first, second = parse(folder / "panels.html"), parse(folder / "panels-2.html")
    assert [article["id"] for article in second.select("article")] == ["101_1", "102_1", "103_1"]
    clustered = looked_up(first, "1_1")
    assert [words(near) for near in clustered.select(".near li")] == [
        "page 2 0.90 alike, a match",
        "page 103 0.43 alike",
    ]
    assert [str(link["href"]) for link in clustered.select("a:not([target])")] == [
        *("index.html#1_1", "panels.html#2_1", "panels-2.html#103_1")
    ]
    assert "alike enough to match" in words(looked_up(second, "103_1"))
    assert "Nothing comes near it." in words(looked_up(first, "4_1"))
    assert "says too little" in words(looked_up(first, "5_1"))
    assert "could not be used: damaged" in words(looked_up(first, "6_1"))
    edges = looked_up(second, "103_1").select(".edges")[0]
    assert (edges["src"], edges["style"]) == ("edges/2.png", "object-position: -200px -0px")


@pytest.mark.slow
def test_the_search_box_leads_to_a_panel_on_any_page(tmp_path: Path) -> None:
    panels = [panel(f"{page}_{count}") for page in range(1, 80) for count in (1, 2)]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1"]], [("1_1", "2_1", 0.9, "redraw")])
    asked = {"12": "12_1", "12_2": "12_2", "51": "51_1", "50_2": "50_2", "79": "79_1", "1": "1_1"}
    with opened(folder) as (page, wrong):
        for number, name in asked.items():
            page.goto((folder / "panels.html").as_uri())
            page.fill("#look-up input", number)
            page.press("#look-up input", "Enter")
            page.wait_for_selector(".asked-for")
            assert page.locator(".asked-for").get_attribute("id") == name
        for number in ("500", "twelve"):
            page.fill("#look-up input", number)
            page.press("#look-up input", "Enter")
            page.locator("#look-up output:not(:empty)").wait_for()
            assert not page.locator(".asked-for").count()
    assert not wrong


def test_pairs_that_nearly_match_are_listed_but_for_those_that_are_settled(tmp_path: Path) -> None:
    names = [f"{page}_1" for page in range(1, 9)]
    below = [("1_1", "3_1", 0.49), ("1_1", "2_1", 0.48), ("4_1", "5_1", 0.47), ("7_1", "8_1", 0.46)]
    folder = write_gallery(
        tmp_path, list(map(panel, names)), [["1_1", "2_1"]], [("1_1", "2_1", 0.9, "redraw")], left_out=[7], below=below
    )
    page = parse(folder / "below.html")
    judged = [(str(pair["data-a"]), str(pair["data-b"])) for pair in page.select(".judged")]
    assert judged == [("1_1", "3_1"), ("4_1", "5_1")]
    assert str(parse(folder / "index.html").select("footer a")[1]["href"]) == "below.html"


@pytest.mark.slow
def test_verdicts_on_pairs_that_nearly_match_are_saved(tmp_path: Path) -> None:
    names = [f"{page}_1" for page in range(1, 6)]
    folder = write_gallery(tmp_path, list(map(panel, names)), below=[("1_1", "3_1", 0.49), ("4_1", "5_1", 0.47)])
    with opened(folder, accept_downloads=True) as (page, wrong):
        page.goto((folder / "below.html").as_uri())
        page.locator("[data-verdict=must_match]").nth(1).click()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save must_match.csv").click()
        saved.value.save_as(tmp_path / "must_match.csv")
        assert page.locator("[aria-pressed=true]").count() == 1
        page.get_by_role("button", name="Forget all").click()
        assert page.locator("[aria-pressed=true]").count() == 0
    assert not wrong
    assert read_list(tmp_path / "must_match.csv", leaves_out=False) == [("4_1.gif", "5_1.gif")]
