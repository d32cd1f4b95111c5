"""Free times of the built-in book: pure, and right on the days the clocks change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from comeback.bookings.model import Slot
from comeback.companies.model import Hours

STEP = timedelta(minutes=30)

Span = tuple[datetime, datetime]
"""[start, end) in UTC."""


def shift(day: date, hours: Hours, zone: ZoneInfo) -> Span:
    """One day's work as instants. Closing at or before opening is on the next day (a bar until 02:00).

    Computed in UTC, a shift across a clock change is an hour shorter or longer, and a wall-clock time that does not
    exist that day never comes out. A repeated one is taken the first time.
    """
    closing_day = day if hours.closes > hours.opens else day + timedelta(days=1)
    opens = datetime.combine(day, hours.opens, tzinfo=zone).astimezone(UTC)
    closes = datetime.combine(closing_day, hours.closes, tzinfo=zone).astimezone(UTC)
    return opens, closes


def free_slots(
    service_id: str,
    staff_id: str,
    minutes: int,
    hours: Mapping[int, Hours],
    zone: ZoneInfo,
    busy: Iterable[Slot],
    since: datetime,
    days: int,
    step: timedelta = STEP,
) -> list[Slot]:
    """Starts from the opening on, every `step`, that end within the shift and meet nothing busy.

    From `since` (UTC) until the end of the `days`-th local day, by the local day of the start.
    """
    first = since.astimezone(zone).date()
    until = datetime.combine(first + timedelta(days=days), time(), tzinfo=zone).astimezone(UTC)
    taken = [(s.starts_at, s.ends_at) for s in busy if s.staff_id == staff_id]
    length = timedelta(minutes=minutes)
    return [
        Slot(service_id, staff_id, start, minutes)
        for opens, closes in _shifts(first, days, hours, zone)
        for start in _starts(opens, closes, length, step)
        if since <= start < until and not _meets(start, start + length, taken)
    ]


def utc_days(since: datetime, days: int) -> list[date]:
    """The UTC dates that `days` local days from `since` can touch, and one more on either side for night shifts."""
    first = since.date() - timedelta(days=1)
    return [first + timedelta(days=n) for n in range(days + 3)]


def _shifts(first: date, days: int, hours: Mapping[int, Hours], zone: ZoneInfo) -> Iterator[Span]:
    """Yesterday's too: it may go on past midnight."""
    for n in range(-1, days):
        day = first + timedelta(days=n)
        if day.weekday() in hours:
            yield shift(day, hours[day.weekday()], zone)


def _starts(
    opens: datetime, closes: datetime, length: timedelta, step: timedelta
) -> Iterator[datetime]:
    start = opens
    while start + length <= closes:
        yield start
        start += step


def _meets(start: datetime, end: datetime, taken: Sequence[Span]) -> bool:
    return any(start < busy_end and busy_start < end for busy_start, busy_end in taken)
