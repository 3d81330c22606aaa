"""Put a comic's files into story order, and tell the page of each, from all their names together.

The base is the natural order of whole paths: numbers by size, dates as dates, folders as chapters, covers first. What
numbers tell pages apart go before the words about them. They are chapters, pages and counts of panels, by the words
before them and by how many of one there are to another.
"""

import re
from collections.abc import Container, Iterable, Sequence

from reprise.source import natural_order
from reprise.story.names import (
    AHEAD,
    BEHIND,
    CHAPTER,
    MONTH,
    MOST_NAMES,
    NUMBER,
    VOLUME,
    WORD,
    YEAR,
    Name,
    Number,
    Token,
    read_name,
    stem,
    survey,
)
from reprise.story.numbers import (
    MOST_PANELS,
    File,
    are_spreads,
    choose_slots,
    constants,
    counts_panels,
    is_own_form,
    numbers_go_first,
    set_aside,
)
from reprise.story.pages import Story, Told, place_pages

# Longer numbers are no page numbers (digests, dates with times) and would not fit a column of integers.
MOST_DIGITS = 9

# What stands between a page and the count of a panel.
BEFORE_COUNT = re.compile(r"[-_]p?| ?\(| ?[-_] ?")

# A day in folders of years and perhaps months.
DATE_IN_PATH = re.compile(
    rf"(?:^|(?<=/))({YEAR})/({MONTH}|1[0-2]|0?[1-9])[-_. /]?([12]\d|3[01]|0?[1-9])(?!\d)", re.IGNORECASE
)


def tell_story(paths: Iterable[str]) -> Story:
    """Put all files of a comic into story order, and find the page of each.

    Args:
        paths: relative to the comic, with forward slashes, each once and in any order.
    """
    files = set_aside(read_files(list(paths)))
    if not files:
        return Story([], "")
    slots = choose_slots(files)
    numbers_first = numbers_go_first(files, slots)

    alike = {file.name.before[slots[0]] for file in files if slots and file.number(slots[0])}

    def order(file: File) -> tuple[object, ...]:
        folders, numbers = file.folder_order, slot_order(file, slots, alike)
        return (numbers, folders) if numbers_first else (folders, numbers)

    files.sort(key=order)  # what is equal so stays in natural order
    same = set() if is_own_form(files) else constants(files)
    to_page = slots[:-1] if counts_panels(files, slots) else slots
    spread = are_spreads(files, to_page)
    fixed = fixed_folders(files)
    told = [tell_file(file, to_page, same, spread, fixed) for file in files]
    return place_pages(told)


def read_files(paths: Sequence[str]) -> list[File]:
    """Read what all names say, in natural order of the paths."""
    told = {path: stem(path) for path in paths}
    if sum(bool(DATE_IN_PATH.search(path)) for path in told.values()) >= MOST_NAMES * len(told):
        told = {path: DATE_IN_PATH.sub(r"\1-\2-\3", text) for path, text in told.items()}
    parts = {path: text.split("/") for path, text in told.items()}
    folders = {tuple(names[:-1]) for names in parts.values()}
    folder_names = sorted({name for names in folders for name in names})
    in_folders = survey([name.casefold() for name in folder_names])
    in_stems = survey([names[-1].casefold() for names in parts.values()])
    folder = {name: read_name(name, in_folders) for name in folder_names}
    name = {name: read_name(name, in_stems) for name in {names[-1] for names in parts.values()}}
    aside = {text for text, told in name.items() if is_aside(told)}
    order = {names: tuple(folder[part].tokens for part in names) for names in folders}
    files = [
        File(
            path,
            tuple(folder[part] for part in names[:-1]),
            name[names[-1]],
            order[tuple(names[:-1])],
            names[-1] in aside,
        )
        for path, names in parts.items()
    ]
    return sorted(
        files, key=lambda file: (file.folder_order, file.name.tokens, natural_order(told[file.path]), file.path)
    )


def is_aside(name: Name) -> bool:
    """Tell whether a name has no number before the word that says it is ahead of the story or behind it."""
    kinds = [kind for kind, _, _ in name.tokens if kind != WORD]
    return bool(kinds) and kinds[0] != NUMBER


def slot_order(
    file: File, slots: Sequence[int], alike: Container[tuple[Token, ...]]
) -> list[tuple[int, tuple[int, ...]]]:
    """Return the sort key of a file by its numbers.

    A file that lacks the first stands at the end, unless a word in its name says that it is ahead, or it is called as
    others are before their number (`alike`); one that lacks a further number stands before those that have it.
    """
    order: list[tuple[int, tuple[int, ...]]] = []
    kinds = {kind for kind, _, _ in file.name.tokens}
    for slot in slots:
        number = file.number(slot)
        if number:
            order.append((NUMBER, number.value))
        else:
            at_end = BEHIND in kinds or (not order and AHEAD not in kinds and file.name.tokens not in alike)
            order.append((BEHIND if at_end else AHEAD, ()))
    return order


def fixed_folders(files: Sequence[File]) -> int:
    """Return how many folders, from the outermost, all files are in."""
    depth = min(len(file.folders) for file in files)
    return next((at for at in range(depth) if len({file.folders[at].tokens for file in files}) > 1), depth)


def tell_file(file: File, slots: Sequence[int], same: set[int], spread: bool, fixed: int) -> Told:
    """Say of which page a file is.

    Args:
        file: the file.
        slots: the places of the numbers that tell its chapters and, last, its page.
        same: the places at which all names have the same number.
        spread: whether a number after the page is the second page of two.
        fixed: how many folders all files are in.
    """
    *outer, last = slots or [0]
    chapters = [file.number(slot) for slot in outer]
    page = file.number(last) if slots else None
    own_name = stem(file.path.rpartition("/")[2])
    names = stem(file.path).split("/")[fixed:-1]
    called = [chapter_name(*folder) for folder in zip(file.folders[fixed:], names, strict=False)]
    of_folder = file.folders[-1].numbers if file.folders else ()
    called += [
        number_name(number) for number in chapters if number and [number.value] != [one.value for one in of_folder]
    ]
    chapter = (file.folder_order, *(number and number.value for number in chapters))
    if page is None:
        return Told(file.path, chapter, ("file", file.path), None, " ".join([*called, own_name]), own_name)
    if page.is_date:
        name = date_name(page.value)
        return Told(file.path, chapter, page.value, count_of(file, last, same), name, name, is_date=True)
    number = page.value[0] if 0 <= page.value[0] < 10**MOST_DIGITS else None
    count = None if spread else count_of(file, last, same)
    following = file.number(last + 1) if spread else None
    own = page.text if number is None else f"{number}–{following.value[0]}" if following else str(number)
    name = " ".join([*called, f"p. {own}" if called else own])
    return Told(file.path, chapter, page.value[0], count, name, own, number)


def count_of(file: File, slot: int, same: set[int]) -> int | None:
    """Return which panel of its page a file says it is: the number after the page with no more than a sign between."""
    number = file.number(slot + 1) if slot >= 0 else None
    if number is None or slot + 1 in same or number.is_date or number.value[0] >= 10**MOST_DIGITS:
        return None
    counts = number.gap == "_" or (number.value[0] <= MOST_PANELS and BEFORE_COUNT.fullmatch(number.gap))
    chapter = file.name.numbers[slot].label in VOLUME | CHAPTER
    return number.value[0] if counts and not chapter else None


def date_name(value: Sequence[int]) -> str:
    """Return a date as people read it: `2009-02-03`, `2009-02`, or `2009-02-03 10:11:12`."""
    day = "-".join(f"{part:02}" for part in value[:3] if part)
    return " ".join([day, ":".join(f"{part:02}" for part in value[3:])]).strip()


def number_name(number: Number) -> str:
    """Call a chapter, or volume, by its number."""
    if number.is_date:
        return date_name(number.value)
    return f"{'vol.' if number.label in VOLUME else 'ch.'} {'.'.join(map(str, number.value))}"


def chapter_name(folder: Name, name: str) -> str:
    """Call a chapter by the number of its folder or, where that has none or several, as the folder is called."""
    number = folder.numbers[0] if len(folder.numbers) == 1 else None
    if number and folder.tokens[-1][0] != NUMBER and folder.tokens[-1][2] != number.label:
        return name
    told = number and (number.is_date or number.label in VOLUME | CHAPTER or len(folder.tokens) == 1)
    return number_name(number) if number and told else name


def tell_story_by(paths: Iterable[str], pattern: str) -> Story:
    """Put files into story order by a pattern that finds in their names what they say; see `tell_story`.

    Args:
        paths: as of `tell_story`.
        pattern: a regular expression with the group `page` or `date`, and perhaps `chapter` and `count`, looked for in
            each whole path without suffix. What is no number tells no page and no count. Files in whose names it
            finds neither page nor date follow after the last page, a page each.
    """
    compiled = re.compile(pattern)
    texts = {path: stem(path) for path in sorted(paths, key=natural_order)}
    reading = survey([text.casefold() for text in texts.values()])
    matched: list[tuple[tuple[Token, ...], tuple[tuple[Token, ...], int], Told]] = []
    unmatched = []
    for path, text in texts.items():
        found = compiled.search(text)
        groups = {name: text for name, text in found.groupdict().items() if text} if found else {}
        chapter, day = (read_name(groups.get(name, ""), reading) for name in ("chapter", "date"))
        number, count = decimal(groups.get("page")), decimal(groups.get("count"))
        if number is None and not day.tokens:
            unmatched.append(Told(path, (), ("file", path), None, text, text))
            continue
        called = [chapter_name(chapter, groups["chapter"])] if chapter.tokens else []
        own = [date_name(day.numbers[0].value) if len(day.tokens) == 1 else groups["date"]] if day.tokens else []
        if number is not None:
            own.append(f"p. {number}" if called or own else str(number))
        page = (day.tokens, -1 if number is None else number)
        name = " ".join([*called, *own])
        told = Told(path, chapter.tokens, page, count, name, " ".join(own), number, bool(day.tokens))
        matched.append((chapter.tokens, page, told))
    matched.sort(key=lambda one: one[:2])  # what is equal so stays in natural order
    story = place_pages([*(told for _, _, told in matched), *unmatched])
    if not matched:
        return Story(story.places, "in the order of their names: comic.page_pattern matches none of them")
    if not unmatched:
        return Story(story.places, f"{story.reading}, by comic.page_pattern")
    which = "1 file that" if len(unmatched) == 1 else f"{len(unmatched):,} files that"
    said = f"{story.reading}; last {which} comic.page_pattern does not match, as {unmatched[0].file}"
    return Story(story.places, said)


def decimal(text: str | None) -> int | None:
    """Return the number that a text is; None for what is none, or too long."""
    return int(text) if text and text.isdecimal() and len(text.lstrip("0")) <= MOST_DIGITS else None
