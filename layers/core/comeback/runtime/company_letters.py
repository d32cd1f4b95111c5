"""One company's dead letters: shown and put back without a look at another's, though all lie in the same queues."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from comeback.changes import Audited
from comeback.errors import Unavailable
from comeback.ports import Clock, Store
from comeback.runtime.letters import SEARCHED, DeadLetters, Imports, Letter, put_back_of
from comeback.runtime.settings import LettersSettings


class Queue(StrEnum):
    INBOUND = "inbound"
    """What clients wrote."""
    OUTBOUND = "outbound"
    """What was to be sent to them."""
    EVENTS = "events"
    """What the book told, and orders of our own."""
    UPLOADS = "uploads"
    """Files whose import failed."""


@dataclass(frozen=True)
class Lying:
    """`more`: the queue holds more than was looked through, the company's perhaps among it."""

    queue: Queue
    letters: tuple[Letter, ...]
    more: bool


class CompanyLetters:
    def __init__(
        self, store: Store, sqs: Any, lambdas: Any, own: LettersSettings, clock: Clock
    ) -> None:
        self._store = store
        self._clock = clock
        imports = Imports(own.visits_file_function, lambdas)
        places: Mapping[Queue, tuple[str, str, str | Imports]] = {
            Queue.INBOUND: ("Inbound", own.inbound_dead_letters_url, own.inbound_queue_url),
            Queue.OUTBOUND: ("Outbound", own.outbound_dead_letters_url, own.outbound_queue_url),
            Queue.EVENTS: ("Events", own.events_dead_letters_url, own.events_queue_url),
            Queue.UPLOADS: ("Schedule", own.schedule_dead_letters_url, imports),
        }
        self._places = {
            queue: DeadLetters(name, url, back_to, None, sqs)
            for queue, (name, url, back_to) in places.items()
        }

    def lying(self, company_id: str) -> list[Lying]:
        """Raises Unavailable."""
        return [self._of(queue, company_id) for queue in Queue]

    def put_back(self, company_id: str, user_id: str, queue: Queue) -> int:
        """How many. Twice does no harm: consumers know each event by its id. Raises Unavailable."""
        now = self._clock.now()
        told = Audited(company_id, now, user_id, "letters.redrive", queue.value)
        self._store.commit([told])
        return put_back_of(self._places[queue], company_id)

    def _of(self, queue: Queue, company_id: str) -> Lying:
        try:
            seen = self._places[queue].look(SEARCHED)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SQS: {type(error).__name__}") from error
        ours = tuple(letter for letter in seen if letter.company_id == company_id)
        return Lying(queue, ours, more=len(seen) >= SEARCHED)
