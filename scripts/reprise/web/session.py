"""Ask servers for what stands at addresses: politely, again where that may help, and within bounds.

Pages are written by strangers: only http and https are followed, never to an address inside the reader's own network,
and every size is bounded. Several processes may ask at once; files give them one rate for each host.
"""

import logging
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import DecodeError, HTTPError, MaxRetryError, ReadTimeoutError
from urllib3.util import Retry

from reprise.web.public import PrivateAddressError, pool_classes, public_addresses
from reprise.web.rate import Rate
from reprise.web.robots import MOST_ROBOTS_BYTES, Robots
from reprise.web.settings import Web

LOGGER = logging.getLogger(__name__)

# Far above what comics use; they keep a hostile or broken site from filling memory, disk or time.
MOST_REDIRECTS = 10
LONGEST_BODY_SECONDS = 600.0

# The second try follows at once, the third a second later, then 2, 4, 8 seconds.
BACKOFF_SECONDS = 0.5
TEMPORARY = (429, 500, 502, 503, 504)
GONE = (404, 410)
NOT_MODIFIED = 304
WHOLE = (200, 203)  # the others of 2xx give a part that nobody asked for, or nothing

OK = "ok"
NO_ANSWER = "failed: no answer"
CUT_OFF = "failed: the answer was cut off"
NOT_UNPACKED = "failed: the answer can't be unpacked"
UNCHANGED = "unchanged"

# What a server tells of a version of something, and how it is asked whether that is still the one.
VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
LONGEST_VALIDATOR = 300

# A server by host and port, with and without www.
Server = tuple[str | None, int | None]


@dataclass(frozen=True)
class Answer:
    """What an address gave: `content` if `status` is "ok", else the reason why there is none.

    A reason that begins with "failed" is one that may pass, "missing" is the server's word that there is nothing,
    "refused" is ours. "unchanged" is the server's word that what is known of the address still holds; `validators` are
    what it wants to be asked by then.
    """

    status: str
    content: bytes = b""
    url: str = ""
    charset: str | None = None
    validators: Mapping[str, str] = field(default_factory=dict)


class RobotsError(Exception):
    """The site's robots.txt asks programs to leave an address alone."""


def server(address: str) -> Server:
    """Host and port that an http(s) address leads to."""
    parts = urlsplit(address)
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def without_www(host: str | None) -> str:
    """Return a host by the name it has without www, as which it is the same site."""
    return (host or "").removeprefix("www.")


class PoliteAdapter(HTTPAdapter):
    """Lets each request, every redirect and retry included, wait its turn, and none reach a private address.

    Args:
        web: has the rate, and what is sent to the comic's own site alone.
        own: the servers that the user named and that may therefore be anywhere.
        hosts: the folder in which jobs share what they know of hosts.
    """

    def __init__(self, web: Web, own: set[Server], hosts: Path) -> None:
        self.own = own
        self.web = web
        self.rate = Rate(hosts, web.seconds_between_requests)
        self.robots: Robots | None = None
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections; proxies have others, and look names up themselves."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = pool_classes(lambda host, port: (host.strip("[]"), port) in self.own)

    def check_public(self, request: requests.PreparedRequest, proxies: Any) -> None:
        """Raise `PrivateAddressError` for an address in the reader's own network, `ConnectionError` for none."""
        host, port = server(str(request.url))
        if (host, port) in self.own:
            return
        try:
            public_addresses(str(host))
        except socket.gaierror as error:
            # Behind a proxy it may be the proxy alone that knows the names outside.
            if not select_proxy(str(request.url), proxies):
                raise requests.ConnectionError(error, request=request) from error

    def add_own_headers(self, request: requests.PreparedRequest) -> None:
        """Send the user's cookies and headers to the comic's own site, and to no other that it leads to."""
        host, port = server(str(request.url))
        given = dict(self.web.headers or {})
        if self.web.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.web.cookies.items())
        is_own = (without_www(host), port) in {(without_www(name), number) for name, number in self.own}
        for name, value in given.items():
            if is_own:
                theirs = request.headers.get(name) if name == "Cookie" else None
                request.headers[name] = f"{theirs}; {value}" if theirs and value not in theirs else theirs or value
            elif request.headers.get(name) == value:
                del request.headers[name]

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request.

        Raises `PrivateAddressError` and `RobotsError` besides what `HTTPAdapter.send` raises.
        """
        url = str(request.url)
        self.check_public(request, kwargs.get("proxies"))
        delay = 0.0
        if self.robots and urlsplit(url).path != "/robots.txt":
            if not self.robots.allows(url):
                raise RobotsError(f"robots.txt of {urlsplit(url).hostname} forbids it")
            delay = self.robots.delay(url)
        self.add_own_headers(request)
        self.rate.wait(urlsplit(url).netloc, delay)
        response = super().send(request, *args, **kwargs)
        if response.is_redirect:
            # Requests reads the body of a redirect whole and unbounded; a closed one reads as empty.
            response.raw.close()
        return response


def open_session(web: Web, own: set[Server], hosts: Path, proxy: str | None = None) -> requests.Session:
    """Session that keeps the rate of `web` by files in `hosts`; with a `proxy`, all of http goes through it."""
    session = requests.Session()
    session.headers["User-Agent"] = f"{web.user_agent} (+{web.contact})" if web.contact else web.user_agent
    session.max_redirects = MOST_REDIRECTS
    adapter = PoliteAdapter(web, own, hosts)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    if proxy:
        session.trust_env = False
        session.proxies = {"http": proxy}
    if not web.robots and not proxy:
        LOGGER.warning(
            "comic.web.robots is false: what the robots.txt of %s asks programs to leave alone is asked for too",
            ", ".join(sorted({str(host) for host, _ in own})),
        )
    if web.robots:
        adapter.robots = Robots(hosts, web.user_agent, partial(ask_for_robots, session, web))
    return session


def ask_for_robots(session: requests.Session, web: Web, address: str) -> str | None:
    """Return the text of a robots.txt, "" where the server has none to give, None where it gives no answer."""
    answer = fetch(session, address, MOST_ROBOTS_BYTES, replace(web, retries=0))
    if answer.status == OK:
        return answer.content.decode("utf-8", "replace")
    return "" if re.search(r"HTTP 4\d\d", answer.status) and "429" not in answer.status else None


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
    if code == NOT_MODIFIED:
        return Answer(UNCHANGED, url=response.url)
    if code in GONE:
        return Answer(f"missing: HTTP {code}")
    if code not in WHOLE:
        return Answer(f"failed: HTTP {code}")
    content = read_body(response, most_bytes)
    if content is None:
        return Answer(f"refused: larger than {most_bytes / 1e6:g} megabytes")
    # Without the server's word for it, requests would name Latin-1, which nobody meant.
    declared = "charset" in response.headers.get("Content-Type", "").lower()
    told = {name: response.headers.get(name, "") for name in VALIDATORS}
    validators = {name: value for name, value in told.items() if 0 < len(value) <= LONGEST_VALIDATOR}
    return Answer(OK, content, response.url, response.encoding if declared else None, validators)


def clean_text(text: str, most: int) -> str:
    """Text on one line of at most `most` characters, without control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:most].strip()


def root_cause(error: BaseException) -> str:
    """The first of a chain of errors, e.g. "[Errno 111] Connection refused"."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return clean_text(str(error), 100) or type(error).__name__


def leave_alone(session: requests.Session, response: requests.Response | None) -> bool:
    """Let no job ask a server again before its Retry-After has passed; return whether it told one."""
    if response is None:
        return False
    try:
        seconds = Retry().get_retry_after(response.raw)
    except (HTTPError, ValueError, OverflowError):  # It tells no time.
        return False
    adapter = session.get_adapter(response.url)
    if seconds is None or not isinstance(adapter, PoliteAdapter):
        return False
    adapter.rate.hold(urlsplit(response.url).netloc, seconds)
    return True


def fetch(
    session: requests.Session,
    address: str,
    most_bytes: int,
    web: Web,
    referer: str | None = None,
    known: Mapping[str, str] | None = None,
) -> Answer:
    """Fetch one address, again after failures that may pass; `known` are the validators of what is here already.

    Never raises for what a server or a page does; a proxy named wrongly in the environment raises `InvalidProxyURL`.
    """
    retry = Retry(web.retries, backoff_factor=BACKOFF_SECONDS, respect_retry_after_header=False)
    headers = {"Referer": referer} | {VALIDATORS[name]: value for name, value in (known or {}).items()}
    while True:
        response = None
        try:
            response = session.get(address, stream=True, timeout=web.timeout, headers=headers)
            with response:
                answer = read_answer(response, most_bytes)
            again = response.status_code in TEMPORARY
        except requests.exceptions.InvalidProxyURL:
            raise
        except ValueError:  # In all its kinds (of requests, urllib3, urllib and the codecs) a malformed address.
            return Answer("refused: not an http(s) address")
        except (PrivateAddressError, RobotsError) as error:
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
        told = leave_alone(session, response)
        try:
            retry = retry.increment("GET", address)
        except MaxRetryError:
            return answer
        if not told:
            retry.sleep()
