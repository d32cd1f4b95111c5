"""The admin API in this process, on the store in memory."""

import importlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from comeback.companies.model import BusinessType, Company
from comeback.runtime import wiring

from tests.fakes.admin_call import admin_call, claims_of
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
        known = claims_of("salon", role, "user-1") if claims is None else claims
        asked = {name: [value] for name, value in query.items()}
        event = admin_call(company, method, path, body, claims=known, headers=headers, query=asked)
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
