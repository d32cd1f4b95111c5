"""Until when a client is away: «до 15 декабря», «через две недели», "back next week". Dates are the company's local ones."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from comeback.reactivation.calendar_words import MONTHS
from comeback.reactivation.mentions import ANY_MONTH, Mention, read

UNITS: Mapping[str, int] = {
    r"дн(?:я|ей)|день|days?": 1,
    r"недел\w+|weeks?": 7,
    r"месяц\w*|months?": 30,
    r"год\w*|лет|years?": 365,
}
FEW = 2
"""«Пара недель»."""
AFTER_SPAN = re.compile(
    rf"\b(?:через|на|in|for|after|еще)\s+(?:(?P<n>\d+|an?|пар[уы]|(?:a\s+)?couple\s+(?:of\s+)?)\s*)?"
    rf"(?P<unit>{'|'.join(UNITS)}|полгода|half\s+a\s+year)(?!\w)"
)
MONTH_ONLY = re.compile(
    rf"\b(?:в|до|к|in|until|till|by|after|после)\s+(?P<month>{'|'.join(f'(?:{m})' for m in MONTHS)})\b(?!\s*\d)"
)
SEASONS: Mapping[str, int] = {
    r"весн\w+|spring": 3,
    r"лет[аоу]\w*|summer": 6,
    r"осен\w+|autumn|fall": 9,
    r"зим\w+|winter": 12,
}
NEXT_WEEK = re.compile(
    r"следующ\w+ недел\w+|next week|эт\w+ недел\w+|this week|конца недели|end of the week"
)
NEXT_MONTH = re.compile(r"следующ\w+ месяц\w*|next month|конца месяца|end of (?:the|this) month")
NEXT_YEAR = re.compile(r"нов\w+ год\w*|\bнг\b|new year|конца года|end of the year")


def until(text: str, today: date) -> date | None:
    """The first day on which to write again; None when no time is named. `text`: simplified."""
    mentions = read(text).mentions
    named = [on for m in mentions if (on := _on(m, today))]
    if dated := [on for m in mentions if m.dates and (on := _on(m, today))]:
        return max(dated)
    for found in (_span(text, today), _calendar(text, today)):
        if found:
            return found
    return max(named, default=None)


def _on(mention: Mention, today: date) -> date | None:
    """The next such day after today."""
    if mention.relative is not None:
        return today + timedelta(days=mention.relative)
    if mention.weekdays:
        return min(
            today + timedelta(days=(w - today.weekday() - 1) % 7 + 1) for w in mention.weekdays
        )
    for month, day in sorted(mention.dates):
        return _next_date(today, month, day)
    return None


def _next_date(today: date, month: int, day: int) -> date | None:
    ahead = (today + timedelta(days=n) for n in range(1, 366))
    return next((d for d in ahead if d.day == day and month in (d.month, ANY_MONTH)), None)


def _span(text: str, today: date) -> date | None:
    found = AFTER_SPAN.search(text)
    if not found:
        return None
    unit = found["unit"]
    if unit in ("полгода",) or unit.startswith("half"):
        return _months_on(today, 6)
    n = (
        int(found["n"])
        if found["n"] and found["n"].isdigit()
        else FEW
        if (found["n"] or "a") not in ("a", "an")
        else 1
    )
    length = next(days for words, days in UNITS.items() if re.fullmatch(words, unit))
    return (
        _months_on(today, n * 12 if length > 30 else n)
        if length >= 30
        else today + timedelta(days=n * length)
    )


def _calendar(text: str, today: date) -> date | None:
    if NEXT_YEAR.search(text):
        return date(today.year + 1, 1, 1)
    if NEXT_MONTH.search(text):
        return _months_on(today.replace(day=1), 1)
    if NEXT_WEEK.search(text):
        return today + timedelta(days=7 - today.weekday())
    if found := MONTH_ONLY.search(text):
        month = next(n for n, names in enumerate(MONTHS, 1) if re.fullmatch(names, found["month"]))
        return _next_date(today, month, 1)
    season = next((m for words, m in SEASONS.items() if re.search(rf"\b(?:{words})\b", text)), None)
    return _next_date(today, season, 1) if season else None


def _months_on(day: date, months: int) -> date:
    """The same day that many months later, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
