"""What holds a member of staff, and the bookings of the built-in book."""

from datetime import UTC, date, datetime, time, timedelta

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from comeback.bookings.model import Booking
from comeback.storage import keys
from comeback.storage.holdings import Holding
from comeback.storage.items.base import Item, Map, SlotMap, Text, Whole

KEPT = timedelta(days=40)
"""A day is forgotten this long after it: nobody books the past, and visits are kept with their clients."""


class HoldingMap(Map):
    slot = SlotMap()
    holder = Text()
    until = UTCDateTimeAttribute(null=True)
    booking_id = Text()

    @classmethod
    def of(cls, holding: Holding) -> "HoldingMap":
        return cls(
            slot=SlotMap.of(holding.slot),
            holder=holding.holder,
            until=holding.until,
            booking_id=holding.booking_id,
        )

    def holding(self) -> Holding:
        return Holding(self.slot.slot(), self.holder, self.until, self.booking_id)


class DayItem(Item, discriminator="day"):
    """One member of staff's UTC day."""

    holdings = ListAttribute(of=HoldingMap, default=list)
    version = Whole()

    @classmethod
    def of(
        cls,
        company_id: str,
        staff_id: str,
        day: date,
        holdings: tuple[Holding, ...],
        version: int,
    ) -> "DayItem":
        forgotten = datetime.combine(day, time(), tzinfo=UTC) + KEPT
        return cls(
            *keys.staff_day(company_id, staff_id, day),
            holdings=[HoldingMap.of(holding) for holding in holdings],
            version=version,
            expires_at=int(forgotten.timestamp()),
        )


class BookingItem(Item, discriminator="booking"):
    """`cancelled` stays for good, so that the key it was booked under does not book again."""

    booking_id = UnicodeAttribute()
    slot = SlotMap()
    client_id = UnicodeAttribute()
    idempotency_key = Text()
    cancelled = BooleanAttribute()

    @classmethod
    def of(cls, company_id: str, booking: Booking, cancelled: bool = False) -> "BookingItem":
        return cls(
            *keys.booking(company_id, booking.booking_id),
            booking_id=booking.booking_id,
            slot=SlotMap.of(booking.slot),
            client_id=booking.client_id,
            idempotency_key=booking.key,
            cancelled=cancelled,
        )

    def booking(self) -> Booking:
        return Booking(self.booking_id, self.slot.slot(), self.client_id, self.idempotency_key)
