"""One turn of the dialogue: the client's message in its journey, and the ways to answer it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from comeback.bookings.model import Service, Slot
from comeback.changes import CallPerson, CountArm, KeepWords, SaveJourney
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import Company
from comeback.conversations.model import (
    Button,
    Heard,
    MessageReceived,
    OutboxMessage,
    OutboxState,
)
from comeback.ports import AnswerFacts, AnswerReading, ClientFile, Effects, LanguageModel
from comeback.reactivation import answers, learning, names, wording
from comeback.reactivation.answers import Intent
from comeback.reactivation.client_zone import client_zone
from comeback.reactivation.journey import SILENCE, conclude, reach, shown
from comeback.reactivation.model import Attempt, Journey, JourneyState, Outcome, Stage
from comeback.reactivation.pressed import PressedSlot, pressed_button
from comeback.reactivation.pseudonyms import masked
from comeback.reactivation.receipts import waits
from comeback.reactivation.scene import Scene
from comeback.reactivation.wishes import Wish, wish_for
from comeback.texts import text

HAND_OVER = "Thank you! The administrator will answer you here."
OTHER_MASTER = "other_master"
"""What the next turn must know, kept as the attempt's detail until its outcome says more."""
UNSETTLED = (None, *SILENCE)


@dataclass(frozen=True)
class Turn:
    scene: Scene
    journey: Journey
    event: MessageReceived
    now: datetime
    reading: AnswerReading = field(default_factory=lambda: AnswerReading(Intent.UNCLEAR))

    @property
    def company(self) -> Company:
        return self.scene.company

    @property
    def client(self) -> Client:
        return self.scene.file.client

    @property
    def language(self) -> str:
        return self.client.language or self.company.language

    @property
    def shown(self) -> Attempt:
        """Whose slots their words are about."""
        return shown(self.journey)

    @property
    def booked_visit(self) -> Visit | None:
        """The visit this journey has already won, if it is still to come."""
        return next(
            (
                v
                for v in self.scene.file.visits
                if v.journey_id == self.journey.journey_id
                and v.status is VisitStatus.BOOKED
                and v.starts_at > self.now
            ),
            None,
        )

    def with_client(self, client: Client) -> "Turn":
        return replace(
            self, scene=replace(self.scene, file=replace(self.scene.file, client=client))
        )

    def remembering(self, what: str) -> "Turn":
        """An outcome's own detail stays."""
        if self.journey.attempt.outcome not in UNSETTLED:
            return self
        attempt = replace(self.journey.attempt, detail=what)
        return replace(self, journey=replace(self.journey, attempt=attempt))

    def remembers(self, what: str) -> bool:
        attempt = self.journey.attempt
        return attempt.outcome in UNSETTLED and attempt.detail == what

    def answers(self, question: OutboxMessage) -> bool:
        """They can have seen it when they wrote this: of two messages in a row, the second is no answer to what the first was
        asked."""
        seen = question.state not in (OutboxState.NEW, OutboxState.FAILED)
        return seen and self.event.at >= question.created_at.replace(microsecond=0)

    def with_stop_question(self, outbox_id: str) -> "Turn":
        """Empty: none is open."""
        attempt = replace(self.journey.attempt, stop_question=outbox_id)
        return replace(self, journey=replace(self.journey, attempt=attempt))

    def asking_for(self, slot: Slot) -> "Turn":
        """What words were read to mean, by its number in its attempt; a button needs no reading."""
        if self.event.button_id or self.asked_before:
            return self
        number = self.shown.slots.index(slot) + 1
        asked = f"{self.event.event_id}:{self.shown.number}:{number}"
        attempt = replace(self.journey.attempt, booking=asked)
        return replace(self, journey=replace(self.journey, attempt=attempt))

    @property
    def asked_before(self) -> PressedSlot | None:
        """What this message was read to ask for before: it may be booked since."""
        read_for = f"{self.event.event_id}:"
        for attempt in self.journey.attempts:
            if attempt.booking.startswith(read_for):
                *number, n = attempt.booking.removeprefix(read_for).split(":")
                # Noted by an earlier version: the slot alone, of its own attempt.
                of_attempt = int(number[0]) if number else attempt.number
                return PressedSlot(self.journey.journey_id, of_attempt, int(n))
        return None

    # ── what was meant ───────────────────────────────────────────────────────────────────────────

    def chosen_slot(self) -> Slot | None:
        """The slot that was pressed or named; the only one of the newest list when none was."""
        if pressed := PressedSlot.of(self.event.button_id) or self.asked_before:
            return pressed.slot(self.journey)
        attempt, n = self.shown, self.reading.slot
        if n is not None:
            return attempt.slots[n - 1] if 1 <= n <= len(attempt.slots) else None
        only = len(attempt.newest) == 1 and not self.reading.open
        return attempt.newest[0][1] if only else None

    @property
    def coming_slots(self) -> list[tuple[int, Slot]]:
        """What of the newest list can still be had, by number."""
        return [(n, slot) for n, slot in self.shown.newest if slot.starts_at > self.now]

    def about(self, slot: Slot) -> "Turn":
        """Its service is the subject, as long as there is such a service."""
        service = self.scene.catalogue.services.get(slot.service_id, self.scene.service)
        return replace(self, scene=replace(self.scene, service=service))

    def staff_named(self, name: str | None) -> str | None:
        staff = self.scene.catalogue.staff
        return name and names.best_match(name, {s.staff_id: s.name for s in staff.values()})

    def service_named(self, title: str | None) -> Service | None:
        services = self.scene.catalogue.services
        found = title and names.best_match(
            title, {s.service_id: s.title for s in services.values() if s.active}
        )
        return services[found] if found else None

    def wish(self) -> Wish:
        """What their words ask of a time."""
        words = self.reading.when or self.event.text
        return wish_for(words, self.company.local(self.now), self.company.zone)

    def staff_refused(self) -> frozenset[str]:
        """«К другому мастеру»: whoever is named, or else whoever was offered last."""
        named = self.staff_named(self.event.text)
        offered = self.shown.newest
        return frozenset({named} if named else {slot.staff_id for _, slot in offered})

    # ── what is answered ─────────────────────────────────────────────────────────────────────────

    def conclude(self, outcome: Outcome, detail: str, stage: Stage) -> Effects:
        """The attempt has its outcome; whoever waits for it is told after the commit."""
        counted, counts = reach(self.journey, stage, self.now)
        ended = conclude(counted, outcome, detail)
        told = waits(self.journey, outcome)
        late = self._won_late() if outcome is Outcome.BOOKED else ()
        return Effects(changes=(SaveJourney(ended), *counts, *late), finished=told)

    def _won_late(self) -> tuple[CountArm, ...]:
        """After Track had counted the attempt as silence."""
        settled = self.journey.state in (JourneyState.RESTING, JourneyState.FINISHED)
        if not settled or self.journey.attempt.outcome not in SILENCE:
            return ()
        return learning.won_late(self.journey, client_zone(self.client, self.company))

    def offer(self, slots: tuple[Slot, ...], opening: str, **variables: str) -> Effects:
        """New slots beside the old, so that an old button keeps its meaning."""
        before = self.journey.attempt.slots
        attempt = replace(self.journey.attempt, slots=(*before, *slots), offered_last=len(slots))
        offering = replace(self, journey=replace(self.journey, attempt=attempt))
        return offering._list(text(self.language, opening, **variables), attempt, attempt.newest)

    def ask_which(self, opening: str = "Which time suits you?") -> Effects:
        """They said yes to several: ask which, with what was offered last."""
        return self._list(text(self.language, opening), self.shown, self.coming_slots)

    def ask_whether_to_stop(self) -> Effects:
        button = wording.stop_button(self.journey.journey_id, self.language)
        words = text(self.language, "Should we stop writing to you? Answer yes or no.")
        question = self._say(words, (button,))
        asking = self.with_stop_question(question.replies[0].outbox_id)
        return asking.heard() + question

    def hand_over(self) -> Effects:
        """Not ours to answer: a person will. The journey goes on waiting."""
        called = person_called(self.scene.file, self.event, self.now)
        return called + self.heard() + self.say(HAND_OVER)

    def heard(self) -> Effects:
        """Counted as answered. Who talks to us is not silent: while an answer is awaited, its deadline starts anew."""
        counted, counts = reach(self.journey, Stage.ANSWERED, self.now)
        if waits(counted, Outcome.NO_RESPONSE) and counted.chair_on is None:
            deadline = self.now + timedelta(days=self.company.answer_days)
            counted = replace(counted, attempt=replace(counted.attempt, deadline=deadline))
        if counted == self.scene.file.journey(counted.journey_id):
            return Effects()
        return Effects(changes=(SaveJourney(counted), *counts))

    def say_booked(self, visit: Visit) -> Effects:
        catalogue = self.scene.catalogue
        return self.say(
            "You are booked: {when}, {service}, {staff}. See you!",
            when=wording.when(visit.starts_at, self.company.zone, self.language),
            service=catalogue.title(visit.service_id),
            staff=catalogue.name(visit.staff_id),
        )

    def say_away(self, until: date) -> Effects:
        day = wording.day(until, self.language)
        return self.say("Have a good time! We will write to you after {day}.", day=day)

    def say(self, message: str, **variables: str) -> Effects:
        return self._say(text(self.language, message, **variables), ())

    def _list(
        self, opening: str, attempt: Attempt, numbered: Sequence[tuple[int, Slot]]
    ) -> Effects:
        zone, catalogue = self.company.zone, self.scene.catalogue
        lines = [
            f"{n}. {wording.when(slot.starts_at, zone, self.language)}, "
            f"{catalogue.name(slot.staff_id)}".rstrip(", ")
            for n, slot in numbered
        ]
        buttons = wording.slot_buttons(
            self.journey.journey_id, attempt.number, numbered, zone, self.language
        )
        return self.heard() + self._say("\n".join((opening, *lines)), buttons)

    def _say(self, words: str, buttons: tuple[Button, ...]) -> Effects:
        return Effects(replies=(self.scene.file.answer(self.event, self.now, words, buttons),))


def person_called(file: ClientFile, event: MessageReceived, now: datetime) -> Effects:
    """A person is to answer, and will want to know what was said."""
    client = file.client
    kept = KeepWords(client.company_id, client.client_id, Heard.of(event))
    if file.person:
        return Effects((kept,))
    return Effects((CallPerson(client.company_id, client.client_id, now), kept))


def read(turn: Turn, model: LanguageModel | None) -> AnswerReading:
    """A button says exactly what is meant; words go to the model, names and numbers masked, with the rules behind it."""
    if known := pressed_button(turn.event.button_id):
        return known
    if asked := turn.asked_before:
        return asked.read
    company, catalogue = turn.company, turn.scene.catalogue
    names_of_staff = {s.staff_id: s.name for s in catalogue.staff.values()}
    staff = tuple(names_of_staff.values())
    slots = enumerate(turn.shown.slots, start=1)
    facts = AnswerFacts(
        text=masked(turn.event.text, turn.client.name, staff),
        language=turn.language,
        offered=wording.offered(slots, names_of_staff, company.zone, turn.language),
        today=company.local(turn.now).date(),
        services=tuple(s.title for s in catalogue.services.values() if s.active),
        staff=staff,
        service=turn.scene.service.title,
        offered_last=turn.shown.offered_last,
    )
    return answers.reading(model, facts)
