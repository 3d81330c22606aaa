"""What a page says: its title, and where its panels are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

import requests
from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector, UnicodeDammit
from bs4.exceptions import ParserRejectedMarkup

from reprise.web.session import OK, Web, clean_text, fetch

# Far above what comics use; they keep a hostile or broken site from filling memory or time.
MOST_PAGE_BYTES = 4_000_000
MOST_PANELS = 500
LONGEST_ADDRESS = 4096
LONGEST_TITLE = 300

NO_PANELS = "no panels"


@dataclass(frozen=True)
class Page:
    """What a page shows: its title, its address after redirects, the addresses of its panels in their order."""

    status: str
    title: str = ""
    url: str = ""
    panels: Sequence[str] = ()


def parse_page(html: bytes, charset: str | None) -> BeautifulSoup:
    """Parse a page: by its byte order mark, in the server's `charset`, as UTF-8, as it declares, or as Windows-1252.

    The first that fits is taken. Windows-1252 is the last, as in browsers. Otherwise the encoding of old pages would be
    guessed from their few words, and a wrong guess loses their markup.
    """
    declared = EncodingDetector.find_declared_encoding(html, is_html=True)
    encodings = [name for name in (charset, "utf-8", declared, "windows-1252") if name]
    text = UnicodeDammit(html, user_encodings=encodings, is_html=True).unicode_markup or ""
    # Some encodings can spell a lone surrogate, which no file could hold.
    return BeautifulSoup(text.encode("utf-8", "replace").decode(), "html.parser")


def page_title(page: BeautifulSoup, selector: str | None) -> str:
    """Text of the first element that fits `selector` (without one: of `<title>`), on one line; empty if none does."""
    element = page.select_one(selector or "title")
    return clean_text(element.get_text(), LONGEST_TITLE) if element else ""


def image_source(element: Tag) -> str:
    """Where a panel's image is, as the page puts it; empty if it doesn't say.

    Pages that load images when they scroll into view leave `src` out, or put a `data:` placeholder in it, and name the
    image in `data-src` or in `srcset`, whose first address is taken.
    """
    src, lazy, candidates = (str(element.get(name) or "").strip() for name in ("src", "data-src", "srcset"))
    if src and not src.lower().startswith("data:"):
        return src
    # An address in a srcset may have commas within, but not at its end.
    return lazy or next((part.rstrip(",") for part in candidates.lstrip(",").split()), src)


def resolve(base: str, address: str) -> str:
    """Whole form of an address that a page at `base` gives, without its fragment; unchanged if it is malformed."""
    address = re.sub(r"[\x00-\x1f\x7f]", "", address)
    try:
        return urldefrag(urljoin(base, address)).url
    except ValueError:
        return address


def panel_addresses(page: BeautifulSoup, page_url: str, selector: str) -> list[str]:
    """Whole addresses of the panels on a page, in its order; one more than `MOST_PANELS` if there are more.

    A panel for which the page gives no address has an empty one.
    """
    base = page.find("base", href=True)
    href = str(base["href"]) if isinstance(base, Tag) else ""
    start = resolve(page_url, href) if len(href) <= LONGEST_ADDRESS else page_url
    sources = [image_source(element) for element in page.select(selector, limit=MOST_PANELS + 1)]
    return [resolve(start, source) if source else "" for source in sources]


def read_page(session: requests.Session, page_url: str, web: Web) -> Page:
    """Fetch a page and find its title and the addresses of its panels."""
    answer = fetch(session, page_url, MOST_PAGE_BYTES, web)
    if answer.status != OK:
        return Page(answer.status)
    try:
        html = parse_page(answer.content, answer.charset)
    except ParserRejectedMarkup:
        return Page("refused: not readable as HTML")
    panels = panel_addresses(html, answer.url, web.panels)
    return Page(OK if panels else NO_PANELS, page_title(html, web.title), answer.url, panels)
