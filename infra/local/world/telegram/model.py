"""Bots, users, and the private chats between them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class User:
    user_id: int
    first_name: str
    language: str = "ru"
    username: str = ""

    def as_json(self) -> dict[str, Any]:
        shown = {"id": self.user_id, "is_bot": False, "first_name": self.first_name}
        names = {"username": self.username} if self.username else {}
        return {**shown, **names, "language_code": self.language}

    def chat(self) -> dict[str, Any]:
        shown = {"id": self.user_id, "type": "private", "first_name": self.first_name}
        return {**shown, "username": self.username} if self.username else shown


@dataclass
class Message:
    message_id: int
    user_id: int
    from_bot: bool
    at: datetime
    text: str = ""
    markup: dict[str, Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    """Fields of the API object beyond text: photo, caption, contact, entities, reply_to_message."""
    edited_at: datetime | None = None

    def as_json(self, bot: "Bot", user: User) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "message_id": self.message_id,
            "from": bot.as_json() if self.from_bot else user.as_json(),
            "chat": user.chat(),
            "date": int(self.at.timestamp()),
            **({"text": self.text} if self.text else {}),
            **self.more,
        }
        if self.edited_at:
            shown["edit_date"] = int(self.edited_at.timestamp())
        if self.markup and "inline_keyboard" in self.markup:
            shown["reply_markup"] = self.markup
        return shown


@dataclass
class Webhook:
    """`allowed`: update types; empty means the default set."""

    url: str
    secret: str = ""
    allowed: tuple[str, ...] = ()
    max_connections: int = 40
    last_error: str = ""
    last_error_at: datetime | None = None


@dataclass
class Chat:
    """One user's private chat with one bot."""

    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)


@dataclass
class Bot:
    """Message ids and update ids count up per bot."""

    token: str
    username: str
    first_name: str
    webhook: Webhook | None = None
    chats: dict[int, Chat] = field(default_factory=dict)
    callbacks: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    """Updates that came while no webhook was set."""
    last_update_id: int = 0
    last_message_id: int = 0

    @property
    def bot_id(self) -> int:
        return int(self.token.split(":")[0])

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.first_name,
            "username": self.username,
        }

    def chat(self, user_id: int) -> Chat:
        return self.chats.setdefault(user_id, Chat())
