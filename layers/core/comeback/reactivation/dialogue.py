"""What a client's words do to their journey: the Dialogue port.

An answer is read (a button says it exactly; words are read by the model, with rules behind it), then one verb per intent
decides. Bookings and leases are idempotent calls made on the way; everything else returns as one `Effects`, which the
caller writes in one transaction with the event's dedupe key.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from comeback.bookings.model import BookingRequest, Slot
from comeback.changes import SaveClient, SaveConsent, SaveVisit
from comeback.clients.model import Consent, Visit, VisitStatus
from comeback.conversations.model import MessageReceived, Purpose
from comeback.errors import InvalidInput, NotFound, SlotTaken
from comeback.ports import ClientFile, Clock, Crms, Effects, Models, Store
from comeback.reactivation.answers import Intent
from comeback.reactivation.due import OURS
from comeback.reactivation.find_slots import SlotFinder
from comeback.reactivation.model import Journey, Outcome, Stage
from comeback.reactivation.receipts import Receipts, latest_contacted, running
from comeback.reactivation.scene import load
from comeback.reactivation.turn import HAND_OVER, Turn, read, reply
from comeback.texts import text

AWAY_DAYS = 14
"""Who is away but names no date is left alone this long."""
CONSENT_TEXT = "stop-v1"
COURTESIES = (Intent.YES, Intent.UNCLEAR)
"""«Спасибо!», «👍» after the booking: nothing is left to say."""


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
            Intent.OTHER_TIME: self._other_slots,
            Intent.OTHER_MASTER: self._other_master,
            Intent.OTHER_SERVICE: self._other_service,
            Intent.AWAY: self._away,
            Intent.ALREADY_BOOKED: self._already_booked,
            Intent.STOP: self._stop,
            Intent.NO: self._declined,
        }

    def answer(self, file: ClientFile, event: MessageReceived) -> Effects:
        now = self._clock.now()
        company = self._store.company(file.client.company_id)
        journey = journey_of(file, event)
        if journey is None:
            words = text(file.client.language or company.language, HAND_OVER)
            return Effects(replies=(reply(file, event, now, words),))
        scene = load(self._store, journey.company_id, journey.client_id, journey.service_id)
        turn = Turn(replace(scene, file=file), journey, event, now)
        reading = read(turn, self._models.model(company))
        turn = replace(turn, reading=reading)
        if turn.booked_visit and not event.button_id and reading.intent in COURTESIES:
            return Effects()
        verb = self._verbs.get(Intent(reading.intent))
        return verb(turn) if verb else turn.hand_over()

    # ── one verb per intent ──────────────────────────────────────────────────────────────────────

    def _yes(self, turn: Turn) -> Effects:
        slot = turn.chosen_slot()
        if slot is None:
            return turn.ask_which() if turn.journey.attempt.slots else self._other_slots(turn)
        return self._book(turn, slot)

    def _book(self, turn: Turn, slot: Slot) -> Effects:
        if turn.booked_visit:
            return turn.say_booked(turn.booked_visit)
        try:
            booking = self._crms.crm(turn.company).book(_request(turn, slot))
        except SlotTaken:
            return self._next_best(turn)
        except InvalidInput:
            return (
                turn.hand_over()
            )  # the CRM wants what we do not have, a phone number for one: a person will ask
        visit = Visit(
            visit_id=booking.booking_id,
            service_id=slot.service_id,
            staff_id=slot.staff_id,
            starts_at=slot.starts_at,
            status=VisitStatus.BOOKED,
            source=OURS,
            journey_id=turn.journey.journey_id,
        )
        save = SaveVisit(turn.company.company_id, turn.client.client_id, visit)
        effects = turn.conclude(Outcome.BOOKED, booking.booking_id, Stage.BOOKED, (save,))
        return replace(effects, replies=turn.say_booked(visit).replies)

    def _next_best(self, turn: Turn) -> Effects:
        """The slot went while they thought (promise 7): the next best in the same thread."""
        return self._offer(turn, "That time has just been taken. Here is what is free:")

    def _other_slots(self, turn: Turn) -> Effects:
        return self._offer(turn, "Of course! Other free times:")

    def _other_master(self, turn: Turn) -> Effects:
        staff_id = turn.staff_named(turn.reading.master)
        if staff_id is None:
            return self._other_slots(turn)
        client = replace(turn.client, preferred_staff_id=staff_id)
        asked = turn.with_client(client)
        offered = self._offer(asked, "Of course! Free times:")
        return replace(offered, changes=(*offered.changes, SaveClient(client)))

    def _other_service(self, turn: Turn) -> Effects:
        service = turn.service_named(turn.reading.service)
        if service is None:
            return turn.hand_over()
        asked = replace(turn, scene=replace(turn.scene, service=service))
        return self._offer(asked, "Of course! Free times:")

    def _offer(self, turn: Turn, opening: str) -> Effects:
        """New slots in the same thread, added to those offered before: an old button keeps its meaning."""
        offered = turn.journey.attempt.slots
        try:
            slots = self._finder.find(turn.scene, turn.journey.journey_id, turn.now, offered)
        except NotFound:
            slots = ()
        return turn.offer(slots, opening) if slots else turn.hand_over()

    def _away(self, turn: Turn) -> Effects:
        today = turn.company.local(turn.now).date()
        until = turn.reading.until or today + timedelta(days=AWAY_DAYS)
        back = _day_start(max(until, today + timedelta(days=1)), turn)
        save = SaveClient(replace(turn.client, away_until=back))
        effects = turn.conclude(Outcome.AWAY, until.isoformat(), Stage.ANSWERED, (save,))
        return replace(effects, replies=turn.say_away(until).replies)

    def _already_booked(self, turn: Turn) -> Effects:
        effects = turn.conclude(Outcome.ALREADY_BOOKED, "", Stage.ANSWERED)
        return replace(effects, replies=turn.say("Great, see you soon!").replies)

    def _declined(self, turn: Turn) -> Effects:
        effects = turn.conclude(Outcome.DECLINED, "", Stage.ANSWERED)
        return replace(effects, replies=turn.say("Understood, thank you for answering!").replies)

    def _stop(self, turn: Turn) -> Effects:
        """The subtler ways to say stop; the plain ones never get here (conversations stop them before any model)."""
        consent = Consent(Purpose.MARKETING, False, turn.now, "dialogue_stop", CONSENT_TEXT)
        save = SaveConsent(turn.company.company_id, turn.client.client_id, consent)
        stopped = self.stopped(turn.scene.file)
        said = turn.say("You will not get any more offers from us. Write to us any time.")
        return replace(stopped, changes=(save, *stopped.changes), replies=said.replies)


def journey_of(file: ClientFile, event: MessageReceived) -> Journey | None:
    """The journey an answer belongs to: the button's, the one running, else the last that reached them."""
    parts = event.button_id.split(":")
    if len(parts) > 1 and (named := file.journey(parts[1])):
        return named
    return running(file) or latest_contacted(file)


def _request(turn: Turn, slot: Slot) -> BookingRequest:
    return BookingRequest(
        key=f"{turn.journey.journey_id}.{slot.staff_id}.{int(slot.starts_at.timestamp())}",
        slot=slot,
        client_id=turn.client.client_id,
        crm_client_id=turn.client.crm_id,
        client_name=turn.client.name,
        phone=turn.client.phone,
        holder=turn.journey.journey_id,
    )


def _day_start(day: date, turn: Turn) -> datetime:
    return datetime.combine(day, time(), tzinfo=turn.company.zone)
