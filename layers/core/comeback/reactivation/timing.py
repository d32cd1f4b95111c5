"""Which hours and weekdays bring answers, learned per company. Weekdays (Monday=0) and hours are the company's local ones.

Log-odds of an answer = company's mean + hour + weekday + what is peculiar to that hour of that weekday, each pulled to zero
(the mean: to the vertical's) by a normal prior. Hours and weekdays are fitted together, so that an hour tried only on good
days earns no credit for the days. The mode by Newton's method, intervals by Laplace's approximation.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from operator import mul
from statistics import NormalDist

from comeback.reactivation.bandit import FLOOR, Prior, pooled
from comeback.reactivation.model import Tally

Cell = tuple[int, int]
"""Weekday, hour."""
Rows = Sequence[Sequence[float]]

ANSWERED = 0.3
"""The lower end of the specification's target for answers (reactivation.md); a vertical's own figure may replace it."""
MEAN_SD, EFFECT_SD, CELL_SD = 0.5, 0.4, 0.2
"""In log-odds, judgements: most companies within ×1.6 of the odds of their vertical; hours and days within ×1.5 of the
company's; a cell within ×1.2 of what its hour and day say. At a rate of 0.3 they weigh 19, 30 and 119 messages."""
MEAN_PULL, EFFECT_PULL, CELL_PULL = MEAN_SD**-2, EFFECT_SD**-2, CELL_SD**-2
INTERVAL = NormalDist().inv_cdf(0.9)
"""Standard deviations to either side of an 80 % interval."""
LONGEST_STEP, CLOSE_ENOUGH, STEPS = 1.0, 1e-6, 100


@dataclass(frozen=True)
class TimeRate:
    """The estimated share of messages answered, with an 80 % interval; `tried` is what it was learned from."""

    weekday: int
    hour: int
    tried: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class Times:
    """What is known of these cells. `parts`: where mean, hour and weekday stand among what the cells share.

    `information`: how many units of precision a cell's own messages give its log-odds. `axes`: independent directions, one
    standard deviation long, in which what the cells share is uncertain.
    """

    parts: Mapping[Cell, tuple[int, ...]]
    log_odds: Mapping[Cell, float]
    information: Mapping[Cell, float]
    axes: Rows

    def spread(self, cell: Cell) -> float:
        """Standard deviation of the cell's log-odds."""
        shared = sum(sum(axis[i] for i in self.parts[cell]) ** 2 for axis in self.axes)
        own = CELL_PULL + self.information[cell]
        return sqrt((CELL_PULL / own) ** 2 * shared + 1 / own)

    def sample(self, cells: Sequence[Cell], rng: random.Random) -> list[float]:
        """Log-odds drawn together: what the cells share moves them alike."""
        shared = _combined(self.axes, [rng.gauss(0, 1) for _ in self.axes])
        owns = [CELL_PULL + self.information[cell] for cell in cells]
        return [
            self.log_odds[cell]
            + CELL_PULL / own * sum(shared[i] for i in self.parts[cell])
            + rng.gauss(0, 1) / sqrt(own)
            for cell, own in zip(cells, owns, strict=True)
        ]


def best_times(tallies: Mapping[Cell, Tally], *, default: float = ANSWERED) -> tuple[TimeRate, ...]:
    """Every cell of `tallies`, the best first. Won = answered; or booked, with the default rate of bookings."""
    times = learn(tallies, default=default)
    rates = []
    for cell, middle in times.log_odds.items():
        away = INTERVAL * times.spread(cell)
        low, rate, high = (_share(middle + d) for d in (-away, 0, away))
        rates.append(TimeRate(*cell, tallies[cell].tried, rate, low, high))
    return tuple(sorted(rates, key=lambda r: (-r.rate, r.weekday, r.hour)))


def preferred_hour(
    tallies: Mapping[Cell, Tally],
    allowed_hours: Collection[int],
    weekday: int,
    rng: random.Random,
    floor: float = FLOOR,
    *,
    default: float = ANSWERED,
) -> int:
    """The hour to send at on that weekday: with probability `floor` any allowed one, else the best of one sample.

    Settled attempts only (`Tally`). Raises ValueError when no hour is allowed.
    """
    hours = sorted(set(allowed_hours))
    if not hours:
        raise ValueError("no hour to choose from")
    if rng.random() < floor:
        return rng.choice(hours)
    cells = [(weekday, hour) for hour in hours]
    times = learn({**dict.fromkeys(cells, Tally()), **tallies}, default=default)
    return max(zip(times.sample(cells, rng), hours, strict=True))[1]


def learn(tallies: Mapping[Cell, Tally], *, default: float = ANSWERED) -> Times:
    """The mode. Steps of at most 1 in log-odds, within which each descends (Bach, Electronic Journal of Statistics 2010)."""
    company = _log_odds(Prior(default, 1).after(pooled(tallies.values())))
    times = Times(_parts(tallies), dict.fromkeys(sorted(tallies), company), {}, ())
    for _ in range(STEPS):
        nearer = _newton(times, tallies, _log_odds(default))
        step = {cell: nearer.log_odds[cell] - at for cell, at in times.log_odds.items()}
        longest = max(map(abs, step.values()), default=0.0)
        scale = min(1.0, LONGEST_STEP / max(longest, CLOSE_ENOUGH))
        reached = {cell: at + scale * step[cell] for cell, at in times.log_odds.items()}
        times = replace(nearer, log_odds=reached)
        if longest < CLOSE_ENOUGH:
            break
    return times


def _parts(cells: Collection[Cell]) -> dict[Cell, tuple[int, ...]]:
    hours = sorted({hour for _, hour in cells})
    days = sorted({day for day, _ in cells})
    return {(d, h): (0, 1 + hours.index(h), 1 + len(hours) + days.index(d)) for d, h in cells}


def _newton(times: Times, tallies: Mapping[Cell, Tally], default: float) -> Times:
    """One step as a weighted regression (iteratively reweighted least squares), the cells' own parts eliminated."""
    effects = max((max(parts) for parts in times.parts.values()), default=0)
    pulls = [MEAN_PULL] + [EFFECT_PULL] * effects
    bend = [[pull * (i == j) for j in range(len(pulls))] for i, pull in enumerate(pulls)]
    slope = [0.0] * len(pulls)
    information: dict[Cell, float] = {}
    push: dict[Cell, float] = {}
    for cell, at in times.log_odds.items():
        seen, rate = tallies[cell], _share(at)
        weight = information[cell] = seen.tried * rate * (1 - rate)
        push[cell] = weight * (at - default) + seen.won - seen.tried * rate
        kept = CELL_PULL / (CELL_PULL + weight)
        for i in times.parts[cell]:
            slope[i] += kept * push[cell]
            for j in times.parts[cell]:
                bend[i][j] += kept * weight
    axes = _axes(bend)
    shared = _combined(axes, [_dot(axis, slope) for axis in axes])
    log_odds = {}
    for cell, weight in information.items():
        common = sum(shared[i] for i in times.parts[cell])
        log_odds[cell] = default + common + (push[cell] - weight * common) / (CELL_PULL + weight)
    return Times(times.parts, log_odds, information, axes)


def _axes(precision: Rows) -> Rows:
    """Orthonormal under `precision` (Gram and Schmidt): their outer products add up to the covariance."""
    axes: list[list[float]] = []
    for i, row in enumerate(precision):
        axis = [float(i == j) for j in range(len(precision))]
        for known in axes:
            along = _dot(known, row)
            axis = [x - along * y for x, y in zip(axis, known, strict=True)]
        length = sqrt(_dot(axis, row))
        axes.append([x / length for x in axis])
    return axes


def _combined(rows: Rows, weights: Sequence[float]) -> list[float]:
    return [_dot(weights, column) for column in zip(*rows, strict=True)]


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return float(sum(map(mul, one, other)))


def _share(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def _log_odds(share: float) -> float:
    return log(share / (1 - share))
