"""How likely each habit is for one client, given the gaps between their visits.

A habit may change: before every gap but the first the client keeps it with probability 1 - `DRIFT` or takes up another,
drawn from the habits of those who come back (a change-point filter with a constant hazard: Fearnhead and Liu, JRSS B
2007). So a client is a blend of what their own visits say and, with weight `DRIFT`, of any client who returns.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from operator import mul, sub
from typing import NamedTuple

from comeback.reactivation.returns_counts import visits_row
from comeback.reactivation.returns_grid import (
    LOG_MEAN_GAP,
    VARIATION,
    component_survival_row,
    components,
    density_row,
    survival_row,
)

DRIFT = 0.03
"""Chosen by the likelihood of held-out gaps on CDNOW (0, 0.03, 0.1, 0.2, 0.4 tried)."""
YEAR = 365
"""Days; a client away for longer is lost rather than late, where gaps are not themselves that long."""
_STEPS = (0, 7, 14, 28, 56, 112, 224, 448, 896)
"""Days at which a next visit is placed when those after it are counted."""


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    total: float = sum(map(mul, a, b))
    return total


class Habits:
    """A distribution over the points of the grid, right after a visit."""

    def __init__(self, points: Sequence[float]) -> None:
        total = sum(points)
        self._points = [value / total for value in points]
        self._components = components(self._points)
        self._silent: dict[int, float] = {}
        self._following: dict[tuple[int, int, float], float] = {}

    def weighted(self, share: float) -> list[float]:
        return [share * point for point in self._points]

    @cached_property
    def lost(self) -> float:
        """Probability that there is no next visit."""
        return 1 - sum(self._components)

    def silent(self, days: int) -> float:
        """Probability of no visit for so many days."""
        if days not in self._silent:
            self._silent[days] = self.lost + _dot(self._components, component_survival_row(days))
        return self._silent[days]

    def following(self, days: float) -> float:
        """Visits expected within so many days of the last one."""
        return _dot(self._points, visits_row(days))

    def next_and_following(self, start: int, end: int, left: float) -> float:
        """Visits expected `left` days beyond a next visit, times the probability that it falls in (start, end]."""
        key = (start, end, left)
        if key not in self._following:
            chance = map(sub, survival_row(start), survival_row(end))
            self._following[key] = _dot(list(map(mul, self._points, chance)), visits_row(left))
        return self._following[key]

    def moments(self, within: int) -> tuple[float, float, float, float]:
        """Sums over the habits that return `within` days: weight, log mean gap, its square, variation of gaps."""
        weights = list(map(mul, self._components, [1 - s for s in component_survival_row(within)]))
        logs = list(map(mul, weights, LOG_MEAN_GAP))
        return sum(weights), sum(logs), _dot(logs, LOG_MEAN_GAP), _dot(weights, VARIATION)


class Spread(NamedTuple):
    """Of the habits that return: variance of the log of the mean gap, and the gaps' coefficient of variation."""

    log_mean_gap: float
    variation: float


class Posterior:
    """A client's habits right after the last visit, as parts of a blend.

    `returning` is what a changed habit is drawn from.
    """

    def __init__(self, parts: Sequence[tuple[float, Habits]], returning: Habits) -> None:
        self._parts = parts
        self._returning = returning

    def silent(self, days: int) -> float:
        return sum(share * habits.silent(days) for share, habits in self._parts)

    def active(self, silence: int) -> float:
        """Probability that the client is not lost, after so many days of silence."""
        lost = sum(share * habits.lost for share, habits in self._parts)
        return max(0.0, 1 - lost / self.silent(silence))

    def returns(self, days: int, silence: int) -> float:
        """Probability of a visit within so many days."""
        return 1 - self.silent(silence + days) / self.silent(silence)

    def quantile(self, share: float, within: int, silence: int = 0) -> int:
        """Days by which this share of those who return `within` so many days has returned."""
        now = self.silent(silence)
        target = share * (now - self.silent(silence + within))
        return 1 + bisect_left(
            range(1, within), target, key=lambda t: now - self.silent(silence + t)
        )

    def visits(self, days: int, silence: int) -> float:
        """Expected number of visits: the next, placed in steps, and those that follow it."""
        total = 0.0
        for start, end in pairwise([*(step for step in _STEPS if step < days), days]):
            left = days - (start + end) / 2
            chance = self.silent(silence + start) - self.silent(silence + end)
            total += chance * (1 + DRIFT * self._returning.following(left))
            total += (1 - DRIFT) * self._blend.next_and_following(
                silence + start, silence + end, left
            )
        return total / self.silent(silence)

    @cached_property
    def _blend(self) -> Habits:
        if len(self._parts) == 1:
            return self._parts[0][1]
        return Habits(
            [sum(parts) for parts in zip(*(h.weighted(s) for s, h in self._parts), strict=True)]
        )

    def spread(self, within: int) -> Spread:
        parts = [
            [share * value for value in habits.moments(within)] for share, habits in self._parts
        ]
        weight, first, second, variation = map(sum, zip(*parts, strict=True))
        return Spread(second / weight - (first / weight) ** 2, variation / weight)


class Prior:
    """A client before the first gap is known: the newcomer, and the habits of those who do come back."""

    def __init__(self, points: Sequence[float]) -> None:
        self.newcomer = Habits(points)
        self._points = points
        self._returns = [1 - silent for silent in survival_row(YEAR)]
        returning = list(map(mul, points, self._returns))
        self.returning = Habits(returning)
        self._share = sum(returning)

    def posterior(self, gaps: Sequence[int]) -> Posterior:
        """After gaps in days, oldest first."""
        if not gaps:
            return Posterior([(1.0, self.newcomer)], self.returning)
        odds = density_row(gaps[0])
        for gap in gaps[1:]:
            change = DRIFT / (1 - DRIFT) / self._share * _dot(self._points, odds)
            odds = [
                (odd + change * returns) * density
                for odd, returns, density in zip(odds, self._returns, density_row(gap), strict=True)
            ]
        own = Habits(list(map(mul, self._points, odds)))
        return Posterior([(1 - DRIFT, own), (DRIFT, self.returning)], self.returning)
