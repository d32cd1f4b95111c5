"""Every webhook of template.yaml and every view of the admin API, asked by one company for another's: never told a thing,
always counted, and in the same words as for what does not exist. A new view is tried by itself; a new webhook is asked for how it
is proved.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from api.admin.app import RESOURCES
from comeback.companies.model import Company

from tests.architecture.template import functions
from tests.tenants.conftest import Process
from tests.tenants.deployed import Deployed, secret
from tests.tenants.made import made
from tests.tenants.world import A, B, Rows, become, of, rows

FOREIGN = pytest.mark.fault(
    "another company's secret at a webhook", "refused and counted, in no words"
)
FOREIGN_TOKEN = pytest.mark.fault(
    "another company's token at every view", "404 and a metric, the same words"
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


WEBHOOKS = [route for route in _routes() if route.path.startswith("/webhooks/")]
OF_NOBODY = {"/session/sign-in", "/session/answer", "/session/refresh", "/session/sign-out", "/admin/{proxy+}"}  # fmt: skip
"""Signing in happens before one is of a company; the admin API's one route stands for its views."""
PAGES = [
    Route(operation.method, f"/admin/{{company}}{operation.path}", "AdminApi")
    for resource in RESOURCES
    for operation in resource.operations
]
SHOWN = [page for page in PAGES if page.method == "GET"]
OF_NO_DATA = {
    f"/admin/{{company}}/{path}"
    for path in (
        "channels",
        "channels/whatsapp/templates",
        "company",
        "letters",
        "team",
        "team/{user}",
    )
}
"""Views that answer the same with and without data: what they show lies elsewhere, or is there from the beginning."""


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
    ids = {name: made(str, f"{name}_id", company_id) for name in named}
    here = {**ids, "company": company_id, **proof.get("pathParameters", {})}
    query = proof.get("queryStringParameters") or {}
    return {
        "httpMethod": route.method,
        "path": route.path.format_map(
            {name: quote(value, safe="") for name, value in here.items()}
        ),
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
            "apiId": "api",
            "domainName": "api.example.com",
            "stage": "v1",
            "authorizer": {"claims": proof.get("claims", {})},
        },
    }


def signed_in(company_id: str) -> Event:
    """An owner's token, as API Gateway's authorizer has read it."""
    claims = {"sub": "the-user", "custom:company": company_id, "custom:role": "owner"}
    headers = {"content-type": "application/json", "idempotency-key": "k", "if-match": "*"}
    return {"claims": claims, "headers": headers}


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


def test_what_is_asked_of_no_company_is_so_on_purpose() -> None:
    asked = {route.path for route in _routes() if "{company}" not in route.path}
    assert asked == OF_NOBODY


@UNKNOWN
@pytest.mark.parametrize("route", PAGES, ids=shown)
def test_nobodys_page_is_not_found(ask: Ask, route: Route) -> None:
    told = {ask(route, company_id, signed_in(A)) for company_id in NOBODY}
    assert told == {Answer(404, '{"error":"NotFound"}', ("AdminNotFound",))}


@FOREIGN_TOKEN
@pytest.mark.parametrize(("me", "other"), [(A, B), (B, A)])
@pytest.mark.parametrize("route", PAGES, ids=shown)
def test_a_token_opens_its_own_companys_pages_alone(
    ask: Ask, route: Route, me: str, other: str
) -> None:
    told = ask(route, other, signed_in(me))
    assert told == Answer(404, '{"error":"NotFound"}', ("AdminNotFound",))


@pytest.mark.parametrize("route", PAGES, ids=shown)
def test_without_a_company_in_the_token_nothing_is_told(ask: Ask, route: Route) -> None:
    assert ask(route, A, {}) == Answer(403, '{"error":"Refused"}', ())


@ASKED
@pytest.mark.parametrize(("me", "other"), [(A, B), (B, A)])
@pytest.mark.parametrize("route", SHOWN, ids=shown)
def test_a_page_shows_its_own_company_alone(
    ask: Ask, filled: Rows, process: Process, route: Route, me: str, other: str
) -> None:
    """Whether we have data under the same ids, or came a moment ago, the other might as well not be."""
    become({})
    process().store.save_company(made(Company, "company", me))
    told = set()
    for mine in (rows(), of(me, filled)):
        become(mine)
        alone = ask(route, me, {**signed_in(me), "queryStringParameters": _dates(route)})
        become({**mine, **of(other, filled)})
        assert ask(route, me, {**signed_in(me), "queryStringParameters": _dates(route)}) == alone
        assert alone.status in (200, 404), alone
        told.add(alone)
    assert len(told) == (1 if route.path in OF_NO_DATA else 2), "data of ours must show"


def _dates(route: Route) -> dict[str, str]:
    """When our data is of, as far as the view asks."""
    query = next(
        operation.query
        for resource in RESOURCES
        for operation in resource.operations
        if route.path == f"/admin/{{company}}{operation.path}" and operation.method == "GET"
    )
    known = set(query.__struct_fields__) if query else set()
    return {name: day for name, day in DATES.items() if name in known}
