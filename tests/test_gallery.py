"""The gallery: what is shown, in which order, that nothing a comic says becomes markup, and that a browser shows it."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import gallery as step
from browser import browser
from fingerprint import write_thumbnails
from gallery import best_matches, gallery, web_address
from pictures import edges_at, frame, size_of
from reprise.corrections import read_list
from reprise.shards import Panel
from reprise.thumbnails import link_thumbnails

TEMPLATE = Path(step.__file__).with_suffix(".html")
PANEL_COLUMNS = ["panel", "page", "count", "page_name", "file", "url", "page_url", "title", "text"]
PANEL_COLUMNS += ["status", "detail", "edges"]
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
    return {"panel": name, "page": page, "count": count, **usual, "status": "ok", "detail": "", "edges": 900} | known


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
) -> Path:
    """Write the tables and thumbnails that the step reads, run it, and return its folder."""
    place.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(panels, columns=PANEL_COLUMNS).to_csv(place / "panels.csv", index=False)
    usual = (0, 0, "", "", 0.8, "The edges meet.")
    explained = [(*pair, *usual[len(pair) - 4 :]) for pair in pairs]
    pd.DataFrame(explained, columns=step.PAIR_COLUMNS).to_csv(place / "pairs.csv", index=False)
    lists: dict[str, Any] = {"apart": np.zeros((apart, 2)), "together": np.zeros((together, 2))}
    np.savez(place / "matches.npz", left_out=np.array(left_out, dtype=np.int64), **lists)
    members = [(rank, name, "", 0) for rank, names in enumerate(clusters, 1) for name in names]
    pd.DataFrame(members, columns=["cluster", "panel", "file", "page"]).to_csv(place / "clusters.csv", index=False)
    why = [*ranking, *((names[-1], 9, 0.7, "redraw", 0.2, 0.6, 0.7, 0.8) for names in clusters[len(ranking) :])]
    ranked = [(rank, *figures) for rank, figures in enumerate(why, 1)]
    pd.DataFrame(ranked, columns=step.RANKING_COLUMNS).to_csv(place / "ranking.csv", index=False)
    pages = [(page, str(page), 0, address, "", why) for page, address, why in missing]
    pages += [(int(page), page, 1, "", "", "ok") for page in dict.fromkeys(str(row["page"]) for row in panels)]
    pd.DataFrame(pages, columns=["page", "page_name", "panels", "page_url", "title", "status"]).to_csv(
        place / "pages.csv", index=False
    )
    half = len(panels) // 2
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
        place / "pairs.csv",
        place / "matches.npz",
        place / "panels.csv",
        place / "pages.csv",
        thumbnails,
        TEMPLATE,
        "a Dice coefficient of 0.5 or more",
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


def test_clusters_come_in_rank_order_and_their_panels_in_story_order(tmp_path: Path) -> None:
    page = parse(simple_gallery(tmp_path) / "index.html")
    sections = page.select("section")
    assert [section["id"] for section in sections] == ["cluster-1", "cluster-2"]
    assert [words(heading) for heading in page.select("section h2")] == [
        "Cluster 1 2 panels pages 9–110",
        "Cluster 2 3 panels pages 2–10",
    ]
    shown = [[item["id"] for item in section.select("li")] for section in sections]
    assert shown == [["panel-9_1", "panel-110_1"], ["panel-2_1", "panel-10_1", "panel-10_2"]]


@pytest.mark.parametrize(
    ("ranked", "said"),
    [
        (
            ("10_2", 8, 0.716, "redraw", 0.598, 0.7, 0.8, 0.956),
            "Interest 0.60: page 10, panel 2 is back after 8 pages, 0.72 alike. "
            "Any two are 0.70 alike or more, and together in 96 % of the trials.",
        ),
        (
            ("10_1", 1, 1.0, "duplicate", 0.0123, 0.0, 0.45, 1.0),
            "Interest 0.01: page 10, panel 1 is back after 1 page, an exact copy. "
            "Any two are 0.45 alike on average, though not all match, and together in 100 % of the trials.",
        ),
        (
            ("10_2", 0, 1.0, "redraw", 0.0, 0.9, 0.9, 0.0),
            "Interest 0.00: all on one page. Any two are 0.90 alike or more, and together in 0 % of the trials.",
        ),
    ],
)
def test_a_cluster_says_why_it_stands_where_it_stands(tmp_path: Path, ranked: tuple[Any, ...], said: str) -> None:
    of_two = ("110_1", 12_345, 0.9, "recolour", 0.9, 0.9, 0.9, 1.0)
    page = parse(simple_gallery(tmp_path, ranking=[of_two, ranked]) / "index.html")
    headings = page.select(".heading")
    assert [" ".join(map(words, heading.select("p"))) for heading in headings] == [
        "Interest 0.90: page 110 is back after 12,345 pages, 0.90 alike. "
        "The two are 0.90 alike, and together in 100 % of the trials.",
        said,
    ]
    assert [link["href"] for link in headings[1].select("p a")] == ([f"#panel-{ranked[0]}"] if ranked[1] else [])


def test_story_order_is_that_of_the_panels_whatever_the_order_in_the_clusters(tmp_path: Path) -> None:
    folder = write_gallery(tmp_path, [panel(name) for name in ("2_1", "9_1", "10_1")], [["10_1", "2_1", "9_1"]])
    items = parse(folder / "index.html").select("li")
    assert [item["id"] for item in items] == ["panel-2_1", "panel-9_1", "panel-10_1"]


def test_each_panel_after_the_first_says_what_it_matches(tmp_path: Path) -> None:
    captions = parse(simple_gallery(tmp_path) / "index.html").select("li > div")
    assert [" ".join(map(words, caption.select(":scope > p"))) for caption in captions] == [
        "page 9",
        "page 110 0.99 mirrored from page 9",
        "page 2",
        "page 10, panel 1 0.61 recolour of page 2",
        "page 10, panel 2 0.90 duplicate of page 10, panel 1",
    ]


def test_a_match_says_why_and_which_line_would_correct_it(tmp_path: Path) -> None:
    panels = [panel("1_1"), panel("2_1", file='a, "b" & <c>.gif'), panel("3_1", file="ノ\n3.gif")]
    why = "0.93 of the edges meet where 0.21 would by chance; <b>colours</b> differ by 3 levels."
    pairs = [
        ("1_1", "2_1", 0.9, "redraw", 0, 0, "", "", 0.957, why),
        ("2_1", "3_1", 0.8, "moved", 0, 0, "", "", 0.5, "Why not?"),
    ]
    page = parse(write_gallery(tmp_path, panels, [["1_1", "2_1", "3_1"]], pairs) / "index.html")
    first, *others = page.select("section li")
    assert not first.select("details")
    assert [words(other.select("summary")[0]) for other in others] == ["why, confidence 0.96", "why, confidence 0.50"]
    assert [words(other.select("details p")[0]) for other in others] == [why, "Why not?"]
    lines = [other.select("pre")[0].text for other in others]
    assert lines == ['1_1.gif,"a, ""b"" & <c>.gif"', '"a, ""b"" & <c>.gif","ノ\n3.gif"']
    told = tmp_path / "not_a_match.csv"
    told.write_text("\n".join(["file_a,file_b", *lines]), encoding="utf-8")
    assert read_list(told, leaves_out=True) == [
        ("1_1.gif", panels[1]["file"]),
        (panels[1]["file"], panels[2]["file"]),
    ]
    assert not page.select("details[open]")


def test_one_click_selects_the_line(tmp_path: Path) -> None:
    style = parse(simple_gallery(tmp_path) / "index.html").select("style")[0].text
    assert re.search(r"^pre \{[^}]* user-select: all;", style, re.MULTILINE)


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
    assert [words(line).replace(" .", ".") for line in page.select("header p")][2:] == [said]
    assert len(parse(simple_gallery(tmp_path) / "index.html").select("header p")) == 2


def test_panels_left_out_at_the_reader_s_wish_are_shown(tmp_path: Path) -> None:
    panels = [panel("1_1"), panel("2_1"), panel("3_1", edges=3), panel("4_1", edges=3), panel("5_1", edges=3)]
    pairs = [("1_1", "5_1", 1.0, "redraw")]
    folder = write_gallery(tmp_path, panels, [["1_1", "5_1"]], pairs, left_out=[1, 2])
    page = parse(folder / "index.html")
    assert [words(summary) for summary in page.select("main > details summary")] == [
        "2 panels left out by you",
        "1 panel says too little",
    ]
    shown = [[words(item) for item in pictures.select("li")] for pictures in page.select("ul.small")]
    assert shown == [["page 2", "page 3"], ["page 4"]]
    assert page.select("header a[href='index.html#left-out']")
    assert len(page.select("#left-out")) == 1
    assert sorted(path.stem for path in (folder / "thumbnails").iterdir()) == ["1_1", "2_1", "3_1", "4_1", "5_1"]


def test_the_best_match_is_with_an_earlier_panel_where_there_is_one() -> None:
    pairs = pd.DataFrame(
        [
            ("1_1", "4_1", 0.9, "redraw"),
            ("2_1", "4_1", 0.6, "redraw"),
            ("2_1", "3_1", 0.99, "redraw"),
            ("3_1", "5_1", 0.7, "redraw"),
            ("4_1", "5_1", 0.7, "recolour"),
            ("4_1", "6_1", 0.8, "redraw"),
            ("1_1", "7_1", 0.5, "redraw"),
            ("2_1", "7_1", 0.5, "redraw"),
        ],
        columns=step.PAIR_COLUMNS[:4],
    ).assign(frame_a=0, frame_b=0, time_a="", time_b="", confidence=0.8, explanation="")
    cluster_of = pd.Series({"1_1": 1, "2_1": 1, "4_1": 1, "5_1": 1, "7_1": 1, "3_1": 2, "6_1": 2})
    best = best_matches(pairs, cluster_of).set_index("panel")
    assert best["other"].to_dict() == {"4_1": "1_1", "5_1": "4_1", "7_1": "1_1", "1_1": "4_1", "2_1": "4_1"}
    assert best.loc["2_1", "score"] == 0.6


def test_thumbnails_are_those_of_the_panels_lazy_and_of_known_size(tmp_path: Path) -> None:
    folder = simple_gallery(tmp_path)
    images = parse(folder / "index.html").select("img")
    assert len(images) == 5
    for image in images:
        assert image["loading"] == "lazy"
        assert str(image["alt"]).startswith("Page ")
        with Image.open(folder / str(image["src"])) as picture:
            assert (image["width"], image["height"]) == (str(picture.width), str(picture.height))
    assert (folder / "thumbnails" / "10_2.jpg").read_bytes() == jpeg(3)
    assert sorted(path.stem for path in (folder / "thumbnails").iterdir()) == ["10_1", "10_2", "110_1", "2_1", "9_1"]


def test_a_panel_is_shown_by_the_frame_that_matches(tmp_path: Path) -> None:
    panels = [panel("1_1"), panel("2_1"), panel("3_1")]
    pairs = [("1_1", "2_1", 0.9, "frame", 0, 4), ("2_1", "3_1", 0.6, "frame", 0, 4)]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1", "3_1"]], pairs)
    shown = {path.stem: path.read_bytes() for path in (folder / "thumbnails").iterdir()}
    assert shown == {"1_1": jpeg(0), "2_1": jpeg(1 + 7), "3_1": jpeg(2 + 7)}


def test_times_of_frames_are_told_of_those_that_have_any(tmp_path: Path) -> None:
    panels = [panel("1_1"), panel("2_1"), panel("3_1")]
    pairs = [("1_1", "2_1", 0.9, "frame", 0, 4, "", 151.25), ("2_1", "3_1", 0.6, "frame", 4, 0, 3723.0, "")]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1", "3_1"]], pairs)
    told = [" ".join(item.get_text(" ").split()) for item in parse(folder / "index.html").select("section li")]
    assert told[0].startswith("page 1")
    assert ", at" not in told[0].split("why")[0]
    assert told[1].startswith("page 2 , at 2:31 0.90 with a frame of page 1 why")
    assert told[2].startswith("page 3 0.60 with a frame of page 2 , at 1:02:03 why")


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


def test_a_thumbnail_leads_to_the_original_in_its_cluster(tmp_path: Path) -> None:
    panels = [panel("1_1", file="a b/é?.PNG"), panel("2_1", file="c.Pn?g#%41"), panel("3_1", file="-3")]
    folder = write_gallery(tmp_path, panels, [["1_1", "2_1", "3_1"]])
    links = [unquote(urlsplit(str(link["href"])).path) for link in parse(folder / "index.html").select("li > a")]
    assert links == ["../clusters/1/1_1.png", "../clusters/1/2_1.pn?g#%41", "../clusters/1/3_1"]


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
    page = parse(write_gallery(tmp_path, panels, [["1_1", "2_1"]], missing=[(5, address, "404")]) / "index.html")
    links = [str(link["href"]) for link in page.select("a")]
    outward = [href for href in links if not href.startswith(("#", "..", "index.html#"))]
    assert outward == ([address] * 5 if link else [])
    assert all(f"page {number}" in words(page.select("main")[0]) for number in range(1, 6))


@given(st.text())
def test_an_address_is_kept_as_it_is_or_dropped(address: str) -> None:
    assert web_address(address) in ("", address)
    assert web_address("https://" + address) == "https://" + address


def assert_nothing_is_markup(page: BeautifulSoup) -> None:
    assert not page.select("script, svg, iframe, object, embed, base, form")
    assert all(str(image["src"]).startswith("thumbnails/") for image in page.select("img"))
    for element in page.select("*"):
        assert not [name for name in element.attrs if name.lower().startswith("on")]


def test_hostile_names_and_titles_are_shown_as_they_are(tmp_path: Path) -> None:
    clustered = [panel(f"{n}_1", file=text, title=text) for n, text in enumerate(HOSTILE)]
    plain = [panel(f"{n}_1", file=text, title=text, edges=0) for n, text in enumerate(HOSTILE, 20)]
    damaged = [panel(f"{n}_1", file=text, status="damaged", detail=text) for n, text in enumerate(HOSTILE, 40)]
    missing = [(n, "", text) for n, text in enumerate(HOSTILE, 60)]
    folder = write_gallery(
        tmp_path, clustered + plain + damaged, [[row["panel"] for row in clustered]], missing=missing
    )
    page = parse(folder / "index.html")
    assert_nothing_is_markup(page)
    assert [link["title"] for link in page.select("section li > a")] == HOSTILE
    assert [str(image["alt"]).partition(": ")[2] for image in page.select("section img")] == HOSTILE
    assert [name.text for name in page.select("#unusable td:nth-child(2)")] == HOSTILE
    assert [why.text for why in page.select("#missing td:nth-child(2)")] == HOSTILE


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_whatever_a_title_says_is_only_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    place = tmp_path_factory.mktemp("any")
    page = parse(write_gallery(place, [panel("1_1", title=text), panel("2_1")], [["1_1", "2_1"]]) / "index.html")
    assert_nothing_is_markup(page)
    assert page.select("img")[0]["alt"] == "Page 1: " + text


def test_panels_that_say_too_little_or_nothing_are_listed(tmp_path: Path) -> None:
    panels = [panel("1_1"), panel("2_1", edges=29), panel("3_1", edges=30), panel("4_1")]
    panels.append(panel("5_1", edges=0, status="damaged", detail="image file is truncated"))
    panels.append(panel("6_1", edges=0, file="", url="https://comic.example/6.gif", status="404 Not Found"))
    folder = write_gallery(tmp_path, panels, [["1_1", "4_1"]], missing=[(7, "https://comic.example/7", "timed out")])
    page = parse(folder / "index.html")
    assert [words(summary) for summary in page.select("summary")] == [
        "1 panel says too little",
        "2 panels could not be used",
        "1 page is missing",
    ]
    assert not page.select("details[open]")
    assert [words(item) for item in page.select("ul.small li")] == ["page 2"]
    assert (folder / "thumbnails" / "2_1.jpg").exists()
    assert [words(row) for row in page.select("#unusable tbody tr")] == [
        "page 5 5_1.gif damaged: image file is truncated",
        "page 6 https://comic.example/6.gif 404 Not Found",
    ]
    assert [words(row) for row in page.select("#missing tbody tr")] == ["page 7 timed out"]


def many_clusters(place: Path, clusters: int, per_page: int) -> Path:
    names = [f"{page}_1" for page in range(1, 2 * clusters + 1)]
    groups = [[names[n], names[n + clusters]] for n in range(clusters)]
    pairs = [(a, b, 0.8, "redraw") for a, b in groups]
    panels = [*map(panel, names), panel("900_1", edges=0), panel("901_1", status="damaged")]
    return write_gallery(place, panels, groups, pairs, [(902, "", "404")], per_page)


def test_many_clusters_take_several_pages(tmp_path: Path) -> None:
    folder = many_clusters(tmp_path, 5, 2)
    files = ["index.html", "page-2.html", "page-3.html"]
    assert sorted(path.name for path in folder.glob("*.html")) == files
    pages = [parse(folder / file) for file in files]
    shown = [[section["id"] for section in page.select("section")] for page in pages]
    assert shown == [["cluster-1", "cluster-2"], ["cluster-3", "cluster-4"], ["cluster-5"]]
    for number, page in enumerate(pages, 1):
        assert [link["href"] for link in page.select("nav a:not([rel])")] == files * 2
        assert [words(link) for link in page.select("nav a[aria-current=page]")] == [str(number)] * 2
    assert [len(page.select("main > details")) for page in pages] == [0, 0, 3]


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
    assert len(list(many_clusters(tmp_path, clusters, 2).glob("*.html"))) == pages


def follow_links(folder: Path) -> set[str]:
    """Follow every link within a gallery, and return those that name a file."""
    pages = {path.name: parse(path) for path in folder.glob("*.html")}
    followed = set()
    for name, page in pages.items():
        for link in page.select("a"):
            href = str(link["href"])
            if not href.startswith(("../clusters/", "https://comic.example/")):
                file, _, anchor = href.partition("#")
                assert not anchor or len(pages[file or name].select(f"#{anchor}")) == 1, href
                followed.add(href if file else "")
    assert pages.keys() == {href.partition("#")[0] for href in followed if href} | {"index.html"}
    return followed


def test_every_link_within_the_gallery_leads_somewhere_and_to_every_page(tmp_path: Path) -> None:
    asides = {"page-3.html#plain", "page-3.html#unusable", "page-3.html#missing"}
    assert follow_links(many_clusters(tmp_path, 5, 2)) == {"", "index.html", "page-2.html", "page-3.html"} | asides


@pytest.mark.slow
def test_a_long_list_of_what_is_left_aside_has_pages_of_its_own(tmp_path: Path) -> None:
    """Of those that say too little and could not be used there are too many for the last page, of missing pages not."""
    most = step.MOST_LISTED
    numbers = iter(range(1, 10**6))
    clustered = [panel(f"{next(numbers)}_1") for _ in range(6)]
    plain = [panel(f"{next(numbers)}_1", edges=0, title=HOSTILE[0]) for _ in range(most + 1)]
    damaged = [panel(f"{next(numbers)}_1", status="damaged", detail=HOSTILE[n % 5]) for n in range(2 * most + 1)]
    groups = [[clustered[n]["panel"], clustered[n + 3]["panel"]] for n in range(3)]
    missing = [(next(numbers), "", HOSTILE[n % 5]) for n in range(most)]
    folder = write_gallery(tmp_path, clustered + plain + damaged, groups, missing=missing, clusters_per_page=2)

    of_their_own = ["plain.html", "plain-2.html", "unusable.html", "unusable-2.html", "unusable-3.html"]
    ends = {"page-2.html", "page-2.html#missing", "plain.html", "unusable.html"}
    assert follow_links(folder) == {"", "index.html"} | ends | set(of_their_own)
    pages = {file: parse(folder / file) for file in ["index.html", "page-2.html", *of_their_own]}
    for page in pages.values():
        assert_nothing_is_markup(page)
        links = page.select("header .aside a")
        assert [link["href"] for link in links] == ["plain.html", "unusable.html", "page-2.html#missing"]
        said = [f"{most + 1:,} panels say too little", f"{2 * most + 1:,} panels could not be used"]
        assert list(map(words, links)) == [*said, f"{most:,} pages are missing"]
    assert [words(summary) for summary in pages["page-2.html"].select("main > details > summary")] == [
        f"{most:,} pages are missing"
    ]
    assert not pages["index.html"].select("main > details")
    assert len(pages["page-2.html"].select("#missing tbody tr")) == most
    for file in of_their_own:
        assert len(pages[file].select("section")) == 1
        assert pages[file].select("section a[href='index.html']")

    shown = [[words(item) for item in pages[file].select("ul.small li")] for file in of_their_own[:2]]
    assert shown == [[f"page {row['page']}" for row in plain[:most]], [f"page {plain[most]['page']}"]]
    rows = [[words(row) for row in pages[file].select("tbody tr")] for file in of_their_own[2:]]
    assert list(map(len, rows)) == [most, most, 1]
    assert [row.split()[1] for page in rows for row in page] == [row["page"] for row in damaged]
    titles = [pages[file].select("title")[0].text for file in ("plain.html", "unusable-3.html")]
    assert titles == [
        f"Reprise: {most + 1:,} panels say too little",
        f"Reprise: {2 * most + 1:,} panels could not be used, page 3",
    ]


def test_an_empty_result_says_what_to_change(tmp_path: Path) -> None:
    folder = write_gallery(tmp_path, [panel("1_1"), panel("2_1")])
    assert "match in config.yaml" in words(parse(folder / "index.html").select("section")[0])
    assert [path.name for path in folder.glob("*.html")] == ["index.html"]
    assert list((folder / "thumbnails").iterdir()) == []


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_input_gives_the_same_bytes_and_nothing_old_stays(tmp_path: Path) -> None:
    first = contents(many_clusters(tmp_path / "a", 5, 2))
    assert len(first) == 3 + 11
    assert contents(many_clusters(tmp_path / "b", 5, 2)) == first
    assert "page-3.html" not in contents(many_clusters(tmp_path / "a", 5, 3))


def area(screenshot: Path, colour: tuple[int, int, int]) -> int:
    """Count the pixels of a colour, as far as JPEG keeps it."""
    with Image.open(screenshot) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    return int((np.abs(pixels - colour).max(axis=2) <= 6).sum())


@pytest.mark.slow
def test_a_browser_shows_the_pictures_from_disk(tmp_path: Path) -> None:
    index = simple_gallery(tmp_path / "a name with # and %") / "index.html"
    screenshot = tmp_path / "screenshot.png"
    browser("--window-size=1280,900", f"--screenshot={screenshot}", index.as_uri(), profile=tmp_path / "profile")
    # Panels 0 and 4 share a colour; number 5 is in no cluster.
    expected = [200 * 120 + 196 * 124, 199 * 121, 198 * 122, 197 * 123]
    for colour, pixels in zip(COLOURS, expected, strict=True):
        assert area(screenshot, colour) == pytest.approx(pixels, rel=0.02)


def test_a_browser_runs_nothing_that_a_comic_says(tmp_path: Path) -> None:
    panels = [panel(f"{n}_1", file=text, title=text, page_url=text) for n, text in enumerate(HOSTILE)]
    index = write_gallery(tmp_path, panels, [[row["panel"] for row in panels]]) / "index.html"
    page = BeautifulSoup(browser("--dump-dom", index.as_uri(), profile=tmp_path / "profile"), "html.parser")
    assert_nothing_is_markup(page)
    assert [title.text for title in page.select("title")] == ["Reprise: art used again"]
    assert len(page.select("li")) == len(HOSTILE)
    # Were something to slip through all the same, this line in the page forbids it to run.
    policy = str(page.select("meta[http-equiv=Content-Security-Policy]")[0]["content"])
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
