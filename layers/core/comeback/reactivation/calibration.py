"""How much of a calibration error is the forecast's fault.

Even a forecast whose every probability is true shows a calibration error above 0, because few clients fall into a bin:
in each bin the share who came misses the truth by luck. So the plain error overstates, and, as |a + b| <= |a| + |b|,
the plain error less what luck alone would show understates: in the mean the true error lies between the two.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pstdev

from comeback.reactivation.backtest import Bin, calibration_error


@dataclass(frozen=True)
class Calibration:
    error: float
    """Expected calibration error as it stands: the mean distance of what was said from what came."""
    chance: float
    """What it would be on average if every probability were true."""
    chance_spread: float
    """Standard deviation of that."""
    as_large_by_chance: float
    """Share of true forecasts that show at least this error: below 0.05 luck hardly explains it."""
    debiased: float
    """Root of the mean squared distance without the part that is luck (Kumar, Liang and Ma, "Verified Uncertainty
    Calibration", NeurIPS 2019); weighs a bin far off more than the error does. 0 when luck explains all.
    """

    @property
    def excess(self) -> float:
        """The error without its chance part."""
        return max(self.error - self.chance, 0.0)


def calibration(bins: Sequence[Bin], draws: int = 200, seed: int = 0) -> Calibration:
    error = calibration_error(bins)
    lucky = _by_chance(bins, draws, random.Random(seed))  # noqa: S311 - a repeatable simulation
    return Calibration(
        error,
        fmean(lucky),
        pstdev(lucky),
        fmean(simulated >= error for simulated in lucky),
        _debiased(bins),
    )


def _by_chance(bins: Sequence[Bin], draws: int, rng: random.Random) -> list[float]:
    """Errors of simulated futures in which every probability is true."""
    clients = sum(b.clients for b in bins)
    expected = [sum(b.said) for b in bins]
    return [
        sum(
            abs(total - sum(rng.random() < p for p in b.said))
            for total, b in zip(expected, bins, strict=True)
        )
        / clients
        for _ in range(draws)
    ]


def _debiased(bins: Sequence[Bin]) -> float:
    """A bin of one client says nothing of its own luck and is left out."""
    judged = [b for b in bins if b.clients > 1]
    squares = (
        b.clients * ((b.expected - b.actual) ** 2 - b.actual * (1 - b.actual) / (b.clients - 1))
        for b in judged
    )
    return sqrt(max(sum(squares) / sum(b.clients for b in judged), 0.0))
