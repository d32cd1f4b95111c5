"""How updates reach a bot: its webhook, set as the real setWebhook wants it."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from world.telegram.checks import structure, whole
from world.telegram.errors import BadRequest
from world.telegram.model import Bot, Webhook

if TYPE_CHECKING:
    from world.context import World

PORTS = (443, 80, 88, 8443)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRET = re.compile(r"[A-Za-z0-9_-]+")
NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")


def webhook_of(fields: Mapping[str, Any]) -> Webhook | None:
    """From setWebhook's parameters; None when the address is empty, which removes the webhook. Raises BadRequest.

    Unlike the real service, plain HTTP on any port is taken on the loopback address.
    """
    url = str(fields.get("url", ""))
    if not url:
        return None
    _check_url(url)
    secret = str(fields.get("secret_token", "") or "")
    if len(secret) > 256:
        raise BadRequest("secret token is too long")
    if secret and not SECRET.fullmatch(secret):
        raise BadRequest("secret token contains unallowed characters")
    connections = whole(fields, "max_connections", 40)
    if not 1 <= connections <= 100:
        raise BadRequest("max_connections must be between 1 and 100")
    allowed = structure(fields, "allowed_updates") or ()
    if not isinstance(allowed, list | tuple):
        raise BadRequest("can't parse allowed_updates: Expected an Array of String")
    return Webhook(url, secret, tuple(map(str, allowed)), connections)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or not parts.hostname:
        raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise BadRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def push(world: "World", bot: Bot, kind: str, body: dict[str, Any], user_id: int) -> int:
    """Hands an update to the bot's webhook, or keeps it until one is set; returns its update_id.

    Updates of one user arrive one after the other, those of different users side by side, as Telegram does it.
    """
    bot.last_update_id += 1
    update = {"update_id": bot.last_update_id, kind: body}
    if bot.webhook is None:
        bot.waiting.append(update)
    elif _wanted(bot.webhook, kind):
        _post(world, bot.webhook, update, f"telegram:{bot.bot_id}:{user_id}")
    return bot.last_update_id


def flush(world: "World", bot: Bot) -> None:
    """Sends what waited for a webhook, oldest first."""
    waiting, bot.waiting = bot.waiting, []
    for update in waiting:
        kind = next(name for name in update if name != "update_id")
        if bot.webhook and _wanted(bot.webhook, kind):
            _post(world, bot.webhook, update, f"telegram:{bot.bot_id}")


def _wanted(webhook: Webhook, kind: str) -> bool:
    return kind in webhook.allowed if webhook.allowed else kind not in NOT_BY_DEFAULT


def _post(world: "World", webhook: Webhook, update: dict[str, Any], lane: str) -> None:
    secret = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}

    def answered(status: int) -> None:
        if not 200 <= status < 300:
            what = f"Wrong response from the webhook: {status}" if status else "Connection failed"
            webhook.last_error, webhook.last_error_at = what, world.clock.now()

    body = msgspec.json.encode(update)
    world.webhooks.send("telegram", webhook.url, body, secret, lane=lane, answered=answered)


def info(bot: Bot) -> dict[str, Any]:
    """getWebhookInfo's result."""
    hook = bot.webhook or Webhook("")
    shown: dict[str, Any] = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.waiting),
    }
    if hook.url:
        shown["max_connections"] = hook.max_connections
    if hook.allowed:
        shown["allowed_updates"] = list(hook.allowed)
    if hook.last_error_at:
        shown["last_error_date"] = int(hook.last_error_at.timestamp())
        shown["last_error_message"] = hook.last_error
    return shown
