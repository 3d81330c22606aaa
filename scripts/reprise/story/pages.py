"""The pages of a comic's files, numbered, and the panels of each page, counted."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

# Pages with numbers further apart, for how many they are, have the numbers of something else: of posts, or of files.
WIDEST, SPREAD = 10_000, 100


@dataclass(frozen=True)
class Place:
    """Where a file stands in the story.

    Attributes:
        file: its name.
        page: the number of its page; with `count` it is its panel's name.
        count: which panel of the page it is.
        place: the page's place along the story: 1, 2, 3…, where pages missing between two numbers keep theirs.
        page_name: what people call the page.
    """

    file: str
    page: int
    count: int
    place: int
    page_name: str


class Story(NamedTuple):
    """All files of a comic in story order, and how that was read, in words for people."""

    places: list[Place]
    reading: str


@dataclass(frozen=True)
class Told:
    """What is known of a file before pages are numbered.

    Attributes:
        file: its name.
        chapter, page: what tells its chapter, and its page within that, from others.
        count: which panel of the page its name says it is.
        name: what people call the page; within its chapter, `own_name`.
        number: the page's own number, if it has one.
        is_date: whether the page is called by its date.
    """

    file: str
    chapter: Hashable
    page: Hashable
    count: int | None
    name: str
    own_name: str
    number: int | None = None
    is_date: bool = False


def are_page_numbers(numbers: Sequence[int | None]) -> bool:
    """Tell whether the numbers of all pages, some of which have none, are theirs in the whole story.

    They rise along it, no page between two lacks one, and they are not so far apart as those of posts or files.
    """
    found = [at for at, number in enumerate(numbers) if number is not None]
    if not found:
        return False
    between = [number for number in numbers[found[0] : found[-1] + 1] if number is not None]
    rises = len(between) == found[-1] + 1 - found[0] and all(one < following for one, following in pairwise(between))
    return rises and between[-1] - between[0] < max(WIDEST, SPREAD * len(between))


def number_pages(numbers: Sequence[int | None]) -> list[int]:
    """Return the numbers of all pages: their own, if they are theirs in the whole story, else those along it.

    Pages without a number go on counting after the last and, as far as the first number allows it, before the first.
    """
    front = next((at for at, number in enumerate(numbers) if number is not None), len(numbers))
    own = are_page_numbers(numbers)
    start = numbers[front] if own else None
    if start is None or start < front:
        return list(range(1, len(numbers) + 1))
    given: list[int] = list(range(start - front, start))
    for number in numbers[front:]:
        given.append(given[-1] + 1 if number is None else number)
    return given


def place_pages(told: Sequence[Told]) -> Story:
    """Number the pages of files in story order, and count their panels.

    A file keeps the count its name tells. Where two files claim the same, the later one takes the next free count.

    Args:
        told: what is known of each file, in story order.
    """
    pages: dict[Hashable, list[Told]] = defaultdict(list)
    for file in told:
        pages[file.chapter, file.page].append(file)
    firsts = [files[0] for files in pages.values()]
    own = are_page_numbers([file.number for file in firsts])
    numbers = number_pages([file.number for file in firsts])
    places = []
    for number, files in zip(numbers, pages.values(), strict=True):
        name = files[0].own_name if own else files[0].name
        places += [Place(file, number, count, number - numbers[0] + 1, name) for file, count in count_panels(files)]
    return Story(places, describe(firsts, own))


def count_panels(files: Sequence[Told]) -> list[tuple[str, int]]:
    """Give each file of a page a count of its own, and return them in the order of these."""
    taken: dict[int, str] = {}
    late = []
    for file in files:
        if file.count is None or file.count in taken:
            late.append(file.file)
        else:
            taken[file.count] = file.file
    free = 1
    for path in late:
        while free in taken:
            free += 1
        taken[free] = path
    return [(path, number) for number, path in sorted(taken.items())]


def describe(pages: Sequence[Told], own: bool) -> str:
    """Say how the order of the pages was read.

    Args:
        pages: the first file of each, in story order.
        own: whether their numbers are their own in the whole story.
    """
    called = [page for page in pages if page.is_date] or [page for page in pages if page.number is not None]
    chapters = Counter(page.chapter for page in pages)
    if own or (called and called[0].is_date and len(called) * 2 > len(pages)):
        first, last = called[0].own_name, called[-1].own_name
        said = "dated pages, " if called[0].is_date else "pages " if first != last else "page "
        said += f"{first} to {last}" if first != last else first
        others = len(pages) - len(called)
        return said + (f", and {others:,} without" if others else "")
    if len(chapters) == 1:
        return "in the order of their names"
    least, most = min(chapters.values()), max(chapters.values())
    if least == most:
        return f"{len(chapters):,} chapters of {count(most, 'page')}"
    return f"{len(chapters):,} chapters, of {least:,} to {most:,} pages each"


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
