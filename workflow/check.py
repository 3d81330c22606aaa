"""`./run check mine.yaml`: read three pages of a comic on the web and say what a run would take from them."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from PIL import Image

from reprise.web.archive import page_links
from reprise.web.following import find_next
from reprise.web.image import NoPanelError, check_image
from reprise.web.page import Page, read_first, read_page
from reprise.web.proposals import Proposal, proposals, what_fits, what_repeats
from reprise.web.session import OK, clean_text, fetch, open_session, server
from reprise.web.settings import Web
from reprise.web.trouble import BY_SCRIPT, NO_PANELS, NO_SCRIPT, UNREADABLE_SCRIPT, way_out

PAGES = 3
NO_ELEMENT = ":not(*)"  # the selector that stands for none
MOST_PANELS_TOLD = 3

# The status of a page on which no panel was found, though one may be there.
BLANK = (NO_PANELS, BY_SCRIPT, NO_SCRIPT, UNREADABLE_SCRIPT)


def settings_of(web: Mapping[str, Any]) -> Web:
    """Return how a site is read, of the settings of `comic.web`."""
    known = {one.name for one in fields(Web)}
    return Web(**{key: value for key, value in web.items() if key in known})


@dataclass
class Findings:
    """What a check found: the pages read, and what would find their images where the settings seem not to."""

    pages: list[Page] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    @property
    def has_panels(self) -> bool:
        """Whether a panel was found on any page."""
        return any(page.panels for page in self.pages)


class Images:
    """Fetches images to tell their size, each once."""

    def __init__(self, session: requests.Session, web: Web) -> None:
        self.session, self.web = session, web
        self.known: dict[str, tuple[int, str]] = {}

    def measure(self, address: str, referer: str) -> tuple[int, str]:
        """Return how many pixels the image at an address has, and that in words; 0 and why if none came."""
        if address not in self.known:
            self.known[address] = self.fetch(address, referer)
        return self.known[address]

    def fetch(self, address: str, referer: str) -> tuple[int, str]:
        """Fetch an image; see `measure`."""
        answer = fetch(self.session, address, round(self.web.max_megabytes * 1e6), self.web, referer)
        if answer.status != OK:
            return 0, f"{answer.status}. {way_out(answer.status, self.web.panels_by)}".rstrip()
        try:
            check_image(answer.content)
        except NoPanelError as error:
            return 0, f"no image but {error}"
        with Image.open(io.BytesIO(answer.content)) as image:
            size = f"{image.width} x {image.height}, {len(answer.content):,} bytes"
            return image.width * image.height, size


def describe_panels(images: Images, page: Page) -> Iterator[str]:
    """Give a line for each of the first panels of a page, with its size, but for those that were told of before."""
    for panel in page.panels[:MOST_PANELS_TOLD]:
        if panel.address not in images.known:
            text = f", “{clean_text(panel.text, 60)}”" if panel.text else ""
            yield f"  {clean_text(panel.address, 100)}: {images.measure(panel.address, page.url)[1]}{text}"
    if len(page.panels) > MOST_PANELS_TOLD:
        yield f"  and {len(page.panels) - MOST_PANELS_TOLD} more"


def describe_page(images: Images, address: str, page: Page) -> Iterator[str]:
    """Say what a run would take from a page, or why nothing."""
    count = len(page.panels)
    found = f"{count} panel{'s' if count > 1 else ''}" if count else page.status
    yield f"{address}: {found}" + (f", “{clean_text(page.title, 60)}”" if page.title else "")
    yield from describe_panels(images, page)


def pages_listed(session: requests.Session, web: Web, settings: Mapping[str, Any]) -> Iterator[str | list[str]]:
    """Give the addresses of each of the first pages, where these are known before a page is read, or say why not."""
    if web.templates:
        for number in range(settings["first"], min(settings["last"], settings["first"] + PAGES - 1) + 1):
            yield [template.format(page=number) for template in web.templates]
    elif web.archive.get("url"):
        links = page_links(session, str(web.archive["url"]), web)
        if isinstance(links, str):
            yield f"{web.archive['url']}: {links}. {way_out(links, web.named_by)}"
            return
        yield f"{web.archive['url']} lists {len(links.pages)} pages and {len(links.archives)} further archives"
        if not links.pages and not links.archives:
            yield f"  Nothing there fits comic.web.archive.links, which holds {web.archive.get('links')!r}"
        yield from ([address] for address in links.pages[:PAGES])
    else:
        yield from ([address] for address in first_lines(settings["list"]))


def first_lines(path: str) -> list[str]:
    """Return the first addresses that a file lists."""
    lines = Path(path).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")][:PAGES]


def follow(session: requests.Session, images: Images, web: Web, read: list[Page]) -> Iterator[str]:
    """Read the first pages to which links lead, and say where these links are."""
    address, told_by = str(web.start), ""
    for _ in range(PAGES):
        page = read_page(session, address, web)
        read.append(page)
        yield from describe_page(images, address, page)
        if page.html is None and not page.data and not page.panels:
            return  # what did not come leads nowhere
        following = find_next(page, web)
        if following.ends or following.told_by != told_by:  # once, where all pages have it the same way
            told_by = following.told_by
            yield "  next: " + (f"by {told_by}, " if told_by else "") + (following.address or following.ends)
        if following.ends and not told_by and web.next:
            otherwise = "; without it the link is looked for" if page.html is not None else ""
            yield f"  Nothing there fits comic.web.next, which holds {web.next!r}{otherwise}"
        if following.ends:
            return
        address = following.address


def blank_pages(read: Iterable[Page]) -> list[Page]:
    """Return those pages on which a panel may be, and none was found."""
    return [page for page in read if (page.html is not None or page.data) and page.status in BLANK]


def what_holds_none(status: str, web: Web) -> str:
    """Say which setting finds nothing on a page, as its status tells."""
    if status == NO_SCRIPT:
        return f"No script there fits comic.web.script, which holds {web.script!r}."
    if status == UNREADABLE_SCRIPT:
        return f"The scripts that comic.web.script finds, which holds {web.script!r}, have no JSON that can be read."
    return "" if web.panels == NO_ELEMENT else f"Nothing there fits comic.web.panels, which holds {web.panels!r}."


def what_to_mend(images: Images, found: Findings, web: Web) -> Iterator[str]:
    """Say once, of all pages on which no panel was found, or the same on each, what can be done."""
    statuses = dict.fromkeys(page.status for page in found.pages if not page.panels)
    told = (way_out(status, web.named_by) for status in statuses if status not in BLANK)
    yield from dict.fromkeys(filter(None, told))
    blank = blank_pages(found.pages)
    repeats = what_repeats([[panel.address for panel in page.panels] for page in found.pages])
    yield from filter(None, [what_holds_none(blank[0].status, web) if blank else "", repeats])
    pages = blank or ([page for page in found.pages if page.panels and (page.html or page.data)] if repeats else [])
    if pages:

        def measure(address: str) -> tuple[int, str]:
            return images.measure(address, pages[0].url)

        found.proposals = proposals(pages, measure)
        yield from what_fits(pages, found.proposals, measure)


def check_site(settings: Mapping[str, Any], found: Findings) -> Iterator[str]:
    """Read three pages of the comic that settings of `comic.web` name, and give lines that say what they hold.

    What stands there is added to `found`.
    """
    web = settings_of(settings)
    named = [web.named] if web.named else first_lines(settings["list"])
    with TemporaryDirectory() as hosts, open_session(web, {server(one) for one in named}, Path(hosts)) as session:
        images = Images(session, web)
        if web.start:
            yield from follow(session, images, web, found.pages)
        else:
            for told in pages_listed(session, web, settings):
                if isinstance(told, str):
                    yield told
                else:
                    address, page = read_first(session, told, web)
                    found.pages.append(page)
                    yield from describe_page(images, address, page)
        yield from what_to_mend(images, found, web)
