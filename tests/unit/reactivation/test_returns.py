import random
from datetime import date, timedelta
from itertools import pairwise
from statistics import mean, median

import pytest
from comeback.reactivation.returns import ReturnForecast, ReturnModel
from hypothesis import given, settings
from hypothesis import strategies as st

START = date(2025, 1, 6)
MODEL = ReturnModel.default(28)

gaps = st.lists(st.integers(1, 400), max_size=14)


def visits(gaps: list[int]) -> list[date]:
    days = [START]
    for gap in gaps:
        days.append(days[-1] + timedelta(gap))
    return days


def regular(count: int, seed: int = 0) -> list[date]:
    """Every 28 ± 3 days."""
    rng = random.Random(seed)
    return visits([round(rng.gauss(28, 3)) for _ in range(count)])


def at_random(count: int, seed: int = 0) -> list[date]:
    """Every 28 days on average, at random."""
    rng = random.Random(seed)
    return visits([max(1, round(rng.expovariate(1 / 28))) for _ in range(count)])


def after(days: list[date], silence: int) -> ReturnForecast:
    return MODEL.forecast(days, as_of=days[-1] + timedelta(silence))


@given(gaps, st.integers(0, 900), st.integers(0, 400))
@settings(max_examples=40, deadline=None)
def test_is_a_forecast(gaps: list[int], silence: int, days: int) -> None:
    forecast = after(visits(gaps), silence)
    assert forecast.last_visit_on < forecast.low <= forecast.due_on <= forecast.high
    assert 0 <= forecast.p_return_within(days) <= forecast.p_active <= 1
    assert forecast.p_return_within(days) <= forecast.p_return_within(days + 7)
    assert forecast.p_return_within(days) <= forecast.expected_visits(days) + 1e-9
    assert 0 <= forecast.basis.own_weight <= 1
    low, middle, high = forecast.next_visit(within=90)
    assert forecast.as_of < low <= middle <= high <= forecast.as_of + timedelta(90)


@given(gaps, st.integers(0, 400), st.lists(st.integers(0, 730), min_size=2, max_size=5))
@settings(max_examples=25, deadline=None)
def test_more_days_bring_no_fewer_visits(gaps: list[int], silence: int, days: list[int]) -> None:
    forecast = after(visits(gaps), silence)
    expected = [forecast.expected_visits(ahead) for ahead in sorted(days)]
    assert all(a <= b + 1e-9 for a, b in pairwise(expected))


@given(gaps, st.lists(st.integers(0, 1500), min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_silence_never_makes_a_client_more_active(gaps: list[int], silences: list[int]) -> None:
    days = visits(gaps)
    active = [after(days, silence).p_active for silence in sorted(silences)]
    assert all(b <= a + 1e-12 for a, b in pairwise(active))


@given(gaps, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_order_and_repeats_of_visits_do_not_matter(gaps: list[int], rng: random.Random) -> None:
    days = visits(gaps)
    shuffled = days + rng.choices(days, k=3)
    rng.shuffle(shuffled)
    as_of = days[-1] + timedelta(20)
    assert MODEL.forecast(shuffled, as_of=as_of) == MODEL.forecast(days, as_of=as_of)


def test_silence_does_not_push_the_due_date_away() -> None:
    days = regular(6)
    assert {after(days, silence).due_on for silence in (0, 20, 60, 300)} == {after(days, 0).due_on}


def test_visits_after_as_of_are_not_known() -> None:
    days = regular(6)
    assert MODEL.forecast(days, as_of=days[3]) == MODEL.forecast(days[:4], as_of=days[3])


@pytest.mark.parametrize("seed", range(5))
def test_a_regular_client_is_late_a_week_after_the_usual_day(seed: int) -> None:
    forecast = after(regular(15, seed), 35)
    assert forecast.late
    assert abs((forecast.due_on - forecast.last_visit_on).days - 28) <= 2
    assert (forecast.high - forecast.low).days <= 14
    assert forecast.basis.variation < 0.25
    assert forecast.basis.own_weight > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_a_client_who_comes_at_random_is_not_late_on_that_day(seed: int) -> None:
    forecast = after(at_random(15, seed), 35)
    assert not forecast.late
    assert forecast.basis.variation > 0.5


def test_one_visit_is_forecast_from_what_others_do() -> None:
    forecast = after([START], 0)
    assert forecast.basis.own_gaps == 0
    assert forecast.basis.own_gap_days is None
    assert forecast.basis.own_weight == 0
    assert (forecast.due_on - START).days == forecast.basis.usual_gap_days
    assert abs(forecast.basis.usual_gap_days - 28) <= 3


def test_own_history_outweighs_that_of_others() -> None:
    weekly = [visits([7] * count) for count in (0, 1, 3, 8)]
    due = [(after(days, 0).due_on - days[-1]).days for days in weekly]
    assert due == sorted(due, reverse=True)
    assert due[-1] in (7, 8)


def test_no_visit_is_no_client() -> None:
    with pytest.raises(ValueError, match="no visit"):
        MODEL.forecast([], as_of=START)


def test_no_histories_leave_the_prior() -> None:
    fitted = ReturnModel.fit([], as_of=START, prior=MODEL)
    assert fitted.clients == 0
    assert fitted.weights == pytest.approx(MODEL.weights, abs=1e-6)


@pytest.mark.parametrize("gap", [7, 28, 90, 180])
def test_the_kind_of_business_sets_the_first_due_date(gap: int) -> None:
    assert ReturnModel.default(gap).usual_gap_days == pytest.approx(gap, rel=0.15)


def test_survives_storage() -> None:
    fitted = ReturnModel.fit([regular(5, seed) for seed in range(5)], as_of=date(2025, 12, 31))
    stored = fitted.to_json()
    again = ReturnModel.from_json(stored)
    assert again == fitted
    assert len(stored) < 20_000
    days = regular(3)
    assert again.forecast(days, as_of=days[-1]) == fitted.forecast(days, as_of=days[-1])


def test_a_model_of_another_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="grid"):
        ReturnModel.from_json('{"grid":[1,1,1,1],"clients":0,"fitted_on":null,"weights":[1]}')


def test_a_service_with_few_clients_leans_on_its_company() -> None:
    as_of = date(2026, 6, 30)
    rng = random.Random(1)
    fast = [visits([round(rng.gauss(14, 4)) for _ in range(8)]) for _ in range(150)]
    company = ReturnModel.fit(fast, as_of=as_of)
    slow = [visits([60, 62, 58]) for _ in range(60)]
    few = ReturnModel.fit(slow[:2], as_of=as_of, prior=company, prior_strength=50)
    many = ReturnModel.fit(slow, as_of=as_of, prior=company, prior_strength=50)
    assert company.usual_gap_days <= few.usual_gap_days < many.usual_gap_days
    assert abs(company.usual_gap_days - 14) <= 3


def test_expected_visits_of_a_regular_client_follow_the_rhythm() -> None:
    forecast = after(regular(24), 0)
    quarter = forecast.expected_visits(84)
    assert 1.8 < quarter < 3.2
    assert mean([forecast.p_return_within(days) for days in (14, 21)]) < 0.15


def test_gap_of_the_client_is_told() -> None:
    days = visits([20, 30, 40])
    basis = after(days, 5).basis
    assert basis.own_gap_days == median([20, 30, 40])
    assert basis.silence_days == 5
