"""The book of companies without a CRM: bookings stand in the same day items as leases, so one write sees both."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pynamodb.transactions import TransactWrite

from comeback.bookings.model import Booking, BookingRequest, Slot
from comeback.errors import NotFound, SlotTaken
from comeback.storage import days as staff_days
from comeback.storage import items, keys
from comeback.storage.items import Holding
from comeback.storage.store import DynamoStore, get


class DynamoCalendar:
    def __init__(self, store: DynamoStore) -> None:
        self._connection = store.connection

    def book(self, company_id: str, request: BookingRequest, now: datetime) -> Booking:
        """The same key books once. Raises SlotTaken for time that is booked, or leased to another holder."""
        booking_id = "b" + hashlib.sha256(request.key.encode()).hexdigest()[:20]
        if done := get(items.BookingItem, keys.booking(company_id, booking_id), keys.ONLY):
            return done.booking
        booking = Booking(booking_id, request.slot, request.client_id, request.key)

        def decide(holdings: Sequence[Holding]) -> tuple[Sequence[Holding], Booking]:
            live = [h for h in holdings if h.live(now)]
            in_the_way = [h for h in live if h.slot.overlaps(request.slot)]
            if any(h.booking_id or h.holder != request.holder for h in in_the_way):
                if any(h.booking_id == booking_id for h in in_the_way):
                    return holdings, booking
                raise SlotTaken("the time is taken")
            kept = [h for h in live if h not in in_the_way]
            return [*kept, Holding(request.slot, request.holder, None, booking_id)], booking

        def record(transaction: TransactWrite) -> None:
            own = keys.booking(company_id, booking_id)
            transaction.save(items.BookingItem(own, keys.ONLY, booking=booking))

        return staff_days.change(self._connection, company_id, [request.slot], decide, record)

    def booked(self, company_id: str, staff_ids: Iterable[str], days: Sequence[date]) -> list[Slot]:
        """Booked time (leases are not in it) of these members of staff on these UTC days."""
        wanted = [(staff_id, day) for staff_id in staff_ids for day in days]
        return [h.slot for h in staff_days.read(company_id, wanted) if h.booking_id]

    def find(self, company_id: str, booking_id: str) -> Booking | None:
        item = get(items.BookingItem, keys.booking(company_id, booking_id), keys.ONLY)
        return item.booking if item else None

    def cancel(self, company_id: str, booking_id: str) -> None:
        """Raises NotFound. Cancelling twice is no error."""
        booking = self.find(company_id, booking_id)
        if booking is None:
            raise NotFound(f"booking {booking_id}")

        def decide(holdings: Sequence[Holding]) -> tuple[Sequence[Holding], None]:
            return [h for h in holdings if h.booking_id != booking_id], None

        staff_days.change(self._connection, company_id, [booking.slot], decide)
