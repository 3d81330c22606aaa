"""What a reader sees of a picture file."""

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pictures import encoded, pixels, random_pixels
from reprise.pictures import on_ground


def test_what_is_transparent_in_a_frame_beyond_the_first_is_seen_on_white() -> None:
    """Pillow knows only once it is decoded that a GIF's frame of colours has grown transparent parts."""
    larger = Image.new("P", (30, 10), 1)
    larger.putpalette([0, 0, 0, 0, 0, 255])
    larger.paste(0, (25, 0, 30, 10))
    other = encoded("GIF", larger, transparency=0)
    animated = encoded("GIF", larger.crop((10, 0, 30, 10)))[:-1] + other[other.index(b"!\xf9") :]
    with Image.open(io.BytesIO(animated)) as image:
        image.seek(1)
        seen = on_ground(image)
    assert seen.shape == (10, 30, 3)
    assert [seen[5, x].tolist() for x in (22, 27)] == [[0, 0, 255], [255, 255, 255]]


@given(
    st.sampled_from(["GIF", "PNG", "BMP", "TIFF"]), st.integers(0, 2**32 - 1), st.integers(1, 256), st.integers(1, 40)
)
def test_palette_colours_are_those_pillow_converts_to(form: str, seed: int, colours: int, width: int) -> None:
    places = random_pixels(seed, 9, width, 1)[..., 0]  # some of them beyond a short palette
    picture = Image.fromarray(places).convert("P")
    picture.putpalette(random_pixels(seed, 1, colours).tobytes())
    for image in (picture, Image.open(io.BytesIO(encoded(form, picture)))):
        assert image.mode == "P"
        assert np.array_equal(on_ground(image), pixels(image))
