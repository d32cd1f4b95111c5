"""Sending limits and outside rates, shared through the table."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from comeback.changes import ChangeAccount, SaveIncident
from comeback.companies.model import Company, SendingWindow
from comeback.conversations.model import ChannelKind, Incident
from comeback.errors import Conflict, Unavailable
from comeback.storage.limits import DynamoLimits
from comeback.storage.rates import wait_for
from comeback.storage.store import DynamoStore
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.wire import Wire, answer_lost, repeated, unreachable

TEN = datetime(2026, 3, 2, 7, tzinfo=UTC)  # Monday, ten in Moscow
TELEGRAM, WHATSAPP = ChannelKind.TELEGRAM, ChannelKind.WHATSAPP
EVERY_DAY = frozenset(range(7))


def test_the_same_key_gets_the_same_minute(limits: DynamoLimits, company: Company) -> None:
    first = limits.reserve_minute(company, TELEGRAM, "j1.1", TEN)
    second = limits.reserve_minute(company, TELEGRAM, "j2.1", TEN)
    assert (first, second) == (TEN, TEN + timedelta(minutes=5))
    assert limits.reserve_minute(company, TELEGRAM, "j1.1", TEN + timedelta(hours=1)) == first


def test_each_messenger_has_its_own_pace(limits: DynamoLimits, company: Company) -> None:
    assert limits.reserve_minute(company, TELEGRAM, "j1.1", TEN) == TEN
    assert limits.reserve_minute(company, WHATSAPP, "j2.1", TEN) == TEN


def test_a_full_day_gives_none_and_the_next_day_starts_anew(
    limits: DynamoLimits, company: Company
) -> None:
    small = replace(company, daily_limit=2, channels=(TELEGRAM,))
    assert limits.remaining_today(small, TEN) == 2
    for key in "ab":
        assert limits.reserve_minute(small, TELEGRAM, key, TEN)
    assert limits.reserve_minute(small, TELEGRAM, "c", TEN) is None
    assert limits.remaining_today(small, TEN) == 0
    assert limits.remaining_today(small, TEN + timedelta(days=1)) == 2


def test_the_owners_limit_is_over_all_messengers(limits: DynamoLimits, company: Company) -> None:
    small = replace(company, daily_limit=3)
    assert limits.remaining_today(small, TEN) == 3
    assert limits.reserve_minute(small, TELEGRAM, "a", TEN)
    assert limits.reserve_minute(small, WHATSAPP, "b", TEN)
    assert limits.remaining_today(small, TEN) == 1
    assert limits.reserve_minute(small, WHATSAPP, "c", TEN)
    assert limits.reserve_minute(small, TELEGRAM, "d", TEN) is None
    assert limits.remaining_today(small, TEN) == 0


def test_an_account_sends_more_once_it_is_warm(limits: DynamoLimits, company: Company) -> None:
    limits.reserve_minute(company, TELEGRAM, "first", TEN)
    one_channel = replace(company, channels=(TELEGRAM,))
    assert limits.remaining_today(one_channel, TEN + timedelta(days=1)) == 20
    assert limits.remaining_today(one_channel, TEN + timedelta(days=31)) == 50
    assert limits.remaining_today(replace(company, channels=(WHATSAPP,)), TEN) == 20


def test_an_account_begins_with_its_first_use_even_on_a_closed_day(
    limits: DynamoLimits, company: Company
) -> None:
    saturday = TEN - timedelta(days=2)
    assert limits.reserve_minute(company, TELEGRAM, "first", saturday) is None
    one_channel = replace(company, channels=(TELEGRAM,))
    assert limits.remaining_today(one_channel, saturday + timedelta(days=30)) == 50


def test_late_in_the_window_less_remains(limits: DynamoLimits, company: Company) -> None:
    one_channel = replace(company, channels=(TELEGRAM,))
    assert limits.remaining_today(one_channel, TEN + timedelta(hours=7)) == 10
    assert limits.remaining_today(one_channel, TEN + timedelta(hours=9)) == 0
    assert limits.remaining_today(one_channel, TEN + timedelta(days=5)) == 0


def test_the_pace_holds_over_midnight(limits: DynamoLimits, company: Company) -> None:
    night = SendingWindow(time(0), time(23, 59), EVERY_DAY)
    owl = replace(company, time_zone="UTC", sending=night)
    late = datetime(2026, 3, 2, 23, 58, tzinfo=UTC)
    assert limits.reserve_minute(owl, TELEGRAM, "a", late) == late
    assert limits.reserve_minute(owl, TELEGRAM, "b", late) is None
    early = late + timedelta(minutes=3)
    assert limits.reserve_minute(owl, TELEGRAM, "b", early) == late + timedelta(minutes=5)


def test_many_at_once_keep_the_pace_and_the_owners_limit(
    limits: DynamoLimits, company: Company, wire: Wire
) -> None:
    strict = replace(company, daily_limit=7)

    def reserve(n: int) -> tuple[ChannelKind, datetime | None]:
        channel = (TELEGRAM, WHATSAPP)[n % 2]
        return channel, limits.reserve_minute(strict, channel, f"j{n}", TEN)

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(reserve, range(10)))
    assert sum(moment is not None for _, moment in got) == 7
    for channel in (TELEGRAM, WHATSAPP):
        moments = sorted(m for kind, m in got if kind is channel and m)
        for one, other in itertools.pairwise(moments):
            assert other - one >= timedelta(minutes=5)
    assert wire.counted()["BatchGetItem"] >= 10


def test_five_hundred_at_once_use_what_is_allowed_and_no_more(
    limits: DynamoLimits, store: DynamoStore, company: Company, wire: Wire
) -> None:
    """Telegram is warm: 50 a day, 10 an hour. WhatsApp is hot, but Meta lets 60 clients a day be written to."""
    limits.reserve_minute(company, WHATSAPP, "first", TEN - timedelta(days=93))
    limits.reserve_minute(company, TELEGRAM, "first", TEN - timedelta(days=37))
    store.commit([ChangeAccount("salon", WHATSAPP, TEN, tier=60)])

    def reserve(n: int) -> tuple[ChannelKind, datetime | None]:
        channel = (TELEGRAM, WHATSAPP)[n % 2]
        while True:
            with suppress(Conflict):  # the state machine asks again
                return channel, limits.reserve_minute(company, channel, f"j{n}", TEN)

    with ThreadPoolExecutor(32) as pool:
        got = list(pool.map(reserve, range(500)))
    telegram, whatsapp = (
        sorted(m for kind, m in got if kind is channel and m) for channel in (TELEGRAM, WHATSAPP)
    )
    assert (len(telegram), len(whatsapp)) == (50, 60)
    for moments, per_hour, gap in ((telegram, 10, 120), (whatsapp, 20, 30)):
        assert moments[0] >= TEN
        assert moments[-1] < TEN + timedelta(hours=9)
        for one, other in itertools.pairwise(moments):
            assert other - one >= timedelta(seconds=gap)
        for one, other in zip(moments, moments[per_hour:], strict=False):
            assert other - one >= timedelta(hours=1)
    assert wire.counted()["PutItem"] >= 110
    for n in range(0, 500, 50):
        kind, moment = got[n]
        assert limits.reserve_minute(company, kind, f"j{n}", TEN) == moment


@pytest.mark.parametrize("lost", [repeated, answer_lost])
def test_a_reservation_whose_answer_was_lost_is_made_once(
    limits: DynamoLimits, company: Company, wire: Wire, lost: object
) -> None:
    wire.faults = [lambda call: call(), lambda call: call(), lost]  # type: ignore[list-item]
    assert limits.reserve_minute(company, TELEGRAM, "a", TEN) == TEN
    assert limits.remaining_today(replace(company, channels=(TELEGRAM,)), TEN) == 19


def test_a_reservation_that_never_arrived_may_be_asked_for_again(
    limits: DynamoLimits, company: Company, wire: Wire
) -> None:
    wire.faults = [lambda call: call(), lambda call: call(), unreachable]
    with pytest.raises(Unavailable):
        limits.reserve_minute(company, TELEGRAM, "a", TEN)
    assert limits.reserve_minute(company, TELEGRAM, "a", TEN) == TEN


# ── the client's clock and a wish ─────────────────────────────────────────────────────────────────


def test_the_window_is_on_the_clients_clock(limits: DynamoLimits, company: Company) -> None:
    vladivostok = ZoneInfo("Asia/Vladivostok")
    noon = TEN + timedelta(hours=2)  # 19:00 in Vladivostok
    before = noon - timedelta(minutes=1)
    assert limits.reserve_minute(company, TELEGRAM, "a", before, zone=vladivostok) == before
    assert limits.reserve_minute(company, TELEGRAM, "b", noon, zone=vladivostok) is None
    assert limits.reserve_minute(company, TELEGRAM, "b", noon) == before + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("wish", "granted"),
    [
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(hours=3, minutes=58), timedelta(hours=4, minutes=5)),  # full: five a cold hour
        (timedelta(hours=9), timedelta(0)),  # the window is over
        (timedelta(days=1), timedelta(0)),  # not today
        (-timedelta(hours=1), timedelta(0)),
    ],
)
def test_a_wish_is_granted_where_there_is_room(
    limits: DynamoLimits, company: Company, wish: timedelta, granted: timedelta
) -> None:
    for n in range(5):
        at = TEN + timedelta(hours=3, minutes=5 + 10 * n)
        assert limits.reserve_minute(company, TELEGRAM, f"before{n}", TEN, not_before=at) == at
    got = limits.reserve_minute(company, TELEGRAM, "a", TEN, not_before=TEN + wish)
    assert got == TEN + granted
    other = TEN + timedelta(hours=1)
    assert limits.reserve_minute(company, TELEGRAM, "a", TEN, not_before=other) == got


# ── an account that is stopped ───────────────────────────────────────────────────────────────────


def test_a_stopped_account_reserves_nothing(
    limits: DynamoLimits, store: DynamoStore, company: Company
) -> None:
    assert limits.reserve_minute(company, WHATSAPP, "before", TEN) == TEN
    store.commit([SaveIncident("salon", WHATSAPP, Incident("131048", TEN))])
    assert not limits.may_send("salon", WHATSAPP, TEN)
    assert limits.reserve_minute(company, WHATSAPP, "a", TEN) is None
    assert limits.reserve_minute(company, WHATSAPP, "before", TEN) == TEN
    assert limits.remaining_today(replace(company, channels=(WHATSAPP,)), TEN) == 0
    assert limits.may_send("salon", TELEGRAM, TEN)
    assert limits.reserve_minute(company, TELEGRAM, "a", TEN) == TEN
    over = TEN + timedelta(days=3)
    assert limits.may_send("salon", WHATSAPP, over)
    assert limits.reserve_minute(company, WHATSAPP, "a", over) == over


def test_the_owners_word_lets_it_send_again(
    limits: DynamoLimits, store: DynamoStore, company: Company
) -> None:
    store.commit([SaveIncident("salon", WHATSAPP, Incident("131031", TEN))])
    later = TEN + timedelta(days=30)
    assert not limits.may_send("salon", WHATSAPP, later)
    store.commit([ChangeAccount("salon", WHATSAPP, later, resumed_at=later)])
    assert limits.may_send("salon", WHATSAPP, later)


# ── outside rates ────────────────────────────────────────────────────────────────────────────────


def test_an_outside_rate_is_kept_in_every_second_and_minute(limits: DynamoLimits) -> None:
    moment, granted = TEN, list[datetime]()
    while len(granted) < 40:
        wait = limits.take("yclients", 5, 30, moment)
        if wait == 0.0:
            granted.append(moment)
        else:
            moment += timedelta(seconds=wait)
    for start in granted:
        assert sum(start <= t < start + timedelta(seconds=1) for t in granted) <= 5
        assert sum(start <= t < start + timedelta(minutes=1) for t in granted) <= 30


def test_many_at_once_take_no_more_than_the_rate(limits: DynamoLimits, wire: Wire) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: limits.take("yclients", 5, 200, TEN), range(8)))
    assert waits.count(0.0) == 5
    assert [wait for wait in waits if wait] == [1.0] * 3
    assert wire.counted()["PutItem"] >= 5


def test_buckets_are_apart(limits: DynamoLimits) -> None:
    assert limits.take("yclients", 1, 1, TEN) == 0.0
    assert limits.take("yclients", 1, 1, TEN) == 60.0
    assert limits.take("other", 1, 1, TEN) == 0.0


@given(
    arrivals=st.lists(st.integers(0, 700), min_size=1, max_size=80),
    per_second=st.integers(1, 6),
    per_minute=st.integers(1, 40),
)
def test_no_sliding_window_overflows(arrivals: list[int], per_second: int, per_minute: int) -> None:
    calls: list[int] = []
    now = 0
    for after in arrivals:
        now += after
        recent = [call for call in calls if call > now - 60_000]
        if wait := wait_for(recent, now, per_second, per_minute):
            assert wait > 0
            again = [call for call in calls if call > now + wait - 60_000]
            assert wait_for(again, now + wait, per_second, per_minute) == 0
        else:
            calls.append(now)
    for start in calls:
        assert sum(start <= call < start + 1_000 for call in calls) <= per_second
        assert sum(start <= call < start + 60_000 for call in calls) <= per_minute


def test_a_messenger_that_nobody_was_written_to_in_is_no_room(
    limits: DynamoLimits, company: Company
) -> None:
    """WhatsApp is among the company's channels from the first day, connected or not."""
    both = replace(company, channels=(TELEGRAM, WHATSAPP, ChannelKind.INSTAGRAM))
    assert limits.remaining_today(both, TEN) == 20
    assert limits.reserve_minute(both, TELEGRAM, "a", TEN)
    assert limits.remaining_today(both, TEN) == 19
    assert limits.reserve_minute(both, WHATSAPP, "b", TEN)
    assert limits.remaining_today(both, TEN) == 38
