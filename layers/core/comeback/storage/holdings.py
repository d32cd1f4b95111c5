"""What holds one member of staff's time, and who may take what is left: pure, whoever stores it.

No two live holdings of different holders overlap, and a booking overlaps nothing. One holder's own leases may overlap
(12:00 and 12:30 offered in one message): taking one of them gives up the rest that it meets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from comeback.bookings.model import Lease, Slot
from comeback.errors import SlotTaken


@dataclass(frozen=True)
class Holding:
    """A stretch of one member of staff's time. `until` None: a booking, which does not lapse."""

    slot: Slot
    holder: str
    until: datetime | None = None
    booking_id: str = ""

    def live(self, now: datetime) -> bool:
        return self.until is None or self.until > now


Holdings = tuple[Holding, ...]


def live(holdings: Iterable[Holding], now: datetime) -> Holdings:
    return tuple(holding for holding in holdings if holding.live(now))


def leased(
    holdings: Iterable[Holding], slots: Sequence[Slot], holder: str, until: datetime, now: datetime
) -> tuple[Holdings, tuple[Lease, ...]]:
    """What holds the time afterwards, and which of `slots` are now `holder`'s. Leasing one's own again extends it."""
    kept = list(live(holdings, now))
    won: list[Lease] = []
    for slot in slots:
        if any(_stands_against(other, slot, holder) for other in kept):
            continue
        before = next((h for h in kept if h.slot == slot), None)
        longest = max(until, before.until) if before and before.until else until
        kept = [h for h in kept if h is not before]
        kept.append(Holding(slot, holder, longest))
        won.append(Lease(slot, holder, longest))
    return tuple(kept), tuple(won)


def released(holdings: Iterable[Holding], slots: Sequence[Slot], holder: str) -> Holdings:
    """Without `holder`'s leases on `slots`; bookings stay."""
    return tuple(h for h in holdings if h.booking_id or h.holder != holder or h.slot not in slots)


def booked(
    holdings: Iterable[Holding], slot: Slot, holder: str, booking_id: str, now: datetime
) -> Holdings:
    """With the booking; `holder`'s leases that it meets are given up. Raises SlotTaken."""
    kept = live(holdings, now)
    if any(_stands_against(other, slot, holder) for other in kept):
        raise SlotTaken("the time is booked, or held for somebody else")
    free = tuple(h for h in kept if not h.slot.overlaps(slot))
    return (*free, Holding(slot, holder, None, booking_id))


def cancelled(holdings: Iterable[Holding], booking_id: str) -> Holdings:
    return tuple(h for h in holdings if h.booking_id != booking_id)


def utc_days(slot: Slot) -> tuple[date, ...]:
    """The UTC dates that a slot touches; a slot of no length touches its start's."""
    first = slot.starts_at.date()
    last = max(first, (slot.ends_at - timedelta(microseconds=1)).date())
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def _stands_against(other: Holding, slot: Slot, holder: str) -> bool:
    return other.slot.overlaps(slot) and (bool(other.booking_id) or other.holder != holder)
