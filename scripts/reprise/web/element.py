"""Where the picture of an element is, as browsers take it, and what the page says of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from bs4 import Tag

from reprise.names import OF_IMAGE
from reprise.web.session import clean_text

LONGEST_TEXT = 1000

# Of an image that a script loads when it scrolls into view, the attributes that name it, in the order of trust.
LAZY_SETS = ("data-srcset", "data-lazy-srcset")
LAZY = ("data-src", "data-lazy-src", "data-original", "data-url")

# Other attributes for scripts that may hold the address of a picture: those of the large one first, none of others.
LARGE_BY_NAME = re.compile(r"full|orig|hi-?(gh-?)?res|large|big|zoom|max")
OTHER_BY_NAME = re.compile(r"thumb|small|medium|preview|low|blur|placeholder|icon|avatar|next|prev|pin|share")

# Elements that name a picture in an attribute of their own.
NAMED_IN = {
    "meta": ("content",),
    "a": ("href",),
    "link": ("href",),
    "area": ("href",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "video": ("poster",),
}

# What stands for a picture until it is there. It only matters where the element names another.
PLACEHOLDER = re.compile(
    r"(^|[^a-z])(spacer|blank|placeholder|transparen(t|cy)|pixel|load(ing|er)|lazy(load)?|clear|empty|dot|1x1|grey|gray)"
    r"([^a-z]|$)"
)

# A small picture, often a blurred one, that stands there until the large one is; told by its address or its class.
PREVIEW = re.compile(
    r"(^|[^a-z])(blur(red|ry)?|lqip|previews?|thumb(nail)?s?|tiny|small|low|mini|tn)([^a-z]|$)|"
    r"(^|[^0-9])[0-9]{1,2}x[0-9]{1,2}([^0-9]|$)|(^|[?&/,])(w|h|width|height|size)[=_][0-9]{1,2}([^0-9]|$)"
)
PREVIEW_CLASS = re.compile(r"(^|[^a-z])(blur(red|ry)?|lqip|preview|placeholder)([^a-z]|$)")
WIDEST_PREVIEW = 100

# The kinds of a source in a <picture> that are read later on, and the screens for which it is that a reader may have.
READABLE = re.compile(r"(image/(gif|a?png|jpe?g|pjpeg|webp|avif|bmp|tiff)\b.*)?\Z", re.IGNORECASE)
WIDE_SCREEN = re.compile(r"(?!.*(max-width|portrait|print|prefers)).*\Z", re.IGNORECASE | re.DOTALL)

# Of an address in a srcset: it may have commas within, but not at its end; then how wide or dense the picture is.
CANDIDATE = re.compile(r"\s*,*\s*(\S*[^\s,])(?:\s+([^,]*))?,?")

BACKGROUND = re.compile(r"""background(?:-image)?\s*:[^;]*?url\(\s*(['"]?)(.*?)\1\s*\)""", re.IGNORECASE | re.DOTALL)


def value(element: Tag, attribute: str) -> str:
    """Return what an attribute holds; empty if there is none."""
    found = element.get(attribute) or ""
    return " ".join(found) if isinstance(found, list) else str(found).strip()


def sized(candidates: str) -> tuple[float, str]:
    """Return the largest picture in a srcset, by its width if that is told, else 0, and its address.

    It is the widest, or the densest; of equals the first.
    """
    best, size, width = "", 0.0, 0.0
    for address, descriptor in CANDIDATE.findall(candidates[:100_000]):
        number = re.match(r"([0-9]*\.?[0-9]+)([wx])", descriptor.strip())
        told = float(number[1]) if number else 1.0
        if told > size and not is_placeholder(address):
            best, size, width = address, told, told if number and number[2] == "w" else 0.0
    return width, best


def largest(candidates: str) -> str:
    """Return the address of the largest picture in a srcset."""
    return sized(candidates)[1]


def is_placeholder(address: str) -> bool:
    """Tell whether an address looks like that of a picture which only keeps the place of another."""
    if not address or address.lower().startswith(("data:", "about:")):
        return True
    try:
        return bool(PLACEHOLDER.search(PurePosixPath(urlsplit(address).path).name.lower()))
    except ValueError:
        return False


def is_preview(element: Tag, src: str) -> bool:
    """Tell whether what stands in `src` looks like a small picture in place of a large one."""
    width = value(element, "width").removesuffix("px")
    return bool(
        PREVIEW.search(src.lower())
        or PREVIEW_CLASS.search(value(element, "class").lower())
        or (width.isascii() and width.isdecimal() and int(width[:9]) <= WIDEST_PREVIEW)
    )


def sets_of(element: Tag) -> Iterator[str]:
    """Give the srcsets of an image from which a browser on a wide screen chooses: its picture's, then its own."""
    if element.parent is not None and element.parent.name == "picture":
        for source in element.parent.find_all("source"):
            if READABLE.match(value(source, "type")) and WIDE_SCREEN.match(value(source, "media")):
                yield value(source, "srcset")
                yield from (value(source, name) for name in LAZY_SETS)
    yield value(element, "srcset")


def from_sets(element: Tag) -> str:
    """Return the largest picture of the srcsets of an image; of those without a width the first."""
    found = [(width, address) for width, address in map(sized, sets_of(element)) if address]
    return max(found, key=lambda one: one[0] if found[0][0] else 0)[1] if found else ""


def lazy_address(element: Tag) -> str:
    """Return what a script would load into an element; empty if it names nothing."""
    sets = (largest(value(element, name)) for name in LAZY_SETS)
    return next(filter(None, [*sets, *(value(element, name) for name in LAZY)]), "")


def in_other_attributes(element: Tag) -> str:
    """Return the address of an image in any attribute for scripts; empty if there is none."""
    found = [
        name
        for name in element.attrs
        if name.startswith("data-") and not OTHER_BY_NAME.search(name) and OF_IMAGE.search(value(element, name))
    ]
    return value(element, min(found, key=lambda name: not LARGE_BY_NAME.search(name))) if found else ""


def without_script(element: Tag) -> Tag | None:
    """Return the image that stands in a `<noscript>` next to an element, for browsers that run none."""
    inside = element.parent if element.parent is not None and element.parent.name == "picture" else element
    beside = next((one for one in inside.find_next_siblings(limit=2) if one.name == "noscript"), None)
    image = beside.find("img") if beside is not None else None
    return image if isinstance(image, Tag) else None


def around(element: Tag) -> str:
    """Return the image to which the link around an element leads; empty if it leads to none."""
    link = element.find_parent("a")
    href = value(link, "href") if isinstance(link, Tag) else ""
    return href if OF_IMAGE.search(href) else ""


def picture_address(element: Tag, shared: Sequence[str] = ()) -> str:
    """Return where an element's picture is, as the page puts it; empty if it doesn't say.

    What only keeps the place of the picture gives way to what the page names besides: first what a script would load,
    then what a browser without scripts would show, last where the link around it leads.

    Args:
        element: any that a selector may find: an image, a picture, a link to one, a meta, or one with a background.
        shared: what stands in `src` of several elements, so that it is none of their pictures.
    """
    if element.name == "picture":
        inner = element.find("img")
        if isinstance(inner, Tag):
            return picture_address(inner, shared)
        return largest(", ".join(value(source, "srcset") for source in element.find_all("source")))
    if element.name in NAMED_IN:
        return next(filter(None, (value(element, name) for name in NAMED_IN[element.name])), "")
    src, lazy, best = value(element, "src"), lazy_address(element), from_sets(element)
    holds_place = is_placeholder(src) or src in shared
    if lazy and (holds_place or (OF_IMAGE.search(lazy) and not PREVIEW.search(lazy.lower()))):
        return lazy
    if best or not (holds_place or is_preview(element, src)):
        return best or src
    unscripted = without_script(element)
    background = BACKGROUND.search(value(element, "style"))
    others = (
        in_other_attributes(element),
        picture_address(unscripted) if unscripted is not None else "",
        around(element),
        src,
        background[2].strip() if background else "",
    )
    return next(filter(None, others), "")


def pictures(elements: Iterable[Tag]) -> list[Tag]:
    """Return the elements that name a picture: those found, or the images within one that names none itself.

    A picture is not given once more by the copy that stands beside it for browsers that run no scripts.
    """
    found: list[Tag] = []
    for element in elements:
        within = [] if element.name in ("picture", *NAMED_IN) or picture_address(element) else element.find_all("img")
        found += within or [element]
    copies = {id(copy) for copy in map(without_script, found) if copy is not None}
    return [element for element in found if id(element) not in copies]


def shared_sources(elements: Iterable[Tag]) -> list[str]:
    """Return what stands in `src` of more than one element."""
    counts = Counter(value(element, "src") for element in elements)
    return [src for src, count in counts.items() if count > 1]


def said(element: Tag) -> str:
    """Return what the page says of a picture, on one line: its alternative text, and what shows under the mouse.

    If it says nothing, what it says of the copy for browsers that run no scripts.
    """
    texts = (clean_text(value(element, name), LONGEST_TEXT) for name in ("alt", "title"))
    text = clean_text(" | ".join(dict.fromkeys(filter(None, texts))), LONGEST_TEXT)
    copy = None if text or element.name != "img" else without_script(element)
    return said(copy) if copy is not None else text
