"""What the messages caused: clients to whom we wrote against clients whom chance held out.

Intention to treat: every client who was to be written to counts once, from the day of the draw, whatever became of the
message. What the forecast knew before the draw is taken out of the noise (CUPED: Deng, Xu, Kohavi and Walker, "Improving the
Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data", WSDM 2013). Money is in minor units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, fsum, sqrt
from operator import mul
from statistics import NormalDist, fmean
from typing import Self

from comeback.analytics.intervals import Estimate, share

LEVEL = 0.8
MIN_CLIENTS = 30
MIN_EXPECTED = 5.0
"""In each group: clients; returns, and clients who stay away, to be expected were there no lift (Cochran's rule, Biometrics
1954). With fewer an interval is told and nothing is claimed."""
_MOST_EXPLAINED = 0.95
"""No forecast is believed to know more, however few the clients it was right about."""
_MOST_UNLIKE = 2.0
"""Nor is a group's variance believed to be smaller than half of what its adjusted rate has."""


@dataclass(frozen=True)
class Observation:
    """One client's first draw in the period, and the window after it."""

    treated: bool
    returned: bool
    revenue_minor: int
    """Of the visits in the window; nothing if the client did not return."""
    baseline: float
    """The forecast's chance of a return without a message, known before the draw."""


@dataclass(frozen=True)
class Group:
    clients: int
    returned: int
    revenue_minor: int
    adjusted_rate: float
    """Had both groups had the same forecasts."""

    @property
    def rate(self) -> float:
        """As counted; nought when there are no clients."""
        return self.returned / self.clients if self.clients else 0.0


@dataclass(frozen=True)
class Lift:
    treated: Group
    control: Group
    difference: Estimate
    """Of the adjusted rates; 0.05 is five points."""
    revenue_per_client: Estimate
    """Difference, minor units."""
    variance_explained: float
    """Share of the variance of returns that the forecast took away."""
    enough: bool
    """Both groups are large enough for a claim."""

    @property
    def significant(self) -> bool:
        return self.enough and not self.difference.holds_zero

    @property
    def extra_returns(self) -> Estimate:
        """Caused among the treated."""
        return self.difference.times(self.treated.clients)

    @property
    def extra_revenue(self) -> Estimate:
        """Caused among the treated, minor units."""
        return self.revenue_per_client.times(self.treated.clients)


@dataclass(frozen=True)
class _Arm:
    clients: Sequence[Observation]

    @property
    def size(self) -> int:
        return len(self.clients)

    @cached_property
    def spends(self) -> Sequence[int]:
        """Of each who returned."""
        return [o.revenue_minor for o in self.clients if o.returned]

    @cached_property
    def rate(self) -> float:
        return len(self.spends) / self.size if self.size else 0.0

    @cached_property
    def baseline(self) -> float:
        return fsum(o.baseline for o in self.clients) / self.size if self.size else 0.0


@dataclass(frozen=True)
class _Forecast:
    """How returns follow the forecast within a group; the same slope for both."""

    slope: float
    explained: float
    mean_baseline: float

    @classmethod
    def followed(cls, arms: Sequence[_Arm]) -> Self:
        told = [o.baseline - arm.baseline for arm in arms for o in arm.clients]
        came = [o.returned - arm.rate for arm in arms for o in arm.clients]
        spread, squares = (fsum(x * x for x in column) for column in (told, came))
        products = fsum(map(mul, told, came))
        known = spread > 0 and squares > 0
        clients = sum(arm.size for arm in arms)
        return cls(
            products / spread if known else 0.0,
            min(products**2 / (spread * squares), _MOST_EXPLAINED) if known else 0.0,
            fsum(o.baseline for arm in arms for o in arm.clients) / clients if clients else 0.0,
        )

    def adjusted_rate(self, arm: _Arm) -> float:
        rate = arm.rate - self.slope * (arm.baseline - self.mean_baseline)
        return min(max(rate, 0.0), 1.0)

    def posterior(self, arm: _Arm, level: float) -> Estimate:
        """As of so many more clients as would make up for the variance that the forecast took away.

        What is left of it is that of the group's own returns, not of the adjusted rate: they are unlike where one group has
        more clients with little hope, as the held-out have once clients are drawn again (tests/bench/later_draws.py).
        """
        if not arm.size:
            return Estimate(0.5, 0.0, 1.0)
        rate = self.adjusted_rate(arm)
        unlike = _variance(rate, arm.size) / _variance(arm.rate, arm.size)
        clients = arm.size / (1 - self.explained) * min(unlike, _MOST_UNLIKE)
        return share(rate * clients, clients, level)


def lift(observations: Iterable[Observation], *, level: float = LEVEL) -> Lift:
    """Without chance: the same clients, in whatever order, give the same interval."""
    seen = list(observations)
    arms = tuple(_Arm([o for o in seen if o.treated is treated]) for treated in (True, False))
    forecast = _Forecast.followed(arms)
    rates = [forecast.posterior(arm, level) for arm in arms]
    revenues = [
        rate.product(spend) for rate, spend in zip(rates, _spends(arms, level), strict=True)
    ]
    treated, control = (_group(arm, forecast) for arm in arms)
    return Lift(
        treated=treated,
        control=control,
        difference=rates[0].less(rates[1]),
        revenue_per_client=revenues[0].less(revenues[1]),
        variance_explained=forecast.explained,
        enough=_enough(arms),
    )


def _group(arm: _Arm, forecast: _Forecast) -> Group:
    return Group(arm.size, len(arm.spends), sum(arm.spends), forecast.adjusted_rate(arm))


def _spends(arms: Sequence[_Arm], level: float) -> list[Estimate]:
    """Mean revenue of a client who returned, by group; a visit costs as variously in one as in the other."""
    everyone = [spend for arm in arms for spend in arm.spends]
    usual = fmean(everyone) if everyone else 0.0
    means = [fmean(arm.spends) if arm.spends else usual for arm in arms]
    off = fsum((s - mean) ** 2 for arm, mean in zip(arms, means, strict=True) for s in arm.spends)
    deviation = sqrt(off / max(len(everyone) - len(arms), 1))
    reach = [_z(level) * deviation / sqrt(max(len(arm.spends), 1)) for arm in arms]
    return [Estimate(mean, mean - r, mean + r) for mean, r in zip(means, reach, strict=True)]


def _enough(arms: Sequence[_Arm]) -> bool:
    smallest = min(arm.size for arm in arms)
    clients = sum(arm.size for arm in arms)
    returned = sum(len(arm.spends) for arm in arms)
    expected = smallest * min(returned, clients - returned) / (clients or 1)
    return smallest >= MIN_CLIENTS and expected >= MIN_EXPECTED


def _variance(rate: float, clients: int) -> float:
    """Of one client's return; never nothing, as a rate of nought is not known for sure (Jeffreys)."""
    mean = (rate * clients + 0.5) / (clients + 1)
    return mean * (1 - mean)


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def clients_needed(
    base_rate: float,
    points: float,
    *,
    control_share: float,
    level: float = LEVEL,
    power: float = 0.8,
    variance_kept: float = 1.0,
) -> int:
    """Of both groups, to tell a lift of so many points (0.05 is five) from nought with probability `power`.

    Normal approximation for two groups of unequal size, without correction for continuity (Fleiss, Levin and Paik,
    "Statistical Methods for Rates and Proportions", 2003, chapter 4). `variance_kept` is what the forecast leaves:
    1 - `Lift.variance_explained`. Raises ValueError when there is no lift to see or one group is empty.
    """
    raised = base_rate + points
    if not points or not 0 < control_share < 1 or not 0 <= raised <= 1:
        raise ValueError(f"no lift of {points} on {base_rate}, {control_share} held out")
    treated = raised * (1 - raised) / (1 - control_share)
    control = base_rate * (1 - base_rate) / control_share
    reach = _z(level) + NormalDist().inv_cdf(power)
    return ceil(variance_kept * (treated + control) * (reach / points) ** 2)
