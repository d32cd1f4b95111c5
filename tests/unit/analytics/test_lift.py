"""The lift's rules on any clients; its promise on simulated ones is tried in `tests/quality`."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from comeback.analytics.costs import roi
from comeback.analytics.intervals import Estimate, share
from comeback.analytics.lift import Lift, Observation, clients_needed, lift
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.lift import unforecast

OBSERVATIONS = st.lists(
    st.builds(
        lambda treated, returned, revenue, baseline: Observation(
            treated, returned, revenue * returned, baseline
        ),
        st.booleans(),
        st.booleans(),
        st.integers(0, 1_000_000),
        st.floats(0, 1),
    ),
    max_size=60,
)


def arm(treated: bool, clients: int, returned: int, revenue: int = 1000) -> list[Observation]:
    return [
        Observation(treated, n < returned, revenue * (n < returned), 0.2) for n in range(clients)
    ]


def found(treated: tuple[int, int], control: tuple[int, int]) -> Lift:
    return lift(arm(True, *treated) + arm(False, *control))


def estimates(told: Lift) -> tuple[Estimate, ...]:
    return told.difference, told.revenue_per_client, told.extra_returns, told.extra_revenue


@given(OBSERVATIONS, st.randoms(use_true_random=False))
def test_order_does_not_matter(observations: list[Observation], rng: random.Random) -> None:
    shuffled = rng.sample(observations, len(observations))
    assert lift(shuffled) == lift(observations)


@given(OBSERVATIONS)
def test_intervals_hold_their_estimate(observations: list[Observation]) -> None:
    for estimate in estimates(lift(observations)):
        assert estimate.low <= estimate.value <= estimate.high


@given(OBSERVATIONS)
def test_swapped_groups_turn_the_sign(observations: list[Observation]) -> None:
    told = lift(observations)
    swapped = lift(replace(o, treated=not o.treated) for o in observations)
    for ours, theirs in (
        (told.difference, swapped.difference),
        (told.revenue_per_client, swapped.revenue_per_client),
    ):
        assert (ours.value, ours.low, ours.high) == pytest.approx(
            (-theirs.value, -theirs.high, -theirs.low), abs=1e-6, rel=1e-6
        )
    assert told.enough is swapped.enough


@given(st.integers(1, 400), st.integers(1, 100), st.data())
def test_one_more_return_among_the_treated_lifts_all_three(
    treated: int, control: int, data: st.DataObject
) -> None:
    returned = data.draw(st.integers(0, treated - 1))
    others = (control, data.draw(st.integers(0, control)))
    less, more = (found((treated, n), others).difference for n in (returned, returned + 1))
    assert less.value < more.value
    assert less.low < more.low
    assert less.high < more.high


@given(OBSERVATIONS)
def test_a_higher_level_is_a_wider_interval(observations: list[Observation]) -> None:
    narrow, wide = lift(observations, level=0.8), lift(observations, level=0.95)
    for inner, outer in zip(estimates(narrow), estimates(wide), strict=True):
        assert outer.low <= inner.low
        assert inner.high <= outer.high


@pytest.mark.parametrize(
    ("successes", "trials"), [(1, 40), (8, 40), (0.3, 12.5), (39.9, 40), (400, 2000)]
)
def test_a_share_is_the_beta_posterior(successes: float, trials: float) -> None:
    told, rng = share(successes, trials, 0.8), random.Random(1)
    drawn = [rng.betavariate(successes + 0.5, trials - successes + 0.5) for _ in range(20_000)]
    assert sum(x < told.low for x in drawn) / 20_000 == pytest.approx(0.1, abs=0.01)
    assert sum(x > told.high for x in drawn) / 20_000 == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(
    ("treated", "control"),
    [
        ((0, 0), (0, 0)),
        ((50, 10), (0, 0)),
        ((0, 0), (50, 10)),
        ((1, 1), (1, 0)),
        ((900, 0), (100, 0)),
    ],
)
def test_too_few_claim_nothing(treated: tuple[int, int], control: tuple[int, int]) -> None:
    told = found(treated, control)
    assert not told.enough
    assert not told.significant
    assert roi(told, Decimal(1), margin_percent=100) is None


@pytest.mark.parametrize(
    ("clients", "returned", "enough"),
    [(29, 15, False), (30, 4, False), (30, 5, True), (30, 26, False)],
)
def test_where_enough_begins(clients: int, returned: int, enough: bool) -> None:
    assert found((clients, returned), (clients, returned)).enough is enough


def test_nobody_returned_in_one_group() -> None:
    told = found((400, 100), (100, 0))
    assert 0.2 < told.difference.low < told.difference.value == 0.25
    assert told.significant
    assert told.control.rate == 0


def test_counts_by_hand() -> None:
    told = found((900, 270), (100, 20))
    assert (told.treated.clients, told.treated.returned, told.treated.revenue_minor) == (
        900,
        270,
        270_000,
    )
    assert (told.treated.rate, told.control.rate) == (0.3, 0.2)
    assert told.difference.value == pytest.approx(0.1)
    assert told.extra_returns.value == pytest.approx(90)
    assert told.extra_revenue.value == pytest.approx(90_000)
    assert told.variance_explained == 0


def test_the_forecast_takes_away_what_the_draw_put_askew() -> None:
    """Nobody gains by a message, but more of those who come anyway were drawn to be written to."""
    surely, hardly = (
        [Observation(True, r, 100 * r, b) for r in (r,) * n]
        + [Observation(False, r, 100 * r, b)] * m
        for r, b, n, m in ((True, 0.9, 120, 40), (False, 0.1, 80, 60))
    )
    told = lift(surely + hardly)
    assert told.treated.rate - told.control.rate == pytest.approx(0.2)
    assert told.difference.value == pytest.approx(0, abs=1e-9)
    assert told.difference.holds_zero


def test_a_group_with_more_lost_clients_is_known_by_its_own_variance() -> None:
    """One in ten of the held-out returns, by the forecast three in ten would, were they as the others: the interval is that of
    ten in a hundred, moved."""
    hopeful, lost = (
        [Observation(treated, n < returned, n < returned, baseline) for n in range(clients)]
        for treated, clients, returned, baseline in ((True, 900, 270, 0.3), (False, 100, 10, 0.1))
    )
    mixed = [Observation(True, n < 2, n < 2, 0.1) for n in range(20)]
    told, plain = (
        lift(hopeful + mixed + lost).difference,
        lift(unforecast(hopeful + lost)).difference,
    )
    assert told.value < plain.value - 0.15
    assert told.high - told.low == pytest.approx(plain.high - plain.low, rel=0.05)


def test_return_on_what_was_spent() -> None:
    told = found((900, 270), (100, 20))
    earned = roi(told, Decimal(20_000), margin_percent=60)
    assert earned is not None
    assert earned.point == pytest.approx(2.7)
    assert 0 < earned.low < earned.point < earned.high
    assert roi(told, Decimal(0), margin_percent=60) is None
    assert roi(found((900, 190), (100, 20)), Decimal(20_000), margin_percent=60) is None
    assert roi(found((900, 90), (100, 40)), Decimal(20_000), margin_percent=60) is None


def test_no_return_is_told_while_the_money_may_be_chance() -> None:
    """More come, and pay so much less that the sum may be nothing."""
    told = lift(arm(True, 900, 270, revenue=650) + arm(False, 100, 20, revenue=1000))
    assert told.significant
    assert told.revenue_per_client.holds_zero
    assert roi(told, Decimal(1), margin_percent=60) is None


@given(st.floats(0.05, 0.5), st.floats(0.02, 0.2), st.floats(0.05, 0.5))
def test_a_smaller_lift_or_more_power_takes_more_clients(
    rate: float, points: float, control_share: float
) -> None:
    needed = clients_needed(rate, points, control_share=control_share)
    assert clients_needed(rate, points / 2, control_share=control_share) > needed
    assert clients_needed(rate, points, control_share=control_share, power=0.9) > needed
    assert clients_needed(rate, points, control_share=control_share, level=0.95) > needed


@pytest.mark.parametrize(("points", "control_share"), [(0, 0.1), (0.05, 0), (0.05, 1), (0.9, 0.1)])
def test_no_number_of_clients_will_do(points: float, control_share: float) -> None:
    with pytest.raises(ValueError, match="no lift"):
        clients_needed(0.2, points, control_share=control_share)
