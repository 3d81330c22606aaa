"""A video, and an animation of many scenes, beside the stills they show: each is found, with its time."""

import csv
from pathlib import Path

import pytest
from comics import Comic

from pictures import encoded
from sketches import sketch
from videos import write_video

SIZE = (320, 240)
SHOTS, FRAMES_EACH, RATE = 60, 12, 12
IN_VIDEO = [3, 17, 18, 40, 59]  # shots that are also stills
IN_ANIMATION = range(100, 120)
VIDEO, ANIMATION = "900.mp4", "901.gif"


@pytest.fixture(scope="module")
def comic(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """The comic, worked through once."""
    place = tmp_path_factory.mktemp("animated")
    pages = place / "pages"
    pages.mkdir()
    for seed in [*IN_VIDEO, *IN_ANIMATION]:
        (pages / f"{seed}.png").write_bytes(encoded("PNG", sketch(seed, size=SIZE)))
    write_video(pages / VIDEO, [sketch(seed, size=SIZE) for seed in range(SHOTS)], FRAMES_EACH, RATE)
    (pages / ANIMATION).write_bytes(encoded("GIF", *(sketch(seed, size=SIZE) for seed in IN_ANIMATION), duration=800))
    comic = Comic(place / "run", {"comic": {"source": "folder", "folder": str(pages)}})
    comic.run()
    return comic


def matches(comic: Comic, file: str) -> dict[str, dict[str, str]]:
    """Return the rows of pairs.csv in which a file is the later one, by the name of the other."""
    with (comic.results / "pairs.csv").open(newline="", encoding="utf-8") as read:
        return {row["file_a"]: row for row in csv.DictReader(read) if row["file_b"] == file}


def test_shots_of_a_video_match_the_stills_they_show_at_their_times(comic: Comic) -> None:
    found = matches(comic, VIDEO)
    assert set(found) == {f"{seed}.png" for seed in IN_VIDEO}
    for seed in IN_VIDEO:
        row = found[f"{seed}.png"]
        assert row["time_a"] == ""
        assert seed <= float(row["time_b"]) < seed + FRAMES_EACH / RATE
        assert int(row["frame_b"]) == pytest.approx(RATE * float(row["time_b"]), abs=0.1)
        assert float(row["score"]) > 0.9


def test_scenes_of_an_animation_match_the_stills_they_show(comic: Comic) -> None:
    found = matches(comic, ANIMATION)
    assert set(found) == {f"{seed}.png" for seed in IN_ANIMATION}
    assert [float(found[f"{seed}.png"]["time_b"]) for seed in IN_ANIMATION] == pytest.approx(
        [0.8 * number for number in range(20)]
    )


def test_a_video_is_a_panel_as_any(comic: Comic) -> None:
    with (comic.results / "panels.csv").open(newline="", encoding="utf-8") as read:
        panels = {row["file"]: row for row in csv.DictReader(read)}
    video = panels[VIDEO]
    assert (video["status"], video["page"], video["format"]) == ("ok", "900", "MP4")
    assert (video["width"], video["height"], video["frames"]) == ("320", "240", str(SHOTS * FRAMES_EACH))
    assert panels[ANIMATION]["frames"] == "20"
    clustered = list((comic.results / "clusters").rglob("900_1.mp4"))
    assert [path.read_bytes() for path in clustered] == [(comic.directory.parent / "pages" / VIDEO).read_bytes()]


def test_the_gallery_tells_the_time(comic: Comic) -> None:
    found = matches(comic, VIDEO)
    pages = "".join(page.read_text(encoding="utf-8") for page in Path(comic.results, "gallery").glob("*.html"))
    seconds = [int(float(row["time_b"])) for row in found.values()]
    assert any(f"page 900</bdi></a>, at {second // 60}:{second % 60:02}" in pages for second in seconds)
