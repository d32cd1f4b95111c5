"""What WhatsApp remembers, and what its users can do."""

import base64
import hashlib
import hmac
from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec

from world.rates import Rates
from world.whatsapp.errors import failure
from world.whatsapp.model import Account, Message, Pressable, Template

if TYPE_CHECKING:
    from world.context import World

ORDER = ("", "sent", "delivered", "read")


class WhatsAppState:
    """User-side methods name a business by its phone_number_id and a user by number in digits; from any thread.

    All raise LookupError for an unknown account or message.
    """

    def __init__(self, world: "World") -> None:
        self.world = world
        self.accounts: dict[str, Account] = {}
        """By phone_number_id."""
        self.account_of: dict[str, Account] = {}
        """By message id, of messages that businesses sent."""
        self.names: dict[str, str] = {}
        self.unreachable: set[str] = set()
        """Numbers that are not on WhatsApp."""
        self.rates = Rates()
        self._templates: dict[str, dict[tuple[str, str], Template]] = {}

    def account(self, phone_number_id: str) -> Account:
        if phone_number_id not in self.accounts:
            raise LookupError(f"no WhatsApp account has the phone_number_id {phone_number_id}")
        return self.accounts[phone_number_id]

    def templates_of(self, waba_id: str) -> dict[tuple[str, str], Template]:
        """By (name, language)."""
        return self._templates.setdefault(waba_id, {})

    def introduce(self, user: str, name: str) -> None:
        """The profile name that businesses see."""
        self.names[user] = name

    # ── what users do ────────────────────────────────────────────────────────────────────────────

    def user_sends(self, account: str, user: str, text: str, reply_to: str = "") -> str:
        """Opens the 24-hour window. Returns the message's id."""
        return self._said(account, user, {"type": "text", "text": {"body": text}}, reply_to)

    def press_button(self, account: str, user: str, message_id: str, button_id: str) -> bool:
        """Presses a reply button, a list's row or a template's quick reply, by its id or payload.

        False when the message has no such button.
        """
        message = self._message(message_id)
        button = next((b for b in message.buttons if b.button_id == button_id), None)
        if button is None:
            return False
        self._said(account, user, _pressed(button), message_id)
        return True

    def stop_marketing(self, account: str, user: str) -> None:
        """The user's own switch in WhatsApp: marketing templates fail with 131050 from now on."""
        self.account(account).stopped.add(user)
        self._preference(account, user, "stop")

    def resume_marketing(self, account: str, user: str) -> None:
        self.account(account).stopped.discard(user)
        self._preference(account, user, "resume")

    def deliver(self, message_id: str) -> None:
        """The message reached the user's phone. Nothing happens when it had, or had failed."""
        self.mark(message_id, "delivered")

    def read(self, message_id: str) -> None:
        """The user opened it; a message read was delivered, so that status goes first when it is missing."""
        self.mark(message_id, "delivered")
        self.mark(message_id, "read")

    # ── statuses ─────────────────────────────────────────────────────────────────────────────────

    def mark(self, message_id: str, status: str) -> None:
        """Moves a message forward to sent, delivered or read, and tells the business; never back."""
        message = self._message(message_id)
        if message.status == "failed" or ORDER.index(message.status) >= ORDER.index(status):
            return
        message.status = status
        priced = {"pricing": message.pricing} if status in ("sent", "delivered") else {}
        self._status(message, status, priced)

    def fail(self, message_id: str, code: int) -> None:
        """An accepted message came to nothing."""
        message = self._message(message_id)
        message.status = "failed"
        self._status(message, "failed", {"errors": [failure(code)]})

    def _status(self, message: Message, status: str, more: dict[str, Any]) -> None:
        opaque = {"biz_opaque_callback_data": message.opaque} if message.opaque else {}
        told = {
            "id": message.message_id,
            "status": status,
            "timestamp": self.stamp(),
            "recipient_id": message.to,
            **more,
            **opaque,
        }
        self._value(self.account_of[message.message_id], {"statuses": [told]}, message.to)

    # ── webhooks ─────────────────────────────────────────────────────────────────────────────────

    def notify(
        self, account: Account, value: dict[str, Any], field: str = "messages", lane: str = ""
    ) -> None:
        """Posts one change, signed over its raw body with the app's secret."""
        if not account.webhook_url:
            return
        change = {"value": value, "field": field}
        entry = [{"id": account.waba_id, "time": int(self.stamp()), "changes": [change]}]
        body = msgspec.json.encode({"object": "whatsapp_business_account", "entry": entry})
        headers = {"X-Hub-Signature-256": signature(account.app_secret, body)}
        self.world.webhooks.send("whatsapp", account.webhook_url, body, headers, lane=lane)

    def new_id(self) -> str:
        return str(self.world.rng.randrange(10**15, 10**16))

    def new_message_id(self) -> str:
        return "wamid." + base64.b64encode(self.world.rng.randbytes(33)).decode()

    # ── within ───────────────────────────────────────────────────────────────────────────────────

    def _message(self, message_id: str) -> Message:
        if message_id not in self.account_of:
            raise LookupError(f"no business sent a WhatsApp message {message_id}")
        return self.account_of[message_id].messages[message_id]

    def _said(self, account: str, user: str, content: dict[str, Any], reply_to: str) -> str:
        owner = self.account(account)
        owner.last_inbound[user] = self.world.clock.now()
        message_id = self.new_message_id()
        owner.inbound_ids.add(message_id)
        context = {"context": {"from": owner.metadata()["display_phone_number"], "id": reply_to}}
        message = {
            **(context if reply_to else {}),
            "from": user,
            "id": message_id,
            "timestamp": self.stamp(),
            **content,
        }
        self._value(owner, {"contacts": [self._contact(user)], "messages": [message]}, user)
        return message_id

    def _preference(self, account: str, user: str, value: str) -> None:
        preference = {
            "wa_id": user,
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(self.stamp()),
        }
        told = {"contacts": [self._contact(user)], "user_preferences": [preference]}
        self._value(self.account(account), told, user, "user_preferences")

    def _value(
        self, account: Account, what: dict[str, Any], user: str, field: str = "messages"
    ) -> None:
        value = {"messaging_product": "whatsapp", "metadata": account.metadata(), **what}
        self.notify(account, value, field, lane=f"whatsapp:{account.phone_number_id}:{user}")

    def _contact(self, user: str) -> dict[str, Any]:
        """With the business-scoped user id that Meta adds since 2026."""
        scoped = int.from_bytes(hashlib.sha256(user.encode()).digest()[:7])
        name = self.names.get(user, f"User {user[-4:]}")
        return {"profile": {"name": name}, "wa_id": user, "user_id": f"ZZ.{scoped}"}

    def stamp(self) -> str:
        """Simulated time in whole seconds since the epoch, as text."""
        return str(int(self.world.clock.now().astimezone(UTC).timestamp()))


def signature(app_secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def _pressed(button: Pressable) -> dict[str, Any]:
    if button.kind == "quick_reply":
        return {"type": "button", "button": {"payload": button.button_id, "text": button.title}}
    reply = {"id": button.button_id, "title": button.title}
    if button.description:
        reply["description"] = button.description
    return {"type": "interactive", "interactive": {"type": button.kind, button.kind: reply}}
