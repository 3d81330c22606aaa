"""What images a page has, and by which selectors they could be found: for a reader whose selector finds none."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import requests
import soupsieve
from bs4 import BeautifulSoup, Tag

from reprise.names import OF_IMAGE
from reprise.web.element import picture_address, pictures, said, shared_sources, value
from reprise.web.page import Page, base_address, find_panels, read_page, resolve
from reprise.web.session import clean_text
from reprise.web.settings import Web
from reprise.web.trouble import BY_SCRIPT, way_out

MOST_TOLD = 4
MOST_TRIED = 20

# What shows images on a page, and what names one that it does not show itself.
SHOWN = "img, amp-img, embed, input[type=image i], [style*='background'][style*='url(']"
NAMED = "a[href], meta[property='og:image'], link[rel=image_src]"

# So many pages without a panel, where none has come yet at all: the settings do not fit the site.
PAGES_BEFORE_ASKING = 10

# Classes and ids that a page has for itself, or that change from page to page, find nothing elsewhere.
LONGEST_NAME = 40


class Candidate(NamedTuple):
    """An image of a page: its whole address, what the page says of it and of its size, and a selector for it."""

    address: str
    text: str
    pixels: int
    selector: str


def names(element: Tag) -> Iterator[str]:
    """Give the selectors by which an element is named: its id, its classes."""
    for sign, text in (("#", value(element, "id")), *((".", name) for name in value(element, "class").split())):
        if text and len(text) <= LONGEST_NAME and not any(letter.isdigit() for letter in text):
            yield sign + soupsieve.escape(text)


def selector_of(element: Tag) -> str:
    """Return a selector for an image by its own name, or that of the nearest element around it that has one."""
    for name in names(element):
        return element.name + name
    for around in element.parents:
        if isinstance(around, Tag) and around.name not in ("html", "body", "[document]"):
            for name in names(around):
                return f"{name} {element.name}"
            if around.name in ("main", "article", "figure"):
                return f"{around.name} {element.name}"
    kind = next((f'[{name}="{value(element, name)}"]' for name in ("property", "name") if value(element, name)), "")
    return element.name + (kind if element.name == "meta" else "")


def pixels(element: Tag) -> int:
    """Return how many pixels a page says that an image has; 0 if it doesn't."""
    sides = [value(element, name).removesuffix("px") for name in ("width", "height")]
    numbers = [int(side) for side in sides if side.isascii() and side.isdecimal() and len(side) < 6]
    return numbers[0] * numbers[1] if len(numbers) == 2 else 0


def candidates(page: BeautifulSoup, url: str) -> list[Candidate]:
    """Return what a page has of images: those it shows, and those that it links to or names in its head."""
    base = base_address(page, url)
    elements = pictures(page.select(SHOWN)) + page.select(NAMED)
    shared = shared_sources(elements)
    found: dict[str, Candidate] = {}
    for element in elements:
        address = resolve(base, picture_address(element, shared))
        if address.startswith(("http:", "https:")) and (element.name != "a" or OF_IMAGE.search(address)):
            new = Candidate(address, said(element), pixels(element), selector_of(element))
            found.setdefault(address, new)
    return list(found.values())


def likeliness(candidate: Candidate) -> tuple[bool, int, bool]:
    """Return by what images are put in order: as panels are named, then large, then with a text."""
    named = any(
        word in (candidate.selector + candidate.address).lower() for word in ("comic", "panel", "strip", "page")
    )
    furniture = ("logo", "banner", "icon", "avatar", "button", "nav", "footer", "sidebar", "ads")
    is_furniture = any(word in (candidate.selector + candidate.address).lower() for word in furniture)
    return named and not is_furniture, 0 if is_furniture else candidate.pixels, bool(candidate.text)


class Proposal(NamedTuple):
    """A selector that finds images: the first of these, and the addresses it finds on each of some pages."""

    selector: str
    first: Candidate
    found: list[list[str]]

    @property
    def changes(self) -> float:
        """How much of what it finds on a page no other page has: 1 for the panels of a comic, 0 for a logo."""
        counts = Counter(address for page in self.found for address in set(page))
        own = [sum(counts[address] == 1 for address in page) / len(page) if page else 0.0 for page in self.found]
        return min(own)

    def in_words(self) -> str:
        """Say how many images it finds on a page, and whether these change from page to page."""
        numbers = [len(page) for page in self.found]
        fewest, most = min(numbers), max(numbers)
        images = f"{most} image{'s' if most > 1 else ''}" if fewest == most else f"{fewest} to {most} images"
        if len(numbers) == 1:
            return images
        changing = "each page has its own" if self.changes == 1 else "some on all pages" if self.changes else "the same"
        return f"{images} a page, {changing}"


def proposals(pages: Sequence[Page]) -> list[Proposal]:
    """Return selectors that find images on some pages of a comic, those first that look most like its panels."""
    read = [(page.html, page.url) for page in pages if page.html is not None]
    named: dict[str, Candidate] = {}
    for html, url in read:
        for image in candidates(html, url):
            named[image.selector] = max(named.get(image.selector, image), image, key=likeliness)
    found = [
        Proposal(selector, first, [[panel.address for panel in find_panels(html, url, selector)] for html, url in read])
        for selector, first in sorted(named.items(), key=lambda one: likeliness(one[1]), reverse=True)[:MOST_TRIED]
    ]
    return sorted(found, key=lambda one: (one.changes, likeliness(one.first)), reverse=True)[:MOST_TOLD]


def describe_proposals(found: Sequence[Proposal], size_of: Callable[[str], str] = lambda _: "") -> Iterator[str]:
    """Give a line for each proposal, with a number, and what `size_of` says of the image at an address."""
    for number, one in enumerate(found, start=1):
        size = size_of(one.first.address) or (f"{one.first.pixels:,} pixels" if one.first.pixels else "")
        text = f"“{clean_text(one.first.text, 40)}”" if one.first.text else ""
        told = ", ".join(filter(None, [clean_text(one.first.address, 90), size, text]))
        yield f"  {number}. {one.selector}: {one.in_words()}; {told}"


def what_fits(pages: Sequence[Page], size_of: Callable[[str], str] = lambda _: "") -> Iterator[str]:
    """Say by which selectors the images of some pages are found, and where to put the one that finds the comic."""
    found = proposals(pages)
    if not found:
        yield "There is no image at all." + (f" {way_out(pages[0].status)}" if pages else "")
        return
    yield "These selectors find images there:"
    yield from describe_proposals(found, size_of)
    if len(found[0].found) > 1 and not found[0].changes:
        yield f"None of them finds another image on each page. {way_out(BY_SCRIPT)}"
        return
    chosen = found[0].selector.replace("'", "''")
    yield f"Set comic.web.panels to the one that finds the comic, as panels: '{chosen}'"


def no_panel_found(session: requests.Session, address: str, web: Web) -> ConnectionError:
    """Return what to raise where none of the first PAGES_BEFORE_ASKING pages has a panel.

    It says what images the page at an address has, and which selectors would find them.
    """
    page = read_page(session, address, web)
    told = [f"{address}: {page.status}. {way_out(page.status)}".strip()]
    told += what_fits([page]) if page.html is not None else []
    held = f"comic.web.panels: holds {web.panels!r}; none of the first {PAGES_BEFORE_ASKING} pages has a panel."
    return ConnectionError("\n".join([held, *told]))
