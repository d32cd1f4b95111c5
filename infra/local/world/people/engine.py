"""The people behind the phones: each message that reaches one is read and answered at a time and in a way that fit them."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from world.people import unasked
from world.people.person import Bubble, Person
from world.people.phrases import phrase, spoken_date

if TYPE_CHECKING:
    from world.context import World

TAKES_A_SECOND_OFFER = 0.8
SAYS_THANKS = 0.3
PRESSES_BUTTONS = 0.6
READS = 0.9
"""Share of those who keep silent but do open the message."""
BOOKS_BEFORE = timedelta(minutes=10)
"""How long before saying «I'm already booked» someone booked."""


class People:
    """State of all phones. Seeded: the same messages at the same times are answered the same."""

    def __init__(self, world: "World", seed: int = 1) -> None:
        self._world = world
        self._seed = seed
        self.persons: dict[str, Person] = {}
        self.threads: dict[str, list[Bubble]] = defaultdict(list)
        self.services: Sequence[str] = ()
        self.masters: Sequence[str] = ()
        self._by_address: dict[tuple[str, str], str] = {}
        self.changes = 0

    def add(self, raw: Mapping[str, Any]) -> Person:
        person = Person.of(raw)
        self.persons[person.person_id] = person
        for address in person.addresses():
            self._by_address[address] = person.person_id
            self._introduce(person, *address)
        return person

    def _introduce(self, person: Person, channel: str, address: str) -> None:
        if channel == "telegram":
            self._world.telegram.introduce(int(address), person.name, person.language)
        else:
            self._world.whatsapp.introduce(address, person.name)

    def at(self, channel: str, address: str) -> Person | None:
        return self.persons.get(self._by_address.get((channel, address), ""))

    # ── what arrives ─────────────────────────────────────────────────────────────────────────────

    def message_arrived(
        self, channel: str, account: str, address: str, message: Mapping[str, Any]
    ) -> None:
        """Called by a messenger's simulator once it accepted a business's message for `address`."""
        person = self.at(channel, address)
        bubble = Bubble(
            mine=False,
            text=message.get("text", ""),
            at=self._world.clock.now(),
            channel=channel,
            account=account,
            address=address,
            message_id=str(message.get("message_id", "")),
            buttons=tuple((b["id"], b["title"]) for b in message.get("buttons", ())),
            status="delivered",
            picture=message.get("picture", ""),
        )
        if person is None:
            self._delivered(bubble)
            return
        self.threads[person.person_id].append(bubble)
        self.changes += 1
        rng = Random(f"{self._seed}:{person.person_id}:{len(self.threads[person.person_id])}")
        self._delivered(bubble)
        self._decide(person, bubble, rng)

    def _decide(self, person: Person, bubble: Bubble, rng: Random) -> None:
        if person.held:
            return
        minutes = rng.uniform(*person.reply_delay_minutes)
        when = person.awake(self._world.clock.now() + timedelta(minutes=minutes))
        intent = self._intent(person, bubble, rng)
        if intent == "silence":
            if rng.random() < READS:
                self._later(when, lambda: self._read(bubble))
            return
        if intent == "already_booked":
            self._later(when - BOOKS_BEFORE, lambda: self._books_unasked(person))
        self._later(when, lambda: self._answer(person, bubble, intent, rng))

    def _books_unasked(self, person: Person) -> None:
        if not person.held:
            unasked.book(self._world, person)

    def _intent(self, person: Person, bubble: Bubble, rng: Random) -> str:
        ids = [button_id for button_id, _ in bubble.buttons]
        if any(i.startswith("consent:") for i in ids):
            return "consent"
        offers = any(i.startswith(("slot:", "other:")) for i in ids)
        if not offers:
            return "thanks" if rng.random() < SAYS_THANKS else "silence"
        if self._answered_offer(person, bubble):
            return "yes" if rng.random() < TAKES_A_SECOND_OFFER else "no"
        names, weights = zip(*person.answers.items(), strict=True)
        return str(rng.choices(names, weights)[0])

    def _answered_offer(self, person: Person, bubble: Bubble) -> bool:
        """Whether this is the business's reply in a conversation going on: the person wrote last before it."""
        earlier = [b for b in self.threads[person.person_id] if b is not bubble]
        return bool(earlier) and earlier[-1].mine

    # ── what is answered ─────────────────────────────────────────────────────────────────────────

    def _answer(self, person: Person, bubble: Bubble, intent: str, rng: Random) -> None:
        if person.held:
            return
        meant = {"channel": bubble.channel, "address": bubble.address, "intent": intent}
        self._world.transcript.add("people.meant", meant, 200, None)
        slots = [i for i, _ in bubble.buttons if i.startswith(("slot:", "pick:"))]
        agrees = [i for i, _ in bubble.buttons if i.endswith(":yes")]
        if intent == "consent":
            presses, words = agrees, "yes"
        else:
            by_button = intent == "yes" and rng.random() < PRESSES_BUTTONS
            presses, words = slots if by_button else [], intent
        if not presses or not self.press(person, bubble, rng.choice(presses)):
            facts = self._facts(person, bubble, rng)
            self.say(person, bubble.channel, phrase(words, person.language, rng, facts))

    def _facts(self, person: Person, bubble: Bubble, rng: Random) -> dict[str, str]:
        """What a phrase may mention: an offered slot's number and time, a service, a master, a date to be back."""
        times = re.findall(r"\b\d{1,2}:\d{2}\b", bubble.text)
        numbers = re.findall(r"^(\d{1,2})\. .*\d{1,2}:\d{2}", bubble.text, re.MULTILINE)
        shown = numbers if len(numbers) == len(times) else range(1, len(times) + 1)
        chosen = rng.randrange(len(times)) if times else 0
        others = [name for name in self.masters if name not in bubble.text]
        back = self._world.clock.now().date() + timedelta(days=rng.randint(7, 25))
        return {
            "n": str(shown[chosen]) if times else "",
            "time": times[chosen] if times else "",
            "service": rng.choice(self.services).lower() if self.services else "",
            "master": rng.choice(others) if others else "",
            "date": spoken_date(back, person.language),
        }

    def press(self, person: Person, bubble: Bubble, button_id: str) -> bool:
        """False when the message has no such button any more."""
        if bubble.channel == "telegram":
            telegram, chat = self._world.telegram, int(bubble.address)
            done = telegram.press_button(bubble.account, chat, int(bubble.message_id), button_id)
        else:
            whatsapp = self._world.whatsapp
            done = whatsapp.press_button(
                bubble.account, bubble.address, bubble.message_id, button_id
            )
        if done:
            self._mine(person, bubble, dict(bubble.buttons).get(button_id, button_id))
        return done

    def say(self, person: Person, channel: str, words: str) -> None:
        """Raises LookupError when nobody has written to this person in `channel` yet."""
        last = self._last(person, channel)
        if last is None:
            raise LookupError(f"{person.person_id} has no conversation in {channel}")
        self._mine(person, last, words)
        if channel == "telegram":
            self._world.telegram.user_sends(last.account, int(last.address), words)
        else:
            self._world.whatsapp.user_sends(last.account, last.address, words)

    def _last(self, person: Person, channel: str) -> Bubble | None:
        thread = self.threads[person.person_id]
        return next((b for b in reversed(thread) if not b.mine and b.channel == channel), None)

    def _mine(self, person: Person, to: Bubble, words: str) -> None:
        self._read(to)
        now = self._world.clock.now()
        bubble = Bubble(True, words, now, to.channel, to.account, to.address)
        self.threads[person.person_id].append(bubble)
        self.changes += 1

    # ── receipts ─────────────────────────────────────────────────────────────────────────────────

    def _delivered(self, bubble: Bubble) -> None:
        """Only WhatsApp sends receipts to businesses."""
        if bubble.channel == "whatsapp":
            self._world.whatsapp.deliver(bubble.message_id)

    def _read(self, bubble: Bubble) -> None:
        if bubble.status == "read":
            return
        bubble.status = "read"
        self.changes += 1
        if bubble.channel == "whatsapp":
            self._world.whatsapp.read(bubble.message_id)

    def _later(self, when: datetime, callback: Callable[[], None]) -> None:
        self._world.clock.at(when, callback)
