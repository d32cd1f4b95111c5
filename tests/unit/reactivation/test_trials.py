"""A trial's outcome: any visit in its window, of those written to and of those held out alike."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from comeback.changes import SaveClient, SaveTrial, SaveVisit
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import BusinessType, Company
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.model import TRIAL_DAYS, Tally, Trial
from comeback.reactivation.trials import SettleTrials, outcome
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import FixedClock
from tests.fakes.store import FakeStore

COMPANY = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)
ON = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
TRIAL = Trial("salon", "anna", "j1", "cut", ON, treated=True, baseline=0.3)


def visit(
    days: float, status: VisitStatus = VisitStatus.COMPLETED, amount_minor: int = 1000
) -> Visit:
    at = NOON + timedelta(days=days)
    return Visit(f"v{days}", "nails", "olga", at, status, amount_minor)


@pytest.mark.parametrize(
    ("visits", "returned", "revenue"),
    [
        ((), False, 0),
        ((visit(-1),), False, 0),
        ((visit(0),), True, 1000),
        ((visit(TRIAL_DAYS - 1),), True, 1000),
        ((visit(TRIAL_DAYS),), False, 0),
        ((visit(3, VisitStatus.CANCELLED), visit(4, VisitStatus.NO_SHOW)), False, 0),
        ((visit(3), visit(20, VisitStatus.BOOKED, 500)), True, 1500),
    ],
)
def test_any_visit_in_the_window_is_a_return(
    visits: tuple[Visit, ...], returned: bool, revenue: int
) -> None:
    done = outcome(TRIAL, visits, COMPANY)
    assert (done.returned, done.revenue_minor) == (returned, revenue)


@given(st.lists(st.integers(-40, 80), max_size=8), st.booleans())
def test_the_group_makes_no_difference_to_the_counting(days: list[int], treated: bool) -> None:
    visits = tuple(visit(n) for n in days)
    one = outcome(replace(TRIAL, treated=treated), visits, COMPANY)
    other = outcome(replace(TRIAL, treated=not treated), visits, COMPANY)
    assert (one.returned, one.revenue_minor) == (other.returned, other.revenue_minor)
    assert one.returned == any(0 <= n < TRIAL_DAYS for n in days)


def test_settled_once_when_the_window_is_over() -> None:
    store, clock = FakeStore(), FixedClock(NOON + timedelta(days=TRIAL_DAYS))
    store.save_company(COMPANY)
    held_out = replace(TRIAL, client_id="boris", trial_id="j2", treated=False)
    for trial in (TRIAL, held_out):
        store.commit([SaveClient(Client("salon", trial.client_id, "")), SaveTrial(trial)])
    store.commit([SaveVisit("salon", "anna", visit(5))])
    settle = SettleTrials(store, clock)
    assert settle.company(COMPANY) == 0
    clock.advance(days=1)
    assert settle.company(COMPANY) == 2
    assert settle.company(COMPANY) == 0
    assert store.arms("salon")["trial"] == {"treated": Tally(1, 1), "control": Tally(1, 0)}
    assert {t.client_id: t.returned for t in store.trials("salon", ON, ON)} == {
        "anna": True,
        "boris": False,
    }


def test_who_was_erased_counts_in_neither_group() -> None:
    store = FakeStore()
    store.save_company(COMPANY)
    store.commit([SaveTrial(TRIAL)])
    settle = SettleTrials(store, FixedClock(NOON + timedelta(days=TRIAL_DAYS + 1)))
    assert settle.company(COMPANY) == 0
    assert store.arms("salon") == {}


@given(st.text(min_size=1), st.integers(0, 50), st.integers(0, 50))
def test_a_larger_holdout_keeps_who_was_held_out(client_id: str, one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert in_holdout("salon", client_id, large) or not in_holdout("salon", client_id, small)


def test_only_a_clients_first_draw_teaches_what_a_message_is_worth() -> None:
    """Who stays away is drawn again each month while held out: counted each time, the control would fill with the lost."""
    store = FakeStore()
    store.save_company(COMPANY)
    later = replace(TRIAL, trial_id="j2", on=ON + timedelta(days=30))
    store.commit([SaveClient(Client("salon", "anna", "")), SaveTrial(TRIAL)])
    store.commit([SaveTrial(later)])
    settle = SettleTrials(store, FixedClock(NOON + timedelta(days=80)))
    assert settle.company(COMPANY) == 2
    assert store.arms("salon")["trial"] == {"treated": Tally(1, 0)}
