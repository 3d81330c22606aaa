"""What a page says: its title, and where its panels are."""

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin

import requests
from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector, UnicodeDammit
from bs4.exceptions import ParserRejectedMarkup

from reprise.web.data import UNREADABLE, find_texts, is_path, read_json, script_text
from reprise.web.element import picture_address, said, shared_sources, value
from reprise.web.image import HTML, NoPanelError, check_image
from reprise.web.session import OK, Answer, clean_text, fetch, server, without_www
from reprise.web.settings import Web
from reprise.web.trouble import BY_SCRIPT, NO_PANELS, why_no_panels

# Far above what comics use; they keep a hostile or broken site from filling memory or time.
MOST_PAGE_BYTES = 4_000_000
MOST_PANELS = 500
LONGEST_ADDRESS = 4096
LONGEST_TITLE = 300


class Panel(NamedTuple):
    """A panel as a page names it: the whole address of its image, empty if it gives none, and what it says of it."""

    address: str
    text: str = ""


@dataclass(frozen=True)
class Page:
    """What a page shows.

    Attributes:
        status: "ok" if it has panels, else why it has none.
        title: on one line.
        url: its address after redirects.
        panels: in their order.
        content: the image, where the address gave one instead of a page: it is the only panel.
        validators: what the server wants to be asked by for a newer version.
        html: the page itself, if it is one.
    """

    status: str
    title: str = ""
    url: str = ""
    panels: Sequence[Panel] = ()
    content: bytes = b""
    validators: Mapping[str, str] = field(default_factory=dict)
    html: BeautifulSoup | None = field(default=None, compare=False, repr=False)


def parse_page(html: bytes, charset: str | None) -> BeautifulSoup:
    """Parse a page: by its byte order mark, in the server's `charset`, as UTF-8, as it declares, or as Windows-1252.

    The first that fits is taken. Windows-1252 is the last, as in browsers. Otherwise the encoding of old pages would be
    guessed from their few words, and a wrong guess loses their markup.
    """
    declared = EncodingDetector.find_declared_encoding(html, is_html=True)
    encodings = [name for name in (charset, "utf-8", declared, "windows-1252") if name]
    text = UnicodeDammit(html, user_encodings=encodings, is_html=True).unicode_markup or ""
    # Some encodings can spell a lone surrogate, which no file could hold.
    with warnings.catch_warnings(action="ignore"):  # of XML, as sitemaps are, and of text that looks like an address
        return BeautifulSoup(text.encode("utf-8", "replace").decode(), "html.parser")


def page_title(page: BeautifulSoup, selector: str | None) -> str:
    """Text of the first element that fits `selector` (without one: of `<title>`), on one line; empty if none does."""
    element = page.select_one(selector or "title")
    return clean_text(element.get_text(), LONGEST_TITLE) if element else ""


def resolve(base: str, address: str) -> str:
    """Whole form of an address that a page at `base` gives, without its fragment; unchanged if it is malformed."""
    address = re.sub(r"[\x00-\x1f\x7f]", "", address)
    try:
        return urldefrag(urljoin(base, address)).url
    except ValueError:
        return address


def base_address(page: BeautifulSoup, page_url: str) -> str:
    """Return the address to which those on a page are relative."""
    base = page.find("base", href=True)
    href = str(base["href"]) if isinstance(base, Tag) else ""
    return resolve(page_url, href) if len(href) <= LONGEST_ADDRESS else page_url


def find_panels(page: BeautifulSoup, page_url: str, selector: str, attribute: str | None = None) -> list[Panel]:
    """Return the panels on a page, in its order, each once; one more than `MOST_PANELS` if there are more.

    The address is taken from `attribute` if it is named. A panel for which the page gives none has an empty one.
    """
    base = base_address(page, page_url)
    elements = page.select(selector, limit=2 * MOST_PANELS + 2)
    shared = shared_sources(elements)
    found: dict[str, Panel] = {}
    for element in elements:
        source = value(element, attribute) if attribute else picture_address(element, shared)
        panel = Panel(resolve(base, source) if source else "", said(element))
        key = panel.address or f" {len(found)}"
        if key not in found or (panel.text and not found[key].text):
            found[key] = panel
    return list(found.values())[: MOST_PANELS + 1]


def data_panels(text: str, page_url: str, web: Web) -> tuple[str, list[Panel]]:
    """Return the title and the panels that JSON names. Raises one of `UNREADABLE`."""
    found = read_json(text)
    title = find_texts(found, str(web.title), 1) if is_path(web.title) else []
    addresses = [resolve(page_url, address) for address in find_texts(found, str(web.panels), MOST_PANELS + 1)]
    return clean_text("".join(title), LONGEST_TITLE), [Panel(address) for address in dict.fromkeys(addresses)]


def is_image(content: bytes) -> bool:
    """Tell whether what came from a page's address is an image."""
    if HTML.search(content[:1000]):
        return False
    try:
        return bool(check_image(content))
    except NoPanelError:
        return False


def page_of(answer: Answer, asked: str, web: Web) -> Page:
    """Return what a page shows that came from the address `asked`."""
    if is_image(answer.content):
        return Page(OK, "", answer.url, [Panel(answer.url)], answer.content, answer.validators)
    if len(answer.content) > MOST_PAGE_BYTES:
        return Page(f"refused: larger than {MOST_PAGE_BYTES / 1e6:g} megabytes")
    if is_path(web.panels) and not web.script:
        text = answer.content.decode(answer.charset or "utf-8", "replace")
        try:
            title, panels = data_panels(text, answer.url, web)
        except (*UNREADABLE, LookupError):
            return Page("refused: not readable as JSON", url=answer.url)
        return Page(OK if panels else NO_PANELS, title, answer.url, panels, validators=answer.validators)
    try:
        html = parse_page(answer.content, answer.charset)
    except ParserRejectedMarkup:
        return Page("refused: not readable as HTML")
    title, panels = page_title(html, None if is_path(web.title) else web.title), []
    if is_path(web.panels):
        try:
            told, panels = data_panels(script_text(html, str(web.script)), answer.url, web)
        except UNREADABLE:
            return Page(f"{BY_SCRIPT}, whose JSON can't be read", title, answer.url, html=html)
        title = told or title
    elif web.panels:
        panels = find_panels(html, answer.url, web.panels, web.attribute)
    hosts = [without_www(server(address)[0]) for address in (asked, answer.url)]
    status = OK if panels else why_no_panels(html, *hosts)
    return Page(status, title, answer.url, panels, validators=answer.validators, html=html)


def read_page(session: requests.Session, page_url: str, web: Web, known: Mapping[str, str] | None = None) -> Page:
    """Fetch a page, or the image that stands at its address; `known` are the validators of what is here already."""
    answer = fetch(session, page_url, max(MOST_PAGE_BYTES, round(web.max_megabytes * 1e6)), web, known=known)
    return page_of(answer, page_url, web) if answer.status == OK else Page(answer.status, url=answer.url)
