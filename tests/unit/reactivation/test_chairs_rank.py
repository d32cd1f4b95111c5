"""Whom to ask about tomorrow's unsold times."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from comeback.bookings.model import Slot
from comeback.reactivation.chairs_rank import Prospect, best_slot, fit, likeliest, near_due
from comeback.reactivation.model import DueService, IntervalSource, Preferences
from comeback.reactivation.worth import Gain
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 3, 2)
ZONE = ZoneInfo("Europe/Moscow")
NOON = Slot("cut", "olga", datetime(2026, 3, 3, 9, tzinfo=UTC), 60)
EVENING = replace(NOON, starts_at=NOON.starts_at + timedelta(hours=7))
GAIN = Gain(margin=100, discount=0, fatigue=20, price=5)
LIKES = Preferences(
    periods={"afternoon": 1.0},
    preferred_period="afternoon",
    weekdays=(1,),
    staff_id="olga",
    staff_share=1.0,
    alternatives=("ira",),
    services=("cut",),
    mean_gap_days=28,
    regularity=0.9,
    regular=True,
    confidence=0.7,
)
GAINS = st.builds(
    Gain,
    margin=st.floats(0, 1e6),
    discount=st.just(0.0),
    fatigue=st.floats(0, 1e6),
    price=st.floats(0, 1e4),
)
PROSPECTS = st.lists(
    st.builds(
        Prospect,
        st.sampled_from("abcdefgh"),
        st.sampled_from(["cut", "nails"]),
        st.just(NOON),
        st.floats(0, 1),
        st.none() | GAINS,
    ),
    max_size=20,
)


def due(
    client: str, in_days: int, service: str = "cut", rests_until: int | None = None
) -> DueService:
    on = TODAY + timedelta(days=in_days)
    next_on = on if rests_until is None else TODAY + timedelta(days=rests_until)
    return DueService(
        "salon", client, service, on, next_on, on - timedelta(days=28), 3, 0, False,
        IntervalSource.DEFAULT, "",
    )  # fmt: skip


# ── whose file is read ───────────────────────────────────────────────────────────────────────────


def test_those_nearest_to_their_date_are_read_first_one_service_each() -> None:
    dues = [due("late", -40), due("soon", 2), due("soon", -9, "nails"), due("today", 0)]
    found = near_due(dues, TODAY, {"cut", "nails"})
    assert [(d.client_id, d.service_id) for d in found] == [
        ("today", "cut"),
        ("soon", "cut"),
        ("late", "cut"),
    ]
    assert near_due(dues, TODAY, {"nails"}) == [dues[2]]
    assert len(near_due(dues, TODAY, {"cut"}, most=2)) == 2


def test_who_rests_is_left_to_rest_and_who_has_rested_is_not() -> None:
    resting, rested = due("declined", -20, rests_until=5), due("silent", -40, rests_until=-1)
    moved = due("moved", 2, rests_until=5)  # by the refit
    assert near_due([resting, rested, moved], TODAY, {"cut"}) == [moved, rested]


# ── what suits ───────────────────────────────────────────────────────────────────────────────────


def test_the_usual_master_at_the_usual_time_suits_best() -> None:
    ira = replace(NOON, staff_id="ira")
    stranger = replace(NOON, staff_id="vera")
    assert best_slot([stranger, EVENING, ira, NOON], LIKES, ZONE) == NOON
    fits = [fit(slot, LIKES, ZONE) for slot in (NOON, ira, stranger)]
    assert fits == sorted(fits, reverse=True)
    assert best_slot([], LIKES, ZONE) is None


def test_of_whom_little_is_known_less_is_told() -> None:
    sure, unsure = replace(LIKES, confidence=0.9), replace(LIKES, confidence=0.3)
    stranger = replace(EVENING, staff_id="vera")
    assert fit(NOON, sure, ZONE) > fit(NOON, unsure, ZONE) > 0.5
    assert fit(stranger, sure, ZONE) < fit(stranger, unsure, ZONE) < 0.5


# ── who is chosen ────────────────────────────────────────────────────────────────────────────────


@given(PROSPECTS, st.integers(-2, 12))
def test_never_more_than_the_limit_nobody_twice_and_nobody_made_up(
    prospects: list[Prospect], most: int
) -> None:
    chosen = likeliest(prospects, most)
    assert len(chosen) <= max(0, most)
    assert len({c.client_id for c in chosen}) == len(chosen)
    known = {(p.client_id, p.service_id) for p in prospects}
    assert {(c.client_id, c.service_id) for c in chosen} <= known


@given(PROSPECTS)
def test_whom_a_message_would_not_pay_for_is_not_asked(prospects: list[Prospect]) -> None:
    pays = {p.client_id for p in prospects if p.gain is None or p.gain.worth}
    assert {c.client_id for c in likeliest(prospects, 99)} <= pays


@given(PROSPECTS, st.floats(0.01, 0.99), st.floats(0.01, 1), st.integers(0, 21))
def test_a_better_fit_never_ranks_lower(
    others: list[Prospect], chance: float, more: float, most: int
) -> None:
    """The same client with a better time stands where they stood, or higher."""
    before = Prospect("z", "cut", NOON, chance, GAIN)
    after = replace(before, chance=chance + (1 - chance) * more)
    assert rank(others, after, most) <= rank(others, before, most)


def rank(others: list[Prospect], one: Prospect, most: int) -> int:
    names = [c.client_id for c in likeliest([*others, one], most)]
    return names.index("z") if "z" in names else len(others) + 1


@given(st.permutations(range(6)))
def test_the_order_is_by_chance_and_gain_and_repeats(order: list[int]) -> None:
    rich = replace(GAIN, margin=500)
    prospects = [
        Prospect("a", "cut", NOON, 0.2, GAIN),
        Prospect("b", "cut", NOON, 0.4, GAIN),
        Prospect("c", "cut", NOON, 0.2, rich),
        Prospect("d", "cut", NOON, 0.9, None),
        Prospect("e", "cut", NOON, 0.8, None),
        Prospect("a", "nails", EVENING, 0.3, GAIN),
    ]
    chosen = likeliest([prospects[n] for n in order], 9)
    assert [c.client_id for c in chosen] == ["c", "b", "a", "d", "e"]
    assert (chosen[2].service_id, chosen[2].slot, chosen[2].score) == ("nails", EVENING, 0.3)


def test_nobody_in_nobody_out() -> None:
    assert likeliest([], 10) == ()
    assert near_due([], TODAY, {"cut"}) == []
