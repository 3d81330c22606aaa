"""What a page says: its title, and where its panels are."""

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urldefrag, urljoin

import requests
from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector, UnicodeDammit
from bs4.exceptions import ParserRejectedMarkup

from reprise.web.data import UNREADABLE, as_json, find_texts, is_path, read_json, script_texts
from reprise.web.element import picture_address, pictures, said, shared_sources, value
from reprise.web.image import HTML, NoPanelError, check_image
from reprise.web.session import OK, Answer, clean_text, fetch, server, without_www
from reprise.web.settings import Web
from reprise.web.trouble import BY_SCRIPT, NO_PANELS, NO_SCRIPT, UNREADABLE_SCRIPT, why_no_panels

# Far above what comics use; they keep a hostile or broken site from filling memory or time.
MOST_PAGE_BYTES = 4_000_000
MOST_PANELS = 500
LONGEST_ADDRESS = 4096
LONGEST_TITLE = 300
MOST_REFRESHES = 5

REFRESH = re.compile(r"""\s*[0-9.]*\s*[;,]\s*url\s*=\s*['"]?([^'"]+)""", re.IGNORECASE)

# In an address that asks with several words, & is what parts them, though a word may be called as a sign of HTML.
PARTS_WORDS = re.compile(r"&(?=[A-Za-z][A-Za-z0-9]{0,40}=)")


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
        data: the values that are JSON in it, as far as panels are looked for in these.
    """

    status: str
    title: str = ""
    url: str = ""
    panels: Sequence[Panel] = ()
    content: bytes = b""
    validators: Mapping[str, str] = field(default_factory=dict)
    html: BeautifulSoup | None = field(default=None, compare=False, repr=False)
    data: Sequence[Any] = field(default=(), compare=False, repr=False)


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
        return BeautifulSoup(PARTS_WORDS.sub("&amp;", text.encode("utf-8", "replace").decode()), "html.parser")


def page_title(page: BeautifulSoup, selector: str | None) -> str:
    """Text of the first element that fits `selector` (without one: of `<title>`), on one line; empty if none does."""
    element = page.select_one(selector or "title")
    return clean_text(element.get_text(), LONGEST_TITLE) if element else ""


def resolve(base: str, address: str) -> str:
    """Whole form of an address that a page at `base` gives, without its fragment; unchanged if it is malformed.

    As in browsers, a path may have backslashes for its slashes.
    """
    address = re.sub(r"[\x00-\x1f\x7f]", "", address)
    path = re.match(r"[^?#]*", address)
    address = path[0].replace("\\", "/") + address[path.end() :] if path else address
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
    named = page.select(selector, limit=2 * MOST_PANELS + 2)
    elements = named if attribute else pictures(named)
    shared = shared_sources(elements)
    found: dict[str, Panel] = {}
    for element in elements:
        source = value(element, attribute) if attribute else picture_address(element, shared)
        panel = Panel(resolve(base, source) if source else "", said(element))
        key = panel.address or f" {len(found)}"
        if key not in found or (panel.text and not found[key].text):
            found[key] = panel
    return list(found.values())[: MOST_PANELS + 1]


def read_data(texts: Iterable[str], path: str) -> list[Any]:
    """Return the value that each of several texts holds as JSON, or as scripts write it where a path finds it only so.

    Raises `ValueError` if none of them holds any.
    """
    values = []
    for text in texts:
        for written in (str, as_json):
            try:
                found = read_json(written(text))
            except UNREADABLE:
                continue
            if find_texts(found, path, 1) or written is str:
                values.append(found)
            if find_texts(found, path, 1):
                break
    if not values:
        raise ValueError("no JSON")
    return values


def data_panels(data: Iterable[Any], base: str, web: Web) -> tuple[str, list[Panel]]:
    """Return the title and the panels that values of JSON name. Raises one of `UNREADABLE`."""
    titles, found = [], dict[str, None]()
    for one in data:
        titles += find_texts(one, str(web.title), 1) if is_path(web.title) else []
        found |= {resolve(base, address): None for address in find_texts(one, str(web.panels), MOST_PANELS + 1)}
    return clean_text("".join(titles[:1]), LONGEST_TITLE), [Panel(address) for address in found][: MOST_PANELS + 1]


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
            data = read_data([text], str(web.panels))
            title, panels = data_panels(data, answer.url, web)
        except (*UNREADABLE, LookupError):
            return Page("refused: not readable as JSON", url=answer.url)
        return Page(OK if panels else NO_PANELS, title, answer.url, panels, validators=answer.validators, data=data)
    try:
        html = parse_page(answer.content, answer.charset)
    except ParserRejectedMarkup:
        return Page("refused: not readable as HTML")
    hosts = [without_www(server(address)[0]) for address in (asked, answer.url)]
    title, panels, data = page_title(html, None if is_path(web.title) else web.title), [], []
    if is_path(web.panels):
        scripts = script_texts(html, str(web.script))
        try:
            data = read_data(scripts, str(web.panels))
            told, panels = data_panels(data, base_address(html, answer.url), web)
        except UNREADABLE:
            why = why_no_panels(html, *hosts)
            if why in (NO_PANELS, BY_SCRIPT):
                why = UNREADABLE_SCRIPT if scripts else NO_SCRIPT
            return Page(why, title, answer.url, html=html)
        title = told or title
    elif web.panels:
        panels = find_panels(html, answer.url, web.panels, web.attribute)
    status = OK if panels else why_no_panels(html, *hosts)
    return Page(status, title, answer.url, panels, validators=answer.validators, html=html, data=data)


def sends_on(page: Page) -> str:
    """Return the address to which a page without panels sends browsers by itself; empty if it sends them nowhere."""
    if page.html is None or page.panels:
        return ""
    for meta in page.html.select("meta[http-equiv=refresh i][content]"):
        found = REFRESH.match(value(meta, "content")[: LONGEST_ADDRESS + 100])
        address = resolve(base_address(page.html, page.url), found[1].strip()) if found else page.url
        if address != page.url:
            return address
    return ""


def read_page(session: requests.Session, page_url: str, web: Web, known: Mapping[str, str] | None = None) -> Page:
    """Fetch a page, or the image that stands at its address; `known` are the validators of what is here already.

    A page without panels that sends browsers on to another is followed there.
    """
    address = page_url
    for _ in range(MOST_REFRESHES):
        answer = fetch(session, address, max(MOST_PAGE_BYTES, round(web.max_megabytes * 1e6)), web, known=known)
        page = page_of(answer, page_url, web) if answer.status == OK else Page(answer.status, url=answer.url)
        address = sends_on(page)
        if not address:
            break
    return page


def read_first(
    session: requests.Session, addresses: Sequence[str], web: Web, known: Mapping[str, str] | None = None
) -> tuple[str, Page]:
    """Read the first of several addresses that gives panels, or does so perhaps another time; else the first of all."""
    tried = []
    for address in addresses:
        tried.append((address, read_page(session, address, web, known)))
        status = tried[-1][1].status
        if not status.startswith(("missing", NO_PANELS, "failed: HTTP 403")):
            return tried[-1]
    return tried[0]
