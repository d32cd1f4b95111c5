"""Those who are written to: each with a temper of their own, answering by button or in words, twice, late, or never."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from comeback.conversations.consent import NO as NO_CONSENT
from comeback.conversations.consent import YES as CONSENT
from comeback.conversations.model import Address, ChannelKind, OutboxMessage, Purpose

from tests.simulation.agenda import Agenda
from tests.simulation.messengers import Telegram, Webhooks, WhatsApp

WORDS: Mapping[str, tuple[str, ...]] = {
    "yes": ("да", "yes", "1", "давайте 2", "ok, the first one"),
    "other": ("а в другое время?", "another time please", "лучше в субботу", "в 15:00 можно?"),
    "no": ("нет, спасибо", "no thanks", "не надо"),
    "stop": ("стоп", "STOP", "отпишите меня", "Unsubscribe!"),
    "angry": ("вы достали уже", "сколько можно мне писать?!", "leave me in peace you spammers"),
    "away": ("я в отпуске до конца месяца", "I am away until next Friday"),
    "already": ("я уже записана", "I have an appointment already"),
    "chatter": (
        "спасибо!",
        "👍",
        "сколько стоит?",
        "а Ольга работает?",
        "можно к другому мастеру?",
    ),
    "start": ("/start",),
}
BY_BUTTON: Mapping[str, tuple[str, ...]] = {
    "yes": ("slot:", "pick:", CONSENT, "owner:"),
    "other": ("other:",),
    "stop": ("stop:",),
    "no": (NO_CONSENT,),
}
TEMPER = ("yes", "other", "no", "stop", "angry", "away", "already", "chatter", "silent", "block")
USUAL = (6, 3, 1.5, 1, 0.7, 1, 1, 2, 6, 0.7)
ASKED = ("yes", "no", "stop", "chatter", "silent"), (6, 1, 1, 1, 1)
"""Whether we may write."""
NO_MORE = ("stop", "angry", "block")
"""After which being left alone is what they wanted."""
PLAINLY = ("stop", "block")
"""No model needs to be asked what it means."""
PATIENCE = 9
"""So often they say something at all."""
FICKLE = 0.7
"""Of those who agreed: stop it soon after."""


@dataclass(frozen=True)
class Received:
    at: datetime
    message: OutboxMessage
    provider_id: str


@dataclass(frozen=True)
class PlainWord:
    """About marketing, and nobody needs to ask what it means. `channel` None: in every one."""

    at: datetime
    granted: bool
    said_in: ChannelKind
    channel: ChannelKind | None = None


@dataclass
class Person:
    client_id: str
    addresses: Mapping[ChannelKind, Address]
    rng: Random
    agenda: Agenda
    webhooks: Webhooks
    telegram: Telegram
    whatsapp: WhatsApp
    inbox: list[Received] = field(default_factory=list)
    wanted_out: list[datetime] = field(default_factory=list)
    plain_words: list[PlainWord] = field(default_factory=list)
    said: int = 0

    @property
    def plainly_out(self) -> list[datetime]:
        """When they said stop, everywhere."""
        return [w.at for w in self.plain_words if not w.granted and w.channel is None]

    def __post_init__(self) -> None:
        self.temper = [weight * self.rng.uniform(0, 2) for weight in USUAL]

    def receives(self, message: OutboxMessage, provider_id: str) -> None:
        received = Received(self.agenda.now, message, provider_id)
        self.inbox.append(received)
        asks = message.purpose is not Purpose.SERVICE or message.content.buttons
        if asks and self.said < PATIENCE:
            self.agenda.after(self._hesitates(), lambda: self.reacts(received))

    def reacts(self, to: Received) -> None:
        asked = any(b.button_id == CONSENT for b in to.message.content.buttons)
        (mood,) = self.rng.choices(*ASKED) if asked else self.rng.choices(TEMPER, self.temper)
        if mood == "silent" or self.said >= PATIENCE:
            return
        self.acts(mood, to)
        if self.rng.random() < 0.15:
            self.acts(mood, to)  # a double tap, the same thing said again
        if mood in NO_MORE and self.rng.random() < 0.3:
            self.agenda.after(self.rng.uniform(1, 5) * 86_400, lambda: self.acts("start", to))

    def starts(self) -> None:
        """Of their own accord, in a messenger that they have; perhaps while a message to them is being made."""
        if self.addresses and self.said < PATIENCE:
            self.said += 1
            words = self.rng.choice((*WORDS["start"], *WORDS["other"]))
            self._says(self.rng.choice([*self.addresses.values()]), words)

    def acts(self, mood: str, to: Received) -> None:
        self.said += 1
        asked = any(_asks_whether_to_stop(got.message) for got in self.inbox)
        if mood in NO_MORE or asked:
            self.wanted_out.append(self.agenda.now)
        if mood in PLAINLY:
            said_in = to.message.address.channel
            self.plain_words.append(PlainWord(self.agenda.now, False, said_in))
        if mood == "block":
            self._blocks(to.message.address)
            return
        button = self._button(mood, to.message)
        if button and self.rng.random() < (0.95 if button in (CONSENT, NO_CONSENT) else 0.7):
            self._presses(to, button)
            self._decides(to, button)
        else:
            self._says(to.message.address, self.rng.choice(WORDS[mood]))

    def _decides(self, to: Received, button: str) -> None:
        """Whoever agreed may think better of it, and say so anywhere."""
        if button not in (CONSENT, NO_CONSENT):
            return
        granted, channel = button == CONSENT, to.message.address.channel
        self.plain_words.append(PlainWord(self.agenda.now, granted, channel, channel))
        if granted and self.rng.random() < FICKLE:
            self.agenda.after(self.rng.uniform(0.1, 4) * 3600, self._stops)

    def _stops(self) -> None:
        self.said += 1
        self.wanted_out.append(self.agenda.now)
        address = self.rng.choice([*self.addresses.values()])
        self.plain_words.append(PlainWord(self.agenda.now, False, address.channel))
        self._says(address, self.rng.choice(WORDS["stop"]))

    def _hesitates(self) -> float:
        """Seconds."""
        return self.rng.choice([30, 600, 3600, 8 * 3600, 40 * 3600]) * self.rng.uniform(0.2, 1.5)

    def _button(self, mood: str, message: OutboxMessage) -> str:
        shown = [button.button_id for button in message.content.buttons]
        shown += message.content.template.payloads if message.content.template else ()
        fitting = [b for b in shown if b.startswith(BY_BUTTON.get(mood, ("none",)))]
        return self.rng.choice(fitting) if fitting else ""

    # ── by way of the messenger ──────────────────────────────────────────────────────────────────

    def _says(self, address: Address, words: str) -> None:
        if address.channel is ChannelKind.TELEGRAM:
            self.telegram.blocked.discard(address)
            self.webhooks.telegram(message=self._telegram_message(address, words))
            return
        self._heard(address)
        self._whatsapp_message(address, text={"body": words})

    def _presses(self, to: Received, button: str) -> None:
        address = to.message.address
        if address.channel is ChannelKind.TELEGRAM:
            self.telegram.blocked.discard(address)
            chat = int(address.value)
            message = {"message_id": int(to.provider_id), "chat": {"id": chat}, "date": 0}
            query = {"id": "q", "from": {"id": chat}, "data": button, "message": message}
            self.webhooks.telegram(callback_query=query)
            return
        self._heard(address)
        if to.message.content.template:
            pressed: dict[str, object] = {"button": {"payload": button, "text": "x"}}
        else:
            pressed = {"interactive": {"button_reply": {"id": button, "title": "x"}}}
        self._whatsapp_message(address, **pressed)

    def _blocks(self, address: Address) -> None:
        if address.channel is ChannelKind.TELEGRAM:
            self.telegram.blocked.add(address)
            member = {"chat": {"id": int(address.value)}, "date": self._seconds()}
            self.webhooks.telegram(
                my_chat_member={**member, "new_chat_member": {"status": "kicked"}}
            )
            return
        self.whatsapp.stopped.add(address)
        wish = {"value": "stop", "timestamp": str(self._seconds()), "wa_id": address.value}
        self.webhooks.whatsapp(user_preferences=[wish])

    def _heard(self, address: Address) -> None:
        self.whatsapp.last_heard[address] = self.agenda.now

    def _telegram_message(self, address: Address, words: str) -> dict[str, object]:
        chat = {"id": int(address.value)}
        sender = {"id": int(address.value), "first_name": "Anna"}
        return {
            "message_id": 1,
            "chat": chat,
            "date": self._seconds(),
            "from": sender,
            "text": words,
        }

    def _whatsapp_message(self, address: Address, **what: object) -> None:
        name = f"{self.client_id}.{self.said}.{len(self.webhooks.told)}"
        seconds = str(self._seconds())
        self.webhooks.whatsapp(
            messages=[{"id": name, "timestamp": seconds, "from": address.value, **what}]
        )

    def _seconds(self) -> int:
        return int(self.agenda.now.timestamp())


def _asks_whether_to_stop(message: OutboxMessage) -> bool:
    """Whatever is said after this may be taken for a yes."""
    shown = [button.button_id for button in message.content.buttons]
    return bool(shown) and all(button.startswith("stop:") for button in shown)
