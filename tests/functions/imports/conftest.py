"""The imports' functions as Lambda calls them: table, bucket, queues and secrets on moto."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from comeback.companies.model import BusinessType, Company, CrmKind
from comeback.runtime import aws, wiring
from moto import mock_aws

QUEUES = ("EVENTS", "OUTBOUND")
INDEXES = ("GSI1", "GSI2")


class Context:
    """Lambda's."""

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


@dataclass
class Aws:
    sqs: Any
    s3: Any
    events_url: str

    def published(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.events_url, MaxNumberOfMessages=10)
        return [json.loads(m["Body"]) for m in answer.get("Messages", [])]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1" if "REGION" in name else "made-up")
    monkeypatch.setenv("STAGE", "test")
    monkeypatch.setenv("TABLE", "comeback")
    monkeypatch.setenv("BUCKET", "comeback-test")
    monkeypatch.setenv("KEYS_TABLE", "comeback-keys")
    with mock_aws():
        _forget()
        _table()
        _keys_table()
        key = boto3.client("kms").create_key()["KeyMetadata"]
        monkeypatch.setenv("CONTACTS_KEY", key["Arn"])
        sqs, s3 = boto3.client("sqs"), boto3.client("s3")
        urls = {name: sqs.create_queue(QueueName=name.lower())["QueueUrl"] for name in QUEUES}
        for name, url in urls.items():
            monkeypatch.setenv(f"{name}_QUEUE_URL", url)
        s3.create_bucket(Bucket="comeback-test")
        secrets = {"crm_webhook_secret": "let-me-in"}
        boto3.client("secretsmanager").create_secret(
            Name="comeback/test/company/salon", SecretString=json.dumps(secrets)
        )
        wiring.store().save_company(
            Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY, crm=CrmKind.YCLIENTS)
        )
        yield Aws(sqs, s3, urls["EVENTS"])
        _forget()


def _forget() -> None:
    aws.client.cache_clear()
    wiring.store.cache_clear()
    wiring.secrets.cache_clear()


def _keys_table() -> None:
    boto3.client("dynamodb").create_table(
        TableName="comeback-keys",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("PK", "SK")],
        KeySchema=_schema(""),
    )


def _table() -> None:
    names = ["PK", "SK", *(f"{index}{key}" for index in INDEXES for key in ("PK", "SK"))]
    boto3.client("dynamodb").create_table(
        TableName="comeback",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=_schema(""),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(index),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in INDEXES
        ],
    )


def _schema(prefix: str) -> Any:
    return [
        {"AttributeName": f"{prefix}PK", "KeyType": "HASH"},
        {"AttributeName": f"{prefix}SK", "KeyType": "RANGE"},
    ]
