import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from comeback.companies.model import BusinessType, Company, SendingWindow
from comeback.reactivation.sending_limits import (
    LEVELS,
    Level,
    level,
    next_minute,
    owners_left,
    room,
    windows,
)
from hypothesis import given
from hypothesis import strategies as st

COMPANY = Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)
TEN = datetime(2026, 3, 2, 7, tzinfo=UTC)  # Monday, ten in Moscow
HOT, WARM, COLD = LEVELS


def fill(company: Company, account: Level, now: datetime, count: int = 200) -> list[datetime]:
    taken: list[datetime] = []
    for _ in range(count):
        moment = next_minute(company, account, taken, now)
        if moment is None:
            break
        taken.append(moment)
    return taken


@pytest.mark.parametrize(("days", "name"), [(0, "cold"), (29, "cold"), (30, "warm"), (90, "hot")])
def test_an_account_warms_up_with_age(days: int, name: str) -> None:
    assert level(TEN - timedelta(days=days), TEN).name == name


def test_a_cold_account_sends_five_an_hour_twenty_a_day() -> None:
    taken = fill(COMPANY, COLD, TEN)
    assert len(taken) == 20
    assert taken[:6] == [TEN + timedelta(minutes=5 * n) for n in range(5)] + [
        TEN + timedelta(hours=1)
    ]


def test_nothing_leaves_outside_the_window_or_on_a_closed_day() -> None:
    early = TEN - timedelta(hours=3)
    assert next_minute(COMPANY, COLD, [], early) == TEN
    assert next_minute(COMPANY, COLD, [], TEN + timedelta(hours=9)) is None
    assert next_minute(COMPANY, COLD, [], TEN + timedelta(days=5)) is None  # Saturday


def test_the_owners_limit_holds_when_smaller() -> None:
    strict = Company("s", "S", "UTC", BusinessType.BEAUTY, daily_limit=3)
    assert len(fill(strict, HOT, TEN.replace(hour=10))) == 3


def test_the_window_follows_daylight_saving() -> None:
    berlin = Company("b", "B", "Europe/Berlin", BusinessType.BEAUTY)
    ((winter, _),) = windows(berlin, datetime(2026, 3, 27, 12, tzinfo=UTC), berlin.zone)
    ((summer, _),) = windows(berlin, datetime(2026, 3, 30, 12, tzinfo=UTC), berlin.zone)
    assert (winter.hour, summer.hour) == (9, 8)


@given(
    account=st.sampled_from(LEVELS),
    start=st.integers(0, 23 * 60),
    opens=st.integers(6, 12),
    hours=st.integers(1, 10),
    arrivals=st.lists(st.integers(0, 30), max_size=60),
)
def test_no_limit_is_ever_exceeded(
    account: Level, start: int, opens: int, hours: int, arrivals: list[int]
) -> None:
    sending = SendingWindow(time(opens), time(min(23, opens + hours)), frozenset(range(7)))
    company = Company("c", "C", "Asia/Yekaterinburg", BusinessType.OTHER, sending=sending)
    now = datetime(2026, 3, 2, 0, tzinfo=UTC) + timedelta(minutes=start)
    day = company.local(now).date()
    taken: list[datetime] = []
    for minutes in arrivals:
        now += timedelta(minutes=minutes)
        if company.local(now).date() != day:
            break
        moment = next_minute(company, account, taken, now)
        if moment is None:
            continue
        opens_at = datetime.combine(day, sending.start, company.zone)
        closes_at = datetime.combine(day, sending.end, company.zone)
        assert now <= moment
        assert opens_at <= moment < closes_at
        taken.append(moment)
    ordered = sorted(taken)
    assert len(ordered) <= account.per_day
    for earlier, later in itertools.pairwise(ordered):
        assert later - earlier >= account.gap
    for first in ordered:
        hour = [t for t in ordered if first <= t < first + timedelta(hours=1)]
        assert len(hour) <= account.per_hour


def keeps(company: Company, account: Level, moments: list[datetime]) -> bool:
    """The limits said anew, the slow way."""
    ordered = sorted(moments)
    gaps = all(b - a >= account.gap for a, b in itertools.pairwise(ordered))
    hours = all(
        sum(first <= t < first + timedelta(hours=1) for t in ordered) <= account.per_hour
        for first in ordered
    )
    return gaps and hours and len(ordered) <= account.per_day


@given(
    taken=st.lists(st.integers(0, 5 * 60), unique=True, max_size=14),
    since=st.integers(0, 4 * 60),
)
def test_no_earlier_minute_would_have_done(taken: list[int], since: int) -> None:
    """Reservations may lie ahead of `now` in any pattern that keeps the limits."""
    account = Level("tight", timedelta(0), 12, 3, timedelta(minutes=4))
    company = Company("c", "C", "UTC", BusinessType.OTHER)
    opens = datetime(2026, 3, 2, 10, tzinfo=UTC)
    before: list[datetime] = []
    for minute in taken:
        moment = opens + timedelta(minutes=minute)
        if keeps(company, account, [*before, moment]):
            before.append(moment)
    now = opens + timedelta(minutes=since)
    found = next_minute(company, account, before, now)
    tried = [now + timedelta(minutes=n) for n in range(9 * 60 - since)]
    brute = next((m for m in tried if keeps(company, account, [*before, m])), None)
    assert found == brute


def test_other_channels_use_up_the_owners_limit_but_not_the_accounts() -> None:
    strict = Company("s", "S", "UTC", BusinessType.BEAUTY, daily_limit=3)
    noon = TEN.replace(hour=12)
    assert next_minute(strict, HOT, [], noon, elsewhere=2) == noon
    assert next_minute(strict, HOT, [], noon, elsewhere=3) is None
    assert next_minute(COMPANY, COLD, [], noon, elsewhere=99) == noon
    assert (owners_left(strict, 1), owners_left(strict, 9)) == (2, 0)


def test_yesterday_counts_for_the_pace_not_for_the_day() -> None:
    night = SendingWindow(time(0), time(23, 59), frozenset(range(7)))
    owl = Company("o", "O", "UTC", BusinessType.CAFE, sending=night, daily_limit=1)
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    yesterday = [midnight - timedelta(minutes=2)]
    assert next_minute(owl, COLD, yesterday, midnight) == midnight + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("account", "hours_left", "fits"), [(COLD, 9, 20), (COLD, 1, 5), (WARM, 2, 20), (HOT, 9, 100)]
)
def test_room_is_what_can_still_be_reserved(account: Level, hours_left: int, fits: int) -> None:
    assert room(COMPANY, account, [], TEN + timedelta(hours=9 - hours_left)) == fits


# ── the client's clock ───────────────────────────────────────────────────────────────────────────

VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")  # seven hours ahead of Moscow
NEW_YORK = ZoneInfo("America/New_York")  # eight hours behind it in winter


def at(zone: ZoneInfo, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        (VLADIVOSTOK, (2, 9), (2, 9)),  # 16:00 there
        (VLADIVOSTOK, (2, 11, 59), (2, 11, 59)),
        (VLADIVOSTOK, (2, 12), None),  # 19:00 there
        (VLADIVOSTOK, (2, 0), (2, 3)),  # 7:00 there
        (NEW_YORK, (3, 0), (3, 0)),  # 16:00 there, on Monday
        (NEW_YORK, (3, 3), (3, 18)),  # 19:00 there
        (NEW_YORK, (2, 0), (2, 18)),  # 16:00 there, but on Sunday
        (NEW_YORK, (7, 2), (7, 2)),  # Saturday in Moscow, Friday there
        (NEW_YORK, (7, 3), None),
    ],
)
def test_a_client_elsewhere_is_written_to_on_their_own_clock(
    zone: ZoneInfo, now: tuple[int, ...], expected: tuple[int, ...] | None
) -> None:
    """Moments as the company's clock in Moscow shows them."""
    found = next_minute(COMPANY, COLD, [], at(COMPANY.zone, *now), zone=zone)
    assert found == (at(COMPANY.zone, *expected) if expected else None)


def test_the_clients_window_follows_the_clients_daylight_saving() -> None:
    """New York changes on 8 March 2026, Moscow never."""
    for day, opens in ((6, 18), (9, 17)):
        found = next_minute(COMPANY, COLD, [], at(COMPANY.zone, day, 9), zone=NEW_YORK)
        assert found == at(COMPANY.zone, day, opens)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 8), (10, 25, 10), (6, 14, 9)])
def test_a_window_over_the_change_of_clocks_is_as_long_as_the_day(
    month: int, day: int, hours: int
) -> None:
    """0:30 to 9:30 on the wall, over the hour that Berlin skips or repeats."""
    early = SendingWindow(time(0, 30), time(9, 30), frozenset(range(7)))
    berlin = Company("b", "B", "Europe/Berlin", BusinessType.BEAUTY, sending=early)
    noon = datetime(2026, month, day, 12, tzinfo=UTC)
    ((opens, closes),) = windows(berlin, noon, berlin.zone)
    assert closes - opens == timedelta(hours=hours)


# ── Meta's tier ──────────────────────────────────────────────────────────────────────────────────


def test_a_tier_is_over_any_24_hours_not_over_a_day() -> None:
    yesterday = [TEN + timedelta(hours=n) for n in (4, 5, 6)]  # the last at 16:00
    today = TEN + timedelta(days=1)
    moments: list[datetime] = []
    for _ in range(3):
        moment = next_minute(COMPANY, HOT, [*yesterday, *moments], today, tier=3)
        assert moment
        moments.append(moment)
    assert moments == [today + timedelta(hours=n) for n in (4, 5, 6)]
    assert next_minute(COMPANY, HOT, yesterday, today, tier=4) == today
    assert next_minute(COMPANY, HOT, [], today, tier=0) is None
    assert room(COMPANY, HOT, yesterday, today, tier=5) == 5


# ── all limits together ──────────────────────────────────────────────────────────────────────────

ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York", "Asia/Kathmandu", "Europe/Berlin")
zones = st.sampled_from(ZONES).map(ZoneInfo)
weekdays = st.sets(st.integers(0, 6), min_size=1).map(frozenset)
sendings = st.builds(
    lambda opens, hours, days: SendingWindow(time(opens), time(min(23, opens + hours), 30), days),
    st.integers(0, 20),
    st.integers(0, 10),
    weekdays,
)
levels = st.sampled_from(LEVELS) | st.builds(
    Level,
    st.just("any"),
    st.just(timedelta(0)),
    st.integers(1, 30),
    st.integers(1, 8),
    st.integers(1, 20).map(lambda n: timedelta(minutes=n)),
)
limit = st.none() | st.integers(0, 12)
asked = st.lists(
    st.tuples(st.integers(0, 5 * 60), zones, st.booleans(), st.none() | st.integers(0, 20 * 60)),
    max_size=50,
)
"""Minutes since the one before; the client's zone; whether another channel is asked; a wish, minutes from now."""


def most_within(moments: list[datetime], span: timedelta) -> int:
    return max((sum(first <= t < first + span for t in moments) for first in moments), default=0)


@given(
    account=levels,
    home=zones,
    sending=sendings,
    owners=limit,
    tier=limit,
    start=st.integers(0, 24 * 60),
    asked=asked,
)
def test_whoever_asks_for_what_no_limit_is_exceeded(
    account: Level,
    home: ZoneInfo,
    sending: SendingWindow,
    owners: int | None,
    tier: int | None,
    start: int,
    asked: list[tuple[int, ZoneInfo, bool, int | None]],
) -> None:
    """Over several days, around the Sunday on which Berlin changes its clocks."""
    base = Company("c", "C", home.key, BusinessType.OTHER)
    company = replace(base, sending=sending, daily_limit=owners)
    now = datetime(2026, 3, 27, tzinfo=UTC) + timedelta(minutes=start)
    taken: list[datetime] = []
    others: list[datetime] = []
    for minutes, zone, other, wish in asked:
        now += timedelta(minutes=minutes)
        after = now + timedelta(minutes=wish or 0)
        here, there = (others, taken) if other else (taken, others)
        elsewhere = sum(company.local(t).date() == company.local(after).date() for t in there)
        moment = next_minute(company, account, here, after, elsewhere, zone=zone, tier=tier)
        if moment is None:
            continue
        here.append(moment)
        wall = moment.astimezone(zone)
        assert after <= moment
        assert sending.start <= wall.time() < sending.end
        assert wall.weekday() in sending.days
        assert company.local(moment).date() == company.local(after).date()
    for moments in (taken, others):
        dates = [company.local(t).date() for t in moments]
        assert max(map(dates.count, dates), default=0) <= account.per_day
        assert all(b - a >= account.gap for a, b in itertools.pairwise(sorted(moments)))
        assert most_within(moments, timedelta(hours=1)) <= account.per_hour
        assert tier is None or most_within(moments, timedelta(hours=24)) <= tier
    dates = [company.local(t).date() for t in (*taken, *others)]
    assert owners is None or max(map(dates.count, dates), default=0) <= owners


def most(account: Level, length: timedelta, *limits: int | None) -> int:
    """An upper bound of what any plan can send in a window so long."""
    hours, rest = divmod(length, timedelta(hours=1))
    paced = hours * account.per_hour + min(account.per_hour, math.ceil(rest / account.gap))
    spaced = math.ceil(length / account.gap)
    return min(account.per_day, paced, spaced, *(n for n in limits if n is not None))


@given(account=levels, sending=sendings, owners=limit, tier=limit)
def test_what_the_limits_allow_is_used(
    account: Level, sending: SendingWindow, owners: int | None, tier: int | None
) -> None:
    every_day = replace(sending, days=frozenset(range(7)))
    company = replace(COMPANY, sending=every_day, daily_limit=owners)
    opens = datetime.combine(TEN, sending.start, company.zone).astimezone(UTC)
    closes = datetime.combine(TEN, sending.end, company.zone).astimezone(UTC)
    allowed = most(account, closes - opens, owners, tier)
    taken: list[datetime] = []
    while (moment := next_minute(company, account, taken, opens, tier=tier)) is not None:
        taken.append(moment)
    assert allowed * 0.95 <= len(taken) <= allowed
    assert min(room(company, account, [], opens, tier), owners_left(company, 0)) == len(taken)


@pytest.mark.parametrize(
    ("account", "tier", "opens", "used"),
    [
        (COLD, None, 10, 20),
        (WARM, None, 10, 50),
        (HOT, None, 10, 100),
        (HOT, 250, 10, 100),
        (HOT, 40, 10, 40),
        (COLD, None, 18, 5),
        (WARM, None, 15, 40),
    ],
)
def test_a_day_is_used_up_to_its_smallest_limit(
    account: Level, tier: int | None, opens: int, used: int
) -> None:
    now = TEN + timedelta(hours=opens - 10)
    assert room(COMPANY, account, [], now, tier) == used
    assert most(account, timedelta(hours=19 - opens), tier) == used
