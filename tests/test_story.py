"""Files in story order, by the names that people's comics have."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise.story.pages import Place
from reprise.story.tell import tell_story, tell_story_by

DIGESTS = ["9e107d9d372bb6826bd81d3542a419d6", "e4d909c290d0fb1ca068ffaddf22cbd0", "a1b2c3d4e5f60718293a4b5c6d7e8f90"]


def told(*files: str) -> list[Place]:
    """Tell the story of files that are found in some other order."""
    mixed = sorted(files, key=lambda file: random.Random(file).random())
    return tell_story(mixed).places


# What a comic's files are called: what kind that is, the files in their right order, and what their pages are called.
NAMES: list[tuple[str, list[str], list[str]]] = [
    ("numbers", ["1.png", "2.png", "9.png", "10.png"], ["1", "2", "9", "10"]),
    ("numbers filled with zeros", ["001.png", "002.png", "010.png"], ["1", "2", "10"]),
    ("a word and a number", ["page_9.png", "page_10.png", "page_11.png"], ["9", "10", "11"]),
    ("signs that vary", ["Page 9.png", "page_10.jpg", "page-11.png", "PAGE12.png"], ["9", "10", "11", "12"]),
    ("panels of pages", ["12_1.gif", "12_2.gif", "13_1.gif", "14_1.gif"], ["12", "12", "13", "14"]),
    ("a few panels of a long comic", ["1525_1.gif", "1525_2.gif", "1530_1.gif", "8005_1.gif"], ["1525", "1525", "1530", "8005"]),
    ("panels counted after a line", ["0001-1.png", "0001-2.png", "0002-1.png", "0003-1.png"], ["1", "1", "2", "3"]),
    ("dates", ["2009-12-31.png", "2010-01-01.png", "2010-02-01.png"], ["2009-12-31", "2010-01-01", "2010-02-01"]),
    ("dates without signs", ["20091231.gif", "20100101.gif", "20100217.gif"], ["2009-12-31", "2010-01-01", "2010-02-17"]),
    ("dates with low lines", ["2009_12_31.png", "2010_01_01.png"], ["2009-12-31", "2010-01-01"]),
    ("dates with points, not filled", ["2009.9.30.png", "2009.10.1.png", "2009.10.12.png"], ["2009-09-30", "2009-10-01", "2009-10-12"]),
    ("dates, the day first", ["31-12-2008.png", "15-06-2009.png", "01-01-2010.png"], ["2008-12-31", "2009-06-15", "2010-01-01"]),
    ("dates, the month first", ["12-31-2008.png", "06-15-2009.png", "01-01-2010.png"], ["2008-12-31", "2009-06-15", "2010-01-01"]),
    ("dates in six digits", ["991230.gif", "991231.gif", "000101.gif", "000211.gif"], ["1999-12-30", "1999-12-31", "2000-01-01", "2000-02-11"]),
    ("a comic's letters before dates", ["ab20091231.gif", "ab20100101.gif"], ["2009-12-31", "2010-01-01"]),
    ("dates and titles, as dosage has them", ["2019-03-05-route-66.png", "2019-03-12-a-cat.png", "2019-03-19-2-dogs.png"], ["2019-03-05", "2019-03-12", "2019-03-19"]),
    ("titles, then dates", ["zoo 2019-03-05.png", "cats 2019-03-12.png", "ants 2019-03-19.png"], ["2019-03-05", "2019-03-12", "2019-03-19"]),
    ("several a day", ["2019-03-05_1.png", "2019-03-05_2.png", "2019-03-06_1.png"], ["2019-03-05", "2019-03-05", "2019-03-06"]),
    ("months", ["Dec-2009.png", "Jan-2010.png", "Feb-2010.png"], ["2009-12", "2010-01", "2010-02"]),
    ("days of named months", ["30 Nov 2009.png", "1 December 2009.png", "2nd Jan 2010.png"], ["2009-11-30", "2009-12-01", "2010-01-02"]),
    ("months before days", ["Nov 30, 2009.png", "Dec 1, 2009.png", "Jan 2, 2010.png"], ["2009-11-30", "2009-12-01", "2010-01-02"]),
    ("years and months as folders", ["2009/12/01.gif", "2010/02/03.gif", "2010/02/17.gif"], ["2009-12-01", "2010-02-03", "2010-02-17"]),
    ("folders of named months", ["2009/Dec/01.gif", "2010/Jan/30.gif", "2010/Feb/03.gif"], ["2009-12-01", "2010-01-30", "2010-02-03"]),
    ("dates in folders of years", ["2009/2009-12-31.png", "2010/2010-01-01.png"], ["2009-12-31", "2010-01-01"]),
    ("photographs", ["IMG_20190304_101112.jpg", "IMG_20190305_091112.jpg", "IMG_20190305_101112.jpg"], ["2019-03-04 10:11:12", "2019-03-05 09:11:12", "2019-03-05 10:11:12"]),
    ("screenshots", ["Screenshot 2024-01-31 at 09.05.00.png", "Screenshot 2024-02-01 at 08.00.00.png"], ["2024-01-31 09:05:00", "2024-02-01 08:00:00"]),
    ("seconds since 1970", ["999999999.png", "1262304000.png", "1262390400.png"], []),
    ("scans", ["Scan0001.jpg", "Scan0002.jpg", "Scan0010.jpg"], ["1", "2", "10"]),
    ("copies that count", ["strip (1).png", "strip (2).png", "strip (10).png"], ["1", "2", "10"]),
    ("chapters as folders", ["Chapter 1/001.png", "Chapter 1/002.png", "Chapter 2/001.png", "Chapter 10/001.png"], ["ch. 1 p. 1", "ch. 1 p. 2", "ch. 2 p. 1", "ch. 10 p. 1"]),
    ("chapters that go on counting", ["Chapter 1/001.png", "Chapter 1/002.png", "Chapter 2/003.png"], ["1", "2", "3"]),
    ("chapters with names", ["Arrival/1.png", "Arrival/2.png", "Beyond/1.png"], ["Arrival p. 1", "Arrival p. 2", "Beyond p. 1"]),
    ("chapters with names that go on counting", ["Start/1.png", "Start/2.png", "Next/3.png", "Next/4.png", "End/5.png"], ["1", "2", "3", "4", "5"]),
    ("chapters with numbers and names", ["1 - Zoo/1.png", "2 - Cat/1.png", "10 - Ant/1.png"], []),
    ("a chapter whose name begins with another's", ["Chapter 1/1.png", "Chapter 1 extra/1.png", "Chapter 2/1.png"], []),
    ("a half chapter", ["Ch.10/01.png", "Ch.10/12.png", "Ch.10.5/01.png", "Ch.11/01.png"], ["ch. 10 p. 1", "ch. 10 p. 12", "ch. 10.5 p. 1", "ch. 11 p. 1"]),
    ("a half chapter in names", ["Ch.10 - 01.png", "Ch.10 - 12.png", "Ch.10.5 - 01.png", "Ch.11 - 01.png"], ["ch. 10 p. 1", "ch. 10 p. 12", "ch. 10.5 p. 1", "ch. 11 p. 1"]),
    ("archives in folders of volumes", ["Vol 1/ch9/1.png", "Vol 1/ch10/1.png", "Vol 2/ch11/1.png"], ["vol. 1 ch. 9 p. 1", "vol. 1 ch. 10 p. 1", "vol. 2 ch. 11 p. 1"]),
    ("volume, chapter, page", ["v01c001p009.png", "v01c001p010.png", "v01c002p001.png", "v02c003p001.png"], ["vol. 1 ch. 1 p. 9", "vol. 1 ch. 1 p. 10", "vol. 1 ch. 2 p. 1", "vol. 2 ch. 3 p. 1"]),
    ("volume and chapter in words", ["Vol.01 Ch.002 - 003.png", "Vol.01 Ch.002.5 - 001.png", "Vol.01 Ch.010 - 001.png"], ["ch. 2 p. 3", "ch. 2.5 p. 1", "ch. 10 p. 1"]),
    ("seasons and episodes", ["S01E09.png", "S01E10.png", "S02E01.png"], []),
    ("episodes", ["EP2_001.jpg", "EP2_002.jpg", "EP12_001.jpg", "EP12_003.jpg"], ["ch. 2 p. 1", "ch. 2 p. 2", "ch. 12 p. 1", "ch. 12 p. 3"]),
    ("the page before its chapter", ["p001_c1.png", "p002_c1.png", "p001_c2.png", "p002_c2.png"], ["ch. 1 p. 1", "ch. 1 p. 2", "ch. 2 p. 1", "ch. 2 p. 2"]),
    ("chapters and pages without words", [f"{c:02}_{p:02}.png" for c in (1, 2) for p in range(1, 11)], []),
    ("Japanese chapters", ["第1話/01.png", "第2話/01.png", "第10話/01.png"], ["ch. 1 p. 1", "ch. 2 p. 1", "ch. 10 p. 1"]),
    ("Roman numerals", ["Part I/1.png", "Part IV/1.png", "Part V/1.png", "Part IX/1.png", "Part X/1.png"], []),
    ("numerals", ["Part One/1.png", "Part Two/1.png", "Part Three/1.png", "Part Four/1.png"], []),
    ("letters that are no Roman numerals", ["Part A/1.png", "Part B/1.png", "Part C/1.png", "Part D/1.png"], []),
    ("sizes", ["page-001-480x340.png", "page-002-640x480.png", "page-010-480x340.png"], ["1", "2", "10"]),
    ("sizes before the number", ["480x340-001.png", "640x480-002.png", "480x340-003.png"], ["1", "2", "3"]),
    ("for fine screens", ["9@2x.png", "10@2x.png", "12@2x.png"], ["9", "10", "12"]),
    ("lines of a screen", ["009_1080p.png", "010_720p.png", "011_1080p.png"], ["9", "10", "11"]),
    ("tags", ["001_hd.png", "002.png", "003_hd.png", "004_final.png"], ["1", "2", "3", "4"]),
    ("versions and years", ["Comic 012 (2019).png", "Comic 013 v2 (2019).png", "Comic 014 (2020).png"], ["12", "13", "14"]),
    ("a page twice", ["12.png", "12 v2.png", "13.png", "13_hd.png", "14.png"], ["12", "12", "13", "13", "14"]),
    ("how many there are", ["1 of 24.png", "2 of 24.png", "10 of 24.png"], ["1", "2", "10"]),
    ("a comic with a number in its name", ["8bit_0001.png", "8bit_0002.png", "8bit_0010.png"], ["1", "2", "10"]),
    ("a site's name", ["xkcd-999.png", "xkcd-1000.png", "xkcd-1001.png"], ["999", "1000", "1001"]),
    ("titles before the numbers", ["Zoo 8.png", "Cats 9.png", "Ants 10.png", "Bees 11.png"], ["8", "9", "10", "11"]),
    ("titles with numbers before the numbers", ["3 Wishes - 012.png", "Route 66 - 013.png", "Cats - 014.png"], ["12", "13", "14"]),
    ("titles with numbers after the numbers", ["012 - 100 Cats.png", "013 - Route 66.png", "014 - Dogs.png"], ["12", "13", "14"]),
    ("numbers of posts before those of pages", ["84729_001.png", "19283_002.png", "55555_003.png"], ["1", "2", "3"]),
    ("numbers with digests", [f"x{n}-{digest}.png" for n, digest in zip((1, 2, 10), DIGESTS, strict=True)], ["1", "2", "10"]),
    ("digests alone", sorted(f"{digest}.png" for digest in DIGESTS), []),
    ("pictures of posts", ["2345678_p0.png", "12345678_p0.png", "12345678_p1.png", "12345678_p10.png"], []),
    ("pictures of tumblr", ["tumblr_nabcdef12o1_1280.png", "tumblr_nabcdef12o2_1280.png", "tumblr_nabcdef12o10_500.png"], []),
    ("a cover and the rest", ["cover.jpg", "001.png", "002.png", "003.png", "credits.png"], ["cover", "1", "2", "3", "credits"]),
    ("covers of chapters", ["ch1/cover.png", "ch1/01.png", "ch2/cover.png", "ch2/01.png"], ["ch. 1 cover", "ch. 1 p. 1", "ch. 2 cover", "ch. 2 p. 1"]),
    ("covers in names", ["c01_cover.png", "c01_01.png", "c01_02.png", "c02_cover.png", "c02_01.png", "c02_02.png"], []),
    ("page 0", ["000.png", "001.png", "002.png"], ["0", "1", "2"]),
    ("a prologue and an epilogue", ["Prologue/1.png", "Chapter 1/1.png", "Chapter 2/1.png", "Epilogue/1.png"], []),
    ("half pages", ["11.png", "12a.png", "12b.png", "13.png"], ["11", "12", "12", "13"]),
    ("a page between", ["9.png", "10.png", "10.5.png", "11.png"], ["9", "10", "10", "11"]),
    ("double pages", ["010.png", "011.png", "012-013.png", "014.png"], ["10", "11", "12–13", "14"]),
    ("pages before the first", ["-1.png", "0.png", "1.png", "2.png"], []),
    ("names without numbers", ["arrival.png", "beyond.png", "cats.png"], ["arrival", "beyond", "cats"]),
    ("a folder about all", ["My Comic/1.png", "My Comic/2.png", "My Comic/10.png"], ["1", "2", "10"]),
    ("no suffix, and odd ones", ["1.png", "2", "3.jpg_large", "4.png?width=650", "5.jp2", "10.JPEG~"], ["1", "2", "3", "4", "5", "10"]),
]


@pytest.mark.parametrize(("files", "pages"), [names[1:] for names in NAMES], ids=[names[0] for names in NAMES])
def test_names_tell_the_order(files: list[str], pages: list[str]) -> None:
    places = told(*files)
    assert [place.file for place in places] == files
    if pages:
        assert [place.page_name for place in places] == pages
