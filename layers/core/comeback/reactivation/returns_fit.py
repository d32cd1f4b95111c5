"""Learns how common each habit is among the clients of a company or of one of its services.

Expectation–maximisation for the weights of a discrete mixture (Laird, "Nonparametric maximum likelihood estimation of a
mixing distribution", JASA 1978), each client weighing in with the density of their gaps and the probability of their
silence since. The weights are shrunk twice: to the product of their own margins (by `SMOOTHING` clients, so that a habit
seen with few clients borrows from its neighbours) and to a prior, the model of the next wider circle (client ← service ←
company ← kind of business), by as many clients as the caller says.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from math import prod
from operator import mul, truediv

from comeback.reactivation.returns_grid import (
    CELL_OF_POINT,
    CELLS,
    SHARE_OF_POINT,
    SIZES,
    density_row,
    survival_row,
)

SMOOTHING = 200.0
"""Clients' worth of weight on the product of the margins; fewer clients smooth by their own number."""
ITERATIONS = 30
STRETCH = 1.9
"""As good as 60 plain iterations."""
LATEST_GAPS = 10
"""Older gaps say little of today's habit and would cost time."""

Trace = tuple[tuple[int, ...], int]
"""Gaps in days, oldest first, and the days of silence since the last visit."""


def history(visits: Iterable[date], as_of: date) -> Trace | None:
    """What the visits up to and with `as_of` say; None when there was no visit. Order and repeats do not matter."""
    days = sorted({visit.toordinal() for visit in visits if visit <= as_of})
    if not days:
        return None
    gaps = tuple(b - a for a, b in pairwise(days))
    return gaps[-LATEST_GAPS:], as_of.toordinal() - days[-1]


def learn(traces: Iterable[Trace], prior: Sequence[float], prior_strength: float) -> list[float]:
    """The weights of the cells, which add up to 1."""
    counts = Counter((tuple(sorted(gaps)), silence) for gaps, silence in traces)
    clients = sum(counts.values())
    if not clients:
        return list(prior)
    likelihoods = [_likelihood(gaps, silence) for gaps, silence in counts]
    columns = [[+value for value in column] for column in zip(*likelihoods, strict=True)]
    smoothing = min(SMOOTHING, clients)
    pseudo = [prior_strength * weight for weight in prior]
    whole = clients + smoothing + prior_strength
    weights = _even_start(prior, clients, prior_strength)
    for _ in range(ITERATIONS):
        totals = [sum(map(mul, row, weights)) for row in likelihoods]
        factors = list(map(truediv, counts.values(), totals))
        soft = [
            weight * sum(map(mul, column, factors)) + extra
            for weight, column, extra in zip(weights, columns, pseudo, strict=True)
        ]
        learnt = [
            (count + smoothing * even) / whole
            for count, even in zip(soft, _product_of_margins(soft), strict=True)
        ]
        weights = _stretched(weights, learnt)
    return weights


def _stretched(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """Over-relaxed step (Bauer, Koller and Singer, "Update rules for parameter estimation", UAI 1997)."""
    longer = [a * (a / b) ** (STRETCH - 1) for a, b in zip(after, before, strict=True)]
    total = sum(longer)
    return [value / total for value in longer]


def _even_start(prior: Sequence[float], clients: int, strength: float) -> list[float]:
    """Between the prior and no opinion: slow clients must not be ruled out by a prior that never met them."""
    even = 1 / len(prior)
    return [(strength * weight + clients * even) / (strength + clients) for weight in prior]


def _likelihood(gaps: Sequence[int], silence: int) -> list[float]:
    """By cell, relative to the likeliest."""
    points: Sequence[float] = list(map(mul, SHARE_OF_POINT, survival_row(silence)))
    for gap in gaps:
        points = list(map(mul, points, density_row(gap)))
    cells = [0.0] * len(CELLS)
    for cell, value in zip(CELL_OF_POINT, points, strict=True):
        cells[cell] += value
    highest = max(cells)
    return [value / highest for value in cells]


def margins(weights: Sequence[float]) -> list[list[float]]:
    """The weights summed over all axes but one, for each axis."""
    result = []
    for axis, size in enumerate(SIZES):
        inner = prod(SIZES[axis + 1 :])
        outer = inner * size
        result.append(
            [
                sum(
                    sum(weights[o + i * inner : o + (i + 1) * inner])
                    for o in range(0, len(weights), outer)
                )
                for i in range(size)
            ]
        )
    return result


def _product_of_margins(weights: Sequence[float]) -> list[float]:
    cells = [1.0]
    for margin in margins(weights):
        total = sum(margin)
        cells = [cell * share / total for cell in cells for share in margin]
    return cells
