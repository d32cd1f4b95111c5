"""Expire: the hourly tick that turns silence into an answer, and tells again whoever was not told.

Step Functions' own time-out can not follow the owner's setting or simulated time, and a message answered in our table
but not told to the state machine (a crash between the two) would wait for it; so the deadline lives in a sparse index.
"""

from comeback.changes import SaveJourney
from comeback.companies.model import Company, in_turn
from comeback.errors import Conflict
from comeback.ports import Clock, Orchestrator, Store
from comeback.reactivation.journey import conclude
from comeback.reactivation.model import Journey, Outcome


class Expire:
    def __init__(self, store: Store, orchestrator: Orchestrator, clock: Clock) -> None:
        self._store = store
        self._orchestrator = orchestrator
        self._clock = clock

    def tick(self) -> int:
        """How many waits this tick ended. Raises ExceptionGroup of what went wrong, once every company has had its turn."""
        now = self._clock.now()

        def overdue(company: Company) -> list[bool]:
            waiting = self._store.waiting(company.company_id, now)
            return [self._end(journey) for journey in waiting]

        return sum(in_turn(self._store.companies(), overdue))

    def _end(self, journey: Journey) -> bool:
        """An answer that lands in this very moment wins: its version is newer, and it tells the machine itself."""
        if journey.attempt.outcome is None:
            journey = conclude(journey, Outcome.NO_RESPONSE)
            try:
                self._store.commit([SaveJourney(journey)])
            except Conflict:
                return False
        outcome = journey.attempt.outcome or Outcome.NO_RESPONSE
        self._orchestrator.finish_wait(journey.attempt.task_token, outcome)
        return True
