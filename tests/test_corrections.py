"""The lists by which readers correct what is found: how they are read, and what is said of those that cannot be."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise.corrections import (
    Corrections,
    CorrectionsError,
    Pair,
    contradiction,
    csv_line,
    find_corrections,
    read_list,
    read_lists,
)


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_bytes(text.encode(encoding))
    return str(path)


def correct(folder: Path, not_a_match: str | None, must_match: str | None = None) -> Corrections:
    """Read lists against six panels, the third of which could not be read."""
    rows = [("a.png", "ok"), ("b, 1.png", "ok"), ("c.png", "damaged"), ("", "404"), ("NA", "ok"), ("ノ.png", "ok")]
    with (folder / "panels.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("file", "status"), *rows])
    texts = (("not.csv", not_a_match), ("must.csv", must_match))
    apart, together = (write(folder / name, text) if text is not None else None for name, text in texts)
    return find_corrections(apart, together, folder / "panels.csv")


def test_files_are_found_whichever_comes_first_and_each_pair_once(tmp_path: Path) -> None:
    not_a_match = 'file_a,file_b\nNA,a.png\na.png,NA\n\n"b, 1.png",\nノ.png,"b, 1.png"\n'
    found = correct(tmp_path, not_a_match, "remark,file_b,file_a\nmy own,a.png,ノ.png\n")
    assert found == Corrections(apart=[(0, 4), (1, 5)], together=[(0, 5)], left_out=[1], warnings=[])


def test_a_list_may_be_empty_or_not_there(tmp_path: Path) -> None:
    nothing = Corrections([], [], [], [])
    assert correct(tmp_path, None) == correct(tmp_path, None, "file_a,file_b\n") == nothing
    assert correct(tmp_path, "file_a,file_b\n") == nothing


def test_what_a_spreadsheet_writes_is_read(tmp_path: Path) -> None:
    assert correct(tmp_path, "\ufefffile_a,file_b\r\na.png,NA\r\n").apart == [(0, 4)]


def test_rows_of_files_that_are_no_panels_are_counted_and_the_others_hold(tmp_path: Path) -> None:
    rows = ["gone.png,a.png", "a.png,c.png", "x.png,y.png", "z.png,", "a.png,NA"]
    found = correct(tmp_path, "\n".join(["file_a,file_b", *rows]), "file_a,file_b\nnone.png,a.png\n")
    assert (found.apart, found.left_out, found.together) == ([(0, 4)], [], [])
    assert found.warnings == [
        f"{tmp_path / 'not.csv'}: 4 rows name files that are not in this comic or could not be read: "
        "gone.png, c.png, x.png and so on",
        f"{tmp_path / 'must.csv'}: 1 row names a file that is not in this comic or could not be read: none.png",
    ]


@pytest.mark.parametrize(
    ("not_a_match", "must_match", "message"),
    [
        ("file_a;file_b\n", None, "match.not_a_match: holds 'not.csv', which lacks the columns file_a and file_b; "),
        ("", None, "match.not_a_match: holds 'not.csv', which lacks the columns file_a and file_b; "),
        (None, "file_a,file\n", "match.must_match: holds 'must.csv', which lacks the column file_b; "),
        ("file_a,file_b\n,b\n", None, "match.not_a_match: holds 'not.csv', which lacks file_a in line 2; "),
        (None, "file_a,file_b\na,b\na\n", "match.must_match: holds 'must.csv', which lacks file_b in line 3; "),
        ("file_a,file_b\na,a\n", None, "match.not_a_match: holds 'not.csv', which pairs 'a' with itself in line 2; "),
        ('file_a,file_b\na,"b\n', None, "match.not_a_match: holds 'not.csv', which is no CSV in UTF-8: "),
    ],
)
def test_a_list_that_cannot_be_used_is_named_in_one_line(
    tmp_path: Path, not_a_match: str | None, must_match: str | None, message: str
) -> None:
    write(tmp_path / "not.csv", not_a_match or "")
    write(tmp_path / "must.csv", must_match or "")
    with pytest.raises(CorrectionsError) as refused:
        read_lists(
            "not.csv" if not_a_match is not None else None, "must.csv" if must_match is not None else None, tmp_path
        )
    assert str(refused.value).startswith(message)
    assert str(refused.value).endswith("; it may hold null or the path of a CSV whose first line is file_a,file_b")
    assert "\n" not in str(refused.value)


def test_a_list_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "latin.csv", "file_a,file_b\nä.png,ö.png\n", "latin-1")
    with pytest.raises(CorrectionsError, match=r"match\.must_match: .*latin\.csv', which is no CSV in UTF-8"):
        read_lists(None, path)


@pytest.mark.parametrize(
    ("not_a_match", "must_match", "message"),
    [
        (["a,b"], ["b,a"], "puts 'a' and 'b' together, perhaps through others, and"),
        (["x,y", "a,d"], ["a,b", "c,d", "b,c"], "puts 'a' and 'd' together, perhaps through others, and"),
        (["b,"], ["a,b"], "puts 'b' together with another, and"),
    ],
)
def test_lists_that_contradict_each_other_are_both_named(
    tmp_path: Path, not_a_match: list[str], must_match: list[str], message: str
) -> None:
    apart, together = ("\n".join(["file_a,file_b", *rows]) for rows in (not_a_match, must_match))
    with pytest.raises(CorrectionsError) as refused:
        correct(tmp_path, apart, together)
    assert message in str(refused.value)
    assert str(tmp_path / "not.csv") in str(refused.value)
    assert str(tmp_path / "must.csv") in str(refused.value)


files = st.sampled_from("abcdef")
pairs = st.lists(st.tuples(files, files).filter(lambda pair: pair[0] != pair[1]))


@given(pairs, pairs)
def test_a_contradiction_is_a_pair_that_a_path_joins(
    apart: Sequence[tuple[str, str]], together: Sequence[tuple[str, str]]
) -> None:
    reached = {(file, file) for file in "abcdef"} | {*together} | {(b, a) for a, b in together}
    for _ in "abc":
        reached |= {(a, d) for a, b in reached for c, d in reached if b == c}
    assert contradiction(apart, together) == next((pair for pair in apart if pair in reached), None)


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(st.lists(st.tuples(names, names).filter(lambda pair: pair[0] != pair[1])))
def test_lines_are_read_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, told: list[Pair]) -> None:
    path = write(tmp_path_factory.mktemp("lists") / "list.csv", "\n".join(["file_a,file_b", *map(csv_line, told)]))
    assert read_list(path, leaves_out=False) == told
