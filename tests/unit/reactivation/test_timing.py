import random
from collections import Counter
from math import exp, log, sqrt

import pytest
from comeback.reactivation.model import Tally
from comeback.reactivation.timing import (
    ANSWERED,
    CELL_SD,
    EFFECT_SD,
    INTERVAL,
    MEAN_SD,
    Cell,
    best_times,
    learn,
    preferred_hour,
)
from hypothesis import given
from hypothesis import strategies as st

WORKING = range(10, 19)
tally = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda n: Tally(max(n), min(n)))
cells = st.tuples(st.integers(0, 6), st.integers(8, 21))
company = st.dictionaries(cells, tally, max_size=12)


def share(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def covariance(one: Cell, other: Cell) -> float:
    """What the prior says of two cells: mean shared, hour and weekday where they agree."""
    same = (one[1] == other[1]) + (one[0] == other[0])
    return MEAN_SD**2 + EFFECT_SD**2 * same + CELL_SD**2 * (one == other)


def won(rng: random.Random, tried: int, rate: float) -> Tally:
    return Tally(tried, sum(rng.random() < rate for _ in range(tried)))


@given(company)
def test_the_estimate_is_the_posteriors_mode(tallies: dict[Cell, Tally]) -> None:
    """At the mode of a Gaussian prior K: log-odds − prior = K · (won − tried × rate), whatever the parametrisation."""
    found = learn(tallies).log_odds
    surplus = {c: t.won - t.tried * share(found[c]) for c, t in tallies.items()}
    prior = log(ANSWERED / (1 - ANSWERED))
    for cell in tallies:
        pulled = sum(covariance(cell, other) * surplus[other] for other in tallies)
        assert found[cell] - prior == pytest.approx(pulled, abs=1e-3)


@given(tally)
def test_the_spread_of_a_lone_cell_by_hand(seen: Tally) -> None:
    times = learn({(1, 12): seen})
    rate = share(times.log_odds[1, 12])
    precision = 1 / covariance((1, 12), (1, 12)) + seen.tried * rate * (1 - rate)
    assert times.spread((1, 12)) == pytest.approx(1 / sqrt(precision), rel=1e-3)


@given(company, st.randoms(use_true_random=False))
def test_the_order_of_the_cells_does_not_matter(
    tallies: dict[Cell, Tally], shuffler: random.Random
) -> None:
    other = list(tallies.items())
    shuffler.shuffle(other)
    assert best_times(tallies) == best_times(dict(other))
    first, second = (
        preferred_hour(known, WORKING, 2, random.Random(5)) for known in (tallies, dict(other))
    )
    assert first == second


@given(company)
def test_best_first_each_within_its_interval(tallies: dict[Cell, Tally]) -> None:
    times = best_times(tallies)
    assert {(t.weekday, t.hour): t.tried for t in times} == {c: t.tried for c, t in tallies.items()}
    assert [t.rate for t in times] == sorted((t.rate for t in times), reverse=True)
    assert all(0 < t.low < t.rate < t.high < 1 for t in times)


def test_without_messages_every_hour_is_the_verticals() -> None:
    untried = {(d, h): Tally() for d in range(5) for h in WORKING}
    assert all(t.rate == pytest.approx(0.2) for t in best_times(untried, default=0.2))


def test_a_rarely_tried_cell_stays_near_the_companys_mean() -> None:
    tallies = {(d, h): Tally(100, 20) for d in range(5) for h in WORKING} | {(5, 20): Tally(2, 2)}
    rates = {(t.weekday, t.hour): t for t in best_times(tallies)}
    assert rates[5, 20].rate < 0.35
    assert rates[5, 20].high - rates[5, 20].low > 3 * (rates[0, 10].high - rates[0, 10].low)


def test_messages_narrow_the_interval() -> None:
    widths = [
        best_times({(0, 10): Tally(10 * n, 3 * n)})[0].high
        - best_times({(0, 10): Tally(10 * n, 3 * n)})[0].low
        for n in (0, 1, 10, 100)
    ]
    assert widths == sorted(widths, reverse=True)


def test_an_hour_tried_on_good_days_earns_no_credit_for_the_days() -> None:
    """Saturday is good; 11:00 was mostly tried then. By hour alone 11:00 leads by 24 points; it is no better."""
    tallies = {
        (5, 11): Tally(900, 450),
        (5, 15): Tally(100, 50),
        (0, 11): Tally(100, 20),
        (0, 15): Tally(900, 180),
    }
    found = learn(tallies).log_odds
    assert abs(share(found[0, 11]) - share(found[0, 15])) < 0.02
    assert share(found[5, 15]) > 0.45


def test_a_weekday_may_have_its_own_best_hour() -> None:
    tallies = {(d, h): Tally(400, 140 if h == 18 else 60) for d in range(5) for h in (10, 18)}
    tallies |= {(5, 10): Tally(400, 200), (5, 18): Tally(400, 60)}
    rng = random.Random(2)
    assert {preferred_hour(tallies, (10, 18), 2, rng, floor=0) for _ in range(50)} == {18}
    assert {preferred_hour(tallies, (10, 18), 5, rng, floor=0) for _ in range(50)} == {10}


def test_four_of_five_true_rates_lie_in_the_interval() -> None:
    """Companies drawn from the prior: the interval holds what it promises."""
    rng, inside, asked = random.Random(11), 0, 0
    for _ in range(80):
        mean = log(ANSWERED / (1 - ANSWERED)) + rng.gauss(0, MEAN_SD)
        hours = {h: rng.gauss(0, EFFECT_SD) for h in (10, 13, 16, 19)}
        days = {d: rng.gauss(0, EFFECT_SD) for d in range(4)}
        true = {
            (d, h): share(mean + hours[h] + days[d] + rng.gauss(0, CELL_SD))
            for d in days
            for h in hours
        }
        tallies = {cell: won(rng, rng.choice((0, 5, 40)), rate) for cell, rate in true.items()}
        found = best_times(tallies)
        inside += sum(t.low <= true[t.weekday, t.hour] <= t.high for t in found)
        asked += len(found)
    assert 0.76 < inside / asked < 0.84


def test_samples_scatter_as_the_spread_says() -> None:
    times = learn({(0, 10): Tally(40, 10), (0, 11): Tally(3, 1), (1, 10): Tally()})
    rng, cells = random.Random(4), list(times.log_odds)
    drawn = list(zip(*(times.sample(cells, rng) for _ in range(4000)), strict=True))
    for cell, values in zip(cells, drawn, strict=True):
        middle = times.log_odds[cell]
        inside = sum(abs(v - middle) <= INTERVAL * times.spread(cell) for v in values)
        assert inside / len(values) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("floor", [0.0, 0.2])
def test_every_allowed_hour_keeps_its_share_of_the_floor(floor: float) -> None:
    tallies = {(0, h): Tally(3000, 1500 if h == 17 else 300) for h in (10, 14, 17)}
    rng = random.Random(9)
    chosen = Counter(preferred_hour(tallies, (10, 14, 17), 0, rng, floor) for _ in range(1500))
    assert chosen[10] / 1500 == pytest.approx(floor / 3, abs=0.025)
    assert chosen[14] / 1500 == pytest.approx(floor / 3, abs=0.025)


@given(company, st.frozensets(st.integers(0, 23), min_size=1), st.integers(0, 6), st.integers())
def test_only_allowed_hours_are_chosen(
    tallies: dict[Cell, Tally], allowed: frozenset[int], weekday: int, seed: int
) -> None:
    assert preferred_hour(tallies, allowed, weekday, random.Random(seed)) in allowed


def test_no_hours_no_choice() -> None:
    with pytest.raises(ValueError, match="no hour"):
        preferred_hour({}, (), 0, random.Random(1))
