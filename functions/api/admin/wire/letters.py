"""What could not be handled, as it is shown: never a text, a name or an address."""

from datetime import datetime

from comeback.runtime.company_letters import Queue
from msgspec import Struct


class DeadLetter(Struct):
    """A message that failed as often as it may. `message_id` stands in the functions' logs, too."""

    message_id: str
    sent_at: datetime
    kind: str


class DeadLetterQueue(Struct):
    """The company's messages in one queue. `more`: the queue is longer than was looked through."""

    queue: Queue
    letters: list[DeadLetter]
    more: bool


class DeadLetterList(Struct):
    """Every queue, the empty ones too."""

    queues: list[DeadLetterQueue]


class PutBack(Struct):
    """How many went back into their queue."""

    count: int
