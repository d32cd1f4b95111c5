"""WhatsApp's notifications, split into single events, and as our inbound events. Light: the webhook loads it too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from comeback.channels import whatsapp_account
from comeback.channels.webhook import Enqueued
from comeback.channels.whatsapp_account import AccountNews, UnixSeconds
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

ACCOUNT = "account"
"""In the place of a client's address, where an event is about our own account: such events keep their order."""
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
    """A user who shows no number has `from_user_id` alone, the business-scoped id (external-apis.md, B2)."""

    id: str
    timestamp: UnixSecondsText
    sender: str = msgspec.field(name="from", default="")
    from_user_id: str = ""
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
    recipient_user_id: str = ""
    biz_opaque_callback_data: str = ""
    errors: list[Problem] = []


class Preference(msgspec.Struct):
    value: str
    timestamp: UnixSeconds | UnixSecondsText
    wa_id: str = ""
    user_id: str = ""
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
    account: AccountNews | None = None
    """In our own wrapping (`_of_change`)."""


class Heads(msgspec.Struct):
    messages: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []
    user_preferences: list[dict[str, Any]] = []


class MessageHead(msgspec.Struct):
    id: str
    sender: str = msgspec.field(name="from", default="")
    from_user_id: str = ""


class StatusHead(msgspec.Struct):
    id: str
    status: str
    recipient_id: str = ""
    recipient_user_id: str = ""


class PreferenceHead(msgspec.Struct):
    timestamp: int | str
    wa_id: str = ""
    user_id: str = ""


class Change(msgspec.Struct):
    value: dict[str, Any]
    field: str = ""


class Entry(msgspec.Struct):
    """`id`: the WhatsApp Business Account's. `time`: Unix seconds, of the account's news the only time there is."""

    id: Any = ""
    time: Any = None
    changes: list[Change] = []


class Notification(msgspec.Struct):
    entry: list[Entry] = []


class Single(msgspec.Struct):
    """One event out of a notification: `body` is a `Value` with exactly one of what it may hold."""

    event_id: str
    address: str
    body: dict[str, Any]


def queued(company_id: str, raw: bytes) -> list[Enqueued]:
    """What a notification puts on the queue. Raises msgspec.MsgspecError on what is no notification."""
    return [
        Enqueued(company_id, ChannelKind.WHATSAPP.value, s.address, s.event_id, s.body)
        for s in split(raw)
    ]


def split(raw: bytes) -> list[Single]:
    """Raises msgspec.ValidationError or DecodeError on what is no notification."""
    notification = msgspec.json.decode(raw, type=Notification)
    changes = [(entry, change) for entry in notification.entry for change in entry.changes]
    return [single for entry, change in changes for single in _of_change(entry, change)]


def _of_change(entry: Entry, change: Change) -> Iterator[Single]:
    """Of our own account there is one thing told at a time; it takes along what it needs of its entry."""
    if change.field not in whatsapp_account.READERS:
        yield from _singles(change.value)
        return
    event_id = whatsapp_account.event_id(change.field, change.value, entry.time)
    around = {"waba_id": entry.id, "time": entry.time, "field": change.field}
    yield Single(event_id, ACCOUNT, {"account": {**around, "value": change.value}})


def _singles(raw: dict[str, Any]) -> Iterator[Single]:
    """Looks no deeper than at who and which: one odd message must not cost the others their way."""
    value = msgspec.convert(raw, Heads)
    for message in value.messages:
        head = msgspec.convert(message, MessageHead)
        sender = head.sender or head.from_user_id
        body = {"contacts": _contacts_of(sender, raw), "messages": [message]}
        yield Single(f"wa.{head.id}", sender, body)
    for status in value.statuses:
        told = msgspec.convert(status, StatusHead)
        recipient = told.recipient_id or told.recipient_user_id
        yield Single(f"wa.{told.id}.{told.status}", recipient, {"statuses": [status]})
    for preference in value.user_preferences:
        wish = msgspec.convert(preference, PreferenceHead)
        who = wish.wa_id or wish.user_id
        event_id = f"wa.pref.{who}.{wish.timestamp}"
        yield Single(event_id, who, {"user_preferences": [preference]})


def _contacts_of(sender: str, raw: dict[str, Any]) -> list[Any]:
    """One notification may carry several senders' messages: nobody is called by another's name."""
    listed = raw.get("contacts")
    contacts = [c for c in listed if isinstance(c, dict)] if isinstance(listed, list) else []
    return [c for c in contacts if sender in (c.get("wa_id"), c.get("user_id"))]


def parse(event_id: str, body: dict[str, Any]) -> list[InboundEvent]:
    """The inbound event of one `Single.body`; empty for kinds we do not know. Raises msgspec.ValidationError."""
    value = msgspec.convert(body, Value)
    name = value.contacts[0].profile.name if value.contacts and value.contacts[0].profile else ""
    events: list[InboundEvent] = [
        _message(event_id, message, name)
        for message in value.messages
        if message.sender or message.from_user_id
    ]
    events += [_status(event_id, status) for status in value.statuses if status.status in STATUSES]
    for preference in value.user_preferences:
        kind = PREFERENCES.get(preference.value)
        if kind:
            at = _time(preference.timestamp)
            who = _address(preference.wa_id or preference.user_id)
            events.append(kind(event_id, who, at, "whatsapp_preferences"))
    if value.account:
        events += whatsapp_account.changes(event_id, value.account)
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
        address=_address(message.sender or message.from_user_id),
        at=_time(message.timestamp),
        text=message.text.body if message.text else "",
        button_id=reply.id if reply else (button.payload if button else ""),
        reply_to=message.context.id if message.context else "",
        sender_name=name,
    )


def _status(event_id: str, status: Status) -> StatusReceived:
    return StatusReceived(
        event_id=event_id,
        address=_address(status.recipient_id or status.recipient_user_id),
        at=_time(status.timestamp),
        status=DeliveryStatus(status.status),
        provider_id=status.id,
        outbox_ref=status.biz_opaque_callback_data,
        error_code=str(status.errors[0].code) if status.errors else "",
    )


def _address(number: str) -> Address:
    """A number in digits, or a business-scoped user id."""
    return Address(ChannelKind.WHATSAPP, number.lstrip("+"))


def _time(timestamp: int | str) -> datetime:
    """Unix seconds."""
    return datetime.fromtimestamp(int(timestamp), UTC)
