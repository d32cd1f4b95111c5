"""When a client comes back: a model of the visiting habits of a company's clients, and its forecast for one of them.

Every client has one of a set of habits (`returns_grid`); how common each is, is learnt from all clients
(`returns_fit`); what the client's own visits say of theirs is Bayes' rule (`returns_posterior`). So a first visit is
forecast from what others do, a tenth mostly from the client's own, and a regular client is told from a random one.
Days are local dates of the company; visits of one day count once.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from math import exp, log, prod
from statistics import median
from typing import Any, Self

from comeback.reactivation.returns_fit import history, learn
from comeback.reactivation.returns_grid import (
    BREAKS,
    CELL_OF_POINT,
    CELLS,
    MEAN_GAPS,
    PAUSES,
    SHAPES,
    SHARE_OF_POINT,
    SIZES,
)
from comeback.reactivation.returns_posterior import YEAR, Posterior, Prior

INTERVAL = (0.1, 0.9)

_DEFAULT_SPREAD = 0.6
"""Standard deviation of the log of the mean gap between clients of one kind of business."""
_DEFAULT_SLOW = 0.1
"""Share of clients with any longer gap."""
_DEFAULT_SHAPES = (0.2, 0.25, 0.3, 0.15, 0.1)
_DEFAULT_BREAKS = (0.4, 0.35, 0.25)
_DEFAULT_PAUSES = (0.35, 0.2, 0.45)


@dataclass(frozen=True)
class Basis:
    """What a due date rests on, in numbers; the words are written where the owner reads them."""

    own_gaps: int
    own_gap_days: float | None
    """Median; None after a single visit."""
    usual_gap_days: int
    """After which half of the returning first-time clients of this service have returned."""
    own_weight: float
    """0: only what others do, 1: only the client's own visits (share of the variance between clients that the
    own visits have explained, as in Bühlmann's credibility, ASTIN Bulletin 1967)."""
    variation: float
    """Standard deviation of the gap over its mean: 1 comes at random, 0.1 comes by the clock."""
    silence_days: int
    band: tuple[int, int]
    """Days after a visit between which the next falls with 80 % probability if the client returns."""
    p_active: float
    """As in the forecast."""


@dataclass(frozen=True)
class ReturnForecast:
    """The next visit of one client.

    The dates are those told on the day of the last visit, so silence does not push them away: `due_on` is the median
    of the next visit if the client returns, `low` and `high` hold it with 80 % probability. The probabilities and
    `next_visit` know of the silence up to `as_of`.
    """

    as_of: date
    last_visit_on: date
    due_on: date
    low: date
    high: date
    p_active: float
    """Probability that the client is not lost for good; never rises with silence."""
    basis: Basis
    _posterior: Posterior = field(repr=False, compare=False)
    _horizon: int = field(repr=False)

    @property
    def late(self) -> bool:
        """Later than nine of ten returns would have been."""
        return self.as_of > self.high

    def p_return_within(self, days: int) -> float:
        """Probability of at least one visit in the `days` after `as_of`."""
        return self._posterior.returns(max(days, 0), self.basis.silence_days)

    def expected_visits(self, days: int) -> float:
        """Mean number of visits in the `days` after `as_of`."""
        return self._posterior.visits(days, self.basis.silence_days) if days > 0 else 0.0

    def next_visit(self, within: int | None = None) -> tuple[date, date, date]:
        """Low, median and high of the next visit after `as_of`, if it comes within so many days."""
        low, middle, high = (
            self.as_of
            + timedelta(
                self._posterior.quantile(share, within or self._horizon, self.basis.silence_days)
            )
            for share in (INTERVAL[0], 0.5, INTERVAL[1])
        )
        return low, middle, high


@dataclass(frozen=True)
class ReturnModel:
    """How common each visiting habit is among the clients of a company, a service or a kind of business."""

    weights: tuple[float, ...]
    clients: int = 0
    """Whose histories were learnt from."""
    fitted_on: date | None = None

    @classmethod
    def default(cls, mean_gap_days: float = 28) -> Self:
        """What is assumed of a kind of business before its clients are known (the constants are a judgement)."""
        near = [exp(-((log(gap / mean_gap_days) / _DEFAULT_SPREAD) ** 2) / 2) for gap in MEAN_GAPS]
        slow = [float(gap >= mean_gap_days) for gap in MEAN_GAPS]
        slow[-1] = 1.0
        gaps = {
            gap: (1 - _DEFAULT_SLOW) * n / (sum(near) or 1) + _DEFAULT_SLOW * s / sum(slow)
            for gap, n, s in zip(MEAN_GAPS, near, slow, strict=True)
        }
        shapes = dict(zip(SHAPES, _DEFAULT_SHAPES, strict=True))
        breaks = dict(zip(BREAKS, _DEFAULT_BREAKS, strict=True))
        pauses = dict(zip(PAUSES, _DEFAULT_PAUSES, strict=True))
        weights = [gaps[g] * shapes[k] * breaks[p] * pauses[m] for g, k, p, m in CELLS]
        return cls(_normalised(weights))

    @classmethod
    def fit(
        cls,
        histories: Iterable[Iterable[date]],
        *,
        as_of: date,
        prior: "ReturnModel | None" = None,
        prior_strength: float = 20.0,
    ) -> Self:
        """Learn from each client's visit dates up to and with `as_of`.

        `prior` is the model of the wider circle (company for a service, kind of business for a company); it weighs as
        much as `prior_strength` clients. Without histories the model is the prior.
        """
        traces = [trace for visits in histories if (trace := history(visits, as_of))]
        weights = learn(traces, (prior or cls.default()).weights, prior_strength)
        return cls(_normalised(weights), len(traces), as_of)

    def forecast(self, visits: Iterable[date], *, as_of: date) -> ReturnForecast:
        """From the visits up to and with `as_of`; raises ValueError when there was none."""
        days = sorted({visit for visit in visits if visit <= as_of})
        trace = history(days, as_of)
        if trace is None:
            raise ValueError(f"no visit up to {as_of}")
        gaps, silence = trace
        own = self._prior.posterior(gaps)
        low, due, high = (
            own.quantile(share, self._within) for share in (INTERVAL[0], 0.5, INTERVAL[1])
        )
        spread, variation = own.spread(self._within)
        basis = Basis(
            own_gaps=len(days) - 1,
            own_gap_days=median(gaps) if gaps else None,
            usual_gap_days=self.usual_gap_days,
            own_weight=min(max(1 - spread / self._spread, 0.0), 1.0) if gaps else 0.0,
            variation=variation,
            silence_days=silence,
            band=(low, high),
            p_active=own.active(silence),
        )
        due_on, first, last = (days[-1] + timedelta(ahead) for ahead in (due, low, high))
        return ReturnForecast(
            as_of, days[-1], due_on, first, last, basis.p_active, basis, own, self._within
        )

    @cached_property
    def usual_gap_days(self) -> int:
        """After which half of the first-time clients who return at all soon have returned."""
        newcomer = self._prior.posterior(())
        days = 0
        for _ in range(3):
            days = newcomer.quantile(0.5, _horizon(days))
        return days

    def to_json(self) -> str:
        fitted_on = self.fitted_on and self.fitted_on.isoformat()
        return json.dumps(
            {
                "grid": SIZES,
                "clients": self.clients,
                "fitted_on": fitted_on,
                "weights": self.weights,
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Raises ValueError for a model of another grid or shape: it has to be fitted anew."""
        try:
            return cls._of_stored(json.loads(text))
        except (LookupError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError("this is no model") from error

    @classmethod
    def _of_stored(cls, stored: Any) -> Self:
        if tuple(stored["grid"]) != SIZES or len(stored["weights"]) != prod(SIZES):
            raise ValueError(f"a model on grid {stored['grid']}, not {SIZES}")
        fitted_on = stored["fitted_on"] and date.fromisoformat(stored["fitted_on"])
        return cls(tuple(map(float, stored["weights"])), stored["clients"], fitted_on)

    @cached_property
    def _prior(self) -> Prior:
        pairs = zip(CELL_OF_POINT, SHARE_OF_POINT, strict=True)
        return Prior([self.weights[cell] * share for cell, share in pairs])

    @cached_property
    def _within(self) -> int:
        return _horizon(self.usual_gap_days)

    @cached_property
    def _spread(self) -> float:
        return self._prior.posterior(()).spread(self._within).log_mean_gap


def _horizon(usual_gap_days: int) -> int:
    """Days within which a visit counts as a return when a date is told."""
    return max(YEAR, 5 * usual_gap_days)


def _normalised(weights: Iterable[float]) -> tuple[float, ...]:
    """Rounded, so that a stored model is small."""
    values = list(weights)
    total = sum(values)
    return tuple(float(f"{value / total:.6g}") for value in values)
