"""Telegram's updates, as our inbound events."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from comeback.channels.telegram_update import CallbackQuery, Message, Update, User
from comeback.conversations.model import (
    Address,
    ChannelKind,
    InboundEvent,
    MarketingStopped,
    MessageReceived,
)


def parse(body: dict[str, Any], arrived_at: datetime) -> list[InboundEvent]:
    """Empty for what no client caused. Raises msgspec.ValidationError on what is no update. `arrived_at`: of a pressed
    button, which Telegram does not date. Not when it is read: a yes that waited would overtake a stop."""
    update = msgspec.convert(body, Update)
    chat_id = update.chat_id
    if chat_id is None:
        return []
    address = Address(ChannelKind.TELEGRAM, str(chat_id))
    if update.callback_query:
        return [_pressed(update, update.callback_query, address, arrived_at)]
    if update.message:
        return [_wrote(update, update.message, address)]
    member = update.my_chat_member
    if member and member.new_chat_member.status == "kicked":
        at = datetime.fromtimestamp(member.date, UTC)
        source, serial = "telegram_block", update.update_id
        return [MarketingStopped(update.event_id, address, at, source, serial)]
    return []


def _pressed(update: Update, query: CallbackQuery, address: Address, at: datetime) -> InboundEvent:
    return MessageReceived(
        event_id=update.event_id,
        address=address,
        at=at,
        button_id=query.data,
        reply_to=str(query.message.message_id) if query.message else "",
        sender_name=_name(query.sender),
        serial=update.update_id,
    )


def _wrote(update: Update, message: Message, address: Address) -> InboundEvent:
    words = message.text or message.caption
    command, _, payload = words.partition(" ")
    started = command == "/start"
    return MessageReceived(
        event_id=update.event_id,
        address=address,
        at=datetime.fromtimestamp(message.date, UTC),
        text=words,
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else "",
        sender_name=_name(message.sender) if message.sender else "",
        start_payload=payload.strip() if started else "",
        serial=update.update_id,
    )


def _name(user: User) -> str:
    return " ".join(part for part in (user.first_name, user.last_name) if part)
