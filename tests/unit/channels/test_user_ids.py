"""WhatsApp users who show no number are known by a business-scoped id (external-apis.md, B2), in and out."""

import json
from typing import Any

import httpx
import pytest
from comeback.channels import whatsapp
from comeback.channels.whatsapp import WhatsAppChannel
from comeback.channels.whatsapp_inbound import parse
from comeback.channels.whatsapp_split import queued, split
from comeback.conversations.model import (
    Address,
    ChannelKind,
    Content,
    InboundEvent,
    MarketingStopped,
    MessageReceived,
    OutboxMessage,
    Purpose,
    StatusReceived,
)

from tests.fakes.clock import NOON
from tests.unit.channels.payloads import notification, value, wa_message, wa_preference, wa_status

USER = "RU.13491208655302741918"
NAMELESS = Address(ChannelKind.WHATSAPP, USER)


def without(source: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    return {**{k: v for k, v in source.items() if k != name}, **more}


def through(**parts: Any) -> list[InboundEvent]:
    raw = json.dumps(notification(value(**parts))).encode()
    return [e for single in split(raw) for e in parse(single.event_id, single.body)]


def test_a_message_is_from_the_id() -> None:
    [event] = through(messages=[without(wa_message(), "from", from_user_id=USER)])
    assert isinstance(event, MessageReceived)
    assert event.address == NAMELESS


def test_a_status_and_a_preference_are_of_the_id() -> None:
    status = without(wa_status("read"), "recipient_id", recipient_user_id=USER)
    wish = without(wa_preference("stop"), "wa_id", user_id=USER)
    read, stopped = through(statuses=[status], user_preferences=[wish])
    assert isinstance(read, StatusReceived)
    assert isinstance(stopped, MarketingStopped)
    assert {read.address, stopped.address} == {NAMELESS}
    assert stopped.event_id.startswith("wa.pref.")
    assert USER not in stopped.event_id


def test_a_persons_events_stay_in_one_queue_group() -> None:
    raw = json.dumps(
        notification(
            value(
                messages=[without(wa_message(), "from", from_user_id=USER)],
                statuses=[without(wa_status("read"), "recipient_id", recipient_user_id=USER)],
            )
        )
    ).encode()
    assert {e.address for e in queued("salon", raw)} == {USER}


def test_nobody_is_called_by_anothers_name() -> None:
    """One notification may carry messages of several senders."""
    contacts = [
        {"wa_id": "1", "profile": {"name": "Boris"}},
        {"user_id": USER, "profile": {"name": "Anna"}},
    ]
    messages = [
        without(wa_message(), "from", from_user_id=USER),
        {**wa_message(), "id": "wamid.2", "from": "1"},
        {**wa_message(), "id": "wamid.3", "from": "2"},
    ]
    body = {**value(messages=messages), "contacts": contacts}
    raw = json.dumps(notification(body)).encode()
    names = [
        event.sender_name
        for single in split(raw)
        for event in parse(single.event_id, single.body)
        if isinstance(event, MessageReceived)
    ]
    assert names == ["Anna", "Boris", ""]


@pytest.mark.parametrize(("value", "field"), [("79990000001", "to"), (USER, "recipient")])
def test_an_answer_goes_to_the_number_or_to_the_id(
    monkeypatch: pytest.MonkeyPatch, value: str, field: str
) -> None:
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json={"messages": [{"id": "wamid.1"}]})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(whatsapp, "http_client", lambda: client)
    message = OutboxMessage(
        "salon", "anna", "re.1", Address(ChannelKind.WHATSAPP, value), Content("hi"),
        Purpose.SERVICE, NOON,
    )  # fmt: skip
    WhatsAppChannel("token", "100200", "http://x").send(message)
    assert bodies[0][field] == value
    assert {"to", "recipient"} & bodies[0].keys() == {field}
