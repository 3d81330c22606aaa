"""Labels of emoji by their codes."""

import io
import json
import tarfile
from pathlib import Path

import pandas as pd
import pytest

from emoji_set import emoji_label, emoji_set, emoji_subject, open_pairs, read_series

# A woman astronaut of two skin tones, a man astronaut, a person astronaut.
ASTRONAUTS = ["1f469-1f3fb-200d-1f680", "1f469-1f3ff-200d-1f680", "1f468-200d-1f680", "1f9d1-200d-1f680"]


def test_skin_tones_and_variation_do_not_count() -> None:
    assert emoji_label("1f469-1f3fd-200d-1f680") == "1f469-200d-1f680"
    assert emoji_label("1F44B-1F3FF") == emoji_label("1f44b") == "1f44b"
    assert emoji_label("0023-fe0f-20e3") == "0023-20e3"
    assert emoji_label("1f469-1f3fb-200d-1f91d-200d-1f469-1f3ff") == "1f469-200d-1f91d-200d-1f469"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1f469-200d-1f680", "1f9d1-1f3fb-200d-1f680"),  # astronauts
        ("1f6b6-200d-2640-fe0f", "1f6b6-1f3fb-200d-2642-fe0f-200d-27a1-fe0f"),  # walking
        ("1f468-200d-1f9b0", "1f471-1f3fd-200d-2642-fe0f"),  # red and blond hair
        ("1f46d-1f3fb", "1f9d1-1f3fc-200d-1f91d-200d-1f9d1-1f3fb"),  # holding hands
        ("1f478", "1f934-1f3ff"),  # royalty
        ("1f91d", "1faf1-1f3fb-200d-1faf2-1f3fc"),  # handshake
    ],
)
def test_one_subject_whatever_gender_hair_and_direction(one: str, other: str) -> None:
    assert emoji_subject(one) == emoji_subject(other)
    assert emoji_label(one) != emoji_label(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1f469-200d-1f680", "1f469-200d-1f692"),  # astronaut, firefighter
        ("1f44b", "1f91a"),  # waving hand, raised back of hand
        ("1f600", "1f603"),  # grinning faces
        ("1f1e6-1f1e9", "1f1f7-1f1f4"),  # flags
    ],
)
def test_other_subjects_stay_apart(one: str, other: str) -> None:
    assert emoji_subject(one) != emoji_subject(other)


def test_pairs_of_one_subject_under_two_labels_are_ignored_and_recolours_are_not() -> None:
    woman, dark_woman, man, person = (f"{name}.png" for name in ASTRONAUTS)
    pairs = open_pairs([woman, dark_woman, man, person, "1f680.png"], emoji_subject)
    assert {frozenset(pair) for pair in pairs.to_numpy().tolist()} == {
        frozenset(pair)
        for pair in [(woman, man), (woman, person), (dark_woman, man), (dark_woman, person), (man, person)]
    }


# Two flags, two hearts, two clocks, an apple, and the astronaut, as the package's own table has them.
TABLE = [
    {"unified": unified, "category": category, "subcategory": subcategory}
    for unified, category, subcategory in (
        ("1F1E6-1F1E9", "Flags", "country-flag"),
        ("1F3F3-FE0F", "Flags", "flag"),
        ("2764-FE0F", "Smileys & Emotion", "heart"),
        ("1F499", "Smileys & Emotion", "heart"),
        ("1F550", "Travel & Places", "time"),
        ("23F0", "Travel & Places", "time"),
        ("1F34E", "Food & Drink", "food-fruit"),
        ("1F9D1-200D-1F680", "People & Body", "person-role"),
    )
]


def test_what_is_drawn_from_one_template_is_a_series_and_drawings_and_people_are_not() -> None:
    assert read_series(TABLE) == {
        "1f1e6-1f1e9": "flags",
        "1f3f3": "flags",
        "2764": "smileys-emotion",
        "1f499": "smileys-emotion",
        "1f550": "time",
        "23f0": "time",
    }


def test_the_pictures_of_one_folder_are_unpacked_and_labelled(tmp_path: Path) -> None:
    archive = tmp_path / "package.tgz"
    drawn = [*ASTRONAUTS, "1f1e6-1f1e9", "1f3f3-fe0f", "1f550"]
    files = dict.fromkeys([f"package/img/64/{name}.png" for name in drawn], b"bytes")
    others = ["package/img/32/1f680.png", "package/img/64/../../1f680.png", "package/img/64/sheet.png"]
    files |= dict.fromkeys(others, b"bytes") | {"package/emoji.json": json.dumps(TABLE).encode()}
    with tarfile.open(archive, "w:gz") as package:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))
    outputs = [tmp_path / name for name in ("panels", "labels.csv", "ignored.csv")]
    emoji_set(archive, "package/img/64", *outputs)
    assert sorted(path.name for path in outputs[0].iterdir()) == sorted(f"{name}.png" for name in drawn)
    labels = pd.read_csv(outputs[1], keep_default_na=False)
    assert labels["cluster"].nunique() == 6
    assert (labels["transformation"] == "").all()
    # Five of astronauts, and the two flags; the clock is the only one of its series here.
    ignored = {frozenset(pair) for pair in pd.read_csv(outputs[2]).to_numpy().tolist()}
    assert len(ignored) == 6
    assert frozenset(("1f1e6-1f1e9.png", "1f3f3-fe0f.png")) in ignored
