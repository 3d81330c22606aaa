"""The addresses of a web comic's pages, where these have no number: by links that are followed, an archive, or a list.

Gives a table of addresses, from which `download_pages` fetches. To follow links every page has to be read; what stands
on it is kept in the store, so that neither this step nor the next asks for it again. A run that was killed goes on
where it was; one that is asked to look again asks for the newest page alone, and follows from there.
"""

from reprise.job import job

import logging
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import requests

from reprise import tables
from reprise.atomic import atomic_file
from reprise.names import OF_IMAGE
from reprise.progress import SECONDS_BETWEEN_LINES
from reprise.web.archive import MOST_ARCHIVES, page_links
from reprise.web.following import find_next, why_end
from reprise.web.page import Page, read_page
from reprise.web.proposals import PAGES_BEFORE_ASKING, no_panel_found
from reprise.web.session import OK, open_session, server
from reprise.web.settings import OLDEST_FIRST, Web
from reprise.web.store import Found, Store
from reprise.web.trouble import is_refusal, leads_away, way_out

LOGGER = logging.getLogger("reprise.list_pages")

COLUMNS = ["page", "page_url"]

# The numbers of pages end here.
LAST_PAGE = 999_999

# So many pages in a row that show nothing but what others have shown: the site leads in a circle under ever new names.
MOST_PAGES_OF_OLD_PANELS = 20


def what_stands(page: Page, web: Web, way: dict[str, Any]) -> Found:
    """Return what stands on a page, and where its link leads."""
    following = find_next(page, web)
    return Found(
        asked=web.reads,
        way=way,
        url=page.url,
        title=page.title,
        status=page.status,
        panels=[(panel.address, panel.text) for panel in page.panels],
        next=following.address,
        ends=following.ends,
    )


class Trail:
    """The pages met so far, and why there is no next one."""

    def __init__(self, start: str) -> None:
        self.start = start
        self.pages: list[Found] = []
        self.met: set[str] = set()
        self.panels: set[str] = set()
        self.of_old_panels = 0
        self.ends = ""

    def add(self, address: str, found: Found) -> bool:
        """Take in what stands at an address, if it is a page more, and return whether it is one."""
        if not self.pages:
            self.start = found["url"]  # a site may have moved, and is where its first page is
        elif found["url"] != address:
            self.ends = why_end(found["url"], self.start)
        if found["url"] in self.met:
            self.ends = "it leads to a page met before"
        if self.ends:
            return False
        self.met |= {address, found["url"]}
        if len(self.pages) == 1 and found["panels"] and found["panels"] == self.pages[0]["panels"]:
            self.pages.pop()  # a front page shows what its first link leads to
        self.pages.append(found)
        new = {panel for panel, _ in found["panels"]} - self.panels
        self.panels |= new
        self.of_old_panels = 0 if new else self.of_old_panels + bool(found["panels"])
        if self.of_old_panels == MOST_PAGES_OF_OLD_PANELS:
            del self.pages[-MOST_PAGES_OF_OLD_PANELS:]
            self.ends = f"{MOST_PAGES_OF_OLD_PANELS} pages in a row show what others have shown"
        elif found["next"] in self.met:
            self.ends = "it leads to a page met before"
        return not self.ends

    def leave_out_repeats(self) -> None:
        """Leave out the last pages if all that they show was shown before, as a front page to which the last leads."""
        shown = [{panel for panel, _ in found["panels"]} for found in self.pages]
        while len(shown) > 1 and shown[-1] and shown[-1] <= set().union(*shown[:-1]):
            LOGGER.info("%s shows what others have shown, and is left out", self.pages[-1]["url"])
            del self.pages[-1], shown[-1]


def follow(session: requests.Session, web: Web, store: Store, most: int, trust_all: bool, refresh: bool) -> list[str]:
    """Follow the links from `web.start` and return the addresses of the pages, in the order of the story.

    Args:
        session: by which to ask.
        web: how links and panels are found.
        store: keeps what stands on each page.
        most: pages that are followed.
        trust_all: whether what is kept is of a run that did not come to its end, so that none of it is asked for again.
        refresh: whether nothing that is kept is trusted.

    Raises:
        ConnectionError: a page can't be had, though it is there, or the first pages have no panel.
    """
    way = {"next": web.next, "order": web.order}
    trail, address, last_line = Trail(str(web.start)), str(web.start), 0.0
    while not trail.ends and len(trail.pages) < most:
        found = None if refresh else store.read_found(address, web.reads)
        goes_on = found and (found["next"] if web.order == OLDEST_FIRST else trail.pages)
        if not found or found["way"] != way or not (trust_all or goes_on):
            page = read_page(session, address, web)
            if trail.pages and leads_away(page.status):
                trail.ends = f"it leads to {address}, of which the site says: {page.status}"
                break
            if is_refusal(page.status) or (page.status != OK and page.html is None and not page.data):
                raise ConnectionError(
                    f"comic.web.start: {address}, {len(trail.pages)} pages on, can't be read ({page.status}). "
                    f"{way_out(page.status)} What was found is kept; the next run goes on there."
                )
            found = what_stands(page, web, way)
            for name in {address, found["url"]}:
                store.write_found(name, found)
        if not trail.add(address, found):
            break
        if len(trail.pages) == PAGES_BEFORE_ASKING and not trail.panels:
            raise no_panel_found(session, trail.pages[0]["url"], web)
        if time.monotonic() - last_line >= SECONDS_BETWEEN_LINES:
            LOGGER.info("%s has %s", address, "panels" if found["panels"] else found["status"])
            LOGGER.info("follow: %s pages found", len(trail.pages))
            last_line = time.monotonic()
        trail.ends, address = trail.ends or found["ends"], found["next"]
    if trail.ends:
        trail.leave_out_repeats()
    last = trail.pages[-1]["url"]
    LOGGER.info("%s pages found; %s: %s", len(trail.pages), last, trail.ends or "as many as comic.web.last allows")
    if len(trail.pages) == 1 and most > 1:
        LOGGER.warning("comic.web.next: no page follows %s (%s); is there a link that it names?", last, trail.ends)
    addresses = [found["url"] for found in trail.pages]
    return addresses if web.order == OLDEST_FIRST else addresses[::-1]


def look_up(session: requests.Session, web: Web) -> list[str]:
    """Return the addresses that an archive lists, in the order of the story; those of other sites are left out.

    Raises:
        ConnectionError: it can't be read, or lists none.
    """
    start = str(web.archive["url"])
    left, met = [start], set[str]()
    addresses: dict[str, None] = {}
    while left and len(met) < MOST_ARCHIVES:
        address = left.pop(0)
        if address in met:
            continue
        met.add(address)
        links = page_links(session, address, web)
        if isinstance(links, str):
            raise ConnectionError(f"comic.web.archive.url: {address} can't be read ({links}). {way_out(links)}")
        elsewhere = {
            link
            for link in links.pages
            if why_end(link, start) == "it leads to another site" and not OF_IMAGE.search(link)
        }
        if elsewhere:
            LOGGER.warning("%s lists %s addresses of other sites, which are left out", address, len(elsewhere))
        before = len(addresses)
        addresses |= dict.fromkeys(link for link in links.pages if link not in elsewhere)
        if len(addresses) > before or not links.pages:
            left += [link for link in links.archives if not why_end(link, start)]
    if not addresses:
        raise ConnectionError(
            f"comic.web.archive.links: holds {web.archive.get('links')!r}, and nothing on {start} fits it; it may hold "
            "a CSS selector of the links to pages, as .archive a"
        )
    found = list(addresses)
    return found if web.order == OLDEST_FIRST else found[::-1]


def read_list(path: str | Path) -> Iterator[str]:
    """Give the addresses in a file, one a line; what begins with # is no address.

    Raises:
        ValueError: a line is no address.
    """
    lines = Path(path).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line and not line.startswith("#"):
            if not re.fullmatch(r"https?://[^\s/]+\S*", line) or not urlsplit(line).hostname:
                raise ValueError(
                    f"comic.web.list: line {number} of {path} holds {line[:100]!r}; it may hold an address"
                )
            yield line


def list_pages(
    web: Web, first: int, last: int | None, store: Path, table: Path, listed: Path | None, refresh: bool = False
) -> None:
    """Write `table`, a CSV with `COLUMNS`: the pages' addresses, numbered from `first`, up to `last` if that is told.

    `listed` is a file that lists them; without one, `web` says where to begin. `refresh` asks for what is kept too.
    Raises `ConnectionError` if they can't be found, `ValueError` if the file holds anything else.
    """
    most = (LAST_PAGE if last is None else last) - first + 1
    kept = Store(store)
    unfinished = store / "found" / "unfinished"
    trust_all = unfinished.exists()
    if listed:
        addresses: Sequence[str] = list(dict.fromkeys(read_list(listed)))
    else:
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.touch()
        with open_session(web, {server(web.named)}, store / "hosts") as session:
            if web.start:
                addresses = follow(session, web, kept, most, trust_all, refresh and not trust_all)
            else:
                addresses = look_up(session, web)
    if not addresses:
        raise ValueError(f"comic.web.list: {listed} holds no address; it may hold one a line")
    numbered = pd.DataFrame({"page": range(first, first + len(addresses[:most])), "page_url": addresses[:most]})
    with atomic_file(table) as part:
        tables.write_csv(numbered[COLUMNS], part)
    unfinished.unlink(missing_ok=True)


if __name__ == "__main__":
    with job() as snakemake:
        try:
            list_pages(
                web=Web(**snakemake.params.web),
                first=snakemake.params.first,
                last=snakemake.params.last,
                store=Path(snakemake.output.addresses).parent,
                table=Path(snakemake.output.addresses),
                listed=Path(snakemake.params.listed) if snakemake.params.listed else None,
                # How this run asks, which is none of what is asked for.
                refresh=snakemake.config["comic"]["web"]["refresh"] == "all",
            )
        except (ConnectionError, ValueError) as error:
            sys.exit(str(error))
