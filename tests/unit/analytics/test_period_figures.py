"""Sums of days as figures of a period: nothing is lost, shares are of settled days, medians are where they can be."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import pytest
from comeback.analytics.model import WITHIN_MINUTES, SentDay, Sums
from comeback.analytics.period_figures import (
    Line,
    by_attempt,
    by_channel,
    by_service,
    by_time,
    by_time_of,
    delay,
    lines,
    settled_until,
    whole,
)
from comeback.conversations.model import ChannelKind
from hypothesis import given
from hypothesis import strategies as st

MONDAY = date(2026, 3, 2)
EVERY = (by_attempt, by_channel, by_service, by_time)

messages = st.tuples(
    st.integers(0, 20),
    st.integers(1, 3),
    st.sampled_from([ChannelKind.TELEGRAM, ChannelKind.WHATSAPP]),
    st.sampled_from(["cut", "nails"]),
    st.integers(10, 18),
    st.builds(Sums, st.just(1), *[st.integers(0, 1)] * 5, st.integers(0, 300_000)),
)
Message = tuple[int, int, ChannelKind, str, int, Sums]


def days_of(sent: list[Message]) -> list[SentDay]:
    """Each message in all three tables of its day, as the store keeps them."""
    days = []
    for day in sorted({message[0] for message in sent}):
        attempts: dict[int, Sums] = {}
        channels: dict[ChannelKind, Sums] = {}
        services: dict[tuple[str, int], Sums] = {}
        for on, number, channel, service, hour, sums in sent:
            if on == day:
                attempts[number] = attempts.get(number, Sums()) + sums
                channels[channel] = channels.get(channel, Sums()) + sums
                services[service, hour] = services.get((service, hour), Sums()) + sums
        days.append(SentDay(MONDAY + timedelta(days=day), attempts, channels, services))
    return days


@given(st.lists(messages, max_size=30), st.integers(0, 20))
def test_every_breakdown_adds_up(sent: list[Message], settled: int) -> None:
    days, until = days_of(sent), MONDAY + timedelta(days=settled)
    overview = whole(days, until)
    assert overview.sums == sum((message[-1] for message in sent), Sums())
    assert overview.settled == sum((m[-1] for m in sent if m[0] <= settled), Sums())
    for keyed in EVERY:
        found = lines(days, until, keyed)
        assert sum((line.sums for line in found), Sums()) == overview.sums
        assert sum((line.settled for line in found), Sums()) == overview.settled
        assert len({line.key for line in found}) == len(found)


@given(st.lists(messages, max_size=30))
def test_the_times_of_all_services_are_all_times(sent: list[Message]) -> None:
    days = days_of(sent)
    each = [line for s in ("cut", "nails") for line in lines(days, MONDAY, by_time_of(s))]
    sums: dict[str, Sums] = {}
    for line in each:
        sums[line.key] = sums.get(line.key, Sums()) + line.sums
    assert sums == {line.key: line.sums for line in lines(days, MONDAY, by_time)}


def test_shares_are_of_settled_days() -> None:
    line = Line("", Sums(100, booked=30), Sums(50, answered=20, booked=10, opted_out=1))
    assert line.conversion is not None
    assert (line.conversion.part, line.conversion.of) == (10, 50)
    assert line.opt_out is not None
    assert line.opt_out.point == 0.02
    assert Line("", Sums(3), Sums()).conversion is None


def test_a_day_is_settled_when_its_last_message_is() -> None:
    """Sent on the 22nd at 23:59, a booking counts to the 1st at 23:59: on the 2nd the day is over."""
    assert settled_until(MONDAY, 7) == date(2026, 2, 22)


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=40))
def test_the_median_is_in_the_class_that_holds_it(minutes: list[int]) -> None:
    classes = [sum(m > end for end in WITHIN_MINUTES) for m in minutes]
    found = delay([{each: classes.count(each)} for each in set(classes)])
    assert found.median_hours is not None
    ends = list(pairwise((0, *WITHIN_MINUTES, 10**9)))
    first, last = (ends[each] for each in (sorted(classes)[(len(classes) - 1) // 2], max(classes)))
    assert first[0] <= found.median_hours * 60 <= last[1]
    if len(minutes) % 2:
        low, high = ends[int(median(classes))]
        assert low <= found.median_hours * 60 <= high
    assert found.within_day is not None
    assert found.within_day.part == sum(m <= 1440 for m in minutes)


def test_no_answers_have_no_median() -> None:
    found = delay([{}, {}])
    assert (found.median_hours, found.within_day) == (None, None)


@pytest.mark.parametrize(
    ("counts", "hours"), [({3: 4}, 0.75), ({12: 1}, 168.0), ({0: 1}, 2.5 / 60)]
)
def test_as_if_evenly_spread(counts: dict[int, int], hours: float) -> None:
    assert delay([counts]).median_hours == pytest.approx(hours)
