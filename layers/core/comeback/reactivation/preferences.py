"""What a client's own visits say about when, with whom and for what they come (reactivation.md, Preferences)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import mean, pstdev
from typing import TypeVar
from zoneinfo import ZoneInfo

from comeback.clients.model import Visit, VisitStatus
from comeback.reactivation.model import Preferences

Value = TypeVar("Value")

VISITS_READ = 20
PREFERRED_SHARE = 0.4
REGULAR_FROM = 0.7
CONFIDENCE = ((10, 0.9), (5, 0.7), (3, 0.5), (0, 0.3))
"""(visits at least, confidence)."""
PERIODS = (("morning", 0, 12), ("afternoon", 12, 17), ("evening", 17, 24))
"""Local hours, end excluded. The specification starts at 9 and ends at 21; the few outside join their neighbours."""


def period_of(local: datetime) -> str:
    return next(name for name, start, end in PERIODS if start <= local.hour < end)


def preferences(visits: Iterable[Visit], zone: ZoneInfo, asked_for_staff: str = "") -> Preferences:
    """From the last 20 completed visits. `asked_for_staff` (said in a dialogue) outweighs the history. Visits of which
    only the day is known say nothing about the time of day."""
    completed = sorted(
        (v for v in visits if v.status is VisitStatus.COMPLETED), key=lambda v: v.starts_at
    )[-VISITS_READ:]
    local = [v.starts_at.astimezone(zone) for v in completed]
    count = len(completed)
    timed = [v.starts_at.astimezone(zone) for v in completed if v.timed]
    periods = {name: n / len(timed) for name, n in Counter(map(period_of, timed)).items()}
    favourite = max(periods, key=lambda name: periods[name], default=None)
    staff = _by_frequency(v.staff_id for v in completed if v.staff_id)
    if asked_for_staff:
        staff = [asked_for_staff, *(s for s in staff if s != asked_for_staff)]
    gaps = _gaps(local)
    regularity = _regularity(gaps)
    return Preferences(
        periods=periods,
        preferred_period=favourite if favourite and periods[favourite] > PREFERRED_SHARE else None,
        weekdays=tuple(_by_frequency(moment.weekday() for moment in local)[:3]),
        staff_id=staff[0] if staff else None,
        staff_share=_staff_share(completed, staff, asked_for_staff),
        alternatives=tuple(staff[1:3]),
        services=tuple(_by_frequency(v.service_id for v in completed)[:3]),
        mean_gap_days=mean(gaps) if gaps else None,
        regularity=regularity,
        regular=regularity > REGULAR_FROM,
        confidence=next(value for least, value in CONFIDENCE if count >= least),
    )


def _by_frequency(values: Iterable[Value]) -> list[Value]:
    return [value for value, _ in Counter(values).most_common()]


def _staff_share(completed: Sequence[Visit], staff: Sequence[str], asked_for: str) -> float:
    if asked_for:
        return 1.0
    return sum(v.staff_id == staff[0] for v in completed) / len(completed) if staff else 0.0


def _gaps(local: Sequence[datetime]) -> list[int]:
    """Days between visits on different local days."""
    days = sorted({moment.date() for moment in local})
    return [(later - earlier).days for earlier, later in pairwise(days)]


def _regularity(gaps: Sequence[int]) -> float:
    """1 − min(sd/mean, 1). One gap shows no regularity: 0."""
    if len(gaps) < 2:
        return 0.0
    return 1.0 - min(pstdev(gaps) / mean(gaps), 1.0)
