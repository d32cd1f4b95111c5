"""WhatsApp's single events, as `whatsapp_split` puts them on the queue, as our inbound events."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from comeback.channels import whatsapp_account
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
    """In our own wrapping (`whatsapp_split`)."""


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
