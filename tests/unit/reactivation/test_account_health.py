from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from comeback.conversations.model import (
    Account,
    ChannelKind,
    HealthDay,
    Incident,
    Quality,
    Signal,
)
from comeback.reactivation.account_health import (
    STOPS,
    UNTIL_RESUMED,
    WEIGHTS,
    Standing,
    spam_score,
    standing,
)
from comeback.reactivation.sending_limits import LEVELS, level
from hypothesis import assume, given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOT, WARM, COLD = LEVELS
DAY, WEEK, SECOND = timedelta(days=1), timedelta(days=7), timedelta(seconds=1)
RESTRICTED, POLICY, LOCKED, UNPAID = "131048", "368", "131031", "131042"


def account(age_days: float = 200, **known: object) -> Account:
    since = NOW - timedelta(days=age_days)
    return replace(Account(ChannelKind.WHATSAPP, since), **known)  # type: ignore[arg-type]


def day(days_ago: int = 0, **counts: int) -> HealthDay:
    counted = {Signal(name): n for name, n in counts.items()}
    return HealthDay((NOW - timedelta(days=days_ago)).date(), counted)


def stopped(code: str, at: datetime = NOW, age_days: float = 200) -> Account:
    return account(age_days, incidents=(Incident(code, at),))


# ── the score ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("counts", "score"),
    [
        ({}, 0.0),
        ({"sent": 500, "delivered": 500, "read": 500, "throttled": 5}, 0.0),
        ({"sent": 30, "blocked": 1}, 0.2),  # 1 of 30 + 20 is a fifth of the worst rate
        ({"sent": 30, "opted_out": 1}, 0.1),
        ({"sent": 30, "spared": 1}, 0.06),
        ({"sent": 30, "undelivered": 1}, 0.02),
        ({"sent": 30, "blocked": 1, "opted_out": 2, "spared": 1, "undelivered": 2}, 0.5),
        ({"sent": 0, "blocked": 1}, 0.5),  # one block is no verdict
        ({"sent": 30, "blocked": 30}, 1.0),
    ],
)
def test_the_score_is_complaints_per_message(counts: Mapping[str, int], score: float) -> None:
    assert spam_score(account(days=(day(**counts),)), NOW) == pytest.approx(score)


def test_five_days_later_everything_weighs_half() -> None:
    five_days_ago = day(5, sent=30, blocked=1)
    assert spam_score(account(days=(five_days_ago,)), NOW) == pytest.approx(0.5 / 35 / 0.10)


def test_days_are_weighed_together() -> None:
    both = (day(5, sent=20, blocked=2), day(0, sent=70, opted_out=2))
    assert spam_score(account(days=both), NOW) == pytest.approx(2 / 100 / 0.10)


def test_an_incident_weighs_half_and_half_of_that_a_week_later() -> None:
    assert spam_score(stopped(LOCKED), NOW) == 0.5
    assert spam_score(stopped(LOCKED), NOW + WEEK) == 0.25
    assert spam_score(stopped(LOCKED, at=NOW + SECOND), NOW) == 0.0


def test_a_good_day_that_lies_far_back_is_not_missed_all_at_once() -> None:
    """The score would rise by itself if a day were forgotten from one moment to the next."""
    good_then_bad = account(days=(day(14, sent=900), day(1, sent=5, blocked=1)))
    before, after = (spam_score(good_then_bad, NOW + later) for later in (timedelta(0), SECOND))
    assert after <= before


# ── levels ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("blocked", "age_days", "expected"),
    [
        (0, 200, HOT),
        (1, 200, HOT),  # 0.2
        (2, 200, WARM),  # 0.4
        (2, 40, COLD),
        (3, 200, COLD),  # 0.6
        (3, 5, COLD),
    ],
)
def test_complaints_lower_the_level(blocked: int, age_days: float, expected: object) -> None:
    known = account(age_days, days=(day(sent=30, blocked=blocked),))
    assert standing(known, NOW).level == expected
    assert not standing(known, NOW).stopped_by


def test_too_many_complaints_stop_the_account_until_the_score_has_fallen() -> None:
    hated = account(days=(day(sent=30, blocked=5),))
    now = standing(hated, NOW)
    assert (now.stopped_by, now.stopped_until, now.spam_score) == ("spam_score", None, 1.0)
    assert not standing(hated, NOW + 2 * DAY).stopped_by


@pytest.mark.parametrize(
    ("quality", "levels"),
    [
        (Quality.UNKNOWN, (HOT, WARM, COLD)),
        (Quality.GREEN, (HOT, WARM, COLD)),
        (Quality.YELLOW, (WARM, COLD, COLD)),
        (Quality.RED, (COLD, COLD, COLD)),
    ],
)
def test_metas_rating_lowers_the_level(quality: Quality, levels: tuple[object, ...]) -> None:
    told = [standing(account(age, quality=quality), NOW) for age in (90, 30, 0)]
    assert tuple(s.level for s in told) == levels
    assert not any(s.stopped_by for s in told)


def test_an_account_that_was_never_used_is_cold() -> None:
    assert standing(Account(ChannelKind.TELEGRAM), NOW) == Standing(COLD, 0.0)


@pytest.mark.parametrize(
    ("age_days", "per_hour", "gap"), [(200, 10, 60), (40, 5, 240), (1, 2, 600)]
)
def test_told_to_slow_down_it_sends_half_as_much_for_the_day(
    age_days: float, per_hour: int, gap: int
) -> None:
    throttled = account(age_days, days=(day(sent=3, throttled=1),))
    today, tomorrow = standing(throttled, NOW + DAY - SECOND), standing(throttled, NOW + DAY)
    assert (today.slowed, tomorrow.slowed) == (True, False)
    assert (today.level.per_hour, today.level.gap) == (per_hour, timedelta(seconds=gap))
    assert replace(today.level, per_hour=0, gap=DAY) == replace(tomorrow.level, per_hour=0, gap=DAY)
    assert tomorrow.level in LEVELS


# ── stops ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("code", "days"), [(RESTRICTED, 3), (POLICY, 7)])
def test_some_stops_end_by_themselves(code: str, days: int) -> None:
    ends = NOW + timedelta(days=days)
    assert STOPS[code] == ends - NOW
    during = standing(stopped(code), ends - SECOND)
    assert (during.stopped_by, during.stopped_until) == (code, ends)
    assert not standing(stopped(code), ends).stopped_by


@pytest.mark.parametrize("code", [LOCKED, UNPAID, "DISABLE"])
def test_the_others_wait_for_the_owner(code: str) -> None:
    assert STOPS.get(code, UNTIL_RESUMED) is UNTIL_RESUMED
    for later in (timedelta(0), WEEK, timedelta(days=300)):
        told = standing(stopped(code), NOW + later)
        assert (told.stopped_by, told.stopped_until) == (code, None)
    resumed = replace(stopped(code), resumed_at=NOW + WEEK)
    assert standing(resumed, NOW + WEEK - SECOND).stopped_by == code
    assert not standing(resumed, NOW + WEEK).stopped_by


def test_of_several_stops_the_longest_holds() -> None:
    both = account(incidents=(Incident(POLICY, NOW), Incident(RESTRICTED, NOW + DAY)))
    told = standing(both, NOW + 2 * DAY)
    assert (told.stopped_by, told.stopped_until) == (POLICY, NOW + 7 * DAY)


def test_an_incident_stops_nothing_before_it_happened() -> None:
    assert not standing(stopped(LOCKED, at=NOW + SECOND), NOW).stopped_by


@pytest.mark.parametrize(
    ("age_days", "week_by_week"),
    [
        (200, (COLD, WARM, HOT, HOT)),
        (35, (COLD, WARM, WARM, WARM)),
        (1, (COLD, COLD, COLD)),
    ],
)
def test_recovery_goes_week_by_week(age_days: float, week_by_week: tuple[object, ...]) -> None:
    ends = NOW + STOPS[RESTRICTED]
    banned = stopped(RESTRICTED, age_days=age_days)
    for week, expected in enumerate(week_by_week):
        for moment in (ends + week * WEEK, ends + (week + 1) * WEEK - SECOND):
            told = standing(banned, moment)
            assert (told.level, told.stopped_by) == (expected, "")


def test_what_the_owner_resumes_recovers_as_slowly() -> None:
    resumed = replace(stopped(LOCKED), resumed_at=NOW + DAY)
    levels = [standing(resumed, NOW + DAY + n * WEEK).level for n in range(3)]
    assert levels == [COLD, WARM, HOT]


def test_resuming_shortens_a_stop_and_never_prolongs_the_recovery() -> None:
    early = replace(stopped(RESTRICTED), resumed_at=NOW + DAY)
    assert not standing(early, NOW + DAY).stopped_by
    late = replace(stopped(RESTRICTED), resumed_at=NOW + 3 * DAY + 2 * WEEK)
    assert standing(late, NOW + 3 * DAY + 2 * WEEK).level == HOT


def test_an_incident_after_the_owners_word_stops_again() -> None:
    again = replace(stopped(LOCKED), resumed_at=NOW - SECOND)
    assert standing(again, NOW).stopped_by == LOCKED


# ── always ───────────────────────────────────────────────────────────────────────────────────────

days = st.builds(
    lambda days_ago, counts: HealthDay((NOW - timedelta(days=days_ago)).date(), counts),
    st.integers(0, 59),
    st.dictionaries(st.sampled_from(Signal), st.integers(0, 200)),
)
incidents = st.builds(
    Incident,
    st.sampled_from([*STOPS, "DISABLE"]),
    st.timedeltas(timedelta(0), timedelta(days=90)).map(lambda ago: NOW - ago),
)
accounts = st.builds(
    Account,
    st.just(ChannelKind.WHATSAPP),
    since=st.timedeltas(timedelta(0), timedelta(days=120)).map(lambda ago: NOW - ago),
    quality=st.sampled_from(Quality),
    resumed_at=st.none() | st.timedeltas(timedelta(0), 9 * WEEK).map(lambda ago: NOW - ago),
    days=st.lists(days, max_size=6, unique_by=lambda d: d.on).map(tuple),
    incidents=st.lists(incidents, max_size=4).map(tuple),
)
a_while = st.timedeltas(timedelta(0), timedelta(days=60))


@given(accounts, a_while)
def test_the_score_is_a_share_and_falls_with_time(known: Account, passed: timedelta) -> None:
    now, later = spam_score(known, NOW), spam_score(known, NOW + passed)
    assert 0 <= later <= now + 1e-12
    assert now <= 1


@given(accounts, days, st.sampled_from([*WEIGHTS]))
def test_each_complaint_raises_the_score(
    others: Account, first: HealthDay, complaint: Signal
) -> None:
    rest = tuple(day for day in others.days if day.on != first.on)
    known = replace(others, days=(first, *rest))
    assume(spam_score(known, NOW) < 0.99)
    worse = HealthDay(first.on, {**first.counts, complaint: first.count(complaint) + 1})
    assert spam_score(replace(known, days=(worse, *rest)), NOW) > spam_score(known, NOW)


@given(accounts, a_while)
def test_nothing_lifts_an_account_above_its_age(known: Account, passed: timedelta) -> None:
    assert known.since
    own = level(known.since, NOW + passed)
    told = standing(known, NOW + passed).level
    assert told.per_day <= own.per_day
    assert told.per_hour <= own.per_hour
    assert told.gap >= own.gap


@given(accounts, a_while, a_while)
def test_time_alone_only_mends(known: Account, passed: timedelta, more: timedelta) -> None:
    first = standing(
        known, NOW + DAY + passed
    )  # the day on which we were told to slow down is over
    then = standing(known, NOW + DAY + passed + more)
    assert LEVELS.index(then.level) <= LEVELS.index(first.level)
    assert first.stopped_by or not then.stopped_by


@given(accounts, st.sampled_from([*STOPS]), st.timedeltas(timedelta(0), 4 * WEEK))
def test_after_a_stop_no_level_is_jumped_over(
    known: Account, code: str, resumed_after: timedelta
) -> None:
    struck = replace(
        known,
        incidents=(*known.incidents, Incident(code, NOW)),
        resumed_at=NOW + resumed_after,
    )
    ends = NOW + min(STOPS[code], resumed_after)
    assert standing(struck, NOW + (ends - NOW) / 2).stopped_by or ends == NOW
    weeks = [standing(struck, ends + n * WEEK + WEEK - SECOND) for n in range(2)]
    assert weeks[0].level == COLD
    assert weeks[1].level != HOT
