"""Reads a file of visits, whatever spreadsheet wrote it: encoding, delimiter and order of dates are found out first.

The file is read twice, row by row: once to judge, once to take. Rows that can not be read are kept with the reason.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import IO

from comeback.clients.model import VisitStatus
from comeback.clients.visits_bounds import (
    MAX_ROW,
    BoundedLines,
    check_shape,
    check_unpacked,
)
from comeback.clients.visits_columns import Columns, columns, currency_of
from comeback.clients.visits_values import Order, OrderJudge, When, amount, state, when
from comeback.errors import InvalidInput

Open = Callable[[], IO[bytes]]
"""A new handle at the beginning of the file; the reader closes it."""

DELIMITERS = ";,\t|"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
CHUNK = 1 << 16


@dataclass(frozen=True)
class VisitRow:
    number: int
    """As a spreadsheet counts: the header is row 1."""
    row: tuple[str, ...]
    client_id: str
    name: str
    phone: str
    """As written."""
    when: When
    service: str
    staff: str
    amount: Decimal | None
    currency: str
    """ISO; empty when the file does not say."""
    status: VisitStatus | None


@dataclass(frozen=True)
class BadRow:
    number: int
    field: str
    problem: str
    remedy: str
    row: tuple[str, ...]
    """The row as it stands in the file."""


@dataclass(frozen=True)
class VisitsFile:
    open: Open
    encoding: str
    delimiter: str
    columns: Columns
    order: Order

    def rows(self) -> Iterator[VisitRow | BadRow]:
        for number, row in _records(self.open, self.encoding, self.delimiter):
            if isinstance(row, BadRow):
                yield row
            elif number > 1 and any(value.strip() for value in row):
                yield self._read(number, tuple(row))

    def _read(self, number: int, row: tuple[str, ...]) -> VisitRow | BadRow:
        try:
            return self._row(number, row)
        except InvalidInput as bad:
            return BadRow(number, bad.field, bad.problem, bad.remedy, row)

    def _row(self, number: int, row: tuple[str, ...]) -> VisitRow:
        if len(row) > self.columns.width and any(v.strip() for v in row[self.columns.width :]):
            raise InvalidInput(
                "row",
                f"has {len(row)} values, the header {self.columns.width}",
                f"Put values that hold «{self.delimiter}» in double quotes",
            )
        value = partial(self.columns.value, row)
        if not any(value(field) for field in ("client_id", "client", "phone")):
            raise InvalidInput("client", "is empty", "Fill in an id, a name or a telephone number")
        return VisitRow(
            number=number,
            row=row,
            client_id=value("client_id"),
            name=value("client"),
            phone=value("phone"),
            when=self._when(value("date"), value("time")),
            service=value("service"),
            staff=value("staff"),
            amount=_amount(value("amount")),
            currency=currency_of(value("currency")) or self.columns.currency,
            status=_status(value("status")),
        )

    def _when(self, date_text: str, time_text: str) -> When:
        try:
            return when(date_text, time_text, self.order)
        except ValueError:
            said = " ".join(filter(None, (date_text, time_text)))
            problem = f"«{said}» is no date" if said else "is empty"
            raise InvalidInput("date", problem, "Write 2026-03-24 or 24.03.2026 14:30") from None


def look(open_: Open) -> VisitsFile:
    """Raises InvalidInput for a file that can not be read as a whole, or is larger than may be."""
    encoding = _encoding(open_)
    delimiter = _delimiter(_first_line(open_, encoding))
    found: Columns | None = None
    judge = OrderJudge()
    for number, row in _records(open_, encoding, delimiter):
        if isinstance(row, BadRow):
            continue
        check_shape(number, len(row))
        if number == 1:
            found = columns(row)
        elif found:
            judge.look(found.value(row, "date"))
    if found is None:
        raise InvalidInput("file", "is empty", "Upload a CSV file with a header row")
    return VisitsFile(open_, encoding, delimiter, found, judge.verdict())


def _encoding(open_: Open) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_() as file:
        chunk = file.read(CHUNK)
        check_unpacked(chunk)
        for bom, name in BOMS:
            if chunk.startswith(bom):
                return name
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1251"
    return "utf-8"


def _first_line(open_: Open, encoding: str) -> str:
    try:
        with _text(open_, encoding) as text:
            return text.readline(MAX_ROW)
    except UnicodeError:
        problem = f"is no text in {encoding}, as its beginning says"
        raise InvalidInput("file", problem, "Save it as CSV in UTF-8") from None


def _delimiter(line: str) -> str:
    """The commonest outside quotes; Excel's own hint `sep=;` says it outright."""
    if line.lower().startswith("sep=") and line[4:5] in tuple(DELIMITERS):
        return line[4]
    outside = "".join(part for n, part in enumerate(line.split('"')) if n % 2 == 0)
    return max(DELIMITERS, key=outside.count)


def _records(
    open_: Open, encoding: str, delimiter: str
) -> Iterator[tuple[int, Sequence[str] | BadRow]]:
    """Numbered from 1, the header; Excel's `sep=` line is not counted."""
    number = 0
    with _text(open_, encoding) as text:
        try:
            if not text.readline(MAX_ROW).lower().startswith("sep="):
                text.seek(0)
            lines = BoundedLines(text)
            for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
                lines.row_done()
                yield number, row
        except (csv.Error, UnicodeError):
            problem = (
                "can not be split: a quote is never closed, it is too long, or bytes are damaged"
            )
            remedy = "Mend this row and import again; nothing after it was read"
            yield number + 1, BadRow(number + 1, "row", problem, remedy, ())


def _text(open_: Open, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(open_(), encoding=encoding, newline="")


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = amount(text)
    except ValueError:
        raise InvalidInput("amount", f"«{text}» is no amount", "Write 1500 or 1500.00") from None
    if found < 0:
        raise InvalidInput("amount", f"«{text}» is negative", "Leave refunds out of the file")
    return found


def _status(text: str) -> VisitStatus | None:
    if not text:
        return None
    try:
        return state(text)
    except ValueError:
        raise InvalidInput(
            "status", f"«{text}» is unknown", "Write completed, cancelled, no show or booked"
        ) from None
