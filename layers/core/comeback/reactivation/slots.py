"""Which free slots to offer: filter by what the client surely likes, score, take the best (reactivation.md, Slots)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from comeback.bookings.model import Lease, Slot
from comeback.reactivation.model import Preferences
from comeback.reactivation.preferences import period_of

DAYS_AHEAD = 7
NOTICE = timedelta(hours=3)
"""Nobody is offered a slot sooner than this: they must read, answer and come."""
LEASE = timedelta(hours=24)
"""How long an offered slot is held. Most who answer do so within a day (reactivation.md, Targets); holding longer
would empty the book of a small salon. A later «yes» still books when the slot is free (promise 7)."""
STAFF_WEIGHT, TIME_WEIGHT = 0.6, 0.4
SURE_OF_PERIOD, SURE_OF_WEEKDAY = 0.6, 0.5
STAFF_SCORES = {"favourite": 1.0, "alternative": 0.5, "other": 0.0}
WEEKDAY_SCORES = (1.0, 0.8, 0.6)


def offerable(
    free: Iterable[Slot], leased: Sequence[Lease], likes: Preferences, zone: ZoneInfo
) -> list[Slot]:
    """Free, not held for somebody else, and within the preferences we are sure of. When these leave nothing, what is
    free is offered after all: an imperfect slot beats none."""
    held = [lease.slot for lease in leased]
    open_slots = [slot for slot in free if not any(slot.overlaps(other) for other in held)]
    liked = [slot for slot in open_slots if _within_preferences(slot, likes, zone)]
    return liked or open_slots


def _within_preferences(slot: Slot, likes: Preferences, zone: ZoneInfo) -> bool:
    local = slot.starts_at.astimezone(zone)
    if (
        likes.preferred_period
        and likes.confidence > SURE_OF_PERIOD
        and period_of(local) != likes.preferred_period
    ):
        return False
    return not (
        likes.weekdays
        and likes.confidence > SURE_OF_WEEKDAY
        and local.weekday() not in likes.weekdays
    )


def score(slot: Slot, likes: Preferences, zone: ZoneInfo) -> float:
    """0 to 1: 60 % who, 40 % when (half day of the week, half time of the day)."""
    return STAFF_WEIGHT * _staff_score(slot, likes) + TIME_WEIGHT * _time_score(slot, likes, zone)


def _staff_score(slot: Slot, likes: Preferences) -> float:
    if slot.staff_id == likes.staff_id:
        return STAFF_SCORES["favourite"]
    return STAFF_SCORES["alternative" if slot.staff_id in likes.alternatives else "other"]


def _time_score(slot: Slot, likes: Preferences, zone: ZoneInfo) -> float:
    local = slot.starts_at.astimezone(zone)
    day = (
        WEEKDAY_SCORES[likes.weekdays.index(local.weekday())]
        if local.weekday() in likes.weekdays
        else 0.0
    )
    return (day + likes.periods.get(period_of(local), 0.0)) / 2


def best(slots: Iterable[Slot], likes: Preferences, zone: ZoneInfo, count: int) -> list[Slot]:
    """The `count` best, no two overlapping; of equals the sooner. A second slot in the same half-day of the same member
    of staff says little, so it stands back behind other days."""
    ranked = sorted(slots, key=lambda s: (-score(s, likes, zone), s.starts_at, s.staff_id))
    firsts: list[Slot] = []
    seconds: list[Slot] = []
    half_days: set[tuple[str, date, str]] = set()
    for slot in ranked:
        local = slot.starts_at.astimezone(zone)
        half_day = (slot.staff_id, local.date(), period_of(local))
        (seconds if half_day in half_days else firsts).append(slot)
        half_days.add(half_day)
    chosen: list[Slot] = []
    for slot in firsts + seconds:
        if len(chosen) < count and not any(slot.overlaps(other) for other in chosen):
            chosen.append(slot)
    return chosen
