"""What images a page has, and by which selectors they could be found: for a reader whose selector finds none."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import requests
import soupsieve
from bs4 import BeautifulSoup, Tag

from reprise.names import OF_IMAGE
from reprise.web.data import UNREADABLE, as_json, find_texts, is_path, read_json
from reprise.web.element import picture_address, pictures, said, shared_sources, value
from reprise.web.page import MOST_PANELS, Page, base_address, find_panels, read_page, resolve
from reprise.web.session import clean_text
from reprise.web.settings import Web
from reprise.web.trouble import BY_SCRIPT, way_out

MOST_TOLD = 4
MOST_TRIED = 20
MOST_MEASURED = 8
MOST_SCRIPTS = 50
MOST_STRINGS = 2000

# What shows images on a page, and what names one that it does not show itself.
SHOWN = "img, amp-img, embed, input[type=image i], [style*='background'][style*='url(']"
NAMED = "a[href], meta[property='og:image'], link[rel=image_src]"

# So many pages without a panel, where none has come yet at all: the settings do not fit the site.
PAGES_BEFORE_ASKING = 10

# Classes and ids that a page has for itself, or that change from page to page, find nothing elsewhere.
LONGEST_NAME = 40


# What images are called that are panels, and those that furnish a page. No word: `ads` in `uploads`.
OF_PANELS = re.compile("comic|panel|strip|page")
OF_FURNITURE = re.compile(r"logo|banner|avatar|button|footer|sidebar|(?<![a-z])(?:icon|nav|ads?(?![a-z]))")


class Candidate(NamedTuple):
    """An image of a page.

    Attributes:
        address: the whole of it.
        text: what the page says of it.
        pixels: how many it has, as the page says, or as was measured; 0 where that is not known or it did not come.
        selector: finds it on the page, or is a JSONPath that does.
        script: finds the script in which the JSON is; empty where there is none.
        names: of it and, where it is what a link leads to, of the image in the link.
    """

    address: str
    text: str
    pixels: int
    selector: str
    script: str = ""
    names: str = ""


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
            selector = selector_of(element)
            within = [f"{selector_of(image)} {value(image, 'src')}" for image in element.find_all("img", limit=3)]
            names_of = " ".join([selector, address, *within]).lower()
            new = Candidate(address, said(element), pixels(element), selector, names=names_of)
            found.setdefault(address, new)
    return list(found.values())


def scripts_of(page: BeautifulSoup) -> dict[str, list[str]]:
    """Return what the scripts in a page hold, by the selectors that find these."""
    found: dict[str, list[str]] = {}
    for script in page.select("script:not([src])", limit=MOST_SCRIPTS):
        kind = value(script, "type")
        plain = f'script[type="{kind}"]' if re.fullmatch(r"[\w/+.-]+", kind) else "script:not([src])"
        found.setdefault(next((name.removeprefix("script") for name in names(script)), plain), []).append(
            script.get_text()
        )
    return found


def paths_in(data: Any) -> Iterator[tuple[str, str, str]]:
    """Give for each address of an image in JSON a short path and a whole one, each with the whole and the address."""
    left, read = [("$", "", data)], 0
    while left and read < MOST_STRINGS:
        path, key, one = left.pop()
        if isinstance(one, str):
            read += 1
            if OF_IMAGE.search(one):
                yield from ((short, path, one) for short in ([f"$..{key}", path] if key else [path]))
        elif isinstance(one, list):
            left += [(f"{path}[*]", key, item) for item in reversed(one[:MOST_STRINGS])]
        elif isinstance(one, dict):
            plain = [(name, item) for name, item in one.items() if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)]
            left += [(f"{path}.{name}", name, item) for name, item in reversed(plain)]


def data_of(page: Page) -> Iterator[tuple[str, Any]]:
    """Give the JSON of a page, and the selectors of the scripts in which it is; an empty one where the page is it."""
    if page.html is None:
        yield from (("", one) for one in page.data)
        return
    texts = scripts_of(page.html) if page.html.find() else {"": [page.html.get_text()]}
    for script, several in texts.items():
        for text in several:
            for written in (str, as_json):  # as pages are read: as scripts write it where JSON has none
                with suppress(*UNREADABLE):
                    data = read_json(written(text))
                    yield script, data
                    if next(paths_in(data), None):
                        break


def data_candidates(page: Page, held: Iterable[tuple[str, Any]]) -> list[Candidate]:
    """Return the images that the JSON of a page names, by each path to some of them the first."""
    base = page.url if page.html is None else base_address(page.html, page.url)
    found: dict[tuple[str, str], Candidate] = {}
    for script, data in held:
        for path, whole, text in paths_in(data):
            address = resolve(base, text)
            named = f"{script} {whole} {address}".lower()
            found.setdefault((script, path), Candidate(address, "", 0, path, script, named))
    return list(found.values())


def found_by(page: Page, held: Iterable[tuple[str, Any]], candidate: Candidate) -> list[str]:
    """Return the addresses that the selector, or the path into the JSON held, of a candidate finds on a page."""
    if not is_path(candidate.selector):
        panels = find_panels(page.html, page.url, candidate.selector) if page.html is not None else []
        return [panel.address for panel in panels]
    base = page.url if page.html is None else base_address(page.html, page.url)
    found: dict[str, None] = {}
    for script, data in held:
        if script == candidate.script:
            found |= {resolve(base, text): None for text in find_texts(data, candidate.selector, MOST_PANELS)}
    return list(found)


def likeliness(candidate: Candidate) -> tuple[bool, bool, int, bool]:
    """Return by what images are put in order: shown before named only, as panels are named, large, with a text."""
    is_shown = not candidate.selector.startswith(("meta", "link")) and not candidate.script
    is_furniture = bool(OF_FURNITURE.search(candidate.names))
    named = bool(OF_PANELS.search(candidate.names)) and not is_furniture
    return is_shown, named, 0 if is_furniture else candidate.pixels, bool(candidate.text)


def stand_on_several(found: Sequence[Sequence[str]]) -> Counter[str]:
    """Return on how many of some pages each address stands, of those that stand on more than one."""
    counts = Counter(address for page in found for address in set(page))
    return Counter({address: count for address, count in counts.items() if count > 1})


def what_repeats(found: Sequence[Sequence[str]]) -> str:
    """Say which of the images that were found on some pages are no panels, as they stand on each; empty if none is."""
    pages = [page for page in found if page]
    several = stand_on_several(pages)
    if len(pages) < 2 or not several:
        return ""
    which = "both" if len(pages) == 2 else f"all {len(pages)}"
    if all(address in several for page in pages for address in page):
        images = "image" if len(several) == 1 else "images"
        return f"The same {images} on {which} pages, so likely not the comic."
    everywhere = sum(count == len(pages) for count in several.values())
    most = max(map(len, pages))
    stands = "stands" if everywhere == 1 else "stand"
    return f"Of {most} images {everywhere} {stands} on {which} pages, so likely not the comic." if everywhere else ""


class Proposal(NamedTuple):
    """What finds images: the first of these, and the addresses that it finds on each of some pages."""

    first: Candidate
    found: list[list[str]]

    @property
    def settings(self) -> dict[str, str]:
        """The settings of `comic.web` by which it is chosen."""
        script = {"script": self.first.script} if self.first.script else {}
        return script | {"panels": self.first.selector}

    @property
    def finds_images(self) -> bool:
        """Whether it finds any, and, of JSON, nothing that looks otherwise."""
        addresses = [address for page in self.found for address in page]
        return bool(addresses) and (not is_path(self.first.selector) or all(map(OF_IMAGE.search, addresses)))

    @property
    def changes(self) -> float:
        """How much of what it finds on a page no other page has: 1 for the panels of a comic, 0 for a logo."""
        several = stand_on_several(self.found)
        own = [sum(address not in several for address in page) / len(page) if page else 0.0 for page in self.found]
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


# Gives how many pixels the image at an address has, 0 if none came, and says it in words.
Measure = Callable[[str], tuple[int, str]]


def proposals(pages: Sequence[Page], measure: Measure | None = None) -> list[Proposal]:
    """Return what finds images on some pages of a comic, that first which finds what looks most like its panels.

    Of images that change from page to page, those go first that `measure` could fetch, and of these the larger.
    """
    read = [(page, list(data_of(page))) for page in pages if page.html is not None or page.data]
    named: dict[tuple[str, str], Candidate] = {}
    for page, held in read:
        shown = candidates(page.html, page.url) if page.html is not None else []
        for image in (*shown, *data_candidates(page, held)):
            key = image.script, image.selector
            named[key] = max(named.get(key, image), image, key=likeliness)
    tried = sorted(named.values(), key=likeliness, reverse=True)
    kinds = [one for one in tried if not is_path(one.selector)], [one for one in tried if is_path(one.selector)]
    found = [
        Proposal(one, [found_by(page, held, one) for page, held in read]) for kind in kinds for one in kind[:MOST_TRIED]
    ]
    found = without_twins(one for one in found if one.finds_images)
    found.sort(key=lambda one: (one.changes, likeliness(one.first)), reverse=True)
    if measure is None:
        return found[:MOST_TOLD]
    measured = [
        one._replace(first=one.first._replace(pixels=measure(one.first.address)[0])) for one in found[:MOST_MEASURED]
    ]
    measured.sort(key=lambda one: (one.changes, one.first.pixels > 0, likeliness(one.first)), reverse=True)
    return measured[:MOST_TOLD]


def without_twins(found: Iterable[Proposal]) -> list[Proposal]:
    """Return of the paths into one JSON that find the same the first; selectors all stay."""
    kept: dict[object, Proposal] = {}
    for one in found:
        path = is_path(one.first.selector)
        kept.setdefault((one.first.script, str(one.found)) if path else one.first.selector, one)
    return list(kept.values())


def describe_proposals(found: Sequence[Proposal], measure: Measure | None = None) -> Iterator[str]:
    """Give a line for each proposal, with a number, and what `measure` says of the image at an address."""
    for number, one in enumerate(found, start=1):
        known = f"{one.first.pixels:,} pixels" if one.first.pixels else ""
        size = measure(one.first.address)[1] if measure else known
        text = f"“{clean_text(one.first.text, 40)}”" if one.first.text else ""
        told = ", ".join(filter(None, [clean_text(one.first.address, 90), size, text]))
        selector = " in ".join(filter(None, [one.first.selector, one.first.script]))
        yield f"  {number}. {selector}: {one.in_words()}; {told}"


def what_fits(pages: Sequence[Page], found: Sequence[Proposal], measure: Measure | None = None) -> Iterator[str]:
    """Say what finds the images of some pages, and where to put that which finds the comic."""
    if not found:
        yield "There is no image at all." + (f" {way_out(pages[0].status)}" if pages else "")
        return
    yield "These selectors find images there:"
    yield from describe_proposals(found, measure)
    if len(found[0].found) > 1 and not found[0].changes:
        yield f"None of them finds another image on each page. {way_out(BY_SCRIPT)}"
        return
    chosen = [f"{key}: " + "'{}'".format(held.replace("'", "''")) for key, held in found[0].settings.items()]
    keys = " and ".join(f"comic.web.{key}" for key in found[0].settings)
    which = "the one that finds" if len(chosen) == 1 else "what finds"
    yield f"Set {keys} to {which} the comic, as {' and '.join(chosen)}"


def no_panel_found(session: requests.Session, address: str, web: Web) -> ConnectionError:
    """Return what to raise where none of the first PAGES_BEFORE_ASKING pages has a panel.

    It says what images the page at an address has, and which selectors would find them.
    """
    page = read_page(session, address, web)
    told = [f"{address}: {page.status}. {way_out(page.status)}".strip()]
    told += what_fits([page], proposals([page])) if page.html is not None or page.data else []
    held = f"comic.web.panels: holds {web.panels!r}; none of the first {PAGES_BEFORE_ASKING} pages has a panel."
    return ConnectionError("\n".join([held, *told]))
