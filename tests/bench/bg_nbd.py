"""BG/NBD, the usual baseline of return forecasts, by maximum likelihood.

Fader, Hardie and Lee, "Counting Your Customers the Easy Way", Marketing Science 24, 2005; formulas (6), (9) and (10) there.
Visits buy at rate λ ~ Gamma(r, α); after each repeat visit a client leaves with probability p ~ Beta(a, b).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, lgamma, log, log1p

Point = tuple[float, ...]
Summary = tuple[int, int, int]
"""Repeat visits, days from the first to the last, days from the first to now."""


def summary(visits: Sequence[date], as_of: date) -> Summary:
    return len(visits) - 1, (visits[-1] - visits[0]).days, (as_of - visits[0]).days


@dataclass(frozen=True)
class BgNbd:
    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, summaries: Iterable[Summary]) -> "BgNbd":
        counts = Counter(summaries)

        def loss(point: Point) -> float:
            model = cls(*map(exp, point))
            return -sum(n * model._log_likelihood(*known) for known, n in counts.items())

        return cls(*map(exp, minimise(loss, (0.0, 3.0, 0.0, 0.0))))

    def _log_likelihood(self, x: int, last: int, age: int) -> float:
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        common = lgamma(r + x) - lgamma(r) + r * log(alpha)
        common += lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
        alive = -(r + x) * log(alpha + age)
        if not x:
            return common + alive
        gone = log(a / (b + x - 1)) - (r + x) * log(alpha + last)
        return float(common + max(alive, gone) + log1p(exp(-abs(alive - gone))))

    def p_active(self, x: int, last: int, age: int) -> float:
        if not x:
            return 1.0
        odds = (self.alpha + age) / (self.alpha + last)
        return float(1 / (1 + self.a / (self.b + x - 1) * odds ** (self.r + x)))

    def p_return(self, x: int, last: int, age: int, days: int) -> float:
        stays_away = ((self.alpha + age) / (self.alpha + age + days)) ** (self.r + x)
        return float(self.p_active(x, last, age) * (1 - stays_away))

    def visits(self, x: int, last: int, age: int, days: int) -> float:
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        z = days / (alpha + age + days)
        left = (1 - z) ** (r + x) * _gauss(r + x, b + x, a + b + x - 1, z)
        expected = (a + b + x - 1) / (a - 1) * (1 - left)
        return float(expected * self.p_active(x, last, age))


def _gauss(a: float, b: float, c: float, z: float) -> float:
    """The hypergeometric function ₂F₁ by its series, for 0 ≤ z < 1."""
    term = total = 1.0
    k = 0
    while abs(term) > 1e-10 * abs(total):
        term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z
        total += term
        k += 1
    return total


def minimise(loss: Callable[[Point], float], start: Point, steps: int = 500) -> Point:
    """Nelder and Mead's simplex, Computer Journal 1965."""
    corners = [start] + [
        tuple(x + (i == j) for j, x in enumerate(start)) for i in range(len(start))
    ]
    simplex = sorted((loss(point), point) for point in corners)
    for _ in range(steps):
        (best, _), (worst, bottom) = simplex[0], simplex[-1]
        if worst - best < 1e-7 * abs(best):
            break
        middle = tuple(sum(x) / len(start) for x in zip(*(p for _, p in simplex[:-1]), strict=True))

        def along(t: float, middle: Point = middle, bottom: Point = bottom) -> tuple[float, Point]:
            point = tuple(m + t * (m - w) for m, w in zip(middle, bottom, strict=True))
            return loss(point), point

        mirrored = along(1.0)
        if mirrored[0] < best:
            simplex[-1] = min(mirrored, along(2.0))
        elif mirrored[0] < simplex[-2][0]:
            simplex[-1] = mirrored
        else:
            nearer = along(0.5 if mirrored[0] < worst else -0.5)
            if nearer[0] < worst:
                simplex[-1] = nearer
            else:
                top = simplex[0][1]
                halved = [
                    tuple((x + t) / 2 for x, t in zip(p, top, strict=True)) for _, p in simplex[1:]
                ]
                simplex[1:] = [(loss(point), point) for point in halved]
        simplex.sort()
    return simplex[0][1]
