"""How a comic's site is read: the settings of `comic.web` that tell how pages are found, read and asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OLDEST_FIRST = "oldest first"


@dataclass(frozen=True)
class Web:
    """The settings of `comic.web`, without those that number the pages and lay them out over jobs."""

    url: str | Sequence[str] | None
    """Address of a page, with `{page}` (or, zero-filled, `{page:04d}`) for its number; or several, tried in order."""
    panels: str | None
    """CSS selector of the panels on a page, or a JSONPath that begins with `$`; None where addresses give images."""
    title: str | None
    """CSS selector, or JSONPath, of the page's title; None takes the `<title>`."""
    seconds_between_requests: float
    """Least time between two requests to one host, over all processes; 0 sets no rate."""
    retries: int
    """Further tries after a failure that may pass."""
    timeout: float
    """Seconds without a sign of the server after which a try has failed."""
    user_agent: str
    """The name given to the server."""
    max_megabytes: float
    """Largest image taken, in millions of bytes."""
    start: str | None = None
    """Address of the page from which links are followed, instead of `url`."""
    next: str | None = None
    """CSS selector of the link to the next page; None finds it."""
    order: str = OLDEST_FIRST
    """Which page `start` is: with "newest first" it is the latest, and links lead back."""
    archive: Mapping[str, str | None] = field(default_factory=dict)
    """`url`, a page or sitemap that lists the addresses of pages, and `links`, a CSS selector of these on it."""
    script: str | None = None
    """CSS selector of the script in a page that holds the JSON in which `panels` are."""
    attribute: str | None = None
    """The attribute that holds an image's address; None finds it."""
    cookies: Mapping[str, str] | None = None
    """Sent to the comic's own site."""
    headers: Mapping[str, str] | None = None
    """Sent to the comic's own site."""
    robots: bool = False
    """Whether what robots.txt forbids is left alone."""
    contact: str | None = None
    """How the reader can be reached, told to the server."""

    @property
    def templates(self) -> Sequence[str]:
        """The address patterns, with {page} in them, in the order in which they are tried."""
        return [self.url] if isinstance(self.url, str) else self.url or []

    @property
    def named_by(self) -> str:
        """The setting that says where the comic's pages are."""
        return "start" if self.start else "archive.url" if self.archive.get("url") else "url" if self.url else "list"

    @property
    def panels_by(self) -> str:
        """The setting that says where the address of a panel stands."""
        return "attribute" if self.attribute else "panels"

    @property
    def named(self) -> str:
        """The address by which the reader named the comic."""
        return self.start or self.archive.get("url") or next(iter(self.templates), "")

    @property
    def reads(self) -> dict[str, Any]:
        """What decides what is found on a page: what was found with other settings is read again."""
        always = {"panels": self.panels, "title": self.title, "max_megabytes": self.max_megabytes}
        seldom = ("attribute", "script", "cookies", "headers")
        return always | {key: getattr(self, key) for key in seldom if getattr(self, key)}
