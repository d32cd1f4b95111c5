"""The Leases port: a slot offered is a slot held (promise 7)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from comeback.bookings.model import Lease, Slot
from comeback.storage import days as staff_days
from comeback.storage import holdings
from comeback.storage.days import Decision
from comeback.storage.holdings import Holdings
from comeback.storage.store import DynamoStore


class DynamoLeases:
    def __init__(self, store: DynamoStore) -> None:
        self._table = store.table

    def lease(
        self, company_id: str, slots: Sequence[Slot], holder: str, until: datetime, now: datetime
    ) -> tuple[Lease, ...]:
        """Raises Conflict when the days stayed contended."""

        def decide(held: Holdings) -> Decision[tuple[Lease, ...]]:
            return Decision(*holdings.leased(held, slots, holder, until, now))

        return staff_days.change(self._table, company_id, slots, decide)

    def release(self, company_id: str, leases: Sequence[Slot], holder: str) -> None:
        def decide(held: Holdings) -> Decision[None]:
            return Decision(holdings.released(held, leases, holder), None)

        staff_days.change(self._table, company_id, leases, decide)

    def held_by_others(
        self,
        company_id: str,
        staff_ids: Iterable[str],
        days: Sequence[date],
        holder: str,
        now: datetime,
    ) -> tuple[Lease, ...]:
        wanted = [(staff_id, day) for staff_id in staff_ids for day in days]
        held = holdings.live(staff_days.read(self._table, company_id, wanted), now)
        return tuple(
            Lease(h.slot, h.holder, h.until) for h in held if h.until and h.holder != holder
        )
