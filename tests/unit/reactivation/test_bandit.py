import random
from collections import Counter

import pytest
from comeback.reactivation.bandit import Prior, choose, pooled, seeded
from comeback.reactivation.model import Tally
from hypothesis import given
from hypothesis import strategies as st

tallies = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda n: Tally(max(n), min(n)))
arms = st.dictionaries(st.sampled_from("abcde"), tallies, min_size=1)
CLEAR = {"best": Tally(5000, 2500), "worse": Tally(5000, 500), "worst": Tally(5000, 50)}


def shares(arms: dict[str, Tally], *, tries: int = 4000, **how: object) -> dict[str, float]:
    rng = random.Random(7)
    counted = Counter(choose(arms, rng, **how) for _ in range(tries))  # type: ignore[arg-type]
    return {name: counted[name] / tries for name in arms}


@given(arms, st.integers(), st.randoms(use_true_random=False))
def test_the_order_of_the_arms_does_not_matter(
    arms: dict[str, Tally], seed: int, shuffler: random.Random
) -> None:
    other = list(arms.items())
    shuffler.shuffle(other)
    assert choose(arms, random.Random(seed)) == choose(dict(other), random.Random(seed))


@given(arms, st.integers(), st.integers(-3, 10))
def test_the_unit_of_value_does_not_matter(
    arms: dict[str, Tally], seed: int, doublings: int
) -> None:
    value = {name: float(place + 1) for place, name in enumerate(sorted(arms))}
    scaled = {name: worth * 2.0**doublings for name, worth in value.items()}
    assert choose(arms, random.Random(seed), value=value) == choose(
        arms, random.Random(seed), value=scaled
    )


@pytest.mark.parametrize("floor", [0.0, 0.1, 0.3, 1.0])
def test_every_arm_keeps_its_share_of_the_floor(floor: float) -> None:
    tried = shares(CLEAR, floor=floor)
    assert tried["worst"] == pytest.approx(floor / 3, abs=0.02)
    assert tried["worse"] == pytest.approx(floor / 3, abs=0.02)


def test_arms_alike_are_tried_alike() -> None:
    tried = shares(dict.fromkeys("abc", Tally(100, 15)))
    assert all(share == pytest.approx(1 / 3, abs=0.04) for share in tried.values())


def test_what_a_booking_brings_outweighs_how_often_it_comes() -> None:
    value = {"best": 1.0, "worse": 20.0, "worst": 1.0}
    assert shares(CLEAR, value=value, floor=0.0)["worse"] == 1


def test_one_lucky_attempt_does_not_beat_a_thousand() -> None:
    known, lucky = Tally(1000, 300), Tally(1, 1)
    assert shares({"known": known, "lucky": lucky}, floor=0.0)["lucky"] < 0.7
    assert shares({"known": known, "lucky": Tally(20, 20)}, floor=0.0)["lucky"] > 0.95


def test_the_company_sets_what_a_new_arm_is_expected_to_do() -> None:
    """Pooled to 50 %, a new arm rivals one at 40 %; around the prior's 15 % it never would."""
    company = {"good": Tally(2000, 1200), "fair": Tally(2000, 800), "new": Tally()}
    tried = shares({"fair": company["fair"], "new": company["new"]}, floor=0.0)
    assert shares(company, floor=0.0)["fair"] < 0.01
    assert tried["new"] > 0.35


def test_it_learns_the_best_arm() -> None:
    rng, rates = random.Random(3), {"a": 0.1, "b": 0.2, "c": 0.4}
    seen = dict.fromkeys(rates, Tally())
    chosen = []
    for _ in range(800):
        arm = choose(seen, rng)
        chosen.append(arm)
        seen[arm] += Tally(1, int(rng.random() < rates[arm]))
    assert Counter(chosen[400:])["c"] > 320


def test_a_step_run_again_chooses_the_same() -> None:
    again = [choose(CLEAR, seeded("j1", 2, "text"), floor=1) for _ in range(5)]
    assert len(set(again)) == 1
    assert seeded("j1", 2, "text").random() == 0.6568398168233706  # in every process and release


def test_choices_of_one_attempt_are_independent() -> None:
    causes = [("j1", 1, "text"), ("j1", 1, "hour"), ("j1", 2, "text"), ("j", 11, "text")]
    assert len({seeded(*cause).random() for cause in causes}) == len(causes)


@pytest.mark.parametrize(("tried", "won"), [(1, 2), (0, -1), (-1, -1)])
def test_no_more_wins_than_attempts(tried: int, won: int) -> None:
    with pytest.raises(ValueError, match="tried"):
        Tally(tried, won)


@pytest.mark.parametrize(("mean", "strength"), [(0, 1), (1, 1), (0.5, 0)])
def test_a_prior_leaves_room_for_doubt(mean: float, strength: float) -> None:
    with pytest.raises(ValueError, match="prior"):
        Prior(mean, strength)


def test_no_arms_no_choice() -> None:
    with pytest.raises(ValueError, match="no arm"):
        choose({}, random.Random(1))


def test_pooling_and_prior_by_hand() -> None:
    assert pooled([Tally(3, 1), Tally(5, 2)]) == Tally(8, 3)
    assert Prior(0.2, 10).after(Tally(10, 4)) == pytest.approx(0.3)
