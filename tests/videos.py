"""Makers of real videos."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

CODECS = {".mp4": "mp4v", ".m4v": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG", ".webm": "VP80"}


def write_video(path: Path, pictures: Iterable[Image.Image], frames_each: int = 1, rate: float = 12) -> Path:
    """Write a video, in the container of its suffix, of pictures of one size, so many frames of each."""
    writer = None
    for picture in pictures:
        if writer is None:
            codec = cv2.VideoWriter.fourcc(*CODECS[path.suffix])
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, rate, picture.size)
        for _ in range(frames_each):
            writer.write(np.asarray(picture)[:, :, ::-1])
    assert writer is not None
    writer.release()
    return path
