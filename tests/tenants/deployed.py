"""The functions as template.yaml sets them up, on moto: each call is the first of a process that has just begun."""

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from comeback.runtime import aws as connections
from comeback.runtime import wiring
from comeback.runtime.secrets import secret_name

from tests.architecture.template import QUEUE, functions, resources, template

STAGE, BUCKET = "test", "files"
DEAF = "http://127.0.0.1:9"
"""Where outside APIs would be: nobody listens."""
SECRETS = (
    "telegram_webhook_secret",
    "telegram_bot_token",
    "whatsapp_app_secret",
    "whatsapp_verify_token",
    "crm_webhook_secret",
)


def secret(company_id: str, name: str) -> str:
    return f"{company_id}'s {name}"


@dataclass(frozen=True)
class Deployed:
    settings: Mapping[str, str]
    """By variable, or by the resource that the template names for it."""
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def call(self, function: str, event: Any) -> tuple[Any, tuple[str, ...]]:
        """The answer, and the metrics counted meanwhile. Raises what the handler raises."""
        handler = self._handler(function)
        self.capsys.readouterr()
        answer = handler(event, Context())
        lines = [json.loads(x) for x in self.capsys.readouterr().out.splitlines() if '"_aws"' in x]
        told = [each for line in lines for each in line["_aws"]["CloudWatchMetrics"]]
        return answer, tuple(metric["Name"] for each in told for metric in each["Metrics"])

    def _handler(self, name: str) -> Any:
        function = functions()[name]
        for variable, value in function["Environment"]["Variables"].items():
            self.monkeypatch.setenv(variable, setting(self.settings, variable, value))
        _begin()
        module, _, attribute = function["Handler"].rpartition(".")
        if not module.startswith("api."):  # blueprints register once; besides, an app keeps nothing
            sys.modules.pop(module, None)
        return getattr(importlib.import_module(module), attribute)


def setting(settings: Mapping[str, str], variable: str, value: Any) -> str:
    """What a variable of a function is, as the template says it: by its name, or by the resource that is named."""
    if variable in settings:
        return settings[variable]
    if isinstance(value, str):
        return value
    if variable.endswith("_BASE_URL"):
        return DEAF
    named = value.get("Ref", "")
    told = template()["Parameters"].get(named, {}).get("Default", "x")
    return settings.get(named, str(told))


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def _begin() -> None:
    """A process that remembers nothing."""
    connections.client.cache_clear()
    wiring.store.cache_clear()
    wiring.secrets.cache_clear()


@contextmanager
def account(companies: tuple[str, ...], **settings: str) -> Iterator[Mapping[str, str]]:
    """Queues, files and secrets of an AWS account."""
    sqs: Any = boto3.client("sqs")
    manager: Any = boto3.client("secretsmanager")
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    queues = {}
    for name, queue in resources(QUEUE).items():
        fifo = {"FifoQueue": "true"} if queue.get("FifoQueue") else {}
        file = f"{name}.fifo" if fifo else name
        queues[name] = sqs.create_queue(QueueName=file, Attributes=fifo)["QueueUrl"]
    for company_id in companies:
        document = json.dumps({name: secret(company_id, name) for name in SECRETS})
        manager.create_secret(Name=secret_name(STAGE, company_id), SecretString=document)
    try:
        yield {"STAGE": STAGE, "BUCKET": BUCKET, **queues, **settings}
    finally:
        for company_id in companies:
            name = secret_name(STAGE, company_id)
            manager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        for stored in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            s3.delete_object(Bucket=BUCKET, Key=stored["Key"])
        s3.delete_bucket(Bucket=BUCKET)
        for url in queues.values():
            sqs.delete_queue(QueueUrl=url)
        _begin()
