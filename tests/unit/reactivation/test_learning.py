"""What settled attempts teach, and the choices made by it."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from comeback.changes import CountArm
from comeback.companies.model import SendingWindow
from comeback.conversations.model import Address, ChannelKind
from comeback.reactivation import learning
from comeback.reactivation.model import Attempt, Journey, Outcome, Tally
from comeback.reactivation.styles import Style
from comeback.reactivation.worth import Case
from hypothesis import given
from hypothesis import strategies as st

MOSCOW = ZoneInfo("Europe/Moscow")
SENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # Monday, half past twelve in Moscow
WINDOW = SendingWindow(time(10), time(19))
JOURNEY = Journey(
    "salon",
    "anna",
    "cut",
    "j1",
    date(2026, 3, 2),
    SENT,
    attempt=Attempt(1, Address(ChannelKind.TELEGRAM, "1"), sent_at=SENT, style="reminder"),
)


SECOND = replace(JOURNEY, attempt=replace(JOURNEY.attempt, number=2))
TICKET = Case(
    p_return_alone=0.1,
    ticket_minor=200_000,
    margin_percent=60,
    message_price_minor=80.0,
    opt_out_rate=0.01,
    lifetime_minor=200_000,
)


def ended(outcome: Outcome, offer: str = "") -> Journey:
    percent = 15 if offer == "discount" else 0
    attempt = replace(SECOND.attempt, outcome=outcome, offer=offer, discount_percent=percent)
    return replace(SECOND, attempt=attempt)


def offered(arms: learning.Arms, journey: Journey, case: Case | None = TICKET) -> str:
    return learning.offer(arms, journey, 15, 60, case)


@pytest.mark.parametrize("offer", ["plain", "discount"])
@pytest.mark.parametrize(("outcome", "won"), [(Outcome.BOOKED, 1), (Outcome.NO_RESPONSE, 0)])
def test_a_settled_attempt_counts_for_each_of_its_arms(
    outcome: Outcome, won: int, offer: str
) -> None:
    assert set(learning.settled(ended(outcome, offer), MOSCOW)) == {
        CountArm("salon", "later_offer", offer, 1, won),
        CountArm("salon", "time", "0-12", 1, won),
        CountArm("salon", "style", "reminder", 1, won),
    }


def test_an_attempt_that_had_no_choice_of_offer_says_nothing_about_offers() -> None:
    """A first message, and one whose discount would not have paid: they book more, or less, by what they are."""
    dimensions = {c.dimension for c in learning.settled(ended(Outcome.BOOKED), MOSCOW)}
    assert dimensions == {"time", "style"}


@pytest.mark.parametrize("better", [1.0, 1.6])
def test_a_discount_that_pays_prevails_though_first_messages_book_most(better: float) -> None:
    """Three first messages in ten book, one later one in ten without the discount; 15 of a margin of 60 needs a third more."""
    rng, arms, given = random.Random(4), dict[str, dict[str, Tally]](), list[bool]()
    for n in range(3000):
        for number in (1, 2):
            attempt = replace(JOURNEY.attempt, number=number)
            journey = replace(JOURNEY, journey_id=f"j{n}", attempt=attempt)
            offer = offered(arms, journey)
            chance = 0.3 if number == 1 else 0.1 * (better if offer == "discount" else 1)
            outcome = Outcome.BOOKED if rng.random() < chance else Outcome.NO_RESPONSE
            done = replace(journey, attempt=replace(attempt, offer=offer, outcome=outcome))
            for c in learning.settled(done, MOSCOW):
                known = arms.setdefault(c.dimension, {})
                known[c.arm] = known.get(c.arm, Tally()) + Tally(c.tried, c.won)
            if number == 2:
                given.append(offer == "discount")
    late = sum(given[2000:]) / 1000
    assert late > 0.6 if better > 1.5 else late < 0.15


@pytest.mark.parametrize(
    "outcome",
    [Outcome.UNDELIVERABLE, Outcome.POSTPONED, Outcome.ALREADY_BOOKED, Outcome.SKIPPED],
)
def test_who_was_not_reached_or_needed_no_message_teaches_nothing(outcome: Outcome) -> None:
    assert learning.settled(ended(outcome), MOSCOW) == ()


def test_a_late_booking_adds_a_win_to_what_was_counted_as_tried() -> None:
    late = learning.won_late(ended(Outcome.NO_RESPONSE), MOSCOW)
    assert {(c.tried, c.won) for c in late} == {(0, 1)}


def test_a_choice_is_the_same_when_its_step_is_run_again() -> None:
    arms = {"style": {"reminder": Tally(50, 5), "invitation": Tally(50, 9)}}
    chosen = {learning.style(arms, JOURNEY, tuple(Style)) for _ in range(5)}
    assert len(chosen) == 1


def test_a_style_whose_template_is_out_is_never_chosen() -> None:
    arms = {"style": {"reminder": Tally(100, 90)}}
    journeys = (replace(JOURNEY, journey_id=f"j{n}") for n in range(50))
    chosen = {learning.style(arms, journey, (Style.INVITATION,)) for journey in journeys}
    assert chosen == {Style.INVITATION}


def test_the_first_attempt_never_carries_a_discount() -> None:
    arms = {"later_offer": {"plain": Tally(100, 1), "discount": Tally(100, 90)}}
    assert offered(arms, JOURNEY) == ""
    assert offered(arms, SECOND) == "discount"


def test_without_a_known_price_the_company_s_own_rates_decide() -> None:
    arms = {"later_offer": {"plain": Tally(100, 1), "discount": Tally(100, 90)}}
    assert offered(arms, SECOND, None) == "discount"
    assert learning.offer(arms, SECOND, 60, 60, None) == ""


def test_sums_of_older_releases_which_counted_first_messages_as_plain_are_not_read() -> None:
    biased = {"offer": {"plain": Tally(5000, 1500), "discount": Tally(100, 2)}}
    journeys = [replace(SECOND, journey_id=f"j{n}") for n in range(300)]
    assert [offered(biased, j) for j in journeys] == [offered({}, j) for j in journeys]


@given(st.integers(0, 23), st.integers(0, 200))
def test_the_wished_moment_is_today_within_the_window_and_not_past(hour: int, n: int) -> None:
    now = datetime(2026, 3, 2, hour, 17, tzinfo=MOSCOW).astimezone(UTC)
    journey = replace(JOURNEY, journey_id=f"j{n}")
    wished = learning.wished_moment({}, journey, WINDOW, MOSCOW, now)
    if hour >= WINDOW.end.hour:
        assert wished is None
        return
    assert wished is not None
    local = wished.astimezone(MOSCOW)
    assert wished >= now
    assert local.date() == date(2026, 3, 2)
    assert WINDOW.start <= local.time() < WINDOW.end


def test_the_hour_that_wins_is_chosen_most_often() -> None:
    arms = {"time": {f"0-{h:02}": Tally(80, 40 if h == 17 else 4) for h in range(10, 19)}}
    now = SENT - timedelta(hours=2)
    hours = [
        wished.astimezone(MOSCOW).hour
        for n in range(60)
        if (
            wished := learning.wished_moment(
                arms, replace(JOURNEY, journey_id=f"j{n}"), WINDOW, MOSCOW, now
            )
        )
    ]
    assert hours.count(17) > 40
