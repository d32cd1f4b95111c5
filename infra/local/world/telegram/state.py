"""What Telegram remembers, and what its users can do."""

import re
from typing import TYPE_CHECKING, Any

from world.rates import Rates
from world.telegram import updates
from world.telegram.checks import inline_buttons
from world.telegram.model import Bot, Chat, Message, User

if TYPE_CHECKING:
    from world.context import World

START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class TelegramState:
    """User-side methods name a bot by its username and a user by number; they may be called from any thread.

    All raise LookupError for an unknown bot, and where a user must have started it, also when they have not.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self.bots: dict[str, Bot] = {}
        """By username."""
        self.users: dict[int, User] = {}
        self.rates = Rates()

    def register(self, token: str, username: str, first_name: str = "") -> Bot:
        """As BotFather does. The same username again changes the token and keeps the chats."""
        known = self.bots.get(username)
        if known is not None:
            known.token, known.first_name = token, first_name or known.first_name
            return known
        self.bots[username] = Bot(token, username, first_name or username)
        return self.bots[username]

    def bot_by_token(self, token: str) -> Bot | None:
        return next((bot for bot in self.bots.values() if bot.token == token), None)

    def bot(self, username: str) -> Bot:
        if username not in self.bots:
            raise LookupError(f"no bot is called {username}")
        return self.bots[username]

    def introduce(
        self, user_id: int, first_name: str = "", language: str = "ru", username: str = ""
    ) -> User:
        """Makes a user known to Telegram; a name given later replaces an earlier one."""
        user = self.users.setdefault(user_id, User(user_id, first_name or f"User {user_id}"))
        user.first_name = first_name or user.first_name
        user.language, user.username = language, username or user.username
        return user

    def subscribed(self, bot: str, user_id: int) -> None:
        """The user had started the bot before this story begins: no update is sent."""
        self._user(user_id)
        self.bot(bot).chat(user_id).started = True

    # ── what users do ────────────────────────────────────────────────────────────────────────────

    def user_starts(self, bot: str, user_id: int, payload: str = "") -> int:
        """Presses Start, perhaps by a deep link with `payload`. Raises ValueError for a payload no link can carry."""
        if not START_PAYLOAD.fullmatch(payload):
            raise ValueError(f"payload: {payload!r} does not fit [A-Za-z0-9_-]{{0,64}}")
        chat = self.bot(bot).chat(user_id)
        if chat.blocked:
            self.unblocks(bot, user_id)
        chat.started = True
        text = f"/start {payload}".strip()
        command = {"entities": [{"type": "bot_command", "offset": 0, "length": len("/start")}]}
        return self._said(bot, user_id, text, command)

    def user_sends(self, bot: str, user_id: int, text: str, reply_to: int = 0) -> int:
        """Returns the message's id. A user who had blocked the bot unblocks it by writing."""
        chat = self._started(bot, user_id)
        if chat.blocked:
            self.unblocks(bot, user_id)
        answered = chat.messages.get(reply_to)
        more: dict[str, Any] = {}
        if answered is not None:
            more["reply_to_message"] = answered.as_json(self.bot(bot), self._user(user_id))
        return self._said(bot, user_id, text, more)

    def user_shares_contact(self, bot: str, user_id: int, phone: str) -> int:
        """Presses a reply keyboard's request_contact button."""
        self._started(bot, user_id)
        user = self._user(user_id)
        contact = {"phone_number": phone, "first_name": user.first_name, "user_id": user_id}
        return self._said(bot, user_id, "", {"contact": contact})

    def press_button(self, bot: str, user_id: int, message_id: int, callback_data: str) -> bool:
        """False when the message no longer carries that button: nobody can press what isn't there."""
        chat, user, owner = self._started(bot, user_id), self._user(user_id), self.bot(bot)
        message = chat.messages.get(message_id)
        ids = [b["id"] for b in inline_buttons(message.markup)] if message else []
        if message is None or callback_data not in ids:
            return False
        query_id = str(self._world.rng.getrandbits(60))
        owner.callbacks.add(query_id)
        query = {
            "id": query_id,
            "from": user.as_json(),
            "message": message.as_json(owner, user),
            "chat_instance": str(owner.bot_id * 31 + user_id),
            "data": callback_data,
        }
        updates.push(self._world, owner, "callback_query", query, user_id)
        return True

    def blocks(self, bot: str, user_id: int) -> None:
        """From now on the bot's messages are refused with 403."""
        self._started(bot, user_id).blocked = True
        self._membership(bot, user_id, "member", "kicked")

    def unblocks(self, bot: str, user_id: int) -> None:
        self._started(bot, user_id).blocked = False
        self._membership(bot, user_id, "kicked", "member")

    # ── within ───────────────────────────────────────────────────────────────────────────────────

    def _user(self, user_id: int) -> User:
        return self.users.get(user_id) or self.introduce(user_id)

    def _started(self, bot: str, user_id: int) -> Chat:
        chat = self.bot(bot).chat(user_id)
        if not chat.started:
            raise LookupError(f"user {user_id} has not started {bot}")
        return chat

    def _said(self, bot: str, user_id: int, text: str, more: dict[str, Any]) -> int:
        owner, user = self.bot(bot), self._user(user_id)
        owner.last_message_id += 1
        now = self._world.clock.now()
        message = Message(owner.last_message_id, user_id, False, now, text, None, more)
        owner.chat(user_id).messages[message.message_id] = message
        updates.push(self._world, owner, "message", message.as_json(owner, user), user_id)
        return message.message_id

    def _membership(self, bot: str, user_id: int, old: str, new: str) -> None:
        owner, user = self.bot(bot), self._user(user_id)
        until = {"kicked": {"until_date": 0}}
        update = {
            "chat": user.chat(),
            "from": user.as_json(),
            "date": int(self._world.clock.now().timestamp()),
            "old_chat_member": {"user": owner.as_json(), "status": old, **until.get(old, {})},
            "new_chat_member": {"user": owner.as_json(), "status": new, **until.get(new, {})},
        }
        updates.push(self._world, owner, "my_chat_member", update, user_id)
