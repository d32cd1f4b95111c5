import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from comeback.analytics.conversions import (
    conversions,
    daily,
    falls_under,
    share,
    standing_out,
    summary,
    wilson,
)
from comeback.analytics.model import AttemptFact, Dimension, Figures, Grade, Row
from comeback.conversations.model import ChannelKind
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.analytics.facts import TUESDAY, attempt, attempts, later, many

COUNTS = (
    "sent",
    "delivered",
    "read",
    "answered",
    "booked",
    "opted_out",
    "settled",
    "revenue_minor",
)


def test_a_week_by_hand() -> None:
    """Six messages: a booking through a dialogue, a booking past us, an answer, an opt-out, silence, and one under way."""
    facts = [
        attempt(answered=2, booked=3, revenue_minor=150_000),
        attempt(booked=48, delivered=True, revenue_minor=200_000),
        attempt(answered=5),
        attempt(answered=0.5, opted_out=True),
        attempt(read=True),
        attempt(answered=1, booked=1, settled=False, revenue_minor=100_000),
    ]
    found = summary(facts)
    assert [getattr(found, name) for name in COUNTS] == [6, 6, 5, 4, 3, 1, 5, 450_000]
    assert (found.response_hours, found.conversion_hours) == (1.5, 3)
    assert found.conversion is not None
    assert (found.conversion.part, found.conversion.of, found.conversion.point) == (2, 5, 0.4)
    assert found.response is not None
    assert found.response.point == 0.6


def test_wilson_by_hand() -> None:
    """z = 1.2816, z² = 1.6424; 10 of 100: middle (0.1 + 0.008212) / 1.016424, half 1.2816 √(0.0009 + 0.00004106) / 1.016424."""
    assert wilson(10, 100, 0.8) == pytest.approx([0.06778, 0.14514], abs=2e-5)
    assert wilson(0, 100, 0.8) == pytest.approx([0, 1.6424 / 101.6424], abs=1e-5)


@pytest.mark.parametrize("p", [0.1, 0.15, 0.3])
def test_the_interval_holds_the_truth_in_four_of_five(p: float) -> None:
    rng = random.Random(1)
    held = 0
    for _ in range(2000):
        low, high = wilson(sum(rng.random() < p for _ in range(80)), 80, 0.8)
        held += low <= p <= high
    assert 0.76 < held / 2000 < 0.86


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_is_around_its_share(pair: tuple[int, int]) -> None:
    found = share(*pair)
    assert found is not None
    assert 0 <= found.low <= found.point <= found.high <= 1
    assert found.low < found.high


@pytest.mark.parametrize("by", Dimension)
@given(facts=attempts)
@settings(max_examples=30)
def test_rows_add_up_to_the_summary(by: Dimension, facts: list[AttemptFact]) -> None:
    whole, rows = summary(facts), conversions(facts, by=by)
    for name in COUNTS:
        assert sum(getattr(row.figures, name) for row in rows) == getattr(whole, name)
    assert len({row.key for row in rows}) == len(rows)


@given(attempts)
def test_the_funnel_narrows(facts: list[AttemptFact]) -> None:
    found = summary(facts)
    assert found.sent >= found.delivered >= found.read >= found.answered
    assert found.sent >= max(found.booked, found.opted_out, found.settled)
    assert (found.conversion is None) == (found.settled == 0)


def test_nothing_is_nothing() -> None:
    assert summary([]) == Figures()
    assert conversions([], by=Dimension.HOUR) == ()
    assert falls_under([]) is None


def test_rows_are_keyed_and_ordered() -> None:
    sunday = TUESDAY + timedelta(days=5, hours=-2)
    facts = [
        attempt(sent_at=sunday, service_id="nails", service="Nails", number=2),
        attempt(service="Haircut", channel=ChannelKind.WHATSAPP, variant="warm"),
        attempt(sent_at=sunday, service="Haircut, new title", number=3),
    ]
    keys = {by: [(r.key, r.figures.sent) for r in conversions(facts, by=by)] for by in Dimension}
    assert keys == {
        Dimension.ATTEMPT: [(1, 1), (2, 1), (3, 1)],
        Dimension.SERVICE: [("cut", 2), ("nails", 1)],
        Dimension.HOUR: [(9, 2), (11, 1)],
        Dimension.WEEKDAY: [(1, 1), (6, 2)],
        Dimension.CHANNEL: [("telegram", 2), ("whatsapp", 1)],
        Dimension.VARIANT: [("", 2), ("warm", 1)],
    }
    titles = [row.title for row in conversions(facts, by=Dimension.SERVICE)]
    assert titles == ["Haircut, new title", "Nails"]


def test_hours_are_real_ones_when_summer_time_ends() -> None:
    saturday = datetime(2026, 10, 24, 20, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    answered = later(saturday, 10)
    assert answered is not None
    assert answered.hour == 5
    assert summary([attempt(sent_at=saturday, answered=10)]).response_hours == 10


def test_a_fall_is_told_when_it_is_not_chance() -> None:
    """At 10 of 100 the interval ends at 14.5 %, at 11 of 100 at 15.6 %."""
    warned, watched = falls_under(many(100, 10)), falls_under(many(100, 11))
    assert warned is not None
    assert watched is not None
    assert (warned.grade, watched.grade) == (Grade.WARN, Grade.WATCH)
    assert warned.conversion.point == 0.1
    assert falls_under(many(100, 15)) is None
    assert falls_under(many(100, 11), level=0.5) is not None


def test_a_few_attempts_are_no_fall() -> None:
    assert falls_under(many(29, 0)) is None
    assert falls_under([*many(29, 0), *[attempt(settled=False)] * 100]) is None
    warned = falls_under(many(30, 0))
    assert warned is not None
    assert warned.grade is Grade.WARN


def test_early_bookings_of_open_attempts_do_not_hide_a_fall() -> None:
    early = [attempt(booked=1, settled=False)] * 50
    warned = falls_under([*many(100, 5), *early])
    assert warned is not None
    assert (warned.grade, warned.conversion.of) == (Grade.WARN, 100)


def at(hour: int, n: int, booked: int) -> list[AttemptFact]:
    moment = TUESDAY.replace(hour=hour)
    return [attempt(sent_at=moment, booked=1 if i < booked else None) for i in range(n)]


def test_an_hour_stands_out_when_it_is_far_above_the_rest() -> None:
    facts = [*at(10, 100, 10), *at(11, 100, 12), *at(18, 100, 40), *at(19, 5, 5)]
    assert [row.key for row in standing_out(conversions(facts, by=Dimension.HOUR))] == [18]
    alike = [*at(10, 100, 14), *at(11, 100, 16), *at(12, 100, 18)]
    assert standing_out(conversions(alike, by=Dimension.HOUR)) == ()
    assert standing_out(conversions(at(10, 100, 50), by=Dimension.HOUR)) == ()


def test_of_equal_hours_few_companies_see_one_stand_out() -> None:
    """Ten hours at 15 %, 60 messages in each: without the division of the level half of the companies would."""
    rng = random.Random(1)

    def rows() -> list[Row]:
        booked = [sum(rng.random() < 0.15 for _ in range(60)) for _ in range(10)]
        return [Row(n, "", Figures(conversion=share(b, 60))) for n, b in enumerate(booked)]

    fooled = sum(bool(standing_out(rows())) for _ in range(300))
    assert fooled / 300 < 0.1


def test_days_have_what_happened_on_them() -> None:
    facts = [attempt(answered=1, booked=14), attempt(answered=13), attempt(settled=False)]
    days = {day.on: day for day in daily(facts, date(2026, 10, 28), days=10)}
    assert list(days) == [date(2026, 10, 19) + timedelta(n) for n in range(10)]
    sent, after, over = (days[date(2026, 10, d)] for d in (20, 21, 27))
    assert (sent.sent, sent.answered, sent.booked, sent.settled) == (3, 1, 0, 0)
    assert (after.sent, after.answered, after.booked) == (0, 1, 1)
    assert (over.settled, over.converted) == (2, 1)


@given(attempts)
def test_days_lose_nothing(facts: list[AttemptFact]) -> None:
    whole, days = summary(facts), daily(facts, date(2026, 12, 31), days=400)
    for name in ("sent", "answered", "booked", "settled"):
        assert sum(getattr(day, name) for day in days) == getattr(whole, name)
    assert sum(d.converted for d in days) == (whole.conversion.part if whole.conversion else 0)
