"""Analyse: opens the journey (or its next attempt) if the client may be written to, and says where."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from comeback.changes import Change, ClaimClient, SaveDue, SaveJourney
from comeback.ports import ClientFile, Clock, Store
from comeback.reactivation.journey import (
    COMPLETIONS,
    SILENCE,
    Ending,
    next_attempt,
    rest_ends,
)
from comeback.reactivation.model import Attempt, Journey, JourneyState, SkipReason
from comeback.reactivation.reachability import choose_address, skip_reason
from comeback.reactivation.scene import READY, SKIPPED, Answer, JourneyRef, Scene, early, load_ref


class Analyse:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def run(self, ref: JourneyRef) -> Answer:
        """Raises Conflict when another step wrote the client meanwhile: run again."""
        now = self._clock.now()
        scene = load_ref(self._store, ref)
        journey = scene.file.journey(ref.journey_id)
        if journey is None:
            return self._open(ref, scene, now)
        if journey.state is JourneyState.FINISHED:
            return SKIPPED
        if journey.state is JourneyState.RESTING:
            return self._next_attempt(journey, scene, now)
        return READY

    def _open(self, ref: JourneyRef, scene: Scene, now: datetime) -> Answer:
        fresh = Journey(
            company_id=ref.company_id,
            client_id=ref.client_id,
            service_id=ref.service_id,
            journey_id=ref.journey_id,
            campaign_on=ref.campaign_on,
            started_at=now,
        )
        reason = _not_due(scene.file, ref) or skip_reason(
            scene.company, scene.file, scene.rule, fresh, now
        )
        if scene.file.active_journey_id not in ("", ref.journey_id):
            reason = SkipReason.ACTIVE_JOURNEY
        if reason:
            return self._skip(fresh, scene, reason, now)
        journey = _addressed(fresh, scene)
        claim = ClaimClient(ref.company_id, ref.client_id, ref.journey_id)
        self._store.commit([SaveJourney(journey), claim, *_dues_wait(scene, ref.campaign_on)])
        return READY

    def _next_attempt(self, journey: Journey, scene: Scene, now: datetime) -> Answer:
        """Unless an answer came while the journey rested."""
        outcome = journey.attempt.outcome
        if outcome and outcome not in SILENCE:
            ending = Ending(scene.company, scene.file, scene.rule, now)
            self._store.commit(ending.finish(journey, COMPLETIONS[outcome]))
            return SKIPPED
        wait = (rest_ends(journey, scene.rule) - now).total_seconds()
        if wait > 0:
            return early(wait)
        following = next_attempt(journey)
        if reason := skip_reason(scene.company, scene.file, scene.rule, following, now):
            return self._skip(following, scene, reason, now)
        today = scene.company.local(now).date()
        saved = SaveJourney(_addressed(following, scene))
        self._store.commit([saved, *_dues_wait(scene, today)])
        return READY

    def _skip(self, journey: Journey, scene: Scene, reason: SkipReason, now: datetime) -> Answer:
        ending = Ending(scene.company, scene.file, scene.rule, now)
        self._store.commit(ending.skip(journey, reason))
        return SKIPPED


def _addressed(journey: Journey, scene: Scene) -> Journey:
    address = choose_address(scene.company, scene.file)
    return replace(journey, attempt=Attempt(journey.attempt.number, address=address))


def _not_due(file: ClientFile, ref: JourneyRef) -> SkipReason | None:
    """A visit may have landed since the campaign's list was drawn."""
    entry = next((d for d in file.due if d.service_id == ref.service_id), None)
    if entry is None or entry.next_on > ref.campaign_on:
        return SkipReason.NOT_DUE
    return None


def _dues_wait(scene: Scene, on: date) -> tuple[Change, ...]:
    """One journey per client across services: all the client's due entries rest until after the next attempt."""
    until = on + timedelta(days=scene.rule.retry_interval_days + 1)
    return tuple(SaveDue(replace(d, next_on=max(d.next_on, until))) for d in scene.file.due)
