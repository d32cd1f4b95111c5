"""A company's whole life in this process: the deployed functions' own handlers, with their own settings, run here one at a time.

Step Functions, SQS, DynamoDB, S3 and Secrets Manager are the local cloud's; messengers are the simulated world. What stands
between them on AWS is played here as AWS plays it: the polling of queues, the invoking, and the bringing back of what failed.
"""

import contextlib
import json
import runpy
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import botocore.endpoint
import pytest
from cloud import places, stack
from comeback.reactivation.naming import journey_execution_name
from comeback.runtime import aws, wiring
from demo.driver import Driver

from tests.e2e.beside import beside
from tests.e2e.conftest import SPEED
from tests.e2e.hooks import Hooks, hooks

FUNCTIONS = places.ROOT / "functions"
STEPS = ("analyse", "reserve", "find_slots", "generate", "send", "track")
RETRIES = 5
"""Of what no queue brings back: schedules, and webhooks, which the messenger repeats."""
S3_SECONDS = 1
"""How long we wait for S3's lost answer: it has no body that could end in the middle, so nothing comes at all."""
PATIENCE = 60.0
Handler = Callable[[Mapping[str, Any], object], Any]


def handler(path: str) -> Handler:
    """Its module anew, as at a cold start."""
    found: Handler = runpy.run_path(str(FUNCTIONS / f"{path}.py"))["handler"]
    return found


class Indoors(Driver):
    """The Driver of one deployment, with queues, table and state machines of its own; functions run in this process."""

    def __init__(self, outputs: Mapping[str, str], hooks: "Hooks") -> None:
        super().__init__(outputs, SPEED)
        self.store.companies()  # connects directly, before AWS_ENDPOINT_URL names the proxy
        self.hooks = hooks
        self.handlers = {
            "Detect": handler("reactivation/detect"),
            **{_camel(name): handler(f"reactivation/{name}") for name in STEPS},
            "deliver": handler("conversations/deliver"),
            "receive": handler("conversations/receive"),
            "telegram": handler("webhooks/telegram"),
            "whatsapp": handler("webhooks/whatsapp"),
        }

    @property
    def api(self) -> str:
        return self.hooks.url

    def invoke(self, function: str, payload: Mapping[str, Any] | None = None) -> Any:
        """A schedule, whose event comes again when the function failed."""
        return _again(lambda: self.handlers[function](payload or {}, None))

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Works off whatever comes, until nothing is left and `reached`."""
        deadline = time.monotonic() + PATIENCE
        while self.work() or self._webhooks_under_way() or not reached():
            assert time.monotonic() < deadline, f"{what}: not reached; {self.depths()}"

    def quiet(self) -> None:
        self.until(lambda: True, "quiet")

    def work(self) -> bool:
        """The next thing there is to do; False when there is none."""
        return (
            self._tasks()
            or self._webhooks()
            or self._queue("OutboundQueueUrl", "deliver")
            or self._queue("InboundQueueUrl", "receive")
        )

    def _webhooks_under_way(self) -> bool:
        return bool(self.world.get("/world/activity").json()["webhooks_in_flight"])

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

    # ── Lambda's part ────────────────────────────────────────────────────────────────────────────

    def _tasks(self) -> bool:
        """Functions that a state machine calls; its own Retry brings back what failed."""
        for message in self._received("WorkQueueUrl", 1):
            task = json.loads(message["Body"])
            try:
                answer = self.handlers[task["function"]](task["payload"], None)
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
            answer = self.handlers[function]({"Records": records}, None)
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
            _again(lambda c=channel, e=event: _taken(self.handlers[c](e, None)))  # type: ignore[misc]  # bound now
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
            when = self.now() + timedelta(seconds=seconds)
            self.call("/world/clock", {"now": when.isoformat()})


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


# ── moving in ────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def moved_in(deployed: Mapping[str, str], aws_url: str) -> Iterator[Indoors]:
    """`aws_url`: where the functions' own AWS clients call, and nobody else's."""
    outputs = {**deployed, **beside(deployed)}
    with hooks() as listening, pytest.MonkeyPatch.context() as patch:
        for name, value in {**_settings(deployed), **_own_settings(outputs)}.items():
            patch.setenv(name, value)
        patch.setitem(aws.READ_SECONDS, "s3", S3_SECONDS)
        patch.setattr(botocore.endpoint, "time", _Impatient)
        _forget()
        home = Indoors(outputs, listening)
        patch.setenv("AWS_ENDPOINT_URL", aws_url)
        try:
            yield home
        finally:
            _forget()


class _Impatient:
    """The SDK's pauses between its tries."""

    @staticmethod
    def sleep(_seconds: float) -> None:
        return


def _forget() -> None:
    """Clients made for another address."""
    for module in (wiring, aws):
        for made in vars(module).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()


def _settings(deployed: Mapping[str, str]) -> dict[str, str]:
    """Of all functions together, as the template gives them."""
    lambdas = stack.client("lambda")
    found: dict[str, str] = {}
    for name, function in deployed.items():
        if name.endswith("Function"):
            told = lambdas.get_function_configuration(FunctionName=function)
            found |= told.get("Environment", {}).get("Variables", {})
    return found


def _own_settings(outputs: Mapping[str, str]) -> dict[str, str]:
    return {
        "TABLE": outputs["TableName"],
        "INBOUND_QUEUE_URL": outputs["InboundQueueUrl"],
        "OUTBOUND_QUEUE_URL": outputs["OutboundQueueUrl"],
        "CAMPAIGN_MACHINE_ARN": outputs["CampaignMachineArn"],
    }


def _camel(name: str) -> str:
    return name.title().replace("_", "")
