"""AWS in virtual time: Lambda, with its repetitions and its ends, SQS, Step Functions and S3; and boto3's clients."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from tests.fakes.clock import FixedClock
from tests.simulation import deployed
from tests.simulation.agenda import Agenda
from tests.simulation.faults import Crash, Fault, Weather
from tests.simulation.machine import Machine, TaskFailed
from tests.simulation.queues import Queue, Sqs

INBOUND, OUTBOUND, EVENTS = "InboundQueue", "OutboundQueue", "EventsQueue"
CAMPAIGN, JOURNEY = "ReactivationCampaign", "ReactivationJourney"
DIED = ("Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError")
BEFORE = "StepFunctions.ExecutionAlreadyExistsException"


@dataclass
class Invocation:
    function: str
    began: datetime
    clock: FixedClock
    timeout: float
    """Seconds."""


@dataclass(frozen=True)
class Context:
    seconds: float

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


class Cloud:
    def __init__(
        self, seed: int, agenda: Agenda, weather: Weather, machine: Mapping[str, Any] | None = None
    ) -> None:
        """`machine`: another definition of the journey than the deployed one."""
        self.seed = seed
        self.agenda = agenda
        self.weather = weather
        self.trace = weather.trace
        self.running: list[Invocation] = []
        self.queues = {name: self._queue(name) for name in (INBOUND, OUTBOUND, EVENTS)}
        self.sqs = Sqs(self.queues)
        self.objects: dict[str, str] = {}
        self.journeys = self._machine(machine or deployed.machine(JOURNEY))
        self.campaigns = self._machine(deployed.machine(CAMPAIGN))
        self.died: list[tuple[str, datetime]] = []
        """Ticks that had to be tried again."""
        self.twice: list[tuple[str, datetime]] = []
        """Ticks that a schedule brought twice."""
        self.given_up: list[tuple[str, datetime]] = []
        """Ticks that failed all their tries: they lie in the dead letters, and an alarm rings."""

    def redrive(self) -> None:
        """The operator puts back what lies in the dead letters."""
        for queue in self.queues.values():
            queue.redrive()

    # ── invocations ──────────────────────────────────────────────────────────────────────────────

    def invoke(self, function: str, event: Any) -> Any:
        """Raises what the function raises, and Crash."""
        what = deployed.function(function)
        clock = FixedClock(self.agenda.now + self.weather.skew())
        self.running.append(Invocation(function, self.agenda.now, clock, what.timeout))
        try:
            return what.handler(event, Context(what.timeout))
        finally:
            self.running.pop()

    def scheduled(self, function: str) -> None:
        if self.weather.strikes(Fault.MISSED, function):
            return
        self._asynchronous(function, deployed.function(function).retries)
        if self.weather.strikes(Fault.DUPLICATE, function):
            self.twice.append((function, self.agenda.now))
            self.agenda.after(
                self.weather.rng.uniform(0, 30), lambda: self._asynchronous(function, 0)
            )

    def _asynchronous(self, function: str, retries: int) -> None:
        try:
            answer = self.invoke(function, {})
            self.trace.add("tick", function, answer)
        except (Crash, Exception) as died:
            self.trace.add("died", function, type(died).__name__, died)
            self.died.append((function, self.agenda.now))
            if retries:
                self.agenda.after(60, lambda: self._asynchronous(function, retries - 1))
            else:
                self.given_up.append((function, self.agenda.now))

    def _step(self, function: str, payload: Any) -> Any:
        """As Step Functions invokes a function. Raises TaskFailed."""
        journey = payload.get("journey_id") or payload["state"]["journey_id"]
        try:
            answer = self.invoke(function, payload)
        except Crash as died:
            self.trace.add("died", function, journey, died)
            raise TaskFailed(self.weather.rng.choice(DIED)) from died
        except Exception as died:
            self.trace.add("failed", function, journey, type(died).__name__, died)
            raise TaskFailed(type(died).__name__) from died
        self.trace.add("step", function, journey, answer)
        if self.weather.strikes(Fault.LOST, f"answer of {function}"):
            raise TaskFailed("Lambda.SdkClientException")
        return answer

    def _queue(self, name: str) -> Queue:
        settings, consumer = deployed.queue(name)
        return Queue(
            settings, lambda event: self._consume(consumer, event), self.agenda, self.weather
        )

    def _consume(self, function: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        bodies = " ".join(record["body"] for record in event["Records"])
        self.trace.add("consume", function, bodies)
        answer: Mapping[str, Any] = self.invoke(function, event)
        if answer["batchItemFailures"]:
            self.trace.add("failed", function, answer["batchItemFailures"])
        return answer

    def seconds_left(self) -> float:
        if not self.running:
            return 1.0
        invocation = self.running[-1]
        return invocation.timeout - (self.agenda.now - invocation.began).total_seconds()

    # ── clients ──────────────────────────────────────────────────────────────────────────────────

    def _machine(self, definition: Mapping[str, Any]) -> Machine:
        return Machine(
            definition,
            self.agenda,
            Random(f"{self.seed} machine"),
            self.trace,
            self._step,
            self._start_journey,
            lambda data: json.loads(self.objects[data["key"]]),
        )

    def _start_journey(self, name: str, data: Mapping[str, Any]) -> None:
        if not self.journeys.start(name, data):
            raise TaskFailed(BEFORE)
        self.trace.add("start", name, data["client_id"], data["why"])

    def start_execution(self, **asked: Any) -> None:
        """Of boto3's client for Step Functions, like the two below."""
        if not self.campaigns.start(asked["name"], json.loads(asked["input"])):
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists"}}, "StartExecution")
        self.trace.add("campaign", asked["name"])

    def send_task_success(self, **told: Any) -> None:
        known = self.journeys.answer(told["taskToken"], json.loads(told["output"]))
        self._known(known, told["taskToken"], told["output"])

    def send_task_failure(self, **told: Any) -> None:
        known = self.journeys.fail(told["taskToken"], told["error"])
        self._known(known, told["taskToken"], told["error"])

    def _known(self, known: bool, token: str, told: str) -> None:
        self.trace.add("token", token, told, "" if known else "(nobody waits)")
        if not known:
            raise ClientError({"Error": {"Code": "TaskTimedOut"}}, "SendTask")

    def put_object(self, **put: Any) -> None:
        """Of boto3's client for S3."""
        self.objects[put["Key"]] = put["Body"].decode()
