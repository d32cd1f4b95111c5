"""The built-in book behind the Crm port, for companies without a CRM: the catalogue in our table, and its calendar."""

from collections.abc import Sequence
from datetime import datetime

from comeback.bookings.calendar import free_slots, utc_days
from comeback.bookings.model import Booking, BookingRequest, Service, Slot, Staff
from comeback.clients.model import Client
from comeback.companies.model import Company
from comeback.errors import NotFound
from comeback.ports import Calendar, Clock, CrmPage, CrmRecord, Store


class NativeBook:
    def __init__(self, store: Store, calendar: Calendar, clock: Clock, company: Company) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock
        self._company = company

    def services(self) -> Sequence[Service]:
        return list(self._store.catalogue(self._company.company_id).services.values())

    def staff(self) -> Sequence[Staff]:
        return list(self._store.catalogue(self._company.company_id).staff.values())

    def clients(self, page: int) -> CrmPage[Client]:
        """Nothing to bring in: the table is the book."""
        del page
        return CrmPage((), last=True)

    def client(self, crm_client_id: str) -> Client | None:
        del crm_client_id
        return None

    def records(self, page: int, changed_after: datetime | None) -> CrmPage[CrmRecord]:
        """Nothing to bring in: the table is the book."""
        del page, changed_after
        return CrmPage((), last=True)

    def record(self, record_id: str) -> CrmRecord | None:
        del record_id
        return None

    def free_slots(
        self, service_id: str, staff_ids: Sequence[str], since: datetime, days: int
    ) -> Sequence[Slot]:
        """Who has no hours of their own works the company's. Raises NotFound for an unknown service."""
        catalogue = self._store.catalogue(self._company.company_id)
        service = catalogue.services.get(service_id)
        if service is None:
            raise NotFound(f"service {service_id}")
        able = [s for s in catalogue.staff.values() if service_id in s.service_ids]
        asked = [s for s in able if not staff_ids or s.staff_id in staff_ids]
        asked.sort(key=lambda s: staff_ids.index(s.staff_id) if staff_ids else 0)
        busy = self._calendar.booked(
            self._company.company_id, [s.staff_id for s in asked], utc_days(since, days)
        )
        return [
            slot
            for member in asked
            for slot in free_slots(
                service_id,
                member.staff_id,
                service.minutes,
                member.hours or self._company.opening,
                self._company.zone,
                busy,
                since,
                days,
            )
        ]

    def book(self, request: BookingRequest) -> Booking:
        return self._calendar.book(self._company.company_id, request, self._clock.now())

    def cancel(self, booking_id: str) -> None:
        self._calendar.cancel(self._company.company_id, booking_id)
