"""What a day has left to sell: free times of several services overlap, and one hour of one person is sold once. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from comeback.bookings.model import Slot


def minutes_by_staff(slots: Iterable[Slot]) -> dict[str, int]:
    """Minutes covered by each member of staff's free times, whatever overlaps counted once."""
    return {staff_id: _covered(free) for staff_id, free in _by_staff(slots).items()}


def chairs(slots: Iterable[Slot]) -> int:
    """How many of these times can be sold at most: the largest choice without an overlap, by earliest end."""
    return sum(_disjoint(free) for free in _by_staff(slots).values())


def _by_staff(slots: Iterable[Slot]) -> Mapping[str, list[Slot]]:
    found: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        found[slot.staff_id].append(slot)
    return found


def _covered(free: Iterable[Slot]) -> int:
    covered, until = timedelta(), None
    for slot in sorted(free, key=lambda s: (s.starts_at, s.ends_at)):
        begins = slot.starts_at if until is None else max(until, slot.starts_at)
        covered += max(timedelta(), slot.ends_at - begins)
        until = max(begins, slot.ends_at)
    return int(covered.total_seconds()) // 60


def _disjoint(free: Iterable[Slot]) -> int:
    sold, until = 0, None
    for slot in sorted(free, key=lambda s: (s.ends_at, s.starts_at)):
        if until is None or slot.starts_at >= until:
            sold, until = sold + 1, slot.ends_at
    return sold
