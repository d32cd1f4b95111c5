"""One journey as its timeline."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from api.admin.wire.journeys import AttemptView, JourneyLine
from comeback.clients.model import VisitStatus
from comeback.conversations.model import ChannelKind, Heard, OutboxMessage, OutboxState, Purpose
from comeback.ports import Catalogue, ClientFile
from comeback.reactivation.model import Journey
from msgspec import Struct


class Happened(StrEnum):
    """What an event of a journey is."""

    STARTED = "started"
    SENT = "sent"
    ANSWERED = "answered"
    HEARD = "heard"
    REPLIED = "replied"
    BOOKED = "booked"
    FINISHED = "finished"


class Event(Struct):
    """One moment. `attempt`: whose; `text`: what was said; `state`: how far our message came."""

    at: datetime
    what: Happened
    attempt: int = 0
    text: str = ""
    channel: ChannelKind | None = None
    state: OutboxState | None = None
    by_hand: bool = False


class Booking(Struct):
    """The visit this journey won."""

    visit_id: str
    at: datetime
    service: str
    staff: str
    status: VisitStatus
    amount_minor: int


class TakenOver(Struct):
    """A person is wanted (`taken_by` empty), or answers instead of the bot."""

    since: datetime
    taken_by: str
    by_you: bool


class JourneyStory(Struct):
    """A journey with all its attempts, what happened when (oldest first), its booking, and who answers this client."""

    line: JourneyLine
    attempts: list[AttemptView]
    events: list[Event]
    booking: Booking | None
    p_return: float | None
    person: TakenOver | None


def story(
    journey: Journey,
    file: ClientFile,
    catalogue: Catalogue,
    messages: Sequence[OutboxMessage],
    heard: Sequence[Heard],
    user_id: str,
) -> JourneyStory:
    by_id = {message.outbox_id: message for message in messages}
    attempts = journey.attempts
    views = [AttemptView.of(a, catalogue, by_id.get(a.outbox_id)) for a in attempts]
    told = (*_of(journey, views), *_talk(journey, file, messages, heard))
    person = file.person
    taken = TakenOver(person.since, person.taken_by, person.taken_by == user_id) if person else None
    return JourneyStory(
        line=JourneyLine.of(journey, file.client, catalogue),
        attempts=views,
        events=sorted(told, key=lambda event: event.at),
        booking=_booking(journey, file, catalogue),
        p_return=journey.p_return,
        person=taken,
    )


def _of(journey: Journey, attempts: Sequence[AttemptView]) -> Iterator[Event]:
    yield Event(journey.started_at, Happened.STARTED)
    for one in attempts:
        if one.sent_at:
            yield Event(one.sent_at, Happened.SENT, one.number, one.text, one.channel, one.message)
        if one.answered_at:
            yield Event(one.answered_at, Happened.ANSWERED, one.number, channel=one.channel)
        if one.booked_at:
            yield Event(one.booked_at, Happened.BOOKED, one.number, channel=one.channel)
    if journey.finished_at:
        yield Event(journey.finished_at, Happened.FINISHED)


def _talk(
    journey: Journey,
    file: ClientFile,
    messages: Sequence[OutboxMessage],
    heard: Sequence[Heard],
) -> Iterator[Event]:
    """What was said beside the attempts, till the client's next journey begins."""
    begins = journey.started_at
    next_one = min((j.started_at for j in file.journeys if j.started_at > begins), default=None)
    for words in heard:
        if _within(words.at, begins, next_one):
            yield Event(words.at, Happened.HEARD, text=words.text, channel=words.channel)
    for message in messages:
        if message.purpose is Purpose.SERVICE and _within(message.created_at, begins, next_one):
            yield Event(
                message.created_at,
                Happened.REPLIED,
                text=message.content.text,
                channel=message.address.channel,
                state=message.state,
                by_hand=message.outbox_id.startswith("hand."),
            )


def _within(at: datetime, begins: datetime, ends: datetime | None) -> bool:
    return begins <= at and (ends is None or at < ends)


def _booking(journey: Journey, file: ClientFile, catalogue: Catalogue) -> Booking | None:
    visit = next((v for v in file.visits if v.journey_id == journey.journey_id), None)
    if visit is None:
        return None
    return Booking(
        visit_id=visit.visit_id,
        at=visit.starts_at,
        service=catalogue.title(visit.service_id),
        staff=catalogue.name(visit.staff_id),
        status=visit.status,
        amount_minor=visit.amount_minor,
    )
