"""Books in the form of EPUB: zip archives whose pages, with pictures on them, are in an order of their own."""

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from reprise.entries import OUT_OF_ORDER, Found, check_size
from reprise.names import is_image
from reprise.zipped import Zipped, write_entry

CONTAINER_FILE = "META-INF/container.xml"
LARGEST_PAGE = 16 * 2**20  # bytes

# Where a page names a picture. Pages are read as text, as not all are sound XML.
PICTURE = re.compile(
    r"""<(?:img|image|source)\b[^>]*?\s(?:src|xlink:href|href)\s*=\s*["']([^"']+)["']""", re.IGNORECASE
)


def is_book(archive: zipfile.ZipFile) -> bool:
    """Tell whether a zip archive is a book."""
    return CONTAINER_FILE in archive.NameToInfo and "mimetype" in archive.NameToInfo


class Book(Zipped):
    """A book, whose panels are the pictures on its pages, each at its first, named by their number along it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(archive)
        pictures = list(dict.fromkeys(self.pictures()))
        digits = max(3, len(str(len(pictures))))
        self.entries = {
            f"{number:0{digits}}{PurePosixPath(entry).suffix}": entry for number, entry in enumerate(pictures, 1)
        }

    def find(self) -> Found:
        """Name the pictures on its pages; others of its pictures are passed over."""
        others = [name for name in self.archive.NameToInfo if is_image(name) and name not in self.entries.values()]
        return Found(set(self.entries), [(name, OUT_OF_ORDER) for name in others])

    def entry(self, name: str) -> zipfile.ZipInfo:
        """Return the entry of a picture of the book by its number and suffix."""
        return super().entry(self.entries[name])

    def pictures(self) -> Iterator[str]:
        """Give the names of the entries that its pages show, page by page; one may come again.

        Raises:
            zipfile.BadZipFile: it does not say which its pages are.
        """
        try:
            package = self.parse(CONTAINER_FILE).find(".//{*}rootfile[@full-path]")
            place = package.attrib["full-path"] if package is not None else ""
            root = self.parse(place)
        except Exception as error:  # of a forged or damaged entry
            raise zipfile.BadZipFile(f"a book that does not say which its pages are: {error}") from error
        files = {item.get("id"): item.get("href", "") for item in root.iterfind(".//{*}manifest/{*}item")}
        for page in root.iterfind(".//{*}spine/{*}itemref"):
            yield from self.pictures_of(beside(place, files.get(page.get("idref"), "")))

    def pictures_of(self, page: str) -> Iterator[str]:
        """Give the names of the entries that one page shows; the page may be a picture itself."""
        if page not in self.archive.NameToInfo:
            return
        if is_image(page):
            yield page
            return
        try:
            text = self.text(page).decode("utf-8", "replace")
        except Exception:  # archives raise whatever their decompressors do; the other pages are sound
            return
        for address in PICTURE.findall(text):
            picture = beside(page, address)
            if picture in self.archive.NameToInfo:
                yield picture

    def text(self, name: str) -> bytes:
        """Return the content of an entry that is no picture."""
        entry = self.archive.getinfo(name)
        check_size(entry.file_size, LARGEST_PAGE)
        content = io.BytesIO()
        write_entry(self.archive, entry, content)
        return content.getvalue()

    def parse(self, name: str) -> ET.Element:
        """Return the root of an entry of XML."""
        return ET.fromstring(self.text(name))  # noqa: S314  # expat itself bounds what entities grow to


def beside(name: str, address: str) -> str:
    """Return the name of the entry that an address, relative to another entry, leads to."""
    plain = unquote(address.replace("&amp;", "&").split("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), plain))
