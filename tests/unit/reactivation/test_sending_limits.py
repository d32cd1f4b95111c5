import itertools
from datetime import UTC, datetime, time, timedelta

import pytest
from comeback.companies.model import BusinessType, Company, SendingWindow
from comeback.reactivation.sending_limits import (
    LEVELS,
    Level,
    level,
    next_minute,
    owners_left,
    room,
    window,
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
    winter, _ = window(berlin, datetime(2026, 3, 27, tzinfo=UTC).date())
    summer, _ = window(berlin, datetime(2026, 3, 30, tzinfo=UTC).date())
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
        opens_at, closes_at = window(company, day)
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
