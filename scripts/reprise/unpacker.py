"""Lists or unpacks one container of panels that only libraries outside of Python read: rar, 7z, tar and PDF.

It runs as a process of its own, `python -m reprise.unpacker list|read FILE`, with bounds on memory and time: a forged
file can bring such a library down, and takes no more with it than this. The names of what is to be read come as JSON;
to read none is to read all.

It answers on its output, for each name, with a line of JSON (the name, what is wrong with it or null, whether it is a
link, and how many bytes follow), and these bytes: in a list the first that the entry holds.
"""

import ctypes
import io
import json
import resource
import signal
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from reprise.signatures import HEAD

MOST_MEMORY = 1_000_000_000  # bytes
MOST_SECONDS = 600  # of CPU, for a container
MOST_SECONDS_OF_PAGE = 60
LARGEST_ENTRY = 256 * 2**20  # bytes
MOST_UNPACKED = 1_100  # times as many bytes as the container has, of all that is in it

PAGE_SIDE = 2_000  # pixels of the longer side of a page of lines or words, drawn at no resolution of its own
MOST_PAGE_PIXELS = 40_000_000  # of a page
MOST_PICTURE_PIXELS = 100_000_000  # of a picture on a page
LONGEST_SEGMENT = 2**16  # bytes of a segment of metadata in a JPEG
DEEPEST = 5  # forms within forms on a page that are looked into

ENCRYPTED = "it needs a password; unpack it, or save it without one"
NO_LIBRARY = (
    "it takes the library libarchive, which is not on this system (Debian and Ubuntu have it as libarchive13); "
    "or unpack it to a folder, or convert it to .cbz"
)


class Answer(NamedTuple):
    """What is told of an entry: its name, its content or the start of it, what is wrong, and whether it is a link."""

    name: str
    content: bytes = b""
    wrong: str | None = None
    link: bool = False


class UnreadableError(Exception):
    """The container cannot be read; the message says why."""


def explained(error: Exception) -> str:
    """Return what a library says is wrong, where it is a password in a sentence that helps."""
    said = str(getattr(error, "msg", error) or "it is damaged")
    return ENCRYPTED if any(word in said.lower() for word in ("encrypt", "passphrase", "password")) else said


def entries_of(path: Path) -> Iterator[tuple[Any, bool]]:
    """Give the entries of a rar, 7z or tar archive, in their order, and whether each needs a password."""
    try:
        import libarchive
        from libarchive import ffi
    except Exception as error:  # it finds no library, or one that is too old
        raise UnreadableError(NO_LIBRARY) from error
    with libarchive.file_reader(str(path)) as archive:
        is_encrypted = ffi.libarchive.archive_entry_is_data_encrypted
        is_encrypted.argtypes, is_encrypted.restype = [ctypes.c_void_p], ctypes.c_int
        for entry in archive:
            if not entry.isdir:
                yield entry, bool(is_encrypted(entry._entry_p))


def list_archive(path: Path) -> Iterator[Answer]:
    """List the entries of an archive, those before the first that cannot be read."""
    try:
        for entry, locked in entries_of(path):
            name = str(entry.pathname).removeprefix("./")
            content = b"".join(pieces(entry, HEAD)) if entry.isreg and not locked else b""
            yield Answer(name, content[:HEAD], link=not entry.isreg)
    except UnreadableError:
        raise
    except Exception as error:  # a library of C tells of anything
        raise UnreadableError(explained(error)) from error


def pieces(entry: Any, most: int) -> Iterator[bytes]:
    """Give the content of an entry, piece by piece, and no more than so many bytes and the rest of a piece."""
    given = 0
    for piece in entry.get_blocks():
        yield piece
        given += len(piece)
        if given >= most:
            return


def read_archive(path: Path, names: Collection[str]) -> Iterator[Answer]:
    """Read the entries of these names in one pass over an archive."""
    left = MOST_UNPACKED * path.stat().st_size
    try:
        for entry, locked in entries_of(path):
            name = str(entry.pathname).removeprefix("./")
            if not entry.isreg or (names and name not in names):
                continue
            if locked:
                yield Answer(name, wrong=ENCRYPTED)
                continue
            content = b"".join(pieces(entry, min(LARGEST_ENTRY, left) + 1))
            left -= len(content)
            if len(content) > LARGEST_ENTRY:
                yield Answer(name, wrong=f"it is larger than the {LARGEST_ENTRY // 2**20} MB a panel may have")
            elif left < 0:
                raise UnreadableError(f"more than {MOST_UNPACKED:,} times as large as it is packed, as no comic is")
            else:
                yield Answer(name, content)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(explained(error)) from error


def page_names(pages: int) -> list[str]:
    """Name the pages of a document by their numbers, of as many digits as the last, that they are in order anywhere."""
    return [f"{number:0{max(3, len(str(pages)))}}" for number in range(1, pages + 1)]


def read_document(path: Path, names: Collection[str], listed: bool = False) -> Iterator[Answer]:
    """Read the pages of these names of a PDF, or list all."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        all_names = page_names(len(document))
    except Exception as error:
        raise UnreadableError(explained(error)) from error
    for number, name in enumerate(all_names):
        if listed:
            yield Answer(name)
        elif not names or name in names:
            signal.alarm(MOST_SECONDS_OF_PAGE)  # which ends the process
            try:
                page = document[number]
                yield Answer(name, page_picture(page))
                page.close()
            except Exception as error:
                yield Answer(name, wrong=explained(error))
            signal.alarm(0)


def page_picture(page: Any) -> bytes:
    """Return what is seen of a page of a PDF as the bytes of a picture file.

    A page that is nothing but a JPEG, as of a scan, is this JPEG. Any other is drawn in the resolution of its largest
    picture, so that a picture keeps its own pixels; one without, so that its longer side has PAGE_SIDE pixels.
    """
    import pypdfium2.raw as pdfium

    text, picture = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE
    invisible = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE  # words that were recognised lie so over the scans of pages
    shown = [
        item
        for item in page.get_objects(max_depth=DEEPEST)
        if item.type != pdfium.FPDF_PAGEOBJ_FORM
        and not (item.type == text and pdfium.FPDFTextObj_GetTextRenderMode(item) == invisible)
    ]
    width, height = page.get_size()
    scale = PAGE_SIDE / max(width, height, 1)
    finest = 0.0
    for item in shown:
        if item.type != picture:
            continue
        across, down = item.get_px_size()
        if across * down > MOST_PICTURE_PIXELS:
            raise ValueError(f"a picture on it has more than {MOST_PICTURE_PIXELS // 10**6} million pixels")
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > width * height / 4:
            finest = max(finest, across / max(right - left, 1), down / max(top - bottom, 1))
    if len(shown) == 1 and shown[0].type == picture and page.get_rotation() == 0 and fills(shown[0], page):
        content = as_it_is(shown[0])
        if content:
            return content
    scale = min(finest or scale, (MOST_PAGE_PIXELS / max(width * height, 1)) ** 0.5)
    drawn = io.BytesIO()
    page.render(scale=scale, draw_annots=False).to_pil().convert("RGB").save(drawn, "PNG", compress_level=1)
    return drawn.getvalue()


def fills(item: Any, page: Any) -> bool:
    """Tell whether a picture fills its page, upright, and goes beyond it by no more than a hair."""
    matrix = item.get_matrix()
    left, bottom, right, top = page.get_bbox()
    hair = 0.01 * max(right - left, top - bottom)
    bounds = item.get_bounds()
    within = all(abs(one - other) <= hair for one, other in zip(bounds, (left, bottom, right, top), strict=True))
    return within and matrix.a > 0 and matrix.d > 0 and abs(matrix.b) < 1e-3 and abs(matrix.c) < 1e-3


def as_it_is(item: Any) -> bytes | None:
    """Return the file that a picture on a page was made of, if it is a JPEG that looks by itself as it does there.

    In a document it is not turned as EXIF says, and colours of four inks may be inverted.
    """
    bits = item.get_metadata().bits_per_pixel
    if item.get_filters() != ["DCTDecode"] or bits not in (8, 24):
        return None
    content = bytes(item.get_data(decode_simple=True))
    return None if b"Exif\0\0" in content[:LONGEST_SEGMENT] else content


def bound() -> None:
    """Bound what this process may take; where the system has no such bound, it goes without."""
    for what, most in ((resource.RLIMIT_DATA, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        hard = resource.getrlimit(what)[1]
        if hard == resource.RLIM_INFINITY or most < hard:
            with suppress(ValueError, OSError):
                resource.setrlimit(what, (most, hard))


def answers(task: str, kind: str, path: Path, names: Collection[str]) -> Iterator[Answer]:
    """Do what is asked for."""
    if kind == "pdf":
        return read_document(path, names, listed=task == "list")
    return list_archive(path) if task == "list" else read_archive(path, names)


def main(task: str, kind: str, path: str) -> None:
    """Answer what is asked for of a container, on the output; what is wrong with all of it has no name."""
    names = frozenset(json.load(sys.stdin))
    bound()
    out = sys.stdout.buffer
    given = answers(task, kind, Path(path), names)
    while True:
        try:
            answer = next(given, None)
        except UnreadableError as error:
            answer, given = Answer("", wrong=str(error)), iter(())
        if answer is None:
            break
        out.write(json.dumps([answer.name, answer.wrong, answer.link, len(answer.content)]).encode() + b"\n")
        out.write(answer.content)
        out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
