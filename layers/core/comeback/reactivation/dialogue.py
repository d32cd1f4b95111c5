"""What a client's words do to their journey: the Dialogue port.

An answer is read (a button says it exactly; words are read by the model, with rules behind it), then one verb per intent
decides. Bookings and leases are idempotent calls made on the way, a booking's reading is noted before it; everything else
returns as one `Effects`, which the caller writes in one transaction with the event's dedupe key.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from comeback.bookings.model import Slot
from comeback.changes import CountSignal, SaveClient, SaveConsent, SaveJourney, SaveVisit
from comeback.clients.model import Consent
from comeback.companies.model import Company
from comeback.conversations.model import MessageReceived, Purpose, Signal
from comeback.errors import InvalidInput, NotFound, SlotTaken
from comeback.ports import (
    AnswerFacts,
    AnswerReading,
    ClientFile,
    Clock,
    Crms,
    Effects,
    Models,
    Store,
)
from comeback.reactivation.answers import Intent, read_by_rules
from comeback.reactivation.find_slots import SlotFinder
from comeback.reactivation.journey import shown
from comeback.reactivation.model import Journey, Outcome, Stage
from comeback.reactivation.pressed import pressed_button
from comeback.reactivation.receipts import Receipts, latest_contacted, running
from comeback.reactivation.scene import set_up
from comeback.reactivation.taken import request_for, visit_of
from comeback.reactivation.turn import (
    HAND_OVER,
    OTHER_MASTER,
    Turn,
    person_called,
    read,
)
from comeback.reactivation.wishes import Wish
from comeback.texts import text

AWAY_DAYS = 14
"""Who is away but names no date is left alone this long."""
CONSENT_TEXT = "stop-v1"
COURTESIES = (Intent.YES, Intent.UNCLEAR)
"""«Спасибо!», «👍» after the booking: nothing is left to say."""
STANDS = (Intent.YES, Intent.ALREADY_BOOKED, Intent.STOP, Intent.PERHAPS_STOP)
"""What a booking does not mind. Whoever wants to move or cancel one talks to a person."""


class ReactivationDialogue(Receipts):
    def __init__(
        self, store: Store, finder: SlotFinder, crms: Crms, models: Models, clock: Clock
    ) -> None:
        self._store = store
        self._finder = finder
        self._crms = crms
        self._models = models
        self._clock = clock
        self._verbs: Mapping[Intent, Callable[[Turn], Effects]] = {
            Intent.YES: self._yes,
            Intent.OTHER_TIME: self._other_time,
            Intent.OTHER_MASTER: self._other_master,
            Intent.OTHER_SERVICE: self._other_service,
            Intent.AWAY: self._away,
            Intent.ALREADY_BOOKED: self._already_booked,
            Intent.STOP: self._stop,
            Intent.PERHAPS_STOP: lambda turn: turn.ask_whether_to_stop(),
            Intent.NO: self._declined,
        }

    def answer(self, file: ClientFile, event: MessageReceived) -> Effects:
        company = self._store.company(file.client.company_id)
        turn = self._turn(company, file, event)
        if turn is None:
            return self._outside(company, file, event)
        turn = replace(turn, reading=read(turn, self._models.model(company)))
        if self._asked_whether_to_stop(turn):
            turn = replace(turn, reading=stop_or_not(turn.reading)).with_stop_question("")
            if turn.reading.intent == Intent.NO:
                return turn.ask_which("Good, we stay in touch. Which time suits you?")
        intent = Intent(turn.reading.intent)
        if turn.booked_visit and not event.button_id and intent in COURTESIES:
            return Effects()
        verb = self._verbs.get(intent)
        if verb is None or (turn.booked_visit and intent not in STANDS):
            return turn.hand_over()
        return verb(turn)

    def listened(self, file: ClientFile, event: MessageReceived) -> Effects:
        turn = self._turn(self._store.company(file.client.company_id), file, event)
        return turn.heard() if turn else Effects()

    def _asked_whether_to_stop(self, turn: Turn) -> bool:
        asked, client = turn.journey.attempt.stop_question, turn.client
        try:
            return bool(asked) and turn.answers(
                self._store.outbox(client.company_id, client.client_id, asked)
            )
        except NotFound:
            return False

    def _turn(self, company: Company, file: ClientFile, event: MessageReceived) -> Turn | None:
        """None when there is no journey that this could answer, or its service is gone."""
        journey = journey_of(file, event)
        if journey is None:
            return None
        catalogue = self._store.catalogue(company.company_id)
        try:
            scene = set_up(company, catalogue, file, spoken_of(journey))
        except NotFound:
            return None
        return Turn(scene, journey, event, self._clock.now())

    def _outside(self, company: Company, file: ClientFile, event: MessageReceived) -> Effects:
        """A demand to stop is heard wherever it is made; the rest is for a person."""
        now, language = self._clock.now(), file.client.language or company.language
        facts = AnswerFacts(event.text, language, (), company.local(now).date())
        found = pressed_button(event.button_id) or read_by_rules(facts)
        if found.intent == Intent.STOP:
            return self._opted_out(file, event, now, language)
        said = Effects(replies=(file.answer(event, now, text(language, HAND_OVER)),))
        return person_called(file, event, now) + said

    # ── one verb per intent ──────────────────────────────────────────────────────────────────────

    def _yes(self, turn: Turn) -> Effects:
        slot = turn.chosen_slot()
        if slot is None:
            return turn.ask_which() if turn.coming_slots else self._other_time(turn)
        turn = turn.about(slot)
        if slot.starts_at <= turn.now:
            return self._offer(turn, (None, "That time has passed. Here is what is free:"))
        return self._book(turn, slot)

    def _book(self, turn: Turn, slot: Slot) -> Effects:
        """What the CRM can not take, for want of a phone number or so, a person will settle."""
        if turn.booked_visit:
            return turn.say_booked(turn.booked_visit)
        turn = self._noted(turn.asking_for(slot), turn)
        try:
            if not self._finder.keep(turn.company, slot, turn.journey.journey_id, turn.now):
                raise SlotTaken("it is offered to somebody else")
            booking = self._crms.crm(turn.company).book(request_for(turn, slot))
        except SlotTaken:
            return self._offer(turn, (None, "That time has just been taken. Here is what is free:"))
        except InvalidInput:
            return turn.hand_over()
        visit = visit_of(turn, slot, booking)
        saved = SaveVisit(turn.company.company_id, turn.client.client_id, visit)
        concluded = turn.conclude(Outcome.BOOKED, booking.booking_id, Stage.BOOKED)
        return (
            Effects((saved, *_master_remembered(turn, slot))) + concluded + turn.say_booked(visit)
        )

    def _noted(self, asking: Turn, turn: Turn) -> Turn:
        """Before the book is asked: a model that reads again after a crash may read something else, and the booking would be
        nobody's. Raises Conflict."""
        if asking.journey == turn.journey:
            return turn
        self._store.commit([SaveJourney(asking.journey)])
        version = asking.journey.version + 1
        return replace(asking, journey=replace(asking.journey, version=version))

    def _other_time(self, turn: Turn) -> Effects:
        wish = turn.wish()
        other = "Of course! Other free times:"
        if not wish.timed:
            return self._offer(turn, (None, other))
        return self._offer(turn, (wish, other), (None, "Nothing is free then. What is free:"))

    def _other_master(self, turn: Turn) -> Effects:
        """Remembered whether they book or not, by name; who only wants another one is remembered by whom they book."""
        asked = turn.remembering(OTHER_MASTER)
        staff_id, wish = turn.staff_named(turn.reading.master), turn.wish()
        if staff_id is None:
            others = replace(wish, not_staff=turn.staff_refused())
            nobody = (None, "Nobody else is free in the coming days. What is free:")
            return self._offer(asked, (others, "Of course! Free times:"), nobody)
        name = turn.scene.catalogue.staff[staff_id].name
        client = replace(turn.client, preferred_staff_id=staff_id)
        theirs = replace(wish, staff_id=staff_id)
        offered = self._offer(
            asked.with_client(client),
            (theirs, "Of course! {staff}, free times:"),
            (theirs.any_time(), "Nothing is free then. {staff}, other free times:"),
            (None, "{staff}: no free time in the coming days. With others there is:"),
            staff=name,
        )
        return Effects((SaveClient(client),)) + offered

    def _other_service(self, turn: Turn) -> Effects:
        service = turn.service_named(turn.reading.service)
        if service is None:
            return turn.hand_over()
        asked, wish = replace(turn, scene=replace(turn.scene, service=service)), turn.wish()
        return self._offer(
            asked,
            (wish, "Of course! {service}, free times:"),
            (wish.any_time(), "Nothing is free then. {service}, other free times:"),
            service=service.title,
        )

    def _offer(self, turn: Turn, *tries: tuple[Wish | None, str], **variables: str) -> Effects:
        """New slots in the same thread: the first wish that can be met, in its own words."""
        tried: list[Wish | None] = []
        for wish, opening in tries:
            if wish not in tried and (slots := self._free(turn, wish)):
                return turn.offer(slots, opening, **variables)
            tried.append(wish)
        return turn.hand_over()

    def _free(self, turn: Turn, wish: Wish | None) -> tuple[Slot, ...]:
        offered = (*turn.shown.slots, *turn.journey.attempt.slots)
        try:
            return self._finder.find(turn.scene, turn.journey.journey_id, turn.now, offered, wish)
        except NotFound:
            return ()

    def _away(self, turn: Turn) -> Effects:
        today = turn.company.local(turn.now).date()
        until = turn.reading.until or today + timedelta(days=AWAY_DAYS)
        back = _day_start(max(until, today + timedelta(days=1)), turn)
        saved = SaveClient(replace(turn.client, away_until=back))
        concluded = turn.conclude(Outcome.AWAY, until.isoformat(), Stage.ANSWERED)
        return Effects((saved,)) + concluded + turn.say_away(until)

    def _already_booked(self, turn: Turn) -> Effects:
        concluded = turn.conclude(Outcome.ALREADY_BOOKED, "", Stage.ANSWERED)
        return concluded + turn.say("Great, see you soon!")

    def _declined(self, turn: Turn) -> Effects:
        concluded = turn.conclude(Outcome.DECLINED, "", Stage.ANSWERED)
        return concluded + turn.say("Understood, thank you for answering!")

    def _stop(self, turn: Turn) -> Effects:
        """The subtler ways to say stop; the plain ones never get here (conversations stop them before any model)."""
        return self._opted_out(turn.scene.file, turn.event, turn.now, turn.language)

    def _opted_out(
        self, file: ClientFile, event: MessageReceived, now: datetime, language: str
    ) -> Effects:
        consent = Consent(
            Purpose.MARKETING, False, now, "dialogue_stop", CONSENT_TEXT, serial=event.serial
        )
        saved = SaveConsent(file.client.company_id, file.client.client_id, consent)
        words = text(language, "You will not get any more offers from us. Write to us any time.")
        said = Effects(replies=(file.answer(event, now, words),))
        on = now.astimezone(UTC).date()
        told = CountSignal(file.client.company_id, event.address.channel, on, Signal.OPTED_OUT)
        return Effects((saved, told)) + self.stopped(file) + said


def journey_of(file: ClientFile, event: MessageReceived) -> Journey | None:
    """The journey an answer belongs to: the button's, the one it was read for before (a booking may have been made, and the
    CRM's word of it have ended the journey), the one running, else the last that reached them."""
    parts = event.button_id.split(":")
    if len(parts) > 1 and (named := file.journey(parts[1])):
        return named
    read_for = f"{event.event_id}:"
    asked = (j for j in file.journeys if any(a.booking.startswith(read_for) for a in j.attempts))
    return next(asked, None) or running(file) or latest_contacted(file)


def spoken_of(journey: Journey) -> str:
    """The service of what was offered last: they may have asked for another than the journey's."""
    slots = shown(journey).slots
    return slots[-1].service_id if slots else journey.service_id


def stop_or_not(reading: AnswerReading) -> AnswerReading:
    """An answer to «should we stop?»: a bare yes means stop; whatever says more means what it says."""
    if reading.intent == Intent.YES and reading.slot is None and not reading.open:
        return replace(reading, intent=Intent.STOP.value)
    return reading


def _master_remembered(turn: Turn, slot: Slot) -> tuple[SaveClient, ...]:
    if not turn.remembers(OTHER_MASTER) or turn.client.preferred_staff_id == slot.staff_id:
        return ()
    return (SaveClient(replace(turn.client, preferred_staff_id=slot.staff_id)),)


def _day_start(day: date, turn: Turn) -> datetime:
    return datetime.combine(day, time(), tzinfo=turn.company.zone)
