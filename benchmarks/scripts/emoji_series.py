"""Which emoji are drawn from one template with many others, by the groups into which Unicode sorts them.

A clock at each hour, a heart or a square in each colour, a face with each mood, a sign on the same button: their names
cannot tell whether two such are one drawing used again, and often they are.
"""

DRAWINGS = {"activities", "animals-nature", "food-drink", "objects", "travel-places"}
"""Groups in which an emoji is a drawing of its own."""

SIGNS = {"flags", "smileys-emotion", "symbols"}
"""Groups that hold signs and faces, all of them alike."""

TEMPLATES = {"award-medal", "book-paper", "lock", "mail", "money", "sky-weather", "sound", "time"}
"""Subgroups of DRAWINGS that are a series: medals, books, clocks, phases of the moon."""


def code_of(name: str) -> str:
    """Return a name of a group as a code, the form in which OpenMoji has them: `sky-weather` for "Sky & Weather"."""
    return name.lower().replace(" & ", "-").replace(" ", "-")


def series_of(group: str, subgroup: str) -> str:
    """Return the series to which an emoji belongs by the codes of its groups, empty where there is none."""
    if group in SIGNS:
        return group
    return subgroup if subgroup in TEMPLATES else ""
