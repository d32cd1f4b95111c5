"""How many messages may leave, and when: pure rules of the limit manager (reactivation.md, Account health).

The levels were made for unofficial WhatsApp; on official APIs they stay as the company's own, stricter, ramp.
"""

import sys
from bisect import bisect_left, insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from comeback.companies.model import Company


@dataclass(frozen=True)
class Level:
    """`min_age`: of the account. `gap`: between two messages."""

    name: str
    min_age: timedelta
    per_day: int
    per_hour: int
    gap: timedelta


LEVELS = (
    Level("hot", timedelta(days=90), 100, 20, timedelta(seconds=30)),
    Level("warm", timedelta(days=30), 50, 10, timedelta(minutes=2)),
    Level("cold", timedelta(0), 20, 5, timedelta(minutes=5)),
)
HOUR = timedelta(hours=1)


def level(since: datetime, now: datetime) -> Level:
    return next(lv for lv in LEVELS if now - since >= lv.min_age or lv is LEVELS[-1])


def next_minute(
    company: Company,
    account: Level,
    taken: Collection[datetime],
    now: datetime,
    elsewhere: int = 0,
) -> datetime | None:
    """The first moment today, from `now` on, that keeps window, day, hour and gap; None when today has none left.

    `taken`: this channel's reservations; those of the day before still count for hour and gap. `elsewhere`: how many of
    the owner's daily limit other channels have today. The owner's limit stands beside the account's: the smaller holds.
    All UTC; the window is the company's wall clock.
    """
    on = company.local(now).date()
    today = sum(company.local(t).date() == on for t in taken)
    full = today >= account.per_day or owners_left(company, today + elsewhere) <= 0
    if full or on.weekday() not in company.sending.days:
        return None
    opens, closes = window(company, on)
    moment: datetime | None = max(now, opens)
    ordered = sorted(taken)
    while moment is not None and moment < closes:
        later = _put_off(moment, ordered, account)
        if later is None:
            return moment
        moment = later
    return None


def room(company: Company, account: Level, taken: Collection[datetime], now: datetime) -> int:
    """How many more messages today can take, one after the other."""
    ordered = sorted(taken)
    before = len(ordered)
    while (moment := next_minute(company, account, ordered, now)) is not None:
        insort(ordered, moment)
    return len(ordered) - before


def owners_left(company: Company, today: int) -> int:
    """Of the owner's own daily limit; without one, no bound."""
    return sys.maxsize if company.daily_limit is None else max(0, company.daily_limit - today)


def window(company: Company, on: date) -> tuple[datetime, datetime]:
    """The sending window of a local day, in UTC."""
    sending, zone = company.sending, company.zone
    opens = datetime.combine(on, sending.start, tzinfo=zone)
    closes = datetime.combine(on, sending.end, tzinfo=zone)
    return opens.astimezone(UTC), closes.astimezone(UTC)


def _put_off(moment: datetime, ordered: Sequence[datetime], account: Level) -> datetime | None:
    """The next moment worth trying when `moment` is too near another or makes an hour too full; None when it is fine."""
    place = bisect_left(ordered, moment)
    for neighbour in ordered[max(0, place - 1) : place + 1]:
        if abs(moment - neighbour) < account.gap:
            return neighbour + account.gap
    full = account.per_hour
    for first in range(max(0, place - full), min(place, len(ordered) - full) + 1):
        span = ordered[first : first + full]
        if max(span[-1], moment) - min(span[0], moment) < HOUR:
            return span[0] + HOUR
    return None
