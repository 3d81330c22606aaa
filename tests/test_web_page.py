"""What a page says, as real servers on loopback send it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from download_pages import COLUMNS
from reprise.web.page import LONGEST_TITLE, find_panels, page_title, parse_page
from sites import (
    Server,
    body,
    download,
    html,
    panel,
    picture,
    redirect,
    settings,
)

pytestmark = pytest.mark.usefixtures("own_folder")


def test_panels_are_found_however_the_page_names_them(site: Server) -> None:
    port = site.server_port
    sources = [
        ('<img class=panel src="one.gif">', "/media/old/one.gif"),
        ('<img class=panel src=" ../two.gif#top ">', "/media/two.gif"),
        ('<img class=panel src="/root/three.gif?id=3&amp;size=full">', "/root/three.gif?id=3&size=full"),
        (f'<img class=panel src="//127.0.0.1:{port}/four.gif">', "/four.gif"),
        (f'<img class=panel src="HTTP://127.0.0.1:{port}/five.gif">', "/five.gif"),
        ('<img class=panel src="data:image/gif;base64,R0lGODlhAQ" data-src="six.gif">', "/media/old/six.gif"),
        ('<img class=panel data-src="seven.gif" srcset="x.gif 2x">', "/media/old/seven.gif"),
        ('<img class=panel srcset="nine.gif 1x, w_1,h_2/eight.gif 2x">', "/media/old/w_1,h_2/eight.gif"),
        ('<img class=panel srcset="ten.gif, ten-large.gif 2x">', "/media/old/ten-large.gif"),
    ]
    site.replies["/comic/001/"] = body(html(*(tag for tag, _ in sources), head='<base href="/media/old/x">'))
    for number, (_, path) in enumerate(sources):
        site.replies[path.replace(" ", "%20")] = body(picture("GIF", number))

    manifest = download(settings(site))

    assert list(manifest.columns) == COLUMNS
    assert list(manifest["url"]) == [site.address + path for _, path in sources]
    assert list(manifest["file"]) == [f"results/downloads/images/1_{count}.gif" for count in range(1, 10)]
    assert set(manifest["status"]) == {"ok"}
    assert [Path(file).read_bytes() for file in manifest["file"]] == [picture("GIF", n) for n in range(len(sources))]
    assert site.counts.total() == 10  # the logo outside of `main` isn't a panel
    assert site.referers["/four.gif"] == f"{site.address}/comic/001/"


def test_addresses_are_relative_to_where_the_page_was_found(site: Server) -> None:
    site.replies["/comic/001/"] = redirect("/moved/here/page.html")
    site.replies["/moved/here/page.html"] = body(html(panel("a.gif")))
    site.replies["/moved/here/a.gif"] = redirect("/elsewhere/b.gif")
    site.replies["/elsewhere/b.gif"] = body(picture("GIF"))
    manifest = download(settings(site))
    assert manifest[["url", "page_url", "status"]].to_numpy().tolist() == [
        [f"{site.address}/moved/here/a.gif", f"{site.address}/comic/001/", "ok"]
    ]


@pytest.mark.parametrize(
    ("head", "selector", "header", "title"),
    [
        ("<title>\n Füchse &amp;\t狐\n</title>", None, "text/html; charset=utf-8", "Füchse & 狐"),
        ("<title>Füchse</title>", None, "text/html", "Füchse"),
        ("<title>Füchse</title>", None, "text/html; charset=no-such", "Füchse"),
        ("<title>Comic</title><h1 id=name>The <b>fox</b></h1>", "#name", "text/html", "The fox"),
        ("<title>Comic</title>", "#name", "text/html", ""),
        ("<title>F&#xFC;chse&#0;&#x9d;</title>", None, "text/html", "Füchse\ufffd"),
        ("<title>a+2AA-b</title>", None, "text/html; charset=utf-7", "a?b"),
        (f"<title>{'long ' * 1000}</title>", None, "text/html", None),
    ],
)
def test_titles(site: Server, head: str, selector: str | None, header: str, title: str | None) -> None:
    site.replies["/comic/001/"] = body(html(panel("/a.gif"), head=head), Content_Type=header)
    site.replies["/a.gif"] = body(picture("GIF"))
    found = str(download(replace(settings(site), title=selector))["title"].iloc[0])
    assert len(found) <= LONGEST_TITLE
    assert title is None or found == title


@pytest.mark.parametrize(
    ("text", "encoding", "meta", "charset"),
    [
        ("狐", "shift_jis", "<meta charset=shift_jis>", None),
        ("Лиса", "koi8-r", "", "koi8-r"),
        ("café", "windows-1252", "", None),
        ("Ж", "utf-8", "", None),
        ("Ж", "utf-8", "<meta charset=latin-1>", None),
        ("Füchse", "utf-16", "", None),
    ],
)
def test_old_pages_are_read_in_their_encoding(text: str, encoding: str, meta: str, charset: str | None) -> None:
    page = parse_page(f"{meta}<title>{text}</title><img src=/a.gif>".encode(encoding), charset)
    assert page_title(page, None) == text
    assert find_panels(page, "https://comic.example/", "img") == [("https://comic.example/a.gif", "")]


fragments = st.lists(
    st.sampled_from(["<img class=p src=", "<base href=", '"', "'", ">", "<", "//", "[", "data:", "+2AA-", "\\", "</"])
    | st.text(max_size=5)
).map("".join)


@given(fragments, st.sampled_from([None, "utf-7", "no-such"]))
def test_no_page_stops_the_search_for_panels(text: str, charset: str | None) -> None:
    page = parse_page(text.encode(), charset)
    for address, _ in find_panels(page, "https://comic.example/1", "img.p"):
        assert not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", address)
    page_title(page, None).encode()
