"""Zip archives: names in any encoding, and contents that cost no more than they may, whatever they say."""

import bz2
import copy
import io
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO

from reprise import signatures
from reprise.entries import Entry, Found, check_size, most_bytes, panels_among

# How many times as large as it is packed a panel can be: deflate comes to 1,032, bzip2 to a million. With it an archive
# costs time by its size, and not by what it says.
MOST_UNPACKED = 1_100
PIECE = 2**20  # bytes unpacked at once
PIECE_OF_LZMA = 2**12  # packed bytes, rather; each may become thousands

HERE = "./"  # some programs begin all names so
ENCRYPTED = 1  # the flag of an entry that needs a password
UTF_8 = 0x800  # that of one whose name is UTF-8
KANA = "\u3005-\u30ff\u3400-\u9fff\uff01-\uff9f"  # and kanji, and wide letters
JAPANESE = re.compile(f"[{KANA}]")
NO_JAPANESE = re.compile(f"[A-Za-z][{KANA}]|[{KANA}][A-Za-z]")  # as an umlaut among letters would be read
LOCAL_HEADER = 30  # bytes before the name and the content of an entry


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a zip archive, its names read in the encoding that they are in.

    Raises:
        OSError: it cannot be read.
        zipfile.BadZipFile: it is damaged or none, or packed as is not known here.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        raise
    except Exception as error:  # of what is forged in its list of entries
        raise zipfile.BadZipFile(f"its list of entries is damaged: {error}") from error
    read_names(archive)
    for entry in archive.infolist():
        if entry.filename.startswith(HERE):
            rename(archive, entry, entry.filename.removeprefix(HERE))
    return archive


def rename(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Have an entry of an archive known by another name."""
    if archive.NameToInfo.get(entry.filename) is entry:
        del archive.NameToInfo[entry.filename]
    entry.filename = name
    archive.NameToInfo[name] = entry


def read_names(archive: zipfile.ZipFile) -> None:
    """Read anew the names of entries that do not say they are UTF-8, which zipfile takes for the letters of DOS.

    Programs write UTF-8 without saying so, and Japanese ones their own letters. It is told from all names together.
    """
    untold = [entry for entry in archive.infolist() if not (entry.flag_bits & UTF_8 or entry.filename.isascii())]
    raw = [entry.filename.encode("cp437") for entry in untold]
    for encoding in ("utf-8", "cp932"):
        with suppress(UnicodeDecodeError):
            names = [name.decode(encoding) for name in raw]
            if encoding == "utf-8" or all(JAPANESE.search(name) and not NO_JAPANESE.search(name) for name in names):
                for entry, name in zip(untold, names, strict=True):
                    rename(archive, entry, name)
                return


def find_overlapping(entries: Iterable[zipfile.ZipInfo]) -> set[str]:
    """Return the names of entries that reach into the next, as those of bombs that unpack the same bytes often."""
    in_order = sorted(entries, key=lambda entry: entry.header_offset)
    return {
        entry.filename
        for entry, following in pairwise(in_order)
        if entry.header_offset + LOCAL_HEADER + entry.compress_size > following.header_offset
    }


class Zipped:
    """A zip archive, whose entries are panels."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def find(self) -> Found:
        """Find the panels among its entries."""
        entries = [entry for entry in self.archive.infolist() if not entry.is_dir()]
        overlapping = find_overlapping(entries)
        return panels_among(
            [
                Entry(
                    name=entry.filename,
                    head=partial(self.head, entry),
                    link=stat.S_ISLNK(entry.external_attr >> 16),
                    overlaps=entry.filename in overlapping,
                )
                for entry in entries
            ]
        )

    def head(self, entry: zipfile.ZipInfo) -> bytes:
        """Return the first bytes of an entry, or none where it cannot be read."""
        try:
            with unpacked(self.archive, entry) as opened:
                return opened.read(signatures.HEAD)
        except Exception:  # archives raise whatever their decompressors do
            return b""

    def read(self, name: str) -> bytes:
        """Return the content of an entry."""
        content = io.BytesIO()
        self.write(name, content)
        return content.getvalue()

    def size(self, name: str) -> int:
        """Return how large the content of an entry is, as the archive says."""
        return self.entry(name).file_size

    def write(self, name: str, target: IO[bytes]) -> None:
        """Write the content of an entry, piece by piece."""
        write_entry(self.archive, self.entry(name), target)

    def entry(self, name: str) -> zipfile.ZipInfo:
        """Return an entry, if it may be unpacked."""
        entry = self.archive.getinfo(name)
        check_size(entry.file_size, most_bytes(name))
        if entry.flag_bits & ENCRYPTED:
            raise ValueError("it is encrypted")
        if entry.file_size > MOST_UNPACKED * entry.compress_size:
            raise ValueError(f"more than {MOST_UNPACKED:,} times as large as it is packed, as no picture is")
        return entry

    def close(self) -> None:
        """Close the archive."""
        self.archive.close()


def write_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: IO[bytes]) -> None:
    """Write the content of an entry, and no more of it than the archive says, piece by piece: it may be a bomb."""
    left = entry.file_size
    with unpacked(archive, entry) as opened:
        while left:
            step = PIECE_OF_LZMA if entry.compress_type == zipfile.ZIP_LZMA else PIECE
            piece = opened.read(min(step, left))
            if not piece:
                break
            target.write(piece)
            left -= len(piece)


@contextmanager
def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """Open an entry of an archive. Of bzip2 zipfile unpacks all at once, which bz2 does not."""
    if entry.compress_type != zipfile.ZIP_BZIP2:
        with archive.open(entry) as opened:
            yield opened
        return
    packed = copy.copy(entry)
    packed.compress_type, packed.file_size = zipfile.ZIP_STORED, entry.compress_size
    del packed.CRC  # of the content; bzip2 has sums of its own
    with archive.open(packed) as stored, bz2.open(stored) as opened:
        yield opened
