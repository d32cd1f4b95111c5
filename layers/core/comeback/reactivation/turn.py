"""One turn of the dialogue: the client's message in its journey, and the ways to answer it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from comeback.bookings.model import Service, Slot
from comeback.changes import Change, SaveJourney
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import Company
from comeback.conversations.model import Button, Content, MessageReceived, OutboxMessage, Purpose
from comeback.ports import AnswerFacts, AnswerReading, ClientFile, Effects, LanguageModel
from comeback.reactivation import answers, names, wording
from comeback.reactivation.answers import Intent
from comeback.reactivation.journey import conclude, reach
from comeback.reactivation.model import Journey, JourneyState, Outcome, Stage
from comeback.reactivation.pseudonyms import masked
from comeback.reactivation.scene import Scene
from comeback.texts import text

HAND_OVER = "Thank you! The administrator will answer you here."


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

    # ── what was meant ───────────────────────────────────────────────────────────────────────────

    def chosen_slot(self) -> Slot | None:
        """The slot that was named; the only one offered when none was."""
        slots = self.journey.attempt.slots
        if self.reading.slot is not None and 1 <= self.reading.slot <= len(slots):
            return slots[self.reading.slot - 1]
        return slots[0] if len(slots) == 1 and self.reading.slot is None else None

    def staff_named(self, name: str | None) -> str | None:
        staff = self.scene.catalogue.staff
        return name and names.best_match(name, {s.staff_id: s.name for s in staff.values()})

    def service_named(self, title: str | None) -> Service | None:
        services = self.scene.catalogue.services
        found = title and names.best_match(
            title, {s.service_id: s.title for s in services.values() if s.active}
        )
        return services[found] if found else None

    # ── what is answered ─────────────────────────────────────────────────────────────────────────

    def conclude(
        self, outcome: Outcome, detail: str, stage: Stage, changes: Iterable[Change] = ()
    ) -> Effects:
        """The attempt has its outcome; whoever waits for it is told after the commit."""
        waits = self.journey.state is JourneyState.WAITING and self.journey.attempt.outcome is None
        counted, counts = reach(self.journey, stage)
        ended = conclude(counted, outcome, detail)
        told = ((self.journey.attempt.task_token, outcome),) if waits else ()
        return Effects(changes=(SaveJourney(ended), *counts, *changes), finished=told)

    def offer(self, slots: tuple[Slot, ...], opening: str) -> Effects:
        """New slots beside the old, and a fresh wait for the answer to them."""
        before = len(self.journey.attempt.slots)
        counted, counts = reach(self.journey, Stage.ANSWERED)
        deadline = self.now + timedelta(days=self.company.answer_days)
        attempt = replace(
            counted.attempt, slots=(*counted.attempt.slots, *slots), deadline=deadline
        )
        saved = SaveJourney(replace(counted, attempt=attempt))
        numbered = list(enumerate(slots, start=before + 1))
        said = self._say(f"{text(self.language, opening)}\n{self._listed(numbered)}", numbered)
        return replace(said, changes=(saved, *counts))

    def ask_which(self) -> Effects:
        """They said yes to several: ask which, with what was offered last."""
        numbered = list(enumerate(self.journey.attempt.slots, start=1))[-self.company.max_slots :]
        opening = text(self.language, "Which time suits you?")
        return self._heard(self._say(f"{opening}\n{self._listed(numbered)}", numbered))

    def hand_over(self) -> Effects:
        """Not ours to answer: a person will. The journey goes on waiting."""
        return self._heard(self.say(HAND_OVER))

    def say_booked(self, visit: Visit) -> Effects:
        staff = self.scene.catalogue.staff.get(visit.staff_id)
        service = self.scene.catalogue.services.get(visit.service_id)
        return self.say(
            "You are booked: {when}, {service}, {staff}. See you!",
            when=wording.when(visit.starts_at, self.company.zone, self.language),
            service=service.title if service else "",
            staff=staff.name if staff else "",
        )

    def say_away(self, until: date) -> Effects:
        day = wording.day(until, self.language)
        return self.say("Have a good time! We will write to you after {day}.", day=day)

    def say(self, message: str, **variables: str) -> Effects:
        return self._say(text(self.language, message, **variables), ())

    def _say(self, words: str, numbered: Iterable[tuple[int, Slot]]) -> Effects:
        buttons = wording.slot_buttons(
            self.journey.journey_id,
            self.journey.attempt.number,
            numbered,
            self.company.zone,
            self.language,
        )
        return Effects(replies=(reply(self.scene.file, self.event, self.now, words, buttons),))

    def _listed(self, numbered: Iterable[tuple[int, Slot]]) -> str:
        staff = self.scene.catalogue.staff
        return "\n".join(
            f"{n}. {wording.when(slot.starts_at, self.company.zone, self.language)}, "
            f"{staff[slot.staff_id].name if slot.staff_id in staff else ''}".rstrip(", ")
            for n, slot in numbered
        )

    def _heard(self, effects: Effects) -> Effects:
        counted, counts = reach(self.journey, Stage.ANSWERED)
        if not counts:
            return effects
        return replace(effects, changes=(*effects.changes, SaveJourney(counted), *counts))


def reply(
    file: ClientFile,
    event: MessageReceived,
    now: datetime,
    words: str,
    buttons: tuple[Button, ...] = (),
) -> OutboxMessage:
    """An answer in the channel the client wrote in; its id comes from the event, so a redelivery makes no second."""
    return OutboxMessage(
        company_id=file.client.company_id,
        client_id=file.client.client_id,
        outbox_id=f"re.{event.event_id}",
        address=event.address,
        content=Content(words, buttons),
        purpose=Purpose.SERVICE,
        created_at=now,
    )


def read(turn: Turn, model: LanguageModel | None) -> AnswerReading:
    """A button says exactly what is meant; words go to the model, names and numbers masked, with the rules behind it."""
    if pressed := pressed_button(turn.event.button_id):
        return pressed
    company, catalogue = turn.company, turn.scene.catalogue
    names_of_staff = {s.staff_id: s.name for s in catalogue.staff.values()}
    staff = tuple(names_of_staff.values())
    slots = turn.journey.attempt.slots
    facts = AnswerFacts(
        text=masked(turn.event.text, turn.client.name, staff),
        language=turn.language,
        offered=wording.offered(slots, names_of_staff, company.zone, turn.language),
        today=company.local(turn.now).date(),
        services=tuple(s.title for s in catalogue.services.values() if s.active),
        staff=staff,
        service=turn.scene.service.title,
    )
    return answers.reading(model, facts)


def pressed_button(button_id: str) -> AnswerReading | None:
    """`slot:<journey>:<attempt>:<n>`, `pick:<journey>`, `other:<journey>`, `stop:<journey>`."""
    verb, *rest = button_id.split(":")
    if verb == "slot" and len(rest) == 3 and rest[2].isdigit():
        return AnswerReading(Intent.YES.value, slot=int(rest[2]), confidence=1.0)
    intents = {"pick": Intent.YES, "other": Intent.OTHER_TIME, "stop": Intent.STOP}
    return AnswerReading(intents[verb].value, confidence=1.0) if verb in intents else None
