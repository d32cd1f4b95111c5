"""Track: an attempt has its outcome; the journey rests before the next attempt, or ends."""

from dataclasses import replace
from datetime import datetime

from comeback.changes import SaveJourney
from comeback.ports import Clock, Leases, Store
from comeback.reactivation.journey import COMPLETIONS, SILENCE, Ending, conclude, rest_ends
from comeback.reactivation.model import Journey, JourneyState, Outcome
from comeback.reactivation.scene import DONE, Answer, JourneyRef, Scene, load_ref


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
        if settled in SILENCE and journey.attempt.number < scene.rule.max_attempts:
            resting = replace(journey, state=JourneyState.RESTING)
            self._store.commit([SaveJourney(resting)])
            return _retry(resting, scene, now)
        ending = Ending(scene.company, scene.file, scene.rule, now)
        self._store.commit(ending.finish(journey, COMPLETIONS[settled]))
        return DONE


def _retry(journey: Journey, scene: Scene, now: datetime) -> Answer:
    wait = (rest_ends(journey, scene.rule) - now).total_seconds()
    return {"status": "retry", "wait_seconds": max(1, int(wait) + 1)}
