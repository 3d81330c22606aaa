"""One range of a web comic's pages: each page is read for its panels, each panel's image is stored.

Takes address patterns, or the addresses that `list_pages` found, and how panels are found on a page.
Gives a manifest of the range, one row per panel, and a store that outlives the job. What has arrived is never fetched
again, so a run that was killed goes on where it was, and a run with nothing new asks the server for nothing. What has
not, for whatever reason, is asked for again each time the step runs: by then a page may be out.
"""

from reprise.job import job

import logging
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import requests

from reprise import tables
from reprise.atomic import atomic_file
from reprise.progress import progress
from reprise.web.demo_server import only_folder, serve_folder
from reprise.web.image import NoPanelError
from reprise.web.page import LONGEST_ADDRESS, MOST_PANELS, Page, Panel, read_first
from reprise.web.proposals import PAGES_BEFORE_ASKING, no_panel_found
from reprise.web.session import NO_ANSWER, OK, UNCHANGED, fetch, open_session, server
from reprise.web.settings import Web
from reprise.web.store import TO_COME, Image, Record, Store, no_image
from reprise.web.trouble import is_refusal, way_out

COLUMNS = ["page", "count", "file", "url", "page_url", "title", "status", "text", "found_at"]

# When this many pages from the start of a range get no answer at all, the site is taken to be out of reach.
PAGES_BEFORE_GIVING_UP = 3

# So many pages in a row that the site refuses: it would refuse thousands more.
REFUSALS_BEFORE_GIVING_UP = 5


def download_image(
    session: requests.Session, panel: Panel, name: str, web: Web, store: Store, referer: str, known: Image | None
) -> Image:
    """Fetch a panel into `store`, as `name` with the extension that its content asks for.

    Of one that is `known` the server is asked whether it has another.
    """
    if len(panel.address) > LONGEST_ADDRESS:
        return no_image(
            panel.address[:LONGEST_ADDRESS],
            f"refused: an address of more than {LONGEST_ADDRESS} characters",
            panel.text,
        )
    validators = known.get("validators") if known else None
    answer = fetch(session, panel.address, round(web.max_megabytes * 1e6), web, referer, validators)
    if known and answer.status != OK:  # It is unchanged, or can't be had any more.
        return known
    if answer.status != OK:
        return no_image(panel.address, answer.status, panel.text)
    return keep_image(panel, name, answer.content, answer.validators, store)


def keep_image(panel: Panel, name: str, content: bytes, validators: Mapping[str, str], store: Store) -> Image:
    """Keep what came for a panel, if it is an image."""
    try:
        image = store.put(name, panel.address, content)
    except NoPanelError as error:
        return no_image(panel.address, f"failed: {error}", panel.text)
    if panel.text:
        image["text"] = panel.text
    if validators:
        image["validators"] = dict(validators)
    return image


def leads_back(found: Page, address: str, page: int, web: Web, had: Mapping[str, int]) -> str:
    """Return the status of a page that only leads to one that is had already; empty for all others."""
    if not found.url or found.url == address:
        return ""
    old, new = urlsplit(address), urlsplit(found.url)
    if new.path in ("", "/") and not new.query and (old.path not in ("", "/") or old.query):
        return "missing: leads to the site's front page"
    other = had.get(found.url)
    for template in web.templates:
        before, _, after = re.sub(r"\{page[^}]*\}", "\0", template).partition("\0")
        match = re.fullmatch(re.escape(before) + "0*([0-9]{1,9})" + re.escape(after), found.url)
        other = int(match[1]) if match else other
    return f"missing: leads to page {other}" if other not in (None, page) else ""


def find_page(
    session: requests.Session, page: int, addresses: Sequence[str], web: Web, store: Store, same: Record | None
) -> tuple[str, Page]:
    """Return what stands on a page: as it is known, where its panels were not asked for yet, else as it is now."""
    if same and any(image["status"] == TO_COME for image in same["images"]):
        panels = [Panel(image["url"], image.get("text", "")) for image in same["images"]]
        return same.get("page_url", addresses[0]), Page(OK, same["title"], same.get("found_at", addresses[0]), panels)
    kept = store.read_found(addresses[0], web.reads)
    if kept and kept["status"] == OK and not same:
        panels = [Panel(*panel) for panel in kept["panels"]]
        return addresses[0], Page(OK, kept["title"], kept["url"], panels)
    is_here = same is not None and store.has_all(same)
    return read_first(session, addresses, web, same.get("validators") if same and is_here else None)


def download_page(
    session: requests.Session,
    page: int,
    addresses: Sequence[str],
    web: Web,
    store: Store,
    had: Mapping[str, int],
    refresh: bool = False,
) -> Record:
    """Fetch a page and its images into `store`, as far as its record there doesn't vouch for them already.

    A page without panels leaves no record; it may have them by the next run. For an image that didn't come the page is
    read again, as it may name another address; if it can't be, what came before stays.

    Args:
        session: by which to ask.
        page: its number.
        addresses: where it may be, tried in order.
        web: how it is read.
        store: keeps it.
        had: the pages to which addresses led.
        refresh: whether to ask for what is here too, as there may be a newer version.
    """
    asked = {"page_url": addresses[0] if len(addresses) == 1 else list(addresses), **web.reads}
    before = store.read(page)
    same = before if before and before["asked"] == asked else None
    if same and store.has_all(same) and not refresh:
        return same

    address, found = find_page(session, page, addresses, web, store, same)
    back = leads_back(found, address, page, web, had)
    record = Record(asked=asked, title=found.title, status=back or found.status, images=[])
    record |= {"page_url": address, "found_at": found.url}
    panels = [] if back else list(found.panels)
    if found.status == UNCHANGED and same:
        panels = [Panel(image["url"], image.get("text", "")) for image in same["images"]]
        record |= {"title": same["title"], "found_at": same.get("found_at", address)}
        record |= {"validators": same.get("validators", {})}
    elif found.validators:
        record["validators"] = dict(found.validators)
    if not panels:
        if same:
            stands = [image if store.has(image) else no_image(image["url"], found.status) for image in same["images"]]
            record |= {"title": same["title"], "images": stands}
        return record
    # From here on, until all of its images are there, files may change that a manifest tells of.
    store.forget(page)
    stored = [*(before["images"] if before else []), *([None] * MOST_PANELS)]
    record["images"] = [
        image
        if image and image["url"] == panel.address and store.has(image)
        else no_image(panel.address, TO_COME, panel.text)
        for panel, image in zip(panels[:MOST_PANELS], stored, strict=False)
    ]
    for place, panel in enumerate(panels[:MOST_PANELS]):
        name, image = f"{page}_{place + 1}", record["images"][place]
        if found.content:
            record["images"][place] = keep_image(panel, name, found.content, found.validators, store)
        elif image["status"] != OK or refresh:
            store.write(page, record)  # each time, so that what came stays known if the job is killed
            known = image if image["status"] == OK else None
            record["images"][place] = download_image(session, panel, name, web, store, found.url, known)
    if len(panels) > MOST_PANELS:
        record["images"].append(no_image("", f"refused: more than {MOST_PANELS} panels on a page"))
    store.write(page, record)
    return record


def manifest_rows(page: int, record: Record, images: Path) -> list[dict[str, Any]]:
    """Rows of the manifest for a page: one per panel, or one with count 0 that says why there are none."""
    asked = record["asked"]["page_url"]
    address = record.get("page_url") or (asked if isinstance(asked, str) else asked[0])
    common = {"page": page, "page_url": address, "title": record["title"], "found_at": record.get("found_at", "")}
    if not record["images"]:
        return [{**common, "count": 0, "file": "", "url": "", "status": record["status"], "text": ""}]
    return [
        {
            **common,
            "count": count,
            "file": (images / image["file"]).as_posix() if image["file"] else "",
            "url": image["url"],
            "status": image["status"],
            "text": image.get("text", ""),
        }
        for count, image in enumerate(record["images"], start=1)
    ]


def own_servers(web: Web, addresses: Iterable[str]) -> set[tuple[str | None, int | None]]:
    """Return the servers that the user named; what a page lists, or leads to, is not named by them."""
    named = [web.named] if web.start or web.archive.get("url") else addresses
    return {server(address) for address in named}


def trouble_of(record: Record) -> str:
    """Return the status of a page of which nothing came; "ok" for all others."""
    statuses = [image["status"] for image in record["images"]] or [record["status"]]
    return OK if OK in statuses else statuses[0]


def tell(rows: Iterable[Mapping[str, Any]], web: Web) -> None:
    """Put into the log what didn't come, and once for each kind of trouble what can be done."""
    troubles: Counter[str] = Counter()
    for row in rows:
        if row["status"] != OK:
            address = row["url"] or row["page_url"]
            logging.warning("page %s, panel %s: %s: %s", row["page"], row["count"], row["status"], address)
            troubles[way_out(row["status"], web.panels_by if row["url"] else web.named_by)] += 1
    for sentence, count in troubles.items():
        if sentence:
            logging.warning("of %s of these: %s", count, sentence)


class Watch:
    """Sees whether it makes sense to ask the site for more pages.

    Raises `ConnectionError` from `look` if not.
    """

    def __init__(self, store: Store, web: Web) -> None:
        self.is_first_run = not any(store.images.glob("*"))
        self.key = "start" if web.start else "url"
        self.pages = 0
        self.answered = False
        self.came = False
        self.refusals = 0

    def look(self, page: int, address: str, record: Record, is_last: bool) -> None:
        """Look at what came of one page more."""
        trouble = trouble_of(record)
        self.pages += 1
        self.came = self.came or trouble == OK
        self.answered = self.answered or bool(record["images"]) or not record["status"].startswith(NO_ANSWER)
        self.refusals = self.refusals + 1 if is_refusal(trouble) else 0
        if not self.answered and (is_last or self.pages == PAGES_BEFORE_GIVING_UP):
            first = page - self.pages + 1
            raise ConnectionError(
                f"comic.web.{self.key}: {address} can't be reached, as no page from {first} on ({record['status']}); "
                "check the address and the connection"
            )
        if self.refusals == REFUSALS_BEFORE_GIVING_UP:
            raise ConnectionError(
                f"comic.web.{self.key}: {address} is page {page}, the {self.refusals}th in a row of which nothing came "
                f"({trouble}). {way_out(trouble)}"
            )

    @property
    def finds_nothing(self) -> bool:
        """Whether the settings seem not to fit the site."""
        return self.is_first_run and not self.came and self.pages == PAGES_BEFORE_ASKING


def download_pages(
    first: int,
    last: int,
    web: Web,
    store: Path,
    manifest: Path,
    site: Path | None = None,
    addresses: Sequence[str] | None = None,
    refresh: bool = False,
) -> None:
    """Fetch the pages `first` to `last` into the folder `store` and write `manifest`, a CSV with `COLUMNS`, in order.

    A `site` is a folder to serve on loopback in place of the real server; the pattern's `{edition}` is then the name
    of the one folder in it. With `addresses`, one a page, no pattern is asked for. `refresh` asks for what is here
    too. Pages and images that can't be had are rows with the reason as their `status` and lines in the log. Raises
    `ConnectionError` if no page at the start of the range gets an answer, or the site refuses page after page, or
    nothing fits `web.panels` on the first pages of a comic.
    """
    edition = only_folder(site) if site else ""
    pages = range(first, last + 1)
    if addresses is None:
        tried = {page: [url.format(page=page, edition=edition) for url in web.templates] for page in pages}
    else:
        tried = {page: [address] for page, address in zip(pages, addresses, strict=True)}
    own = own_servers(web, (address for several in tried.values() for address in several))
    kept = Store(store)
    watch = Watch(kept, web)

    rows: list[dict[str, Any]] = []
    had: dict[str, int] = {}
    with (
        kept.reserve(first, last),
        serve_folder(site) if site else nullcontext() as proxy,
        open_session(web, own, store / "hosts", proxy) as session,
    ):
        for page in progress(tried, len(tried), f"pages {first} to {last}", kept.tell_what_came):
            record = download_page(session, page, tried[page], web, kept, had, refresh)
            had.setdefault(record.get("found_at", ""), page)
            rows += manifest_rows(page, record, kept.images)
            watch.look(page, tried[page][0], record, page == last)
            if watch.finds_nothing:
                raise no_panel_found(session, tried[page][0], web)

        tell(rows, web)
        with atomic_file(manifest) as part:
            tables.write_csv(pd.DataFrame(rows, columns=COLUMNS), part, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    with job() as snakemake:
        first, last = snakemake.params.pages
        site = snakemake.input.get("site")
        try:
            download_pages(
                first=first,
                last=last,
                web=Web(**snakemake.params.web),
                store=Path(snakemake.output.manifest).parent,
                manifest=Path(snakemake.output.manifest),
                site=Path(site) if site else None,
                addresses=snakemake.params.addresses,
                # How this run asks, which is none of what is asked for.
                refresh=snakemake.config["comic"]["web"]["refresh"] == "all",
            )
        except ConnectionError as error:
            sys.exit(str(error))
