"""The visiting habits that a client may have, and how likely each makes a gap between visits.

A habit is a mean gap μ, a regularity k, a chance p that the client breaks the habit after a visit, and what a
break means: a pause whose mean is a multiple of μ, or never coming back. The gap after a visit has the density

    f(g) = (1 - p) · Gamma(g; shape k, mean μ) + p · Exp(g; mean m·μ)        (the last term is 0 when lost)

k = 1 is the random visitor of Schmittlein, Morrison and Colombo, "Counting Your Customers", 1987; larger k is
clockwork (gamma gaps: Platzer and Reutterer, "Ticking Away the Moments", Marketing Science 2016). Leaving
after a visit is Fader, Hardie and Lee, "Counting Your Customers the Easy Way", Marketing Science 2005 (BG/NBD), with
a pause beside leaving for good: on CDNOW clients silent for many of their usual gaps do return.

Cells are the combinations of the four axes and carry the weights that a model learns. A regular habit is much
narrower than a step of μ, so its cell is the average of several points. Rows hold one value a point, always in the same
order; a day t counts as passed at t + ½, as visits are whole days.
"""

from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from math import exp, inf, lgamma, log
from operator import mul
from typing import NamedTuple

STEP = 1.5
MEAN_GAPS = tuple(3.0 * STEP**i for i in range(20))
"""Days: from every third day to nearly never."""
SHAPES = (1, 2, 5, 20, 100)
"""Coefficient of variation of the gap 1, 0.71, 0.45, 0.22, 0.1."""
BREAKS = (0.02, 0.25, 0.7)
PAUSES = (5.0, 25.0, inf)
"""Mean pause in usual gaps; inf is lost for good."""

AXES = (MEAN_GAPS, SHAPES, BREAKS, PAUSES)
SIZES = tuple(len(axis) for axis in AXES)

_POINTS_PER_STEP = {1: 1, 2: 1, 5: 2, 20: 2, 100: 5}
_LONGEST_FINE_GAP = 200.0
"""Days: above it no history is long enough to tell a regular client from a random one."""


class Rhythm(NamedTuple):
    """A mean gap and a shape; each stands for all combinations of break and pause."""

    mean_gap: float
    shape: int
    first_cell: int
    share: float
    """Of the cell's weight."""


def _points(mean_gap: float, shape: int) -> list[float]:
    count = _POINTS_PER_STEP[shape] if mean_gap <= _LONGEST_FINE_GAP else 1
    return [mean_gap * STEP ** ((i + 0.5) / count - 0.5) for i in range(count)]


HABITS = tuple(product(BREAKS, PAUSES))
RHYTHMS = tuple(
    Rhythm(point, shape, (m * len(SHAPES) + s) * len(HABITS), 1 / len(points))
    for m, mean_gap in enumerate(MEAN_GAPS)
    for s, shape in enumerate(SHAPES)
    for points in [_points(mean_gap, shape)]
    for point in points
)
CELLS = tuple(product(*AXES))
CELL_OF_POINT = tuple(r.first_cell + h for r in RHYTHMS for h in range(len(HABITS)))
SHARE_OF_POINT = tuple(r.share for r in RHYTHMS for _ in HABITS)
_DENSITY_SCALE = [r.shape * log(r.shape / r.mean_gap) - lgamma(r.shape) for r in RHYTHMS]


def _erlang_survival(shape: int, x: float) -> float:
    """P(gap > x) for a gamma of whole shape and unit rate: the Poisson sum."""
    if x > 700:
        return 0.0
    term = total = exp(-x)
    for j in range(1, shape):
        term *= x / j
        total += term
    return min(total, 1.0)


@lru_cache(maxsize=512)
def density_row(gap: int) -> Sequence[float]:
    """Density of a gap of so many days, by point."""
    row = array("d")
    log_gap = log(gap)
    for rhythm, scale in zip(RHYTHMS, _DENSITY_SCALE, strict=True):
        mean_gap, shape = rhythm.mean_gap, rhythm.shape
        usual = exp(scale + (shape - 1) * log_gap - shape * gap / mean_gap)
        pauses = [exp(-gap / (m * mean_gap)) / (m * mean_gap) if m < inf else 0.0 for m in PAUSES]
        row.extend((1 - p) * usual + p * pause for p in BREAKS for pause in pauses)
    return row


@lru_cache(maxsize=1024)
def survival_row(days: int) -> Sequence[float]:
    """Probability that the gap is longer than so many whole days, by point."""
    parts = component_survival_row(days)
    count = len(RHYTHMS)
    row = array("d")
    for usual, *pauses in zip(
        *(parts[i : i + count] for i in range(0, len(parts), count)), strict=True
    ):
        pauses.append(1.0)
        row.extend((1 - p) * usual + p * pause for p in BREAKS for pause in pauses)
    return row


@lru_cache(maxsize=4096)
def component_survival_row(days: int) -> Sequence[float]:
    """The same by component: first of every rhythm's unbroken gap, then of each finite pause of every rhythm."""
    t = days + 0.5
    row = array("d", [_erlang_survival(r.shape, r.shape * t / r.mean_gap) for r in RHYTHMS])
    for pause in PAUSES[:-1]:
        row.extend(exp(-t / (pause * r.mean_gap)) for r in RHYTHMS)
    return row


def components(points: Sequence[float]) -> list[float]:
    """Weights of the components, given the weights of the points; what is missing to their sum is lost for good."""
    by_habit = [points[h :: len(HABITS)] for h in range(len(HABITS))]
    kept = [1 - p for p, _ in HABITS]
    weights = [sum(map(mul, kept, rhythm)) for rhythm in zip(*by_habit, strict=True)]
    for pause in PAUSES[:-1]:
        chosen = [(p, by_habit[h]) for h, (p, m) in enumerate(HABITS) if m == pause]
        broken, columns = zip(*chosen, strict=True)
        weights += [sum(map(mul, broken, rhythm)) for rhythm in zip(*columns, strict=True)]
    return weights


LOG_MEAN_GAP = tuple(log(r.mean_gap) for r in RHYTHMS) * len(PAUSES)
"""By component, as the next."""
VARIATION = tuple(r.shape**-0.5 for r in RHYTHMS) * len(PAUSES)
