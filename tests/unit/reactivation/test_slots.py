from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from comeback.bookings.model import Lease, Slot
from comeback.clients.model import Visit, VisitStatus
from comeback.reactivation.preferences import preferences
from comeback.reactivation.slots import best, offerable, score
from hypothesis import given
from hypothesis import strategies as st

UTC_ZONE = ZoneInfo("UTC")
MONDAY = datetime(2026, 3, 2, 0, tzinfo=UTC)


def slot(day: int, hour: int, staff: str = "olga", minutes: int = 60) -> Slot:
    return Slot("haircut", staff, MONDAY + timedelta(days=day, hours=hour), minutes)


def regular(visits: int = 10) -> list[Visit]:
    """Mondays at ten with Olga."""
    return [
        Visit(str(n), "haircut", "olga", slot(-7 * n, 10).starts_at, VisitStatus.COMPLETED)
        for n in range(1, visits + 1)
    ]


LIKES = preferences(regular(), UTC_ZONE)


def test_who_weighs_more_than_when() -> None:
    her_bad_time, others_best_time = slot(1, 18), slot(0, 10, "ira")
    assert score(her_bad_time, LIKES, UTC_ZONE) == 0.6
    assert score(others_best_time, LIKES, UTC_ZONE) == 0.4
    assert score(slot(0, 10), LIKES, UTC_ZONE) == 1.0


def test_a_slot_held_for_another_is_not_offered() -> None:
    held = Lease(slot(0, 10), "other", MONDAY + timedelta(days=1))
    half_past_ten = Slot("haircut", "olga", MONDAY + timedelta(hours=10, minutes=30), 60)
    free = [slot(0, 10), half_past_ten, slot(0, 11)]
    assert offerable(free, [held], LIKES, UTC_ZONE) == [slot(0, 11)]


def test_sure_preferences_filter_but_never_to_nothing() -> None:
    morning, evening = slot(0, 10), slot(0, 18)
    assert offerable([morning, evening], [], LIKES, UTC_ZONE) == [morning]
    assert offerable([evening], [], LIKES, UTC_ZONE) == [evening]


def test_unsure_preferences_do_not_filter() -> None:
    unsure = preferences(regular(2), UTC_ZONE)
    both = [slot(0, 10), slot(0, 18)]
    assert offerable(both, [], unsure, UTC_ZONE) == both


def test_three_offers_lie_in_three_half_days_when_they_can() -> None:
    free = [slot(0, 9), slot(0, 10), slot(0, 11), slot(0, 13), slot(7, 10)]
    offered = best(free, LIKES, UTC_ZONE, 3)
    assert {(s.starts_at.date(), s.starts_at.hour < 12) for s in offered} == {
        (slot(0, 9).starts_at.date(), True),
        (slot(0, 9).starts_at.date(), False),
        (slot(7, 9).starts_at.date(), True),
    }


slots = st.builds(
    slot,
    st.integers(0, 6),
    st.integers(8, 20),
    st.sampled_from(["olga", "ira"]),
    st.sampled_from([30, 60, 90]),
)


@given(st.lists(slots, max_size=25), st.integers(1, 5))
def test_best_never_overlaps_and_never_exceeds(free: list[Slot], count: int) -> None:
    chosen = best(free, LIKES, UTC_ZONE, count)
    assert len(chosen) <= count
    assert set(chosen) <= set(free)
    for n, one in enumerate(chosen):
        assert not any(one.overlaps(other) for other in chosen[n + 1 :])
    if free:
        assert chosen
