"""Which link of a page leads to the next, or back to the one before."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from reprise.web.element import value
from reprise.web.session import clean_text, server, without_www
from reprise.web.settings import OLDEST_FIRST


class Way(NamedTuple):
    """How a site calls the way on, or back.

    Attributes:
        rel: what `rel` of a link says.
        themes: classes that the themes and hosts of comics give to the link, or to what stands there instead on the
            last page; they are surer than `rel`, which may mean posts of a blog.
        words: parts of a class, of an id, or of the name of a picture's file.
        texts: what a link says, all of it, in some languages.
        arrows: the same in signs; those that lead to the very end are not among them.
        others: words beside which it is another link.
    """

    rel: str
    themes: tuple[str, ...]
    words: re.Pattern[str]
    texts: re.Pattern[str]
    arrows: tuple[str, ...]
    others: re.Pattern[str]


def words(*named: str) -> re.Pattern[str]:
    """Return what finds one of several words that stand apart."""
    return re.compile(rf"(?<![a-z])(?:{'|'.join(named)})(?![a-z])")


THING = r"(?: (?:page|comic|strip|episode|one|panel|update|day))?"
OTHERS = ("chapter", "chap", "arc", "book", "volume", "vol", "story", "storyline", "section", "post", "entry", "random")

ON = Way(
    rel="next",
    themes=(
        *("comic-nav-next", "navi-next", "navi-next-in", "cc-next", "next-webcomic-link", "_nextEpisode"),
        *("next-comic", "comic-next", "pg_next"),
    ),
    words=words("next", "nxt", "nextbutton", "nextlink", "btnnext", "nextpage", "nextcomic", "forward"),
    texts=re.compile(
        rf"(?:go to )?(?:the )?next{THING}|forward|continue|siguiente|weiter|nächste[rs]?(?: seite)?|suivante?|avanti|"
        r"successiv[ao]|próxim[ao]|volgende|następn[ay]|dalej|вперёд|вперед|следующ(?:ая|ий)|次へ|次|下一页|下一頁|다음"
    ),
    arrows=(">", "›", "→", "▶", "►", "⇒", "»"),
    others=words("prev", "previous", "first", "last", "latest", "newest", *OTHERS),
)
BACK = Way(
    rel="prev",
    themes=(
        *("comic-nav-previous", "comic-nav-prev", "navi-prev", "navi-prev-in", "cc-prev", "previous-webcomic-link"),
        *("_prevEpisode", "previous-comic", "prev-comic", "comic-prev", "pg_prev"),
    ),
    words=words("prev", "previous", "prevbutton", "prevlink", "btnprev", "prevpage", "prevcomic", "back"),
    texts=re.compile(
        rf"(?:go to )?(?:the )?(?:previous|prev){THING}|back|older|anterior|zurück|vorherige[rs]?(?: seite)?|"
        r"précédente?|indietro|precedente|vorige|poprzedni[a]?|wstecz|назад|предыдущ(?:ая|ий)|前へ|前|上一页|上一頁|이전"
    ),
    arrows=("<", "‹", "←", "◀", "◄", "⇐", "«"),
    others=words("next", "first", "last", "latest", "newest", "start", *OTHERS),
)

SIGNS = re.compile(r"[\s<>‹›«»←→◀▶◄►⇐⇒|:.!-]+")


def link_of(element: Tag) -> Tag | None:
    """Return the link that an element is, stands in or holds."""
    if element.name in ("a", "link", "area"):
        return element
    around = element.find_parent("a")
    if isinstance(around, Tag):
        return around
    within = element.find("a", href=True)
    return within if isinstance(within, Tag) else None


def name_words(text: str) -> str:
    """Return the words of a class, an id or a file's name: `navNext_2` is `nav next 2`."""
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    return " ".join(re.findall(r"[a-z]+", apart.lower()))


def file_words(image: Tag) -> str:
    """Return the words in the name of a picture's file."""
    src = value(image, "src") or value(image, "data-src")
    return name_words(src.partition("?")[0].rpartition("/")[2].partition(".")[0]) if len(src) < 1000 else ""


def says(text: str, way: Way) -> bool:
    """Tell whether all that a link says is the way's word."""
    return bool(way.texts.fullmatch(SIGNS.sub(" ", clean_text(text.lower(), 60)).strip()))


def texts_of(link: Tag) -> Iterator[str]:
    """Give what a link says: its text, what shows under the mouse, and the same of pictures in it."""
    yield link.get_text(" ", strip=True)
    yield from (value(link, name) for name in ("title", "aria-label", "alt"))
    for image in link.find_all("img"):
        yield from (value(image, name) for name in ("alt", "title"))


def named(element: Tag, way: Way) -> bool:
    """Tell whether a class or an id of an element is the way's word."""
    for text in [*value(element, "class").split(), value(element, "id")]:
        found = name_words(text)
        if (way.words.search(found) or way.words.search(text.lower())) and not way.others.search(found):
            return True
    return False


def pictured(link: Tag, way: Way) -> bool:
    """Tell whether the name of a picture in a link is the way's word."""
    names = map(file_words, link.find_all("img"))
    return any(way.words.search(name) and not way.others.search(name) for name in names)


def links_by_theme(page: BeautifulSoup, way: Way) -> Iterator[Tag]:
    """Give what themes and hosts of comics mark as the way, be it a link or what stands there instead of one."""
    yield from page.select(", ".join(f".{name}" for name in way.themes))


def links_by_rel(page: BeautifulSoup, way: Way) -> Iterator[Tag]:
    """Give the links that say by `rel` that they are the way; those in view before those of the head."""
    yield from page.select(f'a[rel~="{way.rel}" i], area[rel~="{way.rel}" i]')
    yield from page.select(f'link[rel~="{way.rel}" i]')


def links_that(is_way: Callable[[Tag, Way], bool]) -> Callable[[BeautifulSoup, Way], Iterator[Tag]]:
    """Return what gives the links of which something is true."""
    return lambda page, way: (link for link in page.select("a[href], area[href]") if is_way(link, way))


def named_around(link: Tag, way: Way) -> bool:
    """Tell whether a link, what is in it, or what holds it alone is named as the way."""
    around = link.parent if link.parent and len(link.parent.find_all("a")) == 1 else None
    return any(named(element, way) for element in (link, *link.find_all(True), *([around] if around else [])))


def says_it(link: Tag, way: Way) -> bool:
    """Tell whether a link says the way's word."""
    return any(says(text, way) for text in texts_of(link))


def points(link: Tag, way: Way) -> bool:
    """Tell whether a link is the way's arrow."""
    return re.sub(r"\s+", "", link.get_text()) in way.arrows


# In the order of trust: how each is called, and what it finds.
SEARCHES: dict[str, Callable[[BeautifulSoup, Way], Iterator[Tag]]] = {
    "a theme's class": links_by_theme,
    "rel": links_by_rel,
    "a class or id": links_that(named_around),
    "its text": links_that(says_it),
    "its picture": links_that(pictured),
    "an arrow": links_that(points),
}


def find_link(page: BeautifulSoup, selector: str | None, order: str) -> tuple[str | None, str]:
    """Return where a page's link to the next leads, as it stands there, and what it was told by.

    None if there is no such link; the address of one that leads nowhere, as `#`, is empty.
    """
    way = ON if order == OLDEST_FIRST else BACK
    searches = {"comic.web.next": lambda page, _: iter(page.select(selector))} if selector else SEARCHES
    for told_by, search in searches.items():
        for element in search(page, way):
            link = link_of(element)
            href = value(link, "href") if link is not None else ""
            if href.startswith("#") or href.lower().startswith("javascript:"):
                href = ""
            return href, told_by
    return None, ""


def why_end(address: str, start: str) -> str:
    """Return why an address to which a link leads is no further page of the comic; empty if it is one."""
    try:
        here, there = server(start), server(address)
        parts = urlsplit(address)
    except ValueError:
        return "it is no address"
    if parts.scheme not in ("http", "https"):
        return "it is no address on the web"
    if (without_www(here[0]), here[1] if parts.scheme == urlsplit(start).scheme else there[1]) != (
        without_www(there[0]),
        there[1],
    ):
        return "it leads to another site"
    if parts.path in ("", "/") and not parts.query:
        return "it leads to the site's front page"
    return ""
