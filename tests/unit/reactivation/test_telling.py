"""What messages add to their days: every step once, in each of the three tables, and taken out again when it was not so."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from comeback.analytics.model import SentDay, Sums
from comeback.conversations.model import Address, ChannelKind
from comeback.reactivation.journey import conclude, next_attempt, reach
from comeback.reactivation.model import Attempt, Journey, Outcome, Stage
from comeback.reactivation.telling import sent_day, telling
from hypothesis import given
from hypothesis import strategies as st

ON = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
STAGES = (Stage.DELIVERED, Stage.READ, Stage.ANSWERED, Stage.BOOKED, Stage.OPTED_OUT)


def sent(journey: Journey, day: int = 2, channel: ChannelKind = ChannelKind.TELEGRAM) -> Journey:
    attempt = replace(
        journey.attempt,
        address=Address(channel, "101"),
        sent_at=NOW + timedelta(days=day - 2),
        sent_on=date(2026, 3, day),
        sent_hour=10,
        outbox_id=f"j1.{journey.attempt.number}.{journey.attempt.again}",
        worth_minor=180_000,
    )
    return replace(journey, attempt=attempt)


NEW = Journey("salon", "anna", "cut:fringe", "j1", ON, NOW)
SENT = sent(NEW)


class Figures:
    """What a store would add up."""

    def __init__(self) -> None:
        self.sums: dict[date, Counter[str]] = {}

    def save(self, journey: Journey) -> Journey:
        told, days = telling(journey)
        for on, counters in days.items():
            self.sums.setdefault(on, Counter()).update(counters)
        return told

    def day(self, on: date = ON) -> SentDay:
        return sent_day(on, self.sums.get(on, Counter()))


def test_a_message_that_has_not_left_is_in_no_figures() -> None:
    assert telling(NEW)[1] == {}


def test_each_table_has_the_whole_message() -> None:
    figures = Figures()
    booked, _ = reach(SENT, Stage.BOOKED, NOW + timedelta(minutes=40))
    figures.save(booked)
    whole = Sums(1, 1, 1, 1, 1, 0, 180_000)
    day = figures.day()
    assert day.attempts == {1: whole}
    assert day.channels == {ChannelKind.TELEGRAM: whole}
    assert day.services == {("cut:fringe", 10): whole}
    assert (day.answers, day.bookings) == ({3: 1}, {3: 1})  # 30 to 60 minutes


def test_saved_again_it_adds_nothing() -> None:
    figures = Figures()
    told = figures.save(SENT)
    assert telling(told)[1] == {}
    assert telling(figures.save(reach(told, Stage.READ)[0]))[1] == {}
    assert figures.day().attempts == {1: Sums(1, 1, 1)}


def test_what_did_not_arrive_is_taken_out_and_its_repetition_counts() -> None:
    figures = Figures()
    told = figures.save(SENT)
    failed = figures.save(conclude(told, Outcome.UNDELIVERABLE))
    assert figures.day() == SentDay(ON)
    again = sent(next_attempt(failed), channel=ChannelKind.WHATSAPP)
    figures.save(again)
    assert figures.day().attempts == {1: Sums(1)}
    assert figures.day().channels == {ChannelKind.WHATSAPP: Sums(1)}


def test_the_second_message_stands_under_its_own_day() -> None:
    figures = Figures()
    first = figures.save(reach(SENT, Stage.READ)[0])
    second = sent(next_attempt(conclude(first, Outcome.NO_RESPONSE)), day=16)
    booked, _ = reach(second, Stage.BOOKED, NOW + timedelta(days=15))
    figures.save(booked)
    assert figures.day().attempts == {1: Sums(1, 1, 1)}
    assert figures.day(date(2026, 3, 16)).attempts == {2: Sums(1, 1, 1, 1, 1, 0, 180_000)}


def test_a_late_receipt_is_of_the_message_it_names() -> None:
    figures = Figures()
    first = figures.save(SENT)
    second = figures.save(sent(next_attempt(conclude(first, Outcome.NO_RESPONSE)), day=16))
    figures.save(reach(second, Stage.READ, outbox_id="j1.1.0")[0])
    assert figures.day().attempts == {1: Sums(1, 1, 1)}
    assert figures.day(date(2026, 3, 16)).attempts == {2: Sums(1)}


def test_a_message_of_before_local_days_were_kept_is_left_out() -> None:
    old = replace(SENT, attempt=replace(SENT.attempt, sent_on=None))
    assert telling(reach(old, Stage.BOOKED, NOW)[0])[1] == {}


moves = st.lists(
    st.one_of(
        st.sampled_from([*STAGES, "send", "again"]),
        st.sampled_from([Outcome.UNDELIVERABLE, Outcome.NO_RESPONSE, Outcome.BOOKED]),
    ),
    max_size=14,
)


def moved(journey: Journey, move: object, n: int) -> Journey:
    if isinstance(move, Stage):
        return reach(journey, move, NOW + timedelta(hours=n))[0]
    if isinstance(move, Outcome):
        return conclude(journey, move)
    if move == "send":
        channel = list(ChannelKind)[n % 2]
        return sent(journey, day=2 + n, channel=channel) if not journey.attempt.sent_at else journey
    return next_attempt(journey) if journey.attempt.outcome else journey


@given(moves)
def test_however_often_it_is_saved_the_sums_are_those_of_what_it_is(life: list[object]) -> None:
    """And the three tables of each day add up to the same."""
    stepwise, at_once, journey = Figures(), Figures(), NEW
    for n, move in enumerate(life):
        journey = stepwise.save(moved(journey, move, n))
    at_once.save(_untold(journey))
    for on in {*stepwise.sums, *at_once.sums}:
        day = stepwise.day(on)
        assert day == at_once.day(on)
        whole = [
            sum(table.values(), Sums()) for table in (day.attempts, day.channels, day.services)
        ]
        assert whole[0] == whole[1] == whole[2]
        assert sum(day.answers.values()) == whole[0].answered
        assert sum(day.bookings.values()) == whole[0].booked
        assert min(whole[0].sent, whole[0].booked) >= 0


def _untold(journey: Journey) -> Journey:
    def fresh(attempt: Attempt) -> Attempt:
        return replace(attempt, told=frozenset())

    return replace(
        journey, attempt=fresh(journey.attempt), earlier=tuple(map(fresh, journey.earlier))
    )
