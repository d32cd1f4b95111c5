"""Telegram's updates on the wire. The webhook loads this and no model of ours: its cold start is felt by the messenger."""

from typing import Annotated

import msgspec

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
