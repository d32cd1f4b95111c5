"""After how long the clients of a service come again: what is counted, and the interval that follows from it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, floor, sqrt

from comeback.reactivation.model import Gaps, Interval

GAPS_NEEDED = 20
"""Returns seen, over all clients of a service, before history outranks the model's guess and the default."""
LONGEST = 730
"""Days. Who comes after two years has not returned but begun anew; counted, but no further told apart."""
SURE = 1.645
"""Standard deviations on either side that hold nine of ten."""


@dataclass(frozen=True)
class Stats:
    """Days; quartiles by the nearest rank."""

    returns: int
    clients: int
    returned: int
    mean: float
    deviation: float
    lower_quartile: int
    median: int
    upper_quartile: int


@dataclass(frozen=True)
class Optimal:
    """What the company's own visits say. `low` and `high` hold the true median with 90 %."""

    days: int
    confidence: float
    low: int
    high: int
    stats: Stats


@dataclass(frozen=True)
class Bin:
    """Returns after `since` ≤ days < `until`."""

    since: int
    until: int
    returns: int


def count(histories: Sequence[Sequence[date]], as_of: date) -> Gaps:
    """`histories`: of each client the local days of visits; visits of one day count once."""
    gaps = [list(_gaps(days)) for days in histories if days]
    counts = Counter(min(gap, LONGEST) for each in gaps for gap in each)
    return Gaps(as_of, len(gaps), sum(bool(each) for each in gaps), dict(sorted(counts.items())))


def _gaps(days: Sequence[date]) -> Iterator[int]:
    return ((b - a).days for a, b in pairwise(sorted(set(days))))


def historical_interval(gaps: Gaps) -> Interval | None:
    """The median gap between visits, when enough were seen to mean something."""
    if gaps.returns < GAPS_NEEDED:
        return None
    middle = _ranked(gaps.counts, gaps.returns // 2)
    return Interval(middle, f"half of {gaps.returns} returns came within {middle} days")


def optimal(gaps: Gaps) -> Optimal | None:
    """None before `GAPS_NEEDED` returns.

    The interval is the median: half of those who return have, and are not asked for nothing. Its bounds are order statistics,
    the binomial's normal approximation (Conover, Practical Nonparametric Statistics, 3.2); confidence is 1 less their
    width's share of the median, discounted while there are few returns: 20 count half, 180 nine tenths.
    """
    found = historical_interval(gaps)
    if found is None:
        return None
    n, middle = gaps.returns, found.days
    spread = SURE * sqrt(n) / 2
    low = _ranked(gaps.counts, max(floor(n / 2 - spread) - 1, 0))
    high = _ranked(gaps.counts, min(ceil(n / 2 + spread), n - 1))
    width = min((high - low) / (2 * max(middle, 1)), 1.0)
    confidence = (1 - width) * n / (n + GAPS_NEEDED)
    return Optimal(middle, round(confidence, 2), low, high, stats(gaps))


def stats(gaps: Gaps) -> Stats:
    n = gaps.returns
    mean = sum(days * times for days, times in gaps.counts.items()) / n if n else 0.0
    squares = sum(times * (days - mean) ** 2 for days, times in gaps.counts.items())
    quartiles = (_ranked(gaps.counts, n * k // 4) if n else 0 for k in (1, 2, 3))
    deviation = sqrt(squares / n) if n else 0.0
    known = (n, gaps.clients, gaps.returned, round(mean, 1), round(deviation, 1))
    return Stats(*known, *quartiles)


def bins(gaps: Gaps, days: int) -> list[Bin]:
    """So many days each, from 0 to the longest gap seen; empty ones between them, too."""
    if not gaps.counts:
        return []
    found = Counter(dict.fromkeys(range(max(gaps.counts) // days + 1), 0))
    for gap, times in gaps.counts.items():
        found[gap // days] += times
    return [Bin(n * days, (n + 1) * days, found[n]) for n in sorted(found)]


def _ranked(counts: Mapping[int, int], rank: int) -> int:
    """The gap that is `rank`-th from below, counted from 0."""
    for gap in sorted(counts):
        rank -= counts[gap]
        if rank < 0:
            return gap
    raise LookupError("fewer returns than that")
