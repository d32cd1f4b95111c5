"""The table on moto, with the keys and indexes that template.yaml gives it (test_table.py holds the two together)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.session import get_session
from comeback.companies.model import BusinessType, Company
from comeback.reactivation.scene import JourneyRef
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.leases import DynamoLeases
from comeback.storage.limits import DynamoLimits
from comeback.storage.store import DynamoStore
from comeback.storage.table import schema
from moto import mock_aws
from pynamodb.connection import Connection

from tests.storage.life import Life
from tests.storage.talk import Talk
from tests.storage.wire import KEYS, Wire

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAME = "comeback"


@pytest.fixture(scope="module")
def aws() -> Iterator[Any]:
    """One moto and one botocore session a module: reading botocore's service models anew costs 70 ms a test."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "made-up")
        for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
            patch.setenv(name, "us-east-1")
        session = get_session()
        patch.setattr(Connection, "session", session)
        yield boto3.client("dynamodb")


@dataclass(frozen=True)
class Kms:
    client: Any
    key_id: str


@pytest.fixture(scope="module")
def kms(aws: Any) -> Kms:
    client = boto3.client("kms")
    return Kms(client, client.create_key()["KeyMetadata"]["KeyId"])


@pytest.fixture
def table(aws: Any) -> Iterator[str]:
    """And the table of keys beside it."""
    layout = schema(NAME)
    everything = {"ProjectionType": "ALL"}
    indexes = [{**index, "Projection": everything} for index in layout["GlobalSecondaryIndexes"]]
    aws.create_table(
        **{**layout, "GlobalSecondaryIndexes": indexes, "BillingMode": "PAY_PER_REQUEST"},
    )
    names = [{"AttributeName": n, "AttributeType": "S"} for n in ("PK", "SK")]
    aws.create_table(
        TableName=KEYS,
        KeySchema=layout["KeySchema"],
        AttributeDefinitions=names,
        BillingMode="PAY_PER_REQUEST",
    )
    yield NAME
    aws.delete_table(TableName=NAME)
    aws.delete_table(TableName=KEYS)


@pytest.fixture
def vault(table: str, kms: Kms) -> KeyedVault:
    """What one process remembers: a second vault is a second process."""
    return KeyedVault(KEYS, lambda: kms.client, kms.key_id)


@pytest.fixture
def store(table: str, vault: KeyedVault) -> DynamoStore:
    return DynamoStore(table, vault)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Everything between PynamoDB and DynamoDB, watched and broken on order."""
    wire = Wire(Connection.dispatch)
    monkeypatch.setattr(Connection, "dispatch", wire.dispatcher())
    return wire


@pytest.fixture
def leases(store: DynamoStore) -> DynamoLeases:
    return DynamoLeases(store)


@pytest.fixture
def limits(store: DynamoStore) -> DynamoLimits:
    return DynamoLimits(store)


@pytest.fixture
def company() -> Company:
    return Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY)


@pytest.fixture
def life(store: DynamoStore) -> Life:
    """A salon that has nobody yet."""
    life = Life(store)
    life.open_salon()
    return life


@pytest.fixture
def ref(life: Life) -> JourneyRef:
    """Anna has been offered three haircuts, numbered 1 to 3."""
    life.client("anna")
    (ref,) = life.campaign()
    assert life.run_until_sent(ref) == "sent"
    return ref


@pytest.fixture
def talk(store: DynamoStore) -> Talk:
    """With a client who is known."""
    found = Talk(store)
    found.know()
    return found
