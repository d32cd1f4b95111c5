"""What settled attempts teach, and the choices made by it."""

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


def ended(outcome: Outcome, discount: int = 0) -> Journey:
    attempt = replace(JOURNEY.attempt, outcome=outcome, discount_percent=discount)
    return replace(JOURNEY, attempt=attempt)


@pytest.mark.parametrize(("outcome", "won"), [(Outcome.BOOKED, 1), (Outcome.NO_RESPONSE, 0)])
def test_a_settled_attempt_counts_for_each_of_its_arms(outcome: Outcome, won: int) -> None:
    assert set(learning.settled(ended(outcome, discount=10), MOSCOW)) == {
        CountArm("salon", "offer", "discount", 1, won),
        CountArm("salon", "time", "0-12", 1, won),
        CountArm("salon", "style", "reminder", 1, won),
    }


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
    arms = {"offer": {"plain": Tally(100, 1), "discount": Tally(100, 90)}}
    assert learning.discount(arms, JOURNEY, 20, margin_percent=60) == 0
    second = replace(JOURNEY, attempt=Attempt(2))
    assert learning.discount(arms, second, 20, margin_percent=60) == 20


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
