"""What the name of a folder or file says: its words, and its numbers, of which each date is one.

What only looks like a page number is left out: a size, a version after a number, a year in brackets, a digest. Some of
it only all names of a comic together tell, as whether a date begins with its day.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

# What ends a file name and says what is in it, perhaps with what a site or an editor put after it.
SUFFIX = re.compile(
    r"\.(?:a?png|avifs?|bmp|gif|hei[cf]|jfif|jp2|jpe|jpe?g|jxl|psd|svgz?|swf|tga|tiff?|webp|avi|m4v|mkv|mov|mp4|webm)"
    r"(?:[_!?~:&@].*)?$",
    re.IGNORECASE,
)

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
YEAR = r"(?:19|20)\d\d"
HAS_YEAR = re.compile(YEAR)
MONTH_ALONE = re.compile(MONTH)
DIGIT = re.compile(r"\d")
BELOW_ZERO = re.compile(r"-[\d.]+")
WORDS_AND_NUMBERS = re.compile(r"\d+|[^\W\d_]+")
TIME = r"(?:(?:[-_ t.]{0,3}|[ _]at[ _])(?P<time>(?:[01]\d|2[0-3])[-.:h_]?[0-5]\d[-.:m_]?[0-5]\d)(?!\d)(?:s|z)?)?"

# Dates: those with the year first, those with the name of the month, and those with the year last.
YEAR_FIRST = re.compile(
    rf"(?<!\d)(?P<y>{YEAR})(?:(?P<s>[-_. ])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)"
    rf"|(?P<m8>0[1-9]|1[0-2])(?P<d8>0[1-9]|[12]\d|3[01]))(?:(?!\d){TIME}|(?P<t14>(?:[01]\d|2[0-3])(?:[0-5]\d){{2}})(?!\d))"
)
MONTH_NAMED = re.compile(
    rf"(?<![^\W_])(?:(?P<y>{YEAR})[-_., ]*(?P<m>{MONTH})(?:[-_., ]*(?P<d>\d\d?)(?!\d))?"
    rf"|(?:(?P<d2>\d\d?)(?:st|nd|rd|th)?[-_., ]*)?(?P<m2>{MONTH})[-_., ]*(?:(?P<d3>\d\d?)(?:st|nd|rd|th)?[-_., ]+)?"
    rf"(?P<y2>{YEAR}))(?![^\W_])"
)
YEAR_LAST = re.compile(rf"(?<!\d)(?P<a>\d\d?)(?P<s>[-_. ])(?P<b>\d\d?)(?P=s)(?P<y>{YEAR})(?!\d)")
# Dates of which only all names together tell that they are some, and which part is which.
PAIRS = re.compile(r"(?<!\d)(\d\d)(?P<s>[-_.])(\d\d)(?P=s)(\d\d)(?!\d)(?!(?P=s)\d)")
YEAR_MONTH = re.compile(rf"(?<!\d)({YEAR})[-.](\d\d?)(?!\d)(?![-.]\d)")
SIX = re.compile(r"(?<!\d)\d{6}(?!\d)")
YEAR_AND_MONTH = re.compile(rf"{YEAR}(?:0[1-9]|1[0-2])")

# What is no page number: sizes, resolutions, versions after a number, years in brackets, tags of releases.
NO_PAGE = re.compile(
    r"(?<!\d)(?:\d{3,5} ?[x×] ?\d{2,5}|\d{2,5} ?[x×] ?\d{3,5})(?:px)?(?!\d)"
    r"|@\d+(?:\.\d+)?x(?![^\W_])"
    r"|(?<![^\W_])\d{3,4}[pi](?![^\W_])"
    r"|(?<![^\W_])\d+(?:px|dpi|kb|mb|bits?|k)(?![^\W_])"
    r"|(?<=[\d\ue001])[-_. (\[]*v(?:er(?:sion)?)?[. ]?\d+(?:\.\d+)*(?![^\W_])(?! *[-_. ]*(?:c|ch|p)\w*\.? ?\d)"
    r"|(?<![^\W_])(?:rev(?:ision)?|fix|version)[._ ]?\d+(?![^\W_])"
    rf"|[(\[{{] *{YEAR}(?: *[-–] *(?:{YEAR})?)? *[)\]}}]"
    r"|(?<![^\W_])of[-_ ]?\d+(?![^\W_])"
)
RUN = re.compile(r"[0-9a-z]{8,}")
DIGEST = re.compile(r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{8,}")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
CHANGES = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")

NUMERALS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    "twelfth",
)
ROMAN = re.compile(r"(?=.)(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")

# The words that tell what a number is, and how deep it lies: a volume has chapters, a chapter pages, a page panels.
VOLUME = {*("v", "vol", "volume", "volumes", "book", "bk", "s", "season", "tome", "tomo", "band", "act", "巻")}
CHAPTER = {*("c", "ch", "chap", "chapter", "chapitre", "capitulo", "kapitel", "issue", "話", "章")}
CHAPTER |= {"e", "ep", "eps", "episode"}
PART = {"part", "pt"}
PAGE = {*("p", "pg", "pag", "page", "pages", "seite", "pagina", "strip", "no", "nr", "頁")}
PANEL = {"panel", "img", "image", "pic", "o"}
LABELS = VOLUME | CHAPTER | PART | PAGE
DEPTH = {word: depth for depth, words in enumerate((VOLUME, CHAPTER, PAGE)) for word in words}

# What stands ahead of a story, or behind it.
FRONT = {*("cover", "covers", "front", "frontcover", "frontispiece", "titlepage", "prologue", "prolog", "prelude")}
FRONT |= {"preface", "foreword", "intro", "introduction", "teaser"}
BACK = {*("epilogue", "epilog", "afterword", "back", "backcover", "credits", "extra", "extras", "bonus", "omake")}
BACK |= {"appendix", "end"}
FRONT_AND_BACK = FRONT | BACK

# What nearly all names have in common: so many of them, at least.
MOST_NAMES = 0.8


class Number(NamedTuple):
    """A number in a name.

    Attributes:
        value: it, with what follows after points; of a date, year, month, day and perhaps the time.
        label: the word just before it, or after it as in Japanese.
        gap: what stands between it and the number before it.
        text: as it is written.
        is_date: whether it is a date.
    """

    value: tuple[int, ...]
    label: str
    gap: str
    text: str
    is_date: bool = False


# A word or number of a name: its kind, by which it sorts first, the number, and the word.
Token = tuple[int, tuple[int, ...], str]
AHEAD, NUMBER, WORD, BEHIND = range(4)


class Name(NamedTuple):
    """What a folder's or file's name says: its words and numbers, in natural order, and the numbers by themselves."""

    tokens: tuple[Token, ...]
    numbers: tuple[Number, ...]
    before: tuple[tuple[Token, ...], ...]  # of each number, the tokens that stand before it


class Reading(NamedTuple):
    """What only all names of a comic together tell.

    Attributes:
        opaque: shapes of runs of letters and digits that are no words with numbers, but what tells files apart.
        day_first: whether a date that ends with its year begins with its day.
        pairs: where year, month and day stand in three pairs of digits; None where these are no dates.
        six: the same of six digits; of a year and month, that is none.
        months: whether two digits after a year are a month.
        words: labels, and with none the empty one, after which a Roman numeral or a word is a number.
        dotted: whether points stand between numbers in most names, which then are two.
        usual: words of FRONT and BACK that stand in most names, and say nothing there.
    """

    opaque: frozenset[str]
    day_first: bool
    pairs: tuple[int, int, int] | None
    six: tuple[int, ...] | None
    months: bool
    words: frozenset[str]
    dotted: bool
    usual: frozenset[str]


def stem(path: str) -> str:
    """Return a path without what at its end says what kind of file it is."""
    return SUFFIX.sub("", path) or path


def shape(run: str) -> str:
    """Return a run of letters and digits with one mark for each number, and a letter after the last one with it."""
    return re.sub(r"#[a-z]$", "#", re.sub(r"\d+", "#", run))


def is_digest(run: str) -> bool:
    """Tell whether a run of letters and digits is hexadecimal, and no number with a letter at one end."""
    return bool(DIGEST.fullmatch(run)) and len(CHANGES.findall(run)) >= 2


def real_day(year: int, month: int, day: int) -> bool:
    """Tell whether there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def roman(text: str) -> int | None:
    """Return the value of a Roman numeral below 400 in small letters, None for anything else."""
    found = ROMAN.fullmatch(text)
    if not found:
        return None
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    digits = [values[letter] for letter in text]
    return sum(-one if one < after else one for one, after in zip(digits, [*digits[1:], 0], strict=True))


def number_word(text: str) -> int | None:
    """Return the number that a word is: a numeral, an ordinal, or a Roman numeral."""
    for words in (NUMERALS, ORDINALS):
        if text in words:
            return words.index(text) + 1
    return roman(text)


def survey(parts: Sequence[str]) -> Reading:
    """Find out what only all names together tell.

    Args:
        parts: names of folders and stems of files, in small letters, each as often as it stands in a path.
    """
    runs = Counter(shape(run) for part in parts for run in RUN.findall(part) if len(CHANGES.findall(run)) >= 2)
    seldom = max(2, len(parts) // 20)
    opaque = frozenset(run for run, times in runs.items() if times < seldom and not labelled(run))
    last = [found for part in parts if "19" in part or "20" in part for found in YEAR_LAST.finditer(part)]
    day_first = any(int(found["a"]) > 12 for found in last) and all(
        real_day(int(found["y"]), int(found["b"]), int(found["a"])) for found in last
    )
    sixes = {digits for part in parts for digits in SIX.findall(part)}
    pairs = {found.group(1, 3, 4) for part in parts for found in PAIRS.finditer(part)}
    in_six = {(digits[:2], digits[2:4], digits[4:]) for digits in sixes}
    six = () if all(map(YEAR_AND_MONTH.fullmatch, sixes)) else date_order(in_six, [(0, 1, 2)])
    after: dict[str, set[str]] = defaultdict(set)
    told = Counter[str]()
    for part in parts:
        words = WORDS_AND_NUMBERS.findall(part)
        told.update(FRONT_AND_BACK.intersection(words))
        if len(words) == 1:
            after[""] |= {*words} - FRONT_AND_BACK
        for label, word in pairwise(words):
            if label in LABELS and not word.isdecimal():
                after[label].add(word)
    return Reading(
        opaque,
        day_first,
        date_order(pairs, [(0, 1, 2), (2, 1, 0), (2, 0, 1)]),
        six,
        all("01" <= found[2] <= "12" and len(found[2]) == 2 for part in parts for found in YEAR_MONTH.finditer(part)),
        words=frozenset(label for label, found in after.items() if len(found) > 1 and all(map(number_word, found))),
        dotted=sum(bool(re.search(r"\d\.\d", part)) for part in parts) >= MOST_NAMES * len(parts),
        usual=frozenset(word for word, times in told.items() if times * 2 > len(parts)),
    )


def date_order(found: Collection[Sequence[str]], orders: Sequence[tuple[int, int, int]]) -> tuple[int, int, int] | None:
    """Return the order in which threes of two digits are dates, as the places of year, month and day.

    All are to be dates, and the years are to be fewer than the months, and than in any other order: chapters with pages
    look like dates too, but that would have more years than months.
    """
    possible: dict[tuple[int, int, int], int] = {}
    for order in orders:
        days = [[int(digits[at]) for at in order] for digits in found]
        if len(days) > 2 and all(real_day(short_year(year), month, day) for year, month, day in days):
            years, months = (len({day[part] for day in days}) for part in (0, 1))
            if years <= months:
                possible[order] = years
    fewest = [order for order, years in possible.items() if years == min(possible.values())]
    return fewest[0] if len(fewest) == 1 else None


def short_year(year: int) -> int:
    """Return the year that two digits tell: none before there were comics on the web."""
    return year + (1900 if year >= 80 else 2000)


def labelled(run: str) -> bool:
    """Tell whether the shape of a run of letters and digits is numbers, each after a word that tells what it is."""
    words = run.split("#")
    return all(word in DEPTH or word in PART or word in PANEL for word in words if word)


# Where a date was read, its place in a list stands between these, which no name has.
PIECE = re.compile("\ue000(?P<date>\\d+)\ue001|(?P<number>\\d+(?:\\.\\d+)*)|(?P<word>[^\\W\\d_\ue000\ue001]+)")


def mark_dates(text: str, reading: Reading) -> tuple[str, list[tuple[tuple[int, ...], str]]]:
    """Put marks where dates stand in a text, and return it with the dates and how each is written."""
    dates: list[tuple[tuple[int, ...], str]] = []

    def mark(found: re.Match[str], year: int, month: int, day: int, time: str = "") -> str:
        if day and not real_day(year, month, day):
            return found[0]
        clock = tuple(int(pair) for pair in re.findall(r"\d\d", time))
        dates.append(((year, month, day, *clock), found[0].strip(" -_.")))
        return f" \ue000{len(dates) - 1}\ue001 "

    def year_first(found: re.Match[str]) -> str:
        month, day = found["m"] or found["m8"], found["d"] or found["d8"]
        return mark(found, int(found["y"]), int(month), int(day), found["time"] or found["t14"] or "")

    def month_named(found: re.Match[str]) -> str:
        month = MONTHS.index((found["m"] or found["m2"])[:3]) + 1
        return mark(found, int(found["y"] or found["y2"]), month, int(found["d"] or found["d2"] or found["d3"] or 0))

    def year_last(found: re.Match[str]) -> str:
        first, second = int(found["a"]), int(found["b"])
        month, day = (second, first) if reading.day_first else (first, second)
        return mark(found, int(found["y"]), month, day) if month <= 12 else found[0]

    def by_pairs(found: re.Match[str], digits: Sequence[str], order: Sequence[int]) -> str:
        if not order:
            return mark(found, int(found[0][:4]), int(found[0][4:]), 0)
        year, month, day = (int(digits[at]) for at in order)
        return mark(found, short_year(year), month, day)

    if HAS_YEAR.search(text):
        text = YEAR_FIRST.sub(year_first, text)
        text = MONTH_NAMED.sub(month_named, text)
        text = YEAR_LAST.sub(year_last, text)
        if reading.months:
            text = YEAR_MONTH.sub(lambda found: mark(found, int(found[1]), int(found[2]), 0), text)
    if (order := reading.pairs) is not None:
        text = PAIRS.sub(lambda found: by_pairs(found, found.group(1, 3, 4), order), text)
    if (of_six := reading.six) is not None:
        text = SIX.sub(lambda found: by_pairs(found, (found[0][:2], found[0][2:4], found[0][4:]), of_six), text)
    return text, dates


def read_name(name: str, reading: Reading) -> Name:
    """Read what the name of a folder or the stem of a file says."""
    text = name.casefold().replace("\ue000", " ").replace("\ue001", " ")
    if MONTH_ALONE.fullmatch(text):
        text = str(MONTHS.index(text[:3]) + 1)
    dates: list[tuple[tuple[int, ...], str]] = []
    if DIGIT.search(text):
        text = UUID.sub(" ", text) if text.count("-") >= 4 else text
        text = RUN.sub(lambda run: " " if is_digest(run[0]) or shape(run[0]) in reading.opaque else run[0], text)
        text, dates = mark_dates(text, reading)
        text = NO_PAGE.sub(" ", text)
    is_word = len(WORDS_AND_NUMBERS.findall(text)) == 1
    tokens: list[Token] = []
    numbers: list[Number] = []
    before: list[tuple[Token, ...]] = []
    label, end = "", 0
    for found in PIECE.finditer(text):
        written, is_date = found[0], False
        if found["word"]:
            number = number_word(written) if (label or is_word) and label in reading.words else None
            if number is None:
                tokens.append((word_kind(written, reading), (), written))
                label = written
                continue
            values: list[tuple[int, ...]] = [(number,)]
        elif found["date"]:
            day, written = dates[int(found["date"])]
            values, is_date = [day], True
        else:
            digits = tuple(map(int, written.split(".")))
            if text[0] == "-" and BELOW_ZERO.fullmatch(text):
                digits = (-digits[0], *digits[1:])
            values = [(digit,) for digit in digits] if reading.dotted else [digits]
        follows = text[found.end() : found.end() + 1]
        label = follows if follows in DEPTH and not follows.isascii() else label
        for value in values:
            before.append(tuple(tokens))
            numbers.append(Number(value, label, text[end : found.start()], written, is_date))
            tokens.append((NUMBER, value, ""))
            label, end = "", found.end()
    return in_depth(Name(tuple(tokens), tuple(numbers), tuple(before)))


def word_kind(word: str, reading: Reading) -> int:
    """Return the kind of token that a word is."""
    if word in reading.usual:
        return WORD
    return AHEAD if word in FRONT else BEHIND if word in BACK else WORD


def in_depth(name: Name) -> Name:
    """Return a name in which volumes stand before chapters, and these before pages, where it has them the other way."""
    depths = [DEPTH[number.label] for number in name.numbers if number.label in DEPTH]
    if depths == sorted(depths) or len(set(depths)) < len(depths):
        return name
    numbers = sorted(name.numbers, key=lambda number: DEPTH.get(number.label, 3))
    tokens: list[Token] = []
    before = []
    for number in numbers:
        tokens += [(WORD, (), number.label)] * bool(number.label)
        before.append(tuple(tokens))
        tokens.append((NUMBER, number.value, ""))
    return Name((*tokens, *name.tokens), tuple(numbers), tuple(before))
