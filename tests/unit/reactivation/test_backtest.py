import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from comeback.reactivation.backtest import (
    Case,
    Fitter,
    Prediction,
    Predictor,
    Visits,
    auc,
    averaged,
    calibration_error,
    coverage,
    cross_validate,
    deciles,
    roll,
    visits_ratio,
    widths,
)

DAY = date(2026, 1, 1)


def case(p: float, returned: bool, visits: float = 1.0) -> Case:
    future = [DAY + timedelta(9)] if returned else []
    return Case([DAY], future, Prediction(p, p, visits))


def test_auc_of_a_perfect_a_blind_and_a_reversed_ranking() -> None:
    outcomes = [True, True, False, False]
    assert auc([case(p, y) for p, y in zip([0.9, 0.8, 0.2, 0.1], outcomes, strict=True)]) == 1
    assert auc([case(0.5, y) for y in outcomes]) == 0.5
    assert auc([case(p, y) for p, y in zip([0.1, 0.2, 0.8, 0.9], outcomes, strict=True)]) == 0


def test_auc_counts_a_tie_as_half() -> None:
    assert auc([case(0.9, True), case(0.5, True), case(0.5, False), case(0.1, False)]) == 3.5 / 4


def test_auc_needs_both_outcomes() -> None:
    with pytest.raises(ValueError, match="alike"):
        auc([case(0.5, True)])


def test_visits_ratio() -> None:
    assert visits_ratio([case(0.5, True, 1.5), case(0.5, True, 2.5), case(0.5, False, 0.0)]) == 2


def test_bins_hold_every_client_once() -> None:
    rng = random.Random(0)
    cases = [case(rng.random(), rng.random() < 0.5) for _ in range(97)]
    for bins in (deciles(cases), widths(cases)):
        assert sum(b.clients for b in bins) == 97
        assert [b.expected for b in bins] == sorted(b.expected for b in bins)


def test_calibration_error_of_a_biased_forecast_is_its_bias() -> None:
    cases = [case(0.7, i % 2 == 0) for i in range(100)]
    assert calibration_error(widths(cases)) == pytest.approx(0.2)
    assert calibration_error(deciles(cases)) == pytest.approx(0.2)


def test_equal_probabilities_are_not_sorted_by_what_came() -> None:
    rng = random.Random(2)
    cases = [case(0.5, rng.random() < 0.5) for _ in range(2000)]
    assert calibration_error(deciles(cases)) < 0.08


def test_coverage_is_of_those_who_returned() -> None:
    week = Prediction(1, window=(DAY, DAY + timedelta(7)))
    cases = [
        Case([DAY], [DAY + timedelta(3), DAY + timedelta(30)], week),
        Case([DAY], [DAY + timedelta(8)], week),
        Case([DAY], [], week),
    ]
    assert coverage(cases) == 0.5


def test_a_client_is_forecast_by_a_model_that_has_not_met_them() -> None:
    histories = [[DAY + timedelta(i)] for i in range(23)]

    def fit(known: Sequence[Visits]) -> object:
        met = {visits[0] for visits in known}

        def predict(visits: Visits) -> Prediction:
            assert visits[0] not in met
            return Prediction(float(len(met)))

        return predict

    cases = cross_validate(histories, fit, as_of=DAY + timedelta(99), horizon_days=7)  # type: ignore[arg-type]
    assert sorted(case.past[0] for case in cases) == [visits[0] for visits in histories]


def test_only_the_past_is_forecast_from() -> None:
    history = [DAY - timedelta(30), DAY, DAY + timedelta(10), DAY + timedelta(400)]
    later = [DAY + timedelta(1)]
    cases = cross_validate(
        [history, later], lambda _: lambda visits: Prediction(0), as_of=DAY, horizon_days=90
    )
    assert [(case.past, case.future) for case in cases] == [(history[:2], history[2:3])]


def test_cases_keep_the_order_of_the_histories() -> None:
    histories = [[DAY + timedelta(i)] for i in range(23)]
    cases = cross_validate(
        histories, lambda _: lambda visits: Prediction(0), as_of=DAY + timedelta(99), horizon_days=7
    )
    assert [case.past for case in cases] == histories


def test_fewer_folds_judged_leave_the_other_clients_out() -> None:
    histories = [[DAY + timedelta(i)] for i in range(23)]
    fitted: list[int] = []

    def fit(known: Sequence[Visits]) -> Predictor:
        fitted.append(len(known))
        return lambda visits: Prediction(0)

    cases = cross_validate(
        histories, fit, as_of=DAY + timedelta(99), horizon_days=7, folds=2, judged_folds=1
    )
    assert fitted == [23 - len(cases)]
    assert len(cases) == 12


def test_averaged_predictions_are_of_the_same_client() -> None:
    runs = [[case(0.2, True, 1.0), case(0.6, False, 3.0)], [case(0.4, True, 2.0), case(0.8, False)]]
    first, second = averaged(runs)
    assert (first.future, second.future) == ([DAY + timedelta(9)], [])
    for mean, p, visits in ((first.prediction, 0.3, 1.5), (second.prediction, 0.7, 2.0)):
        assert (mean.score, mean.p_return, mean.visits) == pytest.approx((p, p, visits))


def test_rounds_follow_one_another_without_overlap() -> None:
    history = [DAY + timedelta(days) for days in range(0, 100, 5)]

    def fit_at(as_of: date, days: int) -> Fitter:
        return lambda _: lambda visits: Prediction((as_of - visits[-1]).days, days)

    rounds = roll([history] * 4, fit_at, start=DAY + timedelta(20), days=30, rounds=2)
    assert [len(cases) for cases in rounds] == [4, 4]
    (first, *_), (second, *_) = rounds
    assert [*first.past, *first.future] == second.past
    assert [len(first.future), len(second.future)] == [6, 6]
    assert second.prediction == Prediction(0, 30)
