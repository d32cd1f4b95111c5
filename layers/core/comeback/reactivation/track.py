"""Track: an attempt has its outcome; the journey rests before the next attempt, or ends."""

from dataclasses import replace
from datetime import datetime

from comeback.changes import SaveJourney
from comeback.ports import Clock, Leases, Store
from comeback.reactivation import learning
from comeback.reactivation.client_zone import client_zone
from comeback.reactivation.journey import (
    AGAIN_AT_MOST,
    COMPLETIONS,
    NOT_ARRIVED,
    SILENCE,
    conclude,
    next_attempt,
)
from comeback.reactivation.model import Journey, JourneyState, Outcome, Why
from comeback.reactivation.reachability import choose_address, closed_channels, goes_on_at
from comeback.reactivation.scene import DONE, Answer, JourneyRef, Scene, early, load_ref


class Track:
    def __init__(self, store: Store, leases: Leases, clock: Clock) -> None:
        self._store = store
        self._leases = leases
        self._clock = clock

    def run(self, ref: JourneyRef, outcome: Outcome) -> Answer:
        now = self._clock.now()
        scene = load_ref(self._store, ref)
        journey = scene.file.journey(ref.journey_id)
        if journey is None or journey.state is JourneyState.FINISHED:
            return DONE
        if journey.state is JourneyState.RESTING:
            return _retry(journey, scene, now)
        journey = conclude(journey, outcome)
        self._leases.release(journey.company_id, journey.attempt.slots, journey.journey_id)
        settled = journey.attempt.outcome or outcome
        taught = learning.settled(journey, client_zone(scene.file.client, scene.company))
        if self._goes_on(journey, scene, settled, now):
            resting = replace(journey, state=JourneyState.RESTING)
            self._store.commit([SaveJourney(resting), *taught])
            return _retry(resting, scene, now)
        self._store.commit([*scene.ending(now).finish(journey, COMPLETIONS[settled]), *taught])
        return DONE

    def _goes_on(self, journey: Journey, scene: Scene, settled: Outcome, now: datetime) -> bool:
        """After silence with another attempt, but not about a day that is over; after a proven failure with the same one,
        later or in another channel."""
        attempt = journey.attempt
        if settled in SILENCE:
            once = journey.why is Why.EMPTY_CHAIR
            return not once and attempt.number < scene.rule.max_attempts
        if settled not in NOT_ARRIVED or attempt.again >= AGAIN_AT_MOST:
            return False
        if settled is Outcome.POSTPONED:
            return True
        accounts = self._store.accounts(journey.company_id)
        following = next_attempt(journey).attempt
        closed = closed_channels(scene, accounts, following, now)
        return choose_address(scene, closed) is not None


def _retry(journey: Journey, scene: Scene, now: datetime) -> Answer:
    wait = (goes_on_at(journey, scene, now) - now).total_seconds()
    return {**early(wait), "status": "retry"}
