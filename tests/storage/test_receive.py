"""Receive on the table: one event has one effect, whatever comes twice, late or crashes half-way."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.changes import MoveOutbox
from comeback.channels.telegram_inbound import parse
from comeback.clients.model import Client, may_market, opted_out
from comeback.conversations import links
from comeback.conversations.model import (
    Address,
    ChannelKind,
    DeliveryStatus,
    MarketingResumed,
    MarketingStopped,
    OutboxState,
    Purpose,
)
from comeback.errors import Unavailable
from comeback.reactivation.model import Outcome
from comeback.storage.store import DynamoStore

from tests.storage.talk import CHAT, NOW, PHONE, SECRET, Talk, said, told


@pytest.fixture
def talk(store: DynamoStore) -> Talk:
    return Talk(store)


def consents(talk: Talk, client_id: str = "anna") -> list[tuple[bool, str, ChannelKind | None]]:
    """To marketing, by time."""
    found = [
        c for c in talk.store.client("salon", client_id).consents if c.purpose is Purpose.MARKETING
    ]
    return [(c.granted, c.source, c.channel) for c in sorted(found, key=lambda c: c.at)]


def may(talk: Talk, client_id: str = "anna") -> set[ChannelKind]:
    found = talk.store.client("salon", client_id).consents
    return {c for c in (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP) if may_market(found, c)}


# ── once ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_given_once(talk: Talk) -> None:
    talk.know()
    for _ in range(3):
        talk.hear(said("завтра в 11"))
    assert talk.dialogue.heard == [("answer", "завтра в 11")]
    assert talk.queue.enqueued == [("salon", "anna", "re.tg.1")] * 3
    assert talk.stored("re.tg.1").state is OutboxState.NEW


def test_a_crash_before_the_reply_is_enqueued_is_mended_by_the_redelivery(talk: Talk) -> None:
    talk.know()
    talk.queue.broken = 1
    with pytest.raises(Unavailable):
        talk.hear(said("завтра в 11"))
    assert talk.queue.enqueued == []
    talk.hear(said("завтра в 11"))
    assert talk.queue.enqueued == [("salon", "anna", "re.tg.1")]
    assert talk.dialogue.heard == [("answer", "завтра в 11")]


@pytest.mark.usefixtures("wire")  # moto, run by several threads, needs one request at a time
def test_the_same_event_at_the_same_time_has_one_effect(talk: Talk) -> None:
    talk.know()
    threads = [threading.Thread(target=talk.hear, args=(said("да"),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert talk.queue.waiting == [("salon", "anna", "re.tg.1")]


def test_the_clients_last_word_does_not_move_back(talk: Talk) -> None:
    talk.know()
    talk.hear(said("да", n=1))
    talk.hear(said("раньше", n=2, at=NOW - timedelta(hours=1)))
    conversation = talk.store.client("salon", "anna").conversation(ChannelKind.TELEGRAM)
    assert conversation is not None
    assert conversation.last_inbound_at == NOW


def test_a_record_of_the_queue_is_parsed_and_received(talk: Talk) -> None:
    talk.know()
    chat = {"id": 1001, "type": "private"}
    message = {"message_id": 1, "chat": chat, "date": int(NOW.timestamp()), "text": "да"}
    body = {"update_id": 7, "message": message}
    talk.receive._parsers = {"telegram": lambda _id, found, clock: parse(dict(found), clock.now())}
    record = {"company_id": "salon", "channel": "telegram", "event_id": "tg.7", "body": body}
    talk.receive.handle(record)
    assert talk.dialogue.heard == [("answer", "да")]


# ── stop ─────────────────────────────────────────────────────────────────────────────────────────


def test_stop_in_one_channel_stops_all_at_once_and_is_confirmed(talk: Talk) -> None:
    talk.know()
    talk.dialogue.ends = (("token", Outcome.OPTED_OUT),)
    talk.hear(said("Стоп!"))
    assert may(talk) == set()
    assert opted_out(talk.store.client("salon", "anna").consents)
    assert consents(talk)[-1] == (False, "telegram_stop", None)
    assert talk.dialogue.heard == [("stopped", "anna")]
    assert talk.orchestrator.told == [("token", Outcome.OPTED_OUT)]
    assert talk.queue.enqueued == [("salon", "anna", "re.tg.1")]


def test_a_stop_on_a_templates_button_is_a_stop(talk: Talk) -> None:
    """A quick reply without a payload of ours carries its own words."""
    talk.know()
    talk.hear(said(button_id="Стоп", address=PHONE))
    assert may(talk) == set()


def test_a_stop_after_a_yes_holds_though_telegram_dates_it_earlier(talk: Talk) -> None:
    """Presses are dated by us when they are read, messages by Telegram in whole seconds when they were written."""
    talk.know(consent=False)
    talk.clock.advance(minutes=2)
    pressed = said(button_id="consent:yes", n=1, at=talk.clock.now())
    talk.hear(pressed)
    assert may(talk) == {ChannelKind.TELEGRAM}
    talk.hear(said("стоп", n=2, at=NOW + timedelta(minutes=1)))
    assert may(talk) == set()


def test_a_block_stops_without_a_reply_and_resume_opens_its_channel_again(talk: Talk) -> None:
    talk.know()
    talk.hear(MarketingStopped("tg.1", CHAT, NOW, "telegram_block"))
    assert may(talk) == set()
    later = NOW + timedelta(days=1)
    talk.hear(MarketingResumed("wa.pref.2", PHONE, later, "whatsapp_preferences"))
    assert may(talk) == {ChannelKind.WHATSAPP}
    assert talk.queue.enqueued == []
    assert talk.dialogue.heard == [("stopped", "anna")]


def test_a_block_by_somebody_unknown_changes_nothing(talk: Talk) -> None:
    talk.hear(MarketingStopped("tg.1", CHAT, NOW, "telegram_block"))
    assert list(talk.store.clients("salon")) == []


# ── newcomers and links ──────────────────────────────────────────────────────────────────────────


def newcomer(talk: Talk) -> Client:
    [client_id] = talk.store.clients("salon")
    return talk.store.client("salon", client_id).client


def test_a_newcomer_becomes_a_client_and_is_asked_for_consent(talk: Talk) -> None:
    talk.hear(said("Здравствуйте"))
    client = newcomer(talk)
    assert (client.name, client.addresses, client.phone) == ("Анна К.", (CHAT,), "")
    assert talk.store.client_at("salon", CHAT) == client.client_id
    _, client_id, asked_by = talk.queue.enqueued[-1]
    asked = talk.stored(asked_by, client_id)
    assert [b.button_id for b in asked.content.buttons] == ["consent:yes", "consent:no"]
    assert may(talk, client.client_id) == set()


def test_a_newcomer_in_whatsapp_has_a_phone(talk: Talk) -> None:
    talk.hear(said("Здравствуйте", address=PHONE))
    assert newcomer(talk).phone == "+79990000001"


def test_a_newcomers_stop_is_taken_for_one(talk: Talk) -> None:
    talk.hear(said("стоп"))
    client_id = newcomer(talk).client_id
    assert consents(talk, client_id) == [(False, "telegram_stop", None)]
    assert talk.stored("re.tg.1", client_id).content.buttons == ()


@pytest.mark.parametrize(("button", "channels"), [("yes", {ChannelKind.TELEGRAM}), ("no", set())])
def test_the_answer_to_the_question_is_recorded_for_its_channel(
    talk: Talk, button: str, channels: set[ChannelKind]
) -> None:
    talk.know(consent=False)
    talk.hear(said("/start"))
    talk.hear(said(button_id=f"consent:{button}", n=2, at=NOW + timedelta(minutes=1)))
    assert may(talk) == channels
    assert consents(talk) == [(button == "yes", "telegram_button", ChannelKind.TELEGRAM)]
    assert talk.queue.enqueued == [("salon", "anna", "re.tg.1"), ("salon", "anna", "re.tg.2")]


def test_a_link_binds_the_account_to_its_client(talk: Talk) -> None:
    talk.know(Client("salon", "anna", "Анна", addresses=(PHONE,)))
    made = links.payload("salon", "anna", SECRET)
    talk.hear(said(f"/start {made}", start_payload=made))
    assert talk.store.client_at("salon", CHAT) == "anna"
    assert set(talk.store.client("salon", "anna").client.addresses) == {CHAT, PHONE}
    assert talk.queue.enqueued == [("salon", "anna", "re.tg.1")]
    talk.hear(said("да", n=2, at=NOW + timedelta(minutes=1)))
    assert talk.dialogue.heard == [("answer", "да")]


def test_a_link_takes_an_account_back_from_another_client(talk: Talk) -> None:
    talk.know(Client("salon", "anna", "Анна"))
    talk.know(Client("salon", "boris", "Борис"))
    for n, client_id in enumerate(("anna", "boris", "anna"), start=1):
        made = links.payload("salon", client_id, SECRET)
        talk.hear(said(f"/start {made}", n=n, start_payload=made, at=NOW + timedelta(minutes=n)))
        assert talk.store.client_at("salon", CHAT) == client_id


@pytest.mark.parametrize("client_id", ["anna", "deleted"])
def test_a_link_that_names_nobody_of_ours_makes_a_newcomer(talk: Talk, client_id: str) -> None:
    secret = SECRET if client_id == "deleted" else "forged"
    made = links.payload("salon", client_id, secret)
    talk.hear(said(f"/start {made}", start_payload=made))
    assert newcomer(talk).addresses == (CHAT,)


# ── statuses ─────────────────────────────────────────────────────────────────────────────────────


def test_statuses_move_the_message_on_and_are_counted(talk: Talk) -> None:
    talk.know()
    talk.offer(OutboxState.SENT, provider_id="wamid.1")
    for status in (DeliveryStatus.READ, DeliveryStatus.DELIVERED, DeliveryStatus.READ):
        talk.hear(told(status, ref=""))
    assert talk.stored().state is OutboxState.READ
    assert talk.dialogue.heard == [("reached", "read")]


def test_a_failure_tells_the_journey(talk: Talk) -> None:
    talk.know()
    talk.offer(OutboxState.SENT, provider_id="wamid.1")
    talk.dialogue.ends = (("token", Outcome.UNDELIVERABLE),)
    talk.hear(told(DeliveryStatus.FAILED, code="131026"))
    assert (talk.stored().state, talk.stored().error_code) == (OutboxState.FAILED, "131026")
    assert talk.orchestrator.told == [("token", Outcome.UNDELIVERABLE)]


@pytest.mark.parametrize("state", [OutboxState.SENDING, OutboxState.UNCERTAIN])
def test_a_status_may_come_before_our_own_note_and_settles_it(
    talk: Talk, state: OutboxState
) -> None:
    talk.know()
    talk.offer(state, claimed_by="deliver", claimed_until=NOW + timedelta(minutes=3))
    talk.hear(told(DeliveryStatus.DELIVERED))
    assert (talk.stored().state, talk.stored().provider_id) == (OutboxState.DELIVERED, "wamid.1")
    assert talk.store.outbox_by_provider_id("salon", ChannelKind.WHATSAPP, "wamid.1") == (
        "anna",
        "j1.1",
    )


def test_a_status_of_a_message_that_is_not_ours_changes_nothing(talk: Talk) -> None:
    talk.know()
    for ref in ("", "j9.1"):
        talk.hear(replace(told(DeliveryStatus.READ, ref), event_id=f"wa.{ref}"))
    stranger = Address(ChannelKind.WHATSAPP, "7000")
    talk.hear(replace(told(DeliveryStatus.SENT), address=stranger, event_id="wa.s"))
    assert talk.dialogue.heard == []


def test_a_status_that_meets_a_change_is_decided_again(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.know()
    sending = talk.offer(OutboxState.SENDING)
    reached = talk.dialogue.reached

    def overtaken(*given: object) -> object:
        monkeypatch.setattr(talk.dialogue, "reached", reached)
        noted = replace(sending, state=OutboxState.SENT, provider_id="wamid.1")
        talk.store.commit([MoveOutbox(noted, OutboxState.SENDING)])
        return reached(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(talk.dialogue, "reached", overtaken)
    talk.hear(told(DeliveryStatus.DELIVERED))
    assert talk.stored().state is OutboxState.DELIVERED
