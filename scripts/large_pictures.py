"""Make a picture of each frame that the gallery shows, large enough to compare two.

To make one takes longer than to find what it matches. So each is made once, called by what is in its file, and stays as
long as it is shown, whatever else a new threshold changes.
"""

from reprise.job import job

import csv
import io
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
from PIL import Image

from reprise import tables
from reprise.atomic import atomic_file
from reprise.hashes import edge_bitmap, is_for_black
from reprise.names import is_video
from reprise.pictures import BLACK, PictureFile, as_seen, halve, open_picture
from reprise.progress import progress
from reprise.shown_pairs import shown_pairs
from reprise.source import PanelSource, open_source

LOGGER = logging.getLogger("reprise.large_pictures")

LARGEST = (640, 800)  # width and height
QUALITY, EFFORT = 75, 0  # of WebP; a higher effort takes a third more time for a quarter less room

# An animation plays in the gallery where its file is no larger than this, and a browser can show it.
MOST_BYTES = 1_000_000
SHOWN_BY_BROWSERS = {"GIF": "gif", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}

COLUMNS = ("panel", "frame", "file", "width", "height")
PANEL_COLUMNS = ["panel", "file", "sha256", "format", "frames", "status"]


def large_picture(file: PictureFile, frame: int) -> bytes:
    """Return a WebP of a frame of an open picture as a reader sees it, no larger than LARGEST."""
    pixels = file.see(frame, least=LARGEST)
    if file.transparent:
        on_black = as_seen(file.image, BLACK, LARGEST)
        if is_for_black(*(int(edge_bitmap(seen).sum()) for seen in (pixels, on_black))):
            pixels = on_black
    height, width = pixels.shape[:2]
    shrink = min(1.0, LARGEST[0] / width, LARGEST[1] / height)
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
        pixels = halve(pixels)
    content = io.BytesIO()
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    Image.fromarray(small).save(content, "WEBP", quality=QUALITY, method=EFFORT)
    return content.getvalue()


def make(source: PanelSource, panel: dict[str, str], frames: Iterable[int], store: Path) -> Iterator[tuple[int, str]]:
    """Put the pictures of some frames of a panel into the store, as far as they are not there; yield frame and file.

    Of an animation that can play comes a copy too, for its frame -1. What cannot be read any more is passed over: the
    gallery shows its thumbnail.
    """
    named = {frame: f"{panel['sha256'][:20]}-{frame}.webp" for frame in sorted(frames)}
    suffix = SHOWN_BY_BROWSERS.get(panel["format"])
    if int(panel["frames"]) > 1 and suffix:
        named[-1] = f"{panel['sha256'][:20]}.{suffix}"
    missing = {frame: file for frame, file in named.items() if not (store / file).exists()}
    content = source.read(panel["file"]) if missing and not is_video(panel["file"]) else b""
    for frame, file in missing.items():
        if frame == -1 and len(content) <= MOST_BYTES:
            with atomic_file(store / file) as part:
                part.write_bytes(content)
        elif frame >= 0 and content:
            with open_picture(content) as opened:
                picture = large_picture(opened, frame)
            with atomic_file(store / file) as part:
                part.write_bytes(picture)
    yield from ((frame, file) for frame, file in named.items() if (store / file).exists())


def large_pictures(
    clusters: str | Path,
    ranking: str | Path,
    pairs: str | Path,
    panels: str | Path,
    source: str | Path,
    table: str | Path,
    store: str | Path,
) -> None:
    """Make the pictures of all frames of the pairs that are shown, and remove those that are shown no more.

    Args:
        clusters, ranking, pairs, panels: the tables of those names.
        source: the folder or archive of the panels.
        table: gets COLUMNS: for each frame the file in the store, and its size. Frame -1 is the animation itself.
        store: the folder of pictures; those that are in it are not made again.
    """
    cluster_of = tables.read_table(clusters, ["cluster", "panel"]).set_index("panel")["cluster"]
    all_pairs = tables.read_table(pairs, ["panel_a", "panel_b", "score", "frame_a", "frame_b"])
    shown = shown_pairs(all_pairs, cluster_of, tables.read_table(ranking, ["source", "panel"]))
    frames = defaultdict[str, set[int]](set)
    for end in "ab":
        for panel, frame in zip(shown[f"panel_{end}"], shown[f"frame_{end}"], strict=True):
            frames[panel].add(frame)
    store = Path(store)
    store.mkdir(exist_ok=True)
    made = []
    wanted = [row for row in tables.read_rows(panels) if row["panel"] in frames]
    with open_source(source) as opened:
        for row in progress(wanted, len(wanted), "large_pictures"):
            try:
                made += [(row["panel"], frame, file) for frame, file in make(opened, row, frames[row["panel"]], store)]
            except Exception as error:  # decoders and archives raise anything
                LOGGER.warning("%s: no large picture: %s", row["file"], str(error) or type(error).__name__)
    kept = {file for _, _, file in made}
    for path in store.iterdir():
        if path.name not in kept:
            path.unlink()
    with atomic_file(table) as part, part.open("w", encoding="utf-8", newline="") as written:
        rows = csv.writer(written, lineterminator="\n")
        rows.writerow(COLUMNS)
        for panel, frame, file in made:
            with Image.open(store / file) as picture:
                rows.writerow((panel, frame, file, *picture.size))


if __name__ == "__main__":
    with job() as snakemake:
        large_pictures(
            clusters=snakemake.input.clusters,
            ranking=snakemake.input.ranking,
            pairs=snakemake.input.pairs,
            panels=snakemake.input.panels,
            source=snakemake.params.source,
            table=snakemake.output.table,
            store=Path(snakemake.output.table).with_suffix(""),
        )
