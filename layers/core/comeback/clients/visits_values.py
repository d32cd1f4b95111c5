"""Dates, amounts and states as spreadsheets write them. ValueError for what can not be read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from comeback.clients.model import VisitStatus
from comeback.clients.money import LARGEST
from comeback.errors import InvalidInput

DATE = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})"
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?m\.?)?", re.IGNORECASE)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
CENTURY_TURN = 70
"""Two-digit years from here on are of the last century."""
YEARS = range(1950, 2101)
"""Others are slips, and Python's calendar ends soon after them in some zones."""

STATES: Mapping[VisitStatus, tuple[str, ...]] = {
    VisitStatus.COMPLETED: (
        "пришел", "клиент пришел", "завершен", "завершено", "выполнен", "выполнено", "оплачен", "оплачено", "completed",
        "done", "paid", "arrived", "visited", "came",
    ),
    VisitStatus.NO_SHOW: ("не пришел", "клиент не пришел", "неявка", "no show", "no-show", "noshow"),
    VisitStatus.CANCELLED: ("отменен", "отменено", "отмена", "удален", "cancelled", "canceled", "deleted"),
    VisitStatus.BOOKED: (
        "ожидание", "ожидает", "записан", "подтвержден", "подтвердил", "клиент подтвердил", "booked", "confirmed",
        "waiting",
    ),
}  # fmt: skip


class Order(StrEnum):
    """How 03/04/2026 is meant; judged by the whole column."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True)
class When:
    """Naive: the company's wall clock. `timed` False: only the day is known."""

    moment: datetime
    timed: bool


class OrderJudge:
    """Looks at every date of the column before the first is read."""

    def __init__(self) -> None:
        self._seen: dict[Order, str] = {}
        self._doubtful = ""

    def look(self, text: str) -> None:
        found = DATE.fullmatch(text.strip())
        if not found or found[2] == "." or len(found[1]) == 4:
            return
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            self._seen.setdefault(Order.DAY_FIRST, text)
        elif second > 12 >= first:
            self._seen.setdefault(Order.MONTH_FIRST, text)
        elif first != second:
            self._doubtful = self._doubtful or text

    def verdict(self) -> Order:
        """Raises InvalidInput when the column does not tell, or tells both."""
        if len(self._seen) > 1:
            both = " and ".join(self._seen.values())
            raise InvalidInput(
                "date", f"{both} put day and month in different order", "Write dates as 2026-03-24"
            )
        if self._doubtful and not self._seen:
            raise InvalidInput(
                "date",
                f"{self._doubtful} may be day/month or month/day, and no other date of the file tells which",
                "Write dates as 2026-03-24 or 24.03.2026",
            )
        return next(iter(self._seen), Order.DAY_FIRST)


def judge(dates: Iterable[str]) -> Order:
    judging = OrderJudge()
    for text in dates:
        judging.look(text)
    return judging.verdict()


def when(date_text: str, time_text: str, order: Order) -> When:
    """ISO, 24.03.2026, 24/03/26, 03/24/2026 2:30 PM, 19970318; the time may stand in a column of its own."""
    if compact := COMPACT.fullmatch(date_text):
        day = _midnight(int(compact[1]), int(compact[2]), int(compact[3]))
        return _with_time(day, time_text)
    found = DATE.fullmatch(date_text)
    if not found:
        raise ValueError
    day = _midnight(*_ymd(found, order))
    if found[5] is None:
        return _with_time(day, time_text)
    moment = day.replace(
        hour=_hour(int(found[5]), found[8]), minute=int(found[6]), second=int(found[7] or 0)
    )
    if found[9]:
        moment = datetime.fromisoformat(moment.isoformat() + found[9].upper())
    return When(moment, timed=True)


def amount(text: str) -> Decimal:
    """«1 500,00 ₽», 1,234.50, 1.234,50, 29.33. A lone separator before exactly three digits groups thousands.

    What is larger than `LARGEST` is a number of something else.
    """
    digits = re.sub(r"[^\d.,\-]", "", text.replace("−", "-")).strip(".,")
    if not re.fullmatch(r"-?\d[\d.,]*", digits):
        raise ValueError
    point = max(digits.rfind("."), digits.rfind(","))
    if point >= 0:
        sign, tail = digits[point], digits[point + 1 :]
        grouped = digits.count(sign) > 1 or (len(tail) == 3 and not _both(digits))
        if not grouped:
            return _bounded(Decimal(f"{re.sub(r'[.,]', '', digits[:point])}.{tail}"))
    return _bounded(Decimal(re.sub(r"[.,]", "", digits)))


def _bounded(found: Decimal) -> Decimal:
    if abs(found) > LARGEST:
        raise ValueError
    return found


def state(text: str) -> VisitStatus:
    plain = text.casefold().replace("ё", "е").strip()
    for status, words in STATES.items():
        if plain in words:
            return status
    raise ValueError


def last_day(text: str) -> date | None:
    """The owner's word for where an import ends; empty: nowhere. Raises InvalidInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput("until", "is no date", "Write it as 2026-11-24") from error


def _midnight(year: int, month: int, day: int) -> datetime:
    """Naive: the zone is the company's, and is put on where the company is known. ValueError for a year of no visit."""
    if year not in YEARS:
        raise ValueError
    return datetime.combine(date(year, month, day), time())


def _both(digits: str) -> bool:
    return "." in digits and "," in digits


def _ymd(found: re.Match[str], order: Order) -> tuple[int, int, int]:
    first, second, third = found[1], int(found[3]), found[4]
    if len(first) == 4:
        return int(first), second, int(third)
    if len(first) > 2 or len(third) not in (2, 4):
        raise ValueError
    year = int(third) if len(third) == 4 else _year(int(third))
    if found[2] != "." and order is Order.MONTH_FIRST:
        return year, int(first), second
    return year, second, int(first)


def _year(short: int) -> int:
    return short + (1900 if short >= CENTURY_TURN else 2000)


def _with_time(day: datetime, time_text: str) -> When:
    if not time_text:
        return When(day, timed=False)
    found = TIME.fullmatch(time_text)
    if not found:
        raise ValueError
    hour = _hour(int(found[1]), found[4])
    return When(day.replace(hour=hour, minute=int(found[2]), second=int(found[3] or 0)), timed=True)


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half[0].casefold() == "p" else 0)
