"""Dead letters: what can be told of one without a word of its client's, and how it gets back into its queue."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import Unavailable

SHOWN = 100
"""Messages looked at per queue: an operator reads no more, and a FIFO queue shows no more of one group at once."""
SEARCHED = 500
"""Looked through for one company's: all companies' lie in one queue."""
HIDDEN_SECONDS = 60
"""How long a message is out of others' sight while a command holds it."""
NO_TASKS = ("InvalidAction", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation")
"""What a service without StartMessageMoveTask answers."""
TASK_POLL_SECONDS = 2.0
OTHER_KINDS = {"outbox_id": "message to send", "Records": "uploaded file"}
"""By a field that only such a message has."""


class CanNotPutBack(Unavailable):
    """One line for the operator."""


@dataclass(frozen=True)
class Letter:
    """A message as it lies there. `raw` is for putting it back, and never shown."""

    raw: Mapping[str, Any]

    @property
    def message_id(self) -> str:
        """SQS's own: the functions' logs carry it, too."""
        return str(self.raw["MessageId"])

    @property
    def sent_at(self) -> datetime:
        """FIFO queues date a message anew when it dies."""
        return datetime.fromtimestamp(int(self.raw["Attributes"]["SentTimestamp"]) / 1000, UTC)

    @property
    def company_id(self) -> str:
        of_files = {key.split("/")[1] for key in self.files if key.count("/") > 1}
        only = next(iter(of_files)) if len(of_files) == 1 else "?"
        return str(parsed(self.raw).get("company_id", only))

    @property
    def files(self) -> list[str]:
        """Keys of uploaded files whose import failed, when it is that."""
        records = parsed(self.raw).get("Records")
        keys = map(_key, records if isinstance(records, list) else [])
        return [key for key in keys if key]

    @property
    def kind(self) -> str:
        """What it is about, in names of ours and of the messenger's, without a value that came from a client."""
        body = parsed(self.raw)
        if "channel" in body:
            return " ".join([str(body["channel"]), *_names(body.get("body"))])
        if "kind" in body:
            return " ".join(
                [str(body["kind"]), str(_object(body.get("detail")).get("resource", ""))]
            ).strip()
        if self.is_tick:
            return "tick"
        return next((kind for name, kind in OTHER_KINDS.items() if name in body), "unknown")

    @property
    def is_tick(self) -> bool:
        """EventBridge Scheduler's own event, or none at all, as the template gives no input."""
        return "detail-type" in parsed(self.raw) or self.raw["Body"] in ("", "{}")


def parsed(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return _object(json.loads(raw["Body"]))
    except (ValueError, RecursionError):  # it may be what killed it
        return {}


def _key(record: Any) -> str:
    """Of a notification by S3; empty for anything else."""
    key = _object(_object(_object(record).get("s3")).get("object")).get("key")
    return unquote_plus(key) if isinstance(key, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(body: Any) -> list[str]:
    """`callback_query`, `statuses`: the parts that an event holds."""
    return sorted(name for name in _object(body) if name not in ("update_id", "contacts"))


@dataclass(frozen=True)
class Imports:
    """The function that imports uploaded files, by its name, and boto3's client for it: no queue stands before it, and no other
    function has its time and memory."""

    function: str
    lambdas: Any

    def start(self, upload: str) -> None:
        """`upload`: the notification by S3. Lambda keeps it, and tries again, as it does with the bucket's own."""
        self.lambdas.invoke(
            FunctionName=self.function, InvocationType="Event", Payload=upload.encode()
        )


@dataclass(frozen=True)
class DeadLetters:
    """One queue's. `back_to`: the queue's address; of those that come from no queue, the ticks, which come again by themselves,
    and the uploads, who imports them."""

    name: str
    url: str
    back_to: str | Imports
    log_group: str | None
    sqs: Any

    @property
    def fifo(self) -> bool:
        return self.url.endswith(".fifo")

    def count(self) -> int:
        """Those that somebody is looking at included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def take(self) -> list[Letter]:
        """The next ten, in order, hidden from others for a while."""
        answer = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [Letter(raw) for raw in answer.get("Messages", [])]

    def show_again(self, letter: Letter) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=letter.raw["ReceiptHandle"], VisibilityTimeout=0
        )

    def look(self, most: int = SHOWN) -> list[Letter]:
        """As many as can be seen at once; all are left where they were."""
        seen: list[Letter] = []
        try:
            while len(seen) < most and (batch := self.take()):
                seen += batch
        finally:
            for letter in seen:
                self.show_again(letter)
        return seen


# ── putting back ─────────────────────────────────────────────────────────────────────────────────


def put_back(letters: DeadLetters) -> int:
    """How many. SQS does it itself where it can. Raises CanNotPutBack."""
    if isinstance(letters.back_to, Imports):
        return _moved(letters)
    before = letters.count()
    try:
        task = letters.sqs.start_message_move_task(SourceArn=_arn(letters))["TaskHandle"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in NO_TASKS:
            raise CanNotPutBack(f"SQS refuses: {error.response['Error']['Code']}") from error
        return _moved(letters)
    _wait_for(letters, task)
    return before


def put_back_of(letters: DeadLetters, company_id: str) -> int:
    """One company's alone, how many; the others' are left where they were. Raises CanNotPutBack."""
    moved, others = 0, list[Letter]()
    try:
        while moved + len(others) < SEARCHED and (batch := letters.take()):
            for letter in batch:
                if letter.company_id == company_id:
                    _move(letter, letters)
                    moved += 1
                else:
                    others.append(letter)
    except (BotoCoreError, ClientError) as error:
        raise CanNotPutBack(f"{moved} put back, then {type(error).__name__}") from error
    finally:
        for letter in others:
            letters.show_again(letter)
    return moved


def _arn(letters: DeadLetters) -> str:
    found = letters.sqs.get_queue_attributes(QueueUrl=letters.url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def _wait_for(letters: DeadLetters, task: str) -> None:
    while True:
        tasks = letters.sqs.list_message_move_tasks(SourceArn=_arn(letters))["Results"]
        status = next((t["Status"] for t in tasks if t.get("TaskHandle") == task), "COMPLETED")
        if status == "FAILED":
            raise CanNotPutBack("SQS could not move all: look again, then run this again")
        if status not in ("RUNNING", "CANCELLING"):
            return
        time.sleep(TASK_POLL_SECONDS)


def _moved(letters: DeadLetters) -> int:
    """One by one, in order: taken by its queue first, deleted here after. What fails stays, and those behind it."""
    moved = 0
    try:
        while batch := letters.take():
            for letter in batch:
                _move(letter, letters)
                moved += 1
    except (BotoCoreError, ClientError) as error:
        again = f"run this again in {HIDDEN_SECONDS} seconds"
        raise CanNotPutBack(f"{moved} put back, then {type(error).__name__}: {again}") from error
    return moved


def _move(letter: Letter, letters: DeadLetters) -> None:
    if isinstance(letters.back_to, Imports):
        _start(letter, letters.back_to)
    else:
        message = _itself(letter, letters.fifo)
        letters.sqs.send_message(QueueUrl=letters.back_to, **message)
    letters.sqs.delete_message(QueueUrl=letters.url, ReceiptHandle=letter.raw["ReceiptHandle"])


def _start(letter: Letter, imports: Imports) -> None:
    """Of a tick nothing, the next does the same. Raises CanNotPutBack for what is neither."""
    if letter.files:
        imports.start(letter.raw["Body"])
    elif not letter.is_tick:
        raise CanNotPutBack(f"{letter.message_id} is neither a tick nor an upload: see its log")


def _itself(letter: Letter, fifo: bool) -> dict[str, Any]:
    """SendMessage's arguments. The group stays, and with it the order. The deduplication id is new, for within five minutes of
    the first sending SQS would drop the old one in silence; and it is the same each time that this letter is sent, so that a send
    whose answer was lost, or a crash before the delete, leaves one message.
    """
    message = {"MessageBody": letter.raw["Body"]}
    if letter.raw.get("MessageAttributes"):
        message["MessageAttributes"] = letter.raw["MessageAttributes"]
    if not fifo:
        return message
    attributes = letter.raw["Attributes"]
    again = f"{attributes['MessageDeduplicationId']} put back {letter.message_id}"
    return {
        **message,
        "MessageGroupId": attributes["MessageGroupId"],
        "MessageDeduplicationId": hashlib.sha256(again.encode()).hexdigest(),
    }
