"""Thumbnails are made once, and stand wherever they are shown."""

from pathlib import Path

from PIL import Image

from pictures import drawing
from thumbnails import link_thumbnails, thumbnail_file


def test_the_frames_asked_for_are_linked_and_no_others(tmp_path: Path) -> None:
    made = [tmp_path / "0000", tmp_path / "0001"]
    for number, place in enumerate(made):
        place.mkdir()
        for frame in (0, 1, 11):
            drawing(frame, (40 + frame, 30 + number)).save(place / thumbnail_file(f"{number}_1", frame))
    sizes = link_thumbnails(made, {"0_1": 11, "1_1": 0, "2_1": 0}, tmp_path / "shown")
    assert sizes == {"0_1": (51, 30), "1_1": (40, 31)}
    assert sorted(path.name for path in (tmp_path / "shown").iterdir()) == ["0_1.jpg", "1_1.jpg"]
    assert (tmp_path / "shown/0_1.jpg").samefile(made[0] / "0_1-11.jpg")
    with Image.open(tmp_path / "shown/1_1.jpg") as picture:
        assert picture.size == (40, 31)
