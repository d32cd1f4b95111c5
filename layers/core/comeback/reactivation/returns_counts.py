"""How many visits follow a visit: the renewal function of each habit.

With F* the Laplace transform of the gap's density, the expected number of visits within t of a visit has the
transform F* / (s · (1 - F*)). It is scale-free, so one table for each shape, break and pause serves all mean gaps; it is
inverted numerically by Stehfest, "Numerical inversion of Laplace transforms", CACM algorithm 368, 1970.
"""

from array import array
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate
from math import factorial, inf, log, log2

from comeback.reactivation.returns_grid import HABITS, RHYTHMS

_TERMS = 10
_PER_OCTAVE = 4
_OCTAVES = (-6, 10)
"""Elapsed time in usual gaps: from 1/64 to 1,024."""


def _stehfest_weight(k: int) -> float:
    half = _TERMS // 2
    total = 0.0
    for j in range((k + 1) // 2, min(k, half) + 1):
        ways = factorial(half - j) * factorial(j) * factorial(j - 1)
        total += j**half * factorial(2 * j) / (ways * factorial(k - j) * factorial(2 * j - k))
    return -total if (k + half) % 2 else total


_WEIGHTS = tuple(_stehfest_weight(k) for k in range(1, _TERMS + 1))


def _visits(shape: int, leave: float, pause: float, elapsed: float) -> float:
    total = 0.0
    for k, weight in enumerate(_WEIGHTS, start=1):
        s = k * log(2) / elapsed
        gap = (1 - leave) * (1 + s / shape) ** -shape + leave / (1 + pause * s)
        total += weight * gap / (s * (1 - gap))
    return total * log(2) / elapsed


@cache
def _table(shape: int, leave: float, pause: float) -> tuple[float, ...]:
    """Expected visits at each quarter octave of elapsed time, never falling."""
    first, last = _OCTAVES
    points = [2 ** (i / _PER_OCTAVE) for i in range(first * _PER_OCTAVE, last * _PER_OCTAVE + 1)]
    return tuple(accumulate([max(_visits(shape, leave, pause, u), 0.0) for u in points], max))


@lru_cache(maxsize=256)
def visits_row(days: float) -> Sequence[float]:
    """Expected visits within so many days after a visit, by point of the grid."""
    row = array("d")
    for rhythm in RHYTHMS:
        position = (log2(days / rhythm.mean_gap) - _OCTAVES[0]) * _PER_OCTAVE if days > 0 else -inf
        for leave, pause in HABITS:
            table = _table(rhythm.shape, leave, pause)
            if position < 0:
                row.append(table[0] * 2 ** (position / _PER_OCTAVE))
                continue
            i = min(int(position), len(table) - 2)
            row.append(table[i] + (table[i + 1] - table[i]) * min(position - i, 1.0))
    return row
