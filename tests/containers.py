"""Makers of the files that hold comics: real ones, of pictures given by name."""

import binascii
import io
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import libarchive
from PIL import Image

Pictures = Mapping[str, bytes]


def cbz(path: Path, pictures: Pictures) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in pictures.items():
            archive.writestr(name, content)
    return path


def cbt(path: Path, pictures: Pictures) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in pictures.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def cb7(path: Path, pictures: Pictures) -> Path:
    with libarchive.file_writer(str(path), "7zip") as archive:
        for name, content in pictures.items():
            archive.add_file_from_memory(name, len(content), [content])
    return path


def cbr(path: Path, pictures: Pictures, locked: bool = False) -> Path:
    """Write a RAR archive of version 4 in which all is stored as it is."""

    def block(kind: int, flags: int, header: bytes, content: bytes = b"") -> bytes:
        checked = struct.pack("<BHH", kind, flags, 7 + len(header)) + header
        return struct.pack("<H", binascii.crc32(checked) & 0xFFFF) + checked + content

    blocks = [b"Rar!\x1a\x07\x00", block(0x73, 0, bytes(6))]
    for name, content in pictures.items():
        sizes = struct.pack("<IIBI", len(content), len(content), 3, binascii.crc32(content))
        rest = struct.pack("<IBBHI", 0, 20, 0x30, len(name.encode()), 0o100644)
        blocks.append(block(0x74, 0x8000 | (4 if locked else 0), sizes + rest + name.encode(), content))
    path.write_bytes(b"".join([*blocks, block(0x7B, 0x4000, b"")]))
    return path


def pdf(path: Path, *pages: Image.Image) -> Path:
    """Write a document with a JPEG on each page, as one has that was scanned."""
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], quality=90)
    return path


def locked_pdf(path: Path) -> Path:
    """Write a document that cannot be read without its password."""
    parts = [
        b"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n",
        b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n",
        b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj\n",
        b"4 0 obj <</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>> endobj\n" % (b"ab" * 32, b"cd" * 32),
    ]
    content, places = b"%PDF-1.4\n", []
    for part in parts:
        places.append(len(content))
        content += part
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer <</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF" % len(content)
    path.write_bytes(content + table + trailer)
    return path


def epub(path: Path, pictures: Pictures, spine: list[str]) -> Path:
    """Write a book that shows the pictures in the order of `spine`, each on a page of its own."""
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        package = '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
        names = 'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
        book.writestr("META-INF/container.xml", f"<container {names}><rootfiles>{package}</rootfiles></container>")
        for name, content in pictures.items():
            book.writestr(f"OEBPS/images/{name}", content)
        items = "".join(f'<item id="p{n}" href="text/p%20{n}.xhtml"/>' for n in range(len(spine)))
        order = "".join(f'<itemref idref="p{n}"/>' for n in range(len(spine)))
        written = f"<manifest>{items}</manifest><spine>{order}</spine>"
        book.writestr("OEBPS/book.opf", f'<package xmlns="http://www.idpf.org/2007/opf">{written}</package>')
        for number, name in enumerate(spine):
            shown = f'<img class="page"\n src="../images/{name}" alt=""/>' if number % 2 else ""
            drawn = f'<svg><image xlink:href="../images/{name}"/></svg>' if not shown else ""
            book.writestr(f"OEBPS/text/p {number}.xhtml", f"<html><body>{shown}{drawn}</body></html>")
    return path
