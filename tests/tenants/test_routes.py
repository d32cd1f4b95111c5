"""Every route of template.yaml, asked by one company for another's: never answered with anything, always counted, and in the same
words as for what does not exist. A new route of an app is tried by itself; a new webhook is asked for how it is proved.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from comeback.companies.model import Company

from tests.architecture.template import functions
from tests.tenants.conftest import Process
from tests.tenants.deployed import Deployed, secret
from tests.tenants.made import made
from tests.tenants.world import A, B, Rows, become, of, rows

FOREIGN = pytest.mark.fault(
    "another company's secret at a webhook", "refused and counted, in no words"
)
UNKNOWN = pytest.mark.fault(
    "a company that is not, at every route", "404 and a metric, the same words"
)
ASKED = pytest.mark.fault("another company's ids at every route", "as if they did not exist")
NOBODY = ["nobody", "salon#CL#anna", "../salon", "*", "салон", "a" * 65, "salon\n"]
DATES = dict.fromkeys(("on", "since", "until"), "2026-03-02")
"""When our data is of; a page takes of them what it knows."""
Event = dict[str, Any]


class Route(NamedTuple):
    method: str
    path: str
    function: str


def _routes() -> Iterator[Route]:
    for name, function in functions().items():
        for event in function.get("Events", {}).values():
            if event["Type"] == "Api":
                asked = event["Properties"]
                yield Route(asked["Method"].upper(), asked["Path"], name)


ROUTES = list(_routes())
WEBHOOKS = [route for route in ROUTES if route.path.startswith("/webhooks/")]
PAGES = [route for route in ROUTES if route not in WEBHOOKS]
OF_COMPANIES = [route for route in PAGES if "{company}" in route.path]
OF_NOBODY = {"/admin/health"}


def shown(route: Route) -> str:
    return f"{route.method} {route.path}"


# ── how a webhook's caller proves who they are ───────────────────────────────────────────────────


def _telegram(mine: str) -> Event:
    update = {
        "update_id": 7,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 5}, "text": "x"},
    }
    known = {"X-Telegram-Bot-Api-Secret-Token": secret(mine, "telegram_webhook_secret")}
    return {"body": json.dumps(update), "headers": known}


def _whatsapp(mine: str) -> Event:
    key = secret(mine, "whatsapp_app_secret").encode()
    signature = hmac.new(key, b'{"entry": []}', hashlib.sha256).hexdigest()
    return {"body": '{"entry": []}', "headers": {"X-Hub-Signature-256": f"sha256={signature}"}}


def _subscription(mine: str) -> Event:
    token = secret(mine, "whatsapp_verify_token")
    asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "secret word"}
    return {"queryStringParameters": asked}


def _crm(mine: str) -> Event:
    notice = {
        "company_id": 1,
        "resource": "record",
        "resource_id": 2,
        "status": "update",
        "data": {},
    }
    return {
        "body": json.dumps(notice),
        "pathParameters": {"secret": secret(mine, "crm_webhook_secret")},
    }


PROOFS: Mapping[tuple[str, str], Callable[[str], Event]] = {
    ("POST", "/webhooks/telegram/{company}"): _telegram,
    ("POST", "/webhooks/whatsapp/{company}"): _whatsapp,
    ("GET", "/webhooks/whatsapp/{company}"): _subscription,
    ("POST", "/webhooks/crm/{company}/{secret}"): _crm,
}


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


class Answer(NamedTuple):
    status: int
    body: str
    metrics: tuple[str, ...]


Ask = Callable[[Route, str, Event], Answer]


@pytest.fixture
def ask(filled: Rows, deployed: Deployed) -> Ask:
    def asked(route: Route, company_id: str, proof: Event) -> Answer:
        answer, metrics = deployed.call(route.function, request(route, company_id, proof))
        return Answer(answer["statusCode"], answer["body"], metrics)

    return asked


def request(route: Route, company_id: str, proof: Event) -> Event:
    """Ids in the path other than the company's are those that both have."""
    named = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    ids = {name: made(str, name, company_id) for name in named}
    here = {**ids, "company": company_id, **proof.get("pathParameters", {})}
    query = proof.get("queryStringParameters") or {}
    return {
        "httpMethod": route.method,
        "path": route.path,
        "headers": proof.get("headers", {}),
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
        "body": proof.get("body"),
        "isBase64Encoded": False,
        "stageVariables": None,
        "pathParameters": here,
        "requestContext": {
            "httpMethod": route.method,
            "resourcePath": route.path,
            "path": route.path,
        },
    }


# ── webhooks ─────────────────────────────────────────────────────────────────────────────────────


def test_every_webhook_is_tried() -> None:
    """A new one says above how it is proved."""
    assert {(route.method, route.path) for route in WEBHOOKS} == set(PROOFS)


@FOREIGN
@pytest.mark.parametrize(("mine", "theirs"), [(A, B), (B, A)])
@pytest.mark.parametrize("route", WEBHOOKS, ids=shown)
def test_a_secret_opens_its_own_companys_door_alone(
    ask: Ask, route: Route, mine: str, theirs: str
) -> None:
    """From outside a company with another secret is as one that does not exist; the metrics tell the operator which it was."""
    proof = PROOFS[route.method, route.path](mine)
    assert ask(route, mine, proof).status == 200
    refused, unknown = ask(route, theirs, proof), ask(route, "nobody", proof)
    assert refused == (404, "", ("WebhookRefused",))
    assert unknown == (404, "", ("WebhookUnknownCompany",))


@UNKNOWN
@pytest.mark.parametrize("route", WEBHOOKS, ids=shown)
def test_nobodys_webhook_is_not_found(ask: Ask, route: Route) -> None:
    proof = PROOFS[route.method, route.path](A)
    told = {ask(route, company_id, proof) for company_id in NOBODY}
    assert told == {Answer(404, "", ("WebhookUnknownCompany",))}


# ── the APIs ─────────────────────────────────────────────────────────────────────────────────────


def test_a_page_of_no_company_is_so_on_purpose() -> None:
    assert {route.path for route in PAGES} - {route.path for route in OF_COMPANIES} == OF_NOBODY


@UNKNOWN
@pytest.mark.parametrize("route", OF_COMPANIES, ids=shown)
def test_nobodys_page_is_not_found(ask: Ask, route: Route) -> None:
    told = {ask(route, company_id, {}) for company_id in NOBODY}
    assert told == {Answer(404, '{"error":"NotFound"}', ("AdminNotFound",))}


@ASKED
@pytest.mark.parametrize(("me", "other"), [(A, B), (B, A)])
@pytest.mark.parametrize("route", PAGES, ids=shown)
def test_a_page_shows_its_own_company_alone(
    ask: Ask, filled: Rows, process: Process, route: Route, me: str, other: str
) -> None:
    """Whether we have data under the same ids, or came a moment ago, the other might as well not be."""
    become({})
    process().store.save_company(made(Company, "company", me))
    asked: Event = {"queryStringParameters": DATES}
    shown = set()
    for mine in (rows(), of(me, filled)):
        become(mine)
        alone = ask(route, me, asked)
        become({**mine, **of(other, filled)})
        assert ask(route, me, asked) == alone
        assert alone.status == 200
        shown.add(alone)
    assert len(shown) == (2 if route in OF_COMPANIES else 1), "data of ours must show"
