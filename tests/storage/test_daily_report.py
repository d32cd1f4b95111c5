"""The owner's morning report: out once, with its chart, from what journeys and trials on the table say."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from comeback.analytics.chart import chart
from comeback.analytics.daily_report import DailyReport
from comeback.changes import SaveIncident, SetOwner
from comeback.conversations.model import (
    OWNER,
    Address,
    ChannelKind,
    Incident,
    MessageReceived,
    OutboxState,
)
from comeback.errors import Conflict
from comeback.reactivation.trials import SettleTrials
from comeback.storage.store import DynamoStore

from tests.storage.life import Life

OWNERS_CHAT = Address(ChannelKind.TELEGRAM, "777")
PNG = b"\x89PNG"


@pytest.fixture
def life(store: DynamoStore) -> Life:
    life = Life(store)
    life.company = replace(life.company, holdout_percent=10)
    life.open_salon()
    return life


def report(life: Life) -> DailyReport:
    settle = SettleTrials(life.store, life.clock).company
    return DailyReport(life.store, life.limits, life.queue, life.clock, chart, settle)


def until_morning(life: Life) -> None:
    life.clock.advance(hours=1)
    while life.company.local(life.clock.now()).hour != life.company.report_hour:
        life.clock.advance(hours=1)


def test_without_an_owner_there_is_no_report(life: Life) -> None:
    until_morning(life)
    assert report(life).tick() == []
    assert life.queue.enqueued == []


def test_one_report_a_day_at_its_hour_with_the_chart(life: Life) -> None:
    life.store.commit([SetOwner("salon", OWNERS_CHAT)])
    assert report(life).tick() == []  # ten o'clock
    until_morning(life)
    assert report(life).tick() == ["salon"]
    assert report(life).tick() == []
    life.deliver_all()
    first = life.telegram.sent[0]
    assert first.address == OWNERS_CHAT
    assert first.content.picture.startswith(PNG)
    said = "\n".join(m.content.text for m in life.telegram.sent)
    assert "Salon" in said
    assert life.store.outbox("salon", OWNER, first.outbox_id).state is OutboxState.SENT


def test_it_tells_what_was_sent_answered_and_booked(life: Life) -> None:
    life.store.commit([SetOwner("salon", OWNERS_CHAT)])
    life.company = replace(life.company, holdout_percent=0)
    life.store.save_company(replace(life.company, owner=OWNERS_CHAT))
    for n in range(2):
        life.client(f"client{n}", Address(ChannelKind.TELEGRAM, f"10{n}"))
    for ref in life.campaign():
        life.run_until_sent(ref)
    life.says("yes, the first one", address=Address(ChannelKind.TELEGRAM, "100"))
    until_morning(life)
    company = life.store.company("salon")
    facts = report(life).facts(company, life.clock.now())
    assert len(facts) == 2
    assert sum(f.booked_at is not None for f in facts) == 1
    made = report(life).report(company, facts, life.clock.now())
    assert (made.month.sent, made.month.answered, made.month.booked) == (2, 1, 1)
    assert made.month.revenue_minor == 200_000
    assert made.lift is None  # nobody is held out
    assert made.cost.messages_minor == 0


def test_a_run_that_broke_off_is_made_up_for(life: Life) -> None:
    life.store.commit([SetOwner("salon", OWNERS_CHAT)])
    until_morning(life)
    life.queue.broken = 1
    with pytest.raises(ExceptionGroup):
        report(life).tick()
    report(life).tick()
    life.deliver_all()
    assert life.telegram.sent
    assert life.clock.now() - timedelta(hours=2) < life.telegram.sent[0].created_at


def test_one_companys_trouble_is_not_anothers(life: Life) -> None:
    life.store.commit([SetOwner("salon", OWNERS_CHAT)])
    broken = replace(life.company, company_id="broken", owner=OWNERS_CHAT, holdout_percent=0)
    life.store.save_company(broken)
    until_morning(life)
    made = report(life)
    trouble = replace(made, settle=lambda c: 1 // (c.company_id != "broken"))
    with pytest.raises(ExceptionGroup):
        trouble.tick()
    assert {client_id for _, client_id, _ in life.queue.enqueued} == {OWNER}


def test_a_stopped_account_can_be_resumed_from_the_report(life: Life) -> None:
    life.store.commit([SetOwner("salon", OWNERS_CHAT)])
    incident = Incident("131031", life.clock.now())
    life.store.commit([SaveIncident("salon", ChannelKind.WHATSAPP, incident)])
    until_morning(life)
    report(life).tick()
    life.deliver_all()
    buttons = [b.button_id for m in life.telegram.sent for b in m.content.buttons]
    assert buttons == ["owner:resume:whatsapp"]


def test_the_owners_thanks_make_no_client(life: Life) -> None:
    life.store.commit([SetOwner("salon", OWNERS_CHAT)])
    life.events += 1
    now = life.clock.now()
    life.receive.receive("salon", MessageReceived("e1", OWNERS_CHAT, now, "спасибо"))
    assert list(life.store.clients("salon")) == []
    assert life.queue.enqueued == []


def test_a_commit_lost_to_nobody_leaves_no_reference_to_nothing(life: Life) -> None:
    """Other transactions may keep holding an item and then write something else: the next run makes the report."""
    life.store.commit([SetOwner("salon", OWNERS_CHAT)])
    until_morning(life)
    held = patch.object(life.store, "commit", side_effect=Conflict("held by others"))
    with held, pytest.raises(Conflict):
        report(life).company(life.store.company("salon"), life.clock.now())
    assert life.queue.enqueued == []
    assert report(life).tick() == ["salon"]
