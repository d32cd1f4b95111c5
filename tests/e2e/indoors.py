"""A company's whole life in this process: the deployed functions' own handlers, with their own settings, run here one at a time.

Step Functions, SQS, DynamoDB, S3 and Secrets Manager are the local cloud's; messengers are the simulated world. What stands
between them on AWS is played here as AWS plays it: the polling of queues, the invoking, and the bringing back of what failed.
"""

import contextlib
import json
import runpy
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from typing import Any

import httpx
from boto3.dynamodb.types import TypeDeserializer
from cloud import places, stack
from comeback.reactivation.naming import journey_execution_name
from comeback.storage import keys
from comeback.storage.keys import Key
from demo.driver import Driver

from tests.architecture.template import functions
from tests.e2e.hooks import Hooks
from tests.e2e.shop import SPEED, Shop

FUNCTIONS = places.ROOT / "functions"
RETRIES = 5
"""Of what no queue brings back: schedules, and webhooks, which the messenger repeats."""
PATIENCE = 60.0
MORNING = wall_time(9)
Handler = Callable[[Mapping[str, Any], object], Any]


class Context:
    """Lambda's, as far as functions look at it."""

    aws_request_id = "indoors"

    def get_remaining_time_in_millis(self) -> int:
        return 600_000


CONTEXT = Context()


def handler(named: str) -> Handler:
    """As the template names it; its module anew, as at a cold start."""
    module, _, attribute = named.rpartition(".")
    found: Handler = runpy.run_path(str(FUNCTIONS / f"{module.replace('.', '/')}.py"))[attribute]
    return found


class Indoors(Driver):
    """The Driver of one deployment, with queues, table and state machines of its own; functions run in this process."""

    def __init__(self, outputs: Mapping[str, str], hooks: "Hooks") -> None:
        super().__init__(outputs, SPEED)
        self.store.companies()  # connects directly, before AWS_ENDPOINT_URL names the proxy
        self.hooks = hooks
        self.dynamodb = stack.client("dynamodb")
        self.handlers = {
            name: handler(found["Handler"])
            for name, found in functions().items()
            if not found["Handler"].startswith("api.")  # a blueprint registers once
        }

    @property
    def api(self) -> str:
        return self.hooks.url

    def invoke(self, function: str, payload: Mapping[str, Any] | None = None) -> Any:
        """A schedule, or a file's upload, whose event comes again when the function failed."""
        return _again(lambda: self.handlers[function](payload or {}, CONTEXT))

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Works off whatever comes, until nothing is left and `reached`."""
        deadline = time.monotonic() + PATIENCE
        while self.work() or self._webhooks_under_way() or not reached():
            assert time.monotonic() < deadline, f"{what}: not reached; {self.depths()}"

    def quiet(self) -> None:
        """What a queue holds back for a while is waited for, too."""
        self.until(lambda: not any(self.depths().values()), "quiet")

    def work(self) -> bool:
        """The next thing there is to do; False when there is none."""
        return (
            self._tasks()
            or self._webhooks()
            or self._queue("OutboundQueueUrl", "Deliver")
            or self._queue("InboundQueueUrl", "Receive")
            or self._queue("EventsQueueUrl", "CrmEvents")
        )

    def _webhooks_under_way(self) -> bool:
        return bool(self.world.get("/world/activity").json()["webhooks_in_flight"])

    def posted(self, path: str, body: Mapping[str, Any]) -> None:
        """By the world, to one of our webhooks."""
        httpx.post(f"{self.hooks.url}{path}", json=body, trust_env=False).raise_for_status()
        self.quiet()

    def put_aside(self, message: Mapping[str, Any]) -> None:
        """Into the dead letters of the events queue."""
        url = self.outputs["EventsDeadLettersUrl"]
        self.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message))

    def let_pass(self, time: timedelta) -> None:
        self.call("/world/clock", {"now": (self.now() + time).isoformat()})

    def next_morning(self) -> date:
        """The day that begins: in the morning of a day of its own, one company's work is like another's."""
        on = self.now().date() + timedelta(days=1)
        self.let_pass(datetime.combine(on, MORNING, UTC) - self.now())
        return on

    def running(self) -> set[str]:
        found = [
            self.stepfunctions.list_executions(
                stateMachineArn=self.outputs[machine], statusFilter="RUNNING"
            )
            for machine in ("CampaignMachineArn", "JourneyMachineArn")
        ]
        return {execution["executionArn"] for page in found for execution in page["executions"]}

    def executions(self, company_id: str) -> tuple[str, ...]:
        """How the company's journeys ended, as Step Functions tells it."""
        found = self.stepfunctions.list_executions(
            stateMachineArn=self.outputs["JourneyMachineArn"], maxResults=1000
        )["executions"]
        names = {
            journey_execution_name(company_id, j.journey_id)
            for client_id in self.store.clients(company_id)
            for j in self.store.client(company_id, client_id).journeys
        }
        return tuple(e["status"] for e in found if e["name"] in names)

    def close(self, salon: Shop) -> None:
        """The next company's tick finds it no more."""
        self.store.save_company(replace(salon.company, enabled=False))

    def rows(self, company_id: str) -> list[dict[str, Any]]:
        """All that is stored of it."""
        read = TypeDeserializer().deserialize
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.outputs["TableName"])
        found = ({k: read(v) for k, v in item.items()} for page in pages for item in page["Items"])
        return [row for row in found if keys.tenant(Key(row["PK"], row["SK"])) == company_id]

    def forget(self, company_id: str) -> None:
        """As if it had never been: ticks look at all that there are."""
        for row in self.rows(company_id):
            key = {"PK": {"S": row["PK"]}, "SK": {"S": row["SK"]}}
            self.dynamodb.delete_item(TableName=self.outputs["TableName"], Key=key)

    # ── Lambda's part ────────────────────────────────────────────────────────────────────────────

    def _tasks(self) -> bool:
        """Functions that a state machine calls; its own Retry brings back what failed."""
        for message in self._received("WorkQueueUrl", 1):
            task = json.loads(message["Body"])
            try:
                answer = self.handlers[task["function"]](task["payload"], CONTEXT)
            except Exception as error:
                self._tell("send_task_failure", task, error=type(error).__name__)
            else:
                self._pass(answer.get("wait_seconds", 0))
                if not task["answers_itself"]:
                    self._tell("send_task_success", task, output=json.dumps({"Payload": answer}))
            self._delete("WorkQueueUrl", message)
            return True
        return False

    def _tell(self, call: str, task: Mapping[str, Any], **answer: str) -> None:
        """A token is dead when the function has ended its wait itself."""
        with contextlib.suppress(
            self.stepfunctions.exceptions.TaskDoesNotExist,
            self.stepfunctions.exceptions.TaskTimedOut,
            self.stepfunctions.exceptions.InvalidToken,
        ):
            getattr(self.stepfunctions, call)(taskToken=task["token"], **answer)

    def _queue(self, queue: str, function: str) -> bool:
        messages = self._received(queue)
        records = [_record(message) for message in messages]
        if not records:
            return False
        try:
            answer = self.handlers[function]({"Records": records}, CONTEXT)
            failed = {f["itemIdentifier"] for f in answer["batchItemFailures"]}
        except Exception:
            failed = {record["messageId"] for record in records}
        for message in messages:
            if message["MessageId"] in failed:
                self._show_again(queue, message)
            else:
                self._delete(queue, message)
        if failed:
            self._pass(int(self.outputs["VisibilitySeconds"]))
        return True

    def _webhooks(self) -> bool:
        """As the messenger repeats them until they are taken."""
        calls = self.hooks.take()
        for channel, event in calls:
            called = self.handlers[f"{channel.title()}Webhook"]
            _again(lambda c=called, e=event: _taken(c(e, CONTEXT)))  # type: ignore[misc]  # bound now
        return bool(calls)

    def _received(self, queue: str, most: int = 5) -> list[Any]:
        found = self.sqs.receive_message(
            QueueUrl=self.outputs[queue], MaxNumberOfMessages=most, AttributeNames=["All"]
        )
        return list(found.get("Messages", []))

    def _delete(self, queue: str, message: Mapping[str, Any]) -> None:
        handle = message["ReceiptHandle"]
        self.sqs.delete_message(QueueUrl=self.outputs[queue], ReceiptHandle=handle)

    def _show_again(self, queue: str, message: Mapping[str, Any]) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.outputs[queue],
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=0,
        )

    def _pass(self, seconds: float) -> None:
        """What a state machine or a queue waits, simulated time takes at once."""
        if seconds > 0:
            self.let_pass(timedelta(seconds=seconds))


def _again(call: Callable[[], Any]) -> Any:
    for _ in range(RETRIES):
        try:
            return call()
        except Exception as error:
            failed = error
    raise failed


def _taken(answer: Mapping[str, Any]) -> None:
    assert answer["statusCode"] == 200, answer


def _record(message: Mapping[str, Any]) -> dict[str, Any]:
    """As a function's event source words it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
    }
