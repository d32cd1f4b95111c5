"""Telegram's updates, as our inbound events. Light: the webhook loads it too."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from comeback.conversations.model import (
    Address,
    ChannelKind,
    InboundEvent,
    MarketingStopped,
    MessageReceived,
)

UnixSeconds = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]


class User(msgspec.Struct):
    id: int
    first_name: str = ""
    last_name: str = ""


class Chat(msgspec.Struct):
    id: int
    type: str = "private"


class Message(msgspec.Struct):
    message_id: int
    chat: Chat
    date: UnixSeconds
    sender: User | None = msgspec.field(name="from", default=None)
    text: str = ""
    caption: str = ""
    reply_to_message: "Message | None" = None


class CallbackQuery(msgspec.Struct):
    id: str
    sender: User = msgspec.field(name="from")
    data: str = ""
    message: Message | None = None

    @property
    def chat_id(self) -> int | None:
        """A private chat has its user's id."""
        private = self.message is None or self.message.chat.type == "private"
        return self.sender.id if private else None


class Member(msgspec.Struct):
    status: str


class MemberUpdated(msgspec.Struct):
    chat: Chat
    date: UnixSeconds
    new_chat_member: Member


class Update(msgspec.Struct):
    """Of all update types the four that clients cause in a private chat; others decode to none of them."""

    update_id: int
    message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MemberUpdated | None = None

    @property
    def event_id(self) -> str:
        return f"tg.{self.update_id}"

    @property
    def chat_id(self) -> int | None:
        """Whose conversation this belongs to; None: not one of ours."""
        if self.message and self.message.chat.type == "private":
            return self.message.chat.id
        if self.callback_query:
            return self.callback_query.chat_id
        if self.my_chat_member and self.my_chat_member.chat.type == "private":
            return self.my_chat_member.chat.id
        return None


def acknowledgement(update: Update) -> str:
    """The webhook's answer may itself be a call of the Bot API: it stops the pressed button's spinner at no cost."""
    if update.callback_query is None:
        return ""
    call = {"method": "answerCallbackQuery", "callback_query_id": update.callback_query.id}
    return msgspec.json.encode(call).decode()


def parse(body: dict[str, Any], now: datetime) -> list[InboundEvent]:
    """Empty for what no client caused. Raises msgspec.ValidationError on what is no update. `now`: for a pressed
    button, which Telegram does not date."""
    update = msgspec.convert(body, Update)
    chat_id = update.chat_id
    if chat_id is None:
        return []
    address = Address(ChannelKind.TELEGRAM, str(chat_id))
    if update.callback_query:
        return [_pressed(update.event_id, update.callback_query, address, now)]
    if update.message:
        return [_wrote(update.event_id, update.message, address)]
    member = update.my_chat_member
    if member and member.new_chat_member.status == "kicked":
        at = datetime.fromtimestamp(member.date, UTC)
        return [MarketingStopped(update.event_id, address, at, "telegram_block")]
    return []


def _pressed(event_id: str, query: CallbackQuery, address: Address, now: datetime) -> InboundEvent:
    return MessageReceived(
        event_id=event_id,
        address=address,
        at=now,
        button_id=query.data,
        reply_to=str(query.message.message_id) if query.message else "",
        sender_name=_name(query.sender),
    )


def _wrote(event_id: str, message: Message, address: Address) -> InboundEvent:
    words = message.text or message.caption
    command, _, payload = words.partition(" ")
    started = command == "/start"
    return MessageReceived(
        event_id=event_id,
        address=address,
        at=datetime.fromtimestamp(message.date, UTC),
        text=words,
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else "",
        sender_name=_name(message.sender) if message.sender else "",
        start_payload=payload.strip() if started else "",
    )


def _name(user: User) -> str:
    return " ".join(part for part in (user.first_name, user.last_name) if part)
