"""No time is held twice: the rules alone, under any order of wishes."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from comeback.bookings.model import Slot
from comeback.errors import SlotTaken
from comeback.storage.holdings import (
    Holding,
    Holdings,
    booked,
    cancelled,
    leased,
    released,
    utc_days,
)
from hypothesis import given
from hypothesis import strategies as st

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNTIL = NOON + timedelta(hours=24)


def slot(quarter: int, minutes: int = 60, staff: str = "olga") -> Slot:
    return Slot("cut", staff, NOON + timedelta(minutes=15 * quarter), minutes)


def test_ones_own_leases_may_overlap_and_both_hold() -> None:
    """12:00 and 12:30 in one message: neither may go to somebody else."""
    held, won = leased((), [slot(0), slot(2)], "j1", UNTIL, NOON)
    assert len(won) == len(held) == 2
    _, others = leased(held, [slot(-2), slot(0), slot(3), slot(6)], "j2", UNTIL, NOON)
    assert [lease.slot for lease in others] == [slot(6)]


def test_a_booking_gives_up_the_leases_it_meets_and_keeps_the_rest() -> None:
    held, _ = leased((), [slot(0), slot(2), slot(8)], "j1", UNTIL, NOON)
    after = booked(held, slot(0), "j1", "b1", NOON)
    assert {(h.slot, h.booking_id) for h in after} == {(slot(0), "b1"), (slot(8), "")}
    with pytest.raises(SlotTaken):
        booked(after, slot(2), "j1", "b2", NOON)


def test_leasing_again_never_shortens() -> None:
    held, _ = leased((), [slot(0)], "j1", UNTIL, NOON)
    sooner = NOON + timedelta(hours=1)
    held, (won,) = leased(held, [slot(0)], "j1", sooner, NOON)
    assert won.until == UNTIL
    assert len(held) == 1


def test_a_slot_is_held_on_every_utc_day_it_touches() -> None:
    midnight = NOON.replace(hour=0)
    assert len(utc_days(Slot("cut", "olga", midnight, 24 * 60))) == 1
    assert len(utc_days(Slot("cut", "olga", midnight, 24 * 60 + 1))) == 2
    assert len(utc_days(Slot("cut", "olga", NOON, 60 * 60))) == 3
    assert len(utc_days(Slot("cut", "olga", midnight, 0))) == 1


SLOTS = st.builds(
    slot, st.integers(-8, 8), st.sampled_from([15, 30, 60, 90]), st.sampled_from("ab")
)
WISHES = st.lists(
    st.tuples(
        st.sampled_from(["lease", "release", "book", "cancel"]),
        st.lists(SLOTS, min_size=1, max_size=3),
        st.sampled_from(["j1", "j2", "j3"]),
        st.integers(0, 90),
    ),
    max_size=25,
)


@given(WISHES)
def test_no_two_holders_ever_hold_the_same_time(
    wishes: list[tuple[str, list[Slot], str, int]],
) -> None:
    held: Holdings = ()
    now = NOON
    for number, (wish, slots, holder, minutes) in enumerate(wishes):
        now += timedelta(minutes=minutes)
        until = now + timedelta(minutes=60)
        if wish == "lease":
            held, won = leased(held, slots, holder, until, now)
            for lease in won:
                assert Holding(lease.slot, holder, lease.until) in held
        elif wish == "release":
            held = released(held, slots, holder)
        elif wish == "book":
            before = held
            try:
                held = booked(held, slots[0], holder, f"b{number}", now)
            except SlotTaken:
                assert any(
                    h.slot.overlaps(slots[0]) and (h.booking_id or h.holder != holder)
                    for h in before
                    if h.live(now)
                )
        else:
            held = cancelled(held, f"b{minutes % (number + 1)}")
        for one, other in itertools.combinations([h for h in held if h.live(now)], 2):
            if one.slot.overlaps(other.slot):
                assert one.holder == other.holder
                assert not one.booking_id
                assert not other.booking_id
