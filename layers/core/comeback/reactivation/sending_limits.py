"""How many messages may leave, and when: pure rules of the limit manager (reactivation.md, Account health).

The levels were made for unofficial WhatsApp; on official APIs they stay as the company's own, stricter, ramp.
"""

import sys
from bisect import bisect_left, insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def level(since: datetime, now: datetime) -> Level:
    return next(lv for lv in LEVELS if now - since >= lv.min_age or lv is LEVELS[-1])


def next_minute(
    company: Company,
    account: Level,
    taken: Collection[datetime],
    now: datetime,
    elsewhere: int = 0,
    *,
    zone: ZoneInfo | None = None,
    tier: int | None = None,
) -> datetime | None:
    """The first moment of the company's day, from `now` on, that keeps every limit; None when the day has none left.

    `taken`: this channel's reservations; those of the day before still count for hour, gap and tier. `elsewhere`: how many
    of the owner's daily limit other channels have today; the owner's limit stands beside the account's, the smaller holds.
    `zone`: the client's; the sending window is on the client's clock. `tier`: users per moving 24 h that Meta allows the
    portfolio. All moments UTC.
    """
    on = company.local(now).date()
    today = sum(company.local(t).date() == on for t in taken)
    if today >= account.per_day or owners_left(company, today + elsewhere) <= 0:
        return None
    ordered = sorted(taken)
    for opens, closes in windows(company, now, zone or company.zone):
        moment: datetime | None = max(now, opens)
        while moment is not None and moment < closes:
            later = _put_off(moment, ordered, account, tier)
            if later is None:
                return moment
            moment = later
    return None


def room(
    company: Company,
    account: Level,
    taken: Collection[datetime],
    now: datetime,
    tier: int | None = None,
) -> int:
    """How many more messages today can take, one after the other."""
    ordered = sorted(taken)
    before = len(ordered)
    while (moment := next_minute(company, account, ordered, now, tier=tier)) is not None:
        insort(ordered, moment)
    return len(ordered) - before


def owners_left(company: Company, today: int) -> int:
    """Of the owner's own daily limit; without one, no bound."""
    return sys.maxsize if company.daily_limit is None else max(0, company.daily_limit - today)


def windows(company: Company, now: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The sending windows on clocks of `zone` that lie in the company's local day, in UTC."""
    begins, ends = _day(company, company.local(now).date())
    first = begins.astimezone(zone).date()
    on_their_clock = (_window(company, first + timedelta(days=n), zone) for n in range(3))
    within = [(max(opens, begins), min(closes, ends)) for opens, closes in on_their_clock]
    sends = company.sending.days
    return [(a, b) for a, b in within if a < b and a.astimezone(zone).weekday() in sends]


def _day(company: Company, on: date) -> tuple[datetime, datetime]:
    """A local day of the company, in UTC."""
    midnights = (
        datetime.combine(on + timedelta(days=n), time(), tzinfo=company.zone) for n in (0, 1)
    )
    begins, ends = (midnight.astimezone(UTC) for midnight in midnights)
    return begins, ends


def _window(company: Company, on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    opens = datetime.combine(on, company.sending.start, tzinfo=zone)
    closes = datetime.combine(on, company.sending.end, tzinfo=zone)
    return opens.astimezone(UTC), closes.astimezone(UTC)


def _put_off(
    moment: datetime, ordered: Sequence[datetime], account: Level, tier: int | None
) -> datetime | None:
    """The next moment worth trying when `moment` is too near another or makes an hour or a day too full; None: it is fine."""
    place = bisect_left(ordered, moment)
    for neighbour in ordered[max(0, place - 1) : place + 1]:
        if abs(moment - neighbour) < account.gap:
            return neighbour + account.gap
    too_full = _too_full(moment, place, ordered, account.per_hour, HOUR)
    if too_full is None and tier is not None:
        return _too_full(moment, place, ordered, tier, DAY)
    return too_full


def _too_full(
    moment: datetime, place: int, ordered: Sequence[datetime], most: int, within: timedelta
) -> datetime | None:
    """When the first of `most` others around `moment` leaves the moving window; None when there are not so many."""
    if most <= 0:
        return moment + within
    for first in range(max(0, place - most), min(place, len(ordered) - most) + 1):
        span = ordered[first : first + most]
        if max(span[-1], moment) - min(span[0], moment) < within:
            return span[0] + within
    return None
