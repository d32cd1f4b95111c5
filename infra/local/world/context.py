"""What every simulator is given: one world, one clock, one transcript."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from world.clock import WorldClock
from world.faults import Faults
from world.transcript import Transcript
from world.webhooks import WebhookSender


@dataclass
class World:
    """Simulators' states are attributes by their NAME (`world.telegram`, `world.people`, …), set by `app.build`.

    Contract with people: a messenger calls `world.people.message_arrived(channel, account, address, message)` once it has
    accepted a business's message; `message` holds `message_id`, `text` and `buttons` ([{id, title}]). People answer by the
    messengers' user-side methods.
    """

    clock: WorldClock
    transcript: Transcript
    faults: Faults
    webhooks: WebhookSender
    rng: Random
    real_limits: bool = True
    """Whether the services' rate limits are judged (in real time). Off: a demo may run faster than life."""
    states: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        states: Mapping[str, Any] = self.__dict__.get("states", {})
        if name in states:
            return states[name]
        raise AttributeError(name)
