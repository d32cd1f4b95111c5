from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind
from comeback.storage.limits import DynamoLimits

TEN = datetime(2026, 3, 2, 7, tzinfo=UTC)  # Monday, ten in Moscow
TELEGRAM = ChannelKind.TELEGRAM


def test_the_same_key_gets_the_same_minute(limits: DynamoLimits, company: Company) -> None:
    first = limits.reserve_minute(company, TELEGRAM, "j1.1", TEN)
    second = limits.reserve_minute(company, TELEGRAM, "j2.1", TEN)
    assert (first, second) == (TEN, TEN + timedelta(minutes=5))
    assert limits.reserve_minute(company, TELEGRAM, "j1.1", TEN + timedelta(hours=1)) == first


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


def test_an_account_sends_more_once_it_is_warm(limits: DynamoLimits, company: Company) -> None:
    limits.reserve_minute(company, TELEGRAM, "first", TEN)
    one_channel = replace(company, channels=(TELEGRAM,))
    assert limits.remaining_today(one_channel, TEN + timedelta(days=1)) == 20
    assert limits.remaining_today(one_channel, TEN + timedelta(days=31)) == 50


def test_many_at_once_never_get_the_same_minute(limits: DynamoLimits, company: Company) -> None:
    limits.reserve_minute(company, TELEGRAM, "warm-up", TEN)

    def reserve(n: int) -> datetime | None:
        return limits.reserve_minute(company, TELEGRAM, f"j{n}", TEN)

    with ThreadPoolExecutor(5) as pool:
        got = list(pool.map(reserve, range(5)))
    assert len(set(got)) == 5


def test_an_outside_rate_is_kept_in_every_second_and_minute(limits: DynamoLimits) -> None:
    moment, granted = TEN, []
    while len(granted) < 40:
        wait = limits.take("yclients", 5, 30, moment)
        if wait == 0.0:
            granted.append(moment)
        else:
            moment += timedelta(seconds=wait + 0.001)
    for start in granted:
        assert sum(start <= t < start + timedelta(seconds=1) for t in granted) <= 5
        assert sum(start <= t < start + timedelta(minutes=1) for t in granted) <= 30
