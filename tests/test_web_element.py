"""Where an image is, as browsers take it."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from reprise.web.element import is_placeholder, largest
from reprise.web.page import find_panels, parse_page

URL = "https://c.example/comic/1"


def found(html: str, selector: str = "#comic *", attribute: str | None = None) -> list[str]:
    page = parse_page(f"<div id=comic>{html}</div>".encode(), "utf-8")
    return [panel.address.removeprefix("https://c.example") for panel in find_panels(page, URL, selector, attribute)]


def test_a_link_to_a_page_is_no_image_of_what_is_in_it() -> None:
    for src in ("/thumbs/a.png", "/a.png"):
        assert found(f"<a href=/p/2><img src={src}></a>", "#comic img") == [src]


SMALL, WIDE = "<source media='(max-width: 600px)' srcset=/s.png>", "<source media='(min-width: 601px)' srcset=/a.png>"


@pytest.mark.parametrize(
    "sources",
    [
        SMALL + WIDE + "<img src=/s.png>",
        WIDE + "<source media='(min-width: 301px)' srcset=/m.png><img src=/s.png>",
        SMALL + "<img src=/a.png>",
        "<source type=image/jxl srcset=/a.jxl><source type=image/svg+xml srcset=/a.svg><img src=/a.png>",
        "<source type=image/webp srcset='/s.webp 3w, /m.webp 6w'><img src=/s.png srcset='/m.png 6w, /a.png 9w'>",
        "<source type=image/webp srcset=/a.png><img src=/m.png srcset='/s.png 300w, /m.png 600w'>",
    ],
)
def test_the_largest_picture_that_can_be_read_is_taken(sources: str) -> None:
    assert found(f"<picture>{sources}</picture>", "#comic img") == ["/a.png"]


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<img src=/a.png srcset="/b.png 600w, /c.png 1200w, /d.png 900w">', "/c.png"),
        ('<img src=/a.png srcset="/b.png 1.5x, /c.png 2x">', "/c.png"),
        ('<img src=/a.png srcset="/b.png">', "/b.png"),
        ('<img src=/a.png srcset="/w_10,h_10/b.png 1x,/w_20,h_20/c.png 2x">', "/w_20,h_20/c.png"),
        ('<img src=/a.png srcset="">', "/a.png"),
        ('<img src=/a.png srcset=" , ">', "/a.png"),
        ('<img src=/a.png srcset="data:image/gif;base64,R0 2x">', "/a.png"),
        ('<img src="data:image/gif;base64,R0" data-src=/a.png>', "/a.png"),
        ("<img src=/img/spacer.gif data-lazy-src=/a.png>", "/a.png"),
        ("<img src=/img/blank.gif data-original=/a.png>", "/a.png"),
        ("<img src=https://cdn.example/bg_transparency.png data-url=/a.png>", "/a.png"),
        ("<img src=/lazy_placeholder.gif data-src=/a.png data-srcset='/b.png 300w, /c.png 900w'>", "/c.png"),
        ("<img data-src=/a.png>", "/a.png"),
        ("<img src=/blank-page.png>", "/blank-page.png"),
        ("<img src=/a.png data-url=/share/1>", "/a.png"),
        ("<img src=/a.png data-src=/a-small.png>", "/a.png"),
        # What only keeps the place has any name; one that is small says so by its name, its class or its width.
        ("<img src=/o.gif data-src=/a.png>", "/a.png"),
        ("<img src=/a-blur.jpg data-full=/a.png data-pin=/pin.png>", "/a.png"),
        ("<img src=/a.png?w=20 data-medium-file=/m.png data-orig-file=/a.png>", "/a.png"),
        ("<img src=/a_lqip.jpg srcset='/b.png 600w, /a.png 900w'>", "/a.png"),
        ("<img class=blurred src=/b.png><noscript><img src=/a.png></noscript>", "/a.png"),
        ("<img src=/blank.gif><noscript><img src=/a.png></noscript>", "/a.png"),
        ("<a href=/a.png><img src=/thumbs/a.png></a>", "/a.png"),
        ("<a href=/a.png><img src=/b.png width=20></a>", "/a.png"),
        ("<img src=/small-town.png>", "/small-town.png"),
        ("<p><img src=/a.png></p>", "/a.png"),
        ("<video poster=/a.png></video>", "/a.png"),
        ("<image xlink:href=/a.png />", "/a.png"),
        ("<div data-bg=/a.png></div>", "/a.png"),
        ("<img src='\\b\\a.png?x=\\'>", "/b/a.png?x=\\"),
        ("<img src='/a.php?page=1&section=2&copy=3'>", "/a.php?page=1&section=2&copy=3"),
        ("<input type=image src=/a.png>", "/a.png"),
        ("<embed src=/a.gif>", "/a.gif"),
        ("<object data=/a.gif></object>", "/a.gif"),
        ("<a href=/full/a.png></a>", "/full/a.png"),
        ("<div style=\"background: #fff url('/a.png') no-repeat\"></div>", "/a.png"),
        ('<div style="background-image:url(/a.png);width:3px"></div>', "/a.png"),
        ("<div style='background-image:url(&quot;/a b.png&quot;)'></div>", "/a b.png"),
        ("<img alt=nothing>", ""),
    ],
)
def test_an_image_is_where_a_browser_takes_it_from(html: str, address: str) -> None:
    assert found(html) == [address]


def test_a_picture_gives_its_largest() -> None:
    html = "<picture><source srcset='/a.webp 600w, /b.webp 1800w'><img src=/c.png></picture>"
    assert found(html, "#comic img") == found(html, "picture") == ["/b.webp"]
    lazy = "<picture><source data-srcset='/a.webp 2x'><img src=/blank.gif data-src=/c.png></picture>"
    assert found(lazy, "#comic img") == ["/c.png"]


def test_what_stands_in_many_elements_is_none_of_their_images() -> None:
    assert found("".join(f"<img src=/wait.svg data-src=/{n}.png>" for n in range(3))) == ["/0.png", "/1.png", "/2.png"]
    assert found("<img src=/same.png><img src=/same.png>") == ["/same.png"]


def test_an_image_that_a_page_names_twice_counts_once() -> None:
    lazy = "<img src='data:,' data-src=/a.png><noscript><img src=/a.png alt=Hello></noscript><img src=../b.png>"
    assert found(lazy, "#comic img") == ["/a.png", "/b.png"]
    page = parse_page(f"<div id=comic>{lazy}</div>".encode(), None)
    assert [panel.text for panel in find_panels(page, URL, "#comic img")] == ["Hello", ""]


def test_a_meta_and_a_link_name_an_image() -> None:
    html = "<meta property=og:image content=/a.png><link rel=image_src href=/b.png>"
    assert found(html, "meta[property='og:image'], link[rel=image_src]") == ["/a.png", "/b.png"]


def test_an_attribute_that_is_named_is_taken_alone() -> None:
    assert found("<img src=/a.png data-full=/b.png><img src=/c.png>", "img", "data-full") == ["/b.png", ""]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<img src=a alt='A fox' title='It sees you.'>", "A fox | It sees you."),
        ("<img src=a alt='A fox' title='A fox'>", "A fox"),
        ("<img src=a title=' It\nsees \x00you. '>", "It sees you."),
        ("<img src=a>", ""),
    ],
)
def test_what_a_page_says_of_an_image_is_kept_on_one_line(html: str, text: str) -> None:
    (panel,) = find_panels(BeautifulSoup(html, "html.parser"), URL, "img")
    assert panel.text == text


@given(
    st.lists(
        st.tuples(st.text("ab/,.", min_size=1).filter(lambda t: t.strip(",") == t), st.integers(1, 99)), min_size=1
    )
)
def test_the_largest_of_a_set_is_found(candidates: list[tuple[str, int]]) -> None:
    candidates = [(address, width) for address, width in candidates if not is_placeholder(address)] or [("a", 1)]
    width = max(width for _, width in candidates)
    assert largest(", ".join(f"{address} {width}w" for address, width in candidates)) in [
        a for a, w in candidates if w == width
    ]


@given(st.text(max_size=60))
def test_no_set_stops_the_search(text: str) -> None:
    assert largest(text) in ("", *text.replace(",", " ").split(), *text.split()) or "," in text
