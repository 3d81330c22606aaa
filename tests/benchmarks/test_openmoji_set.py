"""Which emoji of OpenMoji are taken, and which pairs are judged neither way.

Drawing them asks for a package that is not installed where tests run.
"""

from openmoji_set import drawn_emoji, file_name, ignored_pairs

TABLE = """emoji,hexcode,group,subgroups,annotation
x,1F426,animals-nature,animal-bird,bird
x,1F426-200D-2B1B,animals-nature,animal-bird,black bird
x,1F34E,food-drink,food-fruit,red apple
x,1F550,travel-places,time,one o’clock
x,1F600,smileys-emotion,face-smiling,grinning face
x,1F5FC,travel-places,place-building,Tokyo tower
"""


def test_drawings_of_their_own_are_taken() -> None:
    names = drawn_emoji(TABLE)
    assert names == {
        "1F426": "bird",
        "1F426-200D-2B1B": "black bird",
        "1F34E": "red apple",
        "1F5FC": "Tokyo tower",
    }


def test_emoji_whose_names_share_a_word_are_judged_neither_way() -> None:
    names = {"A": "nest with eggs", "B": "empty nest", "C": "pot with lid", "D": "Eggs and bacon"}
    pairs = {frozenset(pair) for pair in ignored_pairs(names)}
    styles = ("black", "color")
    assert pairs == {
        frozenset((file_name(a, one), file_name(b, other)))
        for a, b in (("A", "B"), ("A", "D"))
        for one in styles
        for other in styles
    }
