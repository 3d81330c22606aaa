"""Files as an enemy, a broken disk or a wrong download makes them: bombs, forgeries, damage, and what is no picture.

All are drawn from a seed, so that a file that went wrong can be made again.
"""

import base64
import bz2
import lzma
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from PIL import Image

from pictures import drawing, encoded

FORMS = ("GIF", "PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF")
SIDE = 9_990  # just below the most pixels that a frame may have

# A white AVIF of LARGEST_AVIF x LARGEST_AVIF pixels, as Pillow makes it in ten seconds and two gigabytes; packed.
LARGEST_AVIF = 16_384
WHITE_AVIF = (
    "c-muNU{FXasVqn=%S>Yc0uY^>nP!-qnV9D5Xy^nKdYzkElE?r7iWw<6MNl?FL1uCZ0~+8f$SlbPvlxL`E;A=T8N_h`@fjhajKV-=-axiSW@cU*"
    "T&)z4lgb3;C6*Z&I_Kx)gYC-7EGQ}f(%zW`$@xH9B(u066=IzO6f+1EWL9K?7|a|T96*XEvCPo9QJx1RB%GX|Q<RsSQvo!Ymw~MTC?uX)kPGt@"
    "&|xf$OwBAnR|V&$B$fy<aB<6jumAu5?;<8CUJj$3G7`dq4<DA7T=q5CxPgHo=KLwm<AuKS`MhT~JN;#dU6sL^ovJ!H>vr7QNdliXy}o}fN^Wx4"
    "=1XE0|8@0R^e=h^mF<)Xc*}6&R`qt@a|MRBCmwAsZvAmAo^$fLzz$2VHS>>_9}>6`Zy~j{CZ?g_{3-YR8N!+Al{OMt;%|5USa|E(J6*etE%~b("
    "w7BOLT+4F{;Cubjpxik2Yu<D5W35u|D-Urves3{*8MAfIAr>dzFD{uDDwS-t;XBg)uoeb9Yx<(E+rMhBeaY<i$Cl6L6y9)6z3|M-!W|LXk)7W>"
    "PS%gwIBMgljiWY>+Bj<CsEwmGj@meC<EV|JHV!`<>24ta)Kxk9"
)


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def blank(size: int) -> bytes:
    """Return so many zeros, compressed."""
    packer = zlib.compressobj(9)
    packed = [packer.compress(bytes(min(2**20, size - done))) for done in range(0, size, 2**20)]
    return b"".join([*packed, packer.flush()])


def png(width: int, height: int, depth: int = 8, colour: int = 2, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return a black or clear PNG; `colour` is 0 for grey, 2 for RGB, 6 for RGBA."""
    row = 1 + (width * depth * {0: 1, 2: 3, 6: 4}[colour] + 7) // 8
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    data = chunk(b"IDAT", blank(row * height))
    return b"\x89PNG\r\n\x1a\n" + header + before + data + after + chunk(b"IEND", b"")


def apng(side: int, frames: int) -> bytes:
    """Return an animation on a large clear canvas, each frame of which adds a pixel."""
    pixel, later = zlib.compress(b"\0\xff\xff\xff\xff"), b""
    for number in range(1, frames):
        place = struct.pack(">IIIIIHHBB", 2 * number - 1, 1, 1, number, number, 1, 10, 0, 1)
        later += chunk(b"fcTL", place) + chunk(b"fdAT", struct.pack(">I", 2 * number) + pixel)
    first = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, side, side, 0, 0, 1, 10, 0, 0))
    return png(side, side, 8, 6, chunk(b"acTL", struct.pack(">II", frames, 0)) + first, later)


def gif(side: int, frames: int, frame_side: int = 1, disposal: int = 0, clear: bool = False) -> bytes:
    """Return an animation on a large canvas, each frame of which sets a pixel."""
    content = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    for number in range(frames):
        content += b"!\xf9\x04" + bytes([disposal << 2 | clear, 5, 0, 0, 0])
        place = (number % 50, number % 30) if frame_side == 1 else (0, 0)
        content += b"," + struct.pack("<HHHHB", *place, frame_side, frame_side, 0) + b"\x02\x02\x44\x01\0"
    return content + b";"


def riff(content: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(content)) + b"WEBP" + content


def webp_of_no_data(side: int) -> bytes:
    """Return a WebP of 38 bytes that says it has side x side pixels."""
    return riff(b"VP8L" + struct.pack("<IBI", 18, 0x2F, (side - 1) | (side - 1) << 14) + bytes(13))


def webp_animation(side: int, frames: int) -> bytes:
    """Return an animation on a large canvas, each frame of which sets four pixels."""

    def three(number: int) -> bytes:
        return struct.pack("<I", number)[:3]

    still = encoded("WEBP", Image.new("RGBA", (2, 2), "teal"), lossless=True)
    still = still[still.index(b"VP8L") :]
    content = b"VP8X" + struct.pack("<I", 10) + b"\x12\0\0\0" + 2 * three(side - 1) + b"ANIM\6\0\0\0" + bytes(6)
    for number in range(frames):
        frame = 2 * three(number) + 2 * three(1) + three(100) + b"\0" + still
        content += b"ANMF" + struct.pack("<I", len(frame)) + frame + bytes(len(frame) % 2)
    return riff(content)


def jpeg_of_scans(side: int, scans: int) -> bytes:
    """Return a white JPEG with so many more scans than it needs."""
    whole = encoded("JPEG", Image.new("L", (side, side), "white"), progressive=True, quality=30)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * scans + b"\xff\xd9"


def jpeg_of_size(width: int, height: int, **options: bool | int) -> bytes:
    """Return a JPEG of a few pixels that says it is of another size."""
    whole = encoded("JPEG", Image.new("RGB", (16, 16), "white"), **options)
    place = whole.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0")
    return whole[: place + 5] + struct.pack(">HH", height, width) + whole[place + 9 :]


def bmp(side: int, run_lengths: bytes | None = None) -> bytes:
    """Return a BMP that has no pixels, or these in run lengths."""
    depth, packing = (24, 0) if run_lengths is None else (8, 1)
    colours = bytes(0 if run_lengths is None else 1024)
    header = struct.pack("<IiiHHIIiiII", 40, side, side, 1, depth, packing, 0, 1, 1, len(colours) // 4, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + len(colours)) + header + colours + (run_lengths or b"")


def tiff(*tags: tuple[int, int], data: bytes = b"", then: int = 0) -> bytes:
    """Return a TIFF of one directory of whole numbers, and data that stand behind it."""
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + directory + struct.pack("<I", then) + data


def tiff_of_a_tile(side: int) -> bytes:
    """Return a TIFF of 64 x 64 pixels in a tile of many more."""
    data = zlib.compress(bytes(1000))
    tile = ((322, side), (323, side), (324, 8 + 2 + 10 * 12 + 4), (325, len(data)))
    return tiff((256, 64), (257, 64), (258, 8), (259, 8), (262, 1), (277, 1), *tile, data=data)


def tiff_of_a_strip(side: int) -> bytes:
    """Return a black TIFF, compressed in one strip."""
    data = blank(side * side)
    strip = ((273, 8 + 2 + 9 * 12 + 4), (277, 1), (278, side), (279, len(data)))
    return tiff((256, side), (257, side), (258, 8), (259, 8), (262, 1), *strip, data=data)


def tiff_of_pages(pages: int) -> bytes:
    """Return a TIFF of very many pages."""
    tags = ((256, 9), (257, 9), (258, 8), (259, 1), (262, 1), (273, 8), (278, 9), (279, 81))
    size = 2 + 12 * len(tags) + 4
    directories = [
        tiff(*tags, then=8 + (number + 1) * size if number < pages - 1 else 0)[8:] for number in range(pages)
    ]
    return b"II*\0" + struct.pack("<I", 8) + b"".join(directories) + bytes(100)


def jpeg_of_exif() -> bytes:
    """Return a JPEG whose metadata name one block tens of thousands of times."""
    tags = b"".join(struct.pack("<HHII", 1000 + number, 7, 400_000, 8) for number in range(30_000))
    block = (b"II*\0" + struct.pack("<IH", 8, 30_000) + tags).ljust(400_100, b"\0")
    parts = [block[place : place + 65_000] for place in range(0, len(block), 65_000)]
    exif = b"".join(b"\xff\xe1" + struct.pack(">H", len(part) + 8) + b"Exif\0\0" + part for part in parts)
    whole = encoded("JPEG", drawing(1))
    start = 4 + struct.unpack(">H", whole[4:6])[0] - 2 + 2  # behind JFIF, which would tell the resolution
    return whole[:2] + exif + whole[start:]


def avifs_that_lie() -> Iterator[tuple[str, bytes]]:
    """Give AVIFs that say they are of one size, and are of another."""
    large, small = zlib.decompress(base64.b85decode(WHITE_AVIF)), encoded("AVIF", Image.new("RGB", (64, 64)))
    yield "largest.avif", large
    for content, side, lies in ((large, LARGEST_AVIF, (100, 6_000)), (small, 64, (100, 6_000, LARGEST_AVIF))):
        for said in lies:
            lie = content.replace(struct.pack(">II", side, side), struct.pack(">II", said, said))
            yield f"{side} pixels said to be {said}.avif", lie


def animation(form: str, side: int, frames: int, **options: object) -> bytes:
    """Return an animation of large frames of one colour each."""
    return encoded(form, *(Image.new("RGB", (side, side), (10 * n, 0, 0)) for n in range(frames)), **options)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Give files below a megabyte that ask for very much memory or time, each with a name."""
    yield "frames of one pixel.gif", gif(SIDE, 120)
    yield "disposed.gif", gif(SIDE, 120, disposal=2, clear=True)
    yield "smaller frames.gif", gif(5_000, 120, disposal=2, clear=True)
    yield "canvas that grows.gif", gif(10, 2)[:-1] + gif(10, 3, 14_000, 2, clear=True)[19:]
    yield "very many frames.gif", gif(10, 40_000)
    yield "rgb.png", png(SIDE, SIDE)
    yield "rgba.png", png(SIDE, SIDE, 8, 6)
    yield "sixteen bits.png", png(SIDE, SIDE, 16, 2)
    yield "sixteen bits of grey.png", png(SIDE, SIDE, 16, 0)
    yield "one bit.png", png(SIDE, SIDE, 1, 0)
    yield "one pixel wide.png", png(1, 99_000_000, 8, 0)
    yield "one pixel high.png", png(99_000_000, 1, 8, 0)
    yield "narrow.png", png(199, 249_000)
    yield "animation.png", apng(SIDE, 20)
    yield "smaller animation.png", apng(5_000, 120)
    yield "text.png", png(9, 9, before=b"".join(chunk(b"zTXt", b"k\0\0" + blank(2**20)) for _ in range(80)))
    yield "profile.png", png(9, 9, before=chunk(b"iCCP", b"k\0\0" + blank(2**28)))
    yield "forged.webp", webp_of_no_data(SIDE)
    yield "animation.webp", webp_animation(SIDE, 120)
    yield "smaller animation.webp", webp_animation(5_000, 120)
    avif = encoded("AVIF", Image.new("RGB", (6_600, 6_600), "white"), speed=10, quality=30)
    yield "flat.avif", avif
    yield "lies of its size.avif", avif.replace(struct.pack(">II", 6_600, 6_600), struct.pack(">II", 100, 100))
    yield from avifs_that_lie()
    yield "animation.avif", animation("AVIF", 4_000, 6, speed=10, quality=30)
    yield "many scans.jpg", jpeg_of_scans(6_000, 60)
    yield "very many scans.jpg", jpeg_of_scans(1_000, 3_000)
    yield "largest size.jpg", jpeg_of_size(65_535, 65_535)
    yield "large size.jpg", jpeg_of_size(SIDE, SIDE)
    yield "large size in scans.jpg", jpeg_of_size(SIDE, SIDE, progressive=True, subsampling=0)
    yield "metadata.jpg", jpeg_of_exif()
    yield "cut off.bmp", bmp(SIDE)
    yield "ends of lines.bmp", bmp(SIDE, b"\1\0\0\0" * SIDE)
    yield "jumps.bmp", bmp(SIDE, b"\0\2\0\xff" * 40)
    yield "tile.tif", tiff_of_a_tile(30_000)
    yield "pages.tif", tiff_of_pages(9_000)
    yield "deflated.tif", tiff_of_a_strip(SIDE)
    yield "deflated floats.tif", encoded("TIFF", Image.new("F", (5_000, 5_000)), compression="tiff_deflate")


def no_pictures() -> Iterator[tuple[str, bytes]]:
    """Give files of other kinds under the names of pictures."""
    yield "page.png", b"<!DOCTYPE html><title>404 Not Found</title><h1>Not Found</h1>"
    yield "not yet.gif", b"<html>This comic is not out yet</html>"
    yield "text.jpg", b"words\n" * 99
    yield "program.png", b"\x7fELF\2\1\1" + bytes(99)
    yield "archive.webp", b"PK\3\4" + bytes(99)
    yield "document.tif", b"%PDF-1.7\n" + bytes(99)
    yield "script.bmp", b"#!/bin/sh\nrm -rf /\n"
    yield "postscript.avif", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    yield "vector.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    yield "empty.png", b""
    yield "zeros.jpg", bytes(999)
    yield "signature.png", b"\x89PNG\r\n\x1a\n"
    yield "signature.gif", b"GIF89a"
    yield "signature.webp", riff(b"")
    yield "signature.jpg", b"\xff\xd8\xff"
    yield "of another format.png", encoded("PPM", drawing(1))


def mutations(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give so many damaged files of all formats: cut off, with changed bytes, with parts taken out or doubled."""
    random = Random(seed)
    sound = [(form, encoded(form, drawing(seed, (120, 90)))) for form in FORMS]
    moving = [
        (form, encoded(form, *(drawing(n, (60, 45)) for n in range(4))))
        for form in FORMS
        if form not in ("JPEG", "BMP")
    ]
    for number in range(count):
        form, content = random.choice(sound + moving)
        damaged = bytearray(content)
        place = random.choice([random.randrange(len(content)), random.randrange(min(64, len(content)))])
        length = random.choice([1, 2, 4, 16, 256])
        match number % 5:
            case 0:
                del damaged[place:]
            case 1:
                damaged[place] ^= 1 << random.randrange(8)
            case 2:
                damaged[place : place + length] = random.randbytes(length)
            case 3:
                del damaged[place : place + length]
            case 4:
                damaged[place:place] = damaged[place : place + length]
        yield f"mutation {number}.{form.lower()}", bytes(damaged)


def hostile(count: int, seed: int) -> dict[str, bytes]:
    """Return so many hostile files by name: every bomb, everything that is no picture, and mutations."""
    others = dict([*bombs(), *no_pictures()])
    return others | dict(mutations(count - len(others), seed))


class Entry(NamedTuple):
    """An entry of a zip archive, which may say of itself what is not so."""

    name: bytes
    packed: bytes
    size: int  # that it says it has unpacked
    method: int = 8
    flags: int = 0
    checksum: int = 0
    kind: int = 0o100644  # 0o120777 is a link
    version: int = 20


def stored(name: str, content: bytes) -> Entry:
    """Return an entry as it should be."""
    return Entry(name.encode(), content, len(content), 0, checksum=zlib.crc32(content))


def zip_of(entries: Iterable[Entry], overlapping: Sequence[bytes] = ()) -> bytes:
    """Return an archive of entries; its list has some more of them, by these names, of the content of the last."""
    content, listed = b"", b""
    places = []
    for entry in entries:
        places.append((entry, len(content)))
        fields = (20, entry.flags, entry.method, 0, 33, entry.checksum, len(entry.packed), entry.size)
        content += b"PK\3\4" + struct.pack("<HHHHHIIIHH", *fields, len(entry.name), 0) + entry.name + entry.packed
    last, place = places[-1]
    places += [(last._replace(name=name), place) for name in overlapping]
    for entry, place in places:
        told = (3 << 8 | 20, entry.version, entry.flags, entry.method, 0, 33, entry.checksum)
        sizes = (len(entry.packed), entry.size, len(entry.name), 0, 0, 0, 0, entry.kind << 16, place)
        listed += b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHHII", *told, *sizes) + entry.name
    end = struct.pack("<HHHHIIH", 0, 0, len(places), len(places), len(listed), len(content), 0)
    return content + listed + b"PK\5\6" + end


def zeros(megabytes: int) -> bytes:
    """Return so many megabytes of zeros, deflated as an archive has them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return one * megabytes + packer.flush()


def lying_entries() -> Iterator[Entry]:
    """Give entries of an archive that are not what they say, cannot be read, or unpack to very much."""
    picture = encoded("PNG", drawing(1))
    gigabyte = zeros(1_024)
    yield Entry(b"says little.png", gigabyte, 10)
    yield Entry(b"says little and adds up.png", gigabyte, 10, checksum=zlib.crc32(bytes(10)))
    yield Entry(b"is large.png", gigabyte, 2**30)
    yield Entry(b"says very much.png", picture, 2**32 - 2, 0)
    yield Entry(b"says more.png", picture, 2 * len(picture), 0, checksum=zlib.crc32(picture))
    yield Entry(b"largest.png", zeros(255), 255 * 2**20, checksum=zlib.crc32(bytes(255 * 2**20)))
    of_bzip2 = bz2.compress(bytes(450 * 2**20))
    yield Entry(b"bzip2.png", of_bzip2, 10, 12)
    yield Entry(b"bzip2 is large.png", of_bzip2, 200 * 2**20, 12)
    raw: list[dict[str, int]] = [{"id": lzma.FILTER_LZMA1, "dict_size": 2**16}]
    of_lzma = lzma.compress(bytes(450 * 2**20), lzma.FORMAT_RAW, filters=raw)
    yield Entry(b"lzma.png", b"\x09\x14\5\0" + struct.pack("<BI", 0x5D, 2**16) + of_lzma, 10, 14)
    yield Entry(b"lzma of memory.png", b"\x09\x14\5\0" + struct.pack("<BI", 0x5D, 2**32 - 1) + of_lzma, 10, 14)
    yield stored("encrypted.png", picture)._replace(flags=1)
    yield stored("strongly encrypted.png", picture)._replace(flags=0x41)
    yield stored("deflate64.png", picture)._replace(method=9)
    yield stored("unknown.png", picture)._replace(method=77)
    yield stored("sum.png", picture)._replace(checksum=1)
    yield Entry(b"no deflate.png", b"\xff" * 99, 99)
    yield Entry(b"cut off.png", zlib.compress(picture, 9)[2:50], len(picture), checksum=zlib.crc32(picture))
