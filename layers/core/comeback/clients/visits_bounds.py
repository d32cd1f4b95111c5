"""How much a file of visits may hold: it is read into a function of 1 GB, whoever wrote it and whatever for.

Nothing is ever unpacked, so there is no bomb to fear from archives: a workbook or an archive is refused by its first bytes.
"""

import csv
from collections.abc import Iterator
from typing import TextIO

from comeback.errors import InvalidInput

MAX_BYTES = 20 * 1024 * 1024
"""About 200,000 visits."""
MAX_ROWS, MAX_COLUMNS = 200_000, 100
MAX_ROW = 1 << 16
"""Characters of one row, quoted line breaks included: what a row of nothing but delimiters becomes in memory."""
PACKED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
)
"""How workbooks and archives begin: zip (xlsx, ods), gzip, xls, bzip2, xz, 7z, rar."""


def check_size(size: int) -> None:
    """`size` in bytes, before any is read. Raises InvalidInput."""
    if size > MAX_BYTES:
        problem = f"has {size / 2**20:.0f} MB, {MAX_BYTES / 2**20:.0f} are taken"
        raise InvalidInput("file", problem, "Split it by years; a visit in two files counts once")


def check_unpacked(beginning: bytes) -> None:
    """Raises InvalidInput."""
    if beginning.startswith(PACKED):
        problem = "is a workbook or an archive"
        raise InvalidInput("file", problem, "Save it as CSV: File, Save as, CSV UTF-8")


def check_shape(rows: int, columns: int) -> None:
    """`rows` with the header. Raises InvalidInput."""
    if rows > MAX_ROWS + 1:
        raise InvalidInput("file", f"has more than {MAX_ROWS} rows", "Split it by years")
    if columns > MAX_COLUMNS:
        problem = f"has more than {MAX_COLUMNS} columns"
        raise InvalidInput("file", problem, "Leave those with client, date, service and price")


class BoundedLines:
    """Lines for csv.reader; whoever takes its rows says so by `row_done`. Raises csv.Error in a row that is too long."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._left = MAX_ROW

    def row_done(self) -> None:
        self._left = MAX_ROW

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(self._left + 1):
            self._left -= len(line)
            if self._left < 0:
                raise csv.Error("a row is too long")
            yield line
