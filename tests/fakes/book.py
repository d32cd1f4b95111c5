"""Leases and the built-in book in memory, by the same pure rules as the table's; and the CRM of each company."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from comeback.bookings.model import Booking, BookingRequest, Lease, Slot
from comeback.companies.model import Company, CrmKind
from comeback.crm.native import NativeBook
from comeback.errors import NotFound
from comeback.ports import Crm
from comeback.storage import holdings
from comeback.storage.holdings import Holdings

from tests.fakes.clock import FixedClock
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeStore


class Book:
    """The Leases and the Calendar port."""

    def __init__(self) -> None:
        self.held: dict[str, Holdings] = {}
        self.bookings: dict[tuple[str, str], Booking] = {}
        """By company and key."""

    def lease(
        self, company_id: str, slots: Sequence[Slot], holder: str, until: datetime, now: datetime
    ) -> tuple[Lease, ...]:
        after, won = holdings.leased(self._held(company_id), slots, holder, until, now)
        self.held[company_id] = after
        return won

    def release(self, company_id: str, leases: Sequence[Slot], holder: str) -> None:
        self.held[company_id] = holdings.released(self._held(company_id), leases, holder)

    def held_by_others(
        self,
        company_id: str,
        staff_ids: Iterable[str],
        days: Sequence[date],
        holder: str,
        now: datetime,
    ) -> tuple[Lease, ...]:
        return tuple(
            Lease(h.slot, h.holder, h.until)
            for h in self._of(company_id, set(staff_ids), days)
            if h.until and h.until > now and h.holder != holder
        )

    def book(self, company_id: str, request: BookingRequest, now: datetime) -> Booking:
        known = self.bookings.get((company_id, request.key))
        if known:
            return known
        booking = Booking(f"b.{request.key}", request.slot, request.client_id, request.key)
        held, key = self._held(company_id), booking.booking_id
        self.held[company_id] = holdings.booked(held, booking.slot, request.holder, key, now)
        self.bookings[company_id, request.key] = booking
        return booking

    def booked(self, company_id: str, staff_ids: Iterable[str], days: Sequence[date]) -> list[Slot]:
        return [h.slot for h in self._of(company_id, set(staff_ids), days) if h.booking_id]

    def cancel(self, company_id: str, booking_id: str) -> None:
        if not any(b.booking_id == booking_id for b in self.bookings.values()):
            raise NotFound(f"booking {booking_id}")
        self.held[company_id] = holdings.cancelled(self._held(company_id), booking_id)

    def _held(self, company_id: str) -> Holdings:
        return self.held.get(company_id, ())

    def _of(self, company_id: str, staff_ids: set[str], days: Sequence[date]) -> Holdings:
        return tuple(
            h
            for h in self._held(company_id)
            if h.slot.staff_id in staff_ids and {*holdings.utc_days(h.slot)} & {*days}
        )


@dataclass
class Books:
    """The Crms port: the built-in book, or YCLIENTS as `crm` plays it."""

    store: FakeStore
    book: Book
    clock: FixedClock
    yclients: FakeCrm

    def crm(self, company: Company) -> Crm:
        if company.crm is CrmKind.YCLIENTS:
            return self.yclients
        return NativeBook(self.store, self.book, self.clock, company)
