"""What is kept of a web comic: its panels, and of each page a record of what it showed.

The store outlives the jobs that fill it: `images/<page>_<count>.<extension>`, `pages/<page>.json`, and beside them the
manifests, `<first>-<last>.csv`, of ranges of pages. A record says what was asked for, at which address, and vouches for
the panels that came, by a digest of their bytes. Where links were followed, `found/<digest of an address>.json` keeps
what stood on the page, so that it isn't asked for again to fetch its panels, nor to find the way.
"""

import fcntl
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from reprise.atomic import atomic_file
from reprise.web.image import NoPanelError, check_image
from reprise.web.session import OK


class Image(TypedDict):
    """One panel of a page's record; without an image, `file`, its name in the store, and `sha256` are empty.

    `text` is what the page says of it; `validators`, by which a server tells whether it has another, may be left out.
    """

    url: str
    file: str
    sha256: str
    status: str
    text: NotRequired[str]
    validators: NotRequired[Mapping[str, str]]


class Record(TypedDict):
    """What is known of a page; the store's record stands while `asked`, what it was made with, stays the same.

    Of several addresses that were tried, `page_url` is the one that gave it, and `found_at` the one it led to.
    """

    asked: dict[str, Any]
    title: str
    status: str
    images: list[Image]
    page_url: NotRequired[str]
    found_at: NotRequired[str]
    validators: NotRequired[Mapping[str, str]]


class Found(TypedDict):
    """What stood on a page from which a link was followed.

    Attributes:
        asked: what it was read with.
        way: how the link was looked for.
        url: its address after redirects.
        title, status: as of a record.
        panels: the address of each, and what the page says of it.
        next: where the link leads; empty if it ends here.
        ends: why it ends.
    """

    asked: dict[str, Any]
    way: dict[str, Any]
    url: str
    title: str
    status: str
    panels: list[tuple[str, str]]
    next: str
    ends: str


# The status of an image while those before it on its page are fetched; a job that was killed by then goes on with it.
TO_COME = "failed: the run ended before it came"


def no_image(url: str, status: str, text: str = "") -> Image:
    """Entry of a record for a panel that can't be had."""
    image = Image(url=url, file="", sha256="", status=status)
    return image | {"text": text} if text else image


def read_kept(path: Path) -> Any:
    """Return what is kept in a file; None if there is none, or none that can be read."""
    try:
        kept = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) and "asked" in kept else None


def write_kept(path: Path, kept: Mapping[str, Any]) -> None:
    """Keep something in a file."""
    with atomic_file(path) as part:
        part.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Store:
    """The store in `folder`, which need not be there yet; `came` counts the images put there, and their bytes."""

    folder: Path
    came: Counter[str] = field(default_factory=Counter, compare=False)

    @property
    def images(self) -> Path:
        """Folder of the panels' files."""
        return self.folder / "images"

    def record_path(self, page: int) -> Path:
        """File of a page's record."""
        return self.folder / "pages" / f"{page}.json"

    @contextmanager
    def reserve(self, first: int, last: int) -> Iterator[None]:
        """Keep the pages `first` to `last` from other processes, after waiting until none of them has any of these.

        A job whose run was killed may go on for a while; the same job of the next run waits, and finds what it fetched.
        The system releases the pages if the process is killed.
        """
        lock = self.folder / "pages" / "lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as file:
            fcntl.lockf(file, fcntl.LOCK_EX, last - first + 1, first)  # a byte a page; the file itself stays empty
            yield

    def read(self, page: int) -> Record | None:
        """Record of a page; None if there is none, or none that can be read."""
        return cast(Record | None, read_kept(self.record_path(page)))

    def write(self, page: int, record: Record) -> None:
        """Keep the record of a page."""
        write_kept(self.record_path(page), record)

    def found_path(self, address: str) -> Path:
        """File of what stood on the page at an address."""
        return self.folder / "found" / f"{hashlib.sha256(address.encode('utf-8', 'replace')).hexdigest()[:24]}.json"

    def read_found(self, address: str, asked: Mapping[str, Any]) -> Found | None:
        """What stood on the page at an address, if it was read with what is asked for now."""
        found = cast(Found | None, read_kept(self.found_path(address)))
        return found if found and found.get("asked") == asked else None

    def write_found(self, address: str, found: Found) -> None:
        """Keep what stood on the page at an address."""
        write_kept(self.found_path(address), found)

    def forget(self, page: int) -> None:
        """Remove the record of a page whose panels are about to change, and all manifests that name them.

        A manifest of another range, made with other settings, would be taken for current when these come back.
        """
        self.record_path(page).unlink(missing_ok=True)
        for path in self.folder.glob("*.csv"):
            pages = re.fullmatch(r"([0-9]+)-([0-9]+)", path.stem)
            if pages and int(pages[1]) <= page <= int(pages[2]):
                path.unlink(missing_ok=True)

    def put(self, name: str, url: str, content: bytes) -> Image:
        """Keep a panel that came from `url`, under `name` with the extension for what it is.

        Raises `NoPanelError` for what is none.
        """
        file = f"{name}.{check_image(content)}"
        with atomic_file(self.images / file) as part:
            part.write_bytes(content)
        self.came.update(images=1, bytes=len(content))
        return Image(url=url, file=file, sha256=hashlib.sha256(content).hexdigest(), status=OK)

    def tell_what_came(self) -> str:
        """Say how many images were put here, and of how many bytes: `./run` adds them up."""
        return f"{self.came['images']} images, {self.came['bytes']} bytes"

    def has(self, image: Image) -> bool:
        """Whether the file of a panel is here, as it came."""
        if image["status"] != OK:
            return False
        try:
            content = (self.images / image["file"]).read_bytes()
            digest = image.get("sha256")
            if digest is None:  # A record made before there were digests vouches for whatever came.
                check_image(content)
        except (OSError, NoPanelError):
            return False
        return digest in (None, hashlib.sha256(content).hexdigest())

    def has_all(self, record: Record) -> bool:
        """Whether nothing of a page that was read is left to fetch."""
        return all(map(self.has, record["images"])) and record["images"] != []
