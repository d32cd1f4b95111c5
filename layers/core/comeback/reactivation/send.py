"""Send: a last look, then the outbox item and the task token in one transaction, then the outbound queue."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from comeback.changes import PutOutbox, SaveJourney
from comeback.conversations.model import ChannelKind, OutboxMessage, OutboxState, Purpose
from comeback.errors import InvalidInput
from comeback.ports import Clock, Leases, Orchestrator, OutboundQueue, Store
from comeback.reactivation.client_zone import client_zone
from comeback.reactivation.find_slots import EARLY_BY
from comeback.reactivation.journey import conclude, outbox_id
from comeback.reactivation.model import Journey, JourneyState, Outcome, SkipReason
from comeback.reactivation.reachability import closed_channels, is_open, skip_reason, talk_ends
from comeback.reactivation.scene import JourneyRef, Scene, load_ref
from comeback.reactivation.sending_limits import windows
from comeback.reactivation.slots import LEASE

LATE = "late"
"""Our own code: its hour had passed when the message was ready; it takes a new minute."""
TALKING = "talking"
"""Our own code: the client has just written; it takes a minute after the talk."""
CLOSED = "closed"
"""Our own code: the channel closed while the message waited; the attempt is made again in another."""


class Send:
    def __init__(
        self,
        store: Store,
        leases: Leases,
        outbound: OutboundQueue,
        orchestrator: Orchestrator,
        clock: Clock,
    ) -> None:
        self._store = store
        self._leases = leases
        self._outbound = outbound
        self._orchestrator = orchestrator
        self._clock = clock

    def run(self, ref: JourneyRef, task_token: str) -> None:
        """The state machine goes on when somebody finishes `task_token`: the dialogue, silence, or this very call."""
        now = self._clock.now()
        scene = load_ref(self._store, ref)
        journey = scene.journey(ref)
        if journey.state is JourneyState.WAITING:
            self._again(journey, task_token)
        elif journey.state is not JourneyState.WRITTEN or journey.attempt.outcome:
            self._orchestrator.finish_wait(task_token, journey.attempt.outcome or Outcome.SKIPPED)
        else:
            self._last_look(journey, scene, task_token, now)

    def _last_look(self, journey: Journey, scene: Scene, task_token: str, now: datetime) -> None:
        """Consent, bookings, accounts and the leases may have changed while the message waited for its minute."""
        accounts = self._store.accounts(journey.company_id)
        closed = closed_channels(scene, accounts, journey.attempt, now)
        if reason := self._forbidden(journey, scene, closed, now):
            self._store.commit(scene.ending(now).skip(journey, reason))
            self._orchestrator.finish_wait(task_token, Outcome.SKIPPED)
        elif not is_open(scene, journey.attempt.address, closed):
            self._store.commit([SaveJourney(conclude(journey, Outcome.UNDELIVERABLE, CLOSED))])
            self._orchestrator.finish_wait(task_token, Outcome.UNDELIVERABLE)
        elif code := _not_now(journey, scene, now):
            self._store.commit([SaveJourney(conclude(journey, Outcome.POSTPONED, code))])
            self._orchestrator.finish_wait(task_token, Outcome.POSTPONED)
        else:
            self._hand_over(journey, scene, task_token, now)

    def _forbidden(
        self, journey: Journey, scene: Scene, closed: Collection[ChannelKind], now: datetime
    ) -> SkipReason | None:
        reason = skip_reason(scene, journey, now, closed)
        if reason:
            return reason
        slots = [slot for _, slot in scene.in_message(journey)]
        company_id, holder = journey.company_id, journey.journey_id
        held = self._leases.lease(company_id, slots, holder, now + LEASE, now)
        return SkipReason.SLOT_LOST if len(held) < len(slots) else None

    def _hand_over(self, journey: Journey, scene: Scene, task_token: str, now: datetime) -> None:
        attempt = replace(
            journey.attempt,
            outbox_id=outbox_id(journey),
            task_token=task_token,
            sent_at=now,
            deadline=_deadline(journey, scene, now),
            sent_on=scene.company.local(now).date(),
            sent_hour=scene.company.local(now).hour,
            worth_minor=_worth(journey, scene),
        )
        waiting = replace(journey, state=JourneyState.WAITING, attempt=attempt)
        self._store.commit([SaveJourney(waiting), PutOutbox(_message(waiting, now))])
        self._enqueue(waiting)

    def _again(self, journey: Journey, task_token: str) -> None:
        """A second call for the same attempt: a retry after a crash or a lost answer, with a token of its own."""
        if journey.attempt.task_token != task_token:
            attempt = replace(journey.attempt, task_token=task_token)
            self._store.commit([SaveJourney(replace(journey, attempt=attempt))])
        if journey.attempt.outcome:
            self._orchestrator.finish_wait(task_token, journey.attempt.outcome)
            return
        message = self._store.outbox(
            journey.company_id, journey.client_id, journey.attempt.outbox_id
        )
        if message.state is OutboxState.NEW:
            self._enqueue(journey)

    def _enqueue(self, journey: Journey) -> None:
        self._outbound.enqueue(journey.company_id, journey.client_id, journey.attempt.outbox_id)


def _not_now(journey: Journey, scene: Scene, now: datetime) -> str:
    """The code of what stands against this minute; empty: nothing. A first message waits for no talk: it is of something else."""
    if not _in_window(scene, now):
        return LATE
    return TALKING if journey.earlier and talk_ends(scene.file, now) > now else ""


def _in_window(scene: Scene, now: datetime) -> bool:
    """Whether the client may be written to at this hour of theirs: retries may have taken a message past its minute."""
    zone = client_zone(scene.file.client, scene.company)
    return any(a <= now + EARLY_BY and now < b for a, b in windows(scene.company, now, zone))


def _worth(journey: Journey, scene: Scene) -> int:
    """What a booking by this message brings, minor units."""
    return round(scene.service.price_minor * (100 - journey.attempt.discount_percent) / 100)


def _deadline(journey: Journey, scene: Scene, now: datetime) -> datetime:
    """When silence is an answer: about an empty chair, once its day is over."""
    answers = now + timedelta(days=scene.company.answer_days)
    if journey.chair_on is None:
        return answers
    after = journey.chair_on + timedelta(days=1)
    midnight = datetime.combine(after, time(), tzinfo=scene.company.zone)
    return min(answers, midnight.astimezone(UTC))


def _message(journey: Journey, now: datetime) -> OutboxMessage:
    """Raises InvalidInput on a journey that Generate has not been through."""
    attempt = journey.attempt
    if attempt.address is None or attempt.content is None:
        raise InvalidInput("journey", "has no address or no text", "Run Analyse and Generate first")
    return OutboxMessage(
        company_id=journey.company_id,
        client_id=journey.client_id,
        outbox_id=attempt.outbox_id,
        address=attempt.address,
        content=attempt.content,
        purpose=Purpose.MARKETING,
        created_at=now,
        journey_id=journey.journey_id,
        attempt=attempt.number,
    )
