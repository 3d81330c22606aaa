"""JPEG files that lack their end, as an interrupted copy leaves them.

Every viewer shows what there is of them, and grey below. Where only the last bytes are missing that is the whole
picture.
"""

import numpy as np
from PIL import Image

START, SCAN, END = b"\xff\xd8\xff", b"\xff\xda", b"\xff\xd9"

MAY_LACK = 0.05  # the share of a picture that may be missing of what is still taken for all of it
GREY = (127, 128)  # what the decoder fills with what is missing, in colours that are inverted as well
BLOCK = 32  # rows that a decoder comes to at once, at most


class CutShortError(Exception):
    """More of a picture is missing than a little at its end; the message says so."""


def with_end(content: bytes) -> bytes:
    """Return the bytes of a file, with the mark of its end where a JPEG lacks it, so that all there is is decoded."""
    if not content.startswith(START) or END in content[-1000:]:
        return content
    # The mark cannot stand among the data of a scan; a small picture within the metadata may have one of its own.
    return content if content.find(END, content.rfind(SCAN)) >= 0 else content + END


def check_whole(image: Image.Image) -> None:
    """Raise CutShortError where more than MAY_LACK is missing of the decoded picture of a file that lacked its end."""
    looked_at = min(image.height, int(MAY_LACK * image.height) + BLOCK)
    pixels = np.asarray(image.crop((0, image.height - looked_at, *image.size)))
    grey = np.logical_and.reduce(np.isin(pixels, GREY).reshape(*pixels.shape[:2], -1), axis=2)
    # It is missing from somewhere in a row of blocks on, to the right and below.
    missing = np.logical_and.accumulate(grey[:, ::-1], axis=1).sum()
    if missing > MAY_LACK * image.width * image.height:
        raise CutShortError(f"it was cut short: more than {MAY_LACK:.0%} of the picture is missing")
