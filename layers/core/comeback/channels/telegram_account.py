"""A bot's own affairs: who it is, and where its updates go."""

from telegram import WebhookInfo

from comeback.channels.telegram import answered, bot
from comeback.connections.doors import Webhook

UPDATES = ("message", "callback_query", "my_chat_member")


class TelegramAccount:
    def __init__(self, token: str, base_url: str) -> None:
        self._bot = bot(token, base_url)

    def username(self) -> str:
        return answered(self._bot.get_me(), lambda me: str(me.username))

    def point(self, url: str, secret: str) -> None:
        call = self._bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES)
        answered(call, bool)

    def pointed(self) -> Webhook:
        return answered(self._bot.get_webhook_info(), _webhook)

    def leave(self) -> None:
        answered(self._bot.delete_webhook(), bool)


def _webhook(found: WebhookInfo) -> Webhook:
    return Webhook(found.url, found.pending_update_count, found.last_error_message or "")
