"""Video files: what is seen of them a few times a second, and what reading them may cost.

FFmpeg, which OpenCV has within it, decodes them. It is large, and a video as hostile as any file: it runs in a process
of its own, of bounded memory and time, opens nothing but the one file, and of that only what its first bytes say it is.
"""

import json
import math
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import cv2
import numpy as np

from reprise.clock import clock
from reprise.pictures import MOST_PIXELS, Pixels, TooLargeError, halve

# What a video may cost. Of what comes after, nothing is read.
PICTURES_A_SECOND = 4  # that are looked at; a shot that is shorter may be missed
MOST_PICTURES = 2 * 3600 * PICTURES_A_SECOND
MOST_FRAMES = 1_000_000
MOST_PIXELS_DECODED = 200_000_000_000  # of all frames; an hour of 1,920 x 1,080
MOST_MEMORY = 600_000_000  # bytes that decoding takes
MOST_SECONDS = 3600  # of processor

MOST_PIXELS_SEEN = 1_000_000  # of a picture, which is halved until it has no more
WIDEST_PIXEL = 4  # times as wide as high, or the reverse, that a pixel is taken to be

# Videos are called by their containers, as `signatures.video` tells them. FFmpeg tries only the one that is named here.
DEMUXERS = {"MP4": "mov", "Matroska": "matroska", "AVI": "avi", "Ogg": "ogg"}
CONTAINERS = tuple(DEMUXERS)

PICTURE = struct.Struct("<qdii")  # what comes before a picture's pixels: number, seconds, width and height
NO_PICTURE = -1  # the number in place of one after the last; what was told comes then


class DamagedError(Exception):
    """A video, or what is left of one, that cannot be decoded; the message says why."""


@dataclass
class Seen:
    """A picture of a video: RGB, (height, width, 3) uint8, its frame's place in the file, from 0, and its time."""

    number: int
    seconds: float
    pixels: Pixels


@dataclass
class Video:
    """A video file, and what is known of it once it has been watched.

    Attributes:
        path: where it is.
        container: one of CONTAINERS.
        width, height: of its frames.
        frames: how many it has; if not all are read, how many it says it has.
        detail: why not all of it was read, if so.
        too_large, damaged: why nothing more of it could be, if so.
    """

    path: Path
    container: str
    width: int = 0
    height: int = 0
    frames: int = 0
    detail: str = ""
    too_large: str = ""
    damaged: str = ""

    def watch(self, most: int = MOST_PICTURES) -> Iterator[Seen]:
        """Give up to `most` pictures, PICTURES_A_SECOND, in their order.

        Raises:
            TooLargeError: its frames are larger than they may be.
            DamagedError: it cannot be decoded, or no more of it. What was given before is sound.
        """
        scripts = str(Path(__file__).parents[1])
        code = "import sys; sys.path.append(sys.argv.pop(1)); from reprise.video import send_pictures; send_pictures()"
        arguments = [scripts, str(self.path.absolute()), str(most)]
        quiet = {"OPENCV_LOG_LEVEL": "OFF", "OPENCV_FFMPEG_LOGLEVEL": "-8"}
        only = f"protocol_whitelist;file|format_whitelist;{DEMUXERS[self.container]}"
        decoder = subprocess.Popen(  # noqa: S603 - it is this module
            [sys.executable, "-P", "-c", code, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **quiet, "OPENCV_FFMPEG_CAPTURE_OPTIONS": only},
        )
        try:
            yield from self.receive(cast("IO[bytes]", decoder.stdout))
        finally:
            decoder.kill()
            decoder.communicate()
        if self.too_large:
            raise TooLargeError(self.too_large)
        if self.damaged:
            raise DamagedError(self.damaged)

    def receive(self, pipe: IO[bytes]) -> Iterator[Seen]:
        """Give the pictures that `send_pictures` sends, and take what it tells at the end."""
        while len(head := pipe.read(PICTURE.size)) == PICTURE.size:
            number, seconds, width, height = PICTURE.unpack(head)
            if number == NO_PICTURE:
                vars(self).update(json.loads(pipe.read()))
                return
            if not 0 < width * height <= MOST_PIXELS_SEEN:
                break
            content = pipe.read(3 * width * height)
            if len(content) < 3 * width * height:
                break
            yield Seen(number, seconds, np.frombuffer(content, np.uint8).reshape(height, width, 3))
        self.damaged = f"its decoder broke off, damaged or in want of more than {MOST_MEMORY / 1e6:.0f} MB"


def send_pictures() -> None:
    """Send the pictures of a video to standard output, and at the end what there is to tell: in a process of its own.

    The command line names the file and the most pictures.
    """
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no picture
    path, most = sys.argv[1:]
    bound_process()
    told = dict(decode(path, int(most), pipe))
    pipe.write(PICTURE.pack(NO_PICTURE, 0, 0, 0) + json.dumps(told).encode())
    pipe.close()
    os._exit(0)  # a decoder of a damaged file may not bear to be closed


def bound_process() -> None:
    """Let this process take no more memory, where the system counts it (Linux), and time than a video may."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    cv2.setNumThreads(1)
    try:
        taken = int(Path("/proc/self/statm").read_bytes().split()[5]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (taken + MOST_MEMORY, taken + MOST_MEMORY))


def decode(path: str, most: int, pipe: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Decode a video, write its pictures to the pipe and give what a Video tells of it, by name."""
    one_thread_no_timeout = [cv2.CAP_PROP_N_THREADS, 1, cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 0]
    one_thread_no_timeout += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, 0]
    file = cv2.VideoCapture(path, cv2.CAP_FFMPEG, one_thread_no_timeout)
    if not file.isOpened():
        yield "damaged", "no video in it can be decoded: it is damaged, or coded as is not known here"
        return
    width, height = int(file.get(cv2.CAP_PROP_FRAME_WIDTH)), int(file.get(cv2.CAP_PROP_FRAME_HEIGHT))
    yield from {"width": width, "height": height}.items()
    if width * height > MOST_PIXELS:
        yield "too_large", f"more than {MOST_PIXELS // 10**6} million pixels"
        return
    rate, said = file.get(cv2.CAP_PROP_FPS), file.get(cv2.CAP_PROP_FRAME_COUNT)
    rate, said = (value if math.isfinite(value) and 0 < value < 2**31 else 0.0 for value in (rate, said))
    most_frames = min(MOST_FRAMES, MOST_PIXELS_DECODED // max(1, width * height))
    # By its time, or where that is not told by the frames in a second.
    step = max(1, round(rate / PICTURES_A_SECOND))
    pictures = frames = 0
    seconds, next_seconds, next_frame, ended = 0.0, 0.0, 0, False
    while pictures < most and frames < most_frames:
        if not file.grab():
            ended = True
            break
        at = file.get(cv2.CAP_PROP_POS_MSEC) / 1000
        seconds = max(seconds, at) if math.isfinite(at) else seconds
        if seconds >= next_seconds or frames >= next_frame:
            found, pixels = file.retrieve()
            if found:
                send(pipe, frames, seconds, as_shown(file, pixels))
                pictures += 1
            next_seconds, next_frame = seconds + 0.999 / PICTURES_A_SECOND, frames + step
        frames += 1
    if not frames:
        yield "damaged", "no frame of it can be decoded: it is damaged, or coded as is not known here"
        return
    yield "frames", frames if ended else max(frames, int(said))
    length = said / rate if rate else 0.0
    if ended and seconds + 1 < 0.9 * length:
        yield "detail", f"it cannot be read beyond {clock(seconds)}, of {clock(length)}"
    elif not ended and most == MOST_PICTURES:
        yield "detail", f"what comes after {clock(seconds)} is not read, as it is so long"


def as_shown(file: cv2.VideoCapture, pixels: Pixels) -> Pixels:
    """Return a frame, BGR, as a player shows it: RGB, its pixels as wide as high, MOST_PIXELS_SEEN of them at most."""
    across, down = file.get(cv2.CAP_PROP_SAR_NUM), file.get(cv2.CAP_PROP_SAR_DEN)
    while pixels.shape[0] * pixels.shape[1] > MOST_PIXELS_SEEN:
        pixels = halve(pixels)
    if across > 0 and down > 0 and across != down:
        height, width = pixels.shape[:2]
        ratio = min(max(across / down, 1 / WIDEST_PIXEL), WIDEST_PIXEL)
        size = (width, round(height / ratio)) if ratio > 1 else (round(width * ratio), height)
        pixels = cv2.resize(pixels, (max(1, size[0]), max(1, size[1])), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def send(pipe: IO[bytes], number: int, seconds: float, pixels: Pixels) -> None:
    """Send one picture."""
    pipe.write(PICTURE.pack(number, seconds, pixels.shape[1], pixels.shape[0]))
    pipe.write(np.ascontiguousarray(pixels).data)
