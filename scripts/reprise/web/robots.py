"""What a site asks programs to leave alone: its robots.txt, asked for once a day and kept for all jobs."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from reprise.atomic import atomic_file

SECONDS_KEPT = 24 * 3600.0

# What searchers read of one; Google reads 500 KiB.
MOST_ROBOTS_BYTES = 500_000

LONGEST_CRAWL_DELAY = 60.0


class Robots:
    """The rules of sites.

    Args:
        folder: keeps what was read, for all jobs.
        agent: the name under which rules for us are looked for.
        ask: gives the text at an address, "" where the server says that there is none, None where nothing is known.
    """

    def __init__(self, folder: Path, agent: str, ask: Callable[[str], str | None]) -> None:
        self.folder = folder
        self.agent = agent
        self.ask = ask
        self.known: dict[str, Protego] = {}

    def rules(self, address: str) -> Protego:
        """Return the rules of the site of an address."""
        parts = urlsplit(address)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.known:
            self.known[site] = Protego.parse(self.text(site))
        return self.known[site]

    def text(self, site: str) -> str:
        """Return a site's robots.txt, as it was kept or is now; empty if it has none, or can't be reached."""
        name = "".join(sign if sign.isalnum() or sign in ".-" else "_" for sign in site)
        kept = self.folder / f"{name[:200]}.robots.txt"
        try:
            if time.time() - kept.stat().st_mtime < SECONDS_KEPT:
                return kept.read_text(encoding="utf-8")
        except OSError:
            pass
        text = self.ask(f"{site}/robots.txt")
        if text is not None:
            with atomic_file(kept) as part:
                part.write_text(text, encoding="utf-8")
        return text or ""

    def allows(self, address: str) -> bool:
        """Tell whether an address may be asked for."""
        return self.rules(address).can_fetch(address, self.agent)

    def delay(self, address: str) -> float:
        """Return the seconds that the site wants between two requests; 0 where it doesn't say."""
        return min(float(self.rules(address).crawl_delay(self.agent) or 0), LONGEST_CRAWL_DELAY)
