"""Pages that list a comic's pages: archives with links or a menu, sitemaps, feeds, and JSON."""

import zlib
from typing import NamedTuple

import requests
from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

from reprise.web.data import UNREADABLE, find_texts, is_path
from reprise.web.element import value
from reprise.web.following import leads_to, link_of
from reprise.web.page import LONGEST_ADDRESS, base_address, parse_page, read_data, resolve
from reprise.web.session import OK, fetch
from reprise.web.settings import Web

# Far above what comics have: an archive of ten thousand pages is some megabytes.
MOST_ARCHIVE_BYTES = 20_000_000
MOST_LINKS = 100_000
MOST_ARCHIVES = 1000

GZIP = b"\x1f\x8b"


# What lists addresses by its kind, and a selector of these.
LINKS_OF = {
    "urlset sitemapindex": "loc",
    "rss rdf:rdf": "item > link",
    "feed": "entry > link:not([rel]), entry > link[rel=alternate]",
}


class Links(NamedTuple):
    """The whole addresses of pages that an archive lists, and of further archives: sitemaps, or its own next page."""

    pages: list[str]
    archives: list[str]


def unpack(content: bytes) -> bytes:
    """Return a sitemap that may be packed, as far as it is not too large. Raises `zlib.error` if it is damaged."""
    if not content.startswith(GZIP):
        return content
    return zlib.decompressobj(wbits=31).decompress(content, MOST_ARCHIVE_BYTES)


def address_of(element: Tag) -> str:
    """Return the address that an element of an archive names; empty if it names none."""
    if element.name in ("loc", "url"):
        return element.get_text().strip()
    if element.name == "option":
        return value(element, "value")
    if element.name == "link" and not value(element, "href"):
        # In a feed it stands behind the tag, which in pages has no end.
        return str(element.next_sibling or "").strip()
    link = link_of(element)
    return leads_to(link) if link is not None else ""


def listed_in(page: BeautifulSoup, url: str, selector: str | None, further: str | None = None) -> Links:
    """Return what an archive lists: links, entries of a menu, addresses of a sitemap or of a feed, each once."""
    usual = next((links for kind, links in LINKS_OF.items() if page.find(kind.split())), "a[href]")
    base = base_address(page, url)
    found: dict[str, None] = {}
    for element in page.select(selector or usual, limit=MOST_LINKS):
        for named in element.find_all("option") if element.name == "select" else [element]:
            address = address_of(named)
            if address and not address.startswith("#") and len(address) <= LONGEST_ADDRESS:
                found[resolve(base, address)] = None
    if page.find("sitemapindex") is not None:
        return Links([], list(found))
    following = page.select_one(further or 'a[rel~="next" i], link[rel~="next" i]') if selector else None
    link = link_of(following) if following is not None else None
    more = leads_to(link) if link is not None else ""
    return Links(list(found), [resolve(base, more)] if more and len(more) <= LONGEST_ADDRESS else [])


def page_links(session: requests.Session, address: str, web: Web) -> Links | str:
    """Read an archive and return what it lists, or the status that says why that can't be told."""
    answer, links = fetch(session, address, MOST_ARCHIVE_BYTES, web), web.archive.get("links")
    if answer.status != OK:
        return answer.status
    try:
        content = unpack(answer.content)
        if is_path(links):
            text = content.decode(answer.charset or "utf-8", "replace")
            (data,) = read_data([text], str(links))
            return Links([resolve(answer.url, one) for one in find_texts(data, str(links), MOST_LINKS)], [])
        return listed_in(parse_page(content, answer.charset), answer.url, links, web.next)
    except (zlib.error, ParserRejectedMarkup, LookupError, *UNREADABLE):
        return "refused: not readable as a page, a sitemap or JSON"
