"""Small pictures of frames, to be looked at: made once, when a frame is read, and linked to wherever it is shown.

What shows them is laid out anew with every threshold; to link to a file takes a fraction of the time of writing it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from PIL import Image

from links import link

Size = tuple[int, int]


def thumbnail_file(panel: str, frame: int) -> str:
    """Name the file of the thumbnail of a panel's frame, told by its place in the panel's file."""
    return f"{panel}-{frame}.jpg"


def link_thumbnails(made: Iterable[str | Path], frame_of: Mapping[str, int], folder: Path) -> dict[str, Size]:
    """Put `<folder>/<panel>.jpg` where it belongs, the frame asked for of each panel.

    Args:
        made: the folders in which thumbnails are, each called as `thumbnail_file` says.
        frame_of: the number of the frame that is to show a panel, by the panel's name.
        folder: made if it is not there.

    Returns:
        The width and height of each.
    """
    folder.mkdir(exist_ok=True)
    wanted = {thumbnail_file(panel, frame): panel for panel, frame in frame_of.items()}
    sizes = {}
    for thumbnail in (path for place in made for path in Path(place).iterdir() if path.name in wanted):
        panel = wanted[thumbnail.name]
        link(thumbnail, folder / f"{panel}.jpg")
        with Image.open(thumbnail) as picture:
            sizes[panel] = picture.size
    return sizes
