"""Drives the deployed system through simulated time: moves the clock, fires the schedules, waits until all is quiet."""

import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import httpx
from cloud import places, stack

QUIET_CHECKS = 3
CHECK_SECONDS = 0.12
LONGEST_STEP = 120.0
QUEUES = ("InboundQueueUrl", "OutboundQueueUrl", "EventsQueueUrl")


class StepTookTooLong(RuntimeError):
    """The system did not come to rest."""


class Driver:
    """One deployed stack and its world. `speed`: simulated seconds per second that state machines' waits run at."""

    def __init__(self, outputs: Mapping[str, str], speed: float) -> None:
        self.outputs = outputs
        self.speed = speed
        self.world = httpx.Client(base_url=places.world_url(), timeout=60.0)
        self.sqs = stack.client("sqs")
        self.lambdas = stack.client("lambda")
        self.s3 = stack.client("s3")
        self.secrets = stack.client("secretsmanager")
        self.stepfunctions = stack.client("stepfunctions")
        os.environ.update(places.aws_environment())
        from comeback.storage.keyed_vault import KeyedVault
        from comeback.storage.store import DynamoStore

        kms = stack.client("kms")
        vault = KeyedVault(outputs["KeysTableName"], lambda: kms, outputs["ContactsKeyArn"])
        self.store = DynamoStore(outputs["TableName"], vault)

    @property
    def api(self) -> str:
        return stack.api_url(self.outputs)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.world.get("/world/clock").json()["now"])

    def call(self, path: str, body: Mapping[str, Any]) -> Any:
        """One control call to the world. Raises httpx.HTTPStatusError with the world's own words."""
        answer = self.world.post(path, json=body)
        if answer.is_error:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def invoke(self, function: str, payload: Mapping[str, Any] | None = None) -> Any:
        """Runs a scheduled function as its schedule would. Raises RuntimeError with the function's error."""
        answer = self.lambdas.invoke(
            FunctionName=self.outputs[f"{function}Function"], Payload=json.dumps(payload or {})
        )
        body = json.loads(answer["Payload"].read() or "null")
        if "FunctionError" in answer:
            raise RuntimeError(f"{function} failed: {json.dumps(body)[:1500]}")
        return body

    def step(self, when: datetime) -> None:
        """Moves simulated time to `when`, no faster than the state machines' waits, and waits for quiet."""
        began = time.monotonic()
        simulated = (when - self.now()).total_seconds()
        if simulated > 0:
            self.call("/world/clock", {"now": when.astimezone(UTC).isoformat()})
        rest = simulated / self.speed - (time.monotonic() - began)
        if rest > 0:
            time.sleep(rest)
        self.quiet()

    def jump(self, when: datetime) -> None:
        """As `step`, without keeping pace with the state machines: their waits end late, and nobody minds."""
        if when > self.now():
            self.call("/world/clock", {"now": when.astimezone(UTC).isoformat()})
        self.quiet()

    def quiet(self) -> None:
        """Until queues are empty and the world hears nothing. Raises StepTookTooLong."""
        deadline, calm = time.monotonic() + LONGEST_STEP, 0
        while calm < QUIET_CHECKS:
            calm = calm + 1 if self._is_quiet() else 0
            if time.monotonic() > deadline:
                raise StepTookTooLong(f"not quiet after {LONGEST_STEP:.0f} s: {self.depths()}")
            time.sleep(CHECK_SECONDS)

    def _is_quiet(self) -> bool:
        activity = self.world.get("/world/activity").json()
        return activity["in_flight"] == 0 and not any(self.depths().values())

    def depths(self) -> dict[str, int]:
        """Messages in each queue, those being handled included."""
        return {name: self._depth(self.outputs[name]) for name in QUEUES}

    def _depth(self, url: str) -> int:
        counters = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counters)["Attributes"]
        return sum(int(found.get(name, 0)) for name in counters)

    def started_journeys(self, company_id: str, on: date) -> int:
        """How many journeys the campaign of that day was given; 0 when there was none."""
        key = f"campaigns/{company_id}/{on.isoformat()}.json"
        try:
            found = self.s3.get_object(Bucket=self.outputs["BucketName"], Key=key)
        except self.s3.exceptions.NoSuchKey:
            return 0
        return len(json.loads(found["Body"].read()))

    def secret(self, company_id: str, values: Mapping[str, str]) -> None:
        """Creates or replaces a company's secret."""
        from comeback.runtime.secrets import secret_name

        name, document = secret_name(places.STAGE, company_id), json.dumps(dict(values))
        try:
            self.secrets.create_secret(Name=name, SecretString=document)
        except self.secrets.exceptions.ResourceExistsException:
            self.secrets.put_secret_value(SecretId=name, SecretString=document)
