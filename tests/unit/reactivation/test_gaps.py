"""What the company's own visits say of a service's interval."""

from datetime import date, timedelta
from itertools import pairwise

from comeback.reactivation.gaps import (
    GAPS_NEEDED,
    LONGEST,
    bins,
    count,
    historical_interval,
    optimal,
)
from comeback.reactivation.model import Gaps
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 3, 2)
SEEN = st.dictionaries(st.integers(1, LONGEST), st.integers(1, 40), min_size=1, max_size=40)


def gaps(counts: dict[int, int]) -> Gaps:
    return Gaps(TODAY, sum(counts.values()) + 5, sum(counts.values()), counts)


def days(*after: int) -> list[date]:
    found = [TODAY - timedelta(days=1000)]
    for gap in after:
        found.append(found[-1] + timedelta(days=gap))
    return found


def test_counted_are_returns_of_clients_who_came() -> None:
    found = count([days(28, 30), days(28), days(), [], days(900)], TODAY)
    assert (found.clients, found.returned, found.returns) == (4, 3, 4)
    assert found.counts == {28: 2, 30: 1, LONGEST: 1}


def test_two_visits_of_one_day_are_no_return() -> None:
    assert count([[TODAY, TODAY]], TODAY).returns == 0


def test_a_few_returns_say_nothing_yet() -> None:
    few = gaps({28: GAPS_NEEDED - 1})
    assert historical_interval(few) is None
    assert optimal(few) is None
    assert bins(gaps({}), 7) == []


def test_half_of_those_who_return_have_returned_by_the_interval() -> None:
    found = optimal(gaps({21: 10, 28: 30, 35: 10}))
    assert found
    assert (found.days, found.stats.median) == (28, 28)
    assert (found.stats.lower_quartile, found.stats.upper_quartile) == (28, 28)
    assert (found.stats.mean, found.low, found.high) == (28.0, 28, 28)


@given(SEEN)
def test_the_interval_stands_within_its_bounds_and_confidence_grows_with_returns(
    counts: dict[int, int],
) -> None:
    found = optimal(gaps(counts))
    if found is None:
        assert sum(counts.values()) < GAPS_NEEDED
        return
    assert min(counts) <= found.low <= found.days <= found.high <= max(counts)
    assert 0 <= found.confidence < 1
    stats = found.stats
    assert stats.lower_quartile <= stats.median <= stats.upper_quartile
    more = optimal(gaps({gap: 10 * n for gap, n in counts.items()}))
    assert more
    assert more.confidence >= found.confidence - 0.02


@given(SEEN, st.sampled_from([1, 7, 30]))
def test_every_return_stands_in_one_bin(counts: dict[int, int], width: int) -> None:
    found = bins(gaps(counts), width)
    assert sum(each.returns for each in found) == sum(counts.values())
    for left, right in pairwise(found):
        assert left.until == right.since
    for gap, times in counts.items():
        (home,) = [each for each in found if each.since <= gap < each.until]
        assert home.returns >= times
