"""A journey's moves, as pure functions from a journey to the changes that make the move."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from comeback.changes import Change, Count, ReleaseClient, RemoveDue, SaveDue, SaveJourney
from comeback.clients.model import VisitStatus
from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind
from comeback.ports import ClientFile
from comeback.reactivation.model import (
    TRIAL_DAYS,
    Attempt,
    Completion,
    Journey,
    JourneyState,
    Outcome,
    ServiceRule,
    SkipReason,
    Stage,
    Why,
)

REACHED = (Stage.CONTACTED, Stage.DELIVERED, Stage.READ, Stage.ANSWERED, Stage.BOOKED)
"""Each implies those before it: who answered has read, though a messenger without read receipts never says so."""
LONG_REASONS = (
    SkipReason.NO_CONSENT,
    SkipReason.NO_CHANNEL,
    SkipReason.RECENT_MESSAGE,
    SkipReason.FREQUENCY_CAP,
    SkipReason.NOT_WORTH,
)
"""Tomorrow would bring the same: the client is looked at again after the retry interval."""
LEAVE_ALONE_DAYS = 30
"""Who declined, or kept silent through all attempts, is left alone at least this long."""
NO_SHOW_DAYS = 3
"""Who booked through us and did not come is due again this long after the slot."""

SILENCE = (Outcome.NO_RESPONSE, Outcome.UNCERTAIN)
"""No answer came; a send whose outcome we never learnt reads the same after the wait."""
NOT_ARRIVED = (Outcome.UNDELIVERABLE, Outcome.POSTPONED)
"""Proven: the same attempt may be made again, elsewhere or later."""
POSTPONED_BY: Mapping[str, timedelta] = {
    "131049": timedelta(days=1),
    "130472": timedelta(days=1),
}
"""Error code → rest before the same attempt again; an hour for the others (external-apis.md, B2)."""
AGAIN_AT_MOST = 3
"""How often one attempt is made again before the client is left alone."""

COMPLETIONS: dict[Outcome, Completion] = {
    Outcome.BOOKED: Completion.CONVERTED,
    Outcome.OPTED_OUT: Completion.OPTED_OUT,
    Outcome.DECLINED: Completion.DECLINED,
    Outcome.AWAY: Completion.AWAY,
    Outcome.ALREADY_BOOKED: Completion.ALREADY_BOOKED,
    Outcome.NO_RESPONSE: Completion.MAX_ATTEMPTS,
    Outcome.UNCERTAIN: Completion.MAX_ATTEMPTS,
    Outcome.UNDELIVERABLE: Completion.UNDELIVERABLE,
    Outcome.POSTPONED: Completion.UNDELIVERABLE,
    Outcome.SKIPPED: Completion.SKIPPED,
    Outcome.FAILED: Completion.FAILED,
}


def reach(
    journey: Journey, stage: Stage, at: datetime | None = None, outbox_id: str = ""
) -> tuple[Journey, tuple[Count, ...]]:
    """Counts a funnel stage, and those it implies, once per journey, on the campaign's day. `at`: when they answered;
    `outbox_id`: whose message came so far, the latest by default."""
    implied = REACHED[: REACHED.index(stage) + 1] if stage in REACHED else (stage,)
    new = [s for s in implied if s not in journey.counted]
    counts = tuple(Count(journey.company_id, journey.campaign_on, s) for s in new)
    journey = _come(journey, frozenset(implied) - {Stage.CONTACTED}, outbox_id)
    attempt = journey.attempt
    if at and stage in (Stage.ANSWERED, Stage.BOOKED):
        booked_at = attempt.booked_at or (at if stage is Stage.BOOKED else None)
        attempt = replace(attempt, answered_at=attempt.answered_at or at, booked_at=booked_at)
    return replace(journey, counted=journey.counted | set(new), attempt=attempt), counts


def _come(journey: Journey, stages: frozenset[Stage], outbox_id: str) -> Journey:
    """The message itself came so far."""

    def come(attempt: Attempt) -> Attempt:
        return replace(attempt, reached=attempt.reached | stages)

    if outbox_id in ("", journey.attempt.outbox_id):
        return replace(journey, attempt=come(journey.attempt))
    earlier = (come(a) if a.outbox_id == outbox_id else a for a in journey.earlier)
    return replace(journey, earlier=tuple(earlier))


def conclude(journey: Journey, outcome: Outcome, detail: str = "") -> Journey:
    """The attempt under way has its outcome; Track will act on it. The first outcome stands, with its detail,
    but an answer beats silence and a message thought lost, and a booking makes even a finished journey a converted one."""
    known = journey.attempt.outcome
    if known and (known is outcome or outcome in SILENCE):
        return journey
    if known not in (None, *SILENCE, *NOT_ARRIVED):
        return journey
    attempt = replace(journey.attempt, outcome=outcome, detail=detail)
    won = journey.state is JourneyState.FINISHED and outcome is Outcome.BOOKED
    return replace(
        journey, attempt=attempt, completion=Completion.CONVERTED if won else journey.completion
    )


def next_attempt(journey: Journey) -> Journey:
    """The next one; the same again when this one proved not to have arrived: with what was offered in the chat meanwhile, so
    that those buttons keep their meaning."""
    before = journey.attempt
    following = Attempt(before.number + 1)
    if before.outcome in NOT_ARRIVED:
        following = Attempt(
            before.number,
            slots=before.slots if before.offered_last else (),
            offered_last=before.offered_last,
            again=before.again + 1,
            failed=failed_channels(before),
        )
    return replace(
        journey,
        state=JourneyState.ANALYSED,
        earlier=(*journey.earlier, before),
        attempt=following,
    )


def shown(journey: Journey) -> Attempt:
    """The attempt whose slots the client has seen last: while a message is being made, the one before it."""
    seen = (a for a in reversed(journey.attempts) if a.offered_last or _has_come(a))
    return next(seen, journey.attempt)


def _has_come(attempt: Attempt) -> bool:
    return bool(attempt.sent_at) and attempt.outcome not in NOT_ARRIVED


def failed_channels(attempt: Attempt) -> tuple[ChannelKind, ...]:
    """Where this attempt proved undeliverable; a postponed one may go the same way later."""
    if attempt.outcome is not Outcome.UNDELIVERABLE or attempt.address is None:
        return attempt.failed
    return tuple(dict.fromkeys((*attempt.failed, attempt.address.channel)))


def outbox_id(journey: Journey) -> str:
    """The natural key of the attempt's message; a repetition after a proven failure is a message of its own."""
    attempt = journey.attempt
    again = f".{attempt.again}" if attempt.again else ""
    return f"{journey.journey_id}.{attempt.number}{again}"


def last_sent(journey: Journey) -> datetime | None:
    return max((a.sent_at for a in journey.attempts if a.sent_at), default=None)


def rest_ends(journey: Journey, rule: ServiceRule) -> datetime:
    """When the next attempt may be made (UTC): the retry interval after the last message, but at once in another channel
    when it did not arrive, and after the messenger's own pause when that was why."""
    sent, attempt = last_sent(journey) or journey.started_at, journey.attempt
    if attempt.outcome is Outcome.UNDELIVERABLE:
        return sent
    if attempt.outcome is Outcome.POSTPONED:
        return sent + POSTPONED_BY.get(attempt.detail, timedelta(hours=1))
    return sent + timedelta(days=rule.retry_interval_days)


@dataclass(frozen=True)
class Ending:
    """What finishing a journey needs to know."""

    company: Company
    file: ClientFile
    rule: ServiceRule
    now: datetime

    @property
    def today(self) -> date:
        return self.company.local(self.now).date()

    def finish(self, journey: Journey, completion: Completion) -> tuple[Change, ...]:
        """The journey is over, the client is free for another, and is due again on a day that fits the ending."""
        done = replace(
            journey, state=JourneyState.FINISHED, completion=completion, finished_at=self.now
        )
        return (
            SaveJourney(done),
            *self._release(done),
            *self._due_again(journey, completion, None),
        )

    def skip(self, journey: Journey, reason: SkipReason) -> tuple[Change, ...]:
        """The journey ends unsent; counted by reason unless an earlier attempt was already sent."""
        completion = _completion_of_skip(journey, reason)
        done = replace(
            conclude(journey, Outcome.SKIPPED, reason.value),
            state=JourneyState.FINISHED,
            completion=completion,
            finished_at=self.now,
        )
        counts: tuple[Change, ...] = ()
        if not done.counted:
            counts = (Count(done.company_id, done.campaign_on, Stage.SKIPPED, reason.value),)
        return (
            SaveJourney(done),
            *self._release(done),
            *counts,
            *self._due_again(done, completion, reason),
        )

    def _release(self, journey: Journey) -> tuple[Change, ...]:
        """Nothing when another journey holds the client."""
        if self.file.active_journey_id != journey.journey_id:
            return ()
        return (ReleaseClient(journey.company_id, journey.client_id, journey.journey_id),)

    def _due_again(
        self, journey: Journey, completion: Completion, reason: SkipReason | None
    ) -> tuple[Change, ...]:
        company_id, client_id = journey.company_id, journey.client_id
        if completion is Completion.OPTED_OUT:
            return tuple(RemoveDue(company_id, client_id, d.service_id) for d in self.file.due)
        entry = next((d for d in self.file.due if d.service_id == journey.service_id), None)
        if entry is None or reason is SkipReason.NOT_DUE:
            return ()
        next_on = self._next_on(journey, completion, reason)
        if reason is SkipReason.ACTIVE_JOURNEY:
            next_on = max(next_on, entry.next_on)
        return (SaveDue(entry.resting(next_on)),)

    def _next_on(self, journey: Journey, completion: Completion, reason: SkipReason | None) -> date:
        """Who did not want one empty chair has refused that day alone; who was not even asked is due when they were; who
        booked another service instead did not want this one now."""
        why, wait = journey.why, self.rule.retry_interval_days
        retry = self.today + timedelta(days=wait)
        tomorrow = self.today + timedelta(days=1)
        if completion is Completion.CONVERTED and self._booked_another(journey):
            return self._after_bookings(wait) or retry
        if why is Why.EMPTY_CHAIR and completion in (Completion.MAX_ATTEMPTS, Completion.DECLINED):
            return retry
        if why is Why.EMPTY_CHAIR and reason in (*LONG_REASONS, SkipReason.HOLDOUT):
            return tomorrow
        if reason in LONG_REASONS:
            return retry
        if reason is SkipReason.HOLDOUT:
            return self.today + timedelta(days=TRIAL_DAYS)
        if reason is SkipReason.FUTURE_BOOKING or completion is Completion.ALREADY_BOOKED:
            return self._after_bookings(1) or tomorrow
        if reason is SkipReason.AWAY or completion is Completion.AWAY:
            until = self.file.client.away_until
            return self.company.local(until).date() if until else retry
        if reason is not None:
            return tomorrow
        if completion is Completion.CONVERTED:
            return self._after_bookings(NO_SHOW_DAYS) or retry
        if completion in (Completion.MAX_ATTEMPTS, Completion.DECLINED):
            days = max(LEAVE_ALONE_DAYS, self.rule.interval()[1].days)
            return self.today + timedelta(days=days)
        return retry

    def _booked_another(self, journey: Journey) -> bool:
        """Another service alone, in this dialogue."""
        booked = {v.service_id for v in self.file.visits if v.journey_id == journey.journey_id}
        return bool(booked) and journey.service_id not in booked

    def _after_bookings(self, days: int) -> date | None:
        """`days` after the last coming visit."""
        coming = [
            v.starts_at
            for v in self.file.visits
            if v.status is VisitStatus.BOOKED and v.starts_at > self.now
        ]
        if not coming:
            return None
        return self.company.local(max(coming)).date() + timedelta(days=days)


def _completion_of_skip(journey: Journey, reason: SkipReason) -> Completion:
    """A client who booked on an earlier attempt, after its deadline, has been won all the same."""
    if Stage.BOOKED in journey.counted:
        return Completion.CONVERTED
    if reason is SkipReason.OPTED_OUT:
        return Completion.OPTED_OUT
    if reason is SkipReason.FUTURE_BOOKING and journey.counted:
        return Completion.ALREADY_BOOKED
    return Completion.SKIPPED
