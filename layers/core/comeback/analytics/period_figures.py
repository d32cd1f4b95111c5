"""Figures of a period, from the sums of its days. Each breakdown adds up to the whole.

Shares are of the days that no booking is expected from any more: bookings come early and silence late, so of the rest they would
be too high. Intervals as in conversions.py.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from comeback.analytics.conversions import share
from comeback.analytics.model import WITHIN_MINUTES, SentDay, Share, Sums

Keyed = Callable[[SentDay], Iterable[tuple[str, Sums]]]
DAY_MINUTES = 1440


@dataclass(frozen=True)
class Line:
    """`sums` of all messages, `settled` of those that the shares are taken of."""

    key: str
    sums: Sums
    settled: Sums

    @property
    def response(self) -> Share | None:
        return share(self.settled.answered, self.settled.sent)

    @property
    def conversion(self) -> Share | None:
        return share(self.settled.booked, self.settled.sent)

    @property
    def opt_out(self) -> Share | None:
        return share(self.settled.opted_out, self.settled.sent)


@dataclass(frozen=True)
class Delay:
    """From message to answer, or to booking."""

    median_hours: float | None
    """Between the ends of its class; None of nothing."""
    within_day: Share | None


def settled_until(today: date, attribution_days: int) -> date:
    """The last local day whose every message has had its days for a booking."""
    return today - timedelta(days=attribution_days + 1)


def lines(days: Sequence[SentDay], until: date, keyed: Keyed) -> tuple[Line, ...]:
    """`until`: the last settled day. In the order of keys."""
    every: defaultdict[str, Sums] = defaultdict(Sums)
    settled: defaultdict[str, Sums] = defaultdict(Sums)
    for day in days:
        for key, sums in keyed(day):
            every[key] += sums
            if day.on <= until:
                settled[key] += sums
    return tuple(
        Line(key, sums, settled.get(key, Sums()))
        for key, sums in sorted(every.items())
        if sums != Sums()
    )


def whole(days: Sequence[SentDay], until: date) -> Line:
    found = lines(days, until, lambda day: (("", sums) for sums in day.attempts.values()))
    return found[0] if found else Line("", Sums(), Sums())


def by_attempt(day: SentDay) -> Iterable[tuple[str, Sums]]:
    return ((str(number), sums) for number, sums in day.attempts.items())


def by_channel(day: SentDay) -> Iterable[tuple[str, Sums]]:
    return ((channel.value, sums) for channel, sums in day.channels.items())


def by_service(day: SentDay) -> Iterable[tuple[str, Sums]]:
    return ((service_id, sums) for (service_id, _), sums in day.services.items())


def by_time(day: SentDay) -> Iterable[tuple[str, Sums]]:
    """Weekday and hour, as in `0-18`."""
    return ((f"{day.on.weekday()}-{hour:02}", sums) for (_, hour), sums in day.services.items())


def by_time_of(service_id: str) -> Keyed:
    def keyed(day: SentDay) -> Iterable[tuple[str, Sums]]:
        return (
            (f"{day.on.weekday()}-{hour:02}", sums)
            for (service, hour), sums in day.services.items()
            if service == service_id
        )

    return keyed


def delay(counts: Iterable[Mapping[int, int]]) -> Delay:
    """`counts` of each day, by class of WITHIN_MINUTES."""
    sums: Counter[int] = Counter()
    for day in counts:
        sums.update(day)
    within = sum(n for at, n in sums.items() if at <= WITHIN_MINUTES.index(DAY_MINUTES))
    return Delay(_median_hours(sums), share(within, sums.total()))


def _median_hours(sums: Mapping[int, int]) -> float | None:
    """As if those of a class were evenly spread over it; of the last, open one, its beginning."""
    left = sum(sums.values()) / 2
    for at, (low, high) in enumerate(pairwise((0, *WITHIN_MINUTES, WITHIN_MINUTES[-1]))):
        n = sums.get(at, 0)
        if n and left <= n:
            return (low + (high - low) * left / n) / 60
        left -= n
    return None
