"""Whether what came from an address is a panel: told from its bytes alone, as servers send much else in its place."""

import io
import re
import warnings

from PIL import Image, UnidentifiedImageError

from reprise.cut_jpeg import check_whole, with_end

# The formats that are read later on, and how their files are named. A JPEG with several pictures is an MPO.
EXTENSIONS = {
    "GIF": "gif",
    "PNG": "png",
    "JPEG": "jpg",
    "WEBP": "webp",
    "AVIF": "avif",
    "BMP": "bmp",
    "TIFF": "tif",
    "MPO": "jpg",
}

# Larger pictures are judged by their header: a small file can cost as much to decode as any.
MOST_PIXELS_DECODED = 16_000_000

HTML = re.compile(rb"<!doctype html|<html|<head|<body", re.IGNORECASE)


class NoPanelError(ValueError):
    """What came is no panel; the message says what it is."""


def check_image(content: bytes) -> str:
    """Return the file extension for an image that can be read.

    Raises `NoPanelError` for all else: nothing, an HTML page, what is in none of the formats, an image that is damaged
    or not whole, but for the last bytes of a JPEG. Of an animation only the first frame is looked at.
    """
    if not content:
        raise NoPanelError("nothing came")
    formats = [name for name in EXTENSIONS if name != "MPO"]
    ended = with_end(content)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(ended), formats=formats) as image:
            if image.width * image.height <= MOST_PIXELS_DECODED:
                image.load()
                if len(ended) > len(content):
                    check_whole(image)
            return EXTENSIONS[str(image.format)]
    except UnidentifiedImageError:
        raise NoPanelError("an HTML page" if HTML.search(content[:1000]) else "not an image") from None
    except Image.DecompressionBombError:
        raise NoPanelError("too many pixels") from None
    except Exception:  # decoders raise anything on damaged files
        raise NoPanelError("a damaged image") from None
