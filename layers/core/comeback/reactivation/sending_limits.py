"""How many messages may leave, and when: pure rules of the limit manager (reactivation.md, Account health).

The levels were made for unofficial WhatsApp; on official APIs they stay as the company's own, stricter, ramp.
"""

from collections.abc import Collection
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


def per_day(company: Company, account: Level) -> int:
    """The owner's limit stands beside the account's: the smaller holds."""
    own = company.daily_limit
    return account.per_day if own is None else min(own, account.per_day)


def next_minute(
    company: Company, account: Level, taken: Collection[datetime], now: datetime
) -> datetime | None:
    """The first moment today, from `now` on, that keeps window, day, hour and gap; None when today has none left.

    `taken`: today's reservations of this channel. All UTC; the window is the company's wall clock.
    """
    local = company.local(now)
    if local.weekday() not in company.sending.days or len(taken) >= per_day(company, account):
        return None
    opens, closes = window(company, local.date())
    moment = max(now, opens)
    ordered = sorted(taken)
    while moment < closes:
        clash = _clash(moment, ordered, account)
        if clash is None:
            return moment
        moment = clash
    return None


def window(company: Company, on: date) -> tuple[datetime, datetime]:
    """The sending window of a local day, in UTC."""
    sending, zone = company.sending, company.zone
    opens = datetime.combine(on, sending.start, tzinfo=zone)
    closes = datetime.combine(on, sending.end, tzinfo=zone)
    return opens.astimezone(UTC), closes.astimezone(UTC)


def _clash(moment: datetime, ordered: list[datetime], account: Level) -> datetime | None:
    """The next moment worth trying when `moment` breaks the gap or fills an hour; None when it is fine."""
    for other in ordered:
        if abs(moment - other) < account.gap:
            return other + account.gap
    for start in [t for t in (*ordered, moment) if moment - HOUR < t <= moment]:
        within = [t for t in ordered if start <= t < start + HOUR]
        if len(within) + (start <= moment < start + HOUR) > account.per_hour:
            return max(within[0] + HOUR, moment + account.gap)
    return None
