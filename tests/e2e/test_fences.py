"""Every role against every family of the table's keys, on the deployed cloud: what the template's fences say is what happens."""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.architecture.template import functions, listed, statements

FENCE = pytest.mark.fault("a role asks for keys it has no use for", "AccessDenied")
RoleClients = Callable[[str, str], Any]
SAMPLES = {"CO#*": "CO#salon", "COMPANIES": "COMPANIES", "RATE#*": "RATE#yclients"}
FUNCTIONS = [n for n, f in functions().items() if "TABLE" in f["Environment"]["Variables"]]


def open_to(function: str, action: str) -> set[str]:
    """Keys of the main table, of the samples."""
    families = {
        family
        for statement in statements(functions()[function])
        if action in listed(statement["Action"])
        and {"Fn::GetAtt": "Table.Arn"} in listed(statement["Resource"])
        for family in statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    }
    return {key for key in SAMPLES.values() if any(fnmatchcase(key, f) for f in families)}


def allowed(call: Callable[..., Any], **arguments: Any) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"):
            return False
        raise
    return True


def readings(table: str, key: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(what, its action, arguments), one for each way of reading."""
    at = {"PK": {"S": key}, "SK": {"S": "nothing"}}
    yield "get_item", "dynamodb:GetItem", {"TableName": table, "Key": at}
    asked = {"RequestItems": {table: {"Keys": [at]}}}
    yield "batch_get_item", "dynamodb:BatchGetItem", asked
    for index, name in (("", "PK"), ("GSI1", "GSI1PK"), ("GSI2", "GSI2PK")):
        query: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "#k = :k",
            "ExpressionAttributeNames": {"#k": name},
            "ExpressionAttributeValues": {":k": {"S": key}},
        }
        yield "query", "dynamodb:Query", {**query, **({"IndexName": index} if index else {})}


@FENCE
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_reads_the_families_it_is_for(
    acting_as: RoleClients, deployed: Mapping[str, str], function: str
) -> None:
    database = acting_as(function, "dynamodb")
    for key in SAMPLES.values():
        for what, action, arguments in readings(deployed["TableName"], key):
            may = key in open_to(function, action)
            assert allowed(getattr(database, what), **arguments) is may, (key, what)


@FENCE
def test_one_foreign_item_stops_a_transaction(
    acting_as: RoleClients, deployed: Mapping[str, str], company_id: str
) -> None:
    """Receive may update the registry, where a company's copy stands, and put nothing there."""
    table = deployed["TableName"]

    def update(key: str) -> dict[str, Any]:
        at = {"PK": {"S": key}, "SK": {"S": f"CO#{company_id}"}}
        names = {"#t": "tried"}
        told = {":t": {"BOOL": True}}
        return {
            "Update": {
                "TableName": table,
                "Key": at,
                "UpdateExpression": "SET #t = :t",
                "ConditionExpression": "attribute_exists(PK) AND attribute_not_exists(PK)",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": told,
            }
        }

    def put(key: str) -> dict[str, Any]:
        at = {"PK": {"S": key}, "SK": {"S": f"CO#{company_id}"}}
        return {
            "Put": {"TableName": table, "Item": at, "ConditionExpression": "attribute_exists(PK)"}
        }

    def ended(function: str, *items: dict[str, Any]) -> str:
        with pytest.raises(ClientError) as error:
            acting_as(function, "dynamodb").transact_write_items(TransactItems=list(items))
        return str(error.value.response["Error"]["Code"])

    own = f"CO#{company_id}"
    assert ended("Receive", put(own), update("COMPANIES")) == "TransactionCanceledException"
    assert ended("Receive", update(own), put("COMPANIES")).startswith("AccessDenied")
    assert ended("Deliver", put(own), update("COMPANIES")).startswith("AccessDenied")
    assert ended("Deliver", put(own), put("RATE#yclients")).startswith("AccessDenied")
