"""The step `list_pages`, against real servers on loopback."""

from collections.abc import Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from list_pages import list_pages
from reprise.web.proposals import PAGES_BEFORE_ASKING
from reprise.web.session import PoliteAdapter
from reprise.web.settings import Web
from sites import STORE, Reply, Server, body, html, picture, redirect, settings

pytestmark = pytest.mark.usefixtures("own_folder")

TABLE = STORE / "addresses.csv"


def listed(web: Web, first: int = 1, last: int | None = None, **given: Any) -> list[str]:
    """Run the step and return the paths of the pages."""
    list_pages(web, first, last, STORE, TABLE, given.get("listed"), given.get("refresh", False))
    table = pd.read_csv(TABLE)
    assert list(table["page"]) == list(range(first, first + len(table)))
    return ["/" + address.split("/", 3)[3] for address in table["page_url"]]


def page(number: int, link: str = "") -> Reply:
    return body(html(f'<img class=panel src="/{number}.gif">', link, head=f"<title>Page {number}</title>"))


def chain(site: Server, *paths: str, last: str = "") -> Web:
    """Have pages at these paths, each with a link to the next, and return settings that follow them."""
    for number, (path, following) in enumerate(zip(paths, [*paths[1:], None], strict=True), start=1):
        link = f'<a rel=next href="{following}">on</a>' if following else last
        site.replies[path] = page(number, link)
        site.replies[f"/{number}.gif"] = body(picture("GIF", number))
    return replace(settings(site), url=None, start=site.address + paths[0])


def test_links_are_followed_to_the_end(site: Server) -> None:
    web = chain(site, "/one", "/two?a=1&b=2", "/über", "/four")
    assert listed(web) == ["/one", "/two?a=1&b=2", "/%C3%BCber", "/four"]
    assert set(site.counts.values()) == {1}


@pytest.mark.parametrize(
    "last",
    [
        "",
        '<a rel=next href="#">on</a>',
        '<a rel=next href="javascript:void(0)">on</a>',
        '<a rel=next href="/three#comments">on</a>',
        '<a rel=next href="/one">on</a>',
        '<a rel=next href="/">on</a>',
        '<a rel=next href="https://other.example/four">on</a>',
        '<a rel=next href="http://127.0.0.1:9/four">on</a>',
        '<a rel=next href="mailto:me@comic.example">on</a>',
        '<a rel=next href="file:///etc/passwd">on</a>',
        '<a rel=next href="http://[">on</a>',
        '<a rel=next href="/not-out-yet">on</a>',
        '<a rel=next href="/back-to-three">on</a>',
        '<a rel=next href="/to-the-front">on</a>',
        '<span class="comic-nav-next comic-nav-void">Next</span><a rel=next href="/blog">a post</a>',
    ],
)
def test_the_last_page_is_known_however_it_is_made(site: Server, other: Server, last: str) -> None:
    web = chain(site, "/one", "/two", "/three", last=last)
    site.replies |= {
        "/back-to-three": redirect("/three"),
        "/to-the-front": redirect("/"),
        "/": page(9),
        "/blog": page(9),
    }
    assert listed(web) == ["/one", "/two", "/three"]


def test_a_front_page_may_be_the_start(site: Server) -> None:
    site.replies["/"] = page(3, '<a rel=prev href="/2">back</a><a rel=next href="/3">on</a>')
    site.replies["/2"] = page(2, '<a rel=prev href="/1">back</a>')
    site.replies["/1"] = page(1, '<a rel=prev href="/">back</a>')
    web = replace(settings(site), url=None, start=site.address + "/", order="newest first")
    assert listed(web) == ["/1", "/2", "/"]


def test_a_new_page_of_one_read_backwards_comes_last(site: Server) -> None:
    test_a_front_page_may_be_the_start(site)
    site.replies["/3"] = page(3, '<a rel=prev href="/2">back</a>')
    site.replies["/"] = page(4, '<a rel=prev href="/3">back</a>')
    web = replace(settings(site), url=None, start=site.address + "/", order="newest first")
    before = site.counts
    assert listed(web) == ["/1", "/2", "/3", "/"]
    assert site.counts - before == {"/": 1, "/3": 1}


def test_only_the_end_is_asked_for_again(site: Server) -> None:
    assert len(listed(chain(site, "/one", "/two", "/three"))) == 3
    web = chain(site, "/one", "/two", "/three", "/four", "/five")
    before = site.counts
    assert len(listed(web)) == 5
    assert site.counts - before == {"/three": 1, "/four": 1, "/five": 1}
    before = site.counts
    listed(replace(web, next="a[rel=next]"))
    assert (site.counts - before).total() == 5  # another way may lead elsewhere
    listed(web, refresh=True)
    assert (site.counts - before).total() == 10


def test_pages_are_numbered_from_the_first_up_to_a_limit(site: Server) -> None:
    web = chain(site, "/one", "/two", "/three", "/four")
    assert listed(web, first=0, last=2) == ["/one", "/two", "/three"]
    assert "/four" not in site.counts


def test_what_fails_on_the_way_stops_with_a_sentence_and_goes_on_there(site: Server) -> None:
    web = chain(site, "/one", "/two", "/three", "/four")
    whole, site.replies["/three"] = site.replies["/three"], body("", 503)
    said = r"^comic\.web\.start: http.*/three, 2 pages on, can't be read \(failed: HTTP 503\).*The site is in trouble"
    with pytest.raises(ConnectionError, match=said):
        listed(web)
    assert not TABLE.exists()
    site.replies["/three"] = whole
    before = site.counts
    assert len(listed(web)) == 4
    assert site.counts - before == {"/three": 1, "/four": 1}


def test_an_age_gate_is_told_with_the_way_out_and_opened_by_a_cookie(site: Server) -> None:
    web = chain(site, "/one", "/two")
    gate = body("<title>Adults only</title><p>Are you over 18?<form><button>Yes</button></form>")
    inside = site.replies["/one"]
    assert callable(inside)

    def ask(handler: BaseHTTPRequestHandler) -> None:
        (inside if "over18=1" in (handler.headers["Cookie"] or "") else gate)(handler)

    site.replies["/one"] = ask
    with pytest.raises(ConnectionError, match=r"asks for the reader's age.*comic\.web\.cookies"):
        listed(web)
    assert listed(replace(web, cookies={"over18": "1"})) == ["/one", "/two"]


def test_a_page_that_sends_browsers_on_is_followed_there(site: Server) -> None:
    web = chain(site, "/one", "/two")
    site.replies["/enter"] = body('<meta http-equiv=Refresh content="0; URL=one"><a href=/blog rel=next>Next</a>')
    site.replies["/round"] = body('<meta http-equiv=refresh content="5; url=/round">')
    assert listed(replace(web, start=site.address + "/enter")) == ["/one", "/two"]
    assert listed(replace(web, start=site.address + "/round")) == ["/round"]


def test_a_site_that_has_moved_is_followed_where_it_is(
    site: Server, other: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PoliteAdapter, "check_public", lambda *_: None)
    monkeypatch.setattr("reprise.web.public.public_addresses", lambda host: [host])
    web = chain(other, "/one", "/two")
    site.replies["/one"] = redirect(other.address + "/one")
    assert listed(replace(web, start=site.address + "/one")) == ["/one", "/two"]


@pytest.mark.parametrize("away", ["http://10.0.0.1/", "file:///etc/passwd"])
def test_a_next_page_that_is_none_of_the_comic_ends_it(site: Server, away: str) -> None:
    web = chain(site, "/one", "/two", last="<a rel=next href=/three>on</a>")
    site.replies["/three"] = redirect(away)
    assert listed(web) == ["/one", "/two"]


def test_a_front_page_that_shows_the_page_it_leads_to_counts_once(site: Server) -> None:
    site.replies["/"] = page(3, '<a rel=prev href="/3">back</a>')
    for number in (3, 2, 1):
        site.replies[f"/{number}"] = page(number, f'<a rel=prev href="/{number - 1}">back</a>')
    web = replace(settings(site), url=None, start=site.address + "/", order="newest first")
    assert listed(web) == ["/1", "/2", "/3"]


def test_a_circle_under_new_names_comes_to_an_end(site: Server) -> None:
    """As of a calendar, or of a session in each address."""

    def endless(path: str) -> Reply:
        number = int(path.rpartition("=")[2] or 0)
        return page(number % 3, f'<a rel=next href="/?session={number + 1}">on</a>')

    site.reply_to = lambda path: endless(path)  # type: ignore[method-assign]
    web = replace(settings(site), url=None, start=site.address + "/?session=0")
    assert listed(web) == ["/?session=0", "/?session=1", "/?session=2"]


def test_a_selector_that_finds_nothing_is_told_of_before_thousands_of_pages(site: Server) -> None:
    web = chain(site, *(f"/{number}" for number in range(100, 200)))
    with pytest.raises(ConnectionError) as told:
        listed(replace(web, panels="#comic img"))
    assert f"none of the first {PAGES_BEFORE_ASKING} pages has a panel" in str(told.value)
    assert f"{site.address}/1.gif" in str(told.value)
    assert "main img" in str(told.value) or "img.panel" in str(told.value)
    assert site.counts.total() == PAGES_BEFORE_ASKING + 1


LINKS = "<div id=menu><a href=/about>About</a></div><ul class=archive><li><a href=/c/1>1</a><li><a href='2'>2</a></ul>"
MENU = "<select id=jump><option>Choose<option value=/c/1>1<option value=/c/2>2</select>"
SITEMAP = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</urlset>"


@pytest.mark.parametrize(
    ("archive", "links"),
    [
        (LINKS, ".archive a"),
        (MENU, "#jump option"),
        (SITEMAP.format("<url><loc>{site}/c/1</loc></url><url><loc> {site}/c/2 </loc></url>"), None),
        (
            SITEMAP.format("".join(f"<loc>{{site}}/{path}</loc>" for path in ("a", "c/1", "c/2"))),
            "loc:-soup-contains('/c/')",
        ),
        ("<a class=c href=/c/1>1</a><a class=c href=https://other.example/c/9>9</a><a class=c href=/c/2>2</a>", "a.c"),
    ],
)
def test_an_archive_lists_the_pages(site: Server, archive: str, links: str | None) -> None:
    site.replies["/c/archive"] = body(archive.replace("{site}", site.address))
    web = replace(settings(site), url=None, archive={"url": site.address + "/c/archive", "links": links})
    assert listed(web) == ["/c/1", "/c/2"]
    assert listed(replace(web, order="newest first")) == ["/c/2", "/c/1"]


RSS = "<rss><channel><link>{{site}}/</link>{}</channel></rss>"
ATOM = "<feed><link href=/ /><entry><link href=/c/1></entry><entry><link rel=alternate href=/c/2>{}</entry></feed>"


@pytest.mark.parametrize(
    ("archive", "links"),
    [
        (MENU, "select#jump"),
        (MENU.replace("<option value", "<option selected value"), "#jump"),
        (RSS.format("<item><link>/c/1</link></item><item><guid>9</guid><link>/c/2</link></item>"), None),
        (ATOM.format("<link rel=self href=/c/9 />"), None),
        ('{"comics": [{"url": "1"}, {"url": "/c/2"}]}', "$.comics[*].url"),
        ("<script>var all = [{url: '1'}, {url: '/c/2'}]</script>", "$[*].url"),
    ],
)
def test_an_archive_may_be_a_menu_a_feed_or_data(site: Server, archive: str, links: str | None) -> None:
    site.replies["/c/archive"] = body(archive.replace("{site}", site.address))
    web = replace(settings(site), url=None, archive={"url": site.address + "/c/archive", "links": links})
    assert listed(web) == ["/c/1", "/c/2"]


@pytest.mark.parametrize(("link", "further"), [("rel=next", None), ("class=older", "a.older")])
def test_an_archive_of_several_pages_is_read_to_its_end(site: Server, link: str, further: str | None) -> None:
    for number, on in [(1, 2), (2, 3), (3, 1)]:
        links = f"<p class=c><a href=/c/{7 - 2 * number}></a> <a href=/c/{6 - 2 * number}></a></p>"
        site.replies[f"/archive?page={number}"] = body(f"{links}<a {link} href='?page={on}'>Older</a>")
    archive = {"url": site.address + "/archive?page=1", "links": ".c a"}
    web = replace(settings(site), url=None, archive=archive, order="newest first", next=further)
    assert listed(web) == [f"/c/{number}" for number in range(6)]
    assert set(site.counts.values()) == {1}


def test_a_sitemap_of_sitemaps_is_read_whole(site: Server) -> None:
    index = "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
    site.replies |= {"/sitemap.xml": body(index)}
    for name in "ab":
        site.replies[f"/{name}.xml"] = body(SITEMAP.format(f"<url><loc>{site.address}/{name}</loc></url>"))
    web = replace(settings(site), url=None, archive={"url": site.address + "/sitemap.xml", "links": None})
    assert listed(web) == ["/a", "/b"]


def test_an_archive_in_which_nothing_fits_is_told_of(site: Server) -> None:
    site.replies["/archive"] = body("<a href=/1>1</a>")
    web = replace(settings(site), url=None, archive={"url": site.address + "/archive", "links": ".archive a"})
    with pytest.raises(ConnectionError, match=r"^comic\.web\.archive\.links: holds '\.archive a', and nothing on "):
        listed(web)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["http://c.example/b", "", "# the rest", "  http://c.example/a\r", "http://c.example/b"], ["/b", "/a"]),
        (["\ufeffhttp://c.example/a"], ["/a"]),
    ],
)
def test_a_list_is_taken_as_it_stands(lines: Sequence[str], found: list[str], tmp_path: Path) -> None:
    (tmp_path / "pages.txt").write_text("\n".join(lines), encoding="utf-8")
    web = Web(None, "img", None, 0.0, 0, 5.0, "Reprise tests", 1.0)
    assert listed(web, listed=tmp_path / "pages.txt") == found


@pytest.mark.parametrize("line", ["c.example/1", "file:///etc/passwd", "http://", "two words"])
def test_a_line_that_is_no_address_is_told_of(line: str, tmp_path: Path) -> None:
    (tmp_path / "pages.txt").write_text(f"http://c.example/1\n{line}\n")
    web = Web(None, "img", None, 0.0, 0, 5.0, "Reprise tests", 1.0)
    with pytest.raises(ValueError, match=r"^comic\.web\.list: line 2 of .*; it may hold an address$"):
        listed(web, listed=tmp_path / "pages.txt")
