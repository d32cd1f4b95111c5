"""A pressed button counts from when it came to us, however late it is read: a stop that was said after it stays the last word."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from comeback.channels import telegram_inbound
from comeback.channels.webhook import Enqueued
from comeback.clients.model import may_market, opted_out
from comeback.conversations.consent import ConsentTalk
from comeback.conversations.model import (
    Address,
    ChannelKind,
    InboundEvent,
    MarketingStopped,
    MessageReceived,
)
from comeback.conversations.receive import OLDEST, Receive

from tests.unit.channels.payloads import tg_press, update
from tests.unit.conversations.conftest import CHAT, PHONE, Salon
from tests.unit.conversations.inbound import receive, wrote

OVERTAKEN = pytest.mark.fault(
    "a yes waits in a queue or the dead letters, and a stop is read first", "the stop is in force"
)


def press(at: datetime | None, button_id: str = "consent:yes") -> dict[str, Any]:
    """Anna's, as the webhook queues it; `at` None: before arrivals were written down."""
    body = update(callback_query=tg_press(button_id))
    event = Enqueued("salon", "telegram", CHAT.value, "tg.7", body, at)
    return event.message


def read(salon: Salon, record: dict[str, Any]) -> None:
    Receive(
        store=salon.store,
        outbound=salon.queue,
        orchestrator=salon.orchestrator,
        dialogue=salon.dialogue,
        consent=ConsentTalk(salon.store, lambda _company: salon.secrets),
        clock=salon.clock,
        parsers={"telegram": lambda _id, body, at: telegram_inbound.parse(dict(body), at)},
        skipped=lambda *told: salon.skipped.append(told),
    ).handle(record)


def may(salon: Salon) -> bool:
    return may_market(salon.file().consents, ChannelKind.TELEGRAM)


@OVERTAKEN
@pytest.mark.parametrize("stopped_in", [CHAT, PHONE], ids=["telegram", "whatsapp"])
@pytest.mark.parametrize("waited", [timedelta(minutes=20), timedelta(days=14)], ids=str)
def test_a_yes_read_late_does_not_overtake_the_stop(
    salon: Salon, stopped_in: Address, waited: timedelta
) -> None:
    yes = press(salon.clock.now())
    salon.clock.advance(minutes=10)
    receive(salon, wrote(salon, "STOP", stopped_in))
    salon.clock.advance(seconds=waited.total_seconds())
    read(salon, yes)
    assert not may(salon)
    assert opted_out(salon.file().consents)


def test_a_yes_after_the_stop_counts_however_late_it_is_read(salon: Salon) -> None:
    receive(salon, wrote(salon, "STOP"))
    salon.clock.advance(minutes=10)
    yes = press(salon.clock.now())
    salon.clock.advance(days=14)
    read(salon, yes)
    assert may(salon)


def test_what_was_queued_before_arrivals_were_written_down_is_dated_when_read(salon: Salon) -> None:
    receive(salon, wrote(salon, "STOP"))
    salon.clock.advance(minutes=10)
    read(salon, press(None))
    assert max(c.at for c in salon.file().consents) == salon.clock.now()
    assert may(salon)


@pytest.mark.fault(
    "Telegram brings a yes again, hours after the stop that followed it", "the stop is in force"
)
@pytest.mark.parametrize("how", ["words", "block", "button"])
def test_a_yes_that_telegram_brings_again_does_not_overtake_the_stop(
    salon: Salon, how: str
) -> None:
    """It dates no press, but numbers all."""
    receive(salon, refused(salon, how, serial=8))
    receive(salon, wrote(salon, "Hello?"))
    salon.clock.advance(hours=5)
    read(salon, press(salon.clock.now()))
    assert not may(salon)


def test_a_yes_with_a_higher_number_comes_after_the_stop(salon: Salon) -> None:
    receive(salon, refused(salon, "words", serial=6))
    salon.clock.advance(hours=5)
    read(salon, press(salon.clock.now()))
    assert may(salon)


def test_a_week_after_the_stop_telegram_may_have_begun_to_number_anew(salon: Salon) -> None:
    receive(salon, refused(salon, "words", serial=8))
    salon.clock.advance(days=7)
    read(salon, press(salon.clock.now()))
    assert may(salon)


def refused(salon: Salon, how: str, serial: int) -> InboundEvent:
    if how == "block":
        return MarketingStopped("tg.x", CHAT, salon.clock.now(), "telegram_block", serial)
    words = {"text": "STOP"} if how == "words" else {"button_id": "consent:no"}
    return MessageReceived("tg.x", CHAT, salon.clock.now(), **words, serial=serial)


@pytest.mark.parametrize(("late", "heard"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_press_too_is_refused_when_it_is_older_than_our_memory(
    salon: Salon, late: timedelta, heard: bool
) -> None:
    slot = press(salon.clock.now(), "slot:1")
    salon.clock.advance(seconds=(OLDEST + late).total_seconds())
    read(salon, slot)
    assert bool(salon.dialogue.heard) is heard
    assert salon.skipped == ([] if heard else [("EventsTooOld", "salon", "tg.7")])
