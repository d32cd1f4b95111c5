"""POST messages: what is refused at once, what is accepted and fails later, what arrives.

Accepted first and failed by a status later, as the real service mostly does: free text outside the 24-hour window
(131047), undeliverable numbers (131026), users who stopped marketing (131050), marketing to +1 (131049), and
more new users than the messaging limit allows in a moving 24 h (131048; Meta documents no code for that limit alone).
Refused at once: all once Meta has stopped the account (368, 131031); the pair rate (131056) and the throughput (130429),
both judged in real time.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from world.whatsapp import checks, templates
from world.whatsapp.errors import ApiError
from world.whatsapp.model import WINDOW, Account, Message, Pressable, Template

if TYPE_CHECKING:
    from world.whatsapp.state import WhatsAppState


def accept(state: "WhatsAppState", account: Account, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The success body; what becomes of the message is told by statuses. Raises ApiError."""
    if fields.get("status") == "read":
        return _mark_read(account, fields)
    to = checks.envelope(fields)
    if account.refusal:
        raise ApiError(account.refusal)
    template, text, buttons = _content(state, account, fields)
    _keep_rates(state, account, to)
    message = Message(
        state.new_message_id(),
        to,
        state.world.clock.now(),
        text,
        buttons,
        template,
        str(fields.get("biz_opaque_callback_data", "")),
    )
    account.messages[message.message_id] = message
    state.account_of[message.message_id] = account
    _send_off(state, account, message)
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": str(fields["to"]), "wa_id": to}],
        "messages": [{"id": message.message_id, "message_status": "accepted"}],
    }


def _mark_read(account: Account, fields: Mapping[str, Any]) -> dict[str, Any]:
    if checks.required(fields, "message_id") not in account.inbound_ids:
        raise ApiError(100, "The message_id is not one of a message received by this number.")
    return {"success": True}


def _content(
    state: "WhatsAppState", account: Account, fields: Mapping[str, Any]
) -> tuple[Template | None, str, tuple[Pressable, ...]]:
    match fields.get("type", "text"):
        case "text":
            return None, checks.text_message(fields), ()
        case "interactive":
            return None, *checks.interactive_message(fields)
        case "template":
            return templates.filled(state, account, fields)
        case other:
            raise ApiError(131051, f"Message type {other} is not supported by this simulator.")


def _keep_rates(state: "WhatsAppState", account: Account, to: str) -> None:
    limits = state.world.settings
    if not limits.limits:
        return
    number, everyone = account.phone_number_id, limits.whatsapp_per_second
    if state.rates.take(number, everyone, everyone):
        raise ApiError(130429)
    if state.rates.take((number, to), limits.whatsapp_pair_burst, 1 / limits.whatsapp_pair_seconds):
        raise ApiError(131056)


def _send_off(state: "WhatsAppState", account: Account, message: Message) -> None:
    failed = _failure(state, account, message)
    if failed:
        state.fail(message.message_id, failed)
        return
    in_window = account.window_open(message.to, message.at)
    if not in_window:
        account.opened[message.to] = message.at
    message.pricing = _pricing(message, in_window)
    state.mark(message.message_id, "sent")
    state.world.people.message_arrived(
        "whatsapp", account.phone_number_id, message.to, _shown(message)
    )


def _failure(state: "WhatsAppState", account: Account, message: Message) -> int:
    """The code with which it will fail, or 0."""
    marketing = message.category == "MARKETING"
    in_window = account.window_open(message.to, message.at)
    if message.to in state.unreachable or not 7 <= len(message.to) <= 15:
        return 131026
    if message.template is None and not in_window:
        return 131047
    if marketing and message.to in account.stopped:
        return 131050
    if marketing and message.to.startswith("1") and len(message.to) == 11:
        return 131049
    recent = {user for user, at in account.opened.items() if message.at - at < WINDOW}
    if not in_window and account.tier and len(recent | {message.to}) > account.tier:
        return 131048
    return 0


def _pricing(message: Message, in_window: bool) -> dict[str, Any]:
    """Per-message pricing since 2025-07-01: service messages, and utility templates in the window, are free."""
    free = in_window and message.category in ("SERVICE", "UTILITY")
    return {
        "billable": not free,
        "pricing_model": "PMP",
        "type": "free_customer_service" if free else "regular",
        "category": message.category.lower(),
    }


def _shown(message: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "message_id": message.message_id,
        "text": message.text,
        "buttons": [{"id": b.button_id, "title": b.title} for b in message.buttons],
    }
    if message.template:
        shown["template"] = {"name": message.template.name, "language": message.template.language}
    return shown
