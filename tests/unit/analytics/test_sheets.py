"""Files that spreadsheets open: what is in them, and what is never computed."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from comeback.analytics.sheets import Format, Value, csv_file, defused, written, xlsx_file
from hypothesis import given
from hypothesis import strategies as st

NAMES = {"s": "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"}
FORMULAS = ["=1+1", "+7916", "-2", "@SUM(A1)", " =1", "\t=1", "\r\n=1", "＝1", "\u00a0+1"]
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))


def read_csv(file: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def cells(file: bytes) -> list[list[tuple[str, str, str]]]:
    """(type, style, value) of every cell."""
    sheet = zipfile.ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml")
    root = ElementTree.fromstring(sheet)  # noqa: S314  # our own
    return [
        [(c.get("t", "n"), c.get("s", "0"), "".join(c.itertext())) for c in row]
        for row in root.iter(f"{NAMES['s']}row")
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_computed(text: str) -> None:
    assert defused(text) == f"'{text}"
    told = read_csv(csv_file(["a", "b"], [["x", text]], "en"))[1][1]
    assert told.startswith("'")
    assert cells(xlsx_file("t", ["a"], [[text]]))[1][0][0] == "inlineStr"


@given(texts)
def test_any_text_comes_back(text: str) -> None:
    told = read_csv(csv_file(["a", "b"], [["x", text]], "en"))[1][1]
    assert told in (text, f"'{text}")
    assert not told.lstrip().startswith(("=", "+", "-", "@"))
    assert cells(xlsx_file("t", ["a"], [[text]]))[1][0][2] == text


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (-5, "-5", "-5"),
        (Decimal("1250.50"), "1250.50", "1250,50"),
        (0.25, "0.25", "0,25"),
        (date(2026, 3, 2), "2026-03-02", "2026-03-02"),
        (datetime(2026, 3, 2, 9, 30), "2026-03-02 09:30", "2026-03-02 09:30"),  # noqa: DTZ001
        (None, "", ""),
    ],
)
def test_values_in_csv(value: Value, english: str, russian: str) -> None:
    """Numbers are ours, so a minus is no formula."""
    assert read_csv(csv_file(["a", "b"], [["x", value]], "en"))[1] == ["x", english]
    assert read_csv(csv_file(["a", "b"], [["x", value]], "ru"), ";")[1] == ["x", russian]


def test_values_in_xlsx() -> None:
    """Dates are days since 30 December 1899, and look like dates."""
    row: list[Value] = [
        "a",
        5,
        Decimal("10.50"),
        True,
        date(2026, 3, 2),
        datetime(2026, 3, 2, 12),  # noqa: DTZ001
        None,
    ]
    _, found = cells(xlsx_file("t", ["a"], [row]))
    assert found == [
        ("inlineStr", "0", "a"), ("n", "0", "5"), ("n", "0", "10.50"), ("b", "0", "1"),
        ("n", "1", "46083"), ("n", "2", "46083.5"), ("n", "0", ""),
    ]  # fmt: skip


def test_what_xml_can_not_hold_is_left_out() -> None:
    assert cells(xlsx_file("t", ["a"], [["a\x00\x0b\ud800b"]]))[1][0][2] == "ab"


@pytest.mark.parametrize("title", ["Клиенты", "a[b]:c*d?e/f\\g", "x" * 40, '"<&>', ""])
def test_a_workbook_of_any_title_is_whole(title: str) -> None:
    package = zipfile.ZipFile(io.BytesIO(xlsx_file(title, ["a"], [])))
    assert package.testzip() is None
    for name in package.namelist():
        ElementTree.fromstring(package.read(name))  # noqa: S314  # our own


def test_by_name() -> None:
    told = (["a"], [["x"]], "en")
    assert written(Format.CSV, "t", *told).startswith(b"\xef\xbb\xbfa")
    assert written(Format.XLSX, "t", *told).startswith(b"PK")
