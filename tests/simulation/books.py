"""The salon's book: the built-in one, or a CRM with a will of its own, which is slow, tells times that are taken, and changes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from comeback.bookings.calendar import free_slots
from comeback.bookings.model import Booking, BookingRequest, Service, Slot, Staff
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import Company, CrmKind
from comeback.crm.native import NativeBook
from comeback.errors import NotFound, SlotTaken
from comeback.ports import Calendar, Clock, Crm, CrmPage, CrmRecord, Store

from tests.fakes.watched import Watch, Watched
from tests.simulation.agenda import Agenda
from tests.simulation.faults import Fault, Weather
from tests.simulation.queues import Queue

PAGE = 20
STALE = timedelta(hours=12)
"""A lying CRM has not yet heard of what was booked since."""


@dataclass(frozen=True)
class Entry:
    record: CrmRecord
    slot: Slot
    key: str
    made_at: datetime


@dataclass
class Yclients:
    """The Crm port, as YCLIENTS plays it: it knows nothing of our leases, and tells of every change by a webhook."""

    company: Company
    on_services: Sequence[Service]
    on_staff: Sequence[Staff]
    on_clients: Sequence[Client]
    events: Queue
    agenda: Agenda
    weather: Weather
    entries: dict[str, Entry] = field(default_factory=dict)
    names: int = 0

    def services(self) -> Sequence[Service]:
        return self.on_services

    def staff(self) -> Sequence[Staff]:
        return self.on_staff

    def clients(self, page: int) -> CrmPage[Client]:
        return CrmPage(tuple(self.on_clients) if page == 1 else (), last=True)

    def client(self, crm_client_id: str) -> Client | None:
        return next((c for c in self.on_clients if c.crm_id == crm_client_id), None)

    def records(self, page: int, changed_after: datetime | None) -> CrmPage[CrmRecord]:
        found = [
            entry.record
            for entry in self.entries.values()
            if changed_after is None or entry.record.changed_at >= changed_after
        ]
        start = (page - 1) * PAGE
        return CrmPage(tuple(found[start : start + PAGE]), start + PAGE >= len(found))

    def record(self, record_id: str) -> CrmRecord | None:
        entry = self.entries.get(record_id)
        return entry.record if entry else None

    def free_slots(
        self, service_id: str, staff_ids: Sequence[str], since: datetime, days: int
    ) -> Sequence[Slot]:
        lies = self.weather.strikes(Fault.LYING_CRM, "free times")
        known = self.agenda.now - STALE if lies else self.agenda.now
        busy = [e.slot for e in self.standing() if e.made_at <= known]
        service = next(s for s in self.on_services if s.service_id == service_id)
        return [
            slot
            for member in self.on_staff
            if not staff_ids or member.staff_id in staff_ids
            for slot in free_slots(
                service_id, member.staff_id, service.minutes, member.hours, self.company.zone,
                busy, since, days,
            )
        ]  # fmt: skip

    def book(self, request: BookingRequest) -> Booking:
        """Raises SlotTaken."""
        for record_id, entry in self.entries.items():
            if entry.key == request.key:
                return Booking(record_id, entry.slot, request.client_id, request.key)
        made = self.write(request.slot, request.crm_client_id, request.phone, request.key)
        return Booking(made, request.slot, request.client_id, request.key)

    def cancel(self, booking_id: str) -> None:
        """Raises NotFound."""
        if booking_id not in self.entries:
            raise NotFound(booking_id)
        self.mark(booking_id, VisitStatus.CANCELLED)

    # ── what the salon does itself ───────────────────────────────────────────────────────────────

    def write(self, slot: Slot, crm_client_id: str, phone: str, key: str = "") -> str:
        """Raises SlotTaken."""
        if any(e.slot.overlaps(slot) for e in self.standing()):
            raise SlotTaken("busy")
        self.names += 1
        record_id, now = f"r{self.names}", self.agenda.now
        visit = Visit(
            record_id, slot.service_id, slot.staff_id, slot.starts_at, VisitStatus.BOOKED,
            source="crm",
        )  # fmt: skip
        record = CrmRecord(crm_client_id, "Anna", phone, visit, now)
        self.entries[record_id] = Entry(record, slot, key, now)
        self._tells(record_id)
        self.agenda.at(slot.ends_at, lambda: self._ends(record_id))
        return record_id

    def mark(self, record_id: str, status: VisitStatus) -> None:
        entry = self.entries[record_id]
        visit = replace(entry.record.visit, status=status, amount_minor=100_000)
        record = replace(entry.record, visit=visit, changed_at=self.agenda.now)
        self.entries[record_id] = replace(entry, record=record)
        self._tells(record_id)

    def _ends(self, record_id: str) -> None:
        if self.entries[record_id].record.status is VisitStatus.BOOKED:
            came = self.weather.rng.random() < 0.8
            self.mark(record_id, VisitStatus.COMPLETED if came else VisitStatus.NO_SHOW)

    def _tells(self, record_id: str) -> None:
        record = self.entries[record_id].record
        changed = int(record.changed_at.timestamp())
        detail = {
            "resource": "record",
            "id": record_id,
            "status": "update",
            "key": f"1:record:{record_id}:update:{changed}",
            "client": record.client_id,
        }
        body = {"company_id": self.company.company_id, "kind": "crm.changed", "detail": detail}
        told = json.dumps(body)
        self.agenda.after(1, lambda: self.events.take(told))

    def standing(self) -> list[Entry]:
        return [e for e in self.entries.values() if e.record.status is not VisitStatus.CANCELLED]


@dataclass(frozen=True)
class Crms:
    """The Crms port."""

    store: Store
    calendar: Calendar
    clock: Clock
    yclients: Crm
    watch: Watch

    def crm(self, company: Company) -> Crm:
        native = NativeBook(self.store, self.calendar, self.clock, company)
        found = self.yclients if company.crm is CrmKind.YCLIENTS else native
        watched: Any = Watched("crm", found, self.watch)
        return cast(Crm, watched)
