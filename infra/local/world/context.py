"""The world as its simulators see it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from world.activity import Activity
from world.clock import WorldClock
from world.faults import Faults
from world.settings import Settings
from world.transcript import Transcript
from world.webhooks import WebhookSender

if TYPE_CHECKING:
    from world.people.engine import People
    from world.telegram.state import TelegramState
    from world.whatsapp.state import WhatsAppState


class PeopleHook(Protocol):
    """Whoever lives behind the phones. `world.people` is one."""

    def message_arrived(
        self, channel: str, account: str, address: str, message: Mapping[str, Any]
    ) -> None:
        """A messenger accepted a business's message for `address`. Called before the API call is answered.

        `channel`: telegram | whatsapp. `account`: the bot's username | the phone_number_id; what the user-side
        methods take as their first argument. `address`: the chat id | the number in digits, both as text.
        `message`: {"message_id": str, "text": str, "buttons": [{"id", "title"}]} and, for a WhatsApp template,
        "template": {"name", "language"} – `text` is then the template's body with its variables filled and the
        buttons' ids are their payloads; for a Telegram photo "picture", where it is served, and `text` is its caption.
        Edits are not told: a button that an edit took away can not be pressed.

        It decides when the message is delivered and read (`world.whatsapp.deliver(id)`, `.read(id)`) and what is
        answered (`.user_sends(...)`, `.press_button(...)`), by `world.clock.at(when, callback)`.
        """
        ...


@dataclass
class World:
    """One per process. Simulators keep nothing outside their state, and find it here under their `NAME`.

    Endpoints must read `world.<name>` at each request: a reset replaces the states.
    """

    clock: WorldClock
    transcript: Transcript
    faults: Faults
    webhooks: WebhookSender
    activity: Activity
    settings: Settings
    seed: int = 1
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    telegram: "TelegramState" = field(init=False)
    whatsapp: "WhatsAppState" = field(init=False)
    people: "People" = field(init=False)
    """The `PeopleHook`."""
    yclients: Any = None
    gemini: Any = None
    phones: Any = None
