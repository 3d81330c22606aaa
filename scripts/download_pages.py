"""One range of a web comic's pages: each page is read for its panels, each panel's image is stored.

Takes a template of page addresses and a CSS selector. Gives a manifest of the range, one row per panel, and a store
that outlives the job: `images/<page>_<count>.<ext>` and, once a page is through, its record `pages/<page>.json`. What a
record vouches for is never fetched again, so a run that was killed goes on where it was, and a run with nothing new
asks the server for nothing.

Several ranges are fetched at once by separate processes; a file in the store gives them one rate for all. Pages are
written by strangers: only http and https are followed, never to an address inside the reader's own network, every size
is bounded, and no name that a page chose becomes a path.
"""

from reprise.job import job

import fcntl
import ipaddress
import json
import logging
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any, TypedDict
from urllib.parse import urldefrag, urljoin, urlsplit

import pandas as pd
import requests
from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector, UnicodeDammit
from bs4.exceptions import ParserRejectedMarkup
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError, MaxRetryError, ReadTimeoutError
from urllib3.util import Retry

from reprise.atomic import atomic_file
from reprise.progress import progress

COLUMNS = ["page", "count", "file", "url", "page_url", "title", "status"]

# Far above what comics use; they keep a hostile or broken site from filling memory, disk or time.
MOST_PAGE_BYTES = 4_000_000
MOST_PANELS = 500
MOST_REDIRECTS = 10
LONGEST_ADDRESS = 4096
LONGEST_TITLE = 300
LONGEST_BODY_SECONDS = 600.0
LONGEST_RETRY_AFTER_SECONDS = 120

# The second try follows at once, the third a second later, then 2, 4, 8 seconds.
BACKOFF_SECONDS = 0.5
TEMPORARY = (429, 500, 502, 503, 504)
GONE = (404, 410)

# When this many pages from the start of a range get no answer at all, the site is taken to be out of reach.
PAGES_BEFORE_GIVING_UP = 3

OK = "ok"
NO_PANELS = "no panels"
NO_ANSWER = "failed: no answer"
CUT_OFF = "failed: the answer was cut off"

# What the formats of web images begin with; the server's word and the address's ending are often wrong.
SIGNATURES = {
    "gif": rb"GIF8[79]a",
    "png": rb"\x89PNG\r\n\x1a\n",
    "jpg": rb"\xff\xd8\xff",
    "webp": rb"RIFF....WEBP",
    "avif": rb"....ftypavi[fs]",
    "bmp": rb"BM....\0\0\0\0",
    "tif": rb"II\*\0|MM\0\*",
}


@dataclass(frozen=True)
class Web:
    """How to read a comic's site: the settings of `comic.web`, without its first and last page."""

    url: str
    """Address of a page, with `{page}` (or, zero-filled, `{page:04d}`) for its number."""
    panels: str
    """CSS selector of the panels on a page."""
    title: str | None
    """CSS selector of the page's title; None takes the `<title>`."""
    seconds_between_requests: float
    """Least time between two requests, over all processes; 0 sets no rate."""
    retries: int
    """Further tries after a failure that may pass."""
    timeout: float
    """Seconds without a sign of the server after which a try has failed."""
    user_agent: str
    """The name given to the server."""
    max_megabytes: float
    """Largest image taken, in millions of bytes."""


class Image(TypedDict):
    """One panel of a page's record; `file` is its name in the store, empty without an image of `bytes` bytes."""

    url: str
    file: str
    bytes: int
    status: str


class Record(TypedDict):
    """What is known of a page; the store's record stands while `asked`, what it was made with, stays the same."""

    asked: dict[str, Any]
    title: str
    status: str
    images: list[Image]


@dataclass(frozen=True)
class Answer:
    """What an address gave: `content` if `status` is "ok", else the reason why there is none.

    A reason that begins with "failed" may have passed by the next run, "missing" is the server's word that there is
    nothing, "refused" is ours.
    """

    status: str
    content: bytes = b""
    url: str = ""
    charset: str | None = None


@dataclass(frozen=True)
class Page:
    """What a page shows: its title, its address after redirects, the addresses of its panels in their order."""

    status: str
    title: str = ""
    url: str = ""
    panels: Sequence[str] = ()


class PrivateAddressError(requests.RequestException):
    """A page or a redirect led to an address that isn't on the public internet."""


def server(address: str) -> tuple[str | None, int | None]:
    """Host and port that an http(s) address leads to."""
    parts = urlsplit(address)
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def check_public(host: str) -> None:
    """Raise `PrivateAddressError` if `host` has any address that isn't public unicast, `gaierror` if it has none."""
    for *_, where in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(where[0])
        if not address.is_global or address.is_multicast:
            raise PrivateAddressError(f"{host} is not a public address")


def take_turn(stamp: Path, seconds: float) -> None:
    """Wait until `seconds` have passed since the last request of any process; `stamp`'s mtime is its time.

    The lock is held while waiting, so that others queue behind; the system releases it if the process is killed.
    """
    if seconds == 0:
        return
    with stamp.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        passed = time.time() - os.fstat(lock.fileno()).st_mtime
        # A clock that was set back must not make it wait for longer than one interval.
        time.sleep(min(max(seconds - passed, 0), seconds))
        now = time.time()
        os.utime(lock.fileno(), (now, now))


class TurnTakingAdapter(HTTPAdapter):
    """Lets each request, every redirect and retry included, wait its turn, and none reach a private address.

    `own` are the servers that the user named and that may therefore be anywhere.
    """

    def __init__(self, own: set[tuple[str | None, int | None]], turn: Callable[[], None]) -> None:
        super().__init__()
        self.own = own
        self.turn = turn

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request; raises `PrivateAddressError` besides what `HTTPAdapter.send` raises."""
        host, port = server(str(request.url))
        if (host, port) not in self.own:
            try:
                check_public(str(host))
            except socket.gaierror as error:
                # Behind a proxy it may be the proxy alone that knows the names outside.
                if not select_proxy(str(request.url), kwargs.get("proxies")):
                    raise requests.ConnectionError(error, request=request) from error
        self.turn()
        response = super().send(request, *args, **kwargs)
        if response.is_redirect:
            # Requests reads the body of a redirect whole and unbounded; a closed one reads as empty.
            response.raw.close()
        return response


def open_session(web: Web, own: set[tuple[str | None, int | None]], stamp: Path, proxy: str | None) -> requests.Session:
    """Session that keeps the rate of `web` by the file `stamp`; with a `proxy`, all of http goes through it."""
    session = requests.Session()
    session.headers["User-Agent"] = web.user_agent
    session.max_redirects = MOST_REDIRECTS
    adapter = TurnTakingAdapter(own, partial(take_turn, stamp, web.seconds_between_requests))
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    if proxy:
        session.trust_env = False
        session.proxies = {"http": proxy}
    return session


def read_body(response: requests.Response, most_bytes: int) -> bytes | None:
    """Read a streamed response; None if it is, decompressed, larger than `most_bytes`.

    Raises urllib3's `HTTPError` where the body breaks off, or trickles for longer than `LONGEST_BODY_SECONDS`.
    """
    if (response.raw.length_remaining or 0) > most_bytes:
        return None
    start = time.monotonic()
    body = bytearray()
    while chunk := response.raw.read1(1 << 16, decode_content=True):
        body += chunk
        if len(body) > most_bytes:
            return None
        if time.monotonic() - start > LONGEST_BODY_SECONDS:
            raise ReadTimeoutError(None, None, "the body takes too long")  # type: ignore[arg-type]
    return bytes(body)


def read_answer(response: requests.Response, most_bytes: int) -> Answer:
    """The answer in a response whose headers are in and whose body isn't read yet."""
    code = response.status_code
    if code in GONE:
        return Answer(f"missing: HTTP {code}")
    if not 200 <= code < 300:
        return Answer(f"failed: HTTP {code}")
    content = read_body(response, most_bytes)
    if content is None:
        return Answer(f"refused: larger than {most_bytes / 1e6:g} megabytes")
    # Without the server's word for it, requests would name Latin-1, which nobody meant.
    declared = "charset" in response.headers.get("Content-Type", "").lower()
    return Answer(OK, content, response.url, response.encoding if declared else None)


def clean_text(text: str, most: int) -> str:
    """Text on one line of at most `most` characters, without control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:most].strip()


def root_cause(error: BaseException) -> str:
    """The first of a chain of errors, e.g. "[Errno 111] Connection refused"."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return clean_text(str(error), 100) or type(error).__name__


def pause(retry: Retry, response: requests.Response | None) -> None:
    """Wait as the server's Retry-After asks, up to `LONGEST_RETRY_AFTER_SECONDS`, or as `retry` backs off."""
    try:
        retry.sleep(None if response is None else response.raw)
    except (HTTPError, ValueError, OverflowError):  # Retry-After tells no time.
        retry.sleep()


def fetch(session: requests.Session, address: str, most_bytes: int, web: Web, referer: str | None = None) -> Answer:
    """Fetch one address, again after failures that may pass.

    Never raises for what a server or a page does; a proxy named wrongly in the environment raises `InvalidProxyURL`.
    """
    retry = Retry(web.retries, backoff_factor=BACKOFF_SECONDS, retry_after_max=LONGEST_RETRY_AFTER_SECONDS)
    while True:
        response = None
        try:
            response = session.get(address, stream=True, timeout=web.timeout, headers={"Referer": referer})
            with response:
                answer = read_answer(response, most_bytes)
            again = response.status_code in TEMPORARY
        except requests.exceptions.InvalidProxyURL:
            raise
        except ValueError:  # In all its kinds (of requests, urllib3, urllib and the codecs) a malformed address.
            return Answer("refused: not an http(s) address")
        except PrivateAddressError as error:
            return Answer(f"refused: {error}")
        except requests.TooManyRedirects:
            return Answer(f"failed: more than {MOST_REDIRECTS} redirects")
        except (requests.RequestException, HTTPError) as error:
            answer = Answer(f"{NO_ANSWER} ({root_cause(error)})" if response is None else CUT_OFF)
            again = True
        if not again:
            return answer
        try:
            retry = retry.increment("GET", address)
        except MaxRetryError:
            return answer
        pause(retry, response)


def parse_page(html: bytes, charset: str | None) -> BeautifulSoup:
    """Parse a page: by its byte order mark, in the server's `charset`, as UTF-8, as it declares, or as Windows-1252.

    The first that fits is taken. Without the last, as in browsers, the encoding of old pages would be guessed from
    their few words, and their markup lost with it.
    """
    declared = EncodingDetector.find_declared_encoding(html, is_html=True)
    encodings = [name for name in (charset, "utf-8", declared, "windows-1252") if name]
    text = UnicodeDammit(html, user_encodings=encodings, is_html=True).unicode_markup or ""
    # Some encodings can spell a lone surrogate, which no file could hold.
    return BeautifulSoup(text.encode("utf-8", "replace").decode(), "html.parser")


def page_title(page: BeautifulSoup, selector: str | None) -> str:
    """Text of the first element that fits `selector` (without one: of `<title>`), on one line; empty if none does."""
    element = page.select_one(selector or "title")
    return clean_text(element.get_text(), LONGEST_TITLE) if element else ""


def image_source(element: Tag) -> str:
    """Where a panel's image is, as the page puts it; empty if it doesn't say.

    Pages that load images when they scroll into view leave `src` out, or put a `data:` placeholder in it, and name the
    image in `data-src` or in `srcset`, whose first address is taken.
    """
    src, lazy, candidates = (str(element.get(name) or "").strip() for name in ("src", "data-src", "srcset"))
    if src and not src.lower().startswith("data:"):
        return src
    # An address in a srcset may have commas within, but not at its end.
    return lazy or next((part.rstrip(",") for part in candidates.lstrip(",").split()), src)


def resolve(base: str, address: str) -> str:
    """Whole form of an address that a page at `base` gives, without its fragment; unchanged if it is malformed."""
    address = re.sub(r"[\x00-\x1f\x7f]", "", address)
    try:
        return urldefrag(urljoin(base, address)).url
    except ValueError:
        return address


def panel_addresses(page: BeautifulSoup, page_url: str, selector: str) -> list[str]:
    """Whole addresses of the panels on a page, in its order; one more than `MOST_PANELS` if there are more.

    A panel for which the page gives no address has an empty one.
    """
    base = page.find("base", href=True)
    href = str(base["href"]) if isinstance(base, Tag) else ""
    start = resolve(page_url, href) if len(href) <= LONGEST_ADDRESS else page_url
    sources = [image_source(element) for element in page.select(selector, limit=MOST_PANELS + 1)]
    return [resolve(start, source) if source else "" for source in sources]


def read_page(session: requests.Session, page_url: str, web: Web) -> Page:
    """Fetch a page and find its title and the addresses of its panels."""
    answer = fetch(session, page_url, MOST_PAGE_BYTES, web)
    if answer.status != OK:
        return Page(answer.status)
    try:
        html = parse_page(answer.content, answer.charset)
    except ParserRejectedMarkup:
        return Page("refused: not readable as HTML")
    panels = panel_addresses(html, answer.url, web.panels)
    return Page(OK if panels else NO_PANELS, page_title(html, web.title), answer.url, panels)


def extension(content: bytes, url: str) -> str:
    """File extension for an image: by its first bytes, else as in `url` if that is a plain one, else "bin"."""
    for name, signature in SIGNATURES.items():
        if re.match(signature, content, re.DOTALL):
            return name
    suffix = PurePosixPath(urlsplit(url).path).suffix[1:].lower()
    return suffix if re.fullmatch("[a-z0-9]{1,5}", suffix, re.ASCII) else "bin"


def download_image(session: requests.Session, url: str, name: str, images: Path, web: Web, referer: str) -> Image:
    """Fetch `url` into the folder `images`, as `name` with the extension that its content asks for."""
    if len(url) > LONGEST_ADDRESS:
        status = f"refused: an address of more than {LONGEST_ADDRESS} characters"
        return Image(url=url[:LONGEST_ADDRESS], file="", bytes=0, status=status)
    answer = fetch(session, url, round(web.max_megabytes * 1e6), web, referer)
    if answer.status != OK:
        return Image(url=url, file="", bytes=0, status=answer.status)
    file = f"{name}.{extension(answer.content, url)}"
    with atomic_file(images / file) as part:
        part.write_bytes(answer.content)
    return Image(url=url, file=file, bytes=len(answer.content), status=OK)


def is_stored(image: Image, images: Path) -> bool:
    """Whether the folder `images` holds the whole file of a panel."""
    try:
        return image["status"] == OK and (images / image["file"]).stat().st_size == image["bytes"]
    except OSError:
        return False


def is_finished(record: Record, images: Path) -> bool:
    """Whether nothing of a page that was read is left to fetch: no image failed, and no stored one was lost."""
    return all(
        is_stored(image, images) if image["status"] == OK else not image["status"].startswith("failed")
        for image in record["images"]
    )


def read_record(path: Path) -> Record | None:
    """Record in the file `path`; None if there is none, or none that can be read."""
    try:
        record: Record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return record


def download_page(session: requests.Session, page: int, page_url: str, web: Web, store: Path) -> Record:
    """Fetch a page and its images into `store`, as far as its record there doesn't vouch for them already.

    A page that can't be read leaves no record and is tried again by the next run; a missing one may be out by then. An
    image that failed is tried again too, after reading its page again for the address.
    """
    path, images = store / "pages" / f"{page}.json", store / "images"
    asked = {"page_url": page_url, "panels": web.panels, "title": web.title, "max_megabytes": web.max_megabytes}
    before = read_record(path)
    if before and before["asked"] == asked and is_finished(before, images):
        return before

    found = read_page(session, page_url, web)
    if found.panels:
        # From here on, until all of its images are there, files may change that the old record vouches for.
        path.unlink(missing_ok=True)
    record = Record(asked=asked, title=found.title, status=found.status, images=[])
    stored = dict(enumerate(before["images"], start=1)) if before else {}
    for count, url in enumerate(found.panels[:MOST_PANELS], start=1):
        image = stored.get(count)
        if not (image and image["url"] == url and is_stored(image, images)):
            image = download_image(session, url, f"{page}_{count}", images, web, found.url)
        record["images"].append(image)
    if len(found.panels) > MOST_PANELS:
        status = f"refused: more than {MOST_PANELS} panels on a page"
        record["images"].append(Image(url="", file="", bytes=0, status=status))
    if found.status in (OK, NO_PANELS):
        with atomic_file(path) as part:
            part.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
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


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve `folder` on loopback as any http site: yields the address of a proxy that answers for every host."""

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body go out in two writes, the second of which would wait 40 ms for the client's acknowledgement.
        disable_nagle_algorithm = True

        def translate_path(self, path: str) -> str:
            # A proxy is asked for whole addresses.
            return super().translate_path(urlsplit(path).path)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as httpd:
        threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}"
        finally:
            httpd.shutdown()


def only_folder(site: Path) -> str:
    """Name of the one folder that a drawn site consists of; raises `ValueError` if it isn't one."""
    names = sorted(path.name for path in site.iterdir() if path.is_dir())
    if len(names) != 1:
        raise ValueError(f"{site}: a site has one folder, this has {len(names)}; delete it to have it drawn again")
    return names[0]


def download_pages(
    first: int,
    last: int,
    web: Web,
    store: Path,
    manifest: Path,
    site: Path | None = None,
) -> None:
    """Fetch the pages `first` to `last` into `store` and write `manifest`, a CSV with `COLUMNS`, by page and count.

    A `site` is a folder to serve on loopback in place of the real server; the template's `{edition}` is then the name
    of the one folder in it. Pages and images that can't be had are rows with the reason as their `status` and lines in
    the log. Raises `ConnectionError` if no page at the start of the range gets an answer.
    """
    edition = only_folder(site) if site else ""
    addresses = {page: web.url.format(page=page, edition=edition) for page in range(first, last + 1)}
    own = {server(address) for address in addresses.values()}
    store.mkdir(parents=True, exist_ok=True)

    rows: list[dict[str, Any]] = []
    answered = False
    with (
        serve_folder(site) if site else nullcontext() as proxy,
        open_session(web, own, store / "last_request", proxy) as session,
    ):
        for page in progress(addresses, len(addresses), f"pages {first} to {last}"):
            record = download_page(session, page, addresses[page], web, store)
            answered = answered or not record["status"].startswith(NO_ANSWER)
            of_page = manifest_rows(page, record, store / "images")
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
        pd.DataFrame(rows, columns=COLUMNS).to_csv(part, index=False, lineterminator="\n", encoding="utf-8")


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
