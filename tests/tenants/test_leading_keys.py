"""The keys that our own requests are about, as IAM hears them: every request of every port is one company's."""

from typing import Any

import pytest
from cloud.leading_keys import leading_keys, of_transaction
from comeback.storage import keys
from comeback.storage.keys import Key
from pynamodb.connection import Connection

from tests.tenants.conftest import Process
from tests.tenants.world import A, Rows

NAME = "TransactWriteItems"


def test_every_request_is_about_one_companys_keys(
    process: Process, filled: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    real = Connection.dispatch

    def noted(connection: Any, operation: str, arguments: dict[str, Any]) -> Any:
        asked.append((operation, arguments))
        return real(connection, operation, arguments)

    monkeypatch.setattr(Connection, "dispatch", noted)
    process().serve(A)
    assert {name for name, _ in asked} >= {"GetItem", "PutItem", "Query", "BatchGetItem", NAME}
    for operation, body in asked:
        found = of_transaction(body) if operation == NAME else leading_keys(body)
        assert found, operation
        owners = {keys.tenant(Key(pk, f"CO#{A}")) for pk in found}
        assert owners == {A}, operation


def test_a_batch_is_about_all_its_keys() -> None:
    one, two = ({"PK": {"S": pk}, "SK": {"S": "x"}} for pk in ("a", "b"))
    asked = {"t": {"Keys": [one, two]}}
    written = {"t": [{"PutRequest": {"Item": one}}, {"DeleteRequest": {"Key": two}}]}
    assert (
        leading_keys({"RequestItems": asked})
        == leading_keys({"RequestItems": written})
        == ["a", "b"]
    )


def test_a_query_is_about_its_partition_on_an_index_too() -> None:
    for name in ("PK", "GSI1PK", "GSI2PK"):
        body = {
            "KeyConditionExpression": "#0 = :0 AND #1 = :1",
            "ExpressionAttributeNames": {"#0": name, "#1": "SK"},
            "ExpressionAttributeValues": {":0": {"S": "CO#a"}, ":1": {"S": "PROFILE"}},
        }
        assert leading_keys(body) == ["CO#a"]
