"""Find the features and the edges of the panels of one shard, by which panels are searched for the parts they share.

Of an animated panel it is the first frame that counts; a video has none, and neither has a panel that cannot be read.

In the field: features: keypoints with local descriptors.
"""

from reprise.job import job

from collections.abc import Sequence
from pathlib import Path

from reprise.freed_memory import keep_freed_memory
from reprise.names import is_video
from reprise.parts.edges import edges_of
from reprise.parts.features import features_of, working_picture, working_size
from reprise.parts.files import PanelFeatures, write_features
from reprise.parts.letters import lettered
from reprise.pictures import BLACK, WHITE, Pixels, open_picture
from reprise.progress import progress
from reprise.signatures import HEAD, video
from reprise.source import PanelSource, open_source
from reprise.threads import in_processes


def features_on(pixels: Pixels) -> PanelFeatures:
    """Return what is kept of a picture, (height, width, 3) uint8 RGB."""
    grey, colours = working_picture(pixels)
    letters = lettered(grey)
    height, width = grey.shape
    shrunk = (width * height / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    return PanelFeatures((width, height), shrunk, 0, features_of(grey, letters), edges_of(colours, letters))


def read_features(content: bytes) -> PanelFeatures:
    """Read the first frame of a picture, of which the bytes are given; none are kept of one that cannot be read."""
    try:
        with open_picture(content) as file:
            least = working_size(*file.size)
            found = features_on(file.see(0, WHITE, least))
            if file.transparent and not len(found.features):
                found = features_on(file.see(0, BLACK, least))
            # The picture may have been halved while it was read.
            width, height = file.size
            return found._replace(shrunk=(found.size[0] * found.size[1] / (width * height)) ** 0.5)
    except Exception:  # decoders raise anything on damaged files, of which `fingerprint` tells
        return PanelFeatures()


def read_content(source: PanelSource, file: str) -> bytes:
    """Read the bytes of a panel of the source by name; there are none of a video, or of a file that cannot be read."""
    if not file or is_video(file):
        return b""
    try:
        content = source.read(file)
    except Exception:  # archives raise whatever their decompressors do
        return b""
    return b"" if video(content[:HEAD]) else content


def features(
    files: Sequence[str], source: str | Path, shard: str | Path, edges: str | Path, processes: int = 1
) -> None:
    """Find the features of the panels `files` of the source, a folder or archive, and write them as one shard.

    `shard` and `edges` are the two files of it, see reprise.parts.files. So many `processes` share the work; this one
    reads the files, so that an archive is unpacked once.
    """
    with open_source(source, files) as opened:
        contents = (read_content(opened, file) for file in files)
        found = in_processes(read_features, contents, processes)
        panels = list(progress(found, len(files), "features"))
    write_features(panels, shard, edges)


if __name__ == "__main__":
    with job() as snakemake:
        keep_freed_memory()
        features(
            files=snakemake.params.files,
            source=snakemake.params.source,
            shard=snakemake.output.shard,
            edges=snakemake.output.edges,
            processes=snakemake.threads,
        )
