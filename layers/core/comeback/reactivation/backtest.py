"""Holds forecasts of return against what clients did afterwards.

Clients are dealt into folds; each fold is forecast by a model fitted on the others, from visits up to `as_of` alone, and
judged by the visits in the `horizon_days` after it. Works for any way of forecasting, so that baselines are
measured by the same yardstick. One future judges little: `roll` moves `as_of` on and judges one window after another.
`calibration` says how far the calibration error is from what chance alone would show.
"""

import random
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import fmean

from comeback.reactivation.returns import ReturnModel

Visits = Sequence[date]


@dataclass(frozen=True)
class Prediction:
    """Of one client, for the horizon; a baseline fills in what it has."""

    score: float
    """Ranks clients: higher returns sooner."""
    p_return: float | None = None
    visits: float | None = None
    window: tuple[date, date] | None = None
    """80 % interval of the next visit if it comes within the horizon."""


Predictor = Callable[[Visits], Prediction]
Fitter = Callable[[Sequence[Visits]], Predictor]


@dataclass(frozen=True)
class Case:
    """One client's past, what was said of their future, and the future."""

    past: Visits
    future: Visits
    prediction: Prediction


@dataclass(frozen=True)
class Bin:
    """Clients with like probabilities: what was said and what came."""

    clients: int
    expected: float
    actual: float
    said: tuple[float, ...]
    """The probabilities themselves, whose mean is `expected`."""


def model_fitter(as_of: date, horizon_days: int, prior: ReturnModel | None = None) -> Fitter:
    """The product's own model as a `Fitter`."""

    def fit(histories: Sequence[Visits]) -> Predictor:
        model = ReturnModel.fit(histories, as_of=as_of, prior=prior)
        return lambda visits: predict(model, visits, as_of, horizon_days)

    return fit


def chance_fitter(as_of: date, horizon_days: int) -> Fitter:
    """The product's own model, asked for the probability alone: half the time of `model_fitter`."""

    def fit(histories: Sequence[Visits]) -> Predictor:
        model = ReturnModel.fit(histories, as_of=as_of)

        def said(visits: Visits) -> Prediction:
            p_return = model.forecast(visits, as_of=as_of).p_return_within(horizon_days)
            return Prediction(p_return, p_return)

        return said

    return fit


def predict(model: ReturnModel, visits: Visits, as_of: date, horizon_days: int) -> Prediction:
    forecast = model.forecast(visits, as_of=as_of)
    p_return = forecast.p_return_within(horizon_days)
    low, _, high = forecast.next_visit(horizon_days)
    return Prediction(p_return, p_return, forecast.expected_visits(horizon_days), (low, high))


def cross_validate(
    histories: Iterable[Iterable[date]],
    fit: Fitter,
    *,
    as_of: date,
    horizon_days: int,
    folds: int = 5,
    judged_folds: int | None = None,
    seed: int = 0,
) -> list[Case]:
    """Every client once, in the order given, forecast by a model that has not met them.

    Clients without a past are left out; with `judged_folds` those of the other folds too, which saves their models.
    """
    end = as_of + timedelta(horizon_days)
    split = []
    for visits in histories:
        days = sorted(set(visits))
        past = [day for day in days if day <= as_of]
        if past:
            split.append((past, [day for day in days if as_of < day <= end]))
    dealt = list(range(len(split)))
    random.Random(seed).shuffle(dealt)  # noqa: S311 - the same folds for the same seed
    cases: dict[int, Case] = {}
    for fold in range(judged_folds or folds):
        predictor = fit([split[i][0] for n, i in enumerate(dealt) if n % folds != fold])
        for i in dealt[fold::folds]:
            past, future = split[i]
            cases[i] = Case(past, future, predictor(past))
    return [case for _, case in sorted(cases.items(), key=itemgetter(0))]


def averaged(runs: Sequence[Sequence[Case]]) -> list[Case]:
    """The same clients dealt anew in each run: their mean score, probability and visits.

    Nothing leaks, as no model of any run had met the client; what falls is the noise of the dealing, not that of
    the one future. The window is the first run's.
    """
    return [_mean_case(of_client) for of_client in zip(*runs, strict=True)]


def _mean_case(cases: Sequence[Case]) -> Case:
    said = [case.prediction for case in cases]
    return replace(
        cases[0],
        prediction=replace(
            said[0],
            score=fmean(p.score for p in said),
            p_return=_mean([p.p_return for p in said]),
            visits=_mean([p.visits for p in said]),
        ),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def roll(
    histories: Iterable[Iterable[date]],
    fit_at: Callable[[date, int], Fitter],
    *,
    start: date,
    days: int,
    rounds: int,
    folds: int = 2,
    judged_folds: int | None = None,
) -> list[list[Case]]:
    """Round after round: forecast the next `days`, see what came, move on by as many.

    The windows do not overlap, so if the forecasts are true their errors add up as independent ones do, although the
    same clients are met again (Dawid, "The Prequential Approach", JRSS A 1984): rounds may be pooled.
    """
    known = [list(visits) for visits in histories]
    result = []
    for number in range(rounds):
        as_of = start + timedelta(number * days)
        result.append(
            cross_validate(
                known,
                fit_at(as_of, days),
                as_of=as_of,
                horizon_days=days,
                folds=folds,
                judged_folds=judged_folds,
                seed=number,
            )
        )
    return result


def auc(cases: Sequence[Case]) -> float:
    """Probability that a client who returned was ranked above one who did not (Mann and Whitney; ties are half)."""
    ranked = sorted(cases, key=lambda case: case.prediction.score)
    rank_sum, before = 0.0, 0
    for _, group in groupby(ranked, key=lambda case: case.prediction.score):
        tied = list(group)
        rank_sum += (before + (len(tied) + 1) / 2) * sum(bool(case.future) for case in tied)
        before += len(tied)
    returned = sum(bool(case.future) for case in cases)
    if returned in (0, len(cases)):
        raise ValueError("no ranking to judge: all clients fared alike")
    return (rank_sum - returned * (returned + 1) / 2) / (returned * (len(cases) - returned))


def visits_ratio(cases: Iterable[Case]) -> float:
    """Expected visits over actual ones."""
    pairs = [(case.prediction.visits or 0.0, len(case.future)) for case in cases]
    return sum(expected for expected, _ in pairs) / sum(actual for _, actual in pairs)


def _outcomes(cases: Iterable[Case]) -> list[tuple[float, bool]]:
    """By probability; the order among equals must not depend on what came."""
    pairs = [
        (case.prediction.p_return, bool(case.future))
        for case in cases
        if case.prediction.p_return is not None
    ]
    return sorted(pairs, key=itemgetter(0))


def _bins(groups: Iterable[Sequence[tuple[float, bool]]]) -> list[Bin]:
    return [
        Bin(len(group), fmean(said), fmean(came), tuple(said))
        for group in groups
        if group
        for said, came in [([p for p, _ in group], [float(y) for _, y in group])]
    ]


def deciles(cases: Iterable[Case], bins: int = 10) -> list[Bin]:
    """Bins of as many clients each, least likely to return first."""
    outcomes = _outcomes(cases)
    edges = [round(i * len(outcomes) / bins) for i in range(bins + 1)]
    return _bins(outcomes[a:b] for a, b in pairwise(edges))


def widths(cases: Iterable[Case], bins: int = 10) -> list[Bin]:
    """Bins of equal width of the probability, as in Guo et al., "On Calibration of Modern Neural Networks", 2017."""
    outcomes = _outcomes(cases)
    edges = [bisect_left(outcomes, i / bins, key=itemgetter(0)) for i in range(bins)] + [
        len(outcomes)
    ]
    return _bins(outcomes[a:b] for a, b in pairwise(edges))


def calibration_error(bins: Iterable[Bin]) -> float:
    """Expected calibration error: mean distance of what was said from what came, by clients."""
    bins = list(bins)
    return sum(b.clients * abs(b.expected - b.actual) for b in bins) / sum(b.clients for b in bins)


def coverage(cases: Iterable[Case]) -> float:
    """Share of the clients who returned whose first visit fell into the interval."""
    hits = [
        low <= case.future[0] <= high
        for case in cases
        if case.future and case.prediction.window
        for low, high in [case.prediction.window]
    ]
    return sum(hits) / len(hits)
