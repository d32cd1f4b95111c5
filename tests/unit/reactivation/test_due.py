"""What a rule makes of an entry: its date moves, its rest does not."""

from dataclasses import replace
from datetime import date, timedelta

from comeback.bookings.model import Service
from comeback.ports import Catalogue
from comeback.reactivation.due import dated, keep_rests
from comeback.reactivation.model import DueService, Interval, IntervalSource, ServiceRule
from hypothesis import given
from hypothesis import strategies as st

LAST = date(2026, 2, 1)
DAYS = st.integers(1, 400)


def entry(days: int = 30, **told: object) -> DueService:
    on = LAST + timedelta(days=days)
    made = DueService(
        "salon", "anna", "cut", on, on, LAST, 3, 0, False, IntervalSource.MANUAL, "by hand"
    )
    return replace(made, **told)  # type: ignore[arg-type]  # fields by name


def rule(days: int, source: IntervalSource = IntervalSource.MANUAL) -> ServiceRule:
    return ServiceRule("cut", intervals={source: Interval(days, "said")})


def test_a_shorter_interval_brings_the_date_nearer() -> None:
    fresh = dated(entry(60), rule(20))
    assert (fresh.due_on, fresh.next_on) == (LAST + timedelta(days=20),) * 2
    assert keep_rests([fresh], [entry(60)]) == (fresh,)


@given(DAYS, DAYS, DAYS, st.none() | st.integers(0, 500))
def test_a_rule_changed_and_changed_back_leaves_everything_as_it_was(
    first: int, then: int, forecast: int, rest: int | None
) -> None:
    before = entry(first, forecast_on=LAST + timedelta(days=forecast))
    if rest is not None:
        before = before.resting(LAST + timedelta(days=rest))
    between = dated(before, rule(then))
    assert between.next_on == max(between.due_on, before.rest or between.due_on)
    assert replace(dated(between, rule(first)), reason=before.reason) == before


def test_where_history_wins_the_clients_own_forecast_dates() -> None:
    own = LAST + timedelta(days=47)
    by_history = rule(30, IntervalSource.HISTORICAL)
    assert dated(entry(forecast_on=own), by_history).due_on == own
    assert dated(entry(), by_history).due_on == LAST + timedelta(days=30)
    told = entry(source=IntervalSource.HISTORICAL, reason="comes every 47 days", forecast_on=own)
    assert dated(told, by_history).reason == "comes every 47 days"
    assert dated(entry(forecast_on=own), by_history).reason == "said"


def test_an_entry_of_an_older_release_rests_by_its_date_alone() -> None:
    old = entry(10, next_on=LAST + timedelta(days=50))
    assert dated(old, rule(5)).next_on == LAST + timedelta(days=50)


def test_who_came_again_rests_no_more() -> None:
    rested = entry().resting(LAST + timedelta(days=90))
    again = entry(last_visit_on=LAST + timedelta(days=31))
    assert keep_rests([again], [rested]) == (again,)
    assert keep_rests([entry()], [rested]) == (rested,)


def test_a_paused_rule_leaves_nobody_due_and_forgets_nobody() -> None:
    service = Service("cut", "Haircut", 60, 1)
    paused = {"cut": replace(rule(30), active=False)}
    assert list(Catalogue({"cut": service}, {}, paused).live([entry()])) == []
    assert list(Catalogue({"cut": service}, {}, {}).live([entry()])) == [entry()]
