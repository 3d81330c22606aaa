"""Files in story order, by the names that people's comics have."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise.story.pages import Place
from reprise.story.tell import tell_story, tell_story_by

# What a comic's files are called: what kind that is, then the files in their right order, then what their pages are
# called, where that is told.
NAMES = """
numbers
    1.png; 2.png; 9.png; 10.png
    1; 2; 9; 10
numbers filled with zeros
    001.png; 002.png; 010.png
    1; 2; 10
a word and a number
    page_9.png; page_10.png; page_11.png
    9; 10; 11
signs that vary
    Page 9.png; page_10.jpg; page-11.png; PAGE12.png
    9; 10; 11; 12
panels of pages
    12_1.gif; 12_2.gif; 13_1.gif; 14_1.gif
    12; 12; 13; 14
a few panels of a long comic
    1525_1.gif; 1525_2.gif; 1530_1.gif; 8005_1.gif
    1525; 1525; 1530; 8005
panels counted after a line
    0001-1.png; 0001-2.png; 0002-1.png; 0003-1.png
    1; 1; 2; 3
dates
    2009-12-31.png; 2010-01-01.png; 2010-02-01.png
    2009-12-31; 2010-01-01; 2010-02-01
dates without signs
    20091231.gif; 20100101.gif; 20100217.gif
    2009-12-31; 2010-01-01; 2010-02-17
dates with low lines
    2009_12_31.png; 2010_01_01.png
    2009-12-31; 2010-01-01
dates with points, not filled
    2009.9.30.png; 2009.10.1.png; 2009.10.12.png
    2009-09-30; 2009-10-01; 2009-10-12
dates, the day first
    31-12-2008.png; 15-06-2009.png; 01-01-2010.png
    2008-12-31; 2009-06-15; 2010-01-01
dates, the month first
    12-31-2008.png; 06-15-2009.png; 01-01-2010.png
    2008-12-31; 2009-06-15; 2010-01-01
dates in six digits
    991230.gif; 991231.gif; 000101.gif; 000211.gif
    1999-12-30; 1999-12-31; 2000-01-01; 2000-02-11
a comic's letters before dates
    ab20091231.gif; ab20100101.gif
    2009-12-31; 2010-01-01
dates and titles, as dosage has them
    2019-03-05-route-66.png; 2019-03-12-a-cat.png; 2019-03-19-2-dogs.png
    2019-03-05; 2019-03-12; 2019-03-19
titles, then dates
    zoo 2019-03-05.png; cats 2019-03-12.png; ants 2019-03-19.png
    2019-03-05; 2019-03-12; 2019-03-19
several a day
    2019-03-05_1.png; 2019-03-05_2.png; 2019-03-06_1.png
    2019-03-05; 2019-03-05; 2019-03-06
months
    Dec-2009.png; Jan-2010.png; Feb-2010.png
    2009-12; 2010-01; 2010-02
days of named months
    30 Nov 2009.png; 1 December 2009.png; 2nd Jan 2010.png
    2009-11-30; 2009-12-01; 2010-01-02
months before days
    Nov 30, 2009.png; Dec 1, 2009.png; Jan 2, 2010.png
    2009-11-30; 2009-12-01; 2010-01-02
years and months as folders
    2009/12/01.gif; 2010/02/03.gif; 2010/02/17.gif
    2009-12-01; 2010-02-03; 2010-02-17
folders of named months
    2009/Dec/01.gif; 2010/Jan/30.gif; 2010/Feb/03.gif
    2009-12-01; 2010-01-30; 2010-02-03
dates in folders of years
    2009/2009-12-31.png; 2010/2010-01-01.png
    2009-12-31; 2010-01-01
a letter after dates
    girlgenius20021106.jpg; girlgenius20030101a.jpg; girlgenius20030101b.jpg; girlgenius20030103.jpg
    2002-11-06; 2003-01-01; 2003-01-01; 2003-01-03
dates in two digits, the month first
    12-31-09.png; 01-13-10.png; 02-02-10.png
    2009-12-31; 2010-01-13; 2010-02-02
years and months
    2009-09.png; 2009-10.png; 2010-01.png
    2009-09; 2009-10; 2010-01
numbers in years
    Strip 2009-1.png; Strip 2009-2.png; Strip 2009-10.png; Strip 2010-1.png
    ch. 2009 p. 1; ch. 2009 p. 2; ch. 2009 p. 10; ch. 2010 p. 1
photographs
    IMG_20190304_101112.jpg; IMG_20190305_091112.jpg; IMG_20190305_101112.jpg
    2019-03-04 10:11:12; 2019-03-05 09:11:12; 2019-03-05 10:11:12
screenshots
    Screenshot 2024-01-31 at 09.05.00.png; Screenshot 2024-02-01 at 08.00.00.png
    2024-01-31 09:05:00; 2024-02-01 08:00:00
seconds since 1970
    999999999.png; 1262304000.png; 1262390400.png
scans
    Scan0001.jpg; Scan0002.jpg; Scan0010.jpg
    1; 2; 10
the first copy without a number
    image.jpeg; image (1).jpeg; image (2).jpeg; image (10).jpeg
    image; 1; 2; 10
wallpapers beside pages
    page 1.png; page 2.png; page 3.png; page 10.png; wallpaper 1.png
    1; 2; 3; 10; wallpaper 1
chapters that say their number again
    ch01/ch01_01.png; ch01/ch01_02.png; ch02/ch02_01.png; ch02/ch02_02.png
    ch. 1 p. 1; ch. 1 p. 2; ch. 2 p. 1; ch. 2 p. 2
copies that count
    strip (1).png; strip (2).png; strip (10).png
    1; 2; 10
chapters as folders
    Chapter 1/001.png; Chapter 1/002.png; Chapter 2/001.png; Chapter 10/001.png
    ch. 1 p. 1; ch. 1 p. 2; ch. 2 p. 1; ch. 10 p. 1
chapters that go on counting
    Chapter 1/001.png; Chapter 1/002.png; Chapter 2/003.png
    1; 2; 3
chapters with names
    Arrival/1.png; Arrival/2.png; Beyond/1.png
    Arrival p. 1; Arrival p. 2; Beyond p. 1
chapters with names that go on counting
    Start/1.png; Start/2.png; Next/3.png; Next/4.png; End/5.png
    1; 2; 3; 4; 5
chapters with numbers and names
    1 - Zoo/1.png; 2 - Cat/1.png; 10 - Ant/1.png
a chapter whose name begins with another's
    Chapter 1/1.png; Chapter 1 extra/1.png; Chapter 2/1.png
a half chapter
    Ch.10/01.png; Ch.10/12.png; Ch.10.5/01.png; Ch.11/01.png
    ch. 10 p. 1; ch. 10 p. 12; ch. 10.5 p. 1; ch. 11 p. 1
a half chapter in names
    Ch.10 - 01.png; Ch.10 - 12.png; Ch.10.5 - 01.png; Ch.11 - 01.png
    ch. 10 p. 1; ch. 10 p. 12; ch. 10.5 p. 1; ch. 11 p. 1
archives in folders of volumes
    Vol 1/ch9/1.png; Vol 1/ch10/1.png; Vol 2/ch11/1.png
    vol. 1 ch. 9 p. 1; vol. 1 ch. 10 p. 1; vol. 2 ch. 11 p. 1
volume, chapter, page
    v01c001p009.png; v01c001p010.png; v01c002p001.png; v02c003p001.png
    vol. 1 ch. 1 p. 9; vol. 1 ch. 1 p. 10; vol. 1 ch. 2 p. 1; vol. 2 ch. 3 p. 1
volume and chapter in words
    Vol.01 Ch.002 - 003.png; Vol.01 Ch.002.5 - 001.png; Vol.01 Ch.010 - 001.png
    ch. 2 p. 3; ch. 2.5 p. 1; ch. 10 p. 1
seasons and episodes
    S01E09.png; S01E10.png; S02E01.png
episodes
    EP2_001.jpg; EP2_002.jpg; EP12_001.jpg; EP12_003.jpg
    ch. 2 p. 1; ch. 2 p. 2; ch. 12 p. 1; ch. 12 p. 3
the page before its chapter
    p001_c1.png; p002_c1.png; p001_c2.png; p002_c2.png
    ch. 1 p. 1; ch. 1 p. 2; ch. 2 p. 1; ch. 2 p. 2
chapters and pages without words
    01_01.png; 01_02.png; 01_03.png; 01_04.png; 01_05.png; 02_01.png; 02_02.png; 02_03.png; 02_04.png; 02_05.png
Japanese chapters
    第1話/01.png; 第2話/01.png; 第10話/01.png
    ch. 1 p. 1; ch. 2 p. 1; ch. 10 p. 1
Roman numerals
    Part I/1.png; Part IV/1.png; Part V/1.png; Part IX/1.png; Part X/1.png
numerals
    Part One/1.png; Part Two/1.png; Part Three/1.png; Part Four/1.png
letters that are no Roman numerals
    Part A/1.png; Part B/1.png; Part C/1.png; Part D/1.png
sizes
    page-001-480x340.png; page-002-640x480.png; page-010-480x340.png
    1; 2; 10
sizes before the number
    480x340-001.png; 640x480-002.png; 480x340-003.png
    1; 2; 3
for fine screens
    9@2x.png; 10@2x.png; 12@2x.png
    9; 10; 12
lines of a screen
    009_1080p.png; 010_720p.png; 011_1080p.png
    9; 10; 11
tags
    001_hd.png; 002.png; 003_hd.png; 004_final.png
    1; 2; 3; 4
versions and years
    Comic 012 (2019).png; Comic 013 v2 (2019).png; Comic 014 (2020).png
    12; 13; 14
a page twice
    12.png; 12 v2.png; 13.png; 13_hd.png; 14.png
    12; 12; 13; 13; 14
how many there are
    1 of 24.png; 2 of 24.png; 10 of 24.png
    1; 2; 10
a comic with a number in its name
    8bit_0001.png; 8bit_0002.png; 8bit_0010.png
    1; 2; 10
a site's name
    xkcd-999.png; xkcd-1000.png; xkcd-1001.png
    999; 1000; 1001
titles before the numbers
    Zoo 8.png; Cats 9.png; Ants 10.png; Bees 11.png
    8; 9; 10; 11
titles with numbers before the numbers
    3 Wishes - 012.png; Route 66 - 013.png; Cats - 014.png
    12; 13; 14
titles with numbers after the numbers
    012 - 100 Cats.png; 013 - Route 66.png; 014 - Dogs.png
    12; 13; 14
numbers of posts before those of pages
    84729_001.png; 19283_002.png; 55555_003.png
    1; 2; 3
numbers with digests
    x1-9e107d9d372b.png; x2-e4d909c290d0fb1c.png; x10-a1b2c3d4e5f6.png
    1; 2; 10
digests alone
    9e107d9d372bb6826bd81d3542a419d6.png; a1b2c3d4e5f60718293a4b5c6d7e8f90.png; e4d909c290d0fb1ca068ffaddf22cbd0.png
pictures of posts
    2345678_p0.png; 12345678_p0.png; 12345678_p1.png; 12345678_p10.png
pictures of tumblr
    tumblr_nabcdef12o1_1280.png; tumblr_nabcdef12o2_1280.png; tumblr_nabcdef12o10_500.png
a cover and the rest
    cover.jpg; 001.png; 002.png; 003.png; credits.png
    cover; 1; 2; 3; credits
covers of chapters
    ch1/cover.png; ch1/01.png; ch2/cover.png; ch2/01.png
    ch. 1 cover; ch. 1 p. 1; ch. 2 cover; ch. 2 p. 1
covers in names
    c01_cover.png; c01_01.png; c01_02.png; c02_cover.png; c02_01.png; c02_02.png
page 0
    000.png; 001.png; 002.png
    0; 1; 2
a prologue and an epilogue
    Prologue/1.png; Chapter 1/1.png; Chapter 2/1.png; Epilogue/1.png
half pages
    11.png; 12a.png; 12b.png; 13.png
    11; 12; 12; 13
a page between
    9.png; 10.png; 10.5.png; 11.png
    9; 10; 10; 11
double pages
    010.png; 011.png; 012-013.png; 014.png
    10; 11; 12–13; 14
pages before the first
    -1.png; 0.png; 1.png; 2.png
names without numbers
    arrival.png; beyond.png; cats.png
    arrival; beyond; cats
a folder about all
    My Comic/1.png; My Comic/2.png; My Comic/10.png
    1; 2; 10
no suffix, and odd ones
    1.png; 2; 3.jpg_large; 4.png?width=650; 5.jp2; 10.JPEG~
    1; 2; 3; 4; 5; 10
"""


def told(*files: str) -> list[Place]:
    """Tell the story of files that are found in some other order."""
    return tell_story(sorted(files, key=lambda file: random.Random(file).random())).places


def read_names() -> list[tuple[str, list[str], list[str]]]:
    """Return the kinds of NAMES, the files of each, and what their pages are called."""
    kinds: list[tuple[str, list[str], list[str]]] = []
    for line in NAMES.strip().splitlines():
        if not line.startswith(" "):
            kinds.append((line, [], []))
        else:
            _, files, pages = kinds[-1]
            (pages if files else files).extend(line.strip().split("; "))
    return kinds


@pytest.mark.parametrize(
    ("files", "pages"), [kind[1:] for kind in read_names()], ids=[kind[0] for kind in read_names()]
)
def test_names_tell_the_order(files: list[str], pages: list[str]) -> None:
    places = told(*files)
    assert [place.file for place in places] == files
    if pages:
        assert [place.page_name for place in places] == pages


# --- What holds of all names -----------------------------------------------------------------------------------------

numbers = st.integers(0, 12).map(str) | st.sampled_from(
    ["007", "20091231", "123456789", "1234567890", "9" * 60, "12.5"]
)
words = st.sampled_from(
    ["", "page ", "cover", "ch", "v1", "²", "Ünten", "-", "jan", "2010-02-17 ", "part ii ", "1080p"]
)
stems = st.builds("{}{}{}{}".format, words, numbers, st.sampled_from(["", "_", "-", " - ", "x", "a"]), words | numbers)
folders = st.sampled_from(["", "a/", "b 7/", "-/", "2010/02/", "Part I/", "Part IX/x 2/"])
paths = st.builds("{}{}{}".format, folders, stems | words.filter(bool), st.sampled_from([".png", ".gif", ""]))


@given(st.lists(paths, unique=True), st.randoms(use_true_random=False))
def test_every_file_is_one_panel_in_one_order_however_files_are_found(files: list[str], order: random.Random) -> None:
    story = tell_story(files)
    assert tell_story(order.sample(files, len(files))) == story
    assert sorted(place.file for place in story.places) == sorted(files)
    panels = [(place.page, place.count) for place in story.places]
    assert panels == sorted(set(panels))
    for one in story.places:
        for other in story.places:
            assert one.page - other.page == one.place - other.place
    assert not files or story.places[0].place == 1


@given(st.dictionaries(st.tuples(st.integers(0, 9_000), st.integers(0, 200)), st.just("png"), min_size=1, max_size=30))
def test_what_is_called_as_reprise_calls_panels_keeps_its_name(panels: dict[tuple[int, int], str]) -> None:
    pages = {page for page, _ in panels}
    kept = {f"{page}_{count}.png": f"{page}_{count}" for page, count in panels if len(panels) <= 8 * len(pages)}
    found = {place.file: f"{place.page}_{place.count}" for place in told(*kept)}
    assert found == kept


@given(st.lists(st.integers(0, 99), min_size=1, unique=True), st.lists(st.integers(100, 120), max_size=5, unique=True))
def test_a_comic_that_grows_at_its_end_keeps_its_panels(pages: list[int], more: list[int]) -> None:
    files = [f"page {page:03}.png" for page in pages]
    before, after = told(*files), told(*files, *(f"page {page}.png" for page in more))
    assert after[: len(before)] == before


def test_pages_keep_the_numbers_they_have_in_the_whole_story() -> None:
    found = {place.file: (place.page, place.place) for place in told("5.png", "6.png", "8.png", "cover.png", "end.png")}
    assert found == {"cover.png": (4, 1), "5.png": (5, 2), "6.png": (6, 3), "8.png": (8, 5), "end.png": (9, 6)}


def test_pages_whose_numbers_begin_again_are_numbered_along_the_story() -> None:
    files = [f"Chapter {chapter}/{page:03}.png" for chapter in range(1, 6) for page in range(1, 13)]
    assert [(place.file, place.page, place.place) for place in told(*files)] == [
        (file, at, at) for at, file in enumerate(files, 1)
    ]


@pytest.mark.parametrize(
    ("files", "reading"),
    [
        (["1.png", "2.png", "400.png"], "pages 1 to 400"),
        (["7.png"], "page 7"),
        (["1.png", "2.png", "cover.png"], "pages 1 to 2, and 1 without"),
        (["2009-02-03.png", "2011-12-30.png"], "dated pages, 2009-02-03 to 2011-12-30"),
        (["1/1.png", "1/2.png", "2/1.png", "2/2.png"], "2 chapters of 2 pages"),
        (["1/1.png", "1/2.png", "2/1.png"], "2 chapters, of 1 to 2 pages each"),
        (["cat.png", "dog.png"], "in the order of their names"),
        ([], ""),
    ],
)
def test_it_is_told_how_the_order_was_read(files: list[str], reading: str) -> None:
    assert tell_story(files).reading == reading


# --- A pattern of the reader's own -----------------------------------------------------------------------------------

OWN_PATTERN = r"(?P<page>\d+)(?:[_-](?P<count>\d+))?\D*$"


def named(*files: str, pattern: str = OWN_PATTERN) -> dict[str, str]:
    """Return the panel of each file, in story order, by a pattern."""
    return {place.file: f"{place.page}_{place.count}" for place in tell_story_by(files, pattern).places}


def test_a_pattern_tells_page_and_count() -> None:
    found = named("1525_1.gif", "1525_2.gif", "1525.gif", "c/homestuck-0012-3 (final).png", "7/b.png")
    assert list(found.items()) == [
        ("7/b.png", "7_1"),
        ("c/homestuck-0012-3 (final).png", "12_3"),
        ("1525_1.gif", "1525_1"),
        ("1525_2.gif", "1525_2"),
        ("1525.gif", "1525_3"),
    ]
    assert named("a/3_1.png", "b/3_1.png") == {"a/3_1.png": "3_1", "b/3_1.png": "3_2"}
    assert named("000000000012_0000000003.png") == {"000000000012_0000000003.png": "12_3"}


def test_a_pattern_tells_chapter_and_date() -> None:
    by_chapter = r"ch(?P<chapter>\d+).*p(?P<page>\d+)"
    files = ["ch2/p1.png", "ch10/p1.png", "ch2/p3.png"]
    assert named(*files, pattern=by_chapter) == {"ch2/p1.png": "1_1", "ch2/p3.png": "2_1", "ch10/p1.png": "3_1"}
    assert [place.page_name for place in tell_story_by(files, by_chapter).places] == [
        "ch. 2 p. 1",
        "ch. 2 p. 3",
        "ch. 10 p. 1",
    ]
    by_date = r"(?P<date>\d\d-\d\d-\d{4})"
    story = tell_story_by(["x 13-01-2010.png", "y 31-12-2009.png"], by_date)
    assert [place.page_name for place in story.places] == ["2009-12-31", "2010-01-13"]
    assert story.reading == "dated pages, 2009-12-31 to 2010-01-13, by comic.page_pattern"


def test_what_a_pattern_does_not_match_follows_after_the_last_page_and_is_told() -> None:
    files = ["2.png", "cover.png", "9.png", "1" * 10 + ".png"]
    assert named(*files) == {"2.png": "2_1", "9.png": "9_1", "1" * 10 + ".png": "10_1", "cover.png": "11_1"}
    assert tell_story_by(files, OWN_PATTERN).reading == (
        "pages 2 to 9, and 2 without; last 2 files that comic.page_pattern does not match, as 1111111111.png"
    )
    none = "in the order of their names: comic.page_pattern matches none of them"
    assert tell_story_by(files, r"strip(?P<page>\d+)").reading == none


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<page>\w+)",
        r"(?P<page>[a-z])",
        r"(?P<count>\d+)(?P<page>x)?",
        r"(?P<page>)",
        r"(?P<page>-?\d+)",
        r"ep(?P<page>\d+)",
    ],
)
def test_what_is_no_number_tells_no_page(pattern: str) -> None:
    assert named("-12b.png", pattern=pattern) == {"-12b.png": "1_1"}
