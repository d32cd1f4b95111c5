"""What comes over the admin API, and where one signs in. Views do nothing here: what is tried is how a call is read."""

import json
import os
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from io import StringIO
from typing import Any
from unittest.mock import patch

import msgspec
from api.admin import audit, journeys
from api.admin.app import RESOURCES, app
from api.admin.dispatch import routed
from api.admin.resource import Operation, answered
from api.admin.wire.cursors import cursor
from api.session import app as session
from chalice.app import Request
from comeback.errors import InvalidInput, Refused

from tests.fuzz.parser import Parser, documents

OPERATIONS: Mapping[str, Operation] = {
    operation.id: replace(operation, view=lambda _asked: None, status=204, current=None)
    for resource in RESOURCES
    for operation in resource.operations
}


def calls(data: bytes) -> None:
    """Any view with any query, body, token and key: an answer of 200 to 499. A call names its view; none known, all are tried."""
    told = _object(data)
    named = OPERATIONS.get(str(told.get("operation")))
    for operation in [named] if named else OPERATIONS.values():
        answer = _answer(operation, told, data)
        assert answer["statusCode"] < 500, (operation.id, answer)


def _answer(operation: Operation, told: Mapping[str, Any], data: bytes) -> Mapping[str, Any]:
    path = f"/admin/{{company}}{operation.path}"
    named = {"company": str(told.get("company", "salon"))}
    claims = {
        "sub": "user",
        "custom:company": "salon",
        "custom:role": told.get("role", "owner"),
        "locale": str(told.get("language", "")),
    }
    event = _event(operation.method, path, told, data)
    event["requestContext"]["authorizer"] = {"claims": claims}
    event["pathParameters"] = named
    with redirect_stdout(StringIO()), patch.dict(os.environ, POWERTOOLS_METRICS_NAMESPACE="C"):
        return answered(operation, Request(event, None), named).to_dict()


def paths(data: bytes) -> None:
    """Any path is one of ours, with its variables, or none."""
    path = data.decode(errors="replace")
    found = routed({"path": path, "requestContext": {}}, app.routes)
    assert found is None or found["requestContext"]["resourcePath"] in app.routes


def cursors(data: bytes) -> None:
    """One that we gave, or anything."""
    given = data.decode(errors="replace")
    ways = (audit._entry, journeys._place)
    for read in (*ways, *(lambda text, way=way: way(cursor(text)) for way in ways)):
        with suppress(InvalidInput):
            read(given)


class Nobody:
    """Cognito, which knows no one."""

    def __getattr__(self, _call: str) -> Any:
        def refused(*_given: str) -> Any:
            raise Refused("nobody")

        return refused


def doors(data: bytes) -> None:
    told = _object(data)
    for step in ("sign-in", "answer", "refresh", "sign-out"):
        event = _event("POST", f"/session/{step}", told, data)
        with patch.object(session, "user_pool", Nobody), redirect_stdout(StringIO()):
            answer = session.app(event, None)
        assert answer["statusCode"] < 500, (step, answer)


def _event(method: str, path: str, told: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    query = told.get("query")
    body = told.get("body")
    headers = {"content-type": "application/json", "idempotency-key": str(told.get("key", "k"))}
    headers["cookie"] = str(told.get("cookie", ""))
    asked = query if isinstance(query, dict) else {}
    return {
        "path": path,
        "headers": headers,
        "multiValueQueryStringParameters": {k: [str(v)] for k, v in asked.items()},
        "pathParameters": {},
        "body": data.decode(errors="replace") if body is None else json.dumps(body),
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {"httpMethod": method, "resourcePath": path, "path": path},
    }


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


ASKED = (
    {"company": "salon", "query": {"since": "2026-03-01", "until": "2026-03-31", "limit": "5"}},
    {"company": "nobody", "query": {"cursor": "eyJ4IjoxfQ"}},
    {"query": {"on": "2026-W10-1"}, "role": "viewer"},
    *({"operation": name, "body": {}, "key": "k"} for name in OPERATIONS),
)
SIGNED = (
    {"body": {"email": "anna@example.com", "password": "x"}},
    {"body": {"challenge": "totp", "session": "s", "email": "anna@example.com", "code": "123456"}},
    {"cookie": "comeback_session=token"},
)
CURSORS = (
    b"",
    cursor("2026-03-02", "jabc").encode(),
    cursor("2026-02-30", "jabc").encode(),
    cursor("2026-03-02T09:00:00.000000+00:00#0123456789ab").encode(),
)
PARSERS = (
    Parser("admin_calls", calls, documents(ASKED), 500),
    Parser(
        "admin_paths", paths, (b"/admin/salon/due", b"/admin/salon/clients/%D0%90", b"//"), 3_000
    ),
    Parser("cursors", cursors, CURSORS, 4_000),
    Parser("sessions", doors, documents(SIGNED), 700),
)
