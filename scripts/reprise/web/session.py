"""Ask servers for what stands at addresses: politely, again where that may help, and within bounds.

Pages are written by strangers: only http and https are followed, never to an address inside the reader's own network,
and every size is bounded. Several processes may ask at once; a file gives them one rate for all.
"""

import fcntl
import ipaddress
import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import DecodeError, HTTPError, MaxRetryError, ReadTimeoutError
from urllib3.util import Retry

# Far above what comics use; they keep a hostile or broken site from filling memory, disk or time.
MOST_REDIRECTS = 10
LONGEST_BODY_SECONDS = 600.0
LONGEST_RETRY_AFTER_SECONDS = 120

# The second try follows at once, the third a second later, then 2, 4, 8 seconds.
BACKOFF_SECONDS = 0.5
TEMPORARY = (429, 500, 502, 503, 504)
GONE = (404, 410)
WHOLE = (200, 203)  # the others of 2xx give a part that nobody asked for, or nothing

OK = "ok"
NO_ANSWER = "failed: no answer"
CUT_OFF = "failed: the answer was cut off"
NOT_UNPACKED = "failed: the answer can't be unpacked"


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


@dataclass(frozen=True)
class Answer:
    """What an address gave: `content` if `status` is "ok", else the reason why there is none.

    A reason that begins with "failed" is one that may pass, "missing" is the server's word that there is nothing,
    "refused" is ours.
    """

    status: str
    content: bytes = b""
    url: str = ""
    charset: str | None = None


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
    if code not in WHOLE:
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
            if response is None:
                answer = Answer(f"{NO_ANSWER} ({root_cause(error)})")
            else:
                answer = Answer(NOT_UNPACKED if isinstance(error, DecodeError) else CUT_OFF)
            again = True
        if not again:
            return answer
        try:
            retry = retry.increment("GET", address)
        except MaxRetryError:
            return answer
        pause(retry, response)
