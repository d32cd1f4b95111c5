"""The lift's promise on simulated clients: four intervals in five hold the truth."""

from statistics import fmean

import pytest
from comeback.analytics.lift import clients_needed, lift

from tests.bench.later_draws import coverage as coverage_later
from tests.bench.later_draws import second_years
from tests.bench.lift import KEPT, Setting, samples, seen, seen_exactly, unforecast, width
from tests.bench.salon_year import coverage, revenue_coverage, salon, years


@pytest.mark.parametrize("rate", [0.15, 0.2, 0.3, 0.5])
@pytest.mark.parametrize(
    ("clients", "control_share"), [(400, 0.1), (800, 0.1), (2000, 0.1), (400, 0.3), (400, 0.5)]
)
def test_sees_a_lift_where_there_is_none_in_one_of_five(
    clients: int, control_share: float, rate: float
) -> None:
    """Exactly, over all pairs of counts; without the forecast."""
    assert 0.19 < seen_exactly(Setting(clients, control_share, rate)) < 0.215


@pytest.mark.parametrize("setting", [Setting(400, 0.1, 0.2), Setting(400, 0.5, 0.1)], ids=str)
def test_the_forecast_keeps_that_and_narrows_the_interval(setting: Setting) -> None:
    """400 runs: the bands are four standard deviations wide."""
    drawn = list(samples(setting, 400))
    told, plain = [lift(s) for s in drawn], [lift(unforecast(s)) for s in drawn]
    differences = [t.difference for t in told]
    assert 0.12 < seen(differences) < 0.28
    assert 0.12 < seen([t.revenue_per_client for t in told]) < 0.29
    assert width(differences) < 0.92 * width([p.difference for p in plain])


@pytest.mark.parametrize("control_share", [0.1, 0.3, 0.5])
def test_clients_needed_are_enough(control_share: float) -> None:
    """A small holdout costs up to three points of the power, as chance in it is skewed."""
    clients = clients_needed(0.2, 0.05, control_share=control_share)
    assert 0.77 < seen_exactly(Setting(clients, control_share, 0.2, 0.05)) < 0.82
    fewer = clients_needed(0.2, 0.05, control_share=control_share, variance_kept=KEPT)
    assert fewer == pytest.approx(KEPT * clients, abs=1)


def test_a_salon_year_is_told_truly() -> None:
    """A small salon, 600 years: three standard deviations to either side of 80 %, so one that holds 70 % does not pass.
    Attribution tells far more than was caused."""
    small = salon(7, clients=200)
    of = years([small], 600, holdout=30)
    assert 0.75 < coverage(of) < 0.85
    assert 0.75 < revenue_coverage(of) < 0.85
    assert fmean(y.attributed for y in of) > 1.5 * small.lift


def test_the_interval_holds_in_the_second_year_when_clients_are_drawn_again() -> None:
    """80 runs of a small salon, three standard deviations; all of it (`tests.bench.later_draws`) takes longer."""
    of = second_years(80, clients=250, holdout=30)
    assert 0.66 < coverage_later(of) < 0.94
    assert abs(fmean(y.lift.difference.value - y.changed for y in of)) < 0.03
    assert fmean(y.plain.difference.value - y.changed for y in of) > 0.05
