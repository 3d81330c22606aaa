"""`./run check mine.yaml`: read three pages of a comic on the web and say what a run would take from them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from reprise.web.archive import page_links
from reprise.web.following import find_next
from reprise.web.page import Page, read_page
from reprise.web.proposals import describe_images
from reprise.web.session import OK, clean_text, fetch, open_session, server
from reprise.web.settings import Web
from reprise.web.trouble import way_out

PAGES = 3
NO_ELEMENT = ":not(*)"  # the selector that stands for none
MOST_PANELS_TOLD = 3


def settings_of(web: Mapping[str, Any]) -> Web:
    """Return how a site is read, of the settings of `comic.web`."""
    known = {field.name for field in fields(Web)}
    return Web(**{key: value for key, value in web.items() if key in known})


def addresses(session: requests.Session, web: Web, settings: Mapping[str, Any]) -> Iterator[str]:
    """Give the addresses of the first pages, where these are known before a page is read."""
    if web.templates:
        yield from (web.templates[0].format(page=settings["first"] + number) for number in range(PAGES))
    elif web.archive.get("url"):
        links = page_links(session, str(web.archive["url"]), web)
        yield from (links.pages or links.archives)[:PAGES] if not isinstance(links, str) else ()
    elif settings["list"]:
        lines = Path(settings["list"]).read_text(encoding="utf-8-sig", errors="replace").split()
        yield from lines[:PAGES]


def describe_panels(session: requests.Session, page: Page, web: Web) -> Iterator[str]:
    """Give a line for each of the first panels of a page, with its size."""
    for panel in page.panels[:MOST_PANELS_TOLD]:
        answer = fetch(session, panel.address, round(web.max_megabytes * 1e6), web, page.url)
        size = f"{len(answer.content):,} bytes" if answer.status == OK else f"{answer.status}. {way_out(answer.status)}"
        text = f", “{clean_text(panel.text, 60)}”" if panel.text else ""
        yield f"  {clean_text(panel.address, 100)}: {size}{text}"
    if len(page.panels) > MOST_PANELS_TOLD:
        yield f"  and {len(page.panels) - MOST_PANELS_TOLD} more"


def describe_page(session: requests.Session, address: str, page: Page, web: Web) -> Iterator[str]:
    """Say what a run would take from a page, or why nothing."""
    count = len(page.panels)
    found = f"{count} panel{'s' if count > 1 else ''}" if count else page.status
    yield f"{address}: {found}" + (f", “{clean_text(page.title, 60)}”" if page.title else "")
    if page.panels:
        yield from describe_panels(session, page, web)
        return
    if way_out(page.status):
        yield f"  {way_out(page.status)}"
    if page.html is not None:
        yield from (f"  {line}" for line in describe_images(page))


def check_site(settings: Mapping[str, Any]) -> Iterator[str]:
    """Read three pages of the comic that settings of `comic.web` name, and give lines that say what they hold."""
    web = settings_of(settings)
    with TemporaryDirectory() as hosts:
        named = [web.named or address for address in [*web.templates, ""]][:1]
        if settings["list"]:
            named = Path(settings["list"]).read_text(encoding="utf-8-sig", errors="replace").split()
        with open_session(web, {server(address) for address in named}, Path(hosts)) as session:
            if not web.start:
                for address in addresses(session, web, settings):
                    yield from describe_page(session, address, read_page(session, address, web), web)
                return
            address = web.start
            for _ in range(PAGES):
                page = read_page(session, address, web)
                yield from describe_page(session, address, page, web)
                following = find_next(page, web)
                told_by = f"by {following.told_by}, " if following.told_by else ""
                yield f"  next: {told_by}{following.address or following.ends}"
                address = following.address
                if not address:
                    return
