"""YCLIENTS behind the Crm port. HTTP requests per operation stand in each docstring."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from comeback.bookings.model import Booking, BookingRequest, Service, Slot, Staff
from comeback.clients.model import Client
from comeback.companies.model import Company
from comeback.crm import yclients_reading as reading
from comeback.crm.yclients_http import YclientsHttp
from comeback.crm.yclients_wire import (
    BookDates,
    Booked,
    BookTime,
    ClientItem,
    RecordItem,
    ServiceItem,
    StaffItem,
    Total,
)
from comeback.decoding import decoded
from comeback.errors import ComebackError, NotFound, SlotTaken, Unavailable, UnknownOutcome
from comeback.ports import CrmPage, CrmRecord

CLIENTS_PAGE, RECORDS_PAGE = 200, 200
ENOUGH_SLOTS = 40
"""Further members of staff are not asked about once a choice of three has this much to choose from."""
MAX_STAFF = 5
"""Members of staff asked about in one search: each costs a request per bookable day, of 200 a minute."""

SEARCH_SECONDS = 12.0
"""Searches have many requests: a book that answers slowly is asked for no more this long after the first, so that with the
last one's wait for its turn and ten seconds a function of thirty still has its end in hand."""


class Yclients:
    def __init__(
        self,
        http: YclientsHttp,
        company: Company,
        search_seconds: float = SEARCH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`search_seconds`: what all searches of this object may take together, from the first on."""
        self._http = http
        self._search_seconds = search_seconds
        self._searching_until: float | None = None
        self._monotonic = monotonic
        self._company = company
        self._id = company.crm_company_id

    def services(self) -> Sequence[Service]:
        """1 request."""
        return [reading.service(item, self._company) for item in self._services()]

    def staff(self) -> Sequence[Staff]:
        """2 requests. The dismissed stay, for old visits' sake, without services."""
        does: dict[int, set[str]] = {}
        for service in self._services():
            for member in service.staff:
                does.setdefault(member.id, set()).add(str(service.id))
        found = self._http.get(f"/company/{self._id}/staff", list[StaffItem]).data
        return [
            Staff(str(s.id), s.name, frozenset() if s.fired else frozenset(does.get(s.id, ())))
            for s in found
        ]

    def clients(self, page: int) -> CrmPage[Client]:
        """1 request for 200 clients, by id, so that a page stays the same page."""
        query = {
            "page": page,
            "page_size": CLIENTS_PAGE,
            "fields": ["id", "name", "phone"],
            "order_by": "id",
            "order_by_direction": "ASC",
        }
        path = f"/company/{self._id}/clients/search"
        found = self._http.search(path, list[ClientItem], query)
        items = tuple(reading.client(item, self._company) for item in found.data)
        return CrmPage(items, _last(page, CLIENTS_PAGE, len(found.data), found.meta))

    def client(self, crm_client_id: str) -> Client | None:
        """1 request."""
        try:
            found = self._http.get(f"/client/{self._id}/{crm_client_id}", ClientItem)
        except NotFound:
            return None
        return reading.client(found.data, self._company)

    def records(self, page: int, changed_after: datetime | None) -> CrmPage[CrmRecord]:
        """1 request for 200 records, deleted ones among them."""
        query: dict[str, Any] = {"page": page, "count": RECORDS_PAGE, "with_deleted": 1}
        if changed_after is not None:
            local = self._company.local(changed_after)
            query["changed_after"] = local.strftime("%Y-%m-%dT%H:%M:%S")
        found = self._http.get(f"/records/{self._id}", list[RecordItem], query)
        items = (reading.record(item, self._company) for item in found.data)
        kept = tuple(item for item in items if item is not None)
        return CrmPage(kept, _last(page, RECORDS_PAGE, len(found.data), found.meta))

    def record(self, record_id: str) -> CrmRecord | None:
        """1 request."""
        try:
            found = self._http.get(f"/record/{self._id}/{record_id}", RecordItem)
        except NotFound:
            return None
        return reading.record(found.data, self._company)

    def free_slots(
        self, service_id: str, staff_ids: Sequence[str], since: datetime, days: int
    ) -> Sequence[Slot]:
        """For each member of staff 1 request for the days and 1 for each bookable day, until there are enough; 1 more
        when anybody will do. Who answers slowly is asked no more when this object's time for searches is over: what was
        found will do. Raises Unavailable when that is nothing."""
        slots: list[Slot] = []
        if self._is_over():
            return _in_time(slots)
        for staff_id in (staff_ids or self._who_does(service_id))[:MAX_STAFF]:
            if len(slots) >= ENOUGH_SLOTS:
                break
            for found in self._of_member(service_id, staff_id, since, days):
                slots += found
                if self._is_over():
                    return _in_time(slots)
        return slots

    def book(self, request: BookingRequest) -> Booking:
        """2 requests; 1 more when it is busy or the answer was lost: then our own record is looked for first."""
        appointments = [self._appointment(request.slot)]
        try:
            self._http.check(f"/book_check/{self._id}", {"appointments": appointments})
            booked = self._http.post(
                f"/book_record/{self._id}",
                list[Booked],
                {
                    "phone": request.phone.removeprefix("+"),
                    "fullname": request.client_name,
                    "comment": request.comment,
                    "api_id": api_id(request.key),
                    "notify_by_sms": 0,
                    "notify_by_email": 0,
                    "appointments": appointments,
                },
            )
        except SlotTaken:
            if ours := self._find(request):
                return ours
            raise
        except UnknownOutcome:
            with suppress(ComebackError):
                if ours := self._find(request):
                    return ours
            raise
        if not booked:
            raise UnknownOutcome("YCLIENTS took the booking, but named no record")
        return _booking(request, str(booked[0].record_id))

    def cancel(self, booking_id: str) -> None:
        """1 request. A record that is gone is no error."""
        with suppress(NotFound):
            self._http.delete(f"/record/{self._id}/{booking_id}")

    # ── parts ────────────────────────────────────────────────────────────────────────────────────

    def _is_over(self) -> bool:
        """The time for searches, which begins when this is asked first."""
        now = self._monotonic()
        if self._searching_until is None:
            self._searching_until = now + self._search_seconds
        return now > self._searching_until

    def _services(self) -> list[ServiceItem]:
        return self._http.get(f"/company/{self._id}/services", list[ServiceItem]).data

    def _who_does(self, service_id: str) -> Sequence[str]:
        query = {"service_ids[]": service_id}
        found = self._http.get(f"/book_staff/{self._id}", list[StaffItem], query).data
        return [str(member.id) for member in found if member.bookable]

    def _days(self, service_id: str, staff_id: str, since: datetime, days: int) -> Iterable[date]:
        first = self._company.local(since).date()
        query = {"service_ids[]": service_id, "staff_id": staff_id}
        found = self._http.get(f"/book_dates/{self._id}", BookDates, query).data
        wanted = {first + timedelta(days=n) for n in range(days)}
        return sorted(wanted & {reading.day(d) for d in found.booking_dates})

    def _of_member(
        self, service_id: str, staff_id: str, since: datetime, days: int
    ) -> Iterator[Sequence[Slot]]:
        """What each request tells: the first one none, only the days."""
        bookable = self._days(service_id, staff_id, since, days)
        yield ()
        for day in bookable:
            yield list(self._times(service_id, staff_id, day, since))

    def _times(self, service_id: str, staff_id: str, day: date, since: datetime) -> Iterable[Slot]:
        path = f"/book_times/{self._id}/{staff_id}/{day.isoformat()}"
        for free in self._http.get(path, list[BookTime], {"service_ids[]": service_id}).data:
            starts_at = reading.moment(free.datetime, self._company)
            if starts_at >= since:
                yield Slot(service_id, staff_id, starts_at, free.seance_length // 60)

    def _appointment(self, slot: Slot) -> dict[str, Any]:
        return {
            "id": 1,
            "services": [int(slot.service_id)],
            "staff_id": int(slot.staff_id),
            "datetime": self._company.local(slot.starts_at).isoformat(timespec="seconds"),
        }

    def _find(self, request: BookingRequest) -> Booking | None:
        """Our record on that member of staff's day: by our key, or the same client at the same time."""
        day = self._company.local(request.slot.starts_at).date().isoformat()
        query = {
            "staff_id": request.slot.staff_id,
            "start_date": day,
            "end_date": day,
            "count": RECORDS_PAGE,
        }
        for item in self._http.get(f"/records/{self._id}", list[RecordItem], query).data:
            if not item.deleted and self._is_ours(item, request):
                return _booking(request, str(item.id))
        return None

    def _is_ours(self, item: RecordItem, request: BookingRequest) -> bool:
        if str(item.api_id) == api_id(request.key):
            return True
        starts_at = reading.moment(item.datetime, self._company)
        person = reading.client(item.person, self._company) if item.person else None
        return (
            starts_at == request.slot.starts_at
            and person is not None
            and bool(person.phone)
            and person.phone == request.phone
        )


def api_id(key: str) -> str:
    """The key as digits that fit 31 bits: the documentation calls `api_id` a number here and a string there, and clones
    of the API store 0 for anything else. It is compared among one member of staff's day only."""
    return str(int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) >> 1)


def _in_time(slots: Sequence[Slot]) -> Sequence[Slot]:
    if not slots:
        raise Unavailable("YCLIENTS answers too slowly to be searched")
    return slots


def _booking(request: BookingRequest, record_id: str) -> Booking:
    return Booking(record_id, request.slot, request.client_id, request.key)


def _last(page: int, size: int, got: int, meta: msgspec.Raw) -> bool:
    """By the total where it is told, else by a page that is not full."""
    with suppress(msgspec.MsgspecError):
        total = decoded(meta, Total, strict=False).total_count
        if total is not None:
            return page * size >= total or got == 0
    return got < size
