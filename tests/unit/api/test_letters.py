"""Dead letters through the API, on moto's queues: the caller's company's alone, without a word of them."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import boto3
import pytest
from comeback.runtime import wiring
from comeback.runtime.company_letters import CompanyLetters
from comeback.runtime.settings import LettersSettings
from moto import mock_aws

from tests.fakes.clock import FixedClock
from tests.unit.api.conftest import Api

WORDS = "позвоните мне +79031234567"


class Queues:
    def __init__(self) -> None:
        self.sqs = boto3.client("sqs", region_name="us-east-1")
        names = [f.name for f in fields(LettersSettings) if f.name.endswith("_url")]
        self.urls = {name: self._made(name) for name in names}
        self.started: list[bytes] = []

    def _made(self, name: str) -> str:
        if name.startswith(("events", "schedule")):
            return self.sqs.create_queue(QueueName=name)["QueueUrl"]
        made = self.sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})
        return made["QueueUrl"]

    def dies(self, company: str, n: int) -> None:
        body = {"company_id": company, "channel": "telegram", "body": {"message": {"text": WORDS}}}
        self.sqs.send_message(
            QueueUrl=self.urls["inbound_dead_letters_url"],
            MessageBody=json.dumps(body),
            MessageGroupId=f"{company}#{n}",
            MessageDeduplicationId=f"{company}{n}",
        )

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803  # boto3's
        assert (FunctionName, InvocationType) == ("visits-file", "Event")
        self.started.append(Payload)

    def back(self) -> list[str]:
        """Companies of what stands in the inbound queue."""
        url = self.urls["inbound_queue_url"]
        found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return sorted(json.loads(message["Body"])["company_id"] for message in found)


@pytest.fixture
def queues(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    with mock_aws():
        found = Queues()
        own = LettersSettings(**found.urls, visits_file_function="visits-file")
        made = CompanyLetters(api.store, found.sqs, found, own, FixedClock())
        monkeypatch.setattr(wiring, "letters", lambda: made)
        yield found


def inbound(api: Api, **asked: Any) -> Any:
    status, body = api.get("letters", **asked)
    assert status == 200
    return next(queue for queue in body["queues"] if queue["queue"] == "inbound")


def test_ones_own_are_shown_and_put_back(api: Api, queues: Queues) -> None:
    for n, company in enumerate(["salon", "salon2", "salon"]):
        queues.dies(company, n)
    assert len(inbound(api)["letters"]) == 2
    assert WORDS not in json.dumps(api.get("letters")[1], ensure_ascii=False)
    assert inbound(api)["letters"][0]["kind"] == "telegram message"
    assert api.call("POST", "letters/inbound/redrive") == (200, {"count": 2})
    assert queues.back() == ["salon", "salon"]
    assert inbound(api)["letters"] == []
    assert api.call("POST", "letters/inbound/redrive") == (200, {"count": 0})
    log = api.get("audit")[1]["items"]
    assert {(entry["operation"], entry["target"]) for entry in log} == {
        ("letters.redrive", "inbound")
    }


def test_ones_own_upload_is_imported_again(api: Api, queues: Queues) -> None:
    bodies = [
        json.dumps({"Records": [{"s3": {"object": {"key": f"imports/{company}/visits.csv"}}}]})
        for company in ("salon", "salon2")
    ]
    for body in bodies:
        url = queues.urls["schedule_dead_letters_url"]
        queues.sqs.send_message(QueueUrl=url, MessageBody=body)
    assert api.call("POST", "letters/uploads/redrive") == (200, {"count": 1})
    assert queues.started == [bodies[0].encode()]


def test_an_unknown_queue_is_none(api: Api, queues: Queues) -> None:
    assert api.call("POST", "letters/Inbound/redrive")[0] == 404


def test_a_viewer_may_not(api: Api, queues: Queues) -> None:
    assert api.call("POST", "letters/inbound/redrive", role="viewer")[0] == 403
    assert api.call("GET", "letters", role="viewer")[0] == 403


def test_a_queue_that_can_not_be_asked_is_503(api: Api, queues: Queues) -> None:
    queues.sqs.delete_queue(QueueUrl=queues.urls["inbound_dead_letters_url"])
    assert api.get("letters")[0] == 503
    assert api.call("POST", "letters/inbound/redrive")[0] == 503
