"""A record whose company does not fit the ids inside: from every queue, in every step, from the bucket. What happens is what
would happen if the ids were nobody's, and the company that they are of notices nothing. The same record of that company's own has
its effect: else it would be no wonder.
"""

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from comeback.changes import BindAddress, MoveOutbox, PutOutbox
from comeback.clients.model import Client, Visit, VisitStatus
from comeback.companies.model import Company, CrmKind
from comeback.conversations.model import Address, ChannelKind, OutboxMessage, OutboxState, Purpose
from comeback.crm.registry import CrmRegistry
from comeback.ports import CrmRecord
from comeback.reactivation.model import Outcome

from tests.architecture.template import functions, handler_file, resources
from tests.fakes.crm import FakeCrm
from tests.tenants.conftest import Process
from tests.tenants.deployed import BUCKET, Deployed
from tests.tenants.made import made
from tests.tenants.world import A, B, Rows, become, of, rows

MISFIT = pytest.mark.fault(
    "a record with another company's ids", "to the dead letters, or nobody's"
)
IDS = {name: f"the-{name}" for name in ("client_id", "service_id", "journey_id", "outbox_id")}
"""Of both companies: `made` gives everything the name of its field."""
TODAY = datetime.now(UTC)
"""Of these records: the functions go by the system's clock, and look at nothing that is older than four weeks."""
SECONDS = int(TODAY.timestamp())
PHONE = Address(ChannelKind.WHATSAPP, "79990000005")
WAITING, LEFT, WAMID = "the-waiting", "the-left", "the-wamid"
"""Of A's: a message that is to leave, one that has left, and the messenger's id of it."""
ECHO = f"{IDS['client_id']}#{LEFT}"
"""Of what we gave along with it."""
APPOINTMENT = "the-visit_id"
IN_CRM = "the-crm_id"
Body = dict[str, Any]


def _update(number: int, **what: Body) -> Body:
    return {"update_id": number, **what}


def _said(text: str) -> Body:
    person = {"id": 5, "first_name": "Anna", "is_bot": False}
    chat = {"id": 5, "type": "private"}
    return {"message_id": 1, "date": SECONDS, "chat": chat, "from": person, "text": text}


def _whatsapp(**value: Any) -> Body:
    return {"metadata": {"phone_number_id": "1", "display_phone_number": "1"}, **value}


STATUS = {"id": WAMID, "status": "read", "timestamp": str(SECONDS), "recipient_id": PHONE.value}
WISH = {"value": "stop", "timestamp": str(SECONDS), "wa_id": PHONE.value}
INBOUND: Mapping[str, Body] = {
    "words": {"channel": "telegram", "event_id": "tg.7", "body": _update(7, message=_said("да"))},
    "a stop": {
        "channel": "telegram",
        "event_id": "tg.8",
        "body": _update(8, message=_said("стоп")),
    },
    "a press": {
        "channel": "telegram",
        "event_id": "tg.9",
        "body": _update(9, callback_query={"id": "1", "from": {"id": 5}, "data": "consent:no"}),
        "arrived_at": SECONDS,
    },
    "a status": {"channel": "whatsapp", "event_id": "wa.9", "body": _whatsapp(statuses=[STATUS])},
    "an echo": {
        "channel": "whatsapp",
        "event_id": "wa.11",
        "body": _whatsapp(statuses=[{**STATUS, "id": "unheard", "biz_opaque_callback_data": ECHO}]),
    },
    "a wish": {
        "channel": "whatsapp",
        "event_id": "wa.10",
        "body": _whatsapp(user_preferences=[WISH]),
    },
}
EVENTS: Mapping[str, Body] = {
    "crm.changed": {
        "resource": "record",
        "id": APPOINTMENT,
        "status": "update",
        "key": f"1:record:{APPOINTMENT}:update:{SECONDS}",
        "client": IN_CRM,
    },
    "crm.sync": {"name": "full"},
    "rule.saved": {"service_id": "the-service_id"},
}
BODIES: Mapping[str, Mapping[str, Body]] = {
    "Receive": INBOUND,
    "Deliver": {"a message": {"client_id": IDS["client_id"], "outbox_id": WAITING}},
    "CrmEvents": {kind: {"kind": kind, "detail": detail} for kind, detail in EVENTS.items()},
}
"""By function and what is told; a new consumer of a queue is written here."""
EFFECTS: Mapping[str, str] = {
    "words": "F#CONV#telegram",
    "a stop": "F#CONSENT#",
    "a press": "F#CONSENT#",
    "a status": f"OUT#{LEFT}",
    "an echo": f"OUT#{LEFT}",
    "a wish": "F#CONSENT#",
    "a message": f"OUT#{WAITING}",
    "crm.changed": f"F#VISIT#{APPOINTMENT}",
    "crm.sync": f"F#VISIT#{APPOINTMENT}",
    "rule.saved": "F#DUE#the-service_id",
}
"""What each changes, at the least, in the company that it is of: how the row's key begins."""
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
def in_crm(monkeypatch: pytest.MonkeyPatch) -> FakeCrm:
    """Every company's CRM holds the same: another would be no temptation."""
    visit = Visit(APPOINTMENT, IDS["service_id"], "the-staff_id", TODAY, VisitStatus.BOOKED)
    found = FakeCrm(
        on_clients=[Client("", "", "Anna", crm_id=IN_CRM)],
        on_records={APPOINTMENT: CrmRecord(IN_CRM, "Anna", "", visit, TODAY)},
    )
    monkeypatch.setattr(CrmRegistry, "crm", lambda _self, _company: found)
    return found


@pytest.fixture
def settled(filled: Rows, process: Process) -> Rows:
    """A's, with what can still happen: a CRM to follow, messages to leave and to be read, dues to be dated otherwise."""
    become(of(A, filled))
    store = process().store
    store.save_company(replace(store.company(A), crm=CrmKind.YCLIENTS))
    store.commit([BindAddress(A, IDS["client_id"], PHONE)])
    new = replace(
        made(OutboxMessage, "message", A), state=OutboxState.NEW, provider_id="", claimed_until=None
    )
    store.commit([PutOutbox(replace(new, outbox_id=WAITING, purpose=Purpose.SERVICE))])
    left = replace(new, outbox_id=LEFT, address=PHONE)
    store.commit([PutOutbox(left)])
    sent = replace(left, state=OutboxState.SENT, provider_id=WAMID)
    store.commit([MoveOutbox(sent, OutboxState.NEW)])
    return of(A, rows())


@pytest.fixture
def newcomer(filled: Rows, process: Process) -> Rows:
    """B has come a moment ago, and has nothing yet but a CRM."""
    become({})
    process().store.save_company(replace(made(Company, "company", B), crm=CrmKind.YCLIENTS))
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


@pytest.mark.parametrize(("function", "what"), RECORDS, ids=lambda told: told)
def test_in_its_own_company_it_has_its_effect(
    deployed: Deployed, settled: Rows, in_crm: FakeCrm, function: str, what: str
) -> None:
    become(settled)
    told(deployed, function, record({**BODIES[function][what], "company_id": A}))
    found = rows()
    changed = [at for at in found if at not in settled or found[at] != settled[at]]
    assert [at.sk for _, at in changed if at.sk.startswith(EFFECTS[what])]


@MISFIT
@pytest.mark.parametrize(("function", "what"), RECORDS, ids=lambda told: told)
def test_a_record_is_of_the_company_that_it_names(
    deployed: Deployed,
    settled: Rows,
    newcomer: Rows,
    in_crm: FakeCrm,
    function: str,
    what: str,
) -> None:
    event = record({**BODIES[function][what], "company_id": B})
    noticed(deployed, function, event, settled, newcomer)
    assert stored() == []


@MISFIT
def test_what_is_not_the_companys_goes_to_the_dead_letters(
    deployed: Deployed, settled: Rows, newcomer: Rows
) -> None:
    event = record({**BODIES["Deliver"]["a message"], "company_id": B})
    failed = noticed(deployed, "Deliver", event, settled, newcomer)
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
