"""Which numbers in the names of a comic's files tell its chapters and pages apart.

A number does where most names have it in the same place, names with other words do not share it, and the numbers lie
close together.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from reprise.story.names import AHEAD, BEHIND, CHAPTER, MOST_NAMES, PAGE, PANEL, PART, VOLUME, Name, Number, Token, stem

# A number stands in so many of the names, at least; one within what another tells, in MOST_NAMES.
MORE_NAMES = 0.6
# So much of what lies between the least and the greatest number is there, at least.
DENSE = 0.5
# So many names with words of their own may share a number.
SHARED = 0.05
# Panels to a page, on average, up to which the last of two numbers counts them: written `_3`, and written `-3` or `03`.
OWN_COUNTS, COUNTS = 8.0, 4.0
# Numbers before others that may be years, which are not pages with so many panels.
YEARS = range(1990, 2100)
# A number after the page's that is larger is no count of panels, but perhaps a width.
MOST_PANELS = 99


class File(NamedTuple):
    """A file, with what the names of its folders and its own say."""

    path: str
    folders: tuple[Name, ...]
    name: Name
    folder_order: tuple[tuple[Token, ...], ...]  # sort key of its folder
    is_aside: bool = False  # as `cover 2` is, whose number is none of the story's

    @property
    def says_aside(self) -> bool:
        """Tell whether a word in its name is one for what stands ahead of a story, or behind it."""
        return any(kind in (AHEAD, BEHIND) for kind, _, _ in self.name.tokens)

    def number(self, slot: int) -> Number | None:
        """Return the number at a place in its name, of those counted from the end where the place is negative.

        There is none where the file is aside, as `cover 2`.
        """
        numbers = self.name.numbers
        return numbers[slot] if -len(numbers) <= slot < len(numbers) and not self.is_aside else None


class Apart(NamedTuple):
    """How a number tells pages apart: whether names with other words share it, and whether it leaves few gaps."""

    shared: bool
    dense: bool


def tells_apart(files: Sequence[File], slot: int, groups: Sequence[Hashable]) -> Apart:
    """Say how a number, which some files have, tells pages apart among files of one group."""
    values: dict[Hashable, set[tuple[int, ...]]] = defaultdict(set)
    worded: set[Hashable] = set()
    texts: Counter[Hashable] = Counter()
    dates = 0
    for file, group in zip(files, groups, strict=True):
        if number := file.number(slot):
            words = file.name.before[slot]
            dates += number.is_date
            texts[words] += 1
            values[group].add(number.value)
            worded.add((group, words, number.value))
    have = texts.total()
    collisions = len(worded) - sum(map(len, values.values()))
    usual = max(texts.values())
    shared = collisions > 0 and (usual * 2 >= have or collisions > SHARED * have)
    span = sum(max(found)[0] - min(found)[0] + 1 for found in values.values())
    distinct = sum(len({value[0] for value in found}) for found in values.values())
    return Apart(shared, dates * 2 > have or distinct >= DENSE * span)


def most_have(files: Sequence[File], slot: int, share: float) -> bool:
    """Tell whether most names have a number there."""
    have = sum(file.number(slot) is not None for file in files)
    lack = sum(file.number(slot) is None and not file.says_aside for file in files)
    return have > 0 and have >= share * (have + lack)


def constants(files: Sequence[File]) -> set[int]:
    """Return the places at which all names that have a number there have the same, of several names."""
    found: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    for file in files:
        for place, number in enumerate(file.name.numbers):
            found[place].add(number.value)
    return {place for place, values in found.items() if len(values) == 1} if len(files) > 1 else set()


def choose_slots(files: Sequence[File]) -> list[int]:
    """Return the places of the numbers by which files are in order within their folder, the outermost first."""
    groups: list[Hashable] = [file.folder_order for file in files]
    most = max(len(file.name.numbers) for file in files)
    same = set() if is_own_form(files) else constants(files)
    slots: list[int] = []
    for slot in range(most):
        if not most_have(files, slot, MOST_NAMES if slots else MORE_NAMES):
            break
        if slot in same and len(same) < most:
            continue
        apart = tells_apart(files, slot, groups)
        if not slots and (apart.shared or not apart.dense) and most > 1 and most_have(files, -1, MOST_NAMES):
            last = tells_apart(files, -1, groups)
            if last.dense and not last.shared:
                return [-1]
        if apart.shared:
            break
        slots.append(slot)
        numbers = [file.number(slot) for file in files]
        groups = [(group, number and number.value) for group, number in zip(groups, numbers, strict=True)]
    return slots


def set_aside(files: Sequence[File]) -> list[File]:
    """Set files aside that share numbers with the many that have other words before them, as wallpapers with pages."""
    have = [(file, number.value, file.name.before[0]) for file in files if (number := file.number(0))]
    if not have:
        return list(files)
    usual, times = Counter(words for _, _, words in have).most_common(1)[0]
    of_pages = {(file.folder_order, value) for file, value, words in have if words == usual}
    others = {file.path for file, value, words in have if words != usual and (file.folder_order, value) in of_pages}
    if times < MOST_NAMES * len(have):
        return list(files)
    return [file._replace(is_aside=True) if file.path in others else file for file in files]


def is_own_form(files: Sequence[File]) -> bool:
    """Tell whether all names are `<page>_<count>`, or a page alone, as Reprise itself calls panels."""
    return all(re.fullmatch(r"\d+(?:_\d+)?", stem(file.path.rpartition("/")[2])) for file in files)


def counts_panels(files: Sequence[File], slots: Sequence[int]) -> bool:
    """Tell whether the last of several numbers counts the panels of a page, and not the pages of a chapter."""
    if len(slots) < 2:
        return False
    both = [
        (file, outer, inner)
        for file in files
        if (outer := file.number(slots[-2])) and (inner := file.number(slots[-1]))
    ]
    own = all(inner.gap == "_" and str(inner.value[0]) == inner.text for _, _, inner in both)
    if not own and all(outer.value[0] in YEARS and not outer.is_date for _, outer, _ in both):
        return False
    labels = Counter((outer.label, inner.label) for _, outer, inner in both)
    outer_label, inner_label = labels.most_common(1)[0][0]
    if outer_label in PAGE or inner_label in PANEL:
        return True
    if inner_label in PAGE or outer_label in VOLUME | CHAPTER | PART:
        return False
    around = {(file.folder_order, *(file.number(slot) for slot in slots[:-2]), outer.value) for file, outer, _ in both}
    if not own and max(inner.value[0] for _, _, inner in both) > MOST_PANELS:
        return False
    return len(both) <= (OWN_COUNTS if own else COUNTS) * len(around)


def numbers_go_first(files: Sequence[File], slots: Sequence[int]) -> bool:
    """Tell whether one number runs through folders whose own names tell no order."""
    within = {file.folder_order: file.folders for file in files}
    if not slots or len(within) == 1 or any(folder.numbers for place in within.values() for folder in place):
        return False
    folders: dict[Hashable, set[Hashable]] = defaultdict(set)
    for file in files:
        if number := file.number(slots[0]):
            folders[number.value].add(file.folder_order)
    return all(len(found) == 1 for found in folders.values()) and tells_apart(files, slots[0], [()] * len(files)).dense


def are_spreads(files: Sequence[File], slots: Sequence[int]) -> bool:
    """Tell whether a second number after the page, as in `012-013`, is always the page that follows it."""
    if not slots or slots[-1] < 0:
        return False
    both = [(page, file.number(slots[-1] + 1)) for file in files if (page := file.number(slots[-1]))]
    after = [(page, number) for page, number in both if number]
    return bool(after) and all(
        number.value[0] == page.value[0] + 1 and number.gap.strip() in ("-", "–", "&", "+") for page, number in after
    )
