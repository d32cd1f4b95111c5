"""The owner's API as API Gateway calls it: what we refuse is an answer that says why, not a 500."""

import importlib
import json
from typing import Any

import pytest
from comeback.companies.model import BusinessType, Company
from comeback.runtime import wiring

from tests.fakes.clock import FixedClock
from tests.fakes.store import FakeStore

PATHS = ("funnel", "due", "journeys")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Any:
    store = FakeStore()
    store.save_company(Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY))
    monkeypatch.setattr(wiring, "store", lambda: store)
    monkeypatch.setattr(wiring, "clock", FixedClock)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Comeback")
    return importlib.import_module("api.admin.app").app


def get(app: Any, path: str, company: str = "salon", **query: str) -> tuple[int, Any]:
    resource = f"/admin/{{company}}/{path}"
    event = {
        "path": resource.replace("{company}", company),
        "headers": {},
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()},
        "pathParameters": {"company": company},
        "body": None,
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {"httpMethod": "GET", "resourcePath": resource, "path": resource},
    }
    answer = app(event, None)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_company_is_not_found(app: Any, path: str) -> None:
    assert get(app, path, "nobody") == (404, {"error": "NotFound"})


@pytest.mark.parametrize(
    ("path", "name"), [("funnel", "since"), ("funnel", "until"), ("due", "on"), ("journeys", "on")]
)
def test_what_is_no_date_is_told_with_its_name(app: Any, path: str, name: str) -> None:
    status, body = get(app, path, **{name: "yesterday"})
    assert (status, body["error"], body["field"]) == (400, "InvalidInput", name)


@pytest.mark.parametrize("path", PATHS)
def test_a_known_company_is_answered(app: Any, path: str) -> None:
    assert get(app, path)[0] == 200
