"""How thumbnails are called: pictures of frames to be looked at, made once and linked to wherever they are shown."""


def thumbnail_file(panel: str, frame: int) -> str:
    """Name the file of the thumbnail of a panel's frame, told by its place in the panel's file."""
    return f"{panel}-{frame}.jpg"
