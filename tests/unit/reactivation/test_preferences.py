from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from comeback.clients.model import Visit, VisitStatus
from comeback.reactivation.preferences import period_of, preferences
from hypothesis import given
from hypothesis import strategies as st

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY_NINE_UTC = datetime(2026, 3, 2, 9, tzinfo=UTC)


def visit(
    days: int, hour: int = 9, staff: str = "olga", status: VisitStatus = VisitStatus.COMPLETED
) -> Visit:
    starts_at = MONDAY_NINE_UTC.replace(hour=hour) + timedelta(days=days)
    return Visit(f"v{days}.{hour}", "haircut", staff, starts_at, status)


def test_nothing_is_known_of_who_never_came() -> None:
    nothing = preferences([], MOSCOW)
    assert nothing.preferred_period is None
    assert nothing.staff_id is None
    assert nothing.confidence == 0.3
    assert not nothing.regular


def test_cancelled_and_missed_visits_say_nothing() -> None:
    visits = [visit(0), visit(7, staff="ira", status=VisitStatus.NO_SHOW)]
    assert preferences(visits, MOSCOW).staff_id == "olga"


def test_only_the_last_twenty_are_read() -> None:
    visits = [visit(n, staff="gone") for n in range(30)] + [visit(30 + n) for n in range(20)]
    assert preferences(visits, MOSCOW).staff_share == 1.0


@pytest.mark.parametrize(("visits", "sure"), [(1, 0.3), (2, 0.3), (3, 0.5), (5, 0.7), (10, 0.9)])
def test_confidence_grows_with_visits(visits: int, sure: float) -> None:
    assert preferences([visit(n) for n in range(visits)], MOSCOW).confidence == sure


def test_a_period_needs_more_than_forty_per_cent() -> None:
    spread = [visit(0, 6), visit(1, 7), visit(2, 10), visit(3, 11), visit(4, 15)]
    assert preferences(spread, MOSCOW).preferred_period is None  # 2 of 5 is 40 %, not more
    assert preferences([*spread, visit(5, 8)], MOSCOW).preferred_period == "morning"


def test_hours_are_the_companys_wall_clock() -> None:
    assert preferences([visit(0, hour=15)], MOSCOW).preferred_period == "evening"
    assert preferences([visit(0, hour=15)], ZoneInfo("UTC")).preferred_period == "afternoon"


def test_every_28_days_is_regular_and_at_random_is_not() -> None:
    assert preferences([visit(28 * n) for n in range(6)], MOSCOW).regular
    assert not preferences([visit(n) for n in (0, 3, 60, 64, 150)], MOSCOW).regular


def test_what_a_client_asked_for_outweighs_history() -> None:
    likes = preferences([visit(0), visit(7)], MOSCOW, asked_for_staff="ira")
    assert likes.staff_id == "ira"
    assert likes.alternatives == ("olga",)


def test_a_visit_without_a_time_says_nothing_of_the_time_of_day() -> None:
    days_alone = [replace(visit(7 * n), timed=False) for n in range(5)]
    likes = preferences(days_alone, MOSCOW)
    assert likes.preferred_period is None
    assert likes.weekdays == (0,)


@given(st.integers(0, 23))
def test_every_hour_belongs_to_a_period(hour: int) -> None:
    assert period_of(datetime(2026, 3, 2, hour, tzinfo=MOSCOW)) in {
        "morning",
        "afternoon",
        "evening",
    }
