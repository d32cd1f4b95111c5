"""Any spreadsheet's file of visits is read, or tells which row is bad, why, and how to mend it."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from comeback.clients.model import VisitStatus
from comeback.clients.visits_columns import columns
from comeback.clients.visits_file import BadRow, Open, VisitRow, VisitsFile, look
from comeback.clients.visits_values import Order, amount, judge, when
from comeback.errors import InvalidInput
from hypothesis import given
from hypothesis import strategies as st

DATA = Path(__file__).parents[2] / "data"


def opened(text: str, encoding: str = "utf-8") -> Open:
    return partial(io.BytesIO, text.encode(encoding))


def rows(text: str, encoding: str = "utf-8") -> list[VisitRow | BadRow]:
    return list(look(opened(text, encoding)).rows())


def good(text: str) -> list[VisitRow]:
    return [row for row in rows(text) if isinstance(row, VisitRow)]


def bad(text: str) -> BadRow:
    (found,) = [row for row in rows(text) if isinstance(row, BadRow)]
    return found


# ── whole files ──────────────────────────────────────────────────────────────────────────────────


def test_a_russian_salons_export() -> None:
    found = look(lambda: (DATA / "visits_ru_cp1251.csv").open("rb"))
    assert (found.encoding, found.delimiter, found.columns.currency) == ("cp1251", ";", "RUB")
    read = list(found.rows())
    first = read[0]
    assert isinstance(first, VisitRow)
    assert (first.number, first.name, first.service, first.staff) == (
        2,
        "Анна Петрова",
        "Стрижка",
        "Ольга",
    )
    assert first.when.moment == datetime(2026, 3, 24, 14, 30)  # noqa: DTZ001  # local by design
    assert (first.amount, first.status) == (Decimal("1500.00"), VisitStatus.COMPLETED)
    assert isinstance(read[2], VisitRow)
    assert read[2].name == "Иванов; Пётр"
    assert [(r.number, r.field) for r in read if isinstance(r, BadRow)] == [
        (6, "client"),
        (7, "date"),
        (8, "amount"),
        (9, "status"),
        (10, "row"),
    ]


def test_an_american_salons_export() -> None:
    found = look(lambda: (DATA / "visits_us.csv").open("rb"))
    assert found.order is Order.MONTH_FIRST
    read = [row for row in found.rows() if isinstance(row, VisitRow)]
    assert [f"{r.when.moment:%Y-%m-%d %H:%M}" for r in read] == [
        "2026-03-24 14:30",
        "2026-04-02 09:05",
        "2025-12-01 00:00",
    ]
    assert (read[0].amount, read[0].currency) == (Decimal("1234.50"), "USD")
    assert read[0].name == "Smith, Anna"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("hint", [True, False])
def test_every_encoding_and_delimiter(encoding: str, delimiter: str, hint: bool) -> None:
    lines = ["Клиент", "Дата"], ["Ёлка", "2026-03-24"]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    text = f"sep={delimiter}\r\n{text}" if hint else text
    (row,) = rows(text, encoding)
    assert isinstance(row, VisitRow)
    assert (row.number, row.name) == (2, "Ёлка")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "file"),
        ("date,service\n2026-01-01,x", "client"),
        ("client,service\nAnna,x", "date"),
        ("client,date\nAnna,03/04/2026\nBob,05/06/2026", "date"),
        ("client,date\nAnna,24/03/2026\nBob,03/24/2026", "date"),
    ],
)
def test_a_file_that_can_not_be_read_as_a_whole(text: str, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        rows(text)
    assert raised.value.field == field
    assert raised.value.remedy


def test_a_quote_that_is_never_closed_is_told_and_what_came_before_is_kept() -> None:
    text = "client,date\nAnna,2026-01-01\nBob,2026-01-02\n" + 'Eve,"' + "x" * 140_000
    read = rows(text)
    assert isinstance(read[1], VisitRow)
    assert isinstance(read[2], BadRow)
    assert read[2].number == 4


def test_empty_rows_count_but_are_no_visits() -> None:
    assert bad("client,date\n\n,\nAnna,soon\n").number == 4


def test_a_bad_row_is_kept_as_it_stood() -> None:
    row = bad("client,date,amount\nAnna,soon,5\n")
    assert (row.field, row.row) == ("date", ("Anna", "soon", "5"))
    assert "2026-03-24" in row.remedy


# ── columns ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "currency"),
    [
        ("amount_usd", "USD"),
        ("Сумма, руб.", "RUB"),
        ("Стоимость (₽)", "RUB"),
        ("TOTAL EUR", "EUR"),
        ("Сумма", ""),
    ],
)
def test_the_amounts_header_may_tell_the_currency(title: str, currency: str) -> None:
    found = columns(["client_id", "date", "quantity", title])
    assert (found.at["amount"], found.currency) == (3, currency)
    assert found.ignored == ("quantity",)


# ── values ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 500,00 ₽", "1500.00"),
        ("1\u00a0500,5", "1500.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.500", "1500"),
        ("29.33", "29.33"),
        ("$0", "0"),
        ("1 500 руб.", "1500"),
        ("0.5", "0.5"),
    ],
)
def test_amounts(text: str, value: str) -> None:
    assert amount(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "free", "-", ",", "--5"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # its caller names the field
        amount(text)


@given(st.decimals(0, 10**7, places=2), st.sampled_from(["{:,.2f} ₽", "{:.2f}", "$ {:,.2f}"]))
def test_amounts_round_trip(value: Decimal, pattern: str) -> None:
    written = pattern.format(value)
    assert amount(written) == value
    assert amount(written.translate(str.maketrans(",.", " ,"))) == value
    assert amount(written.translate(str.maketrans(",.", ".,"))) == value


@pytest.mark.parametrize(
    ("text", "expected", "timed"),
    [
        ("2026-03-24", "2026-03-24 00:00", False),
        ("2026-03-24T14:30:00", "2026-03-24 14:30", True),
        ("2026/03/24 14:30", "2026-03-24 14:30", True),
        ("19970318", "1997-03-18 00:00", False),
        ("24.03.26", "2026-03-24 00:00", False),
        ("24.03.97, 9:05", "1997-03-24 09:05", True),
        ("03/24/2026 12:00 AM", "2026-03-24 00:00", True),
        ("03/24/2026 12:05 p.m.", "2026-03-24 12:05", True),
    ],
)
def test_dates(text: str, expected: str, timed: bool) -> None:
    found = when(text, "", Order.MONTH_FIRST)
    assert (f"{found.moment:%Y-%m-%d %H:%M}", found.timed) == (expected, timed)


def test_an_offset_is_respected() -> None:
    found = when("2026-03-24 14:30+0300", "", Order.DAY_FIRST)
    assert found.moment.isoformat() == "2026-03-24T14:30:00+03:00"


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "31.02.2026", "1.1.1", "24-03.2026", "2026-03-24 25:00"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # its caller names the field
        when(text, "", Order.DAY_FIRST)


@given(st.lists(st.dates(date(1971, 1, 1), date(2069, 1, 1)), min_size=1), st.sampled_from(Order))
def test_the_order_of_a_column_is_right_or_asked_about(days: list[date], order: Order) -> None:
    pattern = "%d/%m/%Y" if order is Order.DAY_FIRST else "%m/%d/%Y"
    written = [day.strftime(pattern) for day in days]
    try:
        judged = judge(written)
    except InvalidInput:
        assert all(day.day <= 12 for day in days)
    else:
        assert [when(text, "", judged).moment.date() for text in written] == days


# ── round trip ───────────────────────────────────────────────────────────────────────────────────

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"),
    min_size=1,
    max_size=20,
).filter(lambda t: t.strip() == t)


@given(
    st.lists(
        st.tuples(TEXT, st.datetimes(datetime(1990, 1, 1), datetime(2069, 1, 1)), TEXT),  # noqa: DTZ001
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(";,\t"),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_a_spreadsheet_writes_is_read_back(
    visits: list[tuple[str, datetime, str]], delimiter: str, quoting: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["client", "date", "service"])
    for client, at, service in visits:
        writer.writerow([client, at.strftime("%d.%m.%Y %H:%M:%S"), service])
    found: VisitsFile = look(opened(text.getvalue()))
    read = [row for row in found.rows() if isinstance(row, VisitRow)]
    assert [(r.name, r.when.moment, r.service) for r in read] == [
        (client, at.replace(microsecond=0), service) for client, at, service in visits
    ]
