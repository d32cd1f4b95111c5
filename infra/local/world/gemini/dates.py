"""Until when somebody is away, as a date."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from world.gemini.spoken import COUNT, MONTH, RELATIVE, WEEKDAY, month_of, number

ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DOTTED = re.compile(r"\b(\d{1,2})[./](\d{1,2})(?:[./](\d{2,4}))?\b")
DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:-?(?:го|ого|е|st|nd|rd|th))?(?: of)? (?:{MONTH})\b")
MONTH_DAY = re.compile(rf"\b(?:{MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b")
DAY_ONLY = re.compile(
    r"\b(\d{1,2})(?:-?го)? числ\w+|\b(?:до|после|с) (\d{1,2})-?го\b|\bthe (\d{1,2})(?:st|nd|rd|th)\b"
)
ONLY_MONTH = re.compile(rf"\b(?:до|в|к|с|until|till|in|by) (?:{MONTH})\b")
AFTER = re.compile(
    rf"\b(?:через|in|for|на|after) (?:(?P<n>{COUNT}) )?(?P<unit>недел\w+|месяц\w*|дн\w+|день|weeks?|months?|days?)\b"
)
NEXT_WEEK = re.compile(r"следующ\w+ недел\w+|\bnext week\b|\bдо конца недел\w+|\bend of the week\b")
NEXT_MONTH = re.compile(
    r"следующ\w+ месяц\w*|\bnext month\b|\bдо конца месяц\w*|\bend of the month\b"
)
HOLIDAYS = re.compile(
    r"нов\w+ год\w*|новогодн\w+|(?:после|до) праздник\w+|\bnew year\b|\bafter the holidays\b"
)


def until(text: str, today: date) -> date | None:
    """The first day named, on or after today. `text` must be `plain`."""
    for read in READERS:
        found = read(text, today)
        if found is not None:
            return found
    return None


def _iso(text: str, _today: date) -> date | None:
    found = ISO.search(text)
    return _date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _named(text: str, today: date) -> date | None:
    found = DAY_MONTH.search(text) or MONTH_DAY.search(text)
    if not found:
        return None
    day = next(int(g) for g in found.groups() if g and g.isdigit())
    return _coming(today, month_of(found), day)


def _dotted(text: str, today: date) -> date | None:
    found = DOTTED.search(text)
    if not found:
        return None
    day, month, year = int(found[1]), int(found[2]), found[3]
    if year:
        return _date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    return _coming(today, month, day)


def _after(text: str, today: date) -> date | None:
    found = AFTER.search(text)
    if not found:
        return None
    unit, count = found["unit"], number(found["n"] or "")
    return today + timedelta(days=count * {"н": 7, "w": 7, "м": 30, "m": 30}.get(unit[0], 1))


def _day_of_month(text: str, today: date) -> date | None:
    found = DAY_ONLY.search(text)
    if not found:
        return None
    day = int(found[1] or found[2] or found[3])
    this = _date(today.year, today.month, day)
    if this and this >= today:
        return this
    after = _next_month(today)
    return _date(after.year, after.month, day)


def _next(text: str, today: date) -> date | None:
    if HOLIDAYS.search(text):
        return _coming(today, 1, 9)
    if NEXT_WEEK.search(text):
        return today + timedelta(days=7 - today.weekday())
    return _next_month(today) if NEXT_MONTH.search(text) else None


def _weekday(text: str, today: date) -> date | None:
    for pattern, days in WEEKDAY.items():
        if pattern.search(text):
            return min(today + timedelta(days=(day - today.weekday() - 1) % 7 + 1) for day in days)
    for pattern, ahead in RELATIVE.items():
        if pattern.search(text):
            return today + timedelta(days=ahead)
    return None


def _month_alone(text: str, today: date) -> date | None:
    found = ONLY_MONTH.search(text)
    return _coming(today, month_of(found), 1) if found else None


READERS: tuple[Callable[[str, date], date | None], ...] = (
    _iso,
    _named,
    _dotted,
    _after,
    _day_of_month,
    _next,
    _weekday,
    _month_alone,
)


def _coming(today: date, month: int, day: int) -> date | None:
    """This year's, or next year's once it is past."""
    found = _date(today.year, month, day)
    return found if found is None or found >= today else _date(today.year + 1, month, day)


def _next_month(today: date) -> date:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
