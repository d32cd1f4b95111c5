import random
from dataclasses import replace
from itertools import combinations

import pytest
from comeback.reactivation.bandit import FLOOR
from comeback.reactivation.model import Tally
from comeback.reactivation.worth import (
    PERSUADED,
    Case,
    Gain,
    best_first,
    discount_pays,
    expected_gain,
    offer,
    persuadable,
    with_discount,
)
from hypothesis import given
from hypothesis import strategies as st

SALON = Case(
    p_return_alone=0.3,
    ticket_minor=200_000,
    margin_percent=50,
    message_price_minor=80.0,
    opt_out_rate=0.02,
    lifetime_minor=800_000,
    persuadable=0.1,
    discount_percent=10,
    messages_30_days=1,
)
chance = st.floats(0, 1)
cases = st.builds(
    Case,
    p_return_alone=chance,
    ticket_minor=st.integers(1, 10_000_000),
    margin_percent=st.integers(1, 100),
    message_price_minor=st.floats(0, 10_000),
    opt_out_rate=st.floats(0, 0.2),
    lifetime_minor=st.integers(0, 100_000_000),
    persuadable=chance,
    discount_percent=st.integers(0, 50),
    messages_30_days=st.integers(0, 10),
    pulled_forward=chance,
)
gains = st.builds(Gain, *[st.integers(0, 50).map(float)] * 4)
DEAREST = {
    "p_return_alone": 1.0,
    "message_price_minor": 10_000.0,
    "discount_percent": 50,
    "opt_out_rate": 0.2,
    "messages_30_days": 10,
    "lifetime_minor": 100_000_000,
}


def test_the_formula_by_hand() -> None:
    gain = expected_gain(SALON)
    assert gain.margin == pytest.approx(0.07 * 200_000 * 0.5)
    assert gain.discount == pytest.approx(0.37 * 200_000 * 0.1)
    assert gain.fatigue == pytest.approx(0.02 * 1.5 * 800_000 * 0.15)
    assert gain.total == pytest.approx(7_000 - 7_400 - 3_600 - 80)
    assert not gain.worth
    assert expected_gain(replace(SALON, discount_percent=0)).worth


def test_who_would_come_anyway_but_later_is_won_by_as_much_as_they_come_sooner() -> None:
    """A quarter of the gap: 0.1 of (0.7 who stay away + 0.3 × 0.25)."""
    sooner = expected_gain(replace(SALON, pulled_forward=0.25, discount_percent=0))
    assert sooner.margin == pytest.approx(0.0775 * 200_000 * 0.5)
    assert sooner.fatigue == expected_gain(SALON).fatigue


@given(cases, chance)
def test_the_sooner_the_more_is_won(case: Case, more: float) -> None:
    case = replace(case, discount_percent=0)
    sooner = replace(case, pulled_forward=case.pulled_forward + (1 - case.pulled_forward) * more)
    slack = 1e-9 * case.ticket_minor
    assert expected_gain(sooner).margin >= expected_gain(case).margin - slack


@given(cases, st.sampled_from(sorted(DEAREST)), chance)
def test_the_gain_falls_with_all_that_costs(case: Case, what: str, of_the_way: float) -> None:
    now, most = getattr(case, what), DEAREST[what]
    more = type(now)(now + (most - now) * of_the_way)
    dearer = replace(case, **{what: more})
    slack = 1e-9 * (abs(expected_gain(case).total) + case.ticket_minor)
    assert expected_gain(dearer).total <= expected_gain(case).total + slack


@pytest.mark.parametrize("what", sorted(DEAREST))
def test_each_cost_is_felt(what: str) -> None:
    dearer = replace(SALON, **{what: DEAREST[what]})  # type: ignore[arg-type]
    assert expected_gain(dearer).total < expected_gain(SALON).total


@given(cases)
def test_everyone_persuaded_brings_what_a_sale_leaves(case: Case) -> None:
    everyone = expected_gain(replace(case, persuadable=1.0)).total
    nobody = expected_gain(replace(case, persuadable=0.0)).total
    left = case.ticket_minor * (case.margin_percent - case.discount_percent) / 100
    sooner = case.ticket_minor * case.margin_percent / 100 * case.pulled_forward
    brought = (1 - case.p_return_alone) * left + case.p_return_alone * sooner
    assert everyone - nobody == pytest.approx(brought, rel=1e-6, abs=1e-2)


def test_nobody_opts_out_more_than_once() -> None:
    many = replace(SALON, opt_out_rate=0.5, messages_30_days=100)
    assert expected_gain(many).fatigue == pytest.approx(0.15 * 800_000)


@given(st.dictionaries(st.sampled_from("abcdef"), gains), st.integers(0, 6), st.randoms())
def test_the_best_under_the_limit(
    known: dict[str, Gain], messages: int, shuffler: random.Random
) -> None:
    chosen = best_first(known, messages)
    sets = (c for n in range(messages + 1) for c in combinations(known, n))
    most = max(sum(known[name].total for name in c) for c in sets)
    assert sum(known[name].total for name in chosen) == most
    assert all(known[name].worth for name in chosen)
    other = list(known.items())
    shuffler.shuffle(other)
    assert best_first(dict(other), messages) == chosen


def test_a_day_without_room_writes_to_nobody() -> None:
    assert best_first({"anna": Gain(9, 0, 0, 1), "boris": Gain(9, 0, 0, 1)}, -1) == ()


def test_most_gain_first_ties_by_id() -> None:
    known = {"b": Gain(9, 0, 0, 1), "a": Gain(8, 0, 0, 0), "c": Gain(20, 0, 0, 0)}
    assert best_first(known, 3) == ("c", "a", "b")


@pytest.mark.parametrize(("treated", "control"), [(0, 0), (0, 500), (500, 0)])
def test_without_both_groups_the_judgement_holds(treated: int, control: int) -> None:
    assert persuadable(Tally(treated, treated // 2), Tally(control)) == PERSUADED


def test_evidence_takes_over() -> None:
    """In truth 0.2 of those who stay away are won: 0.25 return alone, 0.4 with a message."""
    said = [persuadable(Tally(9 * n, int(3.6 * n)), Tally(4 * n, n)) for n in (1, 10, 100, 10_000)]
    assert said == sorted(said)
    assert said[0] == pytest.approx(PERSUADED, abs=0.01)
    assert said[-1] == pytest.approx(0.2, abs=0.005)


def test_the_weight_of_evidence_by_hand() -> None:
    """Variance of 1 − (1−t)/(1−c): the squared slopes in t and c times the variances of t and c."""
    t, c = 40.5 / 101, 12.5 / 51
    variance = t * (1 - t) / 100 / (1 - c) ** 2 + c * (1 - c) / 50 * (1 - t) ** 2 / (1 - c) ** 4
    weight = 0.05**2 / (0.05**2 + variance)
    said = weight * (t - c) / (1 - c) + (1 - weight) * PERSUADED
    assert persuadable(Tally(100, 40), Tally(50, 12)) == pytest.approx(said)


def test_a_small_holdout_moves_little_however_many_were_written_to() -> None:
    assert persuadable(Tally(100_000, 40_000), Tally(10, 2)) < 0.1


def test_a_message_that_keeps_people_away_wins_nothing() -> None:
    assert persuadable(Tally(9000, 900), Tally(9000, 2700)) == 0


two_groups = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(
    lambda n: Tally(max(n), min(n))
)


@given(two_groups, two_groups)
def test_the_share_is_a_share(treated: Tally, control: Tally) -> None:
    assert 0 <= persuadable(treated, control) <= 1


def offers(plain: Tally, discounted: Tally, margin_percent: int = 50) -> float:
    """How often the discount is taken."""
    rng, asked = random.Random(6), {"discount_percent": 10, "margin_percent": margin_percent}
    chosen = [offer(plain, discounted, rng, **asked) for _ in range(1000)]
    assert set(chosen) <= {0, 10}
    return chosen.count(10) / 1000


EXPLORED = pytest.approx(FLOOR / 2, abs=0.02)


def test_a_discount_must_win_more_than_it_gives_away_but_is_never_quite_given_up() -> None:
    """10 % of a 50 % margin: a quarter more bookings only break even."""
    plain = Tally(20_000, 2000)
    assert offers(plain, Tally(20_000, 2300)) == EXPLORED
    assert offers(plain, Tally(20_000, 2700)) == pytest.approx(1 - FLOOR / 2, abs=0.02)
    assert offers(plain, Tally(20_000, 2700), margin_percent=30) == EXPLORED


def test_where_nothing_books_nothing_more_is_given_away() -> None:
    """Rates so near zero that both samples are."""
    assert offers(Tally(10**6), Tally(10**6)) == EXPLORED


def test_an_untried_discount_is_tried_now_and_then() -> None:
    assert 0.1 < offers(Tally(200, 30), Tally()) < 0.5


LONG_GONE = replace(SALON, p_return_alone=0.05, discount_percent=0)
PROVED = Tally(2000, 200), Tally(2000, 400)
"""Plain and discounted: twice as many book."""


@given(cases, two_groups, two_groups, st.integers(1, 60))
def test_a_discount_leaves_only_where_the_message_pays_with_it_and_no_less_than_without(
    case: Case, plain: Tally, discounted: Tally, percent: int
) -> None:
    case = replace(case, discount_percent=0)
    hoped = with_discount(case, percent, plain, discounted)
    allowed = discount_pays(case, percent, plain, discounted)
    assert allowed is (expected_gain(hoped).total > max(0, expected_gain(case).total))
    if percent >= case.margin_percent:
        assert not allowed


def test_a_discount_for_who_comes_anyway_is_given_away() -> None:
    """The same discount, as good as it has proved to be, for a client who is gone and for one who is about to come."""
    assert discount_pays(LONG_GONE, 10, *PROVED)
    assert not discount_pays(replace(LONG_GONE, p_return_alone=0.6), 10, *PROVED)


def test_a_message_that_would_not_pay_with_it_goes_without() -> None:
    """More than without it, yet less than nothing: so dear is what an opt-out takes along."""
    dear = replace(LONG_GONE, lifetime_minor=8_000_000)
    told, reduced = expected_gain(dear), expected_gain(with_discount(dear, 10, *PROVED))
    assert told.total < reduced.total < 0
    assert not discount_pays(dear, 10, *PROVED)


def test_what_is_not_known_yet_may_be_hoped_for_and_what_proved_useless_may_not() -> None:
    plain = Tally(500, 50)
    assert discount_pays(LONG_GONE, 10, plain, Tally())
    assert not discount_pays(LONG_GONE, 10, plain, Tally(500, 50))


def test_the_pull_of_a_discount_by_hand() -> None:
    """The upper end of the 80 % interval of the rates' difference, each Beta about the company's pooled rate."""
    pooled = (0.15 * 20 + 60) / 520
    a, b = (pooled * 20 + 40) / 420, (pooled * 20 + 20) / 120
    sd = (a * (1 - a) / 421 + b * (1 - b) / 121) ** 0.5
    reduced = with_discount(LONG_GONE, 10, Tally(400, 40), Tally(100, 20))
    assert reduced.persuadable == pytest.approx(0.1 + b - a + 1.2816 * sd, abs=1e-4)
    assert reduced.discount_percent == 10
