"""Telegram and WhatsApp: what they take from us, whom they bring it to, and what they tell us about it.

Webhooks come in the messengers' own words, by way of the product's own splitting, late, twice and in any order.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from comeback.channels.telegram_update import Update
from comeback.channels.webhook import Enqueued
from comeback.channels.whatsapp_split import ACCOUNT_FIELDS, queued
from comeback.companies.model import Company
from comeback.conversations.model import WHATSAPP_WINDOW, Address, ChannelKind, OutboxMessage
from comeback.errors import Undeliverable
from comeback.ports import Channel, Sent
from comeback.reactivation.styles import TEMPLATES, Style
from msgspec import convert

from tests.fakes.watched import Watch, Watched
from tests.simulation.agenda import Agenda
from tests.simulation.faults import Fault, Weather
from tests.simulation.queues import Queue

Brought = Callable[[Address, OutboxMessage, str], None]
"""To whom, what, and the messenger's id of it."""
DENIALS = ("131026", "131049", "131026", "131047", "130472")
STOPS = ("131048", "368", "131031")


TEMPLATE = {
    "message_template_name": TEMPLATES[Style.REMINDER],
    "message_template_language": "ru",
}
NEWS: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("phone_number_quality_update", {"event": "FLAGGED"}),
    ("phone_number_quality_update", {"event": "UNFLAGGED"}),
    ("business_capability_update", {"max_daily_conversations_per_business": "TIER_1"}),
    ("business_capability_update", {"max_daily_conversations_per_business": "TIER_2K"}),
    ("message_template_status_update", {"event": "PAUSED", **TEMPLATE}),
    ("message_template_status_update", {"event": "REINSTATED", **TEMPLATE}),
    ("account_update", {"event": "ACCOUNT_VIOLATION"}),
)
"""What Meta says of the account: field and value."""


OVERTAKEN, TRIED_AGAIN = 120, 6 * 3600
"""Seconds by which one comes after those told later: on its way, or because its first try met an error of ours."""


@dataclass
class Webhooks:
    """The way from a messenger to the inbound queue."""

    company_id: str
    inbound: Queue
    agenda: Agenda
    weather: Weather
    updates: int = 100
    told: list[str] = field(default_factory=list)
    """Event ids, once each."""
    pressed_late: set[str] = field(default_factory=set)
    """Telegram chats, one of whose presses was brought again much later."""

    def telegram(self, **update: Any) -> None:
        self.updates += 1
        body = {"update_id": self.updates, **update}
        known = convert(body, Update)
        event = Enqueued(self.company_id, "telegram", str(known.chat_id), known.event_id, body)
        self._bring(event)

    def whatsapp(self, about: str = "messages", **value: Any) -> None:
        change = {"field": about, "value": value}
        seconds = int(self.agenda.now.timestamp())
        notification = {"entry": [{"id": "waba", "time": seconds, "changes": [change]}]}
        (event,) = queued(self.company_id, json.dumps(notification).encode())
        self._bring(event, TRIED_AGAIN if about in ACCOUNT_FIELDS else OVERTAKEN)

    def _bring(self, event: Enqueued, latest: float = OVERTAKEN) -> None:
        self.told.append(event.event_id)
        strikes, rng = self.weather.strikes, self.weather.rng
        late = rng.uniform(1, latest) if strikes(Fault.REORDER, "webhook") else 0.5
        self._arrive(event, late)
        if strikes(Fault.DUPLICATE, "webhook"):
            for _ in range(rng.randint(1, 3)):
                self._arrive(event, rng.uniform(0, 60))
        if strikes(Fault.LATE, "webhook"):
            if "callback_query" in event.body:
                self.pressed_late.add(event.address)
            self._arrive(event, rng.uniform(6 * 60, 40 * 3600))

    def _arrive(self, event: Enqueued, seconds: float) -> None:
        self.agenda.after(seconds, lambda: self._taken(event))

    def _taken(self, event: Enqueued) -> None:
        """Telegram's webhook writes down when it came."""
        if event.channel == ChannelKind.TELEGRAM:
            event = replace(event, arrived_at=self.agenda.now + self.weather.skew())
        entry = event.entry(0)
        self.inbound.take(
            entry["MessageBody"], entry["MessageGroupId"], entry["MessageDeduplicationId"]
        )


@dataclass
class Telegram:
    """The Channel port. What it takes is in the chat, unless it lies; who blocked the bot gets nothing."""

    brought: Brought
    agenda: Agenda
    weather: Weather
    kind: ChannelKind = ChannelKind.TELEGRAM
    blocked: set[Address] = field(default_factory=set)
    taken: int = 0
    lied_of: set[str] = field(default_factory=set)
    """Messages, by their reference."""

    def send(self, message: OutboxMessage) -> Sent:
        """Raises Undeliverable."""
        if message.address in self.blocked:
            raise Undeliverable("blocked", code="403")
        if self.weather.strikes(Fault.REFUSED, "telegram"):
            raise Undeliverable("chat not found", code="400")
        self.taken += 1
        if self.weather.strikes(Fault.LYING_MESSENGER, "telegram"):
            self.lied_of.add(message.reference)
        else:
            self.brought(message.address, message, str(self.taken))
        return Sent(str(self.taken))


@dataclass
class WhatsApp:
    """The Channel port. What becomes of a message is told by statuses: in any order, and not always true."""

    brought: Brought
    webhooks: Webhooks
    agenda: Agenda
    weather: Weather
    kind: ChannelKind = ChannelKind.WHATSAPP
    stopped: set[Address] = field(default_factory=set)
    last_heard: dict[Address, datetime] = field(default_factory=dict)
    taken: int = 0
    outside_window: list[tuple[OutboxMessage, datetime | None]] = field(default_factory=list)
    said_of_us: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    lied_of: set[str] = field(default_factory=set)
    """Messages, by their reference."""

    def send(self, message: OutboxMessage) -> Sent:
        """Raises Undeliverable."""
        if message.address in self.stopped and message.content.template:
            raise Undeliverable("stopped marketing", code="131050")
        if self.weather.strikes(Fault.REFUSED, "whatsapp"):
            raise Undeliverable("no", code=self.weather.rng.choice([*DENIALS, *STOPS, "132015"]))
        if message.content.template is None and not self._open(message.address):
            self.outside_window.append((message, self.last_heard.get(message.address)))
            raise Undeliverable("re-engagement", code="131047")
        self.taken += 1
        provider_id = f"wamid.{self.taken}"
        self._fate(message, provider_id)
        return Sent(provider_id)

    def news(self) -> None:
        """Once a day Meta may have something to say of the account, and an hour later may think otherwise."""
        if self.weather.strikes(Fault.NEWS, "whatsapp"):
            about, value = self.weather.rng.choice(NEWS)
            self._tells_of_us(about, value)
            same = self.weather.rng.choice([news for news in NEWS if news[0] == about])
            self.agenda.after(3600, partial(self._tells_of_us, *same))

    def _tells_of_us(self, about: str, value: Mapping[str, Any]) -> None:
        self.said_of_us.append((about, value))
        self.webhooks.whatsapp(about, **value)

    def _open(self, address: Address) -> bool:
        heard = self.last_heard.get(address)
        return heard is not None and self.agenda.now - heard < WHATSAPP_WINDOW + timedelta(
            minutes=1
        )

    def _fate(self, message: OutboxMessage, provider_id: str) -> None:
        rng = self.weather.rng
        if self.weather.strikes(Fault.DENIED, "whatsapp"):
            code = rng.choice([*DENIALS, *STOPS[:1]])
            self._status(message, provider_id, "failed", 1, errors=[{"code": int(code)}])
            return
        if self.weather.strikes(Fault.LYING_MESSENGER, "whatsapp"):
            self._lie(message, provider_id)
            return
        self.brought(message.address, message, provider_id)
        self._status(message, provider_id, "sent", 0.5)
        self._status(message, provider_id, "delivered", rng.uniform(1, 600))
        if rng.random() < 0.6:
            self._status(message, provider_id, "read", rng.uniform(60, 6 * 3600))

    def _lie(self, message: OutboxMessage, provider_id: str) -> None:
        """Of a message that never came it says that it was read; of one that came, that it failed; or it tells of messages
        that nobody sent, and nothing of this one."""
        rng, lie = self.weather.rng, self.weather.rng.choice(("came", "failed", "not ours"))
        self.lied_of.add(message.reference)
        if lie != "came":
            self.brought(message.address, message, provider_id)
        if lie == "not ours":
            nobodys = replace(
                message, client_id=rng.choice(("nobody", message.client_id)), outbox_id="none"
            )
            self._status(nobodys, f"{provider_id}.not", rng.choice(("read", "failed")), 1)
            return
        self._status(message, provider_id, "sent", 0.5)
        self._status(message, provider_id, "delivered", rng.uniform(1, 600))
        if lie == "came":
            self._status(message, provider_id, "read", rng.uniform(60, 6 * 3600))
        else:
            error = [{"code": int(rng.choice(DENIALS))}]
            self._status(message, provider_id, "failed", rng.uniform(1, 6 * 3600), errors=error)

    def _status(
        self, message: OutboxMessage, provider_id: str, status: str, seconds: float, **more: Any
    ) -> None:
        moment = self.agenda.now + timedelta(seconds=seconds)
        told: Mapping[str, Any] = {
            "id": provider_id,
            "status": status,
            "timestamp": str(int(moment.timestamp())),
            "recipient_id": message.address.value,
            "biz_opaque_callback_data": message.reference,
            **more,
        }
        self.agenda.at(moment, lambda: self.webhooks.whatsapp(statuses=[told]))


@dataclass(frozen=True)
class Connected:
    """The Channels port."""

    channels: Mapping[ChannelKind, Channel]
    watch: Watch

    def channel(self, company: Company, kind: ChannelKind) -> Channel:
        watched: Any = Watched("channel", self.channels[kind], self.watch)
        return cast(Channel, watched)
