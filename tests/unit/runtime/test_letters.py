"""Dead letters: shown without a word of the client's, put back once, whatever is lost on the way."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from comeback.runtime import letters
from comeback.runtime.letters import CanNotPutBack, DeadLetters, Imports, Letter
from moto import mock_aws


class Sqs:
    """moto's, without move tasks, whose answers may be lost: of the calls named in `lost`, after they were done."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.lost: list[str] = []
        self.tasks: list[str] | None = None
        """Statuses to be told, where the service can move by itself."""

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            answer = getattr(self.real, name)(**arguments)
            if name in self.lost:
                self.lost.remove(name)
                raise ReadTimeoutError(endpoint_url="sqs")
            return answer

        return call

    def start_message_move_task(self, SourceArn: str) -> dict[str, str]:  # noqa: N803  # boto3's
        if self.tasks is None:
            raise ClientError({"Error": {"Code": "InvalidAction"}}, "StartMessageMoveTask")
        return {"TaskHandle": "t"}

    def list_message_move_tasks(self, SourceArn: str) -> dict[str, Any]:  # noqa: N803
        assert self.tasks is not None
        return {"Results": [{"TaskHandle": "t", "Status": self.tasks.pop(0)}]}


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeadLetters]:
    monkeypatch.setattr(letters, "TASK_POLL_SECONDS", 0.0)
    with mock_aws():
        real = boto3.client("sqs", region_name="us-east-1")
        urls = [
            real.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
            for name in ("dead.fifo", "inbound.fifo")
        ]
        yield DeadLetters("Inbound", urls[0], urls[1], None, Sqs(real))


class Lambdas:
    """boto3's client."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str, Any]] = []
        self.refuses = False

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803  # boto3's
        if self.refuses:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
        self.started.append((FunctionName, InvocationType, json.loads(Payload)))


@pytest.fixture
def scheduled() -> Iterator[tuple[DeadLetters, Lambdas]]:
    """Of ticks and uploads."""
    with mock_aws():
        real, lambdas = boto3.client("sqs", region_name="us-east-1"), Lambdas()
        url = real.create_queue(QueueName="dead")["QueueUrl"]
        imports = Imports("visits-file", lambdas)
        yield DeadLetters("Schedule", url, imports, None, Sqs(real)), lambdas


def lies_there(dead: DeadLetters, body: Any) -> None:
    dead.sqs.send_message(QueueUrl=dead.url, MessageBody=json.dumps(body))


def lies(dead: DeadLetters, body: Any, group: str = "g", dedup: str = "") -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    dead.sqs.send_message(
        QueueUrl=dead.url,
        MessageBody=text,
        MessageGroupId=group,
        MessageDeduplicationId=dedup or text[:100],
    )


def queued(dead: DeadLetters) -> list[tuple[str, str]]:
    """(group, body)."""
    answer = dead.sqs.receive_message(
        QueueUrl=dead.back_to, MaxNumberOfMessages=10, AttributeNames=["All"]
    )
    found = answer.get("Messages", [])
    return [(m["Attributes"]["MessageGroupId"], m["Body"]) for m in found]


def test_put_back_in_order_within_their_groups(dead: DeadLetters) -> None:
    sent = [("a", "1"), ("b", "2"), ("a", "3")]
    for group, body in sent:
        lies(dead, body, group)
    assert letters.put_back(dead) == 3
    assert sorted(queued(dead)) == sorted(sent)
    assert dead.count() == 0


@pytest.mark.fault("the answer to a redrive's send or delete is lost", "run again: one message")
@pytest.mark.parametrize("lost", ["send_message", "delete_message"])
def test_what_is_lost_on_the_way_leaves_one_message(
    dead: DeadLetters, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "HIDDEN_SECONDS", 0)  # run again after it
    lies(dead, "1")
    dead.sqs.lost.append(lost)
    with pytest.raises(CanNotPutBack, match="run this again"):
        letters.put_back(dead)
    letters.put_back(dead)
    assert queued(dead) == [("g", "1")]
    assert dead.count() == 0


def test_it_is_put_back_though_sqs_remembers_its_first_sending(dead: DeadLetters) -> None:
    dead.sqs.send_message(
        QueueUrl=dead.back_to,
        MessageBody="1",
        MessageGroupId="g",
        MessageDeduplicationId="d",
    )
    (first,) = dead.sqs.receive_message(QueueUrl=dead.back_to)["Messages"]
    dead.sqs.delete_message(QueueUrl=dead.back_to, ReceiptHandle=first["ReceiptHandle"])
    lies(dead, "1", dedup="d")
    letters.put_back(dead)
    assert queued(dead) == [("g", "1")]


def test_sqs_moves_them_itself_where_it_can(dead: DeadLetters) -> None:
    lies(dead, "1")
    dead.sqs.tasks = ["RUNNING", "COMPLETED"]
    assert letters.put_back(dead) == 1
    assert queued(dead) == []
    dead.sqs.tasks = ["FAILED"]
    with pytest.raises(CanNotPutBack):
        letters.put_back(dead)


def uploaded(key: str) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": key}}}]}


def test_an_upload_goes_to_the_function_that_has_the_time_for_it_and_a_tick_is_taken_away(
    scheduled: tuple[DeadLetters, Lambdas],
) -> None:
    dead, lambdas = scheduled
    upload = uploaded("imports/salon/my+visits%3A1.csv")
    for body in (upload, {"detail-type": "Scheduled Event"}):
        lies_there(dead, body)
    assert sorted((x.company_id, x.kind) for x in dead.look()) == [
        ("?", "tick"),
        ("salon", "uploaded file"),
    ]
    assert letters.put_back(dead) == 2
    assert lambdas.started == [("visits-file", "Event", upload)]
    assert dead.count() == 0
    lies_there(dead, {"what": "?"})
    with pytest.raises(CanNotPutBack):
        letters.put_back(dead)
    assert dead.count() == 1


def test_an_upload_that_lambda_did_not_take_stays(
    scheduled: tuple[DeadLetters, Lambdas], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "HIDDEN_SECONDS", 0)
    dead, lambdas = scheduled
    lies_there(dead, uploaded("imports/salon/a.csv"))
    lambdas.refuses = True
    with pytest.raises(CanNotPutBack, match="ClientError"):
        letters.put_back(dead)
    assert dead.count() == 1


def test_one_companys_upload_is_started_and_anothers_stays(
    scheduled: tuple[DeadLetters, Lambdas],
) -> None:
    dead, lambdas = scheduled
    ours, theirs = uploaded("imports/salon/a.csv"), uploaded("imports/salon2/a.csv")
    for body in (ours, theirs, {"detail-type": "Scheduled Event"}):
        lies_there(dead, body)
    assert letters.put_back_of(dead, "salon") == 1
    assert [event for _, _, event in lambdas.started] == [ours]
    assert dead.count() == 2


def test_looking_leaves_all_where_they_were(dead: DeadLetters) -> None:
    lies(dead, "1")
    assert [letter.raw["Body"] for letter in dead.look()] == ["1"]
    assert [letter.raw["Body"] for letter in dead.look()] == ["1"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            {"channel": "telegram", "event_id": "tg.1", "body": {"update_id": 1, "message": {}}},
            "telegram message",
        ),
        (
            {
                "channel": "whatsapp",
                "event_id": "wa.wamid.Nzk5OTAwMDAwNzc=",
                "body": {"contacts": [{"wa_id": "79990000077"}], "messages": [{"id": "x"}]},
            },
            "whatsapp messages",
        ),
        (
            {"kind": "crm.changed", "detail": {"resource": "client", "id": "7"}},
            "crm.changed client",
        ),
        ({"kind": "crm.sync", "detail": {"name": "full"}}, "crm.sync"),
        ({"client_id": "anna", "outbox_id": "re.wamid.Nzk5"}, "message to send"),
        ({}, "tick"),
        ("79990000077 says hello", "unknown"),
        (["79990000077"], "unknown"),
    ],
)
def test_nothing_of_the_client_is_told(body: Any, kind: str) -> None:
    letter = Letter({"MessageId": "m", "Body": body if isinstance(body, str) else json.dumps(body)})
    assert letter.kind == kind
    assert letter.company_id == "?"


def test_one_companys_are_put_back_and_anothers_stay(dead: DeadLetters) -> None:
    for n, company in enumerate(["salon", "salon2", "salon", "salon2"]):
        lies(dead, {"company_id": company, "outbox_id": str(n)}, group=company, dedup=str(n))
    assert letters.put_back_of(dead, "salon") == 2
    assert {group for group, _ in queued(dead)} == {"salon"}
    assert [letter.company_id for letter in dead.look()] == ["salon2", "salon2"]


def test_the_others_are_seen_again_though_sqs_fails(dead: DeadLetters) -> None:
    lies(dead, {"company_id": "salon2"}, group="a")
    lies(dead, {"company_id": "salon"}, group="b")
    dead.sqs.lost.append("send_message")
    with pytest.raises(CanNotPutBack):
        letters.put_back_of(dead, "salon")
    assert "salon2" in [letter.company_id for letter in dead.look()]
