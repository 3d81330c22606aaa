"""What the peers are given to read, and that a package is the one that was labelled."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from fetch_package import check_sha256
from first_frames import first_frames


def test_the_first_frame_stands_on_white(tmp_path: Path) -> None:
    panels = tmp_path / "panels"
    panels.mkdir()
    clear = Image.new("RGBA", (4, 3), (255, 0, 0, 0))
    clear.putpixel((1, 1), (0, 0, 255, 255))
    clear.save(panels / "1.png")
    first, second = (Image.new("RGB", (4, 3), colour) for colour in ("lime", "black"))
    first.save(panels / "2.gif", save_all=True, append_images=[second])
    (tmp_path / "labels.csv").write_text("file,cluster\n1.png,a\n2.gif,b\n")
    first_frames(panels, tmp_path / "labels.csv", tmp_path / "frames")
    frames = {path.name: Image.open(path) for path in (tmp_path / "frames").iterdir()}
    assert set(frames) == {"1.png.png", "2.gif.png"}
    assert frames["1.png.png"].getpixel((0, 0)) == (255, 255, 255)
    assert frames["1.png.png"].getpixel((1, 1)) == (0, 0, 255)
    assert frames["2.gif.png"].getpixel((0, 0)) == (0, 255, 0)


def test_another_package_is_refused() -> None:
    check_sha256(b"labelled", hashlib.sha256(b"labelled").hexdigest(), "emoji@1")
    with pytest.raises(SystemExit, match=r"emoji@1: its sha256 is .* it is not what was labelled"):
        check_sha256(b"other", hashlib.sha256(b"labelled").hexdigest(), "emoji@1")
