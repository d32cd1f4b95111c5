"""Holds forecasts of return against what clients did afterwards.

Clients are dealt into folds; each fold is forecast by a model fitted on the others, from visits up to `as_of` alone, and
judged by the visits in the `horizon_days` after it. Works for any way of forecasting, so that baselines are
measured by the same yardstick.
"""

import random
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter

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


def model_fitter(as_of: date, horizon_days: int, prior: ReturnModel | None = None) -> Fitter:
    """The product's own model as a `Fitter`."""

    def fit(histories: Sequence[Visits]) -> Predictor:
        model = ReturnModel.fit(histories, as_of=as_of, prior=prior)
        return lambda visits: predict(model, visits, as_of, horizon_days)

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
    seed: int = 0,
) -> list[Case]:
    """Every client once, forecast by a model that has not met them. Clients without a past are left out."""
    end = as_of + timedelta(horizon_days)
    split = []
    for visits in histories:
        days = sorted(set(visits))
        past = [day for day in days if day <= as_of]
        if past:
            split.append((past, [day for day in days if as_of < day <= end]))
    random.Random(seed).shuffle(split)  # noqa: S311 - the same folds for the same seed
    cases = []
    for fold in range(folds):
        predictor = fit([past for i, (past, _) in enumerate(split) if i % folds != fold])
        cases += [Case(past, future, predictor(past)) for past, future in split[fold::folds]]
    return cases


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
        Bin(
            len(group), sum(p for p, _ in group) / len(group), sum(y for _, y in group) / len(group)
        )
        for group in groups
        if group
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


def chance_error(
    cases: Sequence[Case],
    binning: Callable[[Sequence[Case]], list[Bin]] = deciles,
    draws: int = 100,
    seed: int = 0,
) -> float:
    """The calibration error that the same probabilities would show by chance alone, were they the true ones.

    No forecast can be expected to show less on so few clients; the mean of `draws` simulated futures.
    """
    rng = random.Random(seed)  # noqa: S311 - a repeatable simulation
    total = 0.0
    for _ in range(draws):
        total += calibration_error(
            binning(
                [
                    Case(
                        case.past,
                        [date.max] if rng.random() < (case.prediction.p_return or 0.0) else [],
                        case.prediction,
                    )
                    for case in cases
                ]
            )
        )
    return total / draws


def coverage(cases: Iterable[Case]) -> float:
    """Share of the clients who returned whose first visit fell into the interval."""
    hits = [
        low <= case.future[0] <= high
        for case in cases
        if case.future and case.prediction.window
        for low, high in [case.prediction.window]
    ]
    return sum(hits) / len(hits)
