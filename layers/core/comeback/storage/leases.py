"""The Leases port: a slot offered is a slot held (promise 7)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from comeback.bookings.model import Lease, Slot
from comeback.storage import days as staff_days
from comeback.storage.items import Holding
from comeback.storage.store import DynamoStore


class DynamoLeases:
    def __init__(self, store: DynamoStore) -> None:
        self._connection = store.connection

    def lease(
        self, company_id: str, slots: Sequence[Slot], holder: str, until: datetime, now: datetime
    ) -> tuple[Lease, ...]:
        """Raises Conflict when the day stayed contended."""
        if not slots:
            return ()

        def decide(holdings: Sequence[Holding]) -> tuple[Sequence[Holding], tuple[Lease, ...]]:
            kept = [h for h in holdings if h.live(now)]
            won: list[Lease] = []
            for slot in slots:
                if any(h.holder != holder and h.slot.overlaps(slot) for h in kept):
                    continue
                if any(h.booking_id and h.slot.overlaps(slot) for h in kept):
                    continue
                kept = [h for h in kept if not (h.holder == holder and h.slot.overlaps(slot))]
                kept.append(Holding(slot, holder, until))
                won.append(Lease(slot, holder, until))
            return kept, tuple(won)

        return staff_days.change(self._connection, company_id, slots, decide)

    def release(self, company_id: str, leases: Sequence[Slot], holder: str) -> None:
        if not leases:
            return

        def decide(holdings: Sequence[Holding]) -> tuple[Sequence[Holding], None]:
            ours = [
                h for h in holdings if h.holder == holder and not h.booking_id and h.slot in leases
            ]
            return [h for h in holdings if h not in ours], None

        staff_days.change(self._connection, company_id, leases, decide)

    def held_by_others(
        self,
        company_id: str,
        staff_ids: Iterable[str],
        days: Sequence[date],
        holder: str,
        now: datetime,
    ) -> tuple[Lease, ...]:
        wanted = [(staff_id, day) for staff_id in staff_ids for day in days]
        return tuple(
            Lease(h.slot, h.holder, h.until)
            for h in staff_days.read(company_id, wanted)
            if h.until is not None and h.live(now) and h.holder != holder
        )
