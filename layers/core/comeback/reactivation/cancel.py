"""CancelJourney: a person ends a journey. What has not left stays here, the times it held are free, its wait is told."""

from dataclasses import replace

from comeback.changes import Audited, Change, MoveOutbox
from comeback.conversations.model import OutboxState
from comeback.errors import InvalidInput, NotFound
from comeback.ports import Clock, Leases, Orchestrator, Store
from comeback.reactivation.model import Completion, Journey, JourneyState, Outcome
from comeback.reactivation.scene import load

CANCELLED = "cancelled"
"""Our own code of a message that a cancelled journey kept from leaving."""


class CancelJourney:
    def __init__(
        self, store: Store, leases: Leases, orchestrator: Orchestrator, clock: Clock
    ) -> None:
        self._store = store
        self._leases = leases
        self._orchestrator = orchestrator
        self._clock = clock

    def run(self, company_id: str, client_id: str, journey_id: str, user_id: str) -> Journey:
        """The journey as it is left. An offer that has reached the client may still be taken: what they press books, if it is
        free. Cancelled twice it tells again whoever may not have heard.

        Raises NotFound; InvalidInput for one that ended otherwise; Conflict when it moved in this moment: try again.
        """
        journey = self._journey(company_id, client_id, journey_id)
        if journey.state is not JourneyState.FINISHED:
            scene = load(self._store, company_id, client_id, journey.service_id)
            now = self._clock.now()
            ended = scene.ending(now).finish(journey, Completion.CANCELLED)
            noted = Audited(company_id, now, user_id, "journeys.cancel", journey_id)
            self._store.commit([*ended, *self._kept_here(journey), noted])
            journey = self._journey(company_id, client_id, journey_id)
        if journey.completion is not Completion.CANCELLED:
            raise InvalidInput("journey", "is over already", "Look at what became of it")
        self._leases.release(company_id, journey.attempt.slots, journey_id)
        if journey.attempt.task_token:
            self._orchestrator.finish_wait(journey.attempt.task_token, Outcome.SKIPPED)
        return journey

    def _journey(self, company_id: str, client_id: str, journey_id: str) -> Journey:
        journey = self._store.client(company_id, client_id).journey(journey_id)
        if journey is None:
            raise NotFound(f"journey {journey_id}")
        return journey

    def _kept_here(self, journey: Journey) -> tuple[Change, ...]:
        """Its message, as long as nobody has begun to send it."""
        if not journey.attempt.outbox_id:
            return ()
        message = self._store.outbox(
            journey.company_id, journey.client_id, journey.attempt.outbox_id
        )
        if message.state is not OutboxState.NEW:
            return ()
        failed = replace(message, state=OutboxState.FAILED, error_code=CANCELLED)
        return (MoveOutbox(failed, OutboxState.NEW),)
