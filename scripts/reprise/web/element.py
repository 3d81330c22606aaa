"""Where the picture of an element is, as browsers take it, and what the page says of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from bs4 import Tag

from reprise.web.session import clean_text

LONGEST_TEXT = 1000

# Of an image that a script loads when it scrolls into view, the attributes that name it, in the order of trust.
LAZY_SETS = ("data-srcset", "data-lazy-srcset")
LAZY = ("data-src", "data-lazy-src", "data-original", "data-url")

# Elements that name a picture in an attribute of their own.
NAMED_IN = {"meta": "content", "a": "href", "link": "href", "area": "href", "object": "data", "image": "href"}

# What stands for a picture until it is there. It only matters where the element names another.
PLACEHOLDER = re.compile(
    r"(^|[^a-z])(spacer|blank|placeholder|transparen(t|cy)|pixel|load(ing|er)|lazy(load)?|clear|empty|dot|1x1|grey|gray)"
    r"([^a-z]|$)"
)

# Of an address in a srcset: it may have commas within, but not at its end; then how wide or dense the picture is.
CANDIDATE = re.compile(r"\s*,*\s*(\S*[^\s,])(?:\s+([^,]*))?,?")

BACKGROUND = re.compile(r"""background(?:-image)?\s*:[^;]*?url\(\s*(['"]?)(.*?)\1\s*\)""", re.IGNORECASE | re.DOTALL)


def value(element: Tag, attribute: str) -> str:
    """Return what an attribute holds; empty if there is none."""
    found = element.get(attribute) or ""
    return " ".join(found) if isinstance(found, list) else str(found).strip()


def largest(candidates: str) -> str:
    """Return the address of the largest picture in a srcset: the widest, or the densest; of equals the first."""
    best, size = "", 0.0
    for address, descriptor in CANDIDATE.findall(candidates[:100_000]):
        number = re.match(r"([0-9]*\.?[0-9]+)[wx]", descriptor.strip())
        told = float(number[1]) if number else 1.0
        if told > size and not is_placeholder(address):
            best, size = address, told
    return best


def is_placeholder(address: str) -> bool:
    """Tell whether an address looks like that of a picture which only keeps the place of another."""
    if not address or address.lower().startswith(("data:", "about:")):
        return True
    try:
        return bool(PLACEHOLDER.search(PurePosixPath(urlsplit(address).path).name.lower()))
    except ValueError:
        return False


def sources(element: Tag) -> Iterator[str]:
    """Give the srcsets of an image: those of the picture it stands in, then its own."""
    if element.parent is not None and element.parent.name == "picture":
        for source in element.parent.find_all("source"):
            yield value(source, "srcset")
            yield from (value(source, name) for name in LAZY_SETS)
    yield value(element, "srcset")


def lazy_address(element: Tag) -> str:
    """Return what a script would load into an element; empty if it names nothing."""
    sets = (largest(value(element, name)) for name in LAZY_SETS)
    return next(filter(None, [*sets, *(value(element, name) for name in LAZY)]), "")


def picture_address(element: Tag, shared: Sequence[str] = ()) -> str:
    """Return where an element's picture is, as the page puts it; empty if it doesn't say.

    Args:
        element: any that a selector may find: an image, a picture, a link to one, a meta, or one with a background.
        shared: what stands in `src` of several elements, so that it is none of their pictures.
    """
    if element.name == "picture":
        inner = element.find("img")
        return picture_address(inner, shared) if isinstance(inner, Tag) else largest(next(sources(element), ""))
    if element.name in NAMED_IN:
        return value(element, NAMED_IN[element.name])
    src, lazy = value(element, "src"), lazy_address(element)
    best = next(filter(None, map(largest, sources(element))), "")
    if src and not (is_placeholder(src) or src in shared):
        return best or src
    background = BACKGROUND.search(value(element, "style"))
    return lazy or best or src or (background[2].strip() if background else "")


def shared_sources(elements: Iterable[Tag]) -> list[str]:
    """Return what stands in `src` of more than one element."""
    counts = Counter(value(element, "src") for element in elements)
    return [src for src, count in counts.items() if count > 1]


def said(element: Tag) -> str:
    """Return what the page says of a picture, on one line: its alternative text, and what shows under the mouse."""
    texts = (clean_text(value(element, name), LONGEST_TEXT) for name in ("alt", "title"))
    return clean_text(" | ".join(dict.fromkeys(filter(None, texts))), LONGEST_TEXT)
