"""Tables: no text in them is a formula to a spreadsheet, and each is read back as it was."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise import tables
from reprise.tables import FORMULA, escape, unescape

texts = st.text(st.sampled_from([*FORMULA, "'", "a", "1", " ", ",", '"', "é"]), max_size=6)


@given(texts)
def test_a_cell_is_no_formula_and_is_read_back(text: str) -> None:
    assert unescape(escape(text)) == text
    assert not escape(text).startswith(FORMULA)


@given(texts.filter(lambda text: not text.lstrip("'").startswith(FORMULA)))
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert escape(text) == unescape(text) == text


@given(texts.filter(lambda text: not text.startswith("'")))
def test_what_was_written_by_hand_is_read_as_it_stands(text: str) -> None:
    assert unescape(text) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1.png", "'=1+1.png"),
        ("-5.png", "'-5.png"),
        ("'=a", "''=a"),
        ("'quoted' 1.png", "'quoted' 1.png"),
        *((f"{sign}1", f"'{sign}1") for sign in "=+-@\t\r\n＝＋－＠"),
        ("", ""),
    ],
)
def test_a_formula_has_an_apostrophe_before_it(text: str, cell: str) -> None:
    assert escape(text) == cell


@given(st.lists(st.tuples(texts.filter(lambda text: "\r" not in text), st.integers(), st.floats(-9, 9))))
def test_a_table_is_read_back_with_its_numbers(rows: list[tuple[str, int, float]]) -> None:
    table = pd.DataFrame(rows, columns=["title", "count", "across"])
    written = io.StringIO()
    tables.write_csv(table, written)
    types = {"title": str, "count": object, "across": float}
    read = tables.read_csv(io.StringIO(written.getvalue()), dtype=types, keep_default_na=False)
    assert read["title"].tolist() == table["title"].tolist()
    assert read["across"].tolist() == pytest.approx(table["across"].tolist())
    raw = pd.read_csv(io.StringIO(written.getvalue()), dtype=str, keep_default_na=False)
    assert not raw["title"].str.startswith(FORMULA).any()
    assert raw["count"].tolist() == [str(count) for count in table["count"]]


def test_rows_are_read_as_tables_are(tmp_path: Path) -> None:
    table = pd.DataFrame({"file": ["-5.png", "'=a.png", "b.png"], "category": pd.Categorical(["=x", "y", "=x"])})
    tables.write_csv(table, tmp_path / "a.csv")
    assert list(tables.read_rows(tmp_path / "a.csv")) == table.astype(str).to_dict("records")
    assert "'=x" in (tmp_path / "a.csv").read_text()
