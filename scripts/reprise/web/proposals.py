"""What images a page has, and by which selectors they could be found: for a reader whose selector finds none."""

from collections.abc import Iterator
from typing import NamedTuple

import requests
import soupsieve
from bs4 import BeautifulSoup, Tag

from reprise.web.element import picture_address, said, shared_sources, value
from reprise.web.page import Page, base_address, read_page, resolve
from reprise.web.session import clean_text
from reprise.web.settings import Web
from reprise.web.trouble import way_out

MOST_TOLD = 6

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
    return element.name


def pixels(element: Tag) -> int:
    """Return how many pixels a page says that an image has; 0 if it doesn't."""
    sides = [value(element, name).removesuffix("px") for name in ("width", "height")]
    numbers = [int(side) for side in sides if side.isascii() and side.isdecimal() and len(side) < 6]
    return numbers[0] * numbers[1] if len(numbers) == 2 else 0


def candidates(page: BeautifulSoup, url: str) -> list[Candidate]:
    """Return the images of a page, those that look most like panels first."""
    base = base_address(page, url)
    elements = page.find_all("img")
    shared = shared_sources(elements)
    found: dict[str, Candidate] = {}
    for element in elements:
        address = resolve(base, picture_address(element, shared))
        if address.startswith(("http:", "https:")):
            new = Candidate(address, said(element), pixels(element), selector_of(element))
            found.setdefault(address, new)
    return sorted(found.values(), key=likeliness, reverse=True)


def likeliness(candidate: Candidate) -> tuple[bool, int, bool]:
    """Return by what images are put in order: as panels are named, then large, then with a text."""
    named = any(
        word in (candidate.selector + candidate.address).lower() for word in ("comic", "panel", "strip", "page")
    )
    furniture = ("logo", "banner", "icon", "avatar", "button", "nav", "footer", "sidebar", "ads")
    is_furniture = any(word in (candidate.selector + candidate.address).lower() for word in furniture)
    return named and not is_furniture, 0 if is_furniture else candidate.pixels, bool(candidate.text)


def describe_images(page: Page) -> Iterator[str]:
    """Give a line for each image of a page that may be a panel, and how to say that it is."""
    images = candidates(page.html, page.url) if page.html else []
    if not images:
        yield f"The page has no image at all. {way_out(page.status)}".strip()
        return
    yield f"The page has {len(images)} image{'s' if len(images) > 1 else ''}:"
    for image in images[:MOST_TOLD]:
        size = f", {image.pixels:,} pixels" if image.pixels else ""
        told = f", “{clean_text(image.text, 40)}”" if image.text else ""
        yield f"  {clean_text(image.address, 90)}{size}{told}: {image.selector}"
    chosen = " or ".join(list(dict.fromkeys(f'"{image.selector}"' for image in images))[:3])
    yield f"Set comic.web.panels to the selector at the end of the lines that are panels: {chosen}."


def no_panel_found(session: requests.Session, address: str, web: Web) -> ConnectionError:
    """Return what to raise where none of the first PAGES_BEFORE_ASKING pages has a panel.

    It says what images the page at an address has, and which selectors would find them.
    """
    page = read_page(session, address, web)
    status = f"{address}: {page.status}. {way_out(page.status)}".strip()
    said = "\n".join([status, *(describe_images(page) if page.html else ())])
    return ConnectionError(f"comic.web.panels: none of the first {PAGES_BEFORE_ASKING} pages has a panel.\n{said}")
