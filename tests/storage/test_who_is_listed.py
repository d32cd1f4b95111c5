"""Whom a day's campaign has room for: not those who said stop or agreed to nothing, and none that no message can reach."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from comeback.changes import SaveClient, SaveConsent
from comeback.clients.model import Consent
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.reactivation.detect import first
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.model import DueService, IntervalSource, Outcome
from comeback.reactivation.refit import Refit

from tests.storage.life import CHAT, TEN, Life, NoModels

SECOND = Address(ChannelKind.TELEGRAM, "102")
TODAY = date(2026, 3, 2)


def night(life: Life) -> None:
    Refit(life.store, NoModels(), life.clock).tick()


def take_back(life: Life, client_id: str) -> None:
    """As an import leaves a client: known, and asked for nothing yet."""
    no_record = Consent(Purpose.MARKETING, False, TEN, "test", "v1", ChannelKind.TELEGRAM)
    life.store.commit([SaveConsent("salon", client_id, no_record)])


@pytest.mark.fault("dates are refitted every night after a STOP", "due for nothing any more")
def test_who_said_stop_is_not_listed_again_by_the_refit(life: Life) -> None:
    life.client("anna")
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    life.says("STOP!")
    life.track.run(ref, life.outcome())
    assert life.outcome() is Outcome.OPTED_OUT
    for _ in range(3):
        life.clock.advance(days=20)
        night(life)
        assert list(life.store.due("salon", date.max)) == []


def test_entries_that_an_earlier_release_brought_back_go(life: Life) -> None:
    life.client("anna")
    stop = Consent(Purpose.MARKETING, False, TEN + timedelta(hours=1), "test", "v1", None)
    life.store.commit([SaveConsent("salon", "anna", stop)])
    assert len(list(life.store.due("salon", date.max))) == 1
    night(life)
    assert list(life.store.due("salon", date.max)) == []


def test_who_agreed_to_nothing_takes_nobodys_place(life: Life) -> None:
    life.company = replace(life.company, daily_limit=1)
    life.store.save_company(life.company)
    life.client("vip", CHAT, days_ago=90)
    life.client("anna", SECOND)
    take_back(life, "vip")
    vip = life.store.client("salon", "vip").client
    life.store.commit([SaveClient(replace(vip, vip=True))])
    night(life)
    (ref,) = life.campaign()
    assert ref.client_id == "anna"
    skipped = life.store.funnel("salon", TODAY, TODAY)
    assert [day.skipped for day in skipped] == [{"no_consent": 1}]


def test_a_later_yes_is_listed_after_the_night(life: Life) -> None:
    life.client("anna")
    take_back(life, "anna")
    night(life)
    assert life.campaign() == []
    life.clock.advance(hours=14)
    yes = Consent(Purpose.MARKETING, True, life.clock.now(), "test", "v1", ChannelKind.TELEGRAM)
    life.store.commit([SaveConsent("salon", "anna", yes)])
    night(life)
    life.clock.advance(hours=10)
    assert [ref.client_id for ref in life.campaign()] == ["anna"]


def entry(n: int) -> DueService:
    return DueService(
        "salon", f"c{n}", "cut", TODAY, TODAY, TODAY - timedelta(days=28), 3, 0, False,
        IntervalSource.MANUAL, "",
    )  # fmt: skip


@pytest.mark.parametrize("percent", [0, 10, 50])
def test_who_is_held_out_takes_no_message(life: Life, percent: int) -> None:
    company = replace(life.company, holdout_percent=percent)
    listed = first(company, [entry(n) for n in range(400)], 100)
    written = [e for e in listed if not in_holdout("salon", e.client_id, percent)]
    assert len(written) == 100
    assert listed == [entry(n) for n in range(len(listed))]
    assert listed[-1] == written[-1], "nobody behind the last message"


def test_a_full_day_lists_nobody(life: Life) -> None:
    assert first(replace(life.company, holdout_percent=50), [entry(n) for n in range(9)], 0) == []
