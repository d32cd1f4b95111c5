"""A record whose company does not fit the ids inside: from every queue, in every step, from the bucket. What happens is what
would happen if the ids were nobody's, and the company that they are of notices nothing.
"""

import ast
import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from comeback.companies.model import Company
from comeback.reactivation.model import Outcome

from tests.architecture.template import functions, handler_file, resources
from tests.tenants.conftest import Process
from tests.tenants.deployed import BUCKET, Deployed
from tests.tenants.made import made
from tests.tenants.world import A, B, Rows, become, of, rows

MISFIT = pytest.mark.fault(
    "a record with another company's ids", "to the dead letters, or nobody's"
)
IDS = {name: f"the-{name}" for name in ("client_id", "service_id", "journey_id", "outbox_id")}
"""Of both companies: `made` gives everything the name of its field."""
Body = dict[str, Any]


def _update(text: str) -> Body:
    person = {"id": 5, "first_name": "Anna", "is_bot": False}
    chat = {"id": 5, "type": "private"}
    message = {"message_id": 1, "date": 1_772_442_000, "chat": chat, "from": person, "text": text}
    return {"update_id": 7, "message": message}


def _whatsapp(**value: Any) -> Body:
    return {"metadata": {"phone_number_id": "1", "display_phone_number": "1"}, **value}


INBOUND: Mapping[str, Body] = {
    "words": {"channel": "telegram", "event_id": "tg.7", "body": _update("да")},
    "a stop": {"channel": "telegram", "event_id": "tg.8", "body": _update("стоп")},
    "a status": {
        "channel": "whatsapp",
        "event_id": "wa.9",
        "body": _whatsapp(
            statuses=[
                {"id": "the-provider_id", "status": "read", "timestamp": "1", "recipient_id": "5"}
            ]
        ),
    },
}
EVENTS: Mapping[str, Body] = {
    "crm.changed": {"resource": "record", "resource_id": "the-visit_id"},
    "crm.sync": {"name": "full"},
    "rule.saved": {"service_id": "the-service_id"},
}
BODIES: Mapping[str, Mapping[str, Body]] = {
    "Receive": INBOUND,
    "Deliver": {"a message": {"client_id": IDS["client_id"], "outbox_id": IDS["outbox_id"]}},
    "CrmEvents": {kind: {"kind": kind, "detail": detail} for kind, detail in EVENTS.items()},
}
"""By function and what is told; a new consumer of a queue is written here."""
RECORDS = [(function, told) for function, bodies in BODIES.items() for told in bodies]
STEPS = [
    name.removesuffix("Arn")
    for name in resources("AWS::Serverless::StateMachine")["ReactivationJourney"][
        "DefinitionSubstitutions"
    ]
    if name.endswith("Arn")
]


def record(body: Body) -> Body:
    attributes = {"MessageGroupId": "g", "ApproximateReceiveCount": "1"}
    one = {
        "messageId": "m",
        "receiptHandle": "r",
        "attributes": attributes,
        "body": json.dumps(body),
    }
    return {"Records": [one]}


def state(company_id: str) -> Body:
    answer = {"status": "ready", "outcome": next(iter(Outcome)).value, "wait_seconds": 0}
    return {
        **IDS,
        "company_id": company_id,
        "campaign_on": "2026-03-02",
        "step": {"answer": answer},
    }


@pytest.fixture
def newcomer(filled: Rows, process: Process) -> Rows:
    """B has come a moment ago, and has nothing yet."""
    become({})
    process().store.save_company(made(Company, "company", B))
    return rows()


def told(deployed: Deployed, function: str, event: Any) -> str:
    try:
        return repr(deployed.call(function, event)[0])
    except Exception as error:  # whatever the platform would be told
        return f"{type(error).__name__}: {error}"


def noticed(deployed: Deployed, function: str, event: Any, theirs: Rows, mine: Rows) -> str:
    """What B's record comes to, with A's data beside it. Fails when that makes a difference, or changes."""
    become(mine)
    alone = told(deployed, function, event)
    become({**mine, **theirs})
    assert told(deployed, function, event) == alone
    assert of(A, rows()) == theirs
    return alone


# ── queues ───────────────────────────────────────────────────────────────────────────────────────


def test_every_consumer_is_tried() -> None:
    events = {name: function.get("Events", {}).values() for name, function in functions().items()}
    assert {
        name for name, of_it in events.items() if any(e["Type"] == "SQS" for e in of_it)
    } == set(BODIES)


@MISFIT
@pytest.mark.parametrize(("function", "what"), RECORDS, ids=lambda told: told)
def test_a_record_is_of_the_company_that_it_names(
    deployed: Deployed, filled: Rows, newcomer: Rows, function: str, what: str
) -> None:
    event = record({**BODIES[function][what], "company_id": B})
    noticed(deployed, function, event, of(A, filled), newcomer)
    assert stored() == []


@MISFIT
def test_what_is_not_the_companys_goes_to_the_dead_letters(
    deployed: Deployed, filled: Rows, newcomer: Rows
) -> None:
    event = record({**BODIES["Deliver"]["a message"], "company_id": B})
    failed = noticed(deployed, "Deliver", event, of(A, filled), newcomer)
    assert failed == repr({"batchItemFailures": [{"itemIdentifier": "m"}]})


def test_every_kind_of_event_is_tried() -> None:
    handler = ast.parse(handler_file(functions()["CrmEvents"]).read_text())
    (kinds,) = [node for node in ast.walk(handler) if isinstance(node, ast.Dict)]
    assert {key.value for key in kinds.keys if isinstance(key, ast.Constant)} == set(EVENTS)


def stored() -> list[str]:
    return [o["Key"] for o in boto3.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@MISFIT
@pytest.mark.parametrize("step", STEPS)
def test_a_step_finds_nothing_of_another_company(
    deployed: Deployed, filled: Rows, newcomer: Rows, step: str
) -> None:
    event = {"state": state(B), "task_token": "t"} if step == "Send" else state(B)
    assert noticed(deployed, step, event, of(A, filled), newcomer) == "Failed: NotFound"


# ── the bucket ───────────────────────────────────────────────────────────────────────────────────


@MISFIT
@pytest.mark.parametrize("folder", ["nobody", f"{A}#CL#x", "..", ""])
def test_a_file_in_nobodys_folder_is_nobodys(
    deployed: Deployed, filled: Rows, newcomer: Rows, folder: str
) -> None:
    key = f"imports/{folder}/visits.csv"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"phone;service;date\n")
    event = {"Records": [{"s3": {"object": {"key": key}}}]}
    noticed(deployed, "VisitsFile", event, of(A, filled), newcomer)
    assert [k for k in stored() if k.startswith(f"reports/{B}")] == []
