"""Slots are exclusive: leases and bookings, in sequence and at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from comeback.bookings.model import BookingRequest, Slot
from comeback.errors import SlotTaken
from comeback.storage.calendar import DynamoCalendar
from comeback.storage.leases import DynamoLeases
from comeback.storage.store import DynamoStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=24)


def slot(hour: float, minutes: int = 60, staff: str = "olga") -> Slot:
    return Slot("haircut", staff, NOW.replace(hour=0) + timedelta(hours=hour), minutes)


def request(key: str, wanted: Slot, holder: str = "") -> BookingRequest:
    return BookingRequest(key, wanted, "anna", "", "Anna", "", holder=holder)


def test_a_leased_slot_is_nobody_elses(leases: DynamoLeases) -> None:
    assert len(leases.lease("salon", [slot(12), slot(14)], "j1", UNTIL, NOW)) == 2
    overlapping = slot(12.5)
    won = leases.lease("salon", [overlapping, slot(16)], "j2", UNTIL, NOW)
    assert [lease.slot for lease in won] == [slot(16)]
    held = leases.held_by_others("salon", ["olga"], [NOW.date()], "j2", NOW)
    assert {lease.slot for lease in held} == {slot(12), slot(14)}


def test_a_lapsed_lease_holds_nothing(leases: DynamoLeases) -> None:
    leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)
    later = UNTIL + timedelta(seconds=1)
    assert leases.held_by_others("salon", ["olga"], [NOW.date()], "j2", later) == ()
    assert leases.lease("salon", [slot(12)], "j2", later + timedelta(hours=1), later)


def test_leasing_again_extends_and_releasing_frees(leases: DynamoLeases) -> None:
    leases.lease("salon", [slot(12)], "j1", NOW + timedelta(hours=1), NOW)
    leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)
    (held,) = leases.held_by_others("salon", ["olga"], [NOW.date()], "x", NOW)
    assert held.until == UNTIL
    leases.release("salon", [slot(12)], "j2")
    assert leases.held_by_others("salon", ["olga"], [NOW.date()], "x", NOW)
    leases.release("salon", [slot(12)], "j1")
    assert leases.held_by_others("salon", ["olga"], [NOW.date()], "x", NOW) == ()


def test_a_slot_over_midnight_utc_is_held_on_both_days(leases: DynamoLeases) -> None:
    leases.lease("salon", [slot(23.5)], "j1", UNTIL, NOW)
    assert leases.lease("salon", [slot(24)], "j2", UNTIL, NOW) == ()
    assert leases.lease("salon", [slot(24.5)], "j2", UNTIL, NOW)


def test_a_booking_is_made_once_and_refuses_the_next(store: DynamoStore) -> None:
    calendar = DynamoCalendar(store)
    first = calendar.book("salon", request("k1", slot(12)), NOW)
    assert calendar.book("salon", request("k1", slot(12)), NOW) == first
    with pytest.raises(SlotTaken):
        calendar.book("salon", request("k2", slot(12.5)), NOW)
    calendar.cancel("salon", first.booking_id)
    assert calendar.booked("salon", ["olga"], [NOW.date()]) == []
    calendar.book("salon", request("k2", slot(12.5)), NOW)


def test_only_the_holder_books_a_leased_slot(store: DynamoStore, leases: DynamoLeases) -> None:
    calendar = DynamoCalendar(store)
    leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)
    with pytest.raises(SlotTaken):
        calendar.book("salon", request("k2", slot(12), "j2"), NOW)
    calendar.book("salon", request("k1", slot(12), "j1"), NOW)
    assert calendar.booked("salon", ["olga"], [NOW.date()]) == [slot(12)]


def test_of_many_at_once_one_gets_the_slot(store: DynamoStore) -> None:
    leases = DynamoLeases(store)

    def lease(n: int) -> int:
        return len(leases.lease("salon", [slot(12)], f"j{n}", UNTIL, NOW))

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lease, range(6))) == 1
