"""What is unsold counts every hour of a person once."""

from datetime import UTC, datetime, timedelta

from comeback.bookings.model import Slot
from comeback.reactivation.unsold import chairs, minutes_by_staff
from hypothesis import given
from hypothesis import strategies as st

TEN = datetime(2026, 3, 3, 7, tzinfo=UTC)


def slot(starts: int, minutes: int, staff: str = "olga", service: str = "cut") -> Slot:
    """`starts`: minutes after ten."""
    return Slot(service, staff, TEN + timedelta(minutes=starts), minutes)


SLOTS = st.lists(
    st.builds(
        slot,
        st.integers(0, 300),
        st.integers(1, 90),
        st.sampled_from(["olga", "ira"]),
        st.sampled_from(["cut", "nails"]),
    ),
    max_size=12,
)


def test_overlapping_times_of_two_services_are_one_hour() -> None:
    morning = [slot(0, 60), slot(30, 60), slot(0, 90, service="colour"), slot(180, 60)]
    assert minutes_by_staff([*morning, slot(0, 60, "ira")]) == {"olga": 150, "ira": 60}
    assert chairs(morning) == 2
    assert chairs([*morning, slot(0, 60, "ira")]) == 3
    assert (chairs([]), minutes_by_staff([])) == (0, {})


@given(SLOTS)
def test_minutes_are_those_of_the_clock(slots: list[Slot]) -> None:
    """Counted minute by minute instead."""
    busy = {
        (s.staff_id, s.starts_at + timedelta(minutes=n)) for s in slots for n in range(s.minutes)
    }
    assert sum(minutes_by_staff(slots).values()) == len(busy)


@given(SLOTS)
def test_chairs_can_really_be_sold_and_no_further_one(slots: list[Slot]) -> None:
    """Compared with every choice there is."""

    def most(left: list[Slot]) -> int:
        if not left:
            return 0
        first, *rest = left
        return max(most(rest), 1 + most([s for s in rest if not s.overlaps(first)]))

    assert chairs(slots) == most(slots)
