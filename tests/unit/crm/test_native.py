"""The built-in book: the catalogue and the calendar behind the Crm port."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

import pytest
from comeback.bookings.model import Booking, BookingRequest, Service, Slot, Staff
from comeback.companies.model import BusinessType, Company, CrmKind, Hours
from comeback.crm.registry import CrmRegistry
from comeback.crm.yclients import Yclients
from comeback.errors import NotFound
from comeback.ports import Crm, Limits

from tests.fakes.clock import NOON, FixedClock
from tests.fakes.store import FakeStore

COMPANY = Company(
    "salon",
    "Salon",
    "Europe/Moscow",
    BusinessType.BEAUTY,
    opening={0: Hours(time(10), time(13)), 1: Hours(time(10), time(12))},
)


class FakeCalendar:
    """The Calendar port."""

    def __init__(self) -> None:
        self.bookings: dict[str, Booking] = {}
        self.asked: list[date] = []

    def book(self, company_id: str, request: BookingRequest, now: datetime) -> Booking:
        made = Booking(f"b{len(self.bookings)}", request.slot, request.client_id, request.key)
        self.bookings[made.booking_id] = made
        return made

    def booked(self, company_id: str, staff_ids: Iterable[str], days: Sequence[date]) -> list[Slot]:
        self.asked = list(days)
        wanted = set(staff_ids)
        return [b.slot for b in self.bookings.values() if b.slot.staff_id in wanted]

    def cancel(self, company_id: str, booking_id: str) -> None:
        del self.bookings[booking_id]


class NoLimits:
    def take(self, bucket: str, per_second: int, per_minute: int, now: datetime) -> float:
        return 0.0


def registry(secrets: dict[str, str] | None = None) -> CrmRegistry:
    store = FakeStore()
    does = frozenset({"cut"})
    store.save_catalogue(
        "salon",
        [Service("cut", "Haircut", 60, 150000)],
        [
            Staff("olga", "Olga", does),
            Staff("ivan", "Ivan", does, {1: Hours(time(10), time(11))}),
            Staff("admin", "Admin"),
        ],
    )
    limits: Limits = NoLimits()  # type: ignore[assignment]  # the only call adapters make
    return CrmRegistry(
        "http://127.0.0.1:9", lambda _: secrets or {}, limits, FakeCalendar(), store, FixedClock()
    )


@pytest.fixture
def book() -> Crm:
    return registry().crm(COMPANY)


def request(slot: Slot) -> BookingRequest:
    return BookingRequest("key", slot, "c1", "", "Anna", "+79161234567")


def seen(slots: Sequence[Slot]) -> list[tuple[str, str]]:
    return [(s.staff_id, f"{COMPANY.local(s.starts_at):%a %H:%M}") for s in slots]


def test_own_hours_come_before_the_companys(book: Crm) -> None:
    assert seen(book.free_slots("cut", (), NOON, 2)) == [
        ("olga", "Mon 12:00"),
        ("olga", "Tue 10:00"),
        ("olga", "Tue 10:30"),
        ("olga", "Tue 11:00"),
        ("ivan", "Tue 10:00"),
    ]


def test_staff_come_in_the_order_asked_and_booked_time_is_gone(book: Crm) -> None:
    (first, *_) = book.free_slots("cut", ("ivan", "olga"), NOON, 2)
    assert first.staff_id == "ivan"
    booking = book.book(request(first))
    assert "ivan" not in {s.staff_id for s in book.free_slots("cut", (), NOON, 2)}
    book.cancel(booking.booking_id)
    assert first in book.free_slots("cut", ("ivan",), NOON, 2)


def test_who_does_not_do_the_service_is_not_offered(book: Crm) -> None:
    assert not book.free_slots("cut", ("admin",), NOON, 2)
    with pytest.raises(NotFound):
        book.free_slots("massage", (), NOON, 2)


def test_there_is_nothing_to_bring_in(book: Crm) -> None:
    assert book.clients(1).last
    assert book.records(1, None).last
    assert book.record("1") is None
    assert book.client("1") is None
    assert [s.title for s in book.services()] == ["Haircut"]
    assert len(book.staff()) == 3


def test_a_company_with_a_crm_gets_its_adapter() -> None:
    company = Company(
        "s", "S", "Europe/Moscow", BusinessType.BEAUTY, crm=CrmKind.YCLIENTS, crm_company_id="1"
    )
    tokens = {"yclients_partner_token": "p", "yclients_user_token": "u"}
    assert isinstance(registry(tokens).crm(company), Yclients)
    with pytest.raises(NotFound, match="yclients_user_token"):
        registry({"yclients_partner_token": "p"}).crm(company)
