"""WhatsApp's notifications, split into single events, and as our inbound events. Light: the webhook loads it too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from comeback.conversations.model import (
    Address,
    ChannelKind,
    DeliveryStatus,
    InboundEvent,
    MarketingResumed,
    MarketingStopped,
    MessageReceived,
    StatusReceived,
)

UnixSeconds = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
UnixSecondsText = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,9}$|^[1-3][0-9]{9}$")]


class Body(msgspec.Struct):
    body: str = ""


class Reply(msgspec.Struct):
    id: str = ""
    title: str = ""


class Interactive(msgspec.Struct):
    button_reply: Reply | None = None
    list_reply: Reply | None = None


class PressedButton(msgspec.Struct):
    payload: str = ""
    text: str = ""


class Context(msgspec.Struct):
    id: str = ""


class Message(msgspec.Struct):
    """`sender` is absent for username users without recent interaction; then there is no address to answer."""

    id: str
    timestamp: UnixSecondsText
    sender: str = msgspec.field(name="from", default="")
    text: Body | None = None
    interactive: Interactive | None = None
    button: PressedButton | None = None
    context: Context | None = None


class Problem(msgspec.Struct):
    code: int = 0


class Status(msgspec.Struct):
    id: str
    status: str
    timestamp: UnixSecondsText
    recipient_id: str = ""
    biz_opaque_callback_data: str = ""
    errors: list[Problem] = []


class Preference(msgspec.Struct):
    wa_id: str
    value: str
    timestamp: UnixSeconds | UnixSecondsText
    category: str = ""


class Profile(msgspec.Struct):
    name: str = ""


class Contact(msgspec.Struct):
    profile: Profile | None = None


class Value(msgspec.Struct):
    contacts: list[Contact] = []
    messages: list[Message] = []
    statuses: list[Status] = []
    user_preferences: list[Preference] = []


class Heads(msgspec.Struct):
    messages: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []
    user_preferences: list[dict[str, Any]] = []


class MessageHead(msgspec.Struct):
    id: str
    sender: str = msgspec.field(name="from", default="")


class StatusHead(msgspec.Struct):
    id: str
    status: str
    recipient_id: str = ""


class PreferenceHead(msgspec.Struct):
    wa_id: str
    timestamp: int | str


class Change(msgspec.Struct):
    value: dict[str, Any]
    field: str = ""


class Entry(msgspec.Struct):
    changes: list[Change] = []


class Notification(msgspec.Struct):
    entry: list[Entry] = []


class Single(msgspec.Struct):
    """One event out of a notification: `body` is a `Value` with exactly one message, status or preference."""

    event_id: str
    address: str
    body: dict[str, Any]


def split(raw: bytes) -> list[Single]:
    """Raises msgspec.ValidationError or DecodeError on what is no notification."""
    notification = msgspec.json.decode(raw, type=Notification)
    values = [change.value for entry in notification.entry for change in entry.changes]
    return [single for value in values for single in _singles(value)]


def _singles(raw: dict[str, Any]) -> Iterator[Single]:
    """Looks no deeper than at who and which: one odd message must not cost the others their way."""
    value = msgspec.convert(raw, Heads)
    contacts = raw.get("contacts", [])
    for message in value.messages:
        head = msgspec.convert(message, MessageHead)
        body = {"contacts": contacts, "messages": [message]}
        yield Single(f"wa.{head.id}", head.sender, body)
    for status in value.statuses:
        told = msgspec.convert(status, StatusHead)
        yield Single(f"wa.{told.id}.{told.status}", told.recipient_id, {"statuses": [status]})
    for preference in value.user_preferences:
        wish = msgspec.convert(preference, PreferenceHead)
        event_id = f"wa.pref.{wish.wa_id}.{wish.timestamp}"
        yield Single(event_id, wish.wa_id, {"user_preferences": [preference]})


def parse(event_id: str, body: dict[str, Any]) -> list[InboundEvent]:
    """The inbound event of one `Single.body`; empty for kinds we do not know. Raises msgspec.ValidationError."""
    value = msgspec.convert(body, Value)
    name = value.contacts[0].profile.name if value.contacts and value.contacts[0].profile else ""
    events: list[InboundEvent] = [
        _message(event_id, message, name) for message in value.messages if message.sender
    ]
    events += [_status(event_id, status) for status in value.statuses if status.status in STATUSES]
    for preference in value.user_preferences:
        kind = PREFERENCES.get(preference.value)
        if kind:
            at = _time(preference.timestamp)
            events.append(kind(event_id, _address(preference.wa_id), at, "whatsapp_preferences"))
    return events


STATUSES = {status.value for status in DeliveryStatus}
PREFERENCES: dict[str, type[MarketingStopped] | type[MarketingResumed]] = {
    "stop": MarketingStopped,
    "resume": MarketingResumed,
}


def _message(event_id: str, message: Message, name: str) -> MessageReceived:
    reply = message.interactive and (
        message.interactive.button_reply or message.interactive.list_reply
    )
    button = message.button
    return MessageReceived(
        event_id=event_id,
        address=_address(message.sender),
        at=_time(message.timestamp),
        text=message.text.body if message.text else "",
        button_id=reply.id if reply else (button.payload if button else ""),
        reply_to=message.context.id if message.context else "",
        sender_name=name,
    )


def _status(event_id: str, status: Status) -> StatusReceived:
    return StatusReceived(
        event_id=event_id,
        address=_address(status.recipient_id),
        at=_time(status.timestamp),
        status=DeliveryStatus(status.status),
        provider_id=status.id,
        outbox_ref=status.biz_opaque_callback_data,
        error_code=str(status.errors[0].code) if status.errors else "",
    )


def _address(number: str) -> Address:
    return Address(ChannelKind.WHATSAPP, number.lstrip("+"))


def _time(timestamp: int | str) -> datetime:
    """Unix seconds."""
    return datetime.fromtimestamp(int(timestamp), UTC)
