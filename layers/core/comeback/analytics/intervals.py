"""Estimates with an interval, and the interval of a share, of a product and of a difference of two of them.

Products and differences by MOVER, which keeps the skewness of rare returns (Zou and Donner, "Construction of confidence limits
about effect measures", Statistics in Medicine 2008). With Jeffreys' interval for a share it is Laud's MOVER-J, "Equal-tailed
confidence intervals for comparison of rates", Pharmaceutical Statistics 2017.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import asin, cos, exp, hypot, log, pi, sin, sqrt

_CELLS = 256
_REACH = 7.0
"""Standard deviations about the mean: what lies beyond weighs less than 1e-9."""


@dataclass(frozen=True)
class Estimate:
    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high

    def times(self, factor: float) -> "Estimate":
        """By a known number that is not negative."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)

    def product(self, other: "Estimate") -> "Estimate":
        """Of two independent estimates, neither negative."""
        value = self.value * other.value
        down = hypot(other.value * (self.value - self.low), self.value * (other.value - other.low))
        up = hypot(other.value * (self.high - self.value), self.value * (other.high - other.value))
        return Estimate(value, value - down, value + up)

    def less(self, other: "Estimate") -> "Estimate":
        """The difference of two independent estimates."""
        value = self.value - other.value
        down = hypot(self.value - self.low, other.high - other.value)
        up = hypot(self.high - self.value, other.value - other.low)
        return Estimate(value, value - down, value + up)


def share(successes: float, trials: float, level: float) -> Estimate:
    """The beta posterior under Jeffreys' prior; successes and trials need not be whole.

    The interval is widened to hold the observed share (Brown, Cai and DasGupta, "Interval Estimation for a Binomial
    Proportion", Statistical Science 2001). Raises ZeroDivisionError without trials.
    """
    value = successes / trials
    low, high = _beta_quantiles(
        successes + 0.5, trials - successes + 0.5, ((1 - level) / 2, (1 + level) / 2)
    )
    return Estimate(value, min(low, value), max(high, value))


def _beta_quantiles(a: float, b: float, targets: tuple[float, float]) -> tuple[float, float]:
    """By quadrature over φ, where the share is sin²φ: there the density, sin^(2a-1) φ · cos^(2b-1) φ, has no poles."""
    centre, reach = asin(sqrt(a / (a + b))), _REACH / (2 * sqrt(a + b))
    start, end = max(centre - reach, 0.0), min(centre + reach, pi / 2)
    step = (end - start) / _CELLS
    angles = [start + (i + 0.5) * step for i in range(_CELLS)]
    logs = [(2 * a - 1) * log(sin(x)) + (2 * b - 1) * log(cos(x)) for x in angles]
    highest = max(logs)
    below = [0.0, *accumulate(exp(value - highest) for value in logs)]
    low, high = (_interpolated(below, target * below[-1]) for target in targets)
    return sin(start + low * step) ** 2, sin(start + high * step) ** 2


def _interpolated(sums: Sequence[float], target: float) -> float:
    """The place, in cells, at which rising sums reach the target."""
    cell = bisect_left(sums, target, 1)
    return cell - (sums[cell] - target) / (sums[cell] - sums[cell - 1])
