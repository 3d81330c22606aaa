"""Videos: a frame of each shot with its time, and of one that is broken, hostile or none what is wrong."""

import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fingerprint import read_file
from pictures import encoded, pixels
from reprise.hashes import edge_bitmap
from reprise.names import IMAGE, OTHER, nature
from reprise.shards import Panel
from reprise.signatures import HEAD, video
from reprise.source import open_source
from reprise.video import DEMUXERS, DamagedError, Video
from sketches import sketch
from videos import CODECS, write_video

SIZE = (240, 160)
SHOTS = [sketch(seed) for seed in range(5)]


def read(path: Path, most_frames: int = 100, which_frames: str = "distinct") -> Panel:
    with open_source(path.parent) as source:
        return read_file(source, path.name, which_frames, "area", most_frames)


def told(panel: Panel) -> list[object]:
    """Return all that is known of a panel, fit to be compared."""
    own = [panel.status, panel.detail, panel.sha256, panel.format, panel.width, panel.height, panel.frames_in_file]
    return own + [(frame.number, frame.time, frame.edges.tobytes(), frame.thumbnail) for frame in panel.frames]


@pytest.mark.parametrize("suffix", CODECS)
def test_a_frame_of_each_shot_is_kept_with_its_time(suffix: str, tmp_path: Path) -> None:
    panel = read(write_video(tmp_path / f"video{suffix}", SHOTS, frames_each=24))
    assert (panel.status, panel.detail, panel.width, panel.height) == ("ok", "", *SIZE)
    assert panel.frames_in_file == 5 * 24
    assert [frame.number // 24 for frame in panel.frames] == list(range(5))
    for shot, frame in zip(SHOTS, panel.frames, strict=True):
        assert frame.time == pytest.approx(frame.number / 12, abs=0.01)
        expected, found = edge_bitmap(pixels(shot)), np.unpackbits(frame.edges).reshape(100, 100)
        assert 2 * (expected & found).sum() / (expected.sum() + found.sum()) > 0.9


def test_the_times_of_shots_of_any_length_are_right(tmp_path: Path) -> None:
    lengths = [6, 40, 9, 100, 12]
    pictures = [shot for shot, length in zip(SHOTS, lengths, strict=True) for _ in range(length)]
    panel = read(write_video(tmp_path / "video.mp4", pictures))
    starts = np.cumsum([0, *lengths])
    for frame, start, end in zip(panel.frames, starts, starts[1:], strict=False):
        assert start <= frame.number < end
        assert frame.time == pytest.approx(frame.number / 12, abs=0.01)
    assert len(panel.frames) == 5


def test_as_many_frames_as_set_are_kept_of_each_minute(tmp_path: Path) -> None:
    pictures = [sketch(seed) for seed in range(40)]
    panel = read(write_video(tmp_path / "video.avi", pictures, frames_each=12, rate=4), most_frames=5)
    minutes = [int(frame.time // 60) for frame in panel.frames]
    assert minutes == [0] * 5 + [1] * 5
    assert read(tmp_path / "video.avi", which_frames="first").frames[0].number == 0
    assert len(read(tmp_path / "video.avi", which_frames="first").frames) == 1


def test_a_video_in_an_archive_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = write_video(tmp_path / "video.webm", SHOTS, frames_each=6)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with zipfile.ZipFile(tmp_path / "comic.zip", "w") as archive:
        archive.write(video, "video.webm")
    with open_source(tmp_path / "comic.zip") as source:
        packed = read_file(source, "video.webm", "distinct", "area")
    assert told(packed) == told(read(video))
    assert packed.status == "ok"
    assert not list(temporary.iterdir())


def test_what_a_file_is_counts_and_not_what_it_is_called(tmp_path: Path) -> None:
    video = write_video(tmp_path / "video.mp4", SHOTS, frames_each=6)
    os.link(video, tmp_path / "video.gif")
    for suffix in (".mp4", ".gif"):
        (tmp_path / f"drawing{suffix}").write_bytes(encoded("GIF", *SHOTS, duration=100))
    assert told(read(tmp_path / "video.gif")) == told(read(video))
    assert told(read(tmp_path / "drawing.mp4")) == told(read(tmp_path / "drawing.gif"))


@pytest.mark.parametrize("form", ["AVIF", "WEBP", "GIF", "PNG", "JPEG", "TIFF", "BMP"])
def test_a_picture_is_no_video(form: str) -> None:
    assert video(encoded(form, SHOTS[0])[:HEAD]) is None


@pytest.mark.parametrize("suffix", CODECS)
def test_a_video_is_found_and_decoded_by_the_same_first_bytes(suffix: str, tmp_path: Path) -> None:
    """Whatever is called a video of some kind can be read as such, under a name that says nothing too."""
    head = write_video(tmp_path / f"video{suffix}", SHOTS[:1]).read_bytes()[:HEAD]
    assert video(head) in DEMUXERS
    assert nature("video", lambda: head) == IMAGE


@pytest.mark.parametrize("box", ["ftyp", "moov", "mdat", "wide", "free", "skip"])
def test_a_video_may_begin_with_any_box_but_no_text_is_one(box: str) -> None:
    head = b"\0\0\0\x08" + box.encode() + bytes(HEAD)
    assert nature("video", lambda: head) == IMAGE
    if box not in ("moov", "mdat"):
        assert nature("README", lambda: f"the {box} words".encode()) == OTHER


# --- What is broken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".webm", ".mkv", ".avi"])
def test_a_video_that_breaks_off_is_read_as_far_as_it_goes_and_says_so(suffix: str, tmp_path: Path) -> None:
    video = write_video(tmp_path / f"video{suffix}", SHOTS, frames_each=48)
    os.truncate(video, video.stat().st_size // 2)
    panel = read(video)
    assert panel.status == "ok"
    assert panel.detail.startswith("it cannot be read beyond 0:")
    assert panel.detail.endswith(", of 0:20")
    assert 1 < len(panel.frames) < 5
    assert 0 < panel.frames_in_file < 5 * 48


def test_a_video_of_which_nothing_can_be_decoded_says_so(tmp_path: Path) -> None:
    video = write_video(tmp_path / "video.mp4", SHOTS, frames_each=6)
    os.truncate(video, video.stat().st_size // 2)  # what tells where frames are comes last
    panel = read(video)
    assert (panel.status, panel.format, len(panel.frames)) == ("damaged", "MP4", 0)
    assert panel.detail == "no video in it can be decoded: it is damaged, or coded as is not known here"
    video.write_bytes(b"")
    assert read(video).status == "empty file"
    video.write_bytes(b"no video at all")
    assert read(video).status == "not an image"
    assert read(video).detail.endswith("TIFF, MP4, Matroska, AVI, Ogg")
    video.unlink()
    assert read(video).status == "missing file"


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mkv", ".avi"])
def test_no_damage_stops_a_run(suffix: str, tmp_path: Path) -> None:
    content = bytearray(write_video(tmp_path / f"video{suffix}", SHOTS, frames_each=6).read_bytes())
    random = np.random.default_rng(1)
    for place in random.integers(12, len(content), 200).tolist():
        content[place] = random.integers(256)
    (tmp_path / f"damaged{suffix}").write_bytes(content)
    panel = read(tmp_path / f"damaged{suffix}")
    assert panel.status in ("ok", "damaged", "too large")
    assert panel.frames or panel.detail
    assert all(frame.time >= 0 for frame in panel.frames)


# --- What is hostile --------------------------------------------------------------------------------------------------

LISTS = {
    "ffconcat version 1.0\nfile other.avi\n": "a list of files",
    "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.avi\n#EXT-X-ENDLIST\n": "a playlist",
}


@pytest.mark.parametrize("content", LISTS, ids=list(LISTS.values()))
def test_no_other_file_is_read_because_a_video_says_so(content: str, tmp_path: Path) -> None:
    write_video(tmp_path / "other.avi", SHOTS, frames_each=6)
    (tmp_path / "video.mp4").write_text(content)
    assert read(tmp_path / "video.mp4").status == "not an image"
    for called in ("MP4", "Matroska", "AVI", "Ogg"):  # nor if its first bytes could be forged
        with pytest.raises(DamagedError):
            list(Video(tmp_path / "video.mp4", called).watch())


def test_a_name_that_reads_as_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("concat:a|b.mp4", "http:%3F.mp4", "-i.mp4", "%03d.mp4", "ノート.mp4"):
        video = write_video(tmp_path / "video.mp4", SHOTS[:2], frames_each=6).rename(tmp_path / name)
        with open_source(Path()) as source:
            assert read_file(source, video.name, "distinct", "area").status == "ok", name


def test_frames_that_are_too_large_are_not_decoded(tmp_path: Path) -> None:
    video = write_video(tmp_path / "video.avi", SHOTS, frames_each=2)
    content = video.read_bytes()
    for order, size in (("<ii", SIZE), (">HH", SIZE[::-1])):  # of the container, and of each frame, which is a JPEG
        assert struct.pack(order, *size) in content
        content = content.replace(struct.pack(order, *size), struct.pack(order, 20_000, 20_000))
    video.write_bytes(content)
    panel = read(video)
    assert panel.status in ("too large", "damaged")  # as it is told before, or seen when there is no memory for it
    assert panel.detail
    assert not panel.frames


def test_a_large_picture_is_halved(tmp_path: Path) -> None:
    large = [sketch(seed, size=(1920, 1080)) for seed in range(2)]
    video = Video(write_video(tmp_path / "video.mp4", large, frames_each=4), "MP4")
    seen = list(video.watch())
    assert {picture.pixels.shape for picture in seen} == {(540, 960, 3)}
    assert (video.width, video.height) == (1920, 1080)
    expected = np.asarray(large[0].resize((960, 540), Image.Resampling.BOX), np.float32)
    assert np.abs(seen[0].pixels - expected).mean() < 8
