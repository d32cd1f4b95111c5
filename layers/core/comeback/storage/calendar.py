"""The book of companies without a CRM: bookings stand in the same day items as leases, so one write sees both."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from comeback.bookings.model import Booking, BookingRequest, Slot
from comeback.errors import NotFound, SlotTaken
from comeback.storage import days as staff_days
from comeback.storage import holdings, keys
from comeback.storage.days import Decision
from comeback.storage.holdings import Holdings
from comeback.storage.items.base import NEW
from comeback.storage.items.bookings import BookingItem
from comeback.storage.store import DynamoStore
from comeback.storage.table import Put


class DynamoCalendar:
    """The Calendar port."""

    def __init__(self, store: DynamoStore) -> None:
        self._table = store.table

    def book(self, company_id: str, request: BookingRequest, now: datetime) -> Booking:
        """The same key books once. Raises SlotTaken for time that is booked, or leased to another holder, and for a
        key whose booking was cancelled: what was given up does not come back by a redelivery."""
        booking = Booking(_id(request.key), request.slot, request.client_id, request.key)

        def decide(held: Holdings) -> Decision[Booking]:
            known = self._item(company_id, booking.booking_id)
            if known is not None and known.cancelled:
                raise SlotTaken("this booking was cancelled")
            if known is not None:
                return Decision(held, known.booking())
            after = holdings.booked(held, booking.slot, request.holder, booking.booking_id, now)
            return Decision(after, booking, [Put(BookingItem.of(company_id, booking), NEW)])

        return staff_days.change(self._table, company_id, [request.slot], decide)

    def booked(self, company_id: str, staff_ids: Iterable[str], days: Sequence[date]) -> list[Slot]:
        """Booked time (leases are not in it) of these members of staff on these UTC days."""
        wanted = [(staff_id, day) for staff_id in staff_ids for day in days]
        return [h.slot for h in staff_days.read(self._table, company_id, wanted) if h.booking_id]

    def find(self, company_id: str, booking_id: str) -> Booking | None:
        """None for one that never was, or was cancelled."""
        item = self._item(company_id, booking_id)
        return item.booking() if item and not item.cancelled else None

    def cancel(self, company_id: str, booking_id: str) -> None:
        """Raises NotFound. Cancelling twice is no error."""
        item = self._item(company_id, booking_id)
        if item is None:
            raise NotFound(f"booking {booking_id}")
        if item.cancelled:
            return
        booking = item.booking()
        gone = Put(BookingItem.of(company_id, booking, cancelled=True))

        def decide(held: Holdings) -> Decision[None]:
            return Decision(holdings.cancelled(held, booking_id), None, [gone])

        staff_days.change(self._table, company_id, [booking.slot], decide)

    def _item(self, company_id: str, booking_id: str) -> BookingItem | None:
        return self._table.get(BookingItem, keys.booking(company_id, booking_id))


def _id(key: str) -> str:
    return "b" + hashlib.sha256(key.encode()).hexdigest()[:20]
