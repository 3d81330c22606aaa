"""Where a page leads to the next, or back to the one before: by a link, a button, or what its JSON names."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup, Tag

from reprise.web.data import find_texts, is_path
from reprise.web.element import value
from reprise.web.page import LONGEST_ADDRESS, Page, base_address, resolve
from reprise.web.session import clean_text, server, without_www
from reprise.web.settings import OLDEST_FIRST, Web


class Way(NamedTuple):
    """How a site calls the way on, or back.

    Attributes:
        rel: what `rel` of a link says.
        themes: classes that the themes and hosts of comics give to the link, or to what stands there instead on the
            last page; they are surer than `rel`, which may mean posts of a blog.
        words: parts of a class, of an id, or of the name of a picture's file.
        side: the name of a picture's file that shows where on a page the link stands.
        texts: what a link says, all of it, in some languages.
        arrows: the same in signs; those that lead to the very end are not among them.
        others: words beside which it is another link.
    """

    rel: str
    themes: tuple[str, ...]
    words: re.Pattern[str]
    side: re.Pattern[str]
    texts: re.Pattern[str]
    arrows: tuple[str, ...]
    others: re.Pattern[str]


def words(*named: str) -> re.Pattern[str]:
    """Return what finds one of several words that stand apart."""
    return re.compile(rf"(?<![a-z])(?:{'|'.join(named)})(?![a-z])")


ICONS = "(?:arrow|chevron|angle|caret)"
SIDE = r"(?:(?:nav|arrow|btn|button|chevron|angle|caret|go|page) )?{}(?: (?:arrow|btn|button|nav))?"
THING = r"(?: (?:page|comic|strip|episode|one|panel|update|day))?"
OTHERS = ("chapter", "chap", "arc", "book", "volume", "vol", "story", "storyline", "section", "post", "entry", "random")

ON = Way(
    rel="next",
    themes=(
        *("comic-nav-next", "navi-next", "navi-next-in", "cc-next", "next-webcomic-link", "_nextEpisode"),
        *("next-comic", "comic-next", "pg_next"),
    ),
    words=words(
        *("next", "nxt", "nextbutton", "nextlink", "btnnext", "nextpage", "nextcomic", "forward", "newer"),
        rf"{ICONS} ?right",
    ),
    side=re.compile(SIDE.format("right")),
    texts=re.compile(
        rf"(?:go to )?(?:the )?next{THING}|newer(?: posts?)?|forward|continue|"
        r"siguiente|weiter|nächste[rs]?(?: seite)?|suivante?|avanti|"
        r"successiv[ao]|próxim[ao]|volgende|następn[ay]|dalej|вперёд|вперед|следующ(?:ая|ий)|次へ|次|下一页|下一頁|다음|"
        "chevron_right|navigate_next|arrow_forward|arrow_right"
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
    words=words(
        *("prev", "previous", "prevbutton", "prevlink", "btnprev", "prevpage", "prevcomic", "back", "older"),
        rf"{ICONS} ?left",
    ),
    side=re.compile(SIDE.format("left")),
    texts=re.compile(
        rf"(?:go to )?(?:the )?(?:previous|prev){THING}|back|older(?: posts?)?|"
        r"anterior|zurück|vorherige[rs]?(?: seite)?|"
        r"précédente?|indietro|precedente|vorige|poprzedni[a]?|wstecz|назад|предыдущ(?:ая|ий)|前へ|前|上一页|上一頁|이전|"
        "chevron_left|navigate_before|arrow_back|arrow_left"
    ),
    arrows=("<", "‹", "←", "◀", "◄", "⇐", "«"),
    others=words("next", "first", "last", "latest", "newest", "start", *OTHERS),
)

SIGNS = re.compile(r"[\s<>‹›«»←→◀▶◄►⇐⇒|:.!-]+")


# Buttons that lead somewhere by a script: location.href = '...', location.assign('...').
BUTTONS = "button, input[type=button i], input[type=submit i], input[type=image i]"
BY_SCRIPT = re.compile(
    r"""location(?:\.href)?\s*=\s*(['"])(.*?)\1|\.(?:assign|replace|open)\(\s*(['"])(.*?)\3""", re.DOTALL
)
LONGEST_SCRIPT = 5000


def link_of(element: Tag) -> Tag | None:
    """Return the link or the button that an element is, stands in or holds."""
    if element.name in ("a", "link", "area", "button", "input"):
        return element
    within = element.find_parent("a") or element.find("a", href=True) or element.find(["button", "input"])
    return within if isinstance(within, Tag) else None


def leads_to(link: Tag) -> str:
    """Return where a link or a button leads, as it stands there; empty if it leads nowhere, as `#`."""
    href = value(link, "href")
    if href and not href.startswith("#") and not href.lower().startswith("javascript:"):
        return href
    for script in (value(link, "onclick"), href):
        found = BY_SCRIPT.search(script[:LONGEST_SCRIPT])
        if found:
            return (found[2] or found[4] or "").strip()
    form = link.find_parent("form") if link.name in ("button", "input") else None
    if isinstance(form, Tag) and value(form, "method").lower() in ("", "get"):
        action = value(form, "action")
        asked = {value(field, "name"): value(field, "value") for field in form.select("input[type=hidden i][name]")}
        return f"{action.partition('?')[0]}?{urlencode(asked)}" if asked else action
    return ""


def name_words(text: str) -> str:
    """Return the words of a class, an id or a file's name: `navNext_2` is `nav next 2`."""
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    return " ".join(re.findall(r"[a-z]+", apart.lower()))


def file_words(image: Tag) -> str:
    """Return the words in the name of a picture's file."""
    src = value(image, "src") or value(image, "data-src")
    return name_words(src.partition("?")[0].rpartition("/")[2].partition(".")[0]) if len(src) < 1000 else ""


def says(text: str, way: Way) -> bool:
    """Tell whether all that a link says, or says before a colon, is the way's word."""
    said = clean_text(text.lower(), 60)
    return any(way.texts.fullmatch(SIGNS.sub(" ", part).strip()) for part in (said, said.partition(":")[0]))


def texts_of(link: Tag) -> Iterator[str]:
    """Give what a link says: its text, what shows under the mouse or is read aloud, and the same of what is in it."""
    yield link.get_text(" ", strip=True)
    for element in (link, *link.find_all(True)):
        yield from (value(element, name) for name in ("title", "aria-label", "alt"))
    if link.name == "input":
        yield value(link, "value")


def named(element: Tag, way: Way) -> bool:
    """Tell whether a class or an id of an element is the way's word."""
    for text in [*value(element, "class").split(), value(element, "id")]:
        found = name_words(text)
        if (way.words.search(found) or way.words.search(text.lower())) and not way.others.search(found):
            return True
    return False


def pictured(link: Tag, way: Way) -> bool:
    """Tell whether the name of a picture in a link is the way's word."""
    names = map(file_words, [*link.find_all("img"), *([link] if link.name == "input" else [])])
    return any((way.words.search(name) or way.side.fullmatch(name)) and not way.others.search(name) for name in names)


def links_by_theme(page: BeautifulSoup, way: Way) -> Iterator[Tag]:
    """Give what themes and hosts of comics mark as the way, be it a link or what stands there instead of one."""
    yield from page.select(", ".join(f".{name}" for name in way.themes))


def links_by_rel(page: BeautifulSoup, way: Way) -> Iterator[Tag]:
    """Give the links that say by `rel` that they are the way; those in view before those of the head."""
    yield from page.select(f'a[rel~="{way.rel}" i], area[rel~="{way.rel}" i]')
    yield from page.select(f'link[rel~="{way.rel}" i]')


def links_that(is_way: Callable[[Tag, Way], bool]) -> Callable[[BeautifulSoup, Way], Iterator[Tag]]:
    """Return what gives the links of which something is true."""
    return lambda page, way: (link for link in page.select(f"a[href], area[href], {BUTTONS}") if is_way(link, way))


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

    None if there is no such link; the address is empty if none of them leads anywhere, as `#` does.
    """
    way = ON if order == OLDEST_FIRST else BACK
    searches = {"comic.web.next": lambda page, _: iter(page.select(selector))} if selector else SEARCHES
    for told_by, search in searches.items():
        links = [link_of(element) for element in search(page, way)]
        if links:
            return next(filter(None, (leads_to(link) for link in links if link is not None)), ""), told_by
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


class Next(NamedTuple):
    """Where a page leads to the next: the whole address, empty if it ends here, and why; and what told it."""

    address: str
    told_by: str
    ends: str


NO_PATH = "it is JSON, in which comic.web.next has to say where the next page is, as $.next"


def find_next(page: Page, web: Web) -> Next:
    """Return where a page leads to the next, by its link or, where `web.next` is a JSONPath, by its JSON."""
    if is_path(web.next):
        found = (text for value in page.data for text in find_texts(value, str(web.next), 1))
        href: str | None = next(found, None)
        told_by, base = "comic.web.next", page.url
    elif page.html is not None:
        href, told_by = find_link(page.html, web.next, web.order)
        base = base_address(page.html, page.url)
    elif page.data:
        return Next("", "", NO_PATH)
    else:
        href, told_by, base = None, "", page.url
    if href is None:
        return Next("", "", "it has no link to a next page")
    address = resolve(base, href) if href else ""
    if not address or len(address) > LONGEST_ADDRESS:
        return Next("", told_by, "its link to a next page leads nowhere")
    ends = why_end(address, page.url)
    return Next("" if ends else address, told_by, ends)
