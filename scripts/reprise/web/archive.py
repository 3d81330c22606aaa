"""Pages that list a comic's pages: archives with links or a menu, and sitemaps."""

import zlib
from typing import NamedTuple

import requests
from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup

from reprise.web.element import value
from reprise.web.following import link_of
from reprise.web.page import LONGEST_ADDRESS, base_address, parse_page, resolve
from reprise.web.session import OK, fetch
from reprise.web.settings import Web

# Far above what comics have: an archive of ten thousand pages is some megabytes.
MOST_ARCHIVE_BYTES = 20_000_000
MOST_LINKS = 100_000
MOST_SITEMAPS = 100

GZIP = b"\x1f\x8b"


class Links(NamedTuple):
    """The whole addresses of pages that an archive lists, and of other sitemaps."""

    pages: list[str]
    sitemaps: list[str]


def unpack(content: bytes) -> bytes:
    """Return a sitemap that may be packed, as far as it is not too large. Raises `zlib.error` if it is damaged."""
    if not content.startswith(GZIP):
        return content
    return zlib.decompressobj(wbits=31).decompress(content, MOST_ARCHIVE_BYTES)


def listed_in(page: BeautifulSoup, url: str, selector: str | None) -> Links:
    """Return what an archive lists: links, entries of a menu, or addresses of a sitemap, each once."""
    in_sitemap = page.find(["urlset", "sitemapindex"]) is not None
    base = base_address(page, url)
    found: dict[str, None] = {}
    for element in page.select(selector or ("loc" if in_sitemap else "a[href]"), limit=MOST_LINKS):
        if element.name in ("loc", "url"):
            address = element.get_text().strip()
        elif element.name == "option":
            address = value(element, "value")
        else:
            link = link_of(element)
            address = value(link, "href") if link is not None else ""
        if address and not address.startswith("#") and len(address) <= LONGEST_ADDRESS:
            found[resolve(base, address)] = None
    if page.find("sitemapindex") is not None:
        return Links([], list(found))
    return Links(list(found), [])


def page_links(session: requests.Session, address: str, web: Web) -> Links | str:
    """Read an archive and return what it lists, or the status that says why that can't be told."""
    answer = fetch(session, address, MOST_ARCHIVE_BYTES, web)
    if answer.status != OK:
        return answer.status
    try:
        page = parse_page(unpack(answer.content), answer.charset)
    except (zlib.error, ParserRejectedMarkup):
        return "refused: not readable as a page or a sitemap"
    return listed_in(page, answer.url, web.archive.get("links"))
