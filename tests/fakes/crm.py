"""A company's CRM in memory. `broken` holds errors that the next calls raise; `calls` what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from comeback.bookings.model import Booking, BookingRequest, Service, Slot, Staff
from comeback.clients.model import Client, VisitStatus
from comeback.companies.model import Company
from comeback.errors import SlotTaken
from comeback.ports import CrmPage, CrmRecord

PAGE = 2
"""Small, so that tests see pages."""


@dataclass
class FakeCrm:
    """The Crm port."""

    on_services: list[Service] = field(default_factory=list)
    on_staff: list[Staff] = field(default_factory=list)
    on_clients: list[Client] = field(default_factory=list)
    on_records: dict[str, CrmRecord] = field(default_factory=dict)
    free: list[Slot] = field(default_factory=list)
    booked: dict[str, Booking] = field(default_factory=dict)
    """By key."""
    broken: list[Exception | None] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def services(self) -> Sequence[Service]:
        self._called("services")
        return self.on_services

    def staff(self) -> Sequence[Staff]:
        self._called("staff")
        return self.on_staff

    def clients(self, page: int) -> CrmPage[Client]:
        self._called(f"clients {page}")
        start = (page - 1) * PAGE
        shown = tuple(self.on_clients[start : start + PAGE])
        return CrmPage(shown, start + PAGE >= len(self.on_clients))

    def client(self, crm_client_id: str) -> Client | None:
        self._called(f"client {crm_client_id}")
        return next((c for c in self.on_clients if c.crm_id == crm_client_id), None)

    def records(self, page: int, changed_after: datetime | None) -> CrmPage[CrmRecord]:
        self._called(f"records {page}")
        start = (page - 1) * PAGE
        found = [
            r
            for r in self.on_records.values()
            if changed_after is None or r.changed_at >= changed_after
        ]
        return CrmPage(tuple(found[start : start + PAGE]), start + PAGE >= len(found))

    def record(self, record_id: str) -> CrmRecord | None:
        self._called(f"record {record_id}")
        return self.on_records.get(record_id)

    def free_slots(
        self, service_id: str, staff_ids: Sequence[str], since: datetime, days: int
    ) -> Sequence[Slot]:
        self._called("free_slots")
        return [
            s
            for s in self.free
            if s.service_id == service_id
            and s.starts_at >= since
            and (not staff_ids or s.staff_id in staff_ids)
        ]

    def book(self, request: BookingRequest) -> Booking:
        self._called("book")
        if request.key in self.booked:
            return self.booked[request.key]
        if any(b.slot.overlaps(request.slot) for b in self.booked.values()):
            raise SlotTaken("busy")
        booking = Booking(str(len(self.booked) + 1), request.slot, request.client_id, request.key)
        self.booked[request.key] = booking
        return booking

    def cancel(self, booking_id: str) -> None:
        self._called("cancel")
        kept = {k: b for k, b in self.booked.items() if b.booking_id != booking_id}
        self.booked = kept

    def mark(self, record_id: str, status: VisitStatus, at: datetime) -> None:
        """Not of the port: the salon changes a record."""
        record = self.on_records[record_id]
        visit = replace(record.visit, status=status)
        self.on_records[record_id] = replace(record, visit=visit, changed_at=at)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        error = self.broken.pop(0) if self.broken else None
        if error is not None:
            raise error


@dataclass
class FakeCrms:
    """The Crms port: one CRM for everybody."""

    book: FakeCrm

    def crm(self, company: Company) -> FakeCrm:
        return self.book
