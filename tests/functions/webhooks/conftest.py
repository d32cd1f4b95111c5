"""The webhook functions as API Gateway calls them, with their queue and secrets on moto."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from comeback.runtime import aws
from moto import mock_aws

SECRETS = {
    "telegram_webhook_secret": "t-secret",
    "whatsapp_app_secret": "app-secret",
    "whatsapp_verify_token": "verify-me",
}
ROOT = Path(__file__).parents[3]
OF_ITS_OWN: Mapping[str, str] = {
    "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT / 'layers/core'}",
    "STAGE": "test",
    "INBOUND_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/inbound.fifo",
    "EVENTS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/events",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""The environment of a webhook that is loaded in a process of its own."""
Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass
class Hooks:
    sqs: Any
    queue_url: str

    def handler(self, name: str) -> Handler:
        """Of a module loaded anew: its caches hold nothing of another test."""
        sys.modules.pop(f"webhooks.{name}", None)
        found: Handler = importlib.import_module(f"webhooks.{name}").handler
        return found

    def keep(self, company_id: str, values: Mapping[str, str]) -> None:
        """As the administrator's command writes a company's secret."""
        manager, name = boto3.client("secretsmanager"), f"comeback/test/company/{company_id}"
        try:
            manager.create_secret(Name=name, SecretString=json.dumps(dict(values)))
        except manager.exceptions.ResourceExistsException:
            manager.put_secret_value(SecretId=name, SecretString=json.dumps(dict(values)))

    def queued(self) -> list[dict[str, Any]]:
        """Each with `group`, `dedup` and `message`, in order."""
        answer = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=10,
            AttributeNames=["All"],
            VisibilityTimeout=0,
        )
        return [
            {
                "group": m["Attributes"]["MessageGroupId"],
                "dedup": m["Attributes"]["MessageDeduplicationId"],
                "message": json.loads(m["Body"]),
            }
            for m in answer.get("Messages", [])
        ]


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooks]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1" if "REGION" in name else "made-up")
    with mock_aws():
        aws.client.cache_clear()
        sqs = boto3.client("sqs")
        queue = sqs.create_queue(QueueName="inbound.fifo", Attributes={"FifoQueue": "true"})
        monkeypatch.setenv("STAGE", "test")
        for name in ("INBOUND_QUEUE_URL", "EVENTS_QUEUE_URL"):
            monkeypatch.setenv(name, queue["QueueUrl"])
        made = Hooks(sqs, queue["QueueUrl"])
        made.keep("salon", SECRETS)
        yield made
    aws.client.cache_clear()
