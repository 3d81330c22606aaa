"""Fingerprint the panels of one shard: read each file once, and keep all that later steps need of its pictures.

A fingerprint belongs to a frame. It has the bitmap of its edges and how many they are, its edge points, two hashes, a
digest of its pixels, two small pictures of its colours, and where it is lettered. A thumbnail of the frame is made as
well. A still panel has one frame. An animated one has those that differ in their edges; of more than `FEW_FRAMES`
one of each scene, up to `MOST_FRAMES` (see `frames_kept`). A video has one of each shot, up to `MOST_FRAMES` a minute.
A still that is a page is cut into its panels, each of which is a frame as well.
"""

from reprise.job import job

import hashlib
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from reprise.atomic import atomic_folder
from reprise.cutting import cut
from reprise.freed_memory import keep_freed_memory
from reprise.hashes import SEEN, average_hash, dct_hash, edge_bitmap, is_for_black, shrink
from reprise.keyframes import Scenes, evenly
from reprise.lettering import LONGEST, lettering
from reprise.matching.canvas import edge_points
from reprise.names import is_video
from reprise.pictures import BLACK, FORMATS, WHITE, Colour, PictureFile, Pixels, TooLargeError, halve, open_picture
from reprise.progress import progress
from reprise.shards import COLOUR_SIZE, EDGE_SIZE, GRID, LEFT_OUT, WHOLE_FRAME, Fingerprint, Panel, write_shard
from reprise.signatures import HEAD, video
from reprise.source import PanelSource, open_source
from reprise.thumbnails import Size, thumbnail_file, write_sizes
from reprise.video import CONTAINERS, MOST_PICTURES, DamagedError, Video

FEWEST_BESIDE = 100  # if a drawing has so many edge points, the lettering on it is passed over
THUMBNAIL_SIZE = (200, 160)  # the largest width and height shown in the gallery
THUMBNAIL_QUALITY = 80

MOST_FRAMES = 100  # frames kept of an animated panel, unless it is set, and of each minute of a video
# So many distinct frames of an animated panel are all kept. Of more, one of each scene is kept, or so many in all.
FEW_FRAMES = 6
MOST_FRAMES_READ = 1200  # frames looked at to find them; the rest of a long animation is left unread

SHORTEST_SHOWN = 0.02  # seconds; browsers show a frame that is to be shown for less
INSTEAD_SHOWN = 0.1  # for so long


def least_size(width: int, height: int) -> tuple[int, int]:
    """Return the width and height that a picture keeps at least when it is halved before all is made of it.

    So each pixel of the edge bitmap has two pixels or more each way, and lettering as many as it is looked for in.
    """
    return (LONGEST, 2 * EDGE_SIZE) if width >= height else (2 * EDGE_SIZE, LONGEST)


def halve_often(pixels: Pixels, least_width: int, least_height: int) -> Pixels:
    """Halve a picture as often as so many pixels remain each way.

    That is many times quicker than to average areas of any other size.
    """
    while pixels.shape[1] >= 2 * least_width and pixels.shape[0] >= 2 * least_height:
        pixels = halve(pixels)
    return pixels


def to_be_averaged(halved: Pixels) -> Pixels:
    """Return a halved picture as float32, of which OpenCV makes the same averages in less time.

    A picture is left as it is where they would not be the same (see reprise.matching.canvas.average), as it may
    have no more than two by two pixels to each; and where it is so long and narrow that halving left much of it.
    """
    return halved.astype(np.float32) if min(halved.shape[:2]) > 2 * EDGE_SIZE and halved.size < 2**22 else halved


def pack_hash(bits: NDArray[np.bool_]) -> np.uint64:
    """Pack 8 x 8 bits into one integer, row by row, first bit highest."""
    return np.packbits(bits.ravel()).view(">u8")[0].astype(np.uint64)


def pixel_digest(pixels: Pixels, shape: tuple[int, ...]) -> np.uint64:
    """Return 64 bits that are equal for pictures of the same pixels that were halved from the same shape, or none."""
    digest = hashlib.sha256(repr((shape, pixels.shape)).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return np.uint64(int.from_bytes(digest.digest()[:8], "big"))


def thumbnail(pixels: Pixels) -> tuple[bytes, Size]:
    """Return a JPEG of the picture, no larger than THUMBNAIL_SIZE, and its width and height."""
    height, width = pixels.shape[:2]
    shrink = min(1.0, THUMBNAIL_SIZE[0] / width, THUMBNAIL_SIZE[1] / height)
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    # After halving less than two pixels are left to each: the nearest four do instead of an average.
    small = cv2.resize(halve_often(pixels, *size), size, interpolation=cv2.INTER_LINEAR)
    small = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])[1].tobytes(), size


def beside_lettering(points: Pixels, canvas_size: tuple[int, int], lettered: NDArray[np.bool_]) -> Pixels:
    """Leave out edge points, (n, 3), that are of lettering, (GRID, GRID): words do not make a drawing another.

    They stay where the drawing beside them has fewer points than FEWEST_BESIDE.
    """
    if not lettered.any():
        return points
    across, down = (points[:, :2].astype(np.int64) * GRID // canvas_size).T
    drawn = points[~lettered[down, across]]
    return drawn if len(drawn) >= FEWEST_BESIDE else points


class Shrunk(NamedTuple):
    """A frame as it is looked at: halved, the same `to_be_averaged`, averaged, that which is compared, its edges."""

    halved: Pixels
    levels: Pixels
    averaged: Pixels
    compared: Pixels
    edges: NDArray[np.bool_]


def shrink_frame(pixels: Pixels, resize: str) -> Shrunk:
    """Shrink the RGB pixels, (height, width, 3) uint8, of a frame to what it is told by."""
    halved = halve_often(pixels, *least_size(pixels.shape[1], pixels.shape[0]))
    levels = to_be_averaged(halved)
    averaged = shrink(levels, EDGE_SIZE, "area")
    compared = pixels if resize == "nearest" else averaged
    return Shrunk(halved, levels, averaged, compared, edge_bitmap(compared, resize))


def fingerprint_frame(pixels: Pixels, shrunk: Shrunk, number: int, time: float, resize: str) -> Fingerprint:
    """Fingerprint the RGB pixels, (height, width, 3) uint8, of a frame, which is shown after so many seconds.

    All is made of the halved picture but samples, which are of single pixels, and what the essay has definitions of.
    """
    halved, levels, averaged, compared, edges = shrunk
    lettered = lettering(halved)
    points, canvas_size = edge_points(levels)
    shown, shown_size = thumbnail(halved)
    return Fingerprint(
        number=number,
        edges=np.packbits(edges),
        edge_count=int(edges.sum()),
        average_hash=pack_hash(average_hash(compared, resize)),
        dct_hash=pack_hash(dct_hash(pixels)),
        digest=pixel_digest(halved, pixels.shape),
        colours=shrink(averaged.astype(np.float32), COLOUR_SIZE, "area"),
        samples=cv2.resize(pixels, (GRID, GRID), interpolation=cv2.INTER_NEAREST_EXACT),
        lettered=np.packbits(lettered, axis=1),
        edge_points=beside_lettering(points, canvas_size, lettered),
        canvas_size=canvas_size,
        thumbnail=shown,
        thumbnail_size=shown_size,
        time=time,
    )


def cut_page(pixels: Pixels, shrunk: Shrunk, whole: Fingerprint, cutting: str, resize: str) -> list[Fingerprint]:
    """Return the frames of a still picture: itself and, if it is a page that is cut, its panels in reading order.

    Args:
        pixels, shrunk, whole: the picture.
        cutting: `auto`; `cut`, which leaves the whole page out of all comparisons; or `whole`, which cuts nothing.
        resize: see `read_panel`.
    """
    boxes = [] if cutting == "whole" else cut(pixels, shrunk.halved)
    height, width = pixels.shape[:2]
    frames = [replace(whole, cut=LEFT_OUT if boxes and cutting == "cut" else WHOLE_FRAME)]
    for count, box in enumerate(boxes, 1):
        left, top, right, bottom = (round(side * of) for side, of in zip(box, (width, height) * 2, strict=True))
        panel = np.ascontiguousarray(pixels[top:bottom, left:right])
        own = fingerprint_frame(panel, shrink_frame(panel, resize), whole.number, whole.time, resize)
        frames.append(replace(own, cut=count, box=box))
    return frames


def read_panel(
    content: bytes, which_frames: str, resize: str = "area", most_frames: int = MOST_FRAMES, cutting: str = "auto"
) -> Panel:
    """Read a panel's bytes and fingerprint its frames; a panel that cannot be used comes back with its reason.

    Args:
        content: the bytes of an image file; its format is told from them, whatever the file is called.
        which_frames: `distinct` for every frame that differs from those before it in its edges, `first` for the
            first frame alone.
        resize: how frames are shrunk, see `shrink`.
        most_frames: how many frames are kept at most.
        cutting: whether a still that is a page is cut into its panels: `auto`, `cut` or `whole`, see `cut_page`.
    """
    panel = Panel(sha256=hashlib.sha256(content).hexdigest())
    if not content:
        return replace(panel, status="empty file")
    try:
        with open_picture(content) as file:
            width, height = file.size
            frames = getattr(file.image, "n_frames", 1)
            panel = replace(panel, format=file.image.format or "", width=width, height=height, frames_in_file=frames)
            most_read = 1 if which_frames == "first" else MOST_FRAMES_READ
            panel = read_frames(file, most_read, resize, panel, most_frames, cutting)
            width, height = file.size  # a PNG may tell only behind its pixels that it is to be turned
            return replace(panel, width=width, height=height)
    except UnidentifiedImageError:
        return replace(panel, status="not an image", detail="in none of the formats " + ", ".join(FORMATS + CONTAINERS))
    except TooLargeError as error:
        return replace(panel, status="too large", detail=str(error))
    except Exception as error:  # decoders raise anything on damaged files
        return replace(panel, status="damaged", detail=str(error) or type(error).__name__)


def read_frames(file: PictureFile, most_read: int, resize: str, panel: Panel, most_frames: int, cutting: str) -> Panel:
    """Fingerprint the frames of an open file, `most_read` of them at most, into a copy of `panel`.

    Raises:
        TooLargeError: the first frame costs more than it may.
        Exception: the first frame cannot be decoded; which one is up to the decoder.
    """
    panel = read_frames_on(WHITE, file, most_read, resize, panel, most_frames, cutting)
    edges = most_edges(panel)
    if edges < SEEN and file.transparent:
        on_black = read_frames_on(BLACK, file, most_read, resize, panel, most_frames, cutting)
        if is_for_black(edges, most_edges(on_black)):
            return on_black
    return panel


def most_edges(panel: Panel) -> int:
    """Return how many edge pixels that frame of a panel has that has most of them."""
    return max(frame.edge_count for frame in panel.frames)


def read_frames_on(
    ground: Colour, file: PictureFile, most_read: int, resize: str, panel: Panel, most_frames: int, cutting: str
) -> Panel:
    """Fingerprint the frames of an open file, seen on one ground, into a copy of `panel`.

    Of the frames that differ in their edges those are kept that `frames_kept` says. A frame that cannot be decoded, or
    costs too much, ends the animation; if it is the first, the panel cannot be used.
    """
    least = None if resize == "nearest" else least_size(*file.image.size)
    distinct: dict[bytes, Fingerprint] = {}
    shown: dict[bytes, float] = defaultdict(float)  # for how long each of them is, as it is or in other colours
    time = 0.0
    edges, last = b"", cast("Pixels | None", None)
    left_unread = panel.frames_in_file > MOST_FRAMES_READ == most_read
    detail = f"frames from {MOST_FRAMES_READ} on are not read, as there are so many" if left_unread else ""
    detail = "its last bytes are missing" if file.cut_short else detail
    for number in range(min(panel.frames_in_file, most_read)):
        try:
            pixels = file.see(number, ground, least)
        except Exception as error:
            if last is None:
                raise
            why = "are not read" if isinstance(error, TooLargeError) else "cannot be read"
            detail = f"frames from {number} on {why}: {str(error) or type(error).__name__}"
            break
        seconds = seconds_shown(file.image) if panel.frames_in_file > 1 else math.nan
        time += 0 * seconds  # of frames of which it is not known for how long they are shown, nor is it known when
        if last is None or not np.array_equal(pixels, last):
            shrunk = shrink_frame(pixels, resize)
            edges = np.packbits(shrunk.edges).tobytes()
            if edges not in distinct:
                distinct[edges] = fingerprint_frame(pixels, shrunk, number, time, resize)
        shown[edges] += seconds
        time += seconds
        last = pixels
    kept = frames_kept(list(distinct.values()), [shown[edges] for edges in distinct], most_frames)
    if panel.frames_in_file == 1:
        kept = cut_page(pixels, shrunk, kept[0], cutting, resize)
    return replace(panel, detail=detail, frames=kept)


def seconds_shown(image: Image.Image) -> float:
    """Return for how long a player shows the frame that an image is at; no number where the file does not say."""
    said = image.info.get("duration")
    if not isinstance(said, int | float):  # a PNG file may have a text of that name
        return math.nan
    return INSTEAD_SHOWN if said / 1000 < SHORTEST_SHOWN else said / 1000


def frames_kept(distinct: Sequence[Fingerprint], shown: Sequence[float], most: int) -> list[Fingerprint]:
    """Return which frames of an animation are kept, of those that differ in their edges: `most`, in their order.

    A few are kept as they are. Of more it is one of each scene or, where the scenes are few, as many evenly between the
    first and the last. `shown` is for how long each is.
    """
    few = min(FEW_FRAMES, most)
    if len(distinct) <= few:
        return list(distinct)
    scenes = Scenes[Fingerprint]()
    for frame, seconds in zip(distinct, shown, strict=True):
        bitmap = np.unpackbits(frame.edges).reshape(EDGE_SIZE, EDGE_SIZE).view(np.bool_)
        scenes.add(bitmap, seconds, partial(replace, frame))
    if len(scenes.scenes) <= few:
        return evenly(distinct, few)
    return evenly(sorted(scenes.frames, key=attrgetter("number")), most)


def read_video(path: Path, container: str, which_frames: str, resize: str, most_frames: int) -> Panel:
    """Fingerprint a frame of each shot of a video, `most_frames` of each minute at most; see `read_panel`."""
    with path.open("rb") as file:
        panel = Panel(sha256=hashlib.file_digest(file, "sha256").hexdigest(), format=container)
    video, scenes = Video(path, container), Scenes[Fingerprint]()
    status, detail, minute = "damaged", "", 0.0
    last: Pixels | None = None
    try:
        for seen in video.watch(1 if which_frames == "first" else MOST_PICTURES):
            if last is not None and np.array_equal(seen.pixels, last):
                continue
            last = seen.pixels
            if seen.seconds // 60 > minute:
                minute = seen.seconds // 60
                scenes.settle(most_frames)
            shrunk = shrink_frame(seen.pixels, resize)
            make = partial(fingerprint_frame, seen.pixels, shrunk, seen.number, seen.seconds, resize)
            scenes.add(shrunk.edges, 0.0, make)
        scenes.settle(most_frames)
    except TooLargeError as error:
        status, detail = "too large", str(error)
    except DamagedError as error:
        detail = str(error)
    frames = sorted(scenes.frames, key=attrgetter("number"))
    panel = replace(panel, status="ok" if frames else status, detail=detail or video.detail, frames=frames)
    return replace(panel, width=video.width, height=video.height, frames_in_file=video.frames)


def read_file(
    source: PanelSource,
    file: str,
    which_frames: str,
    resize: str,
    most_frames: int = MOST_FRAMES,
    cutting: str = "auto",
) -> Panel:
    """Read one panel of the source by name; a file that cannot be read comes back with its reason."""
    if not file:
        return Panel("missing file", "it was not fetched")
    try:
        return read_from(source, file, which_frames, resize, most_frames, cutting)
    except (FileNotFoundError, KeyError):
        return Panel("missing file", f"{file} is not there any more")
    except Exception as error:  # archives raise whatever their decompressors do
        return Panel("unreadable file", getattr(error, "strerror", None) or str(error) or type(error).__name__)


def read_from(source: PanelSource, file: str, which_frames: str, resize: str, most_frames: int, cutting: str) -> Panel:
    """Read one panel of the source by name, a video piece by piece, and a picture that is only called one in whole.

    Raises:
        Exception: the file cannot be read; see PanelSource.
    """
    if not is_video(file):
        content = source.read(file)
        if not video(content[:HEAD]):
            return read_panel(content, which_frames, resize, most_frames, cutting)
    with source.on_disk(file) as path:
        with path.open("rb") as opened:
            found = video(opened.read(HEAD))
        if found:
            return read_video(path, found, which_frames, resize, most_frames)
    return read_panel(source.read(file), which_frames, resize, most_frames, cutting)


def write_thumbnails(names: Sequence[str], panels: Sequence[Panel], folder: Path) -> None:
    """Write the thumbnail of each frame of each panel, all of it, into a folder, and how large they are."""
    named = zip(names, panels, strict=True)
    frames = {
        thumbnail_file(name, frame.number): frame
        for name, panel in named
        for frame in panel.frames
        if frame.cut <= WHOLE_FRAME
    }
    for file, frame in frames.items():
        (folder / file).write_bytes(frame.thumbnail)
    write_sizes(((file, frame.thumbnail_size) for file, frame in frames.items()), folder)


def fingerprint(
    names: Sequence[str],
    files: Sequence[str],
    source: str | Path,
    which_frames: str,
    resize: str,
    shard: str | Path,
    pictures: str | Path,
    thumbnails: str | Path,
    most_frames: int = MOST_FRAMES,
    cutting: str = "auto",
) -> None:
    """Fingerprint the panels `files` of the source and write them, with their `names`, as one shard.

    Args:
        names, files: of each panel its name, and that of its file in the source.
        source: the folder or archive.
        which_frames, resize, most_frames, cutting: see `read_panel`.
        shard, pictures: the two files of the shard, see reprise.shards.
        thumbnails: a folder that gets those of all frames, called as `thumbnail_file` says.
    """
    with open_source(source, files) as opened:
        read = progress(files, len(files), "fingerprint")
        panels = [read_file(opened, file, which_frames, resize, most_frames, cutting) for file in read]
    with atomic_folder(thumbnails) as part:
        write_thumbnails(names, panels, part)
    write_shard(names, panels, shard, pictures)


if __name__ == "__main__":
    with job() as snakemake:
        keep_freed_memory()
        fingerprint(
            names=snakemake.params.panels,
            files=snakemake.params.files,
            source=snakemake.params.source,
            which_frames=snakemake.params.frames,
            resize=snakemake.params.resize,
            most_frames=snakemake.params.most_frames,
            cutting=snakemake.params.cutting,
            shard=snakemake.output.shard,
            pictures=snakemake.output.pictures,
            thumbnails=snakemake.output.thumbnails,
        )
