"""WhatsApp's notifications, split into single events. The webhook loads this and no model of ours: its cold start is felt by
the messenger.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from comeback.channels.webhook import Enqueued
from comeback.decoding import decoded

CHANNEL = "whatsapp"
ACCOUNT = "account"
"""In the place of a client's address, where an event is about our own account: such events keep their order."""
ACCOUNT_FIELDS = frozenset(
    {
        "phone_number_quality_update",
        "business_capability_update",
        "message_template_status_update",
        "account_update",
    }
)
"""Webhook fields that tell about it; `whatsapp_account` reads them."""


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
    """Meta gives it no id. `value` belongs to ours: stop and resume may come within one second."""

    timestamp: int | str
    value: Any = ""
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
    return [Enqueued(company_id, CHANNEL, s.address, s.event_id, s.body) for s in split(raw)]


def split(raw: bytes) -> list[Single]:
    """Raises msgspec.ValidationError or DecodeError on what is no notification."""
    notification = decoded(raw, Notification)
    changes = [(entry, change) for entry in notification.entry for change in entry.changes]
    return [single for entry, change in changes for single in _of_change(entry, change)]


def _of_change(entry: Entry, change: Change) -> Iterator[Single]:
    """Of our own account there is one thing told at a time; it takes along what it needs of its entry."""
    if change.field not in ACCOUNT_FIELDS:
        yield from _singles(change.value)
        return
    event_id = _news_id(change.field, change.value, entry.time)
    around = {"waba_id": entry.id, "time": entry.time, "field": change.field}
    yield Single(event_id, ACCOUNT, {"account": {**around, "value": change.value}})


def _singles(raw: dict[str, Any]) -> Iterator[Single]:
    """Looks no deeper than at who and which: one odd message must not cost the others their way."""
    value = msgspec.convert(raw, Heads)
    for message in value.messages:
        head = msgspec.convert(message, MessageHead)
        sender = head.sender or head.from_user_id
        body = {"contacts": _contacts_of(sender, raw), "messages": [message]}
        yield Single(f"wa.{digest(head.id)}", sender, body)
    for status in value.statuses:
        told = msgspec.convert(status, StatusHead)
        recipient = told.recipient_id or told.recipient_user_id
        yield Single(f"wa.{digest(told.id)}.{told.status}", recipient, {"statuses": [status]})
    for preference in value.user_preferences:
        wish = msgspec.convert(preference, PreferenceHead)
        who = wish.wa_id or wish.user_id
        event_id = f"wa.pref.{digest(f'{who}.{wish.timestamp}.{wish.value}')}"
        yield Single(event_id, who, {"user_preferences": [preference]})


def digest(name: str) -> str:
    """WhatsApp's ids hold the client's number, ours go into keys, names and logs. Random in them keeps this from being guessed,
    except for preferences', which go into a blinded key alone."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]


def _contacts_of(sender: str, raw: dict[str, Any]) -> list[Any]:
    """One notification may carry several senders' messages: nobody is called by another's name."""
    listed = raw.get("contacts")
    contacts = [c for c in listed if isinstance(c, dict)] if isinstance(listed, list) else []
    return [c for c in contacts if sender in (c.get("wa_id"), c.get("user_id"))]


def _news_id(field: str, value: Mapping[str, Any], time: object) -> str:
    """WhatsApp gives none; the same news told again has the same."""
    about = value.get("message_template_name") or value.get("display_phone_number") or ""
    limit = value.get("max_daily_conversations_per_business")
    told = value.get("event") or limit or value.get("max_daily_conversation_per_phone") or ""
    language = value.get("message_template_language") or ""
    return f"wa.{field}.{about}{language}.{told}.{time}"
