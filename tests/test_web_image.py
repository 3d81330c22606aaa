"""What is taken for a panel."""

import io
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pictures import drawing, encoded
from reprise.pictures import FORMATS
from reprise.web.image import EXTENSIONS, NoPanelError, check_image
from sites import (
    MANIFEST,
    SCRIPTS,
    STORE,
    Server,
    body,
    download,
    html,
    noise,
    panel,
    picture,
    settings,
    stored_images,
)

pytestmark = pytest.mark.usefixtures("own_folder")

WHOLE = {kind: noise(kind, 90) for kind in EXTENSIONS if kind != "MPO"}


def test_files_are_named_by_what_they_hold(site: Server) -> None:
    two_pictures = io.BytesIO()
    Image.new("RGB", (8, 8)).save(two_pictures, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8), "red")])
    images = {
        "/a.gif": (picture("PNG"), "png"),
        "/b": (picture("JPEG"), "jpg"),
        "/c.php?file=c.exe": (picture("WEBP"), "webp"),
        "/d.jpeg": (picture("BMP"), "bmp"),
        "/e.png": (picture("TIFF"), "tif"),
        "/f.%2e%2e%2fetc": (picture("GIF"), "gif"),
        "/..%2f..%2fescape.sh/": (picture("GIF"), "gif"),
        "/g.toolong": (picture("GIF"), "gif"),
        "/h": (picture("AVIF"), "avif"),
        "/i.gif": (two_pictures.getvalue(), "jpg"),
    }
    site.replies["/comic/001/"] = body(html(*map(panel, images)))
    for path, (content, _) in images.items():
        site.replies[unquote(path)] = body(content, Content_Type="image/x-anything")
    download(settings(site))
    assert stored_images() == {f"1_{n}.{ext}": content for n, (content, ext) in enumerate(images.values(), start=1)}
    assert {path.relative_to(STORE).parts[0] for path in STORE.rglob("*")} == {"images", "pages", MANIFEST.name}


def test_what_is_read_later_is_taken() -> None:
    assert set(WHOLE) == set(FORMATS)


@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 10_000), st.binary(max_size=20))
def test_whatever_comes_is_named_or_told(kind: str, place: int, junk: bytes) -> None:
    whole = WHOLE[kind]
    place %= len(whole)
    for content in (junk, whole[:place] + junk, whole[:place] + junk + whole[place + len(junk) :]):
        try:
            assert check_image(content) in EXTENSIONS.values()
        except NoPanelError as error:
            assert str(error) in {"nothing came", "not an image", "an HTML page", "a damaged image", "too many pixels"}


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_half_an_image_is_none(kind: str) -> None:
    whole = WHOLE[kind]
    assert check_image(whole) == EXTENSIONS[kind]
    for share in (0.3, 0.5, 0.9):
        with pytest.raises(NoPanelError):
            check_image(whole[: int(share * len(whole))])


@pytest.mark.parametrize("missing", [1, 2, 40])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_only_its_last_bytes_is_taken(missing: int, progressive: bool) -> None:
    assert check_image(encoded("JPEG", drawing(1, (320, 240)), progressive=progressive)[:-missing]) == "jpg"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "size"),
    [
        *product(["GIF", "PNG", "WEBP", "AVIF", "JPEG"], [(9_990, 9_990), (1_000, 16_000)]),
        ("PNG", (1, 16_000_000)),
        ("GIF", (300, 53_000)),
    ],
)
def test_a_bomb_costs_little(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    """Its memory is told by the system, as it is taken outside of Python."""
    bomb = tmp_path / "bomb"
    options = {"lossless": True} if kind == "WEBP" else {"progressive": True} if kind == "JPEG" else {}
    Image.new("RGB", size).save(bomb, kind, **options)
    code = (
        "import sys; from pathlib import Path; from reprise.web.image import check_image\n"
        "print(check_image(Path(sys.argv[1]).read_bytes()), Path('/proc/self/status').read_text())"
    )
    command = [sys.executable, "-c", code, str(bomb)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(SCRIPTS)}, stdout=subprocess.PIPE, text=True)
    assert done.stdout.startswith(EXTENSIONS[kind] + " ")
    assert int(re.findall(r"VmHWM:\s*(\d+) kB", done.stdout)[0]) < 300_000
