"""A file of visits may be large, long, wide or packed: it is refused before it costs what it could."""

import io
import tracemalloc
from collections.abc import Callable
from typing import IO

import pytest
from comeback.clients import visits_bounds
from comeback.clients.visits_bounds import MAX_BYTES, MAX_COLUMNS, MAX_ROW, check_size
from comeback.clients.visits_file import BadRow, look
from comeback.errors import InvalidInput
from hypothesis import given
from hypothesis import strategies as st

LARGE = pytest.mark.fault("an upload made to exhaust memory", "refused with the reason, unread")
HEADER = b"client;phone;date;service\n"
ROW = b"Anna;+79990000001;2026-01-02;Haircut\n"


def opened(raw: bytes) -> Callable[[], IO[bytes]]:
    return lambda: io.BytesIO(raw)


@LARGE
@pytest.mark.parametrize(("size", "taken"), [(0, True), (MAX_BYTES, True), (MAX_BYTES + 1, False)])
def test_size_is_judged_before_reading(size: int, taken: bool) -> None:
    if taken:
        check_size(size)
        return
    with pytest.raises(InvalidInput, match="20 are taken"):
        check_size(size)


@LARGE
@pytest.mark.parametrize("beginning", visits_bounds.PACKED)
def test_nothing_is_unpacked(beginning: bytes) -> None:
    with pytest.raises(InvalidInput, match="workbook or an archive"):
        look(opened(beginning + b"\x00" * 1000))


@LARGE
def test_too_many_rows_are_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits_bounds, "MAX_ROWS", 10)
    assert len(list(look(opened(HEADER + 10 * ROW)).rows())) == 10
    with pytest.raises(InvalidInput, match="10 rows"):
        look(opened(HEADER + 11 * ROW))


@LARGE
def test_too_many_columns_are_refused() -> None:
    more = b";".join(b"c%d" % n for n in range(MAX_COLUMNS))
    with pytest.raises(InvalidInput, match="columns"):
        look(opened(b"client;" + more + b"\n"))


@LARGE
@pytest.mark.parametrize(
    "row", [b";" * (8 << 20), b'"a\n";' * (2 << 20), b'"' + b"a\n" * (4 << 20), b"a" * (8 << 20)]
)
def test_a_row_without_end_costs_no_memory(row: bytes) -> None:
    """Unbounded, eight megabytes of delimiters become half a gigabyte of empty cells."""
    raw = HEADER + ROW + row
    tracemalloc.start()
    first, bad = look(opened(raw)).rows()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not isinstance(first, BadRow)
    assert isinstance(bad, BadRow)
    assert "too long" in bad.problem
    assert peak < 12 << 20


@given(st.lists(st.integers(0, MAX_ROW - 200), min_size=1, max_size=5))
def test_rows_up_to_the_limit_are_read(lengths: list[int]) -> None:
    rows = [b"Anna;+79990000001;2026-01-02;" + b"x" * n + b"\n" for n in lengths]
    found = list(look(opened(HEADER + b"".join(rows))).rows())
    assert [not isinstance(row, BadRow) for row in found] == [True] * len(lengths)
