"""How many messages bring an answer and a booking: over all, by attempt, service, hour, weekday, channel, text.

Intervals are Wilson's (JASA 22, 1927), which hold for the few dozens of messages that a small salon sends.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from statistics import NormalDist, median

from comeback.analytics.model import (
    AttemptFact,
    DayFigures,
    Dimension,
    Figures,
    Grade,
    LowConversion,
    Row,
    Share,
)

LEVEL = 0.8
FEWEST_SETTLED = 30
"""Fewer attempts say nothing about a threshold: four of 29 are 14 %, five are 17 %."""
KEYS: Mapping[Dimension, Callable[[AttemptFact], int | str]] = {
    Dimension.ATTEMPT: lambda f: f.attempt,
    Dimension.SERVICE: lambda f: f.service_id,
    Dimension.HOUR: lambda f: f.sent_at.hour,
    Dimension.WEEKDAY: lambda f: f.sent_at.weekday(),
    Dimension.CHANNEL: lambda f: f.channel.value,
    Dimension.VARIANT: lambda f: f.variant,
}


def conversions(facts: Iterable[AttemptFact], *, by: Dimension) -> tuple[Row, ...]:
    """Attempts, hours and weekdays in their order; the others by how much was sent."""
    groups: defaultdict[int | str, list[AttemptFact]] = defaultdict(list)
    for fact in facts:
        groups[KEYS[by](fact)].append(fact)
    rows = [Row(key, _title(group, by), summary(group)) for key, group in groups.items()]
    return tuple(sorted(rows, key=_order))


def summary(facts: Iterable[AttemptFact]) -> Figures:
    every = tuple(facts)
    settled = [f for f in every if f.settled_at is not None]
    return Figures(
        sent=len(every),
        delivered=sum(f.was_delivered for f in every),
        read=sum(f.was_read for f in every),
        answered=sum(f.answered_at is not None for f in every),
        booked=sum(f.booked_at is not None for f in every),
        opted_out=sum(f.opted_out for f in every),
        settled=len(settled),
        revenue_minor=sum(f.revenue_minor for f in every),
        response=share(sum(f.answered_at is not None for f in settled), len(settled)),
        conversion=share(sum(f.booked_at is not None for f in settled), len(settled)),
        response_hours=_median_hours((f.sent_at, f.answered_at) for f in every),
        conversion_hours=_median_hours((f.sent_at, f.booked_at) for f in every),
    )


def share(part: int, of: int, level: float = LEVEL) -> Share | None:
    """None of nothing."""
    return Share(part, of, *wilson(part, of, level)) if of else None


def wilson(part: int, of: int, level: float) -> tuple[float, float]:
    """Both ends of the score interval."""
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    p = part / of
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = sqrt(z2 * (p * (1 - p) / of + z2 / (4 * of * of))) / (1 + z2 / of)
    return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


def falls_under(
    facts: Iterable[AttemptFact], threshold: float = 0.15, level: float = LEVEL
) -> LowConversion | None:
    """WARN when the whole interval is under `threshold`, WATCH when only the point is; None before `FEWEST_SETTLED`.

    A company that converts at exactly `threshold` is warned about once in (1 - level) / 2 of independent looks.
    """
    settled = [f for f in facts if f.settled_at is not None]
    found = share(sum(f.booked_at is not None for f in settled), len(settled), level)
    if found is None or found.of < FEWEST_SETTLED or found.point >= threshold:
        return None
    return LowConversion(Grade.WARN if found.high < threshold else Grade.WATCH, found, threshold)


def standing_out(rows: Sequence[Row], most: int = 3) -> tuple[Row, ...]:
    """The rows that convert better than all others together, best first.

    Among 24 hours some look good by chance, so the level is divided among the rows (Bonferroni).
    """
    shares = [(row, row.figures.conversion) for row in rows]
    level = 1 - (1 - LEVEL) / max(1, len(rows))
    found = [(s.point, row) for row, s in shares if s and _better(s, rows, level)]
    return tuple(row for _, row in sorted(found, key=lambda f: -f[0])[:most])


def daily(facts: Iterable[AttemptFact], until: date, days: int = 28) -> tuple[DayFigures, ...]:
    """The last `days` local days, `until` the last of them; a day of silence is there too."""
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        for name, at in _moments(fact):
            counts[at.date()][name] += 1
    every = (until - timedelta(ago) for ago in reversed(range(days)))
    return tuple(DayFigures(on, **counts[on]) for on in every)


def _moments(fact: AttemptFact) -> Iterable[tuple[str, datetime]]:
    yield "sent", fact.sent_at
    if fact.answered_at:
        yield "answered", fact.answered_at
    if fact.booked_at:
        yield "booked", fact.booked_at
    if fact.settled_at:
        yield "settled", fact.settled_at
        if fact.booked_at:
            yield "converted", fact.settled_at


def _better(one: Share, rows: Sequence[Row], level: float) -> bool:
    every = [row.figures.conversion for row in rows]
    part = sum(s.part for s in every if s) - one.part
    of = sum(s.of for s in every if s) - one.of
    if one.of < FEWEST_SETTLED or of < FEWEST_SETTLED:
        return False
    return wilson(one.part, one.of, level)[0] > wilson(part, of, LEVEL)[1]


def _title(group: Sequence[AttemptFact], by: Dimension) -> str:
    """The service's latest: titles change."""
    return max(group, key=lambda f: f.sent_at).service if by is Dimension.SERVICE else ""


def _order(row: Row) -> tuple[int, str]:
    return (row.key, "") if isinstance(row.key, int) else (-row.figures.sent, row.key)


def _median_hours(pairs: Iterable[tuple[datetime, datetime | None]]) -> float | None:
    """In UTC: the difference of two moments of one zone is of its wall clock, an hour wrong when summer time ends."""
    hours = [(b.astimezone(UTC) - a.astimezone(UTC)) / timedelta(hours=1) for a, b in pairs if b]
    return median(hours) if hours else None
