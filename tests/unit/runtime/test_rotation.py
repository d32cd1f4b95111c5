"""Two secrets for an overlap, then one; personal links outlive the webhook's secret they were signed with."""

from datetime import UTC, datetime, timedelta

import pytest
from comeback.rotation import LINK, LINK_BEFORE, accepted, link_key, link_keys, rotated
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
SECRETS = st.text(min_size=1)
ROTATED = pytest.mark.fault("secrets rotated under traffic", "nothing refused; the old ends later")


@ROTATED
@given(SECRETS, SECRETS, st.timedeltas(min_value=timedelta(seconds=-1), max_value=2 * DAY))
def test_the_old_one_is_taken_until_its_end(old: str, new: str, after: timedelta) -> None:
    values = rotated({"s": old}, "s", new, NOW + DAY)
    expected = (new, old) if after < DAY and old != new else (new,)
    assert accepted(values, "s", NOW + after) == expected


@given(SECRETS, SECRETS, SECRETS)
def test_of_two_rotations_the_last_two_are_taken(first: str, second: str, third: str) -> None:
    once = rotated({"s": first}, "s", second, NOW + DAY)
    twice = rotated(once, "s", third, NOW + DAY)
    assert set(accepted(twice, "s", NOW)) == {second, third} or second == third


@pytest.mark.parametrize("ends", ["", "tomorrow", "2026-13-01T00:00:00Z"])
def test_without_a_readable_end_there_is_no_overlap(ends: str) -> None:
    values = {"s": "new", "s_previous": "old", "s_previous_until": ends}
    assert accepted(values, "s", NOW) == ("new",)
    assert accepted({"s": "new", "s_previous": "old"}, "s", NOW) == ("new",)


def test_an_end_without_a_zone_is_utc() -> None:
    values = {"s": "new", "s_previous": "old", "s_previous_until": "2026-03-02T00:00:01"}
    assert accepted(values, "s", NOW) == ("new", "old")
    assert accepted(values, "s", NOW + timedelta(seconds=1)) == ("new",)


def test_nothing_proves_a_secret_that_is_not_there() -> None:
    assert accepted({}, "s", NOW) == ()
    assert rotated({}, "s", "new", NOW) == {"s": "new"}
    assert link_key({}) == ""
    assert link_keys({}, NOW) == ()


@ROTATED
def test_links_outlive_the_webhooks_secret() -> None:
    values = rotated({LINK_BEFORE: "first"}, LINK_BEFORE, "second", NOW + DAY)
    assert (values[LINK_BEFORE], link_key(values)) == ("second", "first")
    assert link_keys(values, NOW + 1000 * DAY) == ("first",)
    again = rotated(values, LINK_BEFORE, "third", NOW + DAY)
    assert link_key(again) == "first"


@ROTATED
def test_a_leaked_webhook_secret_signs_no_link_once_links_have_their_own() -> None:
    values = rotated({LINK_BEFORE: "leaked"}, LINK, "own", NOW + DAY)
    assert link_key(values) == "own"
    assert link_keys(values, NOW) == ("own", "leaked")
    assert link_keys(values, NOW + DAY) == ("own",)
