"""What is told of the lift, and every reason for which no return is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from comeback.analytics.caused import NoRoi, lift_days, roi
from comeback.analytics.lift import Lift, Observation, lift
from comeback.analytics.model import Cost, Roi
from comeback.companies.model import BusinessType, Company

SALON = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY, margin_percent=60)
SPENT = Cost(messages_minor=Decimal(10_000))


def found(treated: int, control: int, spend: tuple[int, int] = (2_000, 2_000)) -> Lift:
    """Of 300 written to and 300 held out so many came back, and each spent so much."""
    return lift(
        Observation(group, n < back, each if n < back else 0, 0.2)
        for group, back, each in ((True, treated, spend[0]), (False, control, spend[1]))
        for n in range(300)
    )


@pytest.mark.parametrize(
    ("lifted", "clients", "spent", "why"),
    [
        (None, 10, SPENT, NoRoi.NOBODY_HELD_OUT),
        (found(120, 60), 0, SPENT, NoRoi.NOBODY_WRITTEN_TO),
        (lift([]), 10, SPENT, NoRoi.TOO_FEW_CLIENTS),
        (found(61, 60), 10, SPENT, NoRoi.SPANS_ZERO),
        (found(40, 120), 10, SPENT, NoRoi.FEWER_RETURNS),
        (found(120, 60, (1_000, 2_000)), 10, SPENT, NoRoi.REVENUE_SPANS_ZERO),
        (found(120, 60), 10, Cost(), NoRoi.NOTHING_SPENT),
    ],
)
def test_no_return_and_why(lifted: Lift | None, clients: int, spent: Cost, why: NoRoi) -> None:
    assert roi(lifted, clients, spent, SALON) is why


def test_the_return_is_of_what_those_clients_cost() -> None:
    lifted = found(120, 60)
    paid = roi(lifted, 100, SPENT, SALON)
    assert isinstance(paid, Roi)
    assert paid.point == pytest.approx(lifted.extra_revenue.value * 0.6 / (100 * 300))
    twice = roi(lifted, 50, SPENT, SALON)
    assert isinstance(twice, Roi)
    assert twice.point == pytest.approx(paid.point / 2)
    richer = roi(lifted, 100, SPENT, replace(SALON, margin_percent=30))
    assert isinstance(richer, Roi)
    assert richer.point == pytest.approx(paid.point / 2)


def test_the_lift_changes_once_a_month() -> None:
    first = lift_days(date(2026, 3, 2), date(2026, 2, 1), date(2026, 3, 2))
    last = lift_days(date(2026, 3, 31), date(2026, 3, 2), date(2026, 3, 31))
    assert first == last
    assert first[1] == date(2026, 1, 30)


def test_a_past_period_has_its_own_lift() -> None:
    assert lift_days(date(2026, 3, 2), date(2025, 1, 1), date(2025, 6, 30)) == (
        date(2025, 1, 1),
        date(2025, 6, 30),
    )
