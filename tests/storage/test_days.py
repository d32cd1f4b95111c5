"""Slots are exclusive in the table too: leases and bookings, in sequence and at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from comeback.bookings.model import Booking, BookingRequest, Slot
from comeback.errors import NotFound, SlotTaken, Unavailable
from comeback.storage import keys
from comeback.storage.calendar import DynamoCalendar
from comeback.storage.items.bookings import DayItem
from comeback.storage.leases import DynamoLeases
from comeback.storage.store import DynamoStore

from tests.storage.wire import Wire, answer_lost, repeated, unreachable

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=24)
TODAY = [NOW.date()]


def slot(hour: float, minutes: int = 60, staff: str = "olga") -> Slot:
    return Slot("haircut", staff, NOW.replace(hour=0) + timedelta(hours=hour), minutes)


def request(key: str, wanted: Slot, holder: str = "") -> BookingRequest:
    return BookingRequest(key, wanted, "anna", "", "Anna", "", holder=holder)


@pytest.fixture
def calendar(store: DynamoStore) -> DynamoCalendar:
    return DynamoCalendar(store)


# ── leases ───────────────────────────────────────────────────────────────────────────────────────


def test_a_leased_slot_is_nobody_elses(leases: DynamoLeases) -> None:
    assert len(leases.lease("salon", [slot(12), slot(14)], "j1", UNTIL, NOW)) == 2
    overlapping = slot(12.5)
    won = leases.lease("salon", [overlapping, slot(16)], "j2", UNTIL, NOW)
    assert [lease.slot for lease in won] == [slot(16)]
    held = leases.held_by_others("salon", ["olga"], TODAY, "j2", NOW)
    assert {lease.slot for lease in held} == {slot(12), slot(14)}


def test_a_lapsed_lease_holds_nothing_and_is_cleared_away(
    leases: DynamoLeases, store: DynamoStore
) -> None:
    leases.lease("salon", [slot(12), slot(14)], "j1", UNTIL, NOW)
    later = UNTIL + timedelta(seconds=1)
    assert leases.held_by_others("salon", ["olga"], TODAY, "j2", later) == ()
    assert leases.lease("salon", [slot(12)], "j2", later + timedelta(hours=1), later)
    item = store.table.get(DayItem, keys.staff_day("salon", "olga", NOW.date()))
    assert item is not None
    assert [h.holder for h in item.holdings] == ["j2"]


def test_leasing_again_extends_and_releasing_frees(leases: DynamoLeases) -> None:
    leases.lease("salon", [slot(12)], "j1", NOW + timedelta(hours=1), NOW)
    leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)
    (held,) = leases.held_by_others("salon", ["olga"], TODAY, "x", NOW)
    assert held.until == UNTIL
    leases.release("salon", [slot(12)], "j2")
    assert leases.held_by_others("salon", ["olga"], TODAY, "x", NOW)
    leases.release("salon", [slot(12)], "j1")
    assert leases.held_by_others("salon", ["olga"], TODAY, "x", NOW) == ()


def test_a_slot_over_midnight_utc_is_held_on_both_days(leases: DynamoLeases) -> None:
    leases.lease("salon", [slot(23.5)], "j1", UNTIL, NOW)
    assert leases.lease("salon", [slot(24)], "j2", UNTIL, NOW) == ()
    assert leases.lease("salon", [slot(24.5)], "j2", UNTIL, NOW)
    both = [NOW.date(), NOW.date() + timedelta(days=1)]
    assert len(leases.held_by_others("salon", ["olga"], both, "x", NOW)) == 2
    leases.release("salon", [slot(23.5)], "j1")
    assert leases.lease("salon", [slot(23)], "j3", UNTIL, NOW)


def test_another_company_and_another_master_are_free(leases: DynamoLeases) -> None:
    leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)
    assert leases.lease("studio", [slot(12)], "j2", UNTIL, NOW)
    assert leases.lease("salon", [slot(12, staff="maria")], "j2", UNTIL, NOW)


def test_a_day_is_forgotten_some_time_after(leases: DynamoLeases, store: DynamoStore) -> None:
    leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)
    item = store.table.get(DayItem, keys.staff_day("salon", "olga", NOW.date()))
    assert item is not None
    assert item.expires_at == int(datetime(2026, 4, 11, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("lost", [repeated, answer_lost])
def test_a_lease_whose_answer_was_lost_is_held(
    leases: DynamoLeases, wire: Wire, lost: Callable[..., object]
) -> None:
    wire.faults = [lambda call: call(), lost]
    assert len(leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)) == 1
    assert leases.lease("salon", [slot(12)], "j2", UNTIL, NOW) == ()


# ── the built-in book ────────────────────────────────────────────────────────────────────────────


def test_a_booking_is_made_once_and_refuses_the_next(calendar: DynamoCalendar) -> None:
    first = calendar.book("salon", request("k1", slot(12)), NOW)
    assert calendar.book("salon", request("k1", slot(12)), NOW) == first
    assert calendar.find("salon", first.booking_id) == first
    with pytest.raises(SlotTaken):
        calendar.book("salon", request("k2", slot(12.5)), NOW)
    calendar.cancel("salon", first.booking_id)
    assert calendar.booked("salon", ["olga"], TODAY) == []
    calendar.book("salon", request("k2", slot(12.5)), NOW)


def test_one_key_never_books_two_times(calendar: DynamoCalendar) -> None:
    first = calendar.book("salon", request("k1", slot(12)), NOW)
    assert calendar.book("salon", request("k1", slot(15)), NOW) == first
    assert calendar.booked("salon", ["olga"], TODAY) == [slot(12)]


def test_what_was_cancelled_does_not_come_back_by_a_redelivery(calendar: DynamoCalendar) -> None:
    booking = calendar.book("salon", request("k1", slot(12)), NOW)
    calendar.cancel("salon", booking.booking_id)
    calendar.cancel("salon", booking.booking_id)
    with pytest.raises(SlotTaken):
        calendar.book("salon", request("k1", slot(12)), NOW)
    assert calendar.find("salon", booking.booking_id) is None
    with pytest.raises(NotFound):
        calendar.cancel("salon", "never")


def test_only_the_holder_books_a_leased_slot(
    calendar: DynamoCalendar, leases: DynamoLeases
) -> None:
    leases.lease("salon", [slot(12), slot(12.5)], "j1", UNTIL, NOW)
    with pytest.raises(SlotTaken):
        calendar.book("salon", request("k2", slot(12), "j2"), NOW)
    calendar.book("salon", request("k1", slot(12), "j1"), NOW)
    assert calendar.booked("salon", ["olga"], TODAY) == [slot(12)]
    assert leases.held_by_others("salon", ["olga"], TODAY, "x", NOW) == ()
    assert leases.lease("salon", [slot(12.5)], "j1", UNTIL, NOW) == ()


def test_releasing_leaves_the_booking(calendar: DynamoCalendar, leases: DynamoLeases) -> None:
    leases.lease("salon", [slot(12)], "j1", UNTIL, NOW)
    calendar.book("salon", request("k1", slot(12), "j1"), NOW)
    leases.release("salon", [slot(12)], "j1")
    assert calendar.booked("salon", ["olga"], TODAY) == [slot(12)]


def test_a_lease_lapses_but_a_booking_does_not(calendar: DynamoCalendar) -> None:
    calendar.book("salon", request("k1", slot(12)), NOW)
    with pytest.raises(SlotTaken):
        calendar.book("salon", request("k2", slot(12)), NOW + timedelta(days=1))


@pytest.mark.parametrize("lost", [repeated, answer_lost])
def test_a_booking_whose_answer_was_lost_is_made_once(
    calendar: DynamoCalendar, wire: Wire, lost: Callable[..., object]
) -> None:
    wire.faults = [lambda call: call(), lambda call: call(), lost]
    booking = calendar.book("salon", request("k1", slot(12)), NOW)
    assert calendar.find("salon", booking.booking_id) == booking
    assert calendar.booked("salon", ["olga"], TODAY) == [slot(12)]


def test_a_booking_that_never_arrived_may_be_asked_for_again(
    calendar: DynamoCalendar, wire: Wire
) -> None:
    wire.faults = [lambda call: call(), lambda call: call(), unreachable]
    with pytest.raises(Unavailable):
        calendar.book("salon", request("k1", slot(12)), NOW)
    assert calendar.book("salon", request("k1", slot(12)), NOW)


# ── at once ──────────────────────────────────────────────────────────────────────────────────────


def test_of_many_leases_at_once_one_wins(store: DynamoStore, wire: Wire) -> None:
    leases = DynamoLeases(store)

    def lease(n: int) -> int:
        return len(leases.lease("salon", [slot(12), slot(13 + n)], f"j{n}", UNTIL, NOW))

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lease, range(6)))
    assert sorted(won) == [1, 1, 1, 1, 1, 2]
    assert wire.counted()["PutItem"] >= 6


def test_of_many_yeses_at_once_one_books_and_the_rest_hear_it_is_taken(
    store: DynamoStore, wire: Wire
) -> None:
    calendar = DynamoCalendar(store)

    def yes(n: int) -> Booking | None:
        try:
            return calendar.book("salon", request(f"k{n}", slot(23.5), f"j{n}"), NOW)
        except SlotTaken:
            return None

    with ThreadPoolExecutor(6) as pool:
        made = [booking for booking in pool.map(yes, range(6)) if booking]
    assert len(made) == 1
    both = [NOW.date(), NOW.date() + timedelta(days=1)]
    assert calendar.booked("salon", ["olga"], both) == [slot(23.5)]
    assert wire.counted()["TransactWriteItems"] >= 1


def test_the_same_yes_at_once_books_once(store: DynamoStore, wire: Wire) -> None:
    calendar = DynamoCalendar(store)

    def yes(hour: int) -> Booking:
        return calendar.book("salon", request("k", slot(hour)), NOW)

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(yes, (12, 14, 16, 18)))
    assert len(made) == 1
    assert len(calendar.booked("salon", ["olga"], TODAY)) == 1
