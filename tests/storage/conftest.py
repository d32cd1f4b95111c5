"""The table on moto, with the keys and indexes that template.yaml gives it (a test holds the two together)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from comeback.companies.model import BusinessType, Company
from comeback.storage.leases import DynamoLeases
from comeback.storage.limits import DynamoLimits
from comeback.storage.store import DynamoStore
from moto import mock_aws

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
INDEXES = ("GSI1", "GSI2")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1" if "REGION" in name else "made-up")
    with mock_aws():
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
        yield "comeback"


def _schema(prefix: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": f"{prefix}PK", "KeyType": "HASH"},
        {"AttributeName": f"{prefix}SK", "KeyType": "RANGE"},
    ]


@pytest.fixture
def store(table: str) -> DynamoStore:
    return DynamoStore(table)


@pytest.fixture
def leases(store: DynamoStore) -> DynamoLeases:
    return DynamoLeases(store)


@pytest.fixture
def limits(store: DynamoStore) -> DynamoLimits:
    return DynamoLimits(store)


@pytest.fixture
def company() -> Company:
    return Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)
