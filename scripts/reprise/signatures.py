"""What a file is, told by its first bytes: names lie, or say nothing."""

import re

HEAD = 512  # bytes that tell

CONTAINERS = ("zip", "rar", "7z", "tar", "pdf")
"""What holds pictures, and of which a comic is made."""

_HEIC = re.compile(rb"....ftyp(?:hei[cfmsx]|hev[cmx]|mif1|msf1)", re.DOTALL)

# What ISO files begin with: a box, after its length. Those of pictures say so in their brand. No text has a zero.
_ISO_PICTURE = re.compile(rb"....ftyp(?:avi[fs]|hei[cfmsx]|hev[cmx]|mif1|msf1)", re.DOTALL)
_VIDEOS = [
    (re.compile(rb"\0...(?:ftyp|wide|free|skip)|....(?:moov|mdat)", re.DOTALL), "MP4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "Matroska"),
    (re.compile(rb"RIFF....AVI ", re.DOTALL), "AVI"),
    (re.compile(rb"OggS"), "Ogg"),
]

# What else there is to be seen in comics, and is not read.
_FOREIGN = [
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "a JPEG XL picture"),
    (re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), "a JPEG 2000 picture"),
    (_HEIC, "a HEIC picture"),
    (re.compile(rb"\0\0\x01\xba|FLV\x01"), "a video of a kind"),
    (re.compile(rb"[FCZ]WS[\x01-\x40]"), "a Flash animation"),
    (re.compile(rb"8BPS"), "a Photoshop document"),
    (re.compile(rb"\s*(?:<\?xml.*?>\s*|<!--.*?-->\s*|<!DOCTYPE svg.*?>\s*)*<svg[\s>]", re.DOTALL), "an SVG drawing"),
    (re.compile(rb"AT&TFORM"), "a DjVu document"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "a PostScript document"),
]

_PICTURES = re.compile(
    rb"\x89PNG\r\n\x1a\n|GIF8[79]a|\xff\xd8\xff|RIFF....WEBP|....ftypavi[fs]|BM....\0\0\0\0|II\*\0|MM\0\*", re.DOTALL
)

_CONTAINERS = [
    (re.compile(rb"PK(?:\x03\x04|\x05\x06)"), "zip"),
    (re.compile(rb"Rar!\x1a\x07"), "rar"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7z"),
    (re.compile(rb"%PDF-"), "pdf"),
    (re.compile(rb".{257}ustar", re.DOTALL), "tar"),
]


def is_picture(head: bytes) -> bool:
    """Tell by its first HEAD bytes whether a file is a picture of those that are read."""
    return _PICTURES.match(head) is not None


def video(head: bytes) -> str | None:
    """Return of which kind a video is, by its first HEAD bytes; None if it is no video of those that are read."""
    if _ISO_PICTURE.match(head):
        return None
    return next((kind for pattern, kind in _VIDEOS if pattern.match(head)), None)


def container(head: bytes) -> str | None:
    """Return which of CONTAINERS a file is, by its first HEAD bytes; None if it is none."""
    return next((kind for pattern, kind in _CONTAINERS if pattern.match(head)), None)


def foreign(head: bytes) -> str | None:
    """Return by its first HEAD bytes what a file is that shows something and is not read, as `a video`; else None."""
    return next((what for pattern, what in _FOREIGN if pattern.match(head)), None)


def usual_suffix(head: bytes) -> str:
    """Return the suffix that a picture with these first bytes is usually given, or none."""
    for start, usual in ((b"\x89PNG", ".png"), (b"GIF8", ".gif"), (b"\xff\xd8", ".jpg"), (b"BM", ".bmp")):
        if head.startswith(start):
            return usual
    of_kind = {b"WEBP": ".webp", b"avif": ".avif", b"avis": ".avif"}.get(head[8:12])
    return of_kind or (".tif" if head[:4] in (b"II*\0", b"MM\0*") else "")
