"""The admin API in this process, on the store in memory."""

import importlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from comeback.companies.model import BusinessType, Company
from comeback.runtime import wiring

from tests.fakes.clock import FixedClock
from tests.fakes.store import FakeStore

Answer = tuple[int, Any]


class Api:
    """Calls as API Gateway sends them, of a signed-in user."""

    def __init__(self, handler: Any, store: FakeStore) -> None:
        self.handler, self.store = handler, store
        self.headers: Mapping[str, str] = {}
        """Of the last answer."""

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, **query)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        company: str = "salon",
        role: str = "owner",
        claims: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> Answer:
        known = {"sub": "user-1", "custom:company": "salon", "custom:role": role}
        event = {
            "path": f"/admin/{company}/{path}",
            "headers": {"content-type": "application/json", **(headers or {})},
            "multiValueQueryStringParameters": {k: [v] for k, v in query.items()},
            "pathParameters": {"proxy": f"{company}/{path}"},
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
            "stageVariables": None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": "/admin/{proxy+}",
                "path": f"/admin/{company}/{path}",
                "authorizer": {"claims": known if claims is None else dict(claims)},
            },
        }
        answer = self.handler(event, None)
        self.headers = answer["headers"]
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    store = FakeStore()
    store.save_company(Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY))
    monkeypatch.setattr(wiring, "store", lambda: store)
    monkeypatch.setattr(wiring, "clock", FixedClock)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Comeback")
    return Api(importlib.import_module("api.admin.app").handler, store)
