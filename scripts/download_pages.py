"""One range of a web comic's pages: each page is read for its panels, each panel's image is stored.

Takes a template of page addresses and a CSS selector. Gives a manifest of the range, one row per panel, and a store
that outlives the job. What has arrived is never fetched again, so a run that was killed goes on where it was, and a run
with nothing new asks the server for nothing. What has not, for whatever reason, is asked for again each time the step
runs: by then a page may be out.
"""

from reprise.job import job

import logging
import sys
from contextlib import nullcontext
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd
import requests

from reprise import tables
from reprise.atomic import atomic_file
from reprise.progress import progress
from reprise.web.demo_server import only_folder, serve_folder
from reprise.web.image import NoPanelError
from reprise.web.page import LONGEST_ADDRESS, MOST_PANELS, read_page
from reprise.web.session import NO_ANSWER, OK, Web, fetch, open_session, server
from reprise.web.store import Image, Record, Store, no_image

COLUMNS = ["page", "count", "file", "url", "page_url", "title", "status"]

# The status of an image while those before it on its page are fetched.
TO_COME = "failed: the run ended before it came"

# When this many pages from the start of a range get no answer at all, the site is taken to be out of reach.
PAGES_BEFORE_GIVING_UP = 3


def download_image(session: requests.Session, url: str, name: str, web: Web, store: Store, referer: str) -> Image:
    """Fetch the panel at `url` into `store`, as `name` with the extension that its content asks for."""
    if len(url) > LONGEST_ADDRESS:
        return no_image(url[:LONGEST_ADDRESS], f"refused: an address of more than {LONGEST_ADDRESS} characters")
    answer = fetch(session, url, round(web.max_megabytes * 1e6), web, referer)
    if answer.status != OK:
        return no_image(url, answer.status)
    try:
        return store.put(name, url, answer.content)
    except NoPanelError as error:
        return no_image(url, f"failed: {error}")


def download_page(session: requests.Session, page: int, page_url: str, web: Web, store: Store) -> Record:
    """Fetch a page and its images into `store`, as far as its record there doesn't vouch for them already.

    A page without panels leaves no record; it may have them by the next run. For an image that didn't come the page is
    read again, as it may name another address; if it can't be, what came before stays.
    """
    asked = {"page_url": page_url, "panels": web.panels, "title": web.title, "max_megabytes": web.max_megabytes}
    before = store.read(page)
    same = before if before and before["asked"] == asked else None
    if same and store.has_all(same):
        return same

    found = read_page(session, page_url, web)
    record = Record(asked=asked, title=found.title, status=found.status, images=[])
    if not found.panels:
        if same:
            stands = [image if store.has(image) else no_image(image["url"], found.status) for image in same["images"]]
            record |= {"title": same["title"], "images": stands}
        return record
    # From here on, until all of its images are there, files may change that the old record vouches for.
    store.forget(page)
    urls = found.panels[:MOST_PANELS]
    stored = before["images"] if before else []
    record["images"] = [
        image if image and image["url"] == url and store.has(image) else no_image(url, TO_COME)
        for url, image in zip_longest(urls, stored[: len(urls)])
    ]
    for place, url in enumerate(urls):
        if record["images"][place]["status"] != OK:
            record["images"][place] = download_image(session, url, f"{page}_{place + 1}", web, store, found.url)
            store.write(page, record)  # each time, so that what came stays known if the job is killed
    if len(found.panels) > MOST_PANELS:
        record["images"].append(no_image("", f"refused: more than {MOST_PANELS} panels on a page"))
    store.write(page, record)
    return record


def manifest_rows(page: int, record: Record, images: Path) -> list[dict[str, Any]]:
    """Rows of the manifest for a page: one per panel, or one with count 0 that says why there are none."""
    common = {"page": page, "page_url": record["asked"]["page_url"], "title": record["title"]}
    if not record["images"]:
        return [{**common, "count": 0, "file": "", "url": "", "status": record["status"]}]
    return [
        {
            **common,
            "count": count,
            "file": (images / image["file"]).as_posix() if image["file"] else "",
            "url": image["url"],
            "status": image["status"],
        }
        for count, image in enumerate(record["images"], start=1)
    ]


def download_pages(
    first: int,
    last: int,
    web: Web,
    store: Path,
    manifest: Path,
    site: Path | None = None,
) -> None:
    """Fetch the pages `first` to `last` into the folder `store` and write `manifest`, a CSV with `COLUMNS`, in order.

    A `site` is a folder to serve on loopback in place of the real server; the template's `{edition}` is then the name
    of the one folder in it. Pages and images that can't be had are rows with the reason as their `status` and lines in
    the log. Raises `ConnectionError` if no page at the start of the range gets an answer.
    """
    edition = only_folder(site) if site else ""
    addresses = {page: web.url.format(page=page, edition=edition) for page in range(first, last + 1)}
    own = {server(address) for address in addresses.values()}
    kept = Store(store)

    rows: list[dict[str, Any]] = []
    answered = False
    with (
        kept.reserve(first, last),
        serve_folder(site) if site else nullcontext() as proxy,
        open_session(web, own, store / "last_request", proxy) as session,
    ):
        for page in progress(addresses, len(addresses), f"pages {first} to {last}"):
            record = download_page(session, page, addresses[page], web, kept)
            answered = answered or bool(record["images"]) or not record["status"].startswith(NO_ANSWER)
            of_page = manifest_rows(page, record, kept.images)
            rows += of_page
            for row in of_page:
                if row["status"] != OK:
                    address = row["url"] or row["page_url"]
                    logging.warning("page %s, panel %s: %s: %s", page, row["count"], row["status"], address)
            if not answered and page == min(last, first + PAGES_BEFORE_GIVING_UP - 1):
                raise ConnectionError(
                    f"comic.web.url: {addresses[page]} can't be reached, as no page from {first} on "
                    f"({record['status']}); check the address and the connection"
                )

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
            )
        except ConnectionError as error:
            sys.exit(str(error))
