"""`./run check mine.yaml`: read three pages of a comic on the web and say what a run would take from them."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from PIL import Image

from reprise.web.archive import page_links
from reprise.web.following import find_next
from reprise.web.image import NoPanelError, check_image
from reprise.web.page import Page, read_first, read_page
from reprise.web.proposals import what_fits
from reprise.web.session import OK, clean_text, fetch, open_session, server
from reprise.web.settings import Web
from reprise.web.trouble import BY_SCRIPT, NO_PANELS, way_out

PAGES = 3
NO_ELEMENT = ":not(*)"  # the selector that stands for none
MOST_PANELS_TOLD = 3

# The status of a page on which no panel was found, though one may be there.
BLANK = (NO_PANELS, BY_SCRIPT)


def settings_of(web: Mapping[str, Any]) -> Web:
    """Return how a site is read, of the settings of `comic.web`."""
    known = {field.name for field in fields(Web)}
    return Web(**{key: value for key, value in web.items() if key in known})


def size_at(session: requests.Session, address: str, web: Web, referer: str) -> str:
    """Say how large the image at an address is, or what is there instead."""
    answer = fetch(session, address, round(web.max_megabytes * 1e6), web, referer)
    if answer.status != OK:
        return f"{answer.status}. {way_out(answer.status)}".rstrip()
    try:
        check_image(answer.content)
    except NoPanelError as error:
        return f"no image but {error}"
    with Image.open(io.BytesIO(answer.content)) as image:
        return f"{image.width} x {image.height}, {len(answer.content):,} bytes"


def describe_panels(session: requests.Session, page: Page, web: Web) -> Iterator[str]:
    """Give a line for each of the first panels of a page, with its size."""
    for panel in page.panels[:MOST_PANELS_TOLD]:
        text = f", “{clean_text(panel.text, 60)}”" if panel.text else ""
        yield f"  {clean_text(panel.address, 100)}: {size_at(session, panel.address, web, page.url)}{text}"
    if len(page.panels) > MOST_PANELS_TOLD:
        yield f"  and {len(page.panels) - MOST_PANELS_TOLD} more"


def describe_page(session: requests.Session, address: str, page: Page, web: Web) -> Iterator[str]:
    """Say what a run would take from a page, or why nothing."""
    count = len(page.panels)
    found = f"{count} panel{'s' if count > 1 else ''}" if count else page.status
    yield f"{address}: {found}" + (f", “{clean_text(page.title, 60)}”" if page.title else "")
    yield from describe_panels(session, page, web)


def pages_listed(session: requests.Session, web: Web, settings: Mapping[str, Any]) -> Iterator[str | list[str]]:
    """Give the addresses of each of the first pages, where these are known before a page is read, or say why not."""
    if web.templates:
        for number in range(settings["first"], min(settings["last"], settings["first"] + PAGES - 1) + 1):
            yield [template.format(page=number) for template in web.templates]
    elif web.archive.get("url"):
        links = page_links(session, str(web.archive["url"]), web)
        if isinstance(links, str):
            yield f"{web.archive['url']}: {links}. {way_out(links)}"
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


def follow(session: requests.Session, web: Web, read: list[Page]) -> Iterator[str]:
    """Read the first pages to which links lead, and say where these links are."""
    address, told_by = str(web.start), ""
    for _ in range(PAGES):
        read.append(read_page(session, address, web))
        yield from describe_page(session, address, read[-1], web)
        following = find_next(read[-1], web)
        if following.ends or following.told_by != told_by:  # once, where all pages have it the same way
            told_by = following.told_by
            yield "  next: " + (f"by {told_by}, " if told_by else "") + (following.address or following.ends)
        if following.ends and not told_by and web.next:
            yield f"  Nothing there fits comic.web.next, which holds {web.next!r}; without it the link is looked for"
        if following.ends:
            return
        address = following.address


def blank_pages(read: Iterable[Page]) -> list[Page]:
    """Return those pages on which a panel may be, and none was found."""
    return [page for page in read if page.html is not None and page.status in BLANK]


def what_to_mend(session: requests.Session, read: Sequence[Page], web: Web) -> Iterator[str]:
    """Say once, of all pages on which no panel was found, what can be done."""
    statuses = dict.fromkeys(page.status for page in read if not page.panels)
    yield from dict.fromkeys(filter(None, (way_out(status) for status in statuses if status not in BLANK)))
    blank = blank_pages(read)
    if blank:
        if web.panels != NO_ELEMENT:
            yield f"Nothing there fits comic.web.panels, which holds {web.panels!r}."
        yield from what_fits(blank, lambda address: size_at(session, address, web, blank[0].url))


def check_site(settings: Mapping[str, Any], read: list[Page]) -> Iterator[str]:
    """Read three pages of the comic that settings of `comic.web` name, and give lines that say what they hold.

    The pages are added to `read`.
    """
    web = settings_of(settings)
    named = [web.named] if web.named else first_lines(settings["list"])
    with TemporaryDirectory() as hosts, open_session(web, {server(one) for one in named}, Path(hosts)) as session:
        if web.start:
            yield from follow(session, web, read)
        else:
            for told in pages_listed(session, web, settings):
                if isinstance(told, str):
                    yield told
                else:
                    address, page = read_first(session, told, web)
                    read.append(page)
                    yield from describe_page(session, address, page, web)
        yield from what_to_mend(session, read, web)
