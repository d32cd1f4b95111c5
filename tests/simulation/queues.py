"""SQS in virtual time: visibility, receives, dead letters, FIFO groups and their five minutes of memory; and the client that
the real adapters of `runtime.queues` talk to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.agenda import Agenda
from tests.simulation.faults import Crash, Fault, Weather

REMEMBERED = timedelta(minutes=5)
Consume = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass
class Message:
    message_id: str
    body: str
    group: str
    sequence: int
    visible_at: datetime
    receives: int = 0
    in_flight: bool = False


@dataclass(frozen=True)
class Settings:
    """As template.yaml has them. `visibility` in seconds."""

    name: str
    fifo: bool
    visibility: int
    receives: int
    batch: int


@dataclass
class Queue:
    settings: Settings
    consume: Consume
    agenda: Agenda
    weather: Weather
    waiting: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    buried: list[Message] = field(default_factory=list)
    """All that ever lay in the dead letters."""
    known: dict[tuple[str, str], datetime] = field(default_factory=dict)
    taken: int = 0

    def take(self, body: str, group: str = "", deduplication: str = "", delay: float = 0) -> None:
        """A FIFO queue drops what it took within five minutes; a standard one may make two of one."""
        now = self.agenda.now
        if self.settings.fifo:
            last = self.known.get((group, deduplication))
            if last is not None and now - last < REMEMBERED:
                return
            self.known[group, deduplication] = now
        elif self.weather.strikes(Fault.DUPLICATE, self.settings.name):
            self._add(body, group, delay + self.weather.rng.uniform(0, 30))
        self._add(body, group, delay)

    def redrive(self) -> None:
        """The operator puts back what could not be handled."""
        dead, self.dead = self.dead, []
        for message in dead:
            self._add(message.body, message.group, 0)

    def hide(self, receipt: str, seconds: float) -> None:
        for message in self.waiting:
            if message.message_id == receipt:
                message.visible_at = self.agenda.now + timedelta(seconds=seconds)

    # ── deliveries ───────────────────────────────────────────────────────────────────────────────

    def _add(self, body: str, group: str, delay: float) -> None:
        self.taken += 1
        visible = self.agenda.now + timedelta(seconds=delay)
        name = f"{self.settings.name}.{self.taken}"
        message = Message(name, body, group, self.taken, visible)
        if self.settings.fifo and self.weather.strikes(Fault.BURIED, self.settings.name):
            self._bury(message)
            self.agenda.after(self.weather.rng.uniform(0.5, 20) * 3600, self.redrive)
            return
        self.waiting.append(message)
        self._poll_at(visible)

    def _bury(self, message: Message) -> None:
        self.dead.append(message)
        self.buried.append(message)

    def _poll_at(self, moment: datetime) -> None:
        self.agenda.at(moment + timedelta(milliseconds=self._pause()), self._poll)

    def _pause(self) -> float:
        """Milliseconds; on a standard queue it also changes the order."""
        slow = not self.settings.fifo and self.weather.strikes(Fault.REORDER, self.settings.name)
        return self.weather.rng.uniform(1_000, 60_000) if slow else 200

    def _poll(self) -> None:
        """One receive of Lambda's poller. What is in flight when its time is up, is visible again."""
        now = self.agenda.now
        for message in self.waiting:
            if message.in_flight and message.visible_at <= now:
                message.in_flight = False
        batch = self._received()
        if batch:
            self._invoke(batch)

    def _received(self) -> list[Message]:
        """A FIFO group with a message in flight, or hidden, is held back."""
        now, batch = self.agenda.now, list[Message]()
        held = set[str]()
        for message in list(self.waiting):
            fifo = self.settings.fifo
            if message.visible_at > now or (fifo and message.group in held):
                held.add(message.group)
            elif message.receives >= self.settings.receives:
                self.waiting.remove(message)
                self._bury(message)
            elif len(batch) < self.settings.batch:
                batch.append(message)
        for message in batch:
            message.receives += 1
            message.in_flight = True
            message.visible_at = now + timedelta(seconds=self.settings.visibility)
        return batch

    def _invoke(self, batch: list[Message]) -> None:
        event = {"Records": [self._record(message) for message in batch]}
        failed = {m.message_id for m in batch}
        try:
            answer = self.consume(event)
            failed = {f["itemIdentifier"] for f in answer["batchItemFailures"]}
            if self.weather.strikes(Fault.FORGOTTEN, self.settings.name):
                failed = {m.message_id for m in batch}
        except (Crash, Exception) as died:
            self.weather.trace.add("died", self.settings.name, type(died).__name__, died)
        for message in batch:
            if message.message_id not in failed:
                self.waiting.remove(message)
            else:
                self.agenda.at(message.visible_at, self._poll)
        if self.waiting:
            self._poll_at(self.agenda.now)

    def _record(self, message: Message) -> dict[str, Any]:
        attributes = {"ApproximateReceiveCount": str(message.receives)}
        if self.settings.fifo:
            attributes["MessageGroupId"] = message.group
        return {
            "messageId": message.message_id,
            "receiptHandle": message.message_id,
            "body": message.body,
            "attributes": attributes,
        }


@dataclass
class Sqs:
    """The client that boto3 would make. Queues by their address."""

    queues: Mapping[str, Queue]

    def send_message(self, **message: Any) -> None:
        self.queues[message["QueueUrl"]].take(
            message["MessageBody"],
            message.get("MessageGroupId", ""),
            message.get("MessageDeduplicationId", ""),
            message.get("DelaySeconds", 0),
        )

    def change_message_visibility(self, **asked: Any) -> None:
        queue = self.queues[asked["QueueUrl"]]
        queue.hide(asked["ReceiptHandle"], asked["VisibilityTimeout"])
